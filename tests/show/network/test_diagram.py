"""Diagrams of networks: weights as lines, biases in the units, gradients, and strange names."""
import math
import random
import re

import pytest
from hypothesis import example, given, settings, strategies as st
from references.show.diagrams import SVG, mlp, network, read, tooltip_of, weights

from autograd_tiny import nn
from autograd_tiny.show.names import readable
from autograd_tiny.show.network.diagram import network_diagram
from autograd_tiny.show.theme import DARK, LIGHT


# ---- units and lines

def test_an_mlp_is_columns_of_units_with_a_line_for_each_weight():
    model = mlp(3, [2, 1], activation="sigmoid")
    drawn = read(network_diagram(model))
    assert drawn.headings == [["inputs · 3"], ["layer1 · sigmoid · 2"], ["layer2 · linear · 1"]]
    assert [unit.name for unit in drawn.units.values()] == ["x1", "x2", "x3", "", "", ""]
    assert len({unit.cx for unit in drawn.units.values()}) == 3
    assert sorted(tuple(line.ends) for line in weights(drawn)) == sorted(
        [(f"u0_{i}", f"u1_{k}") for i in range(3) for k in range(2)] + [("u1_0", "u2_0"), ("u1_1", "u2_0")]
    )


def test_each_line_shows_the_weight_between_its_ends():
    model = mlp(3, [2, 1])
    shown = {tuple(line.ends): line for line in weights(read(network_diagram(model)))}
    largest = max(abs(p.data) for name, p in model.named_parameters() if ".w" in name)
    thickest = max(line.width for line in shown.values())
    for k, neuron in enumerate(model.layers[0].neurons):
        for i, weight in enumerate(neuron.w):
            line = shown[f"u0_{i}", f"u1_{k}"]
            assert line.tooltip == f"layer1.neuron{k + 1}.w[{i}], weight {weight.data!r}, gradient —"
            assert line.color == (LIGHT.positive if weight.data > 0 else LIGHT.negative)
            assert line.width == pytest.approx(thickest * (0.1 + 0.9 * abs(weight.data) / largest), abs=0.02)


def test_units_show_their_biases_and_tell_their_activation():
    model = mlp(2, [2, 1], activation="tanh")
    drawn = read(network_diagram(model))
    b = model.layers[0].neurons[1].b
    assert drawn.biases["u1_1"] == readable(b.data, 4)
    assert drawn.units["u1_1"].tooltip == f"layer1.neuron2: tanh, bias {b.data!r}, gradient —"
    assert drawn.units["u0_0"].tooltip == "x1: input"
    assert "in a unit: its bias" in drawn.legend


def test_without_biases_there_is_no_word_of_them():
    drawn = read(network_diagram(mlp(2, [2, 1], bias=False)))
    assert drawn.biases == {}
    assert not [text for text in drawn.texts if "bias" in text]


# ---- gradients

@pytest.mark.parametrize("color", ["weight", "gradient"])
def test_the_number_in_a_unit_has_the_colour_of_its_sign(color):
    model = nn.Layer(1, 4, "linear", rng=random.Random(1))
    for neuron, x in zip(model.neurons, [0.5, -0.05966, 0.0, math.nan], strict=True):
        neuron.b.data = x
        (neuron.b * x).backward()
    root = read(network_diagram(model, color=color)).root
    shown = {
        group.findtext(f"{SVG}title"): next(group.iter(f"{SVG}text")).get("fill")
        for group in root.iter(f"{SVG}g") if re.match("b1_", group.findtext(f"{SVG}title") or "")
    }
    assert [shown[f"b1_{k}"] for k in range(4)] == [LIGHT.positive, LIGHT.negative, LIGHT.ink, LIGHT.accent]


def test_before_a_backward_pass_lines_of_gradients_are_dashed():
    drawn = read(network_diagram(mlp(2, [2, 1]), color="gradient"))
    assert all(line.dashed and line.color == LIGHT.quiet for line in weights(drawn))
    assert "not reached by a backward pass" in drawn.legend
    assert set(drawn.biases.values()) == {"—"}


def test_gradients_are_drawn_as_weights_are():
    model = mlp(2, [2, 1], activation="tanh")
    model([1.0, -2.0]).backward()
    drawn = read(network_diagram(model, color="gradient"))
    shown = {tuple(line.ends): line for line in weights(drawn)}
    for k, neuron in enumerate(model.layers[0].neurons):
        for i, weight in enumerate(neuron.w):
            line = shown[f"u0_{i}", f"u1_{k}"]
            assert line.color == (LIGHT.positive if weight.grad > 0 else LIGHT.negative)
            assert line.tooltip.endswith(f"gradient {weight.grad!r}")
    assert drawn.biases["u2_0"] == "1"
    largest = max(abs(w.grad) for layer in model.layers for neuron in layer.neurons for w in neuron.w)
    assert f"the thickest: |gradient| = {readable(largest, 4)}" in drawn.legend
    assert "in a unit: the gradient of its bias" in drawn.legend


def test_only_parameters_that_a_backward_pass_has_reached_have_a_gradient():
    model = mlp(2, [2, 2])
    model.layers[1].neurons[0].w[0].requires_grad = False
    model([1.0, -2.0])[0].backward()
    drawn = read(network_diagram(model, color="gradient"))
    dashed = sorted(tuple(line.ends) for line in weights(drawn) if line.dashed)
    assert dashed == [("u1_0", "u2_0"), ("u1_0", "u2_1"), ("u1_1", "u2_1")]


def test_gradients_that_were_cleared_are_told_from_gradients_that_never_were():
    model = mlp(2, [1])
    model([1.0, 2.0]).backward()
    model.zero_grad()
    legend = read(network_diagram(model, color="gradient")).legend
    assert "gradient = 0" in legend
    assert "all are 0, as zero_grad() and fit() leave them" in legend
    assert "not reached by a backward pass" not in legend


# ---- unusual numbers

def test_weights_that_are_not_finite_do_not_set_the_scale():
    model = nn.Neuron(4, rng=random.Random(1))
    for weight, x in zip(model.w, [math.nan, math.inf, 0.5, 0.0], strict=True):
        weight.data = x
    drawn = read(network_diagram(model))
    first, second, third, fourth = sorted(weights(drawn), key=lambda line: line.ends)
    assert first.dashed
    assert second.dashed
    assert (third.color, fourth.color) == (LIGHT.positive, LIGHT.line)
    assert "the thickest: |weight| = 0.5" in drawn.legend
    assert {"weight is inf or nan", "weight > 0", "weight = 0"} <= set(drawn.legend)


def test_weights_that_are_all_zero():
    drawn = read(network_diagram(mlp(2, [2, 1], init="zeros")))
    assert {line.color for line in weights(drawn)} == {LIGHT.line}
    assert not [text for text in drawn.legend if "thickest" in text]


# ---- colours and title

def test_the_colours_are_those_of_the_theme():
    drawn = read(network_diagram(mlp(2, [2, 1]), theme="dark"))
    assert next(drawn.root.iter(f"{SVG}polygon")).get("fill") == DARK.page
    assert {line.color for line in weights(drawn)} == {DARK.positive, DARK.negative}
    assert {unit.fill for unit in drawn.units.values()} == {DARK.panel}


def test_the_title_names_the_model():
    title = network_diagram(mlp(3, [2, 1])).title
    assert title == "The units of MLP(3 → 2 → 1), and the weights between them"


# ---- labels

STRANGE = [
    "<script>alert('x')</script>", 'say "hi"', "C:\\new\\", "\\N \\G \\L \\l \\", "&amp; &#65;", "🙂 漢字",
    "}{|<f0>", "two\nlines", "n" * 10_000,
]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names_mean_themselves(name):
    drawn = read(network_diagram(network([("x", name), (name, "o")])))
    one_line = name.replace("\n", " ")
    shown = drawn.units["u1_0"]
    assert shown.name == (one_line if len(one_line) <= 12 else one_line[:11] + "…")
    if len(one_line) <= 24:
        assert shown.tooltip.startswith(f"{one_line}: sigmoid, bias ")
        assert tooltip_of(drawn, f"w(x→{one_line}), weight ")
    assert {x.tag.removeprefix(SVG) for x in drawn.root.iter()} <= {
        "svg", "title", "style", "g", "polygon", "a", "path", "text", "ellipse",
    }


@settings(max_examples=40, deadline=None)
@example("\\\\N'\\", "\0")
@given(st.text(min_size=1), st.text())
def test_any_names_make_a_well_formed_diagram(name, label):
    net = network([("x" + name, name), (name, "o" + name)])
    net.w["x" + name, name].label = label
    net.name = label
    assert len(read(network_diagram(net)).units) == 3


def test_the_names_of_a_model_and_of_a_custom_activation_are_safe():
    model = nn.Neuron(2, lambda x: x, rng=random.Random(1))
    model.name = "<b>" * 1000
    [_, [heading]] = read(network_diagram(model)).headings
    assert heading.startswith("<b><b>")
    assert heading.endswith("<b> · <lambda> · 1")
    assert len(heading) < 60


# ---- errors

def test_attributes_that_only_graph_pictures_have_are_named_in_the_errors(tmp_path):
    drawn = network_diagram(mlp(2, [1]))
    for name in ("tree", "table", "mermaid"):
        with pytest.raises(AttributeError, match=rf"no \.{name}: draw\(model\(x\)\)\.{name} is"):
            getattr(drawn, name)
    with pytest.raises(AttributeError, match="'Diagram' object has no attribute 'trees'"):
        _ = drawn.trees
    for suffix in ("mmd", "txt"):
        with pytest.raises(ValueError, match=r"\.dot is expected.*; as text .* draw\(model\(x\)\)"):
            drawn.save(tmp_path / f"x.{suffix}")
    assert not list(tmp_path.iterdir())


def test_bad_arguments():
    model = mlp(2, [1])
    with pytest.raises(ValueError, match="color is 'weight' or 'gradient', got 'value'"):
        network_diagram(model, color="value")
    with pytest.raises(ValueError, match="'blue'"):
        network_diagram(model, theme="blue")
    with pytest.raises(ValueError, match="most: an integer of 1"):
        network_diagram(model, most=0)
    with pytest.raises(TypeError, match="digits: an integer"):
        network_diagram(model, digits=2.5)
