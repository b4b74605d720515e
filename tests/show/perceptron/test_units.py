"""The two updates of the page, under Node: a hundred of them are those of the engine and of fit."""
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import nn, optim
from autograd_tiny.show.perceptron import perceptron

MODULE = perceptron.FOLDER / "units.js"
START, RATE = [-0.3, 0.2, 0.1], 0.3
LOSSES = {
    "squared": lambda z, t: (at.sigmoid(z) - t) ** 2, "crossEntropy": nn.losses.binary_cross_entropy,
}
RNG = np.random.default_rng(3)
POINTS = [[*place, int(place[0] > place[1])] for place in RNG.normal(size=(10, 2)).tolist()]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_hundred_updates_of_gradient_descent(node, loss):
    weights, ours = START, [at.Value(x) for x in START]
    optimizer = optim.SGD(ours, lr=RATE)
    for k in range(100):
        point = POINTS[k % len(POINTS)]
        found = node.call(MODULE, "byGradientDescent", list(weights), point, RATE, loss)
        x1, x2, t = point
        w1, w2, b = ours
        z = w1 * x1 + w2 * x2 + b
        value = LOSSES[loss](z, t)
        at.gradients(value, ours)
        optimizer.zero_grad()
        value.backward()
        np.testing.assert_allclose(found["gradient"], [each.grad for each in ours], rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(found["delta"], z.grad, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(found["lossValue"], value.data, rtol=1e-12)
        np.testing.assert_allclose(found["h"], 1.0 / (1.0 + np.exp(-z.data)), rtol=1e-13)
        optimizer.step()
        weights = found["next"]
    np.testing.assert_allclose(weights, [each.data for each in ours], rtol=1e-9)


def test_a_hundred_updates_of_the_perceptron_rule(node):
    weights, ours = START, np.array(START)
    for k in range(100):
        point = POINTS[k % len(POINTS)]
        found = node.call(MODULE, "byPerceptronRule", list(weights), point, RATE)
        x, t = np.array([*point[:2], 1.0]), point[2]
        y = float(ours @ x > 0.0)
        assert found["y"] == y
        ours = ours + RATE * (t - y) * x
        np.testing.assert_allclose(found["next"], ours, rtol=1e-12, atol=1e-14)
        weights = found["next"]


def test_an_output_of_0_is_on_the_side_of_class_0(node):
    found = node.call(MODULE, "byPerceptronRule", [0.0, 0.0, 0.0], [1.0, 1.0, 0], 1.0)
    assert found["y"] == 0 and found["next"] == [0.0, 0.0, 0.0]


def test_points_on_their_own_side_are_counted_and_losses_are_averaged(node):
    weights = [0.5, -1.0, 0.25]
    net = [weights[0] * x1 + weights[1] * x2 + weights[2] for x1, x2, _ in POINTS]
    pairs = [(z, t) for z, (_, _, t) in zip(net, POINTS, strict=True)]
    assert node.call(MODULE, "right", weights, POINTS) == sum((z > 0) == t for z, t in pairs)
    for loss, of in LOSSES.items():
        mean = np.mean([of(at.Value(z), t).data for z, t in pairs])
        assert node.call(MODULE, "meanLoss", weights, POINTS, loss) == pytest.approx(mean, rel=1e-12)
