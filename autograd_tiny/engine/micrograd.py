"""Code written for micrograd: one local step backward works here too; the rest is refused, with the way here.

micrograd lets users write the chain rule of an operation into a Value, and operations into its class. Here an operation
comes with its derivatives: see `operation` in custom.py.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from collections.abc import Callable
    from typing import Any

WAY = "write a function of Values; one with derivatives of its own is made by @autograd_tiny.operation(derivative, …)"


class Sealed(type):
    """The type of Value. It can't be subclassed, since operations return Values, and it takes no new methods."""

    __slots__ = ()

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> Any:
        for base in bases:
            if type(base) is Sealed:
                raise TypeError(f"class {name}({base.__name__}): {base.__name__} can't be subclassed; {WAY}")
        return super().__new__(cls, name, bases, members)

    def __setattr__(cls, name: str, value: object) -> None:
        raise TypeError(f"{cls.__name__}.{name} can't be set: {WAY}")


def step_back(node: Any, receive: Callable[[Any, float], None]) -> None:
    """What micrograd's `node._backward()` does: one local step of the chain rule, from its `.grad` to its operands'."""
    receive(node, 0.0)                              # whose gradient was set by hand
    for operand, local_grad, flows in zip(node.operands, node.local_grads, node.flows, strict=True):
        if flows:
            receive(operand, node.operation.contribution(node.grad, local_grad))


def refuse_step(node: Any) -> None:
    """AttributeError for `node._backward = f`."""
    raise AttributeError(f"_backward can't be set: each operation records its derivatives; {WAY}")


def refuse_operands() -> None:
    """TypeError for `Value(6.0, (a, b), "*")`."""
    raise TypeError(
        "Value(data, label) makes a leaf, and takes neither a third positional argument nor _op or _children: only "
        f"operations make results; {WAY}"
    )
