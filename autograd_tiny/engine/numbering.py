# cython: annotation_typing=False
"""A graph as lists of numbers: each Value in it by its place in topological order.

The walk is that of graph.py, depth first and without recursion. But it notes the places in the nodes, as backward.py
does, instead of looking them up in a dictionary: recording a tape begins with it, and takes no time for each node then.
"""
from __future__ import annotations

from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

try:
    import cython
except ImportError:
    from . import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.engine import backward
    from cython.cimports.autograd_tiny.engine.threads import FREE_THREADED
    from cython.cimports.autograd_tiny.engine.value import Fan, Value
    from cython.cimports.autograd_tiny.engine.walk_memory import (
        Walk, collector_is_on, end_walk, is_first_use, mark_of, met_in, new_walk, pause_collector, place_in, pop,
        push, resume_collector, set_mark,
    )
else:
    from . import backward, pure_cython as cython
    from ..boundary.collector import without_collector
    from .pure_cython import (
        FREE_THREADED, Walk, end_walk, is_first_use, mark_of, met_in, new_walk, place_in, pop, push, set_mark,
    )
    from .value import Fan, Value
from ..calculus.operations import LEAF, Operation


class NumberedGraph:
    """The graph that some Values were computed from.

    Attributes:
        nodes: All Values in it, and the roots: operands before results.
        operations: That of each node.
        sizes: How many operands each node has.
        operands: Those of all nodes, one after the other: the place of a Value among the nodes, or ~k for number k.
        numbers: The plain numbers in its expressions.
        leaves: The places of the leaves.
        roots: The places of the roots.
    """

    __slots__ = ("leaves", "nodes", "numbers", "operands", "operations", "roots", "sizes")

    def __init__(self) -> None:
        self.nodes: list[Value] = []
        self.operations: list[Operation] = []
        self.sizes: list[int] = []
        self.operands: list[int] = []
        self.numbers: list[float] = []
        self.leaves: list[int] = []
        self.roots: list[int] = []

    def is_like(self, other: NumberedGraph) -> bool:
        """Whether they have the same operations on the same operands; their leaves may be others."""
        return (
            self.operations == other.operations and self.sizes == other.sizes
            and self.operands == other.operands and self.roots == other.roots
            and array("d", self.numbers).tobytes() == array("d", other.numbers).tobytes()
        )


def numbered(roots: list[Value]) -> NumberedGraph:
    """The graph of these Values. The garbage collector waits, as it does for a backward pass."""
    if not cython.compiled:
        return without_collector(walked, roots)
    collector_was_on = collector_is_on()
    try:
        pause_collector()
        return walked(roots)
    finally:
        if collector_was_on:
            resume_collector()


def walked(roots: list[Value]) -> NumberedGraph:
    """A node is on the stack to be met and, below its operands, once more to be numbered.

    Meeting it sets its place to a number that is larger than those of earlier walks; it waits until it is numbered.
    Without a GIL, each walk has marks of its own: 1 for a node that waits, then -1 - number.
    """
    start = backward.clock
    graph = NumberedGraph()
    nodes = graph.nodes
    walk: Walk = new_walk(False)            # a None ends it
    try:
        for root in roots[::-1]:
            push(walk, root)
        node: Value | None = pop(walk)
        while node is not None:
            if place_in(walk, node) < 0 if FREE_THREADED else node._place < start:
                if FREE_THREADED:
                    is_first_use(walk, node)
                    met_in(walk)            # MemoryError if there was none for it
                else:
                    node._place = backward.clock
                    backward.clock += 1
                    node._waiting = 1
                if node.operation is not LEAF:
                    push(walk, node)
                    push_operands(node, start, walk)
                    node = cython.cast(Value, pop(walk))        # compiled, a cast saves the check of its type
                    continue
                graph.leaves.append(len(nodes))
            if mark_of(walk, place_in(walk, node)) > 0 if FREE_THREADED else node._waiting:
                append_operands(node, start, graph, walk)
                if FREE_THREADED:
                    set_mark(walk, place_in(walk, node), -1 - len(nodes))
                else:
                    node._waiting = 0
                    node._place = start + len(nodes)
                graph.operations.append(node.operation)
                nodes.append(node)
            node = cython.cast(Value, pop(walk))
        for root in roots:
            graph.roots.append(number_in(walk, root) if FREE_THREADED else root._place - start)
    finally:
        end_walk(walk)
    return graph


def number_in(walk: Walk, node: Value) -> int:
    """That of a node in a walk with marks of its own."""
    number: int = -1 - mark_of(walk, place_in(walk, node))
    return number


def push_operands(node: Value, start: int, walk: Walk) -> None:
    """Those that have not been met, the first one on top."""
    if type(node.left) is Fan:
        fan: Fan = node.left
        for i in range(fan.size - 1, -1, -1):
            push_new(fan.operands[i], start, walk)
    else:
        push_new(node.right, start, walk)
        push_new(node.left, start, walk)


def push_new(operand: Any, start: int, walk: Walk) -> None:
    if type(operand) is Value and (
        place_in(walk, cython.cast(Value, operand)) < 0 if FREE_THREADED
        else cython.cast(Value, operand)._place < start
    ):
        push(walk, operand)


def append_operands(node: Value, start: int, graph: NumberedGraph, walk: Walk) -> None:
    """Append the places of the operands of a node, and how many there are."""
    before = len(graph.operands)
    if type(node.left) is Fan:
        fan: Fan = node.left
        for i in range(fan.size):
            append_operand(fan.operands[i], start, graph, walk)
    elif node.operation is not LEAF:
        append_operand(node.left, start, graph, walk)
        if node.right is not None:
            append_operand(node.right, start, graph, walk)
    graph.sizes.append(len(graph.operands) - before)


def append_operand(operand: Any, start: int, graph: NumberedGraph, walk: Walk) -> None:
    if type(operand) is Value:
        graph.operands.append(
            number_in(walk, cython.cast(Value, operand)) if FREE_THREADED
            else cython.cast(Value, operand)._place - start
        )
    else:
        graph.numbers.append(float(operand))
        graph.operands.append(-len(graph.numbers))
