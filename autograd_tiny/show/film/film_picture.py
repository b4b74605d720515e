"""The picture of a film: an SVG element whose numbers are marked with the slots of the film."""
from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from ..theme import LIGHT
from .film import Line, Slot

SVG = "http://www.w3.org/2000/svg"
SPACE, TOOLTIP = "{http://www.w3.org/XML/1998/namespace}space", "{http://www.w3.org/1999/xlink}title"
BUNDLE = "x"                    # the ids of edges at folded modules begin with it, and those of the numbers on them
COLOURS: dict[Line, str] = {"value": LIGHT.value, "gradient": LIGHT.gradient}      # of numbers in boxes


class FilmPicture:
    """An SVG of Graphviz as a page needs it.

    Layout programs wrap a part that has a tooltip in a link that leads nowhere. Here the tooltip is the part's
    title, and edges have none.

    Attributes:
        parts: The boxes, circles, numbers and edges by their ids.
        bundles: The edges at folded modules, each with the ids of the two boxes that it connects.
    """

    def __init__(self, svg: str) -> None:
        self.root = ElementTree.fromstring(svg)
        for element in self.root.iter():
            element.tag = element.tag.removeprefix(f"{{{SVG}}}")             # in HTML, names have no namespaces
            for name in (SPACE, "font-family"):             # the page has its own
                element.attrib.pop(name, None)
        groups = [group for group in self.root.iter("g") if group.get("class") in ("node", "edge", "cluster")]
        self.parts = {group.attrib["id"]: group for group in groups}
        edges = {}
        for name, group in self.parts.items():
            if "data-ends" in group.attrib:             # of a picture without Graphviz
                tail, head = group.attrib["data-ends"].split()
                edges[name] = tail, head
            if group[0].tag != "title":
                continue
            title, tooltip = _unwrapped(group)
            if group.get("class") == "edge":
                tail, head = title.split("->")
                edges[name] = tail, head
                group.remove(group[0])
            else:
                group[0].text = tooltip
        self.bundles = _bundles(edges)

    def mark(self, slots: Mapping[Slot, int]) -> None:
        """Mark the texts of each slot with its number."""
        for slot, number in slots.items():
            colour = COLOURS.get(slot.line)
            for text in self.parts[slot.part].iter("text"):
                if colour in (None, text.get("fill")):
                    text.set("data-slot", str(number))

    @property
    def svg(self) -> str:
        self.root.set("xmlns", SVG)
        return ElementTree.tostring(self.root, encoding="unicode")


def _unwrapped(group: ElementTree.Element) -> tuple[str, str]:
    """Take the link out of a part that has one; its title, and its tooltip, which was on the link if there was one."""
    title = group[0].text or ""
    link = group.find("g/a")
    if link is None:
        return title, "" if title == group.get("id") else title
    group[1:] = [*link]
    return title, link.get(TOOLTIP, "")


def _bundles(edges: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """The boxes that edges at folded modules connect: one with a number of values on it consists of two parts."""
    parts = {name: ends for name, ends in edges.items() if name.startswith(BUNDLE)}
    tails = {head: tail for tail, head in parts.values()}
    heads = dict(parts.values())
    return {
        name: (
            tails[tail] if tail.startswith(BUNDLE) else tail,
            heads[head] if head.startswith(BUNDLE) else head,
        )
        for name, (tail, head) in parts.items()
    }
