"""Which part of a graph belongs to which module, and modules that a picture folds into one box."""
from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..engine import Value, kind
from ..nn.module import Module
from ..ops import DOT

EXPECTED = "fold: a path as 'mlp.layer1', a Module, or a list of them is expected"
# parameters that a module holds itself, rather than one of its parts: their labels say no more
OWN_PARAMETER = re.compile(r"w\[.*\]|w\(.*→.*\)|b|b\(.*\)")


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

    home: of each Value, the path of the module that it belongs to; "" outside of any. folds: by path.
    of: the fold that a Value is in, if any.
    """

    def __init__(
        self, values: Sequence[Value], roots: Container[Value], depth: int | None = None,
        paths: Container[str] = (), own: Container[Value] = (),
    ) -> None:
        self.home = homes(values, own)
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


def homes(values: Sequence[Value], own: Container[Value] = ()) -> dict[Value, str]:
    """The path of the module that each Value belongs to; "" outside of any.

    A parameter belongs to the module that its label names, "layer1.neuron2" for layer1.neuron2.w[0], if that
    module uses it. own: Values that belong to the module that uses them, whatever they are called.
    """
    home = {value: value.scope for value in values}
    owners: dict[Value, str | None] = {}
    for value in values:
        scope = value.scope
        if scope:
            for x in value.operands:
                if type(x) is Value and not home[x] and not x.operands:
                    if x not in owners:
                        owners[x] = _owner(x.label)
                    if x in own or (_is_of(scope, owners[x]) and (x.label != "b" or _is_bias(x, value))):
                        home[x] = scope
    return home


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


def wishes(asked: Any) -> list[str | Module]:
    """What fold= asks for, as a list; TypeError unless it is a path, a module, or some of them."""
    if isinstance(asked, str | Module):
        return [asked]
    if not isinstance(asked, Iterable):
        raise TypeError(f"{EXPECTED}, got {kind(asked)}")
    found = list(asked)
    for wish in found:
        if not isinstance(wish, str | Module):
            raise TypeError(f"{EXPECTED}, got {kind(wish)}")
    return found


def paths_of(wanted: Iterable[str | Module], scopes: Iterable[str]) -> set[str]:
    """The paths in a graph of the modules that are wanted, by their paths or themselves.

    ValueError for a module that computed nothing there.
    """
    known = dict.fromkeys(path for scope in sorted(scopes) if scope for path in around(scope))
    found: set[str] = set()
    for wish in wanted:
        name = wish if isinstance(wish, str) else _name(wish)
        matching = {path for path in known if name == path} or {
            path for path in known if path.endswith(f".{name}")
        }
        if not matching:
            some = ", ".join([*known][:8]) + (", …" if len(known) > 8 else "")
            there = f"the modules in it are {some}" if known else "nothing in it was computed by a module"
            raise ValueError(f"fold: {name!r} computed nothing in this graph; {there}")
        found |= matching
    return found


def _name(module: Module) -> str:
    return module._place[1] or module.name or type(module).__name__.lower()
