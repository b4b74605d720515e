"""Graphs of another class, as they are found: the textbook's, micrograd's, or one that a reader wrote in their way.

A Value of such a class has data, grad, _prev (or _children), and _backward, a function that does one step of the chain
rule. Its local derivatives are nowhere: they are measured, by that function. foreign_values.py makes Values of this
package from what is found here.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

from ..boundary.arguments import describe
from ..boundary.text import quoted, shortened
from ..engine.value import Value

EXPECTED = "has data, grad, _prev or _children, and _backward"


@dataclass(eq=False)
class Node:
    """A Value of another class.

    Attributes:
        given: The Value itself.
        data: Its number.
        operands: The Values that it was computed from; some classes have plain numbers there, too.
        has_order: Whether these are all operands, in order. A set forgets the order, and that b stands twice in b * b.
        local_grads: The derivative of data with respect to each operand, by its id(). Of an operand that stands in two
            places, this is the sum for both: more cannot be measured.
    """

    given: Any
    data: float
    operands: tuple[Any, ...]
    has_order: bool
    local_grads: dict[int, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its label, if it has one."""
        return _text(self.given, "label")

    @property
    def op(self) -> str:
        """The sign or name of the operation that computed it."""
        return _text(self.given, "_op")

    @property
    def grad(self) -> float:
        """Its gradient; None counts as 0."""
        grad = self.given.grad
        return 0.0 if grad is None else _number(self.given, "grad")


def is_foreign(x: Any) -> bool:
    """Whether x is a Value of another class: it has data, and knows what it was computed from."""
    return type(x) is not Value and not isinstance(x, type) and hasattr(x, "data") and (
        hasattr(x, "_prev") or hasattr(x, "_children")
    )


def nodes_below(roots: Sequence[Any]) -> list[Node]:
    """All that the roots were computed from, and the roots: operands before results.

    The gradients of the graph are other ones while local derivatives are measured, and afterwards what they were.

    Args:
        roots: Values of another class.

    Raises:
        TypeError: A Value lacks an attribute, or holds something else there.
        ValueError: A Value was computed from itself, or a _backward goes further than to the operands.
        RuntimeError: A _backward raises an exception.
    """
    order = _in_order(roots)
    before = [(node.given, node.given.grad) for node in order]
    operands = {id(node.given): node.operands for node in order}
    try:
        for node in order:
            if node.operands:
                node.local_grads = _measured(node, operands)
    finally:
        for given, grad in before:
            given.grad = grad
    return order


def _in_order(roots: Iterable[Any]) -> list[Node]:
    """The nodes in topological order, depth first and without recursion."""
    order: list[Node] = []
    entered: dict[int, Node] = {}               # also keeps what is computed at each look, so that no id() comes twice
    finished: set[int] = set()
    stack: list[tuple[Any, Node | None]] = [(root, None) for root in [*roots][::-1]]
    while stack:
        given, node = stack.pop()
        if node is not None:
            finished.add(id(given))
            order.append(node)
        elif id(given) not in entered:
            node = entered[id(given)] = _node(given)
            stack.append((given, node))
            stack += [(x, None) for x in reversed(node.operands) if is_foreign(x)]
        elif id(given) not in finished:
            raise ValueError(f"{describe(given)} was computed from itself, by its _prev: a graph has no cycles")
    return order


def _node(given: Any) -> Node:
    lacking = [name for name in ("grad", "_backward") if not hasattr(given, name)]
    if lacking:
        raise TypeError(
            f"a Value of a class of your own {EXPECTED}: {describe(given)} has no {' and no '.join(lacking)}"
        )
    name = "_prev" if hasattr(given, "_prev") else "_children"
    operands = getattr(given, name)
    try:
        found = tuple(() if operands is None else operands)
    except TypeError:
        raise TypeError(f"{name} is a tuple or a set of Values, {describe(given)} has {describe(operands)}") from None
    for x in found:
        if not (is_foreign(x) or isinstance(x, Real)):
            raise TypeError(f"{name} of {describe(given)} has {describe(x)} in it: a Value there {EXPECTED}")
    has_order = not isinstance(operands, set | frozenset)
    if not has_order:                           # at least the same one each time
        found = tuple(sorted(found, key=lambda x: (_text(x, "label"), str(getattr(x, "data", x)))))
    return Node(given, _number(given, "data"), found, has_order)


# ---- local derivatives

def _measured(node: Node, operands: dict[int, tuple[Any, ...]]) -> dict[int, float]:
    """The derivative of a result with respect to each operand: what its _backward sends when the gradient 1 arrives."""
    near = {id(x): x for x in node.operands if id(x) in operands}
    far = {id(y): y for x in near for y in operands[x] if id(y) in operands and id(y) not in near}
    for x in (*near.values(), *far.values()):
        x.grad = 0.0
    node.given.grad = 1.0
    try:
        node.given._backward()
    except Exception as error:
        raise RuntimeError(
            f"_backward of {describe(node.given)}, made by {quoted(node.op)}, raised {type(error).__name__}: "
            f"{shortened(error)}"
        ) from error
    if any(y.grad != 0 for y in far.values()):
        raise ValueError(
            f"_backward of {describe(node.given)}, made by {quoted(node.op)}, changes gradients of Values that it was "
            "not computed from: it is one step of the chain rule, to the operands, and backward() does the others"
        )
    return {key: _number(x, "grad") for key, x in near.items()}


def _number(given: Any, name: str) -> float:
    found = getattr(given, name)
    if not isinstance(found, Real):
        raise TypeError(f"{name} of {describe(given)} is no number: pictures show graphs of single numbers")
    return float(found)


def _text(given: Any, name: str) -> str:
    found = getattr(given, name, "")
    return found if isinstance(found, str) else ""
