"""A picture in words: as a tree, as a table, and for Mermaid."""
import html
import math
import random
import re

import pytest
from hypothesis import example, given, settings, strategies as st
from references.pictures import STRANGE, example_a, random_graph
from references.folded import network, scoped_graphs

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph import table as text_table, text_tree
from autograd_tiny.show.names import readable

ENTITY = re.compile(r"#(\d+);")
LINE = re.compile(
    r' *(\w+[\[(]+"[^"\[\](){}|`\\]*"[\])]+|\w+ -->(\|"[^"|]*"\|)? \w+|subgraph \w+\["[^"]*"\]|end)'
)


def worked_example_a():
    f, _ = example_a()
    f.backward()
    return f


def said_by_mermaid(source):
    """The labels of its boxes, read back as a browser would show them."""
    labels = re.findall(r'^ *(n\d+|m\d+|i\d+|op\d+|c\w+)[\[(]+"(.*)"[\])]+$', source, re.M)
    return {name: ENTITY.sub(lambda x: chr(int(x[1])), label).split("<br>") for name, label in labels}


# ---- the tree

def test_the_tree_of_worked_example_a():
    assert draw(worked_example_a()).tree == """\
f = x·y   14   ∂ 1
├── x = a + b   2   ∂ 7
│   ├── a   −1   ∂ 7
│   └── b   3   ∂ 9
└── y = b + c   7   ∂ 2
    ├── ↑ b
    └── c   4   ∂ 2"""


def test_before_backward_the_tree_has_dashes():
    f, _ = example_a()
    assert draw(f).tree.splitlines()[0] == "f = x·y   14   ∂ —"


def test_plain_numbers_are_in_the_tree_where_no_formula_names_them():
    a = Value(3.0, "a")
    assert draw(at.sum([a, 2.0]) * 4.0).tree == (
        "v2 = v1·4   20   ∂ —\n└── v1 = a + 2   5   ∂ —\n    └── a   3   ∂ —"
    )
    assert draw(at.sum([a, 1.0, 2.0, 5.0, 6.0])).tree == (
        "v1 = a + 1 + 2 + … + 6   17   ∂ —\n├── a   3   ∂ —\n├── 1\n├── 2\n├── 5\n└── 6"
    )
    long = Value(1.0, "a label that leaves no room for it")
    assert draw(at.sum([long, 2.0])).tree.endswith("└── 2")


def test_modules_in_modules_in_modules_do_not_fill_a_file_with_blanks():
    f = Value(1.0, "x").exp()
    with at.scope(".".join(f"s{i}" for i in range(200))):
        f = f.sin()
    with at.scope("last"):
        f = f.cos()
    lines = draw(f, fold="last").mermaid.splitlines()
    assert sum("subgraph" in line for line in lines) == 200
    assert max(len(line) - len(line.lstrip()) for line in lines) <= 60


def test_several_roots_are_several_trees():
    a = Value(3.0, "a")
    assert draw([a * 2.0, a + 1.0]).tree == (
        "v1 = a·2   6   ∂ —\n└── a   3   ∂ —\nv2 = a + 1   4   ∂ —\n└── ↑ a"
    )


def test_a_folded_module_is_one_line_of_the_tree():
    loss, _ = network()
    lines = draw(loss, depth=2).tree.splitlines()
    assert [line.strip("│├└─ ").split("   ")[0] for line in lines] == [
        "loss = v18²", "v18 = v17 − 0.5", "layer3", "layer2", "layer1", "x0,0", "x0,1"
    ]
    assert "12 parameters, 8 operations" in lines[4]


def test_a_large_tree_is_cut_and_says_how_much():
    f = random_graph(900)
    drawn = draw(f, max_nodes=1000)
    *lines, last = drawn.tree.splitlines()
    assert len(lines) == text_tree.MOST_LINES
    shown = sum("↑" not in line for line in lines)
    assert last == f'… {len(at.topological_order(f)) - shown:,} more: save("….txt") writes all'


def test_a_deep_graph_has_a_tree():
    v = Value(0.5)
    for _ in range(5000):
        v = v.sin()
    drawn = draw(v, max_nodes=6000)
    lines = drawn.tree.splitlines()
    assert len(lines) == text_tree.MOST_LINES + 1 and lines[-1].startswith("… 4,804 more")
    whole = text_tree.tree(drawn.scene).splitlines()
    again = [line.strip("└─ ↓").split(" ")[0] for line in whole if "↓" in line]
    assert max(map(len, whole)) < 300
    assert again == [line.split(" ")[0] for line in whole[1:] if not line.startswith(" ") and "─" not in line]
    assert len(whole) == 5001 + len(again)


@settings(max_examples=50, deadline=None)
@given(scoped_graphs(), st.sampled_from([None, 1, 2]))
def test_the_tree_shows_everything_once(root, depth):
    drawn = draw(root, depth=depth)
    lines = [line.lstrip("│├└─ ") for line in drawn.tree.splitlines()]
    constants = re.compile(r"−?[\d.]+")
    shown = [line for line in lines if not line.startswith("↑") and not constants.fullmatch(line)]
    assert len(shown) == len(drawn.scene.things)


# ---- the table

def test_the_table_of_worked_example_a():
    assert str(draw(worked_example_a()).table) == """\
name  formula  value  local gradients       gradient  scope
a                 −1                               7
b                  3                               9
x     a + b        2  ∂x/∂a = 1, ∂x/∂b = 1         7
c                  4                               2
y     b + c        7  ∂y/∂b = 1, ∂y/∂c = 1         2
f     x·y         14  ∂f/∂x = 7, ∂f/∂y = 2         1"""


def test_the_rows_of_a_table_hold_the_numbers():
    loss, model = network()
    table = draw(loss, depth=1).table
    assert len(table) == len(table.rows) == len(at.topological_order(loss))
    for row, value in zip(table.rows, at.topological_order(loss), strict=True):
        assert (row.value, row.gradient) == (value.data, value.grad)
        if value.scope:
            assert row.scope == value.scope
        assert [slope for _, slope in row.local_gradients] == [
            slope for x, slope in zip(value.operands, value.local_grads, strict=True) if isinstance(x, Value)
        ]
    assert {row.name for row in table.rows} >= {p.label for p in model.parameters()}
    assert repr(table) == f"<Table: {len(table)} nodes>"


def test_the_table_names_the_module_of_a_parameter():
    loss, _ = network()
    scopes = {row.name: row.scope for row in draw(loss).table.rows}
    assert scopes["layer2.neuron3.w[1]"] == "mlp.layer2.neuron3"
    assert scopes["x0,0"] == scopes["loss"] == ""


def test_the_table_tells_the_uses_of_a_value_in_one_operation_apart():
    a = Value(3.0, "a")
    f = a * a
    f.backward()
    assert "∂₁v1/∂a = 3, ∂₂v1/∂a = 3" in str(draw(f).table)


def test_a_table_without_backward_has_no_gradients():
    f, _ = example_a()
    table = draw(f).table
    assert {row.gradient for row in table.rows} == {None}
    assert str(table).splitlines()[1].endswith("—")


def test_a_table_prints_every_node_and_a_page_says_how_many_it_leaves_out(monkeypatch):
    f = random_graph(400)
    table = draw(f).table
    size = len(at.topological_order(f))
    assert len(table.rows) == len(str(table).splitlines()) - 1 == size
    assert table._repr_html_().count("<tr>") == size + 1 and "<p>" not in table._repr_html_()
    assert "overflow: auto" in table._repr_html_()
    monkeypatch.setattr(text_table, "MOST_ROWS", 200)
    assert f"<p>… {size - 200:,} more: print(picture.table) shows all</p>" in table._repr_html_()
    assert table._repr_html_().count("<tr>") == 201


def test_many_local_gradients_are_cut():
    xs = [Value(float(i), f"input_{i}") for i in range(60)]
    *_, last = str(draw(at.sum(xs)).table).splitlines()
    assert "more" in last and len(last) < 140


def test_a_picture_stays_as_it_was_made():
    f, _ = example_a()
    drawn = draw(f)
    f.backward()
    f.data = 99.0
    assert "∂ —" in drawn.tree and "99" not in drawn.tree
    assert {row.gradient for row in drawn.table.rows} == {None}


# ---- Mermaid

def test_mermaid_of_worked_example_a():
    assert draw(worked_example_a()).mermaid == """\
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
    assert {lines[0] for name, lines in said_by_mermaid(source).items() if name[0] == "m"} == {
        "layer1", "layer2", "layer3"
    }
    assert source.count('-->|"4 values"|') == 2
    nested = draw(loss, fold="mlp.layer1.neuron1").mermaid
    assert nested.count("subgraph") == nested.count("end\n") == 1 + 3 + 8
    many = draw(network((1,), nin=9)[0], depth=1).mermaid
    assert 'i0["9 inputs' in many and 'i0 -->|"9 values"| m0' in many


@settings(max_examples=50, deadline=None)
@given(scoped_graphs(), st.sampled_from([None, 1, 2]))
def test_mermaid_has_a_box_for_each_thing_and_edges_between_them(root, depth):
    drawn = draw(root, depth=depth)
    known = said_by_mermaid(drawn.mermaid)
    assert sum(name[0] in "nmi" for name in known) == len(drawn.scene.things)
    for line in drawn.mermaid.splitlines():
        if "-->" in line:
            tail, head = re.fullmatch(r' *(\w+) -->(?:\|"[^"|]*"\|)? (\w+)', line).groups()
            assert tail in known and head in known


# ---- labels

@pytest.mark.parametrize("label, shown", STRANGE.items())
def test_strange_labels_mean_themselves(label, shown):
    f = Value(2.0, label).exp()
    drawn = draw(f)
    assert said_by_mermaid(drawn.mermaid)["n0"][0] == shown
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
    for wish in ({}, {"depth": 1}):
        drawn = draw(f, **wish)
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
    drawn = draw(worked_example_a())
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


def test_numbers_that_are_not_finite():
    drawn = draw(Value(math.inf, "a") * Value(math.nan, "b"))
    assert "a   inf" in drawn.tree and "b   nan" in drawn.tree
    assert readable(-math.inf, 4) == "−inf"
    model = nn.MLP(1, [5], rng=random.Random(1))
    outputs = model([Value(math.nan, "x")])
    assert "nan" in draw(outputs, depth=1).tree
