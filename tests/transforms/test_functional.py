"""grad, jacobian, hessian, jvp, vjp, hvp: the right numbers in both modes, and errors in words."""
import math
import operator
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from references.operations import perform
from references.programs.random_graphs import SMOOTH, examples, magnitudes, programs, run
from references.transforms import HESSIANS, MODES, POINT, VECTOR, all_hessians, both_modes, bowl, close, fails, wavy
from scipy.optimize import least_squares, minimize, rosen, rosen_der, rosen_hess

import autograd_tiny as at
from autograd_tiny import (
    Dual, Value, derivative, elementwise_grad, grad, gradients, hessian, hvp, jacfwd, jacobian, jacrev, jvp, operation,
    value_and_grad, vjp,
)
from autograd_tiny.transforms.functional import FORWARD_PASS

SMOOTH_FUNCTIONS = {
    "exp(sin x)": (lambda m, x: m.exp(m.sin(x)), 0.7),
    "x^5 - 3x": (lambda m, x: x**5 - 3 * x, 1.3),
    "x^-1.5": (lambda m, x: x**-1.5, 0.8),
    "2^x": (lambda m, x: 2**x, 1.2),
    "x^x": (lambda m, x: x**x, 1.4),
    "1/(1+x²)": (lambda m, x: 1 / (1 + x * x), 0.6),
    "log(1+x²)": (lambda m, x: m.log(1 + x**2), -0.9),
    "sqrt(1+exp x)": (lambda m, x: m.sqrt(1 + m.exp(x)), 0.3),
    "tan": (lambda m, x: m.tan(x), 0.5),
    "tanh cosh": (lambda m, x: m.tanh(x) * m.cosh(2 * x), 0.4),
    "atan": (lambda m, x: m.atan(x / 2) * x, 1.1),
    "asin": (lambda m, x: m.asin(x), 0.3),
    "acos atanh": (lambda m, x: m.acos(x) * m.atanh(x), -0.2),
    "asinh acosh": (lambda m, x: m.asinh(x) - m.acosh(x + 2), 0.5),
    "erf": (lambda m, x: m.erf(x) + x * m.erfc(x), 0.8),
    "hypot": (lambda m, x: m.hypot(x, 1.5), 0.9),
    "atan2": (lambda m, x: m.atan2(m.sin(x), 2 + x), 0.9),
    "expm1 log1p": (lambda m, x: m.expm1(x) * m.log1p(x), 0.4),
}


# ---- right numbers

@both_modes
def test_rosen(mode):
    close(grad(rosen, mode=mode)(POINT), rosen_der(POINT))
    value, derivatives = value_and_grad(rosen, mode=mode)(POINT)
    assert value == pytest.approx(rosen(POINT), rel=1e-15) and type(value) is float
    close(derivatives, rosen_der(POINT))
    for hess in (jacfwd(grad(rosen, mode=mode)), jacrev(grad(rosen, mode=mode)), jacobian(grad(rosen))):
        close(hess(POINT), rosen_hess(POINT))
    close(jacobian(rosen, mode=mode)(POINT), rosen_der(POINT))


@all_hessians
def test_hessians_of_rosen(mode):
    for n in (2, 3, 6):
        x = np.cos(np.arange(n) + 0.5)
        found = hessian(rosen, mode=mode)(x)
        assert found.shape == (n, n) and found.dtype == np.float64
        close(found, rosen_hess(x))


@all_hessians
def test_hessians_are_symmetric_and_all_the_same(mode):
    x = POINT[:4]
    found = hessian(bowl, mode=mode)(x)
    close(found, found.T)
    close(found, hessian(bowl)(x))
    with mpmath.workdps(50):
        def f(*v):
            total = sum(mpmath.exp(a * 0.3) * mpmath.sin(a * (i + 1)) for i, a in enumerate(v))
            return total * mpmath.log(sum(map(mpmath.exp, v))) + mpmath.fprod(v)

        exact = [
            [mpmath.diff(f, list(map(mpmath.mpf, x)), tuple((i == k) + (j == k) for k in range(4)))
             for j in range(4)] for i in range(4)
        ]
    close(found, np.array(exact, float))


def test_products_with_vectors():
    v = np.sin(np.arange(5.0))
    w = np.array([0.3, -2.0])
    close(hvp(rosen, POINT, v), rosen_hess(POINT) @ v)
    close(hvp(bowl, POINT, v), hessian(bowl)(POINT) @ v)
    value, change = jvp(rosen, (POINT,), (v,))
    assert value == pytest.approx(rosen(POINT)) and change == pytest.approx(rosen_der(POINT) @ v, rel=1e-13)
    matrix = jacobian(wavy)(POINT[:3])
    value, change = jvp(wavy, (POINT[:3],), (v[:3],))
    close(change, matrix @ v[:3])
    close(value, wavy(POINT[:3]))
    value, pull_back = vjp(wavy, POINT[:3])
    for weights in (w, 2 * w, np.array([1, 0])):        # again and again
        (found,) = pull_back(weights)
        close(found, weights @ matrix)
    close(value, wavy(POINT[:3]))
    assert value.dtype == change.dtype == found.dtype == np.float64


def test_products_with_vectors_of_several_arguments():
    def f(x, y):
        return at.sin(x) * at.sum(y) + y[0] ** 3 * x

    args, directions = (0.7, np.array([0.2, 1.1])), (2.0, np.array([-1.0, 0.5]))
    (xx, xy), (yx, yy) = hessian(f, (0, 1))(*args)
    by_x, by_y = hvp(f, args, directions)
    assert by_x == pytest.approx(xx * 2.0 + xy @ directions[1], rel=1e-14)
    close(by_y, yx * 2.0 + yy @ directions[1])
    first_x, first_y = grad(f, (0, 1))(*args)
    assert jvp(f, args, directions)[1] == pytest.approx(first_x * 2.0 + first_y @ directions[1], rel=1e-14)
    pulled_x, pulled_y = vjp(f, *args)[1](3.0)
    assert pulled_x == pytest.approx(3.0 * first_x, rel=1e-14)
    close(pulled_y, 3.0 * first_y)


@both_modes
@pytest.mark.parametrize("name", SMOOTH_FUNCTIONS)
def test_four_derivatives_against_mpmath(name, mode):
    f, x = SMOOTH_FUNCTIONS[name]
    with mpmath.workdps(50):
        exact = [float(mpmath.diff(lambda x: f(mpmath, x), mpmath.mpf(x), n)) for n in range(5)]
    scale = max(1.0, *map(abs, exact))
    for n in range(5):
        found = derivative(lambda x: f(at, x), n, mode=mode)(x)
        assert type(found) is float
        assert abs(found - exact[n]) <= 1e-12 * scale, n


def test_nested_gradients():
    f = lambda x: x**4 * at.sin(x)  # noqa: E731
    expected = [derivative(f, n)(0.7) for n in range(4)]
    for a, b, c in product(MODES, repeat=3):
        first = grad(f, mode=a)
        second = grad(first, mode=b)
        third = grad(second, mode=c)
        assert [g(0.7) for g in (f, first, second, third)] == pytest.approx(expected, rel=1e-13)
    assert derivative(f, 0)(0.7) == f(0.7) and derivative(f, 0)(-1) == at.sin(-1)
    for g, order in ((jacfwd, 2), (jacrev, 2), (jacobian, 2)):
        assert g(g(f))(0.7) == pytest.approx(expected[order], rel=1e-13)


def test_third_derivatives_of_a_function_of_arrays():
    """Σ xᵢ xⱼ xₖ over all triples is (Σ x)³; its third derivatives are all 6."""
    for a, b, c in product((jacfwd, jacrev), repeat=3):
        close(a(b(c(lambda x: at.sum(x) ** 3)))(POINT[:2]), np.full((2, 2, 2), 6.0))
    close(jacobian(hessian(lambda x: at.sum(x) ** 3))(POINT[:2]), np.full((2, 2, 2), 6.0))
    close(grad(lambda x: at.sum(hvp(lambda y: at.sum(y) ** 3, x, [1.0, 2.0])))([0.5, 0.7]), [36.0, 36.0])


@settings(examples, max_examples=100)
@given(programs())
def test_random_graphs_in_both_modes(program):
    values = run(program)
    n = len(program.leaves)

    def f(*leaves):
        known = list(leaves)
        for name, operands in program.steps:
            known.append(perform(name, [known[x] if type(x) is int else x for x in operands]))
        return known[-1]

    expected = gradients(values[-1], values[:n])
    tolerances = magnitudes(program, values)
    for mode in MODES:
        found = grad(f, range(n), mode=mode)(*program.leaves)
        for x, y, tolerance in zip(found, expected, tolerances, strict=False):
            assert abs(x - y) <= 1e-12 * max(1.0, tolerance)


@settings(examples, max_examples=50)
@given(programs(SMOOTH, most=6))
def test_hessians_of_random_graphs(program):
    def f(leaves):
        known = list(leaves)
        for name, operands in program.steps:
            known.append(perform(name, [known[x] if type(x) is int else x for x in operands]))
        return known[-1]

    x = np.array(program.leaves)
    found = [hessian(f, mode=mode)(x) for mode in HESSIANS]
    for each in found:
        close(each, found[0], 1e-11)
    close(found[0], found[0].T, 1e-11)
    close(hvp(f, x, np.ones(len(x))), found[0].sum(axis=1), 1e-11)


@pytest.mark.parametrize("mode", ["forward-over-reverse", "reverse-over-forward"])
def test_no_warning_where_nothing_diverges(mode):
    close(hessian(lambda x: np.sum(x**2), mode=mode)(np.array([0.0, 1.0])), 2 * np.eye(2))


@examples
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(0, 4))
def test_jacobians_of_products_of_matrices(seed, rows, columns):
    """f(x) = A·(x ⊙ x) has the Jacobian 2·A·diag(x), in both modes and by products with unit vectors."""
    generator = np.random.default_rng(seed)
    matrix, x = generator.normal(size=(rows, columns)), generator.normal(size=columns)
    expected = 2 * matrix * x
    f = lambda x: np.array([at.dot(row, x * x) for row in matrix.tolist()])  # noqa: E731
    for transform in (jacfwd, jacrev):
        found = transform(f)(x)
        assert found.shape == (rows, columns) and found.dtype == np.float64
        if columns:
            close(found, expected)


@pytest.mark.parametrize("mode", ["reverse-over-reverse", "forward-over-forward"])
def test_hessians_of_functions_of_many_numbers(mode):
    x = np.array([2.0, 3.0])
    found, aux = hessian(lambda x: (np.array([x[0] ** 3, x[0] * x[1]]), "aux"), has_aux=True, mode=mode)(x)
    assert aux == "aux" and found.tolist() == [[[12.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]]


def test_many_outputs_of_few_inputs_go_forward():
    """Beyond FORWARD_PASS outputs for each input the default is the forward mode."""
    def f(x):
        calls.append(type(x))
        return [x * i for i in range(count)]

    for count, last in ((FORWARD_PASS, Value), (FORWARD_PASS + 1, Dual)):
        calls = []
        assert jacobian(f)(2.0) == [float(i) for i in range(count)]
        assert calls[-1] is last


@both_modes
def test_custom_operations_and_modules(mode):
    cube = operation(lambda x, f: 3 * x**2)(lambda x: x**3)
    assert derivative(lambda x: cube(x) * x, 3, mode=mode)(2.0) == 48.0
    assert grad(cube, mode=mode)(2.0) == 12.0
    assert [grad(f, mode=mode)(-0.5) for f in (abs, operator.neg, at.relu)] == [-1.0, -1.0, 0.0]
    model = at.nn.MLP(2, [3, 1])
    derivatives = grad(lambda x: model(x) ** 2, mode=mode)([0.3, -0.7])
    close(derivatives, grad(lambda x: model(x) ** 2)([0.3, -0.7]))
    assert not any(p.grad or p.reached for p in model.parameters())


@both_modes
def test_results_that_do_not_depend_on_the_argument(mode):
    for constant in (3, 3.0, Value(3.0), Value(3.0, requires_grad=False), Value(3.0) * 2):
        assert grad(lambda x, c=constant: c, mode=mode)(2.0) == 0.0
        assert jacobian(lambda x, c=constant: [c, x[1]], mode=mode)([2.0, 3.0]) == [[0.0, 0.0], [0.0, 1.0]]
    assert grad(lambda x: x[0] * x[0].detach(), mode=mode)([2.0]) == [2.0]
    assert grad(lambda x: x > 1.0, mode=mode)(2.0) == 0.0
    assert not jacobian(lambda x: np.arange(4), mode=mode)(VECTOR).any()
    assert grad(lambda x: x, mode=mode)(2.0) == 1.0 and derivative(lambda x: 5.0, 3)(2.0) == 0.0
    assert hessian(lambda x: x @ VECTOR)(VECTOR).shape == (3, 3)
    assert hvp(lambda x: 3.0, 1.0, 1.0) == 0.0 and jvp(lambda x: 3.0, (1.0,), (1.0,)) == (3.0, 0.0)
    assert vjp(lambda x: [3.0, x], 1.0)[1]([5.0, 7.0]) == (7.0,)


# ---- elementwise functions

@both_modes
def test_the_derivative_of_an_elementwise_function_at_each_element(mode):
    x = np.array([[0.3, -1.2], [2.0, 0.0]])
    close(elementwise_grad(np.tanh, mode=mode)(x), 1 - np.tanh(x) ** 2)
    close(elementwise_grad(lambda x: np.where(x > 0, x**3, 2 * x), mode=mode)(x), np.where(x > 0, 3 * x**2, 2))
    assert elementwise_grad(at.exp, mode=mode)(0.0) == 1.0
    products = elementwise_grad(lambda x, y: [x[0] * y[0], x[1] * y[1]], 1, mode=mode)
    assert products([2.0, 3.0], [1, 1]) == [2.0, 3.0]
    by_both = elementwise_grad(at.hypot, (0, 1), mode=mode)(np.array([3.0, 5.0]), np.array([4.0, 12.0]))
    close(by_both, [[0.6, 5 / 13], [0.8, 12 / 13]])


def test_elementwise_derivatives_nest():
    derivative = np.sin
    for n in range(5):
        close(derivative(POINT), np.sin(POINT + n * math.pi / 2), 1e-14)
        derivative = elementwise_grad(derivative)


def test_of_any_other_function_it_is_the_gradient_of_the_sum():
    close(elementwise_grad(np.cumsum)(np.ones(3)), [3.0, 2.0, 1.0])
    assert elementwise_grad(lambda x: np.zeros(2))(np.ones(2)).tolist() == [0.0, 0.0]
    fails(TypeError, "the result of <lambda>: .*got str 'a'", lambda: elementwise_grad(lambda x: "a")(1.0))
    assert elementwise_grad(at.sin).__name__ == "elementwise_grad(sin)"


# ---- names

def test_names_and_signatures():
    def cost(x, y=2.0):
        """The cost."""
        return x * y

    for take in (grad, value_and_grad, jacobian, hessian, derivative):
        assert take(cost).__name__ == f"{take.__name__}(cost)" and "cost" in take(cost).__doc__
        if take is value_and_grad:
            continue
        assert take(cost)(3.0) == (0.0 if take is hessian else 2.0)
    assert grad(grad(cost)).__name__ == "grad(grad(cost))"


# ---- wrong arguments

@both_modes
def test_functions_that_cannot_be_differentiated(mode):
    take = lambda f, *args: lambda: grad(f, mode=mode)(*args)  # noqa: E731
    fails(TypeError, r"would lose its.*autograd_tiny\.exp", take(math.exp, 1.0), take(float, 1.0))
    fails(TypeError, "the result of <lambda>: a number.*got str 'a'", take(lambda x: "a", 1.0))
    fails(TypeError, "the result of <lambda>: a number.*got None", take(lambda x: None, 1.0))
    fails(TypeError, "got complex 1j", take(lambda x: 1j, 1.0), take(lambda x: np.array([1j]), 1.0))
    fails(TypeError, r"grad.*one number, and <lambda> returned an array of shape \(3, 2\): use jacobian",
          take(lambda x: x * 2.0, np.ones((3, 2))))
    fails(TypeError, r"returned a sequence of length 2 \(a number\): use jacobian",
          take(lambda x: [x, x], 1.0), take(lambda x: (x, x), 1.0))
    for transform in (value_and_grad, jacobian, derivative):
        fails(TypeError, "got None", lambda transform=transform: transform(lambda x: None, mode=mode)(1.0))
    fails(TypeError, r"shape \(2,\)", lambda: hvp(lambda x: x, np.ones(2), np.ones(2)))


@pytest.mark.parametrize("take", [grad, value_and_grad, derivative, jacobian, jacfwd, jacrev, hessian])
def test_transforms_of_anything_but_functions(take):
    fails(TypeError, r"takes a function, got float 3.0: it is \w+\(f\)\(x\)", lambda: take(3.0))
    fails(TypeError, "takes a function", lambda: jvp(3.0, (1.0,), (1.0,)), lambda: vjp(None, 1.0),
          lambda: hvp("f", 1.0, 1.0))


def test_wrong_modes():
    fails(ValueError, "the mode is 'forward' or 'reverse', got 'sideways'", *[
        lambda take=take: take(abs, mode="sideways") for take in (grad, value_and_grad, derivative, jacobian)
    ])
    fails(ValueError, "a mode such as 'forward-over-reverse'", *[
        lambda mode=mode: hessian(abs, mode=mode)
        for mode in ("forward", "forward-over-", "over", "reverse-over-sideways", None, "forward forward")
    ])


@pytest.mark.parametrize("take", [grad, value_and_grad])
def test_no_mode_at_all(take):
    fails(ValueError, "the mode is 'forward' or 'reverse', got None", lambda: take(abs, mode=None))


def test_directions_that_do_not_match():
    f = lambda x: x @ x  # noqa: E731
    x = np.ones(2)
    fails(ValueError, "tangents must have the structure of primals.*shape .2,.*shape .3,",
          lambda: jvp(f, (x,), (np.ones(3),)), lambda: hvp(f, x, np.ones(3)))
    fails(ValueError, "tangents must have", lambda: jvp(f, (x,), (1.0,)), lambda: jvp(f, (x,), (x, x)),
          lambda: jvp(f, (x,), ()), lambda: hvp(f, x, 1.0), lambda: hvp(f, (x,), (x, x)),
          lambda: jvp(lambda p: p["a"], ({"a": 1.0},), ({"b": 1.0},)))
    _, pull_back = vjp(lambda x: x * 2.0, x)
    fails(ValueError, "cotangents must have the structure of the result", lambda: pull_back(np.ones(3)),
          lambda: pull_back(1.0), lambda: pull_back([1.0, 1.0]))
    fails(TypeError, "got str", lambda: pull_back("a"), lambda: jvp(f, (x,), ("a",)), lambda: hvp(f, x, "a"))
    fails(TypeError, r"jvp: primals is a tuple of arguments.*\(x,\), got ndarray", lambda: jvp(f, x, x))
    fails(TypeError, "jvp: tangents is a tuple of arguments", lambda: jvp(f, (x,), x),
          lambda: jvp(f, (x,), 1.0))
    assert jvp(f, [x], [np.array([1, 1])])[1] == 4.0             # a list, and integers, will do


def test_derivatives_that_cannot_be():
    fails(ValueError, r"n is 0, 1, 2, …, got", *[
        lambda n=n: derivative(abs, n) for n in (-1, 1.0, "1", None)
    ])
    for n, x in product((1, 2), (np.ones(2), [1.0], (1.0, 2.0), {"a": 1.0})):
        fails(TypeError, "derivative is for functions of one number.*use grad or jacobian",
              lambda n=n, x=x: derivative(lambda x: x, n)(x))
    fails(TypeError, "got str", lambda: derivative(abs)("a"))
    assert derivative(lambda x: x**3, 2)(np.array(2.0)) == 12.0
    assert derivative(lambda t: [at.cos(t), np.array([t, t**2])], 2)(0.0)[1].tolist() == [0.0, 2.0]


def test_derivatives_by_several_arguments_are_refused():
    fails(TypeError, "argnums", lambda: derivative(lambda x: x, argnums=(0,))(1.0))


# ---- SciPy

@pytest.mark.parametrize("method", ["trust-exact", "Newton-CG"])
def test_minimize(method):
    found = minimize(rosen, np.array([-1.2, 1.0, 0.5]), jac=grad(rosen), hess=hessian(rosen), method=method)
    assert found.success and np.allclose(found.x, 1.0, atol=1e-4)


def test_minimize_with_products_and_value_and_grad():
    start = np.array([-1.2, 1.0, 0.5])
    for options in (
        {"fun": value_and_grad(rosen), "jac": True, "method": "BFGS"},
        {"fun": rosen, "jac": grad(rosen), "hessp": lambda x, v: hvp(rosen, x, v), "method": "trust-ncg"},
    ):
        found = minimize(x0=start, **options)
        assert found.success and np.allclose(found.x, 1.0, atol=1e-4)


@pytest.mark.parametrize("transform", [jacobian, jacfwd, jacrev])
def test_least_squares(transform):
    """The residuals of rosen: 10 (y - x²) and 1 - x."""
    def residuals(p):
        return np.array([10.0 * (p[1] - p[0] ** 2), 1.0 - p[0]])

    found = least_squares(residuals, [-1.2, 1.0], jac=transform(residuals))
    assert found.success and np.allclose(found.x, 1.0)
    times = np.linspace(0.0, 2.0, 15)
    observed = 2.5 * np.exp(-1.3 * times)
    fit = lambda p: p[0] * np.exp(-p[1] * times) - observed  # noqa: E731
    assert np.allclose(least_squares(fit, [1.0, 1.0], jac=transform(fit)).x, [2.5, 1.3])
