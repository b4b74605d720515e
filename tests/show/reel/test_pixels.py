"""Frames as images: texts are there, in any script, and what a label says is drawn and not obeyed."""
import pytest
from references.optional import needed

for name in ("PIL.Image", "matplotlib", "resvg_py"):
    needed(name, "film")

from autograd_tiny.show.reel.drawing import Reel, write  # noqa: E402
from autograd_tiny.show.reel.pixels import Painter  # noqa: E402
from autograd_tiny.show.theme import LIGHT  # noqa: E402


def ink(text, **attributes):
    """How many pixels of a text are dark."""
    reel = Reel("", 400, 40, 1, 1.0)
    write(reel.root, text, 4, 26, 18, LIGHT.ink, **attributes)
    painter = Painter("a test")
    image = painter.image(painter.paint(reel.frame(0, "light")))
    assert image.size == (400, 40) and image.mode == "RGB"
    return sum(count for count, pixel in image.getcolors(16_000) if sum(pixel) < 600)


@pytest.mark.parametrize("text", ["∂f/∂x", "v₁²⁻", "−1.5e−05", "σ(z) ≈ √π", "مرحبا", "éŷ", "<script>alert(1)</script>"])
def test_every_letter_is_drawn(text):
    each = [ink(letter) for letter in text if letter != " "]
    assert min(each) > 0
    assert ink(text) > max(each)


def test_bold_type_is_bold():
    assert ink("Backward", font_weight="bold") > 1.2 * ink("Backward")


@pytest.mark.parametrize("label", [
    "漢字", "\U0001f600\U0001f469\u200d\U0001f52c", "\u202edlrow", "x" * 10_000, "]]>&amp;<",
])
def test_labels_of_all_kinds_can_be_drawn(label):
    assert ink(f"∂{label}") > 0


@pytest.mark.parametrize("size", [(400, 40), (100, 12), (202, 18)])
def test_a_picture_has_the_size_that_was_asked_for(size):
    reel, painter = Reel("", 400, 40, 1, 1.0), Painter("a test")
    assert painter.image(painter.paint(reel.frame(0, "light", size))).size == size
