"""Where the first nan or infinity in a computation graph comes from: a value, or a gradient."""
from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..boundary.text import one_line, shortened
from ..engine.gradient_graph import gradients
from ..engine.graph import find_nonfinite, topological_order
from ..engine.value import Value


@dataclass(frozen=True)
class Origin:
    """The first value or adjoint in a graph that is not finite. str() describes it.

    Attributes:
        node: The first Value that is not finite; or, if all are finite, the node where an adjoint stops being so.
        gradient: The adjoint of the node; None if the value itself is not finite.
        operand_index: The operand whose contribution from the node is not finite; None if the contributions to
            the adjoint are finite but their sum is not.
    """

    node: Value
    gradient: float | None = None
    operand_index: int | None = None

    def __str__(self) -> str:
        where = f"in {shortened(self.node.scope)}: " if self.node.scope else "outside of all modules: "
        line = f" ({one_line(self.node.made_at)})" if self.node.made_at else ""
        if self.gradient is None:
            return f"{where}{_equation(self.node)}{line}"
        if self.operand_index is None:
            return f"in the gradient: {where}the contributions to {_named(self.node)} add up to {self.gradient:g}{line}"
        operand, local_grad = self.node.operands[self.operand_index], self.node.local_grads[self.operand_index]
        return (
            f"in the gradient: {where}{_equation(self.node)}, its gradient {self.gradient:g} times the local "
            f"derivative {local_grad:g} along {_named(operand)}{line}"
        )


def describe_origin(output: Any) -> str:
    """The first value, or else gradient, in the graph of output that is not finite, in words; "" if there is none."""
    origin = find_origin(output) if type(output) is Value else None
    return str(origin or "")


def find_origin(output: Value) -> Origin | None:
    """The first value, or else gradient, in the graph of output that is not finite; None if there is none."""
    node = find_nonfinite(output)
    return find_gradient_origin(output) if node is None else Origin(node)


def find_gradient_origin(output: Value, seed: float = 1.0) -> Origin | None:
    """The first gradient that is not finite in a backward pass from output; None if there is none."""
    nodes = [node for node in topological_order(output) if node.requires_grad]
    adjoints = dict(zip(nodes, gradients(output, nodes, seed), strict=True))
    for node in reversed(nodes):
        adjoint = adjoints[node]
        if not isfinite(adjoint):               # the contributions were finite, their sum is not
            return Origin(node, adjoint)
        for k, (local_grad, flows) in enumerate(zip(node.local_grads, node.flows, strict=True)):
            if flows and not isfinite(node.operation.contribution(adjoint, local_grad)):
                return Origin(node, adjoint, k)
    return None


def _equation(node: Value) -> str:
    if not node.operands:
        return f"{_named(node)} itself"
    shown = [_named(x) for x in node.operands[:4]] + ["…"] * (len(node.operands) > 4)
    op = shortened(node.op)
    equation = f"{op}({', '.join(shown)}) = {node.data:g}"
    if not op.isidentifier() and len(node.operands) == 2:
        equation = f"{shown[0]} {op} {shown[1]} = {node.data:g}"
    if len(node.operands) > 4:
        largest = max(abs(x.data) for x in node.parents)
        equation += f", with {len(node.operands)} operands up to {largest:g}"
    return equation


def _named(x: Any) -> str:
    if type(x) is not Value:
        return f"{x:g}"
    return f"{shortened(x.label)} = {x.data:g}" if x.label else f"{x.data:g}"
