"""Decision regions: colours, boundaries and examples; labels and options that would mislead are refused."""
import random

import matplotlib.pyplot as plt
import numpy as np
import pandas
import pytest
from matplotlib.colors import to_hex
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from references.show.plots import check_that_only_users_show_a_figure, check_the_error_without_matplotlib, drawn, texts

from autograd_tiny import nn
from autograd_tiny.boundary.colours import LIGHT
from autograd_tiny.boundary.plotting import CLASSES
from autograd_tiny.show.plots import regions
from autograd_tiny.sklearn import MLPClassifier, MLPRegressor
from autograd_tiny.show.plots.regions import plot_decision_regions

NAN, INF = float("nan"), float("inf")
X = [[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [2.0, 3.0]]
SIGNS = [-1, -1, 1, 1]


@pytest.fixture(autouse=True)
def a_model_is_a_function_of_all_points(monkeypatch):
    monkeypatch.setattr(regions, "predict", lambda model, points: model(points))


def left(points):
    return points[:, 0]


def three(points):
    return np.stack([points[:, 0], points[:, 1], -points[:, 0]], axis=1)


@pytest.mark.parametrize(("labels", "threshold"), [
    (SIGNS, 0.0), ([0, 0, 1, 1], 0.5), ([False, False, True, True], 0.5),
])
def test_two_classes_are_orange_and_turquoise_and_part_at_the_threshold(labels, threshold):
    ax = drawn(plot_decision_regions(left, X, labels, mesh=41, threshold=threshold))
    [image] = ax.images
    low, middle, high = image.cmap([0.0, 0.5, 1.0])
    assert (to_hex(low), to_hex(high)) == (CLASSES[0], CLASSES[1])
    assert middle[3] < 0.01 < low[3] == high[3]             # the page shows through, be it white or dark
    assert image.norm(threshold) == pytest.approx(0.5)
    boundary, lower, upper = ax.collections
    assert [to_hex(points.get_facecolor()[0]) for points in (lower, upper)] == [*CLASSES[:2]]
    assert lower.get_offsets().tolist() == X[:2] and upper.get_offsets().tolist() == X[2:]
    np.testing.assert_allclose(boundary.get_paths()[0].vertices[:, 0], threshold, atol=1e-12)
    bar = ax.figure.axes[1]
    assert bar.get_ylabel() == "output"
    assert texts(bar) == ["class 1", f"class {int(labels[0])}"]
    assert ax.get_title() and ax.get_xlabel() and ax.get_ylabel()


def test_the_picture_has_its_right_side_up():
    ax = plot_decision_regions(lambda points: points[:, 1], X, SIGNS, mesh=11, margin=0.0)
    [image] = ax.images
    assert image.origin == "lower" and image.get_array()[:, 0].tolist() == np.linspace(0.0, 3.0, 11).tolist()
    assert image.get_extent() == pytest.approx([-1.15, 2.15, -0.15, 3.15])
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1.0, 2.0), (0.0, 3.0))


def test_several_outputs_are_regions_of_the_highest():
    ax = drawn(plot_decision_regions(three, X, [0, 1, 2, 2], mesh=21))
    assert set(np.unique(ax.images[0].get_array())) == {0, 1, 2}
    bar = ax.figure.axes[1]
    assert bar.get_yticks().tolist() == [0, 1, 2] and bar.get_ylabel() == "class"
    markers = {tuple(map(tuple, c.get_paths()[0].vertices.round(3))) for c in ax.collections[-3:]}
    assert len(markers) == 3


def test_two_outputs_take_the_labels_0_and_1():
    ax = drawn(plot_decision_regions(lambda points: three(points)[:, ::2], X, [0, 0, 1, 1], mesh=5))
    assert set(np.unique(ax.images[0].get_array())) == {0, 1}


def test_labels_that_no_output_stands_for_are_refused():
    with pytest.raises(ValueError, match="a model with 3 outputs has the class labels 0 to 2, got -1, 1"):
        plot_decision_regions(three, X, SIGNS, mesh=5)


@pytest.mark.parametrize("outputs", [
    lambda points: np.full(len(points), 2.0), lambda points: np.zeros(len(points)),
    lambda points: np.full(len(points), NAN), lambda points: np.full((len(points), 2), NAN),
    lambda points: np.where(left(points) < 0.0, -INF, left(points)),
], ids=["no boundary", "all 0", "nan", "two nan", "infinite"])
def test_odd_outputs_are_drawn_without_a_warning(outputs):
    drawn(plot_decision_regions(outputs, X, [0, 0, 1, 1], mesh=9))


@pytest.mark.parametrize("model", [left, three])
def test_where_an_output_is_nan_the_plane_has_no_colour_of_a_class(model):
    def partly(points):
        outputs = model(points)
        outputs[points[:, 0] > 1.0] = NAN
        return outputs

    [image] = drawn(plot_decision_regions(partly, X, [0, 0, 1, 1], mesh=9)).images
    shown = {to_hex(colour) for colour in image.cmap(image.norm(image.get_array()))[:, -1]}
    assert shown == {LIGHT.accent} and LIGHT.accent not in CLASSES


def test_one_point_has_room_around_it():
    ax = drawn(plot_decision_regions(left, [[3.0, 4.0]], [1], mesh=5))
    assert (ax.get_xlim(), ax.get_ylim()) == ((2.0, 4.0), (3.0, 5.0))


@pytest.mark.parametrize(("x", "y", "message"), [
    ([1.0, 2.0], [1, 1], r"X: examples of two numbers .* got shape \(2,\)"),
    ([[1.0, 2.0, 3.0]], [1], r"X: .*shape \(B, 2\), got shape \(1, 3\)"),
    (np.empty((0, 2)), [], r"X: .* got shape \(0, 2\)"),
    ([[1.0], [1.0, 2.0]], [0, 1], "X: rows of equal length are expected"),
    ([["a", "b"]], [0], "X: an array of numbers is expected"),
    ([[1.0, NAN]], [0], "X: finite numbers are expected"),
    (X, [0, 1], r"y: one class label for each of the 4 examples is expected, got 2"),
    (X, [[0], [1], [0], [1]], r"y: .*got shape \(4, 1\)"),
    (X, ["a"] * 4, r"y: the model tells 2 classes apart, got 1 labels, a; labels=\[…\] names all of them"),
    (X, ["a", "b", "c", "a"], "2 classes apart, got 3 labels, a, b, c"), (X, ["a", "b", 1, 1], "got 1, a, b"),
    (X, [["a"]] * 4, r"y: .*got shape \(4, 1\)"), (X, [None] * 4, "y: class labels are expected"),
    (X, [0, 1, 2, 1], "labels -1 and 1 or 0 and 1, got 0, 1, 2"),
    (X, [-1, 0, 1, 1], "labels -1 and 1 or 0 and 1, got -1, 0, 1"),
    (X, [0.5, 0, 1, NAN], "y: class labels are expected, integers or strings, got float 0.5"),
])
def test_examples_that_do_not_fit_are_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        plot_decision_regions(left, x, y, mesh=5)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"mesh": 1}, ValueError, "mesh: 2 or more"), ({"mesh": 0}, ValueError, "mesh: .* 1 or more"),
    ({"mesh": 2.5}, TypeError, "mesh: an integer"), ({"margin": -0.1}, ValueError, "margin: .*-0.1"),
    ({"margin": INF}, ValueError, "margin: a finite"), ({"threshold": "0"}, TypeError, "'0'"),
    ({"threshold": NAN}, ValueError, "threshold: a finite"),
])
def test_bad_options_of_decision_regions(options, error, message):
    with pytest.raises(error, match=message):
        plot_decision_regions(left, X, SIGNS, **options)


# ---- labels in words

WORDS = ["no", "no", "yes", "yes"]


@pytest.mark.parametrize(("y", "labels", "names"), [
    (WORDS, None, ["no", "yes"]), (np.array(WORDS), None, ["no", "yes"]),
    (np.array(WORDS, object), None, ["no", "yes"]),
    (WORDS, ["no", "yes"], ["no", "yes"]), ([0, 0, 1, 1], ["cold", "hot"], ["cold", "hot"]),
    (SIGNS, ["cold", "hot"], ["cold", "hot"]), ([7, 7, 9, 9], [7, 9], ["7", "9"]),
    (["b", "b", "a", "a"], ["b", "a"], ["b", "a"]), (["$x_1$"] * 2 + ["$y"] * 2, None, ["$x_1$", "$y"]),
    (["yes"] * 4, ["no", "yes"], ["no", "yes"]),
])
def test_two_classes_have_any_labels(y, labels, names):
    ax = drawn(plot_decision_regions(left, X, y, mesh=11, labels=labels))
    assert texts(ax.figure.axes[1]) == [f"class {names[1]}", f"class {names[0]}"]
    first, second = (c.get_offsets().tolist() for c in ax.collections[-2:])
    assert (first, second) == (([], X) if set(y) == {"yes"} else (X[:2], X[2:]))


def test_the_classes_of_several_outputs_have_any_labels():
    for y, labels, names in (
        (["b", "c", "a", "a"], None, ["a", "b", "c"]), ([1, 2, 0, 0], ["x", "y", "z"], ["x", "y", "z"]),
        (["b", "a", "c", "c"], ["c", "b", "a"], ["c", "b", "a"]), ([5, 7, 3, 3], [3, 5, 7], ["3", "5", "7"]),
    ):
        ax = drawn(plot_decision_regions(three, X, y, mesh=11, labels=labels))
        assert [text.get_text() for text in ax.figure.axes[1].get_yticklabels()] == names
        assert [c.get_offsets().tolist() for c in ax.collections[-3:]] == [X[2:], X[:1], X[1:2]]


@pytest.mark.parametrize(("y", "labels", "message"), [
    (WORDS, ["no"], "2 classes apart, got 1 labels, no"), (WORDS, ["no", "no"], "labels: different labels"),
    (WORDS, ["no", "maybe"], "labels: 'yes' occurs in y, but not in labels"),
    ([0, 2, 0, 2], ["a", "b"], "labels: 0 occurs"),
])
def test_labels_that_do_not_fit_are_refused(y, labels, message):
    with pytest.raises(ValueError, match=message):
        plot_decision_regions(left, X, y, mesh=5, labels=labels)
    assert plt.get_fignums() == []


# ---- estimators

def blobs(centres):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(centre, 0.3, (20, 2)) for centre in centres])
    return x, np.repeat(np.arange(len(centres)), 20)


@pytest.mark.parametrize("names", [["no", "yes"], [0, 1], [-1, 1], [3, 8], ["a", "b", "c"], [4, 5, 6]])
def test_an_estimator_of_this_package_is_drawn_with_its_labels(names):
    x, y = blobs([(0, 0), (2, 0), (0, 2)][: len(names)])
    y = np.array(names)[y]
    model = MLPClassifier(random_state=0, learning_rate_init=0.05, max_iter=400, tol=0.01).fit(x, y)
    ax = drawn(plot_decision_regions(model, x, y, mesh=9, margin=0.0))
    grid = np.stack(np.meshgrid(*(np.linspace(*x[:, i][[x[:, i].argmin(), x[:, i].argmax()]], 9) for i in (0, 1))), -1)
    expected = model.predict(grid.reshape(-1, 2)).reshape(9, 9)
    shown = np.asarray(ax.images[0].get_array())
    found = np.array(names)[(shown > 0.5).astype(int) if len(names) == 2 else shown.astype(int)]
    assert (found == expected).all()
    assert len(np.unique(expected)) == len(names)
    captions = [text.get_text() for text in ax.figure.axes[1].get_yticklabels()]
    if len(names) == 2:
        captions = [text.removeprefix("class ") for text in texts(ax.figure.axes[1])][::-1]
    assert captions == list(map(str, names))


def test_an_estimator_without_probabilities_is_drawn_by_its_predictions():
    x, y = blobs([(0, 0), (2, 0), (0, 2)])
    names = np.array(["a", "b", "c"])
    for chosen in y < 2, y < 3:
        model = make_pipeline(StandardScaler(), LinearSVC()).fit(x[chosen], names[y[chosen]])
        ax = drawn(plot_decision_regions(model, x[chosen], names[y[chosen]], mesh=7))
        assert set(np.unique(np.asarray(ax.images[0].get_array()))) == set(range(len(set(y[chosen]))))


def test_a_regressor_is_a_model_with_one_output():
    x, y = blobs([(0, 0), (2, 0)])
    model = MLPRegressor(random_state=0, learning_rate_init=0.05, max_iter=300).fit(x, y)
    ax = drawn(plot_decision_regions(model, x, y, mesh=7, threshold=0.5))
    assert np.asarray(ax.images[0].get_array()).shape == (7, 7)


def test_the_columns_of_a_data_frame_name_the_axes():
    x, y = blobs([(0, 0), (2, 0)])
    frame = pandas.DataFrame(x, columns=["width", "$height$"])
    model = MLPClassifier(random_state=0, max_iter=300, learning_rate_init=0.05).fit(frame, y)
    ax = drawn(plot_decision_regions(model, frame, y, mesh=5))        # without a warning about missing names
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("width", "$height$")
    assert drawn(plot_decision_regions(left, frame, y, mesh=5)).get_xlabel() == "width"


def test_the_colours_of_ten_classes_differ():
    assert len({regions._colour(k) for k in range(10)}) == 10
    assert len({(regions._colour(k), regions._marker(k)) for k in range(70)}) == 70


def test_probabilities_part_in_the_middle_and_logits_at_zero():
    def boundary(scale, shift, labels):
        ax = plot_decision_regions(lambda points: scale * points[:, 0] + shift, X, labels)
        (low, high), = [ax.images[0].get_clim()]
        return (low + high) / 2

    assert boundary(0.1, 0.4, [0, 0, 1, 1]) == pytest.approx(0.5)
    assert boundary(0.1, 0.4, SIGNS) == boundary(10.0, 0.0, [0, 0, 1, 1]) == pytest.approx(0.0)


def test_the_colours_are_full_at_the_reach_and_the_bar_may_be_left_out():
    ax = plot_decision_regions(left, X, SIGNS, reach=0.5, colorbar=False)
    assert ax.images[0].get_clim() == (-0.5, 0.5) and len(ax.figure.axes) == 1
    assert len(plot_decision_regions(three, X, [0, 1, 2, 0], colorbar=False).figure.axes) == 1
    with pytest.raises(ValueError, match="reach: a number above 0"):
        plot_decision_regions(left, X, SIGNS, reach=0.0)


def test_the_outputs_of_models_are_drawn(monkeypatch):
    monkeypatch.undo()                      # the real predict
    sum_of_both = nn.Layer(2, 1, "linear", init="ones")
    for model, outputs in ((sum_of_both, 1), (nn.MLP(2, [4, 3], rng=random.Random(0)), 3)):
        ax = drawn(plot_decision_regions(model, X, [0, 0, 1, 1], mesh=7))
        assert ax.images[0].get_array().shape == (7, 7)
        assert (ax.figure.axes[1].get_ylabel() == "class") == (outputs == 3)
    values = plot_decision_regions(sum_of_both, X, SIGNS, mesh=4, margin=0.0).images[0].get_array()
    assert values.tolist() == [[x + y for x in (-1.0, 0.0, 1.0, 2.0)] for y in (0.0, 1.0, 2.0, 3.0)]


def test_only_the_user_shows_a_figure(monkeypatch):
    check_that_only_users_show_a_figure(lambda ax: plot_decision_regions(left, X, SIGNS, mesh=5, ax=ax), monkeypatch)


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch):
    check_the_error_without_matplotlib(lambda ax: plot_decision_regions(left, X, SIGNS, mesh=5, ax=ax), monkeypatch)
