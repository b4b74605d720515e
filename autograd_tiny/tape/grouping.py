"""Grouping: a program as an executor runs it, in groups of equal instructions that don't depend on each other.

A number that is computed once in a run is a scalar: the constants come first, then the parameters, then the results
of scalars. A number that every sample has of its own is a row: the inputs come first, then copies of scalars where a
row is expected, then results. The operands of a group lie on levels before its own, and its results in consecutive
places: so an executor decides once for a whole group what to compute. A layer of neurons becomes one group, whose
sums share their operands.

lowering.py makes programs; batches.py runs their plans on an executor, such as numpy_executor.py.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ..calculus.c_kernels import TAKES, numbered
from ..calculus.operations import DOT, TAKE, Operation
from .program import CONSTANT, ONCE, PER_SAMPLE, Program

Index = np.ndarray[Any, np.dtype[np.int64]]

DOTS = 0                                # the opcode of dot; c_kernels.py numbers the other operations
SCALARS, ROWS, FACTORS = 1, 2, 4        # the bits of a dot: which of its operands need an adjoint


class Group(NamedTuple):
    """`length` instructions of one operation: a row of the table in a Plan.

    Attributes:
        opcode: Of the operation.
        length: How many instructions there are.
        first: The place of the first result; the others follow it.
        size: How many operands each instruction has.
        weights: Of a dot, how many. Its operands are weights, left factors, rows to go with the weights, right
            factors, the bias. Of a take, whose operands are values and the index: how many values, if they are
            scalars; 0 if they are rows.
        at: Operand j of instruction k is in the place `places[at + j * length + k]`.
        by_parameters, by_inputs: Which operands need an adjoint, for derivatives with respect to parameters or inputs:
            a bit for each operand; 1 for an operation of any number of operands; SCALARS, ROWS and FACTORS for a dot.
        layer: For dots that share all their rows, no row twice: where these stand once more in `places`; else -1.
        begin, stride: Weight k of dot m is scalar begin + m * stride + k; begin is -1 if they don't stand like that.
        column: The rows are the inputs from this one on; -1 if they are not.
    """

    opcode: int
    length: int
    first: int
    size: int
    weights: int
    at: int
    by_parameters: int
    by_inputs: int
    layer: int = -1
    begin: int = -1
    stride: int = 0
    column: int = -1


FIRST, LAYER = Group._fields.index("first"), Group._fields.index("layer")


class Plan:
    """The places of the numbers of a program, and its groups in the order in which they are computed.

    For relu(w·x + b) of two neurons with the inputs x0 x1 and the parameters w00 w01 b0 w10 w11 b1: these are
    the scalars 0 to 5. Rows 0 and 1 are the inputs, 2 and 3 the dots, 4 and 5 the relus. So there are two
    groups, both of length 2. The dots have size 5, first = 2, and the places (0 3, 1 4, 0 0, 1 1, 2 5): for
    each of the two dots two weights, two rows and the bias. The relus: size 1, first = 4, places (2 3).

    Attributes:
        inputs, parameters, scalars, rows: How many there are.
        constants: Their numbers, which are the first scalars.
        table: The groups, a row for each, with the fields of Group for columns.
        once: How many groups, the first ones, compute scalars.
        places: The operands of the groups, see Group.
        copied: The scalars that are also rows, from row number `inputs` on.
        outputs: The rows of the outputs.
        operations: By opcode.
        reached: Whether a gradient flows to each parameter from an output.
    """

    def __init__(self, program: Program) -> None:
        self.inputs, self.parameters = program.inputs, program.parameters
        self.constants = np.array(program.constants[::-1], float)
        instructions = _InstructionArrays(program)
        self.operations, self.reached = instructions.operations, instructions.reached[program.inputs : program.first]
        self.table, order = instructions.grouped()

        rates, first = instructions.rates_of_slots, instructions.first
        leaves, results = rates[:first], order + first
        outputs = np.array(program.outputs, np.int64) + instructions.shift
        copied = instructions.expected_as_rows(outputs[rates[outputs] != PER_SAMPLE])
        scalars = np.concatenate([np.flatnonzero(leaves != PER_SAMPLE), results[rates[results] == ONCE]])
        rows = np.concatenate([np.flatnonzero(leaves == PER_SAMPLE), copied, results[rates[results] == PER_SAMPLE]])
        scalar, row = _places(scalars, len(rates)), _places(rows, len(rates))

        self.scalars, self.rows = len(scalars), len(rows)
        self.copied, self.outputs = scalar[copied], row[outputs]
        self.places = instructions.places(self.table, order, scalar, row)
        leads = results[self.table[:, FIRST]]
        self.once = int((rates[leads] == ONCE).sum())
        self.table[:, FIRST] = np.where(rates[leads] == ONCE, scalar[leads], row[leads])
        for places in self.places, self.table[:, FIRST], self.copied, self.outputs:
            if (places < 0).any():              # executors rely on it
                raise ValueError("the program is not one that recording makes: a number has no place")
        self._describe_layers()

    def groups(self) -> tuple[list[Group], list[Group]]:
        """Those that compute scalars, and those that compute rows."""
        groups = [Group(*numbers) for numbers in self.table.tolist()]
        return groups[: self.once], groups[self.once :]

    def operands(self, group: Group) -> Index:
        """The places (size, length) of its operands: a column for each instruction."""
        return self.places[group.at : group.at + group.size * group.length].reshape(group.size, group.length)

    def _describe_layers(self) -> None:
        """Fill in the last columns for the groups that are layers."""
        is_layer = self.table[:, LAYER] > 0
        self.table[~is_layer, LAYER:] = -1
        end, shared = len(self.places), []
        for number in np.flatnonzero(is_layer).tolist():
            group = Group(*self.table[number].tolist())
            operands, n = self.operands(group), group.weights
            rows = operands[n : 2 * n, 0]
            self.table[number, LAYER:] = end, *_regular_weights(operands[:n]), self._column(rows)
            shared.append(rows)
            end += n
        self.places = np.concatenate([self.places, *shared])

    def _column(self, rows: Index) -> int:
        """The input from which on these rows are the inputs; -1 if they are not."""
        column = int(rows[0])
        is_regular = column + len(rows) <= self.inputs and (rows == column + np.arange(len(rows))).all()
        return column if is_regular else -1


def _regular_weights(weights: Index) -> tuple[int, int]:
    """begin and stride of the weights (weights of a dot, dots) of a layer."""
    n, length = weights.shape
    begin, stride = int(weights[0, 0]), int(weights[0, 1] - weights[0, 0])
    expected = begin + stride * np.arange(length) + np.arange(n)[:, np.newaxis]
    return (begin if stride >= n and (weights == expected).all() else -1), stride


class _InstructionArrays:
    """The instructions of a program as arrays: a number for each instruction, or one for each operand.

    Slots are shifted here, so that those of constants are not negative.

    Attributes:
        shift: The first slot that is no constant.
        first: The slot of the first instruction.
        rates_of_slots: The rate of each slot.
    """

    def __init__(self, program: Program) -> None:
        instructions = program.instructions
        self.shift = len(program.constants)
        self.first = self.shift + program.first
        self.rates_of_slots = np.frombuffer(bytes([CONSTANT]) * self.shift + program.rates, np.uint8).astype(np.int64)

        columns = program.columns(_opcodes())
        self.operations = columns.operations

        # a number for each instruction
        self.rates = self.rates_of_slots[self.first :]
        self.opcode, self.sizes = np.array(columns.opcodes, np.int64), np.array(columns.sizes, np.int64)
        self.level = np.array(columns.levels[program.first :], np.int64)
        self.starts = np.cumsum(self.sizes) - self.sizes
        self.expected = self._of_operations(lambda x: 0 if x.is_nary else len(x.operands))
        self.is_nary = self.expected == 0

        # a number for each operand: its instruction, its position there, its slot
        self.owner = np.repeat(np.arange(len(instructions)), self.sizes)
        self.position = np.arange(len(self.owner)) - self.starts[self.owner]
        self.slot = self.shift + np.array(columns.operands, np.int64)
        self.is_depending = np.frombuffer(bytes(self.shift) + columns.depending, np.uint8) == 1
        self._check(program)
        self.is_row = self.rates_of_slots[self.slot] == PER_SAMPLE

        self._find_bits(program)
        self._find_keys(program)

    def _of_operations(self, property_of: Callable[[Operation], int]) -> Index:
        """A property of the operation of each instruction."""
        table = np.zeros(max(self.operations, default=0) + 1, np.int64)
        for opcode, operation in self.operations.items():
            table[opcode] = property_of(operation)
        return table[self.opcode]

    def _check(self, program: Program) -> None:
        """ValueError unless every instruction has its operands, each computed before it: executors rely on it."""
        leaves = [PER_SAMPLE] * program.inputs + [ONCE] * program.parameters
        count, ends = len(self.opcode), self.first + np.arange(len(self.opcode))
        has_operands = (self.sizes >= 1) & (self.is_nary | (self.sizes == self.expected))
        has_bias = (self.opcode != DOTS) | (self.sizes % 2 == 1)
        has_index = (self.opcode != TAKES) | (self.sizes >= 2)
        outputs = self.shift + np.array(program.outputs, np.int64)
        if not (
            has_operands.all() and has_bias.all() and has_index.all()
            and ((self.slot >= 0) & (self.slot < ends[self.owner])).all()
            and ((outputs >= 0) & (outputs < self.first + count)).all()
            and self.rates_of_slots[self.shift : self.first].tolist() == leaves
            and len(self.rates) == count
            and (not count or (np.maximum.reduceat(self.rates_of_slots[self.slot], self.starts) == self.rates).all())
        ):
            raise ValueError("the program is not one that recording makes: an instruction lacks an operand")

    def _find_bits(self, program: Program) -> None:
        """Which operands need an adjoint: bit, by_parameters and by_inputs as in Group."""
        half = self.sizes[self.owner] // 2
        of_dot = self.opcode[self.owner] == DOTS
        is_weight = of_dot & (self.position < half) & ~self.is_row
        self.weights = np.bincount(self.owner[is_weight], minlength=len(self.sizes))
        has_weight = self.position % np.maximum(half, 1) < self.weights[self.owner]
        part = np.where(has_weight, np.where(self.position < half, SCALARS, ROWS), FACTORS)
        part[self.position == 2 * half] = SCALARS
        self._find_scalars_of_takes()
        other = np.where(self.is_nary[self.owner], 1, 1 << np.minimum(self.position, 2))
        self.bit = np.where(of_dot, part, other)
        self.reached = np.frombuffer(program.reached(), np.uint8) == 1
        self.is_reached = self.reached[program.first :]
        is_flat = np.zeros(len(self.slot), bool)
        for k in np.flatnonzero(self._of_operations(lambda x: any(x.flat))).tolist():
            operation, operands = program.instructions[k]
            is_flat[self.starts[k] : self.starts[k] + len(operands)] = operation.flat_operands(operands)
        flowing = np.where(is_flat | ~self.is_reached[self.owner], 0, self.bit)
        self.by_parameters = _united(np.where(self.is_depending[self.slot], flowing, 0), self.starts)
        self.by_inputs = _united(np.where(self.is_row, flowing, 0), self.starts)

    def _find_scalars_of_takes(self) -> None:
        """Which operands are indices, and weights of the takes: scalars, unless a value among them is a row."""
        self.is_index = (self.opcode[self.owner] == TAKES) & (self.position == self.sizes[self.owner] - 1)
        has_rows = np.bincount(self.owner[self.is_row & ~self.is_index], minlength=len(self.sizes)) > 0
        of_scalars = (self.opcode == TAKES) & (self.rates == PER_SAMPLE) & ~has_rows
        self.weights[of_scalars] = self.sizes[of_scalars] - 1
        self.is_taken_scalar = of_scalars[self.owner] & ~self.is_index

    def _find_keys(self, program: Program) -> None:
        """Properties that are the same for all instructions of a group."""
        is_dot = self.opcode == DOTS
        self.form = np.where(self.is_nary, self.weights, self.by_inputs)
        is_candidate = is_dot & (self.rates == PER_SAMPLE)
        self.layer = _layers(program, is_candidate, self.is_reached, self.weights, self.sizes // 2)

    def grouped(self) -> tuple[Index, Index]:
        """The table of groups, and the instructions in the order of the groups, in which its column `first` counts."""
        keys = self.layer, self.form, self.is_reached, self.sizes, self.opcode, self.level, self.rates
        by_weights = np.where(self.layer > 0, self.slot[self.starts], 0)    # so that they lie side by side
        order = np.lexsort((by_weights, *keys)) # the last key counts most
        sorted_keys = np.array(keys)[:, order]
        changes = np.ones(len(order), bool)
        changes[1:] = (sorted_keys[:, 1:] != sorted_keys[:, :-1]).any(axis=0)
        begin = np.flatnonzero(changes)
        self.group = np.empty(len(order), np.int64)
        self.group[order] = np.cumsum(changes) - 1

        lead = order[begin]
        length = np.diff(np.append(begin, len(order)))
        size, operands = self.sizes[lead], length * self.sizes[lead]
        by_parameters, by_inputs = (_united(bits[order], begin) for bits in (self.by_parameters, self.by_inputs))
        table = np.zeros((len(begin), len(Group._fields)), np.int64)
        table[:, : LAYER + 1] = np.transpose([
            self.opcode[lead], length, begin, size, self.weights[lead], np.cumsum(operands) - operands,
            by_parameters, by_inputs, self.layer[lead] > 0,
        ])
        return table, order

    def expected_as_rows(self, outputs: Index) -> Index:
        """The scalars among outputs, and where a row is needed: not in weights and biases of dots, nor in takes of
        scalars.
        """
        needed = (self.rates[self.owner] == PER_SAMPLE) & (self.opcode[self.owner] != DOTS) & ~self.is_row
        needed &= ~self.is_taken_scalar
        return np.array([*dict.fromkeys([*self.slot[needed].tolist(), *outputs.tolist()])], np.int64)

    def places(self, table: Index, order: Index, scalar: Index, row: Index) -> Index:
        """The places of the operands of all groups; see Group.

        Args:
            table, order: The groups, see `grouped`.
            scalar, row: The places of each slot.
        """
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - table[self.group[order], FIRST]
        _, length, _, _, _, at, *_ = table[self.group[self.owner]].T
        in_dot = self.opcode[self.owner] == DOTS
        is_scalar = (self.rates[self.owner] == ONCE) | (in_dot & (self.bit == SCALARS)) | self.is_taken_scalar
        places = np.empty(len(self.slot), np.int64)
        places[at + self.position * length + rank[self.owner]] = np.where(
            is_scalar, scalar[self.slot], row[self.slot]
        )
        return places


def _united(bits: Index, starts: Index) -> Index:
    """The bits in each part of an array, given where the parts start."""
    return np.bitwise_or.reduceat(bits, starts) if len(bits) else bits


def _places(slots: Index, size: int) -> Index:
    """The place of each slot in a list of them; -1 for one that is not there."""
    place = np.full(size, -1)
    place[slots] = np.arange(len(slots))
    return place


@cache
def _opcodes() -> Mapping[Operation, int]:
    """The opcode of each operation; those of users come last."""
    return {operation: number for number, operation in numbered()} | {DOT: DOTS, TAKE: TAKES}


def _layers(program: Program, is_candidate: Any, is_reached: Any, weights: Index, products: Index) -> Index:
    """For each instruction the number of its layer, from 1 on; 0 if it has none.

    Args:
        is_candidate: Whether an instruction is a dot for each sample.
        is_reached: Whether a gradient flows to it: a layer is one group, so all of it or nothing.
        weights, products: How many it has, if so.
    """
    numbers = np.zeros(len(is_candidate), np.int64)
    sharing: dict[tuple[bool, tuple[int, ...]], list[int]] = {}
    for k in np.flatnonzero(is_candidate & (weights == products) & (products > 1)).tolist():
        operands = program.instructions[k].operands
        sharing.setdefault((bool(is_reached[k]), operands[len(operands) // 2 : -1]), []).append(k)
    layers = [members for (_, rows), members in sharing.items() if len(members) > 1 and len({*rows}) == len(rows)]
    for layer, members in enumerate(layers, 1):
        numbers[members] = layer
    return numbers
