"""The arithmetic of the pure engine: IEEE 754's answers where Python's math raises. NumPy is the judge."""
from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograd_tiny.calculus import ieee

MAGNITUDES = (
    0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-16, 0.5, math.nextafter(1, 0), 1.0,
    math.nextafter(1, 2), 1.5, 2.0, 3.0, 4.0, 100.0, 709.78, 709.79, 745.0, 746.0, 2.0**53, 2.0**53 - 1,
    1e16 + 2, 1e154, 1e200, 1e308, 1.7976931348623157e308, math.inf, math.nan,
)
NUMBERS = [sign * x for x in MAGNITUDES for sign in (1.0, -1.0)]

UNARY: dict[str, Callable[..., Any]] = {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan,
    "atanh": np.arctanh, "cbrt": np.cbrt, "ceil": np.ceil, "cos": np.cos,
    "cosh": np.cosh, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "fabs": np.fabs, "floor": np.floor,
    "log": np.log, "log10": np.log10, "log1p": np.log1p, "log2": np.log2, "rint": np.rint, "sin": np.sin,
    "sinh": np.sinh, "sqrt": np.sqrt, "tan": np.tan, "tanh": np.tanh, "trunc": np.trunc,
}
BINARY: dict[str, Callable[..., Any]] = {
    "atan2": np.arctan2, "divide": np.divide, "fmod": np.fmod, "hypot": np.hypot, "pow": np.float_power,
}
NOT_IN_NUMPY = {"erf", "erfc", "erfinv", "lgamma", "polygamma"}    # mpmath judges their rows


def agree(got: float, expected: float) -> bool:
    """nan for nan, the same infinity, a zero of the same sign, and for the rest within 2 ulp."""
    if math.isnan(expected):
        return math.isnan(got)
    if math.isinf(expected) or math.isinf(got):
        return got == expected
    same_sign = math.copysign(1.0, got) == math.copysign(1.0, expected)
    return same_sign and abs(got - expected) <= 2 * math.ulp(expected)


def judge(name: str, function: Callable[..., Any], *operands: float) -> None:
    with np.errstate(all="ignore"):
        expected = float(function(*map(np.float64, operands)))
    got = getattr(ieee, name)(*operands)
    assert type(got) is float
    assert agree(got, expected), f"{name}{operands} is {got!r}, expected {expected!r}"


def test_every_function_is_judged() -> None:
    assert {*UNARY, *BINARY, *NOT_IN_NUMPY} == set(ieee.__all__)


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_number(name: str) -> None:
    for x in NUMBERS:
        judge(name, UNARY[name], x)


@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_numbers(name: str) -> None:
    for x, y in product(NUMBERS, NUMBERS):
        judge(name, BINARY[name], x, y)


@pytest.mark.parametrize("x", NUMBERS)
def test_the_error_function(x: float) -> None:
    """It is odd, its complement reflects, and 1 and 2 are the limits."""
    assert agree(ieee.erf(-x), -ieee.erf(x))
    assert agree(ieee.erf(x) + ieee.erfc(x), x if math.isnan(x) else 1.0)
    assert agree(ieee.erfc(x) + ieee.erfc(-x), x if math.isnan(x) else 2.0)
    assert agree(ieee.erf(math.copysign(math.inf, x)), math.copysign(1.0, x))
