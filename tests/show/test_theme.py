"""theme=: light, dark, or as the surroundings are."""
import re
import xml.etree.ElementTree as ET

import pytest
from references.show.folded import network

from autograd_tiny import compare_modes, network_diagram
from autograd_tiny.show.draw import draw
from autograd_tiny.show.theme import DARK, LIGHT, merged

COLOUR = re.compile("#[0-9a-f]{6}")


def colours_of(palette):
    return {*palette.classes, *(colour for colour in vars(palette).values() if isinstance(colour, str))}


def drawings():
    loss, model = network()
    return [
        lambda theme: draw(loss, theme=theme), lambda theme: draw(loss, depth=2, theme=theme),
        lambda theme: draw(loss, color="gradient", depth=3, theme=theme),
        lambda theme: draw(loss, color="value", highlight=model.layers[0].neurons[0].b, theme=theme),
        lambda theme: network_diagram(model, theme=theme),
        lambda theme: network_diagram(model, theme=theme, color="gradient"),
    ]


def test_the_dark_theme_has_no_colour_of_the_light_one():
    loss, model = network()
    for options in ({}, {"depth": 2}, {"highlight": model.layers[0].neurons[0].b}):
        used = set(COLOUR.findall(draw(loss, theme="dark", **options).svg))
        assert used <= colours_of(DARK) and DARK.page in used
        used = set(COLOUR.findall(draw(loss, theme="light", **options).svg))
        assert used <= colours_of(LIGHT) and LIGHT.page in used


@pytest.mark.parametrize("drawn", drawings())
def test_a_picture_in_both_themes_is_the_dark_one_where_its_surroundings_are_dark(drawn):
    both, dark = drawn("auto"), drawn("dark").svg
    twins = dict(re.findall(r"light-dark\((#\w{6}),(#\w{6})\)", both.svg))
    bare = re.sub(r' class="themed[^"]*"|<style>.*</style>\n', "", both.svg)
    assert COLOUR.sub(lambda colour: twins[colour[0]], bare) == dark
    assert both.source == drawn("light").source


def test_a_comparison_of_modes_has_both_themes_too():
    svg = compare_modes(lambda a, b: a * b + b, 2.0, 3.0).draw().svg
    assert f"light-dark({LIGHT.gradient},{DARK.gradient})" in svg


def test_a_light_colour_with_two_dark_ones_is_told_apart_in_the_last_bits():
    light = '<font color="#ffffff">color="#abc123"</font> a [color="#ffffff", fillcolor="#ffffff"]'.replace(
        'color="#abc123"', "color=&quot;#abc123&quot;"
    )
    found, twins = merged(light, light.replace('<font color="#ffffff"', '<font color="#000000"').replace(
        'fillcolor="#ffffff"', 'fillcolor="#111111"'
    ))
    assert twins == {"#ffffff": "#000000", "#fffffe": "#ffffff", "#fffffd": "#111111"}
    assert COLOUR.findall(found) == ["#ffffff", "#abc123", "#fffffe", "#fffffd"]


def test_a_picture_has_a_style_that_no_other_picture_takes_over():
    names = {ET.fromstring(drawn("auto").svg).get("class") for drawn in drawings()[:4]}
    assert len(names) == 4


@pytest.mark.parametrize("theme", [["dark"], None, 1])
def test_a_theme_that_is_no_text_is_refused(theme):
    loss, model = network()
    for drawn in (loss, model):
        with pytest.raises(TypeError, match="theme: 'auto', 'light' or 'dark' is expected, got "):
            draw(drawn, theme=theme)
