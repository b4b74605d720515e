# cython: annotation_typing=False, boundscheck=True
"""A program: instructions on numbered slots, the intermediate representation of a tape.

lowering.py makes a program from a computation graph, grouping.py plans how an executor runs it.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..calculus.formulas import WrongIndexError
from ..calculus.operations import DOT, TAKE, Operation

CONSTANT, ONCE, PER_SAMPLE = range(3)   # rates: how often a number is computed. Never, once in a run, for each sample


class Instruction(NamedTuple):
    """An operation and the slots of its operands."""

    operation: Operation
    operands: tuple[int, ...]


def instruction_of(operation: Operation, operands: tuple[int, ...]) -> Instruction:
    """Instruction(operation, operands), in a third of the time."""
    return tuple.__new__(Instruction, (operation, operands))


def receivers(operation: Operation, operands: Sequence[int]) -> Iterable[int]:
    """The operands that a gradient flows to."""
    if not any(operation.flat):
        return operands
    flat = operation.flat_operands(operands)
    return [x for x, is_flat in zip(operands, flat, strict=True) if not is_flat]


class SampleIndexError(WrongIndexError):
    """An index of a sample that means none of the values that one is taken from.

    Attributes:
        sample: Its number in the batch.
        reason: What is wrong with the index.
    """

    def __init__(self, sample: int, reason: str) -> None:
        self.sample, self.reason = sample, reason
        super().__init__(f"sample {sample}: {reason}")

    def behind(self, samples: int) -> SampleIndexError:
        """The same error in a batch that has so many samples before these."""
        return SampleIndexError(samples + self.sample, self.reason)

    def of_no_sample(self) -> WrongIndexError:
        """The same error of a number that is computed once in a run."""
        return WrongIndexError(self.reason)

    def __reduce__(self) -> tuple[object, ...]:
        return SampleIndexError, (self.sample, self.reason)


class Columns(NamedTuple):
    """The instructions of a program as lists.

    Attributes:
        operations: By opcode, those that there are.
        opcodes, sizes: Of each instruction: its opcode, and how many operands it has.
        operands: Those of all instructions, one after the other.
        levels: Of each slot: the longest path to it from a number of another rate.
        depending: Of each slot 1 if it depends on a parameter, else 0.
    """

    operations: dict[int, Operation]
    opcodes: list[int]
    sizes: list[int]
    operands: list[int]
    levels: list[int]
    depending: bytearray


class Program:
    """Instructions on slots: the inputs have the first slots, then the parameters, then the result of each instruction.

    A negative slot s stands for the constant number ~s.

    Attributes:
        inputs, parameters: How many there are.
        constants: Their numbers.
        instructions: In an order in which each comes after its operands.
        outputs: The slots of the outputs.
        rates: For each slot, ONCE or PER_SAMPLE.
    """

    def __init__(
        self, inputs: int, parameters: int, constants: Sequence[float], instructions: Iterable[Instruction],
        outputs: Sequence[int],
    ) -> None:
        self.inputs, self.parameters = inputs, parameters
        self.constants, self.instructions, self.outputs = list(constants), list(instructions), list(outputs)
        self.rates = bytearray([PER_SAMPLE] * inputs + [ONCE] * parameters)
        _append_largest(self.instructions, self.rates)

    @property
    def first(self) -> int:
        """The slot of the first instruction."""
        return self.inputs + self.parameters

    def rate(self, slot: int) -> int:
        """How often the number in a slot is computed."""
        return CONSTANT if slot < 0 else self.rates[slot]

    def needed(self) -> bytearray:
        """For each slot 1 if an output depends on it, or if a wrong index is an error there; else 0."""
        return self._marked(False)

    def reached(self) -> bytearray:
        """For each slot 1 if a gradient flows to it from an output, else 0: none flows through a comparison, say."""
        return self._marked(True)

    def _marked(self, by_gradients: bool) -> bytearray:
        """For each slot 1 if the way back from an output leads to it, or the way that gradients flow."""
        marks = bytearray(len(self.rates))
        for slot in self.outputs:
            if slot >= 0:
                marks[slot] = 1
        if not by_gradients:
            for slot, (operation, _) in enumerate(self.instructions, self.first):
                marks[slot] |= operation is TAKE
        _mark_operands(marks, self.first, self.instructions, by_gradients)
        return marks

    def depending_on_parameters(self) -> bytearray:
        """For each slot 1 if it depends on a parameter, else 0."""
        depending = bytearray(self.inputs) + b"\1" * self.parameters
        _append_largest(self.instructions, depending)
        return depending

    def columns(self, opcodes: Mapping[Operation, int]) -> Columns:
        """The instructions as lists; see Columns. Operations without an opcode get the next free ones."""
        columns = Columns({}, [], [], [], [0] * self.first, bytearray(self.inputs) + b"\1" * self.parameters)
        _append_columns(self.instructions, self.rates, {**opcodes}, columns)
        return columns

    def parameters_by_first_use(self) -> list[int]:
        """The parameters in the order of their first use, in which the weights of a neuron lie side by side."""
        if not self.parameters:
            return []
        turns = [float(k) for k in range(len(self.instructions))]
        for k, (operation, operands) in enumerate(self.instructions):
            if k and operation is DOT and operands[-1] == self.first + k - 1:
                turns[k - 1] = k + 0.5          # a hoisted bias comes after the weights of its sum
        in_turn = [self.instructions[k] for k in sorted(range(len(turns)), key=turns.__getitem__)]
        used = [x - self.inputs for _, operands in in_turn for x in operands if self.inputs <= x < self.first]
        return [*dict.fromkeys([*used, *range(self.parameters)])]

    def once_first(self, parameters: Iterable[int] | None = None) -> Program:
        """The same program with all that is computed once before the rest, and with its parameters in another order."""
        in_order = self.rates[self.first :].find(bytes([PER_SAMPLE, ONCE])) < 0
        if in_order and (parameters is None or [*parameters] == [*range(self.parameters)]):
            return self
        slots = sorted(range(self.first, len(self.rates)), key=self.rates.__getitem__)
        moved = {} if parameters is None else {
            self.inputs + k: slot for slot, k in enumerate(parameters, self.inputs)
        }
        return self._rearranged(slots, self.outputs, moved)

    def of_output(self, k: int) -> Program:
        """The part that computes one of the outputs."""
        part = Program(self.inputs, self.parameters, self.constants, self.instructions, [self.outputs[k]])
        needed = part.needed()
        return self._rearranged([slot for slot in range(self.first, len(self.rates)) if needed[slot]], part.outputs, {})

    def _rearranged(self, slots: Sequence[int], outputs: Sequence[int], moved: Mapping[int, int]) -> Program:
        """A program of the instructions in these slots, in this order, with some leaves moved to other slots."""
        new_slots = {slot: slot for slot in range(-len(self.constants), self.first)}
        new_slots.update(moved)
        new_slots.update((slot, new) for new, slot in enumerate(slots, self.first))
        instructions = [
            instruction_of(operation, tuple([new_slots[x] for x in operands]))
            for operation, operands in [self.instructions[slot - self.first] for slot in slots]
        ]
        return Program(self.inputs, self.parameters, self.constants, instructions, [new_slots[x] for x in outputs])

    def __reduce__(self) -> tuple[object, ...]:
        return Program, (self.inputs, self.parameters, self.constants, self.instructions, self.outputs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Of pickles written before there was __reduce__."""
        names = "inputs", "parameters", "constants", "instructions", "outputs"
        self.__init__(*(state[name] for name in names))  # type: ignore[misc]

    def __eq__(self, other: object) -> bool:
        """Whether it is the same, instruction by instruction, constant by constant."""
        return isinstance(other, Program) and self._identity() == other._identity()

    __hash__ = object.__hash__

    def _identity(self) -> tuple[object, ...]:
        constants = [x.hex() for x in self.constants]
        return self.inputs, self.parameters, constants, self.instructions, self.outputs


def _append_largest(instructions: list[Instruction], properties: bytearray) -> None:
    """To a property of each slot, append that of each result: the largest of its operands; a constant has 0."""
    for instruction in instructions:
        largest = 0
        for x in instruction[1]:
            if x >= 0 and properties[x] > largest:
                largest = properties[x]
        properties.append(largest)


def _mark_operands(marks: bytearray, first: int, instructions: list[Instruction], by_gradients: bool) -> None:
    """Mark also what the marked results were computed from, or only the operands that a gradient flows to."""
    for k in range(len(instructions) - 1, -1, -1):
        if marks[first + k]:
            operation, operands = instructions[k]
            for x in receivers(operation, operands) if by_gradients else operands:
                if x >= 0:
                    marks[x] = 1


def _append_columns(
    instructions: list[Instruction], rates: bytearray, known: dict[Operation, int], columns: Columns
) -> None:
    """Append the instructions to columns."""
    found, opcodes, sizes, slots, levels, depending = columns
    for operation, operands in instructions:
        opcode = known.get(operation)
        if opcode is None:
            opcode = known[operation] = max(known.values()) + 1
        found[opcode] = operation
        rate, level, depends = rates[len(levels)], 0, 0
        for x in operands:
            if x >= 0:
                if rates[x] == rate and levels[x] > level:
                    level = levels[x]
                depends |= depending[x]
        opcodes.append(opcode)
        sizes.append(len(operands))
        slots.extend(operands)
        levels.append(level + 1)
        depending.append(depends)
