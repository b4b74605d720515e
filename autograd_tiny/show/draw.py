"""What the picture of a graph shows: a box for each value, a small circle for each operation.

As in tutorials on backpropagation, a box holds the value in blue and the gradient below it in red, and the
local gradient stands on the edge from an operand to the operation. It is a node there, in the middle of
the edge: as a label it would stand beside, and in a large graph nearer to another edge.
"""
from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import count

from ..engine import Value, kind
from ..expression import subscripted
from ..graph import topological_order
from ..ops import NEG, Operation
from .picture import Picture

LONGEST_LABEL, LONGEST_FORMULA = 32, 28                                 # characters
NOT_IN_XML = re.compile("[^\t\n\r -~\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# how things look, in the words of dot
INK, BLUE, RED, GREY, LINE = "#111827", "#1d4ed8", "#b91c1c", "#5b6472", "#9ca3af"
TYPE = {"fontname": "Helvetica", "fontsize": "12"}
PAGE = TYPE | {
    "bgcolor": "white", "pad": "0.15", "nodesep": "0.2", "ranksep": "0.3",
}
BOX = TYPE | {
    "shape": "box", "style": "rounded,filled", "fontcolor": INK, "color": LINE, "fillcolor": "white",
    "width": "0", "height": "0", "margin": "0.05,0.02",
}
EDGE = {"color": LINE, "arrowsize": "0.6", "weight": "4"}               # straighter than a constant's
ROOT = {"color": INK}
QUIET = {"fillcolor": "#f3f4f6"}
OPERATION = QUIET | {
    "style": "filled", "width": "0.3", "height": "0.3", "margin": "0.02",
    "ordering": "in",       # the first operand at the top, if possible
}
SLOPE = {"style": "", "color": "white", "fontcolor": GREY, "fontsize": "10", "margin": "0.05,0.01"}
CONSTANT = {"color": "#d1d5db", "fontcolor": GREY, "fontsize": "10", "margin": "0.04,0.02"}
MANY = 100               # values: from here on, edges are straightened for as long as it shows, no longer
LEGEND = (
    f'<<table border="0" cellborder="0" cellspacing="8"><tr><td><font color="{BLUE}">value</font></td>'
    f'<td><font color="{RED}">gradient</font></td>'
    f'<td><font color="{GREY}">local gradient on the edge</font></td></tr></table>>'
)


def draw(
    root: Value | Iterable[Value], *, max_nodes: int = 500, rankdir: str = "LR", digits: int = 4
) -> Picture:
    """A picture of all that root was made from; several roots share one picture.

    A box shows a value's label and the formula that made it, the value in blue and the gradient in red,
    or "—" if no backward pass came by. On each edge into an operation stands the local gradient. Results
    without a label are called v1, v2, … as in A. Griewank and A. Walther, Evaluating Derivatives (2008).
    Plain numbers, and values that require no gradient, are grey.

    max_nodes: the most boxes that are drawn. rankdir: the direction of the computation, "LR", "RL", "TB"
    or "BT". digits: the significant digits of numbers. TypeError unless root is a Value or a sequence of
    Values; ValueError for no Values, for more boxes than max_nodes, for other directions and no digits.
    """
    roots = _roots(root)
    if rankdir not in ("LR", "RL", "TB", "BT"):
        raise ValueError(f"rankdir is 'LR', 'RL', 'TB' or 'BT', got {rankdir!r}")
    if not isinstance(digits, int) or digits < 1:
        raise ValueError(f"digits is an int, at least 1, got {digits!r}")
    values = topological_order(*roots)
    check_size(values, max_nodes)
    drawing = Drawing(roots, values, rankdir, digits)
    for value in values:
        drawing.add_value(value)
        if value.operands:
            drawing.add_operation(value)
    return Picture(drawing.graph.source, "The computation of " + plain(", ".join(map(drawing.said, roots))))


def _roots(root: Value | Iterable[Value]) -> list[Value]:
    if type(root) is Value:
        return [root]
    if not isinstance(root, Iterable) or isinstance(root, str):
        raise TypeError(f"a Value or a sequence of Values is expected, got {kind(root)}")
    roots = list(root)
    if not roots:
        raise ValueError("at least one Value is expected, got none")
    return roots


def check_size(values: Sequence[Value], max_nodes: int) -> None:
    constants = sum(type(x) is not Value for value in values for x in value.operands)
    boxes = len(values) + constants
    if boxes > max_nodes:
        raise ValueError(
            f"this graph has {boxes} values and constants, and a picture of more than {max_nodes} is hard to "
            "read: draw a part of it, such as the loss of fewer samples or one of the results in between, "
            f"or allow it with max_nodes={boxes}"
        )


class Drawing:
    """A graph in the language of dot, in the making."""

    def __init__(self, roots: Sequence[Value], values: Sequence[Value], rankdir: str, digits: int) -> None:
        try:                                # here, since importing it takes as long as the whole package
            from graphviz import Digraph
        except ImportError:
            raise ImportError("draw() needs the graphviz library: pip install graphviz") from None

        rounds = "8" if len(values) < MANY else "1"
        page = PAGE | {"rankdir": rankdir, "label": LEGEND, "nslimit": rounds}
        self.graph = Digraph("computation", graph_attr=page, node_attr=BOX, edge_attr=EDGE)
        self.prefix = ""        # of the names of nodes, where one picture holds several graphs
        self.digits = digits
        self.roots = set(roots)
        self.names = names_of(values)
        self.place = {value: i for i, value in enumerate(values)}
        # a gradient may be left from another output: it counts if it can have come through this graph
        senders = set(values) if any(root.reached for root in roots) else set()
        sent_to = {x for value in senders if value.reached for x in value.operands if type(x) is Value}
        self.has_gradient = {x for x in senders if x.reached and (x in sent_to or x in self.roots)}

    def add_value(self, value: Value) -> None:
        """A box with up to three lines: what it is, the value, the gradient."""
        name, quiet = self.names[value], not value.requires_grad
        formula = self.formula(value)
        if formula and len(name) + len(formula) <= LONGEST_FORMULA:
            name = f"{name} = {formula}"
        lines = [_line(name, GREY if quiet else INK)] if name else []
        lines.append(_line(self.number(value.data), BLUE))
        if not quiet:
            gradient = self.gradient_of(value)
            lines.append(_line("—" if gradient is None else self.number(gradient), RED))
        look = self.look(value)
        label = f'<<table border="0" cellspacing="0" cellpadding="1">{"".join(lines)}</table>>'
        self.graph.node(self.node(value), label, tooltip=_tooltip(self.details(value)), **look)

    def add_operation(self, result: Value) -> None:
        """A circle, with edges from the operands by way of the local gradients, and one to the result."""
        i = f"{self.prefix}{self.place[result]}"
        circle, sign = f"op{i}", _sign(result.operation)
        shape, name = "circle" if len(sign) <= 2 else "ellipse", _tooltip(result.operation.name)
        self.graph.node(circle, escaped(sign), shape=shape, tooltip=name, **OPERATION)
        self.graph.edge(circle, self.node(result), **self.arrow(result, result, 2))
        length = str(1 + len(result.operands) // 10)        # a wide fan is less steep from afar
        for k, (operand, slope) in enumerate(zip(result.operands, result.local_grads, strict=True)):
            if isinstance(operand, Value):
                equation = _tooltip(f"∂{self.said(result)}/∂{self.said(operand)} = {slope!r}")
                self.graph.node(f"d{i}_{k}", self.number(slope), tooltip=equation, **SLOPE)
                before, after = self.arrow(operand, result, 0), self.arrow(operand, result, 1)
                self.graph.edge(self.node(operand), f"d{i}_{k}", tooltip=equation, **before)
                self.graph.edge(f"d{i}_{k}", circle, minlen=length, tooltip=equation, **after)
            else:
                self.graph.node(f"c{i}_{k}", self.number(operand), tooltip="constant", **CONSTANT)
                self.graph.edge(f"c{i}_{k}", circle, minlen=length, weight="1", color=CONSTANT["color"])

    def look(self, value: Value) -> dict[str, str]:
        """The attributes of a box that are not those of all boxes."""
        return ({} if value.requires_grad else QUIET) | (ROOT if value in self.roots else {})

    def arrow(self, operand: Value, result: Value, part: int) -> dict[str, str]:
        """The attributes of the arrow from operand to result: of the part before the local gradient (0), of
        that between it and the operation (1), and of that behind (2), which all operands share."""
        return {"dir": "none"} if part == 0 else {}

    def node(self, value: Value) -> str:
        """What the box of a value is called in the language of dot."""
        return f"n{self.prefix}{self.place[value]}"

    def gradient_of(self, value: Value) -> float | None:
        """The gradient to show in a box, if there is one."""
        return value.grad if value in self.has_gradient else None

    def formula(self, value: Value) -> str:
        """How it was computed, "a + b"; "" for leaves and for operations of many operands."""
        operation, operands = value.operation, [self.said(x) for x in value.operands]
        if not operands or operation.is_nary:
            return ""
        sign = _sign(operation)
        bracketed = [f"({x})" if x.startswith("−") else x for x in operands]
        if operation is NEG:
            return f"−{bracketed[0]}"
        if len(operands) == 2 and not sign.isidentifier():
            return f" {sign} ".join(bracketed)
        return f"{sign}({', '.join(operands)})"

    def said(self, x: Value | float) -> str:
        """What a formula calls an operand: its name, or the number itself."""
        return (self.names[x] or self.number(x.data)) if isinstance(x, Value) else self.number(x)

    def details(self, value: Value) -> str:
        """What the box has no room for: all digits, and the part of the program that made it."""
        said = [f"{self.said(value)}: value {value.data!r}"]
        gradient = self.gradient_of(value)
        if gradient is not None:
            said.append(f"gradient {gradient!r}")
        if value.scope:
            said.append(f"made in {plain(value.scope)}")
        return ", ".join(said)

    def number(self, x: float) -> str:
        return readable(x, self.digits)


def names_of(values: Iterable[Value]) -> dict[Value, str]:
    """What a picture calls each value: its label; v1, v2, … for results without one; "" for other leaves.

    values: in topological order. The second of two that are labelled w is called w₂.
    """
    names: dict[Value, str] = {}
    taken: dict[str, int] = {}
    for value in values:
        label = plain(value.label)
        taken[label] = taken.get(label, 0) + 1
        names[value] = subscripted(label, taken[label]) if label and taken[label] > 1 else label
    taken |= dict.fromkeys(names.values(), 1)
    fresh = (name for i in count(1) if (name := f"v{i}") not in taken)
    return {value: name or (next(fresh) if value.operands else "") for value, name in names.items()}


def readable(x: float, digits: int) -> str:
    """A number with some significant digits, but no integer digit left out: 14, 24704, 1.2e−05, −inf."""
    before_the_point = len(f"{abs(x):.0f}") if abs(x) < 1e6 else 0
    return f"{x + 0.0:.{max(digits, before_the_point)}g}".replace("-", "−")       # + 0.0: no −0


def plain(label: object) -> str:
    """A label on one line, without characters that XML cannot hold, cut in the middle if it is long."""
    text = " ".join(NOT_IN_XML.sub("\ufffd", str(label)).split())
    half = LONGEST_LABEL // 2
    return text if len(text) <= LONGEST_LABEL else f"{text[:half - 1]}…{text[-half:]}"


def escaped(text: str) -> str:
    """A text that means itself wherever dot reads one: in strings and in HTML-like labels."""
    return html.escape(text).replace("\\", "\\\\")


def _tooltip(text: str) -> str:
    return escaped(text).replace("\\", "\\\\")         # dot reads tooltips twice


def _sign(operation: Operation) -> str:
    return {"*": "×", "-": "−"}.get(operation.sign) or plain(operation.sign)


def _line(text: str, color: str) -> str:
    return f'<tr><td width="{_points(text)}"><font color="{color}">{escaped(text)}</font></td></tr>'


def _points(text: str) -> int:
    """The least width of a line: it fits even if a browser has a wide font only, such as DejaVu Sans."""
    return round(float(TYPE["fontsize"]) * sum(map(_ems, text)))


def _ems(character: str) -> float:
    if character in " !'(),.:;I[]fijlrt|":
        return 0.41
    if unicodedata.east_asian_width(character) in "FW":
        return 1.3
    if character in "%@MWmw—…\ufffd":
        return 1.0
    return 0.64 if character.islower() or character.isdigit() else 0.84
