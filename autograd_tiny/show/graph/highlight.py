"""What a picture brings to the fore: a path, the paths of a leaf, or the largest gradients."""
from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ...boundary.arguments import describe
from ...engine.graph import descendants
from ...engine.value import Value
from ..paths import by_size
from .scene import Scene

MOST = 5                    # gradients, and contributions to them, that count as the largest
EXPECTED = "highlight is 'gradients', a Value, or a path: a list of Values each made from the next"


@dataclass(frozen=True)
class Highlight:
    """values: what is brought to the fore. edges: as (operand, result). said: what it is, for the legend."""

    values: frozenset[Value]
    edges: frozenset[tuple[Value, Value]]
    said: str


def highlighted(scene: Scene, asked: Any) -> Highlight:
    """What highlight= asks for.

    TypeError for anything that is no such wish. ValueError for a Value that is not in the picture, for Values
    that are not a path, and for gradients before a backward pass.
    """
    if isinstance(asked, Value):
        return _paths_from(scene, asked)
    if isinstance(asked, str):
        if asked != "gradients":
            raise ValueError(f"{EXPECTED}; got {asked!r}")
        return _largest_gradients(scene)
    path = getattr(asked, "nodes", asked)
    if not isinstance(path, Iterable):
        raise TypeError(f"{EXPECTED}; got {describe(asked)}")
    return _path(scene, list(path))


def _paths_from(scene: Scene, value: Value) -> Highlight:
    _check(scene, value)
    reached = descendants([value], scene.values)
    lit = [x for x in scene.values if id(x) in reached]
    ends = ", ".join(scene.said(root) for root in scene.roots if id(root) in reached)
    said = f"all paths from {scene.said(value)} to {ends}"
    return Highlight(frozenset(lit), _edges_among(lit, reached), said)


def _edges_among(values: Iterable[Value], ids: set[int]) -> frozenset[tuple[Value, Value]]:
    return frozenset(
        (x, value) for value in values for x in value.operands if isinstance(x, Value) and id(x) in ids
    )


def _path(scene: Scene, path: list[Any]) -> Highlight:
    if not path:
        raise ValueError(f"{EXPECTED}; got an empty one")
    for value in path:
        if not isinstance(value, Value):
            raise TypeError(f"{EXPECTED}; got {describe(value)} in it")
        _check(scene, value)
    steps = list(pairwise(path))
    if any(not _is_made_of(one, other) for one, other in steps):
        steps = [(other, one) for one, other in steps]          # it may be written from either end
        for result, operand in steps:
            if not _is_made_of(result, operand):
                one, other = scene.said(operand), scene.said(result)
                raise ValueError(f"highlight: {other} is not computed from {one} itself: this is no path")
    named = " → ".join(map(scene.said, path if len(path) <= 6 else [*path[:3], *path[-3:]]))
    edges = frozenset((operand, result) for result, operand in steps)
    return Highlight(frozenset(path), edges, f"path {named}")


def _is_made_of(result: Value, operand: Value) -> bool:
    return any(x is operand for x in result.operands)


def _largest_gradients(scene: Scene) -> Highlight:
    if not scene.gradients:
        raise ValueError("highlight='gradients' shows what a backward pass found: call backward() first")
    outputs = set(scene.roots)
    inside = [x for x in scene.values if x in scene.gradients and x not in outputs and x.requires_grad]
    contributions: dict[tuple[Value, Value], float] = {}
    for result in scene.values:
        if result in scene.gradients:
            for x, slope, flows in zip(result.operands, result.local_grads, result.flows, strict=True):
                if flows and isinstance(x, Value):
                    edge, sent = (x, result), scene.gradients[result] * slope
                    contributions[edge] = contributions.get(edge, 0.0) + sent
    values = heapq.nsmallest(MOST, inside, key=lambda x: by_size(scene.gradients[x]))
    edges = heapq.nsmallest(MOST, contributions, key=lambda edge: by_size(contributions[edge]))
    return Highlight(frozenset(values), frozenset(edges), "the largest gradients and contributions to them")


def _check(scene: Scene, value: Value) -> None:
    if value not in scene.place:
        raise ValueError(f"highlight: {describe(value).removeprefix('Value ')} is not in this picture")
