"""Run notebooks from a clean state and keep what they show: python notebooks/execute.py NOTEBOOK…"""
import sys
from pathlib import Path

import nbclient
import nbformat


def executed(path):
    """The notebook, run without noting when, with what a cell prints in one piece."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": path.parent}}
    nbclient.NotebookClient(
        notebook, kernel_name="python3", timeout=600, record_timing=False, resources=where
    ).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    return notebook


def joined(outputs):
    """The outputs of a cell, of which neighbours that are printed text are one."""
    found = []
    for output in outputs:
        last = found[-1] if found else {}
        if output.output_type == "stream" and output.get("name") == last.get("name"):
            last.text += output.text
        else:
            found.append(output)
    return found


for name in sys.argv[1:]:
    nbformat.write(executed(Path(name)), name)
    print(name)
