"""Losses side by side: the worst is red, the best is blue, and infinite ones stay within the picture."""
from math import inf

from autograd_tiny.course.figures.loss_curves import BETTER, ILL, TOP, WELL, loss_curves


def test_curves_run_from_the_worst_to_the_best():
    curves = {"ill": [3.0, 2.0, 2.0], "better": [2.0, 1.0], "well": [1.0, 0.5]}
    plot = loss_curves(curves, "Three networks", each="step")
    (ax,) = plot.figure.axes
    lines = ax.get_lines()
    assert [line.get_color() for line in lines] == [ILL, BETTER, WELL]
    assert [list(line.get_xdata()) for line in lines] == [[1, 2, 3], [1, 2], [1, 2]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["ill", "better", "well"]
    assert (ax.get_xlabel(), ax.get_title(), ax.get_ylim()[0]) == ("step", "Three networks", 0.0)
    assert plot.title == "Three networks: the loss by step, of ill, better, well"


def test_infinite_losses_are_drawn_at_the_top():
    ax = loss_curves({"ill": [1.0, inf], "well": [1.0, 0.1]}, "Diverged", log=True, limits=(0.01, 1e4)).figure.axes[0]
    assert list(ax.get_lines()[0].get_ydata()) == [1.0, TOP] and ax.get_yscale() == "log"
