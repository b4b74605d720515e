"""detect_anomaly(): raise where the first nan or infinity is computed, and name the user's line of code."""
from __future__ import annotations

import linecache
import os
import sys
from math import isfinite
from pathlib import Path
from types import CodeType, FrameType

from ..engine.context import ContextDecorator
from ..engine.state import switched
from ..engine.value import Value
from .nonfinite import Origin, find_gradient_origin

INTERNAL = str(Path(__file__).parents[1]) + os.sep, "<formula "    # files of this package; compiled formulas
LONGEST_LINE = 80           # characters of a line of code in an error message
_places: dict[tuple[CodeType, int], str] = {}


class detect_anomaly(ContextDecorator):
    """Raise at the first value or gradient that is not finite, and name the line of code that computed it.

    Use `with detect_anomaly(): …`, or `@detect_anomaly()` above a function. Unlike torch.autograd.detect_anomaly,
    it checks for infinities as well as nan, and checks values as well as gradients.

    The block applies to its own thread or asyncio task, and to tasks that are started inside it. It adds a few
    microseconds to each operation, and `fit` runs without a tape; code outside is not slowed down. Values computed
    inside keep their line in `made_at`, which pictures and diagnose(value) show. Dual numbers and tapes that you
    replay yourself are not checked.

    Raises:
        FloatingPointError: A value or a gradient is not finite. The message names the operation, its operands, the
            module and the innermost line of code outside this package. A backward pass raises before it
            changes any `.grad`.
    """

    def __init__(self) -> None:
        super().__init__(on_result=_check_result, on_gradient=_check_gradients)


def _check_result(result: Value) -> None:
    """Store the user's line in a new result; raise FloatingPointError unless the result is finite."""
    line = _user_line(sys._getframe(1))
    if line:
        result.made_at = line
    if not isfinite(result.data):
        raise FloatingPointError(str(Origin(result)))


def _check_gradients(output: Value, seed: float) -> None:
    """Raise FloatingPointError unless all gradients of output are finite."""
    with switched(on_result=None, on_gradient=None):
        origin = find_gradient_origin(output, seed)
    if origin is not None:
        raise FloatingPointError(str(origin))


def _user_line(frame: FrameType | None) -> str:
    """The innermost line outside this package and NumPy, such as "train.py, line 12: y = log(x)"; or ""."""
    while frame is not None and _is_internal(frame):
        frame = frame.f_back
    if frame is None:
        return ""
    place = frame.f_code, frame.f_lineno
    if place not in _places:
        _places[place] = _described(frame)
    return _places[place]


def _is_internal(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(INTERNAL) or (
        frame.f_globals.get("__name__", "").partition(".")[0] == "numpy"
    )


def _described(frame: FrameType) -> str:
    file, number = frame.f_code.co_filename, frame.f_lineno
    code = " ".join(linecache.getline(file, number, frame.f_globals).split())
    if len(code) > LONGEST_LINE:
        code = code[: LONGEST_LINE - 1] + "…"
    return f"{_short_name(file)}, line {number}" + (f": {code}" if code else "")


def _short_name(file: str) -> str:
    """The name of a file without its folder; for a notebook cell, the name that Jupyter shows: "Cell In[3]"."""
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        found = shell.compile.format_code_name(file) if shell is not None else None
        if found is not None:
            return f"{found[0]} {found[1]}"
    return os.path.basename(file)
