"""The plots of chapter 6: points in the plane, of the classes 0 and 1, and a unit that tells these apart."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...boundary.colours import LIGHT
from ...boundary.plotting import CLASSES, ink
from ...engine.functions import sigmoid
from ...show.plots.regions import MARKERS, plot_decision_regions
from .plot import Plot, new_figure

Points = Sequence[Sequence[float]]


def points(examples: Points, targets: Sequence[int]) -> Plot:
    """Plot points in the colours of their classes.

    Args:
        examples: The points.
        targets: 0 for orange, 1 for turquoise.
    """
    figure = new_figure(4.6, 4)
    ax = figure.subplots()
    for k, name in enumerate(("orange: 0", "turquoise: 1")):
        x, y = zip(*(point for point, t in zip(examples, targets, strict=True) if t == k), strict=True)
        ax.scatter(x, y, color=CLASSES[k], marker=MARKERS[k], label=name)
    ax.set(xlabel="x", ylabel="y", title=f"{len(examples)} points", aspect="equal")
    ax.legend(frameon=False)
    ax.grid(alpha=0.3)
    return Plot(figure, f"{len(examples)} points of two classes")


def plane(unit: Callable[..., Any], examples: Points, targets: Sequence[int], title: str) -> Plot:
    """Plot the output of a unit all over the plane, the line where it is ½, and points.

    Args:
        unit: A function of a point, as for fit.
        examples: The points.
        targets: Their classes.
        title: The title of the plot, which also says how many points are right.
    """
    figure = new_figure(6.2, 4.8)
    ax = plot_decision_regions(unit, examples, targets, ax=figure.subplots(), threshold=0.5)
    ax.set(title=f"{title}: {_right(unit, examples, targets)} of {len(targets)} right", xlabel="x", ylabel="y")
    return Plot(figure, f"{title}: the output of the unit all over the plane")


def planes(stages: Mapping[int, Sequence[float]], examples: Points, targets: Sequence[int]) -> Plot:
    """The same for several stages of a training, side by side. The colours of all go from 0 to 1.

    Args:
        stages: The weights w0, w1, w2 by the number of epochs after which the unit had them.
        examples: The points.
        targets: Their classes.
    """
    figure = new_figure(8.4, 5.8)
    panels = figure.subplots(2, -(-len(stages) // 2), sharex=True, sharey=True)
    for ax, (epochs, (w0, w1, w2)) in zip(panels.flat, stages.items(), strict=False):
        def output(point: Any, w0: float = w0, w1: float = w1, w2: float = w2) -> Any:
            return sigmoid(w0 + w1 * point[0] + w2 * point[1])

        plot_decision_regions(output, examples, targets, ax=ax, mesh=80, reach=0.5, threshold=0.5, colorbar=False)
        right = _right(output, examples, targets)
        ax.set(title=f"{epochs} epoch{'s' * (epochs != 1)}: {right} right", xlabel="", ylabel="")
    figure.supxlabel("x")
    figure.supylabel("y")
    return Plot(figure, f"The plane after {', '.join(map(str, stages))} epochs")


def _right(unit: Callable[..., Any], examples: Points, targets: Sequence[int]) -> int:
    return sum((unit(point) > 0.5) == t for point, t in zip(examples, targets, strict=True))


def error_by_epoch(errors: Sequence[float]) -> Plot:
    """Plot the error over all points by epoch.

    Args:
        errors: The error of each epoch.
    """
    figure = new_figure(6, 3.4)
    ax = figure.subplots()
    ax.semilogx(range(1, len(errors) + 1), errors, color=ink())
    ax.set(xlabel="epoch", ylabel="E", title="The error over all points", ylim=(0, None))
    ax.grid(alpha=0.3)
    return Plot(figure, "The error over all points, which falls")


def pulls(z: Sequence[float], curves: Mapping[str, Sequence[float]]) -> Plot:
    """Plot how strongly a turquoise point pulls at the weights.

    Args:
        z: Net inputs.
        curves: The pull at each of them, by the name of the error.
    """
    figure = new_figure(6, 3.2)
    ax = figure.subplots()
    styles = ((CLASSES[1], "-"), (ink(), "--"), (LIGHT.quiet, "-."))
    for (name, pull), (colour, dashes) in zip(curves.items(), styles, strict=False):
        ax.plot(z, pull, dashes, color=colour, label=name)
    ax.axvline(0, color=LIGHT.line, linewidth=1)
    for x, side, text in (min(z), "left", "on the wrong side"), (max(z), "right", "on the right side"):
        ax.text(x, 1.06, text, color=LIGHT.quiet, ha=side)
    ax.set(xlabel="net input z of a turquoise point", ylabel="pull", ylim=(-0.05, 1.2))
    ax.set_title("How strongly a point pulls")
    ax.legend(frameon=False)
    ax.grid(alpha=0.3)
    return Plot(figure, f"The pull of a turquoise point by its net input: {', '.join(curves)}")
