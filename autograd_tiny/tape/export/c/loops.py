"""Where source code of a program needs no line for each instruction: runs of instructions that a loop can compute.

In such a run every operand moves by the same step in its array from one instruction to the next: neurons of a layer
take the next row of weights, activations the next net input. Arrays are the inputs, the parameters, and numbers that
are stored. So the results of a loop are stored side by side; other numbers that it reads are stored, too.
"""
from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple, TypeAlias

from ....calculus.operations import DOT, Operation
from ...program import Instruction, Program

LEAST = 48                          # operands of all instructions of a loop
INPUT, PARAMETER, CONSTANT, STORED = "x", "p", "c", "w"         # where numbers are


class Section(NamedTuple):
    """Operands that a loop treats alike, such as the weights of a dot.

    Attributes:
        slots: Those of the first instruction.
        step: By how much they move from one instruction to the next, in their array.
        kind: Where they are.
        is_wanted: Whether a gradient flows to them.
    """

    slots: tuple[int, ...]
    step: int
    kind: str
    is_wanted: bool


class Loop(NamedTuple):
    """Instructions that are computed by a loop.

    Attributes:
        operation: Of all of them.
        results: Their slots.
        sections: Their operands: three sections for a dot, else one for each operand.
        is_reached: Whether they have adjoints.
    """

    operation: Operation
    results: tuple[int, ...]
    sections: tuple[Section, ...]
    is_reached: bool

    def operands(self) -> Iterable[int]:
        """The operands of the first instruction."""
        return [x for section in self.sections for x in section.slots]


Item: TypeAlias = "int | Loop"      # the slot of an instruction, or a loop


class Flow:
    """Which adjoints a reverse pass computes.

    Args:
        program: A program of one output.
        inputs, parameters: With respect to which leaves it differentiates.
    """

    def __init__(self, program: Program, inputs: bool, parameters: bool) -> None:
        self._depends = depends = bytearray([inputs] * program.inputs + [parameters] * program.parameters)
        for instruction in program.instructions:
            depends.append(any(is_wanted for is_wanted in self._wanted(instruction)))
        reached = program.reached()
        self.has_adjoint = [bool(a and b) for a, b in zip(depends, reached, strict=True)]

    def wanted(self, slot: int, instruction: Instruction) -> list[bool]:
        """For each operand, whether an instruction contributes to its adjoint."""
        return self._wanted(instruction) if self.has_adjoint[slot] else [False] * len(instruction.operands)

    def _wanted(self, instruction: Instruction) -> list[bool]:
        operation, operands = instruction
        flat: Sequence[bool] = operation.flat_operands(operands) if any(operation.flat) else [False] * len(operands)
        return [x >= 0 and self._depends[x] == 1 and not is_flat for x, is_flat in zip(operands, flat, strict=True)]


def arranged(program: Program, flow: Flow | None) -> list[Item]:
    """The instructions in an order in which each comes after its operands, with loops where there can be some.

    Args:
        program: The program.
        flow: Which adjoints are computed; None for values only.
    """
    loops = _Search(program, flow).loops
    return _in_order(program, loops) if loops else [*range(program.first, len(program.rates))]


class _Candidate(NamedTuple):
    """An instruction that may belong to a loop."""

    slot: int
    groups: tuple[tuple[int, ...], ...]         # its operands, by section
    kinds: tuple[str, ...]
    is_wanted: tuple[bool, ...]


class _Search:
    """Finds the loops, level by level: the results of a loop lie side by side for those that come after it."""

    def __init__(self, program: Program, flow: Flow | None) -> None:
        self.program, self.flow = program, flow
        self.loops: list[Loop] = []
        self._places: dict[int, tuple[int, int]] = {}      # of results of loops: the loop, and the place in it
        for operation, candidates in self._alike():
            for run in self._runs(candidates):
                self._add(operation, *run)

    def _alike(self) -> Iterable[tuple[Operation, list[_Candidate]]]:
        """Candidates on the same level with the same operation and the same kinds of operands."""
        program, alike = self.program, dict[tuple[int, Operation, tuple[object, ...]], list[_Candidate]]()
        levels = [0] * program.first
        for slot, instruction in enumerate(program.instructions, program.first):
            levels.append(1 + max([levels[x] for x in instruction.operands if x >= 0], default=0))
            found = self._candidate(slot, instruction)
            if found:
                sizes = tuple(map(len, found.groups))
                is_reached = self.flow is not None and self.flow.has_adjoint[slot]
                key = levels[slot], instruction.operation, (sizes, found.kinds, found.is_wanted, is_reached)
                alike.setdefault(key, []).append(found)
        return [(operation, found) for (_, operation, _), found in sorted(alike.items(), key=lambda item: item[0][0])]

    def _candidate(self, slot: int, instruction: Instruction) -> _Candidate | None:
        operation, operands = instruction
        if operation is not DOT and operation.is_nary:
            return None
        flags = self.flow.wanted(slot, instruction) if self.flow else [False] * len(operands)
        groups, wanted = ([tuple(g) for g in parts] for parts in (_sections(operation, operands),
                                                                  _sections(operation, flags)))
        kinds = [{self._kind(x) for x in group} for group in groups]
        constants = [{*group} for group, kind in zip(groups, kinds, strict=True) if kind == {CONSTANT}]
        uniform: list[Collection[object]] = [*kinds, *constants, *({*flags} for flags in wanted)]
        if any(len(each) != 1 for each in uniform):
            return None
        return _Candidate(slot, tuple(groups), tuple(kind for (kind,) in kinds), tuple(bool(f[0]) for f in wanted))

    def _kind(self, slot: int) -> str:
        if slot < 0:
            return CONSTANT
        return INPUT if slot < self.program.inputs else PARAMETER if slot < self.program.first else STORED

    def _runs(self, candidates: list[_Candidate]) -> Iterable[tuple[list[_Candidate], tuple[int, ...]]]:
        """Candidates whose operands move by constant steps, as long as they do, with the steps."""
        run, steps = candidates[:1], (0,) * len(candidates[0].groups)
        for candidate in candidates[1:]:
            found = self._steps(run[-1], candidate)
            if found is None or (len(run) > 1 and found != steps):
                yield run, steps
                run, steps = [candidate], (0,) * len(candidate.groups)
            else:
                run.append(candidate)
                steps = found
        yield run, steps

    def _steps(self, one: _Candidate, other: _Candidate) -> tuple[int, ...] | None:
        """By how much the operands of each section move; None if not all by the same."""
        steps = []
        for before, after in zip(one.groups, other.groups, strict=True):
            moves = {self._move(x, y) for x, y in zip(before, after, strict=True)}
            if len(moves) != 1 or None in moves:
                return None
            steps.append(moves.pop())
        return tuple(steps)                     # type: ignore[arg-type]

    def _move(self, x: int, y: int) -> int | None:
        """The distance of two slots in their array; None if they are in no common one."""
        if x == y:
            return 0
        if 0 <= x < self.program.first:         # of one kind, as candidates are
            return y - x
        here, there = self._places.get(x), self._places.get(y)
        return there[1] - here[1] if here and there and here[0] == there[0] else None

    def _add(self, operation: Operation, run: list[_Candidate], steps: tuple[int, ...]) -> None:
        """Make a loop of a run, if it is long enough."""
        first, sizes = run[0], [len(group) for group in run[0].groups]
        is_long = len(run) >= 8 or (max(sizes) >= 12 and len(run) > 1) or max(sizes) >= LEAST
        if not is_long or len(run) * sum(sizes) < LEAST:
            return
        for place, each in enumerate(run):
            self._places[each.slot] = len(self.loops), place
        sections = tuple(map(Section, first.groups, steps, first.kinds, first.is_wanted))
        is_reached = self.flow is not None and self.flow.has_adjoint[first.slot]
        self.loops.append(Loop(operation, tuple(each.slot for each in run), sections, is_reached))


def _sections(operation: Operation, operands: Sequence[int]) -> Iterable[Sequence[int]]:
    return operation.grouped(operands) if operation is DOT else [(x,) for x in operands]


def _in_order(program: Program, loops: list[Loop]) -> list[Item]:
    """Instructions and loops, each after those that it needs; otherwise in the order of the program.

    There is no circle: the results of a loop are on one level, and operands on levels below.
    """
    first = program.first
    item_of = [*range(len(program.rates))]      # the first slot of the item that a slot belongs to
    members = {loop.results[0]: loop for loop in loops}
    for loop in loops:
        for slot in loop.results:
            item_of[slot] = loop.results[0]
    users: dict[int, list[int]] = {}
    missing = [0] * len(item_of)
    for slot, (_, operands) in enumerate(program.instructions, first):
        for x in {item_of[x] for x in operands if x >= first}:
            users.setdefault(x, []).append(item_of[slot])
            missing[item_of[slot]] += 1
    ready = [slot for slot in range(first, len(item_of)) if item_of[slot] == slot and not missing[slot]]
    heapify(ready)
    items: list[Item] = []
    while ready:
        slot = heappop(ready)
        items.append(members.get(slot, slot))
        for user in users.get(slot, ()):
            missing[user] -= 1
            if not missing[user]:
                heappush(ready, user)
    return items
