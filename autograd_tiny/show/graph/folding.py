"""Modules that a picture folds into one box each: their contents, their inputs and their outputs.

The module of each Value comes from module_paths.py; scene.py shows a folded module instead of its Values.
"""
from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from ...boundary.arguments import describe
from ...boundary.text import quoted
from ...calculus.operations import DOT
from ...engine.value import Value
from .module_paths import is_inside, module_paths, prefixes

if TYPE_CHECKING:
    from ...nn.module import Module

EXPECTED = "fold: a path such as 'mlp.layer1', a Module, or a list of them is expected"
MOST_NAMED = 8                              # modules in an error message
NUMBER = re.compile(r"[₀-₉]+(?=\.|$)")      # that tells modules of the same scope apart


@dataclass(eq=False)
class Fold:
    """A module that is drawn as one box: all that was computed in its scope, in all its calls.

    Attributes:
        path: The path of the module.
        number: The place of the fold among those of the picture.
        parameters: The leaves inside.
        operations: The results inside, in topological order.
        outputs: The results that are used outside.
        inputs: The Values outside that the results were computed from.
        constants: The number of plain numbers that it was called with.
        calls: The number of its calls, as far as the uses of its parameters tell.
    """

    path: str
    number: int
    parameters: list[Value] = field(default_factory=list)
    operations: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    constants: int = 0
    calls: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """The number of values that go in at a call, and that come out."""
        return self._per_call(len(self.inputs)) + self.constants, self._per_call(len(self.outputs))

    def _per_call(self, total: int) -> int:
        return total // self.calls if total % self.calls == 0 else total


class Folding:
    """The modules of a graph, and which of them are folded.

    Args:
        values: The Values of the graph, in topological order.
        roots: Those that the picture is of.
        depth: The level of the modules to fold, 1 the outermost; None for none.
        modules: Other modules to fold, by their paths or themselves.

    Attributes:
        path_of: The path of the module that each Value belongs to, "" outside of all modules.
        folds: The folds by their paths.
        fold_of: The fold of each Value that is in one.

    Raises:
        ValueError: A module that computed nothing in this graph.
    """

    def __init__(
        self, values: Sequence[Value], roots: Container[Value], depth: int | None = None,
        modules: Iterable[str | Module] = (),
    ) -> None:
        modules = list(modules)
        self.path_of = module_paths(values, [_parameters(module) for module in modules])
        self.folds: dict[str, Fold] = {}
        self.fold_of: dict[Value, Fold] = {}
        paths = _paths_to_fold(modules, self.path_of)
        if depth is not None or paths:
            self._fold(values, {path: _outermost(path, depth, paths) for path in set(self.path_of.values())})
            self._connect(values, roots)

    def _fold(self, values: Sequence[Value], folded: Mapping[str, str]) -> None:
        """Put each Value into its fold; `folded` has, for the path of each module, that of its fold, or ""."""
        for value in values:
            if path := folded[self.path_of[value]]:
                fold = self.folds.setdefault(path, Fold(path, len(self.folds)))
                (fold.operations if value.operands else fold.parameters).append(value)
                self.fold_of[value] = fold

    def _connect(self, values: Sequence[Value], roots: Container[Value]) -> None:
        """Find the inputs and the outputs of each fold, and its calls."""
        inputs: dict[Fold, dict[Value, None]] = {fold: {} for fold in self.folds.values()}
        used_outside = {value for value in values if value in roots}
        uses: Counter[Value] = Counter()            # of parameters, in their own fold
        for result in values:
            fold = self.fold_of.get(result)
            for x in result.operands:
                if type(x) is Value:
                    if self.fold_of.get(x) is not fold:
                        used_outside.add(x)
                        if fold is not None:
                            inputs[fold][x] = None
                    elif fold is not None and not x.operands:
                        uses[x] += 1
        for fold in self.folds.values():
            fold.inputs = list(inputs[fold])
            fold.outputs = [value for value in fold.operations if value in used_outside]
            fold.constants = max(map(_constants, fold.operations), default=0)
            fold.calls = _calls([uses[x] for x in fold.parameters])


def _constants(result: Value) -> int:
    """How many of the inputs of a neuron are plain numbers."""
    if result.operation is not DOT:
        return 0
    _, inputs, _ = DOT.grouped(result.operands)
    return sum(type(x) is not Value for x in inputs)


def _calls(uses: Sequence[int]) -> int:
    """How often a module was called: as often as each of its parameters was used, if that is equally often."""
    return max(1, uses[0]) if len(set(uses)) == 1 else 1


def _outermost(path: str, depth: int | None, folded: Container[str]) -> str:
    """The outermost of the modules around a path that is folded, or ""."""
    if path:
        for level, module in enumerate(prefixes(path), 1):
            if level == depth or module in folded:
                return module
    return ""


# ---- the argument fold=

def is_module(x: object) -> TypeGuard[Module]:
    """Whether it is a Module. Before nn is imported, nothing is; importing it here would import NumPy."""
    nn = sys.modules.get("autograd_tiny.nn.module")
    return nn is not None and isinstance(x, nn.Module)


def modules_to_fold(fold: Any) -> list[str | Module]:
    """The argument fold= as a list. TypeError unless it is None, a path, a Module, or several of them."""
    if fold is None:
        return []
    if isinstance(fold, str) or is_module(fold):
        return [fold]
    if not isinstance(fold, Iterable):
        raise TypeError(f"{EXPECTED}, got {describe(fold)}")
    modules = list(fold)
    for module in modules:
        if not (isinstance(module, str) or is_module(module)):
            raise TypeError(f"{EXPECTED}, got {describe(module)}")
    return modules


def _paths_to_fold(modules: Iterable[str | Module], path_of: Mapping[Value, str]) -> set[str]:
    """The paths of these modules in a graph. ValueError for a module that computed nothing there."""
    existing = dict.fromkeys(prefix for path in sorted(set(path_of.values())) if path for prefix in prefixes(path))
    found: set[str] = set()
    for module in modules:
        matching = _matching(module, existing, path_of)
        if not matching:
            raise ValueError(_not_there(module, [*existing]))
        found |= matching
    return found


def _matching(module: str | Module, existing: Iterable[str], path_of: Mapping[Value, str]) -> set[str]:
    """The paths that a module may have: those that equal its name, or else those that end in it."""
    name = _name(module)
    names = {path: {path} if isinstance(module, str) else {path, NUMBER.sub("", path)} for path in existing}
    matching = {path for path, known in names.items() if name in known} or {
        path for path, known in names.items() if any(each.endswith(f".{name}") for each in known)
    }
    parameters = _parameters(module)
    return {path for path in matching if _may_be_at(path, parameters, path_of)} if parameters else matching


def _may_be_at(path: str, parameters: Set[Value], path_of: Mapping[Value, str]) -> bool:
    """Whether one of the parameters is at this path; or no parameter at all, as in the second call of a module."""
    leaves = [x for x, its_path in path_of.items() if not x.operands and is_inside(its_path, path)]
    return not leaves or not parameters.isdisjoint(leaves)


def _not_there(module: str | Module, existing: Sequence[str]) -> str:
    some = ", ".join(existing[:MOST_NAMED]) + (", …" if len(existing) > MOST_NAMED else "")
    there = f"the modules in it are {some}" if existing else "nothing in it was computed by a module"
    return f"fold: {quoted(_name(module))} computed nothing in this graph; {there}"


def _parameters(module: str | Module) -> Set[Value]:
    """The parameters of a module that is given itself."""
    return frozenset() if isinstance(module, str) else frozenset(module.parameters())


def _name(module: str | Module) -> str:
    if isinstance(module, str):
        return module
    from ...nn.module import scope_of       # here, since a graph without modules does not need NumPy

    return scope_of(module)
