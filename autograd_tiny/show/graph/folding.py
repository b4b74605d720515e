"""Which part of a graph belongs to which module, and modules that a picture folds into one box."""
from __future__ import annotations

import re
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from ...boundary.arguments import describe
from ...calculus.operations import DOT
from ...engine.value import Value
from ...expression import subscripted

if TYPE_CHECKING:
    from ...nn.module import Module

EXPECTED = "fold: a path as 'mlp.layer1', a Module, or a list of them is expected"
# parameters that a module holds itself, rather than one of its parts: their labels say no more
OWN_PARAMETER = re.compile(r"w\[.*\]|w\(.*→.*\)|b|b\(.*\)")

INDEX = re.compile(r"[₀-₉]+(?=\.|$)")       # of modules that have the same scope


@dataclass(eq=False)
class Fold:
    """A module that is drawn as one box: all that was computed in its scope, in all its calls.

    parameters: the leaves inside. operations: the results inside, in topological order. outputs: those of
    them that are used outside. inputs: Values outside that they were computed from. numbers: how many plain
    numbers it was called with. calls: how often it was called, as far as its parameters tell.
    """

    path: str
    number: int
    parameters: list[Value] = field(default_factory=list)
    operations: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    numbers: int = 0
    calls: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """The number of values that go in at a call, and that come out."""
        return self._at_a_call(len(self.inputs)) + self.numbers, self._at_a_call(len(self.outputs))

    def _at_a_call(self, total: int) -> int:
        return total // self.calls if total % self.calls == 0 else total


class Folding:
    """The homes of Values, and the modules that are folded.

    depth: of the modules that are folded. paths: those of others, or these themselves.

    home: of each Value, the path of the module that it belongs to; "" outside of any. folds: by path.
    of: the fold that a Value is in, if any. ValueError if a module that is wanted computed nothing here.
    """

    def __init__(
        self, values: Sequence[Value], roots: Container[Value], depth: int | None = None,
        paths: Iterable[str | Module] = (),
    ) -> None:
        self.home = homes(values, [_own(wish) for wish in paths])
        paths = paths_of(paths, self.home)
        self.folds: dict[str, Fold] = {}
        self.of: dict[Value, Fold] = {}
        if depth is None and not paths:
            return
        outermost = {path: _outermost(path, depth, paths) for path in set(self.home.values())}
        for value in values:
            if path := outermost[self.home[value]]:
                fold = self.folds.setdefault(path, Fold(path, len(self.folds)))
                (fold.operations if value.operands else fold.parameters).append(value)
                self.of[value] = fold
        self._connect(values, roots)

    def _connect(self, values: Sequence[Value], roots: Container[Value]) -> None:
        """Find what goes into the folded modules, and what comes out."""
        inputs: dict[Fold, dict[Value, None]] = {fold: {} for fold in self.folds.values()}
        uses: dict[Value, int] = {}
        used_outside: set[Value] = set()
        for value in values:
            here = self.of.get(value)
            if value in roots:
                used_outside.add(value)
            if here is not None and value.operation is DOT:
                _, given, _ = DOT.grouped(value.operands)
                here.numbers = max(here.numbers, sum(type(x) is not Value for x in given))
            for x in value.operands:
                if type(x) is not Value:
                    continue
                there = self.of.get(x)
                if there is not here:
                    used_outside.add(x)
                    if here is not None:
                        inputs[here][x] = None
                elif there is not None and not x.operands:
                    uses[x] = uses.get(x, 0) + 1
        for fold in self.folds.values():
            fold.inputs = list(inputs[fold])
            fold.outputs = [value for value in fold.operations if value in used_outside]
            counts = {uses.get(x, 0) for x in fold.parameters}
            fold.calls = max(1, *counts) if len(counts) == 1 else 1


def homes(values: Sequence[Value], own: Sequence[Set[Value]] = ()) -> dict[Value, str]:
    """The path of the module that each Value belongs to; "" outside of any.

    A parameter belongs to the module that its label names, "layer1.neuron2" for layer1.neuron2.w[0], if that
    module uses it. The second of two modules whose scope is mlp is called mlp₂. own: the parameters of some
    modules, which belong to the module that uses them, whatever they are called.
    """
    known = frozenset[Value]().union(*own)
    home = {value: value.scope for value in values}
    owners: dict[Value, str | None] = {}
    for value in values:
        scope = value.scope
        if scope:
            for x in value.operands:
                if type(x) is Value and not home[x] and not x.operands:
                    if x not in owners:
                        owners[x] = _owner(x.label)
                    if x in known or (_is_of(scope, owners[x]) and (x.label != "b" or _is_bias(x, value))):
                        home[x] = scope
    for path, labelled in _with_several_modules(home, owners).items():
        inside = [value for value in values if is_in(home[value], path)]
        whole = [parameters for parameters in own if _are_all_of(path, parameters, home)]
        for k, group in enumerate(_told_apart(inside, labelled, own, whole), 1):
            for value in group if k > 1 else ():
                home[value] = subscripted(path, k) + home[value].removeprefix(path)
    return home


def _with_several_modules(
    home: Mapping[Value, str], owners: Mapping[Value, str | None]
) -> dict[str, dict[Value, str]]:
    """The paths, innermost first, at which several parameters have the same label; and all labels there.

    Layers, and models of one class, have the same scope if each is called by itself.
    """
    labels: dict[str, dict[Value, str]] = {}
    for x, owner in owners.items():
        if home[x] and owner is not None:
            path = home[x].removesuffix(owner).removesuffix(".") or next(around(home[x]))
            labels.setdefault(path, {})[x] = x.label
    several = [path for path, found in labels.items() if len(set(found.values())) < len(found)]
    return {path: labels[path] for path in sorted(several, key=len, reverse=True)}


def _told_apart(
    inside: Sequence[Value], labels: Mapping[Value, str], own: Iterable[Set[Value]],
    whole: Iterable[Set[Value]],
) -> list[list[Value]]:
    """The Values of each of several modules that have the same scope.

    What is connected belongs together, unless there would be two parameters of one label: first a result and
    its parameters, then the results that are the inputs of one neuron, then neurons that have the same
    inputs, then results that are made from each other, at last what is left. own: the parameters of modules
    that are known; whole: of those of them that have no others there.
    """
    groups = _Groups(inside, labels)
    for parameters in own:
        groups.join(*(x for x in inside if x in parameters))
    for parameters in whole:
        groups.closed |= {id(groups.of[x]) for x in parameters if x in groups.of}
    neurons: list[list[Value]] = []
    inputs: dict[frozenset[object], list[Value]] = {}
    for value in inside:
        here = [x for x in value.operands if type(x) is Value and x in groups.of]
        leaves = [x for x in here if not x.operands]
        if value.operands:
            groups.join(value, *(leaves or here))
        if leaves:
            neurons.append([x for x in here if x.operands])
            inputs.setdefault(frozenset(value.operands).difference(leaves), []).append(value)
    for results in neurons:
        groups.join(*results)
    for alike in inputs.values():
        groups.gather(alike)
    for value in inside:
        groups.join(value, *(x for x in value.operands if type(x) is Value and x in groups.of))
    groups.gather(inside)
    computed_first = sorted(inside, key=lambda value: not value.operands)
    return [*{id(groups.of[value]): groups.of[value] for value in computed_first}.values()]


def _are_all_of(path: str, own: Set[Value], home: Mapping[Value, str]) -> bool:
    """Whether these parameters are a module's at this path, rather than of one of its parts."""
    homes_there = [set(around(home[x])) for x in own if is_in(home.get(x, ""), path)]
    return bool(homes_there) and max(set.intersection(*homes_there), key=len) == path


class _Groups:
    """Values in groups, none of which has two parameters of one label.

    of: the group of each Value. closed: by their ids, those that take no more parameters.
    """

    def __init__(self, values: Iterable[Value], labels: Mapping[Value, str]) -> None:
        self.closed: set[int] = set()
        self.of: dict[Value, list[Value]] = {value: [value] for value in values}
        self.labelled = {id(self.of[x]): {label: x} for x, label in labels.items() if x in self.of}

    def join(self, *values: Value) -> None:
        """Make one group of those of some Values; but what doesn't fit the first stays apart."""
        for value in values[1:]:
            self._merge(self.of[values[0]], self.of[value])

    def gather(self, values: Iterable[Value]) -> None:
        """Join each to the first of the others that it fits."""
        found: list[Value] = []
        for value in values:
            if not any(self._merge(self.of[other], self.of[value]) for other in found):
                found.append(value)

    def _merge(self, one: list[Value], other: list[Value]) -> bool:
        """Whether they are one group now."""
        if one is other:
            return True
        large, small = (one, other) if len(one) >= len(other) else (other, one)
        labelled, added = self.labelled.setdefault(id(large), {}), self.labelled.get(id(small), {})
        is_closed = not self.closed.isdisjoint((id(large), id(small)))
        if (is_closed and labelled and added) or any(label in labelled for label in added):
            return False
        if is_closed:
            self.closed.add(id(large))
        labelled |= added
        large += small
        self.of |= dict.fromkeys(small, large)
        return True


def _owner(label: str) -> str | None:
    """The module that a label names, "" for the module itself, and None if the label says nothing of any."""
    path, dot, _ = re.split(r"[\[(]", label, maxsplit=1)[0].rpartition(".")
    return path if dot else "" if OWN_PARAMETER.fullmatch(label) else None


def _is_bias(x: Value, result: Value) -> bool:
    """Whether it is the number that a dot product adds: anything may be called b."""
    return result.operation is DOT and any(y is x for y in DOT.grouped(result.operands)[2])


def _is_of(scope: str, owner: str | None) -> bool:
    if not owner:
        return owner == "" and "." not in scope
    return scope == owner or scope.endswith(f".{owner}")


def around(path: str) -> Iterator[str]:
    """The paths of the modules around a path, outermost first, and the path itself."""
    for dot in re.finditer(r"\.|$", path):
        yield path[: dot.start()]


def _outermost(path: str, depth: int | None, paths: Container[str]) -> str:
    """The outermost of the modules around a path that is folded, or ""."""
    if path:
        for level, module in enumerate(around(path), 1):
            if level == depth or module in paths:
                return module
    return ""


def is_module(x: object) -> TypeGuard[Module]:
    """Whether it is a Module. Where nn has not been imported, nothing is: and it would import NumPy."""
    nn = sys.modules.get("autograd_tiny.nn.module")
    return nn is not None and isinstance(x, nn.Module)


def wishes(asked: Any) -> list[str | Module]:
    """What fold= asks for, as a list; TypeError unless it is a path, a module, or some of them."""
    if isinstance(asked, str) or is_module(asked):
        return [asked]
    if not isinstance(asked, Iterable):
        raise TypeError(f"{EXPECTED}, got {describe(asked)}")
    found = list(asked)
    for wish in found:
        if not (isinstance(wish, str) or is_module(wish)):
            raise TypeError(f"{EXPECTED}, got {describe(wish)}")
    return found


def paths_of(wanted: Iterable[str | Module], home: Mapping[Value, str]) -> set[str]:
    """The paths in a graph of the modules that are wanted, by their paths or themselves.

    ValueError for a module that computed nothing there.
    """
    known = dict.fromkeys(path for scope in sorted(set(home.values())) if scope for path in around(scope))
    found: set[str] = set()
    for wish in wanted:
        name = wish if isinstance(wish, str) else _scope_of(wish)
        called = {path: path if isinstance(wish, str) else INDEX.sub("", path) for path in known}
        matching = {path for path in known if name in (path, called[path])} or {
            path for path in known if path.endswith(f".{name}") or called[path].endswith(f".{name}")
        }
        if own := _own(wish):
            matching = {path for path in matching if _may_be_of(path, own, home)}
        if not matching:
            some = ", ".join([*known][:8]) + (", …" if len(known) > 8 else "")
            there = f"the modules in it are {some}" if known else "nothing in it was computed by a module"
            raise ValueError(f"fold: {name!r} computed nothing in this graph; {there}")
        found |= matching
    return found


def _own(wish: str | Module) -> Set[Value]:
    """The parameters of a module that is given itself."""
    return frozenset() if isinstance(wish, str) else frozenset(wish.parameters())


def _may_be_of(path: str, own: Set[Value], home: Mapping[Value, str]) -> bool:
    """Whether some parameters there are a module's own, if there are any: a second call has none at home."""
    there = [x for x, its in home.items() if not x.operands and is_in(its, path)]
    return not there or not own.isdisjoint(there)


def is_in(path: str, outer: str) -> bool:
    """Whether a module is another, or in it."""
    return f"{path}.".startswith(f"{outer}.")


def _scope_of(module: Module) -> str:
    from ...nn.module import scope_of  # here, since a graph without modules does not need NumPy

    return scope_of(module)
