"""Tapes that go to other libraries in tests: every row at its edges, random programs, and numbers to compare with."""
import math

import numpy as np
from references.operations import DERIVATIVE_SLACK, ROWS, VALUE_SLACK, perform
from references.programs.random_graphs import SMOOTH, random_program, run
from references.programs.random_tapes import is_near, operands_of, overflows

import autograd_tiny as at
from autograd_tiny import Value, record

COUNTS = (1, 2, 3, 5)                       # of operands
CONVENTIONS = [
    lambda x, y: at.maximum(x, y), lambda x, y: at.minimum(x, y) * y, lambda x, y: at.relu(x) + y,
    lambda x, y: at.clip(x, 0.0, 1.0) + y, lambda x, y: at.log(at.relu(x)) + y, lambda x, y: at.max([x, y, 0.0 * x]),
    lambda x, y: at.sqrt(at.maximum(x, 0.0) * y), lambda x, y: at.abs(x) ** 1.5 + at.floor(at.sqrt(x)) * y,
    lambda x, y: at.where(at.greater(x, 0.0), at.log(at.relu(x)), 3.0 * y), lambda x, y: x**2.0 + y**3.0,
    lambda x, y: at.take([at.log(at.relu(x)), y], at.less_equal(x, 0.0)),
]
TIES = [[0.0, 0.0], [-1.0, 2.0], [1.0, 1.0], [2.0, -0.0], [np.inf, np.nan]]


class Rows:
    """All rows of the calculus that take so many operands, each on inputs of its own: one tape for all of them.

    is_kept: Whether operands are tried.
    """

    def __init__(self, count, is_kept=lambda xs: True):
        points = {name: [xs for xs in operands_of(name).get(count, ()) if is_kept(xs)] for name in ROWS}
        self.points = {name: found for name, found in points.items() if found}
        self.count, longest = count, max(map(len, self.points.values()))
        leaves = {name: [Value(0.4 + 0.1 * i) for i in range(count)] for name in self.points}
        outputs = [perform(name, each) for name, each in leaves.items()]
        self.tape = record(outputs, [x for each in leaves.values() for x in each])
        self.X = np.hstack([[found[i % len(found)] for i in range(longest)] for found in self.points.values()])

    def check(self, values, derivatives, smallest=0.0):
        """AssertionError unless the outputs (B, rows), and their derivatives by their inputs (B, inputs), are right.

        Numbers below the smallest count as 0.
        """
        expected, gradients = self.tape.vjp(self.X, np.ones(len(self.points)))
        wrong = []
        for k, (name, points) in enumerate(self.points.items()):
            columns = [(values[:, k], expected[:, k], VALUE_SLACK)] + [
                (derivatives[:, j], gradients[:, j], DERIVATIVE_SLACK)
                for j in range(k * self.count, (k + 1) * self.count)
            ]
            for number, (found, right, slacks) in enumerate(columns):
                wrong += [
                    (name, xs, number, f, r) for xs, f, r in zip(points, found, right, strict=False)
                    if not (is_near(name, f, r, xs, slacks) or abs(f - r) <= smallest)
                    and not (number == 0 and overflows(name, xs))
                ]
        assert not wrong, wrong[:20]

    def check_single(self, values, derivatives):
        """The same of float32, to its precision: beside a tape of float32, whose functions are rounded once."""
        expected, gradients = self.tape.astype("float32").vjp(self.X, np.ones(len(self.points)))
        assert values.dtype == derivatives.dtype == np.float32
        for k, name in enumerate(self.points):
            inputs = slice(k * self.count, (k + 1) * self.count)
            np.testing.assert_allclose(values[:, k], expected[:, k], 2e-5, 1e-6, err_msg=name)
            np.testing.assert_allclose(derivatives[:, inputs], gradients[:, inputs], 2e-5, 1e-6, err_msg=name)


def is_moderate(xs):
    """Whether all numbers are 0, infinite, nan or far from the limits of floats."""
    return all(x == 0 or not math.isfinite(x) or 1e-100 < abs(x) < 1e100 for x in xs)


def is_near_one(xs):
    """Whether all numbers are 0, not finite or within the reach of float32, where no function over- or underflows."""
    return all(x == 0 or not math.isfinite(x) or 1e-3 <= abs(x) <= 10 for x in xs)


def smooth(seed, size):
    """A random program as a tape of some inputs and parameters, and points for it."""
    program = random_program(seed, size, SMOOTH)
    values = run(program)
    inputs = values[: (len(program.leaves) + 1) // 2]
    tape = record(values[-1], inputs, parameters=[x for x in values[: len(program.leaves)] if x not in inputs])
    points = np.random.default_rng(seed).normal(0, 0.1, (5, len(inputs)))
    return tape, points + np.array(program.leaves[: len(inputs)])


def near(found, expected, tolerance=1e-12):
    """Equal to 1e-12 of the largest number."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape
    largest = np.max(np.abs(expected), initial=0.0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * max(1.0, largest))


def numbers(tape):
    return np.array([x.data for x in tape.parameters])


