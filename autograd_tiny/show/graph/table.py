"""A table of every node of a computation."""
from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

from ...boundary.text import aligned
from ...engine.value import Value
from ..names import partials, plain
from .scene import Scene

MOST_ROWS = 1000            # on a page; all are printed
WIDEST = 40                 # characters of a cell that is printed
HEADINGS = ("name", "formula", "value", "local derivatives", "gradient", "scope")
NUMBERS = 2, 4              # columns


class Row(NamedTuple):
    """One node of a computation.

    Attributes:
        name: The label of the node, or v1, v2, … for a result without one.
        formula: How it was computed, in names; "" for a leaf.
        value: Its number.
        local_gradients: The name and the number of each local derivative: ("∂f/∂x", 2.0).
        gradient: Its gradient; None if no backward pass has reached it.
        scope: The module that computed it, or that it is a parameter of; "" outside of all.
    """

    name: str
    formula: str
    value: float
    local_gradients: tuple[tuple[str, float], ...]
    gradient: float | None
    scope: str


class Table:
    """Every node of a computation, operands before results.

    print() shows all rows, Jupyter the first 1000.

    Attributes:
        rows: A Row for each node.
    """

    def __init__(self, scene: Scene) -> None:
        self.rows = tuple(_row(scene, value) for value in scene.values)
        self._number = scene.number

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return "\n".join(aligned(self._cells(self.rows), NUMBERS))

    def _repr_html_(self) -> str:
        head, *body = self._cells(self.rows[:MOST_ROWS])
        rows = [_html_row("th", head), *(_html_row("td", row) for row in body)]
        more = len(self.rows) - MOST_ROWS
        rest = f"<p>… {more:,} more: print(picture.table) shows all</p>" if more > 0 else ""
        return f'<div style="max-height: 32em; overflow: auto"><table>{"".join(rows)}</table>{rest}</div>'

    def __repr__(self) -> str:
        return f"<Table: {len(self)} nodes>"

    def _cells(self, rows: Sequence[Row]) -> list[tuple[str, ...]]:
        """The headings, and rows as text."""
        return [HEADINGS, *map(self._text, rows)]

    def _text(self, row: Row) -> tuple[str, ...]:
        gradient = "—" if row.gradient is None else self._number(row.gradient)
        local = self._local_gradients(row)
        return row.name, _cut(row.formula), self._number(row.value), local, gradient, plain(row.scope)

    def _local_gradients(self, row: Row) -> str:
        """As many local derivatives as there is room for, but one at least."""
        text = ""
        for k, (name, number) in enumerate(row.local_gradients):
            equation = f"{name} = {self._number(number)}"
            if text and len(text) + len(equation) > WIDEST:
                return f"{text}, … {len(row.local_gradients) - k:,} more"
            text += (", " if text else "") + equation
        return text


def _row(scene: Scene, value: Value) -> Row:
    name = scene.name_or_number(value)
    local_gradients = tuple(
        (f"{sign}{name}/∂{scene.name_or_number(x)}", number)
        for sign, x, number in zip(partials(value), value.operands, value.local_grads, strict=True)
        if isinstance(x, Value)
    )
    return Row(
        name, scene.formula(value), scene.data[value], local_gradients, scene.gradients.get(value),
        scene.folding.path_of[value],
    )


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _html_row(kind: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{kind}>{html.escape(cell)}</{kind}>' for cell in cells)}</tr>"
