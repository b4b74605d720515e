"""Arithmetic on floats that never raises: IEEE 754, as in C, NumPy and PyTorch.

Python's `math` raises where the standard has an answer: `math.log(0)`, `math.exp(1000)`, `1 / 0`.
These functions give that answer instead: -inf, inf, inf. The compiled engine does not need them:
there, `ieee.exp` is the C library's `exp` (see ieee.pxd).
"""
from __future__ import annotations

import math
from collections.abc import Callable
from math import atan, atan2 as atan2, copysign, erf, erfc, fabs, hypot as hypot, inf, isnan, nan, tanh

from .special import erfinv, lgamma, polygamma


def _total(
    function: Callable[[float], float],
    outside: Callable[[float], float] = lambda x: nan,
    overflow: Callable[[float], float] = lambda x: inf,
) -> Callable[[float], float]:
    """`function`, with an answer where `math` raises: off its domain, or too large for a float."""

    def total(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return outside(x)
        except OverflowError:
            return overflow(x)

    return total


exp = _total(math.exp)
exp2 = _total(math.exp2)
expm1 = _total(math.expm1)
log = _total(math.log, outside=lambda x: -inf if x == 0 else nan)
log2 = _total(math.log2, outside=lambda x: -inf if x == 0 else nan)
log10 = _total(math.log10, outside=lambda x: -inf if x == 0 else nan)
log1p = _total(math.log1p, outside=lambda x: -inf if x == -1 else nan)
sin = _total(math.sin)
cos = _total(math.cos)
tan = _total(math.tan)
asin = _total(math.asin)
acos = _total(math.acos)
sinh = _total(math.sinh, overflow=lambda x: copysign(inf, x))
cosh = _total(math.cosh)
asinh = _total(math.asinh)
acosh = _total(math.acosh)
atanh = _total(math.atanh, outside=lambda x: copysign(inf, x) if fabs(x) == 1 else nan)


cbrt = math.cbrt


def _to_integer(function: Callable[[float], int]) -> Callable[[float], float]:
    """`function`, for infinities and nan too, and with the sign of a zero."""
    return lambda x: copysign(function(x), x) if math.isfinite(x) else x


floor = _to_integer(math.floor)
ceil = _to_integer(math.ceil)
trunc = _to_integer(math.trunc)
rint = _to_integer(round)


def fmod(x: float, y: float) -> float:
    """The remainder of x / y, with the sign of x; nan for y = 0 or an infinite x."""
    return nan if y == 0 or fabs(x) == inf else math.fmod(x, y)


def sqrt(x: float) -> float:
    """√x; nan for a negative number."""
    return math.sqrt(x) if not x < 0 else nan


def divide(x: float, y: float) -> float:
    """x / y; ±inf where y is zero and x is not, nan for 0 / 0."""
    if y != 0:
        return x / y
    return nan if x == 0 or isnan(x) else copysign(inf, x) * copysign(1.0, y)


def pow(x: float, y: float) -> float:
    """x to the power y; nan for a negative x and a fractional y, ±inf for 0 to a negative power."""
    try:
        return math.pow(x, y)
    except ValueError:
        limit = inf if x == 0 else nan
    except OverflowError:
        limit = inf
    odd = math.fmod(y, 2) in (1, -1)
    return copysign(limit, x) if odd else limit


__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "cos",
    "cosh",
    "divide",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "floor",
    "fmod",
    "hypot",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "polygamma",
    "pow",
    "rint",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
]
