"""The plots of chapter 8."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from ...boundary.colours import DARK, LIGHT
from ...boundary.plotting import ink, pyplot
from ...show.plots.confusion import plot_confusion_matrix
from ...show.plots.weights import plot_weights
from .plot import Plot, new_figure

ALONG = (LIGHT.line, LIGHT.classes[0], LIGHT.value, LIGHT.gradient)


def images(pixels: Any, titles: Sequence[Any]) -> Plot:
    """Show images of 8 × 8 pixels in a row, as ink on paper.

    Args:
        pixels: (B, 64), from 0 for paper to 1 for ink.
        titles: What stands above each.
    """
    lines = max(str(title).count("\n") for title in titles) + 1
    figure = new_figure(0.9 * len(titles), 1.0 + 0.2 * lines)
    for ax, image, title in zip(figure.subplots(1, len(titles)), pixels, titles, strict=True):
        ax.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1, interpolation="none")
        ax.set(xticks=[], yticks=[])
        ax.set_title(title, fontsize="medium")
    return Plot(figure, "Images: " + ", ".join(str(title).replace("\n", " ") for title in titles))


def scores(logits: Sequence[float], probabilities: Sequence[float]) -> Plot:
    """Plot the logits of the classes, and what softmax makes of them."""
    figure = new_figure(8, 2.6)
    axes = figure.subplots(1, 2)
    for ax, heights, title in zip(axes, (logits, probabilities), ("logits", "softmax of the logits"), strict=True):
        ax.bar(range(len(heights)), heights, color=LIGHT.value)
        ax.axhline(0, color=ink(), linewidth=0.8)
        ax.set(title=title, xlabel="class", xticks=range(len(heights)))
    return Plot(figure, "Logits of the classes, and their probabilities")


def validation_losses(histories: Mapping[str, Any]) -> Plot:
    """Plot the validation loss of several trainings by epoch.

    Args:
        histories: What fit returned, by the name of each training.
    """
    figure = new_figure(6.4, 3.4)
    ax = figure.subplots()
    for (name, history), colour in zip(histories.items(), cycle(ALONG), strict=False):
        ax.plot(range(1, len(history) + 1), history["val_loss"], "o-", color=colour, label=name, markersize=4)
    ax.set(xlabel="epoch", ylabel="validation loss", title="The same network, four ways", ylim=0)
    ax.legend(frameon=False, loc=(0.64, 0.16))
    ax.grid(alpha=0.3)
    return Plot(figure, "The validation loss of four trainings by epoch")


def confusion(true: Any, predicted: Any) -> Plot:
    """Show which digits are taken for which: plot_confusion_matrix, on a light or a dark page."""
    return _on_any_page(plot_confusion_matrix(true, predicted), "Confusion matrix")


def weights(model: Any, columns: int | None = None) -> Plot:
    """Show the weights of each unit of the first layer as an image: plot_weights, on a light or a dark page."""
    return _on_any_page(plot_weights(model, columns=columns), "The weights of each unit")


def _on_any_page(ax: Any, title: str) -> Plot:
    pyplot().close(ax.figure)           # or the notebook shows it twice
    for image in ax.images:
        image.set_interpolation("none")
    return Plot(ax.figure, title, {LIGHT.ink: DARK.ink})


def heat_maps(panels: Mapping[str, Any]) -> Plot:
    """Show 8 × 8 numbers of 0 or more as images, each with a scale of its own.

    Args:
        panels: The numbers by the title of each.
    """
    from matplotlib.colors import LinearSegmentedColormap

    cmap = LinearSegmentedColormap.from_list("heat", [LIGHT.classes[1] + "00", LIGHT.classes[1]])
    figure = new_figure(2.8 * len(panels), 2.4)
    for ax, (title, numbers) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        image = ax.imshow(numbers, cmap=cmap, vmin=0, interpolation="none")
        figure.colorbar(image, ax=ax)
        ax.set(title=title, xticks=[], yticks=[])
    return Plot(figure, "; ".join(panels))
