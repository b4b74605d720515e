"""Reading answers: what a judge asks for, and what it says where the answer is something else.

A judge calls `number`, `numbers`, `choice`, `text`, `misplaced` or `function` first; each raises UnfitError with a
sentence for the reader where the answer is of another kind. `result` calls a reader's function, which may raise errors
or never end.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isclose, isfinite
from numbers import Real
from typing import Any

from ..boundary.arguments import describe
from ..boundary.text import shortened
from ..engine.value import Value
from .time_limit import TimeIsUp, time_limit

SECONDS = 10.0              # for one call of a reader's function
ROUNDED = 5e-3              # relative: three digits are enough, also those of 1.00


class UnfitError(Exception):
    """The answer is of a kind that can't be judged; the message tells the reader what to give."""


def number(answer: object, what: str = "a number") -> float:
    """The number that an answer is.

    Raises:
        UnfitError: It is something else: a Value, a text, a list, nan.
    """
    if is_value(answer):
        raise UnfitError(f"{what} is expected, got a Value: its number is its .data, its gradient is its .grad.")
    if callable(answer):
        raise UnfitError(f"{what} is expected, got a function: call it, and give what it returns.")
    if isinstance(answer, str):
        raise UnfitError(f"{what} is expected, got the text {shortened(repr(answer))}: leave the quotation marks out.")
    if hasattr(answer, "item") and getattr(answer, "shape", None) == ():
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, Real):
        raise UnfitError(f"{what} is expected, got {describe(answer)}.")
    try:
        found = float(answer)
    except OverflowError:
        raise UnfitError(f"{what} is expected, got an integer that no float can hold.") from None
    if not isfinite(found):
        raise UnfitError(f"{what} is expected, got {found}: somewhere before, a number became infinite.")
    return found


def is_value(answer: object) -> bool:
    """Whether an answer is a Value: of this engine, of the textbook, or of the reader's own. A tensor is numbers."""
    return isinstance(answer, Value) or (
        hasattr(answer, "data") and hasattr(answer, "grad") and not hasattr(answer, "shape")
    )


def numbers(answer: object, count: int, what: str = "") -> list[float]:
    """The numbers that an answer is: a list, a tuple, an array.

    Raises:
        UnfitError: It is something else, or has another length.
    """
    what = what or f"{count} numbers in a list"
    if isinstance(answer, str | bytes | dict) or is_value(answer) or not hasattr(answer, "__len__") or callable(answer):
        raise UnfitError(f"{what} are expected, got {describe(answer)}.")
    shape = getattr(answer, "shape", None)
    if shape is not None and len(shape) != 1:
        raise UnfitError(f"{what} are expected, got an array of the shape {shape}.")
    found = [number(each, f"{what.rstrip(',')}: for each of them a number") for each in answer]  # type: ignore[attr-defined]
    if len(found) != count:
        raise UnfitError(f"{what} are expected, got {len(found)}.")
    return found


def text(answer: object, what: str) -> str:
    """The text that an answer is, in lower case, with single spaces.

    Raises:
        UnfitError: It is none.
    """
    if not isinstance(answer, str):
        raise UnfitError(f"{what} is expected, in quotation marks, got {describe(answer)}.")
    return " ".join(answer.casefold().split())


def texts(answer: object, what: str) -> list[str]:
    """The texts in a list.

    Raises:
        UnfitError: The answer is no list of texts.
    """
    if not isinstance(answer, Sequence) or isinstance(answer, str | bytes):
        raise UnfitError(f"{what} are expected in a list, got {describe(answer)}.")
    return [text(each, f"{what} for each of them a text") for each in answer]


def choice(answer: object, letters: str) -> str:
    """The letter that was chosen among some, such as "abcd".

    Raises:
        UnfitError: It is none of them.
    """
    listed = ", ".join(f'"{letter}"' for letter in letters[:-1]) + f' or "{letters[-1]}"'
    found = text(answer, f"one letter, {listed},").strip("()")
    if found not in list(letters):
        raise UnfitError(f"one letter is expected, {listed}, got {shortened(repr(answer))}.")
    return found


def misplaced(answer: object, right: str, among: str, remarks: Mapping[str, str], each: str) -> str | None:
    """The judgement of letters that were chosen, one for each of several cases: None if all are right.

    Args:
        answer: The letters, in one text or in a list.
        right: The right ones.
        among: Those that there are to choose from.
        remarks: What to say of a wrong choice, by the number of the case and the letter: "4e".
        each: What a case is called: "patient".

    Raises:
        UnfitError: They are not as many, or others.
    """
    if isinstance(answer, list | tuple) and all(isinstance(letter, str) for letter in answer):
        answer = "".join(answer)
    given = [letter for letter in text(answer, f"a text of {len(right)} letters") if letter not in " ,;-."]
    if len(given) != len(right) or not set(given) <= set(among):
        raise UnfitError(f"{len(right)} letters from {among[0]} to {among[-1]} are expected in one text.")
    wrong = [k for k, letter in enumerate(given) if letter != right[k]]
    if not wrong:
        return None
    known = [remarks[at] for k in wrong if (at := f"{k + 1}{given[k]}") in remarks]
    more = f"One of the others: {known[0]}" if known else f"Look again at {each} {wrong[0] + 1}."
    return f"{len(right) - len(wrong)} of {len(right)} are right. {more}"


def function(answer: object, form: str) -> Callable[..., Any]:
    """The function that an answer is. form: how it is called, such as "f(x, y)".

    Raises:
        UnfitError: It can't be called.
    """
    if not callable(answer):
        raise UnfitError(f"a function {form} is expected, got {describe(answer)}: give its name, without calling it.")
    return answer


def result(call: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a reader's function.

    Raises:
        UnfitError: It raises an error, does not end within SECONDS, or returns nothing.
    """
    name = shortened(getattr(call, "__name__", "your function"))
    given = f"{name}({', '.join(map(_written, arguments))})"
    try:
        with time_limit(SECONDS):
            found = call(*arguments)
    except TimeIsUp:
        raise UnfitError(f"{given} does not end: look for a loop whose condition never becomes false.") from None
    except Exception as error:
        raise UnfitError(f"{given} raises {type(error).__name__}: {shortened(error, 120)}") from None
    if found is ...:
        raise UnfitError(f"fill in the dots of {name}.")
    if found is None:
        raise UnfitError(f"{given} returns nothing: what it computes stands after a return at its end.")
    return found


def _written(argument: Any) -> str:
    return shortened(getattr(argument, "__name__", None) or repr(argument), 40)


def close(a: float, b: float, relative: float = ROUNDED, absolute: float = 1e-9) -> bool:
    """Whether a number is the right one, written with three digits or more."""
    return isclose(a, b, rel_tol=relative, abs_tol=absolute)


def all_close(a: Sequence[float], b: Sequence[float], relative: float = ROUNDED, absolute: float = 1e-9) -> bool:
    """The same for several numbers."""
    return all(close(x, y, relative, absolute) for x, y in zip(a, b, strict=True))


def differs_at(
    answer: Callable[..., Any], right: Callable[..., float], points: Sequence[tuple[Any, ...]], relative: float = 1e-6,
) -> tuple[tuple[Any, ...], float, float] | None:
    """The first point at which a reader's function returns another number: (point, its number, the right one).

    Raises:
        UnfitError: The function can't be called with these arguments, or does not return a number.
    """
    for point in points:
        given = result(answer, *point)
        found = number(given.data if is_value(given) else given, "from your function a number")
        expected = right(*point)
        if not close(found, expected, relative):
            return point, found, expected
    return None
