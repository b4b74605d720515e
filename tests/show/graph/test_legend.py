"""The legend: the meaning of the colours that are there, and the scale of the fills."""
from references.show.folded import network, text
from references.show.pictures import SVG, example_a, read

import autograd_tiny as at
from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.show.theme import LIGHT


def test_the_legend_has_only_the_colours_that_occur():
    a, b = Value(2.0, "a"), Value(3.0, "b", requires_grad=False)

    def legend(drawn):
        texts = [text.text for text in read(drawn).root.findall(f"{SVG}g/{SVG}text")]
        return [text for text in texts if text in ("value", "gradient", "local derivative on the edge")]

    assert legend(draw(a * b)) == ["value", "gradient", "local derivative on the edge"]
    assert legend(draw(a)) == ["value", "gradient"]
    assert legend(draw(b)) == ["value"]
    with at.scope("part"):
        f = a * b
    assert legend(draw(f, depth=1)) == ["value", "gradient"]


def test_the_words_and_numbers_of_the_legend_are_apart():
    loss, _ = network()
    ends = []
    root = read(draw(loss, color="gradient")).root
    words = [text for text in root.findall(f"{SVG}g/{SVG}text") if text.text.strip()]
    row = [word for word in words if word.get("y") == words[-1].get("y")]
    assert len(row) == 3
    for word in row:
        half = 0.24 * len(word.text) * float(word.get("font-size"))         # in Helvetica
        at_middle = half if word.get("text-anchor") == "middle" else 0.0
        ends += [float(word.get("x")) - at_middle, float(word.get("x")) - at_middle + 2 * half]
    assert ends == sorted(ends)


def test_without_a_backward_pass_no_box_is_filled_by_gradient():
    f, _ = example_a()
    drawn = draw(f, color="gradient")
    assert "fill: gradient: no backward pass yet" in text(drawn)
    assert {node.fill for name, node in read(drawn).nodes.items() if name[0] == "n"} == {LIGHT.page}
