"""Finding and running a layout program, which draws a graph in the language of dot.

Graphviz's own `dot` is preferred if it is on the PATH. Otherwise it is `graphviz-pure`, a port of dot that pip
installs with this package, often into a folder that is not on the PATH.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

PROGRAM = "graphviz-pure"
TIMEOUT = 100.0         # seconds
BEGINNINGS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}     # of the files, an SVG's behind other tags
INSTALL = "`pip install graphviz-pure`, or install Graphviz from https://graphviz.org/download"
INSTALL_FOR_PDF = (
    "only Graphviz's own dot writes PDF: install it from https://graphviz.org/download, "
    "or save a .svg and print that to PDF in a browser"
)


def lay_out(source: str, output: str, *options: str) -> bytes:
    """The picture of a graph in the language of dot.

    Args:
        source: The graph.
        output: "svg", "png" or "pdf".
        *options: Options of the program dot.

    Raises:
        RuntimeError: No layout program is installed, none succeeds, or one takes too long.
    """
    complaints = []
    for program in layout_programs():
        try:
            found = _run([program, f"-T{output}", *options], source)
        except (OSError, subprocess.CalledProcessError) as error:
            complaints.append(f"{program}: {_complaint(error)}")
        else:
            if BEGINNINGS[output] in found:
                return found
            complaints.append(f"{program}: it wrote no {output.upper()}, so it may be another program of that name")
    if output == "pdf":
        complaints.insert(0, INSTALL_FOR_PDF)
    elif complaints:
        complaints.insert(0, f"no layout program could draw this graph; another may: {INSTALL}")
    else:
        complaints = [f"no program to lay out the graph was found: {INSTALL}"]
    raise RuntimeError("\n".join([*complaints, "The source of the graph, in the language of dot, is in .source."]))


def layout_programs() -> Iterator[str]:
    """The layout programs of this machine, the preferred one first."""
    for found in (shutil.which("dot"), shutil.which(PROGRAM, path=os.pathsep.join(map(str, _folders())))):
        if found:
            yield found


def _folders() -> Iterator[str | Path]:
    """The folders where graphviz-pure may be."""
    try:                                                        # where pip says that it has put it
        for file in metadata.files(PROGRAM) or ():
            if Path(file).stem == PROGRAM:
                yield Path(str(file.locate())).resolve().parent
    except metadata.PackageNotFoundError:
        pass
    yield sysconfig.get_path("scripts")
    yield Path(sys.executable or "").parent                     # of python -S in a virtual environment
    if hasattr(sys, "_MEIPASS"):
        yield sys._MEIPASS                                      # of a program made by PyInstaller
    library = find_spec("graphviz")
    if library is not None and library.origin is not None:
        yield Path(library.origin).parents[1] / "bin"           # of pip install --target
    yield os.environ.get("PATH", os.defpath)


def _run(command: Sequence[str], source: str) -> bytes:
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, check=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"{command[0]} was still laying out the graph after {TIMEOUT:.0f} seconds: draw a part of it"
        ) from None
    return done.stdout


def _complaint(error: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(error, OSError):
        return str(error)
    lines = error.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit code {error.returncode}"
