"""draw: a picture of a computation, whole or with its modules folded."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..engine import Value, kind
from ..graph import topological_order
from ..nn.module import Module
from .dot import Drawing, shaded
from .folding import Folding, around, paths_of, wishes
from .highlight import highlighted
from .picture import GraphPicture, Picture
from .scene import Scene
from .shading import Shading
from .theme import palette

FEW_LEVELS = 3              # of folding that an error message proposes


def draw(
    root: Value | Iterable[Value] | Module, *, max_nodes: int = 500, rankdir: str = "LR", digits: int = 4,
    depth: int | None = None, fold: Any = (), highlight: Any = None, color: str | None = None,
    theme: str = "light",
) -> Picture:
    """A picture of all that root was made from; several roots share one picture.

    A box shows a value's label and the formula that made it, the value in blue and the gradient in red,
    or "—" if no backward pass came by. On each edge into an operation stands the local gradient. Results
    without a label are called v1, v2, … as in A. Griewank and A. Walther, Evaluating Derivatives (2008).
    Plain numbers, and values that require no gradient, are grey. Pointing at a part shows all its digits.

    max_nodes: the most boxes that are drawn. rankdir: the direction of the computation, "LR", "RL", "TB"
    or "BT". digits: the significant digits of numbers.
    depth: fold modules into one box each, 1 the outermost, 2 their parts (layers), 3 the parts of those
    (neurons). fold: the modules to fold, by their paths ("mlp.layer1") or themselves.
    highlight: "gradients" for the largest ones, a Value for all paths from it to the roots, or a path as a
    list of Values. color: fill the boxes by "value" or by "gradient". theme: "light" or "dark".

    A Module is drawn as the diagram of its units and weights: see network_diagram.
    TypeError unless root is a Value, a sequence of Values or a Module; ValueError for no Values, for more
    boxes than max_nodes, and for arguments that mean nothing.
    """
    if isinstance(root, Module):
        from .diagram import network_diagram

        return network_diagram(root, color="weight" if color is None else color, theme=theme, digits=digits)
    roots, colours = _roots(root), palette(theme)
    check(rankdir, digits, depth, color)
    values = topological_order(*roots)
    folding = folding_of(values, roots, depth, fold)
    scene = Scene(roots, values, digits, folding)
    check_size(scene, max_nodes)
    shading = None
    if color is not None:
        numbers = [shaded(scene, color, thing) for thing in scene.things]
        shading = Shading(color, [x for x in numbers if x is not None], colours)
    lit = None if highlight is None else highlighted(scene, highlight)
    framed = bool(folding.folds)
    drawing = Drawing(scene, rankdir, colours, shading=shading, highlight=lit, framed=framed)
    drawing.add_all()
    return GraphPicture(drawing.graph.source, scene, rankdir)


def _roots(root: Any) -> list[Value]:
    if type(root) is Value:
        return [root]
    if not isinstance(root, Iterable) or isinstance(root, str):
        raise TypeError(f"a Value, a sequence of Values or a Module is expected, got {kind(root)}")
    roots = list(root)
    if not roots:
        raise ValueError("at least one Value is expected, got none")
    return roots


def check(rankdir: str, digits: int, depth: int | None, color: str | None) -> None:
    if rankdir not in ("LR", "RL", "TB", "BT"):
        raise ValueError(f"rankdir is 'LR', 'RL', 'TB' or 'BT', got {rankdir!r}")
    if not isinstance(digits, int) or digits < 1:
        raise ValueError(f"digits is an int, at least 1, got {digits!r}")
    if depth is not None and (not isinstance(depth, int) or isinstance(depth, bool) or depth < 1):
        raise ValueError(f"depth is an int, at least 1, or None to fold nothing, got {depth!r}")
    if color not in (None, "value", "gradient"):
        raise ValueError(f"color is 'value', 'gradient' or None, got {color!r}")


def folding_of(values: Sequence[Value], roots: Sequence[Value], depth: int | None, fold: Any) -> Folding:
    wanted = wishes(fold)
    paths = paths_of(wanted, {value.scope for value in values})
    own = {x for module in wanted if isinstance(module, Module) for x in module.parameters()}
    return Folding(values, set(roots), depth, paths, own)


def check_size(scene: Scene, max_nodes: int, *, can_fold: bool = True) -> None:
    """ValueError that says what to do if there are more boxes than that. can_fold: by depth=."""
    boxes = scene.size()
    if boxes <= max_nodes:
        return
    ways = [
        *(_depths(scene, max_nodes) if can_fold else []),
        "draw a part of it, such as the loss of fewer samples or one of the results in between",
        f"or allow it with max_nodes={boxes}",
    ]
    raise ValueError(
        f"this graph has {boxes} values and constants, and a picture of more than {max_nodes} is hard to "
        f"read: {', '.join(ways)}"
    )


def _depths(scene: Scene, max_nodes: int) -> list[str]:
    """Which depths would make fewer boxes of it, and how many."""
    deepest = max((len([*around(path)]) for path in set(scene.folding.home.values()) if path), default=0)
    found = {}
    for depth in range(1, min(deepest, FEW_LEVELS) + 1):
        folding = Folding(scene.values, set(scene.roots), depth)
        found[depth] = Scene(scene.roots, scene.values, scene.digits, folding).size()
    better = [f"depth={depth} ({size} boxes)" for depth, size in found.items() if size <= max_nodes]
    return ["fold its modules with " + " or ".join(better)] if better else []
