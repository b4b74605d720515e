"""The arguments that pictures and films of graphs share, checked; and whether a picture would be too large."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...boundary.arguments import integer
from ...boundary.text import quoted
from ...engine.value import Value
from .folding import Folding, modules_to_fold
from .module_paths import prefixes
from .scene import Scene

MOST_DEPTHS = 3             # that an error message proposes


def check(rankdir: str, digits: int, depth: int | None = None, color: str | None = None) -> None:
    """TypeError or ValueError for arguments of the wrong type or out of range."""
    if rankdir not in ("LR", "RL", "TB", "BT"):
        raise ValueError(f"rankdir is 'LR', 'RL', 'TB' or 'BT', got {quoted(rankdir)}")
    integer("digits", digits)
    if depth is not None:
        integer("depth", depth)
    if color not in (None, "value", "gradient"):
        raise ValueError(f"color is 'value', 'gradient' or None, got {quoted(color)}")


def folding_of(values: Sequence[Value], roots: Sequence[Value], depth: int | None, fold: Any) -> Folding:
    return Folding(values, set(roots), depth, modules_to_fold(fold))


def check_size(
    scene: Scene, max_nodes: int, *, can_fold: bool = True, has_parts: bool = True, has_text: bool = False
) -> None:
    """ValueError with the ways out if there are more than max_nodes boxes.

    Args:
        scene: The graph.
        max_nodes: The largest number of boxes.
        can_fold: Whether depth= is a way out.
        has_parts: Whether a part of the graph can be shown alone.
        has_text: Whether there are a tree, a table and a flowchart too.
    """
    boxes = scene.size()
    if boxes <= integer("max_nodes", max_nodes):
        return
    part = "draw a part of it, such as the loss of fewer samples or one of the results in between"
    ways = [
        *(depths_where(scene, lambda folded: folded.size() <= max_nodes) if can_fold else []),
        *([part] if has_parts else []),
        f"allow it with max_nodes={boxes}" + " (.tree, .table and .mermaid need no layout)" * has_text,
    ]
    raise ValueError(
        f"this graph has {boxes} values and constants, and a picture of more than {max_nodes} is hard to "
        f"read: {', or '.join([', '.join(ways[:-1]), ways[-1]] if ways[1:] else ways)}"
    )


def depths_where(scene: Scene, fits: Callable[[Scene], bool]) -> list[str]:
    """The depths at which the scene would fit, with the number of boxes, as a way out for a message."""
    paths = set(scene.folding.path_of.values()) - {""}
    deepest = max((len([*prefixes(path)]) for path in paths), default=0)
    fitting = []
    for depth in range(1, min(deepest, MOST_DEPTHS) + 1):
        folding = Folding(scene.values, set(scene.roots), depth)
        folded = Scene(scene.roots, scene.values, scene.digits, folding)
        if fits(folded):
            size = folded.size()
            fitting.append(f"depth={depth} ({size} box{'es' * (size > 1)})")
    return ["fold its modules with " + " or ".join(fitting)] if fitting else []
