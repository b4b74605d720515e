"""The plots of chapter 5."""
from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from statistics import pstdev
from typing import Any

from ...boundary.colours import DARK, LIGHT, mixed
from ...boundary.plotting import CURVES, ink
from ...engine.functions import dot
from ...nn import MLP
from .plot import Plot, new_figure

Point = tuple[float, float]
LEVELS = 20                                     # of errors, by shades
HIGHEST = 0.1
DARKEST = 0.75                                  # the share of blue
SIDE = [-2 + 0.04 * k for k in range(81)]       # of the grid


def learning_curves(panels: Mapping[str, Mapping[str, Sequence[float]]]) -> Plot:
    """Plot errors by epoch on a logarithmic scale.

    Args:
        panels: For each panel, by its title, the errors of each curve, by its name.
    """
    figure = new_figure(0.6 + 3.9 * len(panels), 3.4)
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (title, curves) in zip(axes, panels.items(), strict=True):
        for (name, errors), colour in zip(curves.items(), CURVES, strict=False):
            ax.semilogy(range(1, len(errors) + 1), errors, color=colour, lw=1.2, label=name)
        ax.set(xlabel="epoch", title=title)
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("error")
    if len(curves) > 1:
        axes[-1].legend(frameon=False)
    return Plot(figure, f"Errors by epoch: {', '.join(panels)}")


def error_planes(
    error_at: Callable[..., float], paths: Mapping[tuple[str, str], Sequence[Point]],
) -> Plot:
    """Plot the error over a grid of numbers for pairs of weights, with paths of gradient descent on it.

    Args:
        error_at: The error, for two weights by their names.
        paths: The points of a path, by the names of its two weights.
    """
    from matplotlib.colors import ListedColormap

    shares = [DARKEST * level / (LEVELS - 1) for level in range(LEVELS)]
    shades = [mixed(LIGHT.page, LIGHT.value, share) for share in shares]
    levels = [HIGHEST * level / LEVELS for level in range(LEVELS + 1)]
    figure = new_figure(8.4, 4.2)
    all_axes = figure.subplots(1, len(paths), sharey=True)
    for ax, ((first, second), path) in zip(all_axes, paths.items(), strict=True):
        errors = {(p, q): error_at(**{first: p, second: q}) for q in SIDE for p in SIDE}
        best, reached = min(errors, key=errors.__getitem__), error_at(**{first: path[-1][0], second: path[-1][1]})
        rows = [[errors[p, q] for p in SIDE] for q in SIDE]
        image = ax.contourf(SIDE, SIDE, rows, levels, cmap=ListedColormap(shades))
        ax.plot(*zip(*path, strict=True), "o-", color=LIGHT.gradient, ms=3, label="gradient descent")
        ax.plot(*path[0], "o", color=ink(), label="start")
        ax.plot(*best, "*", color=LIGHT.accent, ms=14, mec=ink(), label="best of the grid")
        title = f"error after {len(path) - 1} steps: {reached:.6f}\nbest of {len(errors)} points: {errors[best]:.6f}"
        ax.set(xlabel=first, ylabel=second, aspect="equal")
        ax.set_title(title, fontsize=10)
    figure.colorbar(image, ax=all_axes, label="error", shrink=0.9)
    all_axes[0].legend(loc="lower right", fontsize=8)
    twins = {shade: mixed(DARK.page, DARK.value, share) for shade, share in zip(shades, shares, strict=True)}
    names = ", ".join(" and ".join(pair) for pair in paths)
    return Plot(figure, f"The error over pairs of weights: {names}", twins | {LIGHT.accent: DARK.accent})


def signal_sizes(networks: Mapping[str, MLP], samples: int = 20) -> Plot:
    """Plot how much the outputs of layers vary, and the gradients that come back to them.

    Args:
        networks: Networks with the same number of layers, by the names of their initialisations.
        samples: The number of random inputs, each with random gradients of the outputs.
    """
    figure = new_figure(8.4, 3.4)
    forward, backward = figure.subplots(1, 2)
    for (name, network), colour in zip(networks.items(), CURVES, strict=False):
        outputs, gradients = signals(network, samples)
        layers = range(1, len(outputs) + 1)
        forward.semilogy(layers, outputs, "o-", color=colour, label=f"{name}: × {outputs[-1] / outputs[0]:.2g}")
        backward.semilogy(layers, gradients, "o-", color=colour, label=f"{name}: × {gradients[0] / gradients[-1]:.2g}")
    for ax, title in (forward, "Outputs, forward"), (backward, "Gradients, backward"):
        ax.set(xlabel="layer", title=title)
        ax.grid(alpha=0.3)
        ax.legend(frameon=False)
    forward.set_ylabel("standard deviation")
    return Plot(figure, "How much outputs and gradients vary in each layer, by initialisation")


def signals(network: MLP, samples: int) -> tuple[list[float], list[float]]:
    """The standard deviations of the outputs of each layer, and of the gradients that come back to it."""
    rng = random.Random(0)
    outputs: list[list[float]] = [[] for _ in network.layers]
    gradients: list[list[float]] = [[] for _ in network.layers]
    for _ in range(samples):
        layers: list[Any] = [[rng.gauss(0, 1) for _ in network.layers[0].neurons[0].w]]
        for layer in network.layers:
            layers.append(layer(layers[-1]))
        dot(layers[-1], [rng.gauss(0, 1) for _ in layers[-1]]).backward()
        for k, units in enumerate(layers[1:]):
            outputs[k] += [unit.data for unit in units]
            gradients[k] += [unit.grad for unit in units]
    return [pstdev(each) for each in outputs], [pstdev(each) for each in gradients]
