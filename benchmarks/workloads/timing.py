"""The clock, and repetitions of a forward pass, a backward pass and the release of a graph."""
from __future__ import annotations

from collections.abc import Callable
from time import get_clock_info, perf_counter, process_time
from typing import Any

Answers = dict[str, Callable[[], Any]]      # for each question, what finds the answer
Phases = tuple[float, float, float]         # seconds for forward, backward, release

# Processor time, where it is precise enough. A wall clock counts what other programs take as well, and
# does so unfairly: a long step shares its time with them, a short one ends before its turn is over.
clock = process_time if get_clock_info("process_time").resolution < 1e-6 else perf_counter


def repetitions(
    forward: Callable[[], Any], backward: Callable[[Any], None], release: Callable[[], None] = lambda: None
) -> list[Phases]:
    """Build a graph, differentiate it and let it go: to warm up, once more at least, and for 0.1 seconds."""
    found: list[Phases] = []
    until = clock() + 0.1
    while len(found) < 2 or clock() < until:
        start = clock()
        made = forward()
        built = clock()
        backward(made)
        differentiated = clock()
        del made
        release()
        found.append((built - start, differentiated - built, clock() - differentiated))
    return found


def resident(field: str) -> int:
    """The resident memory of this process in bytes: VmRSS now, VmHWM the most that it ever was (Linux)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith(field))
