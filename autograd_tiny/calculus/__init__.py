"""The calculus, stated once: every operation is a row of text, and everything else is made from the rows.

`operations` has the rows. `formulas` turns their text into Python functions, over numbers of any kind; `floats`
is the kind that everything begins with, on `ieee`, arithmetic that never raises. `c_kernels` prints the rows in
C, for tapes; `python_source` prints them in Python, for the engine.
"""
