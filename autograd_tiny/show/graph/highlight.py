"""The argument highlight=: a path, all paths from a Value, or the largest gradients."""
from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ...boundary.arguments import describe
from ...boundary.text import quoted
from ...engine.graph import descendants
from ...engine.value import Value
from ..paths import by_size
from .scene import Scene

LARGEST = 5                 # gradients, and contributions to them
MOST_NAMED = 6              # Values of a path in the legend
EXPECTED = "highlight is 'gradients', a Value, or a path: a list of Values, each computed from the next"


@dataclass(frozen=True)
class Highlight:
    """The Values and the edges, as (operand, result), that are highlighted, and the text of the legend for them."""

    values: frozenset[Value]
    edges: frozenset[tuple[Value, Value]]
    description: str


def highlighted(scene: Scene, highlight: Any) -> Highlight:
    """The highlight that the argument asks for.

    TypeError for an argument of another type. ValueError for a Value that is not in the picture, for Values
    that are not a path, and for gradients before a backward pass.
    """
    if isinstance(highlight, Value):
        return _paths_from(scene, highlight)
    if isinstance(highlight, str):
        if highlight != "gradients":
            raise ValueError(f"{EXPECTED}; got {quoted(highlight)}")
        return _largest_gradients(scene)
    path = getattr(highlight, "nodes", highlight)           # a Path of an explanation has nodes
    if not isinstance(path, Iterable):
        raise TypeError(f"{EXPECTED}; got {describe(path)}")
    return _path(scene, list(path))


def _paths_from(scene: Scene, value: Value) -> Highlight:
    _check_is_shown(scene, value)
    reached = descendants([value], scene.values)
    values = frozenset(x for x in scene.values if id(x) in reached)
    edges = frozenset((x, result) for result in values for x in result.operands if isinstance(x, Value) and x in values)
    ends = ", ".join(scene.name_or_number(root) for root in scene.roots if root in values)
    return Highlight(values, edges, f"all paths from {scene.name_or_number(value)} to {ends}")


def _path(scene: Scene, path: list[Any]) -> Highlight:
    if not path:
        raise ValueError(f"{EXPECTED}; got an empty one")
    for value in path:
        if not isinstance(value, Value):
            raise TypeError(f"{EXPECTED}; got {describe(value)} in it")
        _check_is_shown(scene, value)
    edges = frozenset((operand, result) for result, operand in _steps(scene, path))
    named = " → ".join(map(scene.name_or_number, _ends(path)))
    return Highlight(frozenset(path), edges, f"path {named}")


def _steps(scene: Scene, path: Sequence[Value]) -> list[tuple[Value, Value]]:
    """The (result, operand) along a path, which may be written from either end."""
    steps = list(pairwise(path))
    if all(_is_operand(operand, result) for result, operand in steps):
        return steps
    steps = [(result, operand) for operand, result in steps]
    for result, operand in steps:
        if not _is_operand(operand, result):
            names = scene.name_or_number(result), scene.name_or_number(operand)
            raise ValueError("highlight: {} is not computed from {} itself: this is no path".format(*names))
    return steps


def _is_operand(operand: Value, result: Value) -> bool:
    return any(x is operand for x in result.operands)


def _ends(path: Sequence[Value]) -> Sequence[Value]:
    half = MOST_NAMED // 2
    return path if len(path) <= MOST_NAMED else [*path[:half], *path[-half:]]


def _largest_gradients(scene: Scene) -> Highlight:
    if not scene.gradients:
        raise ValueError("highlight='gradients' needs the gradients of a backward pass: call backward() first")
    roots = set(scene.roots)
    inside = [x for x in scene.values if x in scene.gradients and x not in roots and x in scene.requires_grad]
    contributions: dict[tuple[Value, Value], float] = {}
    for result in scene.values:
        if result in scene.gradients:
            for x, local, flows in zip(result.operands, result.local_grads, result.flows, strict=True):
                if flows and isinstance(x, Value):
                    edge, contribution = (x, result), scene.gradients[result] * local
                    contributions[edge] = contributions.get(edge, 0.0) + contribution
    values = heapq.nsmallest(LARGEST, inside, key=lambda x: by_size(scene.gradients[x]))
    edges = heapq.nsmallest(LARGEST, contributions, key=lambda edge: by_size(contributions[edge]))
    return Highlight(frozenset(values), frozenset(edges), "the largest gradients and contributions to them")


def _check_is_shown(scene: Scene, value: Value) -> None:
    if value not in scene.place:
        raise ValueError(f"highlight: {describe(value).removeprefix('Value ')} is not in this picture")
