"""Neurons, layers and networks."""
import random

import numpy as np
import pytest

from autograd_tiny import Value, nn


def test_a_neuron_is_relu_of_a_dot_product():
    neuron = nn.Neuron(2, rng=random.Random(0))
    w0, w1 = (w.data for w in neuron.w)
    out = neuron([1.0, Value(-2.0)])
    assert out.data == max(0.0, w0 - 2 * w1 + neuron.b.data)
    assert nn.Neuron(2, nonlin=False)([0.0, 0.0]).op == "dot"


def test_the_seeds_of_micrograd():
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    random.seed(1337)
    first = [random.uniform(-1, 1) for _ in range(2)]
    assert [p.data for p in model.parameters()[:3]] == [*first, 0.0]
    assert len(model.parameters()) == 337


def test_rng():
    def weights(rng):
        return [p.data for p in nn.MLP(3, [2, 1], rng=rng).parameters()]

    assert weights(random.Random(1)) == weights(random.Random(1)) != weights(random.Random(2))
    assert weights(np.random.default_rng(1)) == weights(np.random.default_rng(1))
    assert all(type(w) is float for w in weights(np.random.default_rng(1)))


def test_one_output_or_a_list():
    assert type(nn.MLP(2, [3, 1])([0.5, -0.5])) is Value
    assert len(nn.MLP(2, [3, 2])([0.5, -0.5])) == 2


def test_labels_and_scopes_name_the_module():
    model = nn.MLP(2, [2, 1])
    assert [p.label for p in model.parameters()][:3] == [
        "layer1.neuron1.w[0]", "layer1.neuron1.w[1]", "layer1.neuron1.b",
    ]
    hidden = model.layers[0]([1.0, 2.0])
    assert hidden[1].scope == hidden[1].parents[0].scope == "layer1.neuron2"
    assert model([1.0, 2.0]).scope == "mlp.layer2.neuron1"
    assert (hidden[0] + 1).scope == ""


def test_zero_grad_and_training():
    model = nn.MLP(2, [4, 1], rng=random.Random(3))
    data = [((0.0, 1.0), 1.0), ((1.0, 0.0), -1.0), ((1.0, 1.0), 0.5)]

    def loss():
        return sum((model(x) - y) ** 2 for x, y in data)

    before = loss()
    for _ in range(50):
        model.zero_grad()
        now = loss()
        now.backward()
        for p in model.parameters():
            p.data -= 0.02 * p.grad
    assert now < 0.5 * before
    model.zero_grad()
    assert all(p.grad == 0.0 for p in model.parameters())


def test_the_wrong_number_of_inputs():
    with pytest.raises(ValueError, match="layer1 takes 2 inputs, got 3"):
        nn.MLP(2, [3, 1])([1.0, 2.0, 3.0])


def test_repr():
    assert repr(nn.MLP(2, [2, 1])).splitlines() == [
        "MLP(2 → 2 → 1): 9 parameters",
        "├── layer1: Layer(2 → 2, relu): 6",
        "└── layer2: Layer(2 → 1, linear): 3",
    ]


def test_the_sizes_of_the_layers_are_a_sequence():
    with pytest.raises(TypeError, match=r"as \[16, 16, 1\], got 3"):
        nn.MLP(2, 3)
