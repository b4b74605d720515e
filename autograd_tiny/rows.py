"""Runs a schedule over rows of samples with NumPy: where the native kernels were not built.

The calculus is that of ops.py: its formulas, with NumPy's functions for their names.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .custom import CustomOperation
from .ops import FLOATS, SIGMOID, Namespace, Operation, products_of_others, shares
from .schedule import Group, Schedule, Sums

Array = np.ndarray[Any, np.dtype[np.float64]]


def _as_number(comparison: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, y: comparison(x, y) * 1.0


def _of_single_numbers(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """For arrays what the standard library has for numbers."""
    on_all = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(on_all(x), float)


def _in_order(function: Callable[[Any, Any], Any]) -> Callable[[Sequence[Any]], Any]:
    def reduced(xs: Sequence[Any]) -> Any:
        found = xs[0]
        for x in xs[1:]:
            found = function(found, x)
        return found

    return reduced


ROWS = Namespace(
    {name: getattr(np, name) for name in ("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos",
     "tan", "sinh", "cosh", "tanh", "hypot", "sign", "maximum", "minimum", "divide")},
    asin=np.arcsin, acos=np.arccos, atan=np.arctan, asinh=np.arcsinh, acosh=np.arccosh, atanh=np.arctanh,
    atan2=np.arctan2, pow=np.power, abs=np.abs, erf=_of_single_numbers(math.erf),
    erfc=_of_single_numbers(math.erfc), pi=math.pi, inf=math.inf,
    where=lambda condition, x, y: np.where(condition, x(), y()),
    greater=_as_number(np.greater), greater_equal=_as_number(np.greater_equal), less=_as_number(np.less),
    less_equal=_as_number(np.less_equal), equal=_as_number(np.equal), not_equal=_as_number(np.not_equal),
    max=_in_order(np.maximum), min=_in_order(np.minimum), sum=_in_order(np.add), prod=_in_order(np.multiply),
    products_of_others=products_of_others, shares=shares,
)
ROWS["sigmoid"] = lambda x: SIGMOID.evaluate(ROWS, (x,))
ROOM = 2**22        # numbers in the rows of a block: 32 MiB


class NumpyRows:
    """An executor. scalars: an array of the constants, the parameters, and room for what is made of these.

    Every method writes into arrays that it is given. width: the samples in a block.
    """

    name = "numpy"

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.width = max(1, min(1024, ROOM // (schedule.rows + 1)))

    def prepare(self, scalars: Array) -> None:
        """Compute the scalars that are made of parameters and constants."""
        with np.errstate(all="ignore"):
            for group in self.schedule.once:
                _forward(group, scalars, scalars[:, None])

    def values(self, scalars: Array, x: Array, out: Array) -> None:
        """The outputs (B, outputs) for samples x (B, inputs)."""
        for block in self._blocks(x):
            out[block] = self._forward(scalars, x[block])[self.schedule.outputs].T

    def adjoints(self, scalars: Array, x: Array, weights: Array | float, adjoints: Array) -> float:
        """Σ weights[i] · the output for x[i]; its derivatives by the scalars are added to `adjoints`.

        weights: one for each sample, or one float for all.
        """
        total = 0.0
        for block in self._blocks(x):
            seeds = weights if isinstance(weights, float) else weights[block]
            rows, found = self._reverse(scalars, x[block], seeds, adjoints, by_inputs=False)
            with np.errstate(all="ignore"):
                total += float((seeds * rows[self.schedule.outputs[0]]).sum())
                begin = self.schedule.inputs
                np.add.at(adjoints, self.schedule.copied, found[begin : begin + len(self.schedule.copied)].sum(1))
        return total

    def finish(self, scalars: Array, adjoints: Array) -> None:
        """Pass the adjoints of scalars on to the parameters that they were made of."""
        with np.errstate(all="ignore"):
            for group in reversed(self.schedule.once):
                _reverse(group, group.by_parameters, scalars, scalars[:, None], adjoints, adjoints[:, None])

    def input_adjoints(self, scalars: Array, x: Array, out: Array, gradients: Array) -> None:
        """The output (B,) for each sample, and its derivatives (B, inputs) by the inputs."""
        unused = np.zeros_like(scalars)
        for block in self._blocks(x):
            rows, found = self._reverse(scalars, x[block], 1.0, unused, by_inputs=True)
            out[block] = rows[self.schedule.outputs[0]]
            gradients[block] = found[: self.schedule.inputs].T

    def tangents(self, scalars: Array, x: Array, directions: Array, out: Array, changes: Array) -> None:
        """The outputs, and how they change when each sample moves in its direction."""
        for block in self._blocks(x):
            rows = self._forward(scalars, x[block])
            found = np.zeros_like(rows)
            found[: self.schedule.inputs] = directions[block].T
            with np.errstate(all="ignore"):
                for group in self.schedule.sample:
                    _push(group, scalars, rows, found)
            out[block] = rows[self.schedule.outputs].T
            changes[block] = found[self.schedule.outputs].T

    def _blocks(self, x: Array) -> list[slice]:
        return [slice(i, i + self.width) for i in range(0, len(x), self.width)]

    def _forward(self, scalars: Array, x: Array) -> Array:
        schedule = self.schedule
        rows = np.empty((schedule.rows, len(x)))
        rows[: schedule.inputs] = x.T
        rows[schedule.inputs : schedule.inputs + len(schedule.copied)] = scalars[schedule.copied][:, None]
        with np.errstate(all="ignore"):
            for group in schedule.sample:
                _forward(group, scalars, rows)
        return rows

    def _reverse(
        self, scalars: Array, x: Array, seeds: Array | float, adjoints: Array, by_inputs: bool
    ) -> tuple[Array, Array]:
        rows = self._forward(scalars, x)
        found = np.zeros_like(rows)
        found[self.schedule.outputs[0]] = seeds
        with np.errstate(all="ignore"):
            for group in reversed(self.schedule.sample):
                wanted = group.by_inputs if by_inputs else group.by_parameters
                _reverse(group, wanted, scalars, rows, adjoints, found)
        return rows, found


# ---- one group: forward, reverse, and a tangent pushed forward

def _forward(group: Group, scalars: Array, rows: Array) -> None:
    results = rows[group.first : group.first + group.count]
    if not isinstance(group, Sums):
        results[:] = _value(group.operation, [rows[x] for x in group.operands])
    elif group.is_layer:
        results[:] = scalars[group.weights].T @ rows[group.operands[:, 0]] + scalars[group.bias][:, None]
    else:
        results[:] = scalars[group.bias][:, None]
        for weight, x in zip(group.weights, group.operands, strict=True):
            results += scalars[weight][:, None] * rows[x]
        for x, y in zip(group.left, group.right, strict=True):
            results += rows[x] * rows[y]


def _reverse(
    group: Group, wanted: list[bool], scalars: Array, rows: Array, of_scalars: Array, of_rows: Array
) -> None:
    """Send each operand the adjoint of the result times the local derivative."""
    adjoint = of_rows[group.first : group.first + group.count]
    if not isinstance(group, Sums):
        slopes = _slopes(group, rows, wanted)
        for x, slope, want in zip(group.operands, slopes, wanted, strict=True):
            if want:
                np.add.at(of_rows, x, adjoint * slope)
        return
    if wanted[0]:
        np.add.at(of_scalars, group.bias, adjoint.sum(1))
        if group.is_layer:
            np.add.at(of_scalars, group.weights, rows[group.operands[:, 0]] @ adjoint.T)
    if wanted[1] and group.is_layer:
        of_rows[group.operands[:, 0]] += scalars[group.weights] @ adjoint
    if not group.is_layer:
        for weight, x in zip(group.weights, group.operands, strict=True):
            if wanted[0]:
                np.add.at(of_scalars, weight, (adjoint * rows[x]).sum(1))
            if wanted[1]:
                np.add.at(of_rows, x, adjoint * scalars[weight][:, None])
        if wanted[2]:
            for x, y in zip(group.left, group.right, strict=True):
                np.add.at(of_rows, x, adjoint * rows[y])
                np.add.at(of_rows, y, adjoint * rows[x])


def _push(group: Group, scalars: Array, rows: Array, tangents: Array) -> None:
    """The tangents of the results: those of the operands times the local derivatives, summed."""
    results = tangents[group.first : group.first + group.count]
    if not isinstance(group, Sums):
        slopes = _slopes(group, rows, group.by_inputs)
        for x, slope, want in zip(group.operands, slopes, group.by_inputs, strict=True):
            if want:
                results += tangents[x] * slope
        return
    if group.is_layer:
        results += scalars[group.weights].T @ tangents[group.operands[:, 0]]
        return
    for weight, x in zip(group.weights, group.operands, strict=True):
        results += scalars[weight][:, None] * tangents[x]
    for x, y in zip(group.left, group.right, strict=True):
        results += tangents[x] * rows[y] + rows[x] * tangents[y]


def _value(operation: Operation, operands: Sequence[Array]) -> Any:
    if isinstance(operation, CustomOperation):
        function = np.frompyfunc(lambda *xs: operation.evaluate(FLOATS, xs), len(operands), 1)
        return function(*operands).astype(float)
    return operation.evaluate(ROWS, operands)


def _slopes(group: Group, rows: Array, wanted: list[bool]) -> Sequence[Any]:
    operation, operands = group.operation, [rows[x] for x in group.operands]
    f = rows[group.first : group.first + group.count]
    if isinstance(operation, CustomOperation):
        slopes = [
            np.frompyfunc(lambda *xs, k=k: operation.differentiate(FLOATS, xs[:-1], xs[-1])[k], len(operands) + 1, 1)
            for k in range(len(operands))
        ]
        return [slope(*operands, f).astype(float) for slope in slopes]
    return operation.differentiate(ROWS, operands, f, wanted)

