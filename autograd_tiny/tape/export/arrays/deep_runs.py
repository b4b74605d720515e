"""Which groups of a plan are computed in one loop, and the tables of that loop.

A group is an operation on whole arrays. Where a program is deep, as a recurrence is, there are thousands of groups of
few instructions, and hundreds of larger ones where it is wide, too: a library that compiles array operations one by one
takes minutes. jax_deep_run.py has the loop.
"""
from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ....calculus.operations import DOT, Operation
from ...grouping import DOTS, Group

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

LEAST_GROUPS = 24           # in a row, for a loop
MOST_INSTRUCTIONS = 16      # of a small group
MOST_ALONE = 24             # groups outside of loops, beside layers; where there are more, larger ones count as small
MOST_OPERANDS = 8           # of an instruction of a loop; a longer dot becomes several


class Instruction(NamedTuple):
    """An instruction of a loop: its operands are places, -1 for the result of the instruction before."""

    operation: Operation
    spaces: tuple[int, ...]
    operands: tuple[int, ...]
    result: int             # its place; -1 if only the next instruction needs it


class Tables(NamedTuple):
    """The tables of a loop over instructions.

    Attributes:
        table: The operations, each with a number of operands.
        which: Of each instruction: the number of its operation.
        operands: Of each instruction, an array (instructions, most operands): numbers from before come first, then the
            results. Rows with fewer operands have zeros at the end.
        carries: Of the same shape: whether an operand may have a tangent.
        selects: Of each instruction: whether its operation selects.
    """

    table: tuple[tuple[Operation, int], ...]
    which: Array
    operands: Array
    carries: Array
    selects: Array

    def needed(self, number: int) -> list[bool]:
        """Of which operands of an operation of the table a derivative is needed."""
        of_operation = self.carries[self.which == number, : self.table[number][1]]
        return [bool(column.any()) for column in of_operation.T]


def in_runs(groups: Sequence[Group]) -> list[tuple[bool, list[Group]]]:
    """The groups, in order, in lists of those that a loop computes and of those that are computed by themselves."""
    most = MOST_INSTRUCTIONS
    while True:
        parts = _divided(groups, most)
        alone = [group for is_run, members in parts if not is_run for group in members if group.layer < 0]
        if len(alone) <= MOST_ALONE or most > max(map(_instructions, alone)):
            return parts
        most *= 2


def _divided(groups: Sequence[Group], most: int) -> list[tuple[bool, list[Group]]]:
    """The same, where groups of so many instructions are small."""
    parts: list[tuple[bool, list[Group]]] = []
    for is_small, several in groupby(groups, lambda group: _is_small(group, most)):
        members = [*several]
        is_run = is_small and len(members) >= LEAST_GROUPS
        if parts and not is_run and not parts[-1][0]:
            parts[-1][1].extend(members)
        else:
            parts.append((is_run, members))
    return parts


def _is_small(group: Group, most: int) -> bool:
    """Whether a group has few instructions of few operands. A large layer is one product of matrices in any case."""
    has_few = _instructions(group) <= (MOST_INSTRUCTIONS if group.layer >= 0 else most)
    return has_few and (group.opcode == DOTS or group.size <= MOST_OPERANDS)


def _instructions(group: Group) -> int:
    """How many it has in a loop, where a long dot becomes several."""
    return group.length * max(1, group.size // 4) if group.opcode == DOTS else group.length


def split_dot(spaces: Sequence[int], operands: Sequence[int], result: int) -> list[Instruction]:
    """A dot as dots of at most two products, each the bias of the next one."""
    n = len(operands) // 2
    bias, space = operands[-1], spaces[-1]
    found = []
    for k in range(0, max(n, 1), 2):
        pair = slice(k, min(k + 2, n))
        found.append(Instruction(
            DOT, (*spaces[pair], *spaces[n + k : n + pair.stop], space),
            (*operands[pair], *operands[n + k : n + pair.stop], bias), -1,
        ))
        bias, space = -1, -1
    found[-1] = found[-1]._replace(result=result)
    return found
