"""Run notebooks from a clean state and keep what they show: python notebooks/execute.py NOTEBOOK…"""
import sys
from pathlib import Path

import nbclient
import nbformat

for name in sys.argv[1:]:
    path = Path(name)
    notebook = nbformat.read(path, as_version=4)
    # without the times at which cells ran, which are new each time
    nbclient.NotebookClient(
        notebook, kernel_name="python3", timeout=600, record_timing=False,
        resources={"metadata": {"path": path.parent}},
    ).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    nbformat.write(notebook, path)
    print(path)
