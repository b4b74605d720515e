"""Definitions of operations in text: what is read, how it is written back, and one clear sentence for anything else."""
import ast
import re

import pytest

from autograd_tiny import operation
from autograd_tiny.calculus.definition import (
    FUNCTIONS, MAX_DEPTH, MAX_LENGTH, MAX_OPERANDS, OTHER_FUNCTIONS, TAKEN, defined, formula_of,
)
from autograd_tiny.calculus.operations import OPERATIONS


@pytest.mark.parametrize(("text", "read"), [
    ("softsign(x)=x/(1+abs(x))", "softsign(x) = x / (1 + abs(x))"),
    ("  g ( a ,b1 )\n =\ta\n - b1 ", "g(a, b1) = a - b1"),
    ("g(x) = +x - -x**-2**.5", "g(x) = x - -x ** (-2 ** 0.5)"),
    ("g(x) = (x != 2) * (x==1)", "g(x) = (1 - (x == 2)) * (x == 1)"),
    ("g(x) = clip(x, -inf, 1E-3) + pi*nan", "g(x) = clip(x, -inf, 0.001) + pi * nan"),
    ("g(x) = elu(x) + leaky_relu(x, 2)", "g(x) = elu(x, 1.0) + leaky_relu(x, 2)"),
    ("g(x) = 18014398509481985*x", "g(x) = 1.8014398509481984e+16 * x"),
    ("f(x) = x", "f(x) = x"),
])
def test_what_is_read(text, read):
    assert defined(text).text == read == defined(read).text


def test_functions_are_those_of_the_package_with_a_fixed_number_of_operands():
    assert {"sin", "where", "clip", "polygamma", "norm_cdf", "floor_divide"} < FUNCTIONS.keys()
    assert not {"add", "neg", "dot", "max", "sum", "take", "linked", "leaf"} & FUNCTIONS.keys()
    assert {row.name for row in OPERATIONS} < TAKEN and {"divide", "rint", "item", "pi"} < TAKEN
    for name, advice in OTHER_FUNCTIONS.items():
        with pytest.raises(ValueError, match=re.escape(f"there is no function {name}: write {advice}")):
            operation(f"g(x) = {name}(x)")
        operation(f"g(x, y) = {advice}")                # what the message says is true


REFUSED = {
    # what is no definition
    "3*x**2": "an operation is defined as in \"softsign(x) = x / (1 + abs(x))\", got '3*x**2'",
    "g(x) == x": "an operation is defined as in~, got 'g(x) == x'", "": "an operation is defined as in~, got ''",
    "g(x) =": "g lacks a formula: an operation is defined as in", "g x = x": "is defined as in",
    "import os; g(x) = x": "an operation is defined as in~, got 'import os; g(x) = x'",
    # names
    "tanh(x) = x": "tanh is a name of this package's calculus already: give the operation another one",
    "add(x) = x": "add is a name of this package's calculus already", "where(x) = x": "where is a name",
    "divide(x) = x": "divide is a name", "input(x) = x": "input is a name", "constant(x) = x": "constant is a name",
    "lambda(x) = x": "lambda can't be the name of an operation, since it is a keyword of Python",
    "__init__(x) = x": "__init__ can't be the name of an operation: write at most 40 letters",
    "_g(x) = x": "_g can't be", "gö(x) = x": "gö can't be", "2g(x) = x": "2g can't be",
    f"{'g' * 41}(x) = x": "can't be",
    # operands
    "g() = 3": "g lacks the name of an operand", "g(x,) = x": "g lacks the name of an operand",
    "g(f) = f": "g has an operand f, which is the value's name in derivatives",
    "g(pi) = pi": "g has an operand pi, a name of this package's calculus", "g(exp) = exp": "has an operand exp",
    "g(x, x) = x": "g has two operands x", "g(in) = 1": "'in' can't be the name of an operand of g",
    "g(*x) = x": "'*x' can't be the name of an operand", "g(x: y) = x": "'x: y' can't be", "g(μ) = μ": "'μ' can't be",
    "g(x) = 3": "g is a constant: a formula of x is expected", "g(x, y) = pi": "g is a constant: a formula of x, y is",
    # other notations
    "g(x) = x^2": "a formula of g can't have '^2': a power is written x**2",
    "g(x) = 2x": "can't have '2x': a product is written 2*x", "g(x) = 2(x)": "can't have '2(x)': a product is written",
    "g(x) = x(2)": "can't have 'x(': x is a number, and a product is written x*(…)",
    "g(x) = pi(x)": "pi is a number", "g(x) = x%2": "a remainder is written mod(x, y)",
    "g(x) = x//2": "can't have 'x//2': a quotient without fraction is written floor_divide(x, y)",
    "g(x) = |x|": "an absolute value is written abs(x)", "g(x) = 1,5*x": "can't have '1,5*x': a number has a point",
    "g(x) = 0 < x < 1": "can't have '0 < x < 1': two numbers are compared at a time",
    "g(x) = x = 2": "can't have '= 2': two numbers are compared by ==",
    # conditionals
    "g(x) = x if x > 0 else 0": "can't have 'if': a choice is written where(condition, x, y)",
    "g(x) = 1if x else 2": "can't have 'if': a choice", "g(x) = (x > 0) and x": "can't have 'and': both conditions",
    "g(x) = x or 1": "can't have 'or': one of two conditions",
    "g(x) = not x": "can't have 'not': what does not hold is",
    # names and functions that are not known
    "g(x) = y": "a formula of g has the name y, and its names are x",
    "g(x) = e**x": "a formula of g has the name e, and its names are x",
    "g(x) = foo(x)": "a formula of g: there is no function foo; there is floor, fmod",
    "g(x) = max(x, 1)": "a formula of g: there is no function max; there is maximum",
    "g(x) = add(x, 1)": "there is no function add", "g(x) = log": "can't have 'log': it is a function, write log(…)",
    "g(x) = g(x - 1)": "there is no function g", "g(x) = sin(x, 1)": "can't have 'sin(x, 1)': write sin(x)",
    "g(x) = clip(x)": "can't have 'clip(x)': write clip(x, low, high)",
    "g(x) = where(x, 1)": "write where(condition, x, y)",
    "g(x) = clip(x, low=0)": "can't have '=0)'", "g(x) = sin(*x)": "can't have '*x'",
    # numbers
    "g(x) = 1e400*x": "can't have '1e400': it is beyond the largest float, write inf",
    f"g(x) = x + {'9' * 400}": "it is beyond the largest float, write inf", f"g(x) = {'9' * 5000}*x": "a formula of g",
    "g(x) = 1j*x": "can't have '1j*x'", "g(x) = 0x1F*x": "can't have '0x1F*x'",
    "g(x) = 1_000*x": "can't have '1_000*x'",
    "g(x) = True*x": "can't have 'True'", "g(x) = 007*x": "can't have '007*x'",
    # code
    "g(x) = __import__('os')": "a formula of g can't have \"'os')\": a formula has numbers, names",
    "g(x) = __import__(x)": "there is no function __import__", "g(x) = exec(x)": "there is no function exec",
    "g(x) = x.data": "can't have '.data'", "g(x) = x.__class__(2)": "can't have '.__class__(2)'",
    "g(x) = (lambda: x)()": "can't have 'lambda'", "g(x) = [x]": "can't have '[x]'", "g(x) = {x}": "can't have '{x}'",
    "g(x) = 'x'": "can't have \"'x'\"", 'g(x) = "x"': "can't have '\"x\"'", "g(x) = `x`": "can't have '`x`'",
    "g(x) = x*/ 2; /*": "can't have '; /*'", "g(x) = x*/2": "can't have '/2': invalid syntax",
    "g(x) = x # 1": "can't have '# 1'", "g(x) = x; y": "can't have '; y'", "g(x) = x\\\n + 1": "can't have '\\\\ + 1'",
    "g(x) = x\0": "can't have '\\x00'", "g(x) = (y := x)": "can't have ':= x)'", "g(x) = await x": "can't have 'await'",
    "g(x) = x\n/*": "can't have '*': invalid syntax", "g(x) = f'{x}'": "can't have", "g(x) = ...": "can't have '...'",
    "g(x) = (x": "'(' was never closed", "g(x) = x)": "can't have", "g(x) = </script>": "can't have '</script>'",
    "g(x) = x<script>x": "can't have", "g(x) = ５*x": "can't have '５*x'",
}


def shown(text):
    return text[:30]


@pytest.mark.parametrize("text", REFUSED, ids=shown)
def test_anything_else_is_one_clear_sentence(text):
    with pytest.raises(ValueError) as caught:
        defined(text)
    message = str(caught.value)
    assert all(part in message for part in REFUSED[text].split("~"))
    assert "\n" not in message and "\0" not in message and len(message) < 250


def test_texts_are_bounded_before_they_are_read():
    said = "a formula of g is too long or nested too deeply: 10,000 characters and 100 levels are read"
    for text in (
        "-" * 2 * MAX_LENGTH + "x", "-" * 9_000 + "x", "x**" * 3_000 + "x", "+-" * 150 + "x", f"{'x*' * 4_000}x",
        "x!=(" * 60 + "x" + ")" * 60, "+".join([f"({'+'.join('x' * 50)})"] * 90),       # which grow when they are read
    ):
        with pytest.raises(ValueError, match=said):
            defined(f"g(x) = {text}")
    with pytest.raises(ValueError, match=r"can't have '.*': too many nested parentheses|too deeply"):
        defined("g(x) = " + "(" * 400 + "x" + ")" * 400)
    with pytest.raises(ValueError, match="g has 17 operands, more than 16 are not read"):
        defined(f"g({', '.join(f'x{k}' for k in range(MAX_OPERANDS + 1))}) = x0")
    defined("g(x) = " + "-" * (MAX_DEPTH - 1) + "x")
    defined(f"g(x) = {'x' * 1}{'+x' * (MAX_DEPTH - 1)}")


def test_derivatives_are_formulas_of_the_operands_and_the_value():
    assert ast.unparse(formula_of("f*x", ["x", "f"], "g")) == "f * x"
    with pytest.raises(ValueError, match="a formula of g can't have 'if'"):
        operation("g(x) = x", "1 if x else 2")
    with pytest.raises(ValueError, match="a formula of g has the name y, and its names are x, f"):
        operation("g(x) = x", "y")


def test_operands_have_the_names_of_rows_whatever_they_are_called():
    """Also where these are exchanged, and where words of other languages would not do."""
    own = operation("g(y, x) = y / x", "1 / x", "-f / x")
    assert (own.operands, own.value, own.derivatives) == (("x", "y"), "x / y", ("1 / y", "-f / y"))
    assert own.texts == ("g(y, x) = y / x", "1 / x", "-f / x")
    own = operation("g(double, int, var, NaN) = double - int * var / NaN")
    assert own.operands == ("x0", "x1", "x2", "x3") and own.value == "x0 - x1 * x2 / x3"
    assert own.derivatives == ("1", "-(1 / x3 * x2)", "-(1 / x3 * x1)", "-(-(x1 * x2 / x3) / x3)")
