"""The kernels of native tapes, compiled for each target: a set of vector instructions, and double or single precision.

Each is a module with a table of C functions. It has the name of the set of instructions, and ends in _single where the
numbers are of single precision. targets.py chooses a set. The source of all of them is in C: module.h, which includes
batches.h, replay.h, dots.h, rows.h and plan.h; begin with replay.h.
"""
