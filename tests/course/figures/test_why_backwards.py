"""The plots of chapter 2 show the numbers that the chapter speaks of."""
import pytest

from autograd_tiny import compare_modes, cos, derivative, sin
from autograd_tiny.course.figures.why_backwards import directions, in_the_valley, operations_by_inputs, with_derivatives


def test_operations_are_those_that_were_counted():
    counts = [compare_modes(lambda x: sum(each * each for each in x), [1.0] * n) for n in (1, 2, 4)]
    [ax] = operations_by_inputs(counts).figure.axes
    forward, reverse = (line.get_xydata().tolist() for line in ax.get_lines())
    assert forward == [[n, each.forward.operations] for n, each in zip((1, 2, 4), counts, strict=True)]
    assert reverse == [[n, each.reverse.operations] for n, each in zip((1, 2, 4), counts, strict=True)]


def test_arrows_run_along_the_curve():
    [ax] = directions(lambda t: [cos(t), sin(t)], arrows=8).figure.axes
    assert len(ax.texts) == 8
    for arrow in ax.texts:
        (x, y), (tip_x, tip_y) = arrow.xy, arrow.xyann
        assert x * x + y * y == pytest.approx(1 + 1 / 36) and tip_x**2 + tip_y**2 == pytest.approx(1)
        assert (x - tip_x) * tip_x + (y - tip_y) * tip_y == pytest.approx(0)        # at right angles to the radius


def test_any_number_of_derivatives_has_a_curve_each():
    [ax] = with_derivatives([derivative(sin, n) for n in range(6)], "sin").figure.axes
    assert [line.get_label().count("′") for line in ax.get_lines()] == [0, 1, 2, 3, 4, 5]
    assert ax.get_lines()[1].get_ydata()[150] == 1.0            # the cosine at 0


def test_the_path_lies_over_the_function():
    [ax] = in_the_valley(lambda x: 10 * (x[0] - 1) ** 2 + (x[1] - 1) ** 2, [(-1, 0), (1, 1)]).figure.axes
    assert ax.get_lines()[0].get_xydata().tolist() == [[-1, 0], [1, 1]]
    for height, ring in zip(ax.collections[0].levels, ax.collections[0].get_paths(), strict=True):
        for x, y in ring.vertices:
            assert 10 * (x - 1) ** 2 + (y - 1) ** 2 == pytest.approx(height, rel=0.05, abs=0.02)
