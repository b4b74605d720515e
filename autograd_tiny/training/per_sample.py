"""PerSample: a function of one sample, evaluated for each row of an array.

It runs on a tape where it can be recorded, and else as plain Python, row by row. Losses, models and metrics are
such functions; update.py differentiates the loss.

**Both compute the same.** A tape computes as IEEE 754 says and never raises; so do the floats of a row, which are
IEEEFloats. Values differ from floats in one thing: they are compared by == and looked up in dicts as nodes, and not
by their numbers. A function that does so is not recorded, nor one that asks for their type.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial, wraps
from typing import Any

import numpy as np

from .. import vectors
from ..boundary.arguments import describe
from ..calculus.formulas import WrongIndexError
from ..calculus.ieee_float import IEEEFloat
from ..engine.context import no_grad
from ..engine.functions import dot
from ..engine.gradient_graph import gradients
from ..engine.state import watching
from ..engine.value import Value, is_operand
from ..nn.activations import name_of
from ..nn.layers import Dropout, as_list, dropout_factors
from ..nn.losses import LossSpec
from ..nn.module import Module
from ..tape.branch_guard import identity_refused
from ..tape.program import SampleIndexError
from ..tape.tape import Tape, record
from .data import Array
from .model import check_model, evaluation_mode, is_built_in, training_mode

CHUNK = 4096            # samples that are converted to float64 and run at a time
WORTH_A_TAPE = 100      # recording takes about as long as running so many samples

QUIET = partial(np.errstate, all="ignore")      # NumPy's functions follow IEEE 754, but warn
RAISED = ZeroDivisionError, OverflowError       # by Python's arithmetic on floats, which a tape would not


class SampleError(FloatingPointError):
    """Python's arithmetic raised for a sample: in `math`, say, or on floats that the function made itself.

    Attributes:
        sample: The row.
        reason: The error in words.
    """

    def __init__(self, sample: int, error: Exception) -> None:
        self.sample, self.reason = sample, f"{type(error).__name__} ({error})"
        super().__init__(f"{self.reason} for sample {sample}")


def call_for_sample(function: Callable[..., Any], arguments: Sequence[Any], sample: int) -> Any:
    """function(*arguments), for a sample of this number.

    Where that raises, Values in the place of the floats are tried, which a tape has: they have methods that floats
    lack, and 1/math.floor(x) is inf at 0.

    Raises:
        SampleError: ZeroDivisionError or OverflowError was raised.
        SampleIndexError: An index of a `take` was wrong. Other errors stay as they are.
    """
    with QUIET():
        try:
            return function(*arguments)
        except Exception as error:
            with suppress(Exception):
                return by_numbers(function)(*map(_as_values, arguments))
            if isinstance(error, RAISED):
                raise SampleError(sample, error) from error
            if isinstance(error, WrongIndexError):
                raise SampleIndexError(sample, str(error)) from None
            raise


def _as_values(numbers: Any) -> Any:
    if isinstance(numbers, list):
        return [_as_values(x) for x in numbers]
    return Value(numbers, requires_grad=False)


def floats_of(row: Array) -> Any:
    """The numbers of a row (columns,), or of an array of no dimensions, as IEEEFloats."""
    return IEEEFloat(row) if row.ndim == 0 else [IEEEFloat(x) for x in row.tolist()]


class PerSample:
    """function(*arguments) for each row of an array, whose columns are the arguments side by side.

    Args:
        function: The function of one sample.
        example: A row (columns,), with which it is recorded.
        widths: How many columns each argument has; None for a single number that is not in a list.
        parameters: The Values for value_and_grad, in order; None for those that the tape finds.
        samples: About how many rows there will be in all; for few of them nothing is recorded.
        check: Whether recording compares the tape to a second run: see `record`.
        dtype: float64 or float32, of the rows and results, and of the tape. Without a tape, the function has floats of
            double precision.

    Attributes:
        tape: None where the function runs eagerly, as always inside detect_anomaly().
        why: Why it could not be recorded; "" if it was, or if nobody tried.
    """

    def __init__(
        self, function: Callable[..., Any], example: Array, widths: Sequence[int | None],
        parameters: Sequence[Value] | None, samples: int, check: bool = True, dtype: Any = np.float64,
    ) -> None:
        self.function = function
        self.widths, self.dtype = widths, dtype
        self.parameters = tuple(parameters or ())
        self.tape: Tape | None = None
        self.why = ""
        if samples < WORTH_A_TAPE or watching():
            return
        recorded = by_numbers(function) if check else function
        try:
            with QUIET():
                tape = record(recorded, *self.arguments(example), parameters=parameters, check=check)
            if check:
                self._check_at(example, tape)
            self.tape = tape.astype(dtype)
        except Exception as error:      # any error of the function itself: the eager run raises it again
            self.why = str(error)

    def _check_at(self, example: Array, tape: Tape) -> None:
        """ValueError unless the tape computes the numbers that the function makes of floats."""
        rows = np.asarray(example, float)[np.newaxis]
        with no_grad():
            of_floats = _plain(self._eager(rows)[0])
        if not np.allclose(tape(rows)[0], of_floats, 1e-6, 1e-9, equal_nan=True):
            raise ValueError(f"{name_of(self.function)} makes other numbers of floats than of Values")

    def arguments(self, row: Array) -> list[Any]:
        """The arguments in a row (columns,), as IEEEFloats and lists of them."""
        found, start = [], 0
        for width in self.widths:
            stop = start + (1 if width is None else width)
            numbers = floats_of(row[start:stop])
            found.append(numbers[0] if width is None else numbers)
            start = stop
        return found

    def __call__(self, *columns: Array, threads: int = 1) -> Array:
        """The values, (samples,) or (samples, k), for arrays that stand side by side as columns.

        Raises:
            SampleError: The function raised ZeroDivisionError or OverflowError.
        """
        as_matrices = [column if column.ndim == 2 else column[:, None] for column in columns]
        found = []
        for start in range(0, len(as_matrices[0]), CHUNK):
            part = [each[start:start + CHUNK] for each in as_matrices]
            with QUIET():
                rows = np.concatenate(part, axis=1, dtype=self.dtype, casting="unsafe")
                found.append(self._values(rows, threads, start).astype(self.dtype, copy=False))
        return np.concatenate(found)

    def value_and_grad(
        self, rows: Array, weights: Array | float, at: Array, threads: int = 1
    ) -> tuple[float, Array]:
        """Σ weights[i] · function(rows[i]), and its gradient (parameters,). Nothing is checked: see the tape.

        Args:
            rows: C-contiguous (samples, columns) of the dtype, one sample at least.
            weights: C-contiguous float64 (samples,), or one float for all.
            at: The parameters, float64 (parameters,).
            threads: 1 or more.

        Returns:
            The sum, and the gradient in float64.

        Raises:
            SampleError: The function raised ZeroDivisionError or OverflowError.
        """
        if self.tape is not None:
            with suppress(*RAISED):             # by an operation of the user's own: the eager run says where
                return self.tape.value_and_grad_unchecked(rows, weights, at, threads)
        vectors.write(self.parameters, at)
        each = self._eager(rows)
        total = dot(np.broadcast_to(weights, len(rows)).tolist(), each)
        gradient = np.zeros(len(at))
        if type(total) is not Value:
            return float(total), gradient
        trainable = np.flatnonzero([parameter.requires_grad for parameter in self.parameters])
        gradient[trainable] = gradients(total, [self.parameters[k] for k in trainable])
        return total.data, gradient

    @no_grad()
    def _values(self, rows: Array, threads: int, first: int) -> Array:
        if self.tape is not None:
            try:
                values: Array = self.tape(rows, threads=threads)
                return values
            except RAISED:
                pass
            except SampleIndexError as error:
                raise error.behind(first) from None
        return _stacked([_plain(each) for each in self._eager(rows, first)], first)

    def _eager(self, rows: Array, first: int = 0) -> list[Any]:
        """The function of each row; the number of the first one is for errors."""
        return [call_for_sample(self.function, self.arguments(row), k) for k, row in enumerate(rows, first)]


def by_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which raises where Values, its arguments, would not be compared by their numbers."""
    @wraps(function)
    def run(*arguments: Any) -> Any:
        each = [x for argument in arguments for x in (argument if isinstance(argument, list) else [argument])]
        with identity_refused(each):
            return function(*arguments)

    run.__name__ = name_of(function)
    return run


def _stacked(results: list[Any], first: int) -> Array:
    """The results of samples as an array. ValueError unless each has as many numbers as the first."""
    try:
        return np.array(results)
    except ValueError:
        counts = [len(each) if isinstance(each, list) else 1 for each in results]
        other = next((k for k, count in enumerate(counts) if count != counts[0]), 0)
        raise ValueError(
            f"as many numbers are expected for each sample, got {counts[0]} for sample {first} and {counts[other]} "
            f"for sample {first + other}"
        ) from None


def _plain(result: Any) -> Any:
    """The floats in the result of a function of a sample, nested as it is."""
    if getattr(result, "ndim", 1) == 0:
        result = result.item()
    if type(result) is Value:
        return result.data
    if isinstance(result, list | tuple | np.ndarray):
        return [_plain(each) for each in result]
    try:
        return float(result)
    except (TypeError, ValueError):
        raise TypeError(f"numbers are expected for a sample, got {describe(result)}") from None


# ---- models

def outputs_and_dropouts(
    model: Any, modules: list[Module], row: Array, loss: LossSpec
) -> tuple[int | None, list[Dropout]]:
    """Run a model on the first sample, in training mode.

    Returns:
        The number of its outputs, None for one that is not in a list; and the Dropouts that asked for a factor, in
        order, each as often as it asked.
    """
    asked: list[Dropout] = []

    def factor(dropout: Dropout) -> float:
        asked.append(dropout)
        return 1.0

    def run(x: Any) -> Any:
        asked.clear()
        return model(x)

    check_model(model)
    with training_mode(modules), dropout_factors(factor):
        outputs = call_for_sample(run, [floats_of(row)], 0)
    return width_of(outputs, loss), asked


def width_of(outputs: Any, loss: LossSpec) -> int | None:
    """The number of outputs for a sample; None for one that is not in a list.

    Raises:
        TypeError: They are no numbers, and the loss is one of this package. (Another may take anything.)
    """
    elements = as_list(outputs)
    if loss.targets != "any" and (isinstance(outputs, dict) or not all(map(is_operand, elements))):
        raise TypeError(f"model: it returns a Value or a list of Values for a sample, got {describe(outputs)}")
    return len(outputs) if elements is outputs else None


def predictor(
    model: Any, modules: list[Module], x: Array, samples: int, check: bool = True, dtype: Any = np.float64,
) -> PerSample:
    """A model in evaluation mode as a function over rows of inputs."""
    parameters = None
    if samples >= WORTH_A_TAPE and hasattr(model, "parameters"):
        parameters = model.parameters()
    check = check and not all(map(is_built_in, modules or [model]))
    with evaluation_mode(modules):
        return PerSample(model, x[0], [x.shape[1]], parameters, samples, check, dtype)
