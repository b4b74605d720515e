"""The places in a diagram: columns, lines past columns, and room for everything."""
import itertools
import math
import random

import pytest
from references.show.diagrams import MODELS, SVG, XOR, inside, mlp, network, read, tooltip_of, weights

from autograd_tiny import nn
from autograd_tiny.show.network.diagram import network_diagram


# ---- lines past columns

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


# ---- long columns

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
    assert tooltip_of(drawn, "layer1.neuron64.w[783]")


@pytest.mark.parametrize("count, most, shown", [(5, 5, 5), (5, 4, 2), (5, 1, 1), (17, 16, 8), (16, 16, 16)])
def test_most(count, most, shown):
    drawn = read(network_diagram(nn.Neuron(count, rng=random.Random(1)), most=most))
    assert len(drawn.units) == shown + 1


def test_units_that_are_shown_may_have_no_line_between_them():
    net = network([("a", "g"), ("b", "h"), ("b", "o")], inputs=["b", "a"])
    drawn = read(network_diagram(net, most=1))
    assert [unit.name for unit in drawn.units.values()] == ["b", "g"]
    assert weights(drawn) == []


# ---- room

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
def test_the_texts_in_a_unit_fit_into_it(model):
    drawn = read(network_diagram(MODELS[model]()))
    for name, unit in drawn.units.items():
        assert 0.55 * 10 * len(unit.name) < 2 * unit.rx
        if name in drawn.biases:
            assert 0.6 * 8 * len(drawn.biases[name]) + 4 < 2 * unit.rx
