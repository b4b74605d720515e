"""The findings of the page are those of diagnose: the same problems, in the same words."""
import random

import pytest
from references.javascript.playground import MODULE, SETTINGS, arrays

from autograd_tiny import nn
from autograd_tiny.diagnosis import measure
from autograd_tiny.show.playground.playground import page_data

KINDS = {"alike", "dead", "saturated", "vanishing", "exploding"}


def as_text(found):
    return [(each["severity"], each["kind"], each["where"], each["text"], each["advice"]) for each in found]


def of_python(network, x, y, loss):
    found = measure(network, x, y, loss).findings
    return sorted((x.severity, x.kind, x.where, x.text, x.advice) for x in found if x.kind in KINDS)


def networks():
    """Networks that have each of the problems, and some that have none."""
    def made(activation, scale, layers=(6, 5, 4), bias=0.0, init="by_activation"):
        network = nn.MLP(2, [*layers, 1], activation, init=init, rng=random.Random(4))
        for layer in network.layers[:-1]:
            for neuron in layer.neurons:
                for weight in neuron.w:
                    weight.data *= scale
                neuron.b.data = bias
        return network

    yield "fine", made("tanh", 1.0)
    yield "saturated tanh", made("tanh", 30.0)
    yield "saturated sigmoid", made("sigmoid", 100.0, (12,))
    yield "dead", made("relu", 1.0, bias=-3.0)
    yield "all dead", made("relu", 1.0, bias=-300.0)
    yield "alike", made("tanh", 1.0, init="ones")
    yield "zeros", made("relu", 1.0, init="zeros")
    yield "vanishing", made("sigmoid", 0.3, (8,) * 6)
    yield "vanishing relu", made("relu", 0.1, (8,) * 4)
    yield "exploding", made("linear", 8.0, (8,) * 5)
    mixed = nn.Sequential(
        nn.Maxout(2, 5, rng=random.Random(1)), nn.Layer(5, 6, "relu", rng=random.Random(2)), nn.Layer(6, 1, "linear")
    )
    for neuron in mixed[1].neurons[:3]:
        neuron.b.data = -50.0
    yield "half dead behind maxout", mixed


@pytest.mark.parametrize(("name", "network"), [pytest.param(*each, id=each[0]) for each in networks()])
def test_findings_are_those_of_diagnose(node, name, network):
    x, y, *_ = arrays(SETTINGS | {"samples": 120})
    found = node.call(MODULE, "findings", page_data(network, x, y, "binary_cross_entropy"), {}, 0)
    expected = of_python(network, x, y, "binary_cross_entropy")
    assert sorted(as_text(found)) == expected
    assert bool(expected) == (name != "fine")
