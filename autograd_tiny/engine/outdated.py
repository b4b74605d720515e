"""Detects leaves whose `.data` changed after the forward pass, as optimisers do."""
from __future__ import annotations

from collections.abc import Iterable

from .state import switched
from .value import Value, fan_of


def first_outdated(order: Iterable[Value]) -> Value | None:
    """The first Value whose number or local derivatives no longer follow from its operands, or None.

    Each operation is repeated on its operands as they are now. The order is topological, so the operands of the first
    one found are themselves up to date.
    """
    with switched(recording=True, on_result=None):
        return next((node for node in order if node.operands and _is_outdated(node)), None)


def _is_outdated(node: Value) -> bool:
    then = node.data, *node.local_grads
    try:
        again = _computed_again(node)
    except Exception:                           # a user's operation that cannot be done any more
        return True
    now = again.data, *again.local_grads
    if now == then and all(now):
        return False
    return [*map(repr, map(float, now))] != [*map(repr, map(float, then))]  # -0.0 is not 0.0; nan is nan


def _computed_again(node: Value) -> Value:
    """The operation that made a node, done again on its operands as they are now."""
    operation, operands = node.operation, node.operands
    again: Value = operation.on_values(fan_of(operands)) if operation.is_nary else operation.on_values(*operands)
    return again
