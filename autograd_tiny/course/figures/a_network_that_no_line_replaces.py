"""The plots of chapter 7."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from ...boundary.colours import LIGHT
from ...show.plots.regions import plot_decision_regions
from .one_perceptron import Points
from .plot import Plot, new_figure

ALONG = (LIGHT.value, LIGHT.classes[0], LIGHT.gradient)


def regions(panels: Mapping[str, Any], examples: Points, targets: Sequence[float]) -> Plot:
    """Plot the decision regions of several models, three side by side. The colours of all go from 0 to 1.

    Args:
        panels: The models by their titles. Each has two inputs, and an output between 0 and 1.
        examples: The points.
        targets: Their classes, 0 or 1.
    """
    down = -(-len(panels) // 3)
    figure = new_figure(8.6, 2.9 * down)
    axes = figure.subplots(down, 3, sharex=True, sharey=True).flat
    for ax, (title, model) in zip(axes, panels.items(), strict=True):
        plot_decision_regions(model, examples, targets, ax=ax, mesh=80, threshold=0.5, reach=0.5, colorbar=False)
        ax.images[0].set_interpolation("none")          # as many pixels as points of the mesh: a smaller file
        ax.set(title=title, xlabel="", ylabel="", aspect="equal")
    figure.supxlabel("x[0]")
    figure.supylabel("x[1]")
    return Plot(figure, f"Decision regions: {'; '.join(panels)}".replace("\n", ", "))


def three_ways(losses: Mapping[str, Sequence[float]], updates: Mapping[str, int], seconds: Mapping[str, float]) -> Plot:
    """Plot losses by epochs, by updates and by time.

    Args:
        losses: The loss after each epoch, by the name of each way of updating.
        updates: How many updates each has made in an epoch.
        seconds: How long each took for all epochs.
    """
    figure = new_figure(9, 3.4)
    axes = figure.subplots(1, 3, sharey=True)
    for (name, each), colour in zip(losses.items(), cycle(ALONG), strict=False):
        for ax, step in zip(axes, (1, updates[name], seconds[name] / len(each)), strict=True):
            ax.plot([step * epoch for epoch in range(1, len(each) + 1)], each, color=colour, label=name)
    axes[0].set(xlabel="epochs", ylabel="loss", title="by epochs", yscale="log")
    axes[1].set(xlabel="updates", title="by updates", xscale="log")
    axes[2].set(xlabel="seconds", title="by time", xscale="log")
    for ax in axes:
        ax.grid(alpha=0.3)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return Plot(figure, "The loss of three ways of updating, by epochs, by updates and by time")


def learning_rates(losses: Mapping[str, Sequence[float]]) -> Plot:
    """Plot the losses of one network at several learning rates. Their names are the keys."""
    figure = new_figure(6.6, 3.6)
    ax = figure.subplots()
    for (name, each), colour in zip(losses.items(), cycle(ALONG), strict=False):
        ax.semilogy(range(1, len(each) + 1), each, color=colour, label=name)
    ax.legend(title="learning rate", frameon=False)
    ax.set(xlabel="epoch", ylabel="loss", title="The same network, three learning rates")
    ax.grid(alpha=0.3)
    return Plot(figure, "The loss at three learning rates")
