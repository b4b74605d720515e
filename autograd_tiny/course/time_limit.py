"""A time limit for code of the reader's: what never ends is ended, in any thread and on any system."""
from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any


class TimeLimitError(Exception):
    """Code ran longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimitError in Python code that is still running after some seconds.

    A trace function looks at the clock at each line, so a call that never returns from C is not ended.
    """
    deadline, outer = monotonic() + seconds, sys.gettrace()

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        if monotonic() > deadline:
            raise TimeLimitError
        return watch

    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(outer)
