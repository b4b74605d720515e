"""A scene in the language of Graphviz's dot: a box for each value, a small circle for each operation.

As in tutorials on backpropagation, a box holds the value in blue and the gradient below it in red, and the
local gradient stands on the edge from an operand to the operation. It is a node there, in the middle of
the edge: as a label it would stand beside, and in a large graph nearer to another edge.

Every part has an id, by which a page finds it in the SVG: n3 is the box of the Value at place 3 of
Scene.values, op3 the circle of the operation that made it, r3 the edge from there to the box. d3_0 is the
local gradient by its first operand, e3_0a and e3_0b are the edges before and behind it; c3_1 is the second
operand, if that is a number. m0 is a folded module, i0 are inputs that share a box, x0 is an edge at those.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ...engine.value import Value
from ..dot_language import digraph, escaped, in_tooltip, points
from ..names import plain
from ..theme import Palette
from ..wording import counted
from .folding import Fold, around
from .highlight import Highlight
from .scene import Inputs, Scene, Thing, sign_of
from .shading import Shading, legible

TYPE = {"fontname": "Helvetica", "fontsize": "12"}
PAGE = TYPE | {"pad": "0.15", "nodesep": "0.2", "ranksep": "0.3"}
BOX = TYPE | {"shape": "box", "style": "rounded,filled", "width": "0", "height": "0", "margin": "0.05,0.02"}
EDGE = {"arrowsize": "0.6", "weight": "4"}                              # straighter than a constant's
OPERATION = {
    "style": "filled", "width": "0.3", "height": "0.3", "margin": "0.02",
    "ordering": "in",       # the first operand at the top, if possible
}
SLOPE = {"style": "", "fontsize": "10", "margin": "0.05,0.01"}
CONSTANT = {"fontsize": "10", "margin": "0.04,0.02"}
FOLD = {"margin": "0.1,0.05", "penwidth": "1.5"}
FRAME = {"style": "rounded", "labeljust": "l", "margin": "8", "fontsize": "11"}
LIT = {"penwidth": "2.4"}
MANY = 100               # things: from here on, edges are straightened for as long as it shows, no longer


class Drawing:
    """A scene in the language of dot, in the making.

    shading: what fills the boxes. highlight: what is brought to the fore. framed: whether modules that are
    not folded have a frame around what they computed.
    """

    def __init__(
        self, scene: Scene, rankdir: str, colours: Palette, *, shading: Shading | None = None,
        highlight: Highlight | None = None, framed: bool = False,
    ) -> None:
        self.scene = scene
        self.colours = colours
        self.shading = shading
        self.highlight = highlight
        self.sideways = rankdir in ("LR", "RL")
        self.roots = set(scene.roots)
        self.prefix = ""        # of the names of nodes, where one picture holds several graphs
        self.joints = 0         # edges at folded modules so far
        self.frames: dict[str, Any] | None = {} if framed else None
        lit = highlight or Highlight(frozenset(), frozenset(), "")
        self.lit_things = {scene.shown(value) for value in lit.values}
        self.lit_edges = {(scene.shown(operand), scene.shown(result)) for operand, result in lit.edges}
        rounds = "8" if len(scene.things) < MANY else "1"
        page = PAGE | {"bgcolor": colours.page, "rankdir": rankdir, "label": self.legend(), "nslimit": rounds}
        page |= {"ranksep": "0.6"} if scene.folding.folds else {}
        box = BOX | {"fontcolor": colours.ink, "color": colours.line, "fillcolor": colours.page}
        self.graph = digraph(
            "computation", graph_attr=page, node_attr=box, edge_attr=EDGE | {"color": colours.line}
        )
        self.edges_inside, self.edges_outside = digraph(), digraph()            # of frames

    def add_all(self) -> None:
        """Draw everything."""
        for thing in self.scene.things:
            if isinstance(thing, Fold):
                self.add_fold(thing)
            elif isinstance(thing, Inputs):
                self.add_inputs(thing)
            else:
                self.add_value(thing)
                if thing.operands:
                    self.add_operation(thing)
        self.close_frames()

    # ---- what is drawn

    def add_value(self, value: Value) -> None:
        """A box with up to three lines: what it is, the value, the gradient."""
        colours, scene, look = self.colours, self.scene, self.look(value)
        lines = [
            (scene.headline(value), colours.ink if value.requires_grad else colours.quiet),
            (scene.number(scene.data[value]), colours.value), (scene.gradient(value), colours.gradient),
        ]
        name = self.node(value)
        label = self.label(lines, value, look.get("fillcolor", colours.page))
        self.inside(value).node(name, label, id=name, tooltip=in_tooltip(scene.details(value)), **look)

    def add_operation(self, result: Value) -> None:
        """A circle, with edges from the operands by way of the local gradients, and one to the result."""
        i = f"{self.prefix}{self.scene.place[result]}"
        circle, sign, frame = self.circle(result), sign_of(result.operation), self.inside(result)
        shape, name = "circle" if len(sign) <= 2 else "ellipse", in_tooltip(result.operation.name)
        fill = {"fillcolor": self.colours.panel, "fontcolor": self.faded(result, self.colours.ink)}
        frame.node(circle, escaped(sign), id=circle, shape=shape, tooltip=name, **OPERATION | fill)
        self.edges(result).edge(circle, self.node(result), id=f"r{i}", **self.arrow(result, result, 2))
        sources = self.scene.sources(result)
        length = str(1 + (len(sources) + len(self.scene.constants(result))) // 10)  # less steep from afar
        for source, number in sources.items():
            if self.is_bundle(source, number):
                self.add_bundle(source, result, circle, number, minlen=length)
        for k, operand in enumerate(result.operands):
            if not isinstance(operand, Value):
                self.add_constant(operand, f"{i}_{k}", result, minlen=length)
            elif not self.is_bundle(source := self.scene.shown(operand), sources[source]):
                self.add_slope(operand, f"{i}_{k}", result, k, minlen=length)

    def add_slope(self, operand: Value, i: str, result: Value, k: int, **options: str) -> None:
        """The edge from an operand to the operation, with the local gradient on it."""
        scene, box, circle = self.scene, f"d{i}", self.circle(result)
        equation, slope = in_tooltip(scene.slope(result, k)), scene.number(result.local_grads[k])
        look = SLOPE | {"color": self.colours.page, "fontcolor": self.colours.quiet}
        self.inside(result).node(box, slope, id=box, tooltip=equation, **look)
        before, after = self.arrow(operand, result, 0), self.arrow(operand, result, 1) | options
        self.edges(result).edge(self.node(scene.shown(operand)), box, id=f"e{i}a", tooltip=equation, **before)
        self.edges(result).edge(box, circle, id=f"e{i}b", tooltip=equation, **after)

    def add_constant(self, constant: float, i: str, result: Value, **options: str) -> None:
        """A plain number, and the edge from there to the operation."""
        box, number, look = f"c{i}", self.scene.number(constant), {"fontcolor": self.colours.quiet}
        self.inside(result).node(box, number, id=box, tooltip="constant", **CONSTANT | look)
        self.edges(result).edge(box, self.circle(result), id=f"e{i}b", weight="1", **options)

    def circle(self, result: Value) -> str:
        """What the circle of an operation is called in the language of dot."""
        return f"op{self.prefix}{self.scene.place[result]}"

    def add_fold(self, fold: Fold) -> None:
        """A module in a box: its name, what goes in and out, what is inside; the numbers that come out."""
        colours, scene, name = self.colours, self.scene, self.node(fold)
        title, shape, inside = scene.lines(fold)
        values, gradients = scene.outputs(fold)
        lines = [
            (title, colours.ink), (shape, colours.ink), (inside, colours.quiet), (values, colours.value),
            (gradients, colours.gradient),
        ]
        border = colours.quiet if self.roots.isdisjoint(fold.outputs) else colours.ink
        look = FOLD | {"fillcolor": colours.panel, "color": border}
        look |= self.fill_of(fold) | self.outline(fold)
        label = self.label(lines, fold, look["fillcolor"])
        self.inside(fold).node(name, label, id=name, tooltip=in_tooltip(scene.fold_details(fold)), **look)
        for source, number in scene.sources(fold).items():
            if self.is_bundle(source, number):
                self.add_bundle(source, fold, name, number)
            else:
                self.edges(fold).edge(self.node(source), name, id=self.joint(), **self.between(source, fold))

    def add_inputs(self, inputs: Inputs) -> None:
        name, numbers = self.node(inputs), [self.scene.data[value] for value in inputs.values]
        title, values = counted(len(numbers), "input"), self.scene.numbers(numbers)
        lines = [(title, self.colours.ink), (values, self.colours.value)]
        label = self.label(lines, inputs, self.colours.panel)
        names = in_tooltip(", ".join(map(self.scene.said, inputs.values[:20])))
        look = {"fillcolor": self.colours.panel} | self.outline(inputs)
        self.graph.node(name, label, id=name, tooltip=names, **look)

    def add_bundle(self, source: Thing, target: Thing, head: str, number: int, **options: str) -> None:
        """One edge for many values."""
        joint, look = self.joint(), SLOPE | {"color": self.colours.page, "fontcolor": self.colours.quiet}
        home = common(self.scene.home(source), self.scene.home(target))
        self.frame(home).node(joint, counted(number, "value"), id=joint, **look)
        thick = {"penwidth": "2"} | self.between(source, target)
        self.edges(target).edge(self.node(source), joint, id=f"{joint}a", dir="none", **thick)
        self.edges(target).edge(joint, head, id=f"{joint}b", **thick, **options)

    def is_bundle(self, source: Thing, number: int) -> bool:
        """Whether the values from there share one edge."""
        return isinstance(source, Inputs) or (isinstance(source, Fold) and number > 1)

    def has_slopes(self) -> bool:
        """Whether a local gradient stands on an edge: none does between folded modules."""
        return any(
            not self.is_bundle(source, number)
            for thing in self.scene.things if isinstance(thing, Value)
            for source, number in self.scene.sources(thing).items()
        )

    def joint(self) -> str:
        self.joints += 1
        return f"x{self.prefix}{self.joints - 1}"

    # ---- how it looks

    def look(self, value: Value) -> dict[str, str]:
        """The attributes of a box that are not those of all boxes."""
        quiet = {} if value.requires_grad else {"fillcolor": self.colours.panel}
        root = {"color": self.colours.ink} if value in self.roots else {}
        return quiet | root | self.fill_of(value) | self.outline(value)

    def fill_of(self, thing: Thing) -> dict[str, str]:
        """The fill that the scale gives, if there is one."""
        if self.shading is None:
            return {}
        of = shaded(self.scene, self.shading.what, thing)
        return {} if of is None else {"fillcolor": self.shading.fill(of)}

    def outline(self, thing: Thing) -> dict[str, str]:
        """How a box that is highlighted is."""
        return {"color": self.colours.accent} | LIT if thing in self.lit_things else {}

    def faded(self, thing: Thing, colour: str) -> str:
        """The colour of a text, or a quieter one where other things are highlighted."""
        return self.colours.quiet if self.highlight and thing not in self.lit_things else colour

    def arrow(self, operand: Value, result: Value, part: int) -> dict[str, str]:
        """The attributes of the arrow from operand to result: of the part before the local gradient (0), of
        that between it and the operation (1), and of that behind (2), which all operands share."""
        head = {"dir": "none"} if part == 0 else {}
        if part == 2:
            arrives = any((self.scene.shown(x), result) in self.lit_edges for x in self._operands(result))
            return head | (self.lit() if arrives else {})
        return head | self.between(self.scene.shown(operand), result)

    def _operands(self, result: Value) -> list[Value]:
        return [x for x in result.operands if isinstance(x, Value)] if self.lit_edges else []

    def between(self, source: Thing, target: Thing) -> dict[str, str]:
        """The attributes of an edge."""
        return self.lit() if (source, target) in self.lit_edges else {}

    def lit(self) -> dict[str, str]:
        return {"color": self.colours.accent} | LIT

    def node(self, thing: Thing) -> str:
        """What the box of a thing is called in the language of dot."""
        return self.scene.id_of(thing, self.prefix)

    def label(self, lines: list[tuple[str, str]], thing: Thing, fill: str) -> str:
        """Lines in their colours, those that say something."""
        rows = [
            _line(text, legible(self.faded(thing, colour), fill, self.colours))
            for text, colour in lines if text
        ]
        return f'<<table border="0" cellspacing="0" cellpadding="1">{"".join(rows)}</table>>'

    def legend(self) -> str:
        """What the colours mean, of those that are there."""
        colours = self.colours
        words = [("value", colours.value)]
        if any(value.requires_grad for value in self.scene.values):
            words.append(("gradient", colours.gradient))
        if self.has_slopes():
            words.append(("local gradient on the edge", colours.quiet))
        if self.highlight:
            words.append((self.highlight.said, colours.accent))
        cells = "".join(
            f'<td width="{_width(word)}"><font color="{colour}">{escaped(word)}</font></td>'
            for word, colour in words
        )
        rows = f"<tr><td>{_row(cells)}</td></tr>"
        if self.shading:
            rows += f"<tr><td>{_row(self.scale(self.shading))}</td></tr>"
            return f'<<table border="0" cellborder="0" cellspacing="0">{rows}</table>>'
        return f'<<table border="0" cellborder="0" cellspacing="8"><tr>{cells}</tr></table>>'

    def scale(self, shading: Shading) -> str:
        """The fills from the lowest number to the highest."""
        signs = {"red below 0": shading.low < 0.0, "blue above 0": shading.high > 0.0}
        occurring = [said for said, occurs in signs.items() if occurs]
        what = ", ".join([f"fill: {shading.what}", *(["logarithmic"] * shading.is_logarithmic), *occurring])
        if shading.is_empty:
            return self.words(f"{what}: no backward pass has come by" if shading.what == "gradient" else what)
        cells = "".join(f'<td width="22" bgcolor="{colour}"> </td>' for colour in shading.cells())
        low, high = self.scene.number(shading.low), self.scene.number(shading.high)
        return self.words(what) + self.words(low) + cells + self.words(high)

    def words(self, text: str) -> str:
        return f'<td width="{_width(text)}"><font color="{self.colours.ink}">{escaped(text)}</font></td>'

    # ---- frames around modules

    def edges(self, target: Thing) -> Any:
        """The graph to put the edges to a thing into: with frames, they follow all the nodes."""
        if self.frames is None:
            return self.graph
        return self.edges_inside if self.scene.home(target) else self.edges_outside

    def inside(self, thing: Thing) -> Any:
        """The graph to put a thing into: the frame of the module around it."""
        return self.frame(self.scene.home(thing))

    def frame(self, home: str) -> Any:
        """The frame of a module, which is new if nothing is in it yet; without one, the whole graph."""
        if self.frames is None or not home:
            return self.graph
        for path in around(home):
            if path not in self.frames:
                said, name = escaped(plain(path.rpartition(".")[2])), in_tooltip(plain(path))
                look = FRAME | {"color": self.colours.line, "fontcolor": self.colours.quiet}
                look |= {"label": said, "tooltip": name}
                self.frames[path] = digraph(f"cluster_{len(self.frames)}", graph_attr=look)
        return self.frames[home]

    def close_frames(self) -> None:
        """Put each frame into the one around it: the last ones are the innermost."""
        frames = self.frames or {}
        if self.sideways:                   # then dot stacks upward what is in a frame
            for graph in (*frames.values(), self.edges_inside):
                graph.body.reverse()
        self.keep_order()
        if frames:
            self.keep_order_of_leaves()
        for path, frame in reversed(frames.items()):
            frames.get(path.rpartition(".")[0], self.graph).subgraph(frame)
            frame.body.clear()              # the copies of many nested ones would fill the memory
        self.graph.body += self.edges_inside.body + self.edges_outside.body

    def keep_order(self) -> None:
        """Folded modules that stand beside each other, as the neurons of a layer do, stay in their order."""
        if any(isinstance(thing, Value) and self.scene.home(thing) for thing in self.scene.things):
            return                      # what is not folded needs the room, and the search below
        beside: dict[tuple[str, frozenset[Thing]], list[Fold]] = {}
        for fold in self.scene.folding.folds.values():
            key = self.scene.home(fold), frozenset(self.scene.sources(fold))
            beside.setdefault(key, []).append(fold)
        for (home, sources), folds in beside.items():
            if len(folds) > 1 and sources.isdisjoint(folds):
                folds.sort(key=_number, reverse=self.sideways)      # dot stacks upward then
                self.graph.attr(remincross="false")                 # a second search would turn them around
                self.chain(home, folds)

    def keep_order_of_leaves(self) -> None:
        """So do the leaves of an operation in a frame. Beside an edge for many values, only the first search
        puts them in their order."""
        operations = [thing for thing in self.scene.things if isinstance(thing, Value) and thing.operands]
        uses = Counter(x for thing in operations for x in self.scene.sources(thing))
        for thing in operations:
            home, sources = self.scene.home(thing), self.scene.sources(thing)
            own = [
                x for x in sources
                if isinstance(x, Value) and not x.operands and uses[x] == 1 and self.scene.home(x) == home
            ]
            if home and len(own) > 1:
                self.chain(home, own[::-1] if self.sideways else own)
                if any(self.is_bundle(source, number) for source, number in sources.items()):
                    self.graph.attr(remincross="false")

    def chain(self, home: str, things: Sequence[Thing]) -> None:
        """Things beside each other in this order."""
        names = " -> ".join(map(self.node, things))
        self.frame(home).body.append(f"\t{{ rank=same; {names} [style=invis] }}\n")


def _number(fold: Fold) -> int:
    """12 of neuron12."""
    return int("0" + re.split(r"\D", fold.path)[-1][-9:])


def common(one: str, other: str) -> str:
    """The innermost module around two paths, "" if there is none."""
    both = set(around(one)) & set(around(other))
    return max(both, key=len, default="")


def shaded(scene: Scene, what: str, thing: Thing) -> float | None:
    """The number that fills a box: of a folded module, the largest in size of those that come out."""
    if isinstance(thing, Inputs):
        return None
    values = thing.outputs if isinstance(thing, Fold) else [thing]
    numbers = [scene.data[value] if what == "value" else scene.gradient_of(value) for value in values]
    return max((x for x in numbers if x is not None), key=abs, default=None)


def _width(text: str) -> int:
    """The width of a line in a box."""
    return round(points(text, float(TYPE["fontsize"])))


def _row(cells: str) -> str:
    return f'<table border="0" cellborder="0" cellspacing="8"><tr>{cells}</tr></table>'


def _line(text: str, colour: str) -> str:
    """A line of a label, as wide at least as the text."""
    width = _width(text)
    return f'<tr><td width="{width}"><font color="{colour}">{escaped(text)}</font></td></tr>'
