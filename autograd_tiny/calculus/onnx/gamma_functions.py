"""lgamma and polygamma, composed: a recurrence to where the asymptotic series is precise, and reflection below 0.

M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), 6.1.17, 6.1.41, 6.3 and 6.4; special.py says
polygamma for floats.
"""
from __future__ import annotations

import math

from ..special import BERNOULLI, LARGEST_ORDER
from .elementary import absolute, is_equal, log
from .symbols import Number, Symbol, applied, chosen

FAR = 12                                # from here on the series is precise; for derivatives of order n, from FAR + n


def lgamma(x: Symbol) -> Symbol:
    """The logarithm of |Γ(x)|; near its zeros an absolute error of 1e-14."""
    is_left = x < 0.0
    right = _lgamma_right(chosen(is_left, 1.0 - x, x))
    distance = absolute(x - applied("Round", x))
    turn = math.pi * distance
    slope = chosen(distance < 1e-9, 1.0, applied("Sin", turn) / turn)
    reflected = chosen(is_equal(distance, 0.0), math.inf, -log(distance) - log(slope) - right)
    return chosen(is_equal(absolute(x), math.inf), math.inf, chosen(is_left, reflected, right))


def _lgamma_right(x: Symbol) -> Symbol:
    """For x from 0 on."""
    is_near = x < float(FAR)
    near = applied("Min", x, float(FAR))
    product = near + 1.0
    for k in range(2, FAR):
        product = product * (near + float(k))
    y = chosen(is_near, x + float(FAR), x)
    z = 1.0 / (y * y)
    series: Number = 0.0
    for k in range(len(BERNOULLI), 0, -1):
        series = BERNOULLI[k - 1] / (2 * k * (2 * k - 1)) + z * series
    logarithm = log(y)
    stirling = (y - 0.5) * (logarithm - 1.0) + (0.5 * math.log(2.0 * math.pi) - 0.5) + series / y
    return stirling - chosen(is_near, log(near) + log(product), 0.0)


def polygamma(order: Number, x: Symbol) -> Symbol:
    """The derivative of this order of the digamma function.

    Raises:
        ValueError: The order is not a constant.
    """
    if isinstance(order, Symbol):
        raise ValueError("polygamma(n, x) has operators of ONNX for a constant n only")
    if not 0 <= order <= LARGEST_ORDER or order != int(order):
        return chosen(is_equal(x, x), math.nan, math.nan)
    n = int(order)
    is_left = x < -0.5
    distance = x - applied("Round", x)
    right, other = _polygamma_right(n, chosen(is_left, 1.0 - x, x)), _polygamma_right(n, 1.0 - distance)
    reflected = right - other if n % 2 == 0 else other - right
    left = _polygamma_right(n, distance) + reflected
    pole = chosen(is_equal(x, 0.0), -1.0 / x, math.nan) if n % 2 == 0 else math.inf
    is_pole = _both(is_equal(x, applied("Floor", x)), x <= 0.0)
    inside = chosen(is_pole, pole, chosen(is_left, left, right))
    at_end = chosen(x > 0.0, math.inf if n == 0 else 0.0, math.nan)
    return chosen(is_equal(absolute(x), math.inf), at_end, inside)


def _both(one: Symbol, other: Symbol) -> Symbol:
    return one * other


def _polygamma_right(n: int, x: Symbol) -> Symbol:
    """For x of at least -½: (-1)^(n+1) n! Σ 1 / (x + k)^(n+1), where the sum over k ≥ FAR + n + 1 is a series."""
    steps = FAR + n + 1
    skipped: Number = 0.0
    for k in range(steps):
        skipped = skipped + applied("Pow", x + float(k), -float(n + 1))
    y = x + float(steps)
    z = 1.0 / (y * y)
    series: Number = 0.0
    for k in range(len(BERNOULLI), 0, -1):
        # B₂ₖ (2k + n - 1)! / (2k)!, divided by (n - 1)! beyond the logarithm itself
        factor = math.prod(range(2 * k + 1, 2 * k + n)) / math.factorial(max(n - 1, 0)) if n else 1.0 / (2 * k)
        series = z * (BERNOULLI[k - 1] * factor + series)
    if n == 0:
        return log(y) - 0.5 / y - series - skipped
    first = float(math.factorial(n - 1)) * applied("Pow", y, -float(n))
    total = float(math.factorial(n)) * skipped + first * (1.0 + n / 2.0 / y + series)
    return total if n % 2 == 1 else -total
