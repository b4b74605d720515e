"""Numbers that are not finite: `detect_anomaly` (anomaly.py) raises at the first, nonfinite.py finds its origin."""
