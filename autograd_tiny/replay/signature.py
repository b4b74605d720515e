"""The arguments of a call of a recorded function: the numbers, and a key: equal for calls that one recording serves.

Arguments are pytrees, see transforms/pytree.py. The key has their structure, with the shapes of arrays, and everything
in them that is no number: keys of dicts, labels, static fields and static arguments.
"""
from __future__ import annotations

import dataclasses
import inspect
import operator
from collections.abc import Callable, Hashable, Sequence, Set
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..boundary.arguments import describe
from ..boundary.arrays import array_in, plain_array
from ..boundary.foreign import check_nothing_lost
from ..boundary.text import quoted, some_of
from ..engine.value import Value, is_operand
from ..tape.numpy_executor import Array
from ..transforms.call import name_of
from ..transforms.dual import Dual
from ..transforms.pytree import flatten, opened

NUMBERS = {float, int, bool, np.float64}
NO_INPUTS = (0.0,)      # the input of a recording of a function that has none
FLOAT64 = np.dtype(np.float64)


Place: TypeAlias = "int | str"          # of an argument in a call: its number, or the name that it is passed by


class NotPlain(Exception):  # noqa: N818  (it is caught in this package)
    """There is a Value or a dual number among the arguments."""


class Key(NamedTuple):
    """Equal for calls that one recording serves: static arguments by their names, and the structure of the others."""

    static: tuple[tuple[str, Hashable], ...]
    structure: tuple[Hashable, ...]


class Arguments(NamedTuple):
    """The arguments of a call.

    Attributes:
        key: See Key.
        numbers: All numbers, (1, inputs): those of the arguments by position, then of those by name.
    """

    key: Key
    numbers: Array


class Signature:
    """Which arguments of a function are static: passed as they are, and not recorded."""

    def __init__(self, fun: Callable[..., Any], static: Any) -> None:
        self.fun = fun
        self._by_place, self._by_name, self._any_place, self._any_name = _parameters(fun)
        self._places: set[int] = set()
        self._names: set[str] = set()
        is_one = isinstance(static, str | bytes) or not isinstance(static, Sequence | Set)
        for each in [static] if is_one else static:
            if isinstance(each, str):
                self._add_name(each)
            else:
                self._add_place(each)

    def _add_name(self, name: str) -> None:
        if name in self._by_place:
            self._places.add(self._by_place.index(name))
        elif name not in self._by_name and not self._any_name:
            known = some_of([*self._by_place, *self._by_name]) or "none"
            raise ValueError(f"static={quoted(name)}, but the parameters of {name_of(self.fun)} are: {known}")
        self._names.add(name)

    def _add_place(self, given: Any) -> None:
        try:
            if isinstance(given, bool):
                raise TypeError
            place = operator.index(given)
        except TypeError:
            raise TypeError(
                f"static is the place or the name of an argument, or several of them in a tuple, got {describe(given)}"
            ) from None
        count = len(self._by_place)
        if place < 0 and self._any_place:
            raise ValueError(
                f"static={place} counts from the end, but {name_of(self.fun)} takes any number of arguments: count "
                "from 0"
            )
        if not self._any_place and not -count <= place < count:
            takes = f"{count} argument{'' if count == 1 else 's'} by position" + (", counted from 0" if count else "")
            raise ValueError(f"static={place}, but {name_of(self.fun)} takes {takes}")
        place = place % count if place < 0 else place
        self._places.add(place)
        if place < count:
            self._names.add(self._by_place[place])

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        """The arguments of a call.

        Raises:
            NotPlain: There is a Value or a dual number among them.
            TypeError: An argument that is not static is no pytree of numbers, or one that is static has no hash.
            ValueError: One contains itself, or has a number that is too large for a float.
        """
        static: list[tuple[str, Hashable]] = []
        tokens: list[Any] = []
        numbers = _Numbers()
        try:
            for place, x in enumerate(args):
                if place in self._places:
                    static.append((self.name(place), self._hashable(x, place)))
                else:
                    _read(x, tokens, numbers, (self, place))
            for name in sorted(kwargs):
                x = kwargs[name]
                if name in self._names:
                    static.append((name, self._hashable(x, name)))
                else:
                    tokens += "named", name
                    _read(x, tokens, numbers, (self, name))
            return Arguments(Key(tuple(static), tuple(tokens)), numbers.together())
        except (OverflowError, RecursionError):
            for which, x in self.dynamic(args, kwargs).items():
                _flat(x, (self, which))         # which says why
            raise

    def is_static(self, place: int) -> bool:
        """Whether the argument at a place is static."""
        return place in self._places

    def dynamic(self, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[Place, Any]:
        """The arguments that are not static: those by position, then those by name."""
        found: dict[Place, Any] = {place: x for place, x in enumerate(args) if place not in self._places}
        return found | {name: kwargs[name] for name in sorted(kwargs) if name not in self._names}

    def with_dynamic(
        self, args: Sequence[Any], kwargs: dict[str, Any], others: Sequence[Any]
    ) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call, with others in the places of those that are not static."""
        rest = iter(others)
        by_place = [x if place in self._places else next(rest) for place, x in enumerate(args)]
        return by_place, kwargs | {name: next(rest) for name in sorted(kwargs) if name not in self._names}

    def name(self, place: Place) -> str:
        """The name of an argument; x2 for one that has none."""
        if isinstance(place, str):
            return place
        return self._by_place[place] if place < len(self._by_place) else f"x{place}"

    def described(self, place: Place) -> str:
        """An argument in a message."""
        return f"argument {place} of {name_of(self.fun)}"

    def making_static(self, *places: Place) -> str:
        """How these arguments are made static, in a message; how any is, if there are none."""
        has_name = [isinstance(place, str) or place < len(self._by_place) for place in places]
        each = [repr(self.name(x)) if named else str(x) for x, named in zip(places, has_name, strict=True)]
        several = f"({some_of(each)})" if each else "…"
        return f"jit(f, static={each[0] if len(each) == 1 else several})"

    def _hashable(self, x: Any, place: Place) -> Hashable:
        found = _exactly(x)
        try:
            hash(found)
        except TypeError:
            raise TypeError(
                f"{self.described(place)} is static and must be hashable, since recordings are found by it, "
                f"got {describe(x)}: pass a tuple instead of a list"
            ) from None
        return found


def _exactly(x: Any) -> Hashable:
    """A key for a static argument, which tells 1, 1.0 and True apart, and 0.0 and -0.0: in tuples, too."""
    if type(x) is Value or type(x) is Dual:
        raise NotPlain
    if isinstance(x, float):
        return type(x), float(x).hex()
    if isinstance(x, tuple):
        return type(x), tuple(map(_exactly, x))
    if isinstance(x, frozenset):
        return type(x), frozenset(map(_exactly, x))
    found: Hashable = (type(x), x)
    return found


def _parameters(fun: Callable[..., Any]) -> tuple[list[str], list[str], bool, bool]:
    """The parameters by position, those by name only, and whether any more can be passed by position, or by name."""
    try:
        parameters = inspect.signature(fun).parameters.values()
    except (TypeError, ValueError):             # a built-in function may have no signature
        return [], [], True, True
    by_place = [x.name for x in parameters if x.kind <= x.POSITIONAL_OR_KEYWORD]
    by_name = [x.name for x in parameters if x.kind == x.KEYWORD_ONLY]
    kinds = {x.kind for x in parameters}
    return (
        by_place, by_name, inspect.Parameter.VAR_POSITIONAL in kinds, inspect.Parameter.VAR_KEYWORD in kinds
    )


# ---- a walk through a pytree, in the order of pytree.flatten

class _Numbers:
    """Numbers that are collected, one by one or in arrays."""

    def __init__(self) -> None:
        self.single: list[float] = []
        self._arrays: list[Array] = []

    def add(self, array: Array) -> None:
        if self.single:
            self._arrays.append(np.array(self.single, float))
            self.single = []
        self._arrays.append(array.ravel())

    def together(self) -> Array:
        """All of them as an array (1, n)."""
        if not self._arrays:
            return np.array([self.single or NO_INPUTS], float)
        if self.single:
            self.add(np.empty(0))
        whole = self._arrays[0] if len(self._arrays) == 1 else np.concatenate(self._arrays)
        if not whole.size:
            return np.array([NO_INPUTS], float)
        return np.ascontiguousarray(whole, np.float64).reshape(1, -1)


def _read(x: Any, tokens: list[Any], numbers: _Numbers, whose: tuple[Signature, Place]) -> None:
    """Add what is no number in a pytree to the tokens, and the numbers to the others."""
    kind = type(x)
    if kind in NUMBERS:
        tokens.append(None)
        numbers.single.append(x)
    elif kind is np.ndarray:
        _read_array(x, tokens, numbers, whose)
    elif kind is list or kind is tuple:
        tokens += kind, len(x)
        if set(map(type, x)) <= NUMBERS:
            tokens.append(None)
            numbers.single += x
        else:
            tokens.append(...)
            for each in x:
                _read(each, tokens, numbers, whose)
    elif kind is Value or kind is Dual:
        raise NotPlain
    else:
        _read_other(x, tokens, numbers, whose)


def _read_array(x: Any, tokens: list[Any], numbers: _Numbers, whose: tuple[Signature, Place]) -> None:
    tokens.append(x.shape)
    if x.dtype == FLOAT64:
        numbers.add(x)
        return
    if x.dtype.kind == "O" and any(type(each) is Value or type(each) is Dual for each in x.ravel().tolist()):
        raise NotPlain
    tokens.append(x.dtype.kind)                 # arrays of integers hold no derivatives
    numbers.add(np.array(_flat(x, whose), float))


def _read_other(x: Any, tokens: list[Any], numbers: _Numbers, whose: tuple[Signature, Place]) -> None:
    parts = opened(x)
    if parts is not None:
        static = None
        if dataclasses.is_dataclass(x):
            static = _static_fields(x, parts.keys)
        if isinstance(x, dict):         # in the order of its keys, since a function may go through it in that order
            static = *x, *map(type, x)
        tokens += type(x), len(parts.children), static
        for child in parts.children:
            _read(child, tokens, numbers, whose)
    elif is_operand(x):
        tokens.append(None)
        numbers.single.append(float(x))
    else:
        array, labelled = array_in(x)
        if array is None:
            _flat(x, whose)                      # which raises
        check_nothing_lost(x, whose[0].described(whose[1]))
        if labelled is not None:
            tokens += type(x), tuple(map(tuple, labelled.labels))
        signature, place = whose
        _read_array(plain_array(array, signature.described(place)), tokens, numbers, whose)


def _flat(x: Any, whose: tuple[Signature, Place]) -> list[float]:
    signature, place = whose
    try:
        return flatten(x, signature.described(place), integer_arrays=True)[0]
    except TypeError as error:
        raise TypeError(f"{error} ({signature.making_static(place)} takes it as it is)") from None


def _static_fields(x: Any, dynamic: Sequence[Any]) -> tuple[Any, ...]:
    """The fields of a dataclass that its __init__ takes, and that hold no numbers."""
    static = [each.name for each in dataclasses.fields(x) if each.init and each.name not in {*dynamic}]
    found = tuple([(name, _exactly(getattr(x, name))) for name in static])
    try:
        hash(found)
    except TypeError:
        raise TypeError(
            f"jit: the static fields of {type(x).__name__} must be hashable, since recordings are found by them"
        ) from None
    return found
