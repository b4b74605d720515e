"""The language of Graphviz's dot: escaping of texts, and their widths."""
from __future__ import annotations

import html
import unicodedata
from typing import Any

from ..boundary.libraries import missing
from ..boundary.text import one_line


def digraph(name: str = "", **attributes: dict[str, str]) -> Any:
    """An empty graph of the graphviz library."""
    try:                                # here, since importing it takes as long as the whole package
        from graphviz import Digraph
    except ImportError as error:
        raise missing("graphviz", "a picture") from error
    return Digraph(name, **attributes)


def escaped(text: str) -> str:
    """A text for strings and for HTML-like labels, in which no character has a special meaning."""
    return html.escape(one_line(text)).replace("\\", "\\\\")


def in_tooltip(text: str) -> str:
    """The same for a tooltip, where dot reads escapes twice."""
    return escaped(text).replace("\\", "\\\\")


def cell(text: str, colour: str, size: float) -> str:
    """A cell of a table in an HTML-like label, wide enough for the text."""
    return f'<td width="{round(points(text, size))}"><font color="{colour}">{escaped(text)}</font></td>'


def points(text: str, size: float) -> float:
    """The width of a text, even in the wide fonts of some browsers, such as DejaVu Sans; size: of the type."""
    return size * sum(map(_ems, text))


def _ems(character: str) -> float:
    if character in " !'(),.:;I[]fijlrt|":
        return 0.41
    if unicodedata.east_asian_width(character) in "FW":
        return 1.3
    if character in "%@MWmw—…\ufffd":
        return 1.0
    return 0.64 if character.islower() or character.isdigit() else 0.84
