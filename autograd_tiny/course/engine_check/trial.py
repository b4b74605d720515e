"""Running the reader's class: within a time limit, with every error caught, and only plain numbers coming back."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from types import CodeType
from typing import Any

from ...boundary.text import one_line, shortened
from ..time_limit import TimeIsUp, time_limit
from .graphs import Graph, Step

HINTS = {           # what an error of Python mostly means here, by a part of its text
    "'NoneType' object is not callable":
        "`_backward` is None: store the function, `out._backward = _backward`, without parentheses",
    "has no attribute 'data'": "a plain number has to be made a Value first",
    "unhashable type":
        "a set can't hold these Values: a class with __eq__ needs __hash__ too, and @dataclass needs eq=False",
    "maximum recursion depth": "a method calls itself without end",
}


INHERITED = "a number of the class {} that it inherits from"


class OutOfTimeError(Exception):
    """The reader's class has used up its time; the text says with what."""


@dataclass
class Trial:
    """One graph, computed by the reader's class. Numbers are by name; what is not a number is None.

    Attributes:
        graph: The graph.
        data: The numbers, after the forward pass.
        kinds: For each result that is not a number of the reader's engine, what it is.
        early_grads: The gradients before backward().
        grads: The gradients after it.
        late_data: The numbers after it.
        error: The error that ended it; "" if none did.
        step: The step that raised it; None for backward().
        calls: How often each function was called.
    """

    graph: Graph
    data: dict[str, float | None] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    early_grads: dict[str, float | None] = field(default_factory=dict)
    grads: dict[str, float | None] = field(default_factory=dict)
    late_data: dict[str, float | None] = field(default_factory=dict)
    error: str = ""
    step: Step | None = None
    calls: Mapping[CodeType, int] = field(default_factory=dict)


class Trials:
    """Runs graphs on the reader's class, and anything else, until the time is over.

    Args:
        made: The reader's class.
        seconds: The time for everything.
    """

    def __init__(self, made: Any, seconds: float) -> None:
        self.made, self.seconds = made, seconds
        self._began = monotonic()
        self.count = 0              # graphs that were differentiated

    @property
    def time_left(self) -> float:
        return max(0.0, self._began + self.seconds - monotonic())

    def run(self, graph: Graph, backward: bool = True, called: str = "") -> Trial:
        """A graph on fresh Values.

        Args:
            graph: The graph.
            backward: Whether it is differentiated.
            called: What a large one is called.

        Raises:
            OutOfTimeError: It does not end.
        """
        trial = Trial(graph)
        self.count += backward
        _, error = self.ask(called or str(graph), self._compute, trial, backward)
        trial.error = error + next((f" ({hint})" for part, hint in HINTS.items() if part in error), "")
        return trial

    def ask(self, what: str, question: Callable[..., Any], *arguments: Any) -> tuple[Any, str]:
        """The result of a function that uses the reader's class, and the error that it raised.

        Args:
            what: What it does, for the text where it does not end.
            question: The function.
            arguments: Of the function.

        Raises:
            OutOfTimeError: It does not end.
        """
        try:
            with time_limit(self.time_left) as limit:
                self._limit = limit
                return question(*arguments), ""
        except TimeIsUp:
            raise OutOfTimeError(
                f"The time limit of {self.seconds:g} s was over at {what}: look for a loop or a recursion without end."
            ) from None
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return None, self._told(error)

    def _told(self, error: BaseException) -> str:
        """An error on one line; its text may be made by code of the reader's, too."""
        kind = type(error).__name__
        try:
            with time_limit(self.time_left):
                text = shortened(error, 100)
        except KeyboardInterrupt:
            raise
        except BaseException:
            text = ""
        return one_line(kind) + (f": {text}" if text else "")

    def _compute(self, trial: Trial, backward: bool) -> None:
        trial.calls = self._limit.calls
        values = {name: self.made(number) for name, number in trial.graph.leaves}
        for step in trial.graph.steps:
            trial.step = step
            values[step.name] = result = step.compute(values)
            if (kind := _other_kind(result, self.made)) is not None:
                trial.kinds[step.name] = kind
                return
        trial.step = None
        trial.data = numbers_of(values, "data")
        trial.early_grads = numbers_of(values, "grad")
        if backward:
            values[trial.graph.output].backward()
            trial.grads = numbers_of(values, "grad")
            trial.late_data = numbers_of(values, "data")


def _other_kind(result: Any, made: Any) -> str | None:
    """What a result is, if it isn't a number of the reader's engine."""
    kind = type(result)
    if result is None or result is NotImplemented:
        return repr(result)
    if not (hasattr(result, "data") and hasattr(result, "grad")):
        return f"a plain {one_line(kind.__name__)}"
    return INHERITED.format(one_line(kind.__name__)) if kind is not made and issubclass(made, kind) else None


def numbers_of(values: Mapping[str, Any], attribute: str) -> dict[str, float | None]:
    """An attribute of Values by name, as plain numbers."""
    return {name: number_of(getattr(value, attribute)) for name, value in values.items()}


def number_of(x: Any) -> float | None:
    """A plain number; None for what is something else."""
    try:
        return float(x)
    except (TypeError, ValueError):
        return None
