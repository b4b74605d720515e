"""Dual numbers: every operation against reverse mode, nested, and mixed with other kinds of numbers."""
import copy
import math
from inspect import signature
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from references.custom import cube, wave
from references.operations import REFERENCES, ROWS, found, perform, same, stated
from references.programs.random_graphs import examples, is_suitable, magnitudes, programs, run

import autograd_tiny as at
from autograd_tiny import Dual, Value, grad, gradients, jacobian, jvp, operation
from autograd_tiny.engine import functions
from autograd_tiny.transforms.dual import fresh_tag, number

NAN = math.nan
# Python's and the C library's lgamma round differently, and there is no derivative by the order of polygamma
NAMES = sorted(ROWS.keys() - {"lgamma", "polygamma"})
EXPONENTS = (-0.5, 2.0, 3)


def suitable(name):
    """Points inside the domain of an operation, where it is smooth."""
    points = [p for p in REFERENCES[name].points if all(abs(x) < 20 for x in p) and is_suitable(name, p)]
    return points[:: len(points) // 8 + 1]


def unit(i, n):
    return [float(i == j) for j in range(n)]


def parts(x):
    assert type(x) is Dual
    return x.primal, x.tangent


# ---- every operation

def test_all_operations_have_points():
    assert all(suitable(name) for name in NAMES) and len(NAMES) > 50


@pytest.mark.parametrize("name", NAMES)
def test_one_direction_per_operand(name):
    """At every reference point, edges and overflows included, to the last bit."""
    for point in REFERENCES[name].points:
        value, *derivatives = found(name, point)
        for i, derivative in enumerate(derivatives):
            operands = [Dual(x, 1.0) if i == j else x for j, x in enumerate(point)]
            primal, tangent = parts(perform(name, operands))
            assert type(primal) is type(tangent) is float
            assert same(primal, value) and same(primal, stated(name, point)[0]), (point, i)
            assert same(tangent, derivative), (point, i, tangent, derivative)


def test_the_logarithm_of_the_gamma_function_and_its_derivatives():
    for (x,) in suitable("lgamma"):
        for function, derivative in ((at.lgamma, at.digamma), (at.digamma, lambda x: at.polygamma(1, x))):
            primal, tangent = parts(function(Dual(x, 2.0)))
            assert primal == pytest.approx(function(x), rel=1e-14, abs=1e-14)
            assert tangent == pytest.approx(2.0 * derivative(x), rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_all_directions_at_once(name):
    for point in suitable(name):
        directions = [math.sin(7.0 * i + 1.0) for i in range(len(point))]
        leaves = [Value(x) for x in point]
        node = perform(name, leaves)
        derivatives = gradients(node, leaves)
        primal, tangent = parts(perform(name, list(map(Dual, point, directions))))
        products = [a * b for a, b in zip(derivatives, directions, strict=True)]
        assert primal == node.data
        assert abs(tangent - sum(products)) <= 1e-15 * len(point) * sum(map(abs, products)), point


@pytest.mark.parametrize("name", NAMES)
def test_duals_of_values_can_be_differentiated_again(name):
    for point in suitable(name):
        for i in range(len(point)):
            leaves = [Value(x) for x in point]
            first = gradients(perform(name, leaves), leaves[i], create_graph=True)
            expected = gradients(first, leaves)
            made = perform(name, list(map(Dual, leaves, unit(i, len(point)))))
            assert type(made.primal) is Value and made.primal.data == perform(name, point)
            tangent = made.tangent if type(made.tangent) is Value else Value(made.tangent)
            assert tangent.data == pytest.approx(first.data, rel=1e-14, abs=0)
            assert gradients(tangent, leaves) == pytest.approx(expected, rel=1e-12, abs=1e-15), point


@pytest.mark.parametrize("name", NAMES)
def test_duals_of_duals_are_second_derivatives(name):
    for point in suitable(name):
        n = len(point)
        for i in range(n):
            leaves = [Value(x) for x in point]
            first = gradients(perform(name, leaves), leaves[i], create_graph=True)
            expected = gradients(first, leaves)
            for j in range(n):
                operands = [
                    Dual(Dual(x, float(j == k)), float(i == k)) for k, x in enumerate(point)
                ]
                made = perform(name, operands)
                mixed = made.tangent.tangent if type(made.tangent) is Dual else 0.0
                assert mixed == pytest.approx(expected[j], rel=1e-12, abs=1e-15), (point, i, j)


def test_conventions_at_ties_and_kinks_are_those_of_reverse_mode():
    assert at.maximum(Dual(1.0, 1.0), 1.0).tangent == 0.5
    assert at.max([Dual(1.0, 1.0), Dual(1.0), 1.0, 0.0]).tangent == 1 / 3
    assert at.clip(Dual(1.0, 1.0), 1.0, 2.0).tangent == 1.0
    assert (abs(Dual(0.0, 1.0)).tangent, at.relu(Dual(0.0, 1.0)).tangent) == (0.0, 0.0)
    assert at.clip(Dual(3.0, 1.0), None, 2.0).tangent == 0.0


def test_where_takes_the_branch_of_the_number():
    x = Dual(2.0, 1.0)
    assert at.where(x > 1.0, x * x, x).tangent == 4.0
    assert at.where(0, x * x, x).tangent == 1.0
    assert at.where(x - 2.0, 5.0, x).tangent == 1.0
    assert at.where(True, 5.0, x).tangent == 0.0


def test_a_zero_tangent_stays_zero_at_an_infinite_derivative():
    assert parts(at.sqrt(Dual(0.0, 0.0))) == (0.0, 0.0)
    assert parts(at.sqrt(Dual(0.0, 1.0))) == (0.0, math.inf)


@examples
@given(programs(), st.data())
def test_random_graphs_forward_equal_reverse(program, data):
    values = run(program)
    n = len(program.leaves)
    derivatives = gradients(values[-1], values[:n])
    tolerances = magnitudes(program, values)
    i = data.draw(st.integers(0, n - 1), label="direction")
    known = [Dual(x, t) for x, t in zip(program.leaves, unit(i, n), strict=True)]
    for name, operands in program.steps:
        known.append(perform(name, [known[x] if type(x) is int else x for x in operands]))
        numbers = [known[x].primal if type(x) is int else x for x in operands]
        assert known[-1].primal == perform(name, numbers)
    assert abs(known[-1].tangent - derivatives[i]) <= 1e-12 * max(1.0, tolerances[i])


# ---- numbers on the other side

@pytest.mark.parametrize(
    "other", [2, 2.0, True, Fraction(1, 2), np.float64(0.3), np.int64(3), np.float32(0.5)]
)
def test_operators_with_numbers_on_either_side(other):
    plain = float(other)
    for perform_one in (
        lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / y, lambda x, y: x**y,
    ):
        for left in (True, False):
            def f(x, y, left=left, perform_one=perform_one):
                return perform_one(x, y) if left else perform_one(y, x)

            x = Value(1.7)
            primal, tangent = parts(f(Dual(1.7, 1.0), other))
            assert primal == pytest.approx(f(1.7, plain), rel=1e-15)
            assert tangent == pytest.approx(gradients(f(x, plain), x), rel=1e-14)
    assert parts(-Dual(2.0, 3.0)) == (-2.0, -3.0) and parts(+Dual(2.0, 3.0)) == (2.0, 3.0)
    assert parts(abs(Dual(-2.0, 3.0))) == (2.0, -3.0)


@pytest.mark.parametrize("other", [np.float64(0.1), np.float32(0.1), np.int64(3)])
def test_numpy_scalars_do_not_become_tangents(other):
    made = Dual(3.0, 1.0) * other * math.pi
    assert type(made.tangent) is float and made.tangent == float(other) * math.pi


def test_values_on_either_side():
    v, d = Value(3.0), Dual(2.0, 1.0)
    for made, by_d, by_v in (
        (v * d, 3.0, 1.0), (d * v, 3.0, 1.0), (v - d, -1.0, None), (d / v, 1 / 3, -1 / 9),
        (v**d, 9 * math.log(3.0), 6 * math.log(3.0) + 3.0), (at.maximum(v, d), 0.0, None),
    ):
        assert type(made) is Dual and type(made.primal) is Value
        assert number(made.tangent) == pytest.approx(by_d, rel=1e-15)
        if by_v is not None:
            assert gradients(made.tangent, v) == pytest.approx(by_v, rel=1e-15)


@pytest.mark.parametrize("method", [
    lambda v, d: v.hypot(d), lambda v, d: v.atan2(d), lambda v, d: v.maximum(d), lambda v, d: v.less(d),
    lambda v, d: v.clip(d, 5.0), lambda v, d: v.leaky_relu(d), lambda v, d: v.elu(d),
    lambda v, d: np.hypot(np.array([v]), np.array([d]))[0],
    lambda v, d: np.arctan2(np.array([v]), np.array([d]))[0],
])
def test_methods_of_values_take_dual_numbers(method):
    assert method(Value(3.0), Dual(4.0, 1.0)).primal.data == method(Value(3.0), Value(4.0)).data


@pytest.mark.parametrize("name", [
    "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "arcsinh", "arctanh", "absolute", "negative", "square", "reciprocal",
])
def test_numpy_functions_on_arrays_of_duals(name):
    x = Value(0.3)
    made = getattr(np, name)(np.array([Dual(0.3, 1.0), Dual(0.3, -2.0)]))
    derivative = gradients(getattr(np, name)(np.array([x]))[0], x)
    assert made.dtype == object and [d.primal for d in made] == [made[0].primal] * 2
    assert made[0].primal == pytest.approx(getattr(np, name)(0.3), rel=1e-14)
    assert [d.tangent for d in made] == pytest.approx([derivative, -2 * derivative], rel=1e-14)


def test_numpy_arithmetic_on_arrays_of_duals():
    xs = np.array([Dual(1.0, 1.0), Dual(2.0, 10.0)])
    weights = np.array([3.0, 4.0])
    assert parts(weights @ xs) == (11.0, 43.0) and parts(np.dot(xs, weights)) == (11.0, 43.0)
    assert parts(xs.sum()) == (3.0, 11.0) and parts(np.mean(xs)) == (1.5, 5.5)
    assert parts(xs.prod()) == (2.0, 12.0) and parts(np.linalg.norm(xs)) == (5**0.5, 21 / 5**0.5)
    assert [d.tangent for d in Dual(2.0, 1.0) * weights] == [3.0, 4.0]
    assert [d.tangent for d in weights / Dual(2.0, 1.0)] == [-3 / 4, -1.0]
    assert [d.tangent for d in at.exp(xs)] == [math.exp(1.0), 10 * math.exp(2.0)]
    assert np.exp(Dual(0.0, 2.0)).tangent == 2.0
    assert [d.tangent for d in np.maximum(xs, 1.5)[1:]] == [10.0]
    assert list(xs > 1.5) == [False, True]


@pytest.mark.parametrize("f", [at.maximum, at.hypot, at.atan2, wave, lambda a, x: at.where(a > 1.5, x, a)])
def test_an_array_of_floats_and_one_dual(f):
    array, x = np.array([1.0, 2.0]), Value(1.5)
    made = f(array, Dual(1.5, 1.0))
    expected = [gradients(v, x) if type(v) is Value else 0.0 for v in f(array, x)]
    assert [d.tangent if type(d) is Dual else 0.0 for d in made] == expected


# ---- methods, comparisons, conversions

def test_methods_are_the_functions():
    for name in functions.__all__:
        if not hasattr(Value, name):
            assert not hasattr(Dual, name)
            continue
        count = 1 if name in ("round", "rint") else len(signature(getattr(at, name)).parameters)      # then decimals
        for point in suitable(name)[:3] if name in ROWS else [(0.5, 0.7)[:count]]:
            x, *others = [Dual(p, 1.0 + i) for i, p in enumerate(point)]
            if name == "arccosh":
                x = Dual(1.5, 1.0)
            assert parts(getattr(x, name)(*others)) == parts(getattr(at, name)(x, *others)), name


@pytest.mark.parametrize("call", [
    lambda x: x.clip(high=2.0), lambda x: x.clip(0.0), lambda x: x.hypot(other=2.0),
    lambda x: x.maximum(other=2.0), lambda x: x.less(other=2.0),
])
def test_methods_have_the_signatures_of_values(call):
    assert call(Dual(1.5, 1.0)).primal == call(Value(1.5)).data


def test_methods_with_defaults():
    assert Dual(-2.0, 1.0).leaky_relu().tangent == 0.01
    assert Dual(-2.0, 1.0).leaky_relu(negative_slope=0.5).tangent == 0.5
    assert Dual(-2.0, 1.0).elu().tangent == math.exp(-2.0)


def test_comparisons_look_at_the_numbers():
    x, y = Dual(1.0, 5.0), Dual(2.0, -5.0)
    for smaller, larger in ((x, y), (x, 2), (1.0, y), (x, Value(2.0)), (Value(1.0), y), (np.float64(1.0), y),
                            (Dual(Dual(1.0)), y)):
        assert smaller < larger and smaller <= larger and not smaller > larger and not smaller >= larger
        assert larger > smaller and larger >= smaller and not larger < smaller and not larger <= smaller
    assert x == 1.0 and x != 2 and x <= 1 and x >= 1
    assert bool(x) and not Dual(0.0, 1.0)


def test_equality_of_two_is_identity():
    x = Dual(1.0, 1.0)
    assert x == x and x != Dual(1.0, 1.0) and x != Value(1.0) and Value(1.0) != x
    assert x != "1" and x != None and {x: 1}[x] == 1  # noqa: E711


def test_nan_compares_as_ieee_says():
    x = Dual(NAN, 1.0)
    assert not (x < 1.0 or x > 1.0 or x <= 1.0 or x >= 1.0 or x == NAN)
    assert x != NAN and not Dual(1.0) < NAN


def test_numbers_out():
    for x in (Dual(1.5, 1.0), Dual(Dual(1.5, 1.0), 2.0), Dual(Value(1.5), 1.0)):
        assert (x.data, x.item()) == (1.5, 1.5) and f"{x:.3f}" == "1.500"
    assert Dual(1.5, 1.0).detach() == 1.5 and type(Dual(1.5, 1.0).detach()) is float
    leaf = Dual(Value(1.5), 1.0).detach()
    assert type(leaf) is Value and not leaf.requires_grad
    assert Dual(Dual(1.5, 1.0), 1.0).detach() == 1.5
    assert repr(Dual(1.5, 2)) == str(Dual(1.5, 2)) == f"{Dual(1.5, 2)}" == "Dual(1.5, 2.0)"


@pytest.mark.parametrize("lose", [float, int, math.exp, lambda x: np.zeros(1).__setitem__(0, x)])
def test_no_derivative_is_lost_by_accident(lose):
    with pytest.raises(TypeError) as caught:
        lose(Dual(1.5, 1.0))
    chain = str(caught.value) + str(caught.value.__cause__)
    for way_out in ("would lose its derivative", "x.data or x.item()", "autograd_tiny.exp(x), sin(x)"):
        assert way_out in chain


@pytest.mark.parametrize("attempt", [
    lambda x: x + "1", lambda x: "1" * x, lambda x: x * None, lambda x: x**1j, lambda x: [1] / x,
    lambda x: x < "1", lambda x: x >= None, lambda x: at.maximum(x, "1"), lambda x: at.sum([x, "1"]),
    lambda x: at.dot([x], ["1"]), lambda x: cube(x, x), lambda x: wave(x, "1"), lambda x: x.hypot(None),
    lambda x: pow(x, 2, 3), lambda x: x % "2", lambda x: divmod("2", x), lambda x: at.where("1", x, x),
])
def test_other_operands_are_refused(attempt):
    with pytest.raises(TypeError):
        attempt(Dual(1.0, 1.0))


@pytest.mark.parametrize("parts", [("1", 1.0), (1.0, "1"), (None,), (1j,), (np.ones(2), 1.0), ([1.0],)])
def test_parts_must_be_numbers(parts):
    with pytest.raises(TypeError, match="a plain float is expected"):
        Dual(*parts)


@pytest.mark.parametrize("f", [at.mean, at.max, at.logsumexp, lambda xs: at.dot([Dual(1.0)], xs)])
def test_counts_are_checked(f):
    with pytest.raises(ValueError):
        f([])


def test_copies():
    x = Dual(1.0, 2.0)
    for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert (*parts(twin), twin.tag) == (1.0, 2.0, 0)


# ---- nesting

def test_the_outer_tag_is_the_younger():
    x = Dual(Dual(2.0, 1.0), 1.0)
    y = Dual(5.0, 1.0)
    assert (x.tag, y.tag) == (1, 0)
    made = x * y                              # d/dx outside, d/d(both) inside
    assert parts(made.primal) == (10.0, 7.0) and parts(made.tangent) == (5.0, 1.0)
    assert fresh_tag() < fresh_tag()
    z = Dual(3.0, 1.0, tag=7)
    assert (z * x).tag == 7 and (z * x).primal.tag == 1 and (z * x).tangent.tag == 1


def test_powers_to_the_fourth_derivative():
    x = Dual(Dual(Dual(Dual(1.5, 1.0), 1.0), 1.0), 1.0)
    for exponent in EXPONENTS:
        made, expected = x**exponent, 1.5**exponent
        for k in range(5):
            inner = made
            for _ in range(4 - k):
                inner = inner.primal
            for _ in range(k):
                inner = inner.tangent if type(inner) is Dual else 0.0
            assert inner == pytest.approx(expected, rel=1e-13, abs=1e-14)
            expected *= (exponent - k) / 1.5


def test_duals_by_hand_inside_a_differentiation():
    """d/dx of [d/dy (y · (x + ε))] without ε is 1: the tag of x + ε is one more than that of x."""
    assert at.derivative(lambda x: at.derivative(lambda y: y * Dual(x, 1.0))(x).primal)(3.0) == 1.0


# ---- custom operations

def test_custom_operations():
    assert parts(cube(Dual(2.0, 1.0))) == (8.0, 12.0)
    assert parts(wave(Dual(0.5, 1.0), Dual(2.0, 10.0))) == (
        math.sin(0.5) * 2.0, math.cos(0.5) * 2.0 + math.sin(0.5) * 10.0
    )
    assert wave(Dual(0.5, 1.0), 2).tangent == math.cos(0.5) * 2.0
    assert [d.tangent for d in cube(np.array([Dual(1.0, 1.0), Dual(2.0, 1.0)]))] == [3.0, 12.0]


def test_custom_operations_nest():
    thrice = cube(Dual(Dual(Dual(2.0, 1.0), 1.0), 1.0))
    assert thrice.tangent.tangent.tangent == 6.0
    v = Value(2.0)
    made = cube(Dual(v, 1.0))
    assert type(made.primal) is Value and made.primal.op == "cube"
    assert (made.tangent.data, gradients(made.tangent, v)) == (12.0, 12.0)
    for modes in ("forward", "reverse"):
        assert at.hessian(lambda x: wave(*x), mode=f"{modes}-over-forward")([0.5, 2.0])[0] == pytest.approx(
            [-math.sin(0.5) * 2.0, math.cos(0.5)]
        )


def test_custom_operations_whose_value_or_derivative_is_not_a_number_are_refused():
    @operation(lambda x, f: "derivative")
    def strange(x):
        return x

    @operation(lambda x, f: 1.0)
    def stranger(x):
        return "value"

    with pytest.raises(TypeError, match="strange: a derivative must be a number, got str 'derivative'"):
        strange(Dual(1.0, 1.0))
    with pytest.raises(TypeError, match="stranger: its value must be a number, got str 'value'"):
        stranger(Dual(1.0, 1.0))


@settings(examples, max_examples=50)
@given(programs(most=8), st.data())
def test_random_graphs_of_duals_of_values(program, data):
    """Forward over reverse: the tangent is the derivative along the direction, as a Value."""
    values = run(program)
    n = len(program.leaves)
    i = data.draw(st.integers(0, n - 1), label="direction")
    derivative = gradients(values[-1], values[i])
    known = [Dual(v, t) for v, t in zip([Value(x) for x in program.leaves], unit(i, n), strict=True)]
    for name, operands in program.steps:
        known.append(perform(name, [known[x] if type(x) is int else x for x in operands]))
    tolerance = 1e-12 * max(1.0, magnitudes(program, values)[i])
    assert abs(number(known[-1].tangent) - derivative) <= tolerance


# ---- dual numbers that outlive their differentiation

def test_a_leaked_dual_number_raises_where_it_is_used():
    """As a leaked tracer does in JAX; it used to give dual numbers as results."""
    kept = []

    def leaking(x):
        kept.append(x * 2.0)
        return x * x

    for differentiate in (
        lambda: grad(leaking, mode="forward")(3.0), lambda: jvp(leaking, (3.0,), (1.0,)),
        lambda: jacobian(lambda x: [leaking(x)], mode="forward")(3.0),
        lambda: grad(grad(leaking, mode="forward"), mode="forward")(3.0),
        lambda: grad(grad(leaking, mode="forward"))(3.0),
    ):
        kept.clear()
        differentiate()
        leaked = kept[-1]
        assert leaked.data == 6.0                       # a look at the number is no computation
        for use in (
            lambda x: x + 1.0, lambda x: 2.0 * x, lambda x: at.sin(x), lambda x: Value(1.0) * x, lambda x: x * x,
            lambda x: grad(lambda y: y * x)(1.0), lambda x: grad(lambda y: y + x, mode="forward")(1.0),
            lambda x: grad(lambda y: x, mode="forward")(1.0), lambda x: np.array([x]) * 2.0,
        ):
            with pytest.raises(RuntimeError, match="leaked from a differentiation in forward mode that has ended"):
                use(leaked)


def test_dual_numbers_of_an_outer_differentiation_are_alive_in_an_inner_one():
    def outer(x):
        inner = grad(lambda y: y * y * x, mode="forward")(x)       # 2x²
        return inner * x

    assert grad(outer, mode="forward")(3.0) == 54.0
    assert (Dual(3.0, 1.0) * 2.0).tangent == 2.0                    # those made by hand always are


def test_a_differentiation_that_fails_ends_too():
    kept = []

    def failing(x):
        kept.append(x)
        raise KeyError("mine")

    with pytest.raises(KeyError):
        grad(failing, mode="forward")(1.0)
    with pytest.raises(RuntimeError, match="leaked"):
        kept[0] * 1.0
