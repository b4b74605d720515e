"""ForwardDiff.jl: reports about nested derivatives and branches. The right values are from the formulas."""
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import derivative, grad, jacfwd, jacobian

INF = float("inf")
every_mode = pytest.mark.parametrize("d", [derivative, grad], ids=["forward", "reverse"])


@every_mode
def test_the_perturbations_of_nested_derivatives_are_kept_apart(d):
    """83: 2 for 1. ReverseDiff 45: 2x at 4."""
    assert d(lambda x: x * d(lambda y: x + y)(1.0))(1.0) == 1.0
    assert d(lambda x: x * d(lambda y: x * y)(1.0))(4.0) == 8.0


@every_mode
def test_a_function_that_differentiates_itself(d):
    """313: one type of function, called as the inner one and as the outer one; 2 for 1."""
    class Product:
        def __init__(self, is_outer, x):
            self.is_outer, self.x = is_outer, x

        def __call__(self, y):
            return y * d(Product(False, y))(1.0) if self.is_outer else self.x + y

    assert d(Product(True, 0.0))(1.0) == 1.0


def test_an_inner_function_that_rebinds_the_variable_of_the_outer_one():
    """443: 2 for 1. x outlives the differentiation that computed it; in forward mode that is refused, as JAX does."""
    def outer(d):
        def differentiated(x):
            def inner(y):
                nonlocal x
                x = x * y
                return x

            d(inner)(1.0)
            return d(inner)(1.0)

        return differentiated

    assert grad(outer(grad))(1.0) == derivative(outer(grad))(1.0) == 1.0
    for d in derivative, grad:
        with pytest.raises(RuntimeError, match="leaked from a differentiation"):
            d(outer(derivative))(1.0)


@every_mode
def test_an_inner_function_that_rebinds_the_variable_to_a_derivative(d):
    """443, once more: x becomes a number of the outer differentiation alone. By hand."""
    def outer(combine):
        def differentiated(x):
            def inner(y):
                nonlocal x
                x = d(lambda z: x * z)(y)
                return combine(x, y)

            return d(inner)(2.0)

        return differentiated

    assert d(outer(lambda x, y: x))(3.0) == 0.0                     # x doesn't depend on y
    assert d(outer(lambda x, y: x * y))(3.0) == 1.0                 # d/dx of x
    assert d(outer(lambda x, y: x * x * y * y))(3.0) == 24.0        # d/dx of x²·2y


@pytest.mark.parametrize("jacobian", [jacobian, jacfwd])
def test_the_derivatives_of_a_lagrangian(jacobian):
    """238: an error of nested tags. ∂L/∂q' doesn't depend on q: the matrix is 0."""
    def lagrangian(q, v):
        return 0.5 * (v[0] ** 2 + v[1] ** 2) - 9.8 * q[1]

    found = jacobian(lambda q: grad(lambda v: lagrangian(q, v))([3.0, 4.0]))([1.0, 2.0])
    assert np.array(found).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_derivative_inside_of_a_gradient():
    """59: it did not return."""
    assert grad(lambda x: derivative(lambda t: t / 2)(x[0]) * x[1] / 2)([1.0, 2.0]) == [0.0, 0.25]


@every_mode
def test_the_third_derivative_of_a_square(d):
    """330: nan at 0."""
    assert d(d(d(lambda x: x**2)))(0.0) == d(d(d(lambda x: x**2.0)))(0.0) == 0.0


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_an_overflow_in_one_derivative_does_not_spoil_the_other(mode):
    """745: nan for both."""
    assert grad(lambda a: a[0] * at.exp(-a[1]), mode=mode)([1.0, -1e3]) == [INF, -INF]


def test_zero_squares_inside_of_a_root():
    """55: nan for all, since a power was differentiated by dividing. Von Mises stress; by hand."""
    def stress(s):
        differences = (s[0] - s[1]) ** 2 + (s[1] - s[2]) ** 2 + (s[2] - s[0]) ** 2
        return at.sqrt((differences + 6 * (s[3] ** 2 + s[4] ** 2 + s[5] ** 2)) / 2)

    assert grad(stress)([100.0, 0.0, 0.0, 0.0, 0.0, 0.0]) == [1.0, -0.5, -0.5, 0.0, 0.0, 0.0]
