"""Measuring a model as a whole: its loss, a healthy network, and that nothing is changed by it."""
import random

import numpy as np
import pytest

from references.networks.diagnosed import X, Y

from autograd_tiny import nn
from autograd_tiny.diagnosis.measure import measure


def test_a_healthy_network_has_no_findings():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(300, 20)), rng.integers(0, 4, 300)
    model = nn.MLP(20, [16, 16, 4], init="he_normal", rng=random.Random(0))
    found = measure(model, x, labels, "cross_entropy", "sgd", lr=0.01)
    assert found.findings == []
    shares = np.bincount(labels) / 300
    assert found.guessing == pytest.approx(-(shares * np.log(shares)).sum())


def test_a_mean_loss_near_to_overflow_is_a_number():
    found = measure(nn.Neuron(1, "linear", init="ones"), [[1e154], [1.2e154]], [0.0, 0.0], "mse")
    assert found.loss == pytest.approx(1.22e308)


def test_model_gradients_modes_and_generators_are_left_as_they_were():
    model = nn.Sequential(nn.Layer(3, 4, "relu"), nn.Dropout(0.5), nn.Layer(4, 1, "linear"))
    model.layers[1].eval()
    model(X[0].tolist()).backward()
    parameters = model.parameters()
    random.seed(3)
    np.random.seed(3)

    def state():
        modes = [model.training, *(layer.training for layer in model.layers)]
        return (
            [p.data for p in parameters], [p.grad for p in parameters], [p.label for p in parameters], modes,
            random.getstate(), np.random.get_state()[1].tolist(),
        )

    before = state()
    measure(model, X, Y, "mse", "adam")
    assert state() == before


def test_dropout_lets_everything_through():
    parts = nn.Layer(3, 4, "tanh"), nn.Layer(4, 1, "linear")
    with_it = measure(nn.Sequential(parts[0], nn.Dropout(0.9), parts[1]), X, Y, "mse")
    without = measure(nn.Sequential(*parts), X, Y, "mse")
    assert with_it.loss == without.loss
