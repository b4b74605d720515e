"""The picture of a graph as text: it needs no layout, and keeps the numbers of draw()."""
import html
import re

import pytest
from hypothesis import example, given, settings, strategies as st
from references.show.folded import network
from references.show.pictures import STRANGE, example_a, example_a_after_backward, labels_in_mermaid, random_graph

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph import graph_picture

LINE = re.compile(
    r' *(\w+[\[(]+"[^"\[\](){}|`\\]*"[\])]+|\w+ -->(\|"[^"|]*"\|)? \w+|subgraph \w+\["[^"]*"\]|end)'
)


# ---- without a layout

@pytest.mark.parametrize("options", [{}, {"depth": 1}, {"highlight": "gradients", "color": "value"}])
def test_text_needs_no_dot_source(options, monkeypatch, tmp_path):
    monkeypatch.setattr(graph_picture, "dot_source", lambda *_: pytest.fail("the dot source was written"))
    loss, _ = network()
    drawn = draw(loss, **options)
    assert drawn.tree.startswith("loss") and len(drawn.table) == len(at.topological_order(loss))
    assert drawn.mermaid.startswith("flowchart")
    drawn.save(tmp_path / "f.txt")
    drawn.save(tmp_path / "f.mmd")
    assert repr(drawn) == "<Picture: The computation of loss>"


def test_the_dot_source_is_written_once(monkeypatch):
    calls = []
    monkeypatch.setattr(graph_picture, "dot_source", lambda *_, **__: calls.append(1) or "digraph {}")
    drawn = draw(example_a()[0])
    assert not calls
    assert [drawn.source, drawn.source] == ["digraph {}"] * 2 and len(calls) == 1


def test_bad_arguments_are_refused_by_draw_itself():
    f, _ = example_a()
    for bad in ({"color": "size"}, {"theme": "blue"}, {"rankdir": "left"}, {"highlight": "largest"}, {"fold": "mlp"}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            draw(f, **bad)


# ---- the numbers of draw()

def test_a_picture_stays_as_it_was_made():
    f, _ = example_a()
    drawn = draw(f)
    f.backward()
    f.data = 99.0
    assert "∂ —" in drawn.tree and "99" not in drawn.tree
    assert {row.gradient for row in drawn.table.rows} == {None}


def everything(drawn):
    return drawn.source, drawn.tree, str(drawn.table), drawn.table.rows, drawn.mermaid, drawn.title


def changing_graph():
    """A graph whose formulas, fills and texts depend on much that can change: data, gradients, labels, …"""
    x, y, frozen = Value(2.0), Value(-3.0, "y"), Value(4.0, "frozen", requires_grad=False)
    f = at.where(x > y, x * y, y) + (x - y).relu() + at.maximum(x, y) * frozen + at.prod([x, y, frozen, x, y, x, y])
    f.made_at = "demo.py, line 1: f = …"
    f.backward()
    return f


@pytest.mark.parametrize("options", [{}, {"color": "value"}, {"color": "gradient", "highlight": "gradients"}])
def test_a_picture_shows_all_as_it_was_when_draw_was_called(options):
    f = changing_graph()
    drawn, wanted = draw(f, **options), everything(draw(f, **options))
    for value in at.topological_order(f):
        value.data, value.grad, value.label, value.made_at = -7.5, 99.0, "changed", "elsewhere"
        if not value.operands:
            value.requires_grad = not value.requires_grad
    assert everything(drawn) == wanted


def test_a_folded_picture_shows_all_as_it_was_when_draw_was_called():
    loss, model = network((2, 1), nin=9)
    drawn, wanted = draw(loss, depth=2), everything(draw(loss, depth=2))
    for value in at.topological_order(loss):
        value.data, value.grad, value.label = -7.5, 99.0, "changed"
    for parameter in model.parameters():
        parameter.requires_grad = False
    assert everything(drawn) == wanted


# ---- labels

@pytest.mark.parametrize("label, shown", STRANGE.items())
def test_strange_labels_mean_themselves(label, shown):
    f = Value(2.0, label).exp()
    drawn = draw(f)
    assert labels_in_mermaid(drawn.mermaid)["n0"][0] == shown
    assert f"── {shown}   2" in drawn.tree
    assert drawn.table.rows[0].name == shown
    assert f"<td>{html.escape(shown)}</td>" in drawn.table._repr_html_()
    assert "<script" not in drawn.mermaid + drawn.table._repr_html_()


@settings(max_examples=80, deadline=None)
@example("1. a", "- b")
@example("- a", "1. b")
@given(st.text(), st.text())
def test_any_label_fits_on_its_line(label, name):
    with at.scope(name):
        f = Value(2.0, label) * 3.0
    for options in ({}, {"depth": 1}):
        drawn = draw(f, **options)
        assert len(drawn.tree.splitlines()) <= 3
        for line in drawn.mermaid.splitlines()[1:]:
            assert LINE.fullmatch(line)
            assert set(re.findall("<.*?>", line)) <= {"<br>"}
        page = drawn.table._repr_html_()
        assert "<" not in re.sub("<div style[^>]*>|</?(div|table|tr|th|td)>", "", page)


def test_long_labels_are_cut():
    drawn = draw(Value(1.0, "x" * 10_000).exp())
    assert len(drawn.tree) < 200 and len(drawn.mermaid) < 300 and len(drawn.table._repr_html_()) < 900


# ---- files

def test_save_the_tree_and_the_flowchart(tmp_path):
    drawn = draw(example_a_after_backward())
    drawn.save(tmp_path / "f.txt")
    drawn.save(tmp_path / "f.mmd")
    assert (tmp_path / "f.txt").read_text(encoding="utf-8") == drawn.tree + "\n"
    assert (tmp_path / "f.mmd").read_text(encoding="utf-8") == drawn.mermaid
    large = draw(random_graph(400))
    large.save(tmp_path / "large.txt")
    lines = (tmp_path / "large.txt").read_text(encoding="utf-8").splitlines()
    assert "more" not in lines[-1] and lines[:200] == large.tree.splitlines()[:-1]
    again = [line for line in lines if "↑" in line or "↓" in line]
    assert len(lines) - len(again) == len(at.topological_order(large.scene.roots[0]))
    with pytest.raises(ValueError, match=r"ends in \.svg, \.png, \.pdf, \.dot, \.mmd or \.txt is expected"):
        drawn.save(tmp_path / "f.md")
