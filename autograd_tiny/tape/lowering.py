# cython: annotation_typing=False, boundscheck=True
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

import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeAlias

from ..calculus.floats import FLOATS
from ..calculus.formulas import position
from ..calculus.operations import ADD, DIV, DOT, LEAF, MEAN, MUL, NEG, POW, SUB, SUM, TAKE, Operation
from ..engine.numbering import NumberedGraph
from ..engine.value import Value
from .program import CONSTANT, ONCE, PER_SAMPLE, Instruction, Program, instruction_of

ABSORBED = {ADD, SUB, NEG, SUM, DOT, MUL}       # by sums
NONE_YET = -sys.maxsize                 # in place of a slot
MANY = 8                                # weights of a neuron
NEUTRAL = -0.0                          # adding it changes no number, not even -0.0

Dots: TypeAlias = "dict[int, tuple[int, ...]]"              # the operands of instructions that became dots, by slot
Addend: TypeAlias = "tuple[int, float]"                     # a slot, and 1 or -1 as its sign
Term: TypeAlias = "tuple[int, int | None, float]"           # two factors; or one addend, and 1 or -1 as its sign


def lowered(
    graph: NumberedGraph, inputs: Sequence[Value], parameters: Sequence[Value]
) -> Program:
    """The program of a graph; its outputs are the roots of the graph.

    Leaves that are neither inputs nor parameters are constants.
    """
    draft = Draft(len(inputs), len(parameters))
    slots = _drafted(draft, graph, [*inputs, *parameters])
    return compacted(draft, [slots[place] for place in graph.roots])


def compacted(draft: Draft, outputs: Sequence[int]) -> Program:
    """The program that computes these slots of a draft: steps 2 and 3."""
    dots: dict[int, tuple[int, ...]] = {}
    return _assembled(draft, _selected(draft, outputs, dots), dots, outputs)


def in_order(draft: Draft, outputs: Sequence[int]) -> Program:
    """The program that computes these slots of a draft with its instructions as they are: step 3 alone."""
    first = draft.inputs + draft.parameters
    live = bytearray(len(draft.operations))
    for slot in outputs:
        live[slot] = 1
    for slot in range(len(live) - 1, first - 1, -1):
        if live[slot] or draft.operations[slot] is TAKE:
            live[slot] = 1
            for x in draft.operands[slot]:
                live[x] = 1
    selected = [slot for slot in range(first, len(live)) if live[slot] and draft.operations[slot] is not LEAF]
    return _assembled(draft, selected, {}, outputs)


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
        self._slots_of_results: defaultdict[Operation, dict[tuple[int, ...], int]] = defaultdict(dict)

    def constant(self, x: float) -> int:
        """The slot of a number: equal numbers share one, but 0 and -0 are two."""
        key: Any = x if x == x and x != 0.0 else repr(x)
        found = self._slot_of_constant.get(key)
        if found is None:
            found = self._slot_of_constant[key] = self.append(LEAF, ())
            self.constants[found] = x
        return found

    def append(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The slot of a new instruction, or of a new constant."""
        self.rates.append(latest_rate(operands, self.rates))
        self.operations.append(operation)
        self.operands.append(operands)
        return len(self.operations) - 1

    def result(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The slot of a result: that of the same result computed before, or of a new instruction."""
        key, known = operands, self._slots_of_results[operation]
        if (operation is MUL or operation is ADD) and operands[0] > operands[1]:
            key = operands[::-1]                            # x*y and y*x are the same
        found = known.get(key)
        if found is None:
            found = known[key] = self._new_result(operation, operands)
        return found

    def _new_result(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The same, with cheaper instructions for 1·x, a mean, x¹, a square, a cube and a known index."""
        if operation is MUL:
            x, y = operands
            if self.constants.get(x) == 1.0:
                return y
            if self.constants.get(y) == 1.0:
                return x
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


def latest_rate(operands: tuple[int, ...], rates: bytearray) -> int:
    """The rate of a result."""
    latest = CONSTANT
    for x in operands:
        if rates[x] > latest:
            latest = rates[x]
    return latest


# ---- 1: an instruction for each node

def _drafted(draft: Draft, graph: NumberedGraph, leaves: Sequence[Value]) -> list[int]:
    """Write a graph into a draft; the slot of each node."""
    slot_of_leaf = {id(leaf): slot for slot, leaf in enumerate(leaves)}
    constants, numbers, places = draft.constants, graph.numbers, graph.operands
    slots: list[int] = []
    end = 0                                     # of the operands of a node
    for node, operation, size in zip(graph.nodes, graph.operations, graph.sizes, strict=True):
        if operation is LEAF:
            known = slot_of_leaf.get(id(node))
            slots.append(draft.constant(node.data) if known is None else known)
            continue
        begin, end = end, end + size
        operands = tuple([
            slots[places[k]] if places[k] >= 0 else draft.constant(numbers[~places[k]]) for k in range(begin, end)
        ])
        if latest_rate(operands, draft.rates) == CONSTANT:
            folded = operation.evaluate(FLOATS, [constants[x] for x in operands])
            slots.append(draft.constant(float(folded)))
        else:
            slots.append(draft.result(operation, operands))
    return slots


# ---- 2: live instructions, with their sums fused

def _selected(draft: Draft, outputs: Sequence[int], dots: Dots) -> list[int]:
    """The slots of the instructions that an output needs, in their order; sums of products become dots.

    A take stays also where its value is not needed, as in a derivative: a wrong index is an error there, too. The
    instructions are looked at from the last to the first: when one's turn comes, all its uses are known. A sum absorbs
    those of its operands that are sums or products themselves and have no other use.
    """
    operations, operands = draft.operations, draft.operands
    uses = [0] * len(operations)
    for slot in outputs:
        uses[slot] += 2                         # so that no sum absorbs it
    for slot, operation in enumerate(operations):
        if operation is TAKE:
            uses[slot] += 2
    last = len(uses) - 1
    for slot in range(last, draft.inputs + draft.parameters - 1, -1):
        if uses[slot] > 0:
            for x in operands[slot]:
                uses[x] += 1
    last_first: list[int] = []
    for slot in range(last, draft.inputs + draft.parameters - 1, -1):
        if uses[slot] > 0 and operations[slot] is not LEAF:
            last_first.append(slot)
            if _may_become_a_dot(slot, draft, uses):
                _fuse(slot, draft, uses, dots, last_first)
    last_first.reverse()
    return last_first


def _may_become_a_dot(slot: int, draft: Draft, uses: list[int]) -> bool:
    """Whether an instruction is a sum, or the product of a weight with a number of the sample.

    A sum of two must have an operand that it may absorb, or one that may be hoisted.
    """
    operation, rates, rate = draft.operations[slot], draft.rates, draft.rates[slot]
    operands: tuple[int, ...] = draft.operands[slot]
    if operation is MUL:
        x, y = operands
        return rate == PER_SAMPLE and rates[x] != rates[y]
    if operation is ADD or operation is SUB or operation is NEG:
        for x in operands:                      # noqa: SIM110 (any() makes a generator each time)
            if rates[x] != rate or (uses[x] == 1 and draft.operations[x] in ABSORBED):
                return True
        return False
    return operation is SUM or operation is DOT


def _fuse(root: int, draft: Draft, uses: list[int], dots: Dots, last_first: list[int]) -> None:
    """Make a dot of a sum of products, unless that gains nothing. Dots that it needs are added to the slots.

    The left factors of the dot are known earlier than the right ones: weights before inputs. Products of two
    inputs come last. The net input of a neuron of MANY weights stays a dot of its own where other numbers of the
    sample are added to it, as in a residual connection: neurons with the same inputs then remain a layer.
    """
    terms = _terms(root, draft, uses)
    rate = draft.rates[root]
    hoisted = [term for term in terms if not _varies(term, rate, draft)]
    absorbed_nothing = not hoisted and [x for x, _, _ in terms] == [*draft.operands[root]]
    if absorbed_nothing and draft.operations[root] in (ADD, SUB, NEG):
        return
    products = [_factors(term, draft) for term in terms if _varies(term, rate, draft)]
    bias = bias_of_root = _bias(hoisted, draft, dots)
    if rate == PER_SAMPLE and len(products) > 1:
        scaled = [each for each in products if draft.rates[each[0]] == CONSTANT]
        weighted = [each for each in products if draft.rates[each[0]] == ONCE]
        others = [each for each in products if draft.rates[each[0]] == PER_SAMPLE]
        products = [*scaled, *weighted, *others]
        if scaled and not others and len(weighted) >= MANY:
            neuron = draft.append(DOT, _operands_of_dot(weighted, bias))
            dots[neuron] = draft.operands[neuron]
            last_first.append(neuron)
            products = [(draft.constant(1.0), neuron), *scaled]
            bias_of_root = draft.constant(NEUTRAL)
    dots[root] = _operands_of_dot(products, bias_of_root)
    if bias in dots:
        last_first.append(bias)


def _terms(root: int, draft: Draft, uses: list[int]) -> list[Term]:
    """The terms of a sum from left to right; the instructions that it absorbs count as unused from now on."""
    terms: list[Term] = []
    addends = [(root, 1.0)]                     # slots with their signs, the next one last
    while addends:
        slot, sign = addends.pop()
        is_root = slot == root
        if not (is_root or uses[slot] == 1) or not _taken_apart(slot, sign, draft, terms, addends):
            terms.append((slot, None, sign))
        elif not is_root:
            uses[slot] = 0
    return terms


def _taken_apart(slot: int, sign: float, draft: Draft, terms: list[Term], addends: list[Addend]) -> bool:
    """Append the terms in a sum or product, and the addends that may be sums again; False if it must stay whole."""
    operation, operands = draft.operations[slot], draft.operands[slot]
    if operation is MUL:
        return _product(operands, sign, draft, terms)
    if sign < 0.0:                              # -(x - x) is -0, and -x + x is 0
        return False
    if operation is ADD or operation is SUB:
        x, y = operands
        addends.append((y, 1.0 if operation is ADD else -1.0))
        addends.append((x, 1.0))
    elif operation is NEG:
        addends.append((operands[0], -1.0))
    elif operation is SUM:
        terms.append((draft.constant(0.0), None, 1.0))      # the calculus begins sum and dot with it
        addends.extend([(x, 1.0) for x in operands[::-1]])
    elif operation is DOT:
        xs, ys, bias = DOT.grouped(operands)
        terms.extend([(x, y, 1.0) for x, y in zip(xs, ys, strict=True)])
        terms.append((draft.constant(0.0), None, 1.0))
        addends.extend([(x, 1.0) for x in bias])
    else:
        return False
    return True


def _product(operands: tuple[int, ...], sign: float, draft: Draft, terms: list[Term]) -> bool:
    """Append a product as a term. Its sign must go into a constant factor, if there is one."""
    x, y = operands
    if sign > 0.0:
        terms.append((x, y, 1.0))
        return True
    if x not in draft.constants:
        x, y = y, x
    if x not in draft.constants:
        return False
    terms.append((draft.constant(-draft.constants[x]), y, 1.0))
    return True


def _varies(term: Term, rate: int, draft: Draft) -> bool:
    """Whether a term is computed with a sum of this rate; otherwise it is known before."""
    x, y, _ = term
    return draft.rates[x] == rate or (y is not None and draft.rates[y] == rate)


def _factors(term: Term, draft: Draft) -> tuple[int, int]:
    """The slots of two factors, the one that is known earlier first."""
    x, y, sign = term
    if y is None:
        return draft.constant(sign), x
    return (x, y) if draft.rates[x] <= draft.rates[y] else (y, x)


def _bias(terms: Sequence[Term], draft: Draft, dots: Dots) -> int:
    """The slot of a sum of hoisted terms: of a new dot, if it has to be computed."""
    constant, rest = NEUTRAL, []
    for term in terms:
        x, y, sign = term
        if draft.rates[x] == CONSTANT and (y is None or draft.rates[y] == CONSTANT):
            constant += draft.constants[x] * (sign if y is None else draft.constants[y])
        else:
            rest.append(term)
    if not rest:
        return draft.constant(constant)
    if len(rest) == 1 and rest[0][1] is None and rest[0][2] > 0.0 and constant == 0.0:
        return rest[0][0]           # also for 0.0, which matters to -0.0 only: no instruction for each neuron
    operands = _operands_of_dot([_factors(term, draft) for term in rest], draft.constant(constant))
    slot = draft.append(DOT, operands)
    dots[slot] = operands
    return slot


def _operands_of_dot(products: Sequence[tuple[int, int]], bias: int) -> tuple[int, ...]:
    return (*[x for x, _ in products], *[y for _, y in products], bias)


# ---- 3: consecutive slots

def _assembled(draft: Draft, selected: list[int], dots: Dots, outputs: Sequence[int]) -> Program:
    """A program of the instructions in the selected slots of the draft; those that became dots have other operands."""
    first = draft.inputs + draft.parameters
    constants: list[float] = []
    instructions: list[Instruction] = []
    new_slots = [NONE_YET] * len(draft.operations)
    new_slots[:first] = range(first)
    for slot in selected:
        operation, operands = (DOT, dots[slot]) if slot in dots else (draft.operations[slot], draft.operands[slot])
        moved = tuple([_new_slot(x, new_slots, constants, draft) for x in operands])
        new_slots[slot] = first + len(instructions)
        instructions.append(instruction_of(operation, moved))
    moved_outputs = [_new_slot(x, new_slots, constants, draft) for x in outputs]
    return Program(draft.inputs, draft.parameters, constants, instructions, moved_outputs)


def _new_slot(slot: int, new_slots: list[int], constants: list[float], draft: Draft) -> int:
    """The slot in the program; a constant gets one when it is used for the first time."""
    if new_slots[slot] == NONE_YET:
        constants.append(draft.constants[slot])
        new_slots[slot] = -len(constants)
    return new_slots[slot]
