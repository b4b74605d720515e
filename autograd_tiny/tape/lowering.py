"""Lowering: from the computation graph to a program of as few instructions as give the same numbers.

`lowered` goes through it in three steps, the classic optimisations of a basic block:

1. `_drafted` writes an instruction for each node. On the way it folds constants, and gives a result that was
   computed before its old slot (local value numbering, which finds common subexpressions).
2. `_selected` leaves out dead code, and fuses every sum of products, however it was written, into one
   instruction: the net input of a neuron is one `dot` of the calculus. Terms of such a sum that do not depend on
   the sample are hoisted: computed once in a run.
3. `_assembled` numbers the slots of the selected instructions consecutively.

A. V. Aho, M. S. Lam, R. Sethi and J. D. Ullman, Compilers (2006), chapter 8.5: the optimisation of basic blocks as
directed acyclic graphs. Read on in grouping.py.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ..calculus.floats import FLOATS
from ..calculus.formulas import position
from ..calculus.operations import ADD, DIV, DOT, LEAF, MEAN, MUL, NEG, POW, SUB, SUM, TAKE, Operation
from ..engine.value import Value
from .program import CONSTANT, ONCE, PER_SAMPLE, Instruction, Program

SUMS = {ADD, SUB, NEG, SUM, DOT}
NEUTRAL = -0.0                          # adding it changes no number, not even -0.0

Placed: TypeAlias = "tuple[int, Instruction]"               # an instruction, and the slot of its result
Term: TypeAlias = "tuple[int, int | None, float]"           # two factors; or one addend, and 1 or -1 as its sign


def lowered(
    order: Iterable[Value], inputs: Sequence[Value], parameters: Sequence[Value], outputs: Sequence[Value]
) -> Program:
    """The program of a graph, whose Values are given in topological order.

    Leaves that are neither inputs nor parameters are constants.
    """
    draft = Draft(len(inputs), len(parameters))
    slots = _drafted(draft, order, [*inputs, *parameters])
    return compacted(draft, [slots[id(output)] for output in outputs])


def compacted(draft: Draft, outputs: Sequence[int]) -> Program:
    """The program that computes these slots of a draft: steps 2 and 3."""
    return _assembled(draft, _selected(draft, outputs), outputs)


class Draft:
    """A program that is being written. Here constants have slots like everything else.

    Attributes:
        rates, operations, operands: Of each slot. Inputs, parameters and constants have the operation LEAF.
        constants: The number in each slot of a constant.
    """

    def __init__(self, inputs: int, parameters: int) -> None:
        self.inputs, self.parameters = inputs, parameters
        self.rates = bytearray([PER_SAMPLE] * inputs + [ONCE] * parameters)
        self.operations: list[Operation] = [LEAF] * len(self.rates)
        self.operands: list[tuple[int, ...]] = [()] * len(self.rates)
        self.constants: dict[int, float] = {}
        self._slot_of_constant: dict[float | str, int] = {}
        self._slot_of_result: dict[tuple[Operation, tuple[int, ...]], int] = {}

    def constant(self, x: float) -> int:
        """The slot of a number: equal numbers share one, but 0 and -0 are two."""
        key: float | str = x if x == x and x != 0.0 else repr(x)
        slot = self._slot_of_constant.get(key)
        if slot is None:
            slot = self._slot_of_constant[key] = self.append(LEAF, ())
            self.constants[slot] = x
        return slot

    def append(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The slot of a new instruction, or of a new constant."""
        rates = self.rates
        rates.append(max([rates[x] for x in operands]) if operands else CONSTANT)
        self.operations.append(operation)
        self.operands.append(operands)
        return len(rates) - 1

    def result(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The slot of a result: that of the same result computed before, or of a new instruction."""
        key = (operation, operands)
        if (operation is MUL or operation is ADD) and operands[0] > operands[1]:
            key = (operation, operands[::-1])               # x*y and y*x are the same
        slot = self._slot_of_result.get(key)
        if slot is None:
            slot = self._slot_of_result[key] = self._new_result(operation, operands)
        return slot

    def _new_result(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The same, with cheaper instructions for 1·x, a mean, x¹, a square, a cube and a known index."""
        if operation is MUL and 1.0 in map(self.constants.get, operands):
            x, y = operands
            return y if self.constants.get(x) == 1.0 else x
        if operation is MEAN:
            return self.result(DIV, (self.result(SUM, operands), self.constant(float(len(operands)))))
        if operation is TAKE and operands[-1] in self.constants:
            return operands[position(self.constants[operands[-1]], len(operands) - 1)]
        if operation is POW:
            exponent = self.constants.get(operands[1])
            if exponent == 1.0:
                return operands[0]
            if exponent == 2.0:
                return self.result(MUL, (operands[0], operands[0]))
            if exponent == 3.0:
                return self.result(MUL, (self.result(MUL, (operands[0], operands[0])), operands[0]))
        return self.append(operation, operands)


# ---- 1: an instruction for each node

def _drafted(draft: Draft, order: Iterable[Value], leaves: Sequence[Value]) -> dict[int, int]:
    """Write a graph into a draft; the slot of each Value by its id()."""
    constants = draft.constants
    slots = {id(leaf): slot for slot, leaf in enumerate(leaves)}
    for node in order:
        operation = node.operation
        if operation is LEAF:
            if id(node) not in slots:
                slots[id(node)] = draft.constant(node.data)
            continue
        operands = tuple([
            slots[id(x)] if type(x) is Value else draft.constant(float(x)) for x in node.operands
        ])
        if constants and all(x in constants for x in operands):
            folded = operation.evaluate(FLOATS, [constants[x] for x in operands])
            slots[id(node)] = draft.constant(float(folded))
        else:
            slots[id(node)] = draft.result(operation, operands)
    return slots


# ---- 2: live instructions, with their sums fused

def _selected(draft: Draft, outputs: Sequence[int]) -> list[Placed]:
    """The instructions that an output needs, sums of products fused, in their order.

    They are looked at from the last to the first: when one's turn comes, all its uses are known. A sum absorbs
    those of its operands that are sums or products themselves and have no other use.
    """
    uses = [0] * len(draft.rates)
    for slot in outputs:
        uses[slot] += 2                         # so that no sum absorbs it
    results = range(len(uses) - 1, draft.inputs + draft.parameters - 1, -1)
    for slot in results:
        if uses[slot]:
            for x in draft.operands[slot]:
                uses[x] += 1
    last_first: list[Placed] = []
    for slot in results:
        if uses[slot] and draft.operations[slot] is not LEAF:
            fused = _fused(slot, draft, uses)
            last_first += fused or [(slot, Instruction(draft.operations[slot], draft.operands[slot]))]
    return last_first[::-1]


def _fused(root: int, draft: Draft, uses: list[int]) -> list[Placed]:
    """A sum of products as one dot and, after it, its hoisted part; [] if fusing it gains nothing.

    The left factors of the dot are known earlier than the right ones: weights before inputs. Products of two
    inputs come last.
    """
    if not _may_become_a_dot(root, draft):
        return []
    terms = _terms(root, draft, uses)
    hoisted, varying = _by_rate(terms, draft, draft.rates[root])
    absorbed_nothing = [x for x, _, _ in terms] == [*draft.operands[root]]
    if draft.operations[root] in (ADD, SUB, NEG) and absorbed_nothing and not hoisted:
        return []
    products = [_factors(term, draft) for term in varying]
    if draft.rates[root] == PER_SAMPLE:
        products.sort(key=lambda factors: draft.rates[factors[0]])
    bias, computed_before = _bias(hoisted, draft)
    return [(root, _dot(products, bias)), *computed_before]


def _may_become_a_dot(slot: int, draft: Draft) -> bool:
    """Whether an instruction is a sum, or the product of a weight with a number of the sample."""
    if draft.operations[slot] is MUL:
        x, y = draft.operands[slot]
        return draft.rates[slot] == PER_SAMPLE and draft.rates[x] != draft.rates[y]
    return draft.operations[slot] in SUMS


def _terms(root: int, draft: Draft, uses: list[int]) -> list[Term]:
    """The terms of a sum from left to right; the instructions that it absorbs count as unused from now on."""
    terms: list[Term] = []
    addends = [(root, 1.0)]                     # slots with their signs, the next one last
    while addends:
        slot, sign = addends.pop()
        is_absorbed = slot == root or uses[slot] == 1
        inside = _taken_apart(slot, sign, draft) if is_absorbed else None
        if inside is None:
            terms.append((slot, None, sign))
            continue
        more_terms, more_addends = inside
        terms += more_terms
        addends += more_addends[::-1]
        if slot != root:
            uses[slot] = 0
    return terms


def _taken_apart(
    slot: int, sign: float, draft: Draft
) -> tuple[Sequence[Term], Sequence[tuple[int, float]]] | None:
    """The terms in a sum or product, and the addends that may be sums again; None if it must stay whole."""
    operation, operands = draft.operations[slot], draft.operands[slot]
    if operation is MUL:
        return _product(operands, sign, draft)
    if sign < 0.0:                              # -(x - x) is -0, and -x + x is 0
        return None
    if operation is ADD:
        x, y = operands
        return (), ((x, 1.0), (y, 1.0))
    if operation is SUB or operation is NEG:
        return (), [*((x, 1.0) for x in operands[:-1]), (operands[-1], -1.0)]
    if operation is not SUM and operation is not DOT:
        return None
    zero: Term = (draft.constant(0.0), None, 1.0)       # the calculus begins sum and dot with it
    if operation is SUM:
        return (zero,), [(x, 1.0) for x in operands]
    xs, ys, bias = DOT.grouped(operands)
    return [*((x, y, 1.0) for x, y in zip(xs, ys, strict=True)), zero], [(x, 1.0) for x in bias]


def _product(operands: tuple[int, ...], sign: float, draft: Draft) -> tuple[Sequence[Term], tuple[()]] | None:
    """A product as a term. Its sign must go into a constant factor, if there is one."""
    x, y = operands
    if sign > 0.0:
        return ((x, y, 1.0),), ()
    if x not in draft.constants:
        x, y = y, x
    if x not in draft.constants:
        return None
    return ((draft.constant(-draft.constants[x]), y, 1.0),), ()


def _by_rate(terms: Sequence[Term], draft: Draft, rate: int) -> tuple[list[Term], list[Term]]:
    """The terms that are known before a sum of this rate, and those that are computed with it."""
    before: list[Term] = []
    now: list[Term] = []
    for term in terms:
        x, y, _ = term
        varies = draft.rates[x] == rate or (y is not None and draft.rates[y] == rate)
        (now if varies else before).append(term)
    return before, now


def _factors(term: Term, draft: Draft) -> tuple[int, int]:
    """The slots of two factors, the one that is known earlier first."""
    x, y, sign = term
    if y is None:
        return draft.constant(sign), x
    return (x, y) if draft.rates[x] <= draft.rates[y] else (y, x)


def _bias(terms: Sequence[Term], draft: Draft) -> tuple[int, list[Placed]]:
    """The slot of a sum of hoisted terms, and the instruction that computes it, if any."""
    constant, rest = NEUTRAL, []
    for term in terms:
        x, y, sign = term
        if draft.rates[x] == CONSTANT and (y is None or draft.rates[y] == CONSTANT):
            constant += draft.constants[x] * (sign if y is None else draft.constants[y])
        else:
            rest.append(term)
    if not rest:
        return draft.constant(constant), []
    if len(rest) == 1 and rest[0][1] is None and rest[0][2] > 0.0 and constant == 0.0:
        return rest[0][0], []       # also for 0.0, which matters to -0.0 only: no instruction for each neuron
    instruction = _dot([_factors(term, draft) for term in rest], draft.constant(constant))
    return (slot := draft.append(*instruction)), [(slot, instruction)]


def _dot(products: Sequence[tuple[int, int]], bias: int) -> Instruction:
    return Instruction(DOT, (*[x for x, _ in products], *[y for _, y in products], bias))


# ---- 3: consecutive slots

def _assembled(draft: Draft, selected: Iterable[Placed], outputs: Sequence[int]) -> Program:
    """A program of the selected instructions, which stand at their slots in the draft."""
    first = draft.inputs + draft.parameters
    new_slots: dict[int, int] = {slot: slot for slot in range(first)}
    constants: list[float] = []
    instructions: list[Instruction] = []

    def new_slot(slot: int) -> int:
        if slot not in new_slots:               # a constant that is used for the first time
            new_slots[slot] = ~len(constants)
            constants.append(draft.constants[slot])
        return new_slots[slot]

    for slot, (operation, operands) in selected:
        instruction = Instruction(operation, tuple([new_slot(x) for x in operands]))
        new_slots[slot] = first + len(instructions)
        instructions.append(instruction)
    return Program(draft.inputs, draft.parameters, constants, instructions, [new_slot(x) for x in outputs])
