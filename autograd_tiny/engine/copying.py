"""Graphs taken apart and put together again: what pickle and copy.deepcopy do with a Value.

Both would go down a graph by recursion, which ends at a depth of a thousand. So a Value is handed to
them as a place in a `Record`, a flat list of all the nodes it was computed from. A second Value that comes
up while that record is alive, because the same pickle or copy is still under way, refers to the record
for all that they share.
"""
from __future__ import annotations

import copyreg
from _thread import _local
from array import array
from collections.abc import MutableMapping

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

from ..calculus.operations import Operation
from .graph import order_beyond
from .value import Value, make, restore, user_attributes


class Record:
    """The nodes that a Value was computed from, in order, without those in earlier records."""

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes
        self.places = {id(node): place for place, node in enumerate(nodes)}

    def __reduce__(self) -> Any:
        operations = [node.operation for node in self.nodes]
        numbers = array("d")
        flags = bytearray()
        places = array("q")
        others: list[Any] = []
        for node in self.nodes:
            numbers.extend((node.data, node.grad, *node.local_grads))
            flags.append(node.reached + 2 * node.requires_grad)
            for operand in node.operands:
                place = self.places.get(id(operand), -1)
                if place < 0:
                    others.append(operand)
                places.append(place)
        counts = array("q", [len(node.operands) for node in self.nodes])
        scopes = [node.scope for node in self.nodes]
        attributes = {i: given for i, node in enumerate(self.nodes) if (given := user_attributes(node))}
        return rebuilt, (operations, numbers, bytes(flags), counts, places, others, scopes), attributes

    def __setstate__(self, attributes: dict[int, dict[str, Any]]) -> None:
        for place, given in attributes.items():
            for name, value in given.items():
                setattr(self.nodes[place], name, value)


_copying = _local()             # of each thread


def _records() -> MutableMapping[int, Record]:
    """The records of the copies that this thread is at, for the id() of each node."""
    if not hasattr(_copying, "records"):
        from weakref import WeakValueDictionary  # here: few programs copy graphs

        _copying.records = WeakValueDictionary()
    records: MutableMapping[int, Record] = _copying.records
    return records


def taken_apart(value: Value) -> Any:
    """How pickle and deepcopy make the Value again: from its place in a record that holds its graph."""
    known = _records()
    record = known.get(id(value))
    if record is None:
        record = Record(order_beyond(known, (value,)))
        known.update((id(node), record) for node in record.nodes)
    return at_place, (record, record.places[id(value)])


def at_place(record: Record, place: int) -> Value:
    """The Value at a place of a record."""
    return record.nodes[place]


def rebuilt(
    operations: list[Operation], numbers: array[float], flags: bytes, counts: array[int],
    places: array[int], others: list[Any], scopes: list[str],
) -> Record:
    """A record with new nodes like those that were taken apart."""
    nodes: list[Value] = []
    number, place, other = iter(numbers), iter(places), iter(others)
    for operation, flag, count, scope in zip(operations, flags, counts, scopes, strict=True):
        data, grad = next(number), next(number)
        local_grads = [next(number) for _ in range(count)]
        operands = [nodes[p] if p >= 0 else next(other) for p in (next(place) for _ in range(count))]
        node = make(operation, data, operands, local_grads)
        nodes.append(restore(node, grad, bool(flag & 1), bool(flag & 2), scope))
    return Record(nodes)


copyreg.pickle(Value, taken_apart)
