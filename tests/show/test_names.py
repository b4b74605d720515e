"""The names of Values in pictures and explanations, and how numbers are written."""
import math

import pytest
from hypothesis import given, strategies as st
from references.show.pictures import boxes

from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.show.names import names_of, readable


def test_results_without_a_label_get_names_that_are_free():
    a = Value(2.0, "v1")
    b = a + 1
    c = b * b
    assert list(names_of([a, b, c]).values()) == ["v1", "v2", "v3"]
    assert [lines[0] for lines in boxes(draw(c))] == ["v1", "v2 = v1 + 1", "v3 = v2·v2"]


def test_values_of_one_label_are_told_apart():
    a, other = Value(2.0, "a"), Value(3.0, "a")
    assert [box[0] for box in boxes(draw(a * other))] == ["a", "a₂", "v1 = a·a₂"]


def test_a_long_label_keeps_its_beginning_and_end():
    label = "mlp" + ".layer" * 2000 + ".w[12]"
    shown = boxes(draw(Value(1.0, label)))[0][0]
    assert len(shown) < 40
    assert shown.startswith("mlp")
    assert shown.endswith(".w[12]")


@pytest.mark.parametrize("x, text", [
    (14.0, "14"), (-0.0, "0"), (1.2e-5, "1.2e−05"), (math.nan, "nan"), (math.inf, "inf"), (-math.inf, "−inf"),
    (645.5773, "645.6"), (24704.1, "24704"), (1 / 3, "0.3333"),
])
def test_readable_numbers(x, text):
    assert readable(x, 4) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 12))
def test_numbers_are_rounded_to_the_digits_asked_for(x, digits):
    shown = float(readable(x, digits).replace("−", "-"))
    if math.isfinite(shown):
        assert abs(shown - x) <= abs(x) * 10.0 ** (1 - digits) * 0.5000001
