"""The layers of a model, found in the computation graph of one sample: so a model may be any Python code."""
from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from ..calculus.operations import DIV, DOT, MUL
from ..engine.graph import descendants, topological_order
from ..engine.state import scope_inside
from ..engine.value import Value, current_scope
from ..nn.layers import Layer, Maxout
from ..nn.module import Module
from .activations import NetInputs, activation_of, name_of_function, net_input_of, net_inputs_of


@dataclass(eq=False)
class FoundLayer:
    """A layer in the graph of a sample.

    Attributes:
        path: The scope of the module that computes it.
        depth: Its place on the longest chain of layers from the inputs, counted from 1.
        units: The Values that other layers use, or that are outputs of the model.
        parameters: The parameters in the net inputs of its units; a dict keeps them in order.
        nodes: The Values of the layer in topological order, each with its net inputs.
        function: The name of the function that the module has as activation; "" where there is none to tell.
        name: The path inside the model, with a number where several layers have the same.
    """

    path: str
    depth: int
    units: list[Value] = field(default_factory=list)
    parameters: dict[Value, None] = field(default_factory=dict)
    nodes: dict[Value, NetInputs] = field(default_factory=dict)
    function: str = ""
    name: str = ""

    @property
    def net_inputs(self) -> list[Value]:
        """The net input of each unit; the unit itself where it has none."""
        return [net_input_of(unit, self.nodes) for unit in self.units]

    @property
    def activations(self) -> list[str]:
        """The activation of each unit, such as "tanh"; "linear" for weighted sums."""
        return [activation_of(unit, self.nodes, self.function) for unit in self.units]


class LayerFinder:
    """Finds the layers of a model in the graph of its outputs.

    A layer is the computation of one module. A new layer begins where a parameter multiplies a result that the
    same module has computed from parameters, and where the computation returns to a module: so a Network has
    a layer for each rank of its units. Sibling modules of one class that have one unit each are one layer.
    """

    def __init__(self, model: object, parameters: Sequence[Value]) -> None:
        self.parameters = parameters
        self.root = ""
        self.modules: dict[str, Module] = {}            # by path
        self.owners: dict[str, str] = {}                # the path of each module's owner, by path
        if isinstance(model, Module):
            self.root = scope_inside(current_scope(), _own_name(model))
            self._register(model, self.root, "")

    def _register(self, module: Module, path: str, owner: str) -> None:
        self.modules[path], self.owners[path] = module, owner
        if not isinstance(module, Layer | Maxout):
            for _, part in module.parts():
                self._register(part, scope_inside(path, _own_name(part)), path)

    def find(self, outputs: Sequence[Value], inputs: Sequence[Value]) -> list[FoundLayer]:
        """The layers, in the order of the computation, from the outputs of a sample and the Values among its inputs."""
        layer_of = self._layer_of_each(topological_order(*outputs), outputs, inputs)
        units = set(outputs)
        for node, layer in layer_of.items():
            units.update(x for x in _value_operands(node) if layer_of.get(x, layer) is not layer)
        for node, layer in layer_of.items():
            if node in units:
                layer.units.append(node)
        layers = [layer for layer in dict.fromkeys(layer_of.values()) if layer.units]
        return self._named(self._siblings_merged(layers))

    def _layer_of_each(
        self, order: Sequence[Value], outputs: Sequence[Value], inputs: Sequence[Value]
    ) -> dict[Value, FoundLayer]:
        """The layer of each Value that depends on the sample, in topological order; the layers have no units yet."""
        of_parameters, of_sample = descendants(self.parameters, order), descendants(inputs, order)
        if not any(id(output) in of_sample for output in outputs):  # the inputs only choose what is computed
            of_sample = of_parameters - {id(x) for x in self.parameters}
        weights: dict[Value, dict[Value, None]] = {x: {x: None} for x in self.parameters}
        layers: dict[tuple[str, int], FoundLayer] = {}
        layer_of: dict[Value, FoundLayer] = {}
        for node in order:
            operands = _value_operands(node)
            parameters = {parameter: None for x in operands for parameter in weights.get(x, ())}
            if id(node) in of_sample and operands:
                path = self._path_of_module(node.scope)
                multiplied = of_parameters if parameters and node.operation in (MUL, DIV, DOT) else set()
                before = [(layer_of[x], id(x) in multiplied) for x in operands if x in layer_of]
                depth = max([1, *(layer.depth + (is_new or layer.path != path) for layer, is_new in before)])
                if (path, depth) not in layers:
                    function = name_of_function(self.modules.get(path))
                    layers[path, depth] = FoundLayer(path, depth, function=function)
                layer = layer_of[node] = layers[path, depth]
                layer.parameters |= parameters
                layer.nodes[node] = net_inputs_of(node, layer.nodes, of_sample)
            elif parameters:                    # a weight that was computed from parameters alone
                weights[node] = parameters
        return layer_of

    def _path_of_module(self, scope: str) -> str:
        """The path of the module that a scope belongs to; that of a Layer for its neurons."""
        for end in [k for k, letter in enumerate(scope) if letter == "."]:
            if isinstance(self.modules.get(scope[:end]), Layer | Maxout):
                return scope[:end]
        return scope

    def _siblings_merged(self, layers: list[FoundLayer]) -> list[FoundLayer]:
        """The layers, those of sibling modules with a single unit merged."""
        merged: dict[Hashable, FoundLayer] = {}
        for layer in layers:
            module = self.modules.get(layer.path)
            key: Hashable = layer.path, layer.depth
            if module is not None and len(layer.units) == 1 and not isinstance(module, Layer | Maxout):
                key = self.owners[layer.path], layer.depth, type(module)
            first = merged.setdefault(key, layer)
            if first is not layer:
                first.path = self.owners[layer.path]
                first.units += layer.units
                first.parameters |= layer.parameters
                first.nodes |= layer.nodes
        return list(merged.values())

    def _named(self, layers: list[FoundLayer]) -> list[FoundLayer]:
        names = [layer.path.removeprefix(f"{self.root}.") or "model" for layer in layers]
        total, so_far = Counter(names), Counter[str]()
        for layer, name in zip(layers, names, strict=True):
            so_far[name] += 1
            layer.name = f"{name} ({so_far[name]})" if total[name] > 1 else name
        return layers


def _own_name(module: Module) -> str:
    return module.name or type(module).__name__.lower()


def _value_operands(node: Value) -> list[Value]:
    return [x for x in node.operands if type(x) is Value]
