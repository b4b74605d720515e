"""`diagnose`: the diagnosis of a model on one page (report.py), or where a nan began (origin.py)."""
from .report import Diagnosis as Diagnosis, diagnose as diagnose
