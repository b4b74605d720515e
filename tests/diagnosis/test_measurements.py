"""On a tape and sample by sample the measurements are the same; samples stand for others where they are many."""
import random

import numpy as np
import pytest

from references.networks.diagnosed import LABELS, N, X, Y, Activated, Unused, kinds, mlp

from autograd_tiny import Value, nn, no_grad
from autograd_tiny.diagnosis import measurements
from autograd_tiny.diagnosis.measure import measure


def test_without_a_tape_the_measurements_are_the_same(monkeypatch):
    x, y = X[:measurements.MAX_EAGER_SAMPLES], Y[:measurements.MAX_EAGER_SAMPLES]
    on_a_tape = measure(mlp((5, 4, 1), "relu"), x, y, "mse", "adam").to_dict()

    def no_tape(*arguments, **options):
        raise ValueError("no tape today")

    monkeypatch.setattr(measurements, "record", no_tape)
    eager = measure(mlp((5, 4, 1), "relu"), x, y, "mse", "adam").to_dict()
    assert eager.pop("slow") == "no tape today" and on_a_tape.pop("slow") == ""
    assert eager.pop("loss") == pytest.approx(on_a_tape.pop("loss"), rel=1e-12)
    for one, other in zip(eager.pop("layers"), on_a_tape.pop("layers"), strict=True):
        for name in ("activations", "log_gradients"):
            a, b = one.pop(name), other.pop(name)
            np.testing.assert_allclose(a["edges"], b["edges"], rtol=1e-9)
        for name, number in one.items():
            same = number == other[name] or number == pytest.approx(other[name], rel=1e-9)
            assert same, name
    assert eager == on_a_tape


@pytest.mark.parametrize("model", [mlp, Unused])
def test_no_grad_around_it_makes_no_difference(model, monkeypatch):
    expected = measure(model(), X[:20], Y[:20], "mse")
    with no_grad():
        assert measure(model(), X[:20], Y[:20], "mse") == expected
        monkeypatch.setattr(measurements, "record", None)
        eager = measure(model(), X[:20], Y[:20], "mse")
    assert kinds(eager) == kinds(expected)
    assert eager.layers[0].gradient == pytest.approx(expected.layers[0].gradient)


def test_gradients_that_cancel_in_the_mean_do_not_count_as_zero():
    model = nn.Neuron(1, "linear", init="zeros")
    found = measure(model, [[1.0], [1.0]], [1.0, -1.0], "mae")
    assert found.layers[0].gradient == 0.0 and found.layers[0].without_gradient == 0
    assert found.findings == []


def test_a_model_that_branches_is_measured_sample_by_sample():
    class Branch(Activated):
        def forward(self, x):
            return self.fc2([h if h > 0 else h * 0.01 for h in self.fc1(x)])

    found = measure(Branch(), X, Y, "mse")
    assert "decides by" in found.slow
    assert (found.samples, found.given) == (measurements.MAX_EAGER_SAMPLES, N)
    assert found.layers[0].mean is not None and found.layers[0].name == "fc1"


@pytest.mark.parametrize("key_of", [lambda x: x, lambda x: round(float(x.data if type(x) is Value else x))])
def test_a_model_whose_inputs_only_select_parameters_is_measured(key_of):
    class Table(nn.Module):
        def __init__(self):
            rng = random.Random(0)
            self.rows = {key: [Value(rng.gauss(0, 1)) for _ in range(2)] for key in (0.0, 1.0)}
            self.out = nn.Neuron(2, "linear", rng=rng)

        def forward(self, x):
            return self.out([v.tanh() for v in self.rows[key_of(x[0])]])

    model, x = Table(), LABELS[:40, None].astype(float)
    found = measure(model, x, Y[:40], "mse")
    hidden, out = found.layers
    expected = np.tanh([[v.data for v in model.rows[key]] for key in x[:, 0]])
    assert found.slow and (hidden.activation, out.name, out.parameters) == ("tanh", "out", 3)
    assert hidden.mean == pytest.approx(expected.mean()) and hidden.std == pytest.approx(expected.std())


def test_a_loss_that_is_a_constant_for_some_samples_has_no_gradient_there():
    def margin(output, target):
        return 0.0 if output.data * target > 1.0 else 1.0 - output * target

    signs = 2.0 * LABELS - 1.0
    model = mlp((4, 1), init=nn.init.uniform(-3, 3))
    model.layers[1].neurons[0].b.data = 0.1 * signs[0]
    x, signs = X[:50], signs[:50]
    outputs = np.array([model(row.tolist()).data for row in x])
    order = np.argsort(outputs * signs)             # the first is in the margin
    found = measure(model, x[order], signs[order], margin)
    assert found.slow and 0 < (outputs * signs > 1).sum() < 50
    assert found.loss == pytest.approx(np.maximum(0.0, 1.0 - outputs * signs).mean())


def test_of_very_many_samples_evenly_spread_ones_are_measured(monkeypatch):
    model, kept = mlp((5, 4, 1)), 48
    numbers_of_a_sample = 3 + 1 + 1 + 10 + 10       # inputs, target, loss, units, net inputs
    monkeypatch.setattr(measurements, "MAX_NUMBERS", kept * numbers_of_a_sample)
    found = measure(model, X, Y, "mse")
    assert (found.samples, found.given) == (kept, N)
    chosen = np.linspace(0, N - 1, kept).astype(int)
    expected = np.mean([(model(X[k].tolist()).data - Y[k]) ** 2 for k in chosen])
    assert found.loss == pytest.approx(expected)
