"""The data sets are those of Python, and so are the random numbers."""
import random

import numpy as np
import pytest
from references.javascript.playground import GIVEN, MODULE, SETTINGS, points

from autograd_tiny.show.playground.data_sets import DATA_SETS


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**32 - 1])
def test_random_numbers_are_those_of_python_and_numpy(node, seed):
    found = node.call(MODULE, "drawn", seed)
    rng, order = random.Random(seed), np.random.default_rng(seed)
    numbers = [*range(30)]
    rng.shuffle(numbers)
    assert found["list"] == [numbers]
    drawn = [rng.random(), rng.uniform(-1, 3), rng.gauss(0, 1), rng.gauss(2, 3), rng.random()]
    assert found["numbers"] == pytest.approx(drawn, rel=1e-15, abs=1e-15)
    assert found["orders"] == [order.permutation(n).tolist() for n in (7, 100, 64)]


@pytest.mark.parametrize("name", DATA_SETS)
@pytest.mark.parametrize("samples", [51, 200])
def test_the_data_sets_are_those_of_python(node, name, samples):
    settings = SETTINGS | {"data": name, "samples": samples}
    found = node.call(MODULE, "experiment", GIVEN, settings, 0)["points"][0]
    np.testing.assert_allclose(found, points(settings), rtol=0, atol=1e-15)
