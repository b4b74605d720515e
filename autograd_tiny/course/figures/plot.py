"""A plot of the course, which is light or dark, as the notebook around it is."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...boundary.plotting import figure_svg, pyplot
from ...boundary.text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Plot:
    """A figure of Matplotlib that a notebook shows as an SVG, in light or in dark colours.

    Attributes:
        title: A description for screen readers.
        figure: The figure, in light colours. pyplot does not know it.
        svg: The SVG element.
    """

    def __init__(self, figure: Figure, title: str, twins: Mapping[str, str] | None = None) -> None:
        self.figure, self.title = figure, title
        for image in (each for ax in figure.axes for each in ax.images):
            image.set_interpolation("none")         # else it is resampled, and the SVG several times as large
        self.svg = figure_svg(figure, title, twins)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return printable(f"<Plot: {self.title}>")


def new_figure(width: float, height: float) -> Any:
    """An empty figure of a size in inches, for `Plot`. ImportError if Matplotlib is not installed."""
    pyplot()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")
