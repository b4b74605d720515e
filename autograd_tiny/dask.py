"""Tapes over Dask's arrays and dataframes: more rows than one machine holds, or than one machine should compute.

    value, gradient = value_and_grad(tape, X)               # the mean over all rows of X, and its gradient
    gradients = map_rows(tape, X, "input_gradients")        # a dask array, computed when it is needed

A partition of X is computed where it is, by the tape itself, and gives a partial sum: a value, a gradient (parameters,)
and a number of rows. Only these travel. They are added in the order of the partitions, in groups of GROUP, the sums of
groups again, and so on. So the result depends on how X is divided into partitions, and on nothing else: not on the
scheduler, on the number of workers and threads, on which partition is ready first, or on one that is computed again
because a worker died.

Each call sends the workers one object, a Call, which has the tape in a form that a process unpacks only once.

Matthew Rocklin, Dask: Parallel Computation with Blocked Algorithms and Task Scheduling (2015), describes graphs of
tasks and their schedulers.
"""
from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from math import isnan
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from . import vectors
from .boundary.arguments import describe
from .boundary.libraries import missing
from .boundary.text import quoted, shortened, some_of
from .engine.value import Value
from .tape import Tape, arguments
from .tape.numpy_executor import Array

try:
    import dask
    import dask.array as da
    from dask.utils import is_dataframe_like, is_series_like
except ImportError as error:
    raise missing("dask", "autograd_tiny.dask", "dask") from error

__all__ = ["PartitionError", "map_rows", "value", "value_and_grad"]

GROUP = 16              # so many partial sums are added by one task

PartialSum = tuple[float, Array | None, int]        # value, gradient, rows


class PartitionError(RuntimeError):
    """A partition could not be computed. Its `__cause__` is the error of the tape.

    Attributes:
        partition: Its number, from 0.
        rows: Its first row and the row behind its last one; None where the sizes of partitions are not known.
    """

    def __init__(self, reason: str, partition: int, rows: tuple[int, ...] | None) -> None:
        super().__init__(reason, partition, rows)
        self.partition, self.rows = partition, rows

    def __str__(self) -> str:
        where = "" if self.rows is None else f", rows {self.rows[0]:,} to {self.rows[1] - 1:,}"
        return f"in partition {self.partition} of X{where}: {self.args[0]}"


def value_and_grad(
    tape: Tape, X: Any, weights: Any = None, output: int = 0, *, at: Any = None, threads: int = 1,
    check_finite: bool = False,
) -> tuple[float, Array]:
    """Σ weights[i] · output(X[i]) over all rows, and its derivatives with respect to the parameters.

    It is computed at once, by the scheduler that Dask would use: that of the distributed.Client, if there is one. For
    scipy.optimize.minimize(…, jac=True), as lambda p: value_and_grad(tape, X, at=p), let X be persisted.

    Args:
        tape: A tape. Operations of the user's own must be in a module that the workers can import.
        X: A dask array (rows, inputs), or a dask dataframe with a column for each name in tape.inputs; it may have
            others, too. The sizes of partitions need not be known. A tape of one input takes (rows,), too.
        weights: One for each row: in a dask array with the partitions of X, in an array if their sizes are known, or
            with a dataframe in a dask series, where they are found by the index. Or one number for all rows. By default
            the result is the mean.
        output: The index of one of the outputs, from 0.
        at: An array (parameters,), to be used instead of the data of the parameters.
        threads: The largest number of threads for a partition; Dask's own threads take a partition each.
        check_finite: Whether nan and infinity are errors, in X and in the results.

    Returns:
        The weighted sum, and its gradient (parameters,). Neither depends on workers, threads or their order.

    Raises:
        TypeError: X is neither a dask array nor a dask dataframe.
        ValueError: X has other columns than the tape has inputs, or no rows; weights or `at` do not fit.
        PartitionError: A partition failed; the message says which.
        FloatingPointError: A total is not finite, and check_finite=True.
    """
    total, gradient, rows = _total(sum_and_gradient, tape, X, weights, output, at, threads, check_finite)
    assert gradient is not None
    with np.errstate(all="ignore"):
        mean = (gradient / rows if weights is None else gradient).astype(tape.dtype, copy=False)
    if check_finite:
        arguments.finite(mean, "a gradient")
    return total, mean


def value(
    tape: Tape, X: Any, weights: Any = None, output: int = 0, *, at: Any = None, threads: int = 1,
    check_finite: bool = False,
) -> float:
    """The number that value_and_grad returns, up to rounding, without the gradient.

    Args:
        tape, X, weights, output, at, threads, check_finite: See value_and_grad.

    Returns:
        The weighted sum. It does not depend on workers, threads or their order.

    Raises:
        TypeError, ValueError, PartitionError, FloatingPointError: See value_and_grad.
    """
    return _total(sum_alone, tape, X, weights, output, at, threads, check_finite)[0]


def map_rows(
    tape: Tape, X: Any, method: str = "values", output: int = 0, *, at: Any = None, threads: int = 1,
    check_finite: bool = False,
) -> Any:
    """The results of a method of the tape for each row, as a dask array with the partitions of X.

    Nothing is computed yet. The parameters have the numbers that they have now.

    Args:
        tape, X, at, threads, check_finite: See value_and_grad.
        method: "values" for tape(X), "input_gradients", "jacobian" or "hessian" for the method of that name.
        output: The index of one of the outputs, from 0, for "input_gradients". The others are of all outputs.

    Returns:
        A dask array, whose axes are those of the method's result.

    Raises:
        TypeError: X is neither a dask array nor a dask dataframe.
        ValueError: X has other columns than the tape has inputs, there is no such method, or `at` does not fit.
        PartitionError: When it is computed: a partition failed; the message says which.
    """
    if method not in METHODS:
        raise ValueError(f"method {quoted(method)} is not known; there are {', '.join(METHODS)}")
    if output != 0 and method != "input_gradients":
        raise ValueError(f"output={quoted(output)}: {method} is of all outputs; take a part of the result")
    x = _rows_of(X, tape)
    call = dask.delayed(Call(tape, x, output, at, threads, check_finite, 1.0), traverse=False)
    outputs = (len(tape.program.outputs),) if tape._several and method != "input_gradients" else ()
    shape = (*outputs, *[len(tape.inputs)] * METHODS[method])           # of the result for a row
    axes = {"new_axis": [*range(2, len(shape) + 1)]} if len(shape) > 1 else {} if shape else {"drop_axis": 1}
    empty = np.empty((0,) * (1 + len(shape)), tape.dtype)
    return da.map_blocks(
        results_of_rows, x, call=call, method=method, meta=empty, dtype=tape.dtype,
        chunks=(x.chunks[0], *((size,) for size in shape)), **axes,
    )


METHODS = {"values": 0, "input_gradients": 1, "jacobian": 1, "hessian": 2}      # and the axes of inputs in the results


# ---- what travels to the workers, once in a call

class Call:
    """A tape and the other arguments that all partitions of a call share.

    Args:
        tape, output, at, threads, check_finite: See value_and_grad.
        x: The dask array.
        weight: One number for all rows; None where there is a weight for each.

    Attributes:
        starts: The first row of each partition, and behind them the number of rows; None where not known.
    """

    def __init__(
        self, tape: Tape, x: Any, output: int, at: Any, threads: int, check_finite: bool, weight: float | None
    ) -> None:
        self.output, self.weight = tape._checked_output(output), weight
        self.threads, self.check_finite = arguments.number_of_threads(threads), check_finite
        given = arguments.parameter_values(at, len(tape.parameters))
        self.at = vectors.read(tape.parameters) if given is None else given.copy()
        sizes = x.chunks[0]
        self.starts = None if any(map(isnan, sizes)) else np.cumsum((0, *sizes))
        self._tape: Tape | None = tape
        self._packed = b""

    def __getstate__(self) -> dict[str, Any]:
        packed = self._packed if self._tape is None else _packed(self._tape)
        return self.__dict__ | {"_tape": None, "_packed": packed}

    @property
    def tape(self) -> Tape:
        """The tape; the data of its parameters mean nothing."""
        return _unpacked(self._packed) if self._tape is None else self._tape

    def tape_there(self) -> Tape:
        """The tape with Values of their own for its parameters, which have the numbers of the call."""
        tape, values = self.tape, list(map(Value, self.at.tolist()))
        there = Tape(**tape._source()._replace(parameters=values)._asdict())
        there._runners, there._derivatives = tape._runners, tape._derivatives       # plans know no parameters
        return there

    @contextmanager
    def named(self, partition: int) -> Iterator[None]:
        """A block whose errors are a PartitionError."""
        try:
            yield
        except Exception as error:
            rows = None if self.starts is None else tuple(self.starts[partition : partition + 2].tolist())
            raise PartitionError(f"{type(error).__name__}: {error}", partition, rows) from error


_PACKED: WeakKeyDictionary[Tape, bytes] = WeakKeyDictionary()


def _packed(tape: Tape) -> bytes:
    """A tape as bytes, without the data of its parameters: so they are the same in each call."""
    if tape not in _PACKED:
        _PACKED[tape] = pickle.dumps(tape._source()._replace(parameters=()))
    return _PACKED[tape]


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> Tape:
    try:
        source = pickle.loads(packed)
    except (AttributeError, ImportError) as error:
        raise TypeError(
            f"the tape has an operation of your own that a worker can't import ({shortened(error)}): define it in a "
            "module that is installed there"
        ) from error
    parameters = [Value(0.0) for _ in range(source.program.parameters)]
    return Tape(**source._replace(parameters=parameters)._asdict())


# ---- tasks: these run on the workers

def sum_and_gradient(call: Call, partition: int, x: Any, weights: Any) -> PartialSum:
    """The partial sum of a partition, and its gradient in double precision."""
    with call.named(partition):
        rows, each = _rows_and_weights(call, x, weights)
        if not len(rows):
            return 0.0, None, 0
        total, gradient = call.tape.value_and_grad(
            rows, each, call.output, at=call.at, threads=call.threads, check_finite=call.check_finite
        )
        return total, gradient.astype(np.float64, copy=False), len(rows)


def sum_alone(call: Call, partition: int, x: Any, weights: Any) -> PartialSum:
    """The partial sum of a partition."""
    with call.named(partition), np.errstate(all="ignore"):
        rows, each = _rows_and_weights(call, x, weights)
        tape, out = call.tape_there(), np.empty((len(rows), 1), call.tape.dtype)
        tape._runner(call.output).run("values", tape.parameters, call.threads, rows, out)
        total = float((out[:, 0].astype(np.float64) * each).sum())
        if call.check_finite:
            arguments.finite(total, "the value")
        return total, None, len(rows)


def _rows_and_weights(call: Call, x: Any, weights: Any) -> tuple[Array, Array | float]:
    """Those of a partition, checked. Weights may be the last column of x."""
    tape, given = call.tape, weights if call.weight is None else call.weight
    if given is None:
        x, given = x[:, :-1], arguments.numeric(x[:, -1], "weights")
        if np.isnan(given).any():
            place = int(np.isnan(given).argmax())
            raise ValueError(f"X[{place}] has no weight, but nan: those of a dataframe are found by its index")
    rows = arguments.samples(x, tape.inputs, call.check_finite, tape.dtype)
    return rows, arguments.sample_weights(given, len(rows))


def added(parts: Sequence[PartialSum]) -> PartialSum:
    """The sum of partial sums, from the first to the last."""
    total, gradient, rows = 0.0, None, 0
    with np.errstate(all="ignore"):
        for more, of_more, count in parts:
            total, rows = total + more, rows + count
            if of_more is not None:
                gradient = of_more if gradient is None else gradient + of_more
    return total, gradient, rows


def results_of_rows(x: Array, call: Call, method: str, block_id: tuple[int, ...]) -> Array:
    """What a method of the tape returns for the rows of a partition."""
    with call.named(block_id[0]):
        tape = call.tape_there()
        options: dict[str, Any] = {"threads": call.threads, "check_finite": call.check_finite}
        rows = arguments.samples(x, tape.inputs, False, tape.dtype)
        if method == "values":
            return tape(rows, **options)
        if method == "input_gradients":
            return tape.input_gradients(rows, call.output, **options)
        found: Array = getattr(tape, method)(rows, **options)
        return found


# ---- the graph of a sum

def _total(
    task: Callable[..., PartialSum], tape: Tape, X: Any, weights: Any, output: int, at: Any, threads: int,
    check_finite: bool,
) -> PartialSum:
    """The weighted sum, or the mean; the sum of the gradients; and the number of rows."""
    by_index = _is_labelled(X) and dask.is_dask_collection(weights) and is_series_like(weights)
    x = _rows_of(X, tape, weights if by_index else None)
    weight, array = (None, None) if by_index else _weights_of(weights, x)
    # optimised one by one, rows and weights that come from one file would each read it
    rows = x.to_delayed(optimize_graph=array is None)[:, 0]
    of_rows = [None] * len(rows) if array is None else array.to_delayed(optimize_graph=False)
    call = dask.delayed(Call(tape, x, output, at, threads, check_finite, weight), traverse=False)
    one, several = dask.delayed(task, pure=False), dask.delayed(added, pure=False)
    parts = [one(call, k, *both) for k, both in enumerate(zip(rows, of_rows, strict=True))]
    while len(parts) > 1:
        parts = [several(parts[k : k + GROUP]) for k in range(0, len(parts), GROUP)]
    ((total, gradient, count),) = dask.compute(parts[0])
    if not count:
        raise ValueError("X of one row at least is expected, got 0 rows")
    if weights is None:
        total /= count
    if check_finite:
        arguments.finite(total, "the value")
    return total, gradient, count


def _is_labelled(x: Any) -> bool:
    """Whether it is a dataframe or a series of Dask."""
    return bool(dask.is_dask_collection(x) and (is_dataframe_like(x) or is_series_like(x)))


def _rows_of(X: Any, tape: Tape, weights: Any = None) -> Any:
    """X as a dask array (rows, inputs) that is divided by rows only. A series of weights is one column more."""
    if not isinstance(tape, Tape):
        raise TypeError(f"a tape is expected first, as record(…) makes them, got {describe(tape)}")
    inputs = len(tape.inputs)
    if _is_labelled(X):
        if is_series_like(X):
            X = X.to_frame(tape.inputs[0] if inputs == 1 else X.name)
        names = _columns(X.columns.tolist(), tape.inputs)
        X = X[names]
        if weights is not None:
            weight = "weights" + "_" * max(map(len, names))     # the name of no input
            X, inputs = X.assign(**{weight: weights})[[*names, weight]], inputs + 1
        X = X.to_dask_array()
    if not isinstance(X, da.Array):
        raise TypeError(
            f"X: a dask array or dataframe is expected, got {describe(X)}: arrays in memory go to the methods of the "
            "tape"
        )
    if X.ndim == 1 and inputs == 1:
        X = X[:, None]
    if X.ndim != 2 or X.shape[1] != inputs:
        raise ValueError(f"X has {inputs} columns ({some_of(tape.inputs)}), got a dask array of shape {X.shape}")
    return X if len(X.chunks[1]) == 1 else X.rechunk({1: -1})


def _columns(found: list[Any], inputs: Sequence[str]) -> list[str]:
    """The columns of a dataframe that are inputs. ValueError unless each is there once."""
    wrong = [name for name in inputs if found.count(name) != 1]
    if wrong:
        problem = "no column" if wrong[0] not in found else "several columns"
        raise ValueError(
            f"the dataframe has {problem} {some_of(wrong)} of the inputs {some_of(inputs)}, got {some_of(found)}: "
            "rename its columns, or pass X.to_dask_array() to take them in order"
        )
    return [*inputs]


def _weights_of(weights: Any, x: Any) -> tuple[float | None, Any]:
    """One weight for all rows, or a dask array with the partitions of x."""
    sizes = x.chunks[0]
    if weights is None:
        return 1.0, None
    if not dask.is_dask_collection(weights):
        given = arguments.numeric(weights, "weights")
        if given.shape == ():
            return float(given), None
        if isnan(x.shape[0]):
            raise ValueError(
                "weights: an array goes with partitions of X whose sizes are known, which X.compute_chunk_sizes() "
                "finds; or give a dask array or series with the partitions of X"
            )
        return None, da.from_array(arguments.sample_weights(given, x.shape[0]), chunks=(sizes,))
    if is_series_like(weights):
        weights = weights.to_dask_array()
    if not isinstance(weights, da.Array) or weights.ndim != 1:
        raise ValueError(f"weights: one for each row is expected, got {describe(weights)}")
    if not isnan(x.shape[0]) and not isnan(weights.shape[0]):
        if x.shape[0] != weights.shape[0]:
            raise ValueError(f"weights: one for each of {x.shape[0]:,} rows is expected, got {weights.shape[0]:,}")
        return None, weights.rechunk((sizes,))
    if weights.numblocks[0] != len(sizes):
        raise ValueError(f"weights have {weights.numblocks[0]} partitions, and X has {len(sizes)}: they go together")
    return None, weights
