"""Jacobians of programs over batches, in one of two ways.

Where the derivatives of all outputs are a program of moderate size, that program is run: mostly so if each output
depends on few inputs, since a derivative that is 0 by the structure of the program costs nothing then. Otherwise the
tangents of the program are computed along each input: a batch in which every sample stands as often as there are
inputs. The Hessian is the Jacobian of the gradient.
"""
from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from ...engine.value import Value
from ..batches import BatchRunner
from ..numpy_executor import Array
from ..program import Program, SampleIndexError
from .reverse_program import jacobian_program

# An instruction of a program that is run on one sample costs as much as this many that are run on several at once.
VECTORISED = 4
ALWAYS = 256                # instructions that a program of derivatives may have in any case
ROWS = 2**14                # samples in a batch of tangents


class JacobianRunner:
    """The derivatives of all outputs of a program with respect to n of its inputs: to all of them, if none are given.

    Attributes:
        program: The program of the derivatives; None if tangents are computed.
    """

    def __init__(self, program: Program, wanted: Sequence[int] | None = None, dtype: Any = np.float64) -> None:
        self._wanted, self._outputs = range(program.inputs) if wanted is None else wanted, len(program.outputs)
        self._all_inputs = program.inputs
        most: float = max(ALWAYS, len(program.instructions) * len(self._wanted) // VECTORISED)
        if self._outputs == 1:                  # a gradient
            most = inf
        self.program = jacobian_program(program, self._wanted, most=most)
        self._runner = BatchRunner(self.program or program, dtype)

    def one(self, parameters: tuple[Value, ...], x: Array) -> Array:
        """The derivatives (outputs · n,) for one sample (1, inputs), C-contiguous."""
        return self._runner.one(parameters, x) if self.program else self.run(parameters, x, 1).ravel()

    def run(self, parameters: tuple[Value, ...], x: Array, threads: int) -> Array:
        """An array (B, outputs, n) for samples x (B, inputs)."""
        n, m = len(self._wanted), self._outputs
        found = np.empty((len(x), m, n), self._runner.dtype)
        if self.program:
            self._runner.run("values", parameters, threads, x, found.reshape(len(x), m * n))
            return found
        step = max(1, ROWS // n)
        unit = np.zeros((n, self._all_inputs), self._runner.dtype)
        unit[range(n), self._wanted] = 1.0
        for i in range(0, len(x), step):
            samples = np.repeat(x[i : i + step], n, axis=0)
            directions = np.tile(unit, (len(samples) // n, 1))
            values, changes = np.empty((2, len(samples), m), self._runner.dtype)
            try:
                self._runner.run("tangents", parameters, threads, samples, values, changes, directions)
            except SampleIndexError as error:
                raise SampleIndexError(i + error.sample // n, error.reason) from None
            found[i : i + step] = changes.reshape(-1, n, m).transpose(0, 2, 1)
        return found
