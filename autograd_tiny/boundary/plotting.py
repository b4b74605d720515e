"""Shared by all plots: the colours, the import of Matplotlib, the size of Axes, and a figure as an SVG."""
from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .colours import DARK, LIGHT, Palette, contrast
from .libraries import missing
from .svg_themes import in_both_themes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Colour-blind readers can tell the first four apart, the others less well: so classes differ in their markers too.
CLASSES = LIGHT.classes
CURVES = CLASSES[2:]                        # orange and turquoise are the colours of classes, in plots too

# "#b0b0b0" and "#cccccc" are Matplotlib's own colours of grids and of frames around legends
DARK_TWINS = {"#ffffff": DARK.page, "#000000": DARK.ink, "#b0b0b0": DARK.line, "#cccccc": DARK.line} | {
    getattr(LIGHT, name): getattr(DARK, name) for name in ("value", "gradient", "positive", "negative", "line", "quiet")
} | dict(zip(LIGHT.classes, DARK.classes, strict=True))

# Matplotlib writes the colour of a marker's edge, or of a tick, where it defines the marker and where it uses it. The
# first one wins, where a style of the page does not reach it.
MARKER_STYLE = re.compile(r'(?<=") style="stroke:[^"]*"(?=/>\s*</defs>)')


def pyplot() -> Any:
    """matplotlib.pyplot, or an ImportError that says how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError as error:
        raise missing("matplotlib", "a plot", "plot") from error
    return plt


def ink() -> str:
    """The colour of lines and text, in the style of Matplotlib that is in use."""
    return str(pyplot().rcParams["text.color"])


def palette() -> Palette:
    """The colours that go with that style: the dark ones where its text is light, as in dark_background."""
    from matplotlib.colors import to_hex

    text = to_hex(ink())
    return DARK if contrast(text, "#000000") > contrast(text, "#ffffff") else LIGHT


def points(ax: Axes) -> tuple[float, float]:
    """The approximate width and height of the Axes, in points, the unit of font sizes."""
    figure, place = ax.get_figure(root=True), ax.get_position()
    assert figure is not None
    wide, high = figure.get_size_inches()
    return float(72.0 * wide * place.width), float(72.0 * high * place.height)


def figure_svg(figure: Figure, title: str = "", twins: Mapping[str, str] | None = None) -> str:
    """A figure as an SVG element, which is the same text each time.

    In Matplotlib's own style it is light or dark, as the page or the notebook around it is.

    Args:
        figure: The figure, in light colours.
        title: A description for screen readers.
        twins: Dark colours by light ones, beside those of the package.
    """
    import matplotlib
    from matplotlib.colors import to_hex

    text = io.StringIO()
    # without a salt and with a date, the text would differ each time
    with matplotlib.rc_context({"svg.hashsalt": "autograd_tiny"}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    tag, inside = text.getvalue()[text.getvalue().index("<svg"):].split(">", 1)
    name = f' role="img">\n<title>{html.escape(title)}</title>' if title else ">"
    svg = f'{tag} style="max-width: 100%; height: auto"{name}{MARKER_STYLE.sub("", inside)}'
    if to_hex(figure.get_facecolor()) != LIGHT.page:
        return svg
    return in_both_themes(svg, {**DARK_TWINS, **(twins or {})}, DARK.ink)
