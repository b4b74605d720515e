"""Unnamed arithmetic becomes part of the factor around it where no other path leads through it."""
from __future__ import annotations

import re

from autograd_tiny import Value
from autograd_tiny.show.explanation.explanation import explain
from references.show.explanations import explained
from references.worked_examples import labelled


def test_arithmetic_is_not_inlined_where_two_paths_connect_its_ends() -> None:
    x = Value(3.0, "x")
    found = explained(labelled(2.0 * x + x**2, "f"), x)
    formulas = [[each.formula.text for each in path.factors] for path in found.paths]
    assert formulas == [["1", "2·x"], ["1", "2"]]
    y = labelled(x * 1.0, "y")
    found = explained(labelled(5.0 - 2.0 * y * 3.0, "f"), x)
    assert [each.formula.text for each in found.paths[0].factors] == ["−6", "1"]


def test_arithmetic_at_a_branch_is_not_inlined() -> None:
    x = Value(3.0, "x")
    branch = x + 1.0
    text = str(explain(labelled(branch * branch, "f"), x))
    assert "  f → v1 → x   ∂₁f/∂v1 · ∂v1/∂x   = v1 · 1   = 4 · 1   = 4\n" in re.sub(" {4,}", "   ", text)
    assert "v1 = x + 1 = 4" in text


def test_arithmetic_is_not_inlined_where_looking_for_other_paths_would_take_long() -> None:
    x, other = Value(3.0, "x"), Value(0.1)
    near, far = explained(x * 2.0 * 3.0 + other.sin(), x), other
    for _ in range(3000):
        far = far.sin()
    assert len(near.paths[0].factors) == 1
    assert len(explained(x * 2.0 * 3.0 + far, x).paths[0].factors) == 3
