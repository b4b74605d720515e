"""Arguments that are numbers, checked, with errors that name them."""
from __future__ import annotations

from math import inf
from numbers import Integral, Real
from typing import Any

from .engine import kind


def number(name: str, given: Any, *, below: float = inf) -> float:
    """An argument as a float from 0 up; TypeError for what is no real number, ValueError out of range."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name}: a number is expected, got {kind(given)}")
    try:
        found = float(given)
    except OverflowError:
        found = inf
    if not 0 <= found < below:
        wanted = "a finite number, 0 or more," if below == inf else f"a number from 0 to below {below:g}"
        raise ValueError(f"{name}: {wanted} is expected, got {found!r}")
    return found


def whole(name: str, given: Any, least: int = 1) -> int:
    """An argument as an int; TypeError for what is no whole number, ValueError for one below the least."""
    if isinstance(given, bool) or not isinstance(given, Integral):
        raise TypeError(f"{name}: a whole number is expected, got {kind(given)}")
    if given < least:
        raise ValueError(f"{name}: a whole number of {least} or more is expected, got {int(given)}")
    return int(given)


def flag(name: str, given: Any) -> bool:
    """An argument that is True or False; TypeError for anything else."""
    if not isinstance(given, bool) and type(given).__name__ not in ("bool", "bool_"):     # NumPy's
        raise TypeError(f"{name}: True or False is expected, got {kind(given)}")
    return bool(given)
