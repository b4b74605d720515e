"""Network: perceptrons connected by any acyclic graph, named unit by unit and edge by edge."""
from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ..boundary.arguments import boolean, describe
from ..boundary.text import quoted, some_of
from ..engine.functions import dot
from ..engine.value import Value
from .activations import ActivationFunction, activation_function, name_of, registered_name
from .init import Initialiser, bias_initialiser, weight_initialiser
from .layers import as_list, unwrap_single
from .module import Module


class Network(Module):
    """A feed-forward network with any connections: perceptrons on a directed acyclic graph.

    Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")]) has the inputs x and y, a hidden unit h, and an
    output o with the inputs h and, by a skip connection, x.

    Args:
        edges: Pairs of names (from, to), each with a weight w(from→to).
        activation: Activation of all units, a name in nn.ACTIVATIONS or a function of one Value.
        activations: Exceptions by unit, such as {"o": "linear"}.
        inputs: The names of the inputs, in order. By default those without incoming edges, in the order of their
            first mention.
        outputs: The names of the outputs, in order. By default those without outgoing edges.
        bias, init, bias_init, rng: As for Neuron. The fans of a unit are the edges into it and those out of it. All
            weights are drawn first, in the order of w, and then the biases.

    Attributes:
        units: The names of the perceptrons in topological order.
        w: The weights by edge, w["x", "h"].
        b: The biases by unit.

    Raises:
        TypeError: An edge that is not a pair of names, or another argument of a wrong type.
        ValueError: A cycle, which the message shows; an edge given twice, an edge into an input, or a name that
            no edge has.
    """

    def __init__(
        self, edges: Iterable[tuple[str, str]], *, activation: str | ActivationFunction = "sigmoid",
        activations: Mapping[str, str | ActivationFunction] | None = None, inputs: Sequence[str] | None = None,
        outputs: Sequence[str] | None = None, bias: bool = True, init: str | Initialiser = "by_activation",
        bias_init: str | Initialiser = "zeros", rng: Any = random,
    ) -> None:
        self.edges = _checked_edges(edges)
        order = _topological_order(self.edges)
        sources: dict[str, list[str]] = {name: [] for name in order}
        targets: dict[str, list[str]] = {name: [] for name in order}
        for a, b in self.edges:
            sources[b].append(a)
            targets[a].append(b)
        mentioned = dict.fromkeys(name for edge in self.edges for name in edge)
        self.inputs = _checked_names("inputs", inputs, [x for x in mentioned if not sources[x]], mentioned)
        self.outputs = _checked_names("outputs", outputs, [x for x in mentioned if not targets[x]], mentioned)
        _check_inputs(self.inputs, order, sources)
        self.units = [name for name in order if sources[name]]
        self.activations = _activations_by_unit(activation, activations or {}, self.units)
        self._sources = {unit: sources[unit] for unit in self.units}
        draw = {unit: weight_initialiser(init, self.activations[unit]) for unit in self.units}
        draw_bias = bias_initialiser(bias_init)
        fans = {name: (len(sources[name]), max(1, len(targets[name]))) for name in order}
        self.w = {
            (a, b): Value(draw[b](rng, *fans[b]), f"w({a}→{b})") for b in self.units for a in self._sources[b]
        }
        with_bias = self.units if boolean("bias", bias) else []
        self.b = {x: Value(draw_bias(rng, *fans[x]), f"b({x})") for x in with_bias}

    def forward(self, x: Any) -> Any:
        """The outputs: a list of Values in the order of `outputs`, or one Value where there is one output.

        Args:
            x: A Value or number for each input, in the order of `inputs`.

        Raises:
            ValueError: Another number of inputs.
        """
        given = as_list(x)
        if len(given) != len(self.inputs):
            raise ValueError(f"the network takes {len(self.inputs)} inputs ({some_of(self.inputs)}), got {len(given)}")
        computed = dict(zip(self.inputs, given, strict=True))
        for unit in self.units:
            sources = self._sources[unit]
            weights = [self.w[source, unit] for source in sources]
            net_input = dot(weights, [computed[source] for source in sources], self.b.get(unit))
            computed[unit] = output = self.activations[unit](net_input)
            if type(output) is Value and not output.label:
                output.label = unit
        return unwrap_single([computed[name] for name in self.outputs])

    def _registered(self) -> dict[str, Any]:
        """Unit by unit its weights and its bias, under their own names; then all other attributes."""
        found: dict[str, Any] = {}
        for unit in self.units:
            found |= {f"w({source}→{unit})": self.w[source, unit] for source in self._sources[unit]}
            found |= {f"b({unit})": self.b[unit]} if unit in self.b else {}
        return found | {name: held for name, held in super()._registered().items() if name not in ("w", "b")}

    def config(self) -> dict[str, Any]:
        """The arguments of the constructor, from which nn.load rebuilds the module."""
        return {
            "edges": [list(edge) for edge in self.edges], "inputs": self.inputs, "outputs": self.outputs,
            "activations": {unit: registered_name(self.activations[unit]) for unit in self.units},
            "bias": bool(self.b),
        }

    def describe(self) -> str:
        """A summary on one line."""
        functions = some_of(dict.fromkeys(name_of(self.activations[unit]) for unit in self.units))
        hidden = len(self.units) - sum(unit in self.outputs for unit in self.units)
        ends = f"{some_of(self.inputs)} → {hidden} hidden → {some_of(self.outputs)}"
        return f"Network({ends}; {functions})"


def _checked_edges(edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for edge in edges:
        if isinstance(edge, str) or not hasattr(edge, "__len__") or len(edge) != 2:
            raise TypeError(f"an edge is a pair of names (from, to), got {describe(edge)}")
        for name in edge:
            if not isinstance(name, str) or not name:
                raise TypeError(f"edge {quoted(edge)}: a unit's name is a str, got {describe(name)}")
        if tuple(edge) in found:
            raise ValueError(f"the edge {some_of(edge, ' → ')} is given twice")
        found[edge[0], edge[1]] = None
    if not found:
        raise ValueError("a network has one edge at least, got none")
    return list(found)


def _topological_order(edges: Sequence[tuple[str, str]]) -> list[str]:
    """All names, each after those that lead to it. ValueError with the cycle if there is one."""
    graph: dict[str, list[str]] = {}
    for a, b in edges:
        graph.setdefault(a, [])
        graph.setdefault(b, []).append(a)
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        cycle = some_of(error.args[1], " → ")
        raise ValueError(f"the edges form a cycle: {cycle}. A network is fed forward only") from None


def _checked_names(
    argument: str, given: Sequence[str] | None, default: list[str], mentioned: Mapping[str, Any]
) -> list[str]:
    if given is None:
        return default
    if isinstance(given, str):
        raise TypeError(f"{argument}: a list of names is expected, got {describe(given)}")
    names = list(given)
    for name in names:
        if name not in mentioned:
            raise ValueError(f"{argument}: no edge has {quoted(name)}; there are {some_of(mentioned)}")
    if len(set(names)) < len(names) or not names:
        raise ValueError(f"{argument}: different names are expected, one at least, got {quoted(names)}")
    return names


def _check_inputs(inputs: Sequence[str], order: Sequence[str], sources: Mapping[str, Sequence[str]]) -> None:
    """ValueError unless the inputs are exactly the names without incoming edges."""
    wanted = set(inputs)
    for name in order:
        if (name in wanted) == bool(sources[name]):
            raise ValueError(
                f"an edge leads into the input {quoted(name)}" if sources[name]
                else f"no edge leads to {quoted(name)}, and it is not among the inputs"
            )


def _activations_by_unit(
    default: str | ActivationFunction, exceptions: Mapping[str, str | ActivationFunction], units: Sequence[str]
) -> dict[str, ActivationFunction]:
    known = set(units)
    for name in exceptions:
        if name not in known:
            raise ValueError(f"activations: there is no unit {quoted(name)}; there are {some_of(units)}")
    return {unit: activation_function(exceptions.get(unit, default)) for unit in units}
