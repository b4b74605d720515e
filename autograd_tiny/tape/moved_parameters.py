"""A function is recorded again at other parameters, to expose constants baked in from their numbers.

The Values themselves stay as they are: other threads may use them, and an interrupt could leave them changed. Only what
leaves the graph is another number: what the function reads by .data, item() or detach(), or computes inside no_grad().
In the first run it is noted whose numbers leave the graph, since these need not be in it otherwise. recording.py
compares the programs of the two runs.
"""
from __future__ import annotations

import sys
from collections.abc import Sequence

from ..calculus.floats import FLOATS
from ..calculus.operations import LEAF
from ..engine.graph import order_beyond
from ..engine.state import switched
from ..engine.value import Value
from .branch_guard import LIBRARY, VALUE


class Readings:
    """The Values whose numbers leave the graph in a block, and what these were computed from."""

    def __init__(self) -> None:
        self._seen: dict[int, Value] = {}

    def noted(self) -> switched:
        """The block."""
        return switched(on_read=self._note_reading, on_detached=self._note, on_result=None)

    def leaves(self, but: Sequence[Value], frozen: bool = False) -> list[Value]:
        """Those among them that may be parameters, but not these; with frozen, also those that require no gradient."""
        leaves, inputs = [x for x in self._seen.values() if x.operation is LEAF], {id(x) for x in but}
        return [x for x in leaves if (x.requires_grad or frozen) and id(x) not in inputs]

    def _note_reading(self, value: Value, data: float) -> float:
        if _users_code_asks():
            self._note(value)
        return data

    def _note(self, value: Value) -> None:
        self._seen.update((id(x), x) for x in order_beyond(self._seen, (value,)))


def parameters_moved(parameters: Sequence[Value], numbers: Sequence[float]) -> switched:
    """A block in which parameters seem to hold other numbers to the code outside of this package."""
    moved = _MovedParameters(parameters, numbers)
    return switched(on_read=moved.seen, on_write=moved.refuse_write, on_detached=moved.complete, on_result=None)


class _MovedParameters:
    """Parameters at other numbers, and what follows from these."""

    def __init__(self, parameters: Sequence[Value], numbers: Sequence[float]) -> None:
        self._parameters = {id(x) for x in parameters}
        self._known = dict(zip(map(id, parameters), numbers, strict=True))
        self._kept = [*parameters]              # alive, so that no other Value gets the id of a known one
        self._asks_itself = False

    def seen(self, value: Value, data: float) -> float:
        """The number of a Value that users' code sees instead of its data."""
        return data if self._asks_itself or not _users_code_asks() else self._number(value)

    def refuse_write(self, value: Value) -> None:
        """TypeError where the function itself sets the number of a parameter."""
        if id(value) in self._parameters:
            raise TypeError(f"it sets .data of the parameter {value!r}, which a tape would not repeat")
        self._known.pop(id(value), None)

    def complete(self, result: Value) -> None:
        """Give a result that will not know how it was computed the number that follows from the parameters."""
        result.data = self._number(result)

    def _number(self, value: Value) -> float:
        known = self._known
        self._asks_itself = True
        try:
            for node in order_beyond(known, (value,)):
                operands = [known[id(x)] if type(x) is Value else float(x) for x in node.operands]
                known[id(node)] = node.operation.evaluate(FLOATS, operands) if operands else node.data
                self._kept.append(node)
        finally:
            self._asks_itself = False
        return known[id(value)]


def _users_code_asks() -> bool:
    """Whether the code that reads a number is not of this package or NumPy."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename == VALUE and frame.f_back is not None:
        frame = frame.f_back                    # of the property itself, where the engine is not compiled
    return not frame.f_code.co_filename.startswith(LIBRARY)
