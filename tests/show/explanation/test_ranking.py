"""Rankings of the leaves by their influence on an output."""
from __future__ import annotations

import pytest

from autograd_tiny import Value, gradients
from autograd_tiny.show.explanation.explanation import explain
from autograd_tiny.show.explanation.ranking import Ranking
from references.worked_examples import example_a, example_b, labelled


def test_a_ranking_of_leaves() -> None:
    v = example_a()
    assert str(explain(v["f"])) == """\
What f = 14 depends on, by |∂f/∂leaf|:
  leaf   value   gradient   gradient·value   paths   share
  b          3          9               27       2   50.0%   |██████████          |
  a         −1          7               −7       1   38.9%   |████████            |
  c          4          2                8       1   11.1%   |██                  |"""


def test_a_ranking_names_the_leaves_that_it_leaves_out() -> None:
    a, b, c = Value(1.0, "a"), Value(2.0), Value(3.0, requires_grad=False)
    late = Value(4.0, "late", requires_grad=False)
    f = labelled(a * 2.0 + b * -5.0 + c + late, "f")
    late.requires_grad = True
    found = explain(f, most=1)
    assert isinstance(found, Ranking)
    assert (found.others, found.constant, found.unreached) == (1, 1, [late])
    [first] = found.leaves
    assert (first.leaf, first.name, first.gradient, first.paths) == (b, "leaf 2", -5.0, 1)
    assert first.share == pytest.approx(5 / 7)
    assert " ".join(str(found).split()).endswith(
        "1 more leaf, with gradients up to 2. Left out, since requires_grad=False: 1 leaf. "
        "No path leads to late: gradient 0."
    )


def test_a_ranking_of_a_network() -> None:
    v = example_b()
    found = explain(v["E"], most=3)
    assert isinstance(found, Ranking)
    assert [each.name for each in found.leaves] == ["b2", "w5", "w7"]
    every = explain(v["E"], most=100)
    assert isinstance(every, Ranking)
    assert sum(each.share for each in every.leaves) == pytest.approx(1.0)
    assert {each.name: each.gradient for each in every.leaves}["w6"] == gradients(v["E"], v["w6"])
    assert {each.name: each.paths for each in every.leaves}["b1"] == 4
    assert all(len(line) <= 100 for line in str(every).splitlines())


def test_counts_of_paths_in_a_ranking_are_exact_or_powers_of_ten() -> None:
    x = Value(0.0, "x")
    f = x
    for i in range(50):
        f = f + f
        if i == 48:
            assert " 562,949,953,421,312 " in str(explain(f))
    assert " 1.126·10^15 " in str(explain(f))
