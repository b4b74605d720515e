"""Plots of the course are SVGs that are light or dark, as the notebook around them is."""
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt

from autograd_tiny import Value
from autograd_tiny.boundary.colours import DARK, LIGHT
from autograd_tiny.course.figures.plot import Plot, new_figure
from autograd_tiny.course.figures.the_first_gradient import tangents


def plot_of(title="A title", twins=None):
    figure = new_figure(4, 3)
    figure.subplots().plot([1, 2], color=LIGHT.value)
    return Plot(figure, title, twins)


def test_a_plot_is_one_element_with_a_title_and_unknown_to_pyplot():
    svg = plot_of("a < b & c")._repr_svg_()
    assert svg.startswith("<svg") and ET.fromstring(svg)[0].text == "a < b & c"
    assert svg == plot_of("a < b & c").svg and plt.get_fignums() == []


def test_a_plot_has_a_dark_side_but_keeps_a_style_of_the_readers_own():
    svg = plot_of(twins={"#ffffff": "#010203"}).svg
    assert f"light-dark({LIGHT.value},{DARK.value})" in svg and "light-dark(#ffffff,#010203)" in svg
    with plt.style.context("dark_background"):
        assert "light-dark" not in plot_of().svg


def test_tangents_have_the_slopes_that_the_gradient_says():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    (a * b).backward()
    axes = tangents(lambda a, b: a * b, [a, b]).figure.axes
    assert [ax.get_title() for ax in axes] == ["∂f/∂a = 3", "∂f/∂b = 2"]
    for ax, slope in zip(axes, (3, 2), strict=True):
        x, y = (values[[0, -1]] for values in ax.get_lines()[1].get_data())
        assert abs((y[1] - y[0]) / (x[1] - x[0]) - slope) < 1e-12
