"""The colours: legible on both grounds, one meaning for each, and pairs that colour-blind readers can tell apart."""
from itertools import combinations

import pytest

from autograd_tiny.boundary.colours import DARK, LIGHT, contrast, linear, mixed

# G. Machado, M. Oliveira and L. Fernandes, A physiologically-based model for simulation of color vision deficiency
# (2009): what remains of linear red, green and blue without the cones for long, middle and short waves
SIGHT = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}
APART, FAR_APART = 0.11, 0.15           # distances in Oklab, in which two shades that just differ are 0.02 apart
MEANINGS = ("value", "gradient", "positive", "negative", "accent")
both = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def seen(colour, sight):
    """The Oklab coordinates of a colour as it is seen (B. Ottosson, 2020)."""
    shares = [
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear(colour), strict=True)))) for row in SIGHT[sight]
    ]
    cones = [
        sum(a * b for a, b in zip(row, shares, strict=True)) ** (1 / 3)
        for row in (
            (0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        )
    ]
    return [
        sum(a * b for a, b in zip(row, cones, strict=True))
        for row in (
            (0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
            (0.0259040371, 0.7827717662, -0.8086757660),
        )
    ]


def distance(one, other, sight):
    pairs = zip(seen(one, sight), seen(other, sight), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def named(colours):
    return {name: getattr(colours, name) for name in MEANINGS} | {
        f"class {k}": colour for k, colour in enumerate(colours.classes[:2])
    }


@both
def test_text_is_legible_on_page_and_panel(colours):
    for ground in (colours.page, colours.panel):
        for name in ("ink", "quiet", *MEANINGS):
            assert contrast(getattr(colours, name), ground) >= 4.5, (name, ground)


@both
def test_the_marks_of_classes_stand_out_from_the_ground(colours):
    for ground in (colours.page, colours.panel):
        for colour in colours.classes:
            assert contrast(colour, ground) >= 3.0, (colour, ground)


@both
@pytest.mark.parametrize("sight", SIGHT)
def test_everyone_can_tell_the_two_colours_of_a_pair_apart(colours, sight):
    for one, other in (
        (colours.value, colours.gradient), (colours.positive, colours.negative), colours.classes[:2],
    ):
        assert distance(one, other, sight) >= FAR_APART, (one, other)


@both
@pytest.mark.parametrize("sight", SIGHT)
def test_everyone_can_tell_four_classes_apart(colours, sight):
    for one, other in combinations(colours.classes[:4], 2):
        assert distance(one, other, sight) >= APART, (one, other)


@both
def test_each_meaning_has_a_colour_of_its_own(colours):
    for (name, one), (other_name, other) in combinations(named(colours).items(), 2):
        assert distance(one, other, "normal") >= APART, (name, other_name)
    assert len(set(colours.classes)) == len(colours.classes)


def test_both_themes_have_as_many_classes():
    assert len(LIGHT.classes) == len(DARK.classes)


def test_the_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == 1.0


def test_a_colour_between_two():
    assert mixed("#000000", "#ff8040", 0.5) == "#804020"
    assert mixed("#123456", "#ff8040", 0.0) == "#123456"
