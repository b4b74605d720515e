"""Walks through a graph: from a Value to everything it was computed from."""
from __future__ import annotations

from collections.abc import Container, Iterable
from math import isfinite

from ..boundary.arguments import describe
from .value import Value


def topological_order(*roots: Value) -> list[Value]:
    """All Values that the roots were computed from, and the roots: operands before results.

    The walk is depth first and without recursion, so that a graph may be of any depth (T. H. Cormen and others,
    Introduction to Algorithms, section 20.4).

    Args:
        *roots: Values.

    Returns:
        The Values, each once. Plain numbers in the expressions are not among them.

    Raises:
        TypeError: A root is not a Value.
    """
    for root in roots:
        if type(root) is not Value:
            raise TypeError(f"a Value is expected, got {describe(root)}")
    return order_beyond((), roots)


def order_beyond(known: Container[int], roots: Iterable[Value]) -> list[Value]:
    """The same, without the Values whose id() is known, and without what only these were computed from."""
    order: list[Value] = []
    entered: set[int] = set()
    stack: list[Value | None] = [*[root for root in roots if id(root) not in known][::-1]]
    while stack:
        node = stack.pop()
        if node is None:                # all operands of the node below it on the stack are in order
            order.append(stack.pop())  # type: ignore[arg-type]
        elif id(node) not in entered:
            entered.add(id(node))
            operands = node.operands
            if operands:
                stack += node, None
                for x in reversed(operands):
                    if type(x) is Value and id(x) not in entered and id(x) not in known:
                        stack.append(x)
            else:
                order.append(node)
    return order


def descendants(sources: Iterable[Value], order: Iterable[Value]) -> set[int]:
    """The id() of each of the sources, and of each Value in a topological order that depends on them."""
    found = {id(source) for source in sources}
    for node in order:
        if any(id(x) in found for x in node.operands):
            found.add(id(node))
    return found


def depends_on(output: Value, sources: Iterable[Value]) -> bool:
    """Whether a Value depends on one of the sources: the walk ends at the first that it meets."""
    wanted = {id(source) for source in sources}
    seen: set[int] = set()
    stack = [output]
    while stack:
        node = stack.pop()
        if id(node) in wanted:
            return True
        if id(node) not in seen:
            seen.add(id(node))
            stack += [x for x in node.operands if type(x) is Value]
    return False


def leaves(*roots: Value) -> list[Value]:
    """The Values at the beginning: inputs and parameters, in the order in which they are first used."""
    return [node for node in topological_order(*roots) if not node.operands]


def find_nonfinite(output: Value) -> Value | None:
    """The first Value in a graph that is nan or infinite.

    Args:
        output: The Value whose graph is searched.

    Returns:
        The first in topological order, so that all Values it was computed from are finite; None if all are finite.

    Raises:
        TypeError: The output is not a Value.
    """
    return next((node for node in topological_order(output) if not isfinite(node.data)), None)
