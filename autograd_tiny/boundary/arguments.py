"""Checks of arguments: each returns the argument in its plain type, or raises an error that names it."""
from __future__ import annotations

from math import inf
from numbers import Integral, Real

from .text import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any


def describe(x: object) -> str:
    """The type and the repr of an argument, for an error message: "str '3'"; of a function its name."""
    if x is None:
        return "None"
    kind = shortened(type(x).__name__)
    try:
        shown = getattr(x, "__qualname__", None) or repr(x).partition("\n")[0]
    except Exception:                           # the repr of a user's class may raise anything
        return kind
    return kind if " at 0x" in shown else f"{kind} {shortened(shown)}"      # an address says nothing


def is_other_kind(x: object) -> bool:
    """Whether x is a number of another kind: its type has a method apply_operation(operation, operands)."""
    return hasattr(type(x), "apply_operation")


def real(name: str, given: Any) -> float:
    """A real number as a float, infinite where it is too large for one.

    Args:
        name: The name of the argument, for the error.
        given: The argument.

    Raises:
        TypeError: `given` is not a real number.
    """
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name}: a number is expected, got {describe(given)}")
    try:
        return float(given)
    except OverflowError:
        return inf


def nonnegative(name: str, given: Any, *, below: float = inf) -> float:
    """A real number as a float.

    Args:
        name: The name of the argument, for the error.
        given: The argument.
        below: The exclusive upper bound.

    Raises:
        TypeError: `given` is not a real number.
        ValueError: It is negative, nan, or not below the bound.
    """
    found = real(name, given)
    if not 0 <= found < below:
        wanted = "a finite number, 0 or more," if below == inf else f"a number in [0, {below:g})"
        raise ValueError(f"{name}: {wanted} is expected, got {found!r}")
    return found


def integer(name: str, given: Any, least: int = 1) -> int:
    """An integer as an int.

    Args:
        name: The name of the argument, for the error.
        given: The argument.
        least: The smallest integer that is allowed.

    Raises:
        TypeError: `given` is not an integer.
        ValueError: It is less than `least`.
    """
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise TypeError(f"{name}: an integer is expected, got {describe(given)}")
    if given < least:
        raise ValueError(f"{name}: an integer of {least} or more is expected, got {int(given)}")
    return int(given)


def boolean(name: str, given: Any) -> bool:
    """A bool, Python's or NumPy's, as a Python bool.

    Raises:
        TypeError: `given` is something else.
    """
    if not isinstance(given, bool) and type(given).__name__ not in ("bool", "bool_"):
        raise TypeError(f"{name}: True or False is expected, got {describe(given)}")
    return bool(given)


def instance(name: str, given: Any) -> Any:
    """The argument itself.

    Raises:
        TypeError: It is a class, where an object of it is meant.
    """
    if isinstance(given, type):
        raise TypeError(f"{name}: an object is expected, got the class {given.__name__}: write {given.__name__}(…)")
    return given


def callable_with(name: str, given: Any, *arguments: str) -> Any:
    """A function, or another object that can be called with so many arguments, as far as one can know before.

    Raises:
        TypeError: It is something else, or takes other arguments.
    """
    form = f"({', '.join(arguments)})"
    if not callable(instance(name, given)):
        raise TypeError(f"{name}: a function {form} is expected, got {describe(given)}")
    if not takes(given, len(arguments)):
        raise TypeError(f"{name}: {describe(given)} is called as a function {form}, but takes other arguments")
    return given


def takes(function: Any, count: int) -> bool:
    """Whether a function can be called with so many arguments by position, as far as one can know before."""
    import inspect      # here, since that takes as long as half of the package

    try:
        inspect.signature(function).bind(*range(count))
    except ValueError:
        return True                             # a built-in function that does not tell
    except TypeError:
        return False
    return True


# ---- numbers of our own

CONVERSIONS = {
    "float": "a plain number made of {} would lose its {}: write x.data or x.item(), autograd_tiny.exp(x), sin(x), … "
             "instead of the functions in math, and give an array that is to hold such numbers dtype=object",
    "index": "{} is no index and no count, which would lose its {}: write autograd_tiny.take(values, x) to look "
             "something up, and int(x.data) for a number of steps",
}


def conversion_error(number: object, use: str, lost: str) -> TypeError:
    """The error for a Value or a dual number of which a "float" or an "index" is to be made.

    Args:
        number, use: The number, and what it is wanted for.
        lost: Its "gradient" or "derivative".
    """
    return TypeError(CONVERSIONS[use].format(repr(number), lost))
