"""Neurons, layers of them, and layers one after the other."""
from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ..boundary.arguments import boolean, describe, integer, nonnegative
from ..engine.functions import dot, max
from ..engine.value import Value
from .activations import ACTIVATIONS, Function, activation, known_name, linear, name_of
from .init import Initialiser, initialiser
from .module import Module
from .parameters import merged, tensors_at


class Neuron(Module):
    """activation(w · x + b): a perceptron.

    nin: the number of inputs. activation: a name (see nn.ACTIVATIONS) or a function of one Value;
    nonlin=False is micrograd's way to say "linear". bias=False: without b. init, bias_init: where w and b
    begin, a name or a function (see nn.init); the weights between -1 and 1 and the bias at 0, as in
    micrograd. rng: a random.Random or a NumPy Generator, Python's own generator by default. fan_out: for
    init, how many units look at the same inputs.
    """

    def __init__(
        self, nin: int, activation: str | Function = "relu", *, nonlin: bool = True, bias: bool = True,
        init: str | Initialiser = "uniform", bias_init: str | Initialiser = "zeros", rng: Any = random,
        fan_out: int = 1,
    ) -> None:
        nin = integer("nin", nin)
        draw, draw_bias = initialiser(init), initialiser(bias_init, "bias_init")
        self.activation = chosen(activation, boolean("nonlin", nonlin))
        self.w = [Value(draw(rng, nin, fan_out)) for _ in range(nin)]
        self.b = Value(draw_bias(rng, nin, fan_out)) if boolean("bias", bias) else None

    def forward(self, x: Sequence[Any]) -> Any:
        """The output for nin inputs, Values or numbers; ValueError for another number of inputs."""
        try:
            net_input = dot(self.w, x, self.b)
        except ValueError:                      # another number of inputs: dot itself says less clearly which
            raise ValueError(f"{self.name or 'the neuron'} takes {len(self.w)} inputs, got {len(x)}") from None
        return self.activation(net_input)

    def config(self) -> dict[str, Any]:
        """The arguments to make one of its kind with."""
        return {"nin": len(self.w), "activation": known_name(self.activation), "bias": self.b is not None}

    def describe(self) -> str:
        return f"Neuron({len(self.w)} → 1, {name_of(self.activation)})"


class Layer(Module):
    """nout neurons that look at the same nin inputs. The other arguments are those of Neuron."""

    def __init__(
        self, nin: int, nout: int, activation: str | Function = "relu", *, nonlin: bool = True,
        bias: bool = True, init: str | Initialiser = "uniform", bias_init: str | Initialiser = "zeros",
        rng: Any = random,
    ) -> None:
        nout = integer("nout", nout)
        self.neurons = [
            Neuron(
                nin, activation, nonlin=nonlin, bias=bias, init=init, bias_init=bias_init, rng=rng,
                fan_out=nout,
            )
            for _ in range(nout)
        ]

    def forward(self, x: Any) -> Any:
        """The outputs as a list; the output itself where there is only one."""
        inputs, nin = as_list(x), len(self.neurons[0].w)
        if len(inputs) != nin:
            raise ValueError(f"{self.name or 'the layer'} takes {nin} inputs, got {len(inputs)}")
        return alone([neuron(inputs) for neuron in self.neurons])

    def tensors(self) -> dict[str, Any]:
        stacked = {"w": [neuron.w for neuron in self.neurons], "b": [neuron.b for neuron in self.neurons]}
        others = {name: held for name, held in self.held().items() if name != "neurons"}
        return merged(tensors_at(name, held) for name, held in (stacked | others).items())

    def config(self) -> dict[str, Any]:
        """The arguments to make one of its kind with."""
        return self.neurons[0].config() | {"nout": len(self.neurons)}

    def describe(self) -> str:
        one = self.neurons[0]
        return f"Layer({len(one.w)} → {len(self.neurons)}, {name_of(one.activation)})"

    def shown_parts(self) -> list[tuple[str, Module]]:
        return []                       # its neurons are all alike


class MLP(Module):
    """A multilayer perceptron: layers one after the other, the last one linear.

    MLP(2, [16, 16, 1]) takes 2 inputs, has two hidden layers of 16 relu neurons and one output.
    activation: of the hidden layers. output_activation: of the last. The other arguments are those of Neuron.
    """

    def __init__(
        self, nin: int, nouts: Sequence[int], activation: str | Function = "relu",
        output_activation: str | Function = "linear", *, bias: bool = True,
        init: str | Initialiser = "uniform", bias_init: str | Initialiser = "zeros", rng: Any = random,
    ) -> None:
        if isinstance(nouts, int | str) or not hasattr(nouts, "__len__"):
            raise TypeError(f"nouts has the size of each layer, as [16, 16, 1], got {nouts}")
        if not len(nouts):
            raise ValueError("nouts has the size of each layer, as [16, 16, 1], got none")
        sizes = [nin, *nouts]
        activations = [activation] * (len(nouts) - 1) + [output_activation]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], activations[i], bias=bias, init=init, bias_init=bias_init, rng=rng)
            for i in range(len(nouts))
        ]

    def forward(self, x: Any) -> Any:
        """The outputs as a list; the output itself where there is only one."""
        for layer in self.layers:
            x = layer(x)
        return x

    def config(self) -> dict[str, Any]:
        """The arguments to make one of its kind with."""
        first, last = self.layers[0], self.layers[-1]
        return {
            "nin": len(first.neurons[0].w), "nouts": [len(layer.neurons) for layer in self.layers],
            "activation": first.config()["activation"] if first is not last else "relu",
            "output_activation": last.config()["activation"], "bias": first.neurons[0].b is not None,
        }

    def describe(self) -> str:
        sizes = [len(self.layers[0].neurons[0].w), *(len(layer.neurons) for layer in self.layers)]
        return f"MLP({' → '.join(map(str, sizes))})"


class Sequential(Module):
    """Modules one after the other; functions may stand among them.

    Sequential(Layer(2, 8, "linear"), tanh, Dropout(0.2), Layer(8, 1, "linear")). A function of nn.ACTIVATIONS
    is done to each of its inputs, another one is given the list.
    """

    def __init__(self, *modules: Any) -> None:
        self.layers = [_as_module(each) for each in modules]

    def forward(self, x: Any) -> Any:
        """What the last one makes of what the others made of x."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, place: int) -> Any:
        return self.layers[place]


class _Function(Module):
    """A function of a list of Values, as a module."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(x)

    def describe(self) -> str:
        return name_of(self.function)


def _as_module(given: Any) -> Module:
    if isinstance(given, Module):
        return given
    if isinstance(given, str | list | tuple) or not callable(given):
        hint = f'; write Activation("{given}")' if isinstance(given, str) else ""
        hint = "; write Sequential(*modules)" if isinstance(given, list | tuple) else hint
        raise TypeError(f"Sequential takes modules and functions, got {describe(given)}{hint}")
    return Activation(given) if given in ACTIVATIONS.values() else _Function(given)


class Activation(Module):
    """An activation for each of its inputs, as a module of its own."""

    def __init__(self, activation: str | Function) -> None:
        self.activation = chosen(activation)

    def forward(self, x: Any) -> Any:
        """As many outputs as inputs."""
        return alone([self.activation(each) for each in as_list(x)])

    def config(self) -> dict[str, Any]:
        """The arguments to make one of its kind with."""
        return {"activation": known_name(self.activation)}

    def describe(self) -> str:
        return f"Activation({name_of(self.activation)})"


class Maxout(Module):
    """nout units, each the largest of several linear functions of the inputs, its pieces.

    I. Goodfellow and others, Maxout Networks (2013). The other arguments are those of Neuron.
    """

    def __init__(
        self, nin: int, nout: int, pieces: int = 2, *, bias: bool = True, init: str | Initialiser = "uniform",
        bias_init: str | Initialiser = "zeros", rng: Any = random,
    ) -> None:
        self.pieces = [
            Layer(nin, nout, "linear", bias=bias, init=init, bias_init=bias_init, rng=rng)
            for _ in range(integer("pieces", pieces))
        ]

    def forward(self, x: Any) -> Any:
        """The outputs as a list; the output itself where there is only one."""
        rows = zip(*(as_list(piece(x)) for piece in self.pieces), strict=True)
        return alone([max(row) for row in rows])

    def config(self) -> dict[str, Any]:
        """The arguments to make one of its kind with."""
        one = self.pieces[0].config()
        return {name: one[name] for name in ("nin", "nout", "bias")} | {"pieces": len(self.pieces)}

    def describe(self) -> str:
        one = self.pieces[0].config()
        return f"Maxout({one['nin']} → {one['nout']}, {len(self.pieces)} pieces)"

    def shown_parts(self) -> list[tuple[str, Module]]:
        return []


class Dropout(Module):
    """Leaves out each input with the probability p while training, and multiplies the others by 1/(1 − p).

    After eval() it lets everything through. N. Srivastava and others, Dropout: A Simple Way to Prevent Neural
    Networks from Overfitting (2014). ValueError unless 0 <= p < 1.
    """

    def __init__(self, p: float = 0.5, rng: Any = random) -> None:
        self.p = nonnegative("p", p, below=1.0)
        self.rng = None if rng is random else rng       # a module can't be copied or pickled

    def forward(self, x: Any) -> Any:
        """As many outputs as inputs."""
        factor_for = _factors.get() or self.factor
        if not self.training or self.p == 0.0 or factor_for is let_through:
            return x
        return alone([each * factor_for(self) for each in as_list(x)])

    def factor(self, dropout: Dropout) -> float:
        """By what one input is multiplied this time: 0 or 1/(1 − p)."""
        return 0.0 if (self.rng or random).random() < self.p else 1.0 / (1.0 - self.p)

    def config(self) -> dict[str, Any]:
        """The arguments to make one of its kind with."""
        return {"p": self.p}

    def describe(self) -> str:
        return f"Dropout({self.p:g})"


def let_through(dropout: Dropout) -> float:
    """The source of factors for a model in use: no Dropout does anything, whatever its mode."""
    return 1.0


_factors: ContextVar[Callable[[Dropout], Any] | None] = ContextVar("factors", default=None)


@contextmanager
def dropout_factors(source: Callable[[Dropout], Any]) -> Iterator[None]:
    """In this block `source` says by what each Dropout multiplies: a training loop draws them itself."""
    token = _factors.set(source)
    try:
        yield
    finally:
        _factors.reset(token)


def as_list(x: Any) -> Any:
    """One Value or number as a list of one; lists, tuples and arrays as they are."""
    is_one = isinstance(x, str) or not hasattr(x, "__len__") or getattr(x, "ndim", 1) == 0
    return [x] if is_one else x


def alone(outputs: list[Any]) -> Any:
    """A list of outputs, or the only one, as micrograd has it."""
    return outputs[0] if len(outputs) == 1 else outputs


def chosen(given: str | Function, nonlin: bool = True) -> Function:
    """The activation that was asked for."""
    return activation(given) if nonlin else linear
