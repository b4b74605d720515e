"""Every row of the calculus in JavaScript gives the numbers of the tape, at special points too."""

import numpy as np
import pytest
from references.javascript.node import text_of
from references.operations import DERIVATIVE_SLACK, ROWS, VALUE_SLACK, perform
from references.programs.random_tapes import is_near, operands_of

import autograd_tiny as at
from autograd_tiny import record


@pytest.mark.parametrize("name", ROWS)
def test_every_row_at_ordinary_and_special_points(node, tmp_path, name):
    for count, points in operands_of(name).items():
        leaves = [at.Value(0.5) for _ in range(count)]
        tape = record(perform(name, leaves), leaves)
        xs = np.array(points)
        found = node("run", file=text_of(tape, tmp_path), x=xs)
        values, gradients = tape.values_and_input_gradients(xs)
        by_inputs = found["by_inputs"].reshape(xs.shape)
        for k, point in enumerate(points):
            assert is_near(name, found["of_output"][k], values[k], point, VALUE_SLACK), (point, values[k])
            for got, expected in zip(by_inputs[k], gradients[k], strict=True):
                assert is_near(name, got, expected, point, DERIVATIVE_SLACK), (point, got, expected)
