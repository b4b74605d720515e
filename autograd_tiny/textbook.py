"""The engine as a textbook has it: `Value` with the chain rule inside, then `Neuron`, `Layer` and `MLP`.

This file is for learning: plain Python, nothing to install, short enough to be written from memory after the course.
It keeps the names and the behaviour of A. Karpathy's micrograd and of his lecture "The spelled-out intro to neural
networks and backpropagation" (2022), so that their code runs when its import is changed:

    from autograd_tiny.textbook import MLP, Value

Each operation computes a number and leaves behind the function that sends its gradient back to its operands;
`backward` calls these functions from the output down to the leaves. To read it: `__init__`, `__mul__`, `backward`.

Read on in engine/value.py, the engine of the package: it records the local derivatives as numbers instead of
functions, and so is faster, and can be drawn, recorded and differentiated again.
docs/explanation/textbook.md compares the two.
"""
from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

__all__ = ["MLP", "Layer", "Module", "Neuron", "Value"]


class Value:
    """A number that remembers how it was computed.

    Args:
        data: The number.
        _children: The Values that it was computed from; none for a leaf.
        _op: The sign of the operation that computed it, for pictures.
        label: A name for pictures.
    """

    def __init__(self, data: float, _children: Iterable[Value] = (), _op: str = "", label: str = "") -> None:
        self.data = data
        self.grad = 0.0                 # the derivative of the output with respect to this number
        self._prev = tuple(_children)   # a set would forget their order, and that b stands twice in b * b
        self._op = _op
        self.label = label
        self._backward: Callable[[], None] = lambda: None       # sends .grad on to the operands; a leaf has none

    def __repr__(self) -> str:
        return f"Value(data={self.data})"

    # ---- operations: a number, and the chain rule for one step back. Each use of an operand adds to its gradient: +=

    def __add__(self, other: Value | float) -> Value:
        other = as_value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward() -> None:
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other: Value | float) -> Value:
        other = as_value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward() -> None:
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n: float) -> Value:
        out = Value(self.data**n, (self,), f"**{n}")

        def _backward() -> None:
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self) -> Value:
        """e to the power x."""
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        out = Value(math.tanh(self.data), (self,), "tanh")

        def _backward() -> None:
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def relu(self) -> Value:
        """x where it is positive, else 0; so is the derivative 1 or 0."""
        out = Value(0.0 if self.data < 0 else self.data, (self,), "relu")

        def _backward() -> None:
            self.grad += (self.data > 0) * out.grad

        out._backward = _backward
        return out

    # ---- the other operators, made of these; those with an r have a number on their left, as in 2 * x

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Value | float) -> Value:
        return self + -other

    def __truediv__(self, other: Value | float) -> Value:
        return self * as_value(other) ** -1

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rsub__(self, other: float) -> Value:
        return other + -self

    def __rtruediv__(self, other: float) -> Value:
        return other * self**-1

    # ---- the chain rule for the whole graph

    def backward(self) -> None:
        """Add the derivative of this number with respect to each Value that it was computed from to its `.grad`."""
        order: list[Value] = []             # topological: each Value after all those that it was computed from
        entered: set[Value] = set()
        stack = [(self, False)]             # no recursion: Python ends it at a depth of 1000, as of a sum of 1000 terms
        while stack:
            node, is_finished = stack.pop()
            if is_finished:
                order.append(node)
            elif node not in entered:
                entered.add(node)
                stack.append((node, True))
                stack += [(child, False) for child in node._prev]
        self.grad = 1.0
        for node in reversed(order):        # all that use a Value come before it, so that its gradient is complete
            node._backward()


def as_value(x: Value | float) -> Value:
    """A number as a leaf; a Value is what it is."""
    return x if isinstance(x, Value) else Value(x)


# ---- networks

class Module:
    """What has parameters."""

    def parameters(self) -> list[Value]:
        """All weights and biases."""
        return []

    def zero_grad(self) -> None:
        """Forget the gradients: `backward` adds to what is there."""
        for p in self.parameters():
            p.grad = 0.0


class Neuron(Module):
    """tanh(w·x + b), with random weights for nin inputs."""

    def __init__(self, nin: int) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(random.uniform(-1, 1))

    def __call__(self, x: Sequence[Value | float]) -> Value:
        products = [wi * xi for wi, xi in zip(self.w, x, strict=True)]
        return sum(products, self.b).tanh()

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]


class Layer(Module):
    """nout neurons with the same nin inputs; of a single one the output is no list."""

    def __init__(self, nin: int, nout: int) -> None:
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, x: Sequence[Value | float]) -> Value | list[Value]:
        outs = [neuron(x) for neuron in self.neurons]
        return outs[0] if len(outs) == 1 else outs

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP(Module):
    """Layers of nouts[0], nouts[1], … neurons; each takes the outputs of the one before, the first nin inputs."""

    def __init__(self, nin: int, nouts: Sequence[int]) -> None:
        self.layers = [Layer(*sizes) for sizes in pairwise([nin, *nouts])]

    def __call__(self, x: Sequence[Value | float]) -> Value | list[Value]:
        out: Value | list[Value] = []
        for layer in self.layers:
            out = layer(x)
            x = [out] if isinstance(out, Value) else out
        return out

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]
