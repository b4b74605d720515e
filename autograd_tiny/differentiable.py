"""Gradients that are Values themselves: they can be differentiated again, and drawn.

The same chain rule as in engine.py, with the local derivatives computed by operations on Values instead
of taken from the record: the formulas of ops.py, with the functions of functions.py for their names.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import functions
from .engine import Value, set_recording, set_watching
from .graph import made_from, order_beyond
from .ops import FLOATS, OPERATIONS, Namespace, products_of_others, shares


def gradient_graph(
    output: Value, inputs: Sequence[Value], seed: float, just_computed: bool = False
) -> tuple[Value, ...]:
    """The derivatives of output with respect to inputs, as Values with a graph of their own.

    RuntimeError if a number in the graph has changed since the forward pass: the new graph would
    be one of other numbers than those recorded. just_computed: it cannot have; no input depends on another.
    """
    recorded = set_recording(True)
    try:
        # the inputs of a differentiation are not made of each other: nothing before them matters
        before = {id(x) for x in inputs} if just_computed else ()
        order = order_beyond(before, (output,))
        if not just_computed:
            _check_unchanged(order)
        on_the_way = made_from(inputs, order)
        adjoints: dict[int, Any] = {id(output): seed}
        for node in reversed(order):
            if id(node) not in adjoints:
                continue
            operands = node.operands
            wanted = [id(x) in on_the_way for x in operands]
            if not just_computed:               # since then an operand may have been frozen, or set free
                wanted = [want and flow for want, flow in zip(wanted, node.flows, strict=True)]
            slopes = node.operation.differentiate(FORMULAS, operands, node, wanted)
            for parent, slope, want in zip(operands, slopes, wanted, strict=True):
                if want:
                    sent = _times(adjoints[id(node)], slope)
                    known = adjoints.get(id(parent))
                    adjoints[id(parent)] = sent if known is None else known + sent
        return tuple(_as_value(adjoints.get(id(each), 0.0)) for each in inputs)
    finally:
        set_recording(recorded)


def outdated(order: Iterable[Value]) -> Value | None:
    """The first whose recorded number or local derivatives are not those of its operands any more, or None.

    So it is where somebody has set .data since the forward pass, as optimizers do. order: any Values; in
    topological order the first is made from what still holds. Each operation is done again, on the side.
    """
    recorded, watched = set_recording(True), set_watching(False)
    try:
        return next((node for node in order if node.operands and _is_outdated(node)), None)
    finally:
        set_recording(recorded)
        set_watching(watched)


def _is_outdated(node: Value) -> bool:
    then = node.data, *node.local_grads
    try:
        again = functions.redo(node)
    except Exception:                           # a user's operation that cannot be done any more
        return True
    now = again.data, *again.local_grads
    if now == then and all(now):
        return False
    return [*map(repr, map(float, now))] != [*map(repr, map(float, then))]  # -0.0 is not 0.0; nan is nan


def _check_unchanged(order: Iterable[Value]) -> None:
    node = outdated(order)
    if node is not None:
        raise RuntimeError(
            f"the graph of {node!r} is out of date: .data of {_names(node)} has changed since it was "
            "computed. Compute the output again before asking for gradients with create_graph=True"
        )


def _names(node: Value) -> str:
    return " or ".join(dict.fromkeys(repr(x) for x in node.operands if type(x) is Value))


def _times(adjoint: Any, slope: Any) -> Any:
    """The product, without a node where a factor is the plain number 1."""
    if type(adjoint) is float and adjoint == 1.0:
        return slope
    return adjoint if type(slope) is int and slope == 1 else adjoint * slope


def _as_value(gradient: Any) -> Value:
    return gradient if type(gradient) is Value else Value(gradient, requires_grad=False)


def _either(of_floats: Callable[[Any, Any], Any], of_others: Callable[[Any, Any], Any]) -> Any:
    """A function of two operands: the quick one, if both are plain numbers."""
    plain = {float, int}
    return lambda x, y: (of_floats if type(x) in plain and type(y) in plain else of_others)(x, y)


def _chosen(condition: Any, x: Callable[[], Any], y: Callable[[], Any]) -> Any:
    """where(), but a condition that is no Value decides at once, and leaves no trace of the other branch."""
    while hasattr(condition, "primal"):         # of a dual number: nothing depends on a condition smoothly
        condition = condition.primal
    if type(condition) is Value:
        return functions.where(condition, x(), y())
    return x() if condition else y()


FORMULAS = Namespace(
    {row.name: getattr(functions, row.name) for row in OPERATIONS if hasattr(functions, row.name)},
    where=_chosen, pi=functions.pi, inf=math.inf,
    divide=_either(FLOATS["divide"], operator.truediv), pow=_either(FLOATS["pow"], operator.pow),
    greater=_either(operator.gt, functions.greater), equal=_either(operator.eq, functions.equal),
    not_equal=lambda x, y: 1.0 - functions.equal(x, y),
    products_of_others=products_of_others, shares=shares,
)
