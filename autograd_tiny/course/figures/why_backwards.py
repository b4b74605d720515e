"""The plots of chapter 2."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from math import tau
from typing import Any

from ...boundary.colours import LIGHT
from ...boundary.plotting import ink
from ...transforms.functional import derivative
from ...transforms.mode_costs import ModeCosts
from .plot import Plot, new_figure


def operations_by_inputs(counts: Sequence[ModeCosts]) -> Plot:
    """Plot the operations of both modes by the number of inputs, of functions with one output.

    Args:
        counts: What compare_modes counted, for more and more inputs.
    """
    figure = new_figure(6, 3.6)
    ax = figure.subplots()
    inputs = [each.forward.passes for each in counts]
    for name, colour, beside in ("forward", LIGHT.value, (-58, 2)), ("reverse", LIGHT.gradient, (0, -16)):
        operations = [getattr(each, name).operations for each in counts]
        ax.loglog(inputs, operations, "o-", color=colour)
        ax.annotate(name, (inputs[-2], operations[-2]), beside, textcoords="offset points", color=colour)
    ax.set(xlabel="inputs", ylabel="operations", title="All derivatives of Rosenbrock's function")
    ax.set_xticks(inputs, map(str, inputs))
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    return Plot(figure, "Operations by the number of inputs: forward rises twice as steeply as reverse")


def directions(curve: Callable[[float], Sequence[Any]], arrows: int = 24) -> Plot:
    """Plot a closed curve, and arrows along it: its derivatives.

    Args:
        curve: A function of t, from 0 to 2π, that returns x and y.
        arrows: Their number.
    """
    figure = new_figure(5, 4)
    ax = figure.subplots()
    ax.plot(*zip(*(curve(tau * step / 400) for step in range(401)), strict=True), color=LIGHT.quiet)
    for t in (tau * step / arrows for step in range(arrows)):
        (x, y), (dx, dy) = curve(t), derivative(curve)(t)
        ax.annotate("", (x + dx / 6, y + dy / 6), (x, y), arrowprops={"arrowstyle": "->", "color": LIGHT.gradient})
    ax.set(title="A curve and its direction, by forward passes", aspect="equal")
    ax.grid(alpha=0.3)
    return Plot(figure, f"A closed curve, and {arrows} arrows along it")


def with_derivatives(functions: Sequence[Callable[[float], Any]], name: str) -> Plot:
    """Plot a function and its first derivatives between -3 and 3.

    Args:
        functions: The function, its derivative, the derivative of that.
        name: The name of the function.
    """
    figure = new_figure(6, 3.6)
    ax = figure.subplots()
    x = [step / 50 for step in range(-150, 151)]
    colours = cycle([ink(), LIGHT.value, LIGHT.gradient, LIGHT.quiet, LIGHT.positive])
    for n, f in enumerate(functions):
        ax.plot(x, [f(each) for each in x], color=next(colours), label=name + "′" * n)
    ax.legend(frameon=False, ncols=2)
    ax.set(xlabel="x", title=f"{name} and its derivatives")
    ax.grid(alpha=0.3)
    return Plot(figure, f"{name} and its derivatives between -3 and 3")


def in_the_valley(f: Callable[[Sequence[float]], float], path: Sequence[Sequence[float]]) -> Plot:
    """Plot the points of a path over the contour lines of a function of two numbers.

    Args:
        f: The function, of a list.
        path: The points, from the start to the minimum.
    """
    figure = new_figure(6, 4)
    ax = figure.subplots()
    across, up = [step / 40 for step in range(-64, 65)], [step / 20 for step in range(-72, 41)]
    heights = [[f([x, y]) for x in across] for y in up]
    levels = [10.0 ** (k / 2) for k in range(-2, 7)]
    ax.contour(across, up, heights, levels=levels, colors=LIGHT.value, linewidths=0.8, alpha=0.6)
    ax.plot(*zip(*path, strict=True), "o-", color=LIGHT.gradient, markersize=4)
    box = {"boxstyle": "round", "facecolor": LIGHT.page, "edgecolor": "none"}
    for point, text, beside in (path[0], "start", (-36, -16)), (path[-1], "minimum", (10, -14)):
        ax.annotate(text, point, beside, textcoords="offset points", bbox=box)
    ax.set(xlabel="x₁", ylabel="x₂", title="Newton's method in Rosenbrock's valley")
    return Plot(figure, "Newton's path over the contour lines of Rosenbrock's function")
