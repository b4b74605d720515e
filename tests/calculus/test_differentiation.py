"""Derivatives of formulas as formulas."""
import ast

import pytest
from references.operations import REFERENCES

from autograd_tiny import operation
from autograd_tiny.calculus.definition import FUNCTIONS, defined
from autograd_tiny.calculus.differentiation import derivative
from autograd_tiny.calculus.floats import FLOATS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_derivatives_of_a_function_alone_are_those_of_its_row(name):
    row = FUNCTIONS[name]
    operands = ", ".join(row.operands)
    own = operation(f"own({operands}) = {name}({operands})")
    assert own.flat == row.flat
    for point in REFERENCES[name].points:
        f = row.evaluate(FLOATS, point)
        found = [own.evaluate(FLOATS, point), *own.differentiate(FLOATS, point, f)]
        assert repr([*map(float, found)]) == repr([float(f), *map(float, row.differentiate(FLOATS, point, f))])


@pytest.mark.parametrize(("formula", "expected"), [
    ("x**3", "3 * x ** 2"), ("x**-2", "-2 * x ** (-3)"), ("x**0.5", "0.5 * x ** (-0.5)"), ("x**1", "1"), ("x", "1"),
    ("-x", "-1"), ("2*x + y", "2"), ("y**2", "0"), ("x*x", "x + x"), ("x - x", "1 + -1"), ("x * 3 * 2", "6"),
    ("relu(x**2 - y)", "where(x ** 2 - y <= 0, 0, 2 * x)"),
    ("clip(y*x, -1, 1)", "where((y * x >= -1) * (y * x <= 1), y, 0)"),
    ("where(x > y, x**2, y)", "where(x > y, 2 * x, 0)"), ("where(x, y, 3)", "0"), ("where(y > 0, x, x)", "1"),
    ("floor(x) + (x > 2)", "0"), ("sqrt(1 + x**2)", "0.5 / sqrt(1 + x ** 2) * (2 * x)"),
    ("abs(y*x)", "sign(y * x) * y"),
    ("x / y", "1 / y"), ("y / x", "-(y / x) / x"), ("polygamma(y, x)", "polygamma(y + 1, x)"),
])
def test_they_are_simplified_where_numbers_are_known(formula, expected):
    assert ast.unparse(derivative(defined(f"g(x, y) = {formula}").formula, "x")) == expected


def test_no_number_in_a_derivative_is_infinite():
    for text in ("1e200*(1e200*x)", "x**-1.7e308", "(1e308 + 1e308*x)*1e308"):
        own = operation(f"g(x) = {text}")
        assert operation(*own.texts) == own


def test_a_derivative_that_would_be_very_long_is_an_error_and_giving_it_is_the_way_out():
    deep = "x"
    for _ in range(20):
        deep = f"atan2({deep}, x**x)"
    with pytest.raises(ValueError, match="the derivative of g by x would be very long: give it as a formula, too"):
        operation(f"g(x) = {deep}")
    assert operation(f"g(x) = {deep}", "cos(x)").derivatives == ("cos(x)",)
