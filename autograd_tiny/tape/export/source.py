"""A tape as an exporter sees it: its program, and the names and numbers that belong to it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ... import vectors
from ...calculus.floats import FLOATS
from ...calculus.operations import Operation
from ...engine.custom import CustomOperation
from ...engine.value import Value
from ..listing import labelled
from ..program import ONCE, PER_SAMPLE, Instruction, Program


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

    def frozen(self) -> Source:
        """The same without parameters: the present numbers are constants."""
        program = _with_needed_constants(with_constants(self.program, self.numbers()))
        return self._replace(program=program, parameters=(), labels=())


def with_constants(program: Program, numbers: Sequence[float]) -> Program:
    """The program without parameters: they and all that is computed from them alone are constants.

    Its plan has the parameters before all other scalars.

    Args:
        program: The program.
        numbers: Of its parameters.

    Raises:
        IndexError: An index of a `take` that is computed from parameters is out of range.
    """
    known = {~k: x for k, x in enumerate(program.constants)}
    known.update(zip(range(program.inputs, program.first), numbers, strict=True))
    for slot, (operation, operands) in enumerate(program.instructions, program.first):
        if program.rates[slot] == ONCE:
            known[slot] = float(operation.evaluate(FLOATS, [known[x] for x in operands]))
    others = [slot for slot in known if not program.inputs <= slot < program.first]
    order = [*others, *range(program.first - 1, program.inputs - 1, -1)]
    moved = {slot: ~k for k, slot in enumerate(order)}
    moved.update((k, k) for k in range(program.inputs))
    instructions: list[Instruction] = []
    for slot, (operation, operands) in enumerate(program.instructions, program.first):
        if program.rates[slot] == PER_SAMPLE:
            moved[slot] = program.inputs + len(instructions)
            instructions.append(Instruction(operation, tuple([moved[x] for x in operands])))
    constants = [known[slot] for slot in order]
    return Program(program.inputs, 0, constants, instructions, [moved[x] for x in program.outputs])


def _with_needed_constants(program: Program) -> Program:
    """The program without the constants that no instruction and no output reads."""
    read = {*program.outputs}.union(*(operands for _, operands in program.instructions))
    kept = sorted([slot for slot in read if slot < 0], reverse=True)
    moved = {slot: ~k for k, slot in enumerate(kept)}
    instructions = [
        Instruction(operation, tuple([moved.get(x, x) for x in operands]))
        for operation, operands in program.instructions
    ]
    constants = [program.constants[~slot] for slot in kept]
    return Program(program.inputs, 0, constants, instructions, [moved.get(x, x) for x in program.outputs])


def check_operations(program: Program, language: str) -> None:
    """Whether all operations have a translation, and names of their own.

    Args:
        program: The program.
        language: "C", "a file", …

    Raises:
        TypeError: An instruction is an operation of Python functions.
        ValueError: Two operations that users have defined have the same name.
    """
    known: dict[str, Operation] = {}
    for operation, _ in program.instructions:
        if isinstance(operation, CustomOperation):
            own = getattr(operation, "operation", operation)        # that of a local derivative
            raise TypeError(
                f"{own.name} is an operation of Python functions, which {language} can't have. Define it by a formula "
                f'in text, operation("{own.signature} = …"), and record the tape again'
            )
        if known.setdefault(operation.name, operation) != operation:
            raise ValueError(f"the tape has two operations called {operation.name}: give one of them another name")
