"""The language of Graphviz's dot: graphs as they are written, escaping of texts, and their widths."""
from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping

from ..boundary.text import one_line

ENDING = re.compile(r'(\\*)("|\Z)')       # what could end a string: a quotation mark, with the backslashes before it


class Digraph:
    """A directed graph, or a part of one, as it is written statement by statement.

    Attributes:
        body: The statements, each with the end of its line.
    """

    def __init__(
        self, name: str = "", *, graph_attr: Mapping[str, str] | None = None,
        node_attr: Mapping[str, str] | None = None, edge_attr: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.body: list[str] = []
        defaults = {"graph": graph_attr, "node": node_attr, "edge": edge_attr}
        self._head = "".join(f"\t{part} {_listed(found)}\n" for part, found in defaults.items() if found)

    @property
    def source(self) -> str:
        """The graph in the language of dot."""
        return f"digraph {self._block()}"

    def attr(self, **attributes: str) -> None:
        """Set attributes of the graph."""
        self.body.append(f"\tgraph {_listed(attributes)}\n")

    def node(self, name: str, label: str, **attributes: str) -> None:
        """Add a node; label: as `escaped` returns a text, or like HTML."""
        self.body.append(f"\t{_quoted(name)} {_listed({'label': label, **attributes})}\n")

    def edge(self, tail: str, head: str, **attributes: str) -> None:
        """Add an edge; behind a colon, an end may name the side of its node, as in "u1:w"."""
        self.body.append(f"\t{_end(tail)} -> {_end(head)} {_listed(attributes)}\n")

    def subgraph(self, part: Digraph) -> None:
        """Add a part, as it is written so far."""
        self.body.append(f"subgraph {part._block()}")

    def _block(self) -> str:
        return f"{_quoted(self.name)} {{\n{self._head}{''.join(self.body)}}}\n"


def _listed(attributes: Mapping[str, str]) -> str:
    return f"[{' '.join(f'{name}={_quoted(text)}' for name, text in attributes.items())}]"


def _end(name: str) -> str:
    return ":".join(map(_quoted, name.split(":")))


def _quoted(text: str) -> str:
    """A string of the language; what stands between < and > is a label like HTML, and remains."""
    if text.startswith("<") and text.endswith(">"):
        return text
    return f'"{ENDING.sub(_not_ending, text)}"'


def _not_ending(found: re.Match[str]) -> str:
    """Backslashes in pairs, so that they do not escape what is behind them, and the quotation mark escaped."""
    backslashes, mark = found.groups()
    return backslashes + "\\" * (len(backslashes) % 2) + '\\"' * bool(mark)


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
