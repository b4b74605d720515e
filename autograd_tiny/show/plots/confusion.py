"""plot_confusion_matrix: which classes a classifier confuses with which, drawn by Matplotlib."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ...boundary.colours import contrast, mixed
from ...boundary.late_numpy import np
from ...boundary.plotting import palette, points, pyplot
from .labels import checked_labels, named_classes, sorted_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Array = np.ndarray[Any, Any]


def plot_confusion_matrix(y_true: Any, y_pred: Any, *, labels: Any = None, ax: Axes | None = None) -> Axes:
    """Draw how many examples of each true class (row) were predicted to be of which class (column).

    A notebook shows the figure by itself; a script calls plt.show() or `ax.figure.savefig("name.png")`.

    Args:
        y_true: (B,), the true class labels: integers or strings.
        y_pred: (B,), the predicted class labels.
        labels: The classes in the order wanted, or the names of the classes 0, 1, 2, …; by default all labels
            that occur, sorted.
        ax: The Matplotlib Axes to draw on; by default those of a new pyplot figure.

    Returns:
        The Axes.

    Raises:
        ValueError: The lengths differ, a label is not among `labels`, or a number is not an integer.
        ImportError: Matplotlib is not installed.
    """
    true, predicted = checked_labels("y_true", y_true), checked_labels("y_pred", y_pred)
    if len(true) != len(predicted):
        raise ValueError(f"y_true has {len(true)} labels, y_pred {len(predicted)}; as many are expected")
    found = sorted_labels(true + predicted)
    names, index_of = named_classes(found, found if labels is None else labels, "y_true or y_pred")
    counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, ([index_of[x] for x in true], [index_of[x] for x in predicted]), 1)
    plt = pyplot()
    if ax is None:
        side = min(max(3.6, 1.6 + 0.5 * len(names)) + 0.06 * max(map(len, names)), 20.0)
        ax = plt.subplots(figsize=(side, side), layout="compressed")[1]
    _draw_counts(ax, counts, names)
    ax.set(
        xlabel="predicted class", ylabel="true class",
        title=f"Confusion matrix\n{int(np.trace(counts))} of {len(true)} right",
    )
    return ax


def _draw_counts(ax: Axes, counts: Array, names: Sequence[str]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    classes = len(names)
    edges = np.arange(classes + 1) - 0.5
    page, ink = palette().page, palette().ink
    cmap = LinearSegmentedColormap.from_list("counts", [ink + "00", ink])                 # the page shows through
    ax.pcolormesh(edges, edges, counts, cmap=cmap, vmin=0)
    ax.set_aspect("equal")
    ax.invert_yaxis()
    digits = len(str(counts.max()))
    cell = min(points(ax)) / classes
    font = max(4.0, min(12.0, 1.3 * cell / digits, 0.5 * cell))
    for row in range(classes):
        for column in range(classes):
            count = counts[row, column]
            fill = mixed(page, ink, count / max(1, counts.max()))
            colour = max(page, ink, key=partial(contrast, fill))
            ax.text(column, row, str(count), color=colour, fontsize=font, ha="center", va="center")
    tilted = max(map(len, names)) > 3
    tilt: dict[str, Any] = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if tilted else {}
    ax.set_xticks(range(classes), names, parse_math=False, **tilt)
    ax.set_yticks(range(classes), names, parse_math=False)
