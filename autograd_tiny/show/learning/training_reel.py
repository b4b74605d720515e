"""The film of a training on a data set as frames that need no page: the network, the outputs, the loss."""
from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import ceil, floor, isfinite, log10
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from ... import vectors
from ...training.data import Array
from ..names import readable
from ..reel.drawing import MARGIN, SMALL, Reel, add, add_bar, fit, lines_of, write
from ..reel.pixels import libraries
from ..theme import DARK, LIGHT
from .course import Course

SECONDS = 0.1                       # for a frame
INCH, RADIUS = 96.0, 0.26 * 96      # of the diagram; as in diagram.js
WITHIN = 1.8 * RADIUS               # for the number in a unit
THICKEST, THINNEST = 7.0, 0.4       # lines
NETWORK, PLANE, CURVE = 540.0, 360.0, 150.0         # widths of the columns; the height of the loss
SCALE_TEXT = 40.0                   # room beside a picture with axes
MOST, LEAST, PRODUCTS = 64, 24, 4e6         # points along each side of the plane, and numbers of a frame
LINE_POINTS = 201
TYPE = 16.0
PALE = 0.6                          # the share of a colour in the plane

Scale = Callable[[float], float]


def training_reel(title: str, course: Course, data: Mapping[str, Any], theme: str) -> Reel:
    """The frames of a training.

    Args:
        title: Of the film.
        course: The training.
        data: What the page has of it.
        theme: "dark" or another one, for the plane.
    """
    has_outputs = data["plane"] is not None
    diagram = _Diagram(course, data) if data["diagram"] else None
    column = MARGIN + (diagram.width + MARGIN if diagram else 0.0)
    upper = PLANE if has_outputs else 0.0
    below = 2 * MARGIN + max(diagram.height if diagram else 0.0, upper + MARGIN * has_outputs + CURVE)
    reel = Reel(title, column + PLANE + MARGIN, below + 50, len(course.epochs), SECONDS)
    reel.scale, reel.is_shaded = 1.0, has_outputs and len(data["plane"]) == 2
    if diagram:
        diagram.draw(reel, MARGIN, max(MARGIN, (below - diagram.height) / 2))
    right = None
    with _numbers_of(course) as outputs_at:
        if data["classes"]:
            inputs = course.rows[:, : len(course.output_tape.inputs)]
            right = [_right(outputs_at(k, inputs), data["classes"]) for k in range(reel.count)]
        if reel.is_shaded:
            _Plane(reel, course, data, column, MARGIN).draw(outputs_at, theme)
        elif has_outputs:
            _draw_line(reel, course, data, column, MARGIN, outputs_at)
    _draw_losses(reel, course, column, MARGIN + (upper + MARGIN) * has_outputs)
    for k, epoch in enumerate(course.epochs):
        said = f"Epoch {epoch}: loss {readable(course.losses[k], data['digits'])}"
        if right is not None:
            said += f", {right[k]} of {len(course.rows)} right"
        group = SubElement(reel.root, "g")
        reel.only_in(group, [k])
        for line in lines_of(said, reel.width - 2 * MARGIN, TYPE, 1):
            write(group, line, MARGIN, below + 12, TYPE, LIGHT.ink, font_weight="bold")
    add_bar(reel, below + 28, [f"{epoch} / {course.epochs[-1]}" for epoch in course.epochs])
    return reel


@contextmanager
def _numbers_of(course: Course) -> Iterator[Callable[[int, Array], Array]]:
    """The outputs at some inputs with the parameters of a frame; at the end the model is as it was."""
    parameters = course.output_tape.parameters
    before = vectors.read(parameters)

    def outputs_at(k: int, inputs: Array) -> Array:
        vectors.write(parameters, course.numbers[k])
        with np.errstate(all="ignore"):
            return np.reshape(course.output_tape(inputs), (len(inputs), -1))

    try:
        yield outputs_at
    finally:
        vectors.write(parameters, before)


def _right(outputs: Array, classes: Mapping[str, Any]) -> int:
    """How many samples are put into their own class."""
    found = outputs.argmax(axis=1) if outputs.shape[1] > 1 else outputs[:, 0] > classes["threshold"]
    return int((found == np.array(classes["of"])).sum())


# ---- the network

class _Diagram:
    """The units, and a line for each weight: as thick as it is large, in the colour of its sign."""

    def __init__(self, course: Course, data: Mapping[str, Any]) -> None:
        self.course, self.data = course, data["diagram"]
        numbers = np.array(course.numbers)
        self.largest = float(np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0)) or 1.0
        width = INCH * (self.data["right"] - self.data["left"]) + 2 * SCALE_TEXT
        height = INCH * (self.data["top"] - self.data["bottom"])
        self.scale = min(1.0, NETWORK / width, (PLANE + MARGIN + CURVE) / height)
        self.width, self.height = self.scale * width, self.scale * height

    def draw(self, reel: Reel, x: float, y: float) -> None:
        left, top = INCH * self.data["left"] - SCALE_TEXT, -INCH * self.data["top"]
        start = f"translate({x - self.scale * left:.6g},{y - self.scale * top:.6g})"
        place = add(reel.root, "g", transform=f"{start} scale({self.scale:.6g})")
        for heading in self.data["headings"]:
            for i, text in enumerate(heading["lines"]):
                write(place, text, INCH * heading["x"], top + 14 + 16 * i, SMALL, LIGHT.quiet, text_anchor="middle")
        for across, up in self.data["more"]:
            write(place, "⋮", INCH * across, 5 - INCH * up, SMALL, LIGHT.quiet, text_anchor="middle")
        for k, numbers in enumerate(self.course.numbers):
            lines = SubElement(place, "g")
            reel.only_in(lines, [k])
            for line in self.data["lines"]:
                self._draw_line(lines, line, float(numbers[line["weight"]]))
        for unit in self.data["units"]:
            cx, cy = INCH * unit["at"][0], -INCH * unit["at"][1]
            add(place, "circle", cx=cx, cy=cy, r=RADIUS, fill=LIGHT.panel, stroke=LIGHT.quiet)
            if unit["bias"] is None:
                write(place, unit["caption"], cx, cy + 4, SMALL, LIGHT.ink, text_anchor="middle")
                continue
            for number, frames in self._alike(unit["bias"]).items():
                group = SubElement(place, "g")
                reel.only_in(group, frames)
                colour = _sign(number, LIGHT.ink)
                fit(write(group, readable(number, 2), cx, cy + 4, SMALL, colour, text_anchor="middle"), WITHIN)

    def _alike(self, parameter: int) -> dict[float, list[int]]:
        """The numbers of a parameter as they are written, and the frames of each."""
        found: dict[float, list[int]] = {}
        for k, numbers in enumerate(self.course.numbers):
            found.setdefault(float(f"{numbers[parameter]:.2g}"), []).append(k)
        return found

    def _draw_line(self, group: Element, line: Mapping[str, Any], weight: float) -> None:
        (x, y), (u, v) = (self.data["units"][line[end]]["at"] for end in ("from", "to"))
        stations = [(INCH * x + RADIUS, y), *((INCH * a, b) for a, b in line["by"]), (INCH * u - RADIUS, v)]
        path = "L".join(f"{across:.1f},{-INCH * up:.1f}" for across, up in stations)
        share = min(1.0, abs(weight) / self.largest) if isfinite(weight) else 1.0
        add(
            group, "path", d=f"M{path}", fill="none", stroke=_sign(weight, LIGHT.line), stroke_linecap="round",
            stroke_width=f"{max(THINNEST, THICKEST * share):.2f}",
        )


def _sign(number: float, otherwise: str) -> str:
    if not isfinite(number):
        return LIGHT.accent
    return LIGHT.positive if number > 0 else LIGHT.negative if number < 0 else otherwise


# ---- what it computes

class _Plane:
    """The outputs all over the plane, as colours, and the samples."""

    def __init__(self, reel: Reel, course: Course, data: Mapping[str, Any], x: float, y: float) -> None:
        self.reel, self.course, self.classes, self.sides = reel, course, data["classes"], data["plane"]
        self.left, self.top, self.right, self.bottom = x + SCALE_TEXT, y, x + PLANE, y + PLANE - 28
        fitting = int((PRODUCTS / (len(course.loss_tape.parameters) + 1)) ** 0.5)
        self.count = max(LEAST, min(MOST, fitting))
        self.across = _scale(self.sides[0], self.left, self.right)
        self.up = _scale(self.sides[1], self.bottom, self.top)

    def draw(self, outputs_at: Callable[[int, Array], Array], theme: str) -> None:
        (image,) = libraries(["PIL.Image"], "the plane of a film")
        mesh, root = self._mesh(), self.reel.root
        for k in range(self.reel.count):
            colours = self._colours(outputs_at(k, mesh), theme)
            file = io.BytesIO()
            image.fromarray(colours.reshape(self.count, self.count, 3)).save(file, format="PNG")
            plane = add(
                root, "image", x=self.left, y=self.top, width=self.right - self.left, height=self.bottom - self.top,
                href=f"data:image/png;base64,{b64encode(file.getvalue()).decode()}", preserveAspectRatio="none",
            )
            self.reel.only_in(plane, [k])
        for i, row in enumerate(self.course.rows):
            of_class = self.classes["of"][i] if self.classes else None
            fill = LIGHT.ink if of_class is None else LIGHT.classes[of_class % 8]
            path = _mark(of_class or 0, self.across(row[0]), self.up(row[1]))
            add(root, "path", d=path, fill=fill, stroke=LIGHT.page)
        names = self.course.inputs
        _draw_ticks(root, self.sides[0], self.across, names[0], self.left, self.right, self.bottom)
        for number in ticks(*self.sides[1]):
            text = readable(number, 3)
            write(root, text, self.left - 6, self.up(number) + 4, SMALL, LIGHT.quiet, text_anchor="end")
        write(root, lines_of(names[1], 90, SMALL, 1)[0], self.left - SCALE_TEXT, self.top + 10, SMALL, LIGHT.ink)

    def _mesh(self) -> Array:
        """The middles of the points, row by row from the top."""
        shares = (np.arange(self.count) + 0.5) / self.count
        (left, right), (low, high) = self.sides
        across, up = np.meshgrid(left + shares * (right - left), high - shares * (high - low))
        return np.column_stack([across.ravel(), up.ravel()])

    def _colours(self, outputs: Array, theme: str) -> Array:
        """The colours of outputs, as plane.js mixes them."""
        palette = DARK if theme == "dark" else LIGHT
        page, accent = _parts(palette.page), _parts(palette.accent)
        if outputs.shape[1] > 1:
            of_class = np.array([_parts(colour) for colour in palette.classes[:8]])
            ends, shares = of_class[outputs.argmax(axis=1) % 8], np.full((len(outputs), 1), 0.35)
        else:
            threshold = self.classes["threshold"] if self.classes else 0.0
            away = outputs - threshold
            reach = float(np.abs(away[np.isfinite(away)]).max(initial=0.0))
            shares = np.clip(away / ((min(1.0, reach) if self.classes else reach) or 1.0), -1, 1)
            names = palette.classes[:2] if self.classes else (palette.negative, palette.positive)
            below, above = (_parts(colour) for colour in names)
            ends, shares = np.where(shares > 0, above, below), PALE * np.abs(shares)
        mixed = page + (ends - page) * shares
        return np.where(np.isnan(outputs).any(axis=1, keepdims=True), accent, mixed).round().astype(np.uint8)


def _draw_line(
    reel: Reel, course: Course, data: Mapping[str, Any], x: float, y: float, outputs_at: Callable[[int, Array], Array]
) -> None:
    """The output over the only input, and the samples."""
    (side,) = data["plane"]
    targets = course.rows[:, 1]
    low, high = float(targets.min()), float(targets.max())
    room = 0.15 * (high - low) or 1.0
    left, right, top, bottom = x + SCALE_TEXT, x + PLANE, y, y + PLANE - 28
    across, up = _scale(side, left, right), _scale((low - room, high + room), bottom, top)
    _draw_axes(reel.root, left, right, top, bottom, (low - room, high + room), up)
    _draw_ticks(reel.root, side, across, course.inputs[0], left, right, bottom)
    for sample in course.rows:
        add(reel.root, "circle", cx=across(sample[0]), cy=up(sample[1]), r=3, fill=LIGHT.quiet)
    inputs = np.linspace(side[0], side[1], LINE_POINTS)
    for k in range(reel.count):
        outputs = outputs_at(k, inputs[:, None])[:, 0]
        line = add(
            reel.root, "path", d=_path(inputs, outputs, across, up, top, bottom), fill="none", stroke=LIGHT.ink,
            stroke_width=2,
        )
        reel.only_in(line, [k])


def _path(xs: Array, ys: Array, across: Scale, up: Scale, top: float, bottom: float) -> str:
    """A line through points, with gaps where one is not finite or outside of the picture."""
    parts, is_open = [], False
    for x, y in zip(xs, ys, strict=True):
        inside = isfinite(y) and top <= up(y) <= bottom
        if inside:
            parts.append(f"{'L' if is_open else 'M'}{across(x):.1f},{up(y):.1f}")
        is_open = inside
    return "".join(parts)


def _draw_losses(reel: Reel, course: Course, x: float, y: float) -> None:
    """The losses: all of them in grey, those so far in ink."""
    finite = [loss for loss in course.losses if isfinite(loss)] or [1.0]
    low, high = min(0.0, *finite), max(0.0, *finite)
    left, right, top, bottom = x + SCALE_TEXT, x + PLANE, y + 18, y + CURVE - 28
    epochs = 0, max(1, course.epochs[-1])
    across, up = _scale(epochs, left, right), _scale((low, high or 1.0), bottom, top)
    _draw_axes(reel.root, left, right, top, bottom, (low, high or 1.0), up)
    write(reel.root, "mean loss", left, y + 10, SMALL, LIGHT.ink)
    _draw_ticks(reel.root, epochs, across, "epoch", left, right, bottom)
    xs, ys = np.array(course.epochs), np.array(course.losses)
    whole = _path(xs, ys, across, up, top - 1, bottom + 1)
    add(reel.root, "path", d=whole, fill="none", stroke=LIGHT.line, stroke_width=1.2)
    for k in range(reel.count):
        group = SubElement(reel.root, "g")
        reel.only_in(group, [k])
        so_far = _path(xs[: k + 1], ys[: k + 1], across, up, top - 1, bottom + 1)
        add(group, "path", d=so_far, fill="none", stroke=LIGHT.ink, stroke_width=2)
        if isfinite(ys[k]):
            add(group, "circle", cx=across(xs[k]), cy=up(ys[k]), r=4, fill=LIGHT.accent)


def _draw_axes(
    root: Element, left: float, right: float, top: float, bottom: float, side: tuple[float, float], up: Scale
) -> None:
    add(root, "path", d=f"M{left},{top:.1f}V{bottom:.1f}H{right}", fill="none", stroke=LIGHT.line)
    for number in ticks(*side):
        write(root, readable(number, 3), left - 6, up(number) + 4, SMALL, LIGHT.quiet, text_anchor="end")


def _draw_ticks(
    root: Element, side: Sequence[float], across: Scale, name: str, left: float, right: float, bottom: float
) -> None:
    """The numbers below a picture, and the name of what they are, where the last of them would be."""
    last = lines_of(name, 90, SMALL, 1)
    for number in ticks(side[0], side[1]):
        if across(number) < right - 60:
            write(root, readable(number, 4), across(number), bottom + 16, SMALL, LIGHT.quiet, text_anchor="middle")
    write(root, last[0] if last else "", right, bottom + 16, SMALL, LIGHT.ink, text_anchor="end")


# ---- numbers and shapes

def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers from low to high."""
    rough = (high - low) / about
    if not rough > 0 or not isfinite(rough):
        return []
    power = 10.0 ** floor(log10(rough))
    step = next((digit * power for digit in (1, 2, 5, 10) if digit * power >= rough), rough)
    return [float(f"{k * step:.12g}") for k in range(ceil(low / step), floor(high / step) + 1)]


def _scale(side: Sequence[float], start: float, end: float) -> Scale:
    low, high = side
    factor = (end - start) / (high - low) if high != low else 0.0
    return lambda x: float(start + (x - low) * factor)


def _parts(colour: str) -> Array:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def _mark(k: int, x: float, y: float) -> str:
    """The mark of a class: a circle, a square, a diamond, a triangle, another one."""
    marks = (
        f"M{x - 4.5:.1f},{y:.1f}a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0", f"M{x - 4:.1f},{y - 4:.1f}h8v8h-8z",
        f"M{x:.1f},{y - 5:.1f}l5,5l-5,5l-5,-5z", f"M{x:.1f},{y + 5:.1f}l-5,-9h10z", f"M{x:.1f},{y - 5:.1f}l5,9h-10z",
    )
    return marks[k % len(marks)]
