"""Derivatives by finite differences of values of a function, for gradient_check.py to compare with.

A difference quotient is wrong by a power of its step if the step is wide, and by the rounding errors of the function
if it is narrow. So steps from half of x down to its last digits are tried, extrapolation.py finds the limit, and
every answer has a bound of both errors. The same limits from one side tell kinks; values that keep their distance
from the one at x, however narrow the step, tell jumps.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .extrapolation import limit
from .rounding import EPSILON

RATIO = 4.0             # of a step to the next one
COUNT = 27              # steps, from 1 to its last digit
FEWEST = 4              # steps that a derivative is found from
NEAREST = 8             # steps that tell a jump
FLAT = 0.2              # relative to a jump: what counts as the same
BLUR = 1e4 * EPSILON    # relative to x or to 1: steps so narrow may be lost in what the function computes
KINK = 2e-7             # the least difference of one-sided derivatives, relative to them, that makes a kink

Curve = Callable[[float], list[float]]                  # the outputs of a function, for one of its inputs


class Rounding(NamedTuple):
    """Bounds of the rounding errors of one output: of its value at x, and of its derivative there."""

    value: float
    derivative: float = 0.0


@dataclass(frozen=True)
class Difference:
    """A derivative by finite differences.

    Attributes:
        kind: "smooth"; "kink", where the one-sided derivatives differ; "jump", where the function is not continuous;
            "edge", where it is not finite on both sides; "nowhere", where it is not finite.
        derivative: nan unless it is smooth.
        error: A bound of its error.
        left, right: The one-sided derivatives.
        gap: A bound of the difference between the one-sided derivatives: kinks up to it may be hidden.
        scale: The largest slope around x; a derivative that is much smaller is as good as zero.
    """

    kind: str
    derivative: float = math.nan
    error: float = math.inf
    left: float = math.nan
    right: float = math.nan
    gap: float = math.inf
    scale: float = 0.0


def differences(curve: Curve, x: float, rounding: Sequence[Rounding] | None = None) -> list[Difference]:
    """The derivative of each output at x.

    Args:
        curve: The function.
        x: The point.
        rounding: What is known of the rounding errors of each output, by default those of its last digits. Larger
            ones are found, if the values show them.

    Raises:
        ValueError: Two calls at x give different values.
    """
    here, again = curve(x), curve(x)
    if repr(here) != repr(again):
        raise ValueError(
            f"the function gives {here} and then {again} for the same arguments: if it is random, start "
            "it from the same seed each time"
        )
    steps = _steps(x)
    nothing = [math.nan] * len(here)
    before = [_outputs(curve, x - step, nothing) for step in steps]
    after = [_outputs(curve, x + step, nothing) for step in steps]
    known = rounding or [Rounding(4.0 * EPSILON * abs(y)) for y in here]
    return [
        _judged(x, here[i], known[i], steps, [ys[i] for ys in before], [ys[i] for ys in after])
        for i in range(len(here))
    ]


def _outputs(curve: Curve, x: float, nothing: list[float]) -> list[float]:
    """The outputs beside the point. Where a function of plain numbers raises an error, it is not finite."""
    try:
        return curve(x)
    except (ArithmeticError, IndexError, ValueError):
        return nothing


def _steps(x: float) -> list[float]:
    """Steps to both sides that x has digits for, widest first: in proportion to x and, where x is small, to 1."""
    sizes = [1.0, abs(x)] if abs(x) < 1.0 else [abs(x)]
    steps = [math.inf]
    for width in [size / RATIO**k for size in sizes for k in range(COUNT)]:
        step = (x + width) - x                          # exactly representable
        if 0.0 < step <= steps[-1] / (RATIO - 1.0) and x - step != x:
            steps.append(step)
    return steps[1:]


def _judged(
    x: float, here: float, rounding: Rounding, steps: Sequence[float], before: Sequence[float],
    after: Sequence[float],
) -> Difference:
    """The derivative of one output, from its values around x."""
    if not math.isfinite(here):
        return Difference("nowhere")
    count = min(_finite(before), _finite(after))
    if count < FEWEST:
        return Difference("edge")
    left, right = (_Side(x, here, steps[-count:], values[-count:]) for values in (before, after))
    if left.has_jump(rounding) or right.has_jump(rounding):
        return Difference("jump")
    return _derivative(left, right, _errors(left, right, rounding))


def _finite(values: Sequence[float]) -> int:
    """How many values are finite, from the one of the narrowest step on."""
    return next((k for k, y in enumerate(reversed(values)) if not math.isfinite(y)), len(values))


@dataclass(frozen=True)
class _Side:
    """The values of one output on one side of x, from the widest step on; `here` is the one at x."""

    x: float
    here: float
    steps: Sequence[float]
    values: Sequence[float]

    @property
    def changes(self) -> list[float]:
        return [y - self.here for y in self.values]

    @property
    def slopes(self) -> list[float]:
        return [change / step for change, step in zip(self.changes, self.steps, strict=True)]

    def has_jump(self, rounding: Rounding) -> bool:
        """Whether the limit of the values is another number than the value at x.

        What the function computes from x may have fewer digits than x. Then the last steps don't change it, and the
        jump is seen at those before only.
        """
        changes = self.changes
        errors = _rounding_errors(rounding, self.steps, changes)
        least = 10.0 * max(rounding.value, EPSILON * abs(self.here))
        for end in {sum(step > BLUR * size for step in self.steps) for size in (max(abs(self.x), 1.0), abs(self.x))}:
            near = slice(max(0, end - NEAREST), end)
            jump, error = limit(self.steps[near], changes[near], errors[near], 1)
            if abs(jump) > max(least, 3.0 * error):
                slope = (changes[end - 1] - jump) / self.steps[end - 1]
                rests = [y - slope * step for y, step in zip(changes[end:], self.steps[end:], strict=True)]
                if all(min(abs(rest - jump), 4.0 * abs(rest)) <= FLAT * abs(jump) for rest in rests):
                    return True
        return False

    def hidden_rounding(self) -> float:
        """The rounding errors that the values show: how far they lie from lines through their neighbours.

        From the narrowest step on these distances are rounding, all of about the same size, and then they grow with
        the step, since the function is curved. Where nothing had changed before, the first changes may well be
        rounding. One or two distances alone, as at a kink nearby, and those large beside the values are details of the
        function.
        """
        near = 1e-3 * max(abs(self.x), 1.0)
        middle = [k for k in range(len(self.steps) - 2, 0, -1) if self.steps[k] <= near]
        distances = [self._distance(k) for k in middle] + [0.0] * 3
        largest = 1e-10 * max(map(abs, self.values))
        noise = 0.0
        for i, k in enumerate(middle):
            first, second, third, _ = four = distances[i : i + 4]
            if self.values[k + 1] != self.here:
                if first > 3.0 * noise and second > 3.0 * first and third > 3.0 * second:
                    break
                first = min(first, sorted(four)[1])
            if first > largest:
                break
            noise = max(noise, first)
        return noise

    def _distance(self, k: int) -> float:
        """How far value number k lies from the line through its neighbours."""
        (wide, middle, narrow), (first, second, third) = self.steps[k - 1 : k + 2], self.values[k - 1 : k + 2]
        return abs(second - third - (first - third) * ((middle - narrow) / (wide - narrow)))


def _rounding_errors(rounding: Rounding, steps: Sequence[float], changes: Sequence[float]) -> list[float]:
    """Bounds of the rounding errors of the values at some steps from x, to first order."""
    return [
        rounding.value + step * rounding.derivative + EPSILON * abs(change)
        for step, change in zip(steps, changes, strict=True)
    ]


def _errors(left: _Side, right: _Side, rounding: Rounding) -> list[float]:
    """For each step, a bound of the rounding error of a difference quotient."""
    hidden = max(left.hidden_rounding(), right.hidden_rounding())
    if not any(rounding) and any((*left.changes, *right.changes)):      # it changes, and the graph doesn't show why
        hidden = max(hidden, EPSILON * abs(left.here))
    changes = [max(map(abs, pair)) for pair in zip(left.changes, right.changes, strict=True)]
    known = _rounding_errors(rounding, left.steps, changes)
    return [max(hidden, error) / step for error, step in zip(known, left.steps, strict=True)]


def _derivative(left: _Side, right: _Side, errors: Sequence[float]) -> Difference:
    """The limit of the central differences; or those from both sides, if they differ."""
    steps, of_one_side = left.steps, [2.0 * error for error in errors]
    before, after = [-slope for slope in left.slopes], right.slopes
    low, high = limit(steps, before, of_one_side, 1), limit(steps, after, of_one_side, 1)
    gap, unsure = abs(low.value - high.value), 3.0 * (low.error + high.error)
    if gap > max(unsure, KINK * max(abs(low.value), abs(high.value))):
        return Difference("kink", error=low.error + high.error, left=low.value, right=high.value)
    pairs = zip(left.values, right.values, steps, strict=True)
    derivative, error = limit(steps, [(b - a) / (2.0 * step) for a, b, step in pairs], errors, 2)
    scale = max(*map(abs, before), *map(abs, after), abs(left.here) / max(abs(left.x), 1.0))
    return Difference("smooth", derivative, error, derivative, derivative, max(gap, unsure), scale)
