"""fastai: reports about callbacks.

Each case is written for this package.
"""
import numpy as np
import pytest

from autograd_tiny import fit, nn


class Nothing:
    """A callback."""

    def on_train_begin(self, logs):
        pass


def test_a_callback_given_as_a_class_is_refused_by_name():
    """1084: "missing 1 required positional argument: 'self'"."""
    with pytest.raises(TypeError, match=r"callbacks: an object is expected, got the class Nothing: write Nothing\("):
        fit(nn.MLP(1, [1]), np.eye(1), [1.0], "mse", callbacks=[Nothing], progress=False)
