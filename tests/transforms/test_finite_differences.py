"""Finite differences: derivatives within their error bound, and kinks, jumps, edges and rounding told apart."""
import math

import pytest

from autograd_tiny.transforms.finite_differences import Difference, Rounding, differences


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


@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-6])
def test_small_kinks(size):
    found = difference(lambda x: math.exp(x) + size * abs(x - 0.3), 0.3)
    assert found.kind == "kink" and found.right - found.left == pytest.approx(2.0 * size, rel=1e-3)


@pytest.mark.parametrize("f", [
    lambda x: 1.0 if x > 0.3 else 2.0, lambda x: 5.0 * x + math.copysign(1e-6, x - 0.3) * (x != 0.3),
    lambda x: 7.0 if x == 0.3 else 7.5, lambda x: math.sin(1e3 * x) + 1e-9 * (x > 0.3),
    lambda x: 1e9 * x + (1e-3 if 1.0 + x > 1.3 else 0.0),
])
def test_jumps_to_one_side_to_both_and_at_one_point(f):
    assert difference(f, 0.3).kind == "jump"


@pytest.mark.parametrize("f", [
    lambda x: math.tanh(1e8 * (x - 0.3)), lambda x: math.tanh(1e11 * (x - 0.3)), lambda x: math.cbrt(x - 0.3),
    lambda x: math.copysign(abs(x - 0.3) ** 0.5, x - 0.3), lambda x: (x - 0.3) * abs(x - 0.3),
])
def test_what_is_steep_or_rough_is_no_jump_and_no_kink(f):
    assert difference(f, 0.3).kind == "smooth"


@pytest.mark.parametrize("x", [0.3 + 1e-9, 0.3 - 1e-9, 0.3 + 1e-5])
def test_a_jump_or_kink_nearby_is_not_one_here(x):
    steps = difference(lambda x: 2.0 * x + (x > 0.3), x)
    bends = difference(lambda x: 2.0 * x + max(0.0, x - 0.3), x)
    assert steps.kind == bends.kind == "smooth"
    assert abs(steps.derivative - 2.0) <= steps.error
    assert abs(bends.derivative - (3.0 if x > 0.3 else 2.0)) <= bends.error


@pytest.mark.parametrize(("f", "x", "exact"), [
    (lambda x: math.log(1.0 + x), 1e-9, 1.0 / (1.0 + 1e-9)), (lambda x: 1.0 - math.cos(x), 1e-6, math.sin(1e-6)),
    (lambda x: (1e6 + x) - 1e6, 0.37, 1.0), (lambda x: math.sqrt(1.0 + x * x) - 1.0, 1e-4, 1e-4 / math.sqrt(1 + 1e-8)),
    (lambda x: 1e8 + x * x, 0.01, 0.02),
])
def test_rounding_inside_of_a_function_is_found_from_its_values(f, x, exact):
    found = difference(f, x)
    assert found.kind == "smooth" and abs(found.derivative - exact) <= found.error


def test_what_is_known_of_rounding_is_believed():
    (known,) = differences(lambda x: [math.sin(x)], 1.0, [Rounding(1e-4)])
    assert 1e-4 < known.error < 1e-2
    (known,) = differences(lambda x: [3.0 * x], 1.0, [Rounding(0.0, 1e-3)])
    assert known.error > 1e-3


def test_errors_beside_the_point_are_an_edge():
    assert difference(lambda x: math.sqrt(x), 0.0).kind == "edge"
    assert difference(lambda x: math.log(x), 1e-3).kind == "smooth"
    assert difference(lambda x: 1.0 / x, 1e-3).kind == "smooth"
    with pytest.raises(ZeroDivisionError):
        difference(lambda x: 1.0 / x, 0.0)


@pytest.mark.parametrize("x", [5e-324, -5e-324, 1e-310, 1e-300, 1e-160, 0.0, 1e300, -1.7e308])
def test_points_of_any_size(x):
    found = difference(lambda x: 0.5 * x + 1.0, x)
    assert found.kind == "smooth" and abs(found.derivative - 0.5) <= found.error


def step_at_one(x):
    return 1.0 if x >= 1.0 else 0.0


def root(x):
    return math.sqrt(x) if x >= 0.0 else math.nan


@pytest.mark.parametrize(("f", "x", "kind"), [
    (step_at_one, 1.0, "jump"), (root, 0.0, "edge"), (root, -1.0, "nowhere"), (lambda x: math.inf, 0.0, "nowhere"),
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
    found = Difference("nowhere")
    assert math.isnan(found.derivative) and found.error == math.inf
