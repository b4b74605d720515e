"""HIPS/autograd: reports about norms, functions of NumPy and matrices. The right values are from the formulas."""
import math

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import elementwise_grad, grad, jacobian, linalg


def test_the_sum_of_squares_at_0():
    """183, 570, 617: by the norm nan, since its root has no derivative at 0; as a sum of squares 0."""
    assert (grad(lambda x: np.exp(-np.sum(x**2)))(np.zeros(2)) == 0.0).all()
    assert np.isnan(grad(lambda x: np.exp(-np.linalg.norm(x) ** 2))(np.zeros(2))).all()


def test_the_norm_away_from_0():
    """151."""
    assert np.allclose(grad(np.linalg.norm)(np.array([3.0, 4.0])), [0.6, 0.8], rtol=1e-15)


def test_displacements_with_a_step_of_length_0():
    """370: an integer array gave -2⁶³. The gradient of the sum of the squared steps is 2, -2, -2, 2."""
    def energy(x):
        return at.sum([(x[i] - x[i - 1]) ** 2 for i in range(1, 4)])

    assert grad(energy)(np.array([1.0, 0.0, 0.0, 1.0])).tolist() == [2.0, -2.0, -2.0, 2.0]


def test_a_root_squared():
    """570: sqrt(x)² and 1 / (1 / x) at 0 are inf · 0, as in every library that keeps to the chain rule."""
    assert math.isnan(grad(lambda x: at.sqrt(x) ** 2)(0.0))
    assert math.isnan(grad(lambda x: 1 / (1 / x))(0.0))


def test_functions_of_numpy_that_move_elements():
    """396, 242, 441, 384: errors or other numbers by where, einsum, pad and broadcast_to. By hand."""
    x, square = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    assert grad(lambda x: np.sum(np.where(np.array([True, False]), x, 2 * x)))(x).tolist() == [1.0, 2.0]
    assert grad(lambda x: np.sum(np.einsum("ab->b", x) ** 2))(square).tolist() == [[8.0, 12.0], [8.0, 12.0]]
    assert grad(lambda x: np.sum(np.pad(x, 1) ** 2))(x).tolist() == [2.0, 4.0]
    assert grad(lambda x: np.sum(np.broadcast_to(x, (4, 2))))(x).tolist() == [4.0, 4.0]


def test_the_norm_at_0_of_linalg():
    """151, 268, 586, 617: nan by numpy.linalg.norm; linalg.norm has the derivative 0 there, as PyTorch's."""
    assert grad(linalg.norm)(np.zeros(3)).tolist() == [0.0, 0.0, 0.0]
    assert grad(lambda x: linalg.norm(x) ** 2)(np.zeros((1, 2))).tolist() == [[0.0, 0.0]]


def test_arctan2_with_plain_numbers_beside_the_variable():
    """414, 419: by (y, x), and by each alone: x / (x² + y²), -y / (x² + y²)."""
    assert grad(lambda xy: np.arctan2(xy[1], xy[0]))((0.0, 1.0)) == (-1.0, 0.0)
    assert grad(lambda y: np.arctan2(y, 2.0))(1.0) == pytest.approx(0.4)
    assert grad(lambda x: np.arctan2(1.0, x))(2.0) == pytest.approx(-0.2)
    with pytest.raises(TypeError, match=r"write autograd_tiny\.arctan2"):
        grad(lambda x: np.sum(np.arctan2(1.0, x)))(np.ones(2))


def test_the_determinant_of_a_singular_matrix():
    """549: an error for zeros; the derivatives are the cofactors."""
    assert not grad(linalg.det)(np.zeros((4, 4))).any()
    assert grad(linalg.det)(np.array([[1.0, 2.0], [2.0, 4.0]])).tolist() == [[4.0, -2.0], [-2.0, 1.0]]


def test_mean_and_norm_of_a_list():
    """757: an error. (x + x + 2) / 2 has the derivative 1, √(x² + 16) at 3 has 3 / 5."""
    assert grad(lambda x: np.mean([x, x + 2]))(0.0) == 1.0
    assert grad(lambda x: np.linalg.norm([x, 4.0]))(3.0) == pytest.approx(0.6)
    assert grad(lambda x: np.var([x, 2 * x]))(2.0) == pytest.approx(1.0)


def test_functions_that_numpy_lacks_say_what_to_write():
    """515, 102: the inverse of a matrix of variables, and whatever else NumPy has for floats only."""
    def entry(x):
        return np.dot(np.linalg.inv(np.array([[x, 1.0], [0.0, 2.0]])), np.ones(2))[0]

    with pytest.raises(TypeError, match=r"NumPy's inv does not take Values here: write autograd_tiny\.linalg\.inv"):
        grad(entry)(2.0)
    by_hand = grad(lambda x: np.dot(linalg.inv(np.array([[x, 1.0], [0.0, 2.0]])), np.ones(2))[0])
    assert by_hand(2.0) == pytest.approx(-1 / 8)


def test_second_elementwise_derivatives():
    """353: an error for the second one. The second derivative of the sine is minus the sine."""
    x = np.arange(-2.0, 2.0, 0.1)
    assert np.allclose(elementwise_grad(elementwise_grad(np.sin))(x), -np.sin(x), rtol=1e-15, atol=1e-16)


def test_a_linear_function_of_a_vector():
    """423: zeros. The Jacobian of A @ x is A, by np.dot and by @ and by A.T.dot, 8."""
    a, x = np.arange(9.0).reshape(3, 3), np.arange(3.0)
    assert np.array_equal(jacobian(lambda x: np.dot(a, x))(x), a)
    assert np.array_equal(jacobian(lambda x: a @ x)(x), a)
    assert np.array_equal(jacobian(lambda x: a.T.dot(x))(x), a.T)
