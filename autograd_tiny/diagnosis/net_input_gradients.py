"""Gradients with respect to intermediate results of a tape, such as the net inputs of units.

To each of these results a new input is added, which is always 0: the derivative with respect to that input is
the derivative with respect to the result.
"""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..calculus.operations import ADD
from ..tape.program import Instruction, Program
from ..tape.tape import Tape
from ..training.data import Array


def net_input_gradients(tape: Tape, slots: Sequence[int], rows: Array) -> Array:
    """The derivatives (samples, slots) of the first output with respect to the contents of some slots.

    0 for the slot of a constant, an input or a parameter: it holds no result of an instruction.
    """
    program = tape.program
    results = list(dict.fromkeys(slot for slot in slots if slot >= program.first))
    inputs = [*tape.inputs, *(f"at {k}" for k in range(len(results)))]
    extended = Tape(_with_inputs_added(program, results), tape.parameters, inputs, [""] * len(tape.parameters), False)
    zeros = np.zeros((len(rows), len(results)))
    gradients = extended.input_gradients(np.concatenate([rows, zeros], axis=1))
    columns = {slot: gradients[:, k] for k, slot in enumerate(results, program.inputs)}
    return np.column_stack([zeros[:, :0], *(columns.get(slot, np.zeros(len(rows))) for slot in slots)])


def _with_inputs_added(program: Program, results: Sequence[int]) -> Program:
    """A program for the first output, which takes one more input for each of the results and adds it there."""
    new_input = {slot: program.inputs + k for k, slot in enumerate(results)}
    first = program.first + len(results)
    moved = {slot: slot for slot in range(-len(program.constants), program.inputs)}      # old slot: new slot
    moved.update((slot, slot + len(results)) for slot in range(program.inputs, program.first))
    instructions: list[Instruction] = []
    for slot, (operation, operands) in enumerate(program.instructions, program.first):
        instructions.append(Instruction(operation, tuple([moved[x] for x in operands])))
        if slot in new_input:
            instructions.append(Instruction(ADD, (first + len(instructions) - 1, new_input[slot])))
        moved[slot] = first + len(instructions) - 1
    inputs, output = program.inputs + len(results), moved[program.outputs[0]]
    return Program(inputs, program.parameters, program.constants, instructions, [output]).once_first()
