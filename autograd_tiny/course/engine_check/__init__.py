"""check_engine: a reader's own class for differentiation, compared with this engine.

To read it: check.py has the parts in their order, and parts/ has each of them; examination.py is what they share.
graphs.py and operations.py say what is computed, trial.py how code of the reader's is run, report.py what is returned.
"""
