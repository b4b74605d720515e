"""Runs a schedule over rows of samples with NumPy: where the native kernels were not built.

The calculus is that of ops.py: its formulas, with NumPy's functions for their names.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np

from ..calculus.floats import FLOATS
from ..calculus.formulas import Namespace, products_of_others, shares
from ..calculus.operations import SIGMOID, Operation
from ..engine.custom import CustomOperation
from .grouping import FACTORS, OPERANDS, SCALARS, SUMS, Group, Index, Schedule

Array = np.ndarray[Any, np.dtype[np.float64]]


def _as_number(comparison: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, y: comparison(x, y) * 1.0


def _of_single_numbers(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """For arrays what the standard library has for numbers."""
    on_all = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(on_all(x), float)


ROWS = Namespace(
    {name: getattr(np, name) for name in (
        "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh",
        "hypot", "sign", "maximum", "minimum", "divide",
    )},
    asin=np.arcsin, acos=np.arccos, atan=np.arctan, asinh=np.arcsinh, acosh=np.arccosh, atanh=np.arctanh,
    atan2=np.arctan2, pow=np.power, abs=np.abs, erf=_of_single_numbers(math.erf),
    erfc=_of_single_numbers(math.erfc), pi=math.pi, inf=math.inf,
    nan=math.nan,
    where=lambda condition, x, y: np.where(condition, x(), y()),
    greater=_as_number(np.greater), greater_equal=_as_number(np.greater_equal), less=_as_number(np.less),
    less_equal=_as_number(np.less_equal), equal=_as_number(np.equal), not_equal=_as_number(np.not_equal),
    max=partial(reduce, np.maximum), min=partial(reduce, np.minimum), sum=partial(reduce, np.add),
    prod=partial(reduce, np.multiply),
    products_of_others=products_of_others, shares=shares,
)
ROWS["sigmoid"] = lambda x: SIGMOID.evaluate(ROWS, (x,))
ROOM = 2**22        # numbers in the rows of a block: 32 MiB
BY_PARAMETERS, BY_INPUTS = range(2)


class _Step:
    """A group, with the places of its operands. wanted: bits for them, by parameters and by inputs."""

    def __init__(self, group: Group, schedule: Schedule) -> None:
        self.operation: Operation = schedule.operations[group.opcode]
        self.operands = schedule.operands(group)
        self.results = slice(group.first, group.first + group.length)
        self.is_sum, self.is_layer = group.opcode == SUMS, group.layer >= 0
        self.wanted = group.by_parameters, group.by_inputs
        if self.is_sum:
            half = group.size // 2
            ends = [group.weights, half, half + group.weights, 2 * half]
            self.weights, self.left, self.rows, self.right, (self.bias,) = np.split(self.operands, ends)


class NumpyRows:
    """An executor. scalars: an array of the constants, the parameters, and room for what is made of these.

    Every method writes into arrays that it is given. width: the samples in a block.
    """

    name = "numpy"

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.once, self.sample = (
            [_Step(group, schedule) for group in groups] for groups in schedule.groups()
        )
        self.width = max(1, min(1024, ROOM // (schedule.rows + 1)))

    def prepare(self, scalars: Array) -> None:
        """Compute the scalars that are made of parameters and constants."""
        with np.errstate(all="ignore"):
            for step in self.once:
                _forward(step, scalars, scalars[:, np.newaxis])

    def values(self, scalars: Array, x: Array, out: Array) -> None:
        """The outputs (B, outputs) for samples x (B, inputs)."""
        for block in self._blocks(x):
            out[block] = self._forward(scalars, x[block])[self.schedule.outputs].T

    def adjoints(self, scalars: Array, x: Array, weights: Array | float, adjoints: Array) -> float:
        """Σ weights[i] · the output for x[i]; its derivatives by the scalars are added to `adjoints`.

        weights: one for each sample, or one float for all.
        """
        total = 0.0
        copied = self.schedule.copied
        for block in self._blocks(x):
            seeds = weights if isinstance(weights, float) else weights[block]
            rows, found = self._reverse(scalars, x[block], seeds, adjoints, BY_PARAMETERS)
            with np.errstate(all="ignore"):
                total += float((seeds * rows[self.schedule.outputs[0]]).sum())
                np.add.at(adjoints, copied, found[self.schedule.inputs :][: len(copied)].sum(axis=1))
        return total

    def finish(self, scalars: Array, adjoints: Array) -> None:
        """Pass the adjoints of scalars on to the parameters that they were made of."""
        with np.errstate(all="ignore"):
            for step in reversed(self.once):
                of_rows = adjoints[:, np.newaxis]
                _reverse(step, BY_PARAMETERS, scalars, scalars[:, np.newaxis], adjoints, of_rows)

    def input_adjoints(self, scalars: Array, x: Array, out: Array, gradients: Array) -> None:
        """The output (B,) for each sample, and its derivatives (B, inputs) by the inputs."""
        unused = np.zeros_like(scalars)
        for block in self._blocks(x):
            rows, found = self._reverse(scalars, x[block], 1.0, unused, BY_INPUTS)
            out[block] = rows[self.schedule.outputs[0]]
            gradients[block] = found[: self.schedule.inputs].T

    def tangents(self, scalars: Array, x: Array, out: Array, changes: Array, directions: Array) -> None:
        """The outputs, and how they change when each sample moves in its direction."""
        for block in self._blocks(x):
            rows = self._forward(scalars, x[block])
            found = np.zeros_like(rows)
            found[: self.schedule.inputs] = directions[block].T
            with np.errstate(all="ignore"):
                for step in self.sample:
                    _push(step, scalars, rows, found)
            out[block] = rows[self.schedule.outputs].T
            changes[block] = found[self.schedule.outputs].T

    def _blocks(self, x: Array) -> list[slice]:
        return [slice(i, i + self.width) for i in range(0, len(x), self.width)]

    def _forward(self, scalars: Array, x: Array) -> Array:
        inputs, copied = self.schedule.inputs, self.schedule.copied
        rows = np.empty((self.schedule.rows, len(x)))
        rows[:inputs] = x.T
        rows[inputs : inputs + len(copied)] = scalars[copied][:, np.newaxis]
        with np.errstate(all="ignore"):
            for step in self.sample:
                _forward(step, scalars, rows)
        return rows

    def _reverse(
        self, scalars: Array, x: Array, seeds: Array | float, adjoints: Array, by: int
    ) -> tuple[Array, Array]:
        rows = self._forward(scalars, x)
        found = np.zeros_like(rows)
        found[self.schedule.outputs[0]] = seeds
        with np.errstate(all="ignore"):
            for step in reversed(self.sample):
                _reverse(step, by, scalars, rows, adjoints, found)
        return rows, found


# ---- one group: forward, reverse, and a tangent pushed forward

def _forward(step: _Step, scalars: Array, rows: Array) -> None:
    results = rows[step.results]
    if not step.is_sum:
        results[:] = _value(step.operation, [rows[x] for x in step.operands])
    elif step.is_layer:
        results[:] = scalars[step.weights].T @ rows[step.rows[:, 0]] + scalars[step.bias][:, np.newaxis]
    else:
        results[:] = scalars[step.bias][:, np.newaxis]
        for weight, x in zip(step.weights, step.rows, strict=True):
            results += scalars[weight][:, np.newaxis] * rows[x]
        for x, y in zip(step.left, step.right, strict=True):
            results += rows[x] * rows[y]


def _reverse(step: _Step, by: int, scalars: Array, rows: Array, of_scalars: Array, of_rows: Array) -> None:
    """Send each operand the adjoint of the result times the local derivative."""
    adjoint, wanted = of_rows[step.results], step.wanted[by]
    if not wanted:
        return
    if not step.is_sum:
        for x, slope in _slopes(step, rows, wanted):
            np.add.at(of_rows, x, adjoint * slope)
        return
    if wanted & SCALARS:
        np.add.at(of_scalars, step.bias, adjoint.sum(axis=1))
    if step.is_layer:
        shared = step.rows[:, 0]                # none of them twice
        if wanted & SCALARS:
            np.add.at(of_scalars, step.weights, rows[shared] @ adjoint.T)
        if wanted & OPERANDS:
            of_rows[shared] += scalars[step.weights] @ adjoint
        return
    for weight, x in zip(step.weights, step.rows, strict=True):
        if wanted & SCALARS:
            np.add.at(of_scalars, weight, (adjoint * rows[x]).sum(axis=1))
        if wanted & OPERANDS:
            np.add.at(of_rows, x, adjoint * scalars[weight][:, np.newaxis])
    if wanted & FACTORS:
        for x, y in zip(step.left, step.right, strict=True):
            np.add.at(of_rows, x, adjoint * rows[y])
            np.add.at(of_rows, y, adjoint * rows[x])


def _push(step: _Step, scalars: Array, rows: Array, tangents: Array) -> None:
    """The tangents of the results: those of the operands times the local derivatives, summed."""
    results = tangents[step.results]
    if not step.is_sum:
        for x, slope in _slopes(step, rows, step.wanted[BY_INPUTS]):
            results += tangents[x] * slope
    elif step.is_layer:
        results += scalars[step.weights].T @ tangents[step.rows[:, 0]]
    else:
        for weight, x in zip(step.weights, step.rows, strict=True):
            results += scalars[weight][:, np.newaxis] * tangents[x]
        for x, y in zip(step.left, step.right, strict=True):
            results += tangents[x] * rows[y] + rows[x] * tangents[y]


def _value(operation: Operation, operands: Sequence[Array]) -> Any:
    if isinstance(operation, CustomOperation):
        function = np.frompyfunc(lambda *xs: operation.evaluate(FLOATS, xs), len(operands), 1)
        return function(*operands).astype(float)
    return operation.evaluate(ROWS, operands)


def _slopes(step: _Step, rows: Array, wanted: int) -> list[tuple[Index, Any]]:
    """The wanted operands, each with the local derivative by it."""
    operation, operands = step.operation, [rows[x] for x in step.operands]
    f = rows[step.results]
    chosen = [operation.is_nary or wanted >> min(k, 2) & 1 == 1 for k in range(len(operands))]
    if isinstance(operation, CustomOperation):
        def slope(k: int) -> Any:
            of_one = lambda *xs: operation.differentiate(FLOATS, xs[:-1], xs[-1])[k]  # noqa: E731
            return np.frompyfunc(of_one, len(operands) + 1, 1)(*operands, f).astype(float)

        slopes = [slope(k) if want else 0.0 for k, want in enumerate(chosen)]
    else:
        slopes = operation.differentiate(ROWS, operands, f, chosen)
    return [(x, slope) for x, slope, want in zip(step.operands, slopes, chosen, strict=True) if want]
