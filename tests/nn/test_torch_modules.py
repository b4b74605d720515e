"""Networks of PyTorch as networks of this package, with the same numbers; and on to ONNX."""
import builtins
import copy
import pickle

import numpy as np
import pytest
from references.optional import needed

import autograd_tiny as at
from autograd_tiny import nn

pytestmark = pytest.mark.doors  # make test-all runs it, once

torch = needed("torch", "torch")
X = 3 * np.random.default_rng(0).normal(size=(65, 3))
X[0] = 0.0
ACTIVATIONS = [
    torch.nn.ReLU(), torch.nn.Tanh(), torch.nn.Sigmoid(), torch.nn.SiLU(), torch.nn.Mish(), torch.nn.LogSigmoid(),
    torch.nn.LeakyReLU(), torch.nn.LeakyReLU(0.25), torch.nn.ELU(), torch.nn.ELU(0.5), torch.nn.Softplus(),
    torch.nn.GELU(), torch.nn.Softmax(dim=1), torch.nn.LogSoftmax(dim=-1), torch.nn.Identity(),
]


@pytest.fixture(autouse=True)
def same_weights():
    torch.manual_seed(1)


def by_torch(net, samples=X):
    """In double precision, with the same weights."""
    with torch.no_grad():
        return copy.deepcopy(net).double().eval()(torch.tensor(samples)).numpy()


def agree(net, samples=X):
    model, expected = nn.from_torch(net), by_torch(net, samples)
    found = at.predict(model, samples)
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-9, atol=1e-12)
    return model


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_each_activation(activation):
    agree(torch.nn.Sequential(torch.nn.Linear(3, 8), activation, torch.nn.Linear(8, 2)))
    agree(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), activation))


def test_layers_with_one_activation_are_an_mlp():
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1), torch.nn.Sigmoid())
    model = agree(net)
    assert type(model) is nn.MLP and model.layers[0].neurons[0].activation is at.tanh
    assert model.layers[1].neurons[0].activation is at.sigmoid
    assert (model.state_dict()["layer1.w"] == net[0].weight.detach().numpy()).all()     # each float32 is a float64
    at.draw(model)
    at.fit(model, X, by_torch(net), "mse", epochs=1, progress=False)


def test_nested_sequentials_dropout_and_layers_without_bias():
    net = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(3, 8), torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Dropout(0.25)),
        torch.nn.Identity(), torch.nn.Linear(8, 8, bias=False), torch.nn.GELU(), torch.nn.ReLU(),
        torch.nn.Linear(8, 2),
    )
    model = agree(net)
    assert [each.describe() for each in model.layers] == [
        "Layer(3 → 8, relu)", "Dropout(0.25)", "Layer(8 → 8, gelu)", "Activation(relu)", "Layer(8 → 2, linear)",
    ]
    assert model.training and not nn.from_torch(net.eval()).layers[1].training


def test_a_module_that_is_there_twice_is_there_twice():
    relu, square = torch.nn.ReLU(), torch.nn.Linear(3, 3)
    model = agree(torch.nn.Sequential(square, relu, torch.nn.Sequential(square, relu), torch.nn.Linear(3, 1), relu))
    assert [len(layer.neurons) for layer in model.layers] == [3, 3, 1]


def test_a_hook_is_refused():
    net = torch.nn.Sequential(torch.nn.Linear(3, 2))
    net[0].register_forward_hook(lambda module, x, y: 2 * y)
    with pytest.raises(ValueError, match="the module '0' has a hook"):
        nn.from_torch(net)


def test_an_embedding():
    net = torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Flatten(), torch.nn.Linear(6, 2))
    indices = np.random.default_rng(1).integers(0, 5, size=(20, 2))
    agree(net, indices)
    agree(torch.nn.Sequential(torch.nn.Linear(3, 2)), X)
    assert type(nn.from_torch(torch.nn.Linear(3, 2))) is nn.Layer


def test_an_activation_with_an_argument_is_named_and_kept_by_copies():
    model = nn.from_torch(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LeakyReLU(0.25)))
    assert "leaky_relu(0.25)" in repr(model)
    for same in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert (at.predict(same, X) == at.predict(model, X)).all() and repr(same) == repr(model)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_any_precision(dtype):
    net = torch.nn.Sequential(torch.nn.Linear(3, 2)).to(dtype)
    assert (nn.from_torch(net).state_dict()["w"] == net[0].weight.detach().double().numpy()).all()


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Linear(3, 2)

    def forward(self, x):
        return self.a(x)


class Odd(torch.nn.Linear):
    def forward(self, x):
        return -super().forward(x)


@pytest.mark.parametrize(("module", "error", "message"), [
    (3, TypeError, "a torch.nn.Module is expected, got int 3"),
    (torch.nn.Conv2d(1, 1, 1), TypeError, "the module is of the class Conv2d, which has no counterpart here"),
    (torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Sequential(torch.nn.BatchNorm1d(1))), TypeError,
     "the module '1.0' is of the class BatchNorm1d"),
    (Net(), TypeError, r"of the class Net, .* pass its layers in order: from_torch\(torch.nn.Sequential"),
    (torch.nn.Sequential(Odd(3, 2)), TypeError, "the module '0' is of the class Odd"),
    (torch.nn.Softplus(beta=2), ValueError, "beta=2"),
    (torch.nn.GELU(approximate="tanh"), ValueError, "approximate='tanh'"),
    (torch.nn.Softmax(dim=0), ValueError, "dim=0"), (torch.nn.Dropout(1.0), ValueError, "p=1"),
    (torch.nn.Embedding(3, 2, max_norm=1.0), ValueError, "max_norm=1"),
    (torch.nn.Flatten(2), ValueError, "start_dim=2"),
])
def test_what_is_not_known_is_an_error(module, error, message):
    with pytest.raises(error, match=message):
        nn.from_torch(module)


def test_without_torch_the_error_names_it(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name == "torch":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match="needs the library torch: pip install torch"):
        nn.from_torch(object())


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_to_onnx_and_onnxruntime(activation, tmp_path):
    from references.onnx_models import outputs

    net = torch.nn.Sequential(torch.nn.Linear(3, 16), activation, torch.nn.Dropout(), torch.nn.Linear(16, 2))
    model, path = nn.from_torch(net), tmp_path / "f.onnx"
    nn.to_onnx(model, path)
    np.testing.assert_allclose(outputs(path, X), by_torch(net), rtol=1e-9, atol=1e-12)
    nn.to_onnx(model, path, dtype="float32")
    single = X.astype(np.float32)
    with torch.no_grad():
        expected = net.eval()(torch.tensor(single)).numpy()
    np.testing.assert_allclose(outputs(path, single), expected, rtol=1e-4, atol=2e-6)
