"""Plots: what stands in them, that they are legible, and that input which would mislead is refused."""
import builtins
import random
import xml.etree.ElementTree as ET

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from autograd_tiny import nn
from autograd_tiny.boundary.plotting import BLUE, COLOURS, RED
from autograd_tiny.show.plots import regions
from autograd_tiny.show.plots.confusion import plot_confusion_matrix
from autograd_tiny.show.plots.regions import plot_decision_regions
from autograd_tiny.show.plots.weights import plot_weights
from autograd_tiny.training.curves import history_svg, plot_history
from autograd_tiny.training.history import History

NAN, INF = float("nan"), float("inf")
X = [[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [2.0, 3.0]]
SIGNS = [-1, -1, 1, 1]


class Curves(dict):
    """A history, as far as a plot looks at it."""

    @property
    def names(self):
        return list(self)


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def a_model_is_a_function_of_all_points(monkeypatch):
    monkeypatch.setattr(regions, "predict", lambda model, points: model(points))


def drawn(ax):
    """The Axes, once all of the figure has been drawn: matplotlib warns of some faults only then."""
    ax.figure.canvas.draw()
    return ax


def texts(ax):
    return [text.get_text() for text in ax.texts]


def captions(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def colours_of(ax):
    return [to_hex(line.get_color()) for line in ax.lines]


def left(points):
    return points[:, 0]


def three(points):
    return np.stack([points[:, 0], points[:, 1], -points[:, 0]], axis=1)


# ---- history

def test_loss_and_metrics_have_axes_of_their_own_and_validation_is_dashed():
    history = Curves(loss=[3.0, 2.0], val_loss=[4.0, 3.0], accuracy=[0.5, 0.7], val_accuracy=[0.4, 0.6])
    loss = drawn(plot_history(history))
    _, metrics = loss.figure.axes
    assert (loss.get_title(), metrics.get_title()) == ("Loss", "Metrics")
    assert (loss.get_xlabel(), loss.get_ylabel(), metrics.get_ylabel()) == ("epoch", "loss", "accuracy")
    assert [list(line.get_ydata()) for line in loss.lines] == [[3.0, 2.0], [4.0, 3.0]]
    assert [list(line.get_xdata()) for line in loss.lines] == [[1, 2], [1, 2]]
    assert colours_of(loss) == [RED, RED] and colours_of(metrics) == [BLUE, BLUE]
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
    assert ax.lines[1].get_markerfacecolor() == "white"
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
    assert RED in svg and BLUE in svg
    assert plt.get_fignums() == []


# ---- decision regions

@pytest.mark.parametrize(("labels", "threshold"), [
    (SIGNS, 0.0), ([0, 0, 1, 1], 0.5), ([False, False, True, True], 0.5),
])
def test_two_classes_are_red_and_blue_and_part_at_the_threshold(labels, threshold):
    ax = drawn(plot_decision_regions(left, X, labels, mesh=41, threshold=threshold))
    [image] = ax.images
    low, high = image.cmap(0), image.cmap(image.cmap.N - 1)
    assert (to_hex(low), to_hex(high)) == (RED, BLUE)
    assert image.norm(threshold) == pytest.approx(0.5)
    boundary, lower, upper = ax.collections
    assert [to_hex(points.get_facecolor()[0]) for points in (lower, upper)] == [RED, BLUE]
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
    assert shown == {regions.NOWHERE} and regions.NOWHERE not in COLOURS


def test_one_point_has_room_around_it():
    ax = drawn(plot_decision_regions(left, [[3.0, 4.0]], [1], mesh=5))
    assert (ax.get_xlim(), ax.get_ylim()) == ((2.0, 4.0), (3.0, 5.0))


@pytest.mark.parametrize(("x", "y", "message"), [
    ([1.0, 2.0], [1, 1], r"X: examples of two numbers .* got shape \(2,\)"),
    ([[1.0, 2.0, 3.0]], [1], r"X: .*shape \(B, 2\), got shape \(1, 3\)"),
    (np.empty((0, 2)), [], r"X: .* got shape \(0, 2\)"),
    ([[1.0], [1.0, 2.0]], [0, 1], "X: an array of numbers is expected"),
    ([["a", "b"]], [0], "X: an array of numbers is expected"),
    ([[1.0, NAN]], [0], "X: finite numbers are expected"),
    (X, [0, 1], r"y: one class label for each of the 4 examples is expected, got shape \(2,\)"),
    (X, [[0], [1], [0], [1]], r"y: .*got shape \(4, 1\)"),
    (X, ["a"] * 4, "y: an array of numbers is expected"),
    (X, [0, 1, 2, 1], "labels -1 and 1 or 0 and 1, got 0, 1, 2"),
    (X, [-1, 0, 1, 1], "labels -1 and 1 or 0 and 1, got -1, 0, 1"),
    (X, [0.5, 0, 1, NAN], "got 0, 0.5, 1, nan"),
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


# ---- weights

def layer(nin, nout):
    return nn.Layer(nin, nout, rng=random.Random(0))


def test_each_unit_is_an_image_on_one_scale_around_0():
    made = layer(64, 10)
    made.neurons[3].w[8].data = -3.0
    ax = drawn(plot_weights(made))
    assert len(ax.images) == 10 and texts(ax) == [str(unit) for unit in range(10)]
    assert ax.images[3].get_array().shape == (8, 8) and ax.images[3].get_array()[1, 0] == -3.0
    assert {(image.norm.vmin, image.norm.vmax) for image in ax.images} == {(-3.0, 3.0)}
    cmap = ax.images[0].cmap
    assert (to_hex(cmap(0)), to_hex(cmap(cmap.N - 1))) == (RED, BLUE)
    lefts = [image.get_extent()[0] for image in ax.images]
    assert lefts[:5] == lefts[5:] == sorted(set(lefts))                     # 5 × 2: no place is empty
    assert ax.figure.axes[1].get_ylabel() == "weight" and ax.get_title() == "Weights of 10 units"


def test_images_do_not_overlap():
    ax = plot_weights(layer(12, 7), shape=(6, 2), columns=3)
    places = [image.get_extent() for image in ax.images]
    for i, (left_i, right_i, bottom_i, top_i) in enumerate(places):
        for left_j, right_j, bottom_j, top_j in places[:i]:
            assert right_j < left_i or right_i < left_j or bottom_j < top_i or bottom_i < top_j
    assert ax.get_ylim()[1] <= min(place[3] for place in places)


def test_inputs_that_are_no_square_are_rows():
    made = layer(2, 3)
    ax = drawn(plot_weights(made))
    [image] = ax.images
    assert image.get_array().tolist() == [[w.data for w in neuron.w] for neuron in made.neurons]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("input", "unit")
    assert ax.get_yticks().tolist() == [0, 1, 2]


def test_the_first_layer_of_a_model():
    rng = random.Random(0)
    model = nn.Sequential(nn.Dropout(0.5), nn.MLP(9, [4, 2], rng=rng))
    assert len(plot_weights(model).images) == 4
    assert len(plot_weights(nn.Neuron(9, rng=rng), columns=1).images) == 1


def test_weights_that_are_not_finite_are_black_and_do_not_stretch_the_scale():
    made = layer(4, 2)
    made.neurons[0].w[0].data, made.neurons[1].w[0].data = NAN, INF
    ax = drawn(plot_weights(made))
    assert ax.images[0].norm.vmax < 1.0
    for image in ax.images:
        assert to_hex(image.cmap(image.norm(image.get_array()))[0, 0]) == "#000000"


def test_weights_of_0_have_a_scale():
    drawn(plot_weights(nn.Layer(4, 2, init="zeros")))


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"shape": (2, 3)}, ValueError, "shape: 2 × 3 = 6 does not fit, each unit has 9 weights"),
    ({"shape": 9}, ValueError, r"shape: height and width are expected, as \(8, 8\), got int 9"),
    ({"shape": (-3, -3)}, ValueError, "shape: .* 1 or more"),
    ({"shape": (3.0, 3)}, TypeError, "shape: an integer"),
    ({"columns": 0}, ValueError, "columns: .* 1 or more"), ({"columns": "2"}, TypeError, "columns: an integer"),
])
def test_shapes_that_do_not_fit_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        plot_weights(layer(9, 2), **options)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("model", [None, nn.Activation("tanh"), nn.Sequential(nn.Dropout(0.5))])
def test_a_model_without_neurons_is_refused(model):
    with pytest.raises(TypeError, match="model: a Layer is expected"):
        plot_weights(model)


# ---- confusion matrix

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
    [image] = ax.images
    for text, share in zip(ax.texts, image.norm(image.get_array()).ravel(), strict=True):
        pair = sorted([luminance(matplotlib.colors.to_rgb(text.get_color())), luminance(image.cmap(share))])
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


@pytest.mark.parametrize(("true", "predicted", "labels", "message"), [
    ([0, 1], [0], None, "y_true has 2 labels, y_pred 1"),
    ([], [], None, "y_true: there are no examples"),
    ([0, 1], [[0.2, 0.8], [0.9, 0.1]], None, r"y_pred: .*shape \(2, 2\); .*argmax\(axis=1\)"),
    ([0, 1], [0.3, 0.7], None, r"y_pred: class labels are expected.*got float 0.3; .*outputs > 0"),
    ([0, 1], [NAN, 0], None, "y_pred: class labels are expected"),
    ([0, None], [0, 0], None, "y_true: class labels are expected.*None"),
    (["a"], ["b"], ["a"], "labels: 'b' occurs in y_true or y_pred and is not among them"),
    ([0, 2], [0, 0], ["a", "b"], "labels: 0 occurs"),
    ([0], [0], [0, 0], "labels: different labels are expected"),
    ([0], [0], [], "labels: different labels are expected"),
])
def test_labels_that_do_not_fit_are_refused(true, predicted, labels, message):
    with pytest.raises(ValueError, match=message):
        plot_confusion_matrix(true, predicted, labels=labels)
    assert plt.get_fignums() == []


# ---- all of them

CALLS = {
    "history": lambda ax: plot_history(Curves(loss=[1.0, 2.0]), ax=ax),
    "regions": lambda ax: plot_decision_regions(left, X, SIGNS, mesh=5, ax=ax),
    "weights": lambda ax: plot_weights(layer(4, 3), ax=ax),
    "rows": lambda ax: plot_weights(layer(3, 3), ax=ax),
    "confusion": lambda ax: plot_confusion_matrix([0, 1], [0, 1], ax=ax),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_figure_is_shown_only_by_whoever_asks(call, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("plt.show() was called"))
    assert plt.fignum_exists(call(None).figure.number)      # so that a notebook and plt.show() find it
    given = plt.subplots()[1]
    before = plt.get_fignums()
    assert call(given) is given and plt.get_fignums() == before
    drawn(given)


@pytest.mark.parametrize("call", [*CALLS.values(), lambda ax: history_svg(Curves(loss=[1.0]))],
                         ids=[*CALLS, "svg"])
def test_without_matplotlib_the_error_says_how_to_get_it(call, monkeypatch):
    real = builtins.__import__

    def absent(name, *rest):
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ImportError, match=r'pip install "autograd_tiny\[plot\]"'):
        call(None)


def test_what_fit_and_predict_give_is_drawn(monkeypatch):
    monkeypatch.undo()                      # the real predict
    history = History(["loss", "val_loss"])
    history.append({"loss": 2.0, "val_loss": 3.0})
    assert captions(drawn(plot_history(history))) == ["loss", "val_loss"]
    sum_of_both = nn.Layer(2, 1, "linear", init="ones")
    for model, outputs in ((sum_of_both, 1), (nn.MLP(2, [4, 3], rng=random.Random(0)), 3)):
        ax = drawn(plot_decision_regions(model, X, [0, 0, 1, 1], mesh=7))
        assert ax.images[0].get_array().shape == (7, 7)
        assert (ax.figure.axes[1].get_ylabel() == "class") == (outputs == 3)
    values = plot_decision_regions(sum_of_both, X, SIGNS, mesh=4, margin=0.0).images[0].get_array()
    assert values.tolist() == [[x + y for x in (-1.0, 0.0, 1.0, 2.0)] for y in (0.0, 1.0, 2.0, 3.0)]


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
