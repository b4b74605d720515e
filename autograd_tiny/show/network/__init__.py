"""Diagrams of a network: its units and weights (units.py), placed by arrangement.py and drawn by diagram.py."""
