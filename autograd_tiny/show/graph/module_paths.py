"""Which module each Value of a graph belongs to, as a path such as "mlp.layer1.neuron2".

A result belongs to the scope that it was computed in. A parameter was created before any call, so its label and
the operations that use it say where it belongs. Modules of the same scope are separated in same_scope.py.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from ...calculus.operations import DOT
from ...engine.value import Value
from ...expression import subscripted
from .same_scope import separate

# labels of parameters that a module holds itself, rather than in one of its parts: they name no module
OWN_PARAMETER = re.compile(r"w\[.*\]|w\(.*→.*\)|b|b\(.*\)")


def module_paths(values: Sequence[Value], known: Sequence[Set[Value]] = ()) -> dict[Value, str]:
    """The path of the module that each Value belongs to; "" outside of all modules.

    A leaf belongs to the module that its label names, if an operation of that module uses it: in the scope
    "mlp.layer1.neuron2" an operand labelled "layer1.neuron2.w[0]" is a parameter, one labelled "x" is an input.
    Where two modules have the scope "mlp", the second one is called "mlp₂".

    Args:
        values: The Values, in topological order.
        known: For some modules, the parameters of each, which belong to the module that uses them whatever their
            labels are.
    """
    paths = {value: value.scope for value in values}
    owners = _place_leaves(values, frozenset[Value]().union(*known), paths)
    for path, labels in _shared_paths(owners, paths).items():
        there = [value for value in values if is_inside(paths[value], path)]
        complete = [parameters for parameters in known if _are_all_of(path, parameters, paths)]
        for k, members in enumerate(separate(there, labels, known, complete), 1):
            for value in members if k > 1 else ():
                paths[value] = subscripted(path, k) + paths[value].removeprefix(path)
    return paths


def _place_leaves(values: Sequence[Value], known: Set[Value], paths: dict[Value, str]) -> dict[Value, str | None]:
    """Give each leaf that is a parameter its path. Returns the module that the label of each leaf names."""
    owners: dict[Value, str | None] = {}
    for leaf, result in _uses_of_leaves(values, paths):
        if leaf not in owners:
            owners[leaf] = _owner(leaf.label)
        if leaf in known or _is_parameter(leaf, owners[leaf], result):
            paths[leaf] = result.scope
    return owners


def _uses_of_leaves(values: Iterable[Value], paths: Mapping[Value, str]) -> Iterator[tuple[Value, Value]]:
    """The leaves that have no path yet, each with the results in some scope that they are operands of."""
    for result in values:
        if result.scope:
            for x in result.operands:
                if type(x) is Value and not paths[x] and not x.operands:
                    yield x, result


def _owner(label: str) -> str | None:
    """The module that a label names: "layer1" of layer1.w[0], "" (the module itself) of w[0], None of x."""
    path, dot, _ = re.split(r"[\[(]", label, maxsplit=1)[0].rpartition(".")
    return path if dot else "" if OWN_PARAMETER.fullmatch(label) else None


def _is_parameter(leaf: Value, owner: str | None, result: Value) -> bool:
    """Whether an operand of result is a parameter of the module that computed result."""
    scope = result.scope
    if not owner:
        # any input may have the label b, but only the bias is added by a dot product
        return owner == "" and "." not in scope and (leaf.label != "b" or _is_bias(leaf, result))
    return scope == owner or scope.endswith(f".{owner}")


def _is_bias(leaf: Value, result: Value) -> bool:
    return result.operation is DOT and any(x is leaf for x in DOT.grouped(result.operands)[2])


def _shared_paths(
    owners: Mapping[Value, str | None], paths: Mapping[Value, str]
) -> dict[str, dict[Value, str]]:
    """The paths at which two parameters have the same label, innermost first; with the labels of all there."""
    labels: dict[str, dict[Value, str]] = {}
    for leaf, owner in owners.items():
        if paths[leaf] and owner is not None:
            labels.setdefault(_holder(paths[leaf], owner), {})[leaf] = leaf.label
    shared = [path for path, found in labels.items() if len(set(found.values())) < len(found)]
    return {path: labels[path] for path in sorted(shared, key=len, reverse=True)}


def _holder(path: str, owner: str) -> str:
    """The module that a label counts from: "mlp" for "layer1.w[0]", whose owner is layer1, at "mlp.layer1"."""
    return path.removesuffix(owner).removesuffix(".") or next(prefixes(path))


def _are_all_of(path: str, parameters: Set[Value], paths: Mapping[Value, str]) -> bool:
    """Whether these are the parameters of the module at this path, rather than those of one of its parts."""
    inside = [set(prefixes(paths[x])) for x in parameters if is_inside(paths.get(x, ""), path)]
    return bool(inside) and max(set.intersection(*inside), key=len) == path


# ---- paths

def prefixes(path: str) -> Iterator[str]:
    """The modules around a path, outermost first, and itself: "mlp", "mlp.layer1" and "mlp.layer1.neuron2"."""
    for dot in re.finditer(r"\.|$", path):
        yield path[: dot.start()]


def is_inside(path: str, module: str) -> bool:
    """Whether a path is that of the module or of one of its parts."""
    return f"{path}.".startswith(f"{module}.")
