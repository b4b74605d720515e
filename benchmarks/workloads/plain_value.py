"""A scalar autograd engine in plain Python, as small as it can be: a node for each operation, with a closure."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


class Value:
    """A number that remembers how it was computed."""

    def __init__(self, data: float, operands: tuple[Value, ...] = ()) -> None:
        self.data, self.grad, self.operands = data, 0.0, operands
        self.send: Callable[[], None] = lambda: None        # adds to the gradients of the operands

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def send() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out.send = send
        return out

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def send() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.send = send
        return out

    def _of_one(self, data: float, derivative: float) -> Value:
        out = Value(data, (self,))

        def send() -> None:
            self.grad += derivative * out.grad

        out.send = send
        return out

    def __pow__(self, power: float) -> Value:
        return self._of_one(self.data**power, power * self.data ** (power - 1))

    def exp(self) -> Value:
        return self._of_one(math.exp(self.data), math.exp(self.data))

    def log(self) -> Value:
        return self._of_one(math.log(self.data), 1 / self.data)

    def relu(self) -> Value:
        return self._of_one(max(self.data, 0.0), float(self.data > 0))

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Any) -> Value:
        return self + -other

    def __truediv__(self, other: Any) -> Value:
        return self * other**-1

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        """Every operand's gradient, from the last node to the first."""
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(node: Value) -> None:
            if node not in seen:
                seen.add(node)
                for operand in node.operands:
                    visit(operand)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.send()
