"""A scene in the language of Graphviz's dot: a box for each value, a small circle for each operation.

As in tutorials on backpropagation, a box holds the value in blue and the gradient below it in red, and the
local derivative stands on the edge from an operand to the operation. It is a node there, in the middle of
the edge: a label would be placed beside the edge, and in a large graph nearer to another one.

Every part has an id, which scene.py gives it, and by which a page finds it in the SVG.
frames.py draws the frames around modules, legend.py the legend below the picture.
"""
from __future__ import annotations


from ...engine.value import Value
from ..dot_language import Digraph, cell, escaped, in_tooltip
from ..theme import Palette
from ..wording import counted
from .folding import Fold
from .frames import Frames
from .highlight import Highlight
from .legend import SIZE, legend
from .module_paths import prefixes
from .scene import Box, Inputs, Scene, sign_of
from .shading import Shading, legible, number_of, shading_of

TYPE = {"fontname": "Helvetica", "fontsize": f"{SIZE:g}"}
PAGE = TYPE | {"pad": "0.15", "nodesep": "0.2", "ranksep": "0.3"}
BOX = TYPE | {"shape": "box", "style": "rounded,filled", "width": "0", "height": "0", "margin": "0.05,0.02"}
EDGE = {"arrowsize": "0.6", "weight": "4"}                              # straighter than a constant's
OPERATION = {
    "style": "filled", "width": "0.3", "height": "0.3", "margin": "0.02",
    "ordering": "in",       # the first operand at the top, if possible
}
ON_AN_EDGE = {"style": "", "fontsize": "10", "margin": "0.05,0.01"}
CONSTANT = {"fontsize": "10", "margin": "0.04,0.02"}
FOLD = {"margin": "0.1,0.05", "penwidth": "1.5"}
THICK = {"penwidth": "2.4"}
MANY = 100                  # boxes: from here on, dot spends less time on straight edges
MOST_NAMED = 20             # inputs in a tooltip
TO_LOCAL_DERIVATIVE, TO_OPERATION, TO_RESULT = range(3)       # the parts of an edge from an operand to a result


def dot_source(
    scene: Scene, rankdir: str, colours: Palette, color: str | None = None, highlight: Highlight | None = None
) -> str:
    """The scene in the language of dot; boxes are filled by `color`, "value" or "gradient"."""
    shading = None if color is None else shading_of(scene, color, colours)
    drawing = Drawing(scene, rankdir, colours, shading, highlight)
    drawing.add_all()
    return drawing.graph.source


class Drawing:
    """A scene in the language of dot, as it is written. Where modules are folded, frames are around the others."""

    def __init__(
        self, scene: Scene, rankdir: str, colours: Palette, shading: Shading | None = None,
        highlight: Highlight | None = None,
    ) -> None:
        self.scene = scene
        self.colours = colours
        self.shading = shading
        self.roots = set(scene.roots)
        self.bundles = 0                # edges at folded modules so far
        self.highlight = highlight
        values, edges = (highlight.values, highlight.edges) if highlight else ((), ())
        self.highlighted_boxes = {scene.box_of(value) for value in values}
        self.highlighted_edges = {(scene.box_of(operand), scene.box_of(result)) for operand, result in edges}
        self.highlighted_results = {result for _, result in self.highlighted_edges}
        page = PAGE | {
            "bgcolor": colours.page, "rankdir": rankdir, "label": legend(scene, colours, highlight, shading),
            "nslimit": "8" if len(scene.boxes) < MANY else "1",
        }
        page |= {"ranksep": "0.6"} if scene.folding.folds else {}
        box = BOX | {"fontcolor": colours.ink, "color": colours.line, "fillcolor": colours.page}
        self.graph = Digraph(
            "computation", graph_attr=page, node_attr=box, edge_attr=EDGE | {"color": colours.line}
        )
        sideways = rankdir in ("LR", "RL")
        self.frames = Frames(scene, self.graph, colours, sideways) if scene.folding.folds else None

    def add_all(self) -> None:
        """Draw everything."""
        for box in self.scene.boxes:
            if isinstance(box, Fold):
                self.add_fold(box)
            elif isinstance(box, Inputs):
                self.add_inputs(box)
            else:
                self.add_value(box)
                if box.operands:
                    self.add_operation(box)
        if self.frames:
            self.frames.close()

    # ---- the parts of a picture

    def add_value(self, value: Value) -> None:
        """A box with up to three lines: name and formula, value, gradient."""
        colours, scene, attributes = self.colours, self.scene, self.attributes(value)
        lines = [
            (scene.headline(value), colours.ink if value in scene.requires_grad else colours.quiet),
            (scene.number(scene.data[value]), colours.value), (scene.gradient(value), colours.gradient),
        ]
        name = self.scene.id_of(value)
        label = self.label(lines, value, attributes.get("fillcolor", colours.page))
        self.inside(value).node(name, label, id=name, tooltip=in_tooltip(scene.details(value)), **attributes)

    def add_operation(self, result: Value) -> None:
        """A circle, with edges from the operands by way of the local derivatives, and one to the result."""
        scene = self.scene
        circle, sign = scene.operation_id(result), sign_of(result.operation)
        shape, tooltip = "circle" if len(sign) <= 2 else "ellipse", in_tooltip(result.operation.name)
        fill = {"fillcolor": self.colours.panel, "fontcolor": self.faded(result, self.colours.ink)}
        self.inside(result).node(circle, escaped(sign), id=circle, shape=shape, tooltip=tooltip, **OPERATION | fill)
        arrow = self.arrow(result, result, TO_RESULT)
        self.edges_to(result).edge(circle, scene.id_of(result), id=scene.result_edge_id(result), **arrow)
        sources = scene.sources(result)
        length = str(1 + (len(sources) + len(scene.constants(result))) // 10)       # less steep from afar
        for source, places in sources.items():
            if scene.is_bundle(source, len(places)):
                self.add_bundle(source, result, circle, len(places), minlen=length)
        for k, operand in enumerate(result.operands):
            if not isinstance(operand, Value):
                self.add_constant(operand, result, k, minlen=length)
            elif not scene.is_bundle(source := scene.box_of(operand), len(sources[source])):
                self.add_local_derivative(operand, result, k, minlen=length)

    def add_local_derivative(self, operand: Value, result: Value, k: int, **options: str) -> None:
        """The edge from an operand to the operation, with the local derivative on it."""
        scene, node = self.scene, self.scene.local_derivative_id(result, k)
        first, second = scene.operand_edge_ids(result, k)
        equation, number = in_tooltip(scene.local_derivative(result, k)), scene.number(result.local_grads[k])
        self.inside(result).node(node, number, id=node, tooltip=equation, **self.on_an_edge())
        before = self.arrow(operand, result, TO_LOCAL_DERIVATIVE)
        behind = self.arrow(operand, result, TO_OPERATION) | options
        edges, tail = self.edges_to(result), scene.id_of(scene.box_of(operand))
        edges.edge(tail, node, id=first, tooltip=equation, **before)
        edges.edge(node, scene.operation_id(result), id=second, tooltip=equation, **behind)

    def add_constant(self, constant: float, result: Value, k: int, **options: str) -> None:
        """A plain number, and the edge from there to the operation."""
        scene, look = self.scene, {"fontcolor": self.colours.quiet}
        node, number = scene.constant_id(result, k), scene.number(constant)
        [edge] = scene.operand_edge_ids(result, k)
        self.inside(result).node(node, number, id=node, tooltip="constant", **CONSTANT | look)
        self.edges_to(result).edge(node, scene.operation_id(result), id=edge, weight="1", **options)

    def add_fold(self, fold: Fold) -> None:
        """A module in a box: its name, its shape, its contents, and the numbers of its outputs."""
        colours, scene, name = self.colours, self.scene, self.scene.id_of(fold)
        title, shape, contents = scene.lines(fold)
        values, gradients = scene.outputs(fold)
        lines = [
            (title, colours.ink), (shape, colours.ink), (contents, colours.quiet), (values, colours.value),
            (gradients, colours.gradient),
        ]
        border = colours.quiet if self.roots.isdisjoint(fold.outputs) else colours.ink
        look = FOLD | {"fillcolor": colours.panel, "color": border} | self.fill(fold) | self.outline(fold)
        label = self.label(lines, fold, look["fillcolor"])
        self.inside(fold).node(name, label, id=name, tooltip=in_tooltip(scene.fold_details(fold)), **look)
        for source, places in scene.sources(fold).items():
            if scene.is_bundle(source, len(places)):
                self.add_bundle(source, fold, name, len(places))
            else:
                edge = self.edge_attributes(source, fold)
                self.edges_to(fold).edge(self.scene.id_of(source), name, id=self.new_bundle(), **edge)

    def add_inputs(self, inputs: Inputs) -> None:
        """Many leaves in a box: how many, and the range of their numbers."""
        name, numbers = self.scene.id_of(inputs), [self.scene.data[value] for value in inputs.values]
        title, values = counted(len(numbers), "input"), self.scene.numbers(numbers)
        lines = [(title, self.colours.ink), (values, self.colours.value)]
        label = self.label(lines, inputs, self.colours.panel)
        names = in_tooltip(", ".join(map(self.scene.name_or_number, inputs.values[:MOST_NAMED])))
        look = {"fillcolor": self.colours.panel} | self.outline(inputs)
        self.graph.node(name, label, id=name, tooltip=names, **look)

    def add_bundle(self, source: Box, target: Box, head: str, number: int, **options: str) -> None:
        """One edge for many values, with their number on it."""
        node, scene = self.new_bundle(), self.scene
        frame = self.frame(_common_module(scene.module_around(source), scene.module_around(target)))
        frame.node(node, counted(number, "value"), id=node, **self.on_an_edge())
        thick = {"penwidth": "2"} | self.edge_attributes(source, target)
        self.edges_to(target).edge(self.scene.id_of(source), node, id=f"{node}a", dir="none", **thick)
        self.edges_to(target).edge(node, head, id=f"{node}b", **thick, **options)

    # ---- where they go

    def new_bundle(self) -> str:
        self.bundles += 1
        return f"x{self.scene.prefix}{self.bundles - 1}"

    def inside(self, box: Box) -> Digraph:
        """The graph to put a box into: the frame of the module around it."""
        return self.frame(self.scene.module_around(box))

    def frame(self, module: str) -> Digraph:
        return self.frames.frame(module) if self.frames else self.graph

    def edges_to(self, box: Box) -> Digraph:
        """The graph to put the edges into that lead to a box."""
        return self.frames.edges_to(box) if self.frames else self.graph

    # ---- how they look

    def attributes(self, value: Value) -> dict[str, str]:
        """The attributes in which a box differs from the others."""
        quiet = {} if value in self.scene.requires_grad else {"fillcolor": self.colours.panel}
        root = {"color": self.colours.ink} if value in self.roots else {}
        return quiet | root | self.fill(value) | self.outline(value)

    def on_an_edge(self) -> dict[str, str]:
        """The attributes of a text on an edge."""
        return ON_AN_EDGE | {"color": self.colours.page, "fontcolor": self.colours.quiet}

    def fill(self, box: Box) -> dict[str, str]:
        """The fill by the scale, if there is one."""
        if self.shading is None:
            return {}
        number = number_of(self.scene, self.shading.quantity, box)
        return {} if number is None else {"fillcolor": self.shading.fill(number)}

    def outline(self, box: Box) -> dict[str, str]:
        return self.highlighted() if box in self.highlighted_boxes else {}

    def highlighted(self) -> dict[str, str]:
        return {"color": self.colours.accent} | THICK

    def faded(self, box: Box, colour: str) -> str:
        """The colour of a text, or a quieter one where other boxes are highlighted."""
        return self.colours.quiet if self.highlight and box not in self.highlighted_boxes else colour

    def arrow(self, operand: Value, result: Value, part: int) -> dict[str, str]:
        """The attributes of one part of the edge from operand to result; TO_RESULT, all operands share."""
        if part == TO_RESULT:
            return self.highlighted() if result in self.highlighted_results else {}
        head = {"dir": "none"} if part == TO_LOCAL_DERIVATIVE else {}
        return head | self.edge_attributes(self.scene.box_of(operand), result)

    def edge_attributes(self, source: Box, target: Box) -> dict[str, str]:
        return self.highlighted() if (source, target) in self.highlighted_edges else {}

    def label(self, lines: list[tuple[str, str]], box: Box, fill: str) -> str:
        """Lines in their colours; empty ones are left out."""
        rows = [
            f"<tr>{cell(text, legible(self.faded(box, colour), fill, self.colours), SIZE)}</tr>"
            for text, colour in lines if text
        ]
        return f'<<table border="0" cellspacing="0" cellpadding="1">{"".join(rows)}</table>>'


def _common_module(one: str, other: str) -> str:
    """The innermost module around two paths, "" if there is none."""
    both = set(prefixes(one)) & set(prefixes(other))
    return max(both, key=len, default="")
