"""The loss over two weights."""
import numpy as np
from references.javascript.playground import GIVEN, MODULE, SETTINGS, arrays, fitted

import autograd_tiny as at
from autograd_tiny.vectors import read, write


def test_the_surface_is_the_loss_over_two_weights(node):
    found = node.call(MODULE, "surface", GIVEN, SETTINGS, 12, [3, 8], 5)
    network = fitted(SETTINGS, 2)
    x, y, *_ = arrays(SETTINGS)
    numbers = read(network.parameters())
    (left, right), (low, high) = found["ranges"][0]
    assert left < numbers[3] < right and low < numbers[8] < high
    expected = []
    for second in np.linspace(low, high, 5):
        for first in np.linspace(left, right, 5):
            moved = numbers.copy()
            moved[[3, 8]] = first, second
            write(network.parameters(), moved)
            expected.append(at.evaluate(network, x, y, "binary_cross_entropy")["loss"])
    np.testing.assert_allclose(found["values"], expected, rtol=1e-9)
    np.testing.assert_allclose(found["numbers"], numbers, rtol=1e-9)
