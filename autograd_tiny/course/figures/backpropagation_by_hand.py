"""The plots of chapter 4."""
from __future__ import annotations

from typing import Any

from ...boundary.colours import DARK, LIGHT, mixed
from ...boundary.plotting import ink
from .plot import Plot, new_figure

LEFT, RIGHT = 0.0, 2.0                          # where units stand: those of a layer, and of the next one
HEIGHTS = (1.0, 0.0)
CELL = 0.62
CORNER = (2.9, 0.5 + CELL)                      # of the matrix
TINT, DARK_TINT = 0.15, 0.3
WEIGHTS = (("w5", "w7"), ("w6", "w8"))          # w[j][k] leads from hidden unit k to output j


def rows_and_columns() -> Plot:
    """Plot what a row and what a column of a weight matrix are in the network, for weights 5 to 8 of chapter 4."""
    figure = new_figure(7.8, 2.1)
    forward, backward = figure.subplots(1, 2)
    _panel(forward, "Forward: row 1 leads to o1", LIGHT.value, [(0, 0), (0, 1)])
    _panel(backward, "Backward: column 1 leads away from h1", LIGHT.gradient, [(0, 0), (1, 0)])
    twins = {
        mixed(LIGHT.page, getattr(LIGHT, name), TINT): mixed(DARK.page, getattr(DARK, name), DARK_TINT)
        for name in ("value", "gradient")
    }
    return Plot(figure, "A row of a weight matrix leads to one unit, a column leads away from one", twins)


def _panel(ax: Any, title: str, colour: str, marked: list[tuple[int, int]]) -> None:
    for j, row in enumerate(WEIGHTS):
        for k, name in enumerate(row):
            is_marked = (j, k) in marked
            look = {"color": colour, "lw": 3} if is_marked else {"color": LIGHT.line, "lw": 1}
            ax.plot([LEFT, RIGHT], [HEIGHTS[k], HEIGHTS[j]], zorder=1, **look)
            _cell(ax, j, k, name, mixed(LIGHT.page, colour, TINT) if is_marked else LIGHT.page)
    for x, letter in (LEFT, "h"), (RIGHT, "o"):
        for n, y in enumerate(HEIGHTS, 1):
            ax.plot(x, y, "o", ms=24, color=LIGHT.page, mec=ink(), zorder=2)
            ax.text(x, y, f"{letter}{n}", ha="center", va="center", zorder=3)
    ax.set(title=title, xlim=(LEFT - 0.4, CORNER[0] + 2 * CELL + 0.1), ylim=(-0.4, 1.4), aspect="equal")
    ax.axis("off")


def _cell(ax: Any, j: int, k: int, name: str, colour: str) -> None:
    """A field of the matrix. It stands in row j and column k, as W[j][k] does."""
    x, y = CORNER[0] + k * CELL, CORNER[1] - j * CELL
    ax.fill([x, x + CELL, x + CELL, x], [y, y, y - CELL, y - CELL], facecolor=colour, edgecolor=LIGHT.line)
    ax.text(x + CELL / 2, y - CELL / 2, name, ha="center", va="center")
