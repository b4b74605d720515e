"""The numbers of a page, computed by tape.js, are those of the engine."""
import json
import math
import random
import subprocess
from pathlib import Path

import numpy as np
import pytest
from references.javascript.node import JavaScriptError, Node, program
from references.operations import ROWS
from references.programs.own_operations import DEFINITIONS, HOSTILE, defined, points
from references.programs.random_graphs import magnitudes, random_program, run
from references.show.pages import number, page_data, scene_of

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, parse, topological_order
from autograd_tiny.expression import ExpressionError
from autograd_tiny.show import explore
from autograd_tiny.show.explore.explorer import data_of
from autograd_tiny.show.explore.operations import operations_of
from autograd_tiny.show.page.linking import linked

EXPLAIN = Path(__file__).parents[2] / "references" / "javascript" / "explain.mjs"


@pytest.fixture(scope="module")
def node():
    process = Node()
    yield process
    process.close()


def check(node, output, tolerances):
    """Values, local derivatives and gradients; the tolerance of a gradient is relative to the sweep of absolutes."""
    order = topological_order(output)
    found = node.call(EXPLAIN, "numbers", page_data(output))
    data, local_grads = [x.data for x in order], [d for x in order for d in x.local_grads]
    np.testing.assert_allclose(found["values"], data, rtol=1e-13, atol=1e-13)       # differences may cancel
    np.testing.assert_allclose(found["derivatives"], local_grads, rtol=1e-11, atol=1e-13)
    for x, adjoint in zip(order, found["adjoints"], strict=True):
        if x.requires_grad:
            expected = gradients(output, x)
            assert same(adjoint, expected) or abs(adjoint - expected) <= 1e-13 * tolerances(x), (x, adjoint, expected)
        else:
            assert adjoint == 0.0


def same(x, y):
    return x == y or (x != x and y != y)


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_of_all_operations(node, seed):
    program = random_program(seed, 1 + seed, tuple(ROWS))
    values = run(program)
    sizes = dict(zip(values, magnitudes(program, values), strict=True))
    check(node, values[-1], sizes.__getitem__)


def test_the_worked_example(node):
    f = parse("x=a+b; y=b+c; x*y", a=-1, b=3, c=4)
    found = node.call(EXPLAIN, "numbers", page_data(f))
    assert found["values"].tolist() == [x.data for x in topological_order(f)]
    assert found["adjoints"].tolist() == [gradients(f, x) for x in topological_order(f)]


def test_constants_takes_branches_and_frozen_leaves(node):
    a, b, frozen = Value(2.0, "a"), Value(-1.0, "b"), Value(3.0, "c", requires_grad=False)
    taken = at.take([a * frozen, b, 5.0], Value(0.0, "i"))
    chosen = at.where(a > b, a * taken, b / 0.0) + at.relu(b) * math.inf + at.floor(a) * b
    with at.no_grad():
        constant = a * 3.0
    check(node, chosen + constant * b - frozen, lambda x: 100.0)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_operations_that_users_define_by_formulas(node, name):
    own = defined(name)
    for sample in points(len(own.operands), [0.3, -0.7, 2.0])[:12]:
        xs = [Value(x, f"x{k}") for k, x in enumerate(sample)]
        check(node, own(*xs) * xs[0] + HOSTILE(*xs[:1], 2.0, xs[0]), lambda x: 100.0)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_page_has_the_operations_that_formulas_of_users_call_and_no_others(tmp_path, name):
    own = defined(name)
    xs = [Value(x, f"x{k}") for k, x in enumerate([0.3, -0.7, 1.5, 2.5][: len(own.operands)])]
    f = own(*xs)
    operations = operations_of(topological_order(f))
    assert own.name not in operations and "add" not in operations and operations < ROWS.keys()
    module = linked(Path(explore.__file__).with_name("graph.js"), operations)
    code = f"""
        const graph = new $graph.Graph({json.dumps(data_of(scene_of(f)))}), numbers = {[x.data for x in xs]};
        console.log(graph.at(new Map(graph.leaves.map((x, k) => [x, numbers[k]]))).values.at(-1));
    """
    path = tmp_path / "page.cjs"
    path.write_text(module + code, encoding="ascii")
    printed = subprocess.run([program(), path], capture_output=True, text=True, check=True).stdout
    assert float(printed) == pytest.approx(f.data, rel=1e-14)


def test_a_network_with_dropout(node):
    random.seed(1)
    model = nn.Sequential(nn.Layer(2, 4, "tanh"), nn.Dropout(0.5), nn.Layer(4, 1))
    output = model([Value(0.5), Value(-0.3)])
    check(node, output if isinstance(output, Value) else output[0], lambda x: 10.0)


def test_a_taken_index_out_of_range_is_an_error(node):
    data = page_data(parse("take([a, b], i)", a=1, b=2, i=0))
    data["start"][-1] = "2"
    with pytest.raises(JavaScriptError, match="RangeError"):
        node.call(EXPLAIN, "numbers", data)


@pytest.mark.parametrize("text", [
    "dot([a, b], [b, 2])*b - sum([a, b, 3])/mean([a, b, 1])", "max([a, b, a*b])**2 + tanh(a)",
    "take([b, a*a, 3], a + 1)", "a", "relu(a)*a + where(a > b, a, 1)",
])
def test_the_output_along_a_leaf(node, text):
    b = {"b": 0.5} if "b" in text else {}
    f = parse(text, a=0, **b)
    xs = [-1.0, 0.0, 1.0, 0.3, 7.0]
    index = next(k for k, x in enumerate(topological_order(f)) if x.label == "a")
    found = node.call(EXPLAIN, "along", page_data(f), index, [number(x) for x in xs])
    for x, y in zip(xs, found, strict=True):
        try:
            assert y == pytest.approx(parse(text, a=x, **b).data, rel=1e-13)
        except ExpressionError:               # take with an index out of range
            assert math.isnan(y)
