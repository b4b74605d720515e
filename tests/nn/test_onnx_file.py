"""Networks as ONNX models: in onnxruntime against predict, and what cannot be written."""
import copy
import random
from functools import partial

import numpy as np
import pytest
from references.onnx_models import initializers, operators, outputs

import autograd_tiny as at
from autograd_tiny import nn
from autograd_tiny.calculus.onnx.graph import DEFAULT, OLDEST

pytestmark = pytest.mark.doors  # make test-all runs it, once

X = 3 * np.random.default_rng(0).normal(size=(129, 3))
OWN = {                                 # operators of onnxruntime, on doubles and on floats
    "float64": {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh"},
    "float32": {
        "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "silu": "Sigmoid", "leaky_relu": "LeakyRelu",
        "elu": "Elu", "softplus": "Softplus", "gelu": "Gelu", "mish": "Mish",
    },
}


def agree(model, path, samples=X, dtype="float64", **options):
    nn.to_onnx(model, path, dtype=dtype, **options)
    x = np.asarray(samples, dtype)
    found, expected = outputs(path, x), at.predict(model, x)
    assert found.shape == expected.shape and found.dtype == dtype
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", nn.ACTIVATIONS)
def test_activations_are_operators_of_onnx_where_there_are_some(activation, dtype, tmp_path):
    model = nn.MLP(3, [8, 8, 2], activation, rng=random.Random(1))
    for opset in (OLDEST, DEFAULT):
        agree(model, tmp_path / "f.onnx", dtype=dtype, opset=opset)
    found = operators(tmp_path / "f.onnx")
    assert found["Gemm"] == 3
    if activation in OWN[dtype]:
        assert found[OWN[dtype][activation]] == 2
        assert sum(found.values()) == (8 if activation == "silu" else 6)


def test_parameters_have_the_names_of_the_state_dict(tmp_path):
    model = nn.MLP(3, [4, 2], rng=random.Random(1))
    agree(model, tmp_path / "f.onnx")
    assert initializers(tmp_path / "f.onnx") == {name: each.shape for name, each in model.state_dict().items()}


@pytest.mark.parametrize("samples", [0, 1, 129])
@pytest.mark.parametrize("make", [
    lambda rng: nn.Neuron(3, rng=rng),
    lambda rng: nn.Layer(3, 1, "sigmoid", bias=False, rng=rng),
    lambda rng: nn.Layer(3, 4, rng=rng),
    lambda rng: nn.Maxout(3, 4, 3, rng=rng),
    lambda rng: nn.Maxout(3, 1, bias=False, rng=rng),
    lambda rng: nn.Sequential(nn.Layer(3, 5, rng=rng), nn.Dropout(0.5), nn.Activation("gelu"), nn.softmax),
    lambda rng: nn.Sequential(nn.MLP(3, [5, 4], rng=rng), nn.Sequential(at.tanh, nn.log_softmax)),
    lambda rng: nn.Sequential(nn.Layer(3, 4, partial(at.leaky_relu, negative_slope=0.2), rng=rng), nn.flatten),
    lambda rng: nn.Network(
        [("x", "h"), ("y", "h"), ("z", "g"), ("h", "o"), ("x", "o"), ("g", "p")], activations={"o": "linear"}, rng=rng,
    ),
    lambda rng: nn.Network([("x\n\ud800", "h"), ("y", "h"), ("*/", "h"), ("h", "x" * 9999)], bias=False, rng=rng),
])
def test_each_module_for_any_number_of_samples(make, samples, tmp_path):
    model = make(random.Random(1))
    nn.to_onnx(model, tmp_path / "f.onnx")
    found, expected = outputs(tmp_path / "f.onnx", X[:samples]), at.predict(model, X)
    assert found.shape == (samples, *expected.shape[1:])
    np.testing.assert_allclose(found, expected[:samples], rtol=1e-12, atol=1e-12)


def test_dropout_changes_nothing_and_the_model_is_left_as_it_was(tmp_path):
    model = nn.Sequential(nn.Layer(3, 5, rng=random.Random(1)), nn.Dropout(0.9))
    before = copy.deepcopy(model.state_dict())
    agree(model, tmp_path / "f.onnx")
    assert model.training and operators(tmp_path / "f.onnx") == {"Gemm": 1, "Relu": 1, "Identity": 1}
    assert all((model.state_dict()[name] == before[name]).all() for name in before)


def test_an_embedding_in_front(tmp_path):
    model = nn.Sequential(nn.Embedding(5, 3, rng=random.Random(1)), nn.flatten, nn.Layer(6, 2, rng=random.Random(1)))
    indices = np.random.default_rng(1).integers(-5, 5, size=(20, 2))
    agree(model, tmp_path / "f.onnx", indices)
    for index in (5, -6, 0.5, np.nan):
        with pytest.raises(Exception, match="out of data bounds"):
            outputs(tmp_path / "f.onnx", np.array([[0.0, index]]))


class Own(nn.Module):
    def forward(self, x):
        return x


def mixed():
    layer = nn.Layer(3, 2, rng=random.Random(1))
    layer.neurons[1].activation = at.tanh
    return layer


@pytest.mark.parametrize(("model", "error", "message"), [
    (3, TypeError, "model: a Module is expected, got int 3"),
    (nn.Sequential(nn.Layer(3, 2), Own()), TypeError, "layer2 is a module of your own, Own: record the model"),
    (nn.Sequential(nn.Layer(3, 2), sum), TypeError, "layer2 is a function of your own, sum: record the model"),
    (nn.Layer(3, 2, lambda x: x * x), TypeError, "the model has an activation of your own, <lambda>: record"),
    (nn.Network([("x", "h")], activations={"h": abs}), TypeError, "the unit 'h' has an activation of your own, abs"),
    (nn.Activation("relu"), TypeError, "no layer that says how many inputs"),
    (mixed(), TypeError, "the model has neurons of different kinds"),
    (nn.Sequential(nn.Layer(3, 2), nn.Layer(3, 1)), ValueError, "layer2 takes 3 inputs, got 2"),
    (nn.Sequential(nn.Embedding(5, 3), nn.Layer(6, 1)), ValueError, "put nn.flatten between"),
    (nn.Sequential(nn.Embedding(5, 3), nn.flatten, nn.Layer(6, 1), nn.Embedding(2, 2)), ValueError, "put nn.flatten"),
])
def test_what_cannot_be_written_is_an_error(model, error, message, tmp_path):
    with pytest.raises(error, match=message):
        nn.to_onnx(model, tmp_path / "f.onnx")
    assert not [*tmp_path.iterdir()]


def test_subclasses_that_compute_nothing_else_are_known(tmp_path):
    agree(type("Mine", (nn.MLP,), {})(3, [2, 2], rng=random.Random(1)), tmp_path / "f.onnx")
