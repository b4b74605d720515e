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
    found = node.call(MODULE, "experiment", GIVEN, settings, 84, changes)
    text, = node.call(MODULE, "program", GIVEN, settings, 84, changes, GIVEN["sources"])
    assert "updates later" not in text and "updates further" not in text
    assert text.isascii() and all(len(line) <= 120 for line in text.splitlines())
    names, printed = run(text)
    np.testing.assert_allclose(read(names["model"].parameters()), found["numbers"], rtol=1e-9, atol=1e-9)
    losses = [float(line.partition("'loss': ")[2].rstrip("}")) for line in printed.splitlines()]
    expected = [found["train"][0]["loss"], *([] if found["settings"][0]["test"] == 0 else [found["test"][0]["loss"]])]
    assert losses == pytest.approx(expected, rel=1e-9)


def test_a_program_says_where_the_page_is_between_epochs(node):
    text, = node.call(MODULE, "program", GIVEN, {}, 17, [[16, {"lr": 0.5}]], GIVEN["sources"])
    assert "# in the page, this came 2 updates later, before update 17: fit trains whole epochs" in text
    assert "# the page is 3 updates further: fit trains whole epochs" in text
    assert run(text)[0]["optimizer"].lr == 0.5


def test_a_given_network_and_its_samples_are_in_the_program(node):
    x, y, *_ = arrays(SETTINGS)
    model = nn.Sequential(nn.Layer(2, 3, "tanh", bias=False), nn.Maxout(3, 2, 3), nn.Layer(2, 1, "linear"))
    given = page_data(model, x, y, None)
    found = node.call(MODULE, "experiment", given, {}, 20, [])
    text, = node.call(MODULE, "program", given, {}, 20, [], GIVEN["sources"])
    np.testing.assert_allclose(read(run(text)[0]["model"].parameters()), found["numbers"], rtol=1e-9, atol=1e-12)
