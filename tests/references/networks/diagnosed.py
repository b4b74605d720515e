"""Samples and networks that the tests of a diagnosis measure."""
import random

import numpy as np

from autograd_tiny import nn

N = 120
RNG = np.random.default_rng(5)
X = RNG.normal(size=(N, 3))
Y = np.sin(X[:, 0]) - X[:, 1]
LABELS = (X[:, 0] * X[:, 1] > 0).astype(int)


def mlp(nouts=(5, 4, 1), activation="tanh", init="xavier_normal", seed=3, **options):
    return nn.MLP(3, nouts, activation, init=init, rng=random.Random(seed), **options)


def kinds(found):
    return [finding.kind for finding in found.findings]


def only(found, kind):
    finding, = (each for each in found.findings if each.kind == kind)
    return finding


def rms(array):
    return np.sqrt(np.mean(np.square(array)))


class Unused(nn.Module):
    """fc3 is in no graph, and fc2 behind a sign, whose derivative is 0."""

    def __init__(self):
        rng = random.Random(1)
        self.fc1, self.fc2, self.fc3 = (nn.Layer(3, 3, "linear", rng=rng) for _ in range(3))
        self.out = nn.Neuron(6, "linear", rng=rng)

    def forward(self, x):
        return self.out([*self.fc1(x), *(v.sign() for v in self.fc2(x))])


class Activated(nn.Module):
    """In the manner of PyTorch: activations stand in forward."""

    def __init__(self):
        self.fc1, self.fc2 = nn.Layer(3, 4, "linear"), nn.Layer(4, 1, "linear")

    def forward(self, x):
        return self.fc2([h.relu() for h in self.fc1(x)])
