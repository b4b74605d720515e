"""write_pictures: the pictures and pages of the course as files, to project in a class or to put into slides."""
from __future__ import annotations

import random
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from ..engine.value import Value
from ..nn.init import uniform
from ..nn.losses import half_squared_error
from ..nn.network import Network
from ..show.draw import draw
from ..show.explore.explorer import explore
from ..show.film.player import play
from ..show.perceptron.perceptron import perceptron
from ..show.playground.playground import playground
from .network_2_2_2 import network

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
    """The 2-2-2 network of chapter 4, and its error, with its gradients."""
    net, _ = network()
    outputs = net([0.1, 0.2])
    error = half_squared_error(outputs, [0.5, 0.5])
    error.label = "E"
    for k, output in enumerate(outputs, 1):
        output.parents[0].label = f"z{k}"
    error.backward()
    return net, error


def xor_film() -> Any:
    """The film of a 2-3-1 network that learns XOR, as in chapter 5."""
    hidden, between = ("h1", "h2", "h3"), uniform(0.1, 0.9)
    net = Network(
        [(i, h) for i in ("i1", "i2") for h in hidden] + [(h, "o") for h in hidden],
        init=between, bias_init=between, rng=random.Random(1),
    )
    return play(net, *XOR, loss="squared_error", optimizer="sgd", lr=4.0, epochs=500)


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
