"""The activation of a unit is named by what computes it, also where somebody wrote it."""
import random

import numpy as np
import pytest
from references.custom import cube
from references.networks.diagnosed import X, Y, mlp

import autograd_tiny as at
from autograd_tiny import nn
from autograd_tiny.diagnosis.measure import measure


def swish(z):
    return z * at.sigmoid(z)


def scaled_tanh(z):
    return 1.7 * at.tanh(z)


def leaky(z):
    return at.maximum(0.1 * z, z)


def own_relu(z):
    return at.relu(z)


def shift(z):
    return 2.0 * z / 3.0 - 1.0


class Gated(nn.Module):
    """Half of the net inputs gate the others."""

    def __init__(self):
        rng = random.Random(0)
        self.both, self.out = nn.Layer(3, 4, "linear", rng=rng), nn.Layer(2, 1, "linear", rng=rng)

    def forward(self, x):
        a, b, c, d = self.both(x)
        return self.out([a * at.sigmoid(b), c * at.sigmoid(d)])


class InForward(nn.Module):
    """An activation that stands in forward."""

    def __init__(self, function):
        rng = random.Random(0)
        self.one, self.two, self.mine = nn.Layer(3, 4, "linear", rng=rng), nn.Neuron(4, "linear", rng=rng), function

    def forward(self, x):
        return self.two([self.mine(z) for z in self.one(x)])


def activations(model):
    return [layer.activation for layer in measure(model, X[:30], Y[:30], "mse").layers]


@pytest.mark.parametrize("function, name, operations", [
    ("tanh", "tanh", "tanh"), ("linear", "linear", "linear"), (at.relu, "relu", "relu"), (own_relu, "relu", "relu"),
    (swish, "swish", "custom (sigmoid, mul)"), (scaled_tanh, "scaled_tanh", "custom (tanh, mul)"),
    (leaky, "leaky", "maximum"), (cube, "cube", "cube"), (shift, "linear", "linear"),
    *((function, name, name) for function, name in [
        (lambda z: at.tanh(z), "tanh"), (lambda z: z * at.sigmoid(z), "custom (sigmoid, mul)"),
        (lambda z: z * z, "mul"), (lambda z: z**2, "pow"), (lambda z: at.exp(-z * z), "custom (mul, exp)"),
        (lambda z: 1.0 / (1.0 + at.exp(-z)), "custom (exp, add, div)"), (lambda z: -z, "linear"),
        (lambda z: at.relu(z) - at.relu(-z), "custom (relu, sub)"),
        (lambda z: at.where(at.greater(z, 0.0), z, 0.0), "custom (greater, where)"),
    ]),
])
def test_by_the_function_of_the_layer_or_by_the_operations(function, name, operations):
    assert activations(mlp((4, 1), function)) == [name, "linear"]
    apart = nn.Sequential(nn.Layer(3, 4, "linear"), nn.Activation(function), nn.Layer(4, 1, "linear"))
    assert [each for each in activations(apart) if each != "linear"] == [name] * (name != "linear")
    in_forward = InForward(nn.ACTIVATIONS.get(function, function))
    assert [each for each in activations(in_forward) if each != "linear"] == [operations] * (operations != "linear")


def test_in_a_function_of_all_outputs():
    rng = random.Random(0)

    def normalised(zs):
        total = at.sum([at.exp(z) for z in zs])
        return [at.exp(z) / total for z in zs]

    for function in normalised, at.softmax:
        model = nn.Sequential(nn.Layer(3, 4, "linear", rng=rng), function, nn.Layer(4, 1, "linear", rng=rng))
        assert activations(model) == ["linear", function.__name__, "linear"]


def test_of_several_net_inputs():
    assert activations(Gated()) == ["linear", "custom (sigmoid, mul)", "linear"]
    assert activations(nn.Sequential(nn.Maxout(3, 2), nn.Layer(2, 1, "linear"))) == ["max", "linear"]


def test_a_factor_that_is_learned_leaves_a_layer_linear():
    class Factor(nn.Module):
        def __init__(self):
            self.layer, self.factor = nn.Layer(3, 2, "linear"), at.Value(0.5)

        def forward(self, x):
            first, second = self.layer(x)
            return self.factor * first + second

    assert set(activations(Factor())) == {"linear"}


def test_the_gradient_arrives_at_the_net_input_of_an_activation_of_ones_own():
    """Then it does not depend on how the activation is written."""
    found = [
        measure(mlp((4, 1), function), X, Y, "mse").layers[0].arriving
        for function in (at.silu, swish, lambda z: z / (1.0 + at.exp(-z)))
    ]
    np.testing.assert_allclose(found, found[0], rtol=1e-9)


def test_of_a_sigmoid_in_a_larger_activation_nothing_is_saturated():
    layer = measure(mlp((4, 1), lambda z: z * at.sigmoid(z)), 100.0 * X, Y, "mse").layers[0]
    assert layer.saturated is None and layer.dead is None
