"""The plots of chapter 6 show the points, the line of the unit, and how many it has right."""
import pytest

from autograd_tiny import sigmoid
from autograd_tiny.course.figures.one_perceptron import error_by_epoch, plane, planes, points, pulls

X, T = [[-1.0, 0.0], [-0.5, 1.0], [0.5, 0.0], [1.0, -1.0]], [0, 0, 1, 1]


def line_of(ax):
    """Where the boundary crosses the plane: the values of x on it."""
    return [x for path in ax.collections[0].get_paths() for x, _ in path.vertices]


def test_points_have_the_place_and_the_marker_of_their_class():
    [ax] = points(X, T).figure.axes
    assert [each.get_offsets().tolist() for each in ax.collections] == [X[:2], X[2:]]
    assert len({len(each.get_paths()[0].vertices) for each in ax.collections}) == 2


def test_the_plane_has_the_line_of_the_unit_and_counts_the_points_that_are_right():
    ax, _ = plane(lambda point: sigmoid(4 * (point[0] - 0.75)), X, T, "A unit").figure.axes
    assert line_of(ax) == pytest.approx([0.75] * len(line_of(ax)), abs=1e-3) and len(line_of(ax)) > 1
    assert ax.get_title() == "A unit: 3 of 4 right"


def test_planes_show_each_stage():
    stages = {0: [1.0, -4.0, 0.0], 1: [0.0, 4.0, 0.0], 20: [-3.0, 4.0, 0.0]}
    axes = planes(stages, X, T).figure.axes
    assert [ax.get_title() for ax in axes[:3]] == ["0 epochs: 0 right", "1 epoch: 4 right", "20 epochs: 3 right"]
    for ax, place in zip(axes, (0.25, 0.0, 0.75), strict=False):
        assert line_of(ax) == pytest.approx([place] * len(line_of(ax)), abs=1e-3)


def test_errors_and_pulls_are_drawn_as_they_are():
    [ax] = error_by_epoch([3.0, 2.0, 1.5]).figure.axes
    assert ax.get_lines()[0].get_xydata().tolist() == [[1, 3.0], [2, 2.0], [3, 1.5]]
    [ax] = pulls([-1.0, 0.0, 1.0], {"squared error": [0.3, 0.2, 0.1], "perceptron rule": [1, 0, 0]}).figure.axes
    assert [line.get_ydata().tolist() for line in ax.get_lines()[:2]] == [[0.3, 0.2, 0.1], [1, 0, 0]]
    assert [each.get_text() for each in ax.get_legend().get_texts()] == ["squared error", "perceptron rule"]
