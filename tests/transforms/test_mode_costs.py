"""The costs of forward and of reverse mode, counted in a computation graph."""
import pytest

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.transforms.mode_costs import mode_costs


@pytest.mark.parametrize(("inputs", "outputs", "better"), [(5, 1, "reverse"), (1, 5, "forward"), (3, 3, "forward")])
def test_the_number_of_passes(inputs, outputs, better):
    costs = mode_costs(lambda x: [at.sum(x) * float(k) for k in range(outputs)], [0.5] * inputs)
    assert (costs.forward.passes, costs.reverse.passes) == (inputs, outputs)
    assert (len(costs.inputs), len(costs.outputs)) == (inputs, outputs)
    assert costs.better == better or inputs == outputs


def test_each_local_derivative_counts_once_for_each_pass():
    """f = (a + b)·a: a forward pass reaches one input, a + b and f; a reverse pass all four."""
    costs = mode_costs(lambda a, b: (a + b) * a, 2.0, 3.0)
    assert costs.values == 4
    assert costs.forward.reached == (3, 3) and costs.forward.multiplications == (3, 2)
    assert costs.reverse.reached == (4,) and costs.reverse.multiplications == (4,)
    assert (costs.forward.computations, costs.reverse.computations) == (4, 2)
    assert (costs.forward.operations, costs.reverse.operations) == (4 + 5, 2 + 4)


def test_no_gradient_changes():
    w = Value(3.0)
    mode_costs(lambda x: w * x, 2.0)
    assert (w.grad, w.reached, w.label) == (0.0, False, "")
