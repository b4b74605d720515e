"""The third step of a layout: coordinates across the layers, so that edges are short and long ones straight.

Layer after layer, each box goes as near as it can to the mean of its neighbours while the order and the room between
boxes are kept: a least-squares problem that pooling adjacent violators solves exactly (R. Barlow and others,
Statistical Inference under Order Restrictions, 1972).
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .layers import Layering

SWEEPS = 12
WEIGHTS = 1.0, 2.0, 8.0         # of an edge between two boxes, between a box and a place of a long edge, two places


def across(
    layering: Layering, order: Sequence[Sequence[int]], heights: Sequence[float], beside: float
) -> list[float]:
    """The middle of each box and place, the topmost box at 0."""
    ys = [0.0] * layering.size
    for layer in order:
        y = 0.0
        for each in layer:
            ys[each] = y + heights[each] / 2
            y += heights[each] + beside
    for sweep in range(SWEEPS):
        is_last = sweep >= SWEEPS - 2           # both sides count
        for layer in order if sweep % 2 == 0 else reversed(order):
            wanted, weights = [], []
            for each in layer:
                above = () if sweep % 2 and not is_last else layering.above[each]
                below = () if sweep % 2 == 0 and not is_last else layering.below[each]
                near = [(ys[x], _weight(layering, each, x)) for x in (*above, *below)]
                weight = sum(w for _, w in near)
                wanted.append(sum(y * w for y, w in near) / weight if weight else ys[each])
                weights.append(weight or 0.01)
            room = [(heights[one] + heights[other]) / 2 + beside for one, other in pairwise(layer)]
            for each, y in zip(layer, nearest(wanted, weights, room), strict=True):
                ys[each] = y
    top = min((y - height / 2 for y, height in zip(ys, heights, strict=True)), default=0.0)
    return [y - top for y in ys]


def _weight(layering: Layering, one: int, other: int) -> float:
    return WEIGHTS[(not layering.is_box(one)) + (not layering.is_box(other))]


def nearest(wanted: Sequence[float], weights: Sequence[float], room: Sequence[float]) -> list[float]:
    """The numbers nearest to those wanted, each at least so much above the one before it.

    Args:
        wanted: The numbers.
        weights: How much the square of each difference counts.
        room: The least differences of neighbours, one fewer than there are numbers.
    """
    offsets = [0.0]
    for each in room:
        offsets.append(offsets[-1] + each)
    blocks: list[tuple[float, float, int]] = []         # the mean, the weight and the length of those that are pooled
    for y, offset, weight in zip(wanted, offsets, weights, strict=True):
        mean, length = y - offset, 1
        while blocks and blocks[-1][0] >= mean:
            other, more, count = blocks.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, length = weight + more, length + count
        blocks.append((mean, weight, length))
    pooled = [mean for mean, _, length in blocks for _ in range(length)]
    return [mean + offset for mean, offset in zip(pooled, offsets, strict=True)]
