"""playground(): the page as a file, and what a network and its samples must be."""
import json
import re

import numpy as np
import pytest
from references.optional import needed

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.show.playground.playground import page_data

X, Y = [[0.0, 1.0], [1.0, 0.5], [-1.0, 2.0], [0.5, 0.5]], [0, 1, 1, 0]


def test_the_page_is_one_file_that_loads_nothing(tmp_path):
    text = at.playground().save(tmp_path / "playground.html").read_text(encoding="utf-8")
    assert len(text.encode()) < 400_000
    assert "default-src 'none'" in text
    assert set(re.findall(r"https?:[^\"' ]*", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(("model", "layers"), [
    (nn.MLP(2, [3, 1], "tanh"), [(3, "tanh", "layer1"), (1, "linear", "layer2")]),
    (nn.Layer(2, 1, "sigmoid"), [(1, "sigmoid", "")]),
    (nn.Neuron(2, "linear"), [(1, "linear", "")]),
    (
        nn.Sequential(nn.Layer(2, 4, "linear"), at.tanh, nn.Sequential(nn.Maxout(4, 2), nn.Neuron(2, "linear"))),
        [(4, "tanh", "layer1"), (2, "maxout", "layer3.layer1"), (1, "linear", "layer3.layer2")],
    ),
])
def test_a_network_as_layers(model, layers):
    data = page_data(model, X, Y, None)
    assert [(each["units"], each["activation"], each["name"]) for each in data["layers"]] == layers
    assert data["numbers"] == [p.data for p in model.parameters()]
    assert data["settings"]["loss"] == "binary_cross_entropy"
    json.dumps(data, allow_nan=False)


class Own(nn.MLP):
    def forward(self, x):
        return super().forward(x)


def frozen():
    model = nn.MLP(2, [3, 1])
    model.layers[0].neurons[1].b.requires_grad = False
    return model


def tied():
    model = nn.MLP(2, [2, 2, 1])
    model.layers[1].neurons[0].w = model.layers[0].neurons[0].w
    return model


def uneven():
    model = nn.MLP(2, [2, 1], "tanh")
    model.layers[0].neurons[1].activation = at.relu
    return model


@pytest.mark.parametrize(("model", "error", "message"), [
    (lambda x: x, TypeError, "a Module is expected, such as nn.MLP"), (3, TypeError, "a Module is expected"),
    (nn.MLP(3, [2, 1]), ValueError, "a network has 2 inputs, got 3"),
    (nn.Sequential(nn.Layer(2, 2), nn.Dropout(0.1), nn.Layer(2, 1)), TypeError, "layer2 is Dropout"),
    (nn.Network([("x", "o"), ("y", "o")]), TypeError, "the playground knows Neuron, Layer, MLP"),
    (Own(2, [2, 1]), TypeError, "the playground knows Neuron"),
    (nn.MLP(2, [2, 1], lambda z: z * z), TypeError, "the activation <lambda> of layer1 is one of your own"),
    (nn.Sequential(nn.Layer(2, 2, "tanh"), at.tanh), TypeError, "layer2 is an activation behind tanh"),
    (nn.Sequential(at.tanh, nn.Layer(2, 1)), TypeError, "an activation before all layers"),
    (nn.Sequential(nn.Activation("linear")), TypeError, "has no layers"),
    (nn.Sequential(nn.Layer(2, 3), nn.Layer(2, 1)), ValueError, "layer2 takes 2 inputs, but layer1 has 3 outputs"),
    (nn.MLP(2, [33, 1]), ValueError, r"32 units in each, got layers of \[33, 1\] units"),
    (nn.MLP(2, [2] * 8), ValueError, r"room for 6 hidden layers .* \[2, 2, 2, 2, 2, 2, 2, 2\]"),
    (frozen(), ValueError, "layer1.neuron2.b is frozen"), (tied(), ValueError, "shared by several units"),
    (uneven(), TypeError, "the neurons of layer1 differ"),
])
def test_other_networks_are_refused(model, error, message):
    with pytest.raises(error, match=message):
        at.playground(model, X, Y)


@pytest.mark.parametrize(("y", "loss", "activation", "classes", "chosen"), [
    ([0, 1, 1, 0], None, "linear", ["0", "1"], "binary_cross_entropy"),
    ([-1, 1, 1, -1], None, "linear", ["-1", "1"], "hinge"),
    ([0.5, 1, 1, 0], None, "linear", [], "squared_error"),
    ([-1, 1, 1, -1], "mse", "tanh", ["-1", "1"], "squared_error"),
    ([0, 1, 1, 0], "mse", "tanh", [], "squared_error"), ([0, 1, 1, 0], "mse", "sigmoid", ["0", "1"], "squared_error"),
    ([True, False, True, True], nn.losses.binary_cross_entropy, "linear", ["0", "1"], "binary_cross_entropy"),
    ([1, 2, 3, 4], nn.losses.huber, "linear", [], "huber"),
])
def test_targets_become_classes_or_numbers(y, loss, activation, classes, chosen):
    data = page_data(nn.MLP(2, [2, 1], "tanh", activation), X, y, loss)
    assert data["classes"] == classes
    assert data["settings"]["loss"] == chosen
    expected = [float(t == max(y)) for t in y] if classes else [float(t) for t in y]
    assert [point[2] for point in data["points"]] == expected


def test_labels_of_several_outputs():
    data = page_data(nn.MLP(2, [3]), X, [0, 2, 1, 2], None)
    assert data["classes"] == ["0", "1", "2"]
    assert [point[2] for point in data["points"]] == [0.0, 2.0, 1.0, 2.0]
    assert data["settings"]["loss"] == "cross_entropy"


@pytest.mark.parametrize(("samples", "y", "loss", "message"), [
    ([[1.0], [2.0]], [0, 1], None, "samples have 2 inputs, got 1"),
    ([1.0, 2.0], [0, 1], None, r"X has the shape \(samples, inputs\)"),
    (X, [0, 1], None, "4 samples in X, but y has"), (X, [0, 1, 2, np.nan], None, "finite numbers are expected"),
    (np.zeros((10_001, 2)), np.zeros(10_001), None, "10,000 samples at most, got 10,001"),
    (X, [0, 1, 0.3, 1], "binary_cross_entropy", "so the labels 0 and 1 are expected"),
    (X, [0, 1, 2, 1], "hinge", "takes the labels 1 and -1"), (X, Y, "cross_entropy", "takes an output for each class"),
    (X, Y, "mape", "loss: 'mape' is not in the page"),
    (X, Y, "nonsense", "'nonsense' is not in the page, .* absolute_error, huber$"),
    (X, Y, lambda o, t: o * t, "is not in the page, which has binary_cross_entropy"),
])
def test_samples_that_do_not_fit_are_refused(samples, y, loss, message):
    with pytest.raises(ValueError, match=message):
        at.playground(nn.MLP(2, [2, 1]), samples, y, loss)


def test_a_network_needs_samples_and_samples_need_a_network():
    with pytest.raises(TypeError, match=r"playground\(model, X, y\) needs samples"):
        at.playground(nn.MLP(2, [2, 1]))
    with pytest.raises(TypeError, match="X, loss needs a model before it"):
        at.playground(X=X, loss="mse")


def test_the_network_stays_as_it_is_and_no_label_ends_the_script():
    model = nn.MLP(2, [2, 1])
    model.layers[0].neurons[0].w[0].label = "</script><script>alert(1)</script>"
    before = [p.data for p in model.parameters()]
    page = at.playground(model, X, Y)
    assert page.html.count("</script>") == at.playground().html.count("</script>")
    assert [p.data for p in model.parameters()] == before
    assert isinstance(model.layers[0].neurons[0].w[0], Value)


def test_the_network_of_the_page_is_in_python():
    needed("anywidget", "widget")
    model = nn.MLP(2, [2, 1], "tanh")
    page = at.playground(model, X, Y)
    assert [p.data for p in page.model.parameters()] == [p.data for p in model.parameters()]
    numbers = [0.5 * k for k in range(9)]
    layers = page_data(model, X, Y, None)["layers"]
    page.widget.state = json.dumps({"texts": {}, "isGiven": True, "layers": layers, "numbers": numbers})
    assert type(page.model) is nn.MLP and page.model is not model
    assert [p.data for p in page.model.parameters()] == numbers
    maxout = {"units": 2, "activation": "maxout", "bias": True, "pieces": 2, "name": "layer1"}
    other = [maxout, {**layers[1], "bias": False}]
    page.widget.state = json.dumps({"texts": {}, "isGiven": False, "layers": other, "numbers": [*range(14)]})
    assert [type(layer) for layer in page.model.layers] == [nn.Maxout, nn.Layer]
    assert [p.data for p in page.model.parameters()] == [*range(14)]


def test_a_page_that_has_told_no_network_says_what_to_do():
    with pytest.raises(LookupError, match="the page has told no network yet: show it in a notebook where anywidget"):
        at.playground().model  # noqa: B018
