"""The scene of a computation as SVG, by the layout of this folder: for pages, and where no layout program is.

The parts have the ids and the classes that Graphviz gives them in pictures of the same scene, so that a page finds
them in the same way. Texts and shapes have the colours of a palette, which a page may replace by variables; a text has
the name of its colour as a class.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ...boundary.svg_themes import in_both_themes
from ...boundary.text import one_line
from ...engine.value import Value
from ..dot_language import points
from ..graph.folding import Fold
from ..graph.scene import Box, Inputs, Scene, sign_of
from ..theme import DARK, LIGHT, Palette
from ..wording import counted
from .layout import Point, lay_out

TYPE, SMALL = 12.0, 10.0            # sizes of type, in pixels
LINE = 16.0                         # from one line of a box to the next
NARROWEST = 72.0                    # a box, so that other numbers than those of now fit into it
PADDING = 16.0                      # of a box, both sides together
STUB = 8.0                          # from the circle of an operation to the box of its result
BETWEEN_LAYERS, BESIDE = 76.0, 18.0
MARGIN = 8.0
ARROW = 7.0
BESIDE_EACH_OTHER = 44.0            # edges from the same box to the same operation


class Part(NamedTuple):
    """A box of the picture; with an operation, if it is a result.

    Attributes:
        size: The width and the height of the box.
        sign: The size of the operation; None without one.
    """

    size: tuple[float, float]
    sign: tuple[float, float] | None


class _Edge(NamedTuple):
    """An edge of the layout: from a box, or from a constant, to an operation or a folded module."""

    tail: int
    head: int
    place: int = -1                 # of the operand; -1: a bundle, or an edge to a folded module
    number: int = 1                 # of values that share it


class GraphSvg:
    """The picture, as it is drawn.

    Attributes:
        root: The SVG element.
        width, height: In pixels.
    """

    def __init__(self, scene: Scene, rankdir: str, colours: Palette) -> None:
        self.scene, self.colours = scene, colours
        self.sideways = rankdir in ("LR", "RL")
        self.reversed = rankdir in ("RL", "BT")
        self.bundles = 0
        self._parts: list[Part] = []
        self._edges: list[_Edge] = []
        self._constants: dict[tuple[int, int], int] = {}    # the parts of constants, by result and place
        self._place: dict[Box, int] = {}
        self._boxes: dict[int, Box] = {}                    # by their parts
        self._collect()
        sizes = [self._turned(self._whole(part)) for part in self._parts]
        ends = [(min(edge[:2]), max(edge[:2])) for edge in self._edges]         # of one that leads back, too
        layout = lay_out(sizes, ends, between_layers=BETWEEN_LAYERS, beside=BESIDE)
        self._length = layout.width
        self._centres = layout.centres
        self.width, self.height = (x + 2 * MARGIN for x in self._turned((layout.width, layout.height)))
        self.root = Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {self.width:.0f} {self.height:.0f}",
            "width": f"{self.width:.0f}", "height": f"{self.height:.0f}",
        })
        self._draw(layout.routes)

    @property
    def svg(self) -> str:
        return ElementTree.tostring(self.root, encoding="unicode")

    @property
    def in_both_themes(self) -> str:
        """The element of a picture in the colours LIGHT, so that it is light or dark as its surroundings are."""
        names = ("page", "panel", "ink", "quiet", "line", "value", "gradient")
        return in_both_themes(self.svg, {getattr(LIGHT, name): getattr(DARK, name) for name in names})

    # ---- the parts and the edges

    def _collect(self) -> None:
        scene = self.scene
        for box in _in_order(scene):
            constants = {k: self._add(self._constant(x)) for k, x in scene.constants(box)}
            here = self._place[box] = self._add(self._part(box))
            self._constants |= {(here, k): part for k, part in constants.items()}
            self._edges += [_Edge(part, here, k) for k, part in constants.items()]
        for box, here in self._place.items():
            for source, places in scene.sources(box).items():
                tail = self._place[source]
                if isinstance(box, Value) and not scene.is_bundle(source, len(places)):
                    self._edges += [_Edge(tail, here, k) for k in places]
                else:
                    self._edges.append(_Edge(tail, here, number=len(places)))
        self._edges.sort(key=lambda edge: (edge.head, edge.place))

    def _add(self, part: Part) -> int:
        self._parts.append(part)
        return len(self._parts) - 1

    def _part(self, box: Box) -> Part:
        lines = self.lines(box)
        width = max(points(text, TYPE) for text, _ in lines) + PADDING
        size = max(NARROWEST, width), len(lines) * LINE + PADDING / 2
        if not isinstance(box, Value) or not box.operands:
            return Part(size, None)
        sign = sign_of(box.operation)
        return Part(size, (max(22.0, points(sign, TYPE) + 10), 22.0))

    def _constant(self, x: float) -> Part:
        return Part((points(self.scene.number(x), SMALL) + 6, 18.0), None)

    def lines(self, box: Box) -> list[tuple[str, str]]:
        """The lines of a box, each with the name of its colour."""
        scene = self.scene
        if isinstance(box, Value):
            flows = box in scene.requires_grad
            name = (scene.headline(box), "ink" if flows else "quiet")
            lines = [*([name] if name[0] else []), (scene.number(scene.data[box]), "value")]
            return [*lines, (scene.gradient(box), "gradient")] if flows else lines
        if isinstance(box, Fold):
            title, shape, contents = scene.lines(box)
            values, gradients = scene.outputs(box)
            lines = [(title, "ink"), (shape, "ink"), (contents, "quiet"), (values, "value")]
            return [*lines, (gradients, "gradient")] if gradients else lines
        numbers = [scene.data[value] for value in box.values]
        return [(counted(len(numbers), "input"), "ink"), (scene.numbers(numbers), "value")]

    def _whole(self, part: Part) -> tuple[float, float]:
        """The size of a box together with its operation."""
        if part.sign is None:
            return part.size
        (width, height), (across, down) = part.size, part.sign
        if self.sideways:
            return width + STUB + across, max(height, down)
        return max(width, across), height + STUB + down

    # ---- from the layout, which goes from left to right, to the picture

    def _turned(self, size: tuple[float, float]) -> tuple[float, float]:
        return size if self.sideways else (size[1], size[0])

    def _at(self, along: float, across: float) -> Point:
        along = self._length - along if self.reversed else along
        x, y = (along, across) if self.sideways else (across, along)
        return x + MARGIN, y + MARGIN

    def _ends(self, part: int) -> tuple[float, float]:
        """Where a part begins and ends along the layout."""
        along, _ = self._centres[part]
        half = self._turned(self._whole(self._parts[part]))[0] / 2
        return along - half, along + half

    # ---- drawing

    def _draw(self, routes: Sequence[Sequence[Point]]) -> None:
        alike: dict[tuple[int, int], list[int]] = {}
        for k, edge in enumerate(self._edges):
            alike.setdefault(edge[:2], []).append(k)
        boxes = self._boxes = {part: box for box, part in self._place.items()}
        labels: list[Element] = []          # above the edges
        for k, (edge, route) in enumerate(zip(self._edges, routes, strict=True)):
            same = alike[edge[:2]]
            aside = (same.index(k) - (len(same) - 1) / 2) * BESIDE_EACH_OTHER
            labels += self._draw_edge(edge, boxes[edge.head], route, aside)
        for box, part in self._place.items():
            if isinstance(box, Value) and box.operands:
                self._draw_operation(box, part)
            self._draw_box(box, part)
        for (head, k), part in self._constants.items():
            result = boxes[head]
            assert isinstance(result, Value)
            self._draw_constant(result, k, part)
        self.root.extend(labels)

    def _draw_edge(self, edge: _Edge, box: Box, route: Sequence[Point], aside: float) -> list[Element]:
        """An edge; the text on it, if there is one, is returned."""
        start, end = (self._ends(edge.tail)[1], self._centres[edge.tail][1]), self._ends(edge.head)[0]
        route = route if edge.tail < edge.head else [*reversed(route)]
        stations = [start, *route, (end, self._centres[edge.head][1])]
        first, second, middle = self._curve(stations, aside)
        x, y = self._at(end, stations[-1][1])
        if edge.place >= 0 and edge.tail in self._constants.values():
            assert isinstance(box, Value)
            [name] = self.scene.operand_edge_ids(box, edge.place)
            self._group(self.root, "edge", name, first + second, arrow=(x, y))
            return []
        if edge.place >= 0:
            assert isinstance(box, Value)
            one, other = self.scene.operand_edge_ids(box, edge.place)
            self._group(self.root, "edge", one, first)
            self._group(self.root, "edge", other, f"M{middle[0]:.1f},{middle[1]:.1f}{second}", arrow=(x, y))
            number = self.scene.number(box.local_grads[edge.place])
            name = self.scene.local_derivative_id(box, edge.place)
            return [self._text_on_edge(name, number, middle, self.scene.local_derivative(box, edge.place))]
        name = f"x{self.scene.prefix}{self.bundles}"
        self.bundles += 1
        second = f"M{middle[0]:.1f},{middle[1]:.1f}{second}"
        ends = f"{self.scene.id_of(self._boxes[edge.tail])} {self.scene.id_of(box)}"
        for group in (
            self._group(self.root, "edge", f"{name}a", first),
            self._group(self.root, "edge", f"{name}b", second, arrow=(x, y)),
        ):
            group.set("data-ends", ends)
        return [self._text_on_edge(name, counted(edge.number, "value"), middle)] if edge.number > 1 else []

    def _curve(self, stations: Sequence[Point], aside: float) -> tuple[str, str, Point]:
        """A smooth path through points along the layout: the part up to the middle of its last piece, and the rest."""
        path = "M{:.1f},{:.1f}".format(*self._at(*stations[0]))
        for k, ((x, y), (u, v)) in enumerate(pairwise(stations)):
            half = (x + u) / 2
            controls = [(x, y), (half, y + aside), (half, v + aside), (u, v)]
            if k < len(stations) - 2:
                path += _cubic(self._at(*each) for each in controls[1:])
        left, right = _halves(controls)
        middle = left[-1]
        ahead = _cubic(self._at(*each) for each in left[1:])
        return path + ahead, _cubic(self._at(*each) for each in right[1:]), self._at(*middle)

    def _group(
        self, parent: Element, kind: str, name: str, path: str = "", arrow: Point | None = None, title: str = ""
    ) -> Element:
        group = SubElement(parent, "g", {"id": name, "class": kind})
        if title:
            SubElement(group, "title").text = one_line(title)
        if path:
            SubElement(group, "path", {"d": path, "fill": "none", "stroke": self.colours.line})
        if arrow:
            SubElement(group, "polygon", {"points": self._arrow(*arrow), "fill": self.colours.line})
        return group

    def _arrow(self, x: float, y: float) -> str:
        back, half = (ARROW if self.reversed else -ARROW), ARROW / 2.4
        tips = [(x, y), (x + back, y - half), (x + back, y + half)]
        if not self.sideways:
            tips = [(x, y), (x - half, y + back), (x + half, y + back)]
        return " ".join(f"{u:.1f},{v:.1f}" for u, v in tips)

    def _text_on_edge(self, name: str, text: str, at: Point, title: str = "") -> Element:
        group = self._group(Element("g"), "node", name, title=title)
        self._text(group, text, at[0], at[1] + SMALL / 3, "quiet", SMALL, around=True)
        return group

    def _draw_operation(self, result: Value, part: int) -> None:
        width, height = self._parts[part].sign or (0.0, 0.0)
        along, across = self._ends(part)[0], self._centres[part][1]
        length = width if self.sideways else height
        x, y = self._at(along + length / 2, across)
        circle = self.scene.operation_id(result)
        tail, head = self._at(along + length, across), self._at(along + length + STUB, across)
        path = "M{:.1f},{:.1f}L{:.1f},{:.1f}".format(*tail, *head)
        self._group(self.root, "edge", self.scene.result_edge_id(result), path)
        group = self._group(self.root, "node", circle, title=result.operation.name)
        SubElement(group, "ellipse", {
            "cx": f"{x:.1f}", "cy": f"{y:.1f}", "rx": f"{width / 2:.1f}", "ry": f"{height / 2:.1f}",
            "fill": self.colours.panel, "stroke": self.colours.line,
        })
        self._text(group, sign_of(result.operation), x, y + TYPE / 3, "ink")

    def _draw_box(self, box: Box, part: int) -> None:
        scene, colours = self.scene, self.colours
        (width, height), lines = self._parts[part].size, self.lines(box)
        _, end = self._ends(part)
        x, y = self._at(end - (width if self.sideways else height) / 2, self._centres[part][1])
        title = scene.details(box) if isinstance(box, Value) else ""
        title = scene.fold_details(box) if isinstance(box, Fold) else title
        group = self._group(self.root, "node", scene.id_of(box), title=title)
        is_quiet = isinstance(box, Inputs | Fold) or box not in scene.requires_grad
        is_root = not set(scene.roots).isdisjoint(box.outputs if isinstance(box, Fold) else [box])
        SubElement(group, "path", {
            "d": _rounded(x - width / 2, y - height / 2, width, height),
            "fill": colours.panel if is_quiet else colours.page, "stroke": colours.ink if is_root else colours.line,
        })
        top = y - len(lines) * LINE / 2
        for k, (text, colour) in enumerate(lines):
            self._text(group, text, x, top + k * LINE + TYPE, colour)

    def _draw_constant(self, result: Value, k: int, part: int) -> None:
        x, y = self._at(*self._centres[part])
        group = self._group(self.root, "node", self.scene.constant_id(result, k), title="constant")
        operand = result.operands[k]
        assert not isinstance(operand, Value)
        self._text(group, self.scene.number(operand), x, y + SMALL / 3, "quiet", SMALL)

    def _text(
        self, parent: Element, text: str, x: float, y: float, colour: str, size: float = TYPE, around: bool = False
    ) -> None:
        attributes = {
            "x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": "middle", "font-size": f"{size:g}",
            "fill": getattr(self.colours, colour), "class": colour,
        }
        if around:                  # so that an edge below does not cross it
            attributes |= {"stroke": self.colours.page, "stroke-width": "6", "paint-order": "stroke"}
        element = SubElement(parent, "text", attributes)
        element.text, element.tail = one_line(text), "\n"          # between words, for whoever reads them in a row


def _in_order(scene: Scene) -> list[Box]:
    """The boxes, each behind those that lead to it, where that is possible: modules may use each other's results."""
    order: dict[Box, None] = {}
    open_ones: set[Box] = set()
    stack = [*reversed(scene.boxes)]
    while stack:
        box = stack[-1]
        missing = [source for source in scene.sources(box) if source not in order and source not in open_ones]
        if box in order or not missing:
            order[box] = None
            stack.pop()
        else:
            open_ones.add(box)
            stack += reversed(missing)
    return [*order]


def _halves(controls: Sequence[Point]) -> tuple[list[Point], list[Point]]:
    """The two halves of a Bézier curve (P. de Casteljau)."""
    left, right, row = list[Point](), list[Point](), [*controls]
    while row:
        left.append(row[0])
        right.insert(0, row[-1])
        row = [((x + u) / 2, (y + v) / 2) for (x, y), (u, v) in pairwise(row)]
    return left, right


def _cubic(controls: Iterable[Point]) -> str:
    return "C" + " ".join(f"{x:.1f},{y:.1f}" for x, y in controls)


def _rounded(x: float, y: float, width: float, height: float, radius: float = 8.0) -> str:
    """The outline of a box with round corners."""
    right, bottom, r = x + width, y + height, radius
    return (
        f"M{x + r:.1f},{y:.1f}H{right - r:.1f}Q{right:.1f},{y:.1f} {right:.1f},{y + r:.1f}V{bottom - r:.1f}"
        f"Q{right:.1f},{bottom:.1f} {right - r:.1f},{bottom:.1f}H{x + r:.1f}"
        f"Q{x:.1f},{bottom:.1f} {x:.1f},{bottom - r:.1f}V{y + r:.1f}Q{x:.1f},{y:.1f} {x + r:.1f},{y:.1f}Z"
    )
