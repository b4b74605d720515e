"""The plots of chapter 9: maps on which low places are grey, and the paths of all optimisers."""
import pytest

from autograd_tiny import Value, optim
from autograd_tiny.course.figures import optimisers_raced as figures


def bowl(x, y):
    return x**2 + (y - 1) ** 2


def shade(image, place):
    """The opacity of a map at a place."""
    shades = image.get_array()[..., 3]
    left, right, low, high = image.get_extent()
    rows, columns = shades.shape
    x, y = (place[0] - left) / (right - left), (place[1] - low) / (high - low)
    return shades[min(int(y * rows), rows - 1), min(int(x * columns), columns - 1)]


def test_a_map_covers_the_page_where_the_valley_is_low():
    [ax] = figures.valley_map(bowl, start=(-1.2, 1.0), goal=(0.0, 1.0)).figure.axes
    [image] = ax.get_images()
    assert shade(image, (0.0, 1.0)) > 0.9 > 0.5 > shade(image, (-2.0, -1.0))
    assert [tuple(line.get_xydata()[0]) for line in ax.get_lines()] == [(-1.2, 1.0), (0.0, 1.0)]


def test_a_path_ends_where_its_optimiser_is():
    paths = {"SGD": [(-1.0, 1.0, 1.0), (-0.5, 1.0, 0.25)], "Adam": [(-1.0, 1.0, 1.0), (-0.9, 1.1, 0.82)]}
    left, right = figures.valley_paths(bowl, (0.0, 1.0), paths, [["SGD"], ["Adam"]]).figure.axes
    for ax, name in (left, "SGD"), (right, "Adam"):
        *_, path, end = ax.get_lines()
        assert path.get_label() == name == ax.get_title() and len(path.get_xdata()) == 2
        assert tuple(end.get_xydata()[0]) == paths[name][-1][:2]
    losses = figures.losses(paths).figure.axes[0].get_lines()
    assert {line.get_label(): list(line.get_ydata()) for line in losses} == {"SGD": [1.0, 0.25], "Adam": [1.0, 0.82]}


@pytest.mark.parametrize("name", figures.STYLES)
def test_every_optimiser_is_drawn_in_a_colour_that_has_a_dark_twin(name):
    assert f"light-dark({figures.STYLES[name][0]}," in figures.losses({name: [(0.0, 0.0, 1.0)]}).svg


def test_rates_are_those_of_the_schedules():
    schedules = {str(gamma): optim.ExponentialLR(optim.SGD([Value(0.0)], lr=1.0), gamma) for gamma in (0.9, 0.5)}
    lines = figures.rates(schedules, 3).figure.axes[0].get_lines()
    assert [rate for line in lines for rate in line.get_ydata()] == pytest.approx([1, 0.9, 0.81, 1, 0.5, 0.25])


def test_walks_begin_at_one_place_of_the_cliff_and_have_their_heights():
    walks = {"one": [(6.0, -4.0, 0.5), (5.0, -3.0, 0.1)], "other": [(6.0, -4.0, 0.5), (6.0, -3.5, 0.3)]}
    left, right = figures.cliff(lambda w, b: (w - 5) ** 2 + b**2, walks).figure.axes
    assert shade(left.get_images()[0], (5.0, -0.1)) > shade(left.get_images()[0], (8.0, -6.0))
    assert tuple(left.get_lines()[-1].get_xydata()[0]) == (6.0, -4.0)
    assert [list(line.get_ydata()) for line in right.get_lines()] == [[0.5, 0.1], [0.5, 0.3]]
    heights = figures.heights({"one": [3.0, 2.0], "other": [3.0, 1.0]}).figure.axes[0].get_lines()
    assert [list(line.get_ydata()) for line in heights] == [[3.0, 2.0], [3.0, 1.0]]
