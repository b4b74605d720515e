"""From text to functions: the formulas of the rows, compiled for numbers of any kind.

A formula is a Python expression. The names in it are looked up in a `Namespace`: with functions of floats a formula
gives floats, with functions of `Value`s a derivative that can be differentiated again.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from ..boundary.text import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any


class Namespace(dict):  # type: ignore[type-arg]  # Any is not loaded
    """The implementations of the formulas' functions for one kind of number, by name.

    Beside the functions of the rows there are those for operators and comparisons (divide, pow, greater, …) and
    where(condition, x, y), whose branches are functions without arguments, so that only one need be called.
    """

    __hash__ = object.__hash__  # type: ignore[assignment]  # two namespaces are never the same one
    __eq__ = object.__eq__


@cache
def compiled(text: str, names: tuple[str, ...], namespace: Namespace) -> Callable[..., Any]:
    """The formula as a Python function of the names. Formulas are part of this package, never user input."""
    from .syntax import as_expression  # here: most programs never need it, and `ast` is slow to load

    code = compile(as_expression(text, names), f"<formula {text}>", "eval")
    function: Callable[..., Any] = eval(code, namespace)
    return function


@cache
def interpreted(text: str, names: tuple[str, ...], namespace: Namespace) -> Callable[..., Any]:
    """The same for a formula that users wrote, of numbers alone: no text of theirs becomes code.

    A formula that is an integer gives it as it is, so that a derivative of 1 is recognised.
    """
    import ast

    from .syntax import closure

    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Constant):
        return lambda *xs: tree.value
    function = closure(tree, {name: k for k, name in enumerate(names)}, namespace)
    return lambda *xs: function(xs)


# ---- functions in formulas that are the same for every kind of number

def products_of_others(xs: Sequence[Any]) -> list[Any]:
    """For each x the product of all the others, without dividing: one of them may be 0."""
    before = [1.0]
    for x in xs[:-1]:
        before.append(before[-1] * x)
    after = 1.0
    others = []
    for x, product in zip(reversed(xs), reversed(before), strict=True):
        others.append(product * after)
        after = after * x
    return others[::-1]


def sum_in_order(xs: Sequence[Any]) -> Any:
    """The sum from left to right, as the engine adds: Python's own compensates for rounding from 3.12 on."""
    total = 0.0
    for x in xs:
        total += x
    return total


def sharing(equal: Callable[[Any, Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    """The function shares(flags), for numbers that this function compares."""
    def shares(flags: Sequence[Any]) -> list[Any]:
        """One unit, shared in proportion to the flags; nothing if they are all 0."""
        total = sum_in_order(flags)
        divisor = total + equal(total, 0.0)
        return [flag / divisor for flag in flags]

    return shares


def position(index: float, count: int) -> int:
    """The place, from 0, of the element that an index means among so many; negative ones count from the end.

    Raises:
        IndexError: The index is not an integer, or there is no such element.
    """
    if not -count <= index < count or index != int(index):
        raise index_error(index, count)
    return int(index) % count


class WrongIndexError(IndexError):
    """An index that means none of the values that one is taken from."""


def index_error(index: float, count: int, name: str = "") -> WrongIndexError:
    """The error for an index, perhaps one with a name, that means none of so many elements."""
    is_whole = index - index == 0.0 and index == int(index)
    shown = str(int(index)) if is_whole and abs(index) < 1e16 else repr(float(index))
    if name:
        shown = f"{shortened(name)} = {shown}"
    if not is_whole:
        return WrongIndexError(f"an index is an integer, such as 2 or 2.0, got {shown}")
    known = f"the indices of {count} values are {-count} to {count - 1}" if count else "there are no values"
    return WrongIndexError(f"index {shown} is out of range: {known}")
