"""Functions that are recorded at their first call and replayed after that: jit.

    jit.py          jit(f), and the functions that grad and the like make of it
    signature.py    the arguments of a call: by which recording they are computed, and their numbers
    replays.py      a recording for one structure of the arguments, and those of its derivatives
"""
