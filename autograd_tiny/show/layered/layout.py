"""Where the boxes of a graph go, and the points that its edges pass."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from .coordinates import across
from .layers import Layering
from .ordering import ordered

Point: TypeAlias = "tuple[float, float]"


class Layout(NamedTuple):
    """A layout from left to right.

    Attributes:
        centres: The centre of each box.
        routes: For each edge the points where it enters and leaves the layers between its ends, which it crosses
            straight.
        width, height: Of the whole.
    """

    centres: list[Point]
    routes: list[list[Point]]
    width: float
    height: float


def lay_out(
    sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], *, between_layers: float, beside: float
) -> Layout:
    """A layout of an acyclic graph, from left to right.

    Args:
        sizes: The width and the height of each box, in topological order.
        edges: The places of tail and head there. Of the operands of a result, the first one is to be at the top.
        between_layers: The room for edges between two layers.
        beside: The room between two boxes of a layer.

    Returns:
        The layout, with the origin at the top left.
    """
    layering = Layering(len(sizes), edges)
    order = ordered(layering)
    heights = [*(height for _, height in sizes), *[0.0] * (layering.size - len(sizes))]
    ys = across(layering, order, heights, beside)
    lefts, rights, end = list[float](), list[float](), -between_layers
    for layer in order:
        lefts.append(end + between_layers)
        end = lefts[-1] + max(sizes[each][0] if layering.is_box(each) else 0.0 for each in layer)
        rights.append(end)
    boxes = range(len(sizes))
    centres = [((lefts[layering.layer[box]] + rights[layering.layer[box]]) / 2, ys[box]) for box in boxes]
    routes = [
        [
            (side[layering.layer[each]], ys[each]) for each in layering.between(edge) for side in (lefts, rights)
        ]
        for edge in range(len(edges))
    ]
    bottom = max((y + height / 2 for y, height in zip(ys, heights, strict=True)), default=0.0)
    return Layout(centres, routes, max(0.0, end), bottom)
