"""Stan's math library: reports about boundaries. The right values are limits, by hand."""
import math

import pytest

import autograd_tiny as at
from autograd_tiny import derivative, grad

INF = math.inf
every_mode = pytest.mark.parametrize("d", [derivative, grad], ids=["forward", "reverse"])


@every_mode
@pytest.mark.parametrize(("exponent", "expected"), [(2.0, 0.0), (1.0, 1.0), (0.5, INF), (0.0, 0.0), (-1.0, -INF)])
def test_the_derivative_of_a_power_at_0(d, exponent, expected):
    """math 3031: 0 for most exponents, whatever is right; and another one for 0.5, by the square root."""
    assert d(lambda x: x**exponent)(0.0) == d(lambda x: x ** at.Value(exponent, requires_grad=False))(0.0) == expected


def test_sums_of_no_probability():
    """math 646: nan for log(0 + 0) = -inf."""
    assert at.logsumexp([at.Value(-INF), at.Value(-INF)]).data == -INF
    assert at.logaddexp(at.Value(-INF), -INF).data == -INF


@every_mode
def test_no_events_at_the_rate_0(d):
    """math 2494: infinite. 0·log λ is 0 for every λ, and so is its derivative."""
    assert d(lambda rate: at.xlogy(0.0, rate))(0.0) == 0.0


@every_mode
def test_a_square_root_of_a_difference_of_nothing(d):
    """stan 203: nan, as by the chain rule: 0 · inf. The absolute value has the derivative 0 at 0."""
    assert math.isnan(d(lambda x: at.sqrt((x - x) ** 2))(1.0))
    assert d(lambda x: abs(x - x))(1.0) == 0.0


def test_the_logarithm_of_gamma_at_its_limits():
    """math 1250: nan where it overflows."""
    assert [at.lgamma(at.Value(x)).data for x in (INF, 1e308, 0.0, -1.0)] == [INF, INF, INF, INF]
    assert grad(at.lgamma)(1e306) == pytest.approx(math.log(1e306), rel=1e-15)
