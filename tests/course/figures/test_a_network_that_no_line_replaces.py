"""The plots of chapter 7: regions with one scale, losses along three axes."""
import pytest

from autograd_tiny import sigmoid
from autograd_tiny.course.figures.a_network_that_no_line_replaces import learning_rates, regions, three_ways


def at(place):
    """A unit whose line is at a place on the first axis."""
    return lambda point: sigmoid(point[0] - place)


def test_regions_have_titles_in_order_and_one_scale_of_colours():
    plot = regions({"a": at(0.2), "b\nloss 1": at(-0.2), "c": at(0.5)}, [[-1.0, 0.0], [1.0, 0.5]], [0, 1])
    axes = plot.figure.axes
    assert [ax.get_title() for ax in axes] == ["a", "b\nloss 1", "c"] and "\n" not in plot.title
    for ax, place in zip(axes, (0.2, -0.2, 0.5), strict=True):
        assert ax.images[0].get_clim() == (0.0, 1.0)
        assert [x for path in ax.collections[0].get_paths() for x, _ in path.vertices] == pytest.approx([place] * 80)


def test_losses_lie_along_epochs_updates_and_seconds():
    axes = three_ways({"each": [3.0, 1.0], "all": [3.0, 2.0]}, {"each": 100, "all": 1}, {"each": 4.0, "all": 0.5})
    along = [[line.get_xdata().tolist() for line in ax.get_lines()] for ax in axes.figure.axes]
    assert along == [[[1, 2], [1, 2]], [[100, 200], [1, 2]], [[2.0, 4.0], [0.25, 0.5]]]
    assert axes.figure.axes[2].get_lines()[1].get_ydata().tolist() == [3.0, 2.0]


def test_learning_rates_are_named():
    [ax] = learning_rates({"0.5: right": [3.0, 1.0, 0.5], "100: too high": [3.0, 3.0, 3.0]}).figure.axes
    assert [each.get_text() for each in ax.get_legend().get_texts()] == ["0.5: right", "100: too high"]
    assert ax.get_lines()[0].get_xydata().tolist() == [[1, 3.0], [2, 1.0], [3, 0.5]]
