"""The notebooks of the course, as files: `make check-course` runs them."""
import re
from pathlib import Path

import nbformat
import pytest

from autograd_tiny.course.chapters import CHAPTERS

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
LARGEST = 1_500_000                         # bytes
LINK = re.compile(r"\]\(([^)#:]+?)(?:#[^)]*)?\)")

by_file = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_is_one_for_each_chapter():
    expected = [f"{number:02}-{chapter.replace('_', '-')}" for number, chapter in enumerate(CHAPTERS, 1)]
    assert [path.stem for path in NOTEBOOKS] == expected


@by_file
def test_all_cells_were_run_in_order_and_none_failed(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)


@by_file
def test_it_is_not_too_large_and_knows_no_machine(path):
    written = path.read_text(encoding="utf-8")
    assert len(written.encode()) < LARGEST
    assert not re.search(r"/(?:home|root|tmp|Users)/|[A-Z]:\\\\", written)


@by_file
def test_links_lead_to_files(path):
    cells = nbformat.read(path, as_version=4).cells
    targets = [link for cell in cells if cell.cell_type == "markdown" for link in LINK.findall(cell.source)]
    assert all((path.parent / target).exists() for target in targets), targets
    later = NOTEBOOKS[NOTEBOOKS.index(path) + 1 :]
    assert not later or f"]({later[0].name})" in cells[-1].source
