"""Shared by all plots: the colours, the import of Matplotlib, and the size of Axes."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .libraries import missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RED, BLUE = "#c0392b", "#2166ac"
# Colour-blind readers can tell the first five apart, the others less well: so classes differ in their markers too.
COLOURS = [RED, BLUE, "#e69f00", "#333333", "#56b4e9", "#cc79a7", "#009e73", "#999999", "#8c564b", "#b5bd00"]
DIVERGING = [RED, "#ffffff", BLUE]
INK = "#111111"


def pyplot() -> Any:
    """matplotlib.pyplot, or an ImportError that says how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError as error:
        raise missing("matplotlib", "a plot") from error
    return plt


def points(ax: Axes) -> tuple[float, float]:
    """The approximate width and height of the Axes, in points, the unit of font sizes."""
    figure, place = ax.get_figure(root=True), ax.get_position()
    assert figure is not None
    wide, high = figure.get_size_inches()
    return float(72.0 * wide * place.width), float(72.0 * high * place.height)
