"""theme=: light and dark."""
import re

from references.show.folded import network

from autograd_tiny.show.draw import draw
from autograd_tiny.show.theme import DARK, LIGHT


def test_the_dark_theme_has_no_colour_of_the_light_one():
    loss, model = network()
    for options in ({}, {"depth": 2}, {"highlight": model.layers[0].neurons[0].b}):
        used = set(re.findall("#[0-9a-f]{6}", draw(loss, theme="dark", **options).svg))
        assert used <= set(vars(DARK).values()) and DARK.page in used
        used = set(re.findall("#[0-9a-f]{6}", draw(loss, **options).svg))
        assert used <= set(vars(LIGHT).values()) and LIGHT.page in used
