"""CasADi: reports about branches. The right values are those of the branch that is taken."""
import math

import pytest

import autograd_tiny as at
from autograd_tiny import derivative, grad


@pytest.mark.parametrize("transform", [grad, derivative])
def test_a_root_of_the_positive_part(transform):
    """1878: nan at -1; the remedy of the report, the positive part inside of the root, gives 0 here."""
    def f(x):
        return at.where(at.greater(x, 0.0), at.maximum(x, 0.0) ** 0.5, 0.0)

    assert (transform(f)(1.0), transform(f)(-1.0)) == (0.5, 0.0)
    assert (transform(transform(f))(-1.0), transform(transform(f))(1.0)) == (0.0, -0.25)


def test_a_branch_that_is_not_finite_itself():
    """1805: by design nan in reverse mode, as in PyTorch; in forward mode the branch is left out."""
    def f(x):
        return at.where(at.greater(x, 0.0), at.sqrt(x), 0.0)

    assert math.isnan(grad(f)(-1.0)) and grad(f)(1.0) == 0.5
    assert derivative(f)(-1.0) == 0.0


def test_a_python_branch_takes_one_side():
    """2799: `if` computes only the branch that is taken, and no division by 0."""
    assert grad(lambda t: 10 ** (2.0 - 1 / t) if t > 1e-3 else 0.0 * t)(0.0) == 0.0


def test_branches_of_constants():
    """1938, 1792: a condition has the derivative 0, and the gradient goes to the branch that is taken."""
    assert grad(lambda x: at.where(at.greater(x, 0.0), 1.0, 0.0))(2.0) == 0.0
    assert grad(lambda x: at.where(at.greater(x, 10.0), x, 0.0))(11.0) == 1.0
    assert grad(lambda x: at.where(at.greater(x, 10.0), x, 0.0))(9.0) == 0.0
