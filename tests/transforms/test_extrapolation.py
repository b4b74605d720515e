"""Limits of values as their step goes to 0, within their error bounds."""
import math

import pytest

from autograd_tiny.transforms.extrapolation import limit

STEPS = [4.0**-k for k in range(12)]


@pytest.mark.parametrize(("f", "power", "exact"), [
    (lambda h: 2.0, 1, 2.0), (lambda h: 1.0 + h, 1, 1.0), (lambda h: (math.exp(h) - 1.0) / h, 1, 1.0),
    (lambda h: math.sin(h) / h, 2, 1.0), (lambda h: math.cos(30.0 * h), 2, 1.0), (lambda h: 1.0 / (1.0 + h), 1, 1.0),
])
def test_smooth_functions_of_the_step(f, power, exact):
    found = limit(STEPS, [f(h) for h in STEPS], [1e-16 / h for h in STEPS], power)
    assert abs(found.value - exact) <= found.error < 1e-8


def test_powers_that_are_not_whole_stay_inside_the_bound():
    for power in (0.5, 1.5, 2.5):
        found = limit(STEPS, [3.0 + h**power for h in STEPS], [0.0] * len(STEPS), 1)
        assert abs(found.value - 3.0) <= found.error


def test_rounding_is_carried_through_the_table():
    noise = [1e-6 * math.sin(1000.0 * k) for k in range(len(STEPS))]
    values = [5.0 + h * h + e / h for h, e in zip(STEPS, noise, strict=True)]
    found = limit(STEPS, values, [1e-6 / h for h in STEPS], 2)
    assert abs(found.value - 5.0) <= found.error < 1e-3


def test_narrow_steps_that_disagree_with_wide_ones_are_believed():
    values = [1.0 if h > 1e-3 else 2.0 for h in STEPS]
    found = limit(STEPS, values, [1e-12 / h for h in STEPS], 1)
    assert found.value == pytest.approx(2.0)


def test_values_that_grow_for_ever_have_errors_of_their_size():
    for power in (-0.5, -1.0, -2.0 / 3.0):
        found = limit(STEPS, [h**power for h in STEPS], [0.0] * len(STEPS), 2)
        assert found.error > 0.3 * found.value


def test_too_few_steps():
    for count in (0, 1):
        found = limit(STEPS[:count], [1.0] * count, [0.0] * count, 1)
        assert math.isnan(found.value) and found.error == math.inf


def test_steps_far_apart_are_not_extrapolated_together():
    steps = [1.0, 0.25, 1e-200, 2.5e-201]
    found = limit(steps, [7.0, 7.0, 3.0, 3.0], [0.0] * 4, 2)
    assert (found.value, found.error) == (3.0, 0.0)
