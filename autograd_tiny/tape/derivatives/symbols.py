"""Symbols: numbers that are not computed yet. An operation on them writes an instruction into the draft of a program.

Formulas of the calculus, evaluated on symbols, write the instructions of a local derivative. What can be known already
is simplified on the way: operations on plain numbers, factors of 1 and -1, signs of signs. All of that is exact, except
that a zero may come out with the other sign.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import add
from typing import TypeAlias

from ...calculus.floats import FLOATS
from ...calculus.formulas import Namespace, products_of_others, sharing
from ...calculus.operations import ADD, DIV, EQUAL, LESS, MUL, NEG, OPERATIONS, POW, SUB, TAKE, WHERE, Operation
from ..lowering import Draft

Number: TypeAlias = "Symbol | float"


class Symbol:
    """The number in a slot of a draft."""

    __slots__ = ("draft", "slot")

    def __init__(self, draft: Draft, slot: int) -> None:
        self.draft, self.slot = draft, slot

    def __add__(self, other: Number) -> Number:
        return _plus(self, other)

    def __radd__(self, other: Number) -> Number:
        return _plus(other, self)

    def __sub__(self, other: Number) -> Number:
        return self if _is(other, 0.0) else result(SUB, self, other)

    def __rsub__(self, other: Number) -> Number:
        return -self if _is(other, 0.0) else result(SUB, other, self)

    def __mul__(self, other: Number) -> Number:
        return times(self, other)

    def __rmul__(self, other: Number) -> Number:
        return times(other, self)

    def __truediv__(self, other: Number) -> Number:
        return _quotient(self, other)

    def __rtruediv__(self, other: Number) -> Number:
        return _quotient(other, self)

    def __neg__(self) -> Number:
        inside = _negated(self)
        return result(NEG, self) if inside is None else inside


def symbol(draft: Draft, slot: int) -> Number:
    """The number in a slot: a float, if it is a constant."""
    constant = draft.constants.get(slot)
    return Symbol(draft, slot) if constant is None else constant


def result(operation: Operation, *operands: Number) -> Number:
    """The result of an operation: a number, if all operands are."""
    draft = next((x.draft for x in operands if type(x) is Symbol), None)
    if draft is None:
        return float(operation.evaluate(FLOATS, operands))
    slots = [x.slot if type(x) is Symbol else draft.constant(float(x)) for x in operands]   # type: ignore[arg-type]
    return symbol(draft, draft.result(operation, tuple(slots)))


def _is(x: Number, number: float) -> bool:
    return type(x) is not Symbol and x == number


def _negated(x: Number) -> Number | None:
    """The number that x is the negative of, if it was computed so."""
    if type(x) is Symbol and x.draft.operations[x.slot] is NEG:
        return symbol(x.draft, x.draft.operands[x.slot][0])
    return None


def _plus(x: Number, y: Number) -> Number:
    if type(x) is not Symbol and type(y) is not Symbol:
        return x + y
    if _is(x, 0.0):
        return y
    if _is(y, 0.0):
        return x
    if type(x) is Symbol and type(y) is Symbol and x.slot == y.slot:
        return times(2.0, x)
    return result(ADD, x, y)


def total(addends: Sequence[Number]) -> Number:
    """A sum, in which equal addends are counted: x + x is 2·x."""
    if len(addends) == 1:
        return addends[0]
    counts: dict[int, float] = {}
    known: dict[int, Symbol] = {}
    plain: list[Number] = [0.0]
    for x in addends:
        inside = _negated(x)
        addend = x if inside is None else inside
        if type(addend) is Symbol:
            counts[addend.slot] = counts.get(addend.slot, 0.0) + (1.0 if inside is None else -1.0)
            known[addend.slot] = addend
        else:
            plain.append(x)
    return reduce(_plus, [*plain, *(times(known[slot], count) for slot, count in counts.items())])


def times(x: Number, y: Number) -> Number:
    """A product, without factors of 1 and -1. Signs go outside, where a sum takes them."""
    if type(x) is not Symbol:
        x, y = y, x
    if type(x) is not Symbol:
        return x * y
    inside = _negated(x)
    if inside is not None:
        return -times(inside, y)
    if type(y) is not Symbol:
        return _scaled(x, float(y))         # type: ignore[arg-type]
    inside = _negated(y)
    return result(MUL, x, y) if inside is None else -times(x, inside)


def _scaled(x: Symbol, factor: float) -> Number:
    """A number times a constant; of two constant factors one, if one is a power of two: that rounds nothing."""
    if factor == 1.0:
        return x
    if factor == -1.0:
        return -x
    if x.draft.operations[x.slot] is MUL:
        left, right = [symbol(x.draft, each) for each in x.draft.operands[x.slot]]
        inner, rest = (right, left) if type(left) is Symbol else (left, right)
        if type(inner) is float and type(rest) is Symbol and (_is_power_of_two(inner) or _is_power_of_two(factor)):
            both = inner * factor
            if 1e-300 < abs(both) < 1e300:
                return _scaled(rest, both)
    return result(MUL, x, factor)


def _is_power_of_two(x: float) -> bool:
    return math.isfinite(x) and abs(math.frexp(x)[0]) == 0.5


# ---- the formulas of the calculus over symbols

def chosen(condition: Number, x: Callable[[], Number], y: Callable[[], Number]) -> Number:
    """where(): a condition that is a plain number decides at once."""
    if type(condition) is not Symbol:
        return x() if condition else y()
    first, second = x(), y()
    is_same = type(first) is Symbol and type(second) is Symbol and first.slot == second.slot
    return first if is_same else result(WHERE, condition, first, second)


def _quotient(x: Number, y: Number) -> Number:
    return x if _is(y, 1.0) else result(DIV, x, y)


def _one_hot(xs: Sequence[Number], index: Sequence[Number]) -> list[Number]:
    """1 at the index, and 0 for all others."""
    n, k = len(xs), index[0]
    place = chosen(result(LESS, k, 0.0), lambda: k + n, lambda: k)
    return [result(EQUAL, place, float(i)) for i in range(n)]


SYMBOLS = Namespace(
    {row.name: partial(result, row) for row in OPERATIONS},
    where=chosen, pi=math.pi, inf=math.inf, nan=math.nan, divide=_quotient, pow=partial(result, POW),
    not_equal=lambda x, y: 1.0 - result(EQUAL, x, y),
    products_of_others=products_of_others, shares=sharing(partial(result, EQUAL)),
    sum=partial(reduce, add), item=lambda xs, index: result(TAKE, *xs, *index), one_hot=_one_hot,
)
for _row in OPERATIONS:
    if _row.is_nary and _row.name != "sum":
        SYMBOLS[_row.name] = lambda xs, row=_row: result(row, *xs)
