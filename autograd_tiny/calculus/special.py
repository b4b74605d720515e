"""Special functions that neither Python's math nor the C library has: polygamma, erfinv. special.h says the same in C.

M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 6.3 and 6.4 for the digamma and polygamma
functions; S. Winitzki, A handy approximation for the error function and its inverse (2008), where erfinv starts.
"""
from __future__ import annotations

import math
from math import copysign, erf, erfc, exp, fabs, floor, inf, log, nan, pi, sqrt

BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
)                                   # B₂, B₄ … B₂₀
LARGEST_ORDER = 170                 # its factorial is still a float


def polygamma(order: float, x: float) -> float:
    """The derivative of this order of the digamma function, the logarithmic derivative of Γ; nan at most poles."""
    if not 0 <= order <= LARGEST_ORDER or order != floor(order) or x == -inf or x != x:
        return nan
    if x == inf:
        return inf if order == 0 else 0.0
    if x <= 0 and x == floor(x):
        if order % 2 == 1:
            return inf
        return copysign(inf, -x) if x == 0 else nan
    if x >= -0.5:
        return _polygamma_right(order, x)
    # reflected at 1/2; π·cot(πx), which is between both sides, has the period 1
    distance = x - round(x)
    reflected = _polygamma_right(order, 1 - x) - _polygamma_right(order, 1 - distance)
    return _polygamma_right(order, distance) + (reflected if order % 2 == 0 else -reflected)


def _polygamma_right(order: float, x: float) -> float:
    """For x of at least -1/2: by the recurrence up to where the asymptotic series is precise."""
    skipped = 0.0
    while x < 12 + order:
        power = 1 / x
        for _ in range(int(order)):
            power /= x
        skipped += power
        x += 1
    coefficient = (order * (order + 1) if order > 0 else 1.0) / 2 / x / x
    series = 0.0
    for i, bernoulli in enumerate(BERNOULLI):
        series += bernoulli * coefficient
        k = 2.0 * (i + 1)
        coefficient *= (k + order) * (k + order + 1) / ((k + 1) * (k + 2)) / x / x
    if order == 0:
        return log(x) - 0.5 / x - series - skipped
    factorial, first = 1.0, 1 / x           # order!, (order - 1)! / x^order
    for i in range(1, int(order)):
        factorial *= i
        first *= i / x
    total = factorial * order * skipped + first * (1 + order / 2 / x + series)
    return total if order % 2 == 1 else -total


def erfinv(x: float) -> float:
    """The number whose error function is x: Halley's method on erf, and far out on erfc."""
    distance = 1 - fabs(x)
    if not distance > 0:
        return copysign(inf, x) if distance == 0 else nan
    logarithm = log(distance) + log(1 + fabs(x))
    half = 2 / (pi * 0.147) + logarithm / 2
    z = sqrt(sqrt(half * half - logarithm / 0.147) - half)
    if fabs(x) < 1e-8:
        z = fabs(x) * (sqrt(pi) / 2)        # the next term of the series is a third of z³
    for _ in range(3):
        error = erf(z) - fabs(x) if z < 0.5 else distance - erfc(z)
        step = error / (2 / sqrt(pi) * exp(-z * z))
        z -= step / (1 + z * step)
    return copysign(z, x)


def lgamma(x: float) -> float:
    """The logarithm of |Γ(x)|; inf at the poles."""
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return inf


__all__ = ["erfinv", "lgamma", "polygamma"]
