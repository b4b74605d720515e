"""Graphs as they are written in the language of dot."""
import html
import re

import pytest

from autograd_tiny.show.dot_language import Digraph, escaped
from autograd_tiny.show.layout import lay_out


def test_a_graph_is_written_statement_by_statement():
    graph = Digraph("g", graph_attr={"rankdir": "LR"}, edge_attr={"color": "#808080"})
    part = Digraph("cluster_0", graph_attr={"label": "mlp"})
    part.node("a", "1.0", id="a")
    graph.attr(remincross="false")
    graph.subgraph(part)
    graph.node("b", "<<b>2</b>>")
    graph.edge("a", "b:w", weight="4")
    assert graph.source.replace("\t", "").splitlines() == [
        'digraph "g" {', 'graph [rankdir="LR"]', 'edge [color="#808080"]', 'graph [remincross="false"]',
        'subgraph "cluster_0" {', 'graph [label="mlp"]', '"a" [label="1.0" id="a"]', "}",
        '"b" [label=<<b>2</b>>]', '"a" -> "b":"w" [weight="4"]', "}",
    ]


def test_a_part_is_added_as_it_is_written_so_far():
    graph, part = Digraph(), Digraph("cluster_0")
    graph.subgraph(part)
    part.node("late", "")
    assert "late" not in graph.source


@pytest.mark.parametrize("text", ['a"b', "a\\", "\\\"]; b [label=\"", "<b>x</b>", "<x>", "node", "graph {", "é ∂ 变"])
def test_any_text_is_shown_as_it_is(text):
    graph = Digraph()
    graph.node("n", escaped(text))
    [shown] = re.findall("<text[^>]*>(.*?)</text>", lay_out(graph.source, "svg").decode())
    assert html.unescape(shown) == text


def test_a_quotation_mark_ends_no_string():
    graph = Digraph()
    graph.node('"]; x [label="', "1")
    assert graph.source.count("\n") == 3 and r'"\"]; x [label=\"" [label="1"]' in graph.source


@pytest.mark.parametrize(("text", "written"), [
    ("a\\", r"a\\"), ("a\\\\", r"a\\"), (r"\"]; x [", r"\\\"]; x ["), (r"a\nb\\c", r"a\nb\\c"), ("", ""),
])
def test_a_backslash_lets_no_string_go_on_or_end_early(text, written):
    graph = Digraph()
    graph.node("n", text, id="m")
    assert graph.source == 'digraph "" {\n\t"n" [label="' + written + '" id="m"]\n}\n'
    assert lay_out(graph.source, "svg").count(b'class="node"') == 1
