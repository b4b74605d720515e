"""Explanations: of small graphs, as one line of text, and as HTML that is well-formed."""
from __future__ import annotations

from html.parser import HTMLParser

from autograd_tiny import Value
from autograd_tiny.show.explanation.explanation import Explanation, explain
from references.worked_examples import labelled


def explained(output: Value, leaf: Value, most: int = 8) -> Explanation:
    found = explain(output, leaf, most=most)
    assert isinstance(found, Explanation)
    return found


def chain(length: int) -> tuple[Value, Value]:
    x = f = Value(0.5, "x")
    for _ in range(length):
        f = f.sin()
    return labelled(f, "f"), x


def one_line(shown: object) -> str:
    return " ".join(str(shown).split())


class Reader(HTMLParser):
    """The tags of a piece of HTML, each closed in its turn; and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= {"style"}
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def well_formed(fragment: str) -> Reader:
    reader = Reader()
    reader.feed(fragment)
    reader.close()
    assert not reader.open
    assert reader.seen <= {"div", "p", "b", "span", "table", "tr", "td"}
    return reader
