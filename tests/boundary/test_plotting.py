"""A figure as an SVG that is light or dark."""
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from autograd_tiny.boundary.colours import DARK, LIGHT
from autograd_tiny.boundary.plotting import figure_svg, palette

SVG = "{http://www.w3.org/2000/svg}"


def test_edges_of_markers_and_ticks_have_their_colour_where_a_dark_page_can_change_it():
    figure = Figure()
    figure.subplots().plot([1, 2], "o", color="#1d4ed8", markeredgecolor="white")
    root = ET.fromstring(figure_svg(figure))
    defined = [path for defs in root.iter(f"{SVG}defs") for path in defs if path.get("id", "").startswith("m")]
    used = [use for use in root.iter(f"{SVG}use") if use.get("style")]
    assert len(defined) >= 3 and not any(path.get("style") for path in defined)
    assert {"stroke: #ffffff", "stroke: #000000"} <= {part for use in used for part in use.get("style").split("; ")}


@pytest.mark.parametrize(("style", "expected"), [
    ("default", LIGHT), ("ggplot", LIGHT), ("grayscale", LIGHT), ("dark_background", DARK), ("Solarize_Light2", LIGHT),
])
def test_the_colours_go_with_the_style_in_use(style, expected):
    with plt.style.context(style):
        assert palette() is expected
