"""The implementations of the formulas' functions for floats."""
from __future__ import annotations

import math
from collections.abc import Sequence

from . import ieee
from .formulas import Namespace, position, products_of_others, sharing, sum_in_order
from .operations import OPERATIONS


def _largest(xs: Sequence[float]) -> float:
    return math.nan if any(x != x for x in xs) else max(xs)


def _smallest(xs: Sequence[float]) -> float:
    return math.nan if any(x != x for x in xs) else min(xs)


def _one_hot(xs: Sequence[float], index: Sequence[float]) -> list[float]:
    """1 at the index, and 0 for all others."""
    place = position(index[0], len(xs))
    return [float(k == place) for k in range(len(xs))]


FLOATS = Namespace(
    {name: getattr(ieee, name) for name in ieee.__all__},
    where=lambda condition, x, y: x() if condition else y(),
    greater=lambda x, y: float(x > y), greater_equal=lambda x, y: float(x >= y),
    less=lambda x, y: float(x < y), less_equal=lambda x, y: float(x <= y),
    equal=lambda x, y: float(x == y), not_equal=lambda x, y: float(x != y),
    abs=math.fabs, pi=math.pi, inf=math.inf, nan=math.nan, sum=sum_in_order, prod=math.prod, max=_largest,
    min=_smallest,
    products_of_others=products_of_others, shares=sharing(lambda x, y: float(x == y)),
    item=lambda xs, index: xs[position(index[0], len(xs))], one_hot=_one_hot,
)
for _row in OPERATIONS[1:]:                     # formulas may call other rows
    if not _row.is_nary:
        FLOATS.setdefault(_row.name, lambda *operands, row=_row: row.evaluate(FLOATS, operands))
