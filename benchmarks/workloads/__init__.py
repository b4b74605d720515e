"""The work that is measured. worker.py runs it, in a process for each engine."""
