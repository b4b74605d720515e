"""Work that tapes do in other libraries and languages, and on several machines."""
