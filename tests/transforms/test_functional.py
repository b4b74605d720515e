"""grad, jacobian, hessian, jvp, vjp, hvp: right, in any nesting, for any structure, and without a trace."""
import math
import operator
import threading
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import least_squares, minimize, rosen, rosen_der, rosen_hess
from references.operations import perform
from references.random_graphs import SMOOTH, examples, magnitudes, programs, run

import autograd_tiny as at
from autograd_tiny import (
    Dual, Value, derivative, grad, gradients, hessian, hvp, jacfwd, jacobian, jacrev, jvp, no_grad,
    operation, value_and_grad, vjp,
)
from autograd_tiny.engine.state import noted
from autograd_tiny.transforms.functional import FORWARD_PASS

MODES = ("forward", "reverse")
HESSIANS = [f"{outer}-over-{inner}" for outer, inner in product(MODES, MODES)]
NAN = math.nan
POINT = np.array([1.3, 0.7, 0.8, 1.9, 1.2])
Point = namedtuple("Point", "x y")
both_modes = pytest.mark.parametrize("mode", MODES)
all_hessians = pytest.mark.parametrize("mode", HESSIANS)


def close(x, y, tolerance=1e-12):
    """Equal to 1e-12 of the largest number in the array."""
    np.testing.assert_allclose(x, y, rtol=0, atol=tolerance * max(1.0, np.max(np.abs(y))))
    return True


def is_clean():
    """Whether ordinary code records, and compares nan as IEEE 754 says."""
    v = Value(NAN)
    try:
        return (v * 2.0).op == "*" and not v < 1.0 and v != NAN and not Dual(NAN) > 1.0
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def clean_state():
    """A test that leaves something switched off fails, and does not spoil the others."""
    yield
    assert is_clean()


def wavy(x):
    """From R³ to R²."""
    return np.array([x[0] * at.sin(x[1]) + x[2] ** 2, at.exp(x[0] * x[2]) / (1 + x[1] ** 2)])


def bowl(x):
    """From Rⁿ to R, with all kinds of functions, not symmetric in x."""
    waves = [at.exp(v * 0.3) * at.sin(v * (i + 1)) for i, v in enumerate(x)]
    return at.sum(waves) * at.logsumexp(x) + at.prod(x)


# ---- right numbers

@both_modes
def test_rosen(mode):
    close(grad(rosen, mode=mode)(POINT), rosen_der(POINT))
    value, slopes = value_and_grad(rosen, mode=mode)(POINT)
    assert value == pytest.approx(rosen(POINT), rel=1e-15) and type(value) is float
    close(slopes, rosen_der(POINT))
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
    slope_x, slope_y = grad(f, (0, 1))(*args)
    assert jvp(f, args, directions)[1] == pytest.approx(slope_x * 2.0 + slope_y @ directions[1], rel=1e-14)
    pulled_x, pulled_y = vjp(f, *args)[1](3.0)
    assert pulled_x == pytest.approx(3.0 * slope_x, rel=1e-14)
    close(pulled_y, 3.0 * slope_y)


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


# ---- perturbation confusion

@pytest.mark.parametrize("outer, inner", list(product(MODES, MODES)))
def test_perturbation_confusion(outer, inner):
    """Siskind and Pearlmutter's example, and what else goes wrong where two are mixed up."""
    def d(f, x, mode):
        return grad(f, mode=mode)(x)

    assert d(lambda x: x * d(lambda y: x + y, 1.0, inner), 1.0, outer) == 1.0
    assert d(lambda x: x * d(lambda y: x + y, x, inner), 5.0, outer) == 1.0
    assert d(lambda x: x * d(lambda y: x * y, 2.0, inner), 3.0, outer) == 6.0          # x·x
    assert d(lambda x: d(lambda y: x * y * y * x, x, inner), 3.0, outer) == 54.0       # 2x³
    assert d(lambda x: d(lambda y: x * y * y * x, 2.0, inner), 3.0, outer) == 24.0     # 4x²
    assert d(lambda x: d(lambda y: x, x, inner), 3.0, outer) == 0.0
    assert d(lambda x: d(lambda y: y * y * y, x, inner), 3.0, outer) == 18.0           # 3x²
    assert d(lambda x: d(lambda y: y * y * y, 2.0, inner), 3.0, outer) == 0.0
    assert d(lambda x: x * d(lambda y: y * y, x * x, inner), 2.0, outer) == 24.0       # 2x³
    assert d(lambda x: d(lambda y: at.dot([x, y], [y, x]), 2.0, inner), 3.0, outer) == 2.0   # 2x
    assert d(lambda x: d(lambda y: at.maximum(x, y) * x, 2.0, inner), 3.0, outer) == 0.0


@pytest.mark.parametrize("modes", list(product(MODES, MODES, MODES)))
def test_perturbation_confusion_on_three_levels(modes):
    a, b, c = [lambda f, x, mode=mode: grad(f, mode=mode)(x) for mode in modes]
    # d³(x²y²z²)/dx dy dz = 8xyz
    assert a(lambda x: b(lambda y: c(lambda z: x**2 * y**2 * z**2, 5.0), 3.0), 2.0) == 240.0
    # all at x: d/dz gives 2x²y²z, at z = y 2x²y³; d/dy gives 6x²y², at y = x 6x⁴; d/dx gives 24x³
    assert a(lambda x: b(lambda y: c(lambda z: x**2 * y**2 * z**2, y), x), 2.0) == 192.0
    # d/dz (x·y·z at z = x) = x·y; d/dy (y·(x·y) at y = 3) = 6x; d/dx (x·6x at x = 2) = 24
    assert a(lambda x: x * b(lambda y: y * c(lambda z: x * y * z, x), 3.0), 2.0) == 24.0
    assert a(lambda x: x * b(lambda y: x + c(lambda z: x + y + z, x) * y, x), 2.0) == 1.0


@pytest.mark.parametrize("outer, inner", list(product(MODES, MODES)))
def test_closures_over_outer_variables_in_arrays(outer, inner):
    """∂/∂xᵢ Σⱼ ∂/∂yⱼ (x·y)² = ∂/∂xᵢ 2 (x·y) Σ x."""
    x, y = np.array([0.5, -1.0, 2.0]), np.array([1.5, 0.3, 0.4])
    found = grad(lambda x: np.sum(grad(lambda y: (x @ y) ** 2, mode=inner)(y)), mode=outer)(x)
    close(found, 2 * (y * x.sum() + x @ y))


def test_products_with_vectors_nest():
    def f(x):
        return at.sin(x) * x**2

    third = derivative(f, 3)(0.7)
    for mode in MODES:
        assert grad(lambda x: hvp(f, x, 1.0), mode=mode)(0.7) == pytest.approx(third, rel=1e-13)
        along, back = lambda x: jvp(grad(f), (x,), (1.0,))[1], lambda x: vjp(grad(f), x)[1](1.0)[0]
        assert grad(along, mode=mode)(0.7) == pytest.approx(third, rel=1e-13)
        assert grad(back, mode=mode)(0.7) == pytest.approx(third, rel=1e-13)
        # by the direction, and by the cotangent
        assert grad(lambda v: jvp(f, (0.7,), (v,))[1], mode=mode)(3.0) == pytest.approx(grad(f)(0.7))
        assert grad(lambda w: vjp(f, 0.7)[1](w)[0], mode=mode)(3.0) == pytest.approx(grad(f)(0.7))
        assert grad(lambda v: hvp(f, 0.7, v), mode=mode)(3.0) == pytest.approx(derivative(f, 2)(0.7))


# ---- which argument

@both_modes
def test_argnums(mode):
    f = lambda x, y, z: x**2 * y + z  # noqa: E731
    args = (3.0, 5.0, 7.0)
    slopes = (30.0, 9.0, 1.0)
    for i in range(-3, 3):
        assert grad(f, i, mode=mode)(*args) == slopes[i]
        assert value_and_grad(f, i, mode=mode)(*args) == (52.0, slopes[i])
        assert derivative(f, argnums=i, mode=mode)(*args) == slopes[i]
        assert jacobian(f, i, mode=mode)(*args) == slopes[i]
    for wanted in ((0, 2), [2, 0], (1,), (-1, -2, -3), range(3), ()):
        expected = tuple(slopes[i] for i in wanted)
        assert grad(f, wanted, mode=mode)(*args) == jacobian(f, wanted, mode=mode)(*args) == expected
    assert hessian(f, (0, 1))(*args) == ((10.0, 6.0), (6.0, 0.0))
    assert hessian(f, 1)(*args) == 0.0 and derivative(f, 2)(*args) == 10.0
    seen = []
    grad(lambda x, y: seen.append(y) or x, mode=mode)(1.0, "left alone")
    assert seen == ["left alone"]


@both_modes
def test_argnums_that_name_an_argument_twice(mode):
    try:
        found = grad(lambda x: x * x, (0, -1), mode=mode)(3.0)
    except ValueError:
        return
    assert found == (6.0, 6.0)


@both_modes
def test_keywords_are_passed_through(mode):
    f = lambda x, *, power=2, **rest: x**power * rest.get("factor", 1)  # noqa: E731
    for take in (grad, jacobian, derivative):
        assert take(f, mode=mode)(3.0) == 6.0 and take(f, mode=mode)(3.0, power=3, factor=2) == 54.0
    assert hessian(f)(3.0, power=3) == 18.0


def test_a_value_passed_by_keyword_makes_the_answer_a_value():
    k = Value(5.0)
    found = grad(lambda x, k: x**2 * k)(3.0, k=k)
    assert found.data == 30.0 and gradients(found, k) == 6.0


@both_modes
def test_aux_is_left_as_it_is(mode):
    aux = {"text": "as it is", "list": [1, None]}
    f = lambda x: (x**2, aux)  # noqa: E731
    assert grad(f, has_aux=True, mode=mode)(3.0) == (6.0, aux)
    assert value_and_grad(f, has_aux=True, mode=mode)(3.0) == ((9.0, aux), 6.0)
    assert jacobian(f, has_aux=True, mode=mode)(3.0) == (6.0, aux)
    assert jvp(f, (3.0,), (2.0,), has_aux=True) == (9.0, 12.0, aux)
    value, pull_back, found = vjp(f, 3.0, has_aux=True)
    assert (value, pull_back(2.0), found) == (9.0, (12.0,), aux)
    assert grad(f, has_aux=True, mode=mode)(3.0)[1] is aux


def test_aux_that_was_computed_is_plain():
    f = lambda x: (x**2, {"twice": 2 * x, "array": np.array([x, 1.0])})  # noqa: E731
    for found in (
        grad(f, has_aux=True)(3.0)[1], value_and_grad(f, has_aux=True)(3.0)[0][1],
        jacrev(f, has_aux=True)(3.0)[1], vjp(f, 3.0, has_aux=True)[2],
    ):
        assert found["twice"] == 6.0 and type(found["twice"]) is float
        assert found["array"].dtype == np.float64 and list(found["array"]) == [3.0, 1.0]


@pytest.mark.parametrize("take", [
    lambda f: grad(f, has_aux=True, mode="forward")(3.0)[1],
    lambda f: value_and_grad(f, has_aux=True, mode="forward")(3.0)[0][1],
    lambda f: jacfwd(f, has_aux=True)(3.0)[1],
    lambda f: jvp(f, (3.0,), (1.0,), has_aux=True)[2],
])
def test_aux_that_was_computed_is_plain_in_forward_mode(take):
    aux = take(lambda x: (x**2, 2 * x))
    assert aux == 6.0 and type(aux) is float


@pytest.mark.parametrize("aux", [lambda x: (x, None), lambda x: {"loss": x, "name": "run 1"}])
def test_aux_of_numbers_and_other_things(aux):
    slope, _ = grad(lambda x: (x**2, aux(x)), has_aux=True)(3.0)
    assert slope == 6.0


@both_modes
def test_aux_must_be_there(mode):
    for wrong in (lambda x: x, lambda x: (x,), lambda x: (x, x, x), lambda x: [x] * 3):
        with pytest.raises(TypeError, match=r"has_aux, but <lambda> .*\(result, aux\)"):
            grad(wrong, has_aux=True, mode=mode)(1.0)


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


# ---- structures

@both_modes
def test_the_answer_has_the_structure_of_the_argument(mode):
    def total(x):
        if isinstance(x, dict):
            return sum(map(total, x.values()))
        if isinstance(x, list | tuple):
            return sum(map(total, x))
        return np.sum(x * x)

    params = {
        "w": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "b": [0.5, (1, 2.5)], 3: Point(7.0, {"z": 8.0}),
        "empty": [np.zeros((0, 2)), {}, ()], "zero-d": np.array(9.0), "deep": np.ones((2, 1, 2, 1)),
    }
    found = grad(total, mode=mode)(params)

    def compare(given, got):
        if isinstance(given, dict):
            assert type(got) is dict and list(got) == list(given)
            for key in given:
                compare(given[key], got[key])
        elif isinstance(given, list | tuple):
            assert type(got) is type(given) and len(got) == len(given)
            list(map(compare, given, got))
        elif isinstance(given, np.ndarray):
            assert got.dtype == np.float64 and got.shape == given.shape and np.all(got == 2 * given)
        else:
            assert type(got) is float and got == 2 * given

    compare(params, found)


@both_modes
@pytest.mark.parametrize("x", [3, True, 3.0, np.float64(3.0), np.float32(3.0), np.int64(3)])
def test_numbers_of_all_types(x, mode):
    found = grad(lambda x: x**2, mode=mode)(x)
    assert type(found) is float and found == 2.0 * x


@both_modes
def test_functions_get_what_was_passed(mode):
    seen = []
    grad(lambda x: seen.append(x) or 1.0, mode=mode)({"p": Point([1.0, np.ones((2, 2))], ()), "n": 2})
    x = seen[-1]
    assert type(x["p"]) is Point and type(x["p"].x) is list and x["p"].y == ()
    assert x["p"].x[1].shape == (2, 2) and isinstance(x["n"], Value | Dual) and x["n"].data == 2.0


VECTOR = np.array([0.5, -1.5, 2.0])
MATRIX = np.array([[1.0, -2.0, 0.5], [0.3, 0.7, -1.1]])
ARRAY_FUNCTIONS = [       # the function, its argument, and its derivative
    (lambda x: np.exp(x), VECTOR, np.diag(np.exp(VECTOR))),
    (lambda x: np.dot(x, x), VECTOR, 2 * VECTOR),
    (lambda x: MATRIX @ x, VECTOR, MATRIX),
    (lambda x: x @ MATRIX.T, VECTOR, MATRIX),
    (lambda x: x.sum(), MATRIX, np.ones((2, 3))),
    (lambda x: np.sum(x, axis=0), MATRIX, np.einsum("ij,k->ikj", np.eye(3), np.ones(2))),
    (lambda x: np.mean(x), MATRIX, np.full((2, 3), 1 / 6)),
    (lambda x: x.mean(axis=1), MATRIX, np.einsum("ij,k->ijk", np.eye(2), np.full(3, 1 / 3))),
    (lambda x: x[1:] - x[:-1], VECTOR, np.eye(3)[1:] - np.eye(3)[:-1]),
    (lambda x: x[::-1].reshape(3, 1), VECTOR, np.eye(3)[::-1].reshape(3, 1, 3)),
    (lambda x: np.linalg.norm(x), VECTOR, VECTOR / np.linalg.norm(VECTOR)),
    (lambda x: np.maximum(x, 0.0), VECTOR, np.diag([1.0, 0.0, 1.0])),
    (lambda x: at.maximum(x, 0.0), VECTOR, np.diag([1.0, 0.0, 1.0])),
    (lambda x: np.clip(x, -1.0, 1.0), VECTOR, np.diag([1.0, 0.0, 0.0])),
    (lambda x: np.where(x > 0, x**2, -x), VECTOR, np.diag([1.0, -1.0, 4.0])),
    (lambda x: np.prod(x), VECTOR, np.array([-3.0, 1.0, -0.75])),
    (lambda x: np.outer(x, x)[0], VECTOR, VECTOR[0] * np.eye(3) + np.outer(VECTOR, np.eye(3)[0])),
    (lambda x: np.concatenate([x, [1.0], x]), VECTOR, np.vstack([np.eye(3), np.zeros((1, 3)), np.eye(3)])),
    (lambda x: (x.T @ np.eye(2)).T, MATRIX, np.eye(6).reshape(2, 3, 2, 3)),
    (lambda x: x * x, np.array(3.0), np.array(6.0)),
    (lambda x: np.sin(x), np.float64(3.0), math.cos(3.0)),
    (lambda x: np.array([x, 2.0 * x]), 3.0, np.array([1.0, 2.0])),
    (lambda x: np.cumsum(x), VECTOR, np.tril(np.ones((3, 3)))),
    (lambda x: x.astype(object) * np.arange(3), VECTOR, np.diag([0.0, 1.0, 2.0])),
]


@both_modes
@pytest.mark.parametrize("number", range(len(ARRAY_FUNCTIONS)))
def test_numpy_functions_over_arrays(number, mode):
    f, x, expected = ARRAY_FUNCTIONS[number]
    found = jacobian(f, mode=mode)(x)
    assert np.shape(found) == np.shape(f(x)) + np.shape(x)
    assert np.asarray(found).dtype == np.float64
    close(found, expected)
    _, change = jvp(f, (x,), (np.ones_like(x) if isinstance(x, np.ndarray) else 1.0,))
    close(change, np.asarray(expected).reshape(*np.shape(f(x)), -1).sum(axis=-1))


@both_modes
def test_jacobians_of_structures(mode):
    """The result's structure outside, the argument's inside."""
    w, b = np.array([[1.0], [2.0]]), 3.0
    found = jacobian(lambda p: {"r": p[0] * p[1], "s": (p[1] ** 2, 1.0)}, mode=mode)((w, b))
    assert list(found) == ["r", "s"] and [type(x) for x in (found["r"], found["s"])] == [tuple, tuple]
    assert found["r"][0].shape == (2, 1, 2, 1) and found["r"][1].shape == (2, 1)
    close(found["r"][0].reshape(2, 2), 3.0 * np.eye(2))
    close(found["r"][1], w)
    (by_w, by_b), (nothing, zero) = found["s"]
    assert by_b == 6.0 and zero == 0.0 and not by_w.any() and not nothing.any() and nothing.shape == (2, 1)
    assert jacobian(lambda x, y: [x * y, x], (0, 1), mode=mode)(2.0, 3.0) == [(3.0, 2.0), (1.0, 0.0)]


def test_equal_dicts_match_in_whatever_order_they_were_made():
    f = lambda p: p["a"] * p["b"] ** 2  # noqa: E731
    assert jvp(f, ({"a": 2.0, "b": 3.0},), ({"b": 0.0, "a": 1.0},)) == (18.0, 9.0)
    _, pull_back = vjp(lambda x: {"a": x, "b": x**2}, 3.0)
    assert pull_back({"b": 1.0, "a": 0.0}) == (6.0,)
    assert hvp(f, {"a": 2.0, "b": 3.0}, {"b": 0.0, "a": 1.0}) == {"a": 0.0, "b": 6.0}


def test_hessians_of_structures():
    found = hessian(lambda p: p["a"] ** 2 * at.sum(p["b"]))({"a": 2.0, "b": np.ones((2, 1))})
    assert found["a"]["a"] == 4.0 and found["b"]["b"].shape == (2, 1, 2, 1) and not found["b"]["b"].any()
    assert np.all(found["a"]["b"] == 4.0) and np.all(found["b"]["a"] == np.full((2, 1), 4.0))


@both_modes
def test_nothing_in_and_nothing_out(mode):
    assert grad(lambda x: at.sum(x), mode=mode)([]) == []
    assert grad(lambda x: 3.0, mode=mode)({}) == {}
    assert jacobian(lambda x: x[:0], mode=mode)(VECTOR).shape == (0, 3)
    assert jacobian(lambda x: x, mode=mode)(np.zeros((0, 2))).shape == (0, 2, 0, 2)


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


def test_many_outputs_of_few_inputs_go_forward():
    """Beyond FORWARD_PASS outputs for each input the default is the forward mode."""
    def f(x):
        calls.append(type(x))
        return [x * i for i in range(count)]

    for count, last in ((FORWARD_PASS, Value), (FORWARD_PASS + 1, Dual)):
        calls = []
        assert jacobian(f)(2.0) == [float(i) for i in range(count)]
        assert calls[-1] is last


def test_arrays_of_floats_where_weights_are_numpy_scalars():
    weights = np.array([2.0, 3.0])
    found = jacfwd(lambda x: [x[0] * weights[0], x[1] * weights[1]])(np.ones(2))
    assert [each.dtype for each in found] == [np.float64, np.float64]


def test_single_precision_weights_do_not_cost_digits():
    weight = np.float32(0.1)
    f = lambda x: x * weight * math.pi  # noqa: E731
    assert float(derivative(f)(3.0)) == pytest.approx(grad(f)(3.0), rel=1e-14)


def test_extended_precision_arrays_become_floats():
    assert jacfwd(lambda x: x * x)(np.ones(2, np.longdouble)).dtype == np.float64


@pytest.mark.parametrize("f", [
    at.maximum, at.hypot, at.atan2, lambda a, x: at.where(a > 1.5, a, x),
])
def test_functions_of_an_array_of_floats_and_the_variable(f):
    array = np.array([1.0, 2.0])
    expected = grad(lambda x: np.sum(f(array, x)))(1.5)
    assert grad(lambda x: np.sum(f(array, x)), mode="forward")(1.5) == pytest.approx(expected)


@pytest.mark.parametrize("f", [
    lambda x, y: np.hypot(x, y), lambda x, y: np.arctan2(x, y), lambda x, y: np.array([x[0].maximum(y[0])]),
])
def test_forward_inside_reverse_with_methods_of_two_operands(f):
    """∂²f/∂x∂y."""
    x, y = np.array([0.6]), np.array([0.8])
    expected = grad(lambda x: jacrev(lambda y: f(x, y)[0])(y)[0])(x)
    close(grad(lambda x: jacfwd(lambda y: f(x, y)[0])(y)[0])(x), expected)


@both_modes
def test_custom_operations_and_modules(mode):
    cube = operation(lambda x, f: 3 * x**2)(lambda x: x**3)
    assert derivative(lambda x: cube(x) * x, 3, mode=mode)(2.0) == 48.0
    assert grad(cube, mode=mode)(2.0) == 12.0
    assert [grad(f, mode=mode)(-0.5) for f in (abs, operator.neg, at.relu)] == [-1.0, -1.0, 0.0]
    model = at.nn.MLP(2, [3, 1])
    slopes = grad(lambda x: model(x) ** 2, mode=mode)([0.3, -0.7])
    close(slopes, grad(lambda x: model(x) ** 2)([0.3, -0.7]))
    assert not any(p.grad or p.reached for p in model.parameters())


# ---- Values in, Values out

@both_modes
def test_values_in_values_out(mode):
    x = Value(2.0)
    found = grad(lambda x: at.sin(x) ** 2, mode=mode)(x)
    assert type(found) is Value and found.data == pytest.approx(math.sin(4.0), rel=1e-15)
    found.backward()
    assert x.grad == pytest.approx(2 * math.cos(4.0), rel=1e-15)
    value, slope = value_and_grad(lambda x: x**3, mode=mode)(x)
    assert (type(value), value.data, slope.data, gradients(value, x)) == (Value, 8.0, 12.0, 12.0)
    assert gradients(slope, x) == 12.0


def test_values_in_values_out_for_all():
    x, y = Value(2.0), Value(3.0)
    f = lambda x, y: x**3 * y**2  # noqa: E731
    for found, by_x, by_y in (
        (derivative(f)(x, y), 108.0, 72.0),                                   # 3x²y²: 6xy², 6x²y
        (jvp(f, (x, y), (1.0, 0.0))[1], 108.0, 72.0), (vjp(f, x, y)[1](1.0)[0], 108.0, 72.0),
        (hessian(f)(x, y), 54.0, 72.0),                                       # 6xy²: 6y², 12xy
        (hvp(f, (x, y), (1.0, 0.0))[0], 54.0, 72.0),
        (jacobian(lambda x, y: np.array([f(x, y)]))(x, y)[0], 108.0, 72.0),
    ):
        assert type(found) is Value and gradients(found, (x, y)) == pytest.approx((by_x, by_y), rel=1e-14)
    seed = Value(5.0)
    assert gradients(vjp(f, 2.0, 3.0)[1](seed)[0], seed) == 108.0
    assert gradients(jvp(f, (2.0, 3.0), (seed, 0.0))[1], seed) == 108.0
    assert gradients(hvp(f, (2.0, 3.0), (seed, 0.0))[0], seed) == 108.0
    slopes = grad(lambda v: v[0] ** 3 * v[1] ** 2)(np.array([x, y]))           # 3x²y² and 2x³y
    assert slopes.dtype == object and gradients(np.sum(slopes), (x, y)) == (108.0 + 72.0, 72.0 + 16.0)


@both_modes
def test_one_value_in_two_places(mode):
    """It is differentiated by as the argument, and held fixed where the function closes over it."""
    x = Value(3.0)
    found = grad(lambda y: x * y, mode=mode)(x)
    assert found.data == 3.0 and gradients(found, x) == 1.0
    found = grad(lambda a, b: a * b * b, mode=mode)(x, x)
    assert found.data == 9.0 and gradients(found, x) == 6.0


@both_modes
def test_plain_in_plain_out_and_no_trace(mode):
    w = Value(5.0)
    (w * 2.0).backward()
    before = (w.grad, w.reached, w.label)
    f = lambda x: w * x**2  # noqa: E731
    assert grad(f, mode=mode)(3.0) == 30.0 and type(grad(f, mode=mode)(3.0)) is float
    for found in (
        value_and_grad(f, mode=mode)(3.0)[0], derivative(f, 2, mode=mode)(3.0), hessian(f)(3.0),
        jacobian(f, mode=mode)(3.0), hvp(f, 3.0, 1.0), *jvp(f, (3.0,), (1.0,)), vjp(f, 3.0)[0],
        *vjp(f, 3.0)[1](1.0),
    ):
        assert type(found) is float
    x = Value(3.0)
    grad(f, mode=mode)(x)
    hessian(f)(x)
    assert (w.grad, w.reached, w.label) == before and not x.grad and not x.reached


@both_modes
def test_values_that_require_no_gradient(mode):
    frozen, x = Value(3.0, requires_grad=False), Value(2.0)
    found = grad(lambda y: y**2 * x, mode=mode)(frozen)
    assert type(found) is Value and found.data == 12.0 and gradients(found, x) == 6.0
    found = grad(lambda x, y: x**2 * y, (0, 1), mode=mode)(x, frozen)
    assert [v.data for v in found] == [12.0, 4.0]
    assert not frozen.reached and not frozen.requires_grad


@both_modes
def test_inside_no_grad(mode):
    f = lambda x: at.sin(x) ** 2  # noqa: E731
    with no_grad():
        assert grad(f, mode=mode)(2.0) == pytest.approx(math.sin(4.0), rel=1e-15)
        assert derivative(f, 2, mode=mode)(2.0) == pytest.approx(2 * math.cos(4.0), rel=1e-15)
        assert hessian(f)(2.0) == hvp(f, 2.0, 1.0) == pytest.approx(2 * math.cos(4.0), rel=1e-15)
        assert not (Value(2.0) * 3.0).op
    assert (Value(2.0) * 3.0).op == "*"


@pytest.mark.parametrize("take", [
    lambda f, x: grad(f)(x), lambda f, x: jacrev(f)(x), lambda f, x: vjp(f, x)[1](1.0)[0],
    lambda f, x: derivative(f, mode="reverse")(x),
])
def test_values_inside_no_grad(take):
    with no_grad():
        found = take(lambda x: at.sin(x) ** 2, Value(2.0))
    assert found.data == pytest.approx(math.sin(4.0), rel=1e-15)


# ---- the state afterwards

@pytest.mark.parametrize("take", [
    lambda f: grad(f)(1.0), lambda f: grad(f, mode="forward")(1.0), lambda f: hessian(f)(1.0),
    lambda f: jvp(f, (1.0,), (1.0,)), lambda f: vjp(f, 1.0), lambda f: hvp(f, 1.0, 1.0),
    lambda f: grad(lambda x: x * grad(f)(x))(1.0), lambda f: derivative(f, 3)(1.0),
])
def test_an_exception_leaves_no_trace(take):
    def fail(x):
        raise KeyError("mine")

    def fail_without_recording(x):
        with no_grad():
            raise KeyError("mine")

    outer = Value(2.0)
    for wrong in (fail, fail_without_recording):
        with pytest.raises(KeyError, match="mine"):
            take(wrong)
        assert is_clean()
        assert not noted("variables")
        (outer * 3.0).backward()
        assert grad(lambda x: x**2)(3.0) == 6.0
        with no_grad(), pytest.raises(KeyError):
            take(wrong)
        assert is_clean()


def test_an_inner_exception_that_is_caught():
    def f(x):
        with pytest.raises(TypeError):
            grad(lambda y: y / "1")(x)
        with pytest.raises(ValueError):             # still inside, where nan may not decide
            bool(at.log(-x) > 0)
        return x**2

    for mode in MODES:
        assert grad(f, mode=mode)(3.0) == 6.0
        assert grad(grad(f, mode=mode))(3.0) == 2.0


def test_two_threads():
    def work(seed):
        x = np.cos(np.arange(4.0) + seed + 0.25)
        for mode in HESSIANS:
            close(hessian(rosen, mode=mode)(x), rosen_hess(x))
        close(grad(lambda x: x @ grad(rosen)(x))(x), rosen_der(x) + rosen_hess(x) @ x)
        return True

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(work, range(10)))


def test_two_threads_that_overlap_leave_no_trace():
    first_in, second_in, first_out = threading.Event(), threading.Event(), threading.Event()

    def first(x):
        first_in.set()
        assert second_in.wait(5)
        return x

    def second(x):
        second_in.set()
        assert first_out.wait(5)
        return x

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(grad(first), 1.0)
        assert first_in.wait(5)
        two = pool.submit(grad(second), 1.0)
        assert one.result() == 1.0
        first_out.set()
        assert two.result() == 1.0
    clean = is_clean()
    assert clean


# ---- bad input

def fails(error, message, *calls):
    for call in calls:
        with pytest.raises(error, match=message):
            call()


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


@both_modes
def test_arguments_that_cannot_be_differentiated_by(mode):
    for transform in (grad, value_and_grad, jacobian):
        take = lambda x, transform=transform: lambda: transform(lambda x: 1.0, mode=mode)(x)  # noqa: E731
        fails(TypeError, "argument 0 of <lambda>.*got str 'a'", take("a"), take([1.0, "a"]))
        fails(TypeError, "argument 0 of <lambda>.*got None", take(None), take((1.0, None)))
        fails(TypeError, r"array of integers \(int64\).*x\.astype\(float\)", take(np.arange(3)),
              take([np.arange(3)]))
        fails(TypeError, "array of integers", take(np.array([True])), take(np.array(3)))
        fails(TypeError, "got complex", take(np.array([1j])), take(1j), take(np.complex128(1j)))
        fails(TypeError, "got str", take(np.array(["a"])), take(np.array([1.0, "a"], object)))


@both_modes
def test_branches_on_nan(mode):
    def f(x):
        return x if at.log(x) > 0 else -x

    message = "a comparison with nan decides what to compute"
    comparisons = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
    fails(ValueError, message, lambda: grad(f, mode=mode)(-1.0), lambda: derivative(f, mode=mode)(NAN),
          lambda: jacobian(lambda x: np.maximum(x, 0.0), mode=mode)(np.array([NAN])),
          *[lambda c=c: grad(lambda x: x * c(x, 1.0), mode=mode)(NAN) for c in comparisons],
          *[lambda c=c: grad(lambda x: x * c(x, NAN), mode=mode)(1.0) for c in comparisons])
    assert grad(f, mode=mode)(2.0) == 1.0 and grad(f, mode=mode)(0.5) == -1.0
    assert math.isnan(grad(lambda x: x * x, mode=mode)(NAN))
    assert f(Value(-1.0)).data == 1.0 and f(Dual(-1.0, 1.0)).tangent == -1.0      # outside: just False
    assert not any(c(Value(NAN), 1.0) or c(Dual(NAN), 1.0) for c in comparisons[:5])


@pytest.mark.parametrize("take", [grad, value_and_grad, derivative, jacobian, jacfwd, jacrev, hessian])
def test_what_is_no_function(take):
    fails(TypeError, r"takes a function, got float 3.0: it is \w+\(f\)\(x\)", lambda: take(3.0))
    fails(TypeError, "takes a function", lambda: jvp(3.0, (1.0,), (1.0,)), lambda: vjp(None, 1.0),
          lambda: hvp("f", 1.0, 1.0))


@both_modes
def test_wrong_argnums(mode):
    for transform in (grad, value_and_grad, jacobian):
        take = lambda a, transform=transform: lambda: transform(lambda x: x, a, mode=mode)(1.0)  # noqa: E731
        fails(ValueError, r"argnums=-?\d, but <lambda> was called with 1 argument\(s\) by position",
              take(1), take(-2), take((0, 1)))
        fails(TypeError, "argnums is an int or a sequence of them", take(1.0), take("0"), take(None),
              take((0, "x")))
    fails(ValueError, "called with 0 argument", lambda: grad(lambda x: x, mode=mode)(x=1.0))
    fails(ValueError, "called with 1 argument", lambda: derivative(lambda x: x, argnums=3, mode=mode)(1.0))


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


def test_derivatives_by_several_arguments_are_refused_in_words():
    fails(TypeError, "argnums", lambda: derivative(lambda x: x, argnums=(0,))(1.0))


# ---- scipy

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


# ---- both modes alike

@both_modes
def test_no_grad_inside_a_function(mode):
    def f(x):
        with no_grad():
            scale = x * x
        return x * scale

    assert grad(f, mode=mode)(3.0) == 9.0


@both_modes
def test_argnums_of_numpy(mode):
    assert grad(lambda x, y: x * y, np.int64(1), mode=mode)(2.0, 3.0) == 2.0
    with pytest.raises(ValueError, match="twice"):
        grad(lambda x, y: x * y, (0, -2), mode=mode)(2.0, 3.0)


def test_a_number_may_go_along_with_an_array_of_no_dimensions():
    value, change = jvp(lambda x: x * x, (np.array(3.0),), (1.0,))
    assert (value, change) == (9.0, 6.0)


@both_modes
def test_equality_of_nodes_does_not_pass_for_equality_of_numbers(mode):
    f = lambda x: 0.0 * x[0] if x[0] == x[1] else x[0] * x[1]  # noqa: E731
    fails(ValueError, r"write autograd_tiny\.equal\(x, y\)", lambda: grad(f, mode=mode)([2.0, 2.0]))
    assert grad(f, mode=mode)([2.0, 3.0]) == [3.0, 2.0]
    assert grad(lambda x: x if x == 2.0 else x * 5, mode=mode)(2.0) == 1.0
    assert (Value(2.0) == Value(2.0)) is False


@both_modes
def test_variance_norm_and_what_else_asks_for_conjugates(mode):
    x = np.array([[1.0, 2.0], [4.0, 8.0]])
    close(grad(np.var, mode=mode)(x), 2 * (x - x.mean()) / 4)
    close(grad(lambda x: np.sum(np.linalg.norm(x, axis=1)), mode=mode)(x),
          x / np.linalg.norm(x, axis=1, keepdims=True))


def test_an_inner_gradient_in_a_loop_does_not_walk_through_the_outer_graph():
    """Each step would go through all steps before it: this took seconds."""
    def f(x):
        for _ in range(1500):
            x = x - 0.001 * grad(lambda y: y**2)(x)
        return x

    assert grad(f)(1.0) == pytest.approx(0.998**1500, rel=1e-10)


@pytest.mark.parametrize("mode", ["reverse-over-reverse", "forward-over-forward"])
def test_hessians_of_functions_of_many_numbers(mode):
    x = np.array([2.0, 3.0])
    found, aux = hessian(lambda x: (np.array([x[0] ** 3, x[0] * x[1]]), "aux"), has_aux=True, mode=mode)(x)
    assert aux == "aux" and found.tolist() == [[[12.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]]
