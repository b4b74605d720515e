"""What people read: the examples in the README and the notebooks do what they say."""
import contextlib
import io
import linecache
import re
from itertools import groupby
from pathlib import Path

import nbclient
import nbformat
import pytest

from autograd_tiny import engine_kind

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))


def test_the_examples_of_the_readme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for example, shown in re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", text, re.S):
        said = [*re.findall(r"^print\(.*?\) +# (.*)$", example, re.M), shown]
        printed = io.StringIO()
        linecache.cache["example.py"] = len(example), None, example.splitlines(), "example.py"
        with contextlib.redirect_stdout(printed):
            exec(compile(example, "example.py", "exec"), names)
        assert " ".join(printed.getvalue().split()) == " ".join(" ".join(said).split())


def shown(notebook):
    """What kinds of things each cell shows. (What it prints may come in any number of parts.)"""
    kinds = [
        [(each.output_type, *sorted(each.get("data", {}))) for each in cell.outputs]
        for cell in notebook.cells if cell.cell_type == "code"
    ]
    return [[kind for kind, _ in groupby(each)] for each in kinds]


@pytest.mark.skipif(engine_kind() == "pure", reason="the notebooks take minutes with the pure engine")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run_and_are_kept_with_what_they_show(path):
    kept = nbformat.read(path, as_version=4)
    again = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(again, timeout=300, kernel_name="python3").execute()
    assert shown(again) == shown(kept)
    assert not re.search(r"/(?:home|root|tmp|Users)/|[A-Z]:\\\\", path.read_text(encoding="utf-8"))
