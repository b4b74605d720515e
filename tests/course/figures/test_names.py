"""The plots of chapter 10: squares of probabilities and of attention, losses by place, letters in the plane."""
import numpy as np
import pytest

from autograd_tiny import Value
from autograd_tiny.boundary.colours import LIGHT
from autograd_tiny.course.figures import names as figures
from autograd_tiny.training.history import History


def test_the_more_probable_a_pair_the_more_blue_its_square():
    ax = figures.bigrams([[0.0, 1.0], [0.25, 0.75]], ".a").figure.axes[0]
    [image] = ax.get_images()
    opacity = image.to_rgba(image.get_array())[..., 3]
    assert abs(opacity - [[0.0, 1.0], [0.25, 0.75]]).max() < 0.01
    assert [label.get_text() for label in ax.get_xticklabels()] == [".", "a"]


def test_a_head_looks_at_no_place_ahead():
    weights = [[[Value(1.0)], [Value(1.0)]], [[Value(0.25), Value(0.75)], [Value(0.5), Value(0.5)]]]
    first, second, *_ = figures.heads(".a", weights).figure.axes
    assert np.ma.filled(first.get_images()[0].get_array(), -1).tolist() == [[1.0, -1], [0.25, 0.75]]
    assert np.ma.filled(second.get_images()[0].get_array(), -1).tolist() == [[1.0, -1], [0.5, 0.5]]


def test_the_mean_attention_counts_from_the_third_place_on():
    def place(*weights):
        return [[Value(weight) for weight in weights]]

    text = [place(1.0), place(0.9, 0.1), place(0.5, 0.3, 0.2), place(0.1, 0.2, 0.3, 0.4)]
    bars = figures.mean_attention([text]).figure.axes[0].patches
    assert [bar.get_width() for bar in bars] == pytest.approx([0.3, 0.3, 0.3, 0.1])
    assert [bar.get_x() for bar in bars] == pytest.approx([0.0, 0.3, 0.6, 0.9])


def test_below_each_place_stands_how_many_names_reach_it_and_end_there():
    ax = figures.by_place({"bigrams": [3.0, 2.0, 1.0], "GPT": [3.0, 1.0, 0.5]}, ["a", "ab", "ab"]).figure.axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1\n3\n0", "2\n3\n1", "3\n2\n2"]
    assert [list(line.get_ydata()) for line in ax.get_lines()] == [[3.0, 2.0, 1.0], [3.0, 1.0, 0.5]]


def test_a_learning_curve_has_the_level_of_bigrams():
    history = History(["loss", "val_loss"])
    history.append({"loss": 3.0, "val_loss": 3.1})
    history.append({"loss": 2.0, "val_loss": 2.5})
    lines = figures.learning_curve(history, 2.4).figure.axes[0].get_lines()
    assert [list(line.get_ydata()) for line in lines] == [[3.0, 2.0], [3.1, 2.5], [2.4, 2.4]]


def test_letters_are_seen_from_the_side_from_which_they_are_spread_out_most():
    directions = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]) * np.array([[2.0], [0.5], [1], [3]])
    points, share = figures.seen_from_the_side(directions)
    assert share == pytest.approx(1.0)
    assert np.hypot(*points.T) == pytest.approx([3**0.5] * 4)       # the length of a vector does not count
    texts = figures.letters(directions, "abey").figure.axes[0].texts
    assert {text.get_text(): text.get_color() for text in texts} == {
        "a": LIGHT.gradient, "b": LIGHT.value, "e": LIGHT.gradient, "y": LIGHT.gradient,
    }
