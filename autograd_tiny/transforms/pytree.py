"""Arguments in any nesting of lists, tuples, dicts and arrays: taken apart into numbers, and put together.

What JAX calls pytrees. An array counts as one leaf that has a shape; all other leaves are single numbers.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from itertools import accumulate, islice, pairwise
from typing import Any

from ..boundary.arguments import describe
from ..boundary.arrays import is_array
from ..engine.value import Value, is_operand
from .dual import Dual

Leaf = tuple[int, ...] | None           # the shape of an array; None for a single number


def size(leaf: Leaf) -> int:
    """How many numbers a leaf holds."""
    return 1 if leaf is None else math.prod(leaf)


class Structure:
    """What is left of an argument when its numbers are taken out; `build` puts numbers in again.

    rebuild: makes the container from its children; None for a leaf. keys: what leads to each child.
    shape: of a leaf that is an array. leaves: the shape of each array, and None for each number, in order.
    """

    __slots__ = ("children", "keys", "leaves", "rebuild", "shape")

    def __init__(
        self, rebuild: Callable[[list[Any]], Any] | None, children: Sequence[Structure] = (),
        keys: Sequence[Any] = (), shape: Leaf = None,
    ) -> None:
        self.rebuild = rebuild
        self.children = children
        self.keys = keys
        self.shape = shape
        self.leaves: list[Leaf] = (
            [shape] if rebuild is None else [leaf for child in children for leaf in child.leaves]
        )

    @property
    def is_number(self) -> bool:
        """Whether it is one number: an array of no dimensions is one too."""
        return self.rebuild is None and not self.shape

    def build(self, numbers: Sequence[Any]) -> Any:
        """The same structure with these numbers in it."""
        rest = iter(numbers)
        return self.assemble(
            next(rest) if leaf is None else array_of(list(islice(rest, size(leaf))), leaf)
            for leaf in self.leaves
        )

    def assemble(self, leaves: Iterator[Any]) -> Any:
        """The same structure with these in the places of its numbers and arrays."""
        if self.rebuild is None:
            return next(leaves)
        return self.rebuild([next(leaves) if c is NUMBER else c.assemble(leaves) for c in self.children])

    def names(self, name: str) -> list[str]:
        """What to call each number, if all is called `name`: x[0], params['w'][1, 2]."""
        if self.rebuild is not None:
            pairs = zip(self.children, self.keys, strict=True)
            return [each for child, key in pairs for each in child.names(f"{name}[{key!r}]")]
        if not self.shape:
            return [name]
        import numpy as np

        return [f"{name}[{', '.join(map(str, index))}]" for index in np.ndindex(self.shape)]

    def matches(self, other: Structure) -> bool:
        """Whether the other is the same, no matter if list or tuple, number or array of no dimensions."""
        mine, its = ((x.rebuild is None, list(x.keys), x.shape or None) for x in (self, other))
        if mine != its:
            return False
        return all(mine.matches(its) for mine, its in zip(self.children, other.children, strict=True))

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


def flatten(x: Any, name: str, integer_arrays: bool = False) -> tuple[list[Any], Structure]:
    """The numbers in x, in order, and the structure around them.

    name: what to call x in an error. TypeError for anything that is no number, and for arrays of integers
    unless they are welcome: they could not hold a derivative.
    """
    numbers: list[Any] = []

    def taken_apart(x: Any) -> Structure:
        if type(x) is float or isinstance(x, Value | Dual):
            numbers.append(x)
            return NUMBER
        if isinstance(x, list | tuple):
            rebuild = x._make if hasattr(x, "_make") else type(x)     # a namedtuple
            return Structure(rebuild, [taken_apart(each) for each in x], range(len(x)))
        if isinstance(x, dict):
            order = sorted(x, key=repr)         # equal dicts are taken apart alike, however they were made
            return Structure(_dict_like(x, order), [taken_apart(x[key]) for key in order], order)
        if is_operand(x):
            numbers.append(float(x))
            return NUMBER
        if is_array(x):
            numbers.extend(_numbers_in(x, name, integer_arrays))
            return Structure(None, shape=x.shape)
        raise TypeError(
            f"{name}: a number, or a list, tuple, dict or array of numbers is expected, got {describe(x)}"
        )

    structure = taken_apart(x)
    return numbers, structure


def _dict_like(x: dict[Any, Any], order: list[Any]) -> Callable[[list[Any]], dict[Any, Any]]:
    template = copy(x)                      # of its own type, its keys in their order

    def rebuild(children: list[Any]) -> dict[Any, Any]:
        built = copy(template)
        built.update(zip(order, children, strict=True))
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


def array_of(numbers: list[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats; an object array if there are Values or dual numbers among them."""
    import numpy as np

    plain = all(type(x) is float for x in numbers)
    array = np.empty(len(numbers), float if plain else object)
    array[:] = numbers
    return array.reshape(shape)


def blocks(rows: list[list[Any]], result: Structure, argument: Structure) -> Any:
    """A Jacobian matrix in the structure of the result, with that of the argument inside."""
    heights, widths = _slices(result), _slices(argument)
    return result.assemble(iter([
        argument.assemble(iter([
            _block([x for row in rows[height] for x in row[width]], above, beside)
            for width, beside in zip(widths, argument.leaves, strict=True)
        ]))
        for height, above in zip(heights, result.leaves, strict=True)
    ]))


def _block(numbers: list[Any], above: Leaf, beside: Leaf) -> Any:
    if above is None and beside is None:
        return numbers[0]
    return array_of(numbers, (above or ()) + (beside or ()))


def _slices(structure: Structure) -> list[slice]:
    """Where the numbers of each leaf are."""
    ends = list(accumulate(map(size, structure.leaves), initial=0))
    return [slice(a, b) for a, b in pairwise(ends)]


def mapped(function: Callable[[Any], Any], x: Any) -> Any:
    """x with every Value and dual number in it replaced; everything else in it may be anything."""
    if isinstance(x, Value | Dual):
        return function(x)
    if isinstance(x, list | tuple):
        items = [mapped(function, each) for each in x]
        if all(map(operator.is_, items, x)):
            return x
        return x._make(items) if hasattr(x, "_make") else type(x)(items)
    if isinstance(x, dict):
        found = {key: mapped(function, each) for key, each in x.items()}
        return x if all(map(operator.is_, found.values(), x.values())) else found
    if is_array(x) and x.dtype.kind == "O":
        return array_of([mapped(function, each) for each in x.ravel().tolist()], x.shape)
    return x


def matching(given: Any, structure: Structure, what: str, like: str) -> list[Any]:
    """The numbers of something that must have the structure of something else."""
    numbers, found = flatten(given, what, integer_arrays=True)
    if not found.matches(structure):
        raise ValueError(
            f"{what} must have the structure of {like}: {structure.describe()}, got {found.describe()}"
        )
    return numbers
