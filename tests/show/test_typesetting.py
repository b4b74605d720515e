"""Formulas as text and in LaTeX: brackets where they are needed, and labels that cannot be mistaken for LaTeX."""
from __future__ import annotations

import pytest

from autograd_tiny.show.typesetting import (
    Formula, called, comparison, difference, divided, multiplied, name, negated, negation, number, raised, summed,
)

a, b, two = name("a"), name("b"), number(2.0, "2")
minus_a, a_plus_b = negated(a), summed([a, b])


@pytest.mark.parametrize("formula, text, latex", [
    (summed([a, minus_a, two]), "a + (−a) + 2", r"a + \left(-a\right) + 2"),
    (difference(a, a_plus_b), "a − (a + b)", r"a - \left(a + b\right)"),
    (multiplied([minus_a, a_plus_b]), "−a·(a + b)", r"-a \cdot \left(a + b\right)"),
    (divided(a, multiplied([a, b])), "a/(a·b)", r"\frac{a}{a \cdot b}"),
    (divided(minus_a, b), "−a/b", r"-\frac{a}{b}"),
    (raised(a_plus_b, two), "(a + b)²", r"{\left(a + b\right)}^{2}"),
    (raised(raised(a, two), b), "(a²)^b", r"{\left({a}^{2}\right)}^{b}"),
    (negation(minus_a), "−(−a)", r"-\left(-a\right)"),
    (negated(minus_a), "a", "a"),
    (negated(a_plus_b), "−(a + b)", r"-\left(a + b\right)"),
    (comparison(a_plus_b, ">=", two), "a + b >= 2", r"a + b \ge 2"),
    (number(-2.5e-30, "−2.5e−30"), "−2.5e−30", r"-2.5 \cdot 10^{-30}"),
    (called("sqrt", [a_plus_b]), "sqrt(a + b)", r"\sqrt{a + b}"),
    (called("my_function", [a, b]), "my_function(a, b)", r"\operatorname{my\_function}\left(a, b\right)"),
])
def test_brackets_stand_where_the_precedence_asks_for_them(formula: Formula, text: str, latex: str) -> None:
    assert (formula.text, formula.latex) == (text, latex)


@pytest.mark.parametrize("label, latex", [
    ("x", "x"), ("w11", "w_{11}"), ("v₂", "v_{2}"), ("net_h1", r"\mathrm{net\_h1}"), ("o12₃", "o_{12,3}"),
    ("net₂", r"\mathrm{net}_{2}"), ("", r"\mathrm{}"), ("é", r"\mathrm{é}"),
    ("a\\b{c}$%&#~^", r"\mathrm{a{\backslash}b\{c\}\$\%{\&}\#{\sim}{\wedge}}"),
    ("1₄", r"\mathrm{1}_{4}"), ("-1₄", r"\mathrm{\text{-}1}_{4}"),
    ("é₂", r"\mathrm{é}_{2}"), ("12", r"\left(\mathrm{12}\right)"), ("12₃", r"\mathrm{12}_{3}"),
    ("<script>", r"\mathrm{{<}script{>}}"), ("w(x→h)", r"\mathrm{w(x{\to}h)}"),
])
def test_labels_mean_themselves_in_latex(label: str, latex: str) -> None:
    assert name(label).latex == latex
