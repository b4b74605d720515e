"""The modules to build networks with: Neuron, Layer, MLP, Sequential, Activation, Maxout and Dropout.

Each takes the inputs of one sample and returns its outputs: a list of Values, or the Value itself where there is
only one, as in micrograd. network.py has graphs of any shape; losses.py continues with the outputs.
"""
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from ..boundary.arguments import boolean, describe, integer, nonnegative
from ..boundary.text import shortened
from ..engine.functions import dot, max
from ..engine.state import noted, switched
from ..engine.value import Value, current_scope
from .activations import (
    ACTIVATIONS, ActivationFunction, activation_function, linear, name_of, registered_name,
)
from .init import Initialiser, bias_initialiser, weight_initialiser
from .module import Module
from .parameters import merge, tensors_in


class Neuron(Module):
    """A perceptron: activation(w · x + b).

    Args:
        nin: Number of inputs.
        activation: A name in nn.ACTIVATIONS, or a function of one Value.
        nonlin: False means activation="linear", as in micrograd.
        bias: False leaves out b.
        init: Initialiser of w, a name or a function: see nn.init. By default nn.init.by_activation: He's uniform
            one before relu and functions like it, Glorot's otherwise. "micrograd" is uniform from -1 to 1.
        bias_init: Initialiser of b, by default 0.
        rng: Source of the random numbers, a random.Random or a numpy.random.Generator; by default Python's own.
            Each neuron draws its weights in order, then its bias; neurons and layers draw one after the other.
        fan_out: Number of units that share the inputs, for `init`.

    Attributes:
        w: The nin weights.
        b: The bias, or None.
        activation: The function.

    Raises:
        TypeError: An argument of another type.
        ValueError: nin below 1, or a name that is not known.
    """

    def __init__(
        self, nin: int, activation: str | ActivationFunction = "relu", *, nonlin: bool = True, bias: bool = True,
        init: str | Initialiser = "by_activation", bias_init: str | Initialiser = "zeros", rng: Any = random,
        fan_out: int = 1,
    ) -> None:
        nin = integer("nin", nin)
        self.activation = activation_function(activation) if boolean("nonlin", nonlin) else linear
        draw, draw_bias = weight_initialiser(init, self.activation), bias_initialiser(bias_init)
        self.w = [Value(draw(rng, nin, fan_out)) for _ in range(nin)]
        self.b = Value(draw_bias(rng, nin, fan_out)) if boolean("bias", bias) else None

    def forward(self, x: Sequence[Any]) -> Any:
        """The output, a Value.

        Args:
            x: nin inputs, Values or numbers.

        Raises:
            ValueError: Another number of inputs.
        """
        try:
            net_input = dot(self.w, x, self.b)
        except ValueError:                      # dot's own message does not know the name of the neuron
            name = shortened(self.name) or "the neuron"
            raise ValueError(f"{name} takes {len(self.w)} inputs, got {len(x)}") from None
        return self.activation(net_input)

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        return {"nin": len(self.w), "activation": registered_name(self.activation), "bias": self.b is not None}

    def describe(self) -> str:
        """A summary on one line."""
        return f"Neuron({len(self.w)} → 1, {name_of(self.activation)})"


class Layer(Module):
    """A fully connected layer: activation(W x + b), computed by nout neurons with the same nin inputs.

    Args:
        nin: Number of inputs.
        nout: Number of neurons.
        activation, nonlin, bias, init, bias_init, rng: As for Neuron.

    Attributes:
        neurons: The nout neurons. In state_dict, "w" is (nout, nin) and "b" (nout,).

    Raises:
        TypeError: An argument of another type.
        ValueError: nin or nout below 1, or a name that is not known.
    """

    def __init__(
        self, nin: int, nout: int, activation: str | ActivationFunction = "relu", *, nonlin: bool = True,
        bias: bool = True, init: str | Initialiser = "by_activation", bias_init: str | Initialiser = "zeros",
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
        """The outputs: a list of nout Values, or one Value where nout is 1.

        Args:
            x: nin inputs, Values or numbers; a single one may stand without a list.

        Raises:
            ValueError: Another number of inputs.
        """
        inputs, nin = as_list(x), len(self.neurons[0].w)
        if len(inputs) != nin:
            raise ValueError(f"{shortened(self.name) or 'the layer'} takes {nin} inputs, got {len(inputs)}")
        return unwrap_single([neuron(inputs) for neuron in self.neurons])

    def tensors(self) -> dict[str, Any]:
        """The parameters as tensors by name, with the weights of all neurons as one matrix "w"."""
        stacked = {"w": [neuron.w for neuron in self.neurons], "b": [neuron.b for neuron in self.neurons]}
        others = {name: held for name, held in self._registered().items() if name != "neurons"}
        return merge(tensors_in(name, held) for name, held in (stacked | others).items())

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        return self.neurons[0].config() | {"nout": len(self.neurons)}

    def describe(self) -> str:
        """A summary on one line."""
        first = self.neurons[0]
        return f"Layer({len(first.w)} → {len(self.neurons)}, {name_of(first.activation)})"

    def shown_parts(self) -> list[tuple[str, Module]]:
        """None: the neurons are all alike."""
        return []


class MLP(Module):
    """A multilayer perceptron: fully connected layers in sequence.

    MLP(2, [16, 16, 1]) takes 2 inputs, has two hidden layers of 16 relu neurons each, and one linear output.

    Args:
        nin: Number of inputs.
        nouts: Number of neurons of each layer; the last is the number of outputs.
        activation: Activation of the hidden layers.
        output_activation: Activation of the last layer.
        bias, init, bias_init, rng: As for Neuron.

    Attributes:
        layers: The layers.

    Raises:
        TypeError: An argument of another type.
        ValueError: No layers, a size below 1, or a name that is not known.
    """

    def __init__(
        self, nin: int, nouts: Sequence[int], activation: str | ActivationFunction = "relu",
        output_activation: str | ActivationFunction = "linear", *, bias: bool = True,
        init: str | Initialiser = "by_activation", bias_init: str | Initialiser = "zeros", rng: Any = random,
    ) -> None:
        if isinstance(nouts, int | str) or not hasattr(nouts, "__len__"):
            raise TypeError(f"nouts: the size of each layer is expected, as [16, 16, 1], got {nouts}")
        if not len(nouts):
            raise ValueError("nouts: the size of each layer is expected, as [16, 16, 1], got none")
        sizes = [nin, *nouts]
        activations = [activation_function(activation)] * (len(nouts) - 1) + [output_activation]
        self.layers = [
            Layer(sizes[i], sizes[i + 1], activations[i], bias=bias, init=init, bias_init=bias_init, rng=rng)
            for i in range(len(nouts))
        ]

    def forward(self, x: Any) -> Any:
        """The outputs of the last layer: a list of Values, or one Value.

        Args:
            x: nin inputs, Values or numbers; a single one may stand without a list.

        Raises:
            ValueError: Another number of inputs.
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        first, last = self.layers[0], self.layers[-1]
        return {
            "nin": len(first.neurons[0].w), "nouts": [len(layer.neurons) for layer in self.layers],
            "activation": first.config()["activation"] if first is not last else "relu",
            "output_activation": last.config()["activation"], "bias": first.neurons[0].b is not None,
        }

    def describe(self) -> str:
        """A summary on one line, without the layers."""
        sizes = [len(self.layers[0].neurons[0].w), *(len(layer.neurons) for layer in self.layers)]
        return f"MLP({' → '.join(map(str, sizes))})"


class Sequential(Module):
    """Modules and functions in sequence, each applied to the outputs of the previous one.

    Sequential(Layer(2, 8, "linear"), tanh, Dropout(0.2), Layer(8, 1, "linear")).

    Args:
        *modules: Modules or functions. A function of nn.ACTIVATIONS is applied to each input; any other is called
            with the list of them.

    Attributes:
        layers: All of them as modules. len() and indices work on the Sequential itself.

    Raises:
        TypeError: Something that is neither a module nor a function.
    """

    def __init__(self, *modules: Any) -> None:
        self.layers = [_as_module(each) for each in modules]

    def forward(self, x: Any) -> Any:
        """The outputs of the last module.

        Args:
            x: The inputs of the first module.
        """
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> Any:
        return self.layers[index]


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
        hint = f'; write Activation("{shortened(given)}")' if isinstance(given, str) else ""
        hint = "; write Sequential(*modules)" if isinstance(given, list | tuple) else hint
        raise TypeError(f"Sequential takes modules and functions, got {describe(given)}{hint}")
    return Activation(given) if given in ACTIVATIONS.values() else _Function(given)


class Activation(Module):
    """An activation function as a module, applied to each input.

    Args:
        activation: A name in nn.ACTIVATIONS, or a function of one Value.

    Raises:
        TypeError: Neither a name nor a function.
        ValueError: A name that is not known.
    """

    def __init__(self, activation: str | ActivationFunction) -> None:
        self.activation = activation_function(activation)

    def forward(self, x: Any) -> Any:
        """The activations: a list of Values, or one Value.

        Args:
            x: Any number of inputs; a single one may stand without a list.
        """
        return unwrap_single([self.activation(each) for each in as_list(x)])

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        return {"activation": registered_name(self.activation)}

    def describe(self) -> str:
        """A summary on one line."""
        return f"Activation({name_of(self.activation)})"


class Maxout(Module):
    """nout units, each the maximum of several linear functions of the inputs: max_k (w_k · x + b_k).

    I. Goodfellow and others, Maxout Networks (2013).

    Args:
        nin: Number of inputs.
        nout: Number of units.
        pieces: Number of linear functions for each unit.
        bias, init, bias_init, rng: As for Neuron. By default the weights are Glorot's: of two independent pieces
            around 0 the maximum keeps the second moment.

    Attributes:
        pieces: A linear Layer of nout neurons for each k.

    Raises:
        TypeError: An argument of another type.
        ValueError: A size below 1, or a name that is not known.
    """

    def __init__(
        self, nin: int, nout: int, pieces: int = 2, *, bias: bool = True, init: str | Initialiser = "by_activation",
        bias_init: str | Initialiser = "zeros", rng: Any = random,
    ) -> None:
        self.pieces = [
            Layer(nin, nout, "linear", bias=bias, init=init, bias_init=bias_init, rng=rng)
            for _ in range(integer("pieces", pieces))
        ]

    def forward(self, x: Any) -> Any:
        """The outputs: a list of nout Values, or one Value where nout is 1.

        Args:
            x: nin inputs, Values or numbers; a single one may stand without a list.

        Raises:
            ValueError: Another number of inputs.
        """
        rows = zip(*(as_list(piece(x)) for piece in self.pieces), strict=True)
        return unwrap_single([max(row) for row in rows])

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        first = self.pieces[0].config()
        return {name: first[name] for name in ("nin", "nout", "bias")} | {"pieces": len(self.pieces)}

    def describe(self) -> str:
        """A summary on one line."""
        first = self.pieces[0].config()
        return f"Maxout({first['nin']} → {first['nout']}, {len(self.pieces)} pieces)"

    def shown_parts(self) -> list[tuple[str, Module]]:
        """None: the pieces are all alike."""
        return []


class Dropout(Module):
    """In training mode, multiplies each input by 0 with probability p, and else by 1/(1 − p).

    So the expected value of each input stays the same. In evaluation mode it returns its inputs unchanged.

    N. Srivastava and others, Dropout: A Simple Way to Prevent Neural Networks from Overfitting (2014).

    Args:
        p: Probability of 0, from 0 to below 1.
        rng: random.Random or numpy.random.Generator; by default Python's own. `fit` draws from its seed instead.

    Raises:
        TypeError: p is not a number.
        ValueError: p out of its range.
    """

    def __init__(self, p: float = 0.5, rng: Any = random) -> None:
        self.p = nonnegative("p", p, below=1.0)
        self.rng = None if rng is random else rng       # a Python module can't be copied or pickled

    def forward(self, x: Any) -> Any:
        """As many outputs as inputs: a list of Values, or one Value.

        Args:
            x: Any number of inputs; a single one may stand without a list.
        """
        factor_for = [_random_factor, *noted("dropout_factors")][-1]
        if not self.training or self.p == 0.0 or factor_for is keep_all:
            return x
        return unwrap_single([each * factor_for(self) for each in as_list(x)])

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        return {"p": self.p}

    def describe(self) -> str:
        """A summary on one line."""
        return f"Dropout({self.p:g})"


def _random_factor(dropout: Dropout) -> float:
    for refuse in noted("on_draw"):             # where a tape is recorded
        refuse(f"{dropout.describe()}, in the scope {current_scope()},")
    return 0.0 if (dropout.rng or random).random() < dropout.p else 1.0 / (1.0 - dropout.p)


def keep_all(dropout: Dropout) -> float:
    """The source of factors for evaluation: no Dropout changes anything, not even one in training mode."""
    return 1.0


def dropout_factors(source: Callable[[Dropout], Any]) -> switched:
    """A block in which each Dropout gets its factors from `source`: so a training loop can draw them itself."""
    return switched(dropout_factors=source)


def as_list(x: Any) -> Any:
    """One Value or number, also in an array of no dimensions, as a list of one; what has a length as it is."""
    if getattr(x, "ndim", 1) == 0:
        return [x.item()]
    return [x] if isinstance(x, str) or not hasattr(x, "__len__") else x


def flatten(x: Any) -> list[Any]:
    """The elements of nested lists in order, as PyTorch's Flatten: of the rows of an Embedding, or of an image.

    Args:
        x: Values or numbers in lists of any depth, or in an array.

    Returns:
        One list of them.
    """
    if isinstance(x, list | tuple) or getattr(x, "ndim", 0) > 0:
        return [element for part in x for element in flatten(part)]
    return as_list(x)  # type: ignore[no-any-return]


def unwrap_single(outputs: list[Any]) -> Any:
    """The element of a list of one, as micrograd returns it; longer lists as they are."""
    return outputs[0] if len(outputs) == 1 else outputs
