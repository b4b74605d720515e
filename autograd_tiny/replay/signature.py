"""The arguments of a call of a recorded function: the numbers, and a key: equal for calls that one recording serves.

Arguments are pytrees, see transforms/pytree.py. The key has their structure, with the shapes of arrays, and everything
in them that is no number: keys of dicts, labels, static fields and static arguments.
"""
from __future__ import annotations

import dataclasses
import inspect
import operator
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..boundary.arguments import describe
from ..boundary.arrays import array_in
from ..boundary.foreign import check_nothing_lost
from ..boundary.text import quoted
from ..engine.value import Value, is_operand
from ..tape.numpy_executor import Array
from ..transforms.call import name_of
from ..transforms.dual import Dual
from ..transforms.pytree import flatten, opened

NUMBERS = {float, int, bool, np.float64}
NO_INPUTS = (0.0,)      # the input of a recording of a function that has none
FLOAT64 = np.dtype(np.float64)


class NotPlain(Exception):  # noqa: N818  (it is caught in this package)
    """There is a Value or a dual number among the arguments."""


class Arguments(NamedTuple):
    """The arguments of a call.

    Attributes:
        key: Equal for calls that the same recording serves.
        numbers: All numbers, (1, inputs): those of the arguments by position, then of those by name.
    """

    key: Hashable
    numbers: Array


class Signature:
    """Which arguments of a function are static: passed as they are, and not recorded."""

    def __init__(self, fun: Callable[..., Any], static: Any) -> None:
        self.fun = fun
        given = [static] if isinstance(static, str) or not isinstance(static, Sequence) else static
        names = _names_of_parameters(fun)
        self.places: set[int] = set()
        self.names: set[str] = set()
        for each in given:
            if isinstance(each, str):
                if names and each not in names and None not in names:
                    raise ValueError(f"static={quoted(each)}, but {name_of(fun)} has no parameter of that name")
                self.names.add(each)
                if each in names:
                    self.places.add(names.index(each))
                continue
            try:
                place = operator.index(each)
            except TypeError:
                raise TypeError(
                    f"static is the place or the name of an argument, or several of them, got {describe(each)}"
                ) from None
            if place < 0:
                raise ValueError(f"static={place}: places of arguments count from 0")
            self.places.add(place)
            if place < len(names) and names[place] is not None:
                self.names.add(str(names[place]))

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments:
        """The arguments of a call.

        Raises:
            NotPlain: There is a Value or a dual number among them.
            TypeError: An argument that is not static is no pytree of numbers, or one that is static has no hash.
        """
        tokens: list[Any] = []
        numbers = _Numbers()
        for place, x in enumerate(args):
            if place in self.places:
                tokens += "static", self._hashable(x, f"argument {place}")
            else:
                _read(x, tokens, numbers, self._named(f"argument {place}", f"{place}"))
        for name in sorted(kwargs, key=repr):
            x = kwargs[name]
            if name in self.names:
                tokens += "static", name, self._hashable(x, f"argument {name}")
            else:
                tokens += "named", name
                _read(x, tokens, numbers, self._named(f"argument {name}", repr(name)))
        return Arguments(tuple(tokens), numbers.together())

    def is_static(self, place: int) -> bool:
        """Whether the argument at a place is static."""
        return place in self.places

    def dynamic(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments that are not static."""
        by_place = [x for place, x in enumerate(args) if place not in self.places]
        return by_place, {name: x for name, x in kwargs.items() if name not in self.names}

    def _named(self, name: str, static: str) -> Callable[[Any], str]:
        return lambda x: f"{name} of {name_of(self.fun)}{_hint(x, static)}"

    def _hashable(self, x: Any, name: str) -> Hashable:
        try:
            hash(x)
        except TypeError:
            raise TypeError(
                f"{name} of {name_of(self.fun)} is static and must be hashable, since recordings are found by it, "
                f"got {describe(x)}: pass a tuple instead of a list"
            ) from None
        return _exactly(x)


def _exactly(x: Any) -> Hashable:
    """A key for a static argument, which tells 1, 1.0 and True apart, and 0.0 and -0.0: in tuples, too."""
    if isinstance(x, float):
        return type(x), float(x).hex()
    if isinstance(x, tuple):
        return type(x), tuple(map(_exactly, x))
    if isinstance(x, frozenset):
        return type(x), frozenset(map(_exactly, x))
    found: Hashable = (type(x), x)
    return found


def _hint(x: Any, static: str) -> str:
    return "" if x is None else f" (jit(…, static={static}) takes it as it is)"


def _names_of_parameters(fun: Callable[..., Any]) -> list[str | None]:
    """The names of the parameters by position; None for those of *args, and for a function that tells none."""
    try:
        parameters = inspect.signature(fun).parameters.values()
    except (TypeError, ValueError):             # a built-in function may have no signature
        return [None]
    by_place: list[str | None] = [x.name for x in parameters if x.kind <= x.POSITIONAL_OR_KEYWORD]
    by_name: list[str | None] = [x.name for x in parameters if x.kind == x.KEYWORD_ONLY]
    any_name = any(x.kind in (x.VAR_KEYWORD, x.VAR_POSITIONAL) for x in parameters)
    return [*by_place, *([None] if any_name else []), *by_name]


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


def _read(x: Any, tokens: list[Any], numbers: _Numbers, name: Callable[[Any], str]) -> None:
    """Add what is no number in a pytree to the tokens, and the numbers to the others."""
    kind = type(x)
    if kind in NUMBERS:
        tokens.append(None)
        numbers.single.append(x)
    elif kind is np.ndarray:
        _read_array(x, tokens, numbers, name)
    elif kind is list or kind is tuple:
        tokens += kind, len(x)
        if set(map(type, x)) <= NUMBERS:
            tokens.append(None)
            numbers.single += x
        else:
            tokens.append(...)
            for each in x:
                _read(each, tokens, numbers, name)
    elif kind is Value or kind is Dual:
        raise NotPlain
    else:
        _read_other(x, tokens, numbers, name)


def _read_array(x: Any, tokens: list[Any], numbers: _Numbers, name: Callable[[Any], str]) -> None:
    tokens.append(x.shape)
    if x.dtype == FLOAT64:
        numbers.add(x)
        return
    if x.dtype.kind == "O" and any(type(each) is Value or type(each) is Dual for each in x.ravel().tolist()):
        raise NotPlain
    tokens.append(x.dtype.kind)                 # arrays of integers hold no derivatives
    numbers.add(np.array(_flat(x, name), float))


def _read_other(x: Any, tokens: list[Any], numbers: _Numbers, name: Callable[[Any], str]) -> None:
    parts = opened(x)
    if parts is not None:
        static = None
        if dataclasses.is_dataclass(x):
            static = _static_fields(x, parts.keys)
        # a dict in the order of its keys, since a function may go through it in that order
        tokens += type(x), len(parts.children), tuple(x) if isinstance(x, dict) else static
        for child in parts.children:
            _read(child, tokens, numbers, name)
    elif is_operand(x):
        tokens.append(None)
        numbers.single.append(float(x))
    else:
        array, labelled = array_in(x)
        if array is None:
            _flat(x, name)                      # which raises
        check_nothing_lost(x, name(x))
        if labelled is not None:
            tokens += type(x), tuple(map(tuple, labelled.labels))
        _read_array(np.asarray(array), tokens, numbers, name)


def _flat(x: Any, name: Callable[[Any], str]) -> list[float]:
    return flatten(x, name(x), integer_arrays=True)[0]


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
