"""ReverseDiff.jl and packages around it: reports about tapes that are recorded once. The right values are by hand."""
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record


def test_a_branch_is_refused_and_where_takes_both_sides():
    """LogDensityProblems 85: the tape of `x < 0 ? 0 : x`, recorded at -1.3, has the derivative 0 everywhere."""
    with pytest.raises(TypeError, match="decides by"):
        record(lambda x: 0.0 * x if x < 0.0 else x, -1.3)
    tape = record(lambda x: at.where(at.less(x, 0.0), 0.0, x), -1.3)
    assert tape.input_gradients([1.34, -0.2, 0.0]).ravel().tolist() == [1.0, 0.0, 1.0]


def test_a_branch_on_a_sum_of_inputs():
    """ReverseDiff 234: s³ where the sum s of the inputs is above 1, else s²."""
    with pytest.raises(TypeError, match="decides by"):
        record(lambda x: at.sum(x) ** 3 if at.sum(x) > 1.0 else at.sum(x) ** 2, [1.0, 2.0])
    tape = record(lambda x: at.where(at.greater(at.sum(x), 1.0), at.sum(x) ** 3, at.sum(x) ** 2), [1.0, 2.0])
    assert tape.input_gradients([[1.0, 2.0], [0.25, 0.25]]).tolist() == [[27.0, 27.0], [1.0, 1.0]]


def test_numbers_that_are_embedded_in_a_tape():
    """DifferentiationInterface 532: a constant of the function stays as it was when the tape was recorded."""
    c = Value(3.0, "c")
    tape = record(lambda x: c * x, 1.0)
    c.data = 5.0
    assert tape([2.0]).tolist() == [10.0]
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: c.data * x, 1.0)
    assert c.data == 5.0


def test_a_second_derivative_from_a_tape():
    """ReverseDiff 132: dual numbers through a compiled tape gave another Hessian."""
    def f(x):
        return at.exp(x[0] * x[1]) + x[0] ** 3

    gradient = record(at.grad(f), [0.3, 0.7])
    points = np.array([[0.3, 0.7], [1.0, -0.5], [0.0, 2.0]])
    for point, found in zip(points, gradient.jacobian(points), strict=True):
        np.testing.assert_allclose(found, at.hessian(f)(list(point)), rtol=1e-13)
