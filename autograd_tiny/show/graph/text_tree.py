"""A scene as a tree of text, for a terminal."""
from __future__ import annotations

from ...engine.value import Value
from ..wording import counted
from .folding import Fold
from .scene import Box, Inputs, Scene

MOST_LINES = 200            # on a screen; a file has all
DEEPEST = 50                # levels; deeper ones begin at the margin again
BRANCH, LAST_BRANCH, TRUNK, NO_TRUNK = "├── ", "└── ", "│   ", "    "
GAP = "   "                 # between the parts of a line


def tree(scene: Scene, most: int | None = None) -> str:
    """The roots, and below each Value its operands; behind "∂" stands the gradient.

    A Value that was shown before is only referred to, "↑ x". Below DEEPEST levels, "↓ x" refers to a branch that
    continues at the margin, further below.

    Args:
        scene: The graph.
        most: The largest number of lines, None for all; a last line says how many values are missing.
    """
    return "\n".join(_Tree(scene).lines(most))


class _Tree:
    """The lines of a tree.

    Attributes:
        shown: The boxes that have a line of their own.
        deeper: The boxes to show at the margin, further below.
        waiting: A stack of the boxes to show next, each with the branches before its line and those before the lines
            of its operands. A plain number is there as text.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.shown: set[Box] = set()
        self.deeper: dict[Box, None] = {}
        self.waiting: list[tuple[Box | str, str, str]] = []
        self.start_at_margin([*dict.fromkeys(map(scene.box_of, scene.roots))])

    def lines(self, most: int | None) -> list[str]:
        lines: list[str] = []
        while self.waiting:
            if most is not None and len(lines) >= most:
                hidden = len(self.scene.boxes) - len(self.shown)
                return [*lines, f'… {hidden:,} more: save("….txt") writes all'] if hidden else lines
            lines.append(self.next_line())
            if not self.waiting:
                self.start_at_margin([box for box in self.deeper if box not in self.shown])
                self.deeper = {}
        return lines

    def start_at_margin(self, boxes: list[Box]) -> None:
        self.waiting = [(box, "", "") for box in reversed(boxes)]

    def next_line(self) -> str:
        box, first, below = self.waiting.pop()
        if isinstance(box, str):
            return first + box
        if box in self.shown:
            return f"{first}↑ {_name(self.scene, box)}"
        if len(first) > DEEPEST * len(BRANCH) and self.scene.sources(box):
            self.deeper[box] = None
            return f"{first}↓ {_name(self.scene, box)}"
        self.shown.add(box)
        parts = _parts(self.scene, box)
        for k, part in reversed([*enumerate(parts, 1)]):
            branch, trunk = (LAST_BRANCH, NO_TRUNK) if k == len(parts) else (BRANCH, TRUNK)
            self.waiting.append((part, below + branch, below + trunk))
        return first + _line(self.scene, box)


def _parts(scene: Scene, box: Box) -> list[Box | str]:
    """The boxes that lead to a box, each once; and the plain numbers, unless its own line has them all."""
    parts: list[Box | str] = list(scene.sources(box))
    headline = scene.headline(box) if isinstance(box, Value) else ""
    has_formula = isinstance(box, Value) and headline != scene.names[box] and "…" not in headline
    return parts if has_formula else parts + [scene.number(x) for _, x in scene.constants(box)]


def _line(scene: Scene, box: Box) -> str:
    if isinstance(box, Fold):
        values, gradients = scene.outputs(box)
        parts = [*scene.lines(box), values, f"∂ {gradients}" if gradients else ""]
    elif isinstance(box, Inputs):
        parts = [_name(scene, box), scene.numbers([scene.data[value] for value in box.values])]
    else:
        gradient, headline = scene.gradient(box), scene.headline(box)
        if headline == scene.names[box] and box.operands:
            headline += f" = {box.operation.name}(…)"
        parts = [headline, scene.number(scene.data[box]), f"∂ {gradient}" if gradient else ""]
    return GAP.join(part for part in parts if part)


def _name(scene: Scene, box: Box) -> str:
    if isinstance(box, Fold):
        return scene.lines(box)[0]
    return counted(len(box.values), "input") if isinstance(box, Inputs) else scene.name_or_number(box)
