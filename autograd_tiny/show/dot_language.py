"""Writing in the language of Graphviz's dot: texts that mean themselves, and how wide they are."""
from __future__ import annotations

import html
import unicodedata
from typing import Any


def digraph(name: str = "", **attributes: dict[str, str]) -> Any:
    """An empty graph of the graphviz library."""
    try:                                # here, since importing it takes as long as the whole package
        from graphviz import Digraph
    except ImportError:
        raise ImportError("draw() needs the graphviz library: pip install graphviz") from None
    return Digraph(name, **attributes)


def escaped(text: str) -> str:
    """A text that means itself wherever dot reads one: in strings and in HTML-like labels."""
    return html.escape(text).replace("\\", "\\\\")


def in_tooltip(text: str) -> str:
    """A text that means itself in a tooltip, which dot reads twice."""
    return escaped(text).replace("\\", "\\\\")


def points(text: str, size: float) -> float:
    """The width of a text in type of a size, even if a browser has a wide font only, such as DejaVu Sans."""
    return size * sum(map(_ems, text))


def _ems(character: str) -> float:
    if character in " !'(),.:;I[]fijlrt|":
        return 0.41
    if unicodedata.east_asian_width(character) in "FW":
        return 1.3
    if character in "%@MWmw—…\ufffd":
        return 1.0
    return 0.64 if character.islower() or character.isdigit() else 0.84
