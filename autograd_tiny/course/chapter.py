"""exercises(4): the functions check, hint and solution for the exercises of chapter 4."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..boundary.text import printable, quoted
from .answers import UnfitError
from .exercise import exercises_of, numbered

NOTHING = object()
FIRST_HINT_AFTER = 2        # wrong answers


@dataclass(frozen=True)
class Verdict:
    """What check() says of an answer. It is true if the answer is right, and shows itself as a text."""

    is_right: bool
    text: str

    def __bool__(self) -> bool:
        return self.is_right

    def __repr__(self) -> str:
        return printable(self.text)


@dataclass(frozen=True)
class Advice:
    """A hint or a solution. Notebooks show its Markdown."""

    text: str

    def __repr__(self) -> str:
        return printable(self.text)

    def _repr_markdown_(self) -> str:
        return self.text


class Exercises(NamedTuple):
    """The three functions of a chapter: check(number, answer), hint(number), solution(number)."""

    check: Callable[..., Verdict]
    hint: Callable[..., Advice]
    solution: Callable[..., Advice]


def exercises(chapter: int) -> Exercises:
    """The functions that answer the exercises of a chapter.

    Args:
        chapter: Its number, from 1.

    Returns:
        `check(number, answer)` says whether an answer is right and, if it isn't, what is wrong with it, from the
        second wrong answer on with the next hint. It never raises an error: what can't be an answer gets a hint too.
        `hint(number)` gives the next hint, `solution(number)` an answer and the way to it.

    Raises:
        ValueError: There is no such chapter.

    Example:
        >>> check, hint, solution = exercises(1)
        >>> check(1, ...)
        Exercise 1 waits for your answer: write it in the place of the dots.
    """
    names = numbered()
    if type(chapter) is not int or chapter not in names:
        raise ValueError(f"chapter: a number from 1 to {len(names)} is expected, got {quoted(chapter)}")
    desk = _Desk(names[chapter])
    return Exercises(desk.check, desk.hint, desk.solution)


class _Desk:
    """The exercises of one chapter, and how often each was tried."""

    def __init__(self, chapter: str) -> None:
        self._exercises = exercises_of(chapter)
        self._wrong: Counter[int] = Counter()
        self._hinted: Counter[int] = Counter()

    def check(self, number: Any = NOTHING, answer: Any = NOTHING) -> Verdict:
        """Whether an answer is right, and what is wrong with it."""
        if (problem := self._no_such(number, "check(1, answer)")) is not None:
            return Verdict(False, problem)
        if answer is NOTHING or answer is ...:
            return Verdict(False, f"Exercise {number} waits for your answer: write it in the place of the dots.")
        try:
            fault = self._exercises[number - 1].judge(answer)
        except UnfitError as error:
            return Verdict(False, f"Exercise {number}: {error}")
        except Exception as error:          # raised by the answer itself: by its length, its numbers, its attributes
            return Verdict(False, f"Exercise {number}: your answer raises {type(error).__name__} when it is looked at.")
        if fault is None:
            return Verdict(True, f"Exercise {number}: right.")
        self._wrong[number] += 1
        text = f"Exercise {number}: not yet. {fault}"
        if self._wrong[number] >= FIRST_HINT_AFTER:
            text += f"\n{self._next_hint(number)}"
        return Verdict(False, text)

    def hint(self, number: Any = NOTHING) -> Advice:
        """The next hint for an exercise."""
        problem = self._no_such(number, "hint(1)")
        return Advice(self._next_hint(number) if problem is None else problem)

    def solution(self, number: Any = NOTHING) -> Advice:
        """An answer to an exercise, and the way to it."""
        problem = self._no_such(number, "solution(1)")
        return Advice(self._exercises[number - 1].solution if problem is None else problem)

    def _next_hint(self, number: int) -> str:
        hints = self._exercises[number - 1].hints
        at = min(self._hinted[number], len(hints) - 1)
        self._hinted[number] += 1
        last = at == len(hints) - 1
        more = f" (solution({number}) tells the rest.)" if last else ""
        return f"Hint {at + 1} of {len(hints)}: {hints[at]}{more}"

    def _no_such(self, number: Any, example: str) -> str | None:
        """What to write if `number` is none of an exercise."""
        count = len(self._exercises)
        if type(number) is int and 1 <= number <= count:
            return None
        given = "" if number is NOTHING else f", got {quoted(number)}"
        return f"The first argument is the number of an exercise, from 1 to {count}{given}: {example}"
