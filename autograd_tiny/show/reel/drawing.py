"""The frames of a film in one SVG: each part of the picture says in which frames it is seen."""
from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from zlib import crc32

from ...boundary.svg_themes import NAMES, in_both_themes
from ...boundary.text import one_line
from ..dot_language import points
from ..theme import DARK, LIGHT

FONTS = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"        # the first is that of pixels.py
SEEN = "data-seen"              # on a part that is not in all frames: the number of the set of those where it is
MARGIN = 20.0
SMALL = 12.0                    # type, beside that of the sentences
NAME = "NAME"                   # in a rule, in the place of the name of a class
PAUSE = 2.5                     # for so many frames the last one stays
COLOURS = {name: colour for name, colour in asdict(LIGHT).items() if name != "classes"}
TWINS = {colour: asdict(DARK)[name] for name, colour in COLOURS.items()}
TWINS |= dict(zip(LIGHT.classes, DARK.classes, strict=True))


class Reel:
    """The frames of a film. They are drawn in light colours; `frame` and `animated` change them.

    Attributes:
        root: The SVG element, which holds the parts of all frames.
        width, height: Its size, in pixels.
        count: The number of frames.
        seconds: How long a frame is seen by default, in seconds.
        scale: The default number of a file's pixels for each pixel of the picture, along a side.
        is_shaded: Whether areas fade from one colour to another.
    """

    def __init__(self, title: str, width: float, height: float, count: int, seconds: float) -> None:
        self.width, self.height, self.count, self.seconds = round(width), round(height), count, seconds
        self.scale, self.is_shaded = 2.0, False
        self.root = Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {self.width} {self.height}",
            "width": str(self.width), "height": str(self.height), "font-family": FONTS, "role": "img",
        })
        SubElement(self.root, "title").text = one_line(title)
        add(self.root, "rect", width=self.width, height=self.height, fill=LIGHT.page)
        self._seen: dict[frozenset[int], int] = {}

    def only_in(self, element: Element, frames: Iterable[int]) -> None:
        """Let an element be seen in some of the frames only."""
        when = frozenset(frames)
        if len(when) < self.count:
            element.set(SEEN, str(self._seen.setdefault(when, len(self._seen))))

    def frame(self, k: int, theme: str, size: tuple[int, int] | None = None) -> str:
        """One frame as SVG, "light" or "dark"; size: in pixels, if it is another one."""
        root = _part_of(self.root, {str(i) for when, i in self._seen.items() if k not in when})
        for element in root.iter():
            element.attrib.pop(SEEN, None)
            if theme == "dark":
                _darken(element)
        if size is not None:            # the scales of both sides differ a little where numbers of pixels are rounded
            root.attrib |= {"width": str(size[0]), "height": str(size[1]), "preserveAspectRatio": "none"}
        return ElementTree.tostring(root, encoding="unicode")

    def animated(self, theme: str, seconds: float) -> str:
        """All frames as one SVG that plays again and again, by its own styles alone.

        A reader who asked for less motion sees the last frame, and so does a program that knows no animations.

        Args:
            theme: "light", "dark", or "auto" for that of the page or the system around it.
            seconds: How long a frame is seen.
        """
        root, length = copy.deepcopy(self.root), self.count - 1 + PAUSE
        rules = [_rule(when, self.count, length, seconds) for when in self._seen]
        film = f"film-{crc32(''.join(rules).encode()):08x}-"        # in a page, another film has other names
        for element in root.iter():
            number = element.attrib.pop(SEEN, None)
            if number is not None:
                element.set("class", f"{element.get('class', '')} {film}{number}".strip())
                if self.count - 1 not in [*self._seen][int(number)]:
                    element.set("visibility", "hidden")
            if theme == "dark":
                _darken(element)
        named = "".join(rule.replace(NAME, f"{film}{i}") for i, rule in enumerate(rules))
        style = (
            f"@media (prefers-reduced-motion: no-preference){{{FLOWS}{named}}}"
            "@keyframes flow{to{stroke-dashoffset:-11}}"
        )
        SubElement(root, "style").text = style
        svg = ElementTree.tostring(root, encoding="unicode")
        return in_both_themes(svg, TWINS) if theme == "auto" else svg


FLOWS = (                       # steps: no more pictures in a second than the eye needs
    ".flows{stroke-dasharray:7 4;animation:flow .7s steps(11) infinite}.back{animation-direction:reverse}"
)


def _part_of(element: Element, hidden: Collection[str]) -> Element:
    """A copy of an element without its parts that are hidden."""
    copied = Element(element.tag, element.attrib)
    copied.text = element.text
    copied.extend(_part_of(child, hidden) for child in element if child.get(SEEN) not in hidden)
    return copied


def _rule(when: Collection[int], count: int, length: float, seconds: float) -> str:
    """The style of the parts that are seen in some frames, for NAME; between keyframes nothing changes."""
    keys, before = [], None
    for k in range(count):
        now = "visible" if k in when else "hidden"
        if now != before:
            keys.append(f"{100 * k / length:.4g}%{{visibility:{now}}}")
            before = now
    keys.append(f"100%{{visibility:{before}}}")
    timing = f"{length * seconds:.4g}s step-end infinite"
    return f".{NAME}{{animation:{NAME} {timing}}}@keyframes {NAME}{{{''.join(keys)}}}"


def _darken(element: Element) -> None:
    for part in ("fill", "stroke"):
        colour = element.get(part)
        if colour is not None:
            element.set(part, TWINS.get(SPELT.get(colour, colour), colour))


SPELT = {name: colour for colour, name in NAMES.items()}


def add(parent: Element, tag: str, **attributes: object) -> Element:
    """Add a shape; of the names of attributes, "_" stands for "-"."""
    return SubElement(parent, tag, {
        name.replace("_", "-"): f"{x:.6g}" if isinstance(x, float) else str(x) for name, x in attributes.items()
    })


def write(parent: Element, text: str, x: float, y: float, size: float, fill: str, **attributes: object) -> Element:
    """Add a line of text."""
    element = add(parent, "text", x=x, y=y, font_size=size, fill=fill, **attributes)
    element.text = one_line(text)
    return element


def fit(text: Element, room: float) -> None:
    """Write a text that is wider than its place smaller."""
    size = float(text.get("font-size", 12))
    width = points(text.text or "", size)
    if 0 < room < width:
        text.set("font-size", f"{size * room / width:.4g}")


def lines_of(text: str, width: float, size: float, most: int) -> list[str]:
    """A text in up to so many lines of a width; where it is cut, it ends in "…"."""
    lines: list[str] = []
    rest = one_line(text)
    while rest:
        fitting = _fitting(rest, width, size)
        if fitting < len(rest):
            space = rest.rfind(" ", 0, fitting + 1)
            fitting = space if space > fitting / 2 else fitting
        lines.append(rest[:fitting].rstrip())
        rest = rest[fitting:].lstrip()
        if rest and len(lines) == most:
            lines[-1] = f"{lines[-1][:-1]}…"
            break
    return lines


def _fitting(text: str, width: float, size: float) -> int:
    """How many of the first characters fit, one at least."""
    so_far = 0.0
    for i, character in enumerate(text):
        so_far += points(character, size)
        if so_far > width and i:
            return i
    return len(text)


def add_bar(reel: Reel, y: float, texts: Sequence[str]) -> None:
    """How far the film is: a bar, and a text beside it for each frame."""
    last = max(1, reel.count - 1)
    length = reel.width - 2 * MARGIN - max(points(text, SMALL) for text in texts) - SMALL
    add(reel.root, "rect", x=MARGIN, y=y, width=length, height=4, rx=2, fill=LIGHT.line, opacity=0.5)
    for k, text in enumerate(texts):
        group = SubElement(reel.root, "g")
        reel.only_in(group, [k])
        if k:
            add(group, "rect", x=MARGIN, y=y, width=length * k / last, height=4, rx=2, fill=LIGHT.accent)
        add(group, "circle", cx=MARGIN + length * k / last, cy=y + 2, r=5, fill=LIGHT.accent)
        write(group, text, reel.width - MARGIN, y + 6, SMALL, LIGHT.quiet, text_anchor="end")


def colours_of(root: Element) -> Mapping[str, None]:
    """The colours of all parts."""
    found = [element.get(part) for element in root.iter() for part in ("fill", "stroke")]
    return dict.fromkeys(SPELT.get(colour, colour) for colour in found if colour not in (None, "none", "transparent"))
