"""color=: the scale of the fills, and text that stays legible on them."""
import re

import pytest
from hypothesis import given, strategies as st
from references.show.folded import network, text
from references.show.pictures import example_a, read

from autograd_tiny import Value
from autograd_tiny.show.draw import draw
from autograd_tiny.boundary.colours import contrast
from autograd_tiny.show.graph.shading import LEGIBLE, Shading
from autograd_tiny.show.theme import LIGHT, PALETTES


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("color", ["value", "gradient"])
@pytest.mark.parametrize("depth", [None, 2])
def test_text_is_legible_on_every_fill(theme, color, depth):
    loss, _ = network()
    page = PALETTES[theme].page
    for node in read(draw(loss, color=color, theme=theme, depth=depth, digits=3)).nodes.values():
        fill = page if node.fill in ("none", None) else node.fill
        assert min(contrast(colour, fill) for colour in node.colors) >= LEGIBLE


@pytest.mark.parametrize("theme", PALETTES)
def test_text_is_legible_where_something_is_highlighted(theme):
    f, _ = example_a()
    f.backward()
    for node in read(draw(f, highlight="gradients", theme=theme)).nodes.values():
        fill = PALETTES[theme].page if node.fill in ("none", None) else node.fill
        assert min(contrast(colour, fill) for colour in node.colors) >= LEGIBLE


def test_fills_say_sign_and_size():
    a, b = Value(-3.0, "a"), Value(1.0, "b")
    found = read(draw(a + b, color="value")).nodes
    assert [found[name].fill for name in ("n0", "n1", "n2")] == [
        Shading("value", [3.0, -3.0], LIGHT).fill(x) for x in (-3.0, 1.0, -2.0)
    ]
    legend = text(draw(a + b, color="value"))
    assert {"fill: value, purple below 0, green above 0", "−3", "1"} <= set(legend)
    assert "fill: value, green above 0" in text(draw(b + b, color="value"))


@given(st.lists(st.floats(), min_size=1, max_size=8))
def test_a_scale_takes_any_numbers(numbers):
    shading = Shading("value", numbers, LIGHT)
    for x in numbers:
        assert re.fullmatch("#[0-9a-f]{6}", shading.fill(x))
        assert x != x or -1.0 <= shading.position(x) <= 1.0
    assert all(re.fullmatch("#[0-9a-f]{6}", cell) for cell in shading.cells())
    ordered = sorted(x for x in numbers if x == x)
    positions = [shading.position(x) for x in ordered]
    assert positions == sorted(positions)


def test_a_scale_of_very_different_sizes_is_logarithmic():
    shading = Shading("gradient", [1e-3, 1e-3, 1e-2, 1.0], LIGHT)
    assert shading.is_logarithmic
    assert shading.position(-1e-2) == pytest.approx(-1 / 3)
    assert not Shading("gradient", [0.2, 0.5, 1.0], LIGHT).is_logarithmic
    values = [Value(x, f"x{x}") for x in (1e-3, 2e-3, 1e-2, 1.0)]
    assert "fill: value, logarithmic, green above 0" in text(draw(values, color="value"))
