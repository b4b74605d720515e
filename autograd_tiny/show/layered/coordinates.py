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
STRAIGHT = 4.0                  # how much that counts, where an edge between two boxes counts 1


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
                if not layering.is_box(each):
                    wanted.append(_straight(layering, each, ys))
                    weights.append(STRAIGHT)
                    continue
                above = () if sweep % 2 and not is_last else layering.above[each]
                below = () if sweep % 2 == 0 and not is_last else layering.below[each]
                near = [ys[x] for x in (*above, *below)]
                wanted.append(sum(near) / len(near) if near else ys[each])
                weights.append(len(near) or 0.01)
            room = [(heights[one] + heights[other]) / 2 + beside for one, other in pairwise(layer)]
            for each, y in zip(layer, nearest(wanted, weights, room), strict=True):
                ys[each] = y
    top = min((y - height / 2 for y, height in zip(ys, heights, strict=True)), default=0.0)
    return [y - top for y in ys]


def _straight(layering: Layering, place: int, ys: Sequence[float]) -> float:
    """Where all places of a long edge would be, if nothing were in the way: halfway between its ends."""
    tail = layering.tail_of[place]
    heads = layering.heads_of[tail]
    return (ys[tail] + sum(ys[head] for head in heads) / len(heads)) / 2


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
