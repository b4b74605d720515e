"""Frames in one SVG: each shows its own parts, and an animated picture shows all of them in turn."""
import re
from xml.etree import ElementTree

import pytest

from autograd_tiny.show.dot_language import points
from autograd_tiny.show.reel.drawing import PAUSE, Reel, add, fit, lines_of, write
from autograd_tiny.show.theme import DARK, LIGHT


def reel():
    """Three frames: a word in each, and a circle in the first two."""
    found = Reel("A <title> & more", 100, 50, 3, 0.5)
    for k, word in enumerate(["one", "two", "three"]):
        found.only_in(write(found.root, word, 0, 10, 12, LIGHT.ink), [k])
    found.only_in(add(found.root, "circle", cx=0, cy=0, r=2, fill=LIGHT.value), [0, 1])
    add(found.root, "rect", x=0, y=0, width=1, height=1, fill="white")
    return found


def words(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("}text")]


def test_a_frame_has_the_parts_that_are_seen_in_it_and_no_others():
    frames = [reel().frame(k, "light") for k in range(3)]
    assert [words(svg) for svg in frames] == [["one"], ["two"], ["three"]]
    assert ["<circle" in svg for svg in frames] == [True, True, False]
    assert "data-seen" not in "".join(frames) and "A &lt;title&gt; &amp; more" in frames[0]


def test_a_dark_frame_has_the_dark_colours_however_a_colour_is_spelt():
    light, dark = (reel().frame(0, theme) for theme in ("light", "dark"))
    assert LIGHT.ink in light and 'fill="white"' in light
    assert not any(colour in dark for colour in (LIGHT.ink, LIGHT.value, LIGHT.page, "white"))
    assert dark.count(f'fill="{DARK.page}"') == 2


def seen(svg):
    """For each part that comes and goes, when it is seen, as shares of the whole film."""
    rules = dict(re.findall(r"@keyframes (film-\w+-\d+)\{((?:[\d.]+%\{visibility:\w+\})+)\}", svg))
    return {
        element.text or element.tag: re.findall(r"([\d.]+)%\{visibility:(\w+)\}", rules[name])
        for element in ElementTree.fromstring(svg).iter()
        for name in re.findall(r"film-\w+-\d+", element.get("class", ""))
    }


def test_an_animated_picture_shows_the_frames_in_turn_and_the_last_one_for_longer():
    svg = reel().animated("light", 0.5)
    length = 2 + PAUSE
    first, second = f"{100 / length:.4g}", f"{200 / length:.4g}"
    when = seen(svg)
    assert when["one"] == [("0", "visible"), (first, "hidden"), ("100", "hidden")]
    assert when["two"] == [("0", "hidden"), (first, "visible"), (second, "hidden"), ("100", "hidden")]
    assert when["three"] == [("0", "hidden"), (second, "visible"), ("100", "visible")]
    assert f"{length * 0.5:g}s step-end infinite" in svg


def test_without_animations_an_animated_picture_is_its_last_frame():
    root = ElementTree.fromstring(reel().animated("light", 0.5))
    hidden = {element.text for element in root.iter() if element.get("visibility") == "hidden"}
    assert hidden == {"one", "two", None}, "the words of the others, and the circle"
    style = root[-1].text
    assert style.startswith("@media (prefers-reduced-motion: no-preference){")
    assert style[style.index("}}@keyframes flow") :].count("animation") == 0


def test_an_animated_picture_is_light_and_dark_as_its_surroundings_or_one_of_them():
    both, dark = (reel().animated(theme, 1.0) for theme in ("auto", "dark"))
    assert f'[fill="{LIGHT.ink}"]{{fill:light-dark({LIGHT.ink},{DARK.ink})}}' in both
    assert "light-dark" not in dark and DARK.ink in dark and LIGHT.ink not in dark


def test_two_films_in_one_page_share_no_name_unless_it_means_the_same():
    def rules(seconds, count):
        film = Reel("film", 100, 50, count, 0.5)
        for k in range(count):
            film.only_in(write(film.root, "word", 0, 10, 12, LIGHT.ink), [k])
        style = ElementTree.fromstring(film.animated("light", seconds))[-1].text
        return dict(re.findall(r"\.(film-\S+?)\{(.*?)\}", style))

    films = [rules(0.5, 3), rules(0.6, 3), rules(0.5, 4)]
    assert [*map(len, films)] == [3, 3, 4] and len({*films[0], *films[1], *films[2]}) == 10
    assert rules(0.5, 3) == films[0], "the same film has the same names again"


# ---- texts

def test_a_text_is_broken_between_words_and_cut_where_there_is_no_more_room():
    text = "the gradient of the result times the local derivative"
    lines = lines_of(text, 110, 10, 10)
    assert " ".join(lines) == text and len(lines) > 2
    assert all(points(line, 10) <= 110 for line in lines)
    assert lines_of(text, 110, 10, 2) == [lines[0], f"{lines[1][:-1]}…"]
    assert lines_of("", 150, 10, 2) == []


@pytest.mark.parametrize("text", ["x" * 500, "漢" * 100, "\U0001f600" * 50])
def test_a_word_that_is_too_long_is_broken_anywhere(text):
    lines = lines_of(text, 110, 10, 100)
    assert "".join(lines) == text
    assert all(points(line, 10) <= 110 for line in lines)
    assert len(lines_of(text, 1, 10, 3)) == 3, "one character is on each line, whatever its width"


def test_a_text_that_is_too_wide_becomes_smaller_and_others_stay():
    root = reel().root
    wide, narrow, without_room = (write(root, text, 0, 0, 12, LIGHT.ink) for text in ("−0.0001234", "1", "1"))
    fit(wide, 30)
    fit(narrow, 30)
    fit(without_room, -2)
    assert points(wide.text, float(wide.get("font-size"))) == pytest.approx(30, rel=1e-3)
    assert narrow.get("font-size") == without_room.get("font-size") == "12"
