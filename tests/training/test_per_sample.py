"""Functions of a sample over many: on a tape and without, in one batch and in many."""
import random

import numpy as np
import pytest
from references.networks.training import N, Straight, X, Y, mlp, numbers, same

from autograd_tiny import Value, detect_anomaly, fit, nn, predict
from autograd_tiny.training.per_sample import PerSample


@pytest.mark.parametrize("samples", [5, N])
def test_few_samples_and_many_take_the_same_steps(samples):
    """A tape is not recorded for a few; by itself that changes no number."""
    ours, theirs = mlp(), mlp()
    for _ in range(4):
        fit(ours, X[:samples], Y[:samples], "mse", epochs=1, shuffle=False, progress=False)
    fit(theirs, X[:samples], Y[:samples], "mse", epochs=4, shuffle=False, progress=False)
    same(numbers(ours), numbers(theirs))


def test_the_model_is_recorded_and_not_called_for_each_sample():
    calls = []

    class Counting(Straight):
        def forward(self, x):
            calls.append(x)
            return super().forward(x)

    fit(Counting(mlp()), X, Y, "mse", epochs=20, progress=False)
    assert len(calls) < 10


def test_several_threads_find_the_same_numbers():
    results = []
    for threads in 1, 3:
        model = mlp()
        fit(model, X, Y, "mse", "adam", 3, None, threads=threads, progress=False, validation_data=(X, Y))
        results.append(numbers(model).tolist())
    assert results[0] == results[1]


def test_predictions_of_thousands_of_samples_are_in_order():
    x = np.random.default_rng(0).uniform(-1, 1, (9001, 2))
    model = mlp()
    w = model.state_dict()
    expected = np.tanh(x @ w["layer1.w"].T + w["layer1.b"]) @ w["layer2.w"].T + w["layer2.b"]
    same(predict(model, x, threads=2), expected[:, 0])


@pytest.mark.parametrize("place", ["activation", "module", "loss"])
def test_functions_of_users_are_run_twice_before_they_are_recorded(place):
    """A number that leaves the graph by .data would be a constant on a tape."""
    class Leaking(nn.Module):
        def forward(self, x):
            return [each * (1.0 if type(each) is not Value or each.data > 0 else 2.0) for each in x]

    def leaking(x):
        return x * x.data

    def loss(output, target):
        return (output - target) ** 2 * (1.0 + output.data)

    model = nn.MLP(2, [3, 1], leaking if place == "activation" else "tanh", rng=random.Random(0))
    if place == "module":
        model = nn.Sequential(Leaking(), model)
    x, y = np.tile(X, (10, 1)), np.tile(Y, 10)
    with pytest.warns(UserWarning, match="no tape could be recorded"):
        fit(model, x, y, loss if place == "loss" else "mse", progress=False)


# ---- PerSample itself

ROWS = np.array([[1.0, 2.0, 5.0], [0.5, -1.0, 0.0], [2.0, 2.0, -4.0]])


def of_rows(samples):
    """w·a·b + c, where a and b are the first two columns."""
    w = Value(3.0)
    return PerSample(lambda pair, c: w * pair[0] * pair[1] + c, ROWS[0], [2, None], [w], samples)


@pytest.mark.parametrize("samples", [0, 1000])
def test_the_columns_of_a_row_become_the_arguments(samples):
    per_sample = of_rows(samples)
    assert per_sample.arguments(ROWS[1]) == [[0.5, -1.0], 0.0]
    assert per_sample(ROWS[:, :2], ROWS[:, 2]).tolist() == [11.0, -1.5, 8.0]
    assert per_sample(ROWS).tolist() == [11.0, -1.5, 8.0]


@pytest.mark.parametrize("samples", [0, 1000])
def test_the_gradient_of_a_weighted_sum(samples):
    per_sample = of_rows(samples)
    assert (per_sample.tape is None) == (samples == 0) and per_sample.why == ""
    value, gradient = per_sample.value_and_grad(ROWS, np.array([1.0, 2.0, 0.5]), np.array([10.0]))
    assert value == 25.0 - 10.0 + 18.0 and gradient.tolist() == [2.0 - 1.0 + 2.0]


def test_nothing_is_recorded_inside_detect_anomaly():
    with detect_anomaly():
        per_sample = of_rows(1000)
    assert per_sample.tape is None and per_sample.why == ""


def test_a_function_that_can_not_be_recorded_runs_eagerly_and_says_why():
    per_sample = PerSample(lambda x: x if x > 0 else -x, np.ones(1), [None], None, samples=1000)
    assert per_sample.tape is None and "if x > 0" in per_sample.why
    assert per_sample(np.array([[2.0], [-3.0]])).tolist() == [2.0, 3.0]
