"""Diagrams of networks: what stands in them, that nothing is in the way of anything, that labels are safe."""
import itertools
import math
import random
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings, strategies as st

from autograd_tiny import nn
from autograd_tiny.show.names import readable
from autograd_tiny.show.network.diagram import network_diagram
from autograd_tiny.show.theme import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"
LINK_TITLE = "{http://www.w3.org/1999/xlink}title"
XOR = [("x", "h1"), ("y", "h1"), ("x", "h2"), ("y", "h2"), ("h1", "o"), ("h2", "o"), ("x", "o")]


def mlp(nin, nouts, **arguments):
    return nn.MLP(nin, nouts, bias_init="uniform", rng=random.Random(1), **arguments)


def network(edges, **arguments):
    return nn.Network(edges, bias_init="uniform", rng=random.Random(1), **arguments)


def full(size):
    """A network in which each unit looks at all before it: every column has one."""
    return network([(f"u{i}", f"u{j}") for i in range(size) for j in range(i + 1, size)])


def read(picture):
    """An SVG read back: units, texts and lines; a line with corners is one entry for each straight part."""
    root = ET.fromstring(picture.svg)
    found = SimpleNamespace(root=root, units={}, biases={}, texts=[], lines=[], legend=[], headings=[])
    for group in root.iter(f"{SVG}g"):
        title = group.findtext(f"{SVG}title")
        link = next(group.iter(f"{SVG}a"), None)
        tooltip = None if link is None else link.get(LINK_TITLE)
        texts = [text.text for text in group.iter(f"{SVG}text")]
        if group.get("class") == "edge":
            path = next(group.iter(f"{SVG}path"))
            numbers = [float(x) for x in re.findall(r"-?[\d.]+", path.get("d"))]
            found.lines.append(SimpleNamespace(
                ends=title.replace(":e", "").replace(":w", "").split("->"), tooltip=tooltip,
                color=path.get("stroke"), width=float(path.get("stroke-width", "1")),
                dashed=path.get("stroke-dasharray") is not None, start=numbers[:2], end=numbers[-2:],
            ))
        elif group.get("class") == "node" and re.match(r"u\d", title):
            ellipse = next(group.iter(f"{SVG}ellipse"))
            cx, cy, rx, ry = (float(ellipse.get(key)) for key in ("cx", "cy", "rx", "ry"))
            name = "".join(text for text in texts if text.strip())
            found.units[title] = SimpleNamespace(
                name=name, tooltip=tooltip, cx=cx, cy=cy, rx=rx, ry=ry, fill=ellipse.get("fill")
            )
        elif group.get("class") == "node" and title.startswith("b"):
            found.biases["u" + title[1:]] = texts[0]
        elif group.get("class") == "node" and title.startswith("legend"):
            found.legend += texts
        elif group.get("class") == "node" and title.startswith("heading"):
            found.headings.append(texts)
        if group.get("class") == "node":
            found.texts += texts
    return found


def weights(drawn):
    """The lines that are weights: those of the legend have no tooltip."""
    return [line for line in drawn.lines if line.tooltip]


def said_of(drawn, beginning):
    """What hovering over a line says."""
    [said] = {line.tooltip for line in weights(drawn) if line.tooltip.startswith(beginning)}
    return said


def inside(line, unit):
    """How far, from 0 at the rim to 1 in the middle, a straight line comes into a unit."""
    (x0, y0), (x1, y1) = (
        ((x - unit.cx) / unit.rx, (y - unit.cy) / unit.ry) for x, y in (line.start, line.end)
    )
    dx, dy = x1 - x0, y1 - y0
    nearest = max(0.0, min(1.0, -(x0 * dx + y0 * dy) / (dx * dx + dy * dy or 1.0)))
    return 1.0 - math.hypot(x0 + nearest * dx, y0 + nearest * dy)


# ---- what stands in a diagram

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


def test_a_layer_and_a_neuron_alone():
    layer = read(network_diagram(nn.Layer(4, 5, "tanh", rng=random.Random(1))))
    assert layer.headings == [["inputs · 4"], ["layer · tanh · 5"]]
    assert len(weights(layer)) == 20
    neuron = read(network_diagram(nn.Neuron(3, rng=random.Random(1))))
    assert neuron.headings == [["inputs · 3"], ["neuron · relu · 1"]]
    assert said_of(neuron, "w[0]").startswith("w[0], weight ")


def test_what_has_no_weights_is_named_in_the_heading_of_what_it_follows():
    rng = random.Random(1)
    model = nn.Sequential(
        nn.Dropout(0.1), nn.Layer(2, 4, "linear", rng=rng), nn.Activation("tanh"),
        nn.MLP(4, [3, 2], rng=rng), nn.softmax,
    )
    assert read(network_diagram(model)).headings == [
        ["inputs · 2", "then Dropout(0.1)"], ["layer2 · linear · 4", "then Activation(tanh)"],
        ["layer4.layer1 · relu · 3"], ["layer4.layer2 · linear · 2", "then softmax"],
    ]


def test_the_units_of_a_network_stand_behind_all_that_they_look_at():
    net = network(XOR, activation="tanh", activations={"o": "linear"})
    drawn = read(network_diagram(net))
    column = {unit.name: round(unit.cx) for unit in drawn.units.values()}
    assert column["x"] == column["y"] < column["h1"] == column["h2"] < column["o"]
    assert drawn.headings == [["inputs · 2"], ["tanh · 2"], ["linear · 1"]]
    assert said_of(drawn, "w(x→o)") == f"w(x→o), weight {net.w['x', 'o'].data!r}, gradient —"
    assert drawn.biases["u2_0"] == readable(net.b["o"].data, 4)


def test_a_line_that_skips_columns_is_joined_at_its_corners():
    lines = weights(read(network_diagram(network(XOR))))
    parts = [line for line in lines if line.tooltip.startswith("w(x→o)")]
    assert len(parts) == 3
    for before, after in itertools.pairwise(parts):
        assert before.end == pytest.approx(after.start, abs=0.1)
        assert before.ends[1] == after.ends[0]


def test_lines_past_a_column_do_not_cross_without_need():
    past = [(f"x{i}", "o") for i in range(4)]
    drawn = read(network_diagram(network([*past, ("x0", "h"), ("h", "o")], inputs=["x0", "x1", "x2", "x3"])))
    heights = [
        line.end[1] for i in range(4) for line in weights(drawn)
        if line.tooltip.startswith(f"w(x{i}→o)") and line.ends[0] == f"u0_{i}"
    ]
    assert len(heights) == 4
    assert heights == sorted(heights)


def test_units_in_the_middle_of_a_long_column_are_left_out():
    drawn = read(network_diagram(mlp(784, [64, 10])))
    assert drawn.headings == [
        ["inputs · 784", "8 of them shown"], ["layer1 · relu · 64", "8 of them shown"],
        ["layer2 · linear · 10"],
    ]
    assert [text for text in drawn.texts if "more" in text] == ["776 more", "56 more"]
    names = [unit.name for unit in drawn.units.values() if unit.name]
    assert names == ["x1", "x2", "x3", "x4", "x781", "x782", "x783", "x784"]
    assert len(weights(drawn)) == 8 * 8 + 8 * 10
    assert said_of(drawn, "layer1.neuron64.w[783]")


@pytest.mark.parametrize("count, most, shown", [(5, 5, 5), (5, 4, 2), (5, 1, 1), (17, 16, 8), (16, 16, 16)])
def test_most(count, most, shown):
    drawn = read(network_diagram(nn.Neuron(count, rng=random.Random(1)), most=most))
    assert len(drawn.units) == shown + 1


def test_units_that_are_shown_may_have_no_line_between_them():
    net = network([("a", "g"), ("b", "h"), ("b", "o")], inputs=["b", "a"])
    drawn = read(network_diagram(net, most=1))
    assert [unit.name for unit in drawn.units.values()] == ["b", "g"]
    assert weights(drawn) == []


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
    assert "no backward pass has come by" in drawn.legend
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


def test_only_what_a_backward_pass_has_reached_has_a_gradient():
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
    assert "no backward pass has come by" not in legend


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


# ---- legible

MODELS = {
    "2-16-16-1": lambda: mlp(2, [16, 16, 1]), "784-64-10": lambda: mlp(784, [64, 10]),
    "xor": lambda: network(XOR), "full": lambda: full(7),
    "neuron": lambda: nn.Neuron(3, rng=random.Random(1)),
    "many past a column": lambda: network(
        [(f"x{i}", f"h{j}") for i in range(5) for j in range(5)]
        + [(f"{a}{i}", "a long name") for a in "xh" for i in range(5)]
    ),
    "long headings": lambda: nn.Sequential(
        nn.Layer(2, 3, "leaky_relu", rng=random.Random(1)), nn.Activation("softplus"), nn.MLP(
            3, [1000, 3], "leaky_relu", "softplus", rng=random.Random(1)
        ), nn.Dropout(0.25),
    ),
    "past a gap": lambda: network(
        [("x", f"h{j}") for j in range(30)] + [(f"h{j}", "o") for j in range(30)] + [("x", "o")]
    ),
}


@pytest.mark.parametrize("model", MODELS)
def test_no_line_runs_through_a_unit(model):
    drawn = read(network_diagram(MODELS[model]()))
    for line in weights(drawn):
        for name, unit in drawn.units.items():
            assert inside(line, unit) < (0.05 if name in line.ends else 0.0), (line.ends, name)


@pytest.mark.parametrize("model", MODELS)
def test_units_are_apart(model):
    units = read(network_diagram(MODELS[model]())).units.values()
    for one, other in itertools.combinations(units, 2):
        assert max(abs(one.cx - other.cx) - 2 * one.rx, abs(one.cy - other.cy) - 2 * one.ry) > 0


@pytest.mark.parametrize("model", MODELS)
def test_everything_is_on_the_page(model):
    drawn = read(network_diagram(MODELS[model]()))
    page = next(drawn.root.iter(f"{SVG}polygon"))
    corners = [tuple(map(float, corner.split(","))) for corner in page.get("points").split()]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    for text in drawn.root.iter(f"{SVG}text"):
        half = 0.3 * len(text.text) * float(text.get("font-size"))
        x, is_middle = float(text.get("x")), text.get("text-anchor") == "middle"
        assert left <= x - half * is_middle
        assert x + half * (2 - is_middle) <= right
        assert top + float(text.get("font-size")) <= float(text.get("y")) <= bottom


@pytest.mark.parametrize("model", MODELS)
def test_headings_are_apart_and_above_everything(model):
    drawn = read(network_diagram(MODELS[model]()))
    highest = min(min(line.start[1], line.end[1]) for line in weights(drawn))
    highest = min([highest, *(unit.cy - unit.ry for unit in drawn.units.values())])
    ends = -math.inf
    for text in drawn.root.iter(f"{SVG}text"):
        if text.text in [headings[-1] for headings in drawn.headings]:
            half = 0.28 * len(text.text) * float(text.get("font-size"))
            assert ends < float(text.get("x")) - half
            assert float(text.get("y")) < highest
            ends = float(text.get("x")) + half


@pytest.mark.parametrize("model", MODELS)
def test_what_stands_in_a_unit_fits_into_it(model):
    drawn = read(network_diagram(MODELS[model]()))
    for name, unit in drawn.units.items():
        assert 0.55 * 10 * len(unit.name) < 2 * unit.rx
        if name in drawn.biases:
            assert 0.6 * 8 * len(drawn.biases[name]) + 4 < 2 * unit.rx


def test_the_colours_are_those_of_the_theme():
    drawn = read(network_diagram(mlp(2, [2, 1]), theme="dark"))
    assert next(drawn.root.iter(f"{SVG}polygon")).get("fill") == DARK.page
    assert {line.color for line in weights(drawn)} == {DARK.positive, DARK.negative}
    assert {unit.fill for unit in drawn.units.values()} == {DARK.panel}


def test_the_title_says_what_it_is():
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
        assert said_of(drawn, f"w(x→{one_line}), weight ")
    assert {x.tag.removeprefix(SVG) for x in drawn.root.iter()} <= {
        "svg", "title", "g", "polygon", "a", "path", "text", "ellipse",
    }


@settings(max_examples=40, deadline=None)
@example("\\\\N'\\", "\0")
@given(st.text(min_size=1), st.text())
def test_any_names_make_a_well_formed_diagram(name, label):
    net = network([("x" + name, name), (name, "o" + name)])
    net.w["x" + name, name].label = label
    net.name = label
    assert len(read(network_diagram(net)).units) == 3


def test_a_name_and_an_activation_of_ones_own_are_safe():
    model = nn.Neuron(2, lambda x: x, rng=random.Random(1))
    model.name = "<b>" * 1000
    [_, [heading]] = read(network_diagram(model)).headings
    assert heading.startswith("<b><b>")
    assert heading.endswith("<b> · <lambda> · 1")
    assert len(heading) < 60


# ---- errors

class Custom(nn.Module):
    def __init__(self):
        self.inside = nn.Layer(2, 2, rng=random.Random(1))

    def forward(self, x):
        return self.inside(x)


class Doubled(nn.MLP):
    def forward(self, x):
        return 2 * super().forward(x)


class Small(nn.MLP):
    def __init__(self):
        super().__init__(2, [3, 1], rng=random.Random(1))


@pytest.mark.parametrize("model, named", [
    (Custom, "Custom"), (lambda: Doubled(2, [1]), "Doubled"), (lambda: nn.Maxout(2, 1), "Maxout"),
    (lambda: nn.Activation("tanh"), "Activation without weights"), (lambda: 3.0, "float 3.0"),
    (nn.Sequential, "Sequential without weights"),
    (lambda: nn.Sequential(nn.Layer(2, 2), Custom()), "layer2, of type Custom,"),
])
def test_a_model_that_has_no_diagram_is_named_with_those_that_have(model, named):
    with pytest.raises(TypeError, match=rf"Neuron, Layer, MLP, Network.*{named}.*none of these.*draw\(\)"):
        network_diagram(model())


def test_a_subclass_that_computes_the_same_is_drawn():
    assert len(read(network_diagram(Small())).units) == 6


def test_what_only_the_picture_of_a_graph_has_is_named(tmp_path):
    drawn = network_diagram(mlp(2, [1]))
    for name in ("tree", "table", "mermaid"):
        with pytest.raises(AttributeError, match=rf"no \.{name}: draw\(model\(x\)\)\.{name} is"):
            getattr(drawn, name)
    with pytest.raises(AttributeError, match="'Diagram' object has no attribute 'trees'"):
        _ = drawn.trees
    for suffix in ("mmd", "txt"):
        with pytest.raises(ValueError, match=r"\.dot is expected.*; in words .* draw\(model\(x\)\)"):
            drawn.save(tmp_path / f"x.{suffix}")
    assert not list(tmp_path.iterdir())


def test_layers_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="layer2 takes 4 inputs, but 3 units are before it"):
        network_diagram(nn.Sequential(nn.Layer(2, 3), nn.Layer(4, 1)))


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
