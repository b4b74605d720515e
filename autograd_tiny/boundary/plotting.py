"""Shared by all plots: the colours, the import of Matplotlib, and the size of Axes."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .colours import LIGHT
from .libraries import missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colour-blind readers can tell the first four apart, the others less well: so classes differ in their markers too.
CLASSES = LIGHT.classes
CURVES = CLASSES[2:]                        # orange and turquoise are the colours of classes, in plots too
BETWEEN_CLASSES = [CLASSES[0], "#ffffff", CLASSES[1]]
AROUND_ZERO = [LIGHT.negative, "#ffffff", LIGHT.positive]


def pyplot() -> Any:
    """matplotlib.pyplot, or an ImportError that says how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError as error:
        raise missing("matplotlib", "a plot") from error
    return plt


def ink() -> str:
    """The colour of lines and text, in the style of Matplotlib that is in use."""
    return str(pyplot().rcParams["text.color"])


def points(ax: Axes) -> tuple[float, float]:
    """The approximate width and height of the Axes, in points, the unit of font sizes."""
    figure, place = ax.get_figure(root=True), ax.get_position()
    assert figure is not None
    wide, high = figure.get_size_inches()
    return float(72.0 * wide * place.width), float(72.0 * high * place.height)
