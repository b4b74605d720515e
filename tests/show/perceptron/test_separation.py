"""Whether a line parts two classes: found as linear programming finds it, and the reason is one that can be checked."""
import numpy as np
import pytest
from scipy.optimize import linprog

from autograd_tiny.show.perceptron import perceptron

MODULE = perceptron.FOLDER / "separation.js"


def can_be_parted(points):
    """Whether some w, b have t (w x + b) >= 1 for all points: t is 1 or -1."""
    signs = np.array([1.0 if t else -1.0 for *_, t in points])
    places = np.array([[x, y, 1.0] for x, y, _ in points])
    any_number = [(None, None)] * 3
    return linprog([0, 0, 0], A_ub=-signs[:, None] * places, b_ub=-np.ones(len(points)), bounds=any_number).success


def is_inside(place, corners):
    """Whether a place is a mean of the corners, with weights of 0 or more."""
    columns = np.vstack([np.array(corners, float).T[:2], np.ones(len(corners))])
    exact = {"primal_feasibility_tolerance": 1e-9}
    return linprog(np.zeros(len(corners)), A_eq=columns, b_eq=[*place, 1.0], options=exact).success


def check(node, points):
    found = node.call(MODULE, "obstacle", points)
    assert (found is None) == can_be_parted(points), points
    if found is None:
        return
    assert len(found["ones"]) + len(found["zeros"]) <= 4
    for corners, t in ((found["ones"], 1), (found["zeros"], 0)):
        assert all(corner in points and corner[2] == t for corner in corners)
        assert is_inside(found["at"], corners), (found, corners)


@pytest.mark.parametrize("seed", range(60))
def test_random_points(node, seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 14))
    places = rng.normal(size=(count, 2)) + rng.integers(0, 2, (count, 1)) * rng.choice([0.0, 1.5, 3.0])
    labels = [0, 1, *rng.integers(0, 2, count - 2).tolist()]
    check(node, [[*place, t] for place, t in zip(places.round(2).tolist(), labels, strict=True)])


@pytest.mark.parametrize("seed", range(40))
def test_points_of_a_small_grid_of_which_many_coincide_or_stand_in_a_row(node, seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 9))
    places = rng.integers(0, 3, (count, 2)).tolist()
    check(node, [[*place, t] for place, t in zip(places, [0, 1, *rng.integers(0, 2, count - 2).tolist()], strict=True)])


def test_xor_fails_where_its_diagonals_cross(node):
    found = node.call(MODULE, "obstacle", [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
    assert found["at"] == [0.5, 0.5] and len(found["ones"]) == len(found["zeros"]) == 2


def test_one_class_alone_is_no_obstacle(node):
    assert node.call(MODULE, "obstacle", [[0, 0, 0], [1, 1, 0]]) is None
    assert node.call(MODULE, "obstacle", []) is None
