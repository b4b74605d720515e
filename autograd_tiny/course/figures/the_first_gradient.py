"""The plots of chapter 1."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...boundary.colours import LIGHT
from ...boundary.plotting import ink
from .plot import Plot, new_figure


def tangents(f: Callable[..., float], inputs: Sequence[Any], reach: float = 3.0) -> Plot:
    """Plot f along each of its inputs, with the tangent that the gradient describes.

    Args:
        f: A function of numbers, one for each input.
        inputs: Values with labels, and with gradients from a backward pass through f.
        reach: How far each input moves to both sides.
    """
    at = [each.data for each in inputs]
    shifts = [reach * step / 50 for step in range(-50, 51)]
    figure = new_figure(8, 2.9)
    axes = figure.subplots(1, len(at), sharey=True)
    for k, (ax, each) in enumerate(zip(axes, inputs, strict=True)):
        x = [each.data + shift for shift in shifts]
        ax.plot(x, [f(*at[:k], moved, *at[k + 1 :]) for moved in x], color=LIGHT.value, lw=4, alpha=0.4, label="f")
        ax.plot(x, [f(*at) + each.grad * shift for shift in shifts], "--", color=LIGHT.gradient, label="tangent")
        ax.plot(each.data, f(*at), "o", color=ink())
        ax.set(xlabel=each.label, title=f"∂f/∂{each.label} = {each.grad:g}")
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("f")
    axes[0].legend(frameon=False)
    return Plot(figure, f"f along {', '.join(each.label for each in inputs)}, each with its tangent")
