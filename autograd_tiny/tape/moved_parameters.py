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
from ..engine.state import recording, switched
from ..engine.value import Value
from .branch_guard import LIBRARY, VALUE


class Readings:
    """The Values whose numbers leave the graph in a block, and what these were computed from."""

    def __init__(self) -> None:
        self._seen: dict[int, Value] = {}

    def noted(self) -> switched:
        """The block."""
        return switched(on_read=self._note_reading, on_result=self._note_result)

    def leaves(self, but: Sequence[Value], frozen: bool = False) -> list[Value]:
        """Those among them that may be parameters, but not these; with frozen, also those that require no gradient."""
        leaves, inputs = [x for x in self._seen.values() if x.operation is LEAF], {id(x) for x in but}
        return [x for x in leaves if (x.requires_grad or frozen) and id(x) not in inputs]

    def _note_reading(self, value: Value, data: float) -> float:
        if _users_code_asks():
            self._note(value)
        return data

    def _note_result(self, result: Value) -> None:
        if not recording():                     # it will not know how it was computed
            self._note(result)

    def _note(self, value: Value) -> None:
        self._seen.update((id(x), x) for x in order_beyond(self._seen, (value,)))


def parameters_moved(parameters: Sequence[Value], numbers: Sequence[float]) -> switched:
    """A block in which parameters seem to hold other numbers to the code outside of this package."""
    moved = _MovedParameters(parameters, numbers)
    return switched(on_read=moved.seen, on_write=moved.refuse_write, on_result=moved.complete)


class _MovedParameters:
    """Parameters at other numbers, and what follows from these."""

    def __init__(self, parameters: Sequence[Value], numbers: Sequence[float]) -> None:
        self._parameters = {id(x) for x in parameters}
        # by id(); the Values are kept alive, so that no other gets the id
        self._known = {id(x): (x, number) for x, number in zip(parameters, numbers, strict=True)}
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
        if not recording():
            result.data = self._number(result)

    def _number(self, value: Value) -> float:
        known = self._known
        self._asks_itself = True
        try:
            for node in order_beyond(known, (value,)):
                operands = [known[id(x)][1] if type(x) is Value else float(x) for x in node.operands]
                known[id(node)] = node, node.operation.evaluate(FLOATS, operands) if operands else node.data
        finally:
            self._asks_itself = False
        return known[id(value)][1]


def _users_code_asks() -> bool:
    """Whether the code that reads a number is not of this package or NumPy."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename == VALUE and frame.f_back is not None:
        frame = frame.f_back                    # of the property itself, where the engine is not compiled
    return not frame.f_code.co_filename.startswith(LIBRARY)
