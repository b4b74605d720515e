"""Which layers a model has: they are found in the graph of one sample, so that any code can be looked at."""
from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from ..calculus.operations import ADD, DIV, DOT, MUL, SUB, SUM
from ..engine.graph import descendants, topological_order
from ..engine.value import Value, current_scope, scope_inside
from ..nn.activations import ACTIVATIONS
from ..nn.layers import Layer, Maxout
from ..nn.module import Module

LINEAR = {ADD, SUB, SUM, MUL, DIV, DOT}         # what net inputs are made by


@dataclass(eq=False)
class FoundLayer:
    """Some units of a graph, and the parameters (keys) that they are made with.

    path: of their module. rank: how many layers the computation went through up to here, at the most.
    """

    path: str
    rank: int
    units: list[Value] = field(default_factory=list)
    parameters: dict[Value, None] = field(default_factory=dict)
    name: str = ""

    @property
    def net_inputs(self) -> list[Value]:
        """What the activation of each unit is applied to; the unit itself where there is none."""
        return [
            x if unit.operation.name in ACTIVATIONS and type(x := unit.operands[0]) is Value else unit
            for unit in self.units
        ]

    @property
    def activations(self) -> list[str]:
        """What makes each unit: an activation or another operation, "linear" for weighted sums."""
        return ["linear" if unit.operation in LINEAR else str(unit.operation.name) for unit in self.units]


class LayerFinder:
    """Finds the layers of a model in the graph of its outputs.

    A layer is what one module computes. Where a parameter is multiplied by what the same module has made of
    parameters before, or where the computation comes back to a module, a new one begins: a Network has as
    many as there are ranks of units. Modules of one class, side by side, with a unit each, are one layer.
    """

    def __init__(self, model: object, parameters: Sequence[Value]) -> None:
        self.parameters = parameters
        self.root = ""
        self.modules: dict[str, Module] = {}            # by their paths
        self.owners: dict[str, str] = {}                # the path of each module's owner
        if isinstance(model, Module):
            self.root = scope_inside(current_scope(), _own_name(model))
            self._enter(model, self.root, "")

    def _enter(self, module: Module, path: str, owner: str) -> None:
        self.modules[path], self.owners[path] = module, owner
        if not isinstance(module, Layer | Maxout):
            for _, part in module.parts():
                self._enter(part, scope_inside(path, _own_name(part)), path)

    def found(self, outputs: Sequence[Value], inputs: Sequence[Value]) -> list[FoundLayer]:
        """The layers, in the order of the computation. inputs: none, where they were plain numbers."""
        order = topological_order(*outputs)
        layer_of = self._layers_of(order, outputs, inputs)
        handed_on = set(outputs)
        for node, layer in layer_of.items():
            handed_on.update(x for x in _operands(node) if layer_of.get(x, layer) is not layer)
        for node, layer in layer_of.items():
            if node in handed_on:
                layer.units.append(node)
        layers = [layer for layer in dict.fromkeys(layer_of.values()) if layer.units]
        return self._named(self._side_by_side(layers))

    def _layers_of(
        self, order: Sequence[Value], outputs: Sequence[Value], inputs: Sequence[Value]
    ) -> dict[Value, FoundLayer]:
        """The layer of each Value that changes from sample to sample, in their order; without units yet."""
        learnt, sampled = descendants(self.parameters, order), descendants(inputs, order)
        if not any(id(output) in sampled for output in outputs):    # an input only chooses what is computed
            sampled = learnt - {id(x) for x in self.parameters}
        weights: dict[Value, dict[Value, None]] = {x: {x: None} for x in self.parameters}
        layers: dict[tuple[str, int], FoundLayer] = {}
        found: dict[Value, FoundLayer] = {}
        for node in order:
            values = _operands(node)
            made_with = {weight: None for x in values for weight in weights.get(x, ())}
            if id(node) in sampled and values:
                path = self._path(node.scope)
                again = learnt if made_with and node.operation in (MUL, DIV, DOT) else set()
                before = [(found[x], id(x) in again) for x in values if x in found]
                rank = max([1, *(layer.rank + (anew or layer.path != path) for layer, anew in before)])
                found[node] = layers.setdefault((path, rank), FoundLayer(path, rank))
                found[node].parameters |= made_with
            elif made_with:                         # made of parameters alone: a weight that was computed
                weights[node] = made_with
        return found

    def _path(self, scope: str) -> str:
        """The path of the module that a scope belongs to: of a Layer, not of its neurons."""
        for end in [k for k, letter in enumerate(scope) if letter == "."]:
            if isinstance(self.modules.get(scope[:end]), Layer | Maxout):
                return scope[:end]
        return scope

    def _side_by_side(self, layers: list[FoundLayer]) -> list[FoundLayer]:
        """The same, with the neurons of one's own layers together."""
        found: dict[Hashable, FoundLayer] = {}
        for layer in layers:
            module = self.modules.get(layer.path)
            key: Hashable = layer.path, layer.rank
            if module is not None and len(layer.units) == 1 and not isinstance(module, Layer | Maxout):
                key = self.owners[layer.path], layer.rank, type(module)
            first = found.setdefault(key, layer)
            if first is not layer:
                first.path = self.owners[layer.path]
                first.units += layer.units
                first.parameters |= layer.parameters
        return list(found.values())

    def _named(self, layers: list[FoundLayer]) -> list[FoundLayer]:
        names = [layer.path.removeprefix(f"{self.root}.") or "model" for layer in layers]
        many, turns = Counter(names), Counter[str]()
        for layer, name in zip(layers, names, strict=True):
            turns[name] += 1
            layer.name = f"{name} ({turns[name]})" if many[name] > 1 else name
        return layers


def _own_name(module: Module) -> str:
    return module.name or type(module).__name__.lower()


def _operands(node: Value) -> list[Value]:
    return [x for x in node.operands if type(x) is Value]
