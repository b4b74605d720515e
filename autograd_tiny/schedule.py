"""A program as an executor runs it: in groups of equal instructions that do not depend on each other.

A number that is computed once in a run is a scalar: the constants come first, then the parameters, then what
is computed from these. A number that every sample has for itself is a row: the inputs come first, then copies
of scalars where a row is expected, then results. The operands of a group lie on levels before its own, and
its results in consecutive places: an executor decides once for a whole group what is to be done. A layer of
neurons becomes one group, whose sums share their operands.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .ops import DOT, Operation
from .program import CONSTANT, ONCE, SAMPLE, Program

Index = np.ndarray[Any, np.dtype[np.int64]]


class Group:
    """Equal instructions: result first + k comes from operands[:, k], which are places.

    by_parameters, by_inputs: for each operand whether an adjoint is wanted, in a derivative by these.
    """

    def __init__(self, operation: Operation, first: int, operands: Index) -> None:
        self.operation, self.first, self.operands = operation, first, operands
        self.count = operands.shape[1]
        self.by_parameters: list[bool] = []
        self.by_inputs: list[bool] = []


class Sums(Group):
    """Sums of products: result first + k is bias + Σ weights · operands + Σ left · right, each in column k.

    The weights and the bias are scalars. is_layer: all have the same operands, none of them twice.
    What an adjoint is wanted for: the scalars, the operands, left and right.
    """

    def __init__(
        self, first: int, weights: Index, operands: Index, left: Index, right: Index, bias: Index,
        is_layer: bool,
    ) -> None:
        super().__init__(DOT, first, operands)
        self.weights, self.left, self.right, self.bias = weights, left, right, bias
        self.is_layer = is_layer


class Schedule:
    """Where the numbers of a program are, and the groups in the order in which they are computed.

    once, sample: the groups that work on scalars alone, and those that make rows. copied: the scalars that
    have a row too, from row number `inputs` on. outputs: their rows.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.inputs, self.parameters = program.inputs, program.parameters
        # a slot is looked up at shift + slot, so that the constants, whose slots are negative, come first
        self._shift = len(program.constants)
        self.constants = np.array(program.constants[::-1], float)
        kinds = np.array([CONSTANT] * self._shift + list(program.kinds))
        self._needs_parameters = np.array([False] * self._shift + [flag == 1 for flag in program.dependents()])
        self._needs_inputs = kinds == SAMPLE
        instructions = np.arange(len(kinds)) >= self._shift + program.first

        self._scalar, self.scalars = _numbered(len(kinds), np.flatnonzero((kinds != SAMPLE) & ~instructions))
        self._row, self.rows = _numbered(len(kinds), np.arange(self._shift, self._shift + self.inputs))
        levels = self._levels()
        self.once: list[Group] = []
        self.sample: list[Group] = []
        for slots in self._alike(np.flatnonzero((kinds == ONCE) & instructions) - self._shift, levels):
            self.scalars = self._add(self.once, slots, self._scalar, self.scalars)
        sample = np.flatnonzero((kinds == SAMPLE) & instructions) - self._shift
        copied = self._expected_as_rows(sample.tolist())
        self.copied = self._scalar[copied]
        self._row[copied] = self.rows + np.arange(len(copied))
        self.rows += len(copied)
        for slots in self._alike(sample, levels):
            self.rows = self._add(self.sample, slots, self._row, self.rows)
        self.outputs = self._row[np.array(program.outputs, np.int64) + self._shift]

    def _levels(self) -> list[int]:
        """For each slot the longest way to it from a leaf; once and sample are counted apart."""
        program = self.program
        kinds, levels = program.kinds, [0] * program.first
        for slot, (_, operands) in enumerate(program.instructions, program.first):
            kind = kinds[slot]
            levels.append(1 + max([levels[x] if x >= 0 and kinds[x] == kind else 0 for x in operands]))
        return levels

    def _expected_as_rows(self, sample: Sequence[int]) -> Index:
        """The scalars that stand where a row is needed: everywhere but in the weights and biases of sums."""
        program = self.program
        found = [slot for slot in program.outputs if program.kind(slot) != SAMPLE]
        for slot in sample:
            operation, operands = program.instructions[slot - program.first]
            if operation is not DOT:
                found += [x for x in operands if program.kind(x) != SAMPLE]
        return np.array([*dict.fromkeys(found)], np.int64) + self._shift

    def _alike(self, slots: Index, levels: Sequence[int]) -> list[list[int]]:
        """The slots in groups of one level, one operation and operands of the same kinds; layers by themselves."""
        program = self.program
        groups: dict[tuple[Any, ...], list[int]] = {}
        for slot in slots.tolist():
            operation, operands = program.instructions[slot - program.first]
            rows = [program.kind(x) == SAMPLE for x in operands]
            shape = len(operands), rows[: len(operands) // 2].count(False) if operation is DOT else tuple(rows)
            groups.setdefault((levels[slot], operation, shape), []).append(slot)
        found: list[tuple[int, list[int]]] = []
        for (level, operation, shape), members in groups.items():
            for group in self._layers(members, shape[1]) if operation is DOT else [members]:
                found.append((level, group))
        return [group for _, group in sorted(found, key=lambda pair: pair[0])]

    def _layers(self, sums: Sequence[int], weights: int) -> list[list[int]]:
        """Sums with the same operands are put together; those that share theirs with nobody come last."""
        program = self.program
        sharing: dict[tuple[int, ...], list[int]] = {}
        for slot in sums:
            operands = program.instructions[slot - program.first].operands
            sharing.setdefault(operands[len(operands) // 2 : -1], []).append(slot)
        layers = [members for operands, members in sharing.items() if _is_layer(members, operands, weights)]
        taken = {slot for members in layers for slot in members}
        rest = [slot for slot in sums if slot not in taken]
        return [*layers, rest] if rest else layers

    def _add(self, groups: list[Group], slots: Sequence[int], place: Index, first: int) -> int:
        """Append the group of these slots, whose results get the places from `first` on; the next free one."""
        instructions = [self.program.instructions[slot - self.program.first] for slot in slots]
        operation = instructions[0].operation
        table = np.array([operands for _, operands in instructions], np.int64).T + self._shift
        wanted = self._needs_parameters[table].any(axis=1), self._needs_inputs[table].any(axis=1)
        if operation is DOT:
            n, kinds = len(table) // 2, np.array(self._needs_inputs[table[:, 0]])
            weights = n - int(kinds[:n].sum())
            parts = np.split(table, [weights, n, n + weights, 2 * n])       # weights left operands right bias
            scalars, left, operands, right, bias = parts
            is_layer = _is_layer(slots, tuple(operands[:, 0]), weights if len(left) == 0 else 0) and bool(
                (operands == operands[:, :1]).all()
            )
            group: Group = Sums(
                first, self._scalar[scalars], place[operands], place[left], place[right],
                self._scalar[bias[0]], is_layer,
            )
            by_parameters, by_inputs = ([
                bool(np.concatenate([flags[:weights], flags[-1:]]).any()),
                bool(flags[n : n + weights].any()),
                bool(flags[weights:n].any() or flags[n + weights : 2 * n].any()),
            ] for flags in wanted)
        else:
            group = Group(operation, first, place[table])
            by_parameters, by_inputs = (flags.tolist() for flags in wanted)
        group.by_parameters, group.by_inputs = by_parameters, by_inputs
        groups.append(group)
        place[np.array(slots) + self._shift] = first + np.arange(len(slots))
        return first + len(slots)


def _is_layer(members: Sequence[int], operands: tuple[int, ...], weights: int) -> bool:
    return len(members) > 1 and weights == len({*operands}) == len(operands) > 0


def _numbered(size: int, slots: Index) -> tuple[Index, int]:
    """Places from 0 on for these slots, -1 for the others; and how many have one."""
    place = np.full(size, -1)
    place[slots] = np.arange(len(slots))
    return place, len(slots)

