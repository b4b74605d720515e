"""The findings of the page are those of diagnose: the same problems, in the same words."""
import random

import pytest
from references.javascript.playground import GIVEN, MODULE, SETTINGS, arrays, model

import autograd_tiny as at
from autograd_tiny import nn, optim
from autograd_tiny.diagnosis.measure import measure
from autograd_tiny.show.playground.playground import page_data

NOT_IN_THE_PAGE = {"no gradient", "unreached", "nonfinite"}


def as_text(found):
    return [(each["severity"], each["kind"], each["where"], each["text"], each["advice"]) for each in found]


def of_python(network, x, y, loss, optimizer="sgd", lr=0.1):
    found = measure(network, x, y, loss, optimizer, lr=lr).findings
    return [(x.severity, x.kind, x.where, x.text, x.advice) for x in found if x.kind not in NOT_IN_THE_PAGE]


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
    assert as_text(found) == expected
    assert bool(expected) == (name != "fine")


@pytest.mark.parametrize(("changes", "scale", "kinds"), [
    ({"lr": 90.0}, 1.0, {"learning rate too high"}),
    ({"lr": 2.0}, 1.0, {"learning rate too high"}),
    ({"lr": 1e-7, "layers": []}, 1.0, {"learning rate too low"}),
    ({}, 40.0, {"saturated", "inputs not scaled"}),
    ({"output": "sigmoid"}, 1.0, {"probabilities as logits"}),
    ({"output": "sigmoid", "loss": "hinge"}, 1.0, {"probabilities as logits"}),
    ({"output": "sigmoid", "loss": "squared_error"}, 1.0, set()),
    ({"layers": [], "lr": 1e-3}, 100.0, {"worse than guessing"}),
    ({"layers": [], "loss": "half_squared_error", "lr": 1e-6}, 100.0, {"worse than guessing"}),
    ({"layers": [[3, "tanh"]], "loss": "cross_entropy"}, 300.0, {"saturated", "inputs not scaled"}),
])
def test_so_are_those_of_the_learning_rate_the_loss_and_the_inputs(node, changes, scale, kinds):
    settings = SETTINGS | {"samples": 120, "test": 0.0} | changes
    x, y, *_ = arrays(settings, signs="hinge" in settings["loss"])
    x = [[scale * a, scale * b] for a, b in x]
    network = model(settings, outputs=2 if settings["loss"] == "cross_entropy" else 1)
    given = page_data(network, x, y, settings["loss"])
    found = as_text(node.call(MODULE, "findings", given, {"lr": settings["lr"]}, 0))
    assert found == of_python(network, x, y, settings["loss"], lr=settings["lr"])
    assert {kind for _, kind, *_ in found} == kinds


def test_the_next_update_is_that_of_the_optimiser_with_what_it_remembers(node):
    settings = SETTINGS | {"optimizer": "adam", "lr": 0.5, "samples": 120, "test": 0.0, "batch": 0}
    x, y, *_ = arrays(settings)
    network = model(settings)
    optimizer = optim.Adam(network.parameters(), lr=0.5)
    at.fit(network, x, y, "binary_cross_entropy", optimizer, epochs=7, batch_size=None, progress=False)
    found = as_text(node.call(MODULE, "findings", GIVEN, settings, 7))
    expected = of_python(network, x, y, "binary_cross_entropy", optimizer, None)
    assert found == expected and "learning rate too high" in str(found)
