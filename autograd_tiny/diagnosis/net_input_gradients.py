"""A tape that is opened at some of its numbers, to see the gradient that arrives there.

To each a number is added that is always 0, an input more: the derivative by it is what is looked for.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..calculus.operations import ADD
from ..tape.program import Instruction, Program
from ..tape.tape import Tape
from ..training.data import Array


def gradients_by(tape: Tape, slots: Sequence[int], rows: Array) -> Array:
    """The derivatives (samples, slots) of the first output by what is in these slots of a tape.

    0 for a slot without an instruction: what is there is no number of a unit.
    """
    program = tape.program
    chosen = list(dict.fromkeys(slot for slot in slots if slot >= program.first))
    inputs = [*tape.inputs, *(f"at {k}" for k in range(len(chosen)))]
    opened = Tape(_opened(program, chosen), tape.parameters, inputs, [""] * len(tape.parameters), False)
    zeros = np.zeros((len(rows), len(chosen)))
    gradients = opened.input_gradients(np.concatenate([rows, zeros], axis=1))
    columns = {slot: gradients[:, k] for k, slot in enumerate(chosen, program.inputs)}
    return np.column_stack([zeros[:, :0], *(columns.get(slot, np.zeros(len(rows))) for slot in slots)])


def _opened(program: Program, slots: Sequence[int]) -> Program:
    """A program of the first output that takes one more input for each slot, and adds it to what is there."""
    added = {slot: program.inputs + k for k, slot in enumerate(slots)}
    first = program.first + len(added)
    places = {slot: slot for slot in range(-len(program.constants), program.inputs)}
    places.update((slot, slot + len(added)) for slot in range(program.inputs, program.first))
    instructions: list[Instruction] = []
    for slot, (operation, operands) in enumerate(program.instructions, program.first):
        instructions.append(Instruction(operation, tuple([places[x] for x in operands])))
        if slot in added:
            instructions.append(Instruction(ADD, (first + len(instructions) - 1, added[slot])))
        places[slot] = first + len(instructions) - 1
    output = places[program.outputs[0]]
    inputs = program.inputs + len(added)
    return Program(inputs, program.parameters, program.constants, instructions, [output]).once_first()
