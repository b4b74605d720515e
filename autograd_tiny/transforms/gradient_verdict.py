"""The verdict on one derivative that was found in several ways.

A derivative is wrong if it lies outside the error bound of the finite difference. It agrees if it lies inside and the
bound is narrow. Otherwise it is undecided: rounding hides a mistake as well as it hides the derivative.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from sys import float_info

from .finite_differences import Difference

CLOSE = 1e-7            # the largest relative error of a finite difference beyond its own bound
EXACT = 1e-8            # the largest relative difference of derivatives that are no approximations
NARROW = 5e-7           # the largest relative error bound of a finite difference that can confirm a derivative
KINK = 1e-3             # the largest kink that may be hidden where a derivative is confirmed, relative to it
ZERO = 1e-11            # … and of one that can confirm a derivative of zero, relative to the slopes around
DIGIT = 10.0            # a derivative less than so many times its rounding error has no digit that is sure
AGREE, UNDECIDED = "agree", "undecided"


@dataclass(frozen=True)
class Case:
    """One derivative.

    Attributes:
        reverse, forward: By reverse and by forward mode.
        claimed: As claimed by the caller; None if nothing was claimed.
        difference: By finite differences.
        rounding: A bound of the rounding error of the derivative.
        is_used: Whether a path in the graph leads from the variable to the output.
        suspects: The operations on such paths whose local derivatives are known to be wrong.
    """

    reverse: float
    forward: float
    claimed: float | None
    difference: Difference
    rounding: float
    is_used: bool
    suspects: str

    @property
    def exact(self) -> list[float]:
        """The derivatives that are no approximations."""
        return [self.reverse, self.forward] if self.claimed is None else [self.reverse, self.forward, self.claimed]


def verdict(case: Case) -> tuple[bool, str]:
    """Whether nothing is wrong, and the verdict in words."""
    found = case.difference
    if found.kind == "nowhere":
        return False, "the function is not finite here"
    if found.kind == "jump":
        return False, "the function jumps here"
    if case.suspects:
        return False, f"the derivative of {case.suspects} is wrong"
    if found.kind == "kink":
        kink = f"kink: {found.left:.6g} from the left, {found.right:.6g} from the right"
        outside = any(contradicts(found, each) for each in case.exact)
        return not outside, f"{kink}: not between them" if outside else kink
    if _part(case, case.reverse, case.forward):
        return False, "reverse and forward mode part"
    if contradicts(found, case.reverse, case.rounding):
        missing = math.isfinite(case.reverse)
        return False, "a path is missing from the graph" if missing else "the derivative is not finite"
    if case.claimed is not None and _part(case, case.reverse, case.claimed):
        return False, "the claim is wrong"
    return True, _confirmation(case)


def _confirmation(case: Case) -> str:
    """The verdict on a derivative that nothing speaks against."""
    found = case.difference
    if found.kind == "edge":
        return f"{UNDECIDED}: the function is not finite on both sides"
    if not math.isfinite(case.reverse):
        return f"{UNDECIDED}: the derivative is not finite"
    is_confirmed = found.error <= NARROW * abs(case.reverse) and found.gap <= KINK * abs(case.reverse)
    if is_confirmed or is_zero(case):
        return AGREE
    return f"{UNDECIDED}: finite differences are not exact enough here"


def is_zero(case: Case) -> bool:
    """Whether a derivative is rounding alone, as at the minimum of a sum of squares, and so is its difference."""
    if not case.is_used:                # a missing path looks just the same
        return False
    least = ZERO * case.difference.scale + float_info.min       # a function that is 0 around has the scale 0
    return abs(case.reverse) <= DIGIT * case.rounding and case.difference.error <= least


def contradicts(found: Difference, derivative: float, rounding: float = 0.0) -> bool:
    """Whether a derivative lies outside what finite differences allow."""
    if found.kind == "kink":
        low, high = min(found.left, found.right), max(found.left, found.right)
        slack = found.error + CLOSE * max(abs(low), abs(high))
        return not low - slack <= derivative <= high + slack
    if found.kind != "smooth":
        return False
    if not math.isfinite(derivative):
        return found.error <= 1e-3 * abs(found.derivative)
    # differences that grow for ever, as those of sqrt at 0, have errors of their own size, and may be off by twice that
    allowed = found.error if found.error <= 0.1 * abs(found.derivative) else 2.0 * found.error
    return abs(derivative - found.derivative) > allowed + rounding + CLOSE * abs(derivative)


def _part(case: Case, a: float, b: float) -> bool:
    """Whether two derivatives differ by more than rounding."""
    return not (same(a, b) or abs(a - b) <= DIGIT * case.rounding + EXACT * max(abs(a), abs(b)))


def same(a: float, b: float) -> bool:
    """Equal, or both not a number."""
    return a == b or (a != a and b != b)
