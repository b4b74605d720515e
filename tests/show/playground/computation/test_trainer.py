"""The page trains as `fit` does: the same start, the same order of samples, the same updates."""
import numpy as np
import pytest
from references.javascript.playground import GIVEN, MODULE, SETTINGS, arrays, fitted, model

import autograd_tiny as at
from autograd_tiny import nn, record
from autograd_tiny.vectors import read


def experiment(node, settings, updates=0):
    return node.call(MODULE, "experiment", GIVEN, settings, updates)


def updates_of(settings, epochs):
    train = len(arrays(settings)[0])
    return epochs * -(-train // (settings["batch"] or train))


def check(node, settings, epochs, outputs=1, signs=False):
    found = experiment(node, settings, updates_of(settings, epochs))
    trained = fitted(settings, epochs, outputs, signs)
    assert found["epoch"] == epochs
    np.testing.assert_allclose(found["numbers"], read(trained.parameters()), rtol=1e-9, atol=1e-9)
    return found, trained


@pytest.mark.parametrize("activation", [*nn.ACTIVATIONS, "maxout"])
def test_gradients_are_those_of_the_engine(node, activation):
    settings = SETTINGS | {"layers": [[4, activation], [3, activation]]}
    found = experiment(node, settings)
    x, y, *_ = arrays(settings)
    network = model(settings)
    tape = record(
        lambda row, t: nn.losses.binary_cross_entropy(network(row), t), x[0], y[0], parameters=network.parameters()
    )
    loss, gradient = tape.value_and_grad(np.column_stack([x, y]))
    np.testing.assert_allclose(found["gradient"], gradient, rtol=1e-13, atol=1e-13 * np.abs(gradient).max())
    assert found["train"][0]["loss"] == pytest.approx(loss, rel=1e-13)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adagrad", "rmsprop", "adam"])
@pytest.mark.parametrize("penalties", [{}, {"l1": 0.003}, {"l2": 0.01}, {"l1": 0.001, "l2": 0.02}])
def test_more_than_100_updates_of_each_optimiser(node, optimizer, penalties):
    check(node, SETTINGS | {"optimizer": optimizer, "lr": 0.02} | penalties, 18)


@pytest.mark.parametrize("batch", [1, 7, 0, 1000])
def test_updates_of_one_sample_of_some_and_of_all(node, batch):
    check(node, SETTINGS | {"batch": batch}, 3 if batch == 1 else 20)


@pytest.mark.parametrize(("loss", "data", "outputs", "signs"), [
    ("binary_cross_entropy", "moons", 1, False), ("hinge", "moons", 1, True), ("cross_entropy", "blobs", 3, False),
    ("cross_entropy", "moons", 2, False), ("multiclass_hinge", "blobs", 3, False), ("squared_error", "moons", 1, True),
    ("half_squared_error", "moons", 1, True), ("absolute_error", "hills", 1, False), ("huber", "hills", 1, False),
    ("squared_error", "plane", 1, False),
])
def test_each_loss(node, loss, data, outputs, signs):
    settings = SETTINGS | {"loss": loss, "data": data}
    found, trained = check(node, settings, 5, outputs, signs)
    x, y, x_test, y_test = arrays(settings, signs)
    for part, inputs, targets in [("train", x, y), ("test", x_test, y_test)]:
        names = [] if data in ("hills", "plane") else ["accuracy"]
        expected = at.evaluate(trained, inputs, targets, loss, names)
        assert found[part][0]["loss"] == pytest.approx(expected["loss"], rel=1e-9)
        assert found[part][0]["accuracy"] == expected.get("accuracy")


def test_classes_are_0_and_1_for_an_output_of_sigmoid(node):
    settings = SETTINGS | {"loss": "squared_error", "output": "sigmoid"}
    found, trained = check(node, settings, 5)
    x, y, *_ = arrays(settings)
    assert found["train"][0]["accuracy"] == at.evaluate(trained, x, y, "squared_error", ["accuracy"])["accuracy"]
