"""Where a nan or an infinity began, in words."""
from __future__ import annotations

from math import isfinite
from typing import Any

from .engine import Value, gradients
from .graph import find_nonfinite, topological_order


def where_it_began(output: Any) -> str:
    """The first number, or else gradient, in the graph of output that is not finite; "" if all are."""
    if type(output) is not Value:
        return ""
    node = find_nonfinite(output)
    return first_gradient(output) if node is None else said_of(node)


def said_of(node: Value) -> str:
    """Where a Value was made, from what, and by which line of code as far as that is known."""
    return f"{_place(node)}{_formula(node)}{_line(node)}"


def first_gradient(output: Value, seed: float = 1.0) -> str:
    """The same of the first gradient that is not finite, on the way back from output; "" if all are."""
    nodes = [node for node in topological_order(output) if node.requires_grad]
    found = dict(zip(nodes, gradients(output, nodes, seed), strict=True))
    for node in reversed(nodes):
        arriving = found[node]
        if not isfinite(arriving):          # each term of its sum is finite: see below
            return f"in the gradient: {_place(node)}{_named(node)} gets {arriving:g} in all{_line(node)}"
        for x, slope, flows in zip(node.operands, node.local_grads, node.flows, strict=True):
            if flows and not isfinite(arriving * slope):
                return (
                    f"in the gradient: {_place(node)}{_formula(node)}, its gradient {arriving:g} times the "
                    f"local derivative {slope:g} along {_named(x)}{_line(node)}"
                )
    return ""


def _place(node: Value) -> str:
    return f"in {node.scope}: " if node.scope else "outside of all modules: "


def _line(node: Value) -> str:
    return f" ({node.made_at})" if node.made_at else ""


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
