"""The activation of a unit: what computes it from its net input, be it built in or somebody's own.

A node of a layer is linear if it is a weighted sum of what enters the layer. Any other is computed from one linear
node or several, its net inputs, and what lies between is the activation.
"""
from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, TypeAlias

from ..calculus.operations import ADD, DIV, DOT, LEAF, MEAN, MUL, NEG, SUB, SUM
from ..engine.value import Value
from ..nn.activations import ACTIVATIONS, name_of

NetInputs: TypeAlias = tuple[Value, ...]                # () for a linear node; two stand for two or more
ADDITIVE = {ADD, SUB, SUM, MEAN, NEG}


def net_inputs_of(node: Value, known: Mapping[Value, NetInputs], varying: Container[int]) -> NetInputs:
    """The net inputs of a node.

    Args:
        node: A node of a layer.
        known: Those of the nodes before it in the layer.
        varying: The id() of each Value that depends on the sample.

    Returns:
        Two at most: of more, the others are left out.
    """
    values = [x for x in node.operands if type(x) is Value]
    if _is_linear(node, varying) and not any(known.get(x) for x in values):
        return ()
    operands = [x for x in values if id(x) in varying] or values
    found = dict.fromkeys(source for x in operands for source in known.get(x) or (_unscaled(x, known),))
    return tuple(found)[:2]


def _unscaled(x: Value, known: Mapping[Value, NetInputs]) -> Value:
    """The z in −z, 2z or z + 1, which the layer computed or was given: such a step belongs to the activation."""
    while x in known:
        values = [operand for operand in x.operands if type(operand) is Value]
        if len(values) != 1 or values[0].operation is LEAF:
            break
        x = values[0]
    return x


def _is_linear(node: Value, varying: Container[int]) -> bool:
    """Whether a node is a linear function of its operands that depend on the sample."""
    operands = node.operands
    if node.operation is DOT:
        half = len(operands) // 2
        return not any(
            id(x) in varying and id(y) in varying for x, y in zip(operands[:half], operands[half:2 * half], strict=True)
        )
    if node.operation is MUL:
        return not all(id(x) in varying for x in operands)
    return node.operation in ADDITIVE or (node.operation is DIV and id(operands[1]) not in varying)


def net_input_of(unit: Value, nodes: Mapping[Value, NetInputs]) -> Value:
    """The net input of a unit; the unit itself if it has none, has several, or has an input of the model."""
    found = nodes[unit]
    return found[0] if len(found) == 1 and found[0].operation is not LEAF else unit


def activation_of(unit: Value, nodes: Mapping[Value, NetInputs], function: str) -> str:
    """The name of a unit's activation.

    Args:
        unit: The unit.
        nodes: The nodes of its layer, in topological order, with their net inputs.
        function: The name of the function that its module has as activation; "" if it has none, or one without a name.

    Returns:
        "linear", the operation if it is a single one, else the function; without one "custom" with its operations.
    """
    steps = _operations(unit, nodes)
    if not steps or (len(steps) == 1 and (steps[0] in ACTIVATIONS or not function)):
        return steps[0] if steps else "linear"
    return function or f"custom ({', '.join(steps)})"


def _operations(unit: Value, nodes: Mapping[Value, NetInputs]) -> list[str]:
    """The names of the operations between the net inputs and a unit, in the order of the computation."""
    reached, stack = set[int](), [unit]
    while stack:
        node = stack.pop()
        if id(node) not in reached and nodes.get(node):
            reached.add(id(node))
            stack += [x for x in node.operands if type(x) is Value]
    return list(dict.fromkeys(str(node.operation.name) for node in nodes if id(node) in reached))


def name_of_function(module: Any) -> str:
    """The name of the function that a module applies, as a Layer its activation; "" where there is none to tell."""
    units = getattr(module, "neurons", None) or [module]
    function: Callable[..., Any] | None = getattr(units[0], "activation", None) or getattr(units[0], "function", None)
    name = name_of(function) if callable(function) else ""
    return "" if name in ("<lambda>", "linear") else name
