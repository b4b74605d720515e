"""Losses over a training, side by side: one network that is ill, one that is well, and others in between."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...boundary.colours import LIGHT
from .plot import Plot, new_figure

ILL, BETTER, WELL = LIGHT.gradient, LIGHT.classes[0], LIGHT.value
TOP = 1e9                           # Matplotlib draws no infinite losses


def loss_curves(
    curves: Mapping[str, Sequence[float]], title: str, *, log: bool = False,
    limits: tuple[float | None, float | None] = (0.0, None), each: str = "epoch", legend: Any = "best",
) -> Plot:
    """Plot losses over the epochs, from the worst in red to the best in blue.

    Args:
        curves: The losses by the name of each curve, the worst first.
        title: The title.
        log: A logarithmic scale of losses.
        limits: The lowest and the highest loss that is shown, None for that of the curves.
        each: What has one loss: "epoch" or "step".
        legend: Where the legend is, as Matplotlib's `loc` has it.
    """
    figure = new_figure(6.4, 3.2)
    draw_losses(figure.subplots(), curves, title, log=log, limits=limits, each=each, legend=legend)
    return Plot(figure, f"{title}: the loss by {each}, of {', '.join(curves)}")


def draw_losses(
    ax: Any, curves: Mapping[str, Sequence[float]], title: str, *, log: bool = False,
    limits: tuple[float | None, float | None] = (0.0, None), each: str = "epoch", legend: Any = "best",
) -> None:
    """The same on Axes."""
    colours = [ILL, *[BETTER] * (len(curves) - 2), WELL]
    for (name, losses), colour in zip(curves.items(), colours, strict=True):
        ax.plot(range(1, len(losses) + 1), [min(loss, TOP) for loss in losses], color=colour, label=name)
    ax.set(xlabel=each, ylabel="loss", title=title, yscale="log" if log else "linear", ylim=limits)
    ax.legend(frameon=False, loc=legend)
    ax.grid(alpha=0.3)
