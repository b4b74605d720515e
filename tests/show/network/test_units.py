"""The units and the weights of networks: of layers one after the other, and of any acyclic network."""
import random

import pytest
from references.show.diagrams import XOR, network, read, tooltip_of, weights

from autograd_tiny import nn
from autograd_tiny.show.names import readable
from autograd_tiny.show.network.diagram import network_diagram


def test_a_layer_and_a_neuron_alone():
    layer = read(network_diagram(nn.Layer(4, 5, "tanh", rng=random.Random(1))))
    assert layer.headings == [["inputs · 4"], ["layer · tanh · 5"]]
    assert len(weights(layer)) == 20
    neuron = read(network_diagram(nn.Neuron(3, rng=random.Random(1))))
    assert neuron.headings == [["inputs · 3"], ["neuron · relu · 1"]]
    assert tooltip_of(neuron, "w[0]").startswith("w[0], weight ")


def test_a_part_without_weights_is_named_in_the_heading_before_it():
    rng = random.Random(1)
    model = nn.Sequential(
        nn.Dropout(0.1), nn.Layer(2, 4, "linear", rng=rng), nn.Activation("tanh"),
        nn.MLP(4, [3, 2], rng=rng), nn.softmax,
    )
    assert read(network_diagram(model)).headings == [
        ["inputs · 2", "then Dropout(0.1)"], ["layer2 · linear · 4", "then Activation(tanh)"],
        ["layer4.layer1 · relu · 3"], ["layer4.layer2 · linear · 2", "then softmax"],
    ]


def test_the_units_of_a_network_stand_behind_all_their_inputs():
    net = network(XOR, activation="tanh", activations={"o": "linear"})
    drawn = read(network_diagram(net))
    column = {unit.name: round(unit.cx) for unit in drawn.units.values()}
    assert column["x"] == column["y"] < column["h1"] == column["h2"] < column["o"]
    assert drawn.headings == [["inputs · 2"], ["tanh · 2"], ["linear · 1"]]
    assert tooltip_of(drawn, "w(x→o)") == f"w(x→o), weight {net.w['x', 'o'].data!r}, gradient —"
    assert drawn.biases["u2_0"] == readable(net.b["o"].data, 4)


class Custom(nn.Module):
    def __init__(self):
        self.inside = nn.Layer(2, 2, rng=random.Random(1))

    def forward(self, x):
        return self.inside(x)


class Doubled(nn.MLP):
    def forward(self, x):
        return 2 * super().forward(x)


class Small(nn.MLP):
    def __init__(self):
        super().__init__(2, [3, 1], rng=random.Random(1))


@pytest.mark.parametrize("model, named", [
    (Custom, "Custom"), (lambda: Doubled(2, [1]), "Doubled"), (lambda: nn.Maxout(2, 1), "Maxout"),
    (lambda: nn.Activation("tanh"), "Activation without weights"), (lambda: 3.0, "float 3.0"),
    (nn.Sequential, "Sequential without weights"),
    (lambda: nn.Sequential(nn.Layer(2, 2), Custom()), "layer2, of type Custom,"),
])
def test_a_model_that_has_no_diagram_is_named_with_those_that_have(model, named):
    with pytest.raises(TypeError, match=rf"Neuron, Layer, MLP, Network.*{named}.*none of these.*draw\(\)"):
        network_diagram(model())


def test_a_subclass_that_computes_the_same_is_drawn():
    assert len(read(network_diagram(Small())).units) == 6


def test_layers_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="layer2 takes 4 inputs, but 3 units are before it"):
        network_diagram(nn.Sequential(nn.Layer(2, 3), nn.Layer(4, 1)))
