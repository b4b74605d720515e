"""Finding and running a layout program, which draws a graph in the language of dot.

Graphviz's own `dot` is preferred if it is on the PATH. Otherwise it is `graphviz-pure`, a port of dot that pip
installs with this package, often into a folder that is not on the PATH. A browser runs no programs: there, a page sets
a function in their place, such as that of Graphviz in WebAssembly.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path

from ..boundary.arguments import describe
from ..boundary.text import shortened

PROGRAM = "graphviz-pure"
TIMEOUT = 100.0         # seconds
BEGINNINGS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}     # of the files, an SVG's behind other tags
INSTALL = "`pip install graphviz-pure`, or install Graphviz from https://graphviz.org/download"
INSTALL_FOR_PDF = (
    "only Graphviz's own dot writes PDF: install it from https://graphviz.org/download, "
    "or save a .svg and print that to PDF in a browser"
)

NO_PROGRAMS = (
    "no program can be started here to lay out the graph: set a function that does, by autograd_tiny.set_layout(…), or "
    "look at .tree, .mermaid or explore(…), which need none"
)

_layout: Callable[[str], str] | None = None         # set by set_layout


def set_layout(function: Callable[[str], str] | None) -> None:
    """Let a function lay out all pictures, where no program can be started, as in a browser.

    Args:
        function: It takes a graph in the language of Graphviz's dot and returns an SVG, as Graphviz in WebAssembly
            does; it may be a function of JavaScript. None goes back to programs.

    Raises:
        TypeError: Something else than a function.
    """
    global _layout
    if function is not None and not callable(function):
        raise TypeError(f"a function from the text of a graph to an SVG is expected, got {describe(function)}")
    _layout = function


def lay_out(source: str, output: str, *options: str) -> bytes:
    """The picture of a graph in the language of dot.

    Args:
        source: The graph.
        output: "svg", "png" or "pdf".
        *options: Options of the program dot.

    Raises:
        RuntimeError: No layout program is installed, none succeeds, or one takes too long; or the function fails
            that was set in their place.
    """
    if _layout is not None and output == "svg":
        return _laid_out(_layout, source)
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
    if sys.platform == "emscripten":
        raise RuntimeError(NO_PROGRAMS if output == "svg" else f"no {output.upper()} can be written here: save a .svg")
    if output == "pdf":
        complaints.insert(0, INSTALL_FOR_PDF)
    elif complaints:
        complaints.insert(0, f"no layout program could draw this graph; another may: {INSTALL}")
    else:
        complaints = [f"no program to lay out the graph was found: {INSTALL}"]
    failure = RuntimeError("\n".join(complaints))
    failure.add_note("The source of the graph, in the language of dot, is in .source.")     # not on the command line
    raise failure


def _laid_out(function: Callable[[str], str], source: str) -> bytes:
    try:
        found = function(source)
    except Exception as error:              # of Graphviz, through JavaScript
        raise RuntimeError(f"the function of set_layout failed: {shortened(error, 200)}") from error
    if not isinstance(found, str) or "<svg" not in found:
        raise RuntimeError(f"the function of set_layout returns the text of an SVG, but here: {describe(found)}")
    return found.encode()


def layout_programs() -> Iterator[str]:
    """The layout programs of this machine, the preferred one first."""
    if sys.platform == "emscripten":        # no program can be started there
        return
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
    yield Path(__file__).resolve().parents[2] / "bin"           # of pip install --target
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
