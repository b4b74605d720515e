"""What tests of tapes have in common: batches, and how close is close."""
import numpy as np


def close(found, expected, tolerance=1e-12):
    """Equal to 1e-12 of the largest number in the array."""
    expected = np.asarray(expected, float)
    assert np.shape(found) == expected.shape
    limit = tolerance * max(1.0, np.max(np.abs(expected), initial=0.0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=limit)


def batch(size, n=2, seed=0):
    return np.random.default_rng(seed).normal(size=(size, n))
