"""Times: engines take turns in processes of their own, and a time is a median over the turns."""
from __future__ import annotations

import sys
from collections.abc import Sequence
from math import isclose
from statistics import median
from typing import Any

from .processes import Case, Worker, available

Turn = list[list[float]]                # repetitions: seconds for forward, backward, release


class Times:
    """What an engine took, in seconds: medians over its turns, each of which counts by its own median."""

    def __init__(self, processes: list[list[Turn]]) -> None:
        warm = [turn[1:] for turns in processes for turn in turns]

        def typical(begin: int, end: int) -> float:
            return median(median(sum(phases[begin:end]) for phases in turn) for turn in warm)

        self.forward, self.backward, self.release = typical(0, 1), typical(1, 2), typical(2, 3)
        self.both, self.all = typical(0, 2), typical(0, 3)
        self.best = min(sum(phases[:2]) for turn in warm for phases in turn)
        self.first = median(sum(turns[0][0][:2]) for turns in processes)


def measure(
    workload: str, cases: Sequence[Case], processes: int = 3, turns: int = 5
) -> tuple[dict[Case, Times], dict[Case, Any]]:
    """The times of the cases, which take turns in several fresh processes, and the numbers they computed."""
    cases = available(cases)
    times: dict[Case, list[list[Turn]]] = {case: [] for case in cases}
    results = {}
    for _ in range(processes):
        workers = {case: Worker(workload, case) for case in cases}
        rounds = [{case: worker.ask("times") for case, worker in workers.items()} for _ in range(turns)]
        for case, worker in workers.items():
            times[case].append([each[case] for each in rounds])
            results[case] = worker.ask("result")
            worker.close()
    return {case: Times(times[case]) for case in cases}, results


def check_agreement(results: dict[Case, Any], precision: float = 1e-9) -> None:
    """Stop unless all computed the same numbers, to that precision: otherwise they did not do the same work."""
    first, *others = results
    for other in others:
        for x, y in zip(results[first]["numbers"], results[other]["numbers"], strict=True):
            if not isclose(x, y, rel_tol=precision, abs_tol=1e-3 * precision):
                sys.exit(f"{' '.join(first)} and {' '.join(other)} disagree: {x!r} and {y!r}")
