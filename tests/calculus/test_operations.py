"""Every row of the calculus against mpmath: its value, its derivatives, its conventions at the edges.

The references state the calculus once more, in other formulas than those of operations.py, and are themselves
compared with numerical differentiation.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations, product
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, gradients, topological_order
from references.operations import (
    DERIVATIVE_SLACK, INF, MP, NAN, REFERENCES, ROWS, VALUE_SLACK, comfortable, edges, found, is_close, no_slack,
    perform, same, stated,
)
from references.symbolic import SMOOTH, exact_derivative


# ---- the proof

def test_every_row_has_a_reference() -> None:
    assert set(REFERENCES) == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_the_references_derivatives_are_those_of_its_value(name: str) -> None:
    reference = REFERENCES[name]
    for operands in comfortable(name):
        xs = [MP.mpf(x) for x in operands]
        for i, derivative in enumerate(reference.derivatives(*xs)):
            order = tuple(int(j == i) for j in range(len(xs)))
            if not MP.isnan(derivative):
                assert MP.almosteq(derivative, MP.diff(reference.value, tuple(xs), order), 1e-40, 1e-40), operands


@pytest.mark.parametrize("name", ROWS)
def test_value_and_derivatives_against_50_digits(name: str) -> None:
    reference = REFERENCES[name]
    value_slack, derivative_slack = VALUE_SLACK.get(name, no_slack), DERIVATIVE_SLACK.get(name, no_slack)
    for operands in reference.points:
        value, *derivatives = found(name, operands)
        xs = [MP.mpf(x) for x in operands]
        exact = MP.mpf(reference.value(*xs))
        assert is_close(value, exact, value_slack(float(exact), *operands)), (operands, value, exact)
        for derivative, exact in zip(derivatives, map(MP.mpf, reference.derivatives(*xs)), strict=True):
            assert is_close(derivative, exact, derivative_slack(float(exact), *operands)), (operands, derivative, exact)


@pytest.mark.parametrize("name", sorted({*VALUE_SLACK, *DERIVATIVE_SLACK}))
def test_a_row_that_is_less_precise_somewhere_says_so(name: str) -> None:
    assert ROWS[name].note


# ---- the engine and operations.py say the same


# Python has a hypot of its own; the compiled engine takes the C library's, which may round otherwise.
APART = dict.fromkeys(("hypot", "atan2", "asinh", "lgamma"), 2 * 2.0**-52)


@pytest.mark.parametrize("name", ROWS)
def test_the_engine_equals_the_formulas(name: str) -> None:
    """Bit for bit, but for the functions that the C library rounds otherwise than Python."""
    tolerance = APART.get(name, 0.0)
    for operands in [*REFERENCES[name].points, *edges(name)]:
        for got, expected in zip(found(name, operands), stated(name, operands), strict=True):
            near_zero = 1e-15 if name == "lgamma" else 0.0
            is_equal = same(got, expected) or math.isclose(got, expected, rel_tol=tolerance, abs_tol=near_zero)
            assert is_equal, (operands, got, expected)


@pytest.mark.parametrize("name", ROWS)
def test_derivatives_as_values_equal_the_recorded_ones(name: str) -> None:
    for operands in [*REFERENCES[name].points, *edges(name)]:
        inputs = [Value(x) for x in operands]
        node = perform(name, inputs)
        derivatives = gradients(node, inputs, create_graph=True)
        assert all(type(each) is Value for each in derivatives)
        for got, expected in zip(derivatives, node.local_grads, strict=True):
            assert same(got.data, expected), (operands, got, expected)


LEAST = 2.3e-308            # below it, numbers have fewer digits
SQUARE_ROOT_OF_ALL = 1e150  # beyond it, and below its reciprocal, squares overflow and underflow


@pytest.mark.parametrize("name", SMOOTH)
def test_second_and_third_derivatives_against_50_digits(name: str) -> None:
    """In the tails and at special points: 1e-13, relative to the same sum of products of absolute values."""
    operands = [xs for xs in REFERENCES[name].points if all(map(is_moderate, xs))]
    for xs in operands[:: max(1, len(operands) // 80)]:
        inputs = [Value(x) for x in xs]
        node = perform(name, inputs)
        if math.isfinite(node.data):
            compare_derivatives(name, inputs, node, (0,) * len(xs))


def is_moderate(x: float) -> bool:
    return x == 0 or 1 / SQUARE_ROOT_OF_ALL < abs(x) < SQUARE_ROOT_OF_ALL


def compare_derivatives(name: str, inputs: list[Value], node: Value, order: tuple[int, ...]) -> None:
    """The derivatives of node, itself one of this order, up to the third order."""
    if not node.requires_grad:
        return
    sizes = absolute_sweep(node, inputs)
    for k, (derivative, size) in enumerate(zip(gradients(node, inputs, create_graph=True), sizes, strict=True)):
        higher = tuple(times + (i == k) for i, times in enumerate(order))
        exact = exact_derivative(name, higher, tuple(x.data for x in inputs))
        if sum(higher) > 1 and abs(exact) < 1e300 and size < 1e300:
            error = abs(mpmath.mpf(derivative.data) - exact)
            assert error <= 1e-13 * (size + abs(exact)) + LEAST, (higher, inputs, derivative, float(exact))
        if sum(higher) < 3:
            compare_derivatives(name, inputs, derivative, higher)


def absolute_sweep(output: Value, inputs: list[Value]) -> list[float]:
    """The backward pass with the absolute values of all local derivatives."""
    sizes = {output: 1.0}
    for node in reversed(topological_order(output)):
        for operand, local_grad in zip(node.operands, node.local_grads, strict=True):
            if type(operand) is Value and local_grad != 0:
                sizes[operand] = sizes.get(operand, 0.0) + sizes.get(node, 0.0) * abs(local_grad)
    return [sizes.get(x, 0.0) for x in inputs]


@pytest.mark.parametrize(("operands", "order", "expected"), [
    ((23.0, 0.0), (1, 1), 1 / 23), ((0.0, 2.0), (2, 0), 2.0), ((0.0, 2.0), (1, 1), 0.0), ((0.0, 3.0), (3, 0), 6.0),
    ((0.0, 1.0), (2, 0), 0.0), ((2.0, 0.0), (0, 2), math.log(2) ** 2), ((2.0, 0.0), (2, 0), 0.0),
    ((5.0, 0.0), (1, 2), 2 * math.log(5) / 5), ((-2.0, 3.0), (2, 0), -12.0),
])
def test_derivatives_of_a_power_where_its_formula_branches(operands, order, expected):
    """In whatever order they are taken: by x and then by y, or by y first."""
    kinds = [kind for kind, times in enumerate(order) for _ in range(times)]
    for sequence in {*permutations(kinds)}:
        inputs = [Value(x) for x in operands]
        derivative = inputs[0] ** inputs[1]
        for kind in sequence:
            derivative = gradients(derivative, inputs[kind], create_graph=True)
        assert math.isclose(derivative.data, expected, rel_tol=1e-15, abs_tol=0.0), (sequence, derivative)


@pytest.mark.parametrize(("function", "x", "expected"), [
    (lambda x: x**2.0, 0.0, 2.0), (lambda x: x**1.0, 0.0, 0.0), (lambda x: x**3.0, -0.0, 0.0),
    (at.elu, 800.0, 0.0), (at.elu, 0.0, 1.0), (at.elu, -1.0, math.exp(-1.0)),
    (at.asin, 1e-200, 1e-200), (at.acos, 1e-200, -1e-200), (at.atanh, 1e-200, 2e-200), (at.asin, 1e-10, 1e-10),
    (at.sigmoid, 40.0, -4.248354255291589e-18), (at.tanh, 19.0, -2.5113062336384237e-16),
])
def test_second_derivatives_where_a_branch_was_not_taken_and_in_the_tails(function, x, expected):
    leaf = Value(x)
    assert math.isclose(gradients(gradients(function(leaf), leaf, create_graph=True), leaf), expected, rel_tol=4e-16)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize(("function", "operands", "order", "expected"), [
    (at.hypot, (1.0, 1e-8), (0, 0), 1e-16), (at.hypot, (1e8, -1.0), (0, 0), 1e-24),
    (at.hypot, (3.0, 1e20), (1, 1), 9e-60),
    (at.hypot, (-700.0, -0.1), (0, 0), 2.9154518057952065e-11), (at.hypot, (0.0, -2.0), (0, 0), 0.5),
    (at.asinh, (1e8,), (0, 0, 0), 2e-24), (at.atan, (1e60,), (0, 0, 0), 6e-240), (at.atan, (-1e90,), (0, 0), 2e-270),
    (at.sigmoid, (1e-20,), (0, 0), -1.25e-21), (at.sigmoid, (-1e-200,), (0, 0), 1.25e-201),
    (at.sigmoid, (0.0,), (0, 0, 0), -0.125), (at.softplus, (1e-20,), (0, 0, 0), -1.25e-21),
    (at.log_sigmoid, (1e-20,), (0, 0, 0), 1.25e-21),
    (at.silu, (1e-20,), (0, 0, 0), -5e-21), (at.silu, (-1e-200,), (0, 0, 0), 5e-201), (at.silu, (0.0,), (0, 0), 0.5),
    (at.gelu, (1e-20,), (0, 0, 0), -1.5957691216057308e-20), (at.tanh, (1e-20,), (0, 0, 0, 0), 1.6e-19),
    (at.mish, (1e-20,), (0, 0, 0), -0.096), (at.silu, (0.1,), (0, 0, 0), -0.049750706798486459),
    (at.exp2, (1024.0,), (0,), 1.2460659279417838e308), (at.exp2, (1024.0,), (0, 0), 8.637070847446594e307),
    (at.exp2, (1024.0,), (0, 0, 0), 5.986761306204105e307),
])
def test_higher_derivatives_keep_their_digits_where_a_lower_one_is_flat_or_infinite(
    function, operands, order, expected, mode
):
    """By hand or by mpmath; relative to the derivative itself, not to the terms that it is the sum of."""
    for k in order:
        function = at.grad(function, k, mode=mode)
    assert function(*operands) == pytest.approx(expected, rel=2e-15, abs=0.0)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("function", [at.gelu, at.silu, at.mish, at.softplus, at.relu, at.elu])
def test_activations_have_their_limits_at_infinity(function, mode):
    assert at.grad(function, mode=mode)(math.inf) == 1.0 and function(Value(math.inf)).data == math.inf
    assert at.grad(function, mode=mode)(-math.inf) == 0.0
    assert function(Value(-math.inf)).data == (-1.0 if function is at.elu else 0.0)
    tape = at.record(lambda x: function(x[0]), [0.5])
    assert tape.input_gradients([[math.inf], [-math.inf]]).tolist() == [[1.0], [0.0]]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_large_even_power_of_a_negative_number_falls(mode):
    """From 2⁵³ on all exponents are even, and y - 1, which is odd, is rounded to y."""
    def at_minus_one(y, times):
        def f(x):
            return x**y

        for _ in range(times):
            f = at.grad(f, mode=mode)
        return f(-1.0)

    for y in -1e20, 1e20, 2.0**53, 2.0**53 + 2, -(2.0**53), -(2.0**53) - 2:
        assert at_minus_one(y, 1) == -y
    for y in -1e20, 1e20:
        assert at_minus_one(y, 2) == pytest.approx(y * y, rel=1e-15)
    assert at_minus_one(2.0**53 - 1, 1) == 2.0**53 - 1 and at_minus_one(-(2.0**53) + 1, 1) == -(2.0**53) + 1
    tape = at.record(lambda x: x[0] ** -1e20, [-1.0])
    assert tape.input_gradients([[-1.0], [1.0]]).tolist() == [[1e20], [-1e20]]


def test_the_normal_density_is_flat_at_infinity():
    for mode in ("reverse", "forward"):
        assert [at.grad(at.norm_pdf, mode=mode)(x) for x in (-math.inf, math.inf, 1e200)] == [0.0] * 3


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_second_derivative_of_a_power_at_zero(n: int) -> None:
    """No 0 * inf from the branches of the formula that do not apply."""
    x = Value(0.0)
    assert gradients(gradients(x**n, x, create_graph=True), x) == n * (n - 1) * 0.0 ** abs(n - 2)


# ---- conventions: PyTorch's, where the limit from one side is not the limit from the other

CONVENTIONS = [
    ("abs", (0.0,), 0.0, (0.0,)),
    ("abs", (-0.0,), 0.0, (0.0,)),
    ("sign", (0.0,), 0.0, (0.0,)),
    ("sign", (NAN,), NAN, (0.0,)),                       # as in NumPy; PyTorch says 0
    ("relu", (0.0,), 0.0, (0.0,)),
    ("relu", (-0.0,), 0.0, (0.0,)),
    ("relu", (NAN,), NAN, (1.0,)),
    ("leaky_relu", (0.0, 0.01), 0.0, (0.01, 0.0)),
    ("leaky_relu", (NAN, 0.01), NAN, (0.01, NAN)),
    ("elu", (0.0, 1.0), 0.0, (1.0, 0.0)),
    ("sqrt", (0.0,), 0.0, (INF,)),
    ("sqrt", (-1.0,), NAN, (NAN,)),
    ("log", (0.0,), -INF, (INF,)),
    ("log1p", (-1.0,), -INF, (INF,)),
    ("asin", (1.0,), math.pi / 2, (INF,)),
    ("acos", (1.0,), 0.0, (-INF,)),
    ("asin", (2.0,), NAN, (NAN,)),
    ("acosh", (1.0,), 0.0, (INF,)),
    ("acosh", (0.0,), NAN, (NAN,)),
    ("atanh", (-1.0,), -INF, (INF,)),
    ("div", (1.0, 0.0), INF, (INF, -INF)),
    ("div", (-1.0, 0.0), -INF, (INF, INF)),
    ("div", (0.0, 0.0), NAN, (INF, NAN)),
    ("div", (1.0, INF), 0.0, (0.0, 0.0)),
    ("pow", (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("pow", (0.0, 0.5), 0.0, (INF, 0.0)),
    ("pow", (0.0, 1.0), 0.0, (1.0, 0.0)),
    ("pow", (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("pow", (0.0, INF), 0.0, (NAN, 0.0)),
    ("pow", (0.0, -1.0), INF, (-INF, -INF)),
    ("pow", (-0.0, -1.0), -INF, (-INF, INF)),
    ("pow", (-2.0, 2.0), 4.0, (-4.0, NAN)),
    ("pow", (-2.0, 3.0), -8.0, (12.0, NAN)),
    ("pow", (-2.0, 0.5), NAN, (NAN, NAN)),
    ("pow", (2.0, 0.0), 1.0, (0.0, math.log(2.0))),
    ("pow", (INF, 0.5), INF, (0.0, INF)),
    ("pow", (INF, -1.0), 0.0, (0.0, NAN)),
    ("pow", (0.5, -INF), INF, (-INF, -INF)),
    ("pow", (1.0, NAN), 1.0, (NAN, 0.0)),
    ("pow", (NAN, 0.0), 1.0, (0.0, NAN)),
    ("hypot", (0.0, 0.0), 0.0, (NAN, NAN)),
    ("hypot", (0.0, 1.0), 1.0, (0.0, 1.0)),
    ("hypot", (INF, 1.0), INF, (1.0, 0.0)),
    ("atan2", (0.0, 0.0), 0.0, (0.0, 0.0)),
    ("atan2", (0.0, -1.0), math.pi, (-1.0, 0.0)),
    ("atan2", (-0.0, -1.0), -math.pi, (-1.0, 0.0)),
    ("atan2", (INF, 1.0), math.pi / 2, (0.0, NAN)),
    ("atan2", (1.0, INF), 0.0, (NAN, 0.0)),
    ("maximum", (1.0, 1.0), 1.0, (0.5, 0.5)),
    ("maximum", (0.0, -0.0), 0.0, (0.5, 0.5)),
    ("maximum", (INF, INF), INF, (0.5, 0.5)),
    ("maximum", (NAN, 1.0), NAN, (1.0, 1.0)),
    ("maximum", (1.0, NAN), NAN, (1.0, 1.0)),
    ("minimum", (1.0, 1.0), 1.0, (0.5, 0.5)),
    ("minimum", (NAN, 1.0), NAN, (1.0, 1.0)),
    ("minimum", (1.0, NAN), NAN, (1.0, 1.0)),
    ("clip", (0.0, 0.0, 1.0), 0.0, (1.0, 0.0, 0.0)),
    ("clip", (1.0, 0.0, 1.0), 1.0, (1.0, 0.0, 0.0)),
    ("clip", (-1.0, 0.0, 1.0), 0.0, (0.0, 1.0, 0.0)),
    ("clip", (2.0, 0.0, 1.0), 1.0, (0.0, 0.0, 1.0)),
    ("clip", (0.5, 1.0, 0.0), 0.0, (0.0, 0.0, 1.0)),     # the bounds crossed: the upper one wins
    ("clip", (2.0, 1.0, 0.0), 0.0, (0.0, 0.0, 1.0)),
    ("clip", (-1.0, 1.0, 0.0), 0.0, (0.0, 0.0, 1.0)),
    ("clip", (1.0, 1.0, 1.0), 1.0, (1.0, 0.0, 0.0)),
    ("clip", (0.0, 1.0, 1.0), 1.0, (0.0, 0.0, 0.0)),
    ("clip", (NAN, 0.0, 1.0), NAN, (0.0, 0.0, 0.0)),
    ("clip", (1.0, NAN, 2.0), NAN, (0.0, 0.0, 0.0)),
    ("clip", (1.0, 0.0, NAN), NAN, (0.0, 0.0, 0.0)),
    ("where", (0.0, 1.0, 2.0), 2.0, (0.0, 0.0, 1.0)),
    ("where", (NAN, 1.0, 2.0), 1.0, (0.0, 1.0, 0.0)),
    ("where", (1.0, 5.0, NAN), 5.0, (0.0, 1.0, 0.0)),
    ("silu", (-INF,), 0.0, (0.0,)),
    ("gelu", (-INF,), 0.0, (0.0,)),
    ("max", (1.0, 1.0, 0.0), 1.0, (0.5, 0.5, 0.0)),
    ("max", (INF, INF), INF, (0.5, 0.5)),
    ("min", (1.0, 0.0, 0.0, 0.0), 0.0, (0.0, 1 / 3, 1 / 3, 1 / 3)),
    ("prod", (0.0, 2.0, 3.0), 0.0, (6.0, 0.0, 0.0)),
    ("prod", (0.0, 0.0, 3.0), 0.0, (0.0, 0.0, 0.0)),
    ("logsumexp", (-INF, 1.0), 1.0, (0.0, 1.0)),
    ("logsumexp", (-INF, -INF), -INF, (0.0, 0.0)),
    ("logaddexp", (-INF, -INF), -INF, (0.0, 0.0)),
    ("logaddexp", (-INF, 1.0), 1.0, (0.0, 1.0)),
    ("logaddexp", (INF, 1.0), INF, (1.0, 0.0)),
    ("logaddexp", (INF, INF), INF, (NAN, NAN)),
    ("xlogy", (0.0, 0.0), 0.0, (0.0, 0.0)),
    ("xlogy", (0.0, -1.0), 0.0, (0.0, 0.0)),
    ("xlogy", (0.0, 2.0), 0.0, (math.log(2.0), 0.0)),
    ("xlogy", (0.0, NAN), NAN, (NAN, NAN)),
    ("xlogy", (2.0, 0.0), -INF, (-INF, INF)),
    ("mod", (-7.0, 3.0), 2.0, (1.0, 3.0)),
    ("mod", (7.0, -3.0), -2.0, (1.0, 3.0)),
    ("mod", (1.0, 0.1), 1.0 % 0.1, (1.0, -9.0)),
    ("mod", (-1.0, INF), INF, (1.0, NAN)),
    ("mod", (1.0, 0.0), NAN, (1.0, NAN)),
    ("fmod", (-7.0, 3.0), -1.0, (1.0, 2.0)),
    ("floor_divide", (1.0, 0.1), 9.0, (0.0, 0.0)),
    ("floor_divide", (-1.0, INF), -1.0, (0.0, 0.0)),
    ("floor_divide", (1.0, 0.0), INF, (0.0, 0.0)),
    ("round", (2.5,), 2.0, (0.0,)),
    ("round", (-0.5,), -0.0, (0.0,)),
    ("floor", (-0.5,), -1.0, (0.0,)),
    ("floor", (INF,), INF, (0.0,)),
    ("logsumexp", (INF, NAN), NAN, (NAN, NAN)),
    ("logsumexp", (NAN, -INF), NAN, (NAN, NAN)),
    ("logsumexp", (-INF, NAN), NAN, (NAN, NAN)),
]


@pytest.mark.parametrize(("name", "operands", "value", "derivatives"), CONVENTIONS)
def test_conventions(
    name: str, operands: tuple[float, ...], value: float, derivatives: tuple[float, ...]
) -> None:
    got = found(name, operands)
    assert all(map(same, got, [value, *derivatives])), got


def test_the_largest_of_infinities() -> None:
    assert found("logsumexp", (INF, 1.0))[0] == INF
    assert found("max", (-INF, NAN, INF))[0] != found("max", (-INF, NAN, INF))[0]
    assert found("min", (NAN, 1.0))[0] != found("min", (NAN, 1.0))[0]


# ---- infinities, nan and numbers outside of the domain

BY_NUMPY: dict[str, Callable[..., Any]] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.float_power,
    "neg": np.negative, "abs": np.abs, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1,
    "log": np.log, "log1p": np.log1p, "log2": np.log2, "log10": np.log10, "sqrt": np.sqrt,
    "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2, "sinh": np.sinh,
    "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    "hypot": np.hypot, "sign": np.sign, "maximum": np.maximum, "minimum": np.minimum,
    "greater": np.greater, "greater_equal": np.greater_equal, "less": np.less, "less_equal": np.less_equal,
    "equal": np.equal, "where": np.where, "clip": np.clip,
    "sum": lambda *xs: np.sum(xs), "mean": lambda *xs: np.mean(xs), "prod": lambda *xs: np.prod(xs),
    "max": lambda *xs: np.max(xs), "min": lambda *xs: np.min(xs),
    "logsumexp": lambda *xs: np.logaddexp.reduce(xs), "logaddexp": np.logaddexp,
    "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "round": np.rint, "mod": np.mod, "fmod": np.fmod,
    "floor_divide": np.floor_divide,
}


@pytest.mark.parametrize("name", BY_NUMPY)
def test_values_at_the_edges_are_those_of_numpy(name: str) -> None:
    for operands in edges(name):
        with np.errstate(all="ignore"):
            expected = float(BY_NUMPY[name](*map(np.float64, operands)))
        got = found(name, operands)[0]
        close = same(got, expected) or math.isclose(got, expected, rel_tol=1e-14)
        assert close, (operands, got, expected)


@pytest.mark.parametrize("name", ROWS)
def test_every_operation_answers_with_floats_everywhere(name: str) -> None:
    for operands in edges(name):
        assert {type(x) for x in found(name, operands)} == {float}, operands


# ---- plain numbers among the operands, and a Value that comes twice

@pytest.mark.parametrize("name", [name for name in ROWS if len(REFERENCES[name].points[-1]) > 1])
def test_plain_numbers_among_the_operands(name: str) -> None:
    for operands in comfortable(name)[:6]:
        expected = found(name, operands)
        for kept in product((True, False), repeat=len(operands)):
            if not any(kept):
                continue
            mixed = [Value(x) if is_value else x for x, is_value in zip(operands, kept, strict=True)]
            node = perform(name, mixed)
            assert all(map(same, [node.data, *node.local_grads], expected))
            assert all(x is y for x, y in zip(node.operands, mixed, strict=True))


@pytest.mark.parametrize("name", [name for name in ROWS if len(REFERENCES[name].points[-1]) > 1])
@pytest.mark.parametrize("count", [2, 3, 17])
def test_one_value_in_all_places(name: str, count: int) -> None:
    count = count if ROWS[name].is_nary else len(ROWS[name].operands)
    number = 1.0 if name == "polygamma" else 0.41       # its first operand is an integer
    v = Value(number)
    node = perform(name, [v] * count)
    assert all(map(same, [node.data, *node.local_grads], found(name, [number] * count)))
    if name == "polygamma":
        return                                          # there is no derivative with respect to its order
    assert math.isclose(gradients(node, v), math.fsum(node.local_grads), rel_tol=1e-15)
    assert math.isclose(gradients(node, v, create_graph=True).data, gradients(node, v), rel_tol=1e-15)
