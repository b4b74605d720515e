"""Neuron, Layer, MLP, Sequential, Maxout and Dropout: their outputs, arguments and random numbers."""
import math
import random

import numpy as np
import pytest
from references.networks.modules import rng

from autograd_tiny import Value, nn, tanh


# ---- neurons, layers, perceptrons

def test_a_neuron_is_relu_of_a_dot_product():
    neuron = nn.Neuron(2, rng=random.Random(0))
    w0, w1 = (w.data for w in neuron.w)
    out = neuron([1.0, Value(-2.0)])
    assert out.data == max(0.0, w0 - 2 * w1 + neuron.b.data)
    assert nn.Neuron(2, nonlin=False)([0.0, 0.0]).op == "dot"


def test_a_neuron_is_an_activation_of_a_dot_product():
    neuron = nn.Neuron(2, "tanh", bias_init="ones")
    w0, w1 = (w.data for w in neuron.w)
    assert neuron([0.5, Value(-2.0)]).data == pytest.approx(math.tanh(0.5 * w0 - 2 * w1 + 1.0), rel=1e-15)
    assert nn.Neuron(2, nonlin=False)([0.0, 0.0]).op == "dot"
    without = nn.Neuron(2, "linear", bias=False)
    assert without.b is None and len(without.parameters()) == 2 and without([0.0, 0.0]).data == 0.0


def test_a_layer_is_its_neurons_side_by_side():
    layer = nn.Layer(2, 3, "tanh", rng=rng())
    state = layer.state_dict()
    found = [v.data for v in layer([0.5, -1.5])]
    np.testing.assert_allclose(found, np.tanh(state["w"] @ [0.5, -1.5] + state["b"]), rtol=1e-14)


def test_a_perceptron_is_its_layers_one_after_the_other():
    model = nn.MLP(2, [3, 4, 2], "sigmoid", "softplus", rng=rng())
    s = model.state_dict()
    h = 1 / (1 + np.exp(-(s["layer1.w"] @ [0.5, -1.5] + s["layer1.b"])))
    h = 1 / (1 + np.exp(-(s["layer2.w"] @ h + s["layer2.b"])))
    expected = np.log1p(np.exp(s["layer3.w"] @ h + s["layer3.b"]))
    np.testing.assert_allclose([v.data for v in model([0.5, -1.5])], expected, rtol=1e-14)


def test_rng():
    def weights(rng):
        return [p.data for p in nn.MLP(3, [2, 1], rng=rng).parameters()]

    assert weights(random.Random(1)) == weights(random.Random(1)) != weights(random.Random(2))
    assert weights(np.random.default_rng(1)) == weights(np.random.default_rng(1))
    assert all(type(w) is float for w in weights(np.random.default_rng(1)))


@pytest.mark.parametrize("rng", [3, "random"])
def test_an_rng_of_another_type_is_refused(rng):
    for make in (lambda: nn.MLP(2, [1], rng=rng), lambda: nn.Neuron(2, init="normal", rng=rng)):
        with pytest.raises(TypeError, match="rng: random"):
            make()


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


def test_repr():
    assert repr(nn.MLP(2, [2, 1])).splitlines() == [
        "MLP(2 → 2 → 1): 9 parameters",
        "├── layer1: Layer(2 → 2, relu): 6",
        "└── layer2: Layer(2 → 1, linear): 3",
    ]


# ---- Sequential, Maxout

def test_sequential_takes_functions_among_its_modules():
    model = nn.Sequential(nn.Layer(2, 2, "linear"), lambda xs: [tanh(x) for x in xs], nn.Layer(2, 1))
    assert len(model) == 3 and model[0] is model.layers[0]
    hidden = model[0]([0.1, 0.2])
    assert model([0.1, 0.2]).data == model[2]([tanh(h) for h in hidden]).data
    assert "layer2: <lambda>: 0" in repr(model)
    by_name = nn.Sequential(nn.Layer(2, 2, "linear"), tanh)
    assert repr(by_name[1]) == "Activation(tanh): 0 parameters" and len(by_name([0.1, 0.2])) == 2
    with pytest.raises(TypeError, match=r"Sequential\(\*modules\)"):
        nn.Sequential([nn.Layer(2, 2)])


def test_maxout_takes_the_largest_piece():
    unit = nn.Maxout(2, 2, 3, bias_init="normal", rng=rng())
    x = [0.3, -0.8]
    each = np.array([[v.data for v in piece(x)] for piece in unit.pieces])
    assert [v.data for v in unit(x)] == each.max(axis=0).tolist()
    assert len(unit.parameters()) == 3 * 6


# ---- Dropout

def test_dropout_drops_units_in_training_mode_only():
    drop = nn.Dropout(0.4, rng=random.Random(0))
    x = [Value(1.0) for _ in range(2000)]
    found = [v.data for v in drop(x)]
    assert {*found} == {0.0, 1 / 0.6}
    assert found.count(0.0) == pytest.approx(800, abs=70)
    assert drop.eval()(x) is x
    assert nn.Dropout(0.0)(x) is x


def test_dropout_draws_from_the_generator_that_it_has():
    def drawn(generator):
        return [v.data for v in nn.Dropout(0.5, rng=generator)([Value(1.0)] * 20)]

    assert drawn(random.Random(1)) == drawn(random.Random(1)) != drawn(random.Random(2))
    assert drawn(np.random.default_rng(1)) == drawn(np.random.default_rng(1))
    random.seed(4)
    first = drawn(random)
    random.seed(4)
    assert drawn(random) == first


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5, math.nan])
def test_a_probability_of_dropout_out_of_range_is_refused(p):
    with pytest.raises(ValueError, match=r"p: a number in \[0, 1\)"):
        nn.Dropout(p)
    with pytest.raises(TypeError):
        nn.Dropout("0.5")


# ---- inputs, outputs, arguments

def test_one_output_or_a_list():
    assert type(nn.MLP(2, [3, 1])([0.5, -0.5])) is Value
    assert len(nn.MLP(2, [3, 2])([0.5, -0.5])) == 2
    assert type(nn.Maxout(2, 1)([0.5, -0.5])) is Value
    assert type(nn.Activation("tanh")([Value(1.0)])) is Value
    assert len(nn.Activation("tanh")([Value(1.0), Value(2.0)])) == 2


def test_one_input_may_stand_without_a_list():
    model = nn.MLP(1, [1, 1])
    assert model(0.5).data == model([0.5]).data == model(np.array([0.5])).data == model(Value(0.5)).data


@pytest.mark.parametrize("model", [nn.Neuron(2), nn.Layer(2, 3), nn.MLP(2, [3, 1]), nn.Maxout(2, 2)])
@pytest.mark.parametrize("x", [[1.0], [1.0, 2.0, 3.0], []])
def test_another_number_of_inputs_is_refused(model, x):
    with pytest.raises(ValueError, match=f"takes 2 inputs, got {len(x)}"):
        model(x)


def test_the_wrong_number_of_inputs():
    with pytest.raises(ValueError, match="layer1 takes 2 inputs, got 3"):
        nn.MLP(2, [3, 1])([1.0, 2.0, 3.0])


def test_the_sizes_of_the_layers_are_a_sequence():
    with pytest.raises(TypeError, match=r"as \[16, 16, 1\], got 3"):
        nn.MLP(2, 3)


@pytest.mark.parametrize("make,error,match", [
    (lambda: nn.Neuron(0), ValueError, "nin"), (lambda: nn.Neuron(2.0), TypeError, "nin"),
    (lambda: nn.Layer(2, 0), ValueError, "nout"), (lambda: nn.Layer(2, True), TypeError, "nout"),
    (lambda: nn.MLP(2, 3), TypeError, r"as \[16, 16, 1\], got 3"),
    (lambda: nn.MLP(2, []), ValueError, "none"),
    (lambda: nn.MLP(2, "31"), TypeError, "31"), (lambda: nn.MLP(2, [3, -1]), ValueError, "-1"),
    (lambda: nn.Layer(2, 1, "relux"), ValueError, "'relux' is not known; there are linear, tanh"),
    (lambda: nn.MLP(2, [1], "relux"), ValueError, "'relux' is not known; there are linear, tanh"),
    (lambda: nn.Layer(2, 1, False), TypeError, "nonlin=False"), (lambda: nn.Layer(2, 1, 3), TypeError, "3"),
    (lambda: nn.Layer(2, 1, init="he"), ValueError, "init: 'he'.*he_normal"),
    (lambda: nn.Layer(2, 1, bias_init=0.0), TypeError, "bias_init"),
    (lambda: nn.Maxout(2, 1, 0), ValueError, "pieces"),
    (lambda: nn.Sequential("tanh"), TypeError, "Activation"),
    (lambda: nn.Sequential(nn.Layer(2, 1), 3), TypeError, "int 3"),
    (lambda: nn.Activation(None), TypeError, "activation"),
])
def test_arguments_that_are_not_known_are_refused(make, error, match):
    with pytest.raises(error, match=match):
        make()
