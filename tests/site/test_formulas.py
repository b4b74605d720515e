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
        missing("latex2mathml is not installed: pip install 'autograd_tiny[docs]'")


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
