"""`Copy as Python` gives a program that ends with the weights of the page."""
import contextlib
import io

import numpy as np
import pytest
from references.javascript.playground import GIVEN, MODULE, SETTINGS, arrays

from autograd_tiny import nn
from autograd_tiny.show.playground.playground import page_data
from autograd_tiny.vectors import read


def run(text):
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "copied.py", "exec"), names)
    return names, printed.getvalue()


def agrees(node, settings, changes, updates):
    """The program ends with the weights of the page, and prints its losses."""
    found = node.call(MODULE, "experiment", GIVEN, settings, updates, changes)
    assert found["updates"] == updates
    text, = node.call(MODULE, "program", GIVEN, settings, updates, changes, GIVEN["sources"])
    assert text.isascii() and all(len(line) <= 120 for line in text.splitlines())
    names, printed = run(text)
    np.testing.assert_allclose(read(names["model"].parameters()), found["numbers"], rtol=1e-9, atol=1e-9)
    losses = [float(line.partition("'loss': ")[2].rstrip("}")) for line in printed.splitlines()]
    expected = [found[part][0]["loss"] for part in ("train", "test") if found[part][0]["loss"] is not None]
    assert losses == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("settings", "changes"), [
    ({}, []), (SETTINGS, []), ({"data": "circles", "optimizer": "momentum", "l1": 0.001, "l2": 0.01}, []),
    ({"data": "spiral", "optimizer": "adagrad", "l1": 0.01, "test": 0, "samples": 120}, []),
    ({"data": "hills", "optimizer": "rmsprop", "lr": 0.01}, []),
    ({"data": "blobs", "layers": [[3, "maxout"], [2, "leaky_relu"]], "init": "he_normal"}, []),
    ({"data": "moons", "loss": "hinge", "batch": 0}, []),
    ({"data": "line", "loss": "squared_error", "output": "sigmoid"}, []),
    ({"data": "line", "loss": "squared_error", "output": "tanh", "layers": []}, []),
    ({"data": "plane", "loss": "huber"}, []),
    (
        {"data": "own", "points": [[0.5, 1, 0], [-1, 0.25, 1], [1, 1, 2], [1e-7, -1e21, 1]], "test": 0},
        [[84, {"add": [-0.5, -1, 2]}]],
    ),
    ({"data": "csv", "points": [[0.5, 1, 0], [-1, 0.25, 1]], "classes": ['"""', "\u20ac\n\\"], "test": 0}, []),
    (
        {"data": "csv", "points": [[k, k % 3, k // 10] for k in range(20)], "classes": ["a", "b"], "test": 0.3},
        [],
    ),
    (
        {"samples": 100, "test": 0.3},
        [[21, {"lr": 0.3}], [42, {"optimizer": "adam"}], [42, {"lr": 0.02}], [63, {"l2": 0.1}]],
    ),
])
def test_the_program_ends_with_the_weights_of_the_page(node, settings, changes):
    agrees(node, settings, changes, 84)


@pytest.mark.parametrize("changes", [
    [], [[16, {"lr": 0.5}]], [[1, {"lr": 0.5}], [2, {"l1": 0.01}], [3, {"optimizer": "adam"}], [9, {"lr": 0.02}]],
    [[16, {"batch": 7}], [16, {"lr": 0.3}], [20, {"batch": 0}], [21, {"batch": 3}]],
    [[16, {"loss": "hinge"}], [17, {"loss": "squared_error"}], [18, {"batch": 10}], [23, {"loss": "hinge"}]],
    [[16, {"batch": 7}], [16, {"lr": 0.3}], [16, {"batch": 10}]],
    [[14, {"lr": 0.3}], [16, {"optimizer": "momentum"}], [28, {"loss": "hinge"}]],
])
@pytest.mark.parametrize("updates", [28, 33])
def test_changes_and_the_end_may_fall_inside_an_epoch(node, changes, updates):
    agrees(node, {"samples": 93}, changes, updates)


@pytest.mark.parametrize("settings", [
    {"data": "csv", "points": [[0.5, 1, 0], [-1, 0.25, 1], [1, 2, 0]], "classes": ["a", "b"], "test": 0.3},
    {"data": "own", "points": [[0.5, 1, 0], [-1, 0.25, 1]], "test": 0.3},
])
def test_a_share_for_the_test_may_be_too_small_for_a_sample(node, settings):
    agrees(node, settings, [], 5)


def test_a_point_may_be_added_inside_an_epoch(node):
    settings = {"data": "own", "points": [[k % 3, k % 5, k % 2] for k in range(12)], "test": 0.25, "batch": 2}
    agrees(node, settings, [[7, {"add": [0.5, 0.5, 1]}], [10, {"add": [0.5, -0.5, 0]}]], 14)


def test_a_program_without_samples_runs(node):
    text, = node.call(MODULE, "program", GIVEN, {"data": "own"}, 0, [], GIVEN["sources"])
    assert run(text)[1] == ""


def test_a_given_network_and_its_samples_are_in_the_program(node):
    x, y, *_ = arrays(SETTINGS)
    model = nn.Sequential(nn.Layer(2, 3, "tanh", bias=False), nn.Maxout(3, 2, 3), nn.Layer(2, 1, "linear"))
    given = page_data(model, x, y, None)
    found = node.call(MODULE, "experiment", given, {}, 20, [])
    text, = node.call(MODULE, "program", given, {}, 20, [], GIVEN["sources"])
    np.testing.assert_allclose(read(run(text)[0]["model"].parameters()), found["numbers"], rtol=1e-9, atol=1e-12)
