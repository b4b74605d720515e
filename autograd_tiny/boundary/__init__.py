"""The edges of the package, which import nothing from it.

    arguments.py   checks of the arguments that users pass
    files.py       writing a file completely or not at all
    plotting.py    Matplotlib and the colours of plots
"""
