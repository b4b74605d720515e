"""Boxes filled by the size of a number: a scale of colours around 0, and text that stays legible on it."""
from __future__ import annotations

import math
from collections.abc import Iterable

from ..theme import Palette

STRONGEST = 0.75            # how much of the colour at the end of the scale is in the fill there
LEGIBLE = 4.5               # the contrast of text (WCAG 2.2)
STEEP = 20                  # a scale is logarithmic if the largest number is so many times the median,
DECADES = 3                 # and then 1/1000 of the largest is as good as 0
CELLS = 7                   # of the legend


class Shading:
    """Fills for numbers: white at 0, the palette's two ends at the largest ones.

    The scale is linear, or where the sizes differ too much for that, logarithmic on both sides of 0.
    what: "value" or "gradient". low, high: the numbers at the ends that occur.
    """

    def __init__(self, what: str, numbers: Iterable[float], colours: Palette) -> None:
        known = [x for x in numbers if math.isfinite(x)]
        sizes = sorted(abs(x) for x in known if x)
        self.what = what
        self.colours = colours
        self.low, self.high = min(known, default=0.0), max(known, default=0.0)
        self.largest = sizes[-1] if sizes else 1.0
        self.is_logarithmic = bool(sizes) and self.largest > STEEP * sizes[len(sizes) // 2]
        self.is_empty = not known

    def share(self, x: float) -> float:
        """Where a number stands between the middle of the scale, 0, and its ends, -1 and 1."""
        part = min(abs(x) / self.largest, 1.0)
        if self.is_logarithmic:
            part = max(0.0, 1.0 + math.log10(part) / DECADES) if part else 0.0
        return math.copysign(part, x)

    def fill(self, x: float | None) -> str:
        """The colour for a number; the ground for none and for nan."""
        if x is None or math.isnan(x):
            return self.colours.page
        share = self.share(x)
        end = self.colours.positive if share > 0 else self.colours.negative
        return mixed(self.colours.page, end, STRONGEST * abs(share))

    def cells(self) -> list[str]:
        """The colours of the legend, from low to high."""
        steps = [k / (CELLS - 1) for k in range(CELLS)]
        if not self.is_logarithmic:
            return [self.fill(self.low * (1 - step) + self.high * step) for step in steps]
        low, high = self.share(self.low), self.share(self.high)
        shares = [low * (1 - step) + high * step for step in steps]
        ends = {True: self.colours.positive, False: self.colours.negative}
        return [mixed(self.colours.page, ends[share > 0], STRONGEST * abs(share)) for share in shares]


def legible(colour: str, fill: str, colours: Palette) -> str:
    """The colour for text on a fill, or if one could not read that, ink or paper."""
    if contrast(colour, fill) >= LEGIBLE:
        return colour
    others = (colours.ink, colours.page, "#000000", "#ffffff")     # of the last two, one always is
    return next(other for other in others if contrast(other, fill) >= LEGIBLE)


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two: `share` of the other."""
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in _parts(colour)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
