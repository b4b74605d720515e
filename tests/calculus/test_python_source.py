"""The engine's code for the operations is what the rows say."""
import math

import pytest

from autograd_tiny.calculus import python_source
from autograd_tiny.calculus.operations import OPERATIONS
from autograd_tiny.calculus.python_source import FILES, PACKAGE, over_floats, up_to_date


@pytest.mark.parametrize("file", FILES)
def test_the_written_parts_are_up_to_date(file):
    """Otherwise run `make written`."""
    assert (PACKAGE / file).read_text(encoding="utf-8") == up_to_date(file)


def test_a_part_that_was_edited_is_written_anew(tmp_path, monkeypatch):
    file = "engine/several_operands.py"
    text = (PACKAGE / file).read_text(encoding="utf-8")
    (tmp_path / "engine").mkdir()
    (tmp_path / file).write_text(text.replace("ieee.hypot(x, y)", "x + y"), encoding="utf-8")
    monkeypatch.setattr(python_source, "PACKAGE", tmp_path)
    assert up_to_date(file) == text


def test_a_file_without_marks_is_refused(tmp_path, monkeypatch):
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/value.pxd").write_text("cdef object ADD\n", encoding="utf-8")
    monkeypatch.setattr(python_source, "PACKAGE", tmp_path)
    with pytest.raises(LookupError, match="no marks"):
        up_to_date("engine/value.pxd")


@pytest.mark.parametrize(("formula", "text"), [
    ("x / y", "ieee.divide(x, y)"),
    ("x ** 2", "ieee.pow(x, 2.0)"),
    ("where(x > 0, x, 0)", "x if x > 0.0 else 0.0"),
    ("where((x == 0) * (y >= 0), 0, 1)", "0.0 if x == 0.0 and y >= 0.0 else 1.0"),
    ("(x > y) + 1", "(1.0 if x > y else 0.0) + 1.0"),
    ("abs(sigmoid(x)) * pi", "ieee.fabs(sigmoid_of(x)) * PI"),
    ("where(x, y, nan)", "y if x != 0.0 else NAN"),
])
def test_formulas_over_floats(formula, text):
    assert over_floats(formula) == text


def test_every_operation_has_its_place_in_the_engine():
    for row in OPERATIONS[1:]:
        assert callable(row.on_values), row
    assert math.isclose(OPERATIONS[1].on_values(2.0, 3.0), 5.0)
