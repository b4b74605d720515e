"""Which results on a path are mere steps of arithmetic, which become part of the factors around them.

Of ½(y − o)² the derivative by o is −(y − o), not a product of three.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...engine.value import Value
from ..paths import Way
from .telling import ARITHMETIC, is_step

LONGEST_RUN = 12                        # steps of arithmetic that become one factor
MOST_VISITED = 2000                     # Values, to find out whether a way is the only one


class Steps:
    """The results that have no name and no second use, between two Values that no other way connects.

    order: all Values, the operands first. ways: the paths to be shown; of one with very many Values nothing
    is a step. taken: the steps on all these paths.
    """

    def __init__(self, order: Sequence[Value], ways: Sequence[Way]) -> None:
        self.position = {value: i for i, value in enumerate(order)}
        self.only: dict[tuple[Value, Value], bool] = {}
        short = [way for way in ways if len(way.nodes) <= MOST_VISITED]
        self.taken = _candidates(order, short)
        for way in short:
            self._leave_out(way)
        self.taken.difference_update(*[way.nodes for way in ways if len(way.nodes) > MOST_VISITED])

    def _leave_out(self, way: Way) -> None:
        """Let the steps of a run have their places if it is long, or not the only way between its ends."""
        start = 0
        for i, v in enumerate(way.nodes):
            if v not in self.taken:
                run = way.nodes[start + 1 : i]
                if run and (len(run) > LONGEST_RUN or not self._is_only_way(way.nodes[start], v)):
                    self.taken.difference_update(run)
                start = i

    def _is_only_way(self, start: Value, end: Value) -> bool:
        """Whether one path leads from start to end, as far as can be found out quickly."""
        if (start, end) not in self.only:
            self.only[start, end] = self._count_ways(start, end) == 1
        return self.only[start, end]

    def _count_ways(self, start: Value, end: Value) -> int:
        """The ways into end that begin at start; 2 stands for more, and for too many Values to look at."""
        found, seen, stack = 0, {start}, [start]
        while stack and found < 2:
            for x in stack.pop().operands:
                if x is end:
                    found += 1
                elif type(x) is Value and self.position[x] > self.position[end] and x not in seen:
                    seen.add(x)
                    stack.append(x)
            if len(seen) > MOST_VISITED:
                return 2
        return found


def _candidates(order: Sequence[Value], ways: Sequence[Way]) -> set[Value]:
    """The steps of arithmetic on these ways that have one use, in arithmetic."""
    steps = {v for way in ways for v in way.nodes[1:-1] if is_step(v)}
    uses: Counter[Value] = Counter()
    for value in order if steps else ():
        uses.update(x for x in value.operands if type(x) is Value and x in steps)
    return {
        v for way in ways for above, v in zip(way.nodes, way.nodes[1:-1], strict=False)
        if v in steps and uses[v] == 1 and above.operation in ARITHMETIC
    }
