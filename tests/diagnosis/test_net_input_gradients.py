"""Derivatives with respect to intermediate results of a tape are those of a backward pass."""
import numpy as np

from autograd_tiny import Value, gradients, record
from autograd_tiny.diagnosis.net_input_gradients import net_input_gradients


def test_derivatives_with_respect_to_slots_are_those_of_a_backward_pass():
    w, b = Value(0.7, "w"), Value(-0.2, "b")

    def results(x):
        net = w * x[0] + b
        unit = net.tanh()
        return [unit * unit + net * x[1], unit, net, x[0], w, Value(3.0) * 2.0]

    rows = np.random.default_rng(0).normal(size=(5, 2))
    tape = record(results, rows[0].tolist(), parameters=[w, b])
    found = net_input_gradients(tape, tape.program.outputs[1:], rows)
    assert found.shape == (5, 5)
    for row, by_unit, by_net in zip(rows.tolist(), *found.T[:2], strict=True):
        output, unit, net, *_ = results(row)
        np.testing.assert_allclose([by_unit, by_net], gradients(output, [unit, net]), rtol=1e-12)
    assert not found[:, 2:].any()               # an input, a parameter and a constant are no results


def test_a_result_that_is_asked_for_twice_has_two_columns():
    w = Value(0.7, "w")
    tape = record(lambda x: [(w * x[0]).exp()], [1.0], parameters=[w])
    slot = tape.program.outputs[0]
    assert net_input_gradients(tape, [slot, slot], np.ones((3, 1))).tolist() == [[1.0, 1.0]] * 3
    assert net_input_gradients(tape, [], np.ones((3, 1))).shape == (3, 0)
