"""The kernels of native tapes, compiled for each target: a set of vector instructions.

Each is a module with two tables of C functions, of double and of single precision. targets.py chooses one. The source
of all of them is in C: module.h for Python, functions.h for the functions of rows, and batches.h, which includes
replay.h, long.h, dots.h, formulas.h, rows.h and plan.h, for the rest; begin with replay.h.
"""
