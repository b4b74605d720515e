"""Walking a graph."""
from math import inf, nan

import pytest

from autograd_tiny import Value, exp, find_nonfinite, log, scope
from autograd_tiny.engine.graph import depends_on, leaves


def test_the_first_number_that_is_not_finite():
    x, y = Value(-1.0, "x"), Value(2.0, "y")
    with scope("layer1"):
        born = log(x)
    f = (born * y + y) * exp(y)
    found = find_nonfinite(f)
    assert found is born and found.op == "log" and found.scope == "layer1"


def test_an_overflow_and_a_leaf_that_is_nan():
    x = Value(1000.0)
    big = exp(x)
    assert find_nonfinite(big - big) is big
    broken = Value(nan)
    assert find_nonfinite(broken * 2.0) is broken
    assert find_nonfinite(Value(-inf)).data == -inf


def test_all_are_finite():
    assert find_nonfinite(Value(1.0) + 1.0) is None


def test_a_plain_number_in_an_expression_is_found_by_its_result():
    result = Value(1.0) * inf
    assert find_nonfinite(result + 1.0) is result


def test_only_values_have_graphs():
    with pytest.raises(TypeError, match="a Value is expected, got float"):
        find_nonfinite(1.0)


def test_leaves_come_in_the_order_of_their_use():
    a, b = Value(1.0), Value(2.0)
    assert leaves(b * a + b) == [b, a]


def test_what_a_value_is_made_from():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    shared = a * b
    f = shared + shared * 2.0
    assert depends_on(f, [c, b]) and depends_on(f, [f]) and depends_on(f, [shared])
    assert not depends_on(f, [c]) and not depends_on(f, [])
