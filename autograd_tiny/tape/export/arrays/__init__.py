"""Tapes over the arrays of other libraries: program.py is the function, the rest what differs between libraries.

Nothing here is imported before to_jax or to_torch is called.
"""
