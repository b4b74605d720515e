"""Clipping of gradients, on Values and arrays, against results of torch (references/networks/optimizers.py)."""
import math

import numpy as np
import pytest
from references.networks.trajectories import REFERENCES, parameters

from autograd_tiny import Value, optim

CLIPPING = REFERENCES["clipping"]


@pytest.mark.parametrize("case", CLIPPING)
def test_clipping_follows_torch(case):
    values = parameters(range(len(case["gradients"])))
    for p, g in zip(values, case["gradients"], strict=True):
        p.grad = g
    array = np.array(case["gradients"])
    on_values, on_array = {
        "norm": (optim.clip_grad_norm_, optim.clip_norm),
        "value": (optim.clip_grad_value_, optim.clip_value),
    }[case["how"]]
    expected = case["norm"] if case["norm"] is None else pytest.approx(case["norm"], rel=1e-12)
    assert on_values(values, case["limit"]) == expected
    assert on_array(array, case["limit"]) == expected
    np.testing.assert_allclose([p.grad for p in values], case["clipped"], rtol=1e-12, atol=0)
    np.testing.assert_allclose(array, case["clipped"], rtol=1e-12, atol=0)
    assert [p.data for p in values] == list(range(len(values)))


def test_frozen_values_are_not_clipped():
    a, b = Value(0.0), Value(0.0)
    a.grad, b.grad, b.requires_grad = 3.0, 40.0, False
    assert optim.clip_grad_norm_([a, b], 6.0) == 3.0
    optim.clip_grad_value_([a, b], 2.0)
    assert (a.grad, b.grad) == (2.0, 40.0)


def test_a_norm_whose_squares_overflow():
    gradients = np.array([3e200, -4e200])
    assert optim.clip_norm(gradients, 10.0) == pytest.approx(5e200, rel=1e-15)
    np.testing.assert_allclose(gradients, [6.0, -8.0], rtol=1e-14)


@pytest.mark.parametrize(("gradients", "norm"), [
    ([3e-200, -4e-200], 5e-200), ([3e-161, 4e-161], 5e-161), ([5e-324, 0.0], 5e-324), ([0.0, 0.0], 0.0), ([], 0.0),
])
def test_a_norm_whose_squares_underflow(gradients, norm):
    array = np.array(gradients)
    assert optim.clip_norm(array, 1.0) == pytest.approx(norm, rel=1e-15, abs=0.0)
    np.testing.assert_array_equal(array, gradients)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_gradient_that_is_not_finite_is_not_hidden(bad):
    gradients = np.array([bad, 1.0])
    np.testing.assert_equal(optim.clip_norm(gradients, 1.0), bad)
    np.testing.assert_equal(gradients, [math.nan, 1.0 / (bad + 1e-6)])      # as torch does


def test_an_infinite_limit_only_measures():
    gradients = np.array([3.0, -4.0])
    assert optim.clip_norm(gradients, math.inf) == 5.0
    optim.clip_value(gradients, math.inf)
    assert gradients.tolist() == [3.0, -4.0]


@pytest.mark.parametrize(("bad", "error"), [
    (True, TypeError), ("1", TypeError), (None, TypeError), (-1.0, ValueError), (math.nan, ValueError),
])
def test_a_limit_out_of_range_changes_nothing(bad, error):
    p, gradients = Value(0.0), np.array([5.0])
    p.grad = 5.0
    for call in (
        lambda: optim.clip_grad_norm_([p], bad), lambda: optim.clip_norm(gradients, bad),
    ):
        with pytest.raises(error, match=r"^max_norm: a number"):
            call()
    for call in (
        lambda: optim.clip_grad_value_([p], bad), lambda: optim.clip_value(gradients, bad),
    ):
        with pytest.raises(error, match=r"^clip_value: a number"):
            call()
    assert p.grad == gradients[0] == 5.0


def test_clipping_takes_arrays_of_float64():
    read_only = np.ones(2)
    read_only.flags.writeable = False
    for clip in (optim.clip_norm, optim.clip_value):
        for bad in ([1.0], np.ones(2, int), np.ones(2, np.float32), None, [Value(1.0)]):
            with pytest.raises(TypeError, match="gradients: an array of float64"):
                clip(bad, 1.0)
        with pytest.raises(ValueError, match="may be written"):
            clip(read_only, 0.5)
