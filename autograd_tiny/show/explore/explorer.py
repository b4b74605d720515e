"""explore: the picture of a computation with a slider on each leaf, in a page that computes all numbers anew."""
from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...boundary.arguments import describe
from ...boundary.text import quoted, some_of
from ...calculus.javascript_rows import ROWS
from ...calculus.operations import TAKE
from ...engine.graph import topological_order
from ...engine.value import Value
from ...expression import parse
from ..graph.arguments import check, check_size, folding_of
from ..graph.folding import Fold
from ..layered.graph_picture import GraphSvg
from ..page import Page
from ..page.linking import script
from ..theme import LIGHT
from ..wording import with_commas
from .operations import operations_of
from .scene import ExploreScene

HERE = Path(__file__).parent
MOST_NODES = 2000           # which the page computes whenever a slider moves


class Explorer(Page):
    """A page on which the numbers of a computation can be moved, as `explore` returns it.

    Attributes:
        html: The whole document.
        title: The title of the page.
        height: The height of its frame in a notebook, in pixels.
    """

    def __init__(self, scene: ExploreScene, rankdir: str) -> None:
        title = f"Explore {scene.name_or_number(scene.output)}"
        body = _read(HERE / "explore.html").format(
            title=html.escape(title), picture=GraphSvg(scene, rankdir, LIGHT).svg
        )
        super().__init__(
            title, body, style=_style(), script=script(HERE / "main.js", data_of(scene), operations_of(scene.values)),
            height=900,
        )


def explore(
    f: Value | str, /, *, max_nodes: int = 200, rankdir: str = "LR", digits: int = 4, depth: int | None = None,
    fold: Any = (), **values: Value | float,
) -> Explorer:
    """Show a computation as a page on which its numbers can be moved: a slider on each leaf.

    All values, local derivatives and gradients follow, computed in the page by the same rules. Edges are as thick as
    the contribution that flows along them is large. A box that is chosen shows its formula, its derivation as `explain`
    writes it, the output along it with the tangent, and a finite difference beside the gradient.

    The page is one file that needs no network; no `.grad` is used or changed.

    Args:
        f: A Value, or an expression for `parse`, such as "x = a + b; y = b + c; x * y".
        max_nodes: The largest number of boxes in the picture.
        rankdir: The direction of the picture: "LR", "RL", "TB" or "BT".
        digits: The significant digits of numbers.
        depth: Fold the modules at this depth into one box each; 1 is the outermost. What is inside has no sliders.
        fold: Modules to fold, or their paths.
        **values: The values of the names in an expression: a=-1, b=3.

    Returns:
        A page that a notebook shows, and that `save` writes to a file.

    Raises:
        TypeError: f is neither a Value nor a text, there are values beside a Value, or an operation is one of your own.
        ValueError: There are more boxes than max_nodes, or more than 2,000 values; or an argument is out of range.
        ExpressionError: The expression is none, or a name has no value.
    """
    check(rankdir, digits, depth)
    if isinstance(f, str):
        f = parse(f, **values)
    elif values:
        raise TypeError(f"values of names belong to an expression, got {some_of(values)} beside {describe(f)}")
    if type(f) is not Value:
        raise TypeError(f"a Value or an expression is expected, got {describe(f)}")
    order = topological_order(f)
    _check_operations(order)
    scene = ExploreScene(f, order, digits, folding_of(order, [f], depth, fold))
    check_size(scene, max_nodes)
    if len(order) > MOST_NODES:
        raise ValueError(
            f"this graph has {with_commas(len(order))} values, and the page can compute {with_commas(MOST_NODES)} "
            "while a slider moves: explore a part of it, such as the loss of fewer samples"
        )
    return Explorer(scene, rankdir)


def _check_operations(order: Sequence[Value]) -> None:
    """TypeError for an operation that a page can't compute."""
    for value in order:
        if value.operands and value.operation.name not in ROWS:
            raise TypeError(
                f"{quoted(value.operation.name)} is an operation of your own, which a page cannot compute: draw(f) and "
                "play(f) show it"
            )


# ---- the page

def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _style() -> str:
    """The colours of the picture as variables, so that it has a dark side too, and the styles of the page."""
    names = ("page", "panel", "ink", "quiet", "line", "value", "gradient")
    rules = [
        f'.stage [{part}="{getattr(LIGHT, name)}"] {{ {part}: var(--{name}); }}'
        for name in names for part in ("fill", "stroke")
    ]
    return "\n".join([*rules, _read(HERE.parent / "page" / "page.css"), _read(HERE / "explore.css")])


def data_of(scene: ExploreScene) -> dict[str, Any]:
    """What the page has to know: see main.js."""
    folds = [box for box in scene.boxes if isinstance(box, Fold)]
    return {
        "digits": scene.digits,
        "nodes": [_node(scene, value) for value in scene.values],
        "start": [value.data for value in scene.values if not value.operands],
        "sliders": [
            {"node": scene.place[value], "range": _range_of_index(scene, value)}
            for value in scene.values if not value.operands and scene.box_of(value) is value
        ],
        "folds": [
            {
                "id": scene.id_of(fold), "outputs": [scene.place[value] for value in fold.outputs],
                "named": [value in scene.mentioned for value in fold.outputs],
            }
            for fold in folds
        ],
    }


def _node(scene: ExploreScene, value: Value) -> dict[str, Any]:
    return {
        "name": scene.names[value],
        "isLabelled": bool(value.label) or not value.operands,
        "operation": value.operation.name if value.operands else None,
        "operands": [scene.place[x] if isinstance(x, Value) else [x] for x in value.operands],
        "flows": [*value.flows],
        "isDifferentiated": value in scene.requires_grad,
    }


def _range_of_index(scene: ExploreScene, leaf: Value) -> dict[str, float] | None:
    """The range of a leaf that says which value to take."""
    counts = [
        len(value.operands) - 1 for value in scene.values if value.operation is TAKE and value.operands[-1] is leaf
    ]
    return {"low": 0, "high": min(counts) - 1, "step": 1} if counts else None
