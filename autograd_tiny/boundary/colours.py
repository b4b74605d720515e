"""The colours of pictures, plots and pages, one meaning for each, and the contrast between two.

Three pairs: blue and red for values and gradients, green and purple for numbers above and below 0, orange and
turquoise for the first two classes. Colour-blind readers can tell the two of each pair apart.
"""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of a theme.

    On page and panel, text has a contrast of 4.5 to 1 or more, classes have 3 to 1 (WCAG 2.2): they are for marks and
    areas, and their names stand in ink.
    """

    page: str           # the background
    panel: str          # the background of less important boxes
    ink: str            # text
    quiet: str          # less important text
    line: str           # borders and edges
    value: str          # numbers of the forward pass
    gradient: str       # numbers of the backward pass
    positive: str       # numbers above and below 0: weights, fills
    negative: str
    accent: str         # parts that are highlighted, and numbers that are not finite
    classes: tuple[str, ...]


LIGHT = Palette(
    page="#ffffff", panel="#f3f4f6", ink="#111827", quiet="#5b6472", line="#9ca3af", value="#1d4ed8",
    gradient="#b91c1c", positive="#15803d", negative="#9326c9", accent="#8a6400",
    classes=(
        "#d97000", "#087f9b", "#1f2937", "#7a4a2b", "#d2569b", "#8a8a00", "#868e99", "#8577c9", "#a8845a", "#4f7396",
    ),
)
DARK = Palette(
    page="#14181d", panel="#222932", ink="#e8ebef", quiet="#a3adba", line="#596473", value="#86a9ff",
    gradient="#ff8090", positive="#4ade80", negative="#dd8bff", accent="#ffe45c",
    classes=(
        "#ff9f40", "#22d0e0", "#f3f4f6", "#b5805a", "#f08ac4", "#c9c94a", "#8d96a3", "#a99bf0", "#dcc29a", "#7fa3c7",
    ),
)


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two: `share` of the other."""
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def linear(colour: str) -> list[float]:
    """Red, green and blue as shares of light, from 0 to 1 (sRGB)."""
    shares = [part / 255 for part in _parts(colour)]
    return [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]


def _luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
