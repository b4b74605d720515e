"""Why a training is not finite: the error says with which operation that began, in which sample."""
import math
from contextlib import nullcontext

import numpy as np
import pytest
from references.networks.training import Branching, N, Straight, Y, numbers, same

from autograd_tiny import Value, fit, log, nn, optim, sqrt


class Log(nn.Module):
    """log of what it is given."""

    def forward(self, x):
        return log(x)


class Logarithm(nn.Module):
    """w·log(x) of a single input, in a part with a name."""

    def __init__(self):
        self.w = Value(1.0)
        self.inner = Log()

    def forward(self, x):
        return self.w * self.inner(x[0])


class LogarithmOfLayer(nn.Module):
    """log(w·x) of a single input, in a part with a name."""

    def __init__(self):
        self.first = nn.Layer(1, 1, "linear", bias=False, init="ones")
        self.inner = Log()

    def forward(self, x):
        return self.inner(self.first(x))


@pytest.mark.parametrize("wrap", [Straight, Branching])
@pytest.mark.parametrize("batch", [1, 8, None])
@pytest.mark.parametrize("kind", ["of an input", "of a layer"])
def test_the_logarithm_of_a_negative_number_is_found(kind, batch, wrap):
    x = np.linspace(1, 2, N)[:, None]
    x[17] = -0.5
    make = Logarithm if kind == "of an input" else LogarithmOfLayer
    ours, theirs = wrap(make()), make()
    warned = pytest.warns(UserWarning, match="no tape") if wrap is Branching else nullcontext()
    with warned, pytest.raises(FloatingPointError) as raised:
        fit(ours, x, Y, "mse", "sgd", 9, batch, shuffle=False, progress=False)
    said = str(raised.value)
    assert "epoch 1" in said and "sample 17" in said
    if batch == 8:
        fit(theirs, x[:16], Y[:16], "mse", "sgd", 1, 8, shuffle=False, progress=False)
        same(numbers(ours), numbers(theirs))
    assert np.isfinite(numbers(ours)).all()
    assert "inside.inner: log(" in said and "= nan" in said


def test_the_sample_is_named_in_the_order_of_the_data():
    x = np.linspace(1, 2, N)[:, None]
    x[23] = -0.5
    for seed in range(3):
        with pytest.raises(FloatingPointError, match=r"epoch 1.*sample 23\b"):
            fit(Logarithm(), x, Y, "mse", "sgd", 9, 8, seed=seed, progress=False)


def test_the_epoch_is_named_in_which_it_began():
    w = Value(0.0)

    def jump(epoch, logs):
        if epoch == 4:
            w.data = -3.0

    with pytest.raises(FloatingPointError, match=r"epoch 5\b"):
        fit(lambda x: log(w + 1.0 + x[0]), np.zeros((30, 1)), np.zeros(30), "mse", optim.SGD([w]), 9,
            callbacks=[jump], progress=False)
    assert w.data == -3.0


def test_a_model_that_takes_floats_only_is_searched_too():
    """Such a model and loss run without a tape; they can't be searched with Values in the place of floats."""
    w = Value(-1.0, "w")
    model = lambda x: [log(w * math.cos(x[0])), w]  # noqa: E731
    loss = lambda outputs, target: outputs[int(target)]  # noqa: E731
    x, y = np.linspace(2, 3, 60)[:, None], np.zeros(60)
    x[4] = 0.0
    with pytest.warns(UserWarning, match="no tape"), pytest.raises(FloatingPointError) as raised:
        fit(model, x, y, loss, optim.SGD([w], lr=1e-9), 5, None, progress=False)
    assert "sample 4" in str(raised.value) and "log(-1) = nan" in str(raised.value)


def test_an_overflow_is_found():
    w = Value(800.0, "w")
    x = np.zeros((30, 1))
    x[4] = 1.0
    with pytest.raises(FloatingPointError) as raised:
        fit(lambda row: (w * row[0]).exp(), x, np.zeros(30), "mse", optim.SGD([w]), 5, None, progress=False)
    said = str(raised.value)
    assert "exp(800) = inf" in said and "sample 4" in said and "epoch 1" in said
    assert w.data == 800.0


@pytest.mark.parametrize("samples", [6, 60])
def test_an_infinite_gradient_of_a_finite_loss_is_found(samples):
    w = Value(1.0, "w")
    x = np.ones((samples, 1))
    x[2] = 0.0
    with pytest.raises(FloatingPointError) as raised:
        fit(lambda row: sqrt(w * row[0]), x, np.ones(samples), "mse", optim.SGD([w]), 4, None, progress=False)
    said = str(raised.value)
    assert "gradient is not finite" in said and "sample 2" in said and "epoch 1" in said
    assert "sqrt(" in said
    assert w.data == 1.0


def test_a_penalty_that_is_not_finite_is_found():
    w = Value(0.0, "w")
    x = np.ones((60, 1))
    for penalty, what in (lambda m: log(w), "log("), (lambda m: sqrt(w), "sqrt("):
        with pytest.raises(FloatingPointError) as raised:
            fit(lambda row: w * row[0], x, x[:, 0], "mse", optim.SGD([w]), 4, penalty=penalty, progress=False)
        assert "penalty" in str(raised.value) and what in str(raised.value) and "epoch 1" in str(raised.value)
    assert w.data == 0.0


def test_a_sum_that_overflows_says_so():
    w = Value(1.5e308, "w")
    with pytest.raises(FloatingPointError, match=r"epoch 1.*sum"):
        fit(lambda row: w * row[0], np.ones((60, 1)), np.zeros(60), lambda o, t: o, optim.SGD([w]), 4,
            reduction="sum", progress=False)
    assert w.data == 1.5e308


# ---- whether the learning rate is to blame

HINT = "learning rate may be too high"


@pytest.mark.parametrize("samples", [40, 400])
def test_parameters_that_grew_hint_at_the_learning_rate(samples):
    x, y = np.linspace(-1, 1, samples)[:, None], np.zeros(samples)
    for loss in "mse", lambda o, t: (o * o).exp():
        w = Value(1.0, "w")
        with pytest.raises(FloatingPointError, match=HINT):
            fit(lambda row, w=w: w * row[0], x, y, loss, optim.SGD([w], lr=1e3), 900, None, progress=False)


@pytest.mark.parametrize("samples", [40, 400])
@pytest.mark.parametrize("model", [
    lambda w, x: w / x, lambda w, x: w + 1.0 / x, lambda w, x: w * log(x), lambda w, x: 1.0 / (x * w),
    lambda w, x: w * x**-2,
], ids=["w/x", "w + 1/x", "w log x", "1/wx", "w x**-2"])
def test_an_input_of_0_does_not(model, samples):
    x, y = np.linspace(1, 2, samples)[:, None], np.zeros(samples)
    x[-1] = 0.0
    w = Value(1.0, "w")
    with pytest.raises(FloatingPointError, match=rf"with sample {samples - 1}\b") as raised:
        fit(lambda row: model(w, row[0]), x, y, "mse", optim.SGD([w], lr=1e-3), 9, 8, shuffle=False, progress=False)
    assert HINT not in str(raised.value)


def test_a_sum_that_overflows_hints_only_after_it_was_finite():
    x, y = np.ones((60, 1)), np.zeros(60)
    for start, loss in (1.5e308, lambda o, t: o), (1.0, lambda o, t: o * -1e306):
        w = Value(start)
        with pytest.raises(FloatingPointError, match="not their sum") as raised:
            fit(lambda row, w=w: w * row[0], x, y, loss, optim.SGD([w], lr=1e-306), 9, None, reduction="sum",
                progress=False)
        assert (HINT in str(raised.value)) == (start == 1.0)
