"""What only large graphs show: a limit of depth, and work that doubles with each operation."""
from __future__ import annotations

import sys
from itertools import pairwise

from ..examination import Examination
from ..graphs import Graph, graph
from ..operations import ADD, MUL, Operation
from ..trial import OutOfTimeError

IN_BROWSER = sys.platform == "emscripten"      # whose stack ends before Python's limit, and the page with it
DEPTHS = 100, 300, 1_000, 2_000, 5_000
DOUBLINGS = 10
MANY_CALLS = 2**DOUBLINGS


def note_limits(examination: Examination) -> None:
    """Notes, for these are no faults of the numbers."""
    join = next((each for each in examination.right if each.method in (ADD.method, MUL.method)), None)
    if join is not None:
        try:
            _note_limits(examination, join)
        except OutOfTimeError as error:
            examination.notes.append(str(error))


def _note_limits(examination: Examination, join: Operation) -> None:
    trial = examination.trials.run(_doubled(join))
    if sum(trial.calls.values()) >= MANY_CALLS:
        examination.notes.append(
            f"backward() follows every path: {DOUBLINGS} operations, each of the result before with itself, take "
            f"{MANY_CALLS:,} calls or more, and every further one doubles that. It should visit each Value once."
        )
    elif not IN_BROWSER and _error(examination, join, DEPTHS[-1]):
        depth, error = next((depth, error) for depth in DEPTHS if (error := _error(examination, join, depth)))
        recursion = "it calls itself once for each of them, as the lecture's own class does"
        why = recursion if error.startswith("RecursionError") else error
        examination.notes.append(f"backward() ends with an error on a chain of {depth:,} operations: {why}.")


def _error(examination: Examination, join: Operation, depth: int) -> str:
    return examination.trials.run(_chain(join, depth), called=f"a chain of {depth:,} operations").error


def _doubled(join: Operation) -> Graph:
    names = ["a", *(f"x{i}" for i in range(1, DOUBLINGS)), "f"]
    steps = [(name, join, (before, before)) for before, name in pairwise(names)]
    return graph(steps, a=1.0)


def _chain(join: Operation, depth: int) -> Graph:
    names = ["a", *(f"x{i}" for i in range(1, depth)), "f"]
    return graph([(name, join, (before, "b")) for before, name in pairwise(names)], a=1.0, b=1.0)
