"""A scene as a tree of text, for a terminal."""
from __future__ import annotations

from ...engine.value import Value
from ..wording import counted
from .folding import Fold
from .scene import Inputs, Scene, Thing

MOST_LINES = 200            # to look at; in a file are all
DEEPEST = 50                # levels; what is deeper begins at the margin again
BRANCH, LAST_BRANCH, TRUNK, NO_TRUNK = "├── ", "└── ", "│   ", "    "
GAP = "   "                 # between the parts of a line


def tree(scene: Scene, most: int | None = None) -> str:
    """The roots, and below each value what it was made from.

    What comes twice is shown once and then referred to, "↑ x"; what is DEEPEST levels down follows further
    below, "↓ x". Behind "∂" stands the gradient. most: the lines, if not all; then a last line says how many
    values are not shown, and where they are.
    """
    lines: list[str] = []
    shown: set[Thing] = set()
    ends = list(dict.fromkeys(scene.shown(root) for root in scene.roots))
    waiting: list[tuple[Thing | str, str, str]] = [(end, "", "") for end in reversed(ends)]
    deeper: dict[Thing, None] = {}
    while waiting or deeper:
        if most is not None and len(lines) >= most:
            hidden = len(scene.things) - len(shown)
            return "\n".join([*lines, f'… {hidden:,} more: save("….txt") writes all'] if hidden else lines)
        if not waiting:
            waiting = [(thing, "", "") for thing in reversed(deeper) if thing not in shown]
            deeper = {}
            continue
        thing, first, below = waiting.pop()
        if isinstance(thing, str):
            lines.append(first + thing)
        elif thing in shown:
            lines.append(f"{first}↑ {_name(scene, thing)}")
        elif len(first) > DEEPEST * len(BRANCH) and scene.sources(thing):
            deeper[thing] = None
            lines.append(f"{first}↓ {_name(scene, thing)}")
        else:
            shown.add(thing)
            lines.append(first + _line(scene, thing))
            parts = _parts(scene, thing)
            for k, part in reversed([*enumerate(parts, 1)]):
                branch, trunk = (LAST_BRANCH, NO_TRUNK) if k == len(parts) else (BRANCH, TRUNK)
                waiting.append((part, below + branch, below + trunk))
    return "\n".join(lines)


def _parts(scene: Scene, thing: Thing) -> list[Thing | str]:
    """What a thing was made from, each once; the plain numbers too, unless its own line names them."""
    parts: list[Thing | str] = list(scene.sources(thing))
    headline = scene.headline(thing) if isinstance(thing, Value) else ""
    are_said = isinstance(thing, Value) and headline != scene.names[thing] and "…" not in headline
    return parts if are_said else parts + [scene.number(x) for _, x in scene.constants(thing)]


def _line(scene: Scene, thing: Thing) -> str:
    if isinstance(thing, Fold):
        values, gradients = scene.outputs(thing)
        parts = [*scene.lines(thing), values, f"∂ {gradients}" if gradients else ""]
    elif isinstance(thing, Inputs):
        parts = [_name(scene, thing), scene.numbers([scene.data[value] for value in thing.values])]
    else:
        gradient, headline = scene.gradient(thing), scene.headline(thing)
        if headline == scene.names[thing] and thing.operands:
            headline += f" = {thing.operation.name}(…)"
        parts = [headline, scene.number(scene.data[thing]), f"∂ {gradient}" if gradient else ""]
    return GAP.join(part for part in parts if part)


def _name(scene: Scene, thing: Thing) -> str:
    if isinstance(thing, Fold):
        return scene.lines(thing)[0]
    return counted(len(thing.values), "input") if isinstance(thing, Inputs) else scene.said(thing)
