"""The first step of a layout: each box gets a layer, and long edges get a place in each layer that they pass."""
from __future__ import annotations

from collections.abc import Sequence


class Layering:
    """The boxes of a graph in layers, each behind those of its operands.

    Long edges from the same tail share their places in the layers that they pass: one bundle leaves the box.

    Attributes:
        layer: The layer of each box and, behind these, of each place of a long edge.
        above, below: The neighbours of each in the layer before and in the layer behind it.
        tail_of: The box that the long edges at a place come from.
        heads_of: The boxes that the long edges of a box lead to.
        boxes: How many of them are boxes.
        edges: As they were given.
    """

    def __init__(self, boxes: int, edges: Sequence[tuple[int, int]]) -> None:
        self.boxes, self.edges = boxes, edges
        self.layer = _layers(boxes, edges)
        self.above: list[list[int]] = [[] for _ in range(boxes)]
        self.below: list[list[int]] = [[] for _ in range(boxes)]
        self._chains: dict[int, list[int]] = {}         # the places of the long edges of a tail
        self.tail_of: dict[int, int] = {}
        self.heads_of: dict[int, list[int]] = {}
        for tail, head in edges:
            before = self._chain(tail, self.layer[head])
            if before != tail:
                self.heads_of.setdefault(tail, []).append(head)
            if head not in self.below[before]:
                self.below[before].append(head)
                self.above[head].append(before)

    @property
    def size(self) -> int:
        """The number of boxes and of places."""
        return len(self.layer)

    def is_box(self, each: int) -> bool:
        return each < self.boxes

    def between(self, edge: int) -> list[int]:
        """The places of an edge between its ends."""
        tail, head = self.edges[edge]
        return self._chains.get(tail, [])[: self.layer[head] - self.layer[tail] - 1]

    def _chain(self, tail: int, until: int) -> int:
        """The neighbour of a head in layer `until`: the tail, or the last of its places; missing ones are made."""
        chain = self._chains.setdefault(tail, [])
        needed = until - self.layer[tail] - 1
        while len(chain) < needed:
            last, new = chain[-1] if chain else tail, len(self.layer)
            self.layer.append(self.layer[last] + 1)
            self.above.append([last])
            self.below.append([])
            self.below[last].append(new)
            chain.append(new)
            self.tail_of[new] = tail
        return chain[needed - 1] if needed else tail


def _layers(boxes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """As early as the operands allow; what has no operands, as late as its results allow."""
    layer, heads = [0] * boxes, [list[int]() for _ in range(boxes)]
    has_operands = [False] * boxes
    for tail, head in sorted(edges, key=lambda edge: edge[1]):
        layer[head] = max(layer[head], layer[tail] + 1)
        heads[tail].append(head)
        has_operands[head] = True
    for box in range(boxes):
        if heads[box] and not has_operands[box]:
            layer[box] = min(layer[head] for head in heads[box]) - 1
    return layer
