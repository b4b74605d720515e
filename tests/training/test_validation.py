"""Validation: a part that is held out, weights of it, and the errors of both."""
import math
import random

import numpy as np
import pytest
from references.networks.training import CLASSES, WEIGHTS, N, X, Y, mlp, numbers, same

from autograd_tiny import evaluate, fit

WITH_WEIGHTS = {"sample_weight": None}, {"sample_weight": WEIGHTS}


def split_at(samples, fraction):
    return math.floor(samples * (1 - fraction))     # as keras.src.trainers.data_adapters has it


@pytest.mark.parametrize("options", WITH_WEIGHTS, ids=["", "weights"])
@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.33, 0.5, 0.975, np.float32(0.5)])
def test_the_last_samples_are_held_out_before_the_others_are_shuffled(fraction, options):
    split, apart = mlp(), mlp()
    k = split_at(N, fraction)
    weights = options["sample_weight"]
    one = fit(
        split, X, Y, "mse", "adam", 3, 8, seed=4, validation_split=fraction, metrics=["mae"], progress=False, **options
    )
    held_out = (X[k:], Y[k:]) if weights is None else (X[k:], Y[k:], weights[k:])
    other = fit(
        apart, X[:k], Y[:k], "mse", "adam", 3, 8, seed=4, validation_data=held_out, metrics=["mae"], progress=False,
        sample_weight=None if weights is None else weights[:k],
    )
    assert one.to_dict() == other.to_dict() and (numbers(split) == numbers(apart)).all()
    assert one.names == ["loss", "mae", "val_loss", "val_mae"]


@pytest.mark.parametrize("kind", [list, lambda rows: [tuple(row) for row in rows], np.asfortranarray])
def test_samples_of_any_kind_are_split(kind):
    for model, x, y in ((mlp((4, 3)), kind(X.tolist()), CLASSES.tolist()), (mlp((4, 3)), X, np.eye(3)[CLASSES])):
        history = fit(model, x, y, "cross_entropy", seed=1, validation_split=0.25, progress=False)
        expected = evaluate(model, X[30:], CLASSES[30:], "cross_entropy")["loss"]
        same(history["val_loss"][-1], expected)


def test_a_fraction_of_0_holds_out_nothing():
    assert fit(mlp(), X, Y, "mse", validation_split=0.0, progress=False).names == ["loss"]
    assert fit(mlp(), X, Y, "mse", validation_split=0, validation_data=(X, Y), progress=False).names[1] == "val_loss"


@pytest.mark.parametrize(("options", "error", "match"), [
    ({"validation_split": 0.5, "validation_data": (X, Y)}, ValueError, "give one of them"),
    ({"validation_split": 1.0}, ValueError, r"validation_split: a number in \[0, 1\)"),
    ({"validation_split": -0.1}, ValueError, "validation_split: a number in"),
    ({"validation_split": math.nan}, ValueError, "validation_split: a number in"),
    ({"validation_split": "0.1"}, TypeError, "validation_split: a number"),
    ({"validation_split": True}, TypeError, "validation_split: a number"),
    ({"validation_split": 0.99}, ValueError, "0.99 of 40 samples leaves no sample in one of the parts"),
    ({"validation_split": 0.5, "y": Y[:-1]}, ValueError, r"40 samples in X, but y has the shape \(39,\)"),
    ({"validation_split": 0.5, "y": ["a"] * N}, TypeError, "number the classes"),
    ({"validation_split": 0.5, "y": np.ma.masked_greater(Y, 0)}, ValueError, "y has masked numbers"),
    ({"validation_split": 0.5, "X": X[0]}, ValueError, r"X has the shape \(samples, inputs\), got \(2,\)"),
    ({"validation_split": 0.5, "X": 3}, ValueError, "X has the shape"),
    ({"validation_split": 0.5, "sample_weight": np.ones(20)}, ValueError, "one for each of 40 samples"),
    ({"validation_split": 0.5, "sample_weight": (np.arange(N) < 20) * 1.0}, ValueError, "validation weights.*not all"),
], ids=str)
def test_a_split_that_does_not_fit_changes_nothing(options, error, match):
    model = mlp()
    before, state = numbers(model), random.getstate()
    with pytest.raises(error, match=match):
        fit(model, **{"X": X, "y": Y, "loss": "mse", "progress": False, **options})
    assert (numbers(model) == before).all() and random.getstate() == state


@pytest.mark.parametrize("samples", [1, 2, 99, 100, 400])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_validation_is_weighted(samples, reduction):
    rng = np.random.default_rng(samples)
    x, y, weights = rng.normal(size=(samples, 2)), rng.normal(size=samples), rng.uniform(0.1, 2, samples)
    model = mlp()
    history = fit(
        model, X, Y, "mse", lr=0.01, validation_data=(x, y, weights), metrics=["mae"], reduction=reduction,
        progress=False,
    )
    errors = np.array([model(row).data for row in x.tolist()]) - y
    mean = np.average(errors**2, weights=weights)
    same(history["val_loss"][-1], mean if reduction == "mean" else mean * weights.sum())
    same(history["val_mae"][-1], np.average(np.abs(errors), weights=weights))


def test_weights_of_none_are_no_weights():
    one = fit(mlp(), X, Y, "mse", seed=1, validation_data=(X, Y, None), progress=False)
    assert one.to_dict() == fit(mlp(), X, Y, "mse", seed=1, validation_data=(X, Y), progress=False).to_dict()
