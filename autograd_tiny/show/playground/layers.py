"""A model as the playground sees it: fully connected layers, one after the other."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ...boundary.arguments import describe
from ...boundary.text import shortened
from ...engine.value import Value
from ...nn.activations import ACTIVATIONS, ActivationFunction, linear, name_of
from ...nn.layers import MLP, Activation, Layer, Maxout, Neuron, Sequential
from ...nn.module import Module

MAXOUT = "maxout"
MOST_LAYERS, MOST_UNITS = 6, 32         # hidden layers, and units in each: settings.js says the same
KNOWN = "the playground knows Neuron, Layer, MLP, Maxout, and Sequential of these and of activations"


@dataclass
class PageLayer:
    """A layer, as computation/network.js has it.

    Attributes:
        units: How many there are.
        activation: Its name; "maxout" for units that are the largest of several linear functions.
        bias: Whether they have one.
        pieces: How many linear functions a unit of Maxout has; 1 for all others.
        name: The path of the module in the model.
    """

    units: int
    activation: str
    bias: bool
    pieces: int
    name: str


def page_layers(model: Module) -> tuple[list[PageLayer], int]:
    """The layers of a model, and the number of its inputs.

    Raises:
        TypeError: A module or an activation that the page does not have.
        ValueError: Layers that do not fit together, or too many of them.
    """
    layers: list[PageLayer] = []
    inputs = width = 0
    for path, part in _in_sequence(model, ""):
        place = path or type(part).__name__
        if isinstance(part, Activation):
            _apply(part, place, layers)
            continue
        layer, nin = _layer(part, path, place)
        if layers and nin != width:
            raise ValueError(f"model: {place} takes {nin} inputs, but {layers[-1].name} has {width} outputs")
        inputs, width = inputs or nin, layer.units
        layers.append(layer)
    if not layers:
        raise TypeError(f"model: {describe(model)} has no layers; {KNOWN}")
    units = [layer.units for layer in layers]
    if len(units) > MOST_LAYERS + 1 or max(units) > MOST_UNITS:
        raise ValueError(
            f"model: the page has room for {MOST_LAYERS} hidden layers and {MOST_UNITS} units in each, "
            f"got layers of {shortened(str(units))} units"
        )
    return layers, inputs


def network_of(layers: list[dict[str, Any]]) -> Module:
    """A new network of layers as data."""
    width, parts = 2, list[Module]()
    for layer in layers:
        units, activation, bias = layer["units"], layer["activation"], layer["bias"]
        if activation == MAXOUT:
            parts.append(Maxout(width, units, layer["pieces"], bias=bias, init="zeros"))
        else:
            parts.append(Layer(width, units, activation, bias=bias, init="zeros"))
        width = units
    return Sequential(*parts)


def as_data(layers: list[PageLayer]) -> list[dict[str, Any]]:
    """The layers as plain data."""
    return [asdict(layer) for layer in layers]


def places_in(tensors: Any, parameters: list[Value]) -> Any:
    """Tensors of parameters with the place of each in the list."""
    places = {parameter: k for k, parameter in enumerate(parameters)}

    def placed(tensor: Any) -> Any:
        if isinstance(tensor, dict):
            return {name: placed(each) for name, each in tensor.items()}
        return places[tensor] if type(tensor) is Value else [placed(each) for each in tensor]

    return placed(tensors)


def _in_sequence(module: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The modules that compute one after the other, with their paths."""
    if _is_a(module, MLP, Sequential):
        for k, part in enumerate(module.layers, 1):
            yield from _in_sequence(part, f"{path}.layer{k}".removeprefix("."))
    elif _is_a(module, Neuron, Layer, Maxout, Activation):
        yield path, module
    else:
        place = f"{path} is {describe(module)}" if path else f"got {describe(module)}"
        raise TypeError(f"model: {KNOWN}, and {place}")


def _is_a(module: Any, *kinds: type[Module]) -> bool:
    """Whether it is one of these kinds, and not of a subclass with a forward() of its own."""
    return isinstance(module, kinds) and type(module).forward in [known.forward for known in kinds]


def _layer(part: Any, path: str, place: str) -> tuple[PageLayer, int]:
    if isinstance(part, Maxout):
        first = part.pieces[0].neurons
        layer = PageLayer(len(first), MAXOUT, first[0].b is not None, len(part.pieces), path)
        return layer, len(first[0].w)
    neurons = [part] if isinstance(part, Neuron) else part.neurons
    kinds = {(neuron.activation, neuron.b is not None, len(neuron.w)) for neuron in neurons}
    if len(kinds) > 1:
        raise TypeError(f"model: the neurons of {place} differ in their activation, bias or number of inputs")
    (activation, bias, nin), = kinds
    return PageLayer(len(neurons), _named(activation, place), bias, 1, path), nin


def _apply(activation: Activation, place: str, layers: list[PageLayer]) -> None:
    """An activation becomes that of the layer before it."""
    name = _named(activation.activation, place)
    if name == "linear":
        return
    if not layers or layers[-1].activation != "linear":
        before = f"behind {layers[-1].activation}" if layers else "before all layers"
        raise TypeError(f"model: {place} is an activation {before}; the page has one behind each linear layer")
    layers[-1].activation = name


def _named(function: ActivationFunction, place: str) -> str:
    for name, known in {**ACTIVATIONS, "linear": linear}.items():
        if known is function:
            return name
    raise TypeError(
        f"model: the activation {shortened(name_of(function))} of {place} is one of your own; the page has "
        f"{', '.join(ACTIVATIONS)}"
    )
