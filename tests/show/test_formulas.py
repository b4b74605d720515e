"""Formulas as people read them: evaluated, they give the engine's numbers."""
from __future__ import annotations

import ast
import builtins
import math
import re
from collections.abc import Mapping
from typing import Any

import pytest

from autograd_tiny import (
    Value, dot, draw, gradients, logsumexp, max, maximum, mean, min, minimum, operation, prod, sum as total,
    take, where,
)
from autograd_tiny.engine import functions
from autograd_tiny.show.formulas import (
    Formulas, local_derivative_formula, local_derivative_latex, value_formula, value_latex,
)
from autograd_tiny.show.names import readable
from autograd_tiny.show.typesetting import latex_name, name
from references.operations import REFERENCES, ROWS, comfortable, perform

NAMES = ["x", "y", "z", "u", "v", "w", "p", "q", "r", "s"]
LETTERS = {"π": "pi", "·": "*", "−": "-", "²": "**2", "³": "**3", "⁻": "**-", "^": "**"}


def exactly(x: Value | float) -> str:
    if isinstance(x, Value):
        return x.label or readable(x.data, 17)
    return readable(x, 17)


def briefly(x: Value | float) -> str:
    return x.label if isinstance(x, Value) else readable(x, 4)


def computed(formula: str, numbers: Mapping[str, float]) -> float:
    """The value of a formula, by Python's own rules of precedence."""
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", formula)
    text = re.sub("⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"**-{m[1]}", text).translate(
        str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    ) if "⁻" in text else re.sub(
        "[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + m[0].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")), text
    )
    for letter, meaning in LETTERS.items():
        text = text.replace(letter, meaning)
    known: dict[str, Any] = {x: getattr(functions, x) for x in functions.__all__}
    known |= {"abs": abs, "pi": math.pi}
    known |= {"max": lambda *xs: builtins.max(xs), "min": lambda *xs: builtins.min(xs)}
    known |= {"logsumexp": lambda *xs: logsumexp(xs), "inf": math.inf, "nan": math.nan}
    return float(eval(compile(ast.parse(text, mode="eval"), "formula", "eval"), known | dict(numbers)))


def labelled(row: str, numbers: tuple[float, ...]) -> tuple[Value, dict[str, float]]:
    """An operation on named Values, and the numbers of these names."""
    f = perform(row, [Value(x, label) for x, label in zip(numbers, NAMES, strict=False)])
    f.label = "f"
    return f, {**dict(zip(NAMES, numbers, strict=False)), "f": f.data}


def test_there_are_references_for_all_operations() -> None:
    assert set(ROWS) == set(REFERENCES)


@pytest.mark.parametrize("row", ROWS)
def test_the_formula_of_each_derivative_gives_the_number_that_was_recorded(row: str) -> None:
    points = comfortable(row)
    if row in ("elu", "leaky_relu", "maximum", "minimum", "clip", "where"):
        points = [*points, (1.0,) * len(points[0]), (0.0,) * len(points[0])]
    for numbers in points:
        f, known = labelled(row, numbers)
        for place, derivative in enumerate(f.local_grads):
            formula = local_derivative_formula(f, place, exactly)
            assert computed(formula, known) == pytest.approx(derivative, rel=1e-9, abs=1e-12, nan_ok=True), formula


@pytest.mark.parametrize("row", ROWS)
def test_the_formula_of_each_value_gives_the_value(row: str) -> None:
    for numbers in comfortable(row):
        f, known = labelled(row, numbers)
        formula = value_formula(f, exactly)
        assert computed(formula, known) == pytest.approx(f.data, rel=1e-9, abs=1e-12), formula


@pytest.mark.parametrize("row", ROWS)
def test_formulas_with_numbers_for_operands_are_right_too(row: str) -> None:
    for numbers in comfortable(row):
        operands: list[Any] = [*numbers]
        for place in range(len(numbers)):
            operands = [*numbers]
            operands[place] = Value(numbers[place], "x")
            f = perform(row, operands)
            f.label = "f"
            known = {"x": numbers[place], "f": f.data}
            formula, derivative = local_derivative_formula(f, place, exactly), f.local_grads[place]
            assert computed(formula, known) == pytest.approx(derivative, rel=1e-9, abs=1e-12, nan_ok=True), formula
            assert computed(value_formula(f, exactly), known) == pytest.approx(f.data, rel=1e-9, abs=1e-12)


x, y, minus = Value(3.0, "x"), Value(5.0, "y"), Value(-2.0)


@pytest.mark.parametrize("result, value, derivatives", [
    (x + y, "x + y", ["1", "1"]),
    (x - y, "x − y", ["1", "−1"]),
    (x * y, "x·y", ["y", "x"]),
    (x / y, "x/y", ["1/y", "−f/y"]),
    (x * x, "x·x", ["x", "x"]),
    (x * minus, "x·(−2)", ["−2", "x"]),
    (minus * x, "−2·x", ["x", "−2"]),
    (x - minus, "x − (−2)", ["1", "−1"]),
    (-minus, "−(−2)", ["−1"]),
    (-x, "−x", ["−1"]),
    (x**2, "x²", ["2·x"]),
    (x**3.0, "x³", ["3·x²"]),
    (x**1, "x¹", ["1"]),
    (x**0, "x⁰", ["0"]),
    (x**-1, "x⁻¹", ["−x⁻²"]),
    (x**0.5, "x^0.5", ["0.5·x^(−0.5)"]),
    (minus**2, "(−2)²", ["−4"]),
    (x**y, "x^y", ["y·x^(y − 1)", "f·log(x)"]),
    (2.0 / x, "2/x", ["", "−f/x"]),
    (abs(x), "|x|", ["sign(x)"]),
    (x.sigmoid(), "sigmoid(x)", ["f·(1 − f)"]),
    (x.tanh(), "tanh(x)", ["1 − f²"]),
    (x.log2(), "log2(x)", ["1/(log(2)·x)"]),
    (x.relu(), "relu(x)", ["1"]),
    (minus.relu(), "relu(−2)", ["0"]),
    (minus.leaky_relu(), "leaky_relu(−2, 0.01)", ["0.01"]),
    (x.greater(y), "x > y", ["0", "0"]),
    (x.clip(0.0, 1.0), "clip(x, 0, 1)", ["0"]),
    (dot([x, y], [y, 2.0], 1.5), "x·y + y·2 + 1.5", ["y", "2", "x"]),
    (dot([x] * 6, [y] * 6, minus), "x·y + x·y + x·y + … + x·y + (−2)", ["y"]),
    (total([x, y, x, y, x, y]), "x + y + x + … + y", ["1"]),
    (mean([x, y, x]), "(x + y + x)/3", ["1/3"]),
    (prod([x, y, minus]), "x·y·(−2)", ["−2·y", "−2·x", "x·y"]),
    (prod([x, y, x, x, x, x]), "x·y·x·…·x", ["f/x"]),
    (logsumexp([x, y]), "logsumexp(x, y)", ["exp(x − f)", "exp(y − f)"]),
])
def test_formulas_as_a_textbook_writes_them(result: Value, value: str, derivatives: list[str]) -> None:
    def named(x: Value | float) -> str:
        return "f" if x is result else readable(x.data, 4) if x is minus else (
            x.label if isinstance(x, Value) else readable(x, 4)
        )

    assert value_formula(result, named) == value
    for place, derivative in enumerate(derivatives):
        if derivative:
            assert local_derivative_formula(result, place, named) == derivative


def test_a_leaf_has_no_formula() -> None:
    assert value_formula(x, exactly) == value_latex(x, exactly) == ""


def test_brackets_stand_where_a_name_looks_like_a_formula() -> None:
    for label in ("a+b", "a b", "a=b", "−a", "x→y z", "a,b", "w(a", "2·c"):
        odd = Value(2.0, label)
        assert local_derivative_formula(odd * x, 1, exactly) == label
        assert value_formula(odd * x, exactly) == f"({label})·x"
        assert value_formula(odd**2, exactly) == f"({label})²"
        assert value_formula(odd.sin(), exactly) == f"sin({label})"
    for label in ("w11", "layer1.neuron2.w[0]", "w(x→h)", "h₁", "α", "w_a", "🙂"):
        assert value_formula(Value(2.0, label) ** 2, exactly) == f"{label}²"
    assert value_formula(Value(2.0, "x²") ** 2, exactly) == "(x²)²"


@pytest.mark.parametrize("label", ["1", "-1", "−2.5", "1e5", "1e-05", "1/2", "inf", "-nan", "∞"])
def test_a_label_that_looks_like_a_number_has_brackets_wherever_it_stands(label: str) -> None:
    odd = Value(2.0, label)
    assert local_derivative_formula(odd * x, 1, exactly) == f"({label})"
    assert value_formula(odd * x, exactly) == f"({label})·x"
    assert value_formula(odd + x, exactly) == f"({label}) + x"
    assert local_derivative_latex(odd * x, 1, exactly) == rf"\left({latex_name(label)}\right)"


def test_the_local_derivative_of_a_product_that_overflowed_is_a_number() -> None:
    many = [Value(1e30, f"x{i}") for i in range(11)]
    assert local_derivative_formula(prod(many), 0, briefly) == "1e+300"
    small = [Value(1e-30, f"x{i}") for i in range(11)]
    assert local_derivative_formula(prod(small), 0, briefly) == "1e−300"
    assert local_derivative_formula(prod([x] * 11), 0, lambda z: "f" if z is not x else "x") == "f/x"


a, b, c, nan = Value(-1.0, "a"), Value(2.0, "b"), Value(0.0, "c"), Value(math.nan, "n")


@pytest.mark.parametrize("result, reasons", [
    (a.relu(), ["a < 0"]),
    (b.relu(), ["b > 0"]),
    (c.relu(), ["c = 0"]),
    (Value(-1.0, "a - b").relu(), ["(a - b) < 0"]),
    (nan.relu(), [""]),
    (a.leaky_relu(), ["a < 0"]),
    (a.leaky_relu(b), ["a < 0", "a < 0"]),
    (c.elu(), ["c = 0"]),
    (maximum(a, b), ["a < b", "a < b"]),
    (maximum(a, Value(-1.0, "d")), ["a = d", "a = d"]),
    (minimum(b, 1.5), ["b > 1.5", "b > 1.5"]),
    (maximum(a, nan), [""]),
    (where(c, a, b), ["", "c = 0", "c = 0"]),
    (where(a, c, b), ["", "a ≠ 0", "a ≠ 0"]),
    (where(1.0, a, b), ["", "the condition is 1", "the condition is 1"]),
    (where(a.less(b), a, b), ["", "a < b", "a < b"]),
    (where(a.greater_equal(b), a, b), ["", "a < b", "a < b"]),
    (b.clip(0.0, 1.0), ["b > 1"]),
    (b.clip(0.0, 5.0), ["b > 0 and b < 5"]),
    (a.clip(-1.0, 5.0), ["a = −1 and a < 5"]),
    (a.clip(c, b), ["a < c", "a < c and c < b"]),
    (max([a, b, c]), ["b is the largest"] * 3),
    (min([a, b, c]), ["a is the smallest"] * 3),
    (take([a, b], Value(-1.0, "i")), ["i is -1"] * 2),
    (take([a, b], Value(1.0)), ["the index is 1"] * 2),
    (max([a, -1.0]), ["a and −1 are the largest"]),
    (max([a, a, a]), ["3 operands are the largest"]),
    (max([a, nan]), [""]),
    (abs(a), [""]), (a.sigmoid(), [""]), (a**2, [""]), (a.less(b), [""]), (logsumexp([a, b]), [""]),
])
def test_the_reason_for_a_local_derivative_at_a_kink(result: Value, reasons: list[str]) -> None:
    def named(z: Value | float) -> str:
        return readable(z, 4) if not isinstance(z, Value) else z.label or value_formula(z, named)

    for place, reason in enumerate(reasons):
        assert Formulas(named).reason(result, place) == reason


def test_a_reason_that_does_not_hold_any_more_is_not_given() -> None:
    z = Value(2.0, "z")
    for kinked in (z.relu(), max([z, 1.0]), z.elu(), maximum(1.0, z)):
        place = int(kinked.operation.name == "maximum")
        assert Formulas(briefly).reason(kinked, place)
        z.data = -1.0
        assert Formulas(briefly).reason(kinked, place) == ""
        z.data = 2.0


def test_a_formula_that_a_changed_leaf_contradicts_gives_way_to_the_number() -> None:
    a = Value(2.0, "a")
    f = a.relu()
    a.data = -1.0
    assert local_derivative_formula(f, 0, exactly) == "1" == readable(f.local_grads[0], 4)


def test_an_operation_that_a_user_defined_by_formulas_is_written_out() -> None:
    own = operation("own(p, q) = where(p > q, p / (1 + abs(q)), -q)", "where(p > q, 1 / (1 + abs(q)), 0)", "f * 2")
    f = own(x, y)
    f.label = "f"
    assert value_formula(f, exactly) == "−y" and local_derivative_formula(f, 0, exactly) == "0"
    assert value_formula(own(y, x), exactly) == "y/(1 + |x|)" and local_derivative_formula(f, 1, exactly) == "2·f"
    assert value_latex(own(2.0 * x + 1.0, x), exactly).startswith(r"\frac{")
    long = operation("long(x) = " + " + ".join(f"sin({k}*x)" for k in range(9)), "1")
    assert value_formula(long(x), exactly) == "long(x)" and local_derivative_formula(long(x), 0, exactly) == "1"


def test_names_in_a_formula_that_is_written_out_are_escaped_in_a_picture() -> None:
    z = Value(0.5, "<b>&\"z")
    picture = draw(operation("own(x) = x / (1 + abs(x)) * (x < 1)")(z)).svg
    assert "<b>" not in picture and "v1 = (&lt;b&gt;&amp;&quot;z)/(1 + |" in picture


def test_the_local_derivatives_of_an_operation_of_python_functions_are_numbers() -> None:
    @operation(lambda x, f: 3 * x**2)
    def cube(x: Any) -> Any:
        return x**3

    f = cube(x)
    assert (value_formula(f, exactly), local_derivative_formula(f, 0, exactly)) == ("cube(x)", "27")
    assert value_latex(f, exactly) == r"\operatorname{cube}\left(x\right)"


def test_products_of_formulas_are_simplified() -> None:
    write = Formulas(lambda z: z.label if isinstance(z, Value) else readable(z, 4))
    half, two, a, b = write.number(0.5), write.number(2.0), name("a"), name("b")
    minus_one = write.number(-1.0)
    assert write.times(half, two, a, minus_one).text == "−a"
    assert write.times(a, write.number(-3.0), b, a).text == "−3·a²·b"
    assert write.times(write.over(a, b), write.over(b, a)).text == "a·b/(b·a)"
    assert write.times(write.over(minus_one, a), minus_one).text == "1/a"
    assert write.times(half, two).text == "1"
    assert write.plus(a, write.number(-2.0)).text == "a − 2"
    assert write.plus(write.number(0.0), a).text == "a"


def test_latex_of_formulas() -> None:
    f = (x / y).sigmoid()
    f.label = "f"
    assert local_derivative_latex(f, 0, exactly) == r"f \cdot \left(1 - f\right)"
    assert value_latex(x / y, exactly) == r"\frac{x}{y}"
    assert local_derivative_latex(x**3, 0, exactly) == r"3 \cdot {x}^{2}"
    assert value_latex(x * 2.5e-30, briefly) == r"x \cdot 2.5 \cdot 10^{-30}"
    assert value_latex(x * math.inf, exactly) == r"x \cdot \infty"
    assert value_latex(abs(x), exactly) == r"\left|x\right|"
    assert value_latex(x.sqrt(), exactly) == r"\sqrt{x}"
    assert local_derivative_latex(x.log(), 0, exactly) == r"\frac{1}{x}"


def test_a_long_label_is_cut() -> None:
    long = Value(1.0, "n" * 10_000)
    assert len(value_formula(long * x, exactly)) < 50
    assert gradients(long * x, long) == 3.0


def test_a_take_shows_the_index_and_a_derivative_of_1_or_0():
    a, b, i = Value(1.0, "a"), Value(2.0, "b"), Value(1.0, "i")
    node = take([a, b, 3.0, a, b, a], i)
    assert value_formula(node, briefly) == "take(a, b, 3, …, a, i)"
    assert value_latex(node, briefly) == r"\operatorname{take}\left(a, b, 3, \cdots, a, i\right)"
    assert [local_derivative_formula(node, k, briefly) for k in range(7)] == ["0", "1", *"00000"]
