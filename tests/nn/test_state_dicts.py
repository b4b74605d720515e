"""Networks of weights alone, without PyTorch."""
import subprocess
import sys

import numpy as np
import pytest
from references.optional import needed

import autograd_tiny as at
from autograd_tiny import nn

RNG = np.random.default_rng(0)
STATE = {
    "0.weight": RNG.normal(size=(4, 3)), "0.bias": RNG.normal(size=4), "2.weight": RNG.normal(size=(2, 4)).tolist(),
    "2.bias": np.array([1, 2]),
}


def test_weights_and_biases_are_an_mlp():
    model = nn.from_state_dict(STATE, "tanh", "sigmoid")
    assert type(model) is nn.MLP
    x = RNG.normal(size=(5, 3))
    hidden = np.tanh(x @ STATE["0.weight"].T + STATE["0.bias"])
    expected = 1 / (1 + np.exp(-(hidden @ np.array(STATE["2.weight"]).T + STATE["2.bias"])))
    np.testing.assert_allclose(at.predict(model, x), expected, rtol=1e-12)


def test_names_may_be_long_and_a_bias_may_be_missing():
    state = {f"module.fc{name}": array for name, array in STATE.items() if name != "0.bias"}
    model = nn.from_state_dict(state)
    assert [each.describe() for each in model.layers] == ["Layer(3 → 4, relu)", "Layer(4 → 2, linear)"]
    assert set(model.state_dict()) == {"layer1.w", "layer2.w", "layer2.b"}
    assert nn.from_state_dict({"weight": np.ones((1, 2))}).describe() == "Layer(2 → 1, linear)"
    assert "b" not in nn.from_state_dict({"weight": np.ones((1, 2))}).state_dict()


def test_layers_with_numbers_are_in_the_order_of_these():
    ones = {f"layers.{k}.weight": np.full((2, 2), float(k)) for k in (10, 2, 0)}
    assert [each[0, 0] for each in nn.from_state_dict(ones).state_dict().values()] == [0.0, 2.0, 10.0]
    named = {f"{name}.weight": np.full((2, 2), float(k)) for k, name in enumerate(["input", "hidden2", "hidden1"])}
    assert [each[0, 0] for each in nn.from_state_dict(named).state_dict().values()] == [0.0, 1.0, 2.0]


def test_the_numbers_are_copies():
    weights = np.ones((1, 2))
    model = nn.from_state_dict({"weight": weights})
    weights[:] = 7.0
    assert model.state_dict()["w"].tolist() == [[1.0, 1.0]]


def test_tensors_of_torch():
    torch = needed("torch", "torch")
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    for state in (net.state_dict(), dict(net.named_parameters()), net.bfloat16().state_dict()):
        model = nn.from_state_dict(state, "tanh")
        assert (model.state_dict()["layer2.w"] == state["2.weight"].detach().double().numpy()).all()


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda torch: torch.ones(1, 2) * 1j, TypeError, "'weight': an array of numbers is expected"),
    (lambda torch: torch.ones(1, 2, device="meta"), TypeError, "'weight' is on the device meta"),
    (lambda torch: torch.quantize_per_tensor(torch.ones(1, 2), 0.1, 0, torch.qint8), TypeError, "quantised: .*dequant"),
    (lambda torch: np.ma.array([[1.0, 2.0]], mask=[[0, 1]]), ValueError, "'weight' has masked numbers"),
])
@pytest.mark.filterwarnings("ignore:.*quantize:UserWarning")
def test_weights_that_are_no_real_numbers_are_errors(make, error, message):
    with pytest.raises(error, match=message):
        nn.from_state_dict({"weight": make(needed("torch", "torch"))})


def test_torch_is_not_imported():
    code = "import sys, numpy; from autograd_tiny import nn; nn.from_state_dict({'weight': numpy.ones((1, 2))}); " \
           "print('torch' in sys.modules, 'onnx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


@pytest.mark.parametrize(("state", "error", "message"), [
    ([1], TypeError, "state: arrays by name are expected"),
    ({}, ValueError, "no weights of layers, such as '0.weight'"),
    ({"bias": [1.0]}, ValueError, "no weights of layers.*there are bias"),
    ({3: [[1.0]]}, TypeError, "the name of an array is expected, got int 3"),
    ({"weight": [["a"]]}, TypeError, "'weight': an array of numbers"),
    ({"conv.weight": np.ones((1, 1, 3, 3))}, ValueError, r"'conv.weight' has the shape \(1, 1, 3, 3\)"),
    ({"weight": np.ones((0, 3))}, ValueError, r"shape \(0, 3\)"),
    ({"weight": np.ones((2, 3)), "bias": np.ones(3)}, ValueError, r"the bias of 'weight' has the shape \(3,\), \(2,\)"),
    ({"0.weight": np.ones((2, 3)), "1.weight": np.ones((2, 3))}, ValueError,
     "'1.weight' takes 3 inputs, but '0.weight' has 2 outputs"),
    ({"0.weight": np.ones((2, 3)), "0.running_mean": np.ones(2)}, ValueError, "0.running_mean: only weights and"),
])
def test_what_does_not_fit_is_an_error(state, error, message):
    with pytest.raises(error, match=message):
        nn.from_state_dict(state)


def test_an_activation_that_is_not_known_is_an_error():
    with pytest.raises(ValueError, match="activation 'swoosh' is not known"):
        nn.from_state_dict(STATE, "swoosh")
