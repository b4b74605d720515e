"""The picture of a graph: the contents of its boxes and edges, their places, and strange labels."""
import itertools
import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given, settings, strategies as st
from references.show.folded import folds, network, scoped_graphs
from references.show.pictures import (
    STRANGE, SVG, box, boxes, constants, example_a, local_derivatives, random_graph, read,
)

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph.folding import Folding
from autograd_tiny.show.graph.scene import Scene
from autograd_tiny.show.names import readable
from autograd_tiny.show.theme import LIGHT


# ---- boxes and edges

def test_before_backward_gradients_are_dashes():
    f, _ = example_a()
    assert sorted(boxes(draw(f))) == sorted([
        ["a", "−1", "—"], ["b", "3", "—"], ["c", "4", "—"],
        ["x = a + b", "2", "—"], ["y = b + c", "7", "—"], ["f = x·y", "14", "—"],
    ])


def test_after_backward_gradients_stand_below_the_values():
    f, by_hand = example_a()
    f.backward()
    drawn = draw(f)
    for label, gradient in by_hand.items():
        shown = box(drawn, label)
        assert shown.lines[-1] == readable(gradient, 4)
        assert shown.colors[-2:] == [LIGHT.value, LIGHT.gradient]


def test_local_derivatives_stand_on_the_edges():
    f, _ = example_a()
    assert local_derivatives(draw(f)) == sorted([
        ("a", "1", "+"), ("b", "1", "+"), ("b", "1", "+"), ("c", "1", "+"), ("x", "7", "×"), ("y", "2", "×"),
    ])


def test_edges_lead_from_operands_over_the_operation_to_the_result():
    f, _ = example_a()
    found = read(draw(f))
    arrived = {name: {name} for name in found.nodes}
    for _ in found.nodes:
        for tail, head in found.edges:
            arrived[head] |= arrived[tail]
    [last] = [name for name, node in found.nodes.items() if node.lines[0].startswith("f = ")]
    assert arrived[last] == set(found.nodes)


def test_the_same_operand_twice_has_two_edges():
    a = Value(3.0, "a")
    assert local_derivatives(draw(a * a)) == [("a", "3", "×"), ("a", "3", "×")]


def test_a_node_of_many_operands_has_an_edge_from_each():
    ws = [Value(i, f"w{i}") for i in range(16)]
    xs = [Value(-i, f"x{i}") for i in range(16)]
    drawn = draw(at.dot(ws, xs, Value(1.0, "b")))
    assert local_derivatives(drawn) == sorted(
        [(w.label, readable(x.data, 4), "dot") for w, x in zip(ws, xs, strict=True)]
        + [(x.label, readable(w.data, 4), "dot") for w, x in zip(ws, xs, strict=True)]
        + [("b", "1", "dot")]
    )


def test_constants_have_a_box_at_each_use_and_no_gradients():
    a = Value(3.0, "a")
    drawn = draw((a * 2 + 2) ** 2)
    assert constants(drawn) == ["2", "2", "2"]
    assert [operand for operand, _, _ in local_derivatives(drawn)] == ["a", "v1", "v2"]
    assert {node.fill for node in read(drawn).nodes.values()} >= {LIGHT.page}


def test_values_without_gradient_are_quieter():
    a, data = Value(3.0, "a"), Value(2.0, "data", requires_grad=False)
    f = a * data
    f.backward()
    drawn = draw(f)
    assert box(drawn, "data").lines == ["data", "2"]
    assert box(drawn, "data").fill != box(drawn, "a").fill
    assert box(drawn, "data").colors[0] != box(drawn, "a").colors[0]


@pytest.mark.parametrize("function, formula", [
    (lambda a, b: a - b, "a − b"), (lambda a, b: a / b, "a/b"), (lambda a, b: a ** b, "a^b"),
    (lambda a, b: -a, "−a"), (lambda a, b: a.sigmoid(), "sigmoid(a)"), (lambda a, b: 2 - a, "2 − a"),
    (lambda a, b: at.maximum(a, b), "maximum(a, b)"), (lambda a, b: at.greater(a, b), "a > b"),
    (lambda a, b: at.where(a, b, 0), "where(a, b, 0)"), (lambda a, b: a - -2, "a − (−2)"),
    (lambda a, b: a.atan2(-2), "atan2(a, −2)"), (lambda a, b: a ** 2, "a²"), (lambda a, b: a * b, "a·b"),
    (lambda a, b: at.dot([a, b], [b, 2.0], a), "a·b + b·2 + a"),
    (lambda a, b: at.sum([a, b, 2]), "a + b + 2"),
])
def test_formulas(function, formula):
    result = function(Value(0.25, "a"), Value(2.0, "b"))
    assert f"v1 = {formula}" in [lines[0] for lines in boxes(draw(result))]


def test_a_box_and_its_tooltip_show_the_same_formula():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    for f in (a * b, a ** 2, a / b, a.maximum(b), -a):
        node = [node for name, node in read(draw(f)).nodes.items() if name.startswith("n")][-1]
        assert node.tooltip.startswith(f"{node.lines[0]}: value")


def test_several_roots_share_one_picture():
    a = Value(2.0, "a")
    drawn = draw([a * 3, a + 1])
    assert len(boxes(drawn)) == 3
    assert drawn.title == "The computation of v1, v2"


def test_the_tooltip_has_the_whole_formula():
    xs = [Value(float(i), f"a long name of an input, {i}") for i in range(3)]
    tooltips = [node.tooltip for node in read(draw(xs[0] * xs[1] + xs[2])).nodes.values()]
    formula = f"v1 = {' · '.join(x.label for x in xs[:2])}".replace(" · ", "·")
    assert any(tooltip.replace("(", "").replace(")", "").startswith(formula) for tooltip in tooltips)


def test_every_part_has_an_id_with_its_place():
    a = Value(3.0, "a")
    f = a * a + 2.0
    root = read(draw(f)).root
    ids = [x.get("id") for x in root.iter(f"{SVG}g") if x.get("class") in ("node", "edge")]
    assert sorted(ids) == sorted([
        "n0", "n1", "n2", "op1", "op2", "r1", "r2", "d1_0", "d1_1", "d2_0", "c2_1",
        "e1_0a", "e1_0b", "e1_1a", "e1_1b", "e2_0a", "e2_0b", "e2_1b",
    ])


@pytest.mark.parametrize("rankdir, axis, sign", [("LR", 0, 1), ("RL", 0, -1), ("TB", 1, 1), ("BT", 1, -1)])
def test_the_direction(rankdir, axis, sign):
    found = read(draw(Value(2.0, "a").tanh(), rankdir=rankdir)).nodes
    [start] = [node.frame for node in found.values() if node.lines[0] == "a"]
    [end] = [node.frame for node in found.values() if node.lines[0] == "v1 = tanh(a)"]
    assert sign * (end[axis] - start[axis]) > 0


def test_digits():
    assert boxes(draw(Value(1 / 3, "a"), digits=2)) == [["a", "0.33", "—"]]


# ---- folded modules

def test_a_local_gradient_stands_on_the_edge_from_a_folded_module():
    loss, _ = network()
    found = read(draw(loss, depth=1))
    [edge] = [head for tail, head in found.edges if tail == "m0"]
    assert found.nodes[edge].lines == ["1"]
    assert found.nodes[edge].tooltip == "∂v18/∂v17 = 1.0"


@settings(max_examples=25, deadline=None)
@given(scoped_graphs(), st.sampled_from([1, 2]))
def test_a_folded_picture_has_a_box_for_each_box_of_the_scene(root, depth):
    found = read(draw(root, depth=depth))
    values = at.topological_order(root)
    scene = Scene([root], values, 4, Folding(values, {root}, depth))
    assert sum(name[0] in "nmi" for name in found.nodes) == len(scene.boxes)
    ends = {end for edge in found.edges for end in edge}
    assert ends <= set(found.nodes)
    ids = [x.get("id") for x in found.root.iter() if x.get("id")]
    assert len(ids) == len(set(ids))


# ---- labels

@pytest.mark.parametrize("label, shown", STRANGE.items())
def test_strange_labels_mean_themselves(label, shown):
    f = Value(2.0, label).exp()
    f.backward()
    found = read(draw(f))
    assert found.nodes["n0"].lines[0] == shown
    assert found.nodes["n0"].tooltip.startswith(f"{shown}: value 2.0")
    assert found.nodes["d1_0"].tooltip.startswith(f"∂v1/∂{shown} = ")
    assert {x.tag.removeprefix(SVG) for x in found.root.iter()} <= {
        "svg", "title", "style", "g", "polygon", "a", "path", "text", "ellipse", "polyline",
    }


@settings(max_examples=60, deadline=None)
@example("\\\\N'\\")
@given(st.text())
def test_any_label_makes_a_well_formed_picture(label):
    f = Value(2.0, label) * 3
    f.label = label
    drawn = draw(f)
    assert len(boxes(drawn)) == 2
    assert ET.fromstring(drawn.svg).findtext(f"{SVG}title") == drawn.title


def test_a_custom_operation_may_have_any_name():
    double = at.operation(lambda x, f: 2.0)(lambda x: 2.0 * x)
    assert "<lambda>" in [node.lines[0] for node in read(draw(double(Value(1.0)))).nodes.values()]


@pytest.mark.parametrize("name", [
    "<script>alert(1)</script>", 'a"b\\', "🙂", "x" * 10_000, "]]> -->", "a\nb",
])
def test_a_strange_name_of_a_module_means_itself(name):
    with at.scope(name):
        x = Value(1.0, "x") * 2
    with at.scope("other"):
        y = x + 1
    for options in ({"depth": 1}, {"fold": "other"}):
        drawn = draw(y, **options)
        assert "script" not in {x.tag for x in read(drawn).root.iter()}
        assert "<script" not in drawn.svg and len(drawn.svg) < 30_000
    assert "🙂" not in name or "🙂" in folds(draw(y, depth=1))


# ---- places

@pytest.mark.parametrize("size", [5, 60, 200])
def test_nothing_overlaps(size):
    f, _ = example_a()
    drawn = draw(f if size == 5 else random_graph(size))
    frames = [node.frame for node in read(drawn).nodes.values()]
    assert len(boxes(drawn)) >= size
    for one, other in itertools.combinations(frames, 2):
        apart = max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
        assert apart > 0


@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_folded_module_overlaps(size):
    drawn = draw(network()[0], depth=size)
    shown = [node.frame for node in read(drawn).nodes.values()]
    for one, other in itertools.combinations(shown, 2):
        assert max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3]) > 0


def test_a_deep_graph_is_drawn():
    v = Value(0.5)
    for _ in range(400):
        v = v.sin()
    assert len(boxes(draw(v))) == 401


def test_a_deep_graph_over_one_leaf_is_drawn():
    shared = Value(0.3, "shared")
    v = shared
    for _ in range(50):
        v = (v * 1.01 + shared).tanh()
    assert len(boxes(draw(v))) == 151
