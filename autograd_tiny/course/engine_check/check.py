"""check_engine: the parts of the check in order, and a sentence for whatever can't be checked."""
from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from types import ModuleType
from typing import Any

from ...boundary.arguments import describe, nonnegative
from ...boundary.text import shortened
from .examination import Examination, listed, operations_of
from .parts.accumulation import check_accumulation
from .parts.chains import check_chains
from .parts.derivatives import check_derivatives
from .parts.forward import check_values
from .parts.leaves import fault_of_leaves
from .parts.order import check_order
from .parts.random_check import check_random_graphs
from .parts.reach import check_reach
from .parts.second_pass import check_second_pass
from .parts.size import note_limits
from .report import Report
from .trial import OutOfTimeError, Trials

NOTHING = object()
NO_OPERATION = "It has no operation that could be tested: begin with __add__ and __mul__."
OF_BASIC = (check_derivatives, check_reach, check_accumulation, check_chains, check_order)
OF_COMPOSED = (check_derivatives, check_accumulation, check_chains)
OF_ALL = (check_random_graphs, check_second_pass, note_limits)
REFLECTED = {
    "__add__": ("__radd__", "2 + a"), "__mul__": ("__rmul__", "2*a"), "__sub__": ("__rsub__", "2 - a"),
    "__truediv__": ("__rtruediv__", "2/a"),
}


def check_engine(my_value: object = NOTHING, time_limit: float = 10.0) -> Report:
    """Whether a class for reverse-mode differentiation is right, and what is wrong with it.

    The class is one as A. Karpathy's lecture builds it: `Value(2.0)` is a number with `.data` and `.grad`, arithmetic
    makes further ones, and `f.backward()` puts the derivatives of f into `.grad`. Whichever operations it has are
    compared with this engine's, on chosen graphs and on random ones, the same each time.

    Args:
        my_value: The class itself: check_engine(Value).
        time_limit: Seconds after which the check ends, unless the class waits in C code, as time.sleep does.

    Returns:
        A report, which is true if nothing is wrong. Printed, it has a sentence for each fault, the most basic first.
        It never raises an error.

    Example:
        >>> from autograd_tiny.textbook import Value
        >>> bool(check_engine(Value))
        True
    """
    printed, deepest = _Printed(), sys.getrecursionlimit()
    with redirect_stdout(printed), redirect_stderr(printed):
        report = _report(my_value, time_limit)
    sys.setrecursionlimit(deepest)          # the class may have changed it
    if not printed.text:
        return report
    note = f"It prints while it computes: {shortened(printed.text)!r}."
    return replace(report, notes=(*report.notes, note))


class _Printed(io.TextIOBase):
    """The beginning of what is printed."""

    text = ""

    def write(self, text: str) -> int:
        if len(self.text) < 1000:
            self.text += text
        return len(text)


def _report(my_value: Any, seconds: float) -> Report:
    try:
        trials = Trials(my_value, nonnegative("time_limit", seconds))
    except (TypeError, ValueError) as wrong_limit:
        return Report("", (f"{wrong_limit}.",))
    name, examination = "", Examination(trials, [])
    try:
        wrong, error = trials.ask("the argument of check_engine", _no_class, my_value)
        if wrong or error:
            return Report("", (wrong or f"check_engine is given a class; looking at this raises {error}.",))
        name = trials.ask("its name", _name_of, my_value)[0] or "The class"
        operations, error = trials.ask("its methods", operations_of, my_value)
        if error:
            return Report(name, (f"Looking for its methods raises {error}.",))
        fault = fault_of_leaves(my_value, name, trials) or (None if operations else NO_OPERATION)
        if fault is not None:
            return Report(name, (fault,))
        examination = Examination(trials, operations)
        _examine(examination)
        faults = [*map(str, examination.faults)]
    except OutOfTimeError as out_of_time:
        faults = [*map(str, examination.faults), str(out_of_time)]
        examination.right = []
    return Report(
        name, tuple(faults), (*examination.notes, *_wishes(examination)),
        tuple(each.sign for each in examination.right), tuple(each.sign for each in examination.with_right_values),
        trials.count,
    )


def _name_of(x: Any) -> str:
    return shortened(x.__name__)


def _no_class(x: object) -> str | None:
    """What to write instead, if x isn't a class."""
    if x is NOTHING or x is ...:
        return "check_engine waits for your class: check_engine(Value)."
    if isinstance(x, type):
        return None
    if isinstance(x, ModuleType):
        name = shortened(x.__name__.rpartition(".")[2])
        return f"check_engine is given a class, got the module {name}: write check_engine({name}.Value)."
    if callable(getattr(x, "backward", None)):
        name = shortened(type(x).__name__)
        return f"check_engine is given the class, got an instance of {name}: write check_engine({name})."
    return f"check_engine is given a class, as in check_engine(Value), got {describe(x)}."


def _examine(examination: Examination) -> None:
    """All parts, as long as something is right."""
    check_values(examination)
    examination.with_right_values = examination.right
    made = examination.trials.made
    if not examination.trials.ask("its backward", lambda: callable(getattr(made, "backward", None)))[0]:
        examination.blame_backward("is missing", ": f.backward() has to put the derivatives of f into .grad.")
    for examination.composed, parts in ((False, OF_BASIC), (True, OF_COMPOSED), (None, OF_ALL)):
        for part in parts:
            if examination.right:
                part(examination)


def _wishes(examination: Examination) -> list[str]:
    """What the class does not have yet, of what can be written with the operations that it has."""
    has = {operation.method for operation in examination.operations}
    missing = [
        f"{written} (`{reflected}`)" for method, (reflected, written) in REFLECTED.items()
        if method in has and reflected not in has
    ]
    wishes = [f"Not there yet: {listed(missing)}."] if missing else []
    if examination.refused:
        error = next(iter(examination.refused.values()))
        wishes.append(f"Between Values only, so far: {listed([*examination.refused])} would raise {error}.")
    return wishes
