"""perceptron: a page on which one unit learns by the perceptron rule and by gradient descent, step by step."""
from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...boundary.arguments import describe, integer
from ...boundary.text import quoted, shortened
from ...engine.value import plain_float
from ..names import plain
from ..page import Page
from ..page.linking import script

FOLDER = Path(__file__).parent
MOST_POINTS = 200
OPERATIONS = ("add", "dot", "mul", "neg", "sigmoid", "softplus", "sub")
DATA = ("clouds", "overlap", "and", "or", "xor")
TITLE = "One unit, two ways to learn"


class PerceptronPage(Page):
    """The page that `perceptron` returns.

    Attributes:
        html: The whole document.
        title: The title of the page.
        height: The height of its frame in a notebook at first, in pixels.
    """


def perceptron(
    X: Any = None, y: Any = None, *, data: str = "clouds", lr: float = 0.1, digits: int = 4,  # noqa: N803
) -> PerceptronPage:
    """Show one unit and its line in the plane, which learns by the perceptron rule and by gradient descent.

    Both begin with the same line and take the points in turn. Each update is written out with its numbers. A click
    in the plane adds a point. Where no line can separate the two classes, as in XOR, the page says why.

    The page is one file that needs no network, and computes all numbers itself.

    F. Rosenblatt, The Perceptron (1958); A. Novikoff, On Convergence Proofs for Perceptrons (1962).

    Args:
        X: Points of your own, (points, 2), up to 200.
        y: Their classes, two different labels.
        data: The points to begin with, where none are given: "clouds", "overlap", "and", "or" or "xor".
        lr: The learning rate.
        digits: The significant digits of numbers.

    Returns:
        A page that a notebook shows, and that `save` writes to a file.

    Raises:
        TypeError: X or y has something else than numbers and labels, or only one of them is given.
        ValueError: There are no points or too many, a point has not two finite numbers, or there are not two classes;
            or an option is out of its range.
    """
    if data not in DATA:
        raise ValueError(f"data is {', '.join(map(repr, DATA[:-1]))} or {DATA[-1]!r}, got {quoted(data)}")
    lr, digits = plain_float(lr), integer("digits", digits)
    if not 0.0 < lr < float("inf"):
        raise ValueError(f"lr: a finite number above 0 is expected, got {lr}")
    given = {"points": None, "names": ["0", "1"]} if X is None and y is None else _points(X, y)
    style = "".join(
        files(package).joinpath(name).read_text(encoding="utf-8")
        for package, name in (("autograd_tiny.show.page", "page.css"), (__package__, "perceptron.css"))
    )
    body = '<main class="page perceptron" id="perceptron"></main>'
    content = {**given, "data": data, "rate": lr, "digits": digits, "title": TITLE, "most": MOST_POINTS}
    return PerceptronPage(
        TITLE, body, style=style, script=script(FOLDER / "main.js", content, OPERATIONS), height=1150
    )


def _points(given: Any, labels: Any) -> dict[str, Any]:
    """The points as [x, y, class], and the names of the classes."""
    if given is None or labels is None:
        raise TypeError("perceptron(X, y) needs the points and their classes")
    rows, classes = _listed("X", given), _listed("y", labels)
    if len(rows) != len(classes):
        raise ValueError(f"y: a class for each of the {len(rows)} points is expected, got {len(classes)}")
    if not 1 <= len(rows) <= MOST_POINTS:
        raise ValueError(f"X: 1 to {MOST_POINTS} points are expected, got {len(rows)}")
    found = sorted({*classes}, key=lambda label: (isinstance(label, str), label))
    if len(found) > 2:
        raise ValueError(f"y: two classes are expected, got {len(found)}: {', '.join(map(quoted, found[:4]))}")
    names = [plain(shortened(label)) for label in found] + ["1"] * (2 - len(found))
    return {
        "points": [[*_pair(row), found.index(label)] for row, label in zip(rows, classes, strict=True)], "names": names,
    }


def _listed(name: str, given: Any) -> list[Any]:
    """A list of an array, a column of a DataFrame or a sequence."""
    given = getattr(given, "values", given) if hasattr(given, "iloc") else given
    listed = given.tolist() if hasattr(given, "tolist") else given
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise TypeError(f"{name}: a list or an array is expected, got {describe(given)}")
    labels = name == "y"
    if labels and not all(isinstance(x, int | float | str | bool) for x in listed):
        raise TypeError(f"y: a label for each point is expected, numbers or texts, got {describe(listed[0])}")
    return list(listed)


def _pair(row: Any) -> tuple[float, float]:
    numbers = [plain_float(x) for x in row] if isinstance(row, Sequence) and not isinstance(row, str) else []
    if len(numbers) != 2 or not all(abs(x) <= 1e6 for x in numbers):
        raise ValueError(f"X: points of two numbers, up to 1e6 in size, are expected, got {describe(row)}")
    return numbers[0], numbers[1]
