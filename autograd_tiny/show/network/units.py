"""The units of a network in columns, the weights between them, and the numbers that are shown of the parameters.

arrangement.py computes where they stand, diagram.py draws them.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ...boundary.arguments import describe
from ...engine.value import Value
from ...nn.activations import name_of
from ...nn.layers import MLP, Layer, Neuron, Sequential
from ...nn.module import Module
from ...nn.network import Network
from ..names import plain, readable

LONGEST_NAME = 12                       # characters in a unit
NO_DIAGRAM = (
    "a diagram shows Neuron, Layer, MLP, Network, and Sequential of the first three; {} is none of these. "
    "draw() of a loss or an output shows how any model computes it"
)

Place: TypeAlias = tuple[int, int]      # column, and unit in it


@dataclass(frozen=True)
class Unit:
    """An input, which has no activation, or a neuron; its circle shows the caption and the bias."""

    name: str
    caption: str
    activation: str = ""
    bias: Value | None = None


@dataclass(frozen=True)
class Column:
    """Units below each other, and the lines of the heading above them."""

    heading: list[str]
    units: list[Unit]


@dataclass(frozen=True, eq=False)
class Line:
    """A weight, from a unit to one in a later column."""

    tail: Place
    head: Place
    weight: Value


class Numbers:
    """The numbers that are shown of parameters: by the quantity, "weight" or "gradient"."""

    def __init__(self, quantity: str, digits: int) -> None:
        self.quantity = quantity
        self.are_gradients = quantity == "gradient"
        self.digits = digits

    def number(self, parameter: Value) -> float | None:
        """The number; None for the gradient of a parameter that no backward pass has reached."""
        if not self.are_gradients:
            return parameter.data
        return parameter.grad if parameter.reached else None

    def text(self, parameter: Value | None) -> str:
        """The same as text, "—" for None; "" for no parameter."""
        if parameter is None:
            return ""
        number = self.number(parameter)
        return "—" if number is None else readable(number, self.digits)


def units_of(model: Any) -> tuple[list[Column], list[Line]]:
    """The units of a model and its weights.

    TypeError for a model that no diagram shows; ValueError for layers that don't fit together.
    """
    return _of_network(model) if _computes_as(model, Network) else _of_layers(model)


def _computes_as(module: Any, *kinds: type[Module]) -> bool:
    """Whether it is one of these kinds, and not of a subclass with a forward() of its own."""
    return isinstance(module, kinds) and type(module).forward in [known.forward for known in kinds]


# ---- layers one after the other

def _of_layers(model: Any) -> tuple[list[Column], list[Line]]:
    """A column for each layer; a part without parameters is named in the heading of the column before it."""
    parts = [*_one_by_one(model, "")]
    columns = [_column("inputs", [Unit(f"x{i}", f"x{i}") for i in _numbered(_inputs(model, parts))])]
    lines: list[Line] = []
    for place, part in parts:
        if not _has_units(part):
            columns[-1].heading.append(f"then {plain(part.describe())}")
            continue
        neurons, before = _neurons(part), len(columns[-1].units)
        if len(neurons[0].w) != before:
            raise ValueError(f"{place} takes {len(neurons[0].w)} inputs, but {before} units are before it")
        lines += [
            Line((len(columns) - 1, i), (len(columns), k), weight)
            for k, neuron in enumerate(neurons) for i, weight in enumerate(neuron.w)
        ]
        columns.append(_layer(place or plain(part.name or type(part).__name__.lower()), part))
    return columns, lines


def _one_by_one(module: Any, place: str) -> Iterator[tuple[str, Module]]:
    """The modules that this one applies one after the other, with their paths in the model."""
    if _computes_as(module, MLP, Sequential):
        for i, part in enumerate(module.layers):
            yield from _one_by_one(part, f"{place}.layer{i + 1}".removeprefix("."))
    elif isinstance(module, Module):
        yield place, module


def _inputs(model: Any, parts: Sequence[tuple[str, Module]]) -> list[Value]:
    """The weights of one neuron of the first layer; TypeError if the parts aren't all shown, or have none."""
    for place, part in parts:
        if part.parameters() and not _has_units(part):
            kind = type(part).__name__
            raise TypeError(NO_DIAGRAM.format(f"{place}, of type {kind}," if place else kind))
    for _, part in parts:
        if _has_units(part):
            return _neurons(part)[0].w
    given = f"{type(model).__name__} without weights" if isinstance(model, Module) else describe(model)
    raise TypeError(NO_DIAGRAM.format(given))


def _has_units(part: Module) -> bool:
    return _computes_as(part, Neuron, Layer)


def _neurons(part: Any) -> list[Neuron]:
    return [part] if isinstance(part, Neuron) else part.neurons


def _layer(title: str, part: Module) -> Column:
    neurons = _neurons(part)
    names = [f"{title}.neuron{k}" for k in _numbered(neurons)] if isinstance(part, Layer) else [title]
    return _column(title, [
        Unit(name, "", name_of(neuron.activation), neuron.b)
        for name, neuron in zip(names, neurons, strict=True)
    ])


def _numbered(units: Sequence[Any]) -> range:
    return range(1, len(units) + 1)


# ---- any acyclic network

def _of_network(network: Any) -> tuple[list[Column], list[Line]]:
    """A unit stands one column behind the last of its inputs."""
    depth = dict.fromkeys(network.inputs, 0)
    for source, unit in network.w:                          # in topological order
        depth[unit] = max(depth.get(unit, 0), depth[source] + 1)
    names = dict.fromkeys([*network.inputs, *(name for edge in network.edges for name in edge)])
    rows: list[list[str]] = [[] for _ in range(1 + max(depth.values()))]
    places: dict[str, Place] = {}
    for name in names:
        places[name] = depth[name], len(rows[depth[name]])
        rows[depth[name]].append(name)
    activations = {name: name_of(function) for name, function in network.activations.items()}
    columns = [
        _column("" if k else "inputs", [
            Unit(plain(name), _cut(name), activations.get(name, ""), network.b.get(name)) for name in row
        ])
        for k, row in enumerate(rows)
    ]
    return columns, [Line(places[a], places[b], weight) for (a, b), weight in network.w.items()]


def _cut(name: str) -> str:
    text = plain(name)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME - 1]}…"


def _column(title: str, units: list[Unit]) -> Column:
    """Units under a heading, "layer1 · relu · 16"."""
    activations = dict.fromkeys(unit.activation for unit in units if unit.activation)
    named = ", ".join(map(plain, activations)) if len(activations) <= 2 else f"{len(activations)} activations"
    heading = [title, named, f"{len(units):,}"]
    return Column([" · ".join(filter(None, heading))], units)
