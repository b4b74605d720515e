"""The kernels of native tapes, compiled once for each target: a module of its own for each set of vector instructions.

The modules have the names of the targets, and a table of C functions. targets.py chooses one. The source of all of
them is in C: module.h, which includes batches.h, replay.h, dots.h, rows.h and plan.h; begin with replay.h.
"""
