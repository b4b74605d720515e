"""Boxes filled by the size of a number: a scale of colours around 0, and text that stays legible on it."""
from __future__ import annotations

import math
from collections.abc import Iterable

from ...boundary.colours import Palette, contrast, mixed
from .folding import Fold
from .scene import Box, Inputs, Scene

STRONGEST = 0.75            # the share of the scale's colour in the fill at its end
LEGIBLE = 4.5               # the contrast of text (WCAG 2.2),
ROOM = 0.05                 # and a little more, since the last bits of a colour may change: see theme.merged
STEEP = 20                  # the scale is logarithmic if the largest number is so many times the median,
DECADES = 3                 # and from 1/1000 of the largest down it is as for 0
CELLS = 7                   # of the legend


class Shading:
    """Fills for numbers: the page's colour at 0, the palette's two ends at the largest numbers.

    The scale is linear or, where the sizes differ too much for that, logarithmic on both sides of 0.

    Attributes:
        quantity: "value" or "gradient".
        low, high: The least and the greatest of the numbers.
    """

    def __init__(self, quantity: str, numbers: Iterable[float], colours: Palette) -> None:
        finite = [x for x in numbers if math.isfinite(x)]
        sizes = sorted(abs(x) for x in finite if x)
        self.quantity = quantity
        self.colours = colours
        self.low, self.high = min(finite, default=0.0), max(finite, default=0.0)
        self.largest = sizes[-1] if sizes else 1.0
        self.is_logarithmic = bool(sizes) and self.largest > STEEP * sizes[len(sizes) // 2]
        self.is_empty = not finite

    def position(self, x: float) -> float:
        """The place of a number on the scale, from -1 to 1."""
        part = min(abs(x) / self.largest, 1.0)
        if self.is_logarithmic:
            part = max(0.0, 1.0 + math.log10(part) / DECADES) if part else 0.0
        return math.copysign(part, x)

    def fill(self, x: float) -> str:
        """The colour for a number; the page's for nan."""
        return self.colours.page if math.isnan(x) else self._colour(self.position(x))

    def cells(self) -> list[str]:
        """The colours of the legend, from low to high."""
        steps = [k / (CELLS - 1) for k in range(CELLS)]
        if not self.is_logarithmic:
            return [self.fill(self.low * (1 - step) + self.high * step) for step in steps]
        low, high = self.position(self.low), self.position(self.high)
        return [self._colour(low * (1 - step) + high * step) for step in steps]

    def _colour(self, position: float) -> str:
        end = self.colours.positive if position > 0 else self.colours.negative
        return mixed(self.colours.page, end, STRONGEST * abs(position))


def shading_of(scene: Scene, quantity: str, colours: Palette) -> Shading:
    """The scale for all boxes of a scene."""
    numbers = [number_of(scene, quantity, box) for box in scene.boxes]
    return Shading(quantity, [x for x in numbers if x is not None], colours)


def number_of(scene: Scene, quantity: str, box: Box) -> float | None:
    """The number that fills a box: of a folded module, the output that is largest in size."""
    if isinstance(box, Inputs):
        return None
    numbers = scene.data if quantity == "value" else scene.gradients
    values = box.outputs if isinstance(box, Fold) else [box]
    return max((numbers[value] for value in values if value in numbers), key=abs, default=None)


def legible(colour: str, fill: str, colours: Palette) -> str:
    """The colour for text on a fill, or if it could not be read there, another one."""
    if contrast(colour, fill) >= LEGIBLE + ROOM:
        return colour
    others = (colours.ink, colours.page, "#000000", "#ffffff")      # one of the last two is legible on any fill
    return next(other for other in others if contrast(other, fill) >= LEGIBLE + ROOM)
