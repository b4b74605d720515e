"""Helpers of tests of transforms: functions, modes, how close is close, and whether all is switched back."""
import math
from itertools import product

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Dual, Value

MODES = ("forward", "reverse")
HESSIANS = [f"{outer}-over-{inner}" for outer, inner in product(MODES, MODES)]
NAN = math.nan
POINT = np.array([1.3, 0.7, 0.8, 1.9, 1.2])
VECTOR = np.array([0.5, -1.5, 2.0])
both_modes = pytest.mark.parametrize("mode", MODES)
all_hessians = pytest.mark.parametrize("mode", HESSIANS)


def close(x, y, tolerance=1e-12):
    """Equal to 1e-12 of the largest number in the array."""
    np.testing.assert_allclose(x, y, rtol=0, atol=tolerance * max(1.0, np.max(np.abs(y))))
    return True


def is_clean():
    """Whether ordinary code records, and compares nan as IEEE 754 says."""
    v = Value(NAN)
    try:
        return (v * 2.0).op == "*" and not v < 1.0 and v != NAN and not Dual(NAN) > 1.0
    except ValueError:
        return False


def fails(error, message, *calls):
    for call in calls:
        with pytest.raises(error, match=message):
            call()


def wavy(x):
    """From R³ to R²."""
    return np.array([x[0] * at.sin(x[1]) + x[2] ** 2, at.exp(x[0] * x[2]) / (1 + x[1] ** 2)])


def bowl(x):
    """From Rⁿ to R, with all kinds of functions, not symmetric in x."""
    waves = [at.exp(v * 0.3) * at.sin(v * (i + 1)) for i, v in enumerate(x)]
    return at.sum(waves) * at.logsumexp(x) + at.prod(x)
