"""Confusion matrices: counts, names of classes, legible numbers; labels that do not fit are refused."""
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from references.show.plots import check_that_only_users_show_a_figure, check_the_error_without_matplotlib, drawn, texts

from autograd_tiny.boundary.colours import contrast
from autograd_tiny.show.plots.confusion import plot_confusion_matrix

NAN = float("nan")


def counts(ax):
    found = texts(ax)
    side = int(len(found) ** 0.5)
    return [[int(x) for x in found[row * side:(row + 1) * side]] for row in range(side)]


def names(ax):
    ax.figure.canvas.draw()
    across, down = ([x.get_text() for x in axis.get_ticklabels()] for axis in (ax.xaxis, ax.yaxis))
    assert across == down
    return across


def test_rows_are_true_and_columns_predicted():
    ax = plot_confusion_matrix([0, 0, 0, 1, 2], [0, 1, 1, 1, 0])
    assert counts(ax) == [[1, 2, 0], [0, 1, 0], [1, 0, 0]] and names(ax) == ["0", "1", "2"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert ax.get_title() == "Confusion matrix\n2 of 5 right"


def test_numbers_of_any_kind_are_one_label():
    ax = plot_confusion_matrix([1, 0, True], np.array([1.0, 0.0, 1.0]))
    assert counts(ax) == [[1, 0], [0, 2]] and names(ax) == ["0", "1"]
    assert names(plot_confusion_matrix([-1, 1], [1, 1])) == ["-1", "1"]


def test_labels_give_the_order_or_the_names():
    true, predicted = ["b", "a", "b"], ["b", "b", "a"]
    assert names(plot_confusion_matrix(true, predicted)) == ["a", "b"]
    turned = plot_confusion_matrix(true, predicted, labels=["b", "a", "c"])
    assert names(turned) == ["b", "a", "c"] and counts(turned) == [[1, 1, 0], [1, 0, 0], [0, 0, 0]]
    named = plot_confusion_matrix([0, 1], [1, 1], labels=["cat", "dog"])
    assert names(named) == ["cat", "dog"] and counts(named) == [[0, 1], [0, 1]]


def test_labels_are_no_mathematics():
    label = "$x^2$ and \\$ and _y"
    ax = plot_confusion_matrix([label, "b"], ["b", "b"])
    assert names(ax) == [label, "b"]
    for axis in (ax.xaxis, ax.yaxis):
        assert not any(text.get_parse_math() for text in axis.get_ticklabels())


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_numbers_are_readable_on_light_and_dark_cells():
    true = np.repeat(np.arange(10), 10)
    true = np.repeat(true, np.arange(100))
    predicted = np.repeat(np.tile(np.arange(10), 10), np.arange(100))
    ax = drawn(plot_confusion_matrix(true, predicted))
    [cells] = ax.collections
    for text, (*ink, opacity) in zip(ax.texts, cells.to_rgba(cells.get_array()).reshape(-1, 4), strict=True):
        on_white = 1 - opacity * (1 - np.array(ink))
        pair = sorted([luminance(matplotlib.colors.to_rgb(text.get_color())), luminance(on_white)])
        assert (pair[1] + 0.05) / (pair[0] + 0.05) > 4.0


@pytest.mark.parametrize(("true", "predicted"), [
    (np.repeat([0, 1], [123456, 7]), np.repeat([0, 1, 0], [100000, 23456, 7])),
    (range(30), range(30)), ([0] * 500, [0] * 500),
], ids=["six digits", "30 classes", "one class"])
@pytest.mark.parametrize("own", [False, True])
def test_numbers_stay_in_their_cells(true, predicted, own):
    ax = drawn(plot_confusion_matrix(true, predicted, ax=plt.subplots()[1] if own else None))
    side = ax.get_window_extent().width / len(ax.get_xticks())
    assert max(text.get_window_extent().width for text in ax.texts) < side


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_numbers_are_legible_on_a_light_and_on_a_dark_page(style):
    with plt.style.context(style):
        ax = drawn(plot_confusion_matrix([0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 0, 1, 2, 2]))
        pixels = np.asarray(ax.figure.canvas.buffer_rgba())[::-1]
    edge = 4                                                # of a cell, beside its number
    for row, column in np.ndindex(3, 3):
        x, y = ax.transData.transform((column - 0.5, row + 0.5)).astype(int) + edge
        cell = to_hex(pixels[y, x] / 255)
        assert contrast(ax.texts[3 * row + column].get_color(), cell) > 4.5


@pytest.mark.parametrize(("true", "predicted", "labels", "message"), [
    ([0, 1], [0], None, "y_true has 2 labels, y_pred 1"),
    ([], [], None, "y_true: there are no examples"),
    ([0, 1], [[0.2, 0.8], [0.9, 0.1]], None, r"y_pred: .*shape \(2, 2\); .*argmax\(axis=1\)"),
    ([0, 1], [0.3, 0.7], None, r"y_pred: class labels are expected.*got float 0.3; .*outputs > 0"),
    ([0, 1], [NAN, 0], None, "y_pred: class labels are expected"),
    ([0, None], [0, 0], None, "y_true: class labels are expected.*None"),
    (["a"], ["b"], ["a"], "labels: 'b' occurs in y_true or y_pred, but not in labels"),
    ([0, 2], [0, 0], ["a", "b"], "labels: 0 occurs"),
    ([0], [0], [0, 0], "labels: different labels are expected"),
    ([0], [0], [], "labels: different labels are expected"),
])
def test_labels_that_do_not_fit_are_refused(true, predicted, labels, message):
    with pytest.raises(ValueError, match=message):
        plot_confusion_matrix(true, predicted, labels=labels)
    assert plt.get_fignums() == []


def test_only_the_user_shows_a_figure(monkeypatch):
    check_that_only_users_show_a_figure(lambda ax: plot_confusion_matrix([0, 1], [0, 1], ax=ax), monkeypatch)


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch):
    check_the_error_without_matplotlib(lambda ax: plot_confusion_matrix([0, 1], [0, 1], ax=ax), monkeypatch)
