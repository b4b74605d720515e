"""Runs a program on batches: in chunks of samples, by one thread or several, on the native executor or on NumPy's.

grouping.py makes the plan of a program; numpy_executor.py is the executor to read first.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from math import frexp, inf
from typing import Any, Protocol

import numpy as np

from .. import vectors
from ..boundary.warning import warn
from ..calculus.c_kernels import TAKES, fingerprint
from ..calculus.operations import TAKE
from ..engine.custom import OwnOperation
from ..engine.state import engine_kind
from ..engine.value import Value
from .grouping import Group, Plan
from .numpy_executor import Array, NumpyExecutor
from .program import Program, SampleIndexError
from .steps import in_steps

DOUBLE = np.dtype(np.float64)
BLOCKS_IN_A_CHUNK = 4       # at least; each chunk is computed by one thread, and has sums of its own
MOST_CHUNKS = 16
BUDGET = 2**23              # numbers in the sums of all chunks together: 64 MiB
# Sums of float32 over at most so many samples, in which errors stay below the sixth digit, are added as float64:
SINGLE_SUMS = 1024
SINGLE_SUMS_OF_TAKES = 64   # which the native executor adds sample by sample
USUAL = 2.0**-64, 2.0**64   # weights between which products with a float32 are as usual


def check_precision(program: Program, dtype: np.dtype[Any]) -> None:
    """ValueError where an index of a take may be a number that the dtype does not have."""
    most = most_indices(dtype)
    for operation, operands in program.instructions:
        if operation is TAKE and len(operands) - 1 > most:
            raise ValueError(
                f"a tape of {dtype} tells indices up to {most:,} apart, but a take has {len(operands) - 1:,} values: "
                "record it with dtype='float64'"
            )


def narrowed(weights: Array | float, dtype: np.dtype[Any]) -> tuple[Array | float, float]:
    """Weights in a dtype, and the power of two that they were divided by: far from 1, they are beyond a float32."""
    if dtype == DOUBLE:
        return weights, 1.0
    largest, scale = float(np.max(np.abs(weights))), 1.0
    if 0.0 < largest < USUAL[0] or USUAL[1] < largest < inf:
        scale = 2.0 ** (frexp(largest)[1] - 1)
    weights = weights / scale
    return weights if isinstance(weights, float) else weights.astype(dtype), scale


def most_indices(dtype: np.dtype[Any]) -> int:
    """How many whole numbers from 0 on the dtype has without a gap."""
    return int(2 ** (np.finfo(dtype).nmant + 1))


class Executor(Protocol):
    """Runs the groups of a plan over samples x (B, inputs), and writes into arrays that are passed to it.

    All arrays have the dtype that it was made for. Scalars and their adjoints are arrays (scalars of the plan,):
    constants, parameters, results of these.

    Attributes:
        name: "native" or "numpy".
        width: The number of samples in a block.
    """

    name: str
    width: int

    def prepare(self, scalars: Array) -> None:
        """Compute the scalars that are results, from the constants and parameters."""

    def finish(self, scalars: Array, adjoints: Array) -> None:
        """Pass the adjoints of the scalars that are results on to the parameters."""

    def values(self, scalars: Array, x: Array, out: Array) -> None:
        """The outputs (B, outputs)."""

    def adjoints(self, scalars: Array, x: Array, weights: Array | float, adjoints: Array) -> float:
        """Σ weights[i] · output(x[i]); its adjoints are added to those of the scalars.

        weights: (B,), or one float for all samples.
        """

    def input_adjoints(self, scalars: Array, x: Array, out: Array, gradients: Array) -> None:
        """The output (B,), and its derivatives (B, inputs) with respect to the inputs."""

    def tangents(self, scalars: Array, x: Array, out: Array, changes: Array, directions: Array) -> None:
        """The outputs (B, outputs), and their changes (B, outputs) along the directions (B, inputs)."""


class BatchRunner:
    """A program with its plan, on an executor.

    Args:
        program: The program.
        dtype: Of the numbers in rows, scalars and adjoints: float64 or float32.

    Attributes:
        executor: Runs the plan.
        outputs: How many there are.
        parameters: The places of the parameters among the scalars.
        reached: The parameters that a gradient flows to from the output; None for all of them.
        spare: Arrays of all scalars, for the next run.
    """

    def __init__(self, program: Program, dtype: Any = DOUBLE) -> None:
        self.dtype = np.dtype(dtype)
        program = executable(program, self.dtype)
        plan = Plan(program)
        self.executor: Executor = executor_for(program)(plan, self.dtype)
        opcodes, weights = (plan.table[:, Group._fields.index(each)] for each in ("opcode", "weights"))
        takes_scalars = bool(((opcodes == TAKES) & (weights > 0)).any())
        is_native = self.executor.name == "native"
        self._most_in_a_sum = SINGLE_SUMS_OF_TAKES if takes_scalars and is_native else SINGLE_SUMS
        first = len(plan.constants)
        self.parameters = slice(first, first + program.parameters)
        self.spare: list[Array] = []
        self.outputs = len(program.outputs)
        self._constants, self._size = plan.constants, plan.scalars
        self.reached = None if plan.reached.all() else np.flatnonzero(plan.reached)

    def run(self, method: str, parameters: tuple[Value, ...], threads: int, x: Array, *arrays: Array) -> None:
        """Call a method of the executor with chunks of the samples, and of arrays as long."""
        scalars, work = self._scalars(parameters), getattr(self.executor, method)

        def run_chunk(chunk: slice) -> None:
            try:
                work(scalars, x[chunk], *[array[chunk] for array in arrays])
            except SampleIndexError as error:
                raise error.behind(chunk.start) from None

        for _ in _mapped(run_chunk, self._chunks(len(x)), threads):
            pass
        self.spare.append(scalars)

    def one(self, parameters: tuple[Value, ...], x: Array) -> Array:
        """The outputs (outputs,) of one sample (1, inputs), C-contiguous."""
        out = np.empty((1, self.outputs), self.dtype)
        fixed = self._of_no_parameters
        scalars = self._scalars(parameters) if fixed is None else fixed
        try:
            self.executor.values(scalars, x, out)
        except SampleIndexError as error:
            raise error.of_no_sample() from None
        if fixed is None:
            self.spare.append(scalars)
        found: Array = out[0]
        return found

    @cached_property
    def _of_no_parameters(self) -> Array | None:
        """All scalars, if there are no parameters; nothing changes them."""
        return None if self.parameters.stop > self.parameters.start else self._scalars(())

    def adjoints(
        self, parameters: tuple[Value, ...], at: Array | None, x: Array, weights: Array | float, threads: int
    ) -> tuple[float, Array]:
        """The weighted sum of the outputs, and the adjoints of all scalars, an array to give back.

        weights: (B,) of float64, or one float for all samples.
        """
        weights, scale = narrowed(weights, self.dtype)
        scalars = self._scalars(parameters, at)
        chunks = self._chunks(len(x))
        parts = [self._parts(chunk) for chunk in chunks]

        def run_chunk(k: int) -> tuple[float, Array]:
            return self._chunk_adjoints(scalars, parts[k], x, weights)

        total, sums = 0.0, None
        for found, more in _mapped(run_chunk, range(len(chunks)), threads):
            total += found
            if sums is None:
                sums = more
                continue
            with np.errstate(all="ignore"):
                sums += more
            self.give_back(more)
        assert sums is not None
        if sums.dtype != self.dtype:
            with np.errstate(all="ignore"):
                sums = sums.astype(self.dtype)
        self.executor.finish(scalars, sums)
        self.spare.append(scalars)
        return (total, sums) if scale == 1.0 else (total * scale, sums.astype(np.float64) * scale)

    def give_back(self, adjoints: Array) -> None:
        """Keep an array of adjoints for the next run."""
        if adjoints.dtype == self.dtype:
            self.spare.append(adjoints)

    def _parts(self, chunk: slice) -> list[slice]:
        """The chunk in parts whose sums are to be added in double precision; as a whole where all of it is."""
        if self.dtype == DOUBLE or chunk.stop - chunk.start <= self._most_in_a_sum:
            return [chunk]
        starts = range(chunk.start, chunk.stop, self._most_in_a_sum)
        return [slice(k, min(k + self._most_in_a_sum, chunk.stop)) for k in starts]

    def _chunk_adjoints(
        self, scalars: Array, parts: Sequence[slice], x: Array, weights: Array | float
    ) -> tuple[float, Array]:
        """The weighted sum of the outputs, and the adjoints of all scalars: in double precision for several parts."""
        total, found = 0.0, self._array()
        sums = np.zeros(self._size) if len(parts) > 1 else found
        for part in parts:
            found.fill(0.0)
            each = weights if isinstance(weights, float) else weights[part]
            try:
                total += self.executor.adjoints(scalars, x[part], each, found)
            except SampleIndexError as error:
                raise error.behind(part.start) from None
            if sums is not found:
                with np.errstate(all="ignore"):
                    sums += found
        if sums is not found:
            self.spare.append(found)
        return total, sums

    def _scalars(self, parameters: tuple[Value, ...], at: Array | None = None) -> Array:
        """All scalars, computed from the data of the parameters, or from numbers to be used instead."""
        scalars = self._array()
        if self.dtype == DOUBLE:
            scalars[: len(self._constants)] = self._constants
            if at is None:
                vectors.copy_numbers(parameters, scalars[self.parameters])
            else:
                scalars[self.parameters] = at
        else:
            with np.errstate(all="ignore"):     # a number may be too large for a float32, and is infinite there
                scalars[: len(self._constants)] = self._constants
                scalars[self.parameters] = vectors.read(parameters) if at is None else at
        self.executor.prepare(scalars)
        return scalars

    def _chunks(self, samples: int) -> list[slice]:
        """The parts of a batch. They depend on its size and the program alone, so that sums come out the same."""
        width = self.executor.width
        blocks = -(-samples // width)
        count = max(1, min(blocks // BLOCKS_IN_A_CHUNK, MOST_CHUNKS, BUDGET // (self._size + 1)))
        ends = [width * (blocks * k // count) for k in range(count)]
        return [slice(a, b) for a, b in zip(ends, [*ends[1:], samples], strict=True)]

    def _array(self) -> Array:
        """For all scalars, not initialised."""
        try:
            return self.spare.pop()
        except IndexError:
            return np.empty(self._size, self.dtype)


def _mapped(function: Callable[[Any], Any], items: Sequence[Any], threads: int) -> Iterable[Any]:
    """The results in the order of the items."""
    if threads == 1 or len(items) == 1:
        return map(function, items)
    with ThreadPoolExecutor(min(threads, len(items))) as pool:
        return list(pool.map(function, items))


def executable(program: Program, dtype: np.dtype[Any]) -> Program:
    """A program as executors get it: with the steps of operations that users defined by formulas.

    In single precision they stay as they are, since every step would be rounded. NumPy's executor computes them then.
    """
    return in_steps(program) if dtype == DOUBLE else program


def executor_for(program: Program) -> Any:
    """The class of the native executor, where it was built and knows all operations; else that of NumPy's."""
    operations = {operation for operation, _ in program.instructions}
    if engine_kind() == "pure" or any(isinstance(operation, OwnOperation) for operation in operations):
        return NumpyExecutor
    return _native_executor() or NumpyExecutor


@cache
def _native_executor() -> Any:
    """The class of the native executor; None where it was not built, or from other sources than those that are here."""
    try:
        from . import native_executor
    except ImportError:                         # the compiler knew no vector types
        return None
    except (AttributeError, TypeError):         # it does not fit the kernels that are here
        compiled = ""
    else:
        compiled = getattr(native_executor, "fingerprint", "")
    here = fingerprint()
    if not compiled or (here and compiled != here):
        warn(
            "the compiled executor of tapes is one of other sources than those beside it, so tapes run on NumPy, which "
            "is slower: install the package again",
            RuntimeWarning, stacklevel=2,
        )
        return None
    return native_executor.NativeExecutor


def simd() -> str | None:
    """Which kernels run native tapes: those for the widest vectors of this processor, unless a variable says another.

    The environment variable AUTOGRAD_TINY_SIMD, set before the import, chooses one. All give the same numbers.

    Returns:
        "avx512f", "avx2" or "default", which uses what every processor of the kind has: SSE2, or NEON. None where
        tapes run on NumPy.

    Raises:
        ValueError: AUTOGRAD_TINY_SIMD names kernels that this processor cannot run, or that were not built.
    """
    if engine_kind() == "pure" or _native_executor() is None:
        return None
    from .native_executor import in_use

    return in_use()
