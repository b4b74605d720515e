"""Formulas of the calculus as expressions of JavaScript."""
import pytest

from autograd_tiny.calculus import ieee
from autograd_tiny.calculus.javascript_rows import (
    LISTS, OF_MATH, OF_SPECIAL_JS, ROWS, SPECIAL, called_rows, expression, polynomials, source,
)
from autograd_tiny.tape.export.javascript.bundle import FOLDER


@pytest.mark.parametrize(("formula", "text"), [
    ("x / y", "x / y"),
    ("x ** 2", "pow(x, 2)"),
    ("where(x > 0, x, 0)", "x > 0 ? x : 0"),
    ("where((x == 0) * (y >= 0), 0, 1)", "((x === 0 ? 1 : 0) * (y >= 0 ? 1 : 0)) !== 0 ? 0 : 1"),
    ("(x > y) + 1", "(x > y ? 1 : 0) + 1"),
    ("abs(sigmoid(x)) * pi", "Math.abs(value_sigmoid(x)) * Math.PI"),
    ("where(x, y, nan)", "x !== 0 ? y : NaN"),      # nan is a condition that holds, but not in JavaScript
    ("x != x", "x !== x ? 1 : 0"),
    ("2 / sqrt(pi)", "2 / 1.7724538509055159"),
])
def test_formulas(formula, text):
    assert expression(formula) == text


def test_every_function_of_formulas_is_known():
    known = OF_MATH | SPECIAL | {"divide", "fabs"}
    assert set(ieee.__all__) <= known
    special = FOLDER.joinpath("special.js").read_text(encoding="utf-8")
    for name in OF_SPECIAL_JS:
        assert f"export function {name}(" in special
    assert set(LISTS.values()) <= set(OF_SPECIAL_JS)


def test_a_part_of_the_rows_has_what_their_formulas_call():
    text = source([ROWS["gelu"], ROWS["clip"]], with_formulas=False)
    assert [row.name for row in called_rows([ROWS["gelu"]])] == ["norm_pdf", "norm_cdf"]
    assert "function value_maximum(" in text
    assert "value_sigmoid" not in text
    assert "derivatives:" not in text


def test_the_polynomials_are_those_in_c():
    text = polynomials()
    assert text.count("function ") == 2
    assert "double" not in text
