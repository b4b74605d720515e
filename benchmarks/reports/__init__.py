"""The sections of the report: each measures a workload, and says in words and tables what was found."""
