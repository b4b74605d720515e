"""The arguments of pictures of graphs, and graphs that are too large for one."""
import random

import pytest
from references.show.folded import network
from references.show.pictures import boxes, random_graph

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.show.draw import draw


def test_a_graph_too_large_names_the_ways_out():
    values = [Value(i) for i in range(30)]
    with pytest.raises(ValueError, match=r"31 values and constants.*max_nodes=31"):
        draw(at.sum(values), max_nodes=30)
    with pytest.raises(ValueError, match=r"\.tree, \.table and \.mermaid need no layout"):
        draw(at.sum(values), max_nodes=30)
    with pytest.raises(ValueError, match="max_nodes=501"):
        draw(at.sum([values[0], *range(499)]))
    assert len(boxes(draw(at.sum(values), max_nodes=31))) == 31


def test_a_graph_too_large_proposes_depths():
    loss, _ = network((16, 16, 1))
    with pytest.raises(ValueError, match=r"4\d\d values.*depth=1 \(7 boxes\) or depth=2 \(9 boxes\), draw"):
        draw(loss, max_nodes=30)
    assert draw(loss, max_nodes=7, depth=1)
    outputs = nn.MLP(16, [16, 16], rng=random.Random(1))([1.0] * 16)
    with pytest.raises(ValueError, match=r"depth=1 \(1 box\) or depth=2 \(2 boxes\)"):
        draw(outputs, max_nodes=30)
    with pytest.raises(ValueError, match="draw a part") as caught:
        draw(random_graph(60), max_nodes=30)
    assert "depth" not in str(caught.value)


def test_bad_arguments():
    with pytest.raises(ValueError, match="at least one Value"):
        draw([])
    with pytest.raises(ValueError, match="'left'"):
        draw(Value(1.0), rankdir="left")
    for name in ("digits", "depth", "max_nodes"):
        with pytest.raises(ValueError, match=f"{name}: an integer of 1 or more is expected, got 0"):
            draw(Value(1.0), **{name: 0})
        for wrong, named in ((2.5, "float 2.5"), ("3", "str '3'"), (True, "bool True")):
            with pytest.raises(TypeError, match=f"{name}: an integer is expected, got {named}"):
                draw(Value(1.0), **{name: wrong})


def test_bad_colours_and_themes():
    with pytest.raises(ValueError, match="color is 'value', 'gradient' or None, got 'size'"):
        draw(Value(1.0), color="size")
    with pytest.raises(ValueError, match="theme is 'auto', 'light' or 'dark', got 'blue'"):
        draw(Value(1.0), theme="blue")
