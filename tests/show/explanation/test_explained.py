"""Explanations in pages: the words and the numbers of explain(), from other code."""
import html
import random
import re
from pathlib import Path

import pytest
from references.javascript.node import Node
from references.programs.own_operations import DEFINITIONS, HOSTILE, defined
from references.show.pages import page_data
from references.worked_examples import example_a

import autograd_tiny as at
from autograd_tiny import Value, explain, nn, parse, topological_order


EXPLAIN = Path(__file__).parents[2] / "references" / "javascript" / "explain.mjs"


@pytest.fixture(scope="module")
def node():
    process = Node()
    yield process
    process.close()


def in_python(output, leaf, most=8, digits=4):
    """The title, the cells of the tables and the remark of explain()."""
    text = explain(output, leaf, most=most, digits=digits)._repr_html_()
    plain = [html.unescape(re.sub("<[^>]*>", "", part)) for part in re.findall("<td[^>]*>(.*?)</td>", text)]
    title = html.unescape(re.sub("<[^>]*>", "", re.search("<b>(.*?)</b>", text)[1]))
    remark = re.search('<p style="margin: 0">(.*?)</p>', text)
    return title, plain, html.unescape(remark[1]) if remark else ""


def in_javascript(node, output, leaf, most=8, digits=4):
    index = topological_order(output).index(leaf)
    found = node.call(EXPLAIN, "explain", page_data(output, digits), index, most, digits)
    rows = [*found["paths"], *found["formulas"]]
    cells = [re.sub("^ +", lambda spaces: "\u2003" * (len(spaces[0]) // 2), cell) for row in rows for cell in row]
    return found["title"], cells, found["remark"]


def compare(node, output, *, most=8, digits=4):
    """All nodes that a gradient reaches; backward() first, so that explain() remarks nothing about .grad."""
    output.backward()
    for value in topological_order(output):
        if not value.requires_grad or not value.reached:
            continue
        try:
            expected = in_python(output, value, most, digits)
        except ValueError:                      # no path leads there
            title, cells, _ = in_javascript(node, output, value, most, digits)
            assert "no path leads from" in title and not cells
            continue
        assert in_javascript(node, output, value, most, digits) == expected


def test_the_worked_example(node):
    compare(node, example_a()["f"])


@pytest.mark.parametrize("name", DEFINITIONS)
def test_operations_that_users_define_by_formulas_are_written_out(node, name):
    own = defined(name)
    xs = [Value(x, f"x{k}") for k, x in enumerate([0.3, -0.7, 1.5, 2.5][: len(own.operands)])]
    compare(node, at.tanh(own(*xs)) * HOSTILE(xs[0], xs[-1], 2.0))


@pytest.mark.parametrize(("text", "values"), [
    ("0.5*(y - o)**2", {"y": 1, "o": 0.25}),
    ("s=a*x+b; o=sigmoid(s); e=o-y; e**2/2", {"a": 0.3, "x": 2, "b": -0.1, "y": 1}),
    ("tanh(x)*exp(-x) + log(x)/sqrt(x) - x**-2", {"x": 0.7}),
    ("relu(a)*b + leaky_relu(a) + elu(-a) + abs(a)", {"a": -0.5, "b": 2}),
    ("max([a, b, c]) + min([a, b, c]) + maximum(a, b) + minimum(a, c)", {"a": 1, "b": 1, "c": -2}),
    ("where(a > b, a*c, b*c) + clip(c, -1, 1) + clip(a, -1, 1)", {"a": 2, "b": 1, "c": 0.5}),
    ("prod([a, b, c, d, e]) + mean([a, b]) + sum([a, b, c, d, e])", {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}),
    ("prod([a, b, c, d, e, g])", {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "g": 0}),
    ("dot([a, b], [c, d]) + logsumexp([a, b]) + logaddexp(c, d)", {"a": 1, "b": 2, "c": 3, "d": 4}),
    ("dot([a, b, c, d, e, g], [a, b, c, d, e, g])", {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "g": 6}),
    ("take([a, b], i)*2", {"a": 1, "b": 2, "i": 1}),
    ("x*x*x + x**y - -x + (-(-x))**2", {"x": -2, "y": 3}),
    ("y=x*x; z=y*y; u=z*z; v=u*u; v*v", {"x": 1.1}),
    ("atan2(x, y) + hypot(x, y) + atan(x) + asin(x) + erf(y) + gelu(x) + silu(y) + mish(x)", {"x": 0.3, "y": -0.4}),
    ("cbrt(x) + expm1(x) + exp2(x) + log2(x) + lgamma(x) + digamma(x) + softplus(x) + log_sigmoid(x)", {"x": 0.8}),
    ("mod(x, y) + fmod(x, y) + floor(x)*y + xlogy(x, y) + norm_cdf(x) + erfinv(x)", {"x": 0.8, "y": 0.3}),
    ("log(x)*0 + 1/x", {"x": 0}), ("(x - x)/(x - x) + x", {"x": 3}), ("x*1e200*1e200", {"x": 1}),
    ("3*x - 2*y/7 + 1e-7*x", {"x": 1e8, "y": -1e-9}),
])
def test_formulas_cases_and_reasons(node, text, values):
    compare(node, parse(text, **values))


def test_only_the_largest_of_many_paths_are_shown(node):
    compare(node, parse("y=x*x; z=y*y; u=z*z; v=u*u; v*v + sin(v)*y + z", x=0.9), most=3, digits=6)


def test_names_that_look_like_formulas_or_numbers(node):
    a, b, c = Value(2.0, "a + b"), Value(3.0, "3"), Value(4.0, "x²")
    compare(node, (a * b) ** 2 + a * c**2 / b)


def test_wide_and_long_paths(node):
    x = Value(0.5, "a_rather_long_name_of_a_leaf")
    y = x
    for k in range(30):
        y = at.sin(y)
        y.label = f"a_result_with_a_long_name_{k}" if k % 2 else ""
    compare(node, y * x)


def test_a_network(node):
    random.seed(2)
    model = nn.MLP(2, [3, 1], activation="tanh")
    inputs = [Value(0.5, "x1"), Value(-0.3, "x2")]
    compare(node, (model(inputs) - 1.0) ** 2)


def test_random_graphs(node):
    generator = random.Random(3)
    unary = [at.sin, at.tanh, at.exp, at.sigmoid, at.relu, lambda x: -x, lambda x: x**2, at.abs]
    binary = [lambda x, y: x + y, lambda x, y: x * y, lambda x, y: x - y, lambda x, y: x / (y * y + 1.0), at.maximum]
    for _ in range(25):
        values = [Value(generator.uniform(-2, 2), name) for name in "abc"]
        for k in range(generator.randint(3, 9)):
            if generator.random() < 0.4:
                new = generator.choice(unary)(generator.choice(values))
            else:
                new = generator.choice(binary)(generator.choice(values), generator.choice([*values, 2.0, 0.5]))
            if generator.random() < 0.3:
                new.label = f"u{k}"
            values.append(new)
        compare(node, at.sum(values[-3:]), most=generator.choice([1, 3, 8]))
