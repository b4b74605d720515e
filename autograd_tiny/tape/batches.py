"""Runs a program on a batch: divided into chunks, by one thread or several, natively or with NumPy."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import index
from typing import Any, Protocol

import numpy as np

from .. import vectors
from ..engine.custom import CustomOperation
from ..engine.state import engine_kind
from ..engine.value import Value
from .grouping import Schedule
from .numpy_executor import Array, NumpyRows
from .program import Program

BLOCKS_IN_A_CHUNK = 4       # at least: what one thread takes at a time, with sums of its own
MOST_CHUNKS = 16
BUDGET = 2**23              # numbers in the sums of all chunks together: 64 MiB


class Executor(Protocol):
    """What runs groups over rows: see NumpyRows."""

    name: str
    width: int

    def prepare(self, scalars: Array) -> None: ...
    def finish(self, scalars: Array, adjoints: Array) -> None: ...
    def values(self, scalars: Array, x: Array, out: Array) -> None: ...
    def adjoints(self, scalars: Array, x: Array, weights: Array | float, adjoints: Array) -> float: ...
    def input_adjoints(self, scalars: Array, x: Array, out: Array, gradients: Array) -> None: ...
    def tangents(self, scalars: Array, x: Array, out: Array, changes: Array, directions: Array) -> None: ...


class Runner:
    """A program, and the executor for it. parameters: where they are among the scalars.

    reached: the parameters that the output depends on; None for all of them. spare: arrays for the next run.
    """

    def __init__(self, program: Program) -> None:
        schedule = Schedule(program)
        self.executor: Executor = executor_for(program)(schedule)
        first = len(schedule.constants)
        self.parameters = slice(first, first + program.parameters)
        self.spare: list[Array] = []
        self._constants, self._size = schedule.constants, schedule.scalars
        needed = program.needed()[program.inputs : program.first]
        self.reached = None if all(needed) else np.flatnonzero(np.frombuffer(needed, np.uint8))

    def run(self, parameters: tuple[Value, ...], x: Array, threads: int, method: str, *arrays: Array) -> None:
        """Call a method of the executor with chunks of the samples, and of arrays as long."""
        scalars, work = self._scalars(parameters), getattr(self.executor, method)

        def on(chunk: slice) -> None:
            work(scalars, x[chunk], *[array[chunk] for array in arrays])

        for _ in _each(on, self._chunks(len(x)), threads):
            pass
        self.spare.append(scalars)

    def adjoints(
        self, parameters: tuple[Value, ...], at: Array | None, x: Array, weights: Array | float, threads: int
    ) -> tuple[float, Array]:
        """The weighted sum of the outputs, and its derivatives by the scalars; these go back to `spare`."""
        scalars = self._scalars(parameters, at)
        chunks = self._chunks(len(x))
        sums = [self._array() for _ in chunks]

        def add(k: int) -> float:
            each = weights if isinstance(weights, float) else weights[chunks[k]]
            sums[k].fill(0.0)
            return self.executor.adjoints(scalars, x[chunks[k]], each, sums[k])

        total = 0.0
        for found in _each(add, range(len(chunks)), threads):
            total += found
        for more in sums[1:]:
            with np.errstate(all="ignore"):
                sums[0] += more
            self.spare.append(more)
        self.executor.finish(scalars, sums[0])
        self.spare.append(scalars)
        return total, sums[0]

    def _scalars(self, values: tuple[Value, ...], numbers: Array | None = None) -> Array:
        """All that is computed once in a run, from the parameters or from numbers in their place."""
        scalars = self._array()
        scalars[: len(self._constants)] = self._constants
        if numbers is None:
            vectors.copy_numbers(values, scalars[self.parameters])
        else:
            scalars[self.parameters] = numbers
        self.executor.prepare(scalars)
        return scalars

    def _chunks(self, samples: int) -> list[slice]:
        """How a batch is divided: by its size and the program alone, so that sums come out the same."""
        width = self.executor.width
        blocks = -(-samples // width)
        count = max(1, min(blocks // BLOCKS_IN_A_CHUNK, MOST_CHUNKS, BUDGET // (self._size + 1)))
        ends = [width * (blocks * k // count) for k in range(count)]
        return [slice(a, b) for a, b in zip(ends, [*ends[1:], samples], strict=True)]

    def _array(self) -> Array:
        """For all scalars, with anything in it."""
        try:
            return self.spare.pop()
        except IndexError:
            return np.empty(self._size)


def _each(function: Callable[[Any], Any], items: Sequence[Any], threads: int) -> Iterable[Any]:
    """The results in order, found by so many threads."""
    if not hasattr(threads, "__index__") or isinstance(threads, bool) or (threads := index(threads)) < 1:
        raise ValueError(f"threads: an int from 1 on is expected, got {threads!r}")
    if threads == 1 or len(items) == 1:
        return map(function, items)
    with ThreadPoolExecutor(min(threads, len(items))) as pool:
        return list(pool.map(function, items))


def executor_for(program: Program) -> Any:
    """The native one, where it was built and knows all the operations."""
    is_custom = [isinstance(operation, CustomOperation) for operation, _ in program.instructions]
    if engine_kind() == "pure" or any(is_custom):
        return NumpyRows
    try:
        from .native_executor import NativeRows
    except ImportError:                         # its compiler knew no vector types
        return NumpyRows
    return NativeRows
