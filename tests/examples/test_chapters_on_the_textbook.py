"""The first chapters run on the textbook's Value in place of the engine's."""
import contextlib
import io
from pathlib import Path

import matplotlib
import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
BOTH = "from autograd_tiny import Value, "
TEXTBOOK = "from autograd_tiny.textbook import Value\nfrom autograd_tiny import "
DIFFER = {
    # a plain number is a leaf there, too; and a second backward() counts intermediate results twice
    "01-the-first-gradient": [
        "print(explain(end))", 'print("once more:", a.grad, b.grad, c.grad)', "print(explain(f, b))",
    ],
}


@pytest.mark.parametrize("name", DIFFER)
def test_a_chapter_shows_the_same_numbers(name, monkeypatch):
    matplotlib.use("agg")
    names, differ = {}, []
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        if cell.cell_type != "code":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(cell.source.replace(BOTH, TEXTBOOK), names)
        kept = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        if printed.getvalue() != kept:
            differ.append(cell.source.splitlines()[-1])
    assert names["Value"].__module__ == "autograd_tiny.textbook"
    assert differ == DIFFER[name]
