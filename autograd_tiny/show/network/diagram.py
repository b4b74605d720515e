"""The diagram of a network: units as circles in columns, and a line for each weight between them.

units.py finds the units and weights of a model, arrangement.py their places; Graphviz only draws them there. Lines
begin at the right end of a unit and end at the left end of another, so that none runs through the units of its own
column. A line that skips columns passes each in a lane between two units.
"""
from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NoReturn

from ...boundary.arguments import integer
from ...boundary.text import quoted
from ...engine.value import Value
from ...nn.module import Module
from ..dot_language import Digraph, escaped, in_tooltip
from ..names import plain, readable
from ..picture import Picture
from ..theme import DARK, Palette, palette
from .arrangement import HEADING, NAME, NUMBER, UNIT, Arrangement, Point, inches
from .units import Line, Numbers, Unit, units_of

SAMPLE = 0.45                           # the length of a line in the legend, in inches
THICK = 4.0                             # a line, in points
MANY = 60                               # lines: from here on all are thinner


def network_diagram(
    model: Module, *, color: str = "weight", most: int = 16, theme: str = "auto", digits: int = 4
) -> Picture:
    """Draw the units of a network in columns, with a line for each weight.

    The thickness of a line shows the size of its weight relative to the others, its colour the sign. In a unit
    stands its bias. Pointing at a part shows all digits. The units of a Network stand in the column of their longest
    path from an input.

    Args:
        model: A Neuron, Layer, MLP or Network, or a Sequential of the first three.
        color: "weight", or "gradient" for the gradients of the weights and biases in their place; the line of a weight
            that no backward pass has reached is dashed.
        most: The number of units that a column shows; of more, the first and the last few.
        theme: "light" or "dark", or "auto": the SVG is then as the notebook or the page around it is.
        digits: The significant digits of numbers.

    Returns:
        A picture, which Jupyter shows and `save` writes to a file.

    Raises:
        TypeError: The model is something else.
        ValueError: There is no such color or theme, or the layers don't fit together.
    """
    if color not in ("weight", "gradient"):
        raise ValueError(f"color is 'weight' or 'gradient', got {quoted(color)}")
    colours, most, digits = palette(theme), integer("most", most), integer("digits", digits)
    numbers = Numbers(color, digits)
    placed = Arrangement(*units_of(model), most, numbers)
    themes = {colours, DARK} if theme == "auto" else {colours}
    sources = {each: _Drawing(placed, numbers, each).source() for each in themes}       # with the numbers of now
    title = f"The units of {plain(model.describe())}, and the {color}s between them"
    return Diagram(sources.__getitem__, title, theme)


class Diagram(Picture):
    """The picture of a network. Its errors say how to get the tree, the table and Mermaid, which only graphs have."""

    def __getattr__(self, name: str) -> NoReturn:
        if name in ("tree", "table", "mermaid"):
            raise AttributeError(
                f"the diagram of a network has no .{name}: draw(model(x)).{name} is that of its computation"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class _Drawing:
    """An arrangement in the language of dot, as it is written."""

    def __init__(self, placed: Arrangement, numbers: Numbers, colours: Palette) -> None:
        self.placed = placed
        self.numbers = numbers
        self.colours = colours
        known = [abs(x) for line in placed.lines if (x := numbers.number(line.weight)) is not None]
        self.largest = max(filter(isfinite, known), default=0.0)
        self.thick = THICK * min(1.0, (MANY / max(1, len(placed.lines))) ** 0.5)
        self.graph = Digraph(
            "network",
            graph_attr={
                "layout": "neato", "maxiter": "0",          # nothing is to be moved from its place
                "splines": "line", "outputorder": "edgesfirst", "pad": "0.15", "bgcolor": colours.page,
            },
            node_attr={
                "shape": "ellipse", "style": "filled", "fixedsize": "true", "height": f"{UNIT}",
                "width": f"{placed.width:.3f}", "color": colours.quiet, "fillcolor": colours.panel,
                "fontname": "Helvetica", "fontsize": f"{NAME:g}", "fontcolor": colours.ink,
            },
            edge_attr={"arrowhead": "none"},
        )

    def source(self) -> str:
        for c, row in enumerate(self.placed.rows):
            self.add_column(c, row)
        for line in sorted(self.placed.lines, key=self.strength):       # the strongest on top
            self.add_line(line)
        self.add_legend()
        return self.graph.source

    def strength(self, line: Line) -> float:
        """The size relative to the largest, from 0 to 1."""
        x = self.numbers.number(line.weight)
        if x is None or x == 0.0:
            return 0.0
        return abs(x) / self.largest if isfinite(x) else 1.0

    def add_column(self, c: int, row: Sequence[int | None]) -> None:
        """A heading, and the units below it."""
        column, x = self.placed.columns[c], c * self.placed.gap
        heading = self.placed.heading(c)
        self.add_text(f"heading{c}", heading, (x, self.placed.top + len(heading) * HEADING / 120), HEADING)
        for k, y in zip(row, self.placed.ys[c], strict=True):
            if k is None:
                hidden = len(column.units) - len(row) + 1
                self.add_text(f"more{c}", [f"{hidden:,} more"], (x, y - 0.12), NUMBER, self.colours.quiet)
                for i in range(3):          # not every font has ⋮
                    self.add_point(f"dot{c}_{i}", (x, y + 0.2 - 0.09 * i), self.colours.quiet)
            else:
                self.add_unit(f"u{c}_{k}", column.units[k], (x, y))

    def add_unit(self, node: str, unit: Unit, at: Point) -> None:
        """A circle with a name in its upper half and the bias in the lower one; one of them alone is in the middle."""
        x, y = at
        tooltip = in_tooltip(self.details(unit.name, unit.activation or "input", "bias", unit.bias))
        below = unit.bias is not None and bool(unit.caption)
        label = escaped(unit.caption) + ("\\n " if below else "")
        self.graph.node(node, label, pos=_pos(at), tooltip=tooltip)
        if unit.bias is not None:
            color = self.sign(self.numbers.number(unit.bias))
            number, at = self.numbers.text(unit.bias), (x, y - 0.09 * below)
            self.add_text(f"b{node[1:]}", [number], at, NUMBER, color, tooltip=tooltip)

    def add_line(self, line: Line) -> None:
        """A straight line, or one with corners if it skips columns."""
        (a, b), (c, d) = line.tail, line.head
        tail, look = f"u{a}_{b}:e", self.look(line)
        look["tooltip"] = in_tooltip(self.details(plain(line.weight.label), "", "weight", line.weight))
        for i, at in enumerate(self.placed.lanes.get(line, [])):
            corner = f"w{a}_{b}_{c}_{d}_{i}"
            self.add_point(corner, at)
            self.graph.edge(tail, corner, headclip="false", **look)
            tail, look["tailclip"] = corner, "false"
        self.graph.edge(tail, f"u{c}_{d}:w", **look)

    def look(self, line: Line) -> dict[str, str]:
        """The attributes of a line."""
        x = self.numbers.number(line.weight)
        if x is None:
            return {"color": self.colours.quiet, "penwidth": f"{self.thick / 5:.2f}", "style": "dashed"}
        if not isfinite(x):
            return {"color": self.colours.accent, "penwidth": f"{self.thick:.2f}", "style": "dashed"}
        width = self.thick * (0.1 + 0.9 * self.strength(line))
        return {"color": self.sign(x) or self.colours.line, "penwidth": f"{width:.2f}"}

    def sign(self, x: float | None) -> str:
        """The colour for a number that may be positive or negative, "" for 0."""
        if x is None:
            return self.colours.quiet
        if not isfinite(x):
            return self.colours.accent
        return self.colours.positive if x > 0 else self.colours.negative if x < 0 else ""

    def details(self, name: str, activation: str, kind: str, parameter: Value | None) -> str:
        """The text on hovering: all digits, and the gradient beside the number."""
        parts = [f"{name}: {plain(activation)}" if activation else name]
        if parameter is not None:
            gradient = repr(parameter.grad) if parameter.reached else "—"
            parts += [f"{kind} {parameter.data!r}", f"gradient {gradient}"]
        return ", ".join(filter(None, parts))

    def add_legend(self) -> None:
        """The meaning of the lines and the numbers, of those kinds that are there."""
        y, left = self.placed.bottom - 0.1, -self.placed.width / 2
        for i, (text, look) in enumerate(self.legend()):
            y -= 0.19
            if look:
                self.add_point(f"k{i}a", (left, y))
                self.add_point(f"k{i}b", (left + SAMPLE, y))
                self.graph.edge(f"k{i}a", f"k{i}b", headclip="false", tailclip="false", **look)
            start = left + SAMPLE + 0.1 if look else left
            middle = start + inches(text, HEADING) / 2
            self.add_text(f"legend{i}", [text], (middle, y), HEADING, self.colours.quiet, end="\\l")

    def meaning(self, line: Line) -> str:
        """The meaning of a line's colour."""
        x = self.numbers.number(line.weight)
        if x is None:
            return "not reached by a backward pass"
        if not isfinite(x):
            return f"{self.numbers.quantity} is inf or nan"
        return f"{self.numbers.quantity} {'>' if x > 0 else '<' if x < 0 else '='} 0"

    def legend(self) -> list[tuple[str, dict[str, str]]]:
        """Lines of text, each with the look of the line beside it."""
        quantity, looks = self.numbers.quantity, {}
        for line in self.placed.lines:
            look = self.look(line)
            looks[self.meaning(line)] = look | ({} if "style" in look else {"penwidth": "3"})
        rows: list[tuple[str, dict[str, str]]] = sorted(looks.items(), reverse=True)
        if self.largest > 0:
            rows.append((f"the thickest: |{quantity}| = {readable(self.largest, self.numbers.digits)}", {}))
        elif self.numbers.are_gradients and f"{quantity} = 0" in looks:
            rows.append(("all are 0, as zero_grad() and fit() leave them", {}))
        if any(unit.bias is not None for column in self.placed.columns for unit in column.units):
            rows.append((f"in a unit: {'the gradient of ' * self.numbers.are_gradients}its bias", {}))
        return rows

    def add_text(
        self, node: str, lines: Sequence[str], at: Point, size: float, color: str = "", *, tooltip: str = "",
        end: str = "\\n",
    ) -> None:
        """Lines of text without a frame, around a place. end: \\l for lines that are aligned at the left."""
        width = max(inches(text, size) for text in lines)
        label = end.join([*map(escaped, lines), ""] if end == "\\l" else map(escaped, lines))
        self.graph.node(
            node, label, pos=_pos(at), fontsize=f"{size:g}", fontcolor=color or self.colours.ink,
            tooltip=tooltip, shape="plaintext", style="", fixedsize="false", margin="0", height="0",
            width=f"{width:.3f}",
        )

    def add_point(self, node: str, at: Point, color: str = "") -> None:
        """A small dot; without a color, an invisible point where lines meet."""
        look = {"color": color, "fillcolor": color, "width": "0.03", "height": "0.03"} if color else {
            "style": "invis", "width": "0.01", "height": "0.01"
        }
        self.graph.node(node, "", shape="point", pos=_pos(at), **look)


def _pos(at: Point) -> str:
    return f"{at[0]:.3f},{at[1]:.3f}!"
