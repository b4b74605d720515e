"""Run notebooks from a clean state and keep their output: `python notebooks/execute.py NOTEBOOK…`.

With --check nothing is kept: each must run, and show what the file shows, output by output of the same kind.
"""
from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from importlib import import_module
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbclient
import nbformat

WIDGET = "application/vnd.jupyter.widget-view+json"


def executed(notebook: Any, folder: Path) -> Any:
    """The notebook, run from top to bottom, with the text that a cell prints in one piece and no times of execution.

    Of a page that is a widget the HTML is kept: without the kernel that made it a widget shows nothing.
    """
    notebook = deepcopy(notebook)
    resources = {"metadata": {"path": folder}}
    nbclient.NotebookClient(
        notebook, kernel_name="python3", timeout=600, record_timing=False, resources=resources
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


def shown(notebook: Any) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Each cell of code with the kinds of its outputs."""
    return [
        (cell.source, [kind for kind, _ in groupby((o.output_type, *sorted(o.get("data", {}))) for o in cell.outputs)])
        for cell in notebook.cells if cell.cell_type == "code"
    ]


def run(path: Path, check: bool) -> str | None:
    """Run one notebook, and keep it or compare it: what is wrong, if something is."""
    kept = nbformat.read(path, as_version=4)
    try:
        again = executed(kept, path.parent)
    except nbclient.exceptions.CellExecutionError as error:
        return str(error)
    if not check:
        nbformat.write(again, path)
        return None
    return next(
        (f"after\n{source}\n{now} is shown, but the file shows {before}"
         for (source, now), (_, before) in zip(shown(again), shown(kept), strict=True) if now != before), None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Run notebooks and keep what they show.")
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="keep nothing, but compare the kinds of outputs")
    given = parser.parse_args()
    at_once = (os.cpu_count() or 1) if given.check else 1       # one by one where the text quotes times
    faults = 0
    with TemporaryDirectory() as settings, ThreadPoolExecutor(at_once) as pool:
        os.environ["MPLCONFIGDIR"] = settings               # no settings and no list of fonts of this machine
        import_module("matplotlib.font_manager")            # lists the fonts, and may say so: here, not in a notebook
        for path, fault in zip(
            given.notebooks, pool.map(lambda path: run(path, given.check), given.notebooks), strict=True
        ):
            print(f"{path}: {fault or 'runs'}", flush=True)
            faults += fault is not None
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
