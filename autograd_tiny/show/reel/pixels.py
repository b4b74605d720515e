"""SVG to pixels, by resvg, in a font that matplotlib brings along."""
from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ...boundary.libraries import missing

# resvg leaves a text out where it finds no font of the name; for letters that this one lacks it looks in all others
FONT, FILES = "DejaVu Sans", ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
PACKAGES = {"av": "av", "matplotlib": "matplotlib", "PIL.Image": "pillow", "resvg_py": "resvg-py"}


def libraries(names: Sequence[str], purpose: str) -> list[Any]:
    """Libraries of the extra film. ImportError that names all that are missing."""
    found, absent = [], []
    for name in names:
        try:
            found.append(import_module(name))
        except ImportError:
            absent.append(PACKAGES[name])
    if absent:
        raise missing(absent, purpose, "film")
    return found


class Painter:
    """Draws the frames of a film as images of Pillow. ImportError if a library is missing, for the file too."""

    def __init__(self, purpose: str, others: Sequence[str] = ()) -> None:
        names = ["PIL.Image", "resvg_py", "matplotlib", *others]
        self._image, self._resvg, matplotlib, *_ = libraries(names, purpose)
        folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
        self._options: dict[str, Any] = {
            "font_files": [str(folder / name) for name in FILES], "font_family": FONT, "sans_serif_family": FONT,
        }

    def paint(self, svg: str) -> bytes:
        """One frame as PNG."""
        found: bytes = self._resvg.svg_to_bytes(svg_string=svg, **self._options)
        return found

    def image(self, png: bytes) -> Any:
        """The image of a PNG, without transparency."""
        return self._image.open(io.BytesIO(png)).convert("RGB")
