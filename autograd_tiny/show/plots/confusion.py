"""plot_confusion_matrix: which classes a classifier confuses with which, drawn by Matplotlib."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...boundary.arguments import describe
from ...boundary.plotting import BLUE, INK, points, pyplot
from ...boundary.text import one_line, quoted

if TYPE_CHECKING:
    import numpy as np
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
    import numpy as np

    true, predicted = _checked_labels("y_true", y_true), _checked_labels("y_pred", y_pred)
    if len(true) != len(predicted):
        raise ValueError(f"y_true has {len(true)} labels, y_pred {len(predicted)}; as many are expected")
    names, index_of = _classes(_sorted_labels(true + predicted), labels)
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


def _checked_labels(name: str, given: Any) -> list[Any]:
    """Labels as Python's ints and strings, so that 1, 1.0, True and NumPy's 1 are one class."""
    import numpy as np

    found = np.asarray(given)
    if found.ndim != 1:
        raise ValueError(
            f"{name}: one label for each example is expected, got shape {found.shape}; the label of a row of "
            "outputs is outputs.argmax(axis=1)"
        )
    if not len(found):
        raise ValueError(f"{name}: there are no examples")
    labels = [_label(x) for x in np.asarray(given, dtype=object).tolist()]
    wrong = [x for x in labels if not isinstance(x, int | str)]
    if wrong:
        raise ValueError(
            f"{name}: class labels are expected, integers or strings, got {describe(wrong[0])}; "
            "a comparison such as outputs > 0 turns outputs into labels"
        )
    return labels


def _label(given: Any) -> Any:
    if isinstance(given, str):
        return str(given)
    if hasattr(given, "__float__") and float(given).is_integer():
        return int(given)
    return given


def _sorted_labels(labels: Sequence[Any]) -> list[Any]:
    """Each label once: numbers in order, then strings."""
    return sorted(set(labels), key=lambda x: (isinstance(x, str), x))


def _classes(found: list[Any], labels: Any) -> tuple[list[str], dict[Any, int]]:
    """The names of the classes, and the index of each label among them."""
    chosen = found if labels is None else [_label(x) for x in labels]
    if len(set(chosen)) != len(chosen) or not chosen:
        raise ValueError(f"labels: different labels are expected, got {describe(labels)}")
    names = [one_line(x) for x in chosen]
    index_of = {x: i for i, x in enumerate(chosen)}
    unknown = [x for x in found if x not in index_of]
    if not unknown:
        return names, index_of
    if all(isinstance(x, int) and 0 <= x < len(names) for x in found):
        return names, {x: x for x in found}         # `labels` are the names of the classes 0, 1, 2, …
    raise ValueError(f"labels: {quoted(unknown[0])} occurs in y_true or y_pred, but not in labels")


def _draw_counts(ax: Axes, counts: Array, names: Sequence[str]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    classes = len(names)
    ax.imshow(counts, cmap=LinearSegmentedColormap.from_list("counts", ["#ffffff", BLUE]), vmin=0)
    digits = len(str(counts.max()))
    cell = min(points(ax)) / classes
    font = max(4.0, min(12.0, 1.3 * cell / digits, 0.5 * cell))
    dark = 0.84 * counts.max()
    for row in range(classes):
        for column in range(classes):
            count = counts[row, column]
            colour = "white" if count > dark else INK
            ax.text(column, row, str(count), color=colour, fontsize=font, ha="center", va="center")
    tilted = max(map(len, names)) > 3
    tilt: dict[str, Any] = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if tilted else {}
    ax.set_xticks(range(classes), names, parse_math=False, **tilt)
    ax.set_yticks(range(classes), names, parse_math=False)
