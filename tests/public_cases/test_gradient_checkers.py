"""AutoGrad.jl, CNTK, Chainer, JAX, SciPy, Theano and others: reports about comparing derivatives with differences.

Each case is written for this package. The derivatives are right, or the verdict says what is wrong with the function.
"""
import math
import random

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import check_gradients, nn

LOSSES = nn.losses


def agrees(f, *args):
    return {row.verdict for row in check_gradients(f, *args).rows} == {"agree"}


def test_weights_of_zero():
    """AutoGrad.jl 74: the derivative of a mean of x + w with respect to w = 0 was called wrong."""
    rng = random.Random(1)
    x = [[rng.gauss(0, 1) for _ in range(16)] for _ in range(5)]
    assert agrees(lambda w: at.mean([a + b for row in x for a, b in zip(row, w, strict=True)]), [0.0] * 16)


def test_derivatives_that_are_small_beside_the_loss():
    """CNTK 671: a derivative of -8e-6 in a network with one hidden layer was called wrong."""
    def loss(w):
        h = [at.sigmoid(w[0] * 0.3 + w[1]), at.sigmoid(w[2] * 0.3 + w[3])]
        return LOSSES.cross_entropy([h[0] * 9.0 + h[1] * 5.0, -h[0] * 4.0], 0)

    w = [1.5, 2.0, -0.5, 1.0]
    assert max(map(abs, at.grad(loss)(w))) < 1e-5
    assert check_gradients(loss, w)
    assert not check_gradients(loss, w, claimed=[1.01 * x for x in at.grad(loss)(w)])


def test_inputs_that_are_not_scaled():
    """CNTK 3255: the derivative by a bias was 1.5e6 by differences, in a logistic regression."""
    def loss(w, b):
        samples = [(900.0, 1.0), (-700.0, 0.0), (12.0, 0.0)]
        return at.mean([LOSSES.binary_cross_entropy(w * x + b, t) for x, t in samples])

    assert agrees(loss, 0.01, 0.5)


def test_the_error_does_not_grow_with_the_number_of_inputs():
    """chainer 3046: right up to 20 inputs, wrong from 30 on."""
    assert agrees(lambda x: at.tanh(at.dot(x, x) - 10.0) * at.sum(x), list(np.linspace(-1.0, 1.0, 40)))


@pytest.mark.parametrize("x", [1e-10, 1e-19, 1e-30, 1e-150, 1e-300])
def test_steps_are_in_proportion_to_small_inputs(x):
    """jax-gcm 847: below 1e-19 a relative step turned into an absolute one."""
    assert agrees(at.log, x)
    assert agrees(lambda y: y / (y + x), x)


@pytest.mark.parametrize("distance", [1e-2, 1e-4, 1e-6, 1e-8])
def test_a_maximum_with_the_next_one_close_by(distance):
    """tensorflow-fast-rcnn 12: a step got past the next highest value."""
    assert agrees(lambda x: at.max([x, 1.0, 0.3]), 1.0 + distance)
    assert agrees(lambda x: at.max([x, 1.0, 0.3]), 1.0 - distance)


def test_a_derivative_at_a_discontinuity_is_refused():
    """scipy 12487: differences to one side only gave a derivative at a jump."""
    for f in (lambda x: x if x >= 1.0 else 0.0 * x, lambda x: at.where(at.greater(x, 1.0), x, 0.0)):
        result = check_gradients(f, 1.0)
        assert not result and result.rows[0].verdict == "the function jumps here"


@pytest.mark.parametrize("x", [1e-3, 1e-6, 1e-9, -1e-9])
def test_a_denominator_close_to_zero(x):
    """Theano 571: the estimate was off, so such tests were left out."""
    assert agrees(lambda y: 1.0 / y, x)
    assert agrees(lambda a, b: a / b, 0.7, x)


def test_a_stopped_gradient_is_told_by_its_size():
    """fmmax 94: a stop_gradient in the function, of small or of no influence."""
    assert agrees(lambda x, y: at.log(at.exp(x - x.detach()) + at.exp(y - x.detach())) + x.detach(), 1.0, 2.0)
    result = check_gradients(lambda x: x**2 + 1e-5 * at.sin(x.detach()), 1.0)
    assert not result and result.rows[0].verdict == "a path is missing from the graph"


def test_a_minimum_that_training_has_found():
    """The derivatives are rounding, and so are the differences; no relative tolerance holds."""
    x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.1, 2.9, 5.2, 6.8])
    slope, intercept = np.polyfit(x, y, 1)
    points = list(zip(x, y, strict=True))
    result = check_gradients(lambda a, b: at.sum([(a * u + b - v) ** 2 for u, v in points]), slope, intercept)
    assert result and {row.verdict for row in result.rows} == {"agree"}
    assert all(abs(row.reverse) < 1e-13 for row in result.rows)
    assert math.isclose(slope, 1.94)
