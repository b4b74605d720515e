"""plot_weights: the weights of each unit of a layer as an image, drawn by Matplotlib."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...boundary.arguments import describe, integer
from ...boundary.late_numpy import np
from ...boundary.plotting import palette, ink, points, pyplot
from ...nn.layers import Neuron

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Array = np.ndarray[Any, Any]

QUIET = "#bbbbbb"
BAR_WIDTH = 14.0                        # of the colour bar, in points
GAP, ABOVE = 0.1, 0.27                  # between images, and above each for its number; shares of its size


def plot_weights(
    model: Any, *, shape: tuple[int, int] | None = None, columns: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the weights of each unit of a layer as an image: the pattern that the unit responds to.

    All images have one colour scale, centred on 0: green is positive, purple negative, and weights that are not
    finite are dark yellow. Units are numbered from 0, row by row. Biases are not shown.

    A notebook shows the figure by itself; a script calls plt.show() or `ax.figure.savefig("name.png")`.

    Args:
        model: A Layer or a Neuron, or a model, of which the first layer with neurons is drawn.
        shape: The height and width of an image; by default a square if the number of inputs is a square number,
            else a row.
        columns: The number of images side by side.
        ax: The Matplotlib Axes to draw on; by default those of a new pyplot figure.

    Returns:
        The Axes.

    Raises:
        TypeError: The model has no layer with neurons, or a number is not an integer.
        ValueError: The shape does not fit the number of inputs.
        ImportError: Matplotlib is not installed.
    """
    neurons = _neurons(model)
    if not neurons:
        raise TypeError(f"model: a Layer is expected, or one with layers of neurons, got {describe(model)}")
    weights = np.array([[w.data for w in neuron.w] for neuron in neurons])
    height, width = _image_shape(weights.shape[1], shape)
    in_rows = height == 1 and columns is None
    across = 1 if in_rows else _columns(len(weights), columns)
    plt = pyplot()
    colours = _colour_scale(weights)
    if ax is None:
        down = -(-len(weights) // across)
        figsize = _figure_size(down, across, height, width, in_rows)
        ax = plt.subplots(figsize=figsize, layout="compressed")[1]
    if in_rows:
        _draw_rows(ax, weights, colours)
    else:
        _draw_images(ax, weights.reshape(-1, height, width), across, colours)
    ax.set_title(f"Weights of {len(weights)} unit{'s' if len(weights) > 1 else ''}")
    _add_colour_bar(ax, colours)
    return ax


def _neurons(model: Any) -> Sequence[Any]:
    """The neurons of a layer, or of the first layer with neurons in a model."""
    if isinstance(model, Neuron):
        return [model]
    if hasattr(model, "neurons"):
        return list(model.neurons)
    return next((found for part in getattr(model, "layers", ()) if (found := _neurons(part))), [])


def _image_shape(inputs: int, shape: tuple[int, int] | None) -> tuple[int, int]:
    if shape is None:
        side = int(inputs**0.5 + 0.5)
        return (side, side) if side * side == inputs else (1, inputs)
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        raise ValueError(f"shape: height and width are expected, as (8, 8), got {describe(shape)}")
    height, width = integer("shape", shape[0]), integer("shape", shape[1])
    if height * width != inputs:
        raise ValueError(
            f"shape: {height} × {width} = {height * width} does not fit, each unit has {inputs} weights"
        )
    return height, width


def _columns(units: int, columns: int | None) -> int:
    """The number of images side by side: as given, or for about a square with few empty places."""
    if columns is not None:
        return min(integer("columns", columns), units)
    side = int((units - 1) ** 0.5) + 1
    return min(range(side, min(2 * side, units) + 1), key=lambda across: -units % across)


def _figure_size(down: int, across: int, height: int, width: int, in_rows: bool) -> tuple[float, float]:
    if in_rows:
        return min(2.6 + 0.45 * width, 9.0), min(1.4 + 0.26 * down, 12.0)
    side = max(0.55, min(1.3, 8.0 / across))        # inches, of a square as large as an image
    wide = across * side * ((width / height) ** 0.5 + GAP)
    high = down * side * ((height / width) ** 0.5 + ABOVE)
    return max(2.8, wide + 1.1), max(1.8, high + 0.5)


def _colour_scale(weights: Array) -> Any:
    """A ScalarMappable."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    low, high = palette().negative, palette().positive
    around_zero = [(0.0, low), (0.5, low + "00"), (0.5, high + "00"), (1.0, high)]      # between them the page shows
    cmap = LinearSegmentedColormap.from_list("weights", around_zero).with_extremes(bad=palette().accent)
    reach = float(np.abs(weights[np.isfinite(weights)]).max(initial=0.0)) or 1.0
    return ScalarMappable(Normalize(-reach, reach), cmap)


def _add_colour_bar(ax: Axes, colours: Any) -> None:
    assert ax.figure is not None
    across, down = points(ax)
    ax.figure.colorbar(
        colours, ax=ax, label="weight", pad=0.03, fraction=1.5 * BAR_WIDTH / across,
        aspect=1.2 * down / BAR_WIDTH,              # the layout makes the Axes somewhat narrower
    )


def _draw_rows(ax: Axes, weights: Array, colours: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.imshow(weights, norm=colours.norm, cmap=colours.cmap, aspect="auto", interpolation="nearest")
    for axis, count in ((ax.xaxis, weights.shape[1]), (ax.yaxis, weights.shape[0])):
        if count <= 20:
            axis.set_ticks(range(count))
        else:
            axis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="input", ylabel="unit")


def _draw_images(ax: Axes, images: Array, across: int, colours: Any) -> None:
    from matplotlib.patches import Rectangle

    units, height, width = images.shape
    side = (height * width) ** 0.5
    gap, above = GAP * side, ABOVE * side
    down = -(-units // across)
    room = across * (width + gap) - gap, down * (height + above)
    font = max(4.0, min(10.0, 0.17 * points(ax)[0] * side / room[0]))
    for unit, image in enumerate(images):
        row, column = divmod(unit, across)
        left, top = column * (width + gap), row * (height + above) + above
        ax.imshow(
            image, norm=colours.norm, cmap=colours.cmap, interpolation="nearest",
            extent=(left, left + width, top + height, top),
        )
        ax.add_patch(Rectangle((left, top), width, height, fill=False, edgecolor=QUIET, linewidth=0.6))
        ax.text(
            left + width / 2, top - 0.04 * side, str(unit), ha="center", va="bottom", color=ink(),
            fontsize=font,
        )
    ax.set(xlim=(-gap, room[0] + gap), ylim=(room[1] + gap, 0.0), aspect="equal")
    ax.set_axis_off()
