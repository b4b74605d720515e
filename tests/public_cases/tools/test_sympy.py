"""SymPy: reports about what people type, and about what a terminal can show."""
import io
import sys

import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.expression import ExpressionError, parse


@pytest.mark.parametrize(("number", "text", "way_out"), [
    (21207, "2x+1", "2*x"), (19232, "x(1+x)", "x*(1+x)"), (17541, "sqrt 8x (x-2)", "sqrt(8x)"),
    (1546, "(x+2)(x+5)", "(x+2)*(x+5)"), (1546, "sin x", "sin(x)"), (1546, "3x^2", "3*x"), (21020, "exp(2x)", "2*x"),
])
def test_a_product_without_its_sign_is_answered_with_the_sign(number, text, way_out):
    """There 2x is a syntax error about other code than that of the user; here the message has what to write."""
    with pytest.raises(ExpressionError, match="is written") as said:
        parse(text, x=2.0)
    assert way_out in str(said.value) and "\n" not in str(said.value)


def test_a_formula_is_printed_to_a_terminal_of_few_letters(monkeypatch):
    """10107, 3868: a root, a minus sign or a name outside of ASCII ended in UnicodeEncodeError."""
    x = Value(2.0, "ПРИВЕТ")
    f = at.sqrt(x) - x**2
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    print(at.explain(f, x))
    print(at.draw(f).tree, flush=True)
    shown = stream.buffer.getvalue().decode("ascii")
    assert "sqrt(" in shown and "^2" in shown


def test_a_redirected_text_is_what_the_encoding_allows(monkeypatch):
    """15573: the text depends on the stream, and on nothing else; a pipe of UTF-8 gets all of it."""
    x = Value(2.0, "x")
    f = at.exp(x) * x
    seen = []
    for encoding in ("utf-8", "latin-1", "utf-8"):
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        seen.append(str(at.explain(f, x)))
    assert seen[0] == seen[2] != seen[1] and seen[0].startswith("∂") and seen[1].startswith("d")
