"""Training: `fit`, `evaluate` and `predict`. Read fit.py first, then update.py and monitor.py."""
