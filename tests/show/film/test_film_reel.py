"""The frames of a film of a graph: in each the numbers and the sentence that the page shows in that step."""
import re
from xml.etree import ElementTree

import pytest
from references.show.films import network, sample_loss
from references.worked_examples import example_a

from autograd_tiny import Value, play, textbook
from autograd_tiny.show import layout
from autograd_tiny.show.reel.drawing import TWINS, colours_of
from autograd_tiny.show.theme import LIGHT


def frames(player):
    reel = player._reel("light")
    return [ElementTree.fromstring(reel.frame(k, "light")) for k in range(reel.count)]


def texts(frame):
    """All texts, each in one piece."""
    return ["".join(text.itertext()) for text in frame.iter("{http://www.w3.org/2000/svg}text")]


def of_part(frame, name):
    return ["".join(text.itertext()) for group in frame.iter() if group.get("id") == name
            for text in group.iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture(params=["graphviz", "own"])
def each_layout(request, monkeypatch):
    if request.param == "own":
        monkeypatch.setattr(layout, "layout_programs", lambda: iter(()))


@pytest.mark.usefixtures("each_layout")
def test_the_numbers_appear_step_by_step():
    player = play(example_a()["f"])
    found = frames(player)
    a, b, f = "n0", "n1", next(step.lit[0] for step in player.film.steps if "starts at f" in step.says)
    assert of_part(found[0], a) == ["a", "−1"] and of_part(found[0], f) == ["f = x·y"]
    assert of_part(found[-1], a) == ["a", "−1", "7"] and of_part(found[-1], b) == ["b", "3", "9"]
    assert of_part(found[-1], f) == ["f = x·y", "14", "1"]
    so_far = [of_part(frame, b)[2:] for frame in found]
    assert [x for k, x in enumerate(so_far) if k == 0 or x != so_far[k - 1]] == [[], ["7"], ["9"]]


@pytest.mark.usefixtures("each_layout")
@pytest.mark.parametrize("options", [{}, {"depth": 2}, {"depth": 1}, {"rankdir": "TB"}])
def test_every_frame_has_the_numbers_that_the_page_has(options):
    model = network()
    for player in (play(sample_loss(model), **options), play(model, [0.1, 0.2], [1.0], steps=2, **options)):
        parts = {slot.part for step in player.film.steps for slot, *_ in step.shows}
        now = {}
        for step, frame in zip(player.film.steps, frames(player), strict=True):
            now |= {slot: text for slot, text, _ in step.shows}
            for part in parts & {group.get("id") for group in frame.iter()}:
                own = [text for slot, text in now.items() if slot.part == part and text is not None]
                shown = of_part(frame, part)
                assert all(shown.count(text) >= own.count(text) for text in own), (part, own, shown)
                missing = [slot for slot, text in now.items() if slot.part == part and text is None]
                assert not missing or len(shown) <= len(own) + 4


@pytest.mark.usefixtures("each_layout")
def test_the_sentence_is_there_and_the_parts_that_it_is_about_are_lit():
    player = play(example_a()["f"])
    for step, frame in zip(player.film.steps, frames(player), strict=True):
        said = " ".join(texts(frame))
        assert all(word in said for word in step.says.split())
        assert ("Backward" in said) == (step.phase == "backward")
        lit = [shape for shape in frame.iter() if shape.get("stroke") == LIGHT.accent]
        assert bool(lit) == bool(step.lit)


def test_the_total_has_the_colour_of_gradients_also_where_the_line_breaks():
    name = "a name of many words that breaks the line"
    a, b = Value(2.0, name), Value(3.0, "b")
    f = a * b + a
    player = play(f)
    step, frame = next(pair for pair in zip(player.film.steps, frames(player), strict=True) if pair[0].total)
    total = [span.text for span in frame.iter("{http://www.w3.org/2000/svg}tspan")]
    assert " ".join(total).split() == step.total.split()


def test_all_colours_have_a_dark_side():
    model = network()
    for player in (play(sample_loss(model), depth=2), play(model, [0.1, 0.2], [1.0], steps=1)):
        assert {*colours_of(player._reel("light").root)} <= {*TWINS}


@pytest.mark.parametrize("label", [
    "<script>window.pwned=1</script>", "</text><script>", '"><img onerror=pwned()>', "&amp;]]>", "a\x1b[31m\0",
    "漢字 😀", "x" * 10_000,
])
def test_labels_are_text_and_never_fill_a_frame(label):
    a, b = Value(1.0, label), Value(2.0, "b")
    f = a * b
    f.label = label
    reel = play(f)._reel("light")
    svg = reel.animated("auto", 1.0)
    root = ElementTree.fromstring(svg)
    assert "<script" not in svg and "<img" not in svg and "\x1b" not in svg
    assert reel.height < 600 and reel.width <= 1300
    assert all(len(text) < 200 for text in texts(root))


def test_films_of_all_kinds_have_frames():
    x = textbook.Value(2.0, label="x")
    frozen = Value(1.0, "w", requires_grad=False) * 2.0
    for output, count in ((x * x, None), (Value(1.0, "a"), 3), (frozen, 3)):
        player = play(output)
        assert len(frames(player)) == len(player.film.steps) >= 3
        assert count in (None, len(player.film.steps))


def test_no_text_stands_where_the_curve_of_the_losses_may_go():
    for frame in frames(play(network(), [0.1, 0.2], [1.0], steps=3)):
        axes = next(path for path in frame.iter("{http://www.w3.org/2000/svg}path") if "V" in path.get("d", ""))
        left, top, bottom = map(float, re.match(r"M(.+),(.+)V(.+)H", axes.get("d")).groups())
        beside = [text for text in frame.findall("{http://www.w3.org/2000/svg}text")
                  if top - 10 < float(text.get("y")) < bottom + 10]
        assert [text.text for text in beside][1] == "loss"
        assert all(text.get("text-anchor") == "end" and float(text.get("x")) < left for text in beside)


def test_a_training_draws_the_losses_that_are_known():
    player = play(network(), [0.1, 0.2], [1.0], steps=3)
    known = [
        max((len(line.get("points").split()) for line in frame.iter("{http://www.w3.org/2000/svg}polyline")), default=0)
        for frame in frames(player)
    ]
    assert known == [step.losses for step in player.film.steps]


def test_the_page_is_the_same_after_its_frames_were_drawn():
    player = play(example_a()["f"])
    before = player.html
    first, second = (player._reel("light").animated("auto", 1.0) for _ in range(2))
    assert first == second and player.html == before
    assert not re.search(r"data-(slot|seen)", first)
