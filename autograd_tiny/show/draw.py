"""draw: a picture of a computation, whole or with its modules folded."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..boundary.arguments import describe
from ..engine.graph import topological_order
from ..engine.value import Value
from .graph.arguments import check, check_size, folding_of
from .graph.drawing import Drawing, shaded
from .graph.folding import is_module
from .graph.graph_picture import GraphPicture
from .graph.highlight import highlighted
from .graph.scene import Scene
from .graph.shading import Shading
from .picture import Picture
from .theme import palette

if TYPE_CHECKING:
    from ..nn.module import Module

MOST_BOXES = 500


def draw(
    root: Value | Iterable[Value] | Module, *, max_nodes: int = MOST_BOXES, rankdir: str = "LR",
    digits: int = 4, depth: int | None = None, fold: Any = (), highlight: Any = None,
    color: str | None = None, theme: str = "light",
) -> Picture:
    """A picture of all that root was made from; several roots share one picture.

    A box shows a value's label and the formula that made it, the value in blue and the gradient in red,
    or "—" if no backward pass came by. On each edge into an operation stands the local gradient. Results
    without a label are called v1, v2, … as in A. Griewank and A. Walther, Evaluating Derivatives (2008).
    Plain numbers, and values that require no gradient, are grey. Pointing at a part shows all its digits.

    max_nodes: the most boxes; allow more for the .tree, the .table or .mermaid, which need no layout.
    rankdir: the direction of the computation, "LR", "RL", "TB" or "BT". digits: the significant digits of
    numbers.
    depth: fold modules into one box each, 1 the outermost, 2 their parts (layers), 3 the parts of those
    (neurons). fold: the modules to fold, by their paths ("mlp.layer1") or themselves. The second of two
    models whose scope is mlp is called mlp₂.
    highlight: "gradients" for the largest ones, a Value for all paths from it to the roots, or a path as a
    list of Values. color: fill the boxes by "value" or by "gradient". theme: "light" or "dark".

    A Module is drawn as the diagram of its units and weights: see network_diagram, which takes digits, color
    and theme; the other arguments are about graphs.
    TypeError unless root is a Value, a sequence of Values or a Module, and for a Module with an argument
    about graphs; ValueError for no Values, for more boxes than max_nodes, for arguments that mean nothing.
    """
    if is_module(root):
        from .network.diagram import network_diagram

        _check_unused(root, max_nodes=max_nodes, rankdir=rankdir, depth=depth, fold=fold, highlight=highlight)
        return network_diagram(root, color="weight" if color is None else color, theme=theme, digits=digits)
    roots, colours = _roots(root), palette(theme)
    check(rankdir, digits, depth, color)
    values = topological_order(*roots)
    folding = folding_of(values, roots, depth, fold)
    scene = Scene(roots, values, digits, folding)
    check_size(scene, max_nodes, in_words=True)
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
        raise TypeError(f"a Value, a sequence of Values or a Module is expected, got {describe(root)}")
    roots = list(root)
    if not roots:
        raise ValueError("at least one Value is expected, got none")
    return roots


def _check_unused(model: Module, **given: Any) -> None:
    """TypeError for an argument that the diagram of a network has no use for, unless it is as by default."""
    defaults = {"max_nodes": MOST_BOXES, "rankdir": "LR", "depth": None, "fold": (), "highlight": None}
    for name, wish in given.items():
        if wish != defaults[name]:
            raise TypeError(
                f"{name}: belongs to the picture of a graph, such as draw(model(x)); "
                f"{type(model).__name__} itself is drawn as the diagram of its units"
            )
