"""Where a nan or an infinity began: as data, and in words."""
from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..engine.gradients import gradients
from ..engine.graph import find_nonfinite, topological_order
from ..engine.value import Value


@dataclass(frozen=True)
class Origin:
    """The place in a graph where numbers stop being finite.

    node: the first Value that is nan or infinite. Or, on the way back, gradient is what arrives at the node:
    a number that its local derivative along the operand at `place` makes nan or infinite, or is so itself,
    as the sum of finite ones, where place is None.
    """

    node: Value
    gradient: float | None = None
    place: int | None = None

    def __str__(self) -> str:
        where = f"in {self.node.scope}: " if self.node.scope else "outside of all modules: "
        line = f" ({self.node.made_at})" if self.node.made_at else ""
        if self.gradient is None:
            return f"{where}{_formula(self.node)}{line}"
        if self.place is None:
            return f"in the gradient: {where}{_named(self.node)} gets {self.gradient:g} in all{line}"
        operand, slope = self.node.operands[self.place], self.node.local_grads[self.place]
        return (
            f"in the gradient: {where}{_formula(self.node)}, its gradient {self.gradient:g} times the local "
            f"derivative {slope:g} along {_named(operand)}{line}"
        )


def where_it_began(output: Any) -> str:
    """The first number, or else gradient, in the graph of output that is not finite; "" if all are."""
    origin = origin_of(output) if type(output) is Value else None
    return str(origin or "")


def origin_of(output: Value) -> Origin | None:
    """The same as data; None if all are finite."""
    node = find_nonfinite(output)
    return origin_of_gradients(output) if node is None else Origin(node)


def origin_of_gradients(output: Value, seed: float = 1.0) -> Origin | None:
    """The first gradient that is not finite, on the way back from output; None if all are."""
    nodes = [node for node in topological_order(output) if node.requires_grad]
    found = dict(zip(nodes, gradients(output, nodes, seed), strict=True))
    for node in reversed(nodes):
        arriving = found[node]
        if not isfinite(arriving):              # though what was sent here is finite, see below
            return Origin(node, arriving)
        for place, (slope, flows) in enumerate(zip(node.local_grads, node.flows, strict=True)):
            if flows and not isfinite(arriving * slope):
                return Origin(node, arriving, place)
    return None


def _formula(node: Value) -> str:
    if not node.operands:
        return f"{_named(node)} itself"
    shown = [_named(x) for x in node.operands[:4]] + ["…"] * (len(node.operands) > 4)
    said = f"{node.op}({', '.join(shown)}) = {node.data:g}"
    if not node.op.isidentifier() and len(node.operands) == 2:
        said = f"{shown[0]} {node.op} {shown[1]} = {node.data:g}"
    if len(node.operands) > 4:
        largest = max(abs(x.data) for x in node.parents)
        said += f", of {len(node.operands)} operands up to {largest:g}"
    return said


def _named(x: Any) -> str:
    if type(x) is not Value:
        return f"{x:g}"
    return f"{x.label} = {x.data:g}" if x.label else f"{x.data:g}"
