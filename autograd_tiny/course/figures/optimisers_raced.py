"""The plots of chapter 9."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...boundary.colours import LIGHT
from ...boundary.plotting import CURVES, ink
from ...tape.tape import record
from .plot import Plot, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Place = tuple[float, float]
Path = Sequence[tuple[float, float, float]]     # x, y and the loss, after each step

CONTRAST = LIGHT.gradient, LIGHT.value          # for two walks that are compared
STYLES = {                                      # on grey, and beside each other: no two of a panel are alike
    "SGD": (CURVES[0], "-"), "momentum": (LIGHT.gradient, "-"), "Nesterov": (LIGHT.value, "--"),
    "AdaGrad": (LIGHT.classes[0], "-"), "RMSProp": (LIGHT.classes[1], "--"),
    "Adam": (LIGHT.positive, "-"), "AdamW": (LIGHT.negative, "--"),
}


def valley_map(f: Callable[[float, float], float], start: Place, goal: Place) -> Plot:
    """The valley from above: the more grey, the lower, on a logarithmic scale.

    Args:
        f: Its height at x and y.
        start, goal: Two places that are marked.
    """
    figure = new_figure(5, 4)
    ax = figure.subplots()
    _draw_valley(ax, f, start, goal, "Rosenbrock's valley: start ● and minimum ★")
    ax.set_ylabel("y")
    return Plot(figure, "Rosenbrock's valley from above")


def valley_paths(
    f: Callable[[float, float], float], goal: Place, paths: Mapping[str, Path], groups: Sequence[Sequence[str]],
) -> Plot:
    """The paths of optimisers in the valley, one panel for each group of names."""
    figure = new_figure(10, 4)
    axes = figure.subplots(1, len(groups), sharey=True)
    for ax, names in zip(axes, groups, strict=True):
        _draw_valley(ax, f, paths[names[0]][0][:2], goal, ", ".join(names))
        for name in names:
            colour, style = STYLES[name]
            x, y, _ = zip(*paths[name], strict=True)
            width = 2.8 - 0.7 * names.index(name)       # so that two on the same way can both be seen
            ax.plot(x, y, color=colour, linestyle=style, linewidth=width, label=name)
            ax.plot(x[-1], y[-1], "D", color=colour, markeredgecolor="white")
        ax.legend(loc="lower center", fontsize=9)
    axes[0].set_ylabel("y")
    return Plot(figure, "The paths of the optimisers in the valley")


def _draw_valley(ax: Axes, f: Callable[[float, float], float], start: Place, goal: Place, title: str) -> None:
    import numpy as np

    x, y = np.meshgrid(np.linspace(-2, 2, 200), np.linspace(-1, 3, 200))
    heights: Any = f(x, y)      # type: ignore[arg-type]        # a formula works on arrays too
    _draw_depths(ax, np.log10(heights + 1e-3), (-2, 2, -1, 3))
    ax.plot(*start, "o", color=ink(), markeredgecolor="white", markersize=8)
    ax.plot(*goal, "*", color=ink(), markeredgecolor="white", markersize=13)
    ax.set(title=title, xlabel="x")


def _draw_depths(ax: Axes, heights: Any, extent: tuple[float, float, float, float]) -> None:
    """A map in one grey, the less transparent, the lower a place is: so it fits a light page and a dark one."""
    import numpy as np
    from matplotlib.colors import to_rgb

    depths = np.round((heights.max() - heights) / np.ptp(heights), 2)       # fewer shades make a small file
    grey = np.broadcast_to(to_rgb(LIGHT.quiet), (*depths.shape, 3))
    ax.imshow(np.dstack([grey, depths]), origin="lower", extent=extent, aspect="auto", interpolation="nearest")


def losses(paths: Mapping[str, Path]) -> Plot:
    """The loss of each optimiser by step, on a logarithmic axis."""
    figure = new_figure(9, 4.4)
    ax = figure.subplots()
    for name, path in paths.items():
        colour, style = STYLES[name]
        ax.semilogy([loss for _, _, loss in path], color=colour, linestyle=style, label=name)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    ax.set(xlabel="step", ylabel="f", title="One valley, seven optimisers", ylim=(1e-9, 1e2))
    ax.grid(alpha=0.3)
    return Plot(figure, "The loss of seven optimisers by step")


def rates(schedules: Mapping[str, Any], steps: int) -> Plot:
    """The learning rate of up to four schedules by step."""
    figure = new_figure(9, 3.6)
    ax = figure.subplots()
    colours = [*CONTRAST, LIGHT.classes[0], ink()]
    for colour, (name, schedule) in zip(colours, schedules.items(), strict=False):
        ax.plot([schedule.lr_at(step) for step in range(steps)], color=colour, drawstyle="steps-post", label=name)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    ax.set(xlabel="step", ylabel="learning rate", title="Schedules")
    ax.grid(alpha=0.3)
    return Plot(figure, "The learning rate of four schedules by step")


def heights(walks: Mapping[str, Sequence[float]]) -> Plot:
    """The height of two walks by step, on a logarithmic axis."""
    figure = new_figure(7, 3.6)
    ax = figure.subplots()
    for colour, (name, walk) in zip(CONTRAST, walks.items(), strict=True):
        ax.semilogy(walk, color=colour, linewidth=0.8, label=name)
    ax.legend(frameon=False)
    ax.set(xlabel="step", ylabel="f", title="Adam with noisy gradients")
    ax.grid(alpha=0.3)
    return Plot(figure, "The height by step, with a constant rate and with a cosine")


def cliff(f: Callable[[Any, Any], Any], walks: Mapping[str, Path]) -> Plot:
    """Two walks that begin at one place: on the surface of f, the more grey the lower, and the loss by step."""
    import numpy as np

    w, b = np.meshgrid(np.linspace(2, 8, 200), np.linspace(-6, 0, 200))
    surface = record(f, 1.0, 1.0)(np.stack([w.ravel(), b.ravel()], axis=1)).reshape(w.shape)
    figure = new_figure(10, 4)
    left, right = figure.subplots(1, 2)
    _draw_depths(left, surface, (2, 8, -6, 0))
    for colour, (name, path) in zip(CONTRAST, walks.items(), strict=True):
        along, across, loss = zip(*path, strict=True)
        left.plot(along, across, color=colour, linewidth=1.2, label=name)
        right.semilogy(loss, color=colour, label=name)
    left.plot(along[0], across[0], "o", color=ink(), markeredgecolor="white", markersize=8)
    left.legend(loc="lower right")
    left.set(xlabel="w", ylabel="b", title="The loss, and two walks from ●", xlim=(2, 8), ylim=(-6, 0))
    right.set(xlabel="step", ylabel="loss", title="The loss on the way")
    right.grid(alpha=0.3)
    return Plot(figure, "Two walks on a surface with a cliff")
