"""HIPS/autograd: reports about norms. The right values are from the formulas."""
import math

import numpy as np

import autograd_tiny as at
from autograd_tiny import grad


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
