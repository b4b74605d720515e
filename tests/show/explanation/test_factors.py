"""Paths and their factors as explanations show them: long ones, and some that look the same."""
from __future__ import annotations

import re

import pytest

from autograd_tiny import Value, dot, max as largest, maximum, prod
from autograd_tiny.show.explanation.explanation import explain
from references.show.explanations import chain, explained, well_formed
from references.worked_examples import labelled

# ---- long paths

def test_the_middle_of_a_long_chain_is_elided() -> None:
    x = Value(0.5, "x")
    f = x
    for _ in range(30):
        f = f.sin()
    text = str(explain(labelled(f, "f"), x))
    assert "f → v29 → v28 → v27 → v26 → … 22 more … → v3 → v2 → v1 → x\n" in text
    assert "cos(v26) · … 22 more … · cos(v3)" in text
    assert len(explained(f, x).paths[0].factors) == 30
    assert max(map(len, text.splitlines())) <= 100
    assert r"\cdot \underbrace{\cdots}_{22\ \text{more}} \cdot" in explained(f, x).latex
    assert " … 22 more … " in explained(f, x)._repr_html_()


@pytest.mark.parametrize("length", [9, 24])
def test_a_path_of_up_to_24_factors_is_shown_as_a_whole(length: int) -> None:
    found = explained(*chain(length))
    page, latex = well_formed(found._repr_html_()).text, found.latex
    for text in (str(found), page):
        assert "…" not in text
        for i in range(2, length):
            assert f"→ v{i}" in text and text.count(f"∂v{i}/∂v{i - 1}") == 2
            assert f"∂v{i}/∂v{i - 1} = cos(v{i - 1}) = " in text and f"v{i} = sin(v{i - 1}) = " in text
    assert r"\cdots" not in latex and latex.count(r"\cos") == length
    assert max(map(len, str(found).splitlines())) <= 100
    assert max(line.count(r"\cdot ") for line in latex.splitlines()) <= 8


def test_a_path_over_several_lines() -> None:
    text = str(explain(*chain(16)))
    assert """
  f → v15 → v14 → v13 → v12 → v11 → v10 → v9 → v8 → v7 → v6 → v5 → v4 → v3 → v2 → v1 → x
    = ∂f/∂v15 · ∂v15/∂v14 · ∂v14/∂v13 · ∂v13/∂v12 · ∂v12/∂v11 · ∂v11/∂v10 · ∂v10/∂v9 · ∂v9/∂v8
      · ∂v8/∂v7 · ∂v7/∂v6 · ∂v6/∂v5 · ∂v5/∂v4 · ∂v4/∂v3 · ∂v3/∂v2 · ∂v2/∂v1 · ∂v1/∂x
    = cos(v15) · cos(v14) · """ in text


def test_many_long_paths_have_one_line_each() -> None:
    f, x = chain(20)
    g = labelled(f * 2.0 + (f + 1.0).tanh() + f.exp() + 3.0 * f, "g")
    shown = explained(g, x)
    lines = [line for line in str(shown).splitlines() if line.startswith("    = cos") or " · cos" in line]
    assert [len(re.findall(r"… \d+ more …", line)) for line in lines] == [1] * 4
    assert max(map(len, str(shown).splitlines())) <= 100
    hidden = int(re.findall(r"… (\d+) more …", lines[0])[0])
    assert hidden + lines[0].count(" · ") == len(shown.paths[0].factors)
    [whole] = [path for path in shown.paths if path.hidden == 0 and path.product == shown.paths[2].product]
    assert "".join(f"· {each.formula.text} " for each in whole.factors[2:12]) in " ".join(
        well_formed(shown._repr_html_()).text.split()
    )


def test_in_latex_brackets_stand_around_a_negative_product_of_two_lines() -> None:
    x = y = Value(2.0, "x")
    for i in range(9):
        y = labelled(y.cosh(), f"y{i}") if i < 2 else labelled(y.tanh(), f"y{i}")
    latex = explained(labelled(3.0 * x - y, "f"), x).latex
    assert r" + \bigl(-1 \cdot " in latex
    for line in latex.splitlines():
        assert line.count(r"\left") == line.count(r"\right")


def test_elided_factors_keep_the_numbers_of_the_time_of_the_explanation() -> None:
    x, w, rate = Value(0.5, "x"), Value(0.7, "w"), Value(0.25)
    f = x
    for _ in range(12):
        f = (f * (w * rate + 1.0)).sin()
    before = [each.formula.text for each in explained(f, x).paths[0].factors]
    found = explained(f, x)
    rate.data = 3.0
    assert before[11] == "w·0.25 + 1"
    assert [each.formula.text for each in found.paths[0].factors] == before


# ---- paths that look the same

def test_an_operand_in_two_places_makes_two_derivatives() -> None:
    a = Value(3.0, "a")
    b = Value(2.0, "b")
    text = str(explain(labelled(a ** (a * b), "f"), a))
    assert "∂₁" not in text and text.count("f → a ") == 1
    text = str(explain(labelled(a**a, "f"), a))
    assert text.count("  f → a   ") == 2
    assert "∂₂f/∂a = f·log(a) = 29.66 " in text and "∂₁f/∂a = a·a^(a − 1) = 27\n" in text


def test_three_paths_that_look_the_same_are_folded() -> None:
    a, b = Value(3.0, "a"), Value(2.0, "b")
    found = explained(labelled(a * a, "f"), a)
    assert """
  f → a   ∂₁f/∂a   = a   = 3
  f → a   ∂₂f/∂a   = a   = 3
  sum                    = 6

  ∂₁f/∂a = a = 3   f = a·a = 9
  ∂₂f/∂a = a = 3

""" in str(found)
    found = explained(labelled(prod([a, a, a]), "f"), a)
    assert """
  f → a                    ∂₁f/∂a   = a²   = 9
  … and 2 more like this                   = 18
  sum                                      = 27

""" in str(found)
    assert [path.product for path in found.paths] == [9.0, 9.0, 9.0]
    assert found.latex.startswith("\\begin{aligned}\n\\frac{\\partial f}{\\partial a} &= 3 \\cdot \\frac")
    found = explained(labelled(dot([a, a, b], [b, b, a]), "f"), a)
    assert "  … and 2 more like this                  = 4\n" in str(found)
    found = explained(labelled(prod([a] * 12), "f"), a)
    assert "… and 7 more like this                    = 1.24e+06\n  the other 4 paths  " in str(found)


def test_paths_through_different_results_are_not_folded() -> None:
    x = Value(1.0, "x")
    text = str(explain(labelled(x.sin() + x.sin(), "f"), x))
    assert "like this" not in text and "f → v1 → x" in text and "f → v2 → x" in text


def test_paths_that_differ_only_in_the_elided_middle_name_the_factors_there() -> None:
    z = Value(1.0, "z")
    f = z
    for i in range(21):
        f = f * 1.5 + f * 0.5 if i in (8, 12) else f.sin()
    shown = explain(labelled(f, "f"), z)
    middles = re.findall("\n    with (.*) in the middle\n", str(shown))
    assert sorted(middles) == sorted(
        f"{one} · {other}" for one in ("∂v17/∂v15", "∂v17/∂v16") for other in ("∂v11/∂v9", "∂v11/∂v10")
    )
    assert " in the middle" not in well_formed(shown._repr_html_()).text      # nothing is elided there
    for _ in range(4):
        f = f.sin()
    longer = explained(labelled(f, "g"), z)
    assert well_formed(longer._repr_html_()).text.count(" in the middle") == 4


def test_a_path_unlike_all_others_has_no_note_on_its_middle() -> None:
    x = Value(1.0, "x")
    f = x
    for _ in range(20):
        f = f.sin()
    both = labelled(f + x.exp(), "f")
    assert "in the middle" not in str(explain(both, x))


# ---- kinks

def test_a_local_derivative_at_a_kink_has_its_reason() -> None:
    a, b = Value(-1.0, "a"), Value(2.0, "b")
    assert "  ∂r/∂a = 0, since a < 0   r = relu(a) = 0\n" in str(explain(labelled(a.relu(), "r"), a))
    assert "∂r/∂b = 1, since b > a " in str(explain(labelled(maximum(b, a), "r"), b))
    assert "∂r/∂b = 1, since b is the largest " in str(explain(labelled(largest([a, b, -3.0]), "r"), b))
    page = well_formed(explained(labelled(a.relu() * b, "r"), a)._repr_html_()).text
    assert "∂v1/∂a = 0, since a < 0v1 = relu(a) = 0\n" in page
