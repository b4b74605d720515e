"""detect_anomaly(): the first nan or infinity raises where it is made, and names the user's line."""
from __future__ import annotations

import linecache
import os
import sys
from math import isfinite
from pathlib import Path
from types import CodeType, FrameType

from ..engine.state import switched
from ..engine.value import Value
from .nonfinite import Origin, origin_of_gradients

INSIDE = str(Path(__file__).parents[1]) + os.sep, "<formula "    # this package; the formulas of the rows
LONGEST_LINE = 80           # characters of a line of code that an error shows
_lines: dict[tuple[CodeType, int], str] = {}


class detect_anomaly(switched):
    """In this block the first number or gradient that is not finite raises at once, and names its line.

    `with detect_anomaly(): …`, or `@detect_anomaly()` above a function, as torch.autograd.detect_anomaly: but
    infinities count as well as nan, and values as well as gradients. The FloatingPointError says what was
    computed from what, in which module, and in which line of code outside of this package. A backward pass
    raises before it has changed any `.grad`.

    Values that are made in this block keep their line as `made_at`, which pictures and diagnose(value) show.
    The block holds for its thread or asyncio task, and for tasks that are started inside it.
    Outside it costs no time. Inside, an operation takes some microseconds, and `fit` runs without a tape.
    Dual numbers, and what a tape of your own replays, are not watched.
    """

    def __init__(self) -> None:
        super().__init__(on_result=check_result, on_gradient=check_gradients)


def check_result(result: Value) -> None:
    """Note the line that made a result. FloatingPointError if the result is not finite."""
    line = line_of_user(sys._getframe(1))
    if line:
        result.made_at = line
    if not isfinite(result.data):
        raise FloatingPointError(str(Origin(result)))


def check_gradients(output: Value, seed: float) -> None:
    """FloatingPointError that says where the gradients of output stop being finite, if they do."""
    with switched(on_result=None, on_gradient=None):
        origin = origin_of_gradients(output, seed)
    if origin is not None:
        raise FloatingPointError(str(origin))


def line_of_user(frame: FrameType | None) -> str:
    """The innermost line outside of this package and of NumPy, as "train.py, line 12: y = log(x)"; or ""."""
    while frame is not None and _is_foreign(frame):
        frame = frame.f_back
    if frame is None:
        return ""
    place = frame.f_code, frame.f_lineno
    if place not in _lines:
        _lines[place] = _said(frame)
    return _lines[place]


def _is_foreign(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(INSIDE) or (
        frame.f_globals.get("__name__", "").partition(".")[0] == "numpy"
    )


def _said(frame: FrameType) -> str:
    file, number = frame.f_code.co_filename, frame.f_lineno
    text = " ".join(linecache.getline(file, number, frame.f_globals).split())
    if len(text) > LONGEST_LINE:
        text = text[: LONGEST_LINE - 1] + "…"
    return f"{_name_of(file)}, line {number}" + (f": {text}" if text else "")


def _name_of(file: str) -> str:
    """The name of a file without its folder; of a notebook's cell, what Jupyter calls it: "Cell In[3]"."""
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        found = shell.compile.format_code_name(file) if shell is not None else None
        if found is not None:
            return f"{found[0]} {found[1]}"
    return os.path.basename(file)
