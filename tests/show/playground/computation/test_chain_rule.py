"""The chain rule for one weight and one sample: all paths, by enumeration in Python."""
import itertools

import numpy as np
import pytest
from references.javascript.playground import GIVEN, MODULE, SETTINGS, arrays, model

import autograd_tiny as at
from autograd_tiny import nn


def paths_of(network, x, target):
    """The product along each path from the loss to w[0] of the first neuron of the first layer, by enumeration."""
    activations = [list(map(at.Value, x))]
    for layer in network.layers:
        outputs = layer(activations[-1])
        activations.append(outputs if isinstance(outputs, list) else [outputs])
    loss = nn.losses.binary_cross_entropy(activations[-1], [target])
    slopes = [
        [at.derivative(neuron.activation)(at.dot(neuron.w, inputs, neuron.b).data) for neuron in layer.neurons]
        for layer, inputs in zip(network.layers, activations, strict=False)
    ]
    behind = [range(len(layer.neurons)) for layer in network.layers[1:]]
    at_outputs = at.gradients(loss, activations[-1])
    products = []
    for units in itertools.product(*behind):
        route = [0, *units]
        product = at_outputs[route[-1]] * x[0]
        for k, unit in enumerate(route):
            product *= slopes[k][unit]
            if k:
                product *= network.layers[k].neurons[unit].w[route[k - 1]].data
        products.append(product)
    return products, at.gradients(loss, network.layers[0].neurons[0].w[0])


@pytest.mark.parametrize("layers", [[], [[3, "tanh"]], [[4, "tanh"], [5, "relu"], [3, "sigmoid"]]])
def test_paths_are_those_of_the_chain_rule(node, layers):
    settings = SETTINGS | {"layers": layers, "output": "tanh"}
    network, (x, y, *_) = model(settings), arrays(settings)
    place = {"layer": 0, "piece": 0, "unit": 0, "input": 0}
    for sample in range(3):
        found = node.call(MODULE, "chain", GIVEN, settings, 0, sample, place, 5)
        products, gradient = paths_of(network, x[sample], y[sample])
        assert found["count"] == len(products)
        assert found["gradient"] == pytest.approx(gradient, rel=1e-13)
        shown = [path["product"] for path in found["paths"][0]]
        largest = sorted(products, key=abs, reverse=True)[:5]
        np.testing.assert_allclose(np.abs(shown), np.abs(largest), rtol=1e-12)
        assert sum(shown) + found["rest"][0] == pytest.approx(gradient, rel=1e-12, abs=1e-15)
        for path in found["paths"][0]:
            assert np.prod([factor["value"] for factor in path["factors"]]) == pytest.approx(path["product"], rel=1e-12)


def test_paths_lead_through_the_pieces_of_maxout_and_to_biases(node):
    settings = SETTINGS | {"data": "blobs", "loss": "cross_entropy", "layers": [[3, "maxout"], [2, "maxout"]]}
    network, (x, y, *_) = model(settings, 3), arrays(settings)
    loss = nn.losses.cross_entropy(network(x[0]), int(y[0]))
    for piece, unit, source in itertools.product(range(2), range(3), (-1, 0, 1)):
        neuron = network[0].pieces[piece].neurons[unit]
        place = {"layer": 0, "piece": piece, "unit": unit, "input": source}
        found = node.call(MODULE, "chain", GIVEN, settings, 0, 0, place, 100)
        gradient = at.gradients(loss, neuron.b if source < 0 else neuron.w[source])
        assert found["count"] == 3 * (2 * 2) == len(found["paths"][0])
        assert found["gradient"] == pytest.approx(gradient, rel=1e-13, abs=1e-16)
        assert sum(path["product"] for path in found["paths"][0]) == pytest.approx(gradient, rel=1e-12, abs=1e-15)
