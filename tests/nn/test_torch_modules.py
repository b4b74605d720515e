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

torch, prune = needed("torch", "torch"), needed("torch.nn.utils.prune", "torch")
sequence = torch.nn.Sequential
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


def twice():
    square = torch.nn.Linear(3, 3)
    return sequence(square, torch.nn.ReLU(), sequence(square, torch.nn.Tanh()), torch.nn.Linear(3, 1))


def tied_weights():
    first, second = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
    second.weight = first.weight
    return sequence(first, torch.nn.GELU(), second, torch.nn.Linear(3, 1, bias=False))


def no_bias_twice():
    square = torch.nn.Linear(3, 3, bias=False)
    return sequence(square, torch.nn.Tanh(), square, torch.nn.Dropout(0.0), torch.nn.Linear(3, 1, bias=False))


def frozen():
    net = sequence(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    net[0].weight.requires_grad_(False)
    net[2].bias.requires_grad_(False)
    return net


@pytest.mark.parametrize("make", [twice, tied_weights, no_bias_twice, frozen])
def test_training_goes_on_with_the_same_parameters(make):
    """Those that modules share are shared, and those that are frozen are frozen."""
    net, targets = make().double(), by_torch(make())
    model = agree(net)
    assert len(model.parameters()) == sum(p.numel() for p in net.parameters())
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05)
    for _ in range(3):
        optimiser.zero_grad()
        ((net(torch.tensor(X)) - torch.tensor(targets)) ** 2).mean().backward()
        optimiser.step()
    at.fit(model, X, targets[:, 0], "squared_error", "sgd", lr=0.05, epochs=3, batch_size=len(X), progress=False)
    np.testing.assert_allclose(at.predict(model, X), by_torch(net)[:, 0], rtol=1e-9, atol=1e-12)


def test_an_embedding_and_a_layer_may_share_a_weight(tmp_path):
    net = sequence(torch.nn.Embedding(4, 3), torch.nn.Flatten(), torch.nn.Linear(3, 4, bias=False))
    net[2].weight = net[0].weight
    model = agree(net, np.arange(4)[:, None])
    assert len(model.parameters()) == 12 and model.layers[0].weight[1][2] is model.layers[2].neurons[1].w[2]
    assert copy.deepcopy(model).parameters()[0] is not model.parameters()[0]
    assert len(copy.deepcopy(model).parameters()) == 12
    nn.save(model, tmp_path / "f.safetensors")                      # and load(into=) goes with it
    other = nn.from_torch(net)
    other.parameters()[0].data = 7.0
    assert nn.load(tmp_path / "f.safetensors", into=other).parameters()[0].data == model.parameters()[0].data
    with pytest.raises(ValueError, match="but not how the model is built"):
        nn.load(tmp_path / "f.safetensors")


def test_the_row_of_an_embedding_that_is_padding_is_frozen():
    net = sequence(torch.nn.Embedding(4, 2, padding_idx=1), torch.nn.Flatten(), torch.nn.Linear(2, 2))
    model = agree(net, np.arange(4)[:, None])
    assert [x.requires_grad for row in model.layers[0].weight for x in row] == [True] * 2 + [False] * 2 + [True] * 4
    net[2].weight, net[0].weight = net[2].weight, torch.nn.Parameter(net[2].weight.detach())
    net[2].weight = net[0].weight
    with pytest.raises(ValueError, match="the module '0' has padding_idx=1 and shares its weight"):
        nn.from_torch(net)


def hooked(register):
    def make():
        net = sequence(torch.nn.Linear(3, 2))
        register(net)
        return net

    return make


@pytest.mark.parametrize(("make", "message"), [
    (hooked(lambda net: net[0].register_forward_hook(lambda *_: None)), "the module '0' has a hook"),
    (hooked(lambda net: net.register_forward_hook(lambda *_: None)), "the module has a hook"),
    (hooked(lambda net: net.register_forward_pre_hook(lambda *_: None)), "the module has a hook"),
    (hooked(lambda net: net[0].register_full_backward_hook(lambda *_: None)), "the module '0' has a hook"),
    (hooked(lambda net: net[0].weight.register_hook(lambda g: 0 * g)), "the module '0' has a hook"),
    (hooked(lambda net: prune.random_unstructured(net[0], "weight", 1)), "the module '0' has a hook"),
    (hooked(lambda net: setattr(net[0], "forward", lambda x: -x)), "the module '0' has a forward of its own"),
    (hooked(lambda net: torch.nn.utils.parametrizations.weight_norm(net[0])), "the module '0' has a parametrization"),
])
def test_what_changes_the_numbers_of_a_module_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        nn.from_torch(make())


def test_each_module_is_in_the_mode_that_it_was_in():
    net = sequence(torch.nn.Linear(3, 2), torch.nn.Dropout(), torch.nn.Linear(2, 2), torch.nn.Dropout()).eval()
    net[3].train()
    assert [each.training for each in nn.from_torch(net).layers] == [False, False, False, True]


def test_nan_and_sparse_weights_are_those_numbers():
    net = torch.nn.Sequential(torch.nn.Linear(3, 2))
    net[0].weight.data[0, 1] = torch.nan
    dense = nn.from_torch(net).state_dict()["w"]
    np.testing.assert_array_equal(dense, net[0].weight.detach())
    net[0].weight = torch.nn.Parameter(net[0].weight.detach().to_sparse())
    np.testing.assert_array_equal(nn.from_torch(net).state_dict()["w"], dense)


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


def with_weight(module, weight):
    module.weight = torch.nn.Parameter(weight)
    return module


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
    (torch.nn.Flatten(2), ValueError, "start_dim=2"), (torch.nn.Softplus(threshold=19), ValueError, "threshold=19"),
    (torch.nn.Embedding(3, 2, scale_grad_by_freq=True), ValueError, "scale_grad_by_freq=True"),
    (torch.nn.Linear(2, 2, dtype=torch.complex64), TypeError, "the weight of the module: an array of numbers"),
    (torch.nn.Linear(2, 2, device="meta"), TypeError, "the weight of the module is on the device meta"),
    (with_weight(torch.nn.Linear(3, 1), torch.empty(0, 3)), ValueError, r"a weight of shape \(0, 3\)"),
    (torch.nn.Embedding(0, 3), ValueError, r"a weight of shape \(0, 3\)"),
    (sequence(torch.nn.Linear(2, 3), torch.nn.Dropout(), torch.nn.ReLU(), torch.nn.Linear(4, 1)), ValueError,
     "the module '3' takes 4 inputs, but the module '0' has 3 outputs"),
    (sequence(torch.nn.Embedding(4, 3), torch.nn.Linear(3, 1)), ValueError,
     "the module '1' takes one list of numbers, but the module '0' returns rows: put a Flatten behind that"),
    (sequence(torch.nn.Embedding(4, 3), torch.nn.Softmax(dim=1), torch.nn.Flatten()), ValueError, "put a Flatten"),
    (sequence(torch.nn.Linear(3, 1), torch.nn.Embedding(4, 3)), ValueError, "the module '1' takes indices, but stands"),
    (sequence(torch.nn.Linear(3, 1), torch.nn.Softmax(dim=1)), ValueError, "the module '1' takes one number"),
    (torch.ao.nn.quantized.ReLU6(), TypeError, "of the class ReLU6"),
    (torch.ao.nn.quantized.Softmax(), TypeError, "of the class torch.ao.nn.quantized.modules.activation.Softmax"),
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
    with pytest.raises(ImportError, match=r'needs the library torch: pip install "\S+\[torch\]"'):
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
