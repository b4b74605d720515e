"""The plots of chapter 5 show the numbers that they were given or have computed."""
import random

import matplotlib.colors
import pytest

from autograd_tiny import nn
from autograd_tiny.course.figures.a_network_learns import error_planes, learning_curves, signal_sizes, signals


def captions(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_learning_curves_have_a_panel_for_each_title_and_one_legend():
    plot = learning_curves({"slow": {"a": [3.0, 2.0], "b": [3.0, 1.0]}, "fast": {"a": [3.0, 0.1], "b": [3.0, 0.2]}})
    slow, fast = plot.figure.axes
    assert (slow.get_title(), fast.get_title()) == ("slow", "fast") and slow.get_yscale() == "log"
    assert captions(fast) == ["a", "b"] and slow.get_legend() is None
    assert [list(line.get_ydata()) for line in fast.get_lines()] == [[3.0, 0.1], [3.0, 0.2]]
    assert learning_curves({"one": {"a": [1.0]}}).figure.axes[0].get_legend() is None


def test_the_best_point_of_the_grid_and_the_end_of_the_path_are_told():
    def error_at(u=0.0, v=0.0, w=0.0):
        return (u + 1) ** 2 + (v - 0.2) ** 2 / 10 + w**2

    plot = error_planes(error_at, {("u", "v"): [(0.5, 0.5), (-0.9, 0.2)], ("u", "w"): [(0.5, 0.5), (-1.0, 0.1)]})
    first, second, _ = plot.figure.axes
    assert first.get_title() == "error after 1 steps: 0.010000\nbest of 6561 points: 0.000000"
    assert second.get_title() == "error after 1 steps: 0.014000\nbest of 6561 points: 0.004000"
    [star] = [line for line in first.get_lines() if line.get_marker() == "*"]
    assert star.get_xydata()[0] == pytest.approx([-1.0, 0.2])


def test_the_shades_of_errors_have_dark_twins():
    plot = error_planes(lambda u=0.0, v=0.0: (u * u + v * v) / 80, {("u", "v"): [(1, 1), (0, 0)], ("v", "u"): [(1, 1)]})
    shades = {matplotlib.colors.to_hex(shade) for shade in plot.figure.axes[0].collections[0].get_facecolor()}
    assert len(shades) > 10 and all(f"light-dark({shade}," in plot.svg for shade in shades)


def test_signals_are_standard_deviations_layer_by_layer():
    network = nn.MLP(2, [3, 3], "linear", init=nn.init.constant(0.0), bias_init=nn.init.constant(0.5))
    outputs, gradients = signals(network, samples=4)
    assert outputs == [0.0, 0.0] and gradients[0] == 0.0 and gradients[1] > 0.0


def test_legends_say_how_much_the_signal_changes():
    names, rng = ("xavier_uniform", "uniform"), random.Random(0)
    networks = {name: nn.MLP(4, [4] * 3, "tanh", init=name, rng=rng) for name in names}
    forward, backward = signal_sizes(networks, samples=5).figure.axes
    for ax, ends in (forward, slice(None, None, -1)), (backward, slice(None)):
        for caption, line in zip(captions(ax), ax.get_lines(), strict=True):
            first, *_, last = line.get_ydata()[ends]
            assert caption.endswith(f"× {first / last:.2g}")
