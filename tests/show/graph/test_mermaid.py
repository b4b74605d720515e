"""A graph as a flowchart for Mermaid."""
import re

import pytest
from hypothesis import given, settings, strategies as st
from references.show.folded import network, scoped_graphs
from references.show.pictures import example_a_after_backward, labels_in_mermaid

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.draw import draw


def test_mermaid_of_worked_example_a():
    assert draw(example_a_after_backward()).mermaid == """\
flowchart LR
    n0["a<br>−1<br>∂ 7"]
    n1["b<br>3<br>∂ 9"]
    n2["x = a #43; b<br>2<br>∂ 7"]
    op2(("+"))
    n3["c<br>4<br>∂ 2"]
    n4["y = b #43; c<br>7<br>∂ 2"]
    op4(("+"))
    n5["f = x·y<br>14<br>∂ 1"]
    op5(("×"))
    n0 -->|"1"| op2
    n1 -->|"1"| op2
    op2 --> n2
    n1 -->|"1"| op4
    n3 -->|"1"| op4
    op4 --> n4
    n2 -->|"7"| op5
    n4 -->|"2"| op5
    op5 --> n5
"""


def test_mermaid_of_constants_and_an_operand_twice():
    a = Value(3.0, "a")
    lines = draw(a * a + 2.0, rankdir="TB").mermaid.splitlines()
    assert lines[0] == "flowchart TB"
    assert [line.strip() for line in lines].count('n0 -->|"3"| op1') == 2
    assert '    c2_1("2")' in lines and "    c2_1 --> op2" in lines


def test_folded_modules_in_mermaid():
    loss, _ = network()
    source = draw(loss, depth=2).mermaid
    assert source.count("subgraph") == source.count("    end\n") == 1
    assert {lines[0] for name, lines in labels_in_mermaid(source).items() if name[0] == "m"} == {
        "layer1", "layer2", "layer3"
    }
    assert source.count('-->|"4 values"|') == 2
    nested = draw(loss, fold="mlp.layer1.neuron1").mermaid
    assert nested.count("subgraph") == nested.count("end\n") == 1 + 3 + 8
    many = draw(network((1,), nin=9)[0], depth=1).mermaid
    assert 'i0["9 inputs' in many and 'i0 -->|"9 values"| m0' in many


@settings(max_examples=50, deadline=None)
@given(scoped_graphs(), st.sampled_from([None, 1, 2]))
def test_mermaid_has_a_node_for_each_box_and_edges_between_them(root, depth):
    drawn = draw(root, depth=depth)
    known = labels_in_mermaid(drawn.mermaid)
    assert sum(name[0] in "nmi" for name in known) == len(drawn.scene.boxes)
    for line in drawn.mermaid.splitlines():
        if "-->" in line:
            tail, head = re.fullmatch(r' *(\w+) -->(?:\|"[^"|]*"\|)? (\w+)', line).groups()
            assert tail in known and head in known


def chain(edges):
    """A computation with so many edges in its flowchart."""
    value = Value(1.0, "x")
    for _ in range(edges // 2):
        value = value.sin()                                # an edge to the operation, and one from there
    return value


def test_a_flowchart_that_mermaid_refuses_comes_with_a_warning(tmp_path):
    assert draw(chain(500)).mermaid.count("-->") == 500
    large = draw(chain(502), max_nodes=1000)
    with pytest.warns(UserWarning, match=r"up to 500 edges and 50,000 characters, and this one has 502 and .*: draw a"):
        assert large.mermaid.count("-->") == 502
    with pytest.warns(UserWarning, match="Mermaid draws"):
        large.save(tmp_path / "f.mmd")
    assert (tmp_path / "f.mmd").read_text(encoding="utf-8").count("-->") == 502
    loss, _ = network((16, 16, 1), nin=2)
    with pytest.warns(UserWarning, match=r"fold its modules with depth=1 \(\d+ boxes\) or depth=2 \(\d+ boxes\).* or"):
        _ = draw(loss, max_nodes=2000).mermaid
    assert "flowchart" in draw(loss, depth=2).mermaid
    long = chain(498)
    for k, value in enumerate(at.topological_order(long)):
        value.label = "[" * 32 + str(k)                     # each becomes five characters
    with pytest.warns(UserWarning, match=r"this one has 498 and 1?\d\d,\d\d\d"):
        _ = draw(long).mermaid


def test_modules_in_modules_in_modules_do_not_fill_a_file_with_blanks():
    f = Value(1.0, "x").exp()
    with at.scope(".".join(f"s{i}" for i in range(200))):
        f = f.sin()
    with at.scope("last"):
        f = f.cos()
    lines = draw(f, fold="last").mermaid.splitlines()
    assert sum("subgraph" in line for line in lines) == 200
    assert max(len(line) - len(line.lstrip()) for line in lines) <= 60
