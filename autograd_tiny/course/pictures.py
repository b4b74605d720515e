"""write_pictures: the pictures and pages of the course as files, to project in a class or to put into slides."""
from __future__ import annotations

import random
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from ..engine.graph import topological_order
from ..engine.value import Value
from ..nn.init import uniform
from ..nn.network import Network
from ..show.draw import draw
from ..show.explore.explorer import explore
from ..show.film.player import play
from ..show.perceptron.perceptron import perceptron
from ..show.playground.playground import playground

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def write_pictures(folder: str | PathLike[str]) -> list[Path]:
    """Write the pictures of the course to a folder: SVG files, and pages that need no network.

    Args:
        folder: It is made if it isn't there. Files of the same names are replaced.

    Returns:
        The files, in the order of the chapters.

    Raises:
        OSError: A file can't be written.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name, made in PICTURES.items():
        made().save(place / name)
        written.append(place / name)
    return written


def expression() -> Value:
    """f = (a + b)(b + c), with its gradients."""
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = a + b, b + c
    f = x * y
    x.label, y.label, f.label = "x", "y", "f"
    f.backward()
    return f


def small_network() -> tuple[Network, Value]:
    """The 2-2-2 network of chapter 4, and its error."""
    edges = [(i, h) for i in ("i1", "i2") for h in ("h1", "h2")] + [(h, o) for h in ("h1", "h2") for o in ("o1", "o2")]
    network = Network(edges, activation="sigmoid")
    weights = [0.27, 0.37, 0.57, 0.47, 0.60, -0.75, 0.70, 0.15]
    for k, (edge, weight) in enumerate(zip(edges, weights, strict=True), 1):
        network.w[edge].data, network.w[edge].label = weight, f"w{k}"
    network.b["h1"] = network.b["h2"] = Value(0.4, "b1")
    network.b["o1"] = network.b["o2"] = Value(0.2, "b2")
    first, second = network([0.1, 0.2])
    error = 0.5 * (first - 0.5) ** 2 + 0.5 * (second - 0.5) ** 2
    error.label = "E"
    named = {value.label: value for value in topological_order(error)}
    named["o1"].parents[0].label, named["o2"].parents[0].label = "z1", "z2"
    error.backward()
    return network, error


def xor_film() -> Any:
    """The film of a 2-3-1 network that learns XOR, as in chapter 5."""
    hidden, between = ("h1", "h2", "h3"), uniform(0.1, 0.9)
    network = Network(
        [(i, h) for i in ("i1", "i2") for h in hidden] + [(h, "o") for h in hidden],
        init=between, bias_init=between, rng=random.Random(1),
    )
    return play(network, *XOR, loss="squared_error", optimizer="sgd", lr=4.0, epochs=500)


PICTURES: dict[str, Callable[[], Any]] = {
    "1-expression.svg": lambda: draw(expression()),
    "1-film.html": lambda: play(expression()),
    "1-explore.html": lambda: explore(expression()),
    "4-network.svg": lambda: draw(small_network()[0]),
    "4-backpropagation.svg": lambda: draw(small_network()[1], rankdir="TB", digits=3),
    "4-backpropagation.html": lambda: play(small_network()[1], rankdir="TB", digits=3),
    "5-xor.html": xor_film,
    "6-perceptron.html": perceptron,
    "6-perceptron-xor.html": lambda: perceptron(data="xor"),
    "7-playground.html": playground,
}
