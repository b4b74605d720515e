"""The picture of a comparison of modes: the derivatives that one forward pass finds, above those of a reverse pass."""
from __future__ import annotations

from collections.abc import Sequence

from ...boundary.arguments import integer
from ...boundary.colours import mixed
from ...engine.gradient_graph import gradients
from ...engine.graph import topological_order
from ...engine.value import Value
from ...transforms.mode_costs import ModeCosts
from ..dot_language import Digraph, escaped
from ..names import plain
from ..picture import Picture
from ..theme import Palette
from ..wording import counted
from .arguments import check, check_size
from .drawing import TO_LOCAL_DERIVATIVE, TO_RESULT, Drawing
from .scene import Scene

FLOW = 0.5                  # the share of the gradient's colour in the edges along which derivatives flow
PANEL = {"margin": "12", "style": "rounded", "labelloc": "t", "labeljust": "l"}


def draw_modes(
    costs: ModeCosts, *, input: int = 0, output: int | None = None, max_nodes: int = 100,
    rankdir: str = "LR", digits: int = 4,
) -> Picture:
    """The picture that ModeComparison.draw returns."""
    check(rankdir, digits)
    start, end = _end("input", input, costs.inputs, costs), _end("output", _output(costs, output), costs.outputs, costs)
    values = topological_order(*costs.inputs, *costs.outputs)
    scene = Scene(costs.outputs, values, digits)
    check_size(scene, max_nodes, can_fold=False)
    other = Scene(costs.outputs, values, digits)
    tangents, below = _tangents(values, start), [value for value in topological_order(end) if value.requires_grad]
    adjoints = dict(zip(below, gradients(end, below), strict=True))

    def write(colours: Palette) -> str:
        forward = _Panel(scene, rankdir, colours, "f", tangents)
        reverse = _Panel(other, rankdir, colours, "r", adjoints)
        page = forward.page
        page.attr(label=_legend(colours))
        reverse.fill_in(f"One reverse pass: ∂{scene.name_or_number(end)}/∂(every value)", costs.reverse.passes)
        forward.fill_in(f"One forward pass: ∂(every value)/∂{scene.name_or_number(start)}", costs.forward.passes)
        for panel in (reverse, forward) if rankdir in ("LR", "RL") else (forward, reverse):
            page.subgraph(panel.graph)      # from left to right, dot stacks upward
        return str(page.source)

    title = f"The values that a forward pass and a reverse pass through {plain(costs.name)} reach"
    return Picture(write, title)


def _legend(colours: Palette) -> str:
    words = {"value": colours.value, "derivative found": colours.gradient, "grey: not reached": colours.quiet}
    cells = "".join(f'<td><font color="{colour}">{word}</font></td>' for word, colour in words.items())
    return f'<<table border="0" cellborder="0" cellspacing="20"><tr>{cells}</tr></table>>'


def _output(costs: ModeCosts, output: int | None) -> int:
    """The output to start from: by default the one that depends on the most values."""
    if output is not None:
        return output
    reached = costs.reverse.reached
    return max(range(len(reached)), key=reached.__getitem__, default=0)


def _end(kind: str, index: int, ends: Sequence[Value], costs: ModeCosts) -> Value:
    """One of the inputs or outputs. ValueError if there is none with this index."""
    if not 0 <= integer(kind, index, 0) < len(ends):
        raise ValueError(f"{plain(costs.name)} has {counted(len(ends), kind)}, there is none at {index}")
    return ends[index]


def _tangents(values: Sequence[Value], start: Value) -> dict[Value, float]:
    """The derivatives with respect to `start` of all values that depend on it, from the front."""
    tangents = {start: 1.0}
    for value in values:
        arriving = [
            local * tangents[x]
            for x, local in zip(value.operands, value.local_grads, strict=True)
            if type(x) is Value and x in tangents
        ]
        if arriving:
            tangents[value] = sum(arriving)
    return tangents


class _Panel(Drawing):
    """A graph with the derivatives that one pass finds."""

    def __init__(
        self, scene: Scene, rankdir: str, colours: Palette, prefix: str, found: dict[Value, float]
    ) -> None:
        super().__init__(scene, rankdir, colours)
        self.page = self.graph
        self.graph = Digraph(f"cluster_{prefix}")
        scene.prefix = prefix
        self.scene.gradients = self.found = found

    def attributes(self, value: Value) -> dict[str, str]:
        if value in self.found:
            return {"color": self.colours.gradient}
        return {"fillcolor": self.colours.panel, "fontcolor": self.colours.quiet}

    def arrow(self, operand: Value, result: Value, part: int) -> dict[str, str]:
        if operand not in self.found or result not in self.found:
            return super().arrow(operand, result, part)
        is_reverse = self.scene.prefix == "r"
        has_head = part == TO_RESULT or (part == TO_LOCAL_DERIVATIVE) == is_reverse
        direction = ("back" if is_reverse else "forward") if has_head else "none"
        colour = mixed(self.colours.page, self.colours.gradient, FLOW)
        return {"color": colour, "penwidth": "1.6", "dir": direction}

    def fill_in(self, headline: str, passes: int) -> None:
        """Draw all values, under a headline."""
        below = f"{passes} such {'pass' if passes == 1 else 'passes'} for all derivatives"
        label = (
            f'<<font color="{self.colours.ink}"><b>{escaped(headline)}</b></font><br align="left"/>'
            f'<font color="{self.colours.quiet}">{escaped(below)}</font><br align="left"/>>'
        )
        self.graph.attr(label=label, color=self.colours.line, **PANEL)
        self.add_all()
