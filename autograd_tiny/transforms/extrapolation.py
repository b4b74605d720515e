"""The limit of a function of a step as the step goes to 0, from its values at narrower and narrower steps.

Values at wide steps are wrong by powers of the step, those at narrow steps by rounding. A table eliminates one power
after the other, and each of its entries has a bound of both errors. L. F. Richardson, The approximate arithmetical
solution by finite differences (1911); C. J. F. Ridders, Accurate computation of F'(x) and F'(x)F''(x) (1982).
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

MOST_POWERS = 5         # that are eliminated
NEAR = 1e3              # two steps with a larger ratio than this are not extrapolated together


class Estimate(NamedTuple):
    """A number and a bound of its error."""

    value: float
    error: float


def limit(steps: Sequence[float], values: Sequence[float], errors: Sequence[float], power: int) -> Estimate:
    """The limit of values as their step goes to 0.

    Wide steps may jump over details of the function. So the answer is the most exact of those estimates that all
    estimates from narrower steps confirm: their intervals have a point in common.

    Args:
        steps: Each narrower than the one before.
        values: A number for each step.
        errors: Bounds of the rounding errors of the values.
        power: The values differ from the limit by a multiple of step^power, one of step^(2·power), and so on.

    Returns:
        nan with an infinite error if there are too few steps.
    """
    best = Estimate(math.nan, math.inf)
    low, high = -math.inf, math.inf
    for each in reversed(_estimates(steps, values, errors, power)):
        low, high = max(low, each.value - each.error), min(high, each.value + each.error)
        if low > high:
            break
        best = min(best, each, key=lambda estimate: estimate.error)
    return best


def _estimates(
    steps: Sequence[float], values: Sequence[float], errors: Sequence[float], power: int
) -> list[Estimate]:
    """The most exact estimate in each row of the table: row k is extrapolated from the steps up to number k."""
    estimates = []
    above: list[float] = []             # the row before, and the rounding errors of its entries
    errors_above: list[float] = []
    for k, step in enumerate(steps):
        value, rounding = values[k], errors[k]
        row, roundings = [value], [rounding]
        best, least = value, math.inf
        for m in range(1, min(len(above), MOST_POWERS) + 1):
            if steps[k - m] > NEAR**m * step:
                break
            factor = (steps[k - m] / step) ** power
            correction = (value - above[m - 1]) / (factor - 1.0)
            rounding = (factor * rounding + errors_above[m - 1]) / (factor - 1.0)
            value += correction
            row.append(value)
            roundings.append(rounding)
            # the error by the powers left is less than what the entry differs by from its neighbours
            truncation = max(abs(correction), abs(value - above[m - 1]))
            if m < len(above):
                truncation = max(truncation, abs(value - above[m]))
            if truncation + rounding < least:
                best, least = value, truncation + rounding
            if abs(correction) < 0.1 * rounding:
                break
        above, errors_above = row, roundings
        if math.isfinite(least):
            estimates.append(Estimate(best, least))
    return estimates
