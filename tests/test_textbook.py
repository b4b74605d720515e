"""The textbook: the engine's numbers, and programs in the way of the lecture that it follows."""
import math
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from graphviz import Digraph
from references.show.lecture_values import random_program

import autograd_tiny as at
from autograd_tiny import textbook
from autograd_tiny.textbook import MLP, Layer, Neuron, Value

FILE = Path(textbook.__file__)


# ---- the numbers of the engine

def sizes_of(f):
    """For each Value, the sum over all paths to it of |the product of local derivatives|: what rounding scales with."""
    sizes = {f: 1.0}
    for node in reversed(at.topological_order(f)):
        for x, local_grad in zip(node.operands, node.local_grads, strict=True):
            if type(x) is at.Value:
                sizes[x] = sizes.get(x, 0.0) + abs(local_grad) * sizes.get(node, 0.0)
    return sizes


@pytest.mark.parametrize("seed", range(40))
def test_a_random_graph_has_the_engines_values_and_gradients(seed):
    rng = random.Random(seed)
    run, numbers = random_program(rng), [rng.uniform(-2, 2) for _ in range(3)]
    ours, theirs = [*map(at.Value, numbers)], [*map(Value, numbers)]
    expected, found = run(ours), run(theirs)
    expected.backward()
    found.backward()
    sizes = sizes_of(expected)
    assert found.data == pytest.approx(expected.data, rel=1e-12, abs=1e-12)
    for x, y in zip(theirs, ours, strict=True):
        assert abs(x.grad - y.grad) <= 1e-11 * sizes.get(y, 0.0)


def test_every_operator_takes_numbers_on_either_side():
    for of in (at.Value, Value):
        x = of(4.0)
        found = [x + 1, 1 + x, x - 1, 1 - x, x * 3, 3 * x, x / 2, 2 / x, x**2, x**-0.5, -x]
        assert [each.data for each in found] == [5.0, 5.0, 3.0, -3.0, 12.0, 12.0, 2.0, 0.5, 16.0, 0.5, -4.0]
        slopes = []
        for each in found:
            x.grad = 0.0
            each.backward()
            slopes.append(x.grad)
        assert slopes == [1.0, 1.0, 1.0, -1.0, 3.0, 3.0, 0.5, -0.125, 8.0, -0.0625, -1.0]


@pytest.mark.parametrize("x", [-2.0, 0.0, 3.0, math.nan, math.inf, -math.inf])
def test_relu_is_the_engines(x):
    ours, theirs = at.Value(x), Value(x)
    for each in (ours, theirs):
        each.relu().backward()
    assert repr(theirs.relu().data) == repr(ours.relu().data)
    assert theirs.grad == ours.grad or math.isnan(x)


def test_what_is_no_operand_is_an_error():
    x = Value(2.0)
    for wrong in (lambda: x ** Value(2.0), lambda: x + "1", lambda: 2.0**x):
        with pytest.raises(TypeError):
            wrong()


# ---- the attributes of the lecture's class

def test_a_value_shows_how_it_was_computed():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    f = a * b
    assert (f._prev, f._op, f.label, f.grad) == ((a, b), "*", "", 0.0)
    assert [child.label for child in f._prev] == ["a", "b"] and (b * b)._prev == (b, b)
    assert [(1.0 - a)._op, (a / b)._op, a.tanh()._op, (a**3)._op, a._op] == ["+", "*", "tanh", "**3", ""]
    assert repr([f, Value(1)]) == "[Value(data=-6.0), Value(data=1)]"
    assert (2.0 + a)._prev[0] is a and len({a, b, a}) == 2


def test_an_operation_made_by_hand():
    a, b = Value(2.0), Value(3.0)
    f = Value(6.0, (a, b), "*")
    f.backward()                            # nothing is sent yet
    assert (f.grad, a.grad, b.grad) == (1.0, 0.0, 0.0)

    def send():
        a.grad += b.data * f.grad
        b.grad += a.data * f.grad

    f._backward = send
    (f * 10.0).backward()
    assert (f.grad, a.grad, b.grad) == (11.0, 33.0, 22.0)
    assert Value(data=1.0, _children=[a, b], _op="?", label="g")._prev == (a, b)


def test_backward_by_hand_one_step_at_a_time():
    """The chain rule of one neuron, node by node; whoever goes on before a gradient is complete gets another number."""
    x, w, b = Value(0.5), Value(-1.0), Value(2.0)
    xw = x * w
    n = xw + b
    o = n.tanh()
    o.grad = 1.0
    for node in (o, n, b, xw, x):
        node._backward()
    slope = 1 - math.tanh(1.5) ** 2
    assert [each.grad for each in (n, b, xw, w, x)] == pytest.approx([slope, slope, slope, 0.5 * slope, -slope])


def test_a_class_and_a_method_of_ones_own():
    class V(Value):
        def sin(self):
            out = V(math.sin(self.data), (self,), "sin")

            def _backward():
                self.grad += math.cos(self.data) * out.grad

            out._backward = _backward
            return out

    x = V(0.3, label="x")
    f = 2 * x.sin() + x
    f.backward()
    assert x.grad == pytest.approx(2 * math.cos(0.3) + 1) and isinstance(x.sin(), Value)


def test_a_method_added_later(monkeypatch):
    def sinh2(self):
        out = Value(math.sinh(self.data) ** 2, (self,), "sinh2")

        def _backward():
            self.grad += math.sinh(2 * self.data) * out.grad

        out._backward = _backward
        return out

    monkeypatch.setattr(Value, "sinh2", sinh2, raising=False)
    x, y = Value(0.7), at.Value(0.7)
    (x * x.sinh2()).backward()
    (y * at.sinh(y) ** 2).backward()
    assert x.grad == pytest.approx(y.grad)


def test_the_lectures_way_to_draw():
    """Nodes and edges as sets, collected by recursion, and a record for each node in the language of dot."""
    def trace(root):
        nodes, edges = set(), set()

        def visit(v):
            if v not in nodes:
                nodes.add(v)
                for child in v._prev:
                    edges.add((child, v))
                    visit(child)

        visit(root)
        return nodes, edges

    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    f = (a * b + a).tanh()
    f.label = "f"
    f.backward()
    nodes, edges = trace(f)
    dot = Digraph(format="svg", graph_attr={"rankdir": "LR"})
    for n in nodes:
        dot.node(str(id(n)), f"{{ {n.label} | data {n.data:.4f} | grad {n.grad:.4f} }}", shape="record")
        if n._op:
            dot.node(str(id(n)) + n._op, n._op)
            dot.edge(str(id(n)) + n._op, str(id(n)))
    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2._op)
    assert (len(nodes), len(edges)) == (5, 5)
    assert dot.source.count("->") == 8 and "{ f | data -0.9993 | grad 1.0000 }" in dot.source


# ---- backward

def test_a_second_backward_meets_the_gradients_of_the_first():
    """Results in between keep theirs, unlike those of the engine: the second pass sends the old gradient on, too."""
    found = {}
    for of in (at.Value, Value):
        a, b = of(2.0), of(3.0)
        c = a * b
        f = c * 10.0
        f.backward()
        assert (f.grad, c.grad, a.grad, b.grad) == (1.0, 10.0, 30.0, 20.0)
        f.backward()
        found[of] = f.grad, c.grad, a.grad, b.grad
    assert found == {at.Value: (1.0, 10.0, 60.0, 40.0), Value: (1.0, 20.0, 90.0, 60.0)}


def test_gradients_add_up_over_graphs_until_they_are_set_to_zero():
    a = Value(3.0)
    (a * a).backward()
    (a * 2.0).backward()
    assert a.grad == 8.0
    a.grad = 0.0
    (a * a).backward()
    assert a.grad == 6.0


def test_a_deep_graph_and_a_wide_one():
    x = f = Value(0.0)
    for _ in range(50_000):
        f = f + x * 0.5
    f.backward()
    assert x.grad == 25_001.0
    y = Value(1.0)
    sum(y for _ in range(5_000)).backward()
    assert y.grad == 5_000.0


def test_a_graph_with_2_to_the_100_paths():
    x = f = Value(1.0)
    for _ in range(100):
        f = f + f
    f.backward()
    assert x.grad == 2.0**100


# ---- networks

def test_weights_are_drawn_neuron_by_neuron_with_the_bias_last():
    random.seed(3)
    found = [p.data for p in MLP(2, [2, 1]).parameters()]
    random.seed(3)
    assert found == [random.uniform(-1, 1) for _ in range(2 * 3 + 3)]


def test_networks_compute_tanh_of_weighted_sums():
    random.seed(4)
    neuron, layer = Neuron(2), Layer(2, 3)
    net = neuron.w[0].data * 0.5 + neuron.w[1].data * -2.0 + neuron.b.data
    assert neuron([0.5, -2.0]).data == pytest.approx(math.tanh(net))
    assert [o.data for o in layer([1.0, 2.0])] == [n([1.0, 2.0]).data for n in layer.neurons]
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    model = MLP(3, [4, 1, 2])
    assert [len(each.neurons) for each in model.layers] == [4, 1, 2] and len(model.parameters()) == 16 + 5 + 4
    first, second = model([0.1, Value(0.2), 0.3])
    assert isinstance(first, Value) and first.data != second.data
    with pytest.raises(ValueError, match="zip"):
        neuron([1.0])


def test_the_training_loop_of_the_lecture():
    random.seed(1)
    model = MLP(3, [4, 4, 1])
    xs = [[1.0, 2.0, -1.0], [0.0, -1.0, 0.5], [2.0, 0.5, 1.0], [-1.0, 1.0, 1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    losses = []
    for _ in range(200):
        ypred = [model(x) for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.1 * p.grad
        losses.append(loss.data)
    assert losses[0] > 1.0 and losses[-1] < 0.02
    assert [round(y.data) for y in ypred] == ys


def test_a_hinge_loss_with_weight_decay_in_micrograds_way():
    """The same steps as a network of the package with the same weights."""
    random.seed(7)
    model = MLP(2, [4, 1])
    ours = at.nn.MLP(2, [4, 1], activation="tanh", output_activation="tanh")
    for p, q in zip(model.parameters(), ours.parameters(), strict=True):
        q.data = p.data
    points = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(20)]
    y = [1 if x0 * x1 > 0 else -1 for x0, x1 in points]
    for k in range(5):
        totals = []
        for each, of in [(model, Value), (ours, at.Value)]:
            scores = [each([*map(of, row)]) for row in points]
            losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores, strict=True)]
            total = sum(losses) * (1.0 / len(losses)) + 1e-2 * sum(p * p for p in each.parameters())
            each.zero_grad()
            total.backward()
            for p in each.parameters():
                p.data -= (1.0 - 0.1 * k) * p.grad
            totals.append(total.data)
        assert totals[0] == pytest.approx(totals[1], rel=1e-10)
    assert [p.data for p in model.parameters()] == pytest.approx([q.data for q in ours.parameters()], rel=1e-9)


# ---- alone

def run(folder, code):
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = [{str(folder)!r}]\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder).stdout.strip()


USE = "x = Value(3.0); (x * x).backward(); print(x.grad, len(MLP(2, [3, 1]).parameters()))"


def test_the_file_runs_alone_with_nothing_but_the_standard_library(tmp_path):
    shutil.copy(FILE, tmp_path / "textbook.py")
    code = f"""from textbook import MLP, Value
{USE}
print({{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names) - {{"__main__"}})"""
    assert run(tmp_path, code).split("\n") == ["6.0 13", "{'textbook'}"]


def test_it_is_imported_where_no_other_package_is_installed():
    assert run(FILE.parents[1], f"from autograd_tiny.textbook import MLP, Value\n{USE}") == "6.0 13"
    assert textbook.__all__ == ["MLP", "Layer", "Module", "Neuron", "Value"]
