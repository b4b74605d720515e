"""Functions that array libraries lack, composed of others; here over NumPy's arrays and SciPy's functions."""
import math

import numpy as np
import pytest
import scipy.special

from autograd_tiny.calculus import ieee
from autograd_tiny.calculus.array_formulas import FACTORIALS, cbrt_of, of_operations, over_arrays, polygamma_of
from autograd_tiny.calculus.operations import OPERATIONS

FUNCTIONS = {"rint": np.rint, "floor": np.floor, "pow": np.power}
POINTS = [0.0, -0.0, math.inf, -math.inf, math.nan, -1.0, -2.0, -7.5, -0.3, 1e-300, 1e-8, 0.5, 1.0, 2.25, 11.9, 30.0,
          1e10, 1e17, 1e300]


def where(condition, x, y, like):
    return np.where(condition, x, y)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_polygamma_at_numbers_and_arrays_of_orders():
    polygamma = polygamma_of(
        scipy.special.digamma, scipy.special.zeta, lambda n: np.array(FACTORIALS)[n.astype(int)], np.stack, FUNCTIONS,
        where,
    )
    x = np.array(POINTS)
    for order in (0, 1.0, 2.0, 5.0, 20.0, -1.0, 0.5, 171.0, math.nan, math.inf):
        expected = [ieee.polygamma(order, each) for each in POINTS]
        for found in (polygamma(order, x), polygamma(np.full(len(x), float(order)), x)):
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_cbrt():
    x = np.array([0.0, -0.0, math.inf, -math.inf, math.nan, 8.0, -27.0, 1e-300, 1.7e308, 0.1, 5e-324])
    found = cbrt_of(FUNCTIONS, where)(x)
    np.testing.assert_allclose(found, np.cbrt(x), rtol=4e-16)
    assert np.signbit(found[:2]).tolist() == [False, True]


def test_plain_numbers_are_computed_by_pythons_functions():
    namespace = over_arrays({"exp": np.exp, "log": np.log, "pow": np.power}, where)
    assert namespace["exp"](800.0) == math.inf and namespace["divide"](1.0, 0.0) == math.inf
    assert namespace["greater"](2.0, 1.0) == 1.0 and namespace["where"](0.0, lambda: 1 / 0, lambda: 3.0) == 3.0
    derivatives = of_operations(lambda row, operands: (row.name, *operands))
    assert derivatives["sigmoid"](0.0) == 0.5 and derivatives["sigmoid"](np.zeros(2))[0] == "sigmoid"
    assert {row.name for row in OPERATIONS[1:]} <= {*derivatives}
