"""Films as files: of which kind, with which options, and what is refused."""
import os
import re
import sys
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
from references.optional import needed
from references.worked_examples import example_a

from autograd_tiny import play
from autograd_tiny.boundary.libraries import install
from autograd_tiny.show.film.player import Player
from autograd_tiny.show.reel import saving
from autograd_tiny.show.reel.drawing import PAUSE, Reel

LIBRARIES = ("av", "resvg_py", "PIL.Image", "matplotlib")


def film():
    return play(example_a()["f"])


@pytest.fixture
def libraries():
    """What the extra film installs."""
    for name in LIBRARIES:
        needed(name, "film")


@pytest.mark.parametrize(("name", "start"), [
    ("f.html", b"<!DOCTYPE html>"), ("f.HTM", b"<!DOCTYPE html>"), ("f.svg", b"<svg "), ("f.gif", b"GIF89a"),
    ("f.webp", b"RIFF"), ("f.mp4", b"\0\0\0"),
])
def test_the_ending_says_which_kind_of_file_is_written(tmp_path, name, start, request):
    if name.endswith(("gif", "webp", "mp4")):
        request.getfixturevalue("libraries")
    options = {} if "htm" in name.lower() or name.endswith("svg") else {"scale": 0.25}
    path = film().save(str(tmp_path / name), **options)
    assert path == tmp_path / name and path.read_bytes().startswith(start)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["f.png", "f.avi", "f", "f.gif.txt"])
def test_another_ending_is_refused_with_the_choices(tmp_path, name):
    with pytest.raises(ValueError, match=re.escape(".html, .svg, .gif, .webp or .mp4 is expected")):
        film().save(tmp_path / name)


@pytest.mark.parametrize(("name", "options", "error", "message"), [
    ("f.gif", {"theme": "blue"}, ValueError, "theme is 'auto', 'light' or 'dark'"),
    ("f.html", {"theme": "dark"}, TypeError, "theme: a page has buttons for that"),
    ("f.html", {"seconds": 1}, TypeError, "seconds: a page has buttons for that"),
    ("f.html", {"scale": 1}, TypeError, r"scale: a .html is sharp at any size"),
    ("f.svg", {"scale": 1}, TypeError, r"scale: a .svg is sharp at any size"),
    ("f.gif", {"seconds": 0.01}, ValueError, "seconds is 0.05 to 60, got float 0.01"),
    ("f.svg", {"seconds": float("nan")}, ValueError, "seconds is 0.05 to 60, got float nan"),
    ("f.gif", {"seconds": "fast"}, TypeError, "seconds: a number is expected, got str 'fast'"),
    ("f.mp4", {"scale": 0}, ValueError, "scale is 0.1 to 8, got int 0"),
    ("f.mp4", {"scale": True}, TypeError, "scale: a number is expected, got bool True"),
    ("f.svg", {"seconds": 10**400}, ValueError, "seconds is 0.05 to 60, got int 10{28}…0{30}$"),
    ("f.svg", {"seconds": 10**5000}, ValueError, "seconds is 0.05 to 60, got int$"),
    ("f.svg", {"theme": ["dark"]}, TypeError, r"theme: 'auto', 'light' or 'dark' is expected, got list \['dark'\]"),
    ("f.svg", {"theme": None}, TypeError, "theme: 'auto', 'light' or 'dark' is expected, got None"),
])
def test_options_that_make_no_sense_are_refused_before_anything_is_drawn(tmp_path, name, options, error, message):
    with pytest.raises(error, match=message):
        film().save(tmp_path / name, **options)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(("suffix", "absent", "message"), [
    (".gif", ["resvg_py"], "a film as GIF needs the library resvg-py"),
    (".webp", ["PIL.Image", "resvg_py"], "a film as WEBP needs the libraries pillow and resvg-py"),
    (".mp4", ["av"], "a film as MP4 needs the library av"),
    (".mp4", LIBRARIES, "a film as MP4 needs the libraries pillow, resvg-py, matplotlib and av"),
])
def test_a_missing_library_is_named_and_an_older_file_stays(tmp_path, monkeypatch, suffix, absent, message):
    for name in set(LIBRARIES) - {*absent}:
        needed(name, "film")
    for name in absent:
        monkeypatch.setitem(sys.modules, name, None)
    path = tmp_path / f"film{suffix}"
    path.write_bytes(b"older")
    with pytest.raises(ImportError) as caught:
        film().save(path, scale=0.25)
    assert str(caught.value) == f"{message}: {install('film')}"
    assert path.read_bytes() == b"older" and [*tmp_path.iterdir()] == [path]


def test_an_animated_picture_needs_no_library_of_the_extra(tmp_path, monkeypatch):
    for name in LIBRARIES:
        monkeypatch.setitem(sys.modules, name, None)
    svg = film().save(tmp_path / "f.svg", seconds=2).read_text(encoding="utf-8")
    count = len(film().film.steps)
    assert f"{(count - 1 + PAUSE) * 2:g}s step-end infinite" in svg
    assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_an_animated_picture_loads_nothing_and_runs_nothing(tmp_path):
    svg = film().save(tmp_path / "f.svg").read_text(encoding="utf-8")
    assert {*re.findall(r"https?://[^\"' <]*", svg)} == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<script|\bon\w+=|href|url\(|@import", svg)


@pytest.mark.parametrize("seconds", [np.float32(2), np.int64(2), Fraction(2)])
def test_any_real_number_is_a_number_of_seconds(tmp_path, seconds):
    found, wanted = (film().save(tmp_path / "f.svg", seconds=each).read_bytes() for each in (seconds, 2))
    assert found == wanted


@pytest.mark.parametrize("name", ["nowhere/f.svg", "nowhere/f.gif", "folder.gif", "file.gif"])
def test_a_film_that_cannot_be_written_is_not_drawn(tmp_path, monkeypatch, name):
    (tmp_path / "folder.gif").mkdir()
    (tmp_path / "file.gif").touch()
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: "file.gif" not in str(path) and access(path, mode))
    monkeypatch.setattr(Player, "_reel", lambda *_: pytest.fail("the film is drawn"))
    with pytest.raises(OSError, match=r"no folder|a folder of that name|write-protected"):
        film().save(tmp_path / name)


def test_an_error_while_a_film_is_drawn_leaves_no_file(tmp_path, monkeypatch, libraries):
    def fail(*_):
        raise MemoryError
    monkeypatch.setattr(saving.Painter, "paint", fail)
    with pytest.raises(MemoryError):
        film().save(tmp_path / "f.gif")
    assert not [*tmp_path.iterdir()]


def test_pictures_are_no_larger_than_a_video_may_be_and_have_even_sides(monkeypatch, libraries):
    sizes = []
    monkeypatch.setattr(Reel, "frame", lambda self, k, theme, size: sizes.append(size))
    monkeypatch.setattr(saving.Painter, "paint", lambda self, svg: svg)
    monkeypatch.setattr(saving.Painter, "image", lambda self, png: png)
    reel = film()._reel("light")
    for scale in (0.33, 1.0, 8.0):
        [*saving._painted(reel, ".mp4", "light", scale)()]
    assert len({*sizes}) == 3 and max(map(max, sizes)) == saving.MOST_SIDE
    assert all(side % 2 == 0 for size in sizes for side in size)
