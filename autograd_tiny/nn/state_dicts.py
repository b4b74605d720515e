"""nn.from_state_dict: an MLP of weights and biases alone, as files of PyTorch and other libraries have them."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..boundary.arguments import describe
from ..boundary.foreign import numbers_of
from ..boundary.text import quoted, some_of
from .activations import ActivationFunction, activation_function
from .dense import Array, Dense, network_of

WEIGHT, BIAS = "weight", "bias"
NUMBERS = re.compile(r"([0-9]{1,9})")


def from_state_dict(
    state: Mapping[str, Any], activation: str | ActivationFunction = "relu",
    output_activation: str | ActivationFunction = "linear",
) -> Any:
    """A network of fully connected layers with given weights, such as the state_dict of a torch.nn.Sequential.

    The names are those of PyTorch: "0.weight" (outputs, inputs) and "0.bias" (outputs,), "2.weight", …; whatever stands
    before the last dot is the name of a layer. Layers whose names differ in their numbers alone are in the order of
    these, as a file may have them in another; all others in the order of their weights in `state`.

    Args:
        state: Arrays by name: of NumPy, or tensors of PyTorch, which need not be installed.
        activation: That of the hidden layers, which `state` does not say: a name in nn.ACTIVATIONS, or a function.
        output_activation: That of the last layer.

    Returns:
        An MLP; a Layer if there is only one, a Sequential of Layers if only some have a bias.

    Raises:
        TypeError: state is not a mapping, or an entry is not numeric.
        ValueError: An entry is no weight or bias of such a layer, or a layer does not fit the one before; the message
            names it.
    """
    hidden, last = activation_function(activation), activation_function(output_activation)
    if not isinstance(state, Mapping):
        raise TypeError(f"state: arrays by name are expected, as of state_dict(), got {describe(state)}")
    *first, output = _layers(state)
    return network_of([*(each._replace(activation=hidden) for each in first), output._replace(activation=last)])


def _layers(state: Mapping[str, Any]) -> list[Dense]:
    arrays = {name: _numeric(name, given) for name, given in state.items()}
    names = _in_order([name for name in arrays if _part(name) == WEIGHT])
    if not names:
        raise ValueError(f"state has no weights of layers, such as '0.weight': there are {some_of(arrays)}")
    layers, width, before = [], None, ""
    for name in names:
        weights, bias = arrays.pop(name), arrays.pop(name.removesuffix(WEIGHT) + BIAS, None)
        if weights.ndim != 2 or 0 in weights.shape:
            raise ValueError(f"{quoted(name)} has the shape {weights.shape}, (outputs, inputs) is expected")
        outputs, inputs = weights.shape
        if width is not None and inputs != width:
            raise ValueError(f"{quoted(name)} takes {inputs} inputs, but {quoted(before)} has {width} outputs")
        if bias is not None and bias.shape != (outputs,):
            raise ValueError(f"the bias of {quoted(name)} has the shape {bias.shape}, {(outputs,)} is expected")
        layers.append(Dense(weights, bias))
        width, before = outputs, name
    if arrays:
        raise ValueError(f"{some_of(arrays)}: only weights and biases of fully connected layers are known")
    return layers


def _in_order(names: list[str]) -> list[str]:
    """Names that differ in their numbers alone, by these: 2.weight comes before 10.weight."""
    parts = {name: NUMBERS.split(name) for name in names}
    if len({tuple(each[::2]) for each in parts.values()}) != 1:
        return names
    return sorted(names, key=lambda name: [int(number) for number in parts[name][1::2]])


def _part(name: Any) -> str:
    return str(name).rpartition(".")[2]


def _numeric(name: Any, given: Any) -> Array:
    if not isinstance(name, str):
        raise TypeError(f"state: the name of an array is expected, got {describe(name)}")
    found: Array = numbers_of(given, quoted(name))
    return found
