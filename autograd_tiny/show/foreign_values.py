"""Values of another class become Values of this package, so that they can be drawn, explained, played and explored.

The numbers stay those that the class computed, right or wrong: data, local derivatives and gradients. An operation that
it calls +, *, tanh, … becomes the one of that name here, with its formulas, if both give the same numbers; otherwise it
has numbers only. foreign_graph.py finds the numbers.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isclose
from typing import Any, TypeAlias

from ..boundary.text import quoted, shortened
from ..calculus.operations import DOT, NEG, OPERATIONS, POW, TAKE, Operation
from ..engine.state import switched
from ..engine.value import Value, dispatch, make, restore
from .foreign_graph import Node, is_foreign, nodes_below
from .wording import counted

Operands: TypeAlias = "tuple[Value | float, ...]"

ANY_NUMBER = 0
ROWS = {
    (name, ANY_NUMBER if row.is_nary else len(row.operands)): row
    for row in OPERATIONS if row.operands and row is not DOT and row is not TAKE for name in (row.name, row.sign)
} | {("-", 1): NEG}
TO_A_NUMBER = re.compile(r"\*\*(-?[\d.]+(?:e[-+]?\d+)?)")      # the sign of x**2 where 2 is not an operand
RELATIVE, ABSOLUTE = 1e-9, 1e-14                # by which rounding may differ: 1 - t² has 16 digits of 1, not of itself


def translated(*given: Any) -> tuple[Any, ...]:
    """The arguments, with Values of this package in place of those of other classes, all in one graph.

    Args:
        *given: Values, lists or tuples of them, or anything else, which is returned as it is.

    Raises:
        TypeError, ValueError, RuntimeError: As nodes_below.
    """
    parts = [each if isinstance(each, list | tuple) else [each] for each in given]
    roots = [x for part in parts for x in part if is_foreign(x)]
    if not roots:
        return given
    values = _values_of(nodes_below(roots))
    found = [[values.get(id(x), x) for x in part] for part in parts]
    return tuple(
        part if isinstance(each, list | tuple) else part[0] for each, part in zip(given, found, strict=True)
    )


def _values_of(nodes: Sequence[Node]) -> dict[int, Value]:
    """For the id() of each Value of the other class, one of this package with the same numbers."""
    values: dict[int, Value] = {}
    with switched(recording=True, on_result=None):
        for node in nodes:
            operands = tuple([values.get(id(x), x) for x in node.operands])
            values[id(node.given)] = _result(node, operands) if operands else Value(node.data)
    reached: set[int] = set()
    for node in reversed(nodes):
        key = id(node.given)
        if node.grad != 0 or key in reached:    # where a gradient is, a pass has been, and below
            reached.update([key, *map(id, node.operands)])
        values[key].label = node.label
        restore(values[key], node.grad, key in reached, values[key].requires_grad, "")
    return values


# ---- operations

class Rounded(Operation):
    """An operation of this package, in one result of another class that rounds otherwise."""

    def __init__(self, row: Operation, data: float, local_grads: Sequence[float]) -> None:
        super().__init__(
            row.name, row.sign, " ".join(row.operands), row.value, *row.derivatives, selects=row.selects
        )
        self.row, self.data, self.local_grads = row, data, local_grads

    def on_values(self, *operands: Value | float) -> Value:
        return make(self, self.data, operands, self.local_grads)

    def __eq__(self, other: object) -> bool:
        return self.row is (other.row if isinstance(other, Rounded) else other)

    def __hash__(self) -> int:
        return hash(self.row)


class Measured(Operation):
    """An operation in one result of another class, of which there are only numbers.

    Attributes:
        problem: Why it is none of this package: it has an unknown name, or other numbers than the one of that name.
        row: The operation of that name, if it computes another value.
    """

    def __init__(
        self, name: str, sign: str, data: float, local_grads: Sequence[float], problem: str,
        row: Operation | None = None,
    ) -> None:
        super().__init__(name, sign, " ".join(f"x{k}" for k in range(len(local_grads))), "")
        self.data, self.local_grads, self.problem, self.row = data, local_grads, problem, row

    def on_values(self, *operands: Value | float) -> Any:
        """As recorded; or what the operation of its name computes, which makes the recorded value one out of date."""
        return dispatch(self.row, operands) if self.row else make(self, self.data, operands, self.local_grads)


def _result(node: Node, operands: Operands) -> Value:
    """The Value of a result: by an operation of this package with the same numbers, or by one that has only numbers."""
    pairs = zip(node.operands, operands, strict=True)
    recorded = {id(own): node.local_grads[id(x)] for x, own in pairs if type(own) is Value}
    attempts = [(row, ordered, dispatch(row, ordered)) for row, ordered in _readings(node, operands)]
    attempts = [each for each in attempts if type(each[2]) is Value]        # not of plain numbers alone
    for row, ordered, ours in attempts:
        if _difference(node, recorded, ours) is None:
            local_grads = _local_grads(ordered, recorded, ours.local_grads)
            if row.is_nary or all(map(_is_same, (ours.data, *ours.local_grads), (node.data, *local_grads))):
                found: Value = ours
                return found
            return make(Rounded(row, node.data, local_grads), node.data, ordered, local_grads)
    op = f"{quoted(node.op)} of {shortened(type(node.given).__name__)}"
    if attempts:
        row, ordered, ours = attempts[0]
        problem = f"{op} gives {_difference(node, recorded, ours)}"
        name, sign, again = row.name, row.sign, None if _is_near(node.data, ours.data) else row
    else:
        problem = f"{op}, of {counted(len(operands), 'operand')}, is no operation of this package"
        name, sign, ordered, again = shortened(node.op) or "?", shortened(node.op) or "?", operands, None
    local_grads = _local_grads(ordered, recorded)
    return make(Measured(name, sign, node.data, local_grads, problem, again), node.data, ordered, local_grads)


def _readings(node: Node, operands: Operands) -> Iterator[tuple[Operation, Operands]]:
    """The operations of this package that a result may be, each with its operands in order."""
    op = node.op.lower()
    power = TO_A_NUMBER.fullmatch(op)
    orders = [operands]
    if not node.has_order:
        orders.append(operands[::-1] if len(operands) > 1 else operands * 2)
    for ordered in orders:
        if power and len(ordered) == 1:
            yield POW, (*ordered, float(power[1]))
        row = ROWS.get((op, len(ordered))) or ROWS.get((op, ANY_NUMBER))
        if row:
            yield row, ordered


def _difference(node: Node, recorded: Mapping[int, float], ours: Value) -> str | None:
    """Where a result has not the numbers of an operation of this package; None if it has, but for rounding."""
    if not _is_near(node.data, ours.data):
        return f"{node.data!r} where its operands give {ours.data!r}, unless their .data has changed since"
    sums: dict[int, float] = {}
    for x, local_grad in zip(ours.operands, ours.local_grads, strict=True):
        sums[id(x)] = sums.get(id(x), 0.0) + local_grad
    for key, local_grad in recorded.items():
        if not _is_near(local_grad, sums[key]):
            return f"the local derivative {local_grad!r} in _backward where {sums[key]!r} is right"
    return None


def _local_grads(
    operands: Operands, recorded: Mapping[int, float], ours: Sequence[float] | None = None
) -> list[float]:
    """The local derivatives, one for each place.

    Those that were recorded; for plain numbers those of the operation here, or 0. Of an operand in several places only
    the sum is recorded. Each place gets what the operation here has, or else an equal share, which is right in b + b
    and b * b: they stay the same when the operands are swapped, and so the two derivatives are equal.
    """
    places = Counter(map(id, operands))
    shares = [recorded.get(id(x), 0.0) / places[id(x)] for x in operands]
    if ours is None:
        return shares
    alone = [places[id(x)] == 1 and id(x) in recorded for x in operands]
    return [share if is_alone else own for share, own, is_alone in zip(shares, ours, alone, strict=True)]


def _is_near(x: float, y: float) -> bool:
    return _is_same(x, y) or isclose(x, y, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _is_same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)
