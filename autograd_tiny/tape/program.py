"""A graph as a program: a list of instructions on numbered slots, the shortest that gives the same numbers.

`translated` writes down the graph, one instruction for each node, and on the way folds constants and shares
what is computed twice. `simplified` leaves out what no output needs and makes every sum of products, however
it was written, one instruction: a neuron's net input is the `dot` of the calculus. The optimisations are
those of A. V. Aho and others, Compilers (2006), chapter 8.5: a basic block as a directed acyclic graph.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..calculus.floats import FLOATS
from ..calculus.operations import ADD, DIV, DOT, LEAF, MEAN, MUL, NEG, POW, SUB, SUM, Operation
from ..engine.value import Value

CONSTANT, ONCE, SAMPLE = range(3)   # what a number depends on: on nothing, on parameters, on an input
NOTHING = -0.0                      # adding it changes no number, not even -0.0


class Instruction(NamedTuple):
    """One step: an operation and the slots of its operands."""

    operation: Operation
    operands: tuple[int, ...]


class Program:
    """Instructions on slots: first the inputs, then the parameters, then a slot for each instruction.

    A negative slot s stands for the constant number ~s. kinds: for each slot, whether it is computed ONCE in
    a run or for every SAMPLE. outputs: their slots.
    """

    def __init__(
        self, inputs: int, parameters: int, constants: Sequence[float], instructions: Sequence[Instruction],
        outputs: Sequence[int],
    ) -> None:
        self.inputs, self.parameters = inputs, parameters
        self.constants, self.instructions, self.outputs = list(constants), list(instructions), list(outputs)
        self.kinds = bytearray([SAMPLE] * inputs + [ONCE] * parameters)
        for instruction in self.instructions:
            self.kinds.append(max(map(self.kind, instruction.operands)))

    @property
    def first(self) -> int:
        """The slot of the first instruction."""
        return self.inputs + self.parameters

    def kind(self, slot: int) -> int:
        """What a number depends on."""
        return CONSTANT if slot < 0 else self.kinds[slot]

    def needed(self) -> bytearray:
        """For each slot 1 if an output depends on it, else 0."""
        needed = bytearray(len(self.kinds))
        for slot in self.outputs:
            if slot >= 0:
                needed[slot] = 1
        for slot in range(len(self.kinds) - 1, self.first - 1, -1):
            if needed[slot]:
                for x in self.instructions[slot - self.first].operands:
                    if x >= 0:
                        needed[x] = 1
        return needed

    def dependents(self) -> bytearray:
        """For each slot 1 if it depends on a parameter, else 0."""
        found = bytearray(len(self.kinds))
        found[self.inputs : self.first] = b"\1" * self.parameters
        for slot, (_, operands) in enumerate(self.instructions, self.first):
            found[slot] = any(x >= 0 and found[x] for x in operands)
        return found

    def order_of_parameters(self) -> list[int]:
        """The parameters in the order in which they are first used: a neuron's weights lie side by side."""
        turns = [float(k) for k in range(len(self.instructions))]
        for k, (operation, operands) in enumerate(self.instructions):
            if k and operation is DOT and operands[-1] == self.first + k - 1:
                turns[k - 1] = k + 0.5          # the part of a sum that is computed once comes after the rest
        in_turn = [self.instructions[k] for k in sorted(range(len(turns)), key=turns.__getitem__)]
        used = [x - self.inputs for _, operands in in_turn for x in operands if self.inputs <= x < self.first]
        return [*dict.fromkeys([*used, *range(self.parameters)])]

    def with_parameters(self, order: Sequence[int]) -> Program:
        """The same program with its parameters in another order."""
        places = [*range(len(self.kinds)), *range(-len(self.constants), 0)]
        for place, k in enumerate(order, self.inputs):
            places[self.inputs + k] = place
        instructions = [
            Instruction(operation, tuple([places[x] for x in operands]))
            for operation, operands in self.instructions
        ]
        outputs = [places[x] for x in self.outputs]
        return Program(self.inputs, self.parameters, self.constants, instructions, outputs)

    def once_first(self) -> Program:
        """The same program, what is computed once before all the rest."""
        kept = range(self.first, len(self.kinds))
        return self._rearranged(sorted(kept, key=self.kinds.__getitem__), self.outputs)

    def of_output(self, k: int) -> Program:
        """The part that computes one of the outputs."""
        part = Program(self.inputs, self.parameters, self.constants, self.instructions, [self.outputs[k]])
        needed = part.needed()
        kept = [slot for slot in range(self.first, len(self.kinds)) if needed[slot]]
        return self._rearranged(kept, part.outputs)

    def _rearranged(self, slots: Sequence[int], outputs: Sequence[int]) -> Program:
        """A program of the instructions in these slots, in this order."""
        places = {slot: slot for slot in range(-len(self.constants), self.first)}
        places.update((slot, place) for place, slot in enumerate(slots, self.first))
        instructions = [
            Instruction(operation, tuple([places[x] for x in operands]))
            for operation, operands in [self.instructions[slot - self.first] for slot in slots]
        ]
        return Program(
            self.inputs, self.parameters, self.constants, instructions, [places[x] for x in outputs]
        )

    def __eq__(self, other: object) -> bool:
        """Whether it is the same, instruction by instruction, number by number."""
        return isinstance(other, Program) and self._identity() == other._identity()

    __hash__ = object.__hash__

    def _identity(self) -> tuple[object, ...]:
        constants = [x.hex() for x in self.constants]
        return self.inputs, self.parameters, constants, self.instructions, self.outputs


class Draft:
    """A program that is being written. Here constants have slots like everything else.

    kinds, operations, operands: of each slot; LEAF stands for what is not computed. constants: their numbers.
    """

    def __init__(self, inputs: int, parameters: int) -> None:
        self.inputs, self.parameters = inputs, parameters
        self.kinds = bytearray([SAMPLE] * inputs + [ONCE] * parameters)
        self.operations: list[Operation] = [LEAF] * len(self.kinds)
        self.operands: list[tuple[int, ...]] = [()] * len(self.kinds)
        self.constants: dict[int, float] = {}
        self._slot_of_constant: dict[float | str, int] = {}
        self._slot_of: dict[tuple[Operation, tuple[int, ...]], int] = {}

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
        kinds = self.kinds
        kinds.append(max([kinds[x] for x in operands]) if operands else CONSTANT)
        self.operations.append(operation)
        self.operands.append(operands)
        return len(kinds) - 1

    def write(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The slot of a result: a constant, or one that is known already, or that of a new instruction."""
        key = (operation, operands)
        if (operation is MUL or operation is ADD) and operands[0] > operands[1]:
            key = (operation, operands[::-1])               # x*y and y*x are the same
        slot = self._slot_of.get(key)
        if slot is None:
            slot = self._slot_of[key] = self._written_anew(operation, operands)
        return slot

    def _written_anew(self, operation: Operation, operands: tuple[int, ...]) -> int:
        if operation is MUL and 1.0 in map(self.constants.get, operands):
            x, y = operands
            return y if self.constants.get(x) == 1.0 else x
        if operation is MEAN:
            return self.write(DIV, (self.write(SUM, operands), self.constant(float(len(operands)))))
        if operation is POW:
            exponent = self.constants.get(operands[1])
            if exponent == 2.0:
                return self.write(MUL, (operands[0], operands[0]))
            if exponent == 3.0:
                return self.write(MUL, (self.write(MUL, (operands[0], operands[0])), operands[0]))
        return self.append(operation, operands)


# ---- from a graph to a program

def translated(
    order: Iterable[Value], inputs: Sequence[Value], parameters: Sequence[Value], outputs: Sequence[Value]
) -> Program:
    """The program for a graph; order: all its Values, operands before results.

    Leaves that are neither inputs nor parameters are constants.
    """
    draft = Draft(len(inputs), len(parameters))
    constants = draft.constants
    slots = {id(leaf): slot for slot, leaf in enumerate([*inputs, *parameters])}
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
            value = operation.evaluate(FLOATS, [constants[x] for x in operands])
            slots[id(node)] = draft.constant(float(value))
        else:
            slots[id(node)] = draft.write(operation, operands)
    return simplified(draft, [slots[id(output)] for output in outputs])


def simplified(draft: Draft, outputs: Sequence[int]) -> Program:
    """Without what no output needs, and with every sum of products as one instruction.

    From the last instruction to the first: when one is reached, all that use it have been seen. A sum takes
    in those of its operands that nobody else uses, if they are sums or products themselves.
    """
    uses = [0] * len(draft.kinds)
    for slot in outputs:
        uses[slot] += 2                         # an output is nobody's part
    computed = range(len(uses) - 1, draft.inputs + draft.parameters - 1, -1)
    for slot in computed:
        if uses[slot]:
            for x in draft.operands[slot]:
                uses[x] += 1
    kept: list[tuple[int, Instruction]] = []    # last first
    for slot in computed:
        if uses[slot] and draft.operations[slot] is not LEAF:
            kept.extend(_as_sum(slot, draft, uses) or [(slot, _instruction(draft, slot))])
    return finished(draft, kept[::-1], outputs)


def _instruction(draft: Draft, slot: int) -> Instruction:
    return Instruction(draft.operations[slot], draft.operands[slot])


def finished(draft: Draft, kept: Iterable[tuple[int, Instruction]], outputs: Sequence[int]) -> Program:
    """A program of the instructions that were kept, each with the slot that it had, in consecutive slots."""
    first = draft.inputs + draft.parameters
    places: dict[int, int] = {slot: slot for slot in range(first)}
    constants: list[float] = []
    instructions: list[Instruction] = []
    for slot, (operation, operands) in kept:
        for x in operands:
            if x not in places:
                places[x] = ~len(constants)
                constants.append(draft.constants[x])
        places[slot] = first + len(instructions)
        instructions.append(Instruction(operation, tuple([places[x] for x in operands])))
    for x in outputs:
        if x not in places:
            places[x] = ~len(constants)
            constants.append(draft.constants[x])
    return Program(draft.inputs, draft.parameters, constants, instructions, [places[x] for x in outputs])


# ---- sums of products

Term = tuple[int, int | None, float]    # two slots to be multiplied; or one, and 1 or -1 to add or subtract


def _as_sum(root: int, draft: Draft, uses: list[int]) -> list[tuple[int, Instruction]]:
    """A sum as one dot of the calculus; after it in the list the part of it that needs computing only once.

    [] if the instruction had better stay as it is. In the dot, what is known before stands to the left of
    what is computed with it: weights before inputs; in the end come products of two inputs.
    """
    operation, operands, kinds = draft.operations[root], draft.operands[root], draft.kinds
    kind = kinds[root]
    if operation is MUL:
        if kind != SAMPLE or kinds[operands[0]] == kinds[operands[1]]:
            return []
    elif operation not in SUMS_OF_SOME_KIND:
        return []
    terms = _terms(root, draft, uses)
    before: list[Term] = []
    now: list[Term] = []
    for term in terms:
        x, y, _ = term
        (now if kinds[x] == kind or (y is not None and kinds[y] == kind) else before).append(term)
    if operation in (ADD, SUB, NEG) and not before and [x for x, _, _ in terms] == [*operands]:
        return []                               # it took nothing in
    products = [_as_product(term, draft) for term in now]
    if kind == SAMPLE:
        products.sort(key=lambda product: kinds[product[0]])
    bias, more = _bias(before, draft)
    return [(root, _dot(products, bias)), *more]


SUMS_OF_SOME_KIND = {ADD, SUB, NEG, SUM, DOT}


def _terms(root: int, draft: Draft, uses: list[int]) -> list[Term]:
    """The parts of a sum, from left to right; what it takes in counts as used by nobody from now on."""
    constants = draft.constants
    terms: list[Term] = []
    stack = [(root, 1.0)]
    while stack:
        slot, sign = stack.pop()
        operation, operands = draft.operations[slot], draft.operands[slot]
        if (uses[slot] != 1 and slot != root) or operation is LEAF or (
            sign < 0.0 and operation is not MUL         # -(x - x) is -0, and -x + x is 0
        ):
            terms.append((slot, None, sign))
            continue
        if operation is ADD:
            stack.append((operands[1], 1.0))
            stack.append((operands[0], 1.0))
        elif operation is MUL and sign > 0.0:
            terms.append((operands[0], operands[1], 1.0))
        elif operation is MUL and (operands[0] in constants or operands[1] in constants):
            c, x = operands if operands[0] in constants else operands[::-1]
            terms.append((draft.constant(-constants[c]), x, 1.0))
        elif operation in (SUB, NEG):
            stack.append((operands[-1], -1.0))
            stack.extend([(x, 1.0) for x in operands[:-1]])
        elif operation is SUM:
            stack.extend([(x, 1.0) for x in operands[::-1]])
        elif operation is DOT:
            xs, ys, bias = DOT.grouped(operands)
            terms.extend([(x, y, 1.0) for x, y in zip(xs, ys, strict=True)])
            stack.extend([(x, 1.0) for x in bias])
        else:
            terms.append((slot, None, sign))
            continue
        if operation is SUM or operation is DOT:
            terms.append((draft.constant(0.0), None, 1.0))      # the calculus begins them with 0
        if slot != root:
            uses[slot] = 0
    return terms


def _as_product(term: Term, draft: Draft) -> tuple[int, int]:
    """The slots of two factors, what is known before the other first."""
    x, y, sign = term
    if y is None:
        return draft.constant(sign), x
    return (x, y) if draft.kinds[x] <= draft.kinds[y] else (y, x)


def _bias(terms: Sequence[Term], draft: Draft) -> tuple[int, list[tuple[int, Instruction]]]:
    """The slot of a sum of parts that are known before, and the instruction that computes it, if any."""
    constant, rest = NOTHING, []
    for term in terms:
        x, y, sign = term
        if draft.kinds[x] != CONSTANT or (y is not None and draft.kinds[y] != CONSTANT):
            rest.append(term)
        else:
            constant += draft.constants[x] * (sign if y is None else draft.constants[y])
    if not rest:
        return draft.constant(constant), []
    if len(rest) == 1 and rest[0][1] is None and rest[0][2] > 0.0 and constant == 0.0:
        return rest[0][0], []       # also for 0.0, which matters to -0.0 only: no instruction for each neuron
    instruction = _dot([_as_product(term, draft) for term in rest], draft.constant(constant))
    return (slot := draft.append(*instruction)), [(slot, instruction)]


def _dot(products: Sequence[tuple[int, int]], bias: int) -> Instruction:
    return Instruction(DOT, (*[x for x, _ in products], *[y for _, y in products], bias))
