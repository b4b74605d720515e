"""Floats whose operators never raise: their answers are NumPy's, and they remain what they are."""
import copy
import math
import operator
import pickle

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.calculus.ieee_float import IEEEFloat

NUMBERS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e200, -1e200, 5e-324, math.inf, -math.inf, math.nan]
OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
]


def same(x, y):
    return (x == y and math.copysign(1.0, x) == math.copysign(1.0, y)) or (x != x and y != y)


@pytest.mark.parametrize("compute", OPERATORS)
def test_each_operator_answers_as_numpy_does(compute):
    with np.errstate(all="ignore"):
        for x in NUMBERS:
            for y in NUMBERS:
                expected = float(compute(np.float64(x), np.float64(y)))
                for left, right in (IEEEFloat(x), y), (x, IEEEFloat(y)), (IEEEFloat(x), IEEEFloat(y)):
                    found = compute(left, right)
                    assert type(found) is IEEEFloat and same(found, expected), (x, y)


def test_integers_on_either_side():
    x = IEEEFloat(0.0)
    assert 1 / x == math.inf and x**-1 == math.inf and 7 % x != 7 and 2**x == 1.0 and (x - True) == -1.0


def test_the_rest_of_arithmetic():
    x = IEEEFloat(-2.5)
    for found in -x, +x, abs(x), round(x, 1), sum([x, x]), max(x, x - 1.0), divmod(x, 0.0)[0], divmod(1.0, x)[1]:
        assert type(found) is IEEEFloat
    assert round(x) == -2 and divmod(x, 2.0) == divmod(-2.5, 2.0)


def test_functions_answer_in_kind():
    zero = IEEEFloat(0.0)
    for found in at.relu(zero), at.exp(zero), at.maximum(zero, -1.0), at.sum([zero, 1.0]), at.dot([zero], [2.0]):
        assert type(found) is IEEEFloat
    assert 1.0 / at.relu(zero) == math.inf


def test_in_all_else_it_is_a_float():
    x = IEEEFloat(0.5)
    assert isinstance(x, float) and x == 0.5 and hash(x) == hash(0.5) and {0.5: "half"}[x] == "half"
    assert repr(x) == "0.5" and f"{x:.2f}" == "0.50" and int(IEEEFloat(3.7)) == 3 and math.exp(x) == math.exp(0.5)
    assert np.array([x, x]).dtype == float and pickle.loads(pickle.dumps(x)) == copy.deepcopy(x) == x


@pytest.mark.parametrize("compute", [*OPERATORS[:4], operator.pow])
def test_with_a_value_the_result_is_the_value_of_a_plain_float(compute):
    x = Value(3.0)
    for found, expected in (
        (compute(x, IEEEFloat(2.0)), compute(x, 2.0)), (compute(IEEEFloat(2.0), x), compute(2.0, x))
    ):
        assert found.data == expected.data and found.local_grads == expected.local_grads
        assert all(type(operand) in (Value, float) for operand in found.operands)


def test_it_is_no_number_for_anything_else():
    for wrong in "a", None, 1j:
        with pytest.raises(TypeError):
            IEEEFloat(1.0) % wrong
