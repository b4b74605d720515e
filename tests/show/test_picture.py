"""A picture as SVG, and as a file."""
import os
import xml.etree.ElementTree as ET

import pytest
from references.show.pictures import SVG, example_a, frame

from autograd_tiny.show import picture
from autograd_tiny.show.draw import draw
from autograd_tiny.show.theme import LIGHT


@pytest.fixture
def drawn():
    return draw(example_a()[0])


def size_of_png(content):
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert content.endswith(b"IEND\xaeB`\x82")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


# ---- the SVG

def test_lines_are_in_the_middle_of_their_boxes():
    f, _ = example_a()
    for group in ET.fromstring(draw(f).svg).iter(f"{SVG}g"):
        outline = next(group.iter(f"{SVG}path"), None)
        if group.get("class") == "node" and outline is not None:
            left, _, right, _ = frame(outline)
            for text in group.iter(f"{SVG}text"):
                assert text.get("text-anchor") == "middle"
                assert float(text.get("x")) == pytest.approx((left + right) / 2, abs=0.01)


def test_the_svg_has_a_title_and_a_white_ground():
    f, _ = example_a()
    drawn = draw(f)
    root = ET.fromstring(drawn.svg)
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "The computation of f"
    assert next(root.iter(f"{SVG}polygon")).get("fill") == LIGHT.page
    assert drawn._repr_svg_() == drawn.svg
    assert repr(drawn) == "<Picture: The computation of f>"


# ---- files

def test_save_svg_and_dot(drawn, tmp_path):
    assert drawn.save(tmp_path / "f.svg") == tmp_path / "f.svg"
    assert (tmp_path / "f.svg").read_text(encoding="utf-8") == drawn.svg
    drawn.save(str(tmp_path / "f.DOT"))
    assert (tmp_path / "f.DOT").read_text(encoding="utf-8") == drawn.source
    assert sorted(os.listdir(tmp_path)) == ["f.DOT", "f.svg"]


def test_the_png_in_memory_is_that_of_the_file(drawn, tmp_path):
    assert drawn.png == drawn.save(tmp_path / "f.png").read_bytes()
    assert size_of_png(drawn.png)[0] > 100


def test_save_png_is_crisp(drawn, tmp_path):
    width, _ = size_of_png(drawn.save(tmp_path / "f.png").read_bytes())
    points = float(ET.fromstring(drawn.svg).get("width").removesuffix("pt"))
    assert width == pytest.approx(points / 72 * picture.CRISP, rel=0.1)


def test_save_png_of_a_huge_picture_stays_within_memory(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(picture, "MOST_DOTS", 10_000)
    width, height = size_of_png(drawn.save(tmp_path / "f.png").read_bytes())
    assert width * height <= 1.1 * 10_000


@pytest.mark.parametrize("name", ["f.xyz", "f", "f.svg.gz"])
def test_save_names_an_ending_it_does_not_know(drawn, tmp_path, name):
    with pytest.raises(ValueError, match=name):
        drawn.save(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_save_names_a_folder_that_is_missing(drawn, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*missing"):
        drawn.save(tmp_path / "missing" / "f.svg")


def test_a_failed_save_leaves_everything_as_it_was(drawn, tmp_path, monkeypatch):
    (tmp_path / "f.svg").write_text("before")

    def fail(source, target):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        drawn.save(tmp_path / "f.svg")
    assert os.listdir(tmp_path) == ["f.svg"]
    assert (tmp_path / "f.svg").read_text() == "before"
