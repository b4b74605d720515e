"""perceptron(): the points of a reader as the page gets them, and what is refused."""
import json
import re

import numpy as np
import pytest

from autograd_tiny import perceptron
from autograd_tiny.show.page import Page

X, Y = [[0.0, 1.0], [1.0, 0.5], [-1.0, 2.0]], [0, 1, 0]


def data(page):
    return json.loads(re.search(r"\$main\.start\((\{.*\})\);", page.html)[1])


@pytest.mark.parametrize(("x", "y", "names"), [
    (X, Y, ["0", "1"]), (np.array(X), np.array([-1, 1, -1]), ["-1", "1"]), (X, ["cat", "dog", "cat"], ["cat", "dog"]),
    (X, [False, True, False], ["False", "True"]),
])
def test_points_and_labels_of_any_kind(x, y, names):
    found = data(perceptron(x, y, lr=0.5, digits=3))
    assert found["points"] == [[*place, t] for place, t in zip(X, Y, strict=True)] and found["names"] == names
    assert (found["rate"], found["digits"]) == (0.5, 3)


def test_a_data_frame():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["a", "b"])
    assert data(perceptron(frame, pd.Series(Y)))["points"] == data(perceptron(X, Y))["points"]


def test_points_of_one_class():
    assert {t for *_, t in data(perceptron(X, [1, 1, 1]))["points"]} == {0}


@pytest.mark.parametrize(("arguments", "options", "error", "message"), [
    ((X,), {}, TypeError, "needs the points and their classes"), ((X, [0, 1]), {}, ValueError, "3 points .*, got 2"),
    ((X, [0, 1, 2]), {}, ValueError, "two classes are expected, got 3"), (([], []), {}, ValueError, "1 to 200 points"),
    (([[0.0, 1.0]] * 201, [0] * 201), {}, ValueError, "got 201"),
    (([[0.0]], [0]), {}, ValueError, "points of two numbers"), (([[0.0, 1e7]], [0]), {}, ValueError, "1e6"),
    (([[0.0, float("nan")]], [0]), {}, ValueError, "points of two numbers"), (("ab", [0]), {}, TypeError, "X: a list"),
    ((X, [[0], [1], [0]]), {}, TypeError, "y: a label for each point"),
    ((), {"data": "spiral"}, ValueError, "data is 'clouds', .* or 'xor', got 'spiral'"),
    ((), {"lr": 0.0}, ValueError, "lr: a finite number above 0"), ((), {"lr": float("inf")}, ValueError, "lr"),
    ((), {"digits": 0}, ValueError, "digits"),
])
def test_what_does_not_fit_is_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        perceptron(*arguments, **options)


def test_the_page_is_one_small_file(tmp_path):
    page = perceptron()
    assert isinstance(page, Page) and repr(page) == "<PerceptronPage: One unit, two ways to learn>"
    assert len(page.html) < 130_000 and "://" not in page.html.replace("http://www.w3.org/2000/svg", "")
    assert page.save(tmp_path / "p.html").read_text(encoding="utf-8") == page.html
