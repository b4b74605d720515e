"""A program as an executor runs it: in groups of equal instructions that do not depend on each other.

A number that is computed once in a run is a scalar: the constants come first, then the parameters, then what
is computed from these. A number that every sample has for itself is a row: the inputs come first, then
copies of scalars where a row is expected, then results. The operands of a group lie on levels before its own,
and its results in consecutive places: an executor decides once for a whole group what is to be done. A layer
of neurons becomes one group, whose sums share their operands.
"""
from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count
from typing import Any, NamedTuple

import numpy as np

from ..calculus.c_kernels import numbered
from ..calculus.operations import DOT, Operation
from .program import CONSTANT, ONCE, PER_SAMPLE, Program

Index = np.ndarray[Any, np.dtype[np.int64]]

SUMS = 0                                    # the opcode of dot; other operations have theirs from kernels.py
SCALARS, OPERANDS, FACTORS = 1, 2, 4        # bits of a sum: what in it wants an adjoint


class Group(NamedTuple):
    """A row of the table of groups: `length` instructions of one operation, with results from `first` on.

    size: of how many operands each. Operand j of instruction k is in the place places[at + j * length + k].
    The operands of a sum are weights, left factors, rows to go with the weights, right factors, the bias;
    there are as many weights as `weights` says. by_parameters, by_inputs: which operands want an adjoint, in
    a derivative by these: a bit for each operand; for an operation of many 1, for a sum the bits above.

    layer: for sums that all have the same rows, and no row twice, where in `places` these stand once more;
    else -1. begin, stride: weight k of sum m is scalar begin + m * stride + k; -1 if it is not so simple.
    column: the rows are the inputs from this one on; -1 if they are not.
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


class Schedule:
    """Where the numbers of a program are, and the groups in the order in which they are computed.

    For relu(w·x + b) of two neurons with the inputs x0 x1 and the parameters w00 w01 b0 w10 w11 b1: these are
    the scalars 0 to 5. Rows 0 and 1 are the inputs, 2 and 3 the dots, 4 and 5 the relus. So there are two
    groups, both of length 2. The dots have size 5, first = 2, and the places (0 3, 1 4, 0 0, 1 1, 2 5): for
    each of the two sums two weights, two rows and the bias. The relus: size 1, first = 4, places (2 3).

    table: the groups, a row for each, with the fields of Group for columns; the first `once` of them work on
    scalars alone. places: see Group. copied: the scalars that have a row too, from row number `inputs` on.
    outputs: their rows. operations: what the opcodes stand for.
    """

    def __init__(self, program: Program) -> None:
        self.inputs, self.parameters = program.inputs, program.parameters
        self.constants = np.array(program.constants[::-1], float)
        # a slot is looked up at shift + slot, so that the constants, whose slots are negative, come first
        shift = len(program.constants)
        first = shift + program.first
        kinds = np.array([CONSTANT] * shift + [*program.rates], np.int64)
        its = _Instructions(program, kinds, shift)

        self.operations = its.operations
        self.table, order = its.groups()
        self.once = int((kinds[first + order[self.table[:, FIRST]]] == ONCE).sum())
        outputs = np.array(program.outputs, np.int64) + shift
        copied = its.expected_as_rows(outputs[kinds[outputs] != PER_SAMPLE])

        scalars = np.flatnonzero(kinds[:first] != PER_SAMPLE)
        rows = np.flatnonzero(kinds[:first] == PER_SAMPLE)
        results = order + first
        scalars = np.concatenate([scalars, results[kinds[results] == ONCE]])
        rows = np.concatenate([rows, copied, results[kinds[results] == PER_SAMPLE]])
        scalar, row = _places(scalars, len(kinds)), _places(rows, len(kinds))
        self.scalars, self.rows = len(scalars), len(rows)
        self.copied, self.outputs = scalar[copied], row[outputs]

        self.places = its.places(self.table, order, scalar, row)
        begin = order[self.table[:, FIRST]] + first
        self.table[:, FIRST] = np.where(kinds[begin] == ONCE, scalar[begin], row[begin])
        for places in self.places, self.table[:, FIRST], self.copied, self.outputs:
            if (places < 0).any():              # executors don't look again
                raise ValueError("the program is not one that recording makes: a number has no place")
        self._describe_layers()

    def groups(self) -> tuple[list[Group], list[Group]]:
        """Those that work on scalars alone, and those that make rows."""
        groups = [Group(*numbers) for numbers in self.table.tolist()]
        return groups[: self.once], groups[self.once :]

    def operands(self, group: Group) -> Index:
        """The places of its operands: a column for each instruction."""
        return self.places[group.at : group.at + group.size * group.length].reshape(group.size, group.length)

    def _describe_layers(self) -> None:
        """Fill in the last columns for the groups that are layers."""
        end, more = len(self.places), []
        for number in np.flatnonzero(self.table[:, LAYER]).tolist():
            group = Group(*self.table[number].tolist())
            operands, n = self.operands(group), group.weights
            weights, rows = operands[:n], operands[n : 2 * n, 0]
            begin, stride = int(weights[0, 0]), int(weights[0, 1] - weights[0, 0])
            expected = begin + stride * np.arange(group.length) + np.arange(n)[:, np.newaxis]
            if stride < n or (weights != expected).any():
                begin = -1
            column = int(rows[0])
            if column + n > self.inputs or (rows != column + np.arange(n)).any():
                column = -1
            self.table[number, LAYER:] = end, begin, stride, column
            more.append(rows)
            end += n
        self.table[self.table[:, LAYER] == 0, LAYER:] = -1
        self.places = np.concatenate([self.places, *more])


FIRST, LAYER = Group._fields.index("first"), Group._fields.index("layer")


class _Instructions:
    """The instructions of a program as arrays: one number for each instruction, or for each operand."""

    def __init__(self, program: Program, kinds: Index, shift: int) -> None:
        instructions = program.instructions
        count = len(instructions)
        operations = dict.fromkeys([operation for operation, _ in instructions])
        numbers = _numbers_of(operations)
        self.operations = {number: operation for operation, number in numbers.items()}
        self.kinds = kinds[shift + program.first :]
        self.opcode = np.array([numbers[operation] for operation, _ in instructions], np.int64)
        self.sizes = np.array([len(operands) for _, operands in instructions], np.int64)
        self.starts = np.cumsum(self.sizes) - self.sizes

        # one number for each operand: whose it is, which one it is there, its slot, and what is asked of it
        total = int(self.sizes.sum())
        self.owner = np.repeat(np.arange(count), self.sizes)
        self.position = np.arange(total) - self.starts[self.owner]
        self.slot = shift + np.fromiter(chain.from_iterable([x for _, x in instructions]), np.int64, total)
        self.is_row = kinds[self.slot] == PER_SAMPLE
        depends = np.array([False] * shift + [flag == 1 for flag in program.depending_on_parameters()])

        half = self.sizes[self.owner] // 2
        of_sum = self.opcode[self.owner] == SUMS
        is_weight = of_sum & (self.position < half) & ~self.is_row
        self.weights = np.bincount(self.owner[is_weight], minlength=count)
        has_weight = self.position % np.maximum(half, 1) < self.weights[self.owner]
        part = np.where(has_weight, np.where(self.position < half, SCALARS, OPERANDS), FACTORS)
        part[self.position == 2 * half] = SCALARS
        nary = np.isin(self.opcode, [number for operation, number in numbers.items() if operation.is_nary])
        self.bit = np.where(of_sum, part, np.where(nary[self.owner], 1, 1 << np.minimum(self.position, 2)))
        self.by_parameters = _together(np.where(depends[self.slot], self.bit, 0), self.starts)
        self.by_inputs = _together(np.where(self.is_row, self.bit, 0), self.starts)
        self.form = np.where(self.opcode == SUMS, self.weights, np.where(nary, 0, self.by_inputs))
        self.level = _levels(program)
        sums = (self.opcode == SUMS) & (self.kinds == PER_SAMPLE)
        self.layer = _layers(program, sums, self.weights, self.sizes // 2)

    def groups(self) -> tuple[Index, Index]:
        """The table of groups, `first` being counted in an order of the instructions; and that order."""
        keys = self.layer, self.form, self.sizes, self.opcode, self.level, self.kinds
        order = np.lexsort(keys)                # by the last of them first
        sorted_keys = np.array(keys)[:, order]
        changes = np.ones(len(order), bool)
        changes[1:] = (sorted_keys[:, 1:] != sorted_keys[:, :-1]).any(axis=0)
        begin = np.flatnonzero(changes)
        self.group = np.empty(len(order), np.int64)
        self.group[order] = np.cumsum(changes) - 1
        count = np.diff(np.append(begin, len(order)))
        lead = order[begin]
        places = count * self.sizes[lead]
        size, weights, at = self.sizes[lead], self.weights[lead], np.cumsum(places) - places
        by_parameters, by_inputs = (
            _together(bits[order], begin) for bits in (self.by_parameters, self.by_inputs)
        )
        table = np.zeros((len(begin), len(Group._fields)), np.int64)
        columns = self.opcode[lead], count, begin, size, weights, at, by_parameters, by_inputs
        for column, numbers in enumerate([*columns, self.layer[lead] > 0]):
            table[:, column] = numbers
        return table, order

    def expected_as_rows(self, outputs: Index) -> Index:
        """The scalars that stand where a row is needed: everywhere but in the weights and biases of sums."""
        needed = (self.kinds[self.owner] == PER_SAMPLE) & (self.opcode[self.owner] != SUMS) & ~self.is_row
        return np.array([*dict.fromkeys([*self.slot[needed].tolist(), *outputs.tolist()])], np.int64)

    def places(self, table: Index, order: Index, scalar: Index, row: Index) -> Index:
        """For each group the places of its operands, as Group says."""
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - table[self.group[order], FIRST]
        _, count, _, _, _, at, *_ = table[self.group[self.owner]].T
        found = np.empty(len(self.slot), np.int64)
        in_sum = self.opcode[self.owner] == SUMS
        is_scalar = (self.kinds[self.owner] == ONCE) | (in_sum & (self.bit == SCALARS))
        place = np.where(is_scalar, scalar[self.slot], row[self.slot])
        found[at + self.position * count + rank[self.owner]] = place
        return found


def _together(bits: Index, starts: Index) -> Index:
    """The bits in each part of an array, given where the parts start."""
    return np.bitwise_or.reduceat(bits, starts) if len(bits) else bits


def _places(slots: Index, size: int) -> Index:
    """The place of each slot in a list of them; -1 for one that is not there."""
    place = np.full(size, -1)
    place[slots] = np.arange(len(slots))
    return place


def _numbers_of(operations: Iterable[Operation]) -> dict[Operation, int]:
    """What to call each operation; those of users come last."""
    known = {operation: number for number, operation in numbered()} | {DOT: SUMS}
    beyond = count(max(known.values()) + 1)
    return {operation: known[operation] if operation in known else next(beyond) for operation in operations}


def _levels(program: Program) -> Index:
    """For each instruction the longest way to it from a leaf; once and sample are counted apart."""
    kinds, levels = program.rates, [0] * program.first
    for slot, (_, operands) in enumerate(program.instructions, program.first):
        kind, level = kinds[slot], 0
        for x in operands:
            if x >= 0 and kinds[x] == kind and levels[x] > level:
                level = levels[x]
        levels.append(level + 1)
    return np.array(levels[program.first :], np.int64)


def _layers(program: Program, sums: Any, weights: Index, halves: Index) -> Index:
    """For each instruction the number of its layer, from 1 on; 0 if it has none."""
    found = np.zeros(len(sums), np.int64)
    sharing: dict[tuple[int, ...], list[int]] = {}
    for k in np.flatnonzero(sums & (weights == halves) & (halves > 1)).tolist():
        operands = program.instructions[k].operands
        sharing.setdefault(operands[len(operands) // 2 : -1], []).append(k)
    layers = [members for rows, members in sharing.items() if len(members) > 1 and len({*rows}) == len(rows)]
    for layer, members in enumerate(layers, 1):
        found[members] = layer
    return found
