"""Arguments, checked: errors name what was passed and what is expected."""
from __future__ import annotations

from math import inf
from numbers import Integral, Real

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

LONGEST_SHOWN = 60          # characters of a repr in an error message


def describe(x: object) -> str:
    """What an error message says somebody passed: "str '3'"."""
    if x is None:
        return "None"
    shown = repr(x).partition("\n")[0]
    if len(shown) > LONGEST_SHOWN:
        shown = shown[: LONGEST_SHOWN - 3] + "…"
    return f"{type(x).__name__} {shown}"


def nonnegative(name: str, given: Any, *, below: float = inf) -> float:
    """The argument as a float ≥ 0 and < below. TypeError unless it is a real number, ValueError out of range."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name}: a number is expected, got {describe(given)}")
    try:
        found = float(given)
    except OverflowError:
        found = inf
    if not 0 <= found < below:
        wanted = "a finite number, 0 or more," if below == inf else f"a number from 0 to below {below:g}"
        raise ValueError(f"{name}: {wanted} is expected, got {found!r}")
    return found


def integer(name: str, given: Any, least: int = 1) -> int:
    """The argument as an int ≥ least. TypeError unless it is an integer, ValueError below the least."""
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise TypeError(f"{name}: an integer is expected, got {describe(given)}")
    if given < least:
        raise ValueError(f"{name}: an integer of {least} or more is expected, got {int(given)}")
    return int(given)


def boolean(name: str, given: Any) -> bool:
    """The argument as True or False. TypeError for anything else; NumPy's bool is one too."""
    if not isinstance(given, bool) and type(given).__name__ not in ("bool", "bool_"):
        raise TypeError(f"{name}: True or False is expected, got {describe(given)}")
    return bool(given)
