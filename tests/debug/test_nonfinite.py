"""The place in a graph where numbers stop being finite, as data and in words."""
import math

import pytest

import autograd_tiny as at
from autograd_tiny import Value, scope
from autograd_tiny.debug.nonfinite import Origin, describe_origin, find_gradient_origin, find_origin


def test_the_first_value_that_is_not_finite_is_the_origin():
    x = Value(-1.0, "x")
    with scope("model"):
        root = x.sqrt()
    assert find_origin(root * 2.0) == Origin(root)
    assert describe_origin(root * 2.0) == "in model: sqrt(x = -1) = nan"


def test_a_gradient_that_is_not_finite_is_found_at_the_operand_that_receives_it():
    z = Value(0.0, "z")
    root = z.sqrt()
    output = 2.0 * root
    assert find_origin(output) == Origin(root, 2.0, 0)
    assert find_gradient_origin(output, 3.0) == Origin(root, 6.0, 0)
    assert "its gradient 2 times the local derivative inf along z = 0" in describe_origin(output)


def test_an_adjoint_whose_contributions_are_finite_has_no_operand():
    x = Value(0.0, "x")
    assert find_origin(x * 1e308 + x * 1e308) == Origin(x, math.inf)


def test_finite_graphs_and_plain_numbers_have_no_origin():
    assert find_origin(Value(1.0) * 2.0) is None
    assert describe_origin(Value(1.0) * 2.0) == describe_origin(math.nan) == ""


@pytest.mark.parametrize(("make", "said"), [
    (lambda: Value(math.inf, "w") * 0.0, "w = inf itself"),
    (lambda: Value(1.0, "x") / 0.0, "x = 1 / 0 = inf"),
    (lambda: at.sum([Value(1e308), *[1e308] * 5]),
     "sum(1e+308, 1e+308, 1e+308, 1e+308, …) = inf, with 6 operands up to 1e+308"),
])
def test_the_operation_is_described_with_its_operands(make, said):
    assert describe_origin(make()) == f"outside of all modules: {said}"
