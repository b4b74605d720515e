"""Formulas of notebooks as MathML: tools/site/mathematics.py."""
import importlib
import re
from pathlib import Path

import pytest
from references.optional import missing

pytestmark = pytest.mark.site


@pytest.fixture
def mathematics(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "tools" / "site"))
    try:
        return importlib.import_module("mathematics")
    except ImportError:
        missing("latex2mathml is not installed: pip install '.[docs]'")


def test_a_minus_behind_an_operator_is_a_sign_and_between_numbers_a_subtraction(mathematics):
    assert '<mo>=</mo><mo form="prefix">−</mo><mn>1</mn>' in mathematics.mathml("a = -1")
    assert "prefix" not in mathematics.mathml("(a) - 1") + mathematics.mathml("1 - h")


def test_a_long_formula_can_be_broken_before_its_relations_but_not_inside_of_brackets(mathematics):
    parts = mathematics.mathml("g\\,(1 + \\mu + \\mu^2 + \\dots) = g/(1 - \\mu) = 0.123456789").split("<wbr>")
    assert [re.sub("<[^>]*>", "", part)[0] for part in parts] == ["g", "=", "="]
    assert all(part.startswith("<math") and part.endswith("</math>") for part in parts)


def test_code_and_prices_are_no_formulas_and_a_comma_stays_with_its_formula(mathematics):
    assert mathematics.with_mathml("`$a$` costs 5$ and US$") == "`$a$` costs 5$ and US$"
    assert re.search('<span class="unbroken"><math.*</math>,</span> b', mathematics.with_mathml("$a$, b"))


def test_equations_stand_below_each_other(mathematics):
    html = mathematics.with_mathml("$$\n\\begin{aligned}\na &= 1 \\\\\nb &= 2\n\\end{aligned}\n$$")
    assert html.count("<mtr>") == 2 and html.count("<mtd") >= 4 and "\\" not in html and "&" not in html


SPACE = '<mspace width="0.167em" />'


@pytest.mark.parametrize(
    ("tex", "spaced"),
    [
        ("\\ln p", f"<mi>ln</mi>{SPACE}<mi>p</mi>"),
        ("2 \\sin 4x", f"<mn>2</mn>{SPACE}<mi>sin</mi>{SPACE}<mn>4</mn><mi>x</mi>"),
        ("\\tanh^2 x", f"<msup><mi>tanh</mi><mn>2</mn></msup>{SPACE}<mi>x</mi>"),
        ("\\ln \\frac12", f"<mi>ln</mi>{SPACE}<mfrac>"),
        ("(p) \\ln p", f"<mo stretchy=\"false\">)</mo>{SPACE}<mi>ln</mi>{SPACE}<mi>p</mi>"),
    ],
)
def test_the_name_of_a_function_stands_apart_from_what_it_is_applied_to(mathematics, tex, spaced):
    assert spaced in mathematics.mathml(tex)


@pytest.mark.parametrize("tex", ["\\tanh(x)", "\\max(0, z)", "\\exp\\left(x\\right)", "1 - \\tanh", "2x", "\\ln = 1"])
def test_brackets_and_signs_follow_the_name_of_a_function_without_more_space(mathematics, tex):
    assert "mspace" not in mathematics.mathml(tex)


def test_derivatives_and_infinity_are_letters_and_slashes_have_no_space(mathematics):
    html = mathematics.mathml("\\partial f/\\partial x = -\\infty")
    slash = '<mo lspace="0" rspace="0">/</mo>'
    assert f"<mi>∂</mi><mi>f</mi>{slash}<mi>∂</mi><mi>x</mi>" in html and "<mi>∞</mi>" in html
