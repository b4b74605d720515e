"""The module-level functions: what they take, and that they answer in kind."""
import itertools
import math

import mpmath
import numpy as np
import pytest
from scipy import special

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.calculus import operations as ops
from autograd_tiny.engine import functions

ONE = [row for row in ops.OPERATIONS if row.operands == ("x",) and hasattr(functions, row.name)]


@pytest.mark.parametrize("row", ONE, ids=lambda row: row.name)
def test_functions_of_one_operand_answer_in_kind(row):
    function = getattr(at, row.name)
    x = 1.25 if row.name == "acosh" else 0.375
    value = function(Value(x))
    assert type(value) is Value and value.op == row.sign
    number = function(x)
    assert type(number) is float and number == pytest.approx(value.data, rel=1e-15)
    array = function(np.array([[x, x]]))
    assert array.dtype == float and array.shape == (1, 2) and array[0, 1] == number
    objects = function(np.array([Value(x), Value(x)]))
    assert objects.dtype == object and objects[1].data == value.data
    assert type(function(np.float32(x))) is float


def test_plain_numbers_follow_ieee_too():
    assert at.log(0) == -math.inf and at.exp(1000) == math.inf and math.isnan(at.sqrt(-1.0))


@pytest.mark.parametrize(
    "name",
    ["maximum", "minimum", "hypot", "atan2", "greater", "greater_equal", "less", "less_equal", "equal"],
)
def test_functions_of_two_take_a_value_on_either_side(name):
    function = getattr(at, name)
    x, y = Value(2.0), Value(3.0)
    both = function(x, y)
    assert both.parents == (x, y)
    assert function(2.0, y).data == function(x, 3).data == both.data == function(2.0, 3)
    assert function(2.0, y).operands == (2.0, y)
    many = function(np.array([1.0, 2.0]), y)
    assert many.dtype == object and many[1].data == both.data
    assert function(np.array([1.0, 2.0]), 3.0).dtype == float


def test_comparisons_that_stay_in_the_graph():
    x = Value(2.0)
    flag = at.greater(x, 1.0)
    assert flag.data == 1.0 and flag.local_grads == (0.0, 0.0)
    assert at.where(flag, x, 0.0).data == 2.0
    assert at.where(x > 1, x, 0.0) .data == 2.0
    assert at.where(np.array([True, False]), x, 0.0)[1].data == 0.0
    assert at.where(True, 1.0, 2.0) == 1.0
    assert at.where(np.float64(3.0) > 2, x, 0.0).data == 2.0 and at.sum([np.bool_(True), x]).data == 3.0


def test_clip_without_a_bound():
    x = Value(5.0)
    assert at.clip(x, None, 2.0).data == 2.0 and at.clip(x, 6.0, None).data == 6.0
    assert x.clip(0.0, 10.0).local_grads == (1.0, 0.0, 0.0)
    assert x.clip(6.0).data == 6.0 and x.clip(high=2.0).data == 2.0
    assert at.clip(5.0, 0.0, 1.0) == 1.0


def test_functions_of_many_take_sequences_generators_and_arrays():
    x, y = Value(2.0), Value(3.0)
    assert at.sum([x, y, 1]).data == 6.0 and at.sum(v for v in (x, y)).data == 5.0
    grid = np.array([[x, y], [1.0, 2.0]])
    assert at.sum(grid).data == 8.0 and at.max(grid).data == 3.0 and at.mean(grid).data == 2.0
    assert at.prod((x, y)).local_grads == (3.0, 2.0) and at.min([x, y]).data == 2.0
    assert at.sum([1, 2.5]) == 3.5 and type(at.max([1, 2])) is float
    assert at.dot([x, 2.0], np.array([1.0, 3.0]), y).data == 11.0
    assert at.sum(np.array([1.0, 2.0])) == 3.0
    assert len(at.sum([x] * 100).parents) == 100


def test_parameters_of_activations():
    x, slope = Value(-2.0), Value(0.1)
    assert x.leaky_relu().data == at.leaky_relu(x).data == -0.02
    assert at.leaky_relu(x, slope).local_grads == (0.1, -2.0)
    assert at.elu(x, 2.0).data == 2.0 * math.expm1(-2.0) == at.elu(-2.0, alpha=2.0)
    assert x.elu().data == math.expm1(-2.0)


def test_softmax_of_an_array_is_an_array():
    probabilities = at.softmax(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert probabilities.shape == (2, 2) and probabilities.sum() == pytest.approx(1.0, rel=1e-15)
    values = at.log_softmax(np.array([Value(1.0), Value(2.0)]))
    assert values[0].data == pytest.approx(-math.log(1 + math.e), rel=1e-15)


@pytest.mark.parametrize("xs", [[50.0, 0.0, 1.0], [20.0, 0.0], [0.0, 0.0], [-700.0, 0.0, 3.0], [800.0, -800.0], [3.0]])
def test_softmax_and_its_logarithm_are_those_of_scipy_with_derivatives_to_the_last_digits(xs):
    xs = np.array(xs)
    powers = [mpmath.exp(mpmath.mpf(x) - mpmath.mpf(max(xs))) for x in xs]
    shares = [power / mpmath.fsum(powers) for power in powers]
    rest = [mpmath.fsum(shares[:i] + shares[i + 1 :]) for i in range(len(xs))]
    np.testing.assert_allclose(at.softmax(xs), special.softmax(xs), rtol=1e-15)
    np.testing.assert_allclose(at.log_softmax(xs), special.log_softmax(xs), rtol=1e-15)
    pairs = [(i, k) for i in range(len(xs)) for k in range(len(xs))]
    expected = np.array([float(rest[i] if i == k else -shares[k]) for i, k in pairs])
    second = np.array([float(-shares[i] * (rest[i] if i == k else -shares[k])) for i, k in pairs])
    for mode in "forward", "reverse":
        found = at.jacobian(at.log_softmax, mode=mode)(xs).ravel()
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-300)
        hessian = at.hessian(lambda xs: at.log_softmax(xs)[0], mode=f"{mode}-over-reverse")(xs).ravel()
        np.testing.assert_allclose(hessian, second, rtol=1e-14, atol=1e-300)


def test_softmax_where_an_input_is_not_finite():
    """As in SciPy and JAX: -inf has the share 0; where all are -inf, or one is inf, there are no shares."""
    xs = np.array([-math.inf, 0.0])
    assert at.softmax(xs).tolist() == [0.0, 1.0] and at.log_softmax(xs).tolist() == [-math.inf, 0.0]
    assert at.jacobian(at.softmax)(xs).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    for xs in [-math.inf, -math.inf], [math.inf, 0.0], [math.nan, 0.0]:
        assert all(map(math.isnan, at.softmax(xs))) and math.isnan(at.log_softmax(xs)[0])


def test_softmax_gradients_sum_to_zero():
    xs = [Value(v) for v in (1.0, 2.0, -3.0)]
    share = at.softmax(xs)[1]
    share.backward()
    p = share.data
    assert xs[1].grad == pytest.approx(p * (1 - p), rel=1e-12)
    assert abs(sum(x.grad for x in xs)) < 1e-16


def test_at_sum_and_builtin_sum_agree():
    xs = [Value(float(i)) for i in range(5)]
    ours, python = at.sum(xs), sum(xs)
    ours.backward()
    once = [x.grad for x in xs]
    python.backward()
    assert ours.data == python.data and [x.grad for x in xs] == [2 * g for g in once]


def test_round_takes_decimals_as_numpys_does():
    numbers = 3.14159, -2.675, 1234.5, 0.5, -0.0, 1e300, math.inf, math.nan
    for x, decimals in itertools.product(numbers, (0, 2, -2, 5)):
        with np.errstate(invalid="ignore", over="ignore"):
            expected = np.round(x, decimals)
        node = at.round(Value(x), decimals)
        for found in node.data, at.round(x, decimals), Value(x).round(decimals).data, round(Value(x), decimals).data:
            assert found == expected or (found != found and expected != expected), (x, decimals)
        assert at.round(at.Dual(x, 1.0), decimals) == node.data or x != x
    x = Value(2.345)
    assert at.grad(lambda x: at.round(x, 2) * x)(2.341) == pytest.approx(2.34)
    np.testing.assert_array_equal(at.round(np.array([1.26, 3.14]), 1), [1.3, 3.1])
    tape = at.record(lambda x: at.round(x[0], decimals=1), [0.25])
    assert tape([[1.26], [-3.14]]).tolist() == [1.3, -3.1]
    for wrong, error in ((1.5, TypeError), ("1", TypeError), (400, ValueError), (-301, ValueError)):
        with pytest.raises(error, match=r"round: .*decimals.*expected, got"):
            at.round(x, wrong)
