"""TensorFlow: reports about derivatives. The right values are from the formulas, by hand."""
import math
import random

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import derivative, grad, hessian

ORDERS = [lambda f: grad(grad(f)), lambda f: derivative(derivative(f)), lambda f: grad(derivative(f))]
every_order = pytest.mark.parametrize("second", ORDERS, ids=["reverse", "forward", "mixed"])


def test_a_factor_of_0_before_a_logarithm():
    """119476, 56873: 0 for log 2, since the value 0·log y was taken for a constant."""
    assert grad(at.xlogy)(0.0, 2.0) == derivative(lambda x: at.xlogy(x, 2.0))(0.0) == math.log(2.0)
    tape = at.record(lambda x: at.xlogy(x[0], 2.0), [0.5])
    assert tape.input_gradients([[0.0]])[0, 0] == pytest.approx(math.log(2.0), rel=4e-16)


@every_order
def test_the_mixed_derivative_of_a_factor_of_0_before_a_logarithm(second):
    """127240: terms were lost. (2t - 1)·log(3t + 1) at ½ has the second derivative 12 / 2.5."""
    assert second(lambda t: at.xlogy(2 * t - 1, 3 * t + 1))(0.5) == pytest.approx(4.8, rel=1e-15)


@every_order
def test_the_second_derivative_of_elu(second):
    """11091: half of 2/e. 124830: 0 for 1 at -1e-300. chainer 4264: nan at 0, where it is exp(x)."""
    assert second(lambda x: 2 * at.elu(-x))(1.0) == pytest.approx(2 / math.e, rel=1e-15)
    assert (second(at.elu)(-1e-300), second(at.elu)(0.0)) == (1.0, 1.0)


@every_order
def test_the_second_derivative_of_log_sigmoid(second):
    """126628: -0.0."""
    assert second(at.log_sigmoid)(-37.42994775023705) == pytest.approx(-5.551115123125776e-17, rel=1e-14, abs=0.0)


def test_the_hessian_of_sigmoid():
    """3767: wrong. s(1 - s)(1 - 2s) on the diagonal."""
    found = hessian(lambda v: at.sum([at.sigmoid(x) for x in v]))([0.5, -1.0])
    for i, x in enumerate((0.5, -1.0)):
        s = 1 / (1 + math.exp(-x))
        assert found[i][i] == pytest.approx(s * (1 - s) * (1 - 2 * s), rel=1e-14) and found[i][1 - i] == 0.0


def test_second_derivatives_where_the_value_is_nan():
    """59046: 0, although log of nan has no derivative."""
    found = hessian(lambda v: at.log(at.sqrt(1 - v[0]) - v[1] + v[1]))([2.0, 1.0])
    assert all(math.isnan(x) for row in found for x in row)


def test_a_prediction_does_not_depend_on_the_size_of_the_batch():
    """63282, Pangolin 22: other digits for the same sample in a batch of 1, 2 or 3."""
    model = at.nn.MLP(4, [9, 3], activation="tanh")
    tape = at.record(model, [0.0] * 4)
    xs = [[0.1 * i, -0.2, 0.3 * i, 1.0] for i in range(130)]
    whole = tape(xs)
    for size in (1, 2, 3, 100, 129):
        if tape.backend == "native":
            assert tape(xs[:size]).tobytes() == whole[:size].tobytes()
        assert tape(xs[:size]) == pytest.approx(whole[:size], rel=1e-13)


def test_noise_in_a_function_that_is_traced():
    """24610, 40620, 109227: a draw of Python's random or NumPy's is made once, when the function is traced."""
    for draw in (random.random, lambda: float(np.random.rand())):
        with pytest.raises(ValueError):
            at.record(lambda x, draw=draw: x + draw(), 1.0)


def test_the_gradient_of_the_determinant_of_a_singular_matrix():
    """119477: "Input is not invertible". It is the adjugate, transposed."""
    assert at.grad(at.linalg.det)(np.array([[1.0, 2.0], [2.0, 4.0]])).tolist() == [[4.0, -2.0], [-2.0, 1.0]]
