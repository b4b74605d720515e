"""A picture that a layout program draws, for a notebook or a file."""
from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..boundary.files import file_name, write_file
from ..boundary.svg_themes import in_both_themes
from ..boundary.text import as_entity, printable, quoted
from .layout import lay_out
from .theme import DARK, Palette, merged, palette

CRISP = 144                         # dots per inch
TEXT_SUFFIXES = (".mmd", ".txt")
MOST_DOTS = 100_000_000             # of a PNG: 400 MB of memory while it is made


class Picture:
    """A picture of a graph, which Jupyter shows as SVG and `save` writes to a file.

    A layout program runs when the picture is first looked at, not before. With the theme "auto" the SVG is light or
    dark as the notebook or the page around it is; a PNG and a PDF are light.

    Attributes:
        title: A description for screen readers.
    """

    suffixes: tuple[str, ...] = (".svg", ".png", ".pdf", ".dot")        # of files

    def __init__(self, write: Callable[[Palette], str], title: str, theme: str = "auto") -> None:
        self._write = write         # writes the graph in the language of dot, in given colours, when it is needed
        self._theme = theme
        self.title = title

    @property
    def source(self) -> str:
        """The graph in the language of Graphviz's dot."""
        return printable(self._source, as_entity)

    @property
    def svg(self) -> str:
        """The picture as an SVG element, for a page or a file. RuntimeError if no layout program runs."""
        return printable(self._svg, as_entity)

    @property
    def png(self) -> bytes:
        """The picture as a PNG, for IPython.display.Image(…). RuntimeError if no layout program runs.

        A notebook that is not trusted shows it, but no SVG.
        """
        return self._as(".png")

    @cached_property
    def _source(self) -> str:
        return self._write(palette(self._theme))

    @cached_property
    def _svg(self) -> str:
        source, twins = self._source, dict[str, str]()
        if self._theme == "auto":
            source, twins = merged(source, self._write(DARK))
        text = lay_out(source, "svg").decode(errors="replace")
        _, tag, inside = re.split(r"(<svg\b[^>]*>)", text, maxsplit=1)
        svg = f'{tag[:-1]} role="img">\n<title>{html.escape(self.title)}</title>{_centred(inside)}'
        return in_both_themes(svg, twins) if twins else svg

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file. After an error there is no new file, and an older one is as it was.

        Args:
            path: The file, which ends in .svg, .png, .pdf or .dot; the picture of a graph may also end in .txt (the
                tree) or .mmd (Mermaid). A .dot, .txt or .mmd needs no layout program, a .pdf Graphviz's own.

        Returns:
            The path.

        Raises:
            ValueError: The file ends in something else.
            FileNotFoundError: There is no such folder.
            RuntimeError: No layout program runs.
        """
        path = Path(file_name(path))
        suffix = path.suffix.lower()
        if suffix not in self.suffixes:
            endings = f"{', '.join(self.suffixes[:-1])} or {self.suffixes[-1]}"
            hint = "; as text there are pictures of graphs, such as draw(model(x))" * (suffix in TEXT_SUFFIXES)
            raise ValueError(f"a file that ends in {endings} is expected, got {quoted(str(path))}{hint}")
        write_file(path, self._as(suffix))
        return path

    def _as(self, suffix: str) -> bytes:
        """The contents of a file."""
        if suffix == ".dot":
            return self._source.encode()
        if suffix == ".svg":
            return self._svg.encode()
        if suffix == ".png":
            return lay_out(self._source, "png", f"-Gdpi={_dots_per_inch(self._svg)}")
        return lay_out(self._source, "pdf")

    def _repr_svg_(self) -> str:
        return self._svg

    def __repr__(self) -> str:
        return printable(f"<Picture: {self.title}>")


def _centred(svg: str) -> str:
    """Every line of text in the middle of its box, since a layout program computes its start for its own font."""

    def centre(box: re.Match[str]) -> str:
        xs = [float(x) for x in re.findall(r"(-?[\d.]+),", box["outline"])]
        middle = f'text-anchor="middle" x="{(min(xs) + max(xs)) / 2:.2f}"'
        return re.sub(r'text-anchor="start" x="[^"]*"', middle, box[0])

    return re.sub(r'<path[^>]* d="(?P<outline>[^"]*)"/>(\s*<text.*</text>)+', centre, svg)


def _dots_per_inch(svg: str) -> int:
    """Crisp, or as many as fit into memory."""
    width, height = (float(points) / 72 for points in re.findall(r'\b(?:width|height)="([\d.]+)pt"', svg)[:2])
    return min(CRISP, int((MOST_DOTS / (width * height)) ** 0.5))


if not TYPE_CHECKING:
    def __getattr__(name: str) -> object:
        """Refuse the pictures in old pickles, which look for their class here."""
        if name == "GraphPicture":
            from ..boundary.old_names import unreadable

            raise unreadable("the picture of a graph", "draw()")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
