"""Telling modules apart that compute in the same scope, such as two models of one class.

    student, teacher = MLP(2, [3, 1]), MLP(2, [3, 1])
    loss = (student(x) - teacher(x)) ** 2

Both compute in the scope "mlp", and each has a parameter labelled "layer1.neuron1.w[0]". One module has no two
parameters with the same label. So Values that are connected are put into one group, closest connections first,
as long as no group has a label twice: each group is a module.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from ...engine.value import Value


def separate(
    values: Sequence[Value], labels: Mapping[Value, str], known: Iterable[Set[Value]],
    complete: Iterable[Set[Value]],
) -> list[list[Value]]:
    """The Values of each module, of all Values in one scope; the modules in the order of their first results.

    Args:
        values: The Values, in topological order.
        labels: The labels of the parameters among them.
        known: For some modules or parts of them, the parameters of each.
        complete: Those sets of `known` that are all parameters of a module here.
    """
    groups = _Groups(values, labels)
    _join_known_modules(groups, values, known, complete)
    _join_operations(groups, values)
    groups.gather(values)
    results_first = sorted(values, key=lambda value: not value.operands)
    return [group.values for group in dict.fromkeys(groups.of[value] for value in results_first)]


def _join_known_modules(
    groups: _Groups, values: Sequence[Value], known: Iterable[Set[Value]], complete: Iterable[Set[Value]]
) -> None:
    for parameters in known:
        groups.join(*(value for value in values if value in parameters))
    for parameters in complete:
        for parameter in parameters & groups.of.keys():
            groups.of[parameter].is_complete = True


def _join_operations(groups: _Groups, values: Sequence[Value]) -> None:
    """Join what the operations connect: neurons first, then their layers, then everything."""
    operations = [value for value in values if value.operands]
    operands = {value: groups.operands(value) for value in operations}
    parameters = {value: [x for x in operands[value] if not x.operands] for value in operations}
    neurons = [value for value in operations if parameters[value]]
    for value in operations:
        groups.join(value, *(parameters[value] or operands[value]))
    for neuron in neurons:                                  # its inputs are the outputs of one layer
        groups.join(*(x for x in operands[neuron] if x.operands))
    layers: dict[frozenset[object], list[Value]] = {}
    for neuron in neurons:                                  # neurons with the same inputs are a layer
        inputs = frozenset(neuron.operands).difference(parameters[neuron])
        layers.setdefault(inputs, []).append(neuron)
    for layer in layers.values():
        groups.gather(layer)
    for value in operations:
        groups.join(value, *operands[value])


@dataclass(eq=False)
class _Group:
    """Values of one module, and the labels of its parameters; if it is complete, it takes no other parameters."""

    values: list[Value]
    labels: set[str]
    is_complete: bool = False

    def fits(self, other: _Group) -> bool:
        """Whether both can be of the same module."""
        if (self.is_complete or other.is_complete) and self.labels and other.labels:
            return False
        return self.labels.isdisjoint(other.labels)


class _Groups:
    """The group `of` each Value, at first one of its own."""

    def __init__(self, values: Iterable[Value], labels: Mapping[Value, str]) -> None:
        self.of = {value: _Group([value], {labels[value]} if value in labels else set()) for value in values}

    def operands(self, value: Value) -> list[Value]:
        """The operands that are in a group."""
        return [x for x in value.operands if type(x) is Value and x in self.of]

    def join(self, *values: Value) -> None:
        """Join the group of the first with that of each other that fits."""
        for value in values[1:]:
            self._merge(self.of[values[0]], self.of[value])

    def gather(self, values: Iterable[Value]) -> None:
        """Join the group of each with the first that it fits, of those before."""
        firsts: list[Value] = []
        for value in values:
            if not any(self._merge(self.of[first], self.of[value]) for first in firsts):
                firsts.append(value)

    def _merge(self, one: _Group, other: _Group) -> bool:
        """Whether they are one group now."""
        if one is other:
            return True
        if not one.fits(other):
            return False
        large, small = (one, other) if len(one.values) >= len(other.values) else (other, one)
        large.values += small.values
        large.labels |= small.labels
        large.is_complete |= small.is_complete
        self.of |= dict.fromkeys(small.values, large)
        return True
