"""The reverse pass as a program: from a program to one of its derivatives, which is run, listed and saved like it.

The chain rule is that of engine/backward.py, but it computes with symbols instead of numbers (symbols.py), and so it
writes instructions behind those of the program. The draft gives a result that it has already its old slot, and
lowering.py leaves out dead code and fuses sums of products. So derivatives share what they have in common with the
program and with each other, and a derivative that is 0 by the structure of the program costs no instruction. A program
of derivatives can be differentiated again: every order is a program.

A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 6: reverse mode as a transformation of programs.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from ...boundary.collector import without_collector
from ...calculus.operations import (
    EQUAL, GREATER, GREATER_EQUAL, LEAF, LESS, LESS_EQUAL, MUL, WHERE, Operation,
)
from ...engine.custom import CustomOperation, LocalDerivative
from ..lowering import Draft, compacted
from ..program import Program, receivers
from .symbols import SYMBOLS, Number, Symbol, chosen, result, symbol, times, total

TRUTHS = {EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL}         # operations whose results are 1 or 0


def jacobian_program(
    program: Program, wanted: Sequence[int] | None = None, *, values: bool = False, most: float = math.inf
) -> Program | None:
    """The derivatives of all outputs, a reverse pass for each of them.

    Args:
        program: The program to differentiate.
        wanted: The slots of inputs or parameters to differentiate with respect to; None for all inputs.
        values: Whether the outputs themselves come first.
        most: How many instructions may be written on the way.

    Returns:
        A program of the same inputs and parameters. Its outputs are the derivatives of the first output, then those
        of the next one. None if there were more instructions than `most`.
    """
    # the collector would look through all the new tuples again and again
    return without_collector(_jacobian_program, program, wanted, values, most)


def _jacobian_program(program: Program, wanted: Sequence[int] | None, values: bool, most: float) -> Program | None:
    pass_back = _PassBack(program, wanted)
    found = pass_back.outputs() if values else []
    for output in pass_back.outputs():
        found += pass_back.adjoints([output], [1.0])
        if pass_back.written() > most:
            return None
    return pass_back.program(found)


def vjp_program(program: Program, wanted: Sequence[int] | None = None, *, values: bool = False) -> Program:
    """The derivatives of Σ cotangentᵢ · outputᵢ, in one reverse pass.

    Args:
        program, wanted, values: See jacobian_program.

    Returns:
        A program with one more input, behind the others, for the cotangent of each output. Its outputs are the
        derivatives.
    """
    count = len(program.outputs)
    pass_back = _PassBack(program, wanted, cotangents=count)
    outputs = pass_back.outputs()
    cotangents = [pass_back.symbol(program.inputs + k) for k in range(count)]
    return pass_back.program([*(outputs if values else []), *pass_back.adjoints(outputs, cotangents)])


def sum_program(program: Program, wanted: Sequence[int] | None = None) -> Program:
    """The derivatives of the sum of all outputs, in one reverse pass; see jacobian_program."""
    pass_back = _PassBack(program, wanted)
    outputs = pass_back.outputs()
    return pass_back.program(pass_back.adjoints(outputs, [1.0] * len(outputs)))


class _PassBack:
    """A draft that begins with a program, to which reverse passes are added."""

    def __init__(self, program: Program, wanted: Sequence[int] | None, cotangents: int = 0) -> None:
        self._draft = draft = Draft(program.inputs + cotangents, program.parameters)
        moved = [*range(program.inputs), *range(program.inputs + cotangents, program.first + cotangents)]

        def slot_of(x: int) -> int:
            return moved[x] if x >= 0 else draft.constant(program.constants[~x])

        for operation, operands in program.instructions:
            moved.append(draft.result(operation, tuple([slot_of(x) for x in operands])))
        self._outputs = [self.symbol(slot_of(x)) for x in program.outputs]
        self._wanted = [moved[x] for x in (range(program.inputs) if wanted is None else wanted)]
        self._length = len(draft.rates)
        self._local: dict[int, list[tuple[int, Number]]] = {}       # the local derivatives of results
        self._depends = bytearray(self._length)     # so that a gradient flows to a wanted slot
        for slot in self._wanted:
            self._depends[slot] = 1
        for slot in range(self._length):
            if any(self._depends[x] for x in receivers(draft.operations[slot], draft.operands[slot])):
                self._depends[slot] = 1

    def symbol(self, slot: int) -> Number:
        return symbol(self._draft, slot)

    def outputs(self) -> list[Number]:
        return list(self._outputs)

    def written(self) -> int:
        """How many instructions were added."""
        return len(self._draft.rates) - self._length

    def program(self, outputs: Iterable[Number]) -> Program:
        """The program that computes these numbers."""
        draft = self._draft
        slots = [x.slot if type(x) is Symbol else draft.constant(float(x)) for x in outputs]    # type: ignore[arg-type]
        return compacted(draft, slots).once_first()

    def adjoints(self, outputs: Sequence[Number], seeds: Sequence[Number]) -> list[Number]:
        """The derivatives of Σ seedᵢ · outputᵢ with respect to the wanted slots.

        A result is taken when all of its uses have been: those come after it in the draft.
        """
        operations = self._draft.operations
        arrived: dict[int, list[Number]] = {}
        for output, seed in zip(outputs, seeds, strict=True):
            if type(output) is Symbol and self._depends[output.slot]:
                arrived.setdefault(output.slot, []).append(seed)
        waiting = [-slot for slot in arrived]
        heapify(waiting)
        while waiting:
            slot = -heappop(waiting)
            if operations[slot] is not LEAF:
                for x, contribution in self._contributions(slot, total(arrived.pop(slot))):
                    if x in arrived:
                        arrived[x].append(contribution)
                    else:
                        arrived[x] = [contribution]
                        heappush(waiting, -x)
        return [total(arrived.get(slot, ())) for slot in self._wanted]

    def _contributions(self, slot: int, adjoint: Number) -> Iterable[tuple[int, Number]]:
        """What a result contributes to the adjoints of its operands."""
        operation = self._draft.operations[slot]
        for x, derivative in self._local_derivatives(slot):
            yield x, _contribution(operation, adjoint, derivative)

    def _local_derivatives(self, slot: int) -> list[tuple[int, Number]]:
        """The operands that an adjoint is wanted of, each with the local derivative."""
        if slot not in self._local:
            operation, operands = self._draft.operations[slot], self._draft.operands[slot]
            flat = operation.flat_operands(operands)
            wanted = [self._depends[x] == 1 and not is_flat for x, is_flat in zip(operands, flat, strict=True)]
            found = _local_derivatives(operation, [self.symbol(x) for x in operands], self.symbol(slot), wanted)
            triples = zip(operands, found, wanted, strict=True)
            self._local[slot] = [(x, derivative) for x, derivative, want in triples if want]
        return self._local[slot]


def _local_derivatives(
    operation: Operation, operands: Sequence[Number], f: Number, wanted: Sequence[bool]
) -> Sequence[Number]:
    """The local derivatives; anything for those that are not wanted."""
    if not isinstance(operation, CustomOperation):
        return operation.differentiate(SYMBOLS, operands, f, wanted)
    return [
        result(LocalDerivative(operation, k), *operands, f) if want else 0.0 for k, want in enumerate(wanted)
    ]


def _contribution(operation: Operation, adjoint: Number, derivative: Number) -> Number:
    """Adjoint times local derivative, as Operation.contribution.

    An operand that was not selected gets exactly 0: so a number that need not be finite is masked before it is
    multiplied by 0.
    """
    if type(derivative) is not Symbol:
        return 0.0 if operation.selects and derivative == 0 else times(adjoint, derivative)
    if not operation.selects or (type(adjoint) is not Symbol and math.isfinite(adjoint)):       # type: ignore[arg-type]
        return times(adjoint, derivative)
    draft = derivative.draft
    if _is_truth(draft, derivative.slot):
        return chosen(derivative, lambda: adjoint, lambda: 0.0)
    if draft.operations[derivative.slot] is WHERE:
        condition, *branches = [symbol(draft, x) for x in draft.operands[derivative.slot]]
        if all(type(x) is float and x in (0.0, 1.0) for x in branches):
            x, y = branches
            return chosen(condition, lambda: adjoint if x else 0.0, lambda: adjoint if y else 0.0)
    return times(chosen(derivative, lambda: adjoint, lambda: 0.0), derivative)


def _is_truth(draft: Draft, slot: int) -> bool:
    """Whether a number can only be 1 or 0."""
    operation = draft.operations[slot]
    return operation in TRUTHS or (operation is MUL and all(_is_truth(draft, x) for x in draft.operands[slot]))
