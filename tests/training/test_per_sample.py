"""Functions of a sample over many: on a tape and without, in one batch and in many."""
import math
import random
import warnings
from math import inf, nan

import numpy as np
import pytest
from references.networks.training import Branching, N, Straight, X, Y, mlp, numbers, same

import autograd_tiny as at
from autograd_tiny import Value, detect_anomaly, evaluate, fit, nn, predict
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


# ---- one path of numbers: the same at any size, on a tape and without

SIZES = [1, 2, 99, 100, 4097]
SPECIAL = {     # a function, the number at which it is special, and its value there by IEEE 754
    "1/0": (lambda x: 1.0 / x, 0.0, inf),
    "-1/-0": (lambda x: -1.0 / x, -0.0, inf),
    "1/relu": (lambda x: 1.0 / at.relu(x), -1.0, inf),
    "log 0": (at.log, 0.0, -inf),
    "0**-1": (lambda x: x**-1, 0.0, inf),
    "(-1)**0.5": (lambda x: x**0.5, -1.0, nan),
    "1e200**2": (lambda x: x**2, 1e200, inf),
    "2**x": (lambda x: 2.0**x, 1e4, inf),
    "exp": (at.exp, 1e3, inf),
    "exp of NumPy": (np.exp, 1e3, inf),
    "sinh": (at.sinh, -1e3, -inf),
    "inf - inf": (lambda x: at.exp(x) - at.exp(x), 1e3, nan),
    "sqrt": (at.sqrt, -1.0, nan),
}


class Scaled(nn.Module):
    """w·f(x) of one input; on a tape, or, as it branches, without."""

    def __init__(self, function, on_tape=True):
        self.w, self.function, self.on_tape = Value(1.0), function, on_tape

    def forward(self, x):
        return self.w * self.function(x[0]) if self.on_tape or x[0] == x[0] else None


def identity(x):
    return x


def but_for_the_last(samples, number):
    """Inputs (samples, 1) of 1 and a number, and targets of 1."""
    x = np.ones((samples, 1))
    x[-1] = number
    return x, np.ones(samples)


@pytest.fixture(params=[True, False], ids=["tape", "no tape"])
def on_tape(request):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no tape could be recorded")
        yield request.param


def equal(x, y):
    return x == y or (x != x and y != y)


@pytest.mark.parametrize("samples", SIZES)
@pytest.mark.parametrize("function,number,expected", SPECIAL.values(), ids=SPECIAL)
def test_models_losses_and_metrics_follow_ieee_754_at_any_size(function, number, expected, samples, on_tape):
    x, y = but_for_the_last(samples, number)
    model = Scaled(function, on_tape)
    outputs = predict(model, x)
    assert equal(outputs[-1], expected) and np.isfinite(outputs[:-1]).all()

    def loss(output, target):
        return function(output)

    def metric(output, target):
        return function(output) * target if on_tape or target == 1.0 else None

    found = evaluate(Scaled(identity, on_tape), x, y, loss, [metric])
    assert equal(found["loss"], expected) and equal(found["metric"], expected)
    history = fit(
        Scaled(identity), np.ones((samples, 1)), y, "mse", metrics=[metric], validation_data=(x, y), progress=False
    )
    assert equal(history["val_metric"][0], expected) and np.isfinite(history["metric"][0])


@pytest.mark.parametrize("samples", SIZES)
@pytest.mark.parametrize("function,number,expected", SPECIAL.values(), ids=SPECIAL)
def test_training_on_such_a_number_names_the_sample_at_any_size(function, number, expected, samples, on_tape):
    x, y = but_for_the_last(samples, number)
    model = Scaled(function, on_tape)
    with pytest.raises(FloatingPointError) as raised:
        fit(model, x, y, "mae", "sgd", 2, progress=False)
    assert f"with sample {samples - 1}, " in str(raised.value) and "epoch 1" in str(raised.value)
    assert "learning rate" not in str(raised.value) and np.isfinite(model.w.data)


@pytest.mark.parametrize("samples", SIZES)
@pytest.mark.parametrize("name", ["mse", "squared_error", "half_squared_error", "mae", "huber"])
def test_losses_of_large_outputs_are_infinite_at_any_size(name, samples):
    x, y = np.full((samples, 1), 1e200), np.zeros(samples)
    found = evaluate(Scaled(identity), x, y, name, ["mape"])
    assert found["loss"] == (inf if "squared" in name or name == "mse" else pytest.approx(1e200, rel=1e-12))
    assert getattr(nn.losses, name, nn.losses.mean_squared_error)(1e200, 0.0) in (inf, 1e200, 1e200 - 0.5)


@pytest.mark.parametrize("samples", SIZES)
def test_what_python_itself_raises_names_the_sample_at_any_size(samples):
    x, y = but_for_the_last(samples, 1e3)
    metric = lambda output, target: math.exp(output)  # noqa: E731
    with pytest.raises(FloatingPointError, match=rf"OverflowError \(.*\) for sample {samples - 1}$"):
        evaluate(Scaled(identity), x, y, "mse", [metric])
    model = Scaled(lambda x: math.exp(x), False)
    with warnings.catch_warnings(), pytest.raises(FloatingPointError, match=rf"OverflowError .* sample {samples - 1}$"):
        warnings.filterwarnings("ignore", "no tape")
        fit(model, x, y, "mse", progress=False)


@pytest.mark.parametrize("samples", SIZES)
def test_an_operation_of_the_users_own_names_the_sample_too(samples):
    grown = at.operation(lambda x, f: f)(exponential)
    x, y = but_for_the_last(samples, 1e3)
    with pytest.raises(FloatingPointError, match=rf"OverflowError \(.*\) for sample {samples - 1}$"):
        predict(Scaled(grown), x)
    with pytest.raises(FloatingPointError, match=rf"OverflowError .* sample {samples - 1}$"):
        fit(Scaled(grown), x, y, "mse", progress=False)


def exponential(x):
    return math.exp(x)


@pytest.mark.parametrize("samples", SIZES)
@pytest.mark.parametrize("metric", [
    lambda output, target: float(output == target),
    lambda output, target: {0.0: 1.0, 1.0: 5.0}.get(target, 0.0) * output,
    lambda output, target: float(target in {0.0, 7.0}) + 0.0 * output,
    lambda output, target: float([output] == [target]),
], ids=["==", "dict", "set", "list"])
def test_numbers_are_compared_and_looked_up_as_numbers_at_any_size(metric, samples):
    x, y = np.arange(samples)[:, None] % 3.0, np.arange(samples) % 2.0
    expected = np.mean([metric(a, b) for a, b in zip(x[:, 0].tolist(), y.tolist(), strict=True)])
    assert evaluate(Scaled(identity), x, y, "mse", [metric])["<lambda>"] == pytest.approx(expected, rel=1e-12)


def test_a_loss_that_looks_weights_up_is_trained_with_them():
    of_class = {0.0: 1.0, 1.0: 5.0}
    x, y = np.ones((200, 1)), np.arange(200) % 2.0
    found = []
    for loss in (
        lambda o, t: of_class.get(t, 0.0) * (o - t) ** 2, lambda o, t: (1.0 + 4.0 * t) * (o - t) ** 2
    ):
        model = Scaled(identity)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "no tape")
            found.append(fit(model, x, y, loss, epochs=3, shuffle=False, progress=False)["loss"])
    same(*found)


def test_derivatives_inside_a_model_are_recorded():
    """They look Values up in dicts of their own, which is no concern of the model."""
    def slope(x):
        return at.grad(lambda z: z**3)(x[0]) + at.hessian(lambda z: z[0] ** 2 * z[1])(x)[0][1]

    per_sample = PerSample(slope, np.array([1.0, 2.0]), [2], None, samples=1000)
    assert per_sample.why == "" and per_sample(np.array([[2.0, 5.0]])).tolist() == [3 * 4.0 + 2 * 2.0]


def test_with_metrics_and_validation_a_tape_changes_no_number():
    histories = []
    for wrap in Straight, Branching:
        model = wrap(mlp())
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "no tape")
            histories.append(fit(
                model, X, Y, "mse", "adam", 5, seed=0, metrics=["mae", lambda o, t: abs(o / (t + 2.0)) ** 0.5],
                validation_data=(X[:7], Y[:7]), progress=False,
            ))
    for name in histories[0].names:
        same(histories[0][name], histories[1][name])


# ---- functions of two numbers, at special points

POINTS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e200, -1e200, 1e308, 5e-324, 700.0, -800.0, 1e4]
GRID = np.array([[x, y] for x in POINTS for y in POINTS])
FUNCTIONS = [
    "a + b", "a * b", "a / b", "-a / b", "a ** b", "a // b", "a % b", "divmod(a, b)[0]", "round(a)",
    "abs(a - b) ** 0.5", "math.floor(a)", "1 / math.floor(a)", "1 / round(b)", "[1, 2, 3][round(abs(b)) % 3]",
    "max(a, b)", "sorted([a, b])[0]", "a > b", "a == b", "float(a == b)", "(a == b) + a", "a if a > b else b",
    "a and b", "not a", "[a, b].index(b)", "len({a, b})", "{0.0: 1.0, 1.0: 2.0}.get(a, 3.0)", "a in (0.0, 1.0)",
    "isinstance(a, float)", "type(a) is Value", "2 / a", "2 ** a", "1e200 ** a", "1 / (1 + a)", "1 / abs(a)",
    "sum([a, b]) / b", "(a - b) ** 2 / (a + b)", "math.isnan(a)", "math.hypot(a, b)", "math.atan2(a, b)",
    "math.copysign(a, b)", "float(f'{a:.3f}')", "a.is_integer()", "np.exp(a)", "np.log(a)", "np.power(a, b)",
    "np.divide(a, b)", "np.array([a, b]).sum()", "np.array([a, b]) / b", "np.isclose(a, b)",
    "np.argmax([a, b])", "np.float64(2) / a", "np.linalg.norm([a, b])", "np.where(a > b, a, b)",
    "at.relu(a) / b", "1 / at.relu(a)", "at.sum([a, b]) / b", "at.softmax([a, b])[0]",
    "at.logsumexp([a, b]) ** a", "a.exp()", "(a - b).relu()", "a.sigmoid() / b.relu()", "a.maximum(b)",
    "at.grad(lambda z: z**2 * b)(a)", "at.derivative(lambda z: 1 / z)(a)", "[a / b, b]", "Value(a) / Value(b)",
    "a * Value(2.0)", "Value(2.0) ** a", "nn.losses.mean_squared_error(a, b)", "nn.losses.huber(a, b)",
    "nn.losses.mean_absolute_percentage_error(a, b)",
]


@pytest.mark.parametrize("text", FUNCTIONS)
def test_a_function_computes_the_same_below_100_samples_and_above(text):
    """On a tape above, where it can be recorded and computes the same of Values."""
    function = eval(f"lambda a, b: {text}", {"at": at, "math": math, "nn": nn, "np": np, "Value": Value})
    few, many = (PerSample(function, GRID[0], [None, None], None, samples)(GRID) for samples in (0, 1000))
    with np.errstate(all="ignore"):
        agree = (few == many) | np.isclose(few, many, 1e-12, 0.0, equal_nan=True)
    assert few.shape == many.shape and agree.all(), GRID[~agree.reshape(len(GRID), -1).all(axis=1)]


@pytest.mark.parametrize("text", ["1 / int(a)", "math.exp(a)", "float(a) ** -1"])
def test_a_function_that_raises_does_so_below_100_samples_and_above(text):
    function = eval(f"lambda a, b: {text} * 1.0", {"math": math})
    said = []
    for samples in 0, 1000:
        with pytest.raises(FloatingPointError) as raised:
            PerSample(function, np.ones(2), [None, None], None, samples)(GRID)
        said.append(str(raised.value))
    assert said[0] == said[1] and "for sample" in said[0]


class LookUp(nn.Module):
    """A table, looked up by the only input."""

    def __init__(self):
        self.table = nn.Embedding(3, 2, rng=random.Random(0))
        self.out = nn.Layer(2, 1, "linear", rng=random.Random(1))

    def forward(self, x):
        return self.out(self.table(x[0]))


INDICES = [(7.0, "index 7 is out of range: the indices of 3 values are -3 to 2"), (-4.0, "index -4 is out of range"),
           (2.5, r"an index is an integer, such as 2 or 2\.0, got 2\.5")]


@pytest.mark.parametrize(("index", "words"), INDICES)
@pytest.mark.parametrize(("samples", "wrong"), [(5, 0), (5, 3), (300, 0), (300, 299), (9000, 8999)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_wrong_index_names_its_sample_among_few_and_many(index, words, samples, wrong, dtype):
    x, y, model = np.zeros((samples, 1)), np.zeros(samples), LookUp()
    x[wrong, 0] = index
    before = numbers(model).tolist()
    for call in (
        lambda: predict(model, x, dtype=dtype), lambda: evaluate(model, x, y, "mse", dtype=dtype),
        lambda: fit(model, x, y, "mse", epochs=1, shuffle=False, batch_size=samples, progress=False, dtype=dtype),
        lambda: fit(model, x[::-1], y, "mse", epochs=1, shuffle=False, batch_size=samples, progress=False, dtype=dtype),
    ):
        with pytest.raises(IndexError, match=words) as caught:
            call()
        assert f"sample {wrong}" in str(caught.value) or f"sample {samples - 1 - wrong}" in str(caught.value)
    assert numbers(model).tolist() == before


def test_a_wrong_sample_of_the_validation_data_is_said_to_be_one():
    x, y = np.zeros((4, 1)), np.zeros(4)
    wrong = np.array([[0.0], [0.0], [9.0]])
    with pytest.raises(IndexError, match=r"sample 2: .*index 9 is out of range.*\nIt is a sample of validation_data"):
        fit(LookUp(), x, y, "mse", epochs=1, progress=False, validation_data=(wrong, y[:3]))
