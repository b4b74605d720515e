"""A time limit for code that somebody else wrote: an endless loop ends by `TimeIsUp`, raised inside it.

A trace function looks at the clock at each line that runs. Unlike a signal, it works in any thread and on Windows;
unlike a second thread, in a browser.

When a trace function raises, Python removes it, and `while True: try: … except: pass` would go on undisturbed. So there
is a profile function, too, and each puts the other back; where nothing is called, the exception does, as it is dropped.
Two things end when they like: a call that stays in C, such as 9**9**9**9, and a loop without a call in an `except:`
that caught TimeIsUp.
"""
from __future__ import annotations

import sys
from dis import get_instructions
from functools import cache
from threading import get_ident
from time import monotonic
from types import CodeType, FrameType, TracebackType
from typing import Any

from ..boundary.arguments import nonnegative

SPARE = 10          # calls that are kept in reserve for the functions here, before Python's recursion limit


class TimeIsUp(BaseException):
    """The code ran for longer than its limit. No Exception, so that `except Exception` lets it pass."""

    limit: time_limit | None = None

    def __del__(self) -> None:
        if self.limit:
            self.limit._watch()


class EarlyRecursionError(RecursionError):
    """Python's own error, raised a few calls early: at the limit itself a trace function could not be called."""

    limit: time_limit | None = None
    __del__ = TimeIsUp.__del__


EarlyRecursionError.__name__ = EarlyRecursionError.__qualname__ = RecursionError.__name__      # where it is shown


class time_limit:
    """A context manager: functions that are called in its block raise TimeIsUp once the time is over.

    Debuggers and coverage do not see these functions; the trace function that was there is back after the block. Inside
    another time limit the earlier end counts.

    Args:
        seconds: The time for the block.

    Attributes:
        calls: How often each function was called in the block, by its code.

    Raises:
        TimeIsUp: The time is over. It is raised at the end of the block, too, if the code caught it.
        TypeError, ValueError: `seconds` is not a finite number, 0 or more.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = nonnegative("seconds", seconds)
        self.calls: dict[CodeType, int] = {}
        self._is_open = self._is_over = False

    def __enter__(self) -> time_limit:
        self._outer, self._block, self._thread = (sys.gettrace(), sys.getprofile()), sys._getframe(1), get_ident()
        self._trace, self._profile = self._at_line, self._at_call
        self._deadline = monotonic() + self.seconds
        outer = getattr(self._outer[0], "__self__", None)
        if isinstance(outer, time_limit):
            self._deadline = min(self._deadline, outer._deadline)
        self._is_open = True
        self._watch()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        sys.settrace(self._outer[0])
        sys.setprofile(self._outer[1])
        self._is_open = False
        del self._block
        if self._is_over and (kind is None or issubclass(kind, Exception)):
            raise self._time_is_up() from None

    def _watch(self) -> None:
        """Set both functions, also for calls that were entered without, which are the latest."""
        if not self._is_open or get_ident() != self._thread:
            return
        sys.setprofile(self._profile)
        sys.settrace(self._trace)
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame is not self._block and frame.f_trace is None:
            if frame.f_globals is not globals():
                frame.f_trace = self._trace
            frame = frame.f_back

    def _at_line(self, frame: FrameType, event: str, argument: Any) -> Any:
        """The trace function."""
        if event == "call":
            code = frame.f_code
            if frame.f_globals is globals():
                return None
            self.calls[code] = self.calls.get(code, 0) + 1
            if _spins(code):
                frame.f_trace_opcodes = True
            self._check(event)
        elif monotonic() > self._deadline:
            self._check(event)
        return self._trace

    def _at_call(self, frame: FrameType, event: str, argument: Any) -> None:
        """The profile function."""
        if sys.gettrace() is not self._trace and frame.f_globals is not globals():
            self._watch()
            if event == "call":
                self._check(event)

    def _check(self, event: str) -> None:
        if monotonic() > self._deadline and self._is_open:      # a generator may live longer than the block
            self._is_over = True
            self._watch()
            raise self._time_is_up()
        if event == "call":
            try:
                _go_down(SPARE)
            except RecursionError:
                self._watch()
                raise self._named(EarlyRecursionError("maximum recursion depth exceeded")) from None

    def _time_is_up(self) -> TimeIsUp:
        found: TimeIsUp = self._named(TimeIsUp(f"it ran for longer than {self.seconds:g} s"))
        return found

    def _named(self, error: Any) -> Any:
        """The error, with the time limit that is to go on when it is dropped."""
        error.limit = self
        return error


def _go_down(levels: int) -> None:
    if levels:
        _go_down(levels - 1)


@cache
def _spins(code: CodeType) -> bool:
    """Whether an instruction jumps to itself, as in `while True: pass`: no line begins anew then."""
    return any("JUMP" in each.opname and each.argval == each.offset for each in get_instructions(code))
