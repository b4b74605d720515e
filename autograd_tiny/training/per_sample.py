"""PerSample: a function of one sample, evaluated for each row of an array.

It runs on a tape where it can be recorded, and else as plain Python, row by row. Losses, models and metrics are
such functions; update.py differentiates the loss.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import vectors
from ..boundary.arguments import describe
from ..engine.context import no_grad
from ..engine.functions import dot
from ..engine.gradient_graph import gradients
from ..engine.state import watching
from ..engine.value import Value
from ..tape.tape import Tape, record
from .data import Array

CHUNK = 4096            # samples that are converted to float64 and run at a time
WORTH_A_TAPE = 100      # recording takes about as long as running so many samples


class PerSample:
    """function(*arguments) for each row of an array, whose columns are the arguments side by side.

    Args:
        function: The function of one sample.
        example: A row (columns,), with which it is recorded.
        widths: How many columns each argument has; None for a single number that is not in a list.
        parameters: The Values for value_and_grad, in order; None for those that the tape finds.
        samples: About how many rows there will be in all; for few of them nothing is recorded.
        check: Whether recording compares the tape to a second run: see `record`.

    Attributes:
        tape: None where the function runs eagerly, as always inside detect_anomaly().
        why: Why it could not be recorded; "" if it was, or if nobody tried.
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
            self.tape = record(function, *self.arguments(example), parameters=parameters, check=check)
        except Exception as error:      # any error of the function itself: the eager run raises it again
            self.why = str(error)

    def arguments(self, row: Array) -> list[Any]:
        """The arguments in a row (columns,), as floats and lists of floats."""
        found, start = [], 0
        for width in self.widths:
            stop = start + (1 if width is None else width)
            numbers = row[start:stop].tolist()
            found.append(numbers[0] if width is None else numbers)
            start = stop
        return found

    def __call__(self, *columns: Array, threads: int = 1) -> Array:
        """The values, (samples,) or (samples, k), for arrays that stand side by side as columns."""
        as_matrices = [column if column.ndim == 2 else column[:, None] for column in columns]
        found = []
        for start in range(0, len(as_matrices[0]), CHUNK):
            rows = np.concatenate([each[start:start + CHUNK] for each in as_matrices], axis=1, dtype=float)
            found.append(self._values(rows, threads))
        return np.concatenate(found)

    def value_and_grad(
        self, rows: Array, weights: Array | float, at: Array, threads: int = 1
    ) -> tuple[float, Array]:
        """Σ weights[i] · function(rows[i]), and its gradient (parameters,). Nothing is checked: see the tape.

        Args:
            rows: C-contiguous float64 (samples, columns), one sample at least.
            weights: C-contiguous float64 (samples,), or one float for all.
            at: The parameters, float64 (parameters,).
            threads: 1 or more.
        """
        if self.tape is not None:
            return self.tape.value_and_grad_unchecked(rows, weights, at, threads)
        vectors.write(self.parameters, at)
        each = [self.function(*self.arguments(row)) for row in rows]
        total = dot(np.broadcast_to(weights, len(rows)).tolist(), each)
        gradient = np.zeros(len(at))
        if type(total) is not Value:
            return float(total), gradient
        trainable = np.flatnonzero([parameter.requires_grad for parameter in self.parameters])
        gradient[trainable] = gradients(total, [self.parameters[k] for k in trainable])
        return total.data, gradient

    @no_grad()
    def _values(self, rows: Array, threads: int) -> Array:
        if self.tape is not None:
            values: Array = self.tape(rows, threads=threads)
            return values
        return np.array([_plain(self.function(*self.arguments(row))) for row in rows])


def _plain(result: Any) -> Any:
    """The floats in the result of a function of a sample, nested as it is."""
    if type(result) is Value:
        return result.data
    if hasattr(result, "__len__") and not isinstance(result, str):
        return [_plain(each) for each in result]
    try:
        return float(result)
    except (TypeError, ValueError):
        raise TypeError(f"numbers are expected for a sample, got {describe(result)}") from None
