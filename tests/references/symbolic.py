"""Derivatives of every order, exact: SymPy differentiates the operations, mpmath evaluates with 1,000 digits.

So many are needed where 1 - x² stands for x = 1e-300. What is not smooth is left out: its derivatives of second
order are 0 or those of one of its branches.
"""
from __future__ import annotations

from functools import cache
from typing import Any

import mpmath
import sympy

DIGITS = 1000
X, Y = sympy.symbols("x y", real=True)

SMOOTH: dict[str, Any] = {
    "mul": X * Y,
    "div": X / Y,
    "pow": X**Y,
    "exp": sympy.exp(X),
    "exp2": sympy.Integer(2) ** X,
    "expm1": sympy.exp(X) - 1,
    "log": sympy.log(X),
    "log1p": sympy.log(1 + X),
    "log2": sympy.log(X) / sympy.log(2),
    "log10": sympy.log(X) / sympy.log(10),
    "sqrt": X ** sympy.Rational(1, 2),
    "cbrt": X ** sympy.Rational(1, 3),
    "sin": sympy.sin(X),
    "cos": sympy.cos(X),
    "tan": sympy.tan(X),
    "asin": sympy.asin(X),
    "acos": sympy.acos(X),
    "atan": sympy.atan(X),
    "atan2": sympy.atan2(X, Y),
    "sinh": sympy.sinh(X),
    "cosh": sympy.cosh(X),
    "tanh": sympy.tanh(X),
    "asinh": sympy.asinh(X),
    "acosh": sympy.log(X + sympy.sqrt(X - 1) * sympy.sqrt(X + 1)),
    "atanh": sympy.atanh(X),
    "hypot": sympy.sqrt(X**2 + Y**2),
    "erf": sympy.erf(X),
    "erfc": -sympy.erf(X),
    "sigmoid": 1 / (1 + sympy.exp(-X)),
    "softplus": sympy.log(1 + sympy.exp(X)),
    "silu": X / (1 + sympy.exp(-X)),
    "mish": X * sympy.tanh(sympy.log(1 + sympy.exp(X))),
    "erfinv": sympy.erfinv(X),
    "norm_pdf": sympy.exp(-(X**2) / 2) / sympy.sqrt(2 * sympy.pi),
    "norm_cdf": (1 + sympy.erf(X / sympy.sqrt(2))) / 2,
    "log_sigmoid": -sympy.log(1 + sympy.exp(-X)),
    "xlogy": X * sympy.log(Y),
    "logaddexp": sympy.log(sympy.exp(X) + sympy.exp(Y)),
    "gelu": X * (1 + sympy.erf(X / sympy.sqrt(2))) / 2,
}


@cache
def derivative(name: str, order: tuple[int, ...]) -> Any:
    """A function of as many numbers as there are operands: the derivative of this order by each of them."""
    symbols = (X, Y)[: len(order)]
    formula = SMOOTH[name]
    for symbol, times in zip(symbols, order, strict=True):
        formula = sympy.diff(formula, symbol, times)
    return sympy.lambdify(symbols, formula, modules="mpmath", cse=True)


@cache
def exact_derivative(name: str, order: tuple[int, ...], operands: tuple[float, ...]) -> Any:
    """That derivative at the operands; nan where it is not a finite real number."""
    try:
        with mpmath.workdps(DIGITS):
            found = derivative(name, order)(*map(mpmath.mpf, operands))
    except (ZeroDivisionError, ValueError, OverflowError):
        return mpmath.nan
    return mpmath.nan if isinstance(found, mpmath.mpc) else mpmath.mpf(found)
