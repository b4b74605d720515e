"""Texts that become Values, and texts that must not."""
from __future__ import annotations

import contextlib
import functools
import inspect
import math
import operator
import re

import pytest
from hypothesis import given, settings, strategies as st

import autograd_tiny as at
from autograd_tiny import Value, gradients, topological_order
from autograd_tiny.engine import functions
from autograd_tiny.engine.graph import leaves
from autograd_tiny.expression import (
    CONSTANTS, FUNCTIONS, GRAMMAR, MAX_LENGTH, ExpressionError, constant, parse,
)


def labels(output):
    return [node.label for node in topological_order(output)]


def message(text, **values):
    """The error of parse, which is always one line."""
    with pytest.raises(ExpressionError) as caught:
        parse(text, **values)
    said = str(caught.value)
    assert said and "\n" not in said
    return said


# ---- the meaning of a text

def test_worked_example_a():
    f = parse("x = a + b; y = b + c; x * y", a=-1, b=3, c=4)
    f.backward()
    found = {node.label: (node.data, node.grad) for node in topological_order(f)}
    assert found == {"a": (-1, 7), "b": (3, 9), "c": (4, 2), "x": (2, 7), "y": (7, 2), "f": (14, 1)}


def test_worked_example_i():
    g = parse("""
        c = a + b
        d = a*b + b**3
        c += c + 1; c += 1 + c + (-a)
        d += 2*d + relu(b + a); d += 3*d + relu(b - a)
        e = c - d
        f = e**2
        g = f/2 + 10/f
    """, a=-4, b=2)
    g.backward()
    by = {node.label: node.grad for node in topological_order(g)}
    assert (f"{g.data:.4f}", f"{by['a']:.4f}", f"{by['b']:.4f}") == ("24.7041", "138.8338", "645.5773")
    assert {"c", "c₂", "c₃", "d", "d₂", "d₃", "e", "f", "g"} <= set(by)


def test_values_stay_the_persons_own():
    a, b = Value(2.0), Value(3.0, "weight", requires_grad=False)
    f = parse("a * b", a=a, b=b)
    assert f.operands == (a, b)
    assert (a.label, b.label, f.label) == ("a", "weight", "f")
    assert gradients(f, a) == b.data


def test_a_name_stands_for_what_was_assigned_last():
    f = parse("x = x * 3; x = x + 1; y = x; y * x", x=2)
    assert f.data == (2 * 3 + 1) ** 2
    assert labels(f) == ["x", "x₂", "x₃", "f"]             # y is another name for x₃
    twelfth = parse("x = 0" + "\nx = x + 1" * 11)
    assert (twelfth.data, twelfth.label) == (11, "x₁₂")


@pytest.mark.parametrize(("text", "label"), [
    ("a * 2", "f"), ("y = a * 2", "y"), ("y = a * 2; y", "y"), ("a", "a"), ("f = a * 2; f * 3", "f₂"),
    ("a *= 2", "a₂"), ("3", "f"),
])
def test_the_name_of_the_output(text, label):
    assert parse(text, **({"a": 1.0} if "a" in text else {})).label == label


@pytest.mark.parametrize("text", [
    "a+b", " a + b ", "a+\\\n b", "(a +\n  b)", "a+b;", "a + b  # so", "\n\na+b\n", "\ta+b", "a+b\r\n",
])
def test_layout_does_not_matter(text):
    assert parse(text, a=1, b=2).data == 3


@pytest.mark.parametrize(("text", "value"), [
    ("-2**2", -4.0), ("2**-1", 0.5), ("2**3**2", 512.0), ("1 - 2 - 3", -4.0), ("+3", 3.0), ("--3", 3.0),
    ("1e-3", 1e-3), ("1_000", 1000.0), ("0x10", 16.0), (".5", 0.5), ("1/3", 1 / 3), ("sum([])", 0.0),
    ("pi", math.pi), ("e", math.e), ("-inf", -math.inf), ("1/0", math.inf), ("log(0)", -math.inf),
    ("2 > 1", 1.0), ("2 >= 2", 1.0), ("2 < 1", 0.0), ("2 <= 1", 0.0), ("2 <= 2", 1.0), ("2 == 2", 1.0),
    ("10**10**10", math.inf), ("9**9**9**9", math.inf), ("1e999", math.inf), ("1" + 400 * "0", math.inf),
    (str(2**53 + 1), float(2**53 + 1)),
])
def test_constants(text, value):
    assert constant(text) == parse(text).data == value
    assert type(constant(text)) is float


def test_nan():
    assert math.isnan(constant("nan")) and math.isnan(constant("(-8)**(1/3)"))


@pytest.mark.parametrize("text", ["a", "x = 1", "1; 2", ""])
def test_texts_that_are_no_constant(text):
    with pytest.raises(ExpressionError, match=r"a has no value|a number is expected, got"):
        constant(text)


def test_names_of_the_person_go_before_constants():
    assert parse("e * 2", e=5).data == parse("e = 5; e * 2").data == 10
    assert parse("sin(sin)", sin=0.5).data == math.sin(0.5)


def test_assigned_numbers_are_inputs():
    f = parse("w = 3; w * w")
    (w,) = leaves(f)
    assert (w.label, gradients(f, w)) == ("w", 6)


def test_letters_that_look_the_same():
    micro, mu = "\u00b5", "\u03bc"
    assert parse(f"2 * {micro}", **{mu: 3}).data == parse(f"2 * {mu}", **{micro: 3}).data == 6
    assert "μ has a value" in message("μ", **{micro: 1, mu: 2})


# ---- functions

def test_every_function_that_returns_a_number_is_there():
    public = {*functions.__all__, "abs", "max", "min", "sum"}
    assert set(FUNCTIONS) == public - {"softmax", "log_softmax"}
    assert not set(CONSTANTS) & set(FUNCTIONS)


OF_A_LIST = {"logsumexp", "max", "mean", "min", "prod", "sum"}


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - OF_A_LIST - {"dot", "take"}))
def test_every_function_of_numbers(name):
    function = getattr(at, name)
    parameters = inspect.signature(function).parameters.values()
    points = {"a": 0.3, "b": 0.6, "c": 0.8} if "cosh" not in name else {"a": 1.3}
    if name == "polygamma":
        points = {"a": 2.0, "b": 0.6}
    used = dict(list(points.items())[: sum(p.default is p.empty for p in parameters)])
    check_call(f"{name}({', '.join(used)})", lambda *operands: function(*operands), used)


def test_take_by_a_name():
    a, b, i = Value(0.3), Value(0.6), Value(-1.0)
    found = parse("take([a, 2.0, b], i)", a=a, b=b, i=i)
    assert (found.data, gradients(found, [a, b])) == (0.6, (0.0, 1.0))
    with pytest.raises(ExpressionError, match="index 3 is out of range"):
        parse("take([a, 2.0, b], 3)", a=1.0, b=2.0)


@pytest.mark.parametrize("name", sorted(OF_A_LIST))
def test_every_function_of_a_list(name):
    function = getattr(at, name)
    check_call(f"{name}([a, b])", lambda *operands: function(operands), {"a": 0.3, "b": 0.6})


def check_call(text, direct, numbers):
    """A call with names, and with numbers in their places, answers as the function itself."""
    values = {name: Value(x, name) for name, x in numbers.items()}
    f, wanted = parse(text, **values), direct(*values.values())
    assert (f.operation, f.data) == (wanted.operation, wanted.data)
    assert f.local_grads == pytest.approx(wanted.local_grads, rel=0, abs=0, nan_ok=True)
    with_numbers = re.sub(r"\b[abc]\b", lambda name: repr(numbers[name[0]]), text)
    assert constant(with_numbers) == direct(*numbers.values())


@pytest.mark.parametrize(("text", "direct"), [
    ("max([a, b, 2])", lambda a, b: at.max([a, b, 2])),
    ("dot([a, b], [b, 3], bias=a)", lambda a, b: at.dot([a, b], [b, 3], bias=a)),
    ("dot([a], [b])", lambda a, b: at.dot([a], [b])),
    ("where(a > b, a, b)", lambda a, b: at.where(at.greater(a, b), a, b)),
    ("where(a <= 2*b, a*b, b)", lambda a, b: at.where(at.less_equal(a, 2 * b), a * b, b)),
    ("where(1 < a, a, b)", lambda a, b: at.where(at.less(1, a), a, b)),
    ("a * (a >= b)", lambda a, b: a * at.greater_equal(a, b)),
    ("b + (a == 1.5)", lambda a, b: b + at.equal(a, 1.5)),
    ("leaky_relu(-a, negative_slope=b)", lambda a, b: at.leaky_relu(-a, negative_slope=b)),
    ("leaky_relu(-a) * b", lambda a, b: at.leaky_relu(-a) * b),
    ("clip(a, high=b, low=0)", lambda a, b: at.clip(a, 0, b)),
    ("logsumexp([a, b])", lambda a, b: at.logsumexp([a, b])),
    ("atan2(b, x=a)", lambda a, b: at.atan2(b, a)),
    ("abs(a - 2*b) + hypot(a, b)", lambda a, b: at.abs(a - 2 * b) + at.hypot(a, b)),
])
def test_calls(text, direct):
    a, b = Value(1.5, "a"), Value(0.7, "b")
    f, wanted = parse(text, a=a, b=b), direct(a, b)
    assert f.op == wanted.op
    assert f.data == wanted.data
    assert gradients(f, [a, b]) == gradients(wanted, [a, b])


# ---- texts that are refused

@pytest.mark.parametrize(("text", "written", "way_out"), [
    ("a.b", "'a.b'", "relu(x)"),
    ("(b + a).relu()", "'(b + a).relu()'", "relu(x)"),
    ("a[0]", "'a[0]'", "no index"),
    ("lambda: a", "'lambda: a'", GRAMMAR),
    ("a + [a][0]", "'[a][0]'", "no index"),
    ("sum([x for x in a])", "'[x for x in a]'", "are written out"),
    ("a if a else b", "'a if a else b'", "where("),
    ("f'{a}'", "{a}", GRAMMAR),
    ("'a' + b", "'a'", "no quotes"),
    ("(x := a)", "'x := a'", GRAMMAR),
    ("a and b", "'a and b'", GRAMMAR),
    ("not a", "'not a'", GRAMMAR),
    ("~a", "'~a'", "+ - * / **"),
    ("a // b", "'a // b'", "+ - * / **"),
    ("a % b", "'a % b'", "+ - * / **"),
    ("a ^ 2", "'a ^ 2'", "a**2"),
    ("a @ b", "'a @ b'", "+ - * / **"),
    ("a //= b", "'a //= b'", "+ - * / **"),
    ("1 < a < 3", "'1 < a < 3'", "two numbers"),
    ("a != b", "'a != b'", "two numbers"),
    ("a is b", "'a is b'", "two numbers"),
    ("[a, b]", "'[a, b]'", "max([x, y])"),
    ("a * [b]", "'[b]'", "max([x, y])"),
    ("sum([[a], b])", "'[a]'", "max([x, y])"),
    ("max([*a])", "'*a'", GRAMMAR),
    ("True", "'True'", GRAMMAR),
    ("None", "'None'", GRAMMAR),
    ("1j", "'1j'", "1*j"),
    ("...", "'...'", GRAMMAR),
    ("{a}", "'{a}'", "round brackets"),
    ("a, b", "'a, b'", "no commas"),
    ("x = y = a", "'x = y = a'", "one name"),
    ("x, y = a, b", "'x, y = a, b'", "one name"),
    ("x: int = a", "'x: int = a'", "a quotient"),
    ("import os", "'import os'", GRAMMAR),
    ("del a", "'del a'", GRAMMAR),
    ("while a: a", "'while a: a'", GRAMMAR),
    ("def f(): pass", "'def f(): pass'", GRAMMAR),
    ("a.b = 3", "'a.b = 3'", "one name"),
    ("a[0] = 3", "'a[0] = 3'", "one name"),
    ("a; b", "'a'", "give it a name"),
    ("exp(a)(b)", "'(a)(b)'", "(a)*(b)"),
    ("exp(a).b(1)", "'exp(a).b(1)'", "relu(x)"),
    ("clip(a, None, 3)", "'None'", GRAMMAR),
    ("__import__('os').system('true')", "__import__('os').system('true')", "relu(x)"),
    ("__import__('os')", "__import__", "no function"),
    ("__class__", "__class__", "no value"),
    ("eval('a')", "eval", "no function"),
    ("softmax([a, b])", "softmax", "there is max"),
    ("sinn(a)", "sinn", "there is sin"),
    ("qqq(a)", "qqq", "no function"),
    ("exp * a", "exp", "exp(…)"),
    ("exp(a) * z", "z", "z=1"),
    ("z += 1", "z", "z=1"),
    ("max(a, b)", "'max(a, b)'", "too many positional arguments; write max([a, b])"),
    ("max([a], b)", "'max([a], b)'", "write max([values])"),
    ("sin([a])", "'sin([a])'", "a number is expected; write sin(a)"),
    ("sin([a, b])", "'sin([a, b])'", "a number is expected, got the list '[a, b]'"),
    ("sin()", "'sin()'", "write sin(x)"),
    ("sin(a, b)", "'sin(a, b)'", "write sin(x)"),
    ("sum(a)", "'sum(a)'", "a list is expected; write sum([a])"),
    ("sum((a, b + 1))", "'sum((a, b + 1))'", "a list is expected; write sum([a, b + 1])"),
    ("sum({a, 1})", "'sum({a, 1})'", "write sum([a, 1])"),
    ("dot([a, b], -b)", "'dot([a, b], -b)'", "write dot([a, b], [-b])"),
    ("dot(a, ys=[b])", "'dot(a, ys=[b])'", "write dot([a], ys=[b])"),
    ("take([a, b], [1])", "'take([a, b], [1])'", "a number is expected; write take([a, b], 1)"),
    ("sum(a for _ in range(10**9))", "'(a for _ in range(10**9))'", "are written out, as in sum([x, y])"),
    ("sin(x for x in a)", "'(x for x in a)'", "are written out"),
    ("[x for x in a]", "'[x for x in a]'", "are written out"),
    ("max({x for x in a})", "'{x for x in a}'", "are written out"),
    ("sum(*[a])", "'*[a]'", GRAMMAR),
    ("sum(a if b else 1)", "'a if b else 1'", "where(condition, x, y)"),
    ("sum('a')", "'a'", "no quotes"),
    ("exp(*a)", "'*a'", GRAMMAR),
    ("exp(**a)", "'exp(**a)'", "write exp(x)"),
    ("exp(y=a)", "'exp(y=a)'", "write exp(x)"),
    ("clip(a, low=0, low=1, high=2)", "'clip(a, low=0, low=1, high=2)'", "twice"),
    ("max([])", "'max([])'", "at least one"),
    ("dot([a], [a, b])", "'dot([a], [a, b])'", "one length"),
    ("a +* b", "'* b'", "syntax"),
    ("a +/ b", "'/ b'", "syntax"),
    ("a +", "the end of 'a +'", "syntax"),
    ("(a + b", "'(a + b'", "never closed"),
    ("a\n+* b", "'* b'", "syntax"),
    ("a ∑b", "∑", "invalid character"),
    ("1or 2", "'1 or 2'", GRAMMAR),
    ("1if a else 2", "'1 if a else 2'", "where(condition, x, y)"),
    ("a = 'x\ny'", "'x", "no quotes"),
    ("a = 'x'", "'x'", "no quotes"),
    ("a\\d", r"'\\d'", GRAMMAR),
    ("", "", "no expression"),
    ("# a", "", "no expression"),
    (";", "';'", "syntax"),
    ("a\0", "\\x00", ""),
    ("a\ud800", "\\ud800", ""),
    ("9" * 5000, "99", "4300"),
])
def test_refusals_name_what_was_written_and_a_way_out(text, written, way_out):
    said = message(text, a=1, b=2)
    assert written in said
    assert way_out in said
    assert len(said) < 300


# ---- notations of mathematics

@pytest.mark.parametrize(("text", "said"), [
    ("2x", "'2x' is not allowed: a product is written 2*x"),
    ("2.5e3x + 1", "'2.5e3x' is not allowed: a product is written 2.5e3*x"),
    ("x = 3y", "'3y' is not allowed: a product is written 3*y"), ("2 x", "a product is written 2*x"),
    ("x y", "a product is written x*y"), ("xy", "xy has no value: give it one, as xy=1; a product is written x*y"),
    ("x(x+1)", "x is a number: a product is written x*(x+1)"), ("pi(x)", "a product is written pi*(x)"),
    ("2(x+1)", "a product is written 2*(x+1)"), ("(x+1)(x-1)", "a product is written (x+1)*(x-1)"),
    ("(x+1)y", "a product is written (x+1)*y"), ("k(x)", "there is no function k: a product is written k*(…)"),
    ("x×y", "'x×y' is not allowed: a product is written x*y"), ("x · y", "a product is written x*y"),
    ("x·y", "a product is written x*y"), ("(x+1) × (y-1)", "a product is written (x+1)*(y-1)"),
    ("x÷y", "a quotient is written x/y"), ("x:y", "a quotient is written x/y"),
    ("x−y", "a minus sign is written x-y"), ("−x", "a minus sign is written -x"),
    ("3 – x", "a minus sign is written 3-x"),
    ("x^2", "a power is written x**2"), ("e^x", "a power is written e**x"), ("e^(x+1)", "a power is written e**(x+1)"),
    ("x^-1", "a power is written x**-1"), ("x²", "'x²' is not allowed: a power is written x**2"),
    ("x⁻¹² + y", "a power is written x**-12"), ("(x + y)³", "a power is written (x + y)**3"),
    ("sin²(x)", "the power of a function is written sin(x)**2"),
    ("cos² x", "the power of a function is written cos(x)**2"),
    ("sin⁻¹(x)", "an inverse function is written asin"), ("√x", "a square root is written sqrt(x)"),
    ("√(x + 1)", "a square root is written sqrt(x + 1)"), ("∛x", "a cube root is written cbrt(x)"),
    ("|x|", "an absolute value is written abs(x)"), ("2*|x + y| - 1", "an absolute value is written abs(x + y)"),
    ("π*x", "π has no value: write pi, or give it one, as π=1"), ("∞", "infinity is written inf"),
    ("sin x", "'sin x' is not allowed: a function is written sin(x)"), ("sinx", "a function is written sin(x)"),
    ("ln(x)", "there is no function ln: write log(x)"), ("lg(x)", "write log10(x)"), ("tg(x)", "write tan(x)"),
    ("cot(x)", "write 1/tan(x)"), ("sgn(x)", "write sign(x)"), ("pow(x, 2)", "write x**y"),
    ("2,5*x", "'2,5' is not allowed: a decimal number is written 2.5"), ("sin(2,5)", "a decimal number is written 2.5"),
    ("x = 2,5; x", "a decimal number is written 2.5"), ("1,000*x", "a decimal number is written 1.000, or 1000"),
    ("1 000*x", "a number is written 1000"), ("50% * x", "a percentage is written 50/100"), ("½*x", "written 1/2"),
    ("x ≤ y", "a comparison is written x<=y"), ("x≥y", "a comparison is written x>=y"),
    ("f(x) = x**2", "'f(x) =' is not allowed: a result with a name is written f ="),
    ("（x）", "'（' is not allowed: it is written ("),
    ("[x + 1]*2", "round brackets group"), ("{x + 1}*2", "round brackets group"), ("x[1]", "a name has no index"),
    ("'x + 1'", "an expression has no quotes"), ("“x + 1”", "an expression has no quotes"),
])
def test_a_notation_of_mathematics_is_answered_with_the_one_to_write(text, said):
    assert said in message(text, x=1.5, y=2.0)


@pytest.mark.parametrize("text", [
    "x # 2x", "x # it's |x|²", "0x1f*x", "1e5*x", "1_000*x", "5.*x", ".5*x", "max([1,2])*x", "clip(x,0,1)", "1.5e-3*x",
    "x2 = x; x2**2",
])
def test_what_only_looks_like_such_a_notation_is_computed(text):
    assert type(parse(text, x=1.0)) is Value


@given(st.text(st.sampled_from("12.exj_+* \\#'()ifnor,\n²·x"), max_size=12))
def test_the_parser_never_warns(text):
    """Warnings are errors here, and switching them off would do so for the whole process."""
    with contextlib.suppress(ExpressionError):
        parse(text, x=1.0)


def test_an_unused_value():
    assert message("a * 2", a=1, b=2) == "b has a value, but the expression does not use it"
    assert message("b = a; b * 2", a=1, b=2).startswith("b has a value")
    assert message("a * 2", a=1, f=2).startswith("f has a value")
    assert parse("b = a * b; b", a=1, b=2).data == 2


def test_values_and_texts_of_another_type():
    with pytest.raises(TypeError, match="got str '3'"):
        parse("a", a="3")
    with pytest.raises(TypeError, match="got bytes"):
        parse(b"a", a=3)


DEEP = {
    "sum": lambda n: "a" + " + a" * n,
    "signs": lambda n: "-" * n + "a",
    "parentheses": lambda n: "(" * n + "a" + ")" * n,
    "open parentheses": lambda n: "(" * n,
    "calls": lambda n: "sin(" * n + "a" + ")" * n,
    "lists": lambda n: "sum([" * n + "a" + "])" * n,
    "powers": lambda n: "a" + "**a" * n,
    "choices": lambda n: "a if a else " * n + "a",
    "comparisons": lambda n: "a" + "<a" * n,
    "brackets": lambda n: "({[" * n,
    "statements": lambda n: "x = a\n" * n + "x",
    "attributes": lambda n: "a" + ".a" * n,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
@pytest.mark.parametrize("n", [50, 1000, 6000, 200_000])
def test_a_deep_text_is_computed_or_refused(text, n):
    try:
        assert type(parse(text(n), a=1.0)) is Value
    except ExpressionError as error:
        assert len(str(error)) < 250


def test_the_longest_text():
    text = "a" + "+0" * (MAX_LENGTH // 2)
    assert f"{len(text)} characters" in message(text, a=1)
    terms = 1000
    f = parse(" + ".join(["a"] * terms), a=1)
    f.backward()
    assert gradients(f, leaves(f)) == (terms,)
    assert parse("a" + " " * (MAX_LENGTH - 1), a=1).data == 1


# ---- any text

NUMBER = st.floats(0, 1e3).map(repr) | st.sampled_from(["1e-3", "2.0", "0.5", "pi"])
NAME = st.sampled_from(["a", "b", "c"])
ONE = st.sampled_from(["exp", "sin", "cos", "tanh", "sqrt", "abs", "relu"])
SIGN = st.sampled_from(["+", "-", "*", "/", "**"])
COMPARISON = st.sampled_from(["greater", "greater_equal", "less", "less_equal", "equal"])


def larger(part):
    return st.one_of(
        st.builds("({} {} {})".format, part, SIGN, part),
        st.builds("{}{}{}".format, NAME, SIGN, part),
        st.builds("-{}".format, part),
        st.builds("{}({})".format, ONE, part),
        st.builds("where({}({}, {}), {}, {})".format, COMPARISON, part, part, part, part),
        st.builds("{}([{}, {}])".format, st.sampled_from(["max", "min", "sum"]), part, part),
    )


EXPRESSION = st.recursive(NUMBER | NAME, larger, max_leaves=12)
INPUTS = st.fixed_dictionaries({name: st.floats(-10, 10) for name in "abc"})
def unless_nan(choose):
    """max or min, but nan if one of the numbers is nan, wherever it stands."""
    return lambda xs: choose(xs) if all(x == x for x in xs) else math.nan


IN_FLOATS = {       # these refuse a complex number, which Python makes of (-1.0)**0.5
    **{name: getattr(math, name) for name in ("exp", "sin", "cos", "tanh", "sqrt", "pi")},
    "greater": operator.gt, "greater_equal": operator.ge, "less": operator.lt, "less_equal": operator.le,
    "equal": lambda x, y: x <= y <= x, "where": lambda condition, x, y: x if condition else y,
    "abs": math.fabs, "relu": lambda x: 0.0 if x <= 0 else x,
    "max": unless_nan(max), "min": unless_nan(min), "sum": lambda xs: functools.reduce(operator.add, xs, 0.0),
}
IN_VALUES = {name: getattr(at, name) for name in IN_FLOATS.keys() - {"pi"}} | {"pi": math.pi}


def by_python(text, names):
    """The result of Python for a text that was generated here; None for an error or a complex number."""
    try:
        found = eval(text, {"__builtins__": {}}, names)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return None if isinstance(found, complex) else found


@settings(deadline=None, max_examples=300)
@given(EXPRESSION, INPUTS)
def test_a_text_is_computed_as_in_python(text, inputs):
    used = {name: x for name, x in inputs.items() if re.search(rf"\b{name}\b", text)}
    f = parse(text, **used)
    wanted = by_python(text, IN_FLOATS | used)
    if wanted is not None and math.isfinite(wanted):
        assert f.data == wanted


@settings(deadline=None, max_examples=300)
@given(EXPRESSION, INPUTS)
def test_the_gradients_are_those_of_the_same_python_code(text, inputs):
    used = {name: Value(x, name) for name, x in inputs.items() if re.search(rf"\b{name}\b", text)}
    direct = by_python(text, IN_VALUES | used)
    if type(direct) is Value:
        f = parse(text, **used)
        wanted = gradients(direct, used.values())
        assert repr(f.data) == repr(direct.data)
        assert repr(gradients(f, used.values())) == repr(wanted)


TOKEN = st.sampled_from([
    *"abcxyf+-*/()[]=<>;,.:'\"\\{}@%^~&|!#\n\t 0123456789µ²（", "**", "//", "==", "!=", ":=", "->", "...",
    "1e", "0x", "1j", "lambda", "if", "else", "for", "in", "not", "and", "is", "import", "def", "class",
    "yield", "await", "None", "True", "f'", "__class__", "exp", "max", "dot", "where", "clip", "softmax",
    "pi", "nan", "low=", "*a", "**a", "\\N{", "\ud800", "\0", "\r", "\x0c",
])
TOKENS = st.lists(TOKEN, max_size=25)


@settings(deadline=None, max_examples=500)
@given(st.text(max_size=60) | TOKENS.map("".join) | TOKENS.map(" ".join))
def test_any_text_is_computed_or_refused(text):
    try:
        assert type(parse(text, a=1.0, b=-2.0)) is Value
    except ExpressionError as error:
        assert str(error) and len(str(error).splitlines()) == 1


@settings(deadline=None, max_examples=300)
@given(EXPRESSION, st.data())
def test_a_text_with_a_slip_is_computed_or_refused(text, data):
    i = data.draw(st.integers(0, len(text) - 1))
    j = data.draw(st.integers(i, min(len(text), i + 3)))
    slipped = text[:i] + data.draw(TOKEN | st.just("")) + text[j:]
    try:
        assert type(parse(slipped, **{n: 1.0 for n in "abc" if re.search(rf"\b{n}\b", slipped)})) is Value
    except ExpressionError as error:
        assert str(error) and len(str(error).splitlines()) == 1
