"""Finite differences: derivatives within their error bound, and kinks, jumps, edges and rounding told apart."""
import math

import pytest

from autograd_tiny.transforms.finite_differences import Difference, differences


def difference(f, x):
    (found,) = differences(lambda x: [f(x)], x)
    return found


@pytest.mark.parametrize(("f", "x", "exact"), [
    (math.exp, 1.0, math.e), (math.sin, 0.0, 1.0), (lambda x: x**3, -2.0, 12.0), (lambda x: 1 / x, 1e-5, -1e10),
    (lambda x: math.sin(1e5 * x), 0.3, 1e5 * math.cos(3e4)), (lambda x: 3.0, 5.0, 0.0),
    (lambda x: x * abs(x), 0.0, 0.0), (lambda x: 1e200 * x, 1e-200, 1e200),
])
def test_smooth_functions(f, x, exact):
    found = difference(f, x)
    assert found.kind == "smooth" and abs(found.derivative - exact) <= found.error + 1e-7 * abs(exact)


@pytest.mark.parametrize(("f", "x", "sides"), [
    (abs, 0.0, (-1.0, 1.0)), (lambda x: max(x, 2 * x - 3.0), 3.0, (1.0, 2.0)), (lambda x: max(0.0, x), 0.0, (0.0, 1.0)),
])
def test_kinks(f, x, sides):
    found = difference(f, x)
    assert found.kind == "kink" and (found.left, found.right) == pytest.approx(sides, abs=1e-6)
    assert math.isnan(found.derivative)


def step_at_one(x):
    return 1.0 if x >= 1.0 else 0.0


def root(x):
    return math.sqrt(x) if x >= 0.0 else math.nan


@pytest.mark.parametrize(("f", "x", "kind"), [
    (step_at_one, 1.0, "jump"), (root, 0.0, "edge"), (root, -1.0, "nowhere"), (lambda x: math.inf, 0.0, "nowhere"),
    (lambda x: 1e8 + 1e-6 * x, 1.0, "noise"),
])
def test_points_without_a_usable_difference(f, x, kind):
    assert difference(f, x).kind == kind


def test_several_outputs_at_once():
    first, second = differences(lambda x: [x * x, abs(x)], 3.0)
    assert (first.derivative, second.derivative) == pytest.approx((6.0, 1.0))
    first, second = differences(lambda x: [x * x, abs(x)], 0.0)
    assert (first.kind, second.kind) == ("smooth", "kink")


def test_a_function_that_changes_is_refused():
    counter = iter(range(100))
    with pytest.raises(ValueError, match="for the same arguments"):
        difference(lambda x: float(next(counter)), 1.0)


def test_a_difference_without_an_answer():
    assert repr(Difference("nowhere")) == repr(Difference("nowhere", math.nan, math.inf, math.nan, math.nan))
