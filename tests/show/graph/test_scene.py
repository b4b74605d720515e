"""The contents of a picture as data: names, numbers and gradients, and a box for everything."""
import math
import random
import re

from hypothesis import given, settings, strategies as st
from references.show.folded import folds, network, scoped_graphs, text
from references.show.pictures import box, boxes, read

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph.folding import Fold, Folding
from autograd_tiny.show.graph.scene import Inputs, Scene


# ---- gradients

def test_a_gradient_left_from_another_graph_is_not_shown():
    p = Value(3.0, "p")
    (p * 2).backward()
    assert box(draw(p * 5), "p").lines == ["p", "3", "—"]
    assert box(draw(p), "p").lines == ["p", "3", "2"]


def test_a_cleared_gradient_is_shown_as_it_is():
    p = Value(3.0, "p")
    f = p * 2
    f.backward()
    p.grad = 0.0
    assert box(draw(f), "p").lines == ["p", "3", "0"]


def test_gradients_of_another_output_are_not_shown():
    a = Value(3.0, "a")
    x = a * 2
    x.label = "x"
    y = x + 1
    y.label = "y"
    x.backward()
    assert [box(draw(y), name).lines[-1] for name in "axy"] == ["—", "—", "—"]
    assert [box(draw([x, y]), name).lines[-1] for name in "axy"] == ["2", "1", "—"]
    y.backward()
    assert [box(draw(y), name).lines[-1] for name in "axy"] == ["4", "1", "1"]


# ---- texts

def test_a_leaf_without_a_label_is_its_number():
    assert boxes(draw(Value(2.5) * 3)) == [["2.5", "—"], ["v1 = 2.5·3", "7.5", "—"]]


def test_long_formulas_give_way_to_the_name():
    a, b = Value(1.0, "first layer, weight 1"), Value(2.0, "first layer, weight 2")
    f = a * b
    f.label = "f"
    assert box(draw(f), "f").lines[0] == "f"
    assert box(draw(at.sum([a, b, f])), "v1").lines[0] == "v1"
    many = [Value(1.0, f"w{i}") for i in range(9)]
    assert box(draw(at.sum(many)), "v1").lines[0] == "v1 = w0 + w1 + w2 + … + w8"


def test_the_tooltip_has_the_exact_numbers_and_the_module():
    a = Value(1 / 3, "a")
    with at.scope("mlp.layer1"):
        f = a.exp()
    f.backward()
    found = read(draw(f)).nodes
    [tooltip] = [node.tooltip for node in found.values() if node.lines[0].startswith("v1")]
    assert repr(f.data) in tooltip
    assert "mlp.layer1" in tooltip
    assert f"∂v1/∂a = v1 = {f.data!r}" in [node.tooltip for node in found.values()]


def test_the_local_derivatives_of_a_value_used_twice_have_names_of_their_own():
    a, b = Value(3.0, "a"), Value(2.0, "b")
    found = read(draw(a * a)).nodes
    assert [found[f"d1_{k}"].tooltip for k in (0, 1)] == ["∂₁v1/∂a = a = 3.0", "∂₂v1/∂a = a = 3.0"]
    scene = draw(at.sum([a, b, a, 2.0, Value(7.0)])).scene
    [f] = scene.roots
    assert [scene.local_derivative_name(f, k) for k in (0, 1, 2, 4)] == [
        "∂₁v1/∂a", "∂v1/∂b", "∂₃v1/∂a", "∂v1/∂(7)"
    ]


def test_the_tooltip_has_the_line_that_made_a_value():
    f = Value(0.5, "a").exp()
    f.made_at = "demo.py, line 12: f = a.exp()"
    tooltips = [node.tooltip for node in read(draw(f)).nodes.values()]
    assert sum("at demo.py, line 12: f = a.exp()" in tooltip for tooltip in tooltips) == 1
    f.made_at = "lessons/third/backpropagation.py, line 1204, in loss: return (o - y)\n ** 2 \x1b / 2"
    tooltips = [node.tooltip for node in read(draw(f)).nodes.values()]
    line = "lessons/third/backpropagation.py, line 1204, in loss: return (o - y) ** 2 \ufffd / 2"
    assert sum(tooltip.endswith(f"at {line}") for tooltip in tooltips) == 1


def test_numbers_that_are_not_finite():
    drawn = draw(Value(math.inf, "a") * Value(math.nan, "b"))
    assert "a   inf" in drawn.tree and "b   nan" in drawn.tree
    model = nn.MLP(1, [5], rng=random.Random(1))
    outputs = model([Value(math.nan, "x")])
    assert "nan" in draw(outputs, depth=1).tree


def test_a_folded_module_names_the_outputs_that_formulas_elsewhere_name():
    loss, _ = network()
    drawn = draw(loss, depth=2)
    assert "v18 = v17 − 0.5" in [lines[0] for lines in boxes(drawn)]
    found = folds(drawn)
    assert re.fullmatch(r"v17 = −?[\d.]+", found["layer3"].lines[3])
    assert "=" not in found["layer2"].lines[3]
    assert re.search(r"layer3   .*   v17 = ", drawn.tree) and "<br>v17 = " in drawn.mermaid


# ---- boxes

def test_many_inputs_share_a_box_and_few_do_not():
    loss, _ = network((1,), nin=9)
    found = read(draw(loss, depth=1)).nodes
    assert found["i0"].lines[0] == "9 inputs"
    assert "9 values" in text(draw(loss, depth=1))
    assert len(boxes(draw(network((1,), nin=8)[0], depth=1))) == 8 + 2


@settings(max_examples=80, deadline=None)
@given(scoped_graphs(), st.sampled_from([None, 1, 2, 3]))
def test_every_node_is_shown_once_or_counted_in_one_fold(root, depth):
    values = at.topological_order(root)
    scene = Scene([root], values, 4, Folding(values, {root}, depth))
    inside = [
        value for box in scene.boxes if not isinstance(box, Value)
        for value in (box.values if isinstance(box, Inputs) else box.parameters + box.operations)
    ]
    alone = [box for box in scene.boxes if isinstance(box, Value)]
    assert len(inside) + len(alone) == len(values)
    assert {*inside, *alone} == set(values)
    leaves = sum(len(box.parameters) for box in scene.boxes if isinstance(box, Fold))
    results = sum(len(box.operations) for box in scene.boxes if isinstance(box, Fold))
    assert leaves + sum(not value.operands for value in alone) == sum(not value.operands for value in values)
    assert results + sum(bool(value.operands) for value in alone) == sum(bool(x.operands) for x in values)
