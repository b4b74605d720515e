"""Finding a program that lays out graphs, and running it.

Graphviz's own `dot` is preferred where the PATH leads to one. Else it is `graphviz-pure`, which pip
installs with this package: a port of dot in one file, beside the Python that runs or in the user's own
folder, where the PATH need not lead.
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
    """The picture of a graph in the dot language. output: "svg", "png" or "pdf"; options: of dot.

    RuntimeError if no layout program is installed, none succeeds or one needs too much time.
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
    raise RuntimeError("\n".join([*complaints, "The graph as text is in .source in any case."]))


def layout_programs() -> Iterator[str]:
    """The layout programs of this machine, the preferred one first."""
    for found in (shutil.which("dot"), shutil.which("graphviz-pure", path=os.pathsep.join(_folders()))):
        if found:
            yield found


def _folders() -> Iterator[str]:
    """Where pip puts programs: in the environment, under --user, under --target, or on the PATH."""
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
    said = error.stderr.decode(errors="replace").strip()
    return said.splitlines()[-1] if said else f"exit code {error.returncode}"
