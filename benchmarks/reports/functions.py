"""Elementary functions by the element."""
from __future__ import annotations

from measuring.processes import Worker
from measuring.tables import Row, at_most, table

TARGET = 2.5        # times as long as the peer
HELD = ("exp", "log", "sin", "tanh", "sigmoid", "erf")      # to it


def functions() -> str:
    worker = Worker("functions", ("native",))
    found = worker.ask("times")
    worker.close()

    def row(name: str) -> Row:
        tape, peer = found[name]
        return [name, tape, peer, at_most(TARGET, tape / peer) if name in HELD else tape / peer]

    return f"""\
## functions: nanoseconds an element

One function of 4,096 samples on a tape, less what `abs` takes in its place, and NumPy's function of the same array;
sigmoid, erf and erfc are SciPy's. Both within one process, in turns.

{table(["", "tape", "NumPy, SciPy", "ratio"], [row(name) for name in found])}
"""
