"""draw: a picture of a computation, whole or with its modules folded.

graph/scene.py collects the contents of such a picture, graph/drawing.py draws them.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..boundary.arguments import describe
from ..engine.graph import topological_order
from ..engine.value import Value
from .foreign_graph import is_foreign
from .foreign_values import translated
from .graph.arguments import check, check_size, folding_of
from .graph.folding import is_module
from .graph.graph_picture import GraphPicture
from .graph.highlight import highlighted
from .graph.scene import Scene
from .picture import Picture
from .theme import palette

if TYPE_CHECKING:
    from ..nn.module import Module

MOST_BOXES = 500


def draw(
    root: Value | Iterable[Value] | Module, *, max_nodes: int = MOST_BOXES, rankdir: str = "LR",
    digits: int = 4, depth: int | None = None, fold: Any = (), highlight: Any = None,
    color: str | None = None, theme: str = "auto",
) -> Picture:
    """Draw the graph of a computation, or a Module as the diagram of its units.

    A box shows the label of a value and its formula, the number in blue and the gradient in red, or "—" if no
    backward pass has reached it. On each edge into an operation stands the local derivative. Results without a label
    are called v1, v2, … as in A. Griewank and A. Walther, Evaluating Derivatives (2008). Plain numbers, and values
    that require no gradient, are grey. Pointing at a part shows all its digits. The picture keeps the numbers of now.

    Args:
        root: A Value, or several, which then share one picture, also of another class with micrograd's attributes. A
            Module is drawn as by `network_diagram`; digits, color and theme are for it too, the other arguments for
            graphs only.
        max_nodes: The largest number of boxes. Allow more for .tree, .table or .mermaid, which need no layout.
        rankdir: The direction of the computation: "LR", "RL", "TB" or "BT".
        digits: The significant digits of numbers.
        depth: Fold modules into one box each: 1 the outermost, 2 their parts (layers), 3 the parts of those (neurons).
        fold: A module to fold, or several, by their paths ("mlp.layer1") or themselves. The second of two models
            with the scope mlp is called mlp₂.
        highlight: "gradients" for the largest ones, a Value for all paths from it to the roots, or one path as a list
            of Values.
        color: Fill the boxes by "value" or by "gradient".
        theme: "light" or "dark", or "auto": the SVG is then as the notebook or the page around it is.

    Returns:
        A picture, which Jupyter shows and `save` writes to a file. That of a graph has .tree, .table and .mermaid too.

    Raises:
        TypeError: root is something else, or a Module beside an argument for graphs.
        ValueError: There are no Values, or more boxes than max_nodes; or an argument is out of range.
    """
    if is_module(root):
        from .network.diagram import network_diagram

        _check_unused(root, max_nodes=max_nodes, rankdir=rankdir, depth=depth, fold=fold, highlight=highlight)
        return network_diagram(root, color="weight" if color is None else color, theme=theme, digits=digits)
    roots, highlight = translated(_roots(root), highlight)
    palette(theme)
    check(rankdir, digits, depth, color)
    values = topological_order(*roots)
    scene = Scene(roots, values, digits, folding_of(values, roots, depth, fold))
    check_size(scene, max_nodes, has_text=True)
    marked = None if highlight is None else highlighted(scene, highlight)
    return GraphPicture(scene, rankdir, theme, color, marked)


def _roots(root: Any) -> list[Any]:
    if type(root) is Value or is_foreign(root):
        return [root]
    if not isinstance(root, Iterable) or isinstance(root, str):
        raise TypeError(f"a Value, a sequence of Values or a Module is expected, got {describe(root)}")
    roots = list(root)
    if not roots:
        raise ValueError("at least one Value is expected, got none")
    return roots


def _check_unused(model: Module, **given: Any) -> None:
    """TypeError for an argument that the diagram of a network has no use for, unless it has its default."""
    defaults = {"max_nodes": MOST_BOXES, "rankdir": "LR", "depth": None, "fold": (), "highlight": None}
    for name, argument in given.items():
        if argument is not None and argument != defaults[name]:
            raise TypeError(
                f"{name}: is for the picture of a graph, such as draw(model(x)); "
                f"{type(model).__name__} itself is drawn as the diagram of its units"
            )
