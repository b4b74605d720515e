"""Modules that several tests need: one with Values and modules in all containers, and others."""
import random

import numpy as np

from autograd_tiny import Value, nn


def rng():
    return random.Random(1)


def numbers(model):
    return [p.data for p in model.parameters()]


class Own(nn.Module):
    """A class of one's own, with Values and modules in all kinds of containers."""

    def __init__(self):
        self.scale = Value(2.0)
        self.w = [Value(float(k)) for k in range(3)]
        self.rows = [[Value(10.0), Value(11.0)], [Value(12.0), Value(13.0)]]
        self.ragged = [[Value(20.0)], [Value(21.0), Value(22.0)]]
        self.pair = (Value(30.0), Value(31.0))
        self.gates = {"open": Value(40.0), "shut": [Value(41.0), Value(42.0)]}
        self.grid = np.array([[Value(50.0), Value(51.0)]], dtype=object)
        self.head = nn.Neuron(2, "linear", rng=rng())
        self.layers = [nn.Layer(2, 2, rng=rng()), nn.Dropout(0.5)]
        self.by_name = {"a": nn.Layer(1, 1, rng=rng())}
        self.size, self.note, self.numbers, self.nothing = 3, "text", np.ones(2), None

    def forward(self, x):
        return self.scale * self.head(x)


NAMES_OF_OWN = [
    "scale", "w[0]", "w[1]", "w[2]", "rows[0][0]", "rows[0][1]", "rows[1][0]", "rows[1][1]", "ragged[0][0]",
    "ragged[1][0]", "ragged[1][1]", "pair[0]", "pair[1]", "gates.open", "gates.shut[0]", "gates.shut[1]",
    "grid[0][0]", "grid[0][1]", "head.w[0]", "head.w[1]", "head.b", "layer1.neuron1.w[0]",
    "layer1.neuron1.w[1]", "layer1.neuron1.b", "layer1.neuron2.w[0]", "layer1.neuron2.w[1]",
    "layer1.neuron2.b", "by_name.a.neuron1.w[0]", "by_name.a.neuron1.b",
]


def tied():
    shared = nn.Layer(2, 2, "tanh", rng=rng())
    return nn.Sequential(shared, shared, nn.Layer(2, 1, "linear", rng=rng()))


MODELS = {
    "Neuron": lambda: nn.Neuron(3, "tanh"), "Layer": lambda: nn.Layer(3, 2), "MLP": lambda: nn.MLP(2, [3, 1]),
    "MLP without bias": lambda: nn.MLP(2, [3, 1], bias=False), "Maxout": lambda: nn.Maxout(2, 3, 4),
    "Maxout without bias": lambda: nn.Maxout(2, 1, bias=False),
    "Sequential": lambda: nn.Sequential(
        nn.Layer(2, 3), nn.Dropout(0.1, rng=rng()), nn.Activation("gelu"), nn.Maxout(3, 2)
    ),
    "Network": lambda: nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], activation="tanh"),
    "Network without bias": lambda: nn.Network([("x", "h"), ("h", "o")], bias=False),
    "own": Own, "tied": tied,
}


class KeepsActivations(nn.Module):
    """Keeps its activations in attributes during a call."""

    def __init__(self):
        self.first, self.last = nn.Layer(2, 3, rng=random.Random(0)), nn.Layer(3, 1, rng=random.Random(1))
        self.scale = Value(1.0)

    def forward(self, x):
        self.hidden = self.first(x)
        self.seen = [x]
        return self.scale * self.last(self.hidden)
