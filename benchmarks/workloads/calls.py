"""Short calls, repeated for a millisecond, so that reading the clock takes no share of the time.

The first phase of a repetition is the value and its gradient; the second, for tapes only, the value alone. The
seconds are those of one call.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np

from .timing import Answers, Phases, clock, repetitions

Work = Callable[[], Any]


def answers(work: Work, numbers: Callable[[Any], Any], value: Work | None = None, **facts: int) -> Answers:
    """The answers for some work.

    work computes value and gradient; numbers takes these out of the answer of work; value computes the value alone.
    """
    def result() -> dict[str, Any]:
        return {"numbers": np.hstack([np.ravel(part) for part in numbers(work())]).tolist(), **facts}

    return {"times": lambda: repeated(work, value or (lambda: None)), "result": result}


def repeated(work: Work, value: Work) -> list[Phases]:
    """Repetitions of both: the seconds for one call of each."""
    calls, value_calls = calls_in_a_millisecond(work), calls_in_a_millisecond(value)
    found = repetitions(lambda: call(work, calls), lambda _: call(value, value_calls))
    return [(both / calls, alone / value_calls, release) for both, alone, release in found]


def call(work: Work, times: int) -> None:
    for _ in repeat(None, times):
        work()


def calls_in_a_millisecond(work: Work) -> int:
    work()                              # to warm up, or to compile
    start = clock()
    work()
    return min(1000, math.ceil(1e-3 / (clock() - start)))
