"""A function of one sample, run over rows of numbers: on a tape where it can be recorded, else eagerly."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import vectors
from ..boundary.arguments import describe
from ..engine.context import no_grad
from ..engine.functions import dot
from ..engine.gradients import gradients
from ..engine.state import watching
from ..engine.value import Value
from ..tape.tape import Tape, record
from .data import Array

CHUNK = 4096            # samples that are made float64 and run at a time
WORTH_A_TAPE = 100      # recording costs about as much as so many samples


class Rowwise:
    """function(*parts) for each row of an array, whose columns are its parts.

    widths: how many numbers each part has; None for one number that is not in a list. parameters: the Values
    by which it is differentiated, in order; None for those that the tape finds. samples: about how many there
    will be. check: see `record`.

    tape: None where it runs eagerly, as inside detect_anomaly(); why: the reason, if it can't be recorded.
    """

    def __init__(
        self, function: Callable[..., Any], example: Array, widths: Sequence[int | None],
        parameters: Sequence[Value] | None, samples: int, check: bool = True,
    ) -> None:
        self.function = function
        self.widths = widths
        self.parameters = tuple(parameters or ())
        self.tape: Tape | None = None
        self.why = ""
        if samples < WORTH_A_TAPE or watching():
            return
        try:
            self.tape = record(function, *self.parts(example), parameters=parameters, check=check)
        except Exception as error:      # whatever it is: it runs eagerly, or has been seen to
            self.why = str(error)

    def parts(self, row: Array) -> list[Any]:
        """The arguments that a row stands for."""
        found, start = [], 0
        for width in self.widths:
            stop = start + (1 if width is None else width)
            numbers = row[start:stop].tolist()
            found.append(numbers[0] if width is None else numbers)
            start = stop
        return found

    def __call__(self, *columns: Array, threads: int = 1) -> Array:
        """The values (samples,), or (samples, k), for arrays that stand side by side."""
        whole = [column if column.ndim == 2 else column[:, None] for column in columns]
        found = []
        for start in range(0, len(whole[0]), CHUNK):
            rows = np.concatenate([each[start:start + CHUNK] for each in whole], axis=1, dtype=float)
            found.append(self._values(rows, threads))
        return np.concatenate(found)

    def value_and_grad(
        self, rows: Array, weights: Array | float, at: Array, threads: int = 1
    ) -> tuple[float, Array]:
        """Σ weights[i] · function(rows[i]) at the parameters `at`, and its derivatives by them."""
        if self.tape is not None:
            return self.tape.value_and_grad(rows, weights, at=at, threads=threads)
        vectors.write(self.parameters, at)
        each = [self.function(*self.parts(row)) for row in rows]
        total = dot(np.broadcast_to(weights, len(rows)).tolist(), each)
        found = np.zeros(len(at))
        if type(total) is not Value:
            return float(total), found
        wanted = np.flatnonzero([parameter.requires_grad for parameter in self.parameters])
        found[wanted] = gradients(total, [self.parameters[k] for k in wanted])
        return total.data, found

    @no_grad()
    def _values(self, rows: Array, threads: int) -> Array:
        if self.tape is not None:
            values: Array = self.tape(rows, threads=threads)
            return values
        return np.array([_number(self.function(*self.parts(row))) for row in rows])


def _number(answer: Any) -> Any:
    """The plain numbers in what a function of a sample returned."""
    if type(answer) is Value:
        return answer.data
    if hasattr(answer, "__len__") and not isinstance(answer, str):
        return [_number(each) for each in answer]
    try:
        return float(answer)
    except (TypeError, ValueError):
        raise TypeError(f"numbers are expected for a sample, got {describe(answer)}") from None
