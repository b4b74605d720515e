"""Networks of given weights: what torch_modules.py and state_dicts.py have read becomes an MLP or a Sequential."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from ..boundary.late_numpy import np
from .activations import ACTIVATIONS, ActivationFunction, linear
from .embedding import Embedding
from .layers import MLP, Activation, Layer, Sequential, flatten
from .module import Module

Array: TypeAlias = "np.ndarray[Any, Any]"


class Dense(NamedTuple):
    """The numbers of a fully connected layer.

    Attributes:
        weights: (outputs, inputs).
        bias: (outputs,), or None.
        activation: Its function.
    """

    weights: Array
    bias: Array | None
    activation: ActivationFunction = linear


def network_of(parts: Sequence[Any]) -> Module:
    """A network of parts in sequence: Dense layers, activations, other functions and modules.

    An activation behind a layer becomes that of the layer. Layers alone, with the same activation before the last, are
    an MLP.
    """
    merged = _without_idle(_merged(parts))
    if len(merged) > 1 and all(isinstance(part, Dense) for part in merged) and _is_mlp(merged):
        return _mlp(merged)
    modules = [_module(part) for part in merged]
    return modules[0] if len(modules) == 1 and isinstance(modules[0], Module) else Sequential(*modules)


def _merged(parts: Sequence[Any]) -> list[Any]:
    """The parts, with activations in the layers before them."""
    merged: list[Any] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(last, Dense) and last.activation is linear and is_activation(part):
            merged[-1] = last._replace(activation=part)
        else:
            merged.append(part)
    return merged


def _without_idle(parts: Sequence[Any]) -> list[Any]:
    """The parts, without `flatten` where there are no rows of an Embedding: the inputs of a sample are one list."""
    found, has_rows = [], False
    for part in parts:
        if part is not flatten or has_rows:
            found.append(part)
        has_rows = isinstance(part, Embedding) or (has_rows and part is not flatten)
    return found


def is_activation(part: Any) -> bool:
    """Whether it is a function of one number, as in ACTIVATIONS, perhaps with an argument of its own."""
    return getattr(part, "func", part) in ACTIVATIONS.values()


def _is_mlp(layers: Sequence[Dense]) -> bool:
    hidden = {id(layer.activation) for layer in layers[:-1]}
    return len(hidden) == 1 and len({layer.bias is None for layer in layers}) == 1 and all(
        before.weights.shape[0] == layer.weights.shape[1] for before, layer in pairwise(layers)
    )


def _mlp(layers: Sequence[Dense]) -> MLP:
    model = MLP(
        layers[0].weights.shape[1], [len(layer.weights) for layer in layers], layers[0].activation,
        layers[-1].activation, bias=layers[0].bias is not None, init="zeros",
    )
    for own, layer in zip(model.layers, layers, strict=True):
        _set(own, layer)
    return model


def _module(part: Any) -> Any:
    if isinstance(part, Dense):
        outputs, inputs = part.weights.shape
        layer = Layer(inputs, outputs, part.activation, bias=part.bias is not None, init="zeros")
        _set(layer, part)
        return layer
    return Activation(part) if is_activation(part) else part


def _set(layer: Layer, numbers: Dense) -> None:
    biases = {} if numbers.bias is None else {"b": numbers.bias}
    layer.load_state_dict({"w": numbers.weights} | biases)
