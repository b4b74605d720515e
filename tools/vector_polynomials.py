"""Writes autograd_tiny/calculus/vector_polynomials.h: the polynomials of vector_math.h.

    python tools/vector_polynomials.py

Each approximates a function on an interval so that the largest error, times a weight, is as small as it can be with so
many coefficients (E. Remez, Sur la détermination des polynômes d'approximation de degré donnée, 1934). mpmath solves
for the coefficients with 100 digits; then they are rounded to double precision.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

import mpmath

MP = mpmath.MPContext()
MP.dps = 100
ROOT = Path(__file__).parents[1]
NEXT_TO_ZERO = MP.mpf("1e-16")      # in its place, since the functions divide by powers of it


class Polynomial(NamedTuple):
    """What is approximated, where, by how many coefficients; the weight of an error."""

    function: Callable[[Any], Any]
    low: Any
    high: Any
    count: int
    formula: str
    weight: Callable[[Any], Any] = lambda u: 1


def odd(function: Callable[[Any], Any], scale: int = 1) -> Callable[[Any], Any]:
    """For f(x) = x + x³ p(x²): p(u)."""
    return lambda u: (scale * function(MP.sqrt(u)) / MP.sqrt(u) - scale) / u


def scaled_erfc(t: Any) -> Any:
    """exp(x²) erfc(x) · (1 + 2x) for the x of which t = (x - 4) / (x + 4)."""
    x = 4 * (1 + t) / (1 - t)
    return MP.exp(x * x) * MP.erfc(x) * (1 + 2 * x)


def rest_of_scaled_erfc(t: Any) -> Any:
    """Its difference from the double next to its value at 0, divided by t."""
    return (scaled_erfc(t) - float(scaled_erfc(0))) / t


def along(x: str) -> Any:
    """(x - 4) / (x + 4)."""
    return (MP.mpf(x) - 4) / (MP.mpf(x) + 4)


HALF_LN2 = MP.ln2 / 2 * (1 + MP.mpf("1e-3"))
POLYNOMIALS = {
    "exp": Polynomial(lambda x: (MP.expm1(x) - x) / x**2, -HALF_LN2, HALF_LN2, 11, "(exp(x) - 1 - x) / x²"),
    "log": Polynomial(
        odd(MP.atanh, 2), 0, ((MP.sqrt(2) - 1) / (MP.sqrt(2) + 1)) ** 2, 7,
        "(log((1 + s) / (1 - s)) - 2s) / s³, x = s²",
    ),
    "sin": Polynomial(odd(MP.sin), 0, (MP.pi / 4) ** 2, 6, "(sin(r) - r) / r³, x = r²"),
    "cos": Polynomial(
        lambda u: (MP.cos(MP.sqrt(u)) - 1 + u / 2) / u**2, 0, (MP.pi / 4) ** 2, 6, "(cos(r) - 1 + r²/2) / r⁴, x = r²",
    ),
    "tan": Polynomial(odd(MP.tan), 0, (MP.pi / 4) ** 2, 14, "(tan(r) - r) / r³, x = r²"),
    "sinh": Polynomial(odd(MP.sinh), 0, 1, 7, "(sinh(y) - y) / y³, x = y²"),
    "tanh": Polynomial(odd(MP.tanh), 0, MP.mpf("0.55") ** 2, 10, "(tanh(y) - y) / y³, x = y²"),
    "atan": Polynomial(odd(MP.atan), 0, (MP.sqrt(2) - 1) ** 2, 12, "(atan(t) - t) / t³, x = t²"),
    "asin": Polynomial(odd(MP.asin), 0, MP.mpf(1) / 4, 13, "(asin(s) - s) / s³, x = s²"),
    "erf": Polynomial(
        lambda u: MP.erf(MP.sqrt(u)) / MP.sqrt(u) - 1, 0, MP.mpf("0.8") ** 2, 11, "erf(y) / y - 1, x = y²",
    ),
    "erfc": Polynomial(
        rest_of_scaled_erfc, along("0.65"), along("27.3"), 21,
        "(exp(y²) erfc(y) (1 + 2y) - c) / x, x = (y - 4) / (y + 4)", abs,
    ),
    "cbrt": Polynomial(lambda f: MP.cbrt(1 + f), MP.sqrt(MP.mpf(1) / 2) - 1, MP.sqrt(2) - 1, 9, "cbrt(1 + x)"),
    "long_log": Polynomial(
        lambda u: (odd(MP.atanh, 2)(u) - MP.mpf(2) / 3) / u, 0, ((MP.sqrt(2) - 1) / (MP.sqrt(2) + 1)) ** 2, 8,
        "((log((1 + s) / (1 - s)) - 2s) / s³ - 2/3) / s², x = s²",
    ),
}


def minimax(p: Polynomial) -> tuple[list[Any], Any]:
    """The coefficients, the constant one first, and the largest weighted error."""
    middle, radius, size = MP.mpf(p.high + p.low) / 2, MP.mpf(p.high - p.low) / 2, 40 * p.count
    grid = [middle - radius * MP.cos(MP.pi * i / size) for i in range(size + 1)]
    grid = [x if abs(x) > NEXT_TO_ZERO else NEXT_TO_ZERO for x in grid]
    values, weights = [p.function(x) for x in grid], [MP.mpf(p.weight(x)) for x in grid]
    places = [round(i * size / p.count) for i in range(p.count + 1)]
    for _ in range(30):
        rows = [[*(grid[i] ** k for k in range(p.count)), (-1) ** j / weights[i]] for j, i in enumerate(places)]
        *coefficients, level = MP.lu_solve(MP.matrix(rows), MP.matrix([values[i] for i in places]))
        errors = [
            weight * (MP.polyval(coefficients[::-1], x) - value)
            for x, value, weight in zip(grid, values, weights, strict=True)
        ]
        largest = max(map(abs, errors))
        if largest < abs(level) * MP.mpf("1.001"):
            break
        places = extremes(errors, p.count + 1)
    return coefficients, largest


def extremes(errors: Sequence[Any], count: int) -> list[int]:
    """Where the error is largest, once for each stretch of one sign; so many of these, without outer ones."""
    places = [0]
    for i, error in enumerate(errors):
        if error * errors[places[-1]] < 0:
            places.append(i)
        elif abs(error) > abs(errors[places[-1]]):
            places[-1] = i
    while len(places) > count:
        places.pop(0 if abs(errors[places[0]]) < abs(errors[places[-1]]) else -1)
    return places


def evaluation(coefficients: Sequence[float]) -> str:
    """c₀ + x · (the others, in a tree: G. Estrin, Organization of computer systems, 1960): its parts don't wait."""
    return f"{coefficients[0]!r} + x * ({tree(coefficients[1:])})"


def tree(coefficients: Sequence[float]) -> str:
    """The polynomial of powers x, x2, x4, x8 …"""
    if len(coefficients) == 1:
        return repr(coefficients[0])
    half = 1
    while 2 * half < len(coefficients):
        half *= 2
    power = "x" if half == 1 else f"x{half}"
    low, high = tree(coefficients[:half]), tree(coefficients[half:])
    return f"{low} + {power} * {high if half >= len(coefficients) - 1 else f'({high})'}"


def function(name: str, p: Polynomial) -> str:
    """The polynomial as a function in C."""
    exact, error = minimax(p)
    coefficients = [float(c) for c in exact]
    powers = [2**k for k in range(1, 6) if 2**k < p.count - 1]
    steps = "".join(f", x{k} = x{k // 2} * x{k // 2}".replace("x1 * x1", "x * x") for k in powers)
    text = evaluation(coefficients)
    low, high, largest = MP.nstr(MP.mpf(p.low), 5), MP.nstr(MP.mpf(p.high), 5), MP.nstr(error, 2)
    lines = [
        f"/* {p.formula}, from {low} to {high}; error {largest} */",
        f"INLINE double {name}_polynomial(double x) {{",
        *([f"    const double{steps[1:]};"] if steps else []),
        *wrap(f"return {text};", 116, initial_indent="    ", subsequent_indent="        "),
        "}",
    ]
    return "\n".join(lines)


def source() -> str:
    """The text of vector_polynomials.h."""
    head = (
        "/* Written by tools/vector_polynomials.py: the polynomials of vector_math.h, each with the largest error, or\n"
        "   weighted error, before its coefficients were rounded. */\n#pragma once\n"
    )
    return "\n\n".join([head.rstrip(), *(function(*item) for item in POLYNOMIALS.items())]) + "\n"


if __name__ == "__main__":
    ROOT.joinpath("autograd_tiny/calculus/vector_polynomials.h").write_text(source(), encoding="utf-8")
