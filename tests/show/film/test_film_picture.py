"""Pictures of films: slots find their numbers, tooltips stay, and edges at folded modules know what they connect."""
from functools import partial

import pytest

from autograd_tiny import Value, topological_order
from autograd_tiny.show.film.film import Slot
from autograd_tiny.show.film.film_picture import FilmPicture
from autograd_tiny.show.film.film_scene import FilmScene
from autograd_tiny.show.graph.arguments import folding_of
from autograd_tiny.show.graph.drawing import dot_source
from autograd_tiny.show.picture import Picture
from references.show.films import network, sample_loss


def picture_of(output, depth=None):
    values = topological_order(output)
    scene = FilmScene(output, values, 4, folding_of(values, [output], depth, ()))
    return FilmPicture(Picture(partial(dot_source, scene, "LR"), scene.title()).svg)


def example():
    f = Value(2.0, "a & b") * 5.0
    f.label = "f"
    return f


@pytest.mark.parametrize("slot, text", [
    (Slot("n0", "value"), "2"), (Slot("n0", "gradient"), "5"), (Slot("d1_0", "local derivative"), "5"),
    (Slot("c1_1", "constant"), "5"), (Slot("n1", "value"), "10"),
])
def test_the_text_of_a_slot_is_marked_with_its_number(slot, text):
    picture = picture_of(example())
    picture.mark({slot: 7})
    assert [each.text for each in picture.root.iter("text") if each.get("data-slot") == "7"] == [text]
    assert picture.svg.count("data-slot") == 1


def test_a_tooltip_is_a_title_and_no_link_is_left():
    picture = picture_of(example())
    assert picture.parts["n0"][0].text == "a & b: value 2.0, gradient 5.0"
    assert "<title>a &amp; b: value 2.0" in picture.svg
    assert picture.parts["e1_0a"].find("title") is None
    for absent in ("<a", "xlink", "font-family", "<!--", ":svg", "xml:"):
        assert absent not in picture.svg
    assert picture.svg.startswith("<svg width=") and 'role="img"' in picture.svg


def test_an_edge_at_a_folded_module_connects_two_boxes_with_or_without_a_number_on_it():
    picture = picture_of(sample_loss(network()), depth=2)
    ends = {*picture.bundles.values()}
    modules = sorted(name for name in picture.parts if name.startswith("m"))
    assert {name for pair in ends for name in pair} <= {name for name in picture.parts if name[0] in "nmo"}
    assert {*modules} <= {name for pair in ends for name in pair}
    halves = [name for name in picture.bundles if name.endswith(("a", "b"))]
    assert halves and all(picture.bundles[f"{name[:-1]}a"] == picture.bundles[f"{name[:-1]}b"] for name in halves)
    assert picture_of(sample_loss(network())).bundles == {}
