"""Neurons, layers and networks, in their thinnest form: a network is a function of its parameters."""
from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from ..engine import Value, enter_scope, leave_scope
from ..functions import dot
from ..vectors import zero_gradients


class Module:
    """Something with parameters that can be trained."""

    def parameters(self) -> list[Value]:
        """The Values that training changes."""
        return []

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward pass adds its own."""
        zero_gradients(self.parameters())


class Neuron(Module):
    """relu(w · x + b), or w · x + b with nonlin=False.

    nin: the number of inputs. The weights start between -1 and 1, drawn from `random` (or from rng, a
    random.Random or a NumPy Generator), the bias at 0. name: the prefix of its parameters' labels.
    """

    def __init__(self, nin: int, nonlin: bool = True, rng: Any = random, name: str = "neuron") -> None:
        self.name = name
        self.nonlin = nonlin
        self.w = [Value(rng.uniform(-1, 1), label=f"{name}.w[{i}]") for i in range(nin)]
        self.b = Value(0.0, label=f"{name}.b")

    def __call__(self, x: Sequence[Any]) -> Value:
        """The output for nin inputs, Values or numbers; ValueError for another number of inputs."""
        if len(x) != len(self.w):
            raise ValueError(f"{self.name} takes {len(self.w)} inputs, got {len(x)}")
        before = enter_scope(self.name)
        try:
            net_input: Value = dot(self.w, x, self.b)
            return net_input.relu() if self.nonlin else net_input
        finally:
            leave_scope(before)

    def parameters(self) -> list[Value]:
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """nout neurons that look at the same nin inputs."""

    def __init__(
        self, nin: int, nout: int, nonlin: bool = True, rng: Any = random, name: str = "layer"
    ) -> None:
        self.name = name
        self.neurons = [Neuron(nin, nonlin, rng, f"{name}.neuron{i + 1}") for i in range(nout)]

    def __call__(self, x: Sequence[Any]) -> Any:
        """The outputs as a list; the output itself where there is only one."""
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self) -> list[Value]:
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class MLP(Module):
    """A multilayer perceptron: layers of relu neurons, the last layer linear.

    MLP(2, [16, 16, 1]) takes 2 inputs, has two hidden layers of 16 neurons and one output.
    """

    def __init__(self, nin: int, nouts: Sequence[int], rng: Any = random, name: str = "mlp") -> None:
        if isinstance(nouts, int):
            raise TypeError(f"nouts has the size of each layer, as [16, 16, 1], got {nouts}")
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [
            Layer(sizes[i], sizes[i + 1], i != last, rng, f"{name}.layer{i + 1}") for i in range(len(nouts))
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        """The outputs as a list; the output itself where there is only one."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
