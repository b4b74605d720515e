"""The frames of a training on many samples: the network, what it computes, and the loss of each epoch."""
import io
import random
from base64 import b64decode
from xml.etree import ElementTree

import numpy as np
import pytest
from references.optional import needed

from autograd_tiny import nn, play
from autograd_tiny.show.learning.training_reel import ticks
from autograd_tiny.show.names import readable
from autograd_tiny.show.theme import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"
X = np.random.default_rng(0).uniform(-1, 1, (20, 2))
Y = (X[:, 0] > X[:, 1]).astype(int)


def training(inputs=2, y=Y, last=1, **options):
    x = np.column_stack([X, X[:, :1]])[:, :inputs]
    model = nn.MLP(inputs, [3, last], "tanh", rng=random.Random(1))
    return play(model, x, y, epochs=4, seed=0, **({"loss": "binary_cross_entropy", "lr": 0.5} | options))


def frames(player, theme="light"):
    reel = player._reel(theme)
    return [ElementTree.fromstring(reel.frame(k, theme)) for k in range(reel.count)]


def said(frame):
    return ["".join(text.itertext()) for text in frame.iter(f"{SVG}text")]


def lines(frame):
    """The lines of weights: their colours and widths."""
    return [(path.get("stroke"), float(path.get("stroke-width"))) for path in frame.iter(f"{SVG}path")
            if path.get("stroke-linecap")]


def test_each_frame_has_the_loss_and_the_weights_of_its_epoch():
    player = training()
    course, found = player.course, frames(player)
    assert len(found) == 5
    largest = max(np.abs(numbers).max() for numbers in course.numbers)
    weights = [k for k, parameter in enumerate(course.loss_tape.parameters) if ".w" in parameter.label]
    for k, frame in enumerate(found):
        assert any(text.startswith(f"Epoch {k}: loss {readable(course.losses[k], 4)}") for text in said(frame))
        numbers = course.numbers[k][weights]
        expected = [(LIGHT.positive if x > 0 else LIGHT.negative, max(0.4, 7 * abs(x) / largest)) for x in numbers]
        shown = lines(frame)
        assert sorted(colour for colour, _ in shown) == sorted(colour for colour, _ in expected)
        assert sorted(w for _, w in shown) == pytest.approx(sorted(w for _, w in expected), abs=0.006)


def test_the_number_of_samples_that_are_right_is_that_of_the_model():
    player = training(loss="binary_cross_entropy")
    course = player.course
    outputs = np.array([course.model(row).data if hasattr(course.model(row), "data") else course.model(row)[0].data
                        for row in X.tolist()])
    right = int(((outputs > 0) == (Y == 1)).sum())
    assert any(f", {right} of 20 right" in text for text in said(frames(player)[-1]))


def test_the_plane_has_the_colours_of_the_outputs():
    image = needed("PIL.Image", "film")
    for theme, palette in (("light", LIGHT), ("dark", DARK)):
        player = training()
        frame = frames(player, theme)[-1]
        (plane,) = frame.iter(f"{SVG}image")
        data = b64decode(plane.get("href").removeprefix("data:image/png;base64,"))
        pixels = np.asarray(image.open(io.BytesIO(data))).astype(int)
        (left, right), (low, high) = player._data["plane"]
        page = np.array([int(palette.page[i : i + 2], 16) for i in (1, 3, 5)])
        ends = [np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) - page for colour in palette.classes[:2]]
        count = len(pixels)
        for row, column in ((2, 2), (2, count - 3), (count - 3, 2), (count - 3, count - 3)):
            x = left + (column + 0.5) * (right - left) / count, high - (row + 0.5) * (high - low) / count
            output = player.course.output_tape([x])
            side = ends[int(np.ravel(output)[0] > 0)]
            away = pixels[row, column] - page
            assert np.abs(np.cross(away, side)).max() <= 2 * np.abs(side).max() and away @ side > 0


def test_the_model_is_as_it_was_when_the_frames_are_drawn():
    needed("PIL.Image", "film")
    player = training()
    parameters = player.course.output_tape.parameters
    parameters[0].data = 0.125
    before = [parameter.data for parameter in parameters]
    first, second = (player._reel("light").frame(2, "light") for _ in range(2))
    assert [parameter.data for parameter in parameters] == before and first == second


def test_trainings_of_all_kinds_have_frames():
    needed("PIL.Image", "film")
    numbers = X[:, 0] ** 2
    several = np.eye(3)[np.arange(20) % 3]
    for player in (
        training(1, numbers, loss="squared_error"), training(2, numbers, loss="squared_error"),
        training(3), training(2, several, 3, loss="squared_error"), training(1),
    ):
        found = frames(player)
        assert len(found) == 5 and all(lines(frame) for frame in found)
        assert said(found[0]) != said(found[-1])


def test_a_model_without_a_diagram_has_frames_too():
    layer = nn.Neuron(1, "linear", rng=random.Random(0))

    class Own(nn.Module):
        def __init__(self):
            self.layer = layer

        def __call__(self, x):
            return self.layer(x).exp()

    player = play(Own(), X[:, :1], X[:, 0], epochs=2, lr=0.01)
    assert player._data["diagram"] is None
    assert len(frames(player)) == 3


def test_hostile_names_are_text():
    pandas = pytest.importorskip("pandas")
    name = '<script>alert(1)</script>"&'
    table = pandas.DataFrame({name: X[:, 0]})
    player = play(nn.Neuron(1, "linear", rng=random.Random(0)), table, X[:, 1], epochs=2, lr=0.01)
    svg = player._reel("light").frame(0, "light")
    assert "<script" not in svg and "&lt;script" in svg


def test_ticks_are_round_numbers_inside():
    assert ticks(-1.13, 1.2) == [-1.0, 0.0, 1.0]
    assert ticks(0.0, 0.31) == [0.0, 0.1, 0.2, 0.3]
    assert ticks(0.0, 100.0) == [0.0, 50.0, 100.0]
    assert ticks(1.0, 1.0) == ticks(0.0, float("inf")) == []
