"""The film of a graph as frames that need no page: its picture, the sentence below it, and how far the film is."""
from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ..names import readable
from ..reel.drawing import MARGIN, SMALL, Reel, add, add_bar, fit, lines_of, write
from ..theme import LIGHT
from .film import Film
from .film_picture import FilmPicture

SECONDS = 1.6                       # for a step, as on the page
WIDEST, HIGHEST = 1200, 760         # of the picture where its type stays legible, in pixels
SMALLEST, LARGEST = 0.6, 1.3        # scales of the picture
NARROWEST = 760
TYPE, LINE = 16.0, 24.0             # of the sentence
PHASE = 112                         # from the name of the phase to the sentence
MOST_LINES = 4
ROOM = {"local derivative": -10.0}  # that a number in a box can't have: on an edge there is no frame, it may stand out
CURVE = 110                         # the height of the losses
PHASES = {"start": "Start", "forward": "Forward", "backward": "Backward", "update": "Update", "end": "End"}
PHASE_COLOURS = {"forward": LIGHT.value, "backward": LIGHT.gradient, "update": LIGHT.accent}
SHAPES = ("path", "polygon", "ellipse")


def film_reel(
    title: str, film: Film, picture: FilmPicture, lines: Sequence[str], steps: Sequence[Mapping[str, Any]]
) -> Reel:
    """The frames of a film, one for each step.

    Args:
        title: Of the film.
        film: The film.
        picture: Its picture, marked with the numbers of the slots.
        lines: For each slot, which of the numbers in a box it is.
        steps: The steps as the page has them.
    """
    drawing = picture.root.find("g") if "pt" in picture.root.attrib["width"] else None
    unit = 1.0 if drawing is None else 4 / 3
    width, height = (unit * float(picture.root.attrib[side].removesuffix("pt")) for side in ("width", "height"))
    scale = max(SMALLEST, min(LARGEST, WIDEST / width, HIGHEST / height))
    whole = max(NARROWEST, scale * width + 2 * MARGIN)
    said = [_sentence(step.says, step.total, whole - PHASE - 2 * MARGIN) for step in film.steps]
    below = MARGIN + scale * height + (CURVE + MARGIN) * bool(film.losses)
    bar = below + LINE * max(map(len, said)) + MARGIN
    reel = Reel(title, whole, bar + 1.5 * MARGIN, len(film.steps), SECONDS)
    x = (whole - scale * width) / 2
    place = add(reel.root, "g", transform=f"translate({x:.6g},{MARGIN}) scale({scale * unit:.6g})")
    place.extend(part for part in copy.deepcopy(picture.root) if part.tag not in ("title", "style"))
    for element in place.iter():
        element.tail = None                         # it would be written once for each copy
    _add_numbers(reel, place, lines, steps)
    _add_light(reel, place, steps)
    if film.losses:
        _add_losses(reel, film, MARGIN + scale * height + MARGIN / 2)
    for k, (step, sentence) in enumerate(zip(film.steps, said, strict=True)):
        _add_sentence(reel, k, step.phase, sentence, below + LINE)
    add_bar(reel, bar, [f"{k} / {reel.count - 1}" for k in range(reel.count)])
    return reel


# ---- the picture

def _add_numbers(reel: Reel, place: Element, lines: Sequence[str], steps: Sequence[Mapping[str, Any]]) -> None:
    """In each place for a number its texts, each in the steps that show it."""
    seen = _texts(steps)
    for group in [*place.iter("g")]:
        for i, element in reversed([*enumerate([*group])]):
            slot = element.attrib.pop("data-slot", None)
            if slot is None:
                continue
            group.remove(element)
            for text, when in seen[int(slot)].items():
                later = text is None and lines[int(slot)] == "local derivative"     # keeps its place on the edge
                if text is None and not later:
                    continue
                number = Element(element.tag, element.attrib)
                number.text = "∂" if text is None else text
                if later:
                    number.set("opacity", "0.45")
                elif text != element.text:
                    _fit_into(number, group, ROOM.get(lines[int(slot)], 6.0))
                reel.only_in(number, when)
                group.insert(i, number)


def _texts(steps: Sequence[Mapping[str, Any]]) -> Mapping[int, dict[str | None, list[int]]]:
    """For each slot its texts, and the steps in which it has each of them."""
    slots = sorted({slot for step in steps for slot, *_ in step["shows"]})
    now: dict[int, str | None] = dict.fromkeys(slots)
    seen: dict[int, dict[str | None, list[int]]] = {slot: {} for slot in slots}
    for k, step in enumerate(steps):
        now |= {slot: text for slot, text, _ in step["shows"]}
        for slot, text in now.items():
            seen[slot].setdefault(text, []).append(k)
    return seen


def _fit_into(text: Element, group: Element, margin: float) -> None:
    """Write a number that is wider than its box smaller: the layout made room for the one that it drew."""
    outline = next((shape for shape in group if shape.tag in SHAPES), None)
    if outline is None:
        return
    xs = [float(x) for x in re.findall(r"(-?[\d.]+),", outline.get("d") or outline.get("points") or "")]
    fit(text, max(xs, default=0.0) - min(xs, default=0.0) - margin)


def _add_light(reel: Reel, place: Element, steps: Sequence[Mapping[str, Any]]) -> None:
    """Above the parts that a step is about, their outlines once more."""
    parts = {group.get("id"): group for group in place.iter("g")}
    lit: dict[tuple[str, str], list[int]] = {}
    for k, step in enumerate(steps):
        about = {*step["lit"], *step["bundles"]}
        for name in about & {*parts}:
            direction = step["phase"] if parts[name].get("class") == "edge" else ""
            lit.setdefault((name, "backward" if direction == "backward" else "lit"), []).append(k)
        for name in {*step["near"]} - about & {*parts}:
            lit.setdefault((name, "near"), []).append(k)
    above = {part: parent for parent in place.iter() for part in parent}
    for (name, kind), when in sorted(lit.items()):
        if name in parts:
            _outline(reel, parts[name], above[parts[name]], kind, when)


def _outline(reel: Reel, part: Element, parent: Element, kind: str, when: list[int]) -> None:
    colour, width = (LIGHT.ink, "1.6") if kind == "near" else (LIGHT.accent, "2.2")
    look = {"stroke": colour, "stroke-width": width, "fill": "none"}
    if part.get("class") != "edge":
        for group in [group for group in part.iter("g") if group.get("class") != "outline"]:
            for i, shape in reversed([*enumerate([*group])]):
                if shape.tag in SHAPES:         # below the texts
                    group.insert(i + 1, outline := Element("g", {"class": "outline"}))
                    SubElement(outline, shape.tag, shape.attrib | look)
                    reel.only_in(outline, when)
        return
    outline = Element("g", {"class": "outline"})
    for shape in [shape for shape in part.iter() if shape.tag in SHAPES]:
        line = SubElement(outline, shape.tag, shape.attrib | look)
        if shape.tag == "polygon":
            line.set("fill", colour)
        elif kind != "near":
            line.set("class", "flows back" if kind == "backward" else "flows")
    reel.only_in(outline, when)
    siblings = [*parent]                # above other edges that end in the same place, below the boxes behind them
    behind = siblings[siblings.index(part) + 1 :]
    number = next((i for i, each in enumerate(behind) if each.get("class") not in ("edge", "outline")), len(behind))
    parent.insert(len(siblings) - len(behind) + number, outline)


# ---- below the picture

def _sentence(says: str, total: str, width: float) -> list[tuple[str, str]]:
    """The lines of a sentence, each in two pieces: before the total, and of it."""
    lines, left = [], len(says) - len(total)
    for line in lines_of(says, width, TYPE, MOST_LINES):
        before = max(0, min(len(line), left))
        lines.append((line[:before], line[before:]))
        left -= len(line) + 1               # and the space where the line ends
    return lines


def _add_sentence(reel: Reel, k: int, phase: str, sentence: list[tuple[str, str]], y: float) -> None:
    group = SubElement(reel.root, "g")
    reel.only_in(group, [k])
    colour = PHASE_COLOURS.get(phase, LIGHT.quiet)
    write(group, PHASES[phase], MARGIN, y, TYPE, colour, font_weight="bold")
    add(group, "rect", x=MARGIN, y=y + 5, width=PHASE - 18, height=2, fill=colour)
    for i, (before, total) in enumerate(sentence):
        line = add(group, "text", x=MARGIN + PHASE, y=y + LINE * i, font_size=TYPE, fill=LIGHT.ink)
        line.text = before
        if total:
            add(line, "tspan", fill=LIGHT.gradient).text = total


def _add_losses(reel: Reel, film: Film, y: float) -> None:
    """The losses of a training so far, as a curve."""
    finite = [loss for loss in film.losses if isfinite(loss)]
    low, high = min([*finite, 0.0]), max([*finite, 0.0])
    left, right, top, bottom = MARGIN + 60.0, reel.width - MARGIN, y + 8, y + CURVE - 12
    add(reel.root, "path", d=f"M{left},{top:.1f}V{bottom:.1f}H{right}", fill="none", stroke=LIGHT.line)
    middle = (top + bottom) / 2                     # inside, the curve would go through a text
    for text, y in ((readable(high, 3), top), ("loss", middle), (readable(low, 3), bottom)):
        fit(write(reel.root, text, left - 6, y + 4, SMALL, LIGHT.quiet, text_anchor="end"), left - MARGIN - 6)
    places = [
        (left + (right - left) * i / max(1, len(film.losses) - 1),
         bottom - (bottom - top) * (loss - low) / (high - low or 1)) if isfinite(loss) else None
        for i, loss in enumerate(film.losses)
    ]
    for count, when in _counts(film):
        known = [place for place in places[:count] if place is not None]
        if not known:
            continue
        group = SubElement(reel.root, "g")
        reel.only_in(group, when)
        line = " ".join(f"{across:.1f},{up:.1f}" for across, up in known)
        add(group, "polyline", points=line, fill="none", stroke=LIGHT.accent, stroke_width=2)
        add(group, "circle", cx=known[-1][0], cy=known[-1][1], r=4, fill=LIGHT.accent)


def _counts(film: Film) -> Iterator[tuple[int, list[int]]]:
    """How many losses are known, and the steps in which it is so many."""
    for count in sorted({step.losses for step in film.steps}):
        yield count, [k for k, step in enumerate(film.steps) if step.losses == count]
