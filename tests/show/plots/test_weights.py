"""Weights as images: one scale, no overlap, shapes that fit."""
import random

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex

from references.show.plots import check_that_only_users_show_a_figure, check_the_error_without_matplotlib, drawn, texts

from autograd_tiny import nn
from autograd_tiny.boundary.colours import LIGHT
from autograd_tiny.show.plots.weights import plot_weights

NAN, INF = float("nan"), float("inf")


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
    assert (to_hex(cmap(0)), to_hex(cmap(cmap.N - 1))) == (LIGHT.negative, LIGHT.positive)
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


def test_weights_that_are_not_finite_have_a_colour_of_their_own_and_do_not_stretch_the_scale():
    made = layer(4, 2)
    made.neurons[0].w[0].data, made.neurons[1].w[0].data = NAN, INF
    ax = drawn(plot_weights(made))
    assert ax.images[0].norm.vmax < 1.0
    for image in ax.images:
        assert to_hex(image.cmap(image.norm(image.get_array()))[0, 0]) == LIGHT.accent


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


CALLS = {
    "images": lambda ax: plot_weights(layer(4, 3), ax=ax),
    "rows": lambda ax: plot_weights(layer(3, 3), ax=ax),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_only_the_user_shows_a_figure(call, monkeypatch):
    check_that_only_users_show_a_figure(call, monkeypatch)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_matplotlib_the_error_says_how_to_get_it(call, monkeypatch):
    check_the_error_without_matplotlib(call, monkeypatch)
