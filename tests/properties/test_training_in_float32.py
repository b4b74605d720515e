"""fit, evaluate, predict and the estimators in float32: near float64, in float32 arrays, with parameters in float64."""
import random

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import evaluate, fit, nn, predict, vectors

rng = np.random.default_rng(0)
X = rng.normal(size=(300, 5))
Y = np.tanh(X[:, 0]) - X[:, 1] * 0.3
CLASSES = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
WEIGHTS = rng.uniform(0.5, 2.0, 300)
NOT_ONE = pytest.mark.parametrize("dtype", ["float16", np.float16, "int32", None, "double precision"])
IS_ONE = pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype("float32")])


def trained(dtype, outputs=1, y=Y, loss="mse", epochs=5, **options):
    random.seed(0)
    model = nn.MLP(5, [16, outputs], "tanh")
    history = fit(model, X, y, loss, "adam", epochs, lr=0.01, seed=1, progress=False, dtype=dtype, **options)
    return model, history


@IS_ONE
@pytest.mark.parametrize("options", [
    {}, {"outputs": 3, "y": CLASSES, "loss": "cross_entropy", "metrics": ["accuracy"]},
    {"sample_weight": WEIGHTS, "penalty": nn.L2(0.01), "validation_split": 0.2, "clip_norm": 1.0},
    {"batch_size": None, "reduction": "sum", "clip_value": 1.0},
], ids=["mse", "classes", "weights, penalty, validation", "sum"])
def test_a_training_in_float32_is_near_the_one_in_float64(options, dtype):
    (single, one), (double, other) = trained(dtype, **options), trained("float64", **options)
    np.testing.assert_allclose(
        vectors.read(single.parameters()), vectors.read(double.parameters()), rtol=1e-3, atol=1e-4,
    )
    for name in other:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-3)
    assert vectors.read(single.parameters()).tolist() != vectors.read(double.parameters()).tolist()
    assert one["loss"][-1] < one["loss"][0]


def test_the_parameters_stay_in_float64_so_that_small_steps_are_not_lost():
    model = nn.Neuron(1)
    model.load_state_dict({"w": np.array([1.0]), "b": np.array(1.0)})
    fit(model, [[1.0]] * 200, [1.0] * 200, lambda out, t: out * 1e-3, "sgd", 100, batch_size=200, lr=1e-6,
        progress=False, dtype="float32")
    assert model.w[0].data == pytest.approx(1.0 - 100 * 1e-9, abs=1e-12)


@IS_ONE
@pytest.mark.parametrize("samples", [1, 99, 100, 300])
def test_outputs_are_arrays_of_float32_with_a_tape_and_without(samples, dtype):
    model, _ = trained("float64")
    found, expected = (predict(model, X[:samples], dtype=each) for each in (dtype, "float64"))
    assert found.dtype == np.float32 and expected.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    assert predict(lambda x: [x[0], 2.0], X[:samples], dtype=dtype).dtype == np.float32


@IS_ONE
def test_losses_and_metrics_of_float32_are_near(dtype):
    model, _ = trained("float64", outputs=3, y=CLASSES, loss="cross_entropy")
    arguments = model, X, CLASSES, "cross_entropy", ["accuracy", "mse"]
    found, expected = evaluate(*arguments, dtype=dtype), evaluate(*arguments)
    assert found == pytest.approx(expected, rel=1e-6)
    assert found != expected


def test_samples_of_float32_are_trained_on_as_they_are():
    random.seed(0)
    models = [nn.MLP(5, [1], init="zeros") for _ in range(2)]
    for model, x in zip(models, (X.astype(np.float32), X), strict=True):
        fit(model, x, Y, "mse", seed=0, progress=False, dtype="float32")
    assert vectors.read(models[0].parameters()).tolist() == vectors.read(models[1].parameters()).tolist()


def test_where_nothing_is_recorded_training_is_that_of_float64():
    def loss(outputs, target):
        return (outputs - target) ** 2 if outputs > 0 else (target - outputs) ** 2

    found = []
    for dtype in "float32", "float64":
        with pytest.warns(UserWarning, match="no tape could be recorded"):
            found.append(trained(dtype, loss=loss, epochs=1)[0])
    np.testing.assert_allclose(*(vectors.read(model.parameters()) for model in found), rtol=0, atol=1e-6)


def test_a_training_that_diverges_is_explained():
    model = nn.MLP(5, [8, 1], "tanh")
    with pytest.raises(FloatingPointError, match="epoch 1, update 1"):
        fit(model, X * 1e30, Y * 1e30, "mse", progress=False, dtype="float32")
    assert np.isfinite(vectors.read(model.parameters())).all()


@NOT_ONE
def test_another_dtype_is_an_error_that_names_both_and_changes_nothing(dtype):
    model = nn.MLP(5, [1])
    before = vectors.read(model.parameters()).tolist()
    for attempt in (
        lambda: fit(model, X, Y, "mse", progress=False, dtype=dtype), lambda: predict(model, X, dtype=dtype),
        lambda: evaluate(model, X, Y, "mse", dtype=dtype),
    ):
        with pytest.raises(ValueError, match="dtype: 'float64' or 'float32' is expected, got"):
            attempt()
    assert vectors.read(model.parameters()).tolist() == before


# ---- the estimators

def estimators():
    found = pytest.importorskip("autograd_tiny.sklearn")
    return found.MLPClassifier, found.MLPRegressor


def test_estimators_take_a_dtype():
    classifier, regressor = estimators()
    for kind, y in (classifier, CLASSES), (regressor, Y):
        settings = {"hidden_layer_sizes": (8,), "max_iter": 60, "tol": 0.0, "random_state": 0}
        single, double = (kind(**settings, dtype=each) for each in ("float32", "float64"))
        assert single.get_params()["dtype"] == "float32" and kind().get_params()["dtype"] == "float64"
        with pytest.warns(UserWarning, match="has not converged"):
            single.fit(X, y)
        with pytest.warns(UserWarning, match="has not converged"):
            double.fit(X, y)
        np.testing.assert_allclose(single.coefs_[0], double.coefs_[0], rtol=0, atol=1e-2)
        assert single.score(X, y) == pytest.approx(double.score(X, y), abs=0.02)
    assert single.predict(X).dtype == np.float32 and double.predict(X).dtype == np.float64


@NOT_ONE
def test_estimators_refuse_another_dtype(dtype):
    for kind, y in zip(estimators(), (CLASSES, Y), strict=True):
        with pytest.raises(ValueError, match="dtype: 'float64' or 'float32' is expected, got"):
            kind(dtype=dtype).fit(X, y)


def test_a_tape_in_float32_computes_what_fit_does():
    model = nn.MLP(5, [3, 1], "tanh")
    tape = at.record(lambda *xs: model(list(xs)), *[0.0] * 5, dtype="float32")
    assert predict(model, X, dtype="float32").tobytes() == tape(X).tobytes()
