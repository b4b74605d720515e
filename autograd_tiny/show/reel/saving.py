"""Saving a film in a file that plays by itself; the ending of its name says which kind."""
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...boundary.arguments import describe, real
from ...boundary.bars import with_bar
from ...boundary.files import check_writable, file_name, write_file
from ...boundary.text import as_entity, printable, quoted
from ..page import Page
from ..theme import palette
from .drawing import PAUSE, TWINS, Reel, colours_of
from .pixels import Painter

if TYPE_CHECKING:
    from .encoding import Frames

PAGES, PICTURES = (".html", ".htm"), (".svg", ".gif", ".webp", ".mp4")
SHORTEST, LONGEST = 0.05, 60.0      # seconds of a frame: browsers slow faster GIFs down
MOST_SIDE = 4096                    # pixels: a larger video plays on no phone
LEAST_SCALE, MOST_SCALE = 0.1, 8.0


class FilmPage(Page):
    """A page with a film, which can be saved as a film without a page, too."""

    def save(
        self, path: str | os.PathLike[str], *, theme: str = "auto", seconds: float | None = None,
        scale: float | None = None,
    ) -> Path:
        """Write the film to a file. An error leaves an earlier file as it was, and no unfinished one.

        A page (.html) has controls. An animated picture (.svg) plays again and again in a browser or in a README, and
        is light or dark as the page around it. For .gif, .webp and .mp4 the extra `film` installs what is needed.

        Args:
            path: A file name that ends in .html, .svg, .gif, .webp or .mp4.
            theme: "light" or "dark"; "auto" is light, but for an .svg, which then is as its surroundings.
            seconds: How long each step is seen, 0.05 to 60: 1.6 by default, 0.1 for a training on many samples. The
                last one stays longer.
            scale: The pixels of a .gif, .webp or .mp4 for each of the picture: 2 by default, 1 for a training on many
                samples, and fewer where a side would have more than 4096.

        Returns:
            The path.

        Raises:
            ImportError: A library for this kind of file is missing.
            TypeError: An option is given that this kind of file has no use for, or is of another type.
            ValueError: The name ends in something else, or an option is out of range.
            OSError: The folder does not exist, writing is not allowed, …: before the film is drawn, as far as that is
                known.
        """
        path = Path(file_name(path))
        suffix = path.suffix.lower()
        if suffix not in PAGES + PICTURES:
            endings = ".html, .svg, .gif, .webp or .mp4"
            raise ValueError(f"a file that ends in {endings} is expected, got {quoted(str(path))}")
        _check(suffix, theme, seconds, scale)
        seconds = _within("seconds", seconds, SHORTEST, LONGEST)
        scale = _within("scale", scale, LEAST_SCALE, MOST_SCALE)
        check_writable(path)
        if suffix in PAGES:
            return super().save(path)
        reel = self._reel(theme)
        write_file(path, contents(reel, suffix, theme, seconds or reel.seconds, scale or reel.scale))
        return path

    def _reel(self, theme: str) -> Reel:
        """The frames of the film."""
        raise NotImplementedError


def _check(suffix: str, theme: str, seconds: float | None, scale: float | None) -> None:
    palette(theme)
    if suffix in PAGES and (theme != "auto" or seconds is not None):
        name = "seconds" if theme == "auto" else "theme"
        raise TypeError(f"{name}: a page has buttons for that; a film as .svg, .gif, .webp or .mp4 takes it")
    if suffix in (*PAGES, ".svg") and scale is not None:
        raise TypeError(f"scale: a {suffix} is sharp at any size; a film as .gif, .webp or .mp4 takes it")


def _within(name: str, given: float | None, low: float, high: float) -> float | None:
    """A number of a range as a float, or None."""
    if given is None:
        return None
    found = real(name, given)
    if not low <= found <= high:
        raise ValueError(f"{name} is {low:g} to {high:g}, got {describe(given)}")
    return found


def contents(reel: Reel, suffix: str, theme: str, seconds: float, scale: float) -> bytes:
    """The bytes of a file."""
    if suffix == ".svg":
        return printable(reel.animated(theme, seconds), as_entity).encode()
    from .encoding import gif, mp4, webp            # here, since it needs NumPy

    theme = "dark" if theme == "dark" else "light"
    durations = [round(1000 * seconds)] * (reel.count - 1) + [round(1000 * PAUSE * seconds)]
    frames = _painted(reel, suffix, theme, scale)
    if suffix == ".gif":
        own = [TWINS.get(colour, colour) if theme == "dark" else colour for colour in colours_of(reel.root)]
        return gif(frames, durations, own)
    if suffix == ".webp":
        return webp(frames, durations, lossless=not reel.is_shaded)
    return mp4(frames, durations)


def _painted(reel: Reel, suffix: str, theme: str, scale: float) -> Frames:
    """The frames as images. They are kept as PNG, since all images together need much memory."""
    painter = Painter(f"a film as {suffix[1:].upper()}", ["av"] if suffix == ".mp4" else [])
    scale = min(scale, MOST_SIDE / max(reel.width, reel.height))
    size = _even(reel.width * scale), _even(reel.height * scale)
    drawn: list[bytes] = []

    def images() -> Iterator[Any]:
        if not drawn:
            drawn.extend(painter.paint(reel.frame(k, theme, size)) for k in with_bar(range(reel.count), "frames"))
        return map(painter.image, drawn)

    return images


def _even(x: float) -> int:
    """As videos need it."""
    return max(2, 2 * round(x / 2))
