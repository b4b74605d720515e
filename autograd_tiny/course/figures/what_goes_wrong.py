"""The plots of chapter 11; its losses are drawn by loss_curves.py."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...boundary.colours import LIGHT
from ...boundary.plotting import ink
from ...show.plots.regions import plot_decision_regions
from ...training.curves import plot_history
from ...training.fit import predict
from .loss_curves import BETTER, ILL, TOP, WELL, draw_losses
from .plot import Plot, new_figure


def learned(model: Any, X: Any, y: Any, history: Any) -> Plot:  # noqa: N803
    """Plot how a classifier has learned, and what: its losses, and its answer all over the plane.

    Args:
        model: A model with two inputs and a logit.
        X: The samples (samples, 2).
        y: Their labels (samples,).
        history: The History of the training.
    """
    figure = new_figure(9, 3.4)
    left, right = figure.subplots(1, 2)
    plot_history(history, ax=left)
    plot_decision_regions(model, X, y, ax=right, threshold=0.0)
    right.set_title("What it has learned")
    return Plot(figure, "Loss and accuracy over the epochs, and the regions of the two classes")


def one_step(rates: Sequence[float], losses: Sequence[float], before: float) -> Plot:
    """Plot the loss after one step over the learning rate of that step.

    Args:
        rates: The learning rates.
        losses: The loss after a step with each of them, all from the same weights.
        before: The loss before the step.
    """
    figure = new_figure(6.4, 3.2)
    ax = figure.subplots()
    ax.semilogx(rates, losses, color=WELL)
    ax.axhline(before, color=ink(), linestyle=":")
    ax.annotate("before the step", (rates[0], before), (0, 4), textcoords="offset points")
    ax.set(xlabel="learning rate", ylabel="loss after one step", title="One step from the same place")
    ax.grid(alpha=0.3)
    return Plot(figure, "The loss after one step, by learning rate: level, falling, and rising steeply")


def four_rates(runs: Mapping[float, tuple[Any, Sequence[float], Any]], x: Any, curve: Sequence[float]) -> Plot:
    """Plot the losses with four learning rates, and the curves that were learned with the first three.

    Args:
        runs: The model, its losses and its Diagnosis by learning rate, from the lowest rate to the highest.
        x: The inputs (samples, 1).
        curve: Their targets (samples,).
    """
    figure = new_figure(9.4, 3.6)
    left, right = figure.subplots(1, 2)
    right.plot(x, curve, ".", color=ink(), markersize=4)
    looks = (LIGHT.line, 4), (BETTER, 1.5), (WELL, 1.5), (ILL, 1.5)
    for (lr, (model, losses, _)), (colour, width) in zip(runs.items(), looks, strict=True):
        left.semilogy([min(loss, TOP) for loss in losses], color=colour, lw=width, label=f"lr={lr:g}")
        if colour != ILL:
            right.plot(x, predict(model, x), color=colour, lw=width)
    left.set(xlabel="epoch", ylabel="loss", title="Four learning rates", ylim=(3e-3, 1e4))
    right.set(xlabel="x", title="What three of them have learned")
    left.legend(frameon=False, ncols=2)
    left.grid(alpha=0.3)
    right.grid(alpha=0.3)
    return Plot(figure, "The losses with four learning rates, and the curves that three of them have learned")


def arriving_and_losses(arriving: Mapping[str, Sequence[float]], losses: Mapping[str, Sequence[float]]) -> Plot:
    """Plot the gradient that arrives at each layer of some networks, and their losses.

    Args:
        arriving: The size of the gradient at each layer, from the first to the last, by the name of the network.
        losses: Its losses, by the same names, the worst network first.
    """
    figure = new_figure(9.4, 3.6)
    left, right = figure.subplots(1, 2)
    draw_losses(right, losses, "The training")
    for (name, sizes), line in zip(arriving.items(), right.lines, strict=True):
        left.semilogy(range(1, len(sizes) + 1), sizes, "o-", color=line.get_color(), label=name)
    left.set(xlabel="layer", ylabel="gradient that arrives", title="Before the training")
    left.grid(alpha=0.3)
    return Plot(figure, f"The gradient that arrives at each layer, and the loss by epoch, of {', '.join(arriving)}")
