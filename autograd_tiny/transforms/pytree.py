"""Pytrees: arguments in any nesting of containers and arrays, flattened to numbers and put together again.

The word is JAX's. Containers are lists, tuples, dicts and dataclasses; `opened` knows them. An array counts as one
leaf, with a shape, and so do Series and DataFrames of pandas, which have labels too; every other leaf is a single
number. call.py flattens the arguments and results of functions, functional.py unflattens their derivatives.
"""
from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from itertools import accumulate, islice, pairwise, product
from typing import Any, NamedTuple, TypeAlias

from ..boundary.arguments import describe
from ..boundary.arrays import LabelledArray, array_in, plain_array
from ..boundary.foreign import check_nothing_lost
from ..boundary.text import shortened
from ..engine.value import Value, is_operand
from .dual import Dual

LeafShape: TypeAlias = "tuple[int, ...] | None"     # None for a single number
Rebuild: TypeAlias = "Callable[[list[Any]], Any]"


# ---- containers

class Opened(NamedTuple):
    """A container: the children, the key or index of each, and a function that makes one like it from others."""

    rebuild: Rebuild
    keys: Sequence[Any]
    children: Sequence[Any]


class Field(str):
    """The name of a field of a dataclass."""

    __slots__ = ()


def opened(x: Any) -> Opened | None:
    """The parts of a container; None for anything else.

    Of a dataclass these are the fields that its __init__ takes, without those marked by metadata={"static": True}.
    """
    if isinstance(x, list | tuple):
        return Opened(x._make if hasattr(x, "_make") else type(x), range(len(x)), x)       # _make: a namedtuple
    if isinstance(x, dict):
        keys = sorted(x, key=repr)              # equal dicts have equal structures, however they were made
        return Opened(_dict_like(x, keys), keys, [x[key] for key in keys])
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        fields = [Field(each.name) for each in dataclasses.fields(x) if each.init and not each.metadata.get("static")]
        return Opened(_DataclassLike(x, fields), fields, [getattr(x, name) for name in fields])
    return None


def _dict_like(x: dict[Any, Any], keys: Sequence[Any]) -> Rebuild:
    """Makes a dict of the type of x, with its keys in their order, from children in the order of the given keys."""
    template = copy(x)

    def rebuild(children: list[Any]) -> dict[Any, Any]:
        built = copy(template)
        for key, child in zip(keys, children, strict=True):
            built[key] = child                  # update of a Counter would add
        return built

    return rebuild


class _DataclassLike:
    """Makes instances of the dataclass of x from others of the given fields; all other fields are those of x."""

    def __init__(self, x: Any, fields: Sequence[str]) -> None:
        self._template = copy(x)
        self._fields = fields
        self._computed = [field.name for field in dataclasses.fields(x) if not field.init]

    def __call__(self, children: Sequence[Any]) -> Any:
        """By __init__, which computes fields that depend on others anew.

        Raises:
            TypeError: It changes a number before it computes others from it, and would do so again each time.
        """
        given = dict(zip(self._fields, children, strict=True))
        made = dataclasses.replace(self._template, **given)
        for name, child in given.items():
            if getattr(made, name) is not child:
                if self._computed:
                    raise TypeError(
                        f"{type(made).__name__} changes its field {name} when it is made, and computes "
                        f"{self._computed[0]} too: compute it in a property, or keep {name} as it is given"
                    )
                object.__setattr__(made, name, child)
        return made

    def of_derivatives(self, children: Sequence[Any]) -> Any:
        """Without __init__, which may check the numbers or compute from them; fields that it does not take are None."""
        made = copy(self._template)
        for name, child in (dict.fromkeys(self._computed) | dict(zip(self._fields, children, strict=True))).items():
            object.__setattr__(made, name, child)       # the dataclass may be frozen
        return made


# ---- structures

def size(shape: LeafShape) -> int:
    """The count of numbers in a leaf."""
    return 1 if shape is None else math.prod(shape)


class Structure:
    """A pytree without its numbers, which JAX calls a treedef.

    Attributes:
        rebuild: Makes the container from its children; None for a leaf.
        children: The structures in a container.
        keys: The key or index of each child.
        shape: Of a leaf.
        labelled: The Series or DataFrame that a leaf is, without its numbers; None for a number and an array.
        leaf_shapes: The shapes of all leaves, in order.
    """

    __slots__ = ("children", "keys", "labelled", "leaf_shapes", "rebuild", "shape")

    def __init__(
        self, rebuild: Rebuild | None, children: Sequence[Structure] = (), keys: Sequence[Any] = (),
        shape: LeafShape = None, labelled: LabelledArray | None = None,
    ) -> None:
        self.rebuild = rebuild
        self.children = children
        self.keys = keys
        self.shape = shape
        self.labelled = labelled
        self.leaf_shapes: list[LeafShape] = (
            [shape] if rebuild is None else [leaf for child in children for leaf in child.leaf_shapes]
        )

    @property
    def is_number(self) -> bool:
        """Whether it is one number: an array of no dimensions is one too."""
        return self.rebuild is None and not self.shape

    def unflatten(self, numbers: Sequence[Any], derivatives: bool = False) -> Any:
        """The pytree of this structure with these numbers, which may be derivatives by or of those that it had."""
        rest = iter(numbers)
        leaves = (
            next(rest) if shape is None else array_of(list(islice(rest, size(shape))), shape)
            for shape in self.leaf_shapes
        )
        return self.with_leaves(leaves, derivatives)

    def with_leaves(self, leaves: Iterator[Any], derivatives: bool = True) -> Any:
        """The pytree of this structure with anything in the places of its leaves."""
        if self.rebuild is None:
            leaf = next(leaves)
            return leaf if self.labelled is None else self.labelled.of(leaf)
        children = [next(leaves) if c is NUMBER else c.with_leaves(leaves, derivatives) for c in self.children]
        if derivatives and isinstance(self.rebuild, _DataclassLike):
            return self.rebuild.of_derivatives(children)
        return self.rebuild(children)

    def names(self, name: str) -> list[str]:
        """A name for each number of a pytree called `name`: x[0], params['w'][1, 2], params.w."""
        if self.rebuild is not None:
            pairs = zip(self.children, self.keys, strict=True)
            return [
                each for child, key in pairs
                for each in child.names(f"{name}.{key}" if isinstance(key, Field) else f"{name}[{key!r}]")
            ]
        if not self.shape:
            return [name]
        axes = map(range, self.shape) if self.labelled is None else self.labelled.labels
        return [f"{name}[{', '.join(map(repr, index))}]" for index in product(*axes)]

    def matches(self, other: Structure) -> bool:
        """Whether the other is the same, no matter if list or tuple, number or array of no dimensions.

        A Series matches an array of its length, and a Series with the same labels.
        """
        mine, its = ((each.rebuild is None, [*each.keys], each.shape or None) for each in (self, other))
        if self.labelled is not None and other.labelled is not None and self.labelled.labels != other.labelled.labels:
            return False
        return mine == its and all(x.matches(y) for x, y in zip(self.children, other.children, strict=True))

    def describe(self) -> str:
        """In words, for an error message."""
        if self.rebuild is None:
            labels = "" if self.labelled is None else f" with the labels {shortened(self.labelled.labels)}"
            return "a number" if self.shape is None else f"an array of shape {self.shape}{labels}"
        count = len(self.children)
        if not all(isinstance(key, int) for key in self.keys):
            keys = ", ".join(map(repr, self.keys))
            return f"{count} {'item' if count == 1 else 'items'} under {keys}"
        inside = sorted({child.describe() for child in self.children})
        return f"a sequence of length {count}" + (f" ({'; '.join(inside)})" if inside else "")


NUMBER = Structure(None)


# ---- flattening

def flatten(x: Any, name: str, integer_arrays: bool = False) -> tuple[list[Any], Structure]:
    """The numbers in a pytree, in order, and its structure.

    Args:
        x: The pytree.
        name: Its name in an error message.
        integer_arrays: Whether arrays of integers are welcome, which can't hold a derivative.

    Raises:
        TypeError: A leaf is neither a number nor an array of numbers.
        ValueError: It contains itself, or has masked numbers or one that is too large for a float.
    """
    numbers: list[Any] = []

    def structure_of(x: Any, name: str) -> Structure:
        if type(x) is float or isinstance(x, Value | Dual):
            numbers.append(x)
            return NUMBER
        parts = opened(x)
        if parts is not None:
            children = [
                structure_of(child, f"{name}, field {key}" if isinstance(key, Field) else name)
                for key, child in zip(parts.keys, parts.children, strict=True)
            ]
            return Structure(parts.rebuild, children, parts.keys)
        if is_operand(x):
            numbers.append(float(x))
            return NUMBER
        array, labelled = array_in(x)
        if array is not None:
            check_nothing_lost(x, name)
            array = plain_array(array, name)
            numbers.extend(_numbers_in(array, name, integer_arrays))
            return Structure(None, shape=array.shape, labelled=labelled)
        hint = " (mark such a field by metadata={'static': True})" if ", field " in name else ""
        raise TypeError(
            f"{name}: a number, or a list, tuple, dict, dataclass or array of numbers is expected, "
            f"got {describe(x)}{hint}"
        )

    try:
        return numbers, structure_of(x, name)
    except RecursionError:
        raise ValueError(f"{name} contains itself, or is nested too deeply: some hundred levels are the most") from None
    except OverflowError:
        raise ValueError(f"{name}: a number in it is too large for a float: {describe(x)}") from None


def flatten_like(x: Any, structure: Structure, name: str, other_name: str) -> list[Any]:
    """The numbers in a pytree x; ValueError unless it has the structure of another, whose name is given."""
    numbers, found = flatten(x, name, integer_arrays=True)
    if not found.matches(structure):
        raise ValueError(
            f"{name} must have the structure of {other_name}: {structure.describe()}, got {found.describe()}"
        )
    return numbers


def _numbers_in(array: Any, name: str, integer_arrays: bool) -> list[Any]:
    if array.dtype.kind == "f":
        floats: list[Any] = array.astype(float).ravel().tolist()
        return floats
    numbers: list[Any] = array.ravel().tolist()
    if array.dtype.kind in "iub" and not integer_arrays:
        raise TypeError(
            f"{name} is an array of integers ({array.dtype}), which cannot hold derivatives: "
            "pass x.astype(float)"
        )
    for x in numbers:
        if not isinstance(x, Dual) and not is_operand(x):
            raise TypeError(f"{name}: an array of numbers is expected, got {describe(x)} in it")
    return [x if isinstance(x, Value | Dual) else float(x) for x in numbers]


# ---- putting together

def array_of(numbers: list[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats; an object array if there are Values or dual numbers among them."""
    import numpy as np

    plain = all(type(x) is float for x in numbers)
    array = np.empty(len(numbers), float if plain else object)
    array[:] = numbers
    return array.reshape(shape)


def unflatten_jacobian(rows: list[list[Any]], result: Structure, argument: Structure) -> Any:
    """A Jacobian matrix as a pytree: in the structure of the result, and inside in that of the argument.

    Args:
        rows: The derivatives, a row for each number of the result, a column for each of the argument.
        result, argument: The structures. Leaves of the shapes a and b make an array of the shape a + b.
    """
    heights, widths = _slices(result), _slices(argument)
    return result.with_leaves(iter([
        argument.with_leaves(iter([
            _block([x for row in rows[height] for x in row[width]], result_shape, argument_shape)
            for width, argument_shape in zip(widths, argument.leaf_shapes, strict=True)
        ]))
        for height, result_shape in zip(heights, result.leaf_shapes, strict=True)
    ]))


def _block(numbers: list[Any], result_shape: LeafShape, argument_shape: LeafShape) -> Any:
    if result_shape is None and argument_shape is None:
        return numbers[0]
    return array_of(numbers, (result_shape or ()) + (argument_shape or ()))


def _slices(structure: Structure) -> list[slice]:
    """The place of each leaf among the numbers."""
    ends = list(accumulate(map(size, structure.leaf_shapes), initial=0))
    return [slice(a, b) for a, b in pairwise(ends)]


def map_values(function: Callable[[Any], Any], x: Any) -> Any:
    """A pytree with a function applied to its Values and dual numbers; all other leaves may be anything."""
    if isinstance(x, Value | Dual):
        return function(x)
    parts = opened(x)
    if parts is not None:
        found = [map_values(function, each) for each in parts.children]
        return x if all(map(operator.is_, found, parts.children)) else parts.rebuild(found)
    array, labelled = array_in(x)
    if array is None or array.dtype.kind != "O":
        return x
    mapped = array_of([map_values(function, each) for each in array.ravel().tolist()], array.shape)
    return mapped if labelled is None else labelled.of(mapped)
