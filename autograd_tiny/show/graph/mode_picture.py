"""The picture of a comparison of modes: what one forward pass finds, and below what one reverse pass does."""
from __future__ import annotations

from collections.abc import Sequence

from ...boundary.arguments import integer
from ...engine.gradients import gradients
from ...engine.graph import topological_order
from ...engine.value import Value
from ...transforms.mode_costs import ModeCosts
from ..dot_language import digraph, escaped
from ..names import plain
from ..picture import Picture
from ..theme import LIGHT
from ..wording import counted
from .arguments import check, check_size
from .drawing import Drawing
from .scene import Scene

REACHED = {"color": LIGHT.gradient}
FLOW = {"color": "#dc8a8a", "penwidth": "1.6"}
PANEL = {"margin": "12", "color": LIGHT.line, "style": "rounded", "labelloc": "t", "labeljust": "l"}
LEGEND = (
    f'<<table border="0" cellborder="0" cellspacing="20">'
    f'<tr><td><font color="{LIGHT.value}">value</font></td>'
    f'<td><font color="{LIGHT.gradient}">derivative found</font></td>'
    f'<td><font color="{LIGHT.quiet}">grey: not reached</font></td></tr></table>>'
)


def draw_modes(
    costs: ModeCosts, *, input: int = 0, output: int | None = None, max_nodes: int = 100,
    rankdir: str = "LR", digits: int = 4,
) -> Picture:
    """One forward pass, from one of the inputs, above one reverse pass, from one of the outputs.

    input, output: which; by default the first input, and the output that the most depends on. The other
    arguments: as for draw. ValueError if there is no such input or output, and for more boxes than max_nodes.
    """
    check(rankdir, digits)
    if output is None:
        reached = costs.reverse.reached
        output = max(range(len(reached)), key=reached.__getitem__, default=0)
    for what, which, ends in (("input", input, costs.inputs), ("output", output, costs.outputs)):
        if not 0 <= integer(what, which, 0) < len(ends):
            number = counted(len(ends), what)
            raise ValueError(f"{plain(costs.name)} has {number}, there is none at {which}")
    start, end = costs.inputs[input], costs.outputs[output]
    values = topological_order(*costs.inputs, *costs.outputs)
    scene = Scene(costs.outputs, values, digits)
    check_size(scene, max_nodes, can_fold=False)
    forward = _Panel(scene, rankdir, "f", _tangents(values, start))
    below = [value for value in topological_order(end) if value.requires_grad]
    adjoints = dict(zip(below, gradients(end, below), strict=True))
    reverse = _Panel(Scene(costs.outputs, values, digits), rankdir, "r", adjoints)
    page = forward.page
    page.attr(label=LEGEND)
    reverse.fill(f"One reverse pass: ∂{scene.said(end)}/∂(every value)", costs.reverse.passes)
    forward.fill(f"One forward pass: ∂(every value)/∂{scene.said(start)}", costs.forward.passes)
    for panel in (reverse, forward) if rankdir in ("LR", "RL") else (forward, reverse):
        page.subgraph(panel.graph)             # dot stacks upward what it draws from left to right
    title = f"What a forward pass and a reverse pass through {plain(costs.name)} reach"
    return Picture(page.source, title)


def _tangents(values: Sequence[Value], start: Value) -> dict[Value, float]:
    """The derivative by `start` of each Value that it went into: the chain rule from the front."""
    tangents = {start: 1.0}
    for value in values:
        arriving = [
            slope * tangents[x]
            for x, slope in zip(value.operands, value.local_grads, strict=True)
            if type(x) is Value and x in tangents
        ]
        if arriving:
            tangents[value] = sum(arriving)
    return tangents


class _Panel(Drawing):
    """A graph with the derivatives that one pass finds."""

    def __init__(self, scene: Scene, rankdir: str, prefix: str, found: dict[Value, float]) -> None:
        super().__init__(scene, rankdir, LIGHT)
        self.page = self.graph
        self.graph = digraph(f"cluster_{prefix}")
        self.prefix = prefix
        self.scene.gradients = self.found = found

    def look(self, value: Value) -> dict[str, str]:
        return REACHED if value in self.found else {"fillcolor": LIGHT.panel, "fontcolor": LIGHT.quiet}

    def arrow(self, operand: Value, result: Value, part: int) -> dict[str, str]:
        if operand not in self.found or result not in self.found:
            return super().arrow(operand, result, part)
        backward = self.prefix == "r"
        head = "back" if backward else "forward"
        return FLOW | {"dir": head if part == 2 or (part == 0) == backward else "none"}

    def fill(self, headline: str, passes: int) -> None:
        """Draw all values, under a headline."""
        below = f"{passes} such {'pass' if passes == 1 else 'passes'} for all derivatives"
        label = (
            f'<<font color="{LIGHT.ink}"><b>{escaped(headline)}</b></font><br align="left"/>'
            f'<font color="{LIGHT.quiet}">{escaped(below)}</font><br align="left"/>>'
        )
        self.graph.attr(label=label, **PANEL)
        self.add_all()
