"""The names, numbers and formulas in an explanation."""
from __future__ import annotations

from autograd_tiny import Value
from autograd_tiny.show.explanation.explanation import explain
from references.worked_examples import labelled


def test_values_without_labels_get_names() -> None:
    x, y = Value(2.0), Value(3.0)
    text = str(explain((x * y).exp() * y, x))
    assert text.startswith("∂v3/∂x = 3631: one path leads from v3 to x")
    assert "v1 = x·3 = 6" in text
    assert "∂v1/∂x1 = " in str(explain(labelled(y, "x") * x, x))


def test_a_number_that_rounds_to_an_integer_is_approximately_equal() -> None:
    x = Value(7.667, "x")
    text = str(explain(labelled((x * 1.0).tanh().exp(), "f"), x))
    assert "v2 = tanh(v1) ≈ 1\n" in text and "v1 = x·1 = 7.667\n" in text
    noise = labelled(Value(0.1, "z") * 3.0, "y")
    assert "y = z·3 = 0.3\n" in str(explain(noise, noise.operands[0]))
    for number, said in [(1e5 + 0.3, "100000"), (3.0000000000000004, "3"), (2.0, "2"), (1e-9, "1e−09")]:
        z = Value(number, "z")
        assert f"y = |z| = {said}\n" in str(explain(labelled(abs(z), "y"), z))


def test_a_label_that_looks_like_a_number_has_brackets() -> None:
    p, q = Value(2.0, "1"), Value(3.0, "-1")
    text = str(explain(labelled(p * q, "f"), p))
    assert "∂f/∂(1) = (-1) = 3   f = (1)·(-1) = 6" in text
