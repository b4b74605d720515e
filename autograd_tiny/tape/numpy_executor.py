"""The executor of a plan that is written with NumPy: for places where native_executor.pyx was not built.

A group is one of four kinds, each with a forward pass, a reverse pass and one for tangents. They compute with whole
rows, and take values and derivatives from the formulas of the calculus, with NumPy's functions for their names.
batches.py states the methods of an executor.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from typing import Any, TypeAlias

import numpy as np

from ..calculus import ieee
from ..calculus.array_formulas import over_arrays
from ..calculus.floats import FLOATS
from ..calculus.formulas import index_error
from ..calculus.operations import OPERATIONS, Operation
from ..engine.custom import CustomOperation
from ..calculus.c_kernels import TAKES
from .grouping import DOTS, FACTORS, ROWS, SCALARS, Group, Index, Plan
from .program import SampleIndexError

Array = np.ndarray[Any, np.dtype[np.floating[Any]]]

ROOM = 2**22                        # numbers in the rows of a block: 32 MiB of float64
BY_PARAMETERS, BY_INPUTS = range(2)
NONE = -0.0     # the tangent of a number that does not change along a direction. Products are never -0: 0 is added


class NumpyExecutor:
    """Runs a plan over blocks of samples; see Executor for the methods.

    Args:
        plan: The plan.
        dtype: Of the numbers in all arrays, float64 or float32.

    Attributes:
        width: The number of samples in a block.
    """

    name = "numpy"

    def __init__(self, plan: Plan, dtype: Any = np.float64) -> None:
        self.plan, self.dtype = plan, dtype
        self.once, self.per_sample = ([_kernel(group, plan) for group in groups] for groups in plan.groups())
        self.width = max(1, min(1024, ROOM // (plan.rows + 1)))

    def prepare(self, scalars: Array) -> None:
        with np.errstate(all="ignore"):
            for kernel in self.once:
                try:
                    kernel.forward(scalars, scalars[:, np.newaxis])
                except SampleIndexError as error:
                    raise error.of_no_sample() from None

    def values(self, scalars: Array, x: Array, out: Array) -> None:
        for block in self._blocks(x):
            out[block] = self._forward(scalars, x, block)[self.plan.outputs].T

    def adjoints(self, scalars: Array, x: Array, weights: Array | float, adjoints: Array) -> float:
        total = 0.0
        copied = self.plan.copied
        for block in self._blocks(x):
            seeds = weights if isinstance(weights, float) else weights[block]
            rows, row_adjoints = self._reverse(scalars, x, block, seeds, adjoints, BY_PARAMETERS)
            with np.errstate(all="ignore"):
                total += float((seeds * _double(rows[self.plan.outputs[0]])).sum())
                np.add.at(adjoints, copied, row_adjoints[self.plan.inputs :][: len(copied)].sum(axis=1))
        return total

    def finish(self, scalars: Array, adjoints: Array) -> None:
        with np.errstate(all="ignore"):
            for kernel in reversed(self.once):
                kernel.reverse(BY_PARAMETERS, scalars, scalars[:, np.newaxis], adjoints, adjoints[:, np.newaxis])

    def input_adjoints(self, scalars: Array, x: Array, out: Array, gradients: Array) -> None:
        unused = np.zeros_like(scalars)
        for block in self._blocks(x):
            rows, row_adjoints = self._reverse(scalars, x, block, 1.0, unused, BY_INPUTS)
            out[block] = rows[self.plan.outputs[0]]
            gradients[block] = row_adjoints[: self.plan.inputs].T

    def tangents(self, scalars: Array, x: Array, out: Array, changes: Array, directions: Array) -> None:
        for block in self._blocks(x):
            rows = self._forward(scalars, x, block)
            tangents = np.full_like(rows, NONE)
            tangents[: self.plan.inputs] = np.where(directions[block].T == 0.0, NONE, directions[block].T)
            with np.errstate(all="ignore"):
                for kernel in self.per_sample:
                    kernel.push_tangents(scalars, rows, tangents)
            out[block] = rows[self.plan.outputs].T
            changes[block] = tangents[self.plan.outputs].T + 0.0       # instead of NONE

    def _blocks(self, x: Array) -> list[slice]:
        return [slice(i, i + self.width) for i in range(0, len(x), self.width)]

    def _forward(self, scalars: Array, x: Array, block: slice) -> Array:
        """All rows (rows, samples) of a block of samples."""
        inputs, copied = self.plan.inputs, self.plan.copied
        rows = np.empty((self.plan.rows, len(x[block])), self.dtype)
        rows[:inputs] = x[block].T
        rows[inputs : inputs + len(copied)] = scalars[copied][:, np.newaxis]
        with np.errstate(all="ignore"):
            for kernel in self.per_sample:
                try:
                    kernel.forward(scalars, rows)
                except SampleIndexError as error:
                    raise error.behind(block.start) from None
        return rows

    def _reverse(
        self, scalars: Array, x: Array, block: slice, seeds: Array | float, scalar_adjoints: Array, by: int
    ) -> tuple[Array, Array]:
        """All rows of a block, and their adjoints; those of scalars are added."""
        rows = self._forward(scalars, x, block)
        row_adjoints = np.zeros_like(rows)
        row_adjoints[self.plan.outputs[0]] = seeds
        with np.errstate(all="ignore"):
            for kernel in reversed(self.per_sample):
                kernel.reverse(by, scalars, rows, scalar_adjoints, row_adjoints)
        return rows, row_adjoints


# ---- the four kinds of groups: dots, layers, takes, and all other operations

def _kernel(group: Group, plan: Plan) -> Kernel:
    if group.opcode == TAKES:
        return _Takes(group, plan)
    if group.opcode != DOTS:
        return _Elementwise(group, plan)
    return _Layer(group, plan) if group.layer >= 0 else _Dots(group, plan)


class _Elementwise:
    """Instructions of one operation but dot and take, on rows.

    Formulas are evaluated in double precision in any case, and rounded to the precision of the rows.
    """

    def __init__(self, group: Group, plan: Plan) -> None:
        self.operation: Operation = plan.operations[group.opcode]
        self.operands = plan.operands(group)
        self.results = slice(group.first, group.first + group.length)
        self.needed = group.by_parameters, group.by_inputs

    def forward(self, scalars: Array, rows: Array) -> None:
        rows[self.results] = _value(self.operation, [_double(rows[x]) for x in self.operands])

    def reverse(self, by: int, scalars: Array, rows: Array, scalar_adjoints: Array, row_adjoints: Array) -> None:
        """Add to the adjoints of the operands: the adjoint of the result times the local derivative."""
        adjoint = row_adjoints[self.results]
        for x, derivative in self._local_derivatives(rows, self.needed[by]):
            np.add.at(row_adjoints, x, np.where(self._is_cut(derivative), 0.0, adjoint * derivative))

    def push_tangents(self, scalars: Array, rows: Array, tangents: Array) -> None:
        """The tangents of the results: those of the operands times the local derivatives, summed."""
        results = tangents[self.results]
        for x, derivative in self._local_derivatives(rows, self.needed[BY_INPUTS]):
            results += np.where(self._is_cut(derivative), NONE, _pushed(tangents[x], derivative))

    def _is_cut(self, derivative: Any) -> Any:
        """Where nothing is sent to an operand, whatever arrives: it was not selected."""
        return self.operation.selects and np.equal(derivative, 0.0)

    def _local_derivatives(self, rows: Array, needed: int) -> Iterator[tuple[Index, Any]]:
        """The operands that need an adjoint, each with the local derivative with respect to it."""
        if needed:
            operands, f = [_double(rows[x]) for x in self.operands], _double(rows[self.results])
            wanted = [self.operation.is_nary or needed >> min(k, 2) & 1 == 1 for k in range(len(operands))]
            derivatives = _derivatives(self.operation, operands, f, wanted)
            for x, derivative, want in zip(self.operands, derivatives, wanted, strict=True):
                if want:
                    yield x, derivative


class _Dots:
    """Sums of products: of weights, which are scalars, with rows, and of left with right factors, which are rows."""

    def __init__(self, group: Group, plan: Plan) -> None:
        n, half = group.weights, group.size // 2
        parts = np.split(plan.operands(group), [n, half, half + n, 2 * half])
        self.weights, self.left, self.rows, self.right, (self.bias,) = parts
        self.results = slice(group.first, group.first + group.length)
        self.needed = group.by_parameters, group.by_inputs

    def forward(self, scalars: Array, rows: Array) -> None:
        results = rows[self.results]
        results[:] = scalars[self.bias][:, np.newaxis]
        for weight, x in zip(self.weights, self.rows, strict=True):
            results += scalars[weight][:, np.newaxis] * rows[x]
        for x, y in zip(self.left, self.right, strict=True):
            results += rows[x] * rows[y]

    def reverse(self, by: int, scalars: Array, rows: Array, scalar_adjoints: Array, row_adjoints: Array) -> None:
        """Add to the adjoints of the operands: the adjoint of the result times the other factor."""
        needed, adjoint = self.needed[by], row_adjoints[self.results]
        if needed & SCALARS:
            np.add.at(scalar_adjoints, self.bias, adjoint.sum(axis=1))
        for weight, x in zip(self.weights, self.rows, strict=True):
            if needed & SCALARS:
                np.add.at(scalar_adjoints, weight, (adjoint * rows[x]).sum(axis=1))
            if needed & ROWS:
                np.add.at(row_adjoints, x, adjoint * scalars[weight][:, np.newaxis])
        if needed & FACTORS:
            for x, y in zip(self.left, self.right, strict=True):
                np.add.at(row_adjoints, x, adjoint * rows[y])
                np.add.at(row_adjoints, y, adjoint * rows[x])

    def push_tangents(self, scalars: Array, rows: Array, tangents: Array) -> None:
        results = tangents[self.results]
        for weight, x in zip(self.weights, self.rows, strict=True):
            results += _pushed(tangents[x], scalars[weight][:, np.newaxis])
        for x, y in zip(self.left, self.right, strict=True):
            results += _pushed(tangents[x], rows[y])
            results += _pushed(tangents[y], rows[x])


class _Layer:
    """Dots of weights with the same rows, none of them twice: products of matrices."""

    def __init__(self, group: Group, plan: Plan) -> None:
        n, operands = group.weights, plan.operands(group)
        self.weights, self.rows, self.bias = operands[:n], operands[n : 2 * n, 0], operands[2 * n]
        self.results = slice(group.first, group.first + group.length)
        self.needed = group.by_parameters, group.by_inputs

    def forward(self, scalars: Array, rows: Array) -> None:
        rows[self.results] = scalars[self.weights].T @ rows[self.rows] + scalars[self.bias][:, np.newaxis]

    def reverse(self, by: int, scalars: Array, rows: Array, scalar_adjoints: Array, row_adjoints: Array) -> None:
        needed, adjoint = self.needed[by], row_adjoints[self.results]
        if needed & SCALARS:
            np.add.at(scalar_adjoints, self.bias, adjoint.sum(axis=1))
            # BLAS adds up many samples one after the other, and floats of single precision would lose digits
            np.add.at(scalar_adjoints, self.weights, _double(rows[self.rows]) @ _double(adjoint).T)
        if needed & ROWS:
            row_adjoints[self.rows] += scalars[self.weights] @ adjoint

    def push_tangents(self, scalars: Array, rows: Array, tangents: Array) -> None:
        for weight, x in zip(scalars[self.weights], tangents[self.rows], strict=True):
            tangents[self.results] += _pushed(x, weight[:, np.newaxis])


class _Takes:
    """Values at an index: of scalars, or of rows."""

    def __init__(self, group: Group, plan: Plan) -> None:
        *_, self.index = operands = plan.operands(group)
        self.taken, self.are_scalars = operands[:-1], group.weights > 0
        self.results = slice(group.first, group.first + group.length)
        self.needed = group.by_parameters, group.by_inputs

    def forward(self, scalars: Array, rows: Array) -> None:
        places = self._places(rows)
        rows[self.results] = scalars[places] if self.are_scalars else np.take_along_axis(rows, places, axis=0)

    def reverse(self, by: int, scalars: Array, rows: Array, scalar_adjoints: Array, row_adjoints: Array) -> None:
        """Add the adjoints of the results to those of the values that were taken, sample by sample."""
        if self.needed[by]:
            places, adjoint = self._places(rows), row_adjoints[self.results]
            if self.are_scalars:
                sums = np.zeros(len(scalar_adjoints))
                np.add.at(sums, places, adjoint)
                scalar_adjoints += sums
            else:
                np.add.at(row_adjoints, (places, np.arange(rows.shape[1])), adjoint)

    def push_tangents(self, scalars: Array, rows: Array, tangents: Array) -> None:
        if not self.are_scalars:
            tangents[self.results] = np.take_along_axis(tangents, self._places(rows), axis=0)

    def _places(self, rows: Array) -> Index:
        """The places (instructions, samples) of the values that are taken."""
        n, index = len(self.taken), rows[self.index]
        is_wrong = ~((index >= -n) & (index < n) & (index == np.floor(index)))
        if is_wrong.any():
            k, sample = np.argwhere(is_wrong)[0].tolist()
            raise SampleIndexError(sample, str(index_error(float(index[k, sample]), n)))
        found: Index = self.taken[index.astype(np.int64) % n, np.arange(len(index))[:, np.newaxis]]
        return found


def _double(rows: Array) -> Array:
    """The rows in double precision, themselves if they are."""
    return np.asarray(rows, np.float64)


def _pushed(tangents: Array, factors: Any) -> Array:
    """Tangents times derivatives; no tangent stays none, also if the derivative is infinite."""
    is_none = (tangents == 0.0) & np.signbit(tangents)
    return np.where(is_none, NONE, tangents * factors + 0.0)


Kernel: TypeAlias = _Elementwise | _Dots | _Layer | _Takes


# ---- the calculus on rows

def _value(operation: Operation, operands: Sequence[Array]) -> Any:
    if isinstance(operation, CustomOperation):
        return _of_numbers(lambda *xs: operation.evaluate(FLOATS, xs))(*operands)
    return operation.evaluate(NUMPY, operands)


def _derivatives(operation: Operation, operands: Sequence[Array], f: Array, wanted: Sequence[bool]) -> Sequence[Any]:
    """The local derivatives; 0 for those that are not wanted."""
    if not isinstance(operation, CustomOperation):
        return operation.differentiate(NUMPY, operands, f, wanted)

    def derivative(k: int, *xs: float) -> Any:
        return operation.differentiate(FLOATS, xs[:-1], xs[-1])[k]

    return [_of_numbers(partial(derivative, k))(*operands, f) if want else 0.0 for k, want in enumerate(wanted)]


def _of_numbers(function: Callable[..., Any]) -> Callable[..., Array]:
    """A function of numbers, for arrays."""
    def on_arrays(*arrays: Any) -> Array:
        return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays), float)

    return on_arrays


def _of_arrays(name: str) -> Callable[..., Any]:
    """A function of ieee.py for arrays: NumPy's, if there is one."""
    others = {"pow": "power"} | {row.name: row.numpy_name for row in OPERATIONS if row.numpy_name}
    return getattr(np, others.get(name, name), None) or _of_numbers(getattr(ieee, name))


def _where(condition: Any, x: Any, y: Any, like: Any) -> Any:
    return np.where(condition, x, y)


NUMPY = over_arrays({name: _of_arrays(name) for name in ieee.__all__}, _where)
NUMPY.update(                                   # in one pass over an array, where the formulas take several
    sign=np.sign, maximum=np.maximum, minimum=np.minimum, max=partial(reduce, np.maximum),
    min=partial(reduce, np.minimum),
)
