"""Which layers are found in a model, and their names."""
import random

import numpy as np
import pytest

from references.networks.diagnosed import Activated, X, Y, mlp

from autograd_tiny import Value, nn, optim, scope
from autograd_tiny.diagnosis.measure import measure


def names(model, x=X, **options):
    return [
        (layer.name, len(layer.units), layer.activation, layer.parameters)
        for layer in measure(model, x, Y, "mse", **options).layers
    ]


def test_the_parts_of_a_sequential_are_layers():
    model = nn.Sequential(
        nn.Layer(3, 6, "linear"), nn.Activation("tanh"), nn.Dropout(0.5), nn.Maxout(6, 2),
        nn.Layer(2, 1, "linear"),
    )
    assert names(model) == [
        ("layer1", 6, "linear", 24), ("layer2", 6, "tanh", 0), ("layer4", 2, "max", 28),
        ("layer5", 1, "linear", 3),
    ]


def test_a_network_has_a_layer_for_each_rank_of_units():
    edges = [("x", "h"), ("y", "h"), ("z", "g"), ("h", "k"), ("g", "k"), ("k", "o"), ("x", "o")]
    found = measure(nn.Network(edges), X, Y, "mse")
    assert [(layer.name, layer.units, layer.parameters) for layer in found.layers] == [
        ("network (1)", ["h", "g"], 5), ("network (2)", ["k"], 3), ("network (3)", ["o"], 3),
    ]


class ByHand(nn.Module):
    def __init__(self):
        rng = random.Random(2)
        self.v = [[Value(rng.gauss(0, 1)) for _ in range(3)] for _ in range(4)]
        self.w = [Value(rng.gauss(0, 1)) for _ in range(4)]
        self.b = Value(0.1)

    def forward(self, x):
        hidden = [sum(a * b for a, b in zip(row, x, strict=True)).tanh() for row in self.v]
        return sum((a * h for a, h in zip(self.w, hidden, strict=True)), self.b)


class Unit(nn.Module):
    def __init__(self, nin, rng):
        self.w = [Value(rng.gauss(0, 1)) for _ in range(nin)]

    def forward(self, x):
        return sum(a * b for a, b in zip(self.w, x, strict=True)).relu()


class OwnLayer(nn.Module):
    def __init__(self):
        self.units = [Unit(3, random.Random(k)) for k in range(4)]

    def forward(self, x):
        return [unit(x) for unit in self.units]


def test_layers_of_ones_own_are_found():
    assert names(ByHand()) == [("byhand (1)", 4, "tanh", 12), ("byhand (2)", 1, "linear", 5)]
    assert names(nn.Sequential(OwnLayer(), nn.Layer(4, 1, "linear"))) == [
        ("layer1", 4, "relu", 12), ("layer2", 1, "linear", 5),
    ]
    assert names(Activated()) == [
        ("fc1", 4, "linear", 16), ("activated", 4, "relu", 0), ("fc2", 1, "linear", 5),
    ]
    assert names(nn.Neuron(3)) == [("neuron", 1, "relu", 4)]


def test_layers_are_named_alike_inside_of_a_scope():
    with scope("outer"):
        assert [name for name, *_ in names(mlp())] == ["layer1", "layer2", "layer3"]


def test_a_function_that_an_optimizer_has_parameters_of_is_a_model():
    w = Value(0.5, "w")
    found = measure(lambda x: (w * x[0]).tanh(), X, Y, "mse", optim.SGD([w], lr=0.1))
    layer, = found.layers
    expected = np.tanh(0.5 * X[:, 0])
    assert (layer.name, layer.activation, layer.parameters) == ("model", "tanh", 1)
    assert layer.mean == pytest.approx(expected.mean())
    by_hand = np.mean(2 * (expected - Y) * (1 - expected**2) * X[:, 0])
    assert layer.gradient == pytest.approx(abs(by_hand)) and layer.update == pytest.approx(0.2 * abs(by_hand))
