"""The second step of a layout: the order in each layer, with few edges that cross.

The barycentre heuristic: each box goes where the mean of its neighbours in the layer before is, from left to right and
back, some times; the best order that was met is kept. Counting crossings: W. Barth, M. Jünger and P. Mutzel, Simple and
Efficient Bilayer Cross Counting (2002).
"""
from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

from .layers import Layering

SWEEPS = 12
MANY = 4000             # boxes and places: fewer sweeps beyond


def ordered(layering: Layering) -> list[list[int]]:
    """The boxes and places of each layer, from the top."""
    layers = _first_order(layering)
    place = [0] * layering.size
    _number(layers, place)
    best, fewest = [[*layer] for layer in layers], _crossings(layering, layers, place)
    for sweep in range(SWEEPS if layering.size <= MANY else 2):
        if not fewest:
            break
        forward = sweep % 2 == 0
        for layer in layers[1:] if forward else layers[-2::-1]:
            neighbours = layering.above if forward else layering.below
            layer.sort(key=lambda each: _mean([place[x] for x in neighbours[each]] or [place[each]]))
            _number([layer], place)
        crossings = _crossings(layering, layers, place)
        if crossings < fewest:
            best, fewest = [[*layer] for layer in layers], crossings
    return best


def _first_order(layering: Layering) -> list[list[int]]:
    """As a walk from the last results through all operands meets them, the first operand first."""
    layers: list[list[int]] = [[] for _ in range(max(layering.layer, default=-1) + 1)]
    met = [False] * layering.size
    for start in range(layering.boxes - 1, -1, -1):
        stack = [start]
        while stack:
            each = stack.pop()
            if not met[each]:
                met[each] = True
                layers[layering.layer[each]].append(each)
                stack += reversed(layering.above[each])
    return layers


def _number(layers: Sequence[Sequence[int]], place: list[int]) -> None:
    for layer in layers:
        for k, each in enumerate(layer):
            place[each] = k


def _crossings(layering: Layering, layers: Sequence[Sequence[int]], place: Sequence[int]) -> int:
    """How many pairs of edges cross."""
    count = 0
    for layer, _ in pairwise(layers):
        ends: list[int] = []
        for each in layer:
            targets = sorted(place[x] for x in layering.below[each])
            count += sum(len(ends) - bisect_right(ends, target) for target in targets)
            for target in targets:
                insort(ends, target)
    return count


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers)
