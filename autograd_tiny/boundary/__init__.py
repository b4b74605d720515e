"""The boundary of the package: arguments, arrays, files, the collector and Matplotlib. It imports nothing else of it.

    arguments.py   checks of the arguments that users pass
    arrays.py      support for NumPy arrays without importing NumPy
    bars.py        progress bars in a terminal or a notebook, by tqdm
    collector.py   the garbage collector, paused
    files.py       writing a file completely or not at all
    foreign.py     arrays of other libraries as NumPy's, where nothing gets lost
    libraries.py   the error where an optional library is missing
    native.py      the engine, compiled or from its sources
    old_names.py   modules that moved, by their old names, for old pickles
    plotting.py    Matplotlib and the colours of plots
    text.py        names, harmless and not too long; what a stream can print
    warning.py     warnings that end nothing where they cannot be shown
"""
