"""The picture of a comparison of modes: the derivatives that one forward pass finds, above those of a reverse pass."""
from __future__ import annotations

from collections.abc import Sequence

from ...boundary.arguments import integer
from ...engine.gradient_graph import gradients
from ...engine.graph import topological_order
from ...engine.value import Value
from ...transforms.mode_costs import ModeCosts
from ..dot_language import digraph, escaped
from ..names import plain
from ..picture import Picture
from ..theme import LIGHT
from ..wording import counted
from .arguments import check, check_size
from .drawing import TO_LOCAL_DERIVATIVE, TO_RESULT, Drawing
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
    """The picture that ModeComparison.draw returns."""
    check(rankdir, digits)
    start, end = _end("input", input, costs.inputs, costs), _end("output", _output(costs, output), costs.outputs, costs)
    values = topological_order(*costs.inputs, *costs.outputs)
    scene = Scene(costs.outputs, values, digits)
    check_size(scene, max_nodes, can_fold=False)
    forward = _Panel(scene, rankdir, "f", _tangents(values, start))
    below = [value for value in topological_order(end) if value.requires_grad]
    adjoints = dict(zip(below, gradients(end, below), strict=True))
    reverse = _Panel(Scene(costs.outputs, values, digits), rankdir, "r", adjoints)
    page = forward.page
    page.attr(label=LEGEND)
    reverse.fill_in(f"One reverse pass: ∂{scene.name_or_number(end)}/∂(every value)", costs.reverse.passes)
    forward.fill_in(f"One forward pass: ∂(every value)/∂{scene.name_or_number(start)}", costs.forward.passes)
    for panel in (reverse, forward) if rankdir in ("LR", "RL") else (forward, reverse):
        page.subgraph(panel.graph)          # from left to right, dot stacks upward
    title = f"The values that a forward pass and a reverse pass through {plain(costs.name)} reach"
    return Picture(page.source, title)


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

    def __init__(self, scene: Scene, rankdir: str, prefix: str, found: dict[Value, float]) -> None:
        super().__init__(scene, rankdir, LIGHT)
        self.page = self.graph
        self.graph = digraph(f"cluster_{prefix}")
        scene.prefix = prefix
        self.scene.gradients = self.found = found

    def attributes(self, value: Value) -> dict[str, str]:
        return REACHED if value in self.found else {"fillcolor": LIGHT.panel, "fontcolor": LIGHT.quiet}

    def arrow(self, operand: Value, result: Value, part: int) -> dict[str, str]:
        if operand not in self.found or result not in self.found:
            return super().arrow(operand, result, part)
        is_reverse = self.scene.prefix == "r"
        has_head = part == TO_RESULT or (part == TO_LOCAL_DERIVATIVE) == is_reverse
        return FLOW | {"dir": ("back" if is_reverse else "forward") if has_head else "none"}

    def fill_in(self, headline: str, passes: int) -> None:
        """Draw all values, under a headline."""
        below = f"{passes} such {'pass' if passes == 1 else 'passes'} for all derivatives"
        label = (
            f'<<font color="{LIGHT.ink}"><b>{escaped(headline)}</b></font><br align="left"/>'
            f'<font color="{LIGHT.quiet}">{escaped(below)}</font><br align="left"/>>'
        )
        self.graph.attr(label=label, **PANEL)
        self.add_all()
