"""Finding and running a layout program, which draws a graph in the language of dot.

Graphviz's own `dot` is preferred if it is on the PATH. Otherwise it is `graphviz-pure`, a port of dot that pip
installs with this package: beside the running Python or in the user's own folder, which need not be on the PATH.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

TIMEOUT = 100.0         # seconds
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
            return _run([program, f"-T{output}", *options], source)
        except (OSError, subprocess.CalledProcessError) as error:
            complaints.append(f"{program}: {_complaint(error)}")
    if output == "pdf":
        complaints.insert(0, INSTALL_FOR_PDF)
    elif complaints:
        complaints.insert(0, f"no layout program could draw this graph; another may: {INSTALL}")
    else:
        complaints = [f"no program to lay out the graph was found: {INSTALL}"]
    raise RuntimeError("\n".join([*complaints, "The source of the graph, in the language of dot, is in .source."]))


def layout_programs() -> Iterator[str]:
    """The layout programs of this machine, the preferred one first."""
    for found in (shutil.which("dot"), shutil.which("graphviz-pure", path=os.pathsep.join(_folders()))):
        if found:
            yield found


def _folders() -> Iterator[str]:
    """The folders where pip puts programs: of the environment, of --user, of --target, and those on the PATH."""
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    library = find_spec("graphviz")
    if library is not None and library.origin is not None:
        yield str(Path(library.origin).parents[1] / "bin")
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
