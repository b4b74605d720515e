"""R² and F1, against scikit-learn, with and without weights."""
import math
import warnings

import numpy as np
import pytest
import sklearn.metrics
from references.networks.training import X, Y, mlp, same

from autograd_tiny import EarlyStopping, evaluate, fit

rng = np.random.default_rng(5)
SIZES = 2, 5, 99, 100, 500


def as_given(x):
    """A model whose outputs are its inputs, so that a test can write the scores."""
    return list(x) if len(x) > 1 else x[0]


def measured(outputs, y, loss, name, weights=None):
    x = outputs if outputs.ndim == 2 else outputs[:, None]
    return evaluate(as_given, x, y, loss, [name], sample_weight=weights)[name]


def with_and_without_weights(samples):
    return None, rng.uniform(0.1, 2, samples), (np.arange(samples) < 2) * 1.0


# ---- R²

@pytest.mark.parametrize("samples", SIZES)
@pytest.mark.parametrize("outputs", [1, 3])
def test_r2_is_that_of_scikit_learn(samples, outputs):
    shape = (samples, outputs) if outputs > 1 else samples
    y = rng.normal(size=shape) + 5
    found = y + rng.normal(size=shape)
    for weights in with_and_without_weights(samples):
        same(measured(found, y, "mse", "r2", weights), sklearn.metrics.r2_score(y, found, sample_weight=weights))
    assert measured(y, y, "mse", "r2") == 1.0


def test_r2_of_targets_that_are_all_equal_is_that_of_scikit_learn():
    y = np.full(4, 3.0)
    for outputs in y, y + 1, np.arange(4.0):
        assert measured(outputs, y, "mse", "r2") == sklearn.metrics.r2_score(y, outputs)


def test_r2_of_one_sample_is_nan_as_in_scikit_learn():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert math.isnan(sklearn.metrics.r2_score([1.0], [1.0]))
    assert math.isnan(measured(np.ones(1), np.ones(1), "mse", "r2"))


def test_r2_of_outputs_that_are_too_large_is_minus_infinity():
    assert measured(np.full(3, 1e200), np.arange(3.0), "mae", "r2") == -math.inf


def test_r2_takes_a_column_of_targets_for_one_output_but_no_other_shape():
    y = np.arange(5.0)
    error = lambda o, t: (o - t[0]) ** 2  # noqa: E731
    same(measured(y + 0.5, y[:, None], error, "r2"), sklearn.metrics.r2_score(y, y + 0.5))
    with pytest.raises(ValueError, match=r"r2: outputs of shape \(1,\) do not fit targets of shape \(1, 2\)"):
        fit(mlp(), X, np.c_[Y, Y], lambda o, t: (o - t[0]) ** 2, metrics=["r2"], progress=False)


# ---- F1

TWO_CLASSES = {     # loss: labels of the two classes, threshold of an output
    "binary_cross_entropy": ([0.0, 1.0], 0.0), "hinge": ([-1.0, 1.0], 0.0), "mse": ([0.0, 1.0], 0.5),
}


@pytest.mark.parametrize("samples", SIZES)
@pytest.mark.parametrize("loss", TWO_CLASSES)
@pytest.mark.parametrize(("name", "average"), [("f1", "binary"), ("f1_macro", "macro")])
def test_f1_of_one_output_is_that_of_scikit_learn(samples, loss, name, average):
    labels, threshold = TWO_CLASSES[loss]
    y = rng.integers(0, 2, samples)
    y[:2] = 0, 1
    outputs = rng.normal(size=samples)
    for weights in with_and_without_weights(samples):
        expected = sklearn.metrics.f1_score(
            y, outputs > threshold, average=average, sample_weight=weights, zero_division=0.0
        )
        same(measured(outputs, np.array(labels)[y], loss, name, weights), expected)


@pytest.mark.parametrize("samples", SIZES)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_f1_of_an_output_for_each_class_is_that_of_scikit_learn(samples, classes):
    y = rng.integers(0, classes, samples)
    outputs = rng.normal(size=(samples, classes)) + np.eye(classes)[y]
    for weights in with_and_without_weights(samples):
        expected = sklearn.metrics.f1_score(
            y, outputs.argmax(axis=1), average="macro", sample_weight=weights, zero_division=0.0
        )
        for targets in y, np.eye(classes)[y]:
            same(measured(outputs, targets, "cross_entropy", "f1_macro", weights), expected)
    if classes == 2:
        same(measured(outputs, y, "cross_entropy", "f1"), sklearn.metrics.f1_score(y, outputs.argmax(axis=1)))


@pytest.mark.parametrize("samples", SIZES)
def test_f1_of_independent_labels_is_that_of_scikit_learn(samples):
    y = rng.integers(0, 2, (samples, 4))
    outputs = rng.normal(size=(samples, 4))
    outputs[:, 3] = y[:, 3] = 0
    expected = sklearn.metrics.f1_score(y, outputs > 0, average="macro", zero_division=0.0)
    same(measured(outputs, y, "binary_cross_entropy", "f1_macro"), expected)


def test_f1_of_a_class_that_neither_is_nor_is_predicted_is_0_as_in_scikit_learn():
    y, outputs = np.zeros(3), np.full(3, -1.0)
    assert measured(outputs, y, "binary_cross_entropy", "f1") == 0.0
    assert sklearn.metrics.f1_score(y, outputs > 0, zero_division=0.0) == 0.0
    assert measured(outputs, y, "binary_cross_entropy", "f1_macro") == 1.0


def test_f1_of_several_classes_says_which_mean_there_is():
    with pytest.raises(ValueError, match="f1 is for two classes, but the model has 3 outputs: take 'f1_macro'"):
        fit(mlp((4, 3)), X, (Y > 0) * 1, "cross_entropy", metrics=["f1"], progress=False)
    with pytest.raises(ValueError, match="the model has 2 outputs: take 'f1_macro'"):
        fit(mlp((4, 2)), X, (X > 0) * 1, "binary_cross_entropy", metrics=["f1"], progress=False)


def test_f1_of_numbers_that_are_no_classes_is_refused():
    with pytest.raises(ValueError, match="accuracy and f1 take classes, 0 and 1 or -1 and 1, but y has"):
        measured(Y, Y, "mse", "f1")


# ---- in training

def test_the_highest_score_is_the_best_epoch():
    model = mlp()
    history = fit(
        model, X, Y, "mse", "adam", 6, 8, seed=1, metrics=["r2", "mape"], validation_data=(X, Y),
        early_stopping=EarlyStopping(50, "val_r2"), progress=False,
    )
    assert history.names == ["loss", "r2", "mape", "val_loss", "val_r2", "val_mape"]
    same(history["val_r2"], history["r2"])
    assert history.best_epoch == 1 + np.argmax(history["val_r2"])
    found = np.array([model(x).data for x in X.tolist()])
    same(sklearn.metrics.r2_score(Y, found), max(history["val_r2"]))
    same(evaluate(model, X, Y, "mse", ["mape"])["mape"], sklearn.metrics.mean_absolute_percentage_error(Y, found))
