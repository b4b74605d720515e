"""Derivatives of programs: symbols.py, reverse_program.py, and jacobians.py, which runs them."""
