"""Pytrees: arguments in any nesting of lists, tuples, dicts and arrays, flattened to numbers and put together again.

The word is JAX's. Here an array counts as one leaf, with a shape; every other leaf is a single number. call.py
flattens the arguments and results of functions, functional.py unflattens their derivatives.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from itertools import accumulate, islice, pairwise
from typing import Any, TypeAlias

from ..boundary.arguments import describe
from ..boundary.arrays import is_array
from ..engine.value import Value, is_operand
from .dual import Dual

LeafShape: TypeAlias = "tuple[int, ...] | None"     # None for a single number


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
        leaf_shapes: The shapes of all leaves, in order.
    """

    __slots__ = ("children", "keys", "leaf_shapes", "rebuild", "shape")

    def __init__(
        self, rebuild: Callable[[list[Any]], Any] | None, children: Sequence[Structure] = (),
        keys: Sequence[Any] = (), shape: LeafShape = None,
    ) -> None:
        self.rebuild = rebuild
        self.children = children
        self.keys = keys
        self.shape = shape
        self.leaf_shapes: list[LeafShape] = (
            [shape] if rebuild is None else [leaf for child in children for leaf in child.leaf_shapes]
        )

    @property
    def is_number(self) -> bool:
        """Whether it is one number: an array of no dimensions is one too."""
        return self.rebuild is None and not self.shape

    def unflatten(self, numbers: Sequence[Any]) -> Any:
        """The pytree of this structure with these numbers."""
        rest = iter(numbers)
        return self.with_leaves(
            next(rest) if shape is None else array_of(list(islice(rest, size(shape))), shape)
            for shape in self.leaf_shapes
        )

    def with_leaves(self, leaves: Iterator[Any]) -> Any:
        """The pytree of this structure with anything in the places of its leaves."""
        if self.rebuild is None:
            return next(leaves)
        return self.rebuild([next(leaves) if c is NUMBER else c.with_leaves(leaves) for c in self.children])

    def names(self, name: str) -> list[str]:
        """A name for each number of a pytree called `name`: x[0], params['w'][1, 2]."""
        if self.rebuild is not None:
            pairs = zip(self.children, self.keys, strict=True)
            return [each for child, key in pairs for each in child.names(f"{name}[{key!r}]")]
        if not self.shape:
            return [name]
        import numpy as np

        return [f"{name}[{', '.join(map(str, index))}]" for index in np.ndindex(self.shape)]

    def matches(self, other: Structure) -> bool:
        """Whether the other is the same, no matter if list or tuple, number or array of no dimensions."""
        mine, its = ((each.rebuild is None, [*each.keys], each.shape or None) for each in (self, other))
        return mine == its and all(x.matches(y) for x, y in zip(self.children, other.children, strict=True))

    def describe(self) -> str:
        """In words, for an error message."""
        if self.rebuild is None:
            return "a number" if self.shape is None else f"an array of shape {self.shape}"
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
    """
    numbers: list[Any] = []

    def structure_of(x: Any) -> Structure:
        if type(x) is float or isinstance(x, Value | Dual):
            numbers.append(x)
            return NUMBER
        if isinstance(x, list | tuple):
            rebuild = x._make if hasattr(x, "_make") else type(x)     # a namedtuple
            return Structure(rebuild, [structure_of(each) for each in x], range(len(x)))
        if isinstance(x, dict):
            keys = sorted(x, key=repr)          # equal dicts have equal structures, however they were made
            return Structure(_dict_like(x, keys), [structure_of(x[key]) for key in keys], keys)
        if is_operand(x):
            numbers.append(float(x))
            return NUMBER
        if is_array(x):
            numbers.extend(_numbers_in(x, name, integer_arrays))
            return Structure(None, shape=x.shape)
        raise TypeError(
            f"{name}: a number, or a list, tuple, dict or array of numbers is expected, got {describe(x)}"
        )

    structure = structure_of(x)
    return numbers, structure


def flatten_like(x: Any, structure: Structure, name: str, other_name: str) -> list[Any]:
    """The numbers in a pytree x; ValueError unless it has the structure of another, whose name is given."""
    numbers, found = flatten(x, name, integer_arrays=True)
    if not found.matches(structure):
        raise ValueError(
            f"{name} must have the structure of {other_name}: {structure.describe()}, got {found.describe()}"
        )
    return numbers


def _dict_like(x: dict[Any, Any], keys: list[Any]) -> Callable[[list[Any]], dict[Any, Any]]:
    """Makes a dict of the type of x, with its keys in their order, from children in the order of the given keys."""
    template = copy(x)

    def rebuild(children: list[Any]) -> dict[Any, Any]:
        built = copy(template)
        built.update(zip(keys, children, strict=True))
        return built

    return rebuild


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
    if isinstance(x, list | tuple):
        items = [map_values(function, each) for each in x]
        if all(map(operator.is_, items, x)):
            return x
        return x._make(items) if hasattr(x, "_make") else type(x)(items)
    if isinstance(x, dict):
        found = {key: map_values(function, each) for key, each in x.items()}
        return x if all(map(operator.is_, found.values(), x.values())) else found
    if is_array(x) and x.dtype.kind == "O":
        return array_of([map_values(function, each) for each in x.ravel().tolist()], x.shape)
    return x
