"""Derivatives by finite differences of values of a function, for gradient_check.py to compare with.

A central difference is wrong by a power of its step if the step is wide, and by the rounding errors of the
function if it is narrow. So steps of very different widths are tried, each with an extrapolation to step 0
(L. F. Richardson, The approximate arithmetical solution by finite differences, 1911) and an estimate of both
errors. A wide step may jump over details of the function, so only those results count that all narrower steps
confirm.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NARROWER = 40.0                                         # from one width to the next
WIDTHS = [0.1 / NARROWER**k for k in range(6)]          # relative to x
EPSILON = 2.0**-52                                      # of double precision
JUMP = 1e-6                                             # a change of more than this part of a value is no rounding
TRUSTED = 1e-3                                          # the largest relative error of a usable difference

Curve = Callable[[float], list[float]]                  # the outputs of a function, for one of its inputs


@dataclass(frozen=True)
class Difference:
    """A derivative by finite differences.

    Attributes:
        kind: "smooth"; "kink", where the one-sided derivatives differ; "jump", where the function is not continuous;
            "edge", where it is not finite on both sides; "nowhere", where it is not finite; "noise", if rounding
            hides the difference.
        derivative: nan unless it is smooth or noise.
        error: A bound of its error.
        left, right: The one-sided derivatives.
    """

    kind: str
    derivative: float = math.nan
    error: float = math.inf
    left: float = math.nan
    right: float = math.nan


@dataclass(frozen=True)
class _Sample:
    """The values of one output around x, for one width: at the whole step, at its half and at its quarter."""

    step: float
    before: Sequence[float]
    after: Sequence[float]
    noise: float                                        # of a difference quotient over the whole step

    def one_sided(self, here: float) -> tuple[float, float]:
        """The difference quotients to the left and to the right."""
        return (here - self.before[0]) / self.step, (self.after[0] - here) / self.step

    def central(self) -> tuple[float, float]:
        """The derivative, extrapolated, and its error."""
        pairs = zip(self.before, self.after, (1.0, 0.5, 0.25), strict=True)
        wide, half, quarter = ((b - a) / (2.0 * part * self.step) for a, b, part in pairs)
        first, second = (4.0 * half - wide) / 3.0, (4.0 * quarter - half) / 3.0
        return (16.0 * second - first) / 15.0, abs(second - first) + 8.0 * self.noise


def differences(curve: Curve, x: float) -> list[Difference]:
    """The derivative of each output at x. ValueError if two calls at x give different values."""
    here, again, scale = curve(x), curve(x), abs(x) or 1.0
    if repr(here) != repr(again):
        raise ValueError(
            f"the function gives {here} and then {again} for the same arguments: if it is random, start "
            "it from the same seed each time"
        )
    nudge = 2.0 * EPSILON * scale
    nudged = [curve(x + k * nudge) for k in (-2, -1, 1, 2)]
    grid = [_around(curve, x, width * scale) for width in WIDTHS]
    found = []
    for i, y in enumerate(here):
        # the changes of a value when only the last digits of x change, to either side; at least its own last digit
        first, second, third, fourth = [abs(each[i] - y) for each in nudged]
        rounding = max(EPSILON * abs(y), math.ulp(0.0))
        sides = max(first, second, rounding), max(third, fourth, rounding)
        found.append(_judged(y, sides, [
            _Sample(step, [each[i] for each in before], [each[i] for each in after], max(sides) / step)
            for step, before, after in grid
        ]))
    return found


def _around(
    curve: Curve, x: float, width: float
) -> tuple[float, list[list[float]], list[list[float]]]:
    """The step, and the outputs before and after x at the whole step, its half and its quarter."""
    step = (x + width) - x                              # exactly representable
    parts = [step, 0.5 * step, 0.25 * step]
    return step, [curve(x - part) for part in parts], [curve(x + part) for part in parts]


def _judged(here: float, nudges: tuple[float, float], samples: list[_Sample]) -> Difference:
    """The derivative of one output; nudges are its changes when the last digits of x change, to the left and right."""
    if not math.isfinite(here):
        return Difference("nowhere")
    around = [y for sample in samples for y in (*sample.before, *sample.after)]
    if all(y == here for y in around):
        return Difference("smooth", 0.0, samples[0].noise, 0.0, 0.0)
    height = max(abs(y) for y in (*around, here))
    if max(nudges) > JUMP * height and max(nudges) > min(nudges) / JUMP:
        return Difference("jump")
    if not all(math.isfinite(y) for y in (*samples[-1].before, *samples[-1].after)):
        return Difference("edge")
    kind, left, right = _sides(here, samples)
    if kind in ("kink", "jump"):
        return Difference(kind, left=left, right=right)
    derivative, error = _confirmed([sample.central() for sample in samples])
    steepest = max([abs(side) for side in samples[0].one_sided(here) if math.isfinite(side)], default=0.0)
    kind = "smooth" if error <= TRUSTED * max(abs(derivative), steepest) else "noise"
    return Difference(kind, derivative, error, derivative, derivative)


def _confirmed(found: list[tuple[float, float]]) -> tuple[float, float]:
    """Of derivatives with their errors, widest step first, the most exact that all narrower steps agree with."""
    best, least_error = found[-1]
    for i in range(len(found) - 2, -1, -1):
        derivative, error = found[i]
        if not all(abs(derivative - other) <= error + other_error for other, other_error in found[i + 1:]):
            break
        if error < least_error:
            best, least_error = derivative, error
    return best, least_error


def _sides(here: float, samples: list[_Sample]) -> tuple[str, float, float]:
    """The kind of the point by the narrowest steps whose quotients are not noise, and its one-sided derivatives.

    As the steps narrow, the gap between the two difference quotients narrows with them where the function is
    smooth, stays at a kink, and widens at a jump.
    """
    pairs = [(sample, *sample.one_sided(here)) for sample in samples]
    clear = [
        (left, right, sample.noise) for sample, left, right in pairs
        if math.isfinite(left + right) and sample.noise <= TRUSTED * (abs(left) + abs(right))
    ]
    if len(clear) < 2:
        return "smooth", math.nan, math.nan
    (wide_left, wide_right, _), (left, right, noise) = clear[-2:]
    gap, wide_gap = abs(right - left), abs(wide_right - wide_left)
    if gap <= 20.0 * noise or gap < 0.3 * wide_gap:
        return "smooth", left, right
    return "kink" if gap < 3.0 * wide_gap else "jump", left, right
