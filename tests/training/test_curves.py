"""Learning curves: loss, metrics and learning rate by epoch, as Axes and as SVG."""
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from references.show.plots import (
    captions, check_that_only_users_show_a_figure, check_the_error_without_matplotlib, drawn,
)

from autograd_tiny.boundary.colours import DARK, LIGHT
from autograd_tiny.boundary.plotting import CURVES
from autograd_tiny.training.curves import history_svg, plot_history
from autograd_tiny.training.history import History

NAN, INF = float("nan"), float("inf")


class Curves(dict):
    """A history, as far as a plot looks at it."""

    @property
    def names(self):
        return list(self)


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    plt.close("all")


def colours_of(ax):
    return [to_hex(line.get_color()) for line in ax.lines]


def test_loss_and_metrics_have_axes_of_their_own_and_validation_is_dashed():
    history = Curves(loss=[3.0, 2.0], val_loss=[4.0, 3.0], accuracy=[0.5, 0.7], val_accuracy=[0.4, 0.6])
    loss = drawn(plot_history(history))
    _, metrics = loss.figure.axes
    assert (loss.get_title(), metrics.get_title()) == ("Loss", "Metrics")
    assert (loss.get_xlabel(), loss.get_ylabel(), metrics.get_ylabel()) == ("epoch", "loss", "accuracy")
    assert [list(line.get_ydata()) for line in loss.lines] == [[3.0, 2.0], [4.0, 3.0]]
    assert [list(line.get_xdata()) for line in loss.lines] == [[1, 2], [1, 2]]
    assert colours_of(loss) == ["#000000"] * 2 and colours_of(metrics) == [CURVES[1]] * 2
    assert [line.get_linestyle() for line in loss.lines] == ["-", "--"]
    assert captions(metrics) == ["accuracy", "val_accuracy"]


def test_the_learning_rate_does_not_share_a_scale_with_the_metrics():
    loss = plot_history(Curves(loss=[2.0, 1.0], accuracy=[0.5, 0.6], lr=[0.1, 0.01]))
    assert [ax.get_title() for ax in loss.figure.axes] == ["Loss", "Metrics", "Learning rate"]


@pytest.mark.parametrize(("epochs", "ticks"), [(1, [1]), (2, [1, 2]), (1000, [1, 200, 400, 600, 800, 1000])])
def test_epochs_are_whole_and_begin_at_1(epochs, ticks):
    assert list(drawn(plot_history(Curves(loss=[1.0] * epochs))).get_xticks()) == ticks


def test_an_epoch_alone_is_a_point():
    ax = drawn(plot_history(Curves(loss=[1.0], val_loss=[2.0])))
    assert [line.get_marker() for line in ax.lines] == ["o", "o"]
    assert to_hex(ax.lines[1].get_markerfacecolor()) == to_hex(ax.get_facecolor())
    assert plot_history(Curves(loss=[1.0, 2.0])).lines[0].get_marker() == ""


def test_numbers_that_are_not_finite_are_gaps_that_the_legend_counts():
    ax = drawn(plot_history(Curves(loss=[4.0, NAN, 3.0, INF, 2.0, 1.0], val_loss=[NAN] * 6)))
    assert np.isnan(ax.lines[0].get_ydata()).tolist() == [False, True, False, True, False, False]
    assert ax.lines[0].get_markevery() == [0, 2]
    assert captions(ax) == ["loss (not finite in 2 of 6 epochs)", "val_loss (not finite in 6 of 6 epochs)"]


def test_names_are_no_mathematics_and_may_begin_with_an_underscore():
    names = ["$x$", "_private", "$"]
    ax = plot_history(Curves(loss=[1.0, 2.0], **dict.fromkeys(names, (1.0, 2.0))))
    drawn(ax)
    metrics = ax.figure.axes[1]
    assert captions(metrics) == names
    assert not any(text.get_parse_math() for text in metrics.get_legend().get_texts())
    assert metrics.get_ylabel() == "metrics"


def test_a_history_on_axes_of_ones_own():
    given = plt.subplots()[1]
    history = Curves(loss=[3.0, 2.0], accuracy=[0.5, 0.7])
    assert plot_history(history, ax=given) is given
    drawn(given)
    assert captions(given) == ["loss", "accuracy"] and len(given.figure.axes) == 2
    alone = plt.subplots()[1]
    plot_history(Curves(loss=[3.0, 2.0]), ax=alone)
    assert captions(alone) == ["loss"] and alone.figure.axes == [alone]


@pytest.mark.parametrize("draw", [plot_history, history_svg])
def test_an_empty_history_is_refused(draw):
    with pytest.raises(ValueError, match="history: it has no epochs"):
        draw(Curves(loss=[], accuracy=[]))
    with pytest.raises(TypeError, match="history: the History that fit returned is expected, got list"):
        draw([1.0])
    assert plt.get_fignums() == []


def test_the_svg_of_a_history_is_one_element_and_always_the_same():
    history = Curves(loss=[3.0, 2.0], accuracy=[0.5, 0.7])
    svg = history_svg(history)
    assert svg.startswith("<svg") and ET.fromstring(svg).tag.endswith("svg")
    assert svg == history_svg(history) and svg != history_svg(Curves(loss=[3.0, 1.0]))
    assert CURVES[1] in svg
    assert plt.get_fignums() == []


def test_a_history_of_fit_is_drawn():
    history = History(["loss", "val_loss"])
    history.append({"loss": 2.0, "val_loss": 3.0})
    assert captions(drawn(plot_history(history))) == ["loss", "val_loss"]


def test_only_the_user_shows_a_figure(monkeypatch):
    check_that_only_users_show_a_figure(lambda ax: plot_history(Curves(loss=[1.0, 2.0]), ax=ax), monkeypatch)


@pytest.mark.parametrize("call", [
    lambda ax: plot_history(Curves(loss=[1.0]), ax=ax), lambda ax: history_svg(Curves(loss=[1.0])),
], ids=["plot", "svg"])
def test_without_matplotlib_the_error_says_how_to_get_it(call, monkeypatch):
    check_the_error_without_matplotlib(call, monkeypatch)


def test_the_svg_of_a_history_is_dark_where_its_surroundings_are_but_keeps_a_style_of_the_readers_own():
    history = Curves(loss=[3.0, 2.0], accuracy=[0.5, 0.7])
    svg = history_svg(history)
    for light, dark in (("#ffffff", DARK.page), ("#000000", DARK.ink), (CURVES[1], DARK.classes[3])):
        assert f"light-dark({light},{dark})" in svg
    assert CURVES[1] == LIGHT.classes[3]
    with plt.style.context("dark_background"):
        assert "light-dark" not in history_svg(history)
        assert colours_of(plot_history(history)) == ["#ffffff"]
