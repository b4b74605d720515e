"""Run notebooks from a clean state and keep their output: `python notebooks/execute.py NOTEBOOK…`."""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbclient
import nbformat

WIDGET = "application/vnd.jupyter.widget-view+json"


def executed(path: Path) -> Any:
    """The notebook, run from top to bottom, with the text that a cell prints in one piece and no times of execution.

    Of a page that is a widget the HTML is kept: without the kernel that made it a widget shows nothing.
    """
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        notebook, kernel_name="python3", timeout=600, record_timing=False, resources={"metadata": {"path": path.parent}}
    ).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
    notebook.metadata.pop("widgets", None)
    return notebook


def joined(outputs: list[Any]) -> list[Any]:
    """The outputs of a cell, with consecutive pieces of printed text put together."""
    found: list[Any] = []
    for output in outputs:
        last = found[-1] if found else {}
        if output.output_type == "stream" and output.get("name") == last.get("name"):
            last.text += output.text
        else:
            found.append(output)
    return found


def main() -> None:
    for name in sys.argv[1:]:
        nbformat.write(executed(Path(name)), name)
        print(name)


if __name__ == "__main__":
    main()
