"""Keras: reports about validation.

Each case is written for this package.
"""
import numpy as np
import pytest

from autograd_tiny import evaluate, fit, nn

X = np.arange(20.0)[:, None]
Y = np.r_[np.zeros(15), np.ones(5)]


def line():
    return nn.Layer(1, 1, "linear", init="zeros")


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_last_samples_validate_whether_the_others_are_shuffled_or_not(shuffle):
    """keras 597, 6422, 20946: is the split before or after shuffling? Before: here it has the class 1 alone."""
    history = fit(line(), X, Y, "mse", lr=0.0, validation_split=0.25, shuffle=shuffle, progress=False)
    assert (history["loss"], history["val_loss"]) == ([0.0], [1.0])


def test_weights_count_in_validation_too():
    """keras 496: samples of weight 0 spoilt the loss of validation."""
    weights = np.r_[np.ones(10), np.zeros(10)]
    history = fit(line(), X, Y, "mse", lr=0.0, validation_data=(X, Y, weights), progress=False)
    assert history["val_loss"] == [0.0]
    assert evaluate(line(), X, Y, "mse", sample_weight=weights)["loss"] == 0.0
    split = fit(line(), X, Y, "mse", lr=0.0, validation_split=0.5, progress=False,
                sample_weight=np.r_[np.ones(15), np.zeros(5)])
    assert split["val_loss"] == [0.0]
