"""What check_engine returns: true or false, and shown as sentences."""
from __future__ import annotations

from dataclasses import dataclass

from ...boundary.text import printable
from .examination import listed


@dataclass(frozen=True)
class Report:
    """The report on a class. It is true if nothing is wrong.

    Attributes:
        name: The name of the class; "" if it isn't one.
        faults: A sentence for each fault, the most basic one first.
        notes: What else is worth knowing.
        operations: The operations that are right, as they are written.
        with_right_values: Those whose values are, whatever their gradients.
        graphs: The number of graphs that were differentiated.
    """

    name: str
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    with_right_values: tuple[str, ...] = ()
    graphs: int = 0

    def __bool__(self) -> bool:
        return not self.faults

    def __repr__(self) -> str:
        return printable("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        right = f"{listed(self.operations)}, values and gradients, on {self.graphs} graphs"
        if not self.name:
            lines = list(self.faults)
        elif not self.faults:
            lines = [f"{self.name} is right: {right}."]
        elif len(self.faults) == 1:
            lines = [f"{self.name} is not right yet. {self.faults[0]}"]
        else:
            lines = [f"{self.name} is not right yet. The most basic fault comes first:"]
            lines += [f"{i}. {fault}" for i, fault in enumerate(self.faults, 1)]
        if self.faults and self.operations:
            lines.append(f"Right so far: {right}.")
        elif self.faults and self.with_right_values:
            lines.append(f"Right so far: the values of {listed(self.with_right_values)}.")
        return lines + [f"Note: {note}" for note in self.notes]
