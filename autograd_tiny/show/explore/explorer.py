"""explore: the picture of a computation with a slider on each leaf, in a page that computes all numbers anew."""
from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...boundary.arguments import describe
from ...boundary.text import quoted, some_of
from ...calculus.operations import TAKE, Operation
from ...engine.custom import CustomOperation, FormulaOperation
from ...engine.graph import topological_order
from ...engine.value import Value, plain_float
from ...expression import parse
from ..foreign_values import Measured, translated
from ..graph.arguments import check, check_size, folding_of
from ..graph.folding import Fold
from ..graph.scene import Inputs
from ..layered.graph_picture import GraphSvg
from ..names import plain
from ..page import as_script
from ..page.linking import script
from ..page.widget import LivePage
from ..theme import LIGHT
from ..wording import counted, with_commas
from .operations import operations_of
from .scene import ExploreScene

HERE = Path(__file__).parent
MOST_NODES = 2000           # which the page computes whenever a slider moves


class Explorer(LivePage):
    """A page on which the numbers of a computation can be moved, as `explore` returns it.

    Attributes:
        html: The whole document.
        title: The title of the page.
        height: The height of its frame in a notebook, in pixels.
        widget: The page as a widget, if anywidget is installed.
    """

    def __init__(self, scene: ExploreScene, rankdir: str) -> None:
        self._start = {scene.names[leaf]: leaf.data for leaf in _leaves(scene)}
        title = f"Explore {scene.name_or_number(scene.output)}"
        body = _read(HERE / "explore.html").format(
            title=html.escape(title), picture=GraphSvg(scene, rankdir, LIGHT).svg
        )
        super().__init__(
            title, body, style=_style(), script=script(HERE / "main.js", data_of(scene), operations_of(scene.values)),
            height=900,
        )

    @property
    def values(self) -> dict[str, float]:
        """The numbers of the leaves by their names, as the reader has set them in a notebook.

        Assign numbers to move sliders: `page.values = {"b": 4}`. A page that is saved begins with them. Without the
        library anywidget these are the numbers of the beginning.

        Raises:
            ImportError: On assignment, if anywidget is missing.
            ValueError: On assignment, if there is no leaf of a name.
            TypeError: On assignment, if a number is none.
        """
        told = json.loads(self.state)["values"] if self.state else {}
        return self._start | {name: float(text) for name, text in told.items() if name in self._start}

    @values.setter
    def values(self, numbers: Mapping[str, float]) -> None:
        widget = self.widget
        moved = {name: plain_float(x) for name, x in numbers.items()}
        unknown = [name for name in moved if name not in self._start]
        if unknown:
            raise ValueError(f"there is no leaf {quoted(unknown[0])} with a slider; there are {some_of(self._start)}")
        chosen = json.loads(self.state).get("chosen", "") if self.state else ""
        texts = {name: as_script(x) for name, x in (self.values | moved).items()}
        widget.state = json.dumps({"values": texts, "chosen": chosen})


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
        f: A Value, also of another class with micrograd's attributes; or an expression for `parse`, such as
            "x = a + b; y = b + c; x * y".
        max_nodes: The largest number of boxes in the picture.
        rankdir: The direction of the picture: "LR", "RL", "TB" or "BT".
        digits: The significant digits of numbers.
        depth: Fold the modules at this depth into one box each; 1 is the outermost. Leaves inside have their sliders
            in a list that opens.
        fold: Modules to fold, or their paths.
        **values: The values of the names in an expression: a=-1, b=3.

    Returns:
        A page that a notebook shows, and that `save` writes to a file.

    Raises:
        TypeError: f is neither a Value nor a text, there are values beside a Value, or an operation is one of Python
            functions, or one of another class that computes something else than this package.
        ValueError: There are more boxes than max_nodes, or more than 2,000 values; an argument is out of range; or two
            operations of your own have the same name.
        ExpressionError: The expression is none, or a name has no value.
    """
    check(rankdir, digits, depth)
    if isinstance(f, str):
        f = parse(f, **values)
    elif values:
        raise TypeError(f"values of names belong to an expression, got {some_of(values)} beside {describe(f)}")
    (f,) = translated(f)
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
    """TypeError for an operation that a page can't compute, ValueError for two of the same name."""
    known: dict[str, Operation] = {}
    for value in order:
        operation = value.operation
        if isinstance(operation, CustomOperation):
            raise TypeError(
                f"{quoted(operation.name)} is an operation of Python functions, which a page cannot compute: define it "
                f'by a formula in text, operation("{operation.signature} = …"); or draw(f) and play(f) show it'
            )
        if isinstance(operation, Measured):
            raise TypeError(
                f"{operation.problem}: the page of explore computes only with operations of this package; draw(f) and "
                "play(f) show what the class computes"
            )
        if known.setdefault(operation.name, operation) != operation:
            raise ValueError(f"there are two operations called {operation.name}: give one of them another name")


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
        "own": [[*each.texts] for each in {value.operation: None for value in scene.values}
                if isinstance(each, FormulaOperation)],
        "start": [value.data for value in scene.values if not value.operands],
        "sliders": [_slider(scene, leaf) for leaf in _leaves(scene) if scene.box_of(leaf) is leaf],
        "inside": [
            {"title": title, "sliders": [_slider(scene, leaf) for leaf in leaves]} for title, leaves in _gathered(scene)
        ],
        "folds": [
            {
                "id": scene.id_of(fold), "outputs": [scene.place[value] for value in fold.outputs],
                "named": [value in scene.mentioned for value in fold.outputs],
            }
            for fold in folds
        ],
    }


def _leaves(scene: ExploreScene) -> list[Value]:
    return [value for value in scene.values if not value.operands]


def _slider(scene: ExploreScene, leaf: Value) -> dict[str, Any]:
    return {"node": scene.place[leaf], "range": _range_of_index(scene, leaf)}


def _gathered(scene: ExploreScene) -> Iterator[tuple[str, list[Value]]]:
    """The leaves that share a box, with a title for each such box."""
    def in_order(leaves: list[Value]) -> list[Value]:
        return sorted(leaves, key=lambda leaf: _with_numbers(scene.names[leaf]))

    for box in scene.boxes:
        if isinstance(box, Fold) and box.parameters:
            yield f"{counted(len(box.parameters), 'leaf')} of {plain(box.path)}", in_order(box.parameters)
        elif isinstance(box, Inputs):
            yield counted(len(box.values), "input"), in_order(box.values)


def _node(scene: ExploreScene, value: Value) -> dict[str, Any]:
    return {
        "name": scene.names[value],
        "isLabelled": bool(value.label) or not value.operands,
        "operation": value.operation.name if value.operands else None,
        "operands": [scene.place[x] if isinstance(x, Value) else [x] for x in value.operands],
        "flows": [*value.flows],
        "isDifferentiated": value in scene.requires_grad,
    }


def _with_numbers(name: str) -> list[str | int]:
    """The parts of a name, so that w[10] comes after w[9]."""
    return [int(part) if k % 2 else part for k, part in enumerate(re.split("([0-9]+)", name))]


def _range_of_index(scene: ExploreScene, leaf: Value) -> dict[str, float] | None:
    """The range of a leaf that says which value to take."""
    counts = [
        len(value.operands) - 1 for value in scene.values if value.operation is TAKE and value.operands[-1] is leaf
    ]
    return {"low": 0, "high": min(counts) - 1, "step": 1} if counts else None
