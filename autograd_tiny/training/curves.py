"""plot_history and history_svg: learning curves, the loss and the metrics by epoch, drawn by Matplotlib.

They are here, and not in show/plots/, so that a History can draw itself without an import circle.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..boundary.arguments import describe
from ..boundary.late_numpy import np
from ..boundary.plotting import figure_svg, ink, palette, pyplot
from ..boundary.text import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    Array = np.ndarray[Any, Any]


def plot_history(history: Any, ax: Axes | None = None) -> Axes:
    """Draw the learning curves of a training run: the loss, the metrics and the learning rate "lr" by epoch.

    Curves of validation data are dashed, in the colour of the training curve. An epoch whose number is not finite is
    a gap; the legend counts these.

    A notebook shows the figure by itself; a script calls plt.show() or `ax.figure.savefig("name.png")`.

    Args:
        history: The History that fit returned.
        ax: The Matplotlib Axes to draw on: the metrics then have a second scale at the right, and the learning
            rate is left out. By default a new pyplot figure with Axes for each.

    Returns:
        The Axes of the loss; all are in `ax.figure.axes`.

    Raises:
        TypeError: history is not a History.
        ValueError: It has no epochs.
        ImportError: Matplotlib is not installed.
    """
    panels = _panels(history)
    plt = pyplot()
    if ax is not None:
        _draw_on_one(history, ax, panels)
        return ax
    figure = plt.figure(**_history_figure(panels))
    return _draw_panels(history, figure, panels)


def history_svg(history: Any) -> str:
    """The picture of plot_history as an SVG element for a page. It is the same text each time.

    In Matplotlib's own style it is light or dark, as the page or the notebook around it is.

    Args:
        history: The History that fit returned.

    Returns:
        The text of the element. pyplot does not know the figure.

    Raises:
        TypeError: history is not a History.
        ValueError: It has no epochs.
        ImportError: Matplotlib is not installed.
    """
    panels = _panels(history)
    pyplot()
    from matplotlib.figure import Figure

    figure = Figure(**_history_figure(panels))
    _draw_panels(history, figure, panels)
    return figure_svg(figure)


def _panels(history: Any) -> dict[str, list[str]]:
    """The names of the curves on each Axes, by its title. The loss is the first."""
    if not hasattr(history, "names"):
        raise TypeError(f"history: the History that fit returned is expected, got {describe(history)}")
    if not any(len(history[name]) for name in history.names):
        raise ValueError("history: it has no epochs, so there is no curve; train with epochs=1 or more")
    panels: dict[str, list[str]] = {"Loss": [], "Metrics": [], "Learning rate": []}
    for name in history.names:
        title = {"loss": "Loss", "lr": "Learning rate"}.get(_training_name(name), "Metrics")
        panels[title].append(name)
    return {title: names for title, names in panels.items() if names}


def _training_name(name: str) -> str:
    return name.removeprefix("val_")


def _history_figure(panels: dict[str, list[str]]) -> dict[str, Any]:
    return {"figsize": (0.8 + 4.6 * len(panels), 3.8), "layout": "constrained"}


def _draw_panels(history: Any, figure: Figure, panels: dict[str, list[str]]) -> Axes:
    all_axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for ax, (title, names) in zip(all_axes, panels.items(), strict=True):
        _add_legend(ax, _draw_curves(history, ax, names))
        ax.set_title(title)
    first: Axes = all_axes[0]
    return first


def _draw_on_one(history: Any, ax: Axes, panels: dict[str, list[str]]) -> None:
    curves = _draw_curves(history, ax, panels["Loss"])
    if "Metrics" not in panels:
        _add_legend(ax, curves)
        ax.set_title("Loss")
        return
    right = ax.twinx()
    curves += _draw_curves(history, right, panels["Metrics"])
    right.grid(visible=False)               # two grids of different scales would mislead
    rows = _add_legend(ax, curves, above=True)
    ax.set_title("Loss and metrics", pad=8.0 + 17.0 * rows)


def _draw_curves(history: Any, ax: Axes, names: Sequence[str]) -> list[tuple[Line2D, str]]:
    """Draw the curves; returns the lines, each with its caption."""
    colours: dict[str, str] = {"loss": ink()}
    others = palette().classes[2:]          # orange and turquoise are the colours of classes, in plots too
    curves = []
    for name in names:
        training = _training_name(name)
        colour = colours.setdefault(training, others[len(colours) % len(others)])
        series = np.asarray(history[name], dtype=float)
        finite = np.isfinite(series)
        is_long = len(series) > 200         # dashes are hard to see in a jagged line, so it is paler, too
        single = np.flatnonzero(_isolated(finite)).tolist()
        [line] = ax.plot(
            np.arange(1, len(series) + 1), np.where(finite, series, np.nan), color=colour,
            linewidth=1.2 if is_long else 1.8, linestyle="-" if name == training else "--",
            alpha=0.5 if is_long and name != training else 1.0,
            marker="o" if single else "", markevery=single, markersize=5,
            markerfacecolor=colour if name == training else ax.get_facecolor(),
        )
        gaps = len(series) - int(finite.sum())
        caption = shortened(name) + (f" (not finite in {gaps} of {len(series)} epochs)" if gaps else "")
        curves.append((line, caption))
    _show_epochs(ax, max(len(history[name]) for name in history.names))
    measured = {_training_name(name) for name in names}
    ax.set_ylabel(shortened(measured.pop()) if len(measured) == 1 else "metrics", parse_math=False)
    ax.grid(alpha=0.3)
    return curves


def _add_legend(ax: Axes, curves: Sequence[tuple[Line2D, str]], above: bool = False) -> int:
    """Add the captions where they hide little; returns the number of rows that they take above the Axes."""
    columns = min(len(curves), 3) if above else 1
    look: dict[str, Any] = {"loc": "best"}
    if above:
        look = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": columns, "frameon": False}
    elif len(curves) > 6:
        look = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "frameon": False}
    # a caption that begins with "_" would be left out, so each is written after the legend is made
    legend = ax.legend([line for line, _ in curves], ["curve"] * len(curves), **look)
    for text, (_, caption) in zip(legend.get_texts(), curves, strict=True):
        text.set(text=caption, parse_math=False)
    return -(-len(curves) // columns)


def _isolated(finite: Array) -> Array:
    """Which numbers have no finite neighbour, so that a line does not show them."""
    padded = np.pad(finite, 1)
    isolated: Array = finite & ~padded[:-2] & ~padded[2:]
    return isolated


def _show_epochs(ax: Axes, epochs: int) -> None:
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(nbins=6, integer=True).tick_values(1, epochs) if epochs > 1 else []
    ticks = [1, *(int(tick) for tick in found if 1 < tick <= epochs)]
    room = 0.02 * (epochs - 1) or 0.5
    ax.set(xlabel="epoch", xticks=ticks, xlim=(1 - room, epochs + room))
