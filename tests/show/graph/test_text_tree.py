"""A graph as a tree of text."""
import re

from hypothesis import given, settings, strategies as st
from references.show.folded import network, scoped_graphs
from references.show.pictures import example_a, example_a_after_backward, random_graph

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph import text_tree


def test_the_tree_of_worked_example_a():
    assert draw(example_a_after_backward()).tree == """\
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
    assert len(shown) == len(drawn.scene.boxes)
