"""The initial weights are those of nn, and a network is handed back as a state that its module loads."""
import numpy as np
import pytest
from references.javascript.playground import GIVEN, MODULE, SETTINGS, model

from autograd_tiny.nn.init import INITIALISERS
from autograd_tiny.vectors import read


def experiment(node, settings, updates=0):
    return node.call(MODULE, "experiment", GIVEN, settings, updates)


@pytest.mark.parametrize("init", [
    "by_activation", *(name for name in INITIALISERS if not name.startswith(("glorot", "kaiming"))),
])
def test_initial_weights_are_those_of_nn(node, init):
    settings = SETTINGS | {"init": init, "layers": [[4, "relu"], [3, "maxout"], [2, "leaky_relu"]]}
    found = experiment(node, settings)
    np.testing.assert_allclose(found["numbers"], read(model(settings).parameters()), rtol=1e-15, atol=1e-15)


def test_a_state_is_one_that_the_module_loads(node):
    settings = SETTINGS | {"layers": [[3, "maxout"], [2, "tanh"]]}
    found = experiment(node, settings, 10)
    network = model(settings | {"seed": 99})
    network.load_state_dict(found["state"][0])
    assert read(network.parameters()).tolist() == found["numbers"].tolist()
