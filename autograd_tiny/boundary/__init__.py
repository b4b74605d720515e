"""Where the package meets the world: arguments that users pass, and files that it writes."""
