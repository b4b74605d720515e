"""plot_decision_regions: the decisions of a network with two inputs all over the plane, drawn by Matplotlib."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...boundary.arguments import describe, integer
from ...boundary.foreign import as_numpy
from ...boundary.late_numpy import np
from ...boundary.plotting import ink, palette, pyplot
from ...boundary.text import one_line, some_of
from ...engine.value import plain_float
from ...training.fit import predict
from .labels import checked_labels, named_classes, sorted_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Array = np.ndarray[Any, Any]

MARKERS = "osD^vPX"
OPAQUE = "c0"                           # of the classes: the middle between them shows the page, white or dark


def plot_decision_regions(
    model: Any, X: Any, y: Any, *, ax: Axes | None = None, mesh: int = 200,  # noqa: N803
    margin: float = 0.15, threshold: float | None = None, reach: float | None = None, colorbar: bool = True,
    labels: Any = None,
) -> Axes:
    """Draw the decisions of a model with two inputs all over the plane, and the examples X with their labels y.

    One output is shown by a colour scale, with a line where it crosses the threshold between the two classes. Of
    several outputs the largest decides: each class has a colour, and lines mark the boundaries. Where an output is
    nan the plane is dark yellow.

    A notebook shows the figure by itself; a script calls plt.show() or `ax.figure.savefig("name.png")`.

    Args:
        model: A Module or a function of a list of two inputs, as for fit; or an estimator of scikit-learn, such as
            MLPClassifier, which is drawn by its probabilities, or by its predictions if it has none.
        X: (B, 2), the examples; the columns of a DataFrame name the axes.
        y: (B,), their labels: integers or strings. By default these are -1 and 1, or 0 and 1, for a model with one
            output, 0 to K - 1 for K outputs, or as many strings in alphabetical order, as np.unique numbers them; of
            an estimator its classes_.
        ax: The Matplotlib Axes to draw on; by default those of a new pyplot figure.
        mesh: The outputs are computed at mesh × mesh points.
        margin: Room on each side of the examples, as a share of their range.
        threshold: The output that separates the two classes; by default 0 if the labels are -1 and 1, or if an
            output lies outside of 0 to 1, where no probability does, else 0.5.
        reach: The distance from the threshold at which the colours of one output are full; by default the
            largest distance of all outputs.
        colorbar: Whether to draw a colour bar beside the plane.
        labels: The labels of all classes in the order of the outputs, or names for the classes 0, 1, 2, ….

    Returns:
        The Axes of the plane.

    Raises:
        ValueError: X has another shape or is not finite, the labels do not fit, or an option is out of range.
        TypeError: An option is not a number.
        ImportError: Matplotlib is not installed.
    """
    points, given = _checked_examples(X, y)
    if integer("mesh", mesh) < 2:
        raise ValueError("mesh: 2 or more points per side are expected, got 1")
    margin = _finite("margin", margin)
    if margin < 0.0:
        raise ValueError(f"margin: a number of 0 or more is expected, got {margin}")
    if reach is not None and not _finite("reach", reach) > 0.0:
        raise ValueError(f"reach: a number above 0 is expected, got {reach}")
    plt = pyplot()
    sides = _sides(points, mesh, margin)
    columns = list(X.columns) if hasattr(X, "iloc") else None      # of a DataFrame
    outputs = _outputs_on(_predictor(model, X, columns), *sides)
    names, index_of = _classes(given, outputs.shape[2], getattr(model, "classes_", None) if labels is None else labels)

    if ax is None:
        ax = plt.subplots(figsize=(6.2, 4.8), layout="constrained")[1]
    if outputs.shape[2] == 1:
        threshold = _threshold(threshold, outputs, -1 in index_of)
        _draw_one_output(ax, sides, outputs[..., 0], threshold, reach, names if colorbar else [])
    else:
        _draw_regions(ax, sides, outputs, names if colorbar else [])
    classes = np.array([index_of[label] for label in given])
    for k in range(len(names)):
        first, second = points[classes == k].T
        ax.scatter(
            first, second, s=26, color=_colour(k), marker=_marker(k), edgecolor=palette().page,
            linewidth=0.6, zorder=3,
        )
    ax.locator_params(nbins=6)
    across, up = columns or ("x[0]", "x[1]")
    ax.set_xlabel(one_line(across), parse_math=False)
    ax.set_ylabel(one_line(up), parse_math=False)
    ax.set(
        title="Decision regions", xlim=(sides[0][0], sides[0][-1]),
        ylim=(sides[1][0], sides[1][-1]),
    )
    return ax


def _checked_examples(x: Any, y: Any) -> tuple[Array, list[Any]]:
    """The examples, and their labels as ints and strings."""
    points = _numbers("X", x)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"X: examples of two numbers are expected, shape (B, 2), got shape {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("X: finite numbers are expected, some are nan or infinite")
    labels = checked_labels("y", y)
    if len(labels) != len(points):
        raise ValueError(f"y: one class label for each of the {len(points)} examples is expected, got {len(labels)}")
    return points, labels


def _numbers(name: str, given: Any) -> Array:
    found: Array = as_numpy(given, name)
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
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.where(high > low, margin * (high - low), 1.0)
    first, second = (np.linspace(low[i] - room[i], high[i] + room[i], mesh) for i in (0, 1))
    return first, second


def _predictor(model: Any, examples: Any, columns: Sequence[Any] | None) -> Callable[[Array], Array]:
    """The model as a function of points (points, 2): one output, or one for each class.

    An estimator that was fitted to a DataFrame gets one; of two probabilities the second is the output.
    """
    if not hasattr(model, "predict") or callable(model):
        return lambda points: np.asarray(predict(model, points))

    def estimated(points: Array) -> Array:
        given = points if columns is None else type(examples)(points, columns=columns)
        if not hasattr(model, "classes_"):
            return np.asarray(model.predict(given))
        if hasattr(model, "predict_proba"):
            found = np.asarray(model.predict_proba(given))
        else:
            found = (np.asarray(model.predict(given))[:, None] == model.classes_).astype(float)
        return found[:, 1] if found.shape[1] == 2 else found

    return estimated


def _outputs_on(model: Callable[[Array], Array], first: Array, second: Array) -> Array:
    """The outputs at the points of the mesh: (rows, columns, outputs)."""
    points = np.stack(np.meshgrid(first, second), axis=-1).reshape(-1, 2)
    return model(points).reshape(len(second), len(first), -1)


def _classes(given: list[Any], outputs: int, labels: Any) -> tuple[list[str], dict[Any, int]]:
    """The names of all classes, and the index of each label among them; ValueError if others are given."""
    count, found = max(outputs, 2), sorted_labels(given)
    pairs = [pair for pair in ([0, 1], [-1, 1]) if set(found) <= set(pair)]
    if labels is None and all(isinstance(label, str) for label in found):
        labels = found
    if labels is not None:
        labels = list(labels)
        if len(labels) != count:
            raise ValueError(
                f"y: the model tells {count} classes apart, got {len(labels)} labels, {some_of(labels)}; "
                "labels=[…] names all of them, in the order of the outputs"
            )
        if outputs == 1 and pairs == [[-1, 1]]:
            return named_classes([0, 1], labels, "y")[0], {-1: 0, 1: 1}
        return named_classes(found, labels, "y")
    if outputs > 1 and not set(found) <= set(range(outputs)):
        raise ValueError(
            f"y: a model with {outputs} outputs has the class labels 0 to {outputs - 1}, got {some_of(found)}"
        )
    if outputs == 1 and not pairs:
        raise ValueError(
            f"y: a model with one output separates two classes, labels -1 and 1 or 0 and 1, got {some_of(found)}"
        )
    classes = list(range(outputs)) if outputs > 1 else pairs[0]
    return [str(label) for label in classes], {label: k for k, label in enumerate(classes)}


def _threshold(given: float | None, outputs: Array, are_signs: bool) -> float:
    """The output between two classes: 0.5 for probabilities, 0 for logits."""
    if given is not None:
        return _finite("threshold", given)
    are_probabilities = not are_signs and bool(((outputs >= 0.0) & (outputs <= 1.0)).all())
    return 0.5 if are_probabilities else 0.0


def _draw_one_output(
    ax: Axes, sides: tuple[Array, Array], outputs: Array, threshold: float, reach: float | None,
    classes_of_bar: Sequence[str],
) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    if reach is None:
        finite = outputs[np.isfinite(outputs)]
        reach = float(np.abs(finite - threshold).max(initial=0.0)) or 1.0
    image = ax.imshow(
        np.clip(outputs, threshold - reach, threshold + reach), extent=_extent(sides), origin="lower",
        aspect="auto", vmin=threshold - reach, vmax=threshold + reach,
        cmap=LinearSegmentedColormap.from_list("classes", _between_classes()).with_extremes(bad=palette().accent),
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
            textcoords="offset points", ha="center", va=side, parse_math=False,
        )


def _draw_regions(
    ax: Axes, sides: tuple[Array, Array], outputs: Array, classes_of_bar: Sequence[str]
) -> None:
    from matplotlib.colors import ListedColormap

    count = outputs.shape[2]
    best = np.ma.masked_where(np.isnan(outputs).any(axis=2), outputs.argmax(axis=2))
    image = ax.imshow(
        best, extent=_extent(sides), origin="lower", aspect="auto", vmin=-0.5, vmax=count - 0.5,
        cmap=ListedColormap([_colour(k) for k in range(count)]).with_extremes(bad=palette().accent),
        alpha=0.25, interpolation="nearest",
    )
    for k in range(count):
        _draw_boundary(ax, sides, outputs[..., k] - np.delete(outputs, k, axis=2).max(axis=2))
    if not classes_of_bar:
        return
    assert ax.figure is not None
    bar = ax.figure.colorbar(image, ax=ax, ticks=range(count), label="class")
    bar.ax.set_yticks(range(count), classes_of_bar, parse_math=False)
    bar.ax.tick_params(length=0)
    bar.ax.minorticks_off()
    for k in range(count):                  # the strip is the legend: each class with its marker
        bar.ax.scatter(
            0.5, k, s=30, color=_colour(k), marker=_marker(k), edgecolor=palette().page, linewidth=0.6,
            transform=bar.ax.get_yaxis_transform(), clip_on=False,
        )


def _draw_boundary(ax: Axes, sides: tuple[Array, Array], advantage: Array) -> None:
    """Draw a line where the advantage of a class is 0, if it is anywhere: otherwise Matplotlib would warn."""
    finite = advantage[np.isfinite(advantage)]
    if finite.size and finite.min() < 0.0 < finite.max():
        shown = np.ma.masked_invalid(advantage)
        ax.contour(*sides, shown, levels=[0.0], colors=[ink()], linewidths=1.0, linestyles="solid")


def _extent(sides: tuple[Array, Array]) -> tuple[float, float, float, float]:
    """The edges of an image whose pixels are centred on the points of the mesh."""
    edges = []
    for side in sides:
        half = (side[1] - side[0]) / 2
        edges += [float(side[0] - half), float(side[-1] + half)]
    return edges[0], edges[1], edges[2], edges[3]


def _colour(k: int) -> str:
    classes = palette().classes
    return classes[k % len(classes)]


def _between_classes() -> list[tuple[float, str]]:
    low, high = _colour(0), _colour(1)
    return [(0.0, low + OPAQUE), (0.5, low + "00"), (0.5, high + "00"), (1.0, high + OPAQUE)]


def _marker(k: int) -> str:
    return MARKERS[k % len(MARKERS)]
