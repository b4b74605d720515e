"""A tape as an exporter sees it: its program, and the names and numbers that belong to it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ... import vectors
from ...engine.custom import CustomOperation
from ...engine.value import Value
from ..listing import labelled
from ..program import Program


class Source(NamedTuple):
    """What is exported.

    Attributes:
        program: The instructions.
        parameters: The Values that are read at each run.
        inputs: The names of the columns of X.
        labels: Those of the parameters; "" for one without a label.
        several: Whether several outputs were recorded, in a list or an array.
        dtype: "float64" or "float32".
    """

    program: Program
    parameters: Sequence[Value]
    inputs: Sequence[str]
    labels: Sequence[str]
    several: bool
    dtype: str

    def names(self) -> list[str]:
        """Unique names of the parameters: their labels; p0, p1, … by position where there are none."""
        return labelled(self.labels, [f"p{k}" for k in range(len(self.labels))])

    def numbers(self) -> list[float]:
        """The present data of the parameters."""
        return [float(x) for x in vectors.read(self.parameters)]


def refuse_own_operations(program: Program, language: str) -> None:
    """TypeError if an instruction is a custom operation, whose Python code has no translation.

    Args:
        program: The program.
        language: "C", "JavaScript", …
    """
    for operation, _ in program.instructions:
        if isinstance(operation, CustomOperation):
            own = getattr(operation, "operation", operation)        # that of a local derivative
            raise TypeError(
                f"{own.name} is an operation of your own, whose Python code can't be translated to {language}. "
                "Write it as a plain function of this package's functions, and record the tape again"
            )

