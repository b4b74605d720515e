"""The program of arrays over NumPy, which needs no library beside: values of all kinds of groups."""
import numpy as np
import pytest
from references.programs.exported_tapes import near, numbers, smooth

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.tape.export.arrays.library import Library
from autograd_tiny.tape.export.arrays.program import ArrayProgram
from autograd_tiny.tape.grouping import Plan
from autograd_tiny.tape.numpy_executor import NUMPY

NUMPYS = Library(np, NUMPY, lambda row, operands: row.evaluate(NUMPY, operands), lambda x: x)


def outputs(tape, xs):
    program = ArrayProgram(Plan(tape.program))
    columns = np.moveaxis(np.asarray(xs, float), -1, 0)
    found = program(NUMPYS, program.indices, program.constants, numbers(tape), columns)
    return np.moveaxis(found, 0, -1)


@pytest.mark.parametrize(("seed", "size"), [*((seed, 1 + 5 * seed) for seed in range(20)), (20, 1000), (21, 5000)])
def test_random_programs(seed, size):
    tape, xs = smooth(seed, size)
    near(outputs(tape, xs)[..., 0], tape(xs))
    near(outputs(tape, xs[0])[..., 0], tape(xs)[0])


def test_takes_layers_and_numbers_computed_once():
    w = [Value(0.1 * k) for k in range(12)]

    def f(x, y, i):
        hidden = [at.tanh(w[3 * k] * x + w[3 * k + 1] * y + w[3 * k + 2]) for k in range(3)]
        once = at.exp(w[9]) * w[10]
        return [at.dot(w[:3], hidden), at.take(w, i) * once, at.take(hidden, i), once, x, at.max([x, y, 1.0])]

    tape = record(f, 0.1, 0.2, 1.0, parameters=w)
    xs = np.array([[1.0, 2.0, 0.0], [-1.0, 0.5, 2.0], [0.0, 0.0, -1.0]])
    near(outputs(tape, xs), tape(xs))
    assert outputs(tape, np.zeros((0, 3))).shape == (0, 6)
    assert np.isnan(outputs(tape, [[1.0, 2.0, 0.5], [1.0, 2.0, 3.0]])[:, 2]).all()
