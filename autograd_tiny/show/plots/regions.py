"""plot_decision_regions: the decisions of a network with two inputs all over the plane, drawn by Matplotlib."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...boundary.arguments import describe, integer
from ...boundary.plotting import COLOURS, DIVERGING, INK, pyplot
from ...engine.value import plain_float
from ...training.fit import predict

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

    Array = np.ndarray[Any, Any]

MARKERS = "osD^vPX"
NAN_COLOUR = "#6a51a3"                  # unlike those of the classes, and not white


def plot_decision_regions(
    model: Any, X: Any, y: Any, *, ax: Axes | None = None, mesh: int = 200,  # noqa: N803
    margin: float = 0.15, threshold: float | None = None, reach: float | None = None, colorbar: bool = True,
) -> Axes:
    """Draw the decisions of a model with two inputs all over the plane, and the examples X with their labels y.

    One output is shown by a colour scale, with a line where it crosses the threshold between the two classes. Of
    several outputs the largest decides: each class has a colour, and lines mark the boundaries. Where an output is
    nan the plane is violet.

    A notebook shows the figure by itself; a script calls plt.show() or `ax.figure.savefig("name.png")`.

    Args:
        model: A Module or a function of a list of two inputs, as for fit.
        X: (B, 2), the examples.
        y: (B,), their labels: -1 and 1, or 0 and 1, for a model with one output; 0 to K - 1 for K outputs.
        ax: The Matplotlib Axes to draw on; by default those of a new pyplot figure.
        mesh: The outputs are computed at mesh × mesh points.
        margin: Room on each side of the examples, as a share of their range.
        threshold: The output that separates the two classes; by default 0.5 if the labels are 0 and 1 and all
            outputs lie between them, as probabilities do, else 0.
        reach: The distance from the threshold at which the colours of one output are full; by default the
            largest distance of all outputs.
        colorbar: Whether to draw a colour bar beside the plane.

    Returns:
        The Axes of the plane.

    Raises:
        ValueError: X has another shape or is not finite, the labels do not fit, or an option is out of range.
        TypeError: An option is not a number.
        ImportError: Matplotlib is not installed.
    """
    points, labels = _checked_examples(X, y)
    if integer("mesh", mesh) < 2:
        raise ValueError("mesh: 2 or more points per side are expected, got 1")
    margin = _finite("margin", margin)
    if margin < 0.0:
        raise ValueError(f"margin: a number of 0 or more is expected, got {margin}")
    if reach is not None and not _finite("reach", reach) > 0.0:
        raise ValueError(f"reach: a number above 0 is expected, got {reach}")
    plt = pyplot()
    sides = _sides(points, mesh, margin)
    outputs = _outputs_on(model, *sides)
    classes = _classes(labels, outputs.shape[2])

    if ax is None:
        ax = plt.subplots(figsize=(6.2, 4.8), layout="constrained")[1]
    if outputs.shape[2] == 1:
        threshold = _threshold(threshold, outputs, classes)
        _draw_one_output(ax, sides, outputs[..., 0], threshold, reach, classes if colorbar else [])
    else:
        _draw_regions(ax, sides, outputs, colorbar)
    for k, label in enumerate(classes):
        first, second = points[labels == label].T
        ax.scatter(
            first, second, s=26, color=_colour(k), marker=_marker(k), edgecolor="white",
            linewidth=0.6, zorder=3,
        )
    ax.locator_params(nbins=6)
    ax.set(
        xlabel="x[0]", ylabel="x[1]", title="Decision regions", xlim=(sides[0][0], sides[0][-1]),
        ylim=(sides[1][0], sides[1][-1]),
    )
    return ax


def _checked_examples(x: Any, y: Any) -> tuple[Array, Array]:
    import numpy as np

    points = _numbers("X", x)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"X: examples of two numbers are expected, shape (B, 2), got shape {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("X: finite numbers are expected, some are nan or infinite")
    labels = _numbers("y", y)
    if labels.shape != (len(points),):
        raise ValueError(
            f"y: one class label for each of the {len(points)} examples is expected, got shape {labels.shape}"
        )
    return points, labels


def _numbers(name: str, given: Any) -> Array:
    import numpy as np

    try:
        found = np.asarray(given)
    except ValueError:                      # rows of different lengths
        found = np.empty(0, dtype=object)
    if found.dtype.kind not in "fiub":
        raise ValueError(f"{name}: an array of numbers is expected, got {describe(given)}")
    return found.astype(float)


def _finite(name: str, given: Any) -> float:
    number = plain_float(given)
    if number - number != 0.0:
        raise ValueError(f"{name}: a finite number is expected, got {number}")
    return number


def _sides(points: Array, mesh: int, margin: float) -> tuple[Array, Array]:
    """The coordinates of the mesh along both axes."""
    import numpy as np

    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, margin * (high - low), 1.0)
    first, second = (np.linspace(low[i] - room[i], high[i] + room[i], mesh) for i in (0, 1))
    return first, second


def _outputs_on(model: Any, first: Array, second: Array) -> Array:
    """The outputs at the points of the mesh: (rows, columns, outputs)."""
    import numpy as np

    points = np.stack(np.meshgrid(first, second), axis=-1).reshape(-1, 2)
    return np.asarray(predict(model, points)).reshape(len(second), len(first), -1)


def _classes(labels: Array, outputs: int) -> list[int]:
    """The labels of all classes; ValueError if others are given."""
    import numpy as np

    given = np.unique(labels)
    shown = ", ".join(f"{label:g}" for label in given[:6]) + (", …" if len(given) > 6 else "")
    if outputs > 1:
        if not np.isin(given, np.arange(outputs)).all():
            raise ValueError(
                f"y: a model with {outputs} outputs has the class labels 0 to {outputs - 1}, got {shown}"
            )
        return list(range(outputs))
    for pair in ([0, 1], [-1, 1]):
        if np.isin(given, pair).all():
            return pair
    raise ValueError(
        f"y: a model with one output separates two classes, labels -1 and 1 or 0 and 1, got {shown}"
    )


def _threshold(given: float | None, outputs: Array, classes: Sequence[int]) -> float:
    """The output between two classes: 0.5 for probabilities, 0 for logits."""
    if given is not None:
        return _finite("threshold", given)
    are_probabilities = 0 in classes and bool(((outputs >= 0.0) & (outputs <= 1.0)).all())
    return 0.5 if are_probabilities else 0.0


def _draw_one_output(
    ax: Axes, sides: tuple[Array, Array], outputs: Array, threshold: float, reach: float | None,
    classes_of_bar: Sequence[int],
) -> None:
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap

    if reach is None:
        finite = outputs[np.isfinite(outputs)]
        reach = float(np.abs(finite - threshold).max(initial=0.0)) or 1.0
    image = ax.imshow(
        np.clip(outputs, threshold - reach, threshold + reach), extent=_extent(sides), origin="lower",
        aspect="auto", vmin=threshold - reach, vmax=threshold + reach, alpha=0.75,
        cmap=LinearSegmentedColormap.from_list("classes", DIVERGING).with_extremes(bad=NAN_COLOUR),
    )
    _draw_boundary(ax, sides, outputs - threshold)
    if not classes_of_bar:
        return
    assert ax.figure is not None
    bar = ax.figure.colorbar(image, ax=ax, label="output", format="%.3g")
    ends = [(1, 1.0, "bottom", 4), (0, 0.0, "top", -4)]
    for k, height, side, away in ends:
        bar.ax.annotate(
            f"class {classes_of_bar[k]}", (0.5, height), xycoords="axes fraction", xytext=(0, away),
            textcoords="offset points", ha="center", va=side, color=_colour(k),
        )


def _draw_regions(ax: Axes, sides: tuple[Array, Array], outputs: Array, with_bar: bool) -> None:
    import numpy as np
    from matplotlib.colors import ListedColormap

    count = outputs.shape[2]
    best = np.ma.masked_where(np.isnan(outputs).any(axis=2), outputs.argmax(axis=2))
    image = ax.imshow(
        best, extent=_extent(sides), origin="lower", aspect="auto", vmin=-0.5, vmax=count - 0.5,
        cmap=ListedColormap([_colour(k) for k in range(count)]).with_extremes(bad=NAN_COLOUR),
        alpha=0.25, interpolation="nearest",
    )
    for k in range(count):
        _draw_boundary(ax, sides, outputs[..., k] - np.delete(outputs, k, axis=2).max(axis=2))
    if not with_bar:
        return
    assert ax.figure is not None
    bar = ax.figure.colorbar(image, ax=ax, ticks=range(count), label="class")
    bar.ax.tick_params(length=0)
    bar.ax.minorticks_off()
    for k in range(count):                  # the strip is the legend: each class with its marker
        bar.ax.scatter(
            0.5, k, s=30, color=_colour(k), marker=_marker(k), edgecolor="white", linewidth=0.6,
            transform=bar.ax.get_yaxis_transform(), clip_on=False,
        )


def _draw_boundary(ax: Axes, sides: tuple[Array, Array], advantage: Array) -> None:
    """Draw a line where the advantage of a class is 0, if it is anywhere: otherwise Matplotlib would warn."""
    import numpy as np

    finite = advantage[np.isfinite(advantage)]
    if finite.size and finite.min() < 0.0 < finite.max():
        shown = np.ma.masked_invalid(advantage)
        ax.contour(*sides, shown, levels=[0.0], colors=[INK], linewidths=1.0, linestyles="solid")


def _extent(sides: tuple[Array, Array]) -> tuple[float, float, float, float]:
    """The edges of an image whose pixels are centred on the points of the mesh."""
    edges = []
    for side in sides:
        half = (side[1] - side[0]) / 2
        edges += [float(side[0] - half), float(side[-1] + half)]
    return edges[0], edges[1], edges[2], edges[3]


def _colour(k: int) -> str:
    return COLOURS[k % len(COLOURS)]


def _marker(k: int) -> str:
    return MARKERS[k % len(MARKERS)]
