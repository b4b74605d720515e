"""Selections inside operations of which a derivative is infinite or nan: what was not selected gets exactly 0."""
from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from references.operations import ROWS, perform, stated

import autograd_tiny as at

INF, NAN = math.inf, math.nan
POINTS = (0.0, 1.0, -1.0, 2.0, 0.5, -0.5, 1e-320, INF, -INF, NAN)


class Selection(NamedTuple):
    """An operation of the leaves at these numbers, whose value is that of the selected leaf, if there is one.

    unselected: The places of the leaves that get exactly 0, whatever arrives.
    """

    name: str
    numbers: tuple[float, ...]
    unselected: tuple[int, ...]
    build: Callable[..., Any]


def selections(value: float) -> Iterator[Selection]:
    """All operations that select, in such a way that the result is this number."""
    yield Selection("where, true", (value, 3.0), (1,), lambda x, y: at.where(1.0, x, y))
    yield Selection("where, false", (3.0, value), (0,), lambda x, y: at.where(0.0, x, y))
    yield Selection("where, by a Value", (2.0, value, NAN), (0, 2), at.where)
    yield Selection("where, by a comparison", (2.0, 1.0, value, INF), (0, 1, 3),
                    lambda a, b, x, y: at.where(at.greater(a, b), x, y))
    yield Selection("take", (INF, value, NAN, -2.0), (0, 2, 3), lambda *xs: at.take(xs[:3], xs[3]))
    if value == 0.0:
        yield Selection("relu", (-1.0,), (0,), at.relu)
        yield Selection("equal", (2.0, 1.0), (0, 1), at.equal)
        yield Selection("greater", (1.0, INF), (0, 1), at.greater)
    if value == 1.0:
        yield Selection("less_equal", (-INF, 3.0), (0, 1), at.less_equal)
        yield Selection("greater_equal", (3.0, 3.0), (0, 1), at.greater_equal)
        yield Selection("less", (-3.0, 1e300), (0, 1), at.less)
    if value in (-1.0, 0.0, 1.0):
        yield Selection("sign", (3.0 * value,), (0,), at.sign)
    if value > -INF:
        below = -INF if value == -1.0 else min(value, 1e308) - 1.0
        yield Selection("maximum", (value, below), (1,), at.maximum)
        yield Selection("max", (below, value, below), (0, 2), lambda *xs: at.max(xs))
    if value < INF:
        above = INF if value == 1.0 else max(value, -1e308) + 1.0
        yield Selection("minimum", (above, value), (0,), at.minimum)
        yield Selection("min", (above, above, value), (0, 1), lambda *xs: at.min(xs))
    if -INF < value < INF:
        yield Selection("clip, from below", (-INF, value, INF), (0, 2), at.clip)
        yield Selection("clip, from above", (INF, -INF, value), (0, 1), at.clip)
        yield Selection("clip, inside", (value, value - 1.0, value + 1.0), (1, 2), at.clip)


class Nested(NamedTuple):
    """An operation with a selection for one of its operands, by which its derivative is not finite.

    operands: Its operands; that at `place` is the value of the selection.
    """

    outer: str
    operands: tuple[float, ...]
    place: int
    selection: Selection

    @property
    def title(self) -> str:
        return f"{self.outer}{self.operands} of {self.selection.name} at {self.place}"

    @property
    def numbers(self) -> tuple[float, ...]:
        """Of the leaves: those of the selection, then the other operands of the outer operation."""
        return (*self.selection.numbers, *self.operands[: self.place], *self.operands[self.place + 1 :])

    def build(self, leaves: Sequence[Any]) -> Any:
        n = len(self.selection.numbers)
        chosen, others = self.selection.build(*leaves[:n]), leaves[n:]
        return perform(self.outer, [*others[: self.place], chosen, *others[self.place :]])


def infinite_derivatives(name: str) -> list[tuple[tuple[float, ...], int]]:
    """Operands at which a derivative of an operation is infinite or nan, and which: one of each kind and place."""
    row = ROWS[name]
    counts = {"dot": (2, 5)}.get(name, (2, 3) if row.is_nary else (len(row.operands),))
    found: dict[tuple[int, int, str], tuple[float, ...]] = {}
    for count in counts:
        points = POINTS if count < 3 else (0.0, 1.0, INF, NAN)
        for operands in product(points, repeat=count):
            for place, derivative in enumerate(stated(name, operands)[1:]):
                if not math.isfinite(derivative):
                    found.setdefault((count, place, repr(derivative)), operands)
    return [(operands, place) for (_, place, _), operands in found.items()]


def nested(name: str) -> list[Nested]:
    """Every selection inside an operation, wherever that has a derivative that is not finite."""
    return [
        Nested(name, operands, place, selection)
        for operands, place in infinite_derivatives(name) for selection in selections(operands[place])
    ]


class Flat(NamedTuple):
    """An operation whose derivative is 0 everywhere, of one whose derivative is not finite; and three times each leaf.

    So the derivative with respect to each leaf is exactly 3. flat: The first operation, and which of its operands.
    """

    flat: tuple[str, int]
    inner: str
    numbers: tuple[float, ...]

    @property
    def title(self) -> str:
        return f"{self.flat} of {self.inner}{self.numbers}"

    def build(self, leaves: Sequence[Any]) -> Any:
        name, place = self.flat
        operands: list[Any] = [0.5] * len(ROWS[name].operands)
        operands[place] = perform(self.inner, list(leaves))
        found = perform(name, operands)
        for leaf in leaves:
            found = found + 3.0 * leaf
        return found


def flat_uses(name: str) -> list[Flat]:
    """Every operation with a derivative of 0 everywhere, of this one, wherever that has one that is not finite."""
    flat = [(row.name, k) for row in ROWS.values() for k, text in enumerate(row.derivatives) if text == "0"]
    points = {operands for operands, _ in infinite_derivatives(name)}
    return [Flat(each, name, operands) for operands in sorted(points, key=repr) for each in flat]


WITH_INFINITE_DERIVATIVES = [name for name in ROWS if infinite_derivatives(name)]
