"""Which results on a path are inlined: unnamed arithmetic becomes part of the factor around it.

The derivative of ½(y − o)² with respect to o is one factor, −(y − o), and not a product of three.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ...calculus.operations import ADD, DIV, MEAN, MUL, NEG, POW, PROD, SUB, SUM
from ...engine.value import Value
from ..paths import WeightedPath

ARITHMETIC = {ADD, SUB, MUL, DIV, POW, NEG, SUM, MEAN, PROD}
MAX_INLINED = 12                        # results that become one factor
MAX_VISITED = 2000                      # Values, to find out whether a path is the only one


def is_inlinable(value: Value) -> bool:
    """Whether it is a result of arithmetic without a label."""
    return not value.label and value.operation in ARITHMETIC


class Inlining:
    """The unnamed results that are used once, between two Values that no other path connects.

    Attributes:
        results: Those on the paths to be shown; on a path of very many Values there are none.
    """

    def __init__(self, order: Sequence[Value], paths: Sequence[WeightedPath]) -> None:
        self.position = {value: i for i, value in enumerate(order)}
        self.single: dict[tuple[Value, Value], bool] = {}
        short = [path for path in paths if len(path.nodes) <= MAX_VISITED]
        self.results = _candidates(order, short)
        for path in short:
            self._check_runs(path)
        self.results.difference_update(*[path.nodes for path in paths if len(path.nodes) > MAX_VISITED])

    def _check_runs(self, path: WeightedPath) -> None:
        """Remove the results of a run that is long, or not the only path between its ends."""
        start = 0
        for i, value in enumerate(path.nodes):
            if value not in self.results:
                run = path.nodes[start + 1 : i]
                if run and (len(run) > MAX_INLINED or not self._is_single_path(path.nodes[start], value)):
                    self.results.difference_update(run)
                start = i

    def _is_single_path(self, start: Value, end: Value) -> bool:
        """Whether exactly one path leads from start to end, as far as can be found out quickly."""
        if (start, end) not in self.single:
            self.single[start, end] = self._count_arrivals(start, end) == 1
        return self.single[start, end]

    def _count_arrivals(self, start: Value, end: Value) -> int:
        """The edges into end from Values below start; 2 also means more, or too many Values to look at."""
        found, seen, stack = 0, {start}, [start]
        while stack and found < 2:
            for x in stack.pop().operands:
                if x is end:
                    found += 1
                elif type(x) is Value and self.position[x] > self.position[end] and x not in seen:
                    seen.add(x)
                    stack.append(x)
            if len(seen) > MAX_VISITED:
                return 2
        return found


def _candidates(order: Sequence[Value], paths: Sequence[WeightedPath]) -> set[Value]:
    """The inlinable results on these paths that are used once, in arithmetic."""
    inlinable = {value for path in paths for value in path.nodes[1:-1] if is_inlinable(value)}
    uses: Counter[Value] = Counter()
    for value in order if inlinable else ():
        uses.update(x for x in value.operands if type(x) is Value and x in inlinable)
    return {
        value for path in paths for above, value in pairwise(path.nodes[:-1])
        if value in inlinable and uses[value] == 1 and above.operation in ARITHMETIC
    }
