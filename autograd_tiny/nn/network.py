"""Any acyclic graph of perceptrons: the completely unrestricted feed-forward structure."""
from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ..boundary.arguments import boolean, describe
from ..engine.functions import dot
from ..engine.value import Value
from .activations import Function, activation, known_name, name_of
from .init import Initialiser, initialiser
from .layers import alone, as_list
from .module import Module


class Network(Module):
    """Perceptrons connected as one likes, but in no cycle.

    Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")]) has the inputs x and y, a hidden unit h and an
    output o that looks at h and, past it, at x. edges: pairs of names (from, to), each with its weight
    w(from→to). activation: of all units, but for those that activations={"o": "linear"} names. inputs,
    outputs: their names in order; by default what no edge leads to, and what no edge leaves, in the order in
    which they are first mentioned. bias, init, bias_init, rng: as for Neuron.

    units: the names of the perceptrons, each after those that it looks at. w: the weights by edge, b: the
    biases by unit. ValueError for edges in a cycle, which it names, an edge given twice, an edge into an
    input, and a name that no edge has.
    """

    def __init__(
        self, edges: Iterable[tuple[str, str]], *, activation: str | Function = "sigmoid",
        activations: Mapping[str, str | Function] | None = None, inputs: Sequence[str] | None = None,
        outputs: Sequence[str] | None = None, bias: bool = True, init: str | Initialiser = "uniform",
        bias_init: str | Initialiser = "zeros", rng: Any = random,
    ) -> None:
        self.edges = _checked(edges)
        order = _sorted(self.edges)
        sources: dict[str, list[str]] = {name: [] for name in order}
        targets: dict[str, list[str]] = {name: [] for name in order}
        for a, b in self.edges:
            sources[b].append(a)
            targets[a].append(b)
        mentioned = dict.fromkeys(name for edge in self.edges for name in edge)
        self.inputs = _chosen("inputs", inputs, [x for x in mentioned if not sources[x]], mentioned)
        self.outputs = _chosen("outputs", outputs, [x for x in mentioned if not targets[x]], mentioned)
        chosen = set(self.inputs)
        for name in order:
            if (name in chosen) == bool(sources[name]):
                raise ValueError(
                    f"an edge leads into the input {name!r}" if sources[name]
                    else f"no edge leads to {name!r}, and it is not among the inputs"
                )
        self.units = [name for name in order if sources[name]]
        self.activations = _activations(activation, activations or {}, self.units)
        self._sources = {unit: sources[unit] for unit in self.units}
        draw, draw_bias = initialiser(init), initialiser(bias_init, "bias_init")
        fans = {name: (len(sources[name]), max(1, len(targets[name]))) for name in order}
        self.w = {
            (a, b): Value(draw(rng, *fans[b]), f"w({a}→{b})") for b in self.units for a in self._sources[b]
        }
        with_bias = self.units if boolean("bias", bias) else []
        self.b = {x: Value(draw_bias(rng, *fans[x]), f"b({x})") for x in with_bias}

    def forward(self, x: Any) -> Any:
        """The outputs as a list; the output itself where there is only one.

        x: a number or Value for each input. ValueError for another number of them.
        """
        given = as_list(x)
        if len(given) != len(self.inputs):
            names = ", ".join(self.inputs)
            raise ValueError(f"the network takes {len(self.inputs)} inputs ({names}), got {len(given)}")
        known = dict(zip(self.inputs, given, strict=True))
        for unit in self.units:
            sources = self._sources[unit]
            weights = [self.w[source, unit] for source in sources]
            net_input = dot(weights, [known[source] for source in sources], self.b.get(unit))
            known[unit] = output = self.activations[unit](net_input)
            if type(output) is Value and not output.label:
                output.label = unit
        return alone([known[name] for name in self.outputs])

    def held(self) -> dict[str, Any]:
        """Unit by unit, its weights and then its bias, under their names; and what else there is."""
        found: dict[str, Any] = {}
        for unit in self.units:
            found |= {f"w({source}→{unit})": self.w[source, unit] for source in self._sources[unit]}
            found |= {f"b({unit})": self.b[unit]} if unit in self.b else {}
        return found | {name: held for name, held in super().held().items() if name not in ("w", "b")}

    def config(self) -> dict[str, Any]:
        """The arguments to make one of its kind with."""
        return {
            "edges": [list(edge) for edge in self.edges], "inputs": self.inputs, "outputs": self.outputs,
            "activations": {unit: known_name(self.activations[unit]) for unit in self.units},
            "bias": bool(self.b),
        }

    def describe(self) -> str:
        functions = ", ".join(dict.fromkeys(name_of(self.activations[unit]) for unit in self.units))
        hidden = len(self.units) - sum(unit in self.outputs for unit in self.units)
        ends = f"{', '.join(self.inputs)} → {hidden} hidden → {', '.join(self.outputs)}"
        return f"Network({ends}; {functions})"


def _checked(edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for edge in edges:
        if isinstance(edge, str) or not hasattr(edge, "__len__") or len(edge) != 2:
            raise TypeError(f"an edge is a pair of names (from, to), got {describe(edge)}")
        for name in edge:
            if not isinstance(name, str) or not name:
                raise TypeError(f"edge {edge!r}: a unit's name is a str, got {describe(name)}")
        if tuple(edge) in found:
            raise ValueError(f"the edge {edge[0]} → {edge[1]} is given twice")
        found[edge[0], edge[1]] = None
    if not found:
        raise ValueError("a network has one edge at least, got none")
    return list(found)


def _sorted(edges: Sequence[tuple[str, str]]) -> list[str]:
    """The names, each after those that lead to it; ValueError that names the cycle if there is one."""
    graph: dict[str, list[str]] = {}
    for a, b in edges:
        graph.setdefault(a, [])
        graph.setdefault(b, []).append(a)
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = " → ".join(error.args[1])
        raise ValueError(f"the edges form a cycle: {cycle}. A network is fed forward only") from None


def _chosen(
    what: str, given: Sequence[str] | None, found: list[str], mentioned: Mapping[str, Any]
) -> list[str]:
    if given is None:
        return found
    if isinstance(given, str):
        raise TypeError(f"{what}: a list of names is expected, got {describe(given)}")
    names = list(given)
    for name in names:
        if name not in mentioned:
            raise ValueError(f"{what}: no edge has {name!r}; there are {', '.join(mentioned)}")
    if len(set(names)) < len(names) or not names:
        raise ValueError(f"{what}: different names are expected, one at least, got {names}")
    return names


def _activations(
    usual: str | Function, others: Mapping[str, str | Function], units: Sequence[str]
) -> dict[str, Function]:
    known = set(units)
    for name in others:
        if name not in known:
            raise ValueError(f"activations: there is no unit {name!r}; there are {', '.join(units)}")
    return {unit: activation(others.get(unit, usual)) for unit in units}
