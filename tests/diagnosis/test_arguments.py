"""Arguments that do not fit are refused; updates are those of the optimizer in its state; tensors are named."""
import random

import numpy as np
import pytest

from references.networks.diagnosed import LABELS, N, X, Y, mlp, rms

from autograd_tiny import Value, nn, optim
from autograd_tiny.diagnosis.measure import measure


@pytest.mark.parametrize("arguments, options, error, message", [
    ((X[:, :2], Y, "mse"), {}, ValueError, "layer1 takes 3 inputs, got 2"),
    ((X[0], Y, "mse"), {}, ValueError, r"X has the shape \(samples, inputs\)"),
    ((X, Y[:-1], "mse"), {}, ValueError, "120 samples in X, but y has the shape"),
    ((X, Y, "msee"), {}, ValueError, "loss 'msee' is not known"),
    ((X, Y, 3), {}, TypeError, "loss: a name or a function"),
    ((X, LABELS, "cross_entropy"), {}, ValueError, "an output for each class"),
    ((X, Y, lambda outputs, target: 1.0), {}, TypeError, "the loss of a sample is one Value"),
    ((X, Y, "mse", "adamm"), {}, ValueError, "an optimiser 'adamm' is not known"),
    ((X, Y, "mse", 3), {}, TypeError, "optimizer: a name or one of"),
    ((X, Y, "mse", "sgd"), {"lr": -1.0}, ValueError, "lr: a finite number, 0 or more"),
    ((X, Y, "mse", optim.SGD([Value(1.0)])), {"lr": 0.1}, ValueError, "lr: goes with the name"),
])
def test_arguments_that_do_not_fit_are_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        measure(mlp(), *arguments, **options)


def test_an_object_that_is_no_model_is_refused():
    with pytest.raises(TypeError, match="model: a Module, or a function"):
        measure(3, X, Y, "mse")
    with pytest.raises(TypeError, match=r"model: .* has no parameters; pass a Module"):
        measure(lambda x: Value(1.0) * x[0], X, Y, "mse")


def test_a_class_is_no_model():
    with pytest.raises(TypeError, match=r"got the class MLP: write MLP\(…\)"):
        measure(nn.MLP, X, Y, "mse")


def test_an_optimizer_of_another_model_is_refused():
    model, other = (nn.MLP(3, [4, 1], rng=random.Random(k)) for k in range(2))
    with pytest.raises(ValueError, match="it has none of the model's parameters"):
        measure(model, X, Y, "mse", optim.SGD(other.parameters(), lr=0.1))


def test_the_update_is_that_of_the_optimizer_in_its_state():
    model = mlp()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        (sum((model(x.tolist()) - float(t)) ** 2 for x, t in zip(X[:5], Y[:5], strict=True)) / 5).backward()
        optimizer.step()
    state = optimizer.state_dict()
    found = measure(model, X, Y, "mse", optimizer)
    after = optimizer.state_dict()
    assert after["steps"] == 3 and all(np.array_equal(state[name], after[name]) for name in state)
    before = model.state_dict()
    optimizer.zero_grad()
    (sum((model(x.tolist()) - float(t)) ** 2 for x, t in zip(X, Y, strict=True)) / N).backward()
    optimizer.step()
    for layer in found.layers:
        change, size = (
            rms(np.concatenate([part(f"{layer.name}.{name}").ravel() for name in "wb"]))
            for part in (lambda name: model.state_dict()[name] - before[name], before.__getitem__)
        )
        assert layer.update == pytest.approx(change / size, rel=1e-6)


def test_frozen_parameters_are_named_and_left_out_of_gradients_and_updates():
    model = mlp((5, 1))
    for parameter in [*model.layers[0].parameters(), model.layers[1].neurons[0].b]:
        parameter.requires_grad = False
    found = measure(model, X, Y, "mse", lr=0.01)
    assert found.frozen == ["layer1.w (all 15)", "layer1.b (all 5)", "layer2.b"]
    first, second = found.layers
    assert first.frozen == 20 and first.gradient is None and first.update is None
    assert second.frozen == 1 and second.weight == pytest.approx(rms(model.state_dict()["layer2.w"]))
    assert first.arriving > 0 and found.findings == []
