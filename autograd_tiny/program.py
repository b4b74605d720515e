"""A graph as a program: a list of instructions on numbered slots, the shortest that gives the same numbers.

`translated` writes down the graph, one instruction for each node, and on the way folds constants and shares
what is computed twice. `simplified` leaves out what no output needs and makes every sum of products, however
it was written, one instruction: a neuron's net input is the `dot` of the calculus. The optimisations are
those of A. V. Aho and others, Compilers (2006), chapter 8.5: a basic block as a directed acyclic graph.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .engine import Value
from .ops import ADD, DIV, DOT, FLOATS, LEAF, MEAN, MUL, NEG, POW, SUB, SUM, Operation

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
            found[slot] = any([x >= 0 and found[x] for x in operands])
        return found

    def order_of_parameters(self) -> list[int]:
        """The parameters in the order in which they are first used: a neuron's weights lie side by side then."""
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
            Instruction(operation, tuple([places[x] for x in operands])) for operation, operands in self.instructions
        ]
        outputs = [places[x] for x in self.outputs]
        return Program(self.inputs, self.parameters, self.constants, instructions, outputs)

    def of_output(self, k: int) -> Program:
        """The part that computes one of the outputs."""
        part = Program(self.inputs, self.parameters, self.constants, self.instructions, [self.outputs[k]])
        needed = part.needed()
        kept = [slot for slot in range(self.first, len(self.kinds)) if needed[slot]]
        return renumbered(part, [(slot, self.instructions[slot - self.first]) for slot in kept])

    def __eq__(self, other: object) -> bool:
        """Whether it is the same, instruction by instruction, number by number."""
        return isinstance(other, Program) and self._identity() == other._identity()

    __hash__ = object.__hash__

    def _identity(self) -> tuple[object, ...]:
        constants = [x.hex() for x in self.constants]
        return self.inputs, self.parameters, constants, self.instructions, self.outputs


class Draft:
    """A program that is being written, together with what is known about it already."""

    def __init__(self, inputs: int, parameters: int) -> None:
        self.inputs, self.parameters = inputs, parameters
        self.kinds = bytearray([SAMPLE] * inputs + [ONCE] * parameters)
        self.written: list[Instruction] = [Instruction(LEAF, ())] * (inputs + parameters)
        self.constants: list[float] = []
        self._slot_of_constant: dict[float | str, int] = {}
        self._slot_of: dict[Instruction, int] = {}

    def constant(self, x: float) -> int:
        """The slot of a number: equal numbers share one, but 0 and -0 are two."""
        key: float | str = x if x == x and x != 0.0 else repr(x)
        slot = self._slot_of_constant.get(key)
        if slot is None:
            slot = self._slot_of_constant[key] = ~len(self.constants)
            self.constants.append(x)
        return slot

    def write(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The slot of a result: a constant, or one that is known already, or that of a new instruction."""
        swapped = operation in (ADD, MUL) and operands[0] > operands[1]     # x*y and y*x are the same
        known = Instruction(operation, operands[::-1] if swapped else operands)
        slot = self._slot_of.get(known)
        if slot is None:
            slot = self._slot_of[known] = self._written_anew(operation, operands)
        return slot

    def _written_anew(self, operation: Operation, operands: tuple[int, ...]) -> int:
        if max(operands, default=-1) < 0:
            return self.constant(operation.evaluate(FLOATS, [self.constants[~x] for x in operands]))
        if operation is MEAN:
            return self.write(DIV, (self.write(SUM, operands), self.constant(float(len(operands)))))
        if operation is POW and operands[1] < 0:
            x, exponent = operands[0], self.constants[~operands[1]]
            if exponent == 2.0:
                return self.write(MUL, (x, x))
            if exponent == 3.0:
                return self.write(MUL, (self.write(MUL, (x, x)), x))
        return self.append(operation, operands)

    def kind(self, slot: int | None) -> int:
        """What a number depends on."""
        return CONSTANT if slot is None or slot < 0 else self.kinds[slot]

    def append(self, operation: Operation, operands: tuple[int, ...]) -> int:
        """The slot of a new instruction."""
        self.written.append(Instruction(operation, operands))
        self.kinds.append(max([0 if x < 0 else self.kinds[x] for x in operands]))
        return len(self.written) - 1


# ---- from a graph to a program

def translated(
    order: Iterable[Value], inputs: Sequence[Value], parameters: Sequence[Value], outputs: Sequence[Value]
) -> Program:
    """The program for a graph; order: all its Values, operands before results.

    Leaves that are neither inputs nor parameters are constants.
    """
    draft = Draft(len(inputs), len(parameters))
    slots = {id(leaf): slot for slot, leaf in enumerate([*inputs, *parameters])}
    for node in order:
        if node.operation is LEAF:
            if id(node) not in slots:
                slots[id(node)] = draft.constant(node.data)
            continue
        operands = tuple([
            slots[id(x)] if type(x) is Value else draft.constant(float(x)) for x in node.operands
        ])
        if max(operands, default=-1) < 0:
            slots[id(node)] = draft.constant(node.data)
        else:
            slots[id(node)] = draft.write(node.operation, operands)
    return simplified(draft, [slots[id(output)] for output in outputs])


def simplified(draft: Draft, outputs: Sequence[int]) -> Program:
    """Without what no output needs, and with every sum of products as one instruction.

    From the last instruction to the first: when one is reached, all that use it have been seen. A sum takes
    in those of its operands that nobody else uses, if they are sums or products themselves.
    """
    uses = [0] * len(draft.written)
    for slot in outputs:
        if slot >= 0:
            uses[slot] += 2                     # an output is nobody's part
    kept: list[tuple[int, Instruction]] = []    # last first
    for slot in range(len(draft.written) - 1, draft.inputs + draft.parameters - 1, -1):
        if uses[slot]:
            for x in draft.written[slot].operands:
                if x >= 0:
                    uses[x] += 1
    for slot in range(len(uses) - 1, draft.inputs + draft.parameters - 1, -1):
        if uses[slot]:
            kept.extend(_as_sum(slot, draft, uses) or [(slot, draft.written[slot])])
    program = Program(draft.inputs, draft.parameters, draft.constants, [], outputs)
    return renumbered(program, kept[::-1])


def renumbered(program: Program, kept: Iterable[tuple[int, Instruction]]) -> Program:
    """A program of the instructions that were kept, each with the slot that it had, in consecutive slots."""
    places = {slot: slot for slot in range(program.first)}
    known: dict[int, int] = {}                  # of the constants
    instructions: list[Instruction] = []

    def place(x: int) -> int:
        return places[x] if x >= 0 else ~known.setdefault(~x, len(known))

    for slot, (operation, operands) in kept:
        instructions.append(Instruction(operation, tuple(map(place, operands))))
        places[slot] = program.first - 1 + len(instructions)
    outputs = [place(slot) for slot in program.outputs]
    constants = [program.constants[k] for k in known]
    return Program(program.inputs, program.parameters, constants, instructions, outputs)


# ---- sums of products

class Term(NamedTuple):
    """A part of a sum: two slots to be multiplied, or one that is added or, with sign -1, subtracted."""

    x: int
    y: int | None
    sign: float


def _as_sum(root: int, draft: Draft, uses: list[int]) -> list[tuple[int, Instruction]]:
    """A sum as one dot of the calculus; after it in the list the part of it that needs computing only once.

    [] if the instruction had better stay as it is. In the dot, what is known before stands to the left of what
    is computed with it: weights before inputs; in the end come products of two inputs.
    """
    operation, operands = draft.written[root]
    kind = draft.kinds[root]
    if operation not in (ADD, SUB, NEG, SUM, DOT) and (
        operation is not MUL or kind != SAMPLE or all(draft.kind(x) == SAMPLE for x in operands)
    ):
        return []
    terms = _terms(root, draft, uses)
    of_this_kind = [term for term in terms if max(draft.kind(term.x), draft.kind(term.y)) == kind]
    known_before = [term for term in terms if max(draft.kind(term.x), draft.kind(term.y)) < kind]
    if operation in (ADD, SUB, NEG) and not known_before and [term.x for term in terms] == [*operands]:
        return []                               # it took nothing in
    products = [_as_product(term, draft) for term in of_this_kind]
    products.sort(key=lambda product: draft.kind(product[0]) == SAMPLE)
    bias, more = _bias(known_before, draft)
    return [(root, _dot(products, bias)), *more]


def _terms(root: int, draft: Draft, uses: list[int]) -> list[Term]:
    """The parts of a sum, from left to right; what it takes in counts as used by nobody from now on."""
    terms: list[Term] = []
    stack = [(root, 1.0)]
    while stack:
        slot, sign = stack.pop()
        operation, operands = draft.written[slot] if slot >= 0 else Instruction(LEAF, ())
        mine = slot == root or (slot >= 0 and uses[slot] == 1)
        if mine and operation in (ADD, SUB, NEG, SUM):
            last = -sign if operation in (SUB, NEG) else sign
            stack.append((operands[-1], last))
            stack.extend([(x, sign) for x in operands[-2::-1]])
        elif mine and operation is MUL and (sign > 0.0 or min(operands) < 0):
            x, y = operands if sign > 0.0 else sorted(operands)
            terms.append(Term(x if sign > 0.0 else draft.constant(-draft.constants[~x]), y, 1.0))
        elif mine and operation is DOT and sign > 0.0:
            xs, ys, bias = DOT.grouped(operands)
            terms.extend([Term(x, y, 1.0) for x, y in zip(xs, ys, strict=True)])
            stack.extend([(x, 1.0) for x in bias])
        else:
            terms.append(Term(slot, None, sign))
            continue
        if operation in (SUM, DOT):
            terms.append(Term(draft.constant(0.0), None, 1.0))      # the calculus begins them with 0
        if slot != root:
            uses[slot] = 0
    return terms


def _as_product(term: Term, draft: Draft) -> tuple[int, int]:
    """The slots of two factors, what is known before the other first."""
    if term.y is None:
        return draft.constant(term.sign), term.x
    return (term.x, term.y) if draft.kind(term.x) <= draft.kind(term.y) else (term.y, term.x)


def _bias(terms: Sequence[Term], draft: Draft) -> tuple[int, list[tuple[int, Instruction]]]:
    """The slot of a sum of parts that are known before, and the instruction that computes it, if any."""
    constant = NOTHING
    rest: list[Term] = []
    for term in terms:
        if max(draft.kind(term.x), draft.kind(term.y)) != CONSTANT:
            rest.append(term)
        else:
            factor = term.sign if term.y is None else draft.constants[~term.y]
            constant += draft.constants[~term.x] * factor
    if not rest:
        return draft.constant(constant), []
    if len(rest) == 1 and rest[0].y is None and rest[0].sign > 0.0 and constant == 0.0:
        return rest[0].x, []
    instruction = _dot([_as_product(term, draft) for term in rest], draft.constant(constant))
    return (slot := draft.append(*instruction)), [(slot, instruction)]


def _dot(products: Sequence[tuple[int, int]], bias: int) -> Instruction:
    return Instruction(DOT, (*[x for x, _ in products], *[y for _, y in products], bias))
