"""The body of a function in C: the statements of a program, and of its reverse pass, in parts.

A part is a function of its own, of a few hundred statements: compilers take more than linear time for longer ones.
Numbers that only one part needs are its variables; all others have a place in the array `w`, the workspace, which
another number takes over when the last part that needs it has run. The reverse pass of the last part stands behind it
in the same function, so that a small program is one function without a workspace.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ....calculus.operations import DOT, TAKE, Operation
from ...program import Instruction, Program
from .language import Library, lists_in, names_in
from .loop_writer import LoopWriter
from .loops import Flow, Item, Loop, arranged

SIZE = 200              # the weight of the items in a part
ARRAYS = {"x": "const real *RESTRICT x", "p": "const real *RESTRICT p", "w": "real *RESTRICT w",
          "gx": "real *RESTRICT gx", "gp": "real *RESTRICT gp"}         # gx and gp: the adjoints of x and p


class Part(NamedTuple):
    """A function.

    Attributes:
        lines: Its statements.
        arrays: Those of ARRAYS that it uses.
        may_fail: Whether it returns 1 for an index out of range, and else 0.
    """

    lines: list[str]
    arrays: list[str]
    may_fail: bool


class Contribution(NamedTuple):
    """A term of the adjoint of a slot."""

    slot: int
    text: str


class Adjoint(NamedTuple):
    """The moment from which on the adjoint of a slot is complete, and has a name."""

    slot: int


Event = str | Contribution | Adjoint


class Body:
    """The parts of a program.

    Args:
        program: The program.
        flow: Which adjoints a reverse pass computes, for a program of one output; None for values only.
        library: Gets the functions that are called.
        frozen: The numbers of the parameters, if they are to be written in the code.

    Attributes:
        parts: The functions, to be called in this order.
        workspace: How many numbers `w` holds.
        direct: The arrays of gx and gp that must be 0 before the reverse pass.
        outputs: The outputs as they are called after the last part.
    """

    def __init__(
        self, program: Program, flow: Flow | None, library: Library, frozen: Sequence[float] | None = None
    ) -> None:
        self.program, self.flow, self.library, self.frozen = program, flow, library, frozen
        items = arranged(program, flow)
        self._chunks = _chunks(items, program)
        self._loops = [item for item in items if type(item) is Loop]
        self._pinned: dict[int, int] = {}           # the places of the results of loops, and of what loops read
        self._local: set[int] = set()               # the variables of the part that is being written
        self._pin()
        self._behind = len(program.rates)           # kept derivatives have slots so far behind those of results
        self._find_uses()
        self._free: list[int] = []
        self._places: dict[int, int] = {}           # of values that are no variables
        self._stored: dict[int, str] = {}           # adjoints that have a place, and which
        self._adjoint_places: dict[int, int] = {}
        self.workspace = self._reserved
        self.direct = self._direct_arrays()
        self._writer = LoopWriter(self)
        self.parts = [self._part(number) for number in range(self._count)]
        if len(self.parts) > 1:
            self._local.clear()
        self.outputs = [self.name(x) for x in program.outputs]
        self._zero_the_unreached()

    # ---- what is needed where

    @property
    def _count(self) -> int:
        return 2 * len(self._chunks) - 1 if self.flow else len(self._chunks)

    def _pin(self) -> None:
        """Give loops their places: those of adjoints follow those of values, in the same order."""
        pinned, results = self._pinned, {x for loop in self._loops for x in loop.results}
        for loop in self._loops:
            for x in loop.operands():
                if x >= self.program.first and x not in pinned and x not in results:
                    pinned[x] = len(pinned)
            for x in loop.results:
                pinned[x] = len(pinned)
        self.shift = len(pinned)
        self._reserved = 2 * len(pinned) if self.flow else len(pinned)

    def _find_uses(self) -> None:
        """For each result the part that computes it, whether that reads it, and the last of the others that do."""
        last = self._count - 1
        self._home: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._read_at_home: set[int] = set()
        for number, chunk in enumerate(self._chunks):
            for item in chunk:
                for slot in _slots(item):
                    self._home[slot] = self._home[slot + self._behind] = number
        for number, chunk in enumerate(self._chunks):
            for item in chunk:
                if type(item) is int:
                    self._use(self.instruction(item)[1], number)
                    if self.flow:
                        self._use(self._needed_in_reverse(item), last - number)
        if self._count > 1:                     # else they are variables of the same function
            self._use(self.program.outputs, self._count)

        self._ending: dict[int, list[int]] = {}
        for x, number in self._last.items():
            self._ending.setdefault(number, []).append(x)

    def _use(self, slots: Iterable[int], number: int) -> None:
        for x in slots:
            if x >= self.program.first and x not in self._pinned:
                if self._home[x] == number:
                    self._read_at_home.add(x)
                else:
                    self._last[x] = max(number, self._last.get(x, 0))

    def _reverse_home(self, slot: int) -> int:
        """The part that propagates the adjoint of a result."""
        return self._count - 1 - self._home[slot]

    def _needed_in_reverse(self, slot: int) -> set[int]:
        """The numbers that the local derivatives of an instruction are computed from."""
        operation, operands = instruction = self.instruction(slot)
        assert self.flow
        wanted = self.flow.wanted(slot, instruction)
        if not any(wanted):
            return set()
        if operation is DOT:
            n = len(operands) // 2
            return {operands[k - n if k >= n else k + n] for k in range(2 * n) if wanted[k]}
        if operation is TAKE:
            return {operands[-1]}
        if operation.is_nary:
            return {*operands, slot} if names_in(operation.derivatives[0]) & {"xs", "f"} else set()
        if self._kept_derivative(slot) is not None:
            return {slot + self._behind}
        names = dict(zip((*operation.operands, "f"), (*operands, slot), strict=True))
        texts = [text for text, is_wanted in zip(operation.derivatives, wanted, strict=True) if is_wanted]
        return {names[x] for text in texts for x in names_in(text) if x in names}

    def _kept_derivative(self, slot: int) -> int | None:
        """The only operand that gets a contribution, if the local derivative is computed with the value and kept.

        That is so if it calls functions: a compiler makes one call of sin(x) and cos(x), and the derivative takes no
        more room than x.
        """
        operation, _ = instruction = self.instruction(slot)
        if not self.flow or operation.is_nary or not self.flow.has_adjoint[slot]:
            return None
        wanted = self.flow.wanted(slot, instruction)
        k = wanted.index(True)
        return k if wanted.count(True) == 1 and "(" in operation.derivatives[k] else None

    def _direct_arrays(self) -> list[str]:
        """Those that loops and takes add to, so that the first contribution is not known."""
        kinds = {section.kind for loop in self._loops if loop.is_reached for section in loop.sections
                 if section.is_wanted}
        if self.flow:
            for chunk in self._chunks:
                for item in chunk:
                    if type(item) is int:
                        instruction = self.instruction(item)
                        table = self.table(instruction.operation, instruction.operands)
                        if table and any(self.flow.wanted(item, instruction)[:-1]):
                            kinds.add(table[0])
        return [f"g{kind}" for kind in ("x", "p") if kind in kinds]

    def _zero_the_unreached(self) -> None:
        """Leaves without a contribution get 0 from a loop over all of them."""
        if not self.flow:
            return
        leaves = {"gx": range(self.program.inputs)}
        if self.frozen is None:
            leaves["gp"] = range(self.program.inputs, self.program.first)
        for array, slots in leaves.items():
            if array not in self.direct and any(x not in self._stored for x in slots):
                self.direct.append(array)

    # ---- names

    def instruction(self, slot: int) -> Instruction:
        return self.program.instructions[slot - self.program.first]

    def name(self, slot: int) -> str:
        """A number in the part that is being written."""
        program = self.program
        if slot < 0:
            return self.library.number(program.constants[~slot])
        if slot < program.inputs:
            return f"x[{slot}]"
        if slot < program.first:
            k = slot - program.inputs
            return f"p[{k}]" if self.frozen is None else self.library.number(self.frozen[k])
        if slot in self._local:
            return f"v{slot}" if slot < self._behind else f"d{slot - self._behind}"
        place = self._pinned.get(slot)
        return f"w[{self._places[slot] if place is None else place}]"

    def place(self, slot: int) -> tuple[str, int]:
        """The array and the index of a leaf, or of a number that loops read or write."""
        if slot < self.program.inputs:
            return "x", slot
        if slot < self.program.first:
            return "p", slot - self.program.inputs
        return "w", self._pinned[slot]

    def adjoint_place(self, slot: int) -> str:
        """The place of an adjoint that is no variable."""
        if slot < self.program.first:
            array, index = self.place(slot)
            return f"g{array}[{index}]"
        if slot in self._pinned:
            return f"w[{self._pinned[slot] + self.shift}]"
        if slot not in self._adjoint_places:
            self._adjoint_places[slot] = self._allocated()
        return f"w[{self._adjoint_places[slot]}]"

    def table(self, operation: Operation, operands: Sequence[int]) -> tuple[str, int, int] | None:
        """The array of leaves that a take takes from, the first index there, and the step to the next."""
        if operation is not TAKE or len(operands) < 3 or min(operands[:-1]) < 0:
            return None
        if max(operands[:-1]) >= self.program.first:
            return None
        places = [self.place(x) for x in operands[:-1]]
        (array, start), step = places[0], places[1][1] - places[0][1]
        expected = [(array, start + k * step) for k in range(len(places))]
        return (array, start, step) if places == expected else None

    # ---- the workspace

    def _allocated(self) -> int:
        if self._free:
            return self._free.pop()
        self.workspace += 1
        return self.workspace - 1

    def _release(self, number: int) -> None:
        """Free the places that no later part needs."""
        for slot in self._ending.get(number, ()):
            self._free.append(self._places.pop(slot))
        if self.flow and number >= len(self._chunks) - 1:
            for item in self._chunks[self._count - 1 - number]:
                if item in self._adjoint_places:
                    self._free.append(self._adjoint_places.pop(item))

    # ---- a part

    def _part(self, number: int) -> Part:
        self._number, self._local, self.may_fail = number, set(), False
        lines: list[str] = []
        if number < len(self._chunks):
            for item in self._chunks[number]:
                lines += self._forward(item)
        if self.flow and number >= len(self._chunks) - 1:
            lines += self._reverse(self._chunks[self._count - 1 - number])
        self._release(number)
        text = "\n".join(lines)
        arrays = [name for name in ARRAYS if re.search(rf"\b{name}\b", text)]
        return Part(lines, arrays, self.may_fail)

    def _forward(self, item: Item) -> list[str]:
        if type(item) is Loop:
            return self._writer.forward(item)
        assert type(item) is int
        statements, value = self._value(item)
        lines = [*statements, *self._defined(item, value)]
        k = self._kept_derivative(item)
        if k is not None:
            operation, operands = self.instruction(item)
            derivative = self.library.derivative(operation, k, *self._names(item, operands))
            lines += self._defined(item + self._behind, derivative)
        return lines

    def _defined(self, slot: int, value: str) -> list[str]:
        """The statements that give a result its variable or its place, or both."""
        if slot in self._pinned:
            return [f"{self.name(slot)} = {value};"]
        if slot not in self._last:
            self._local.add(slot)
            # a take may be there for its index alone, which must be checked
            unused = [f"(void){self.name(slot)};"] if self._is_take(slot) else []
            return [f"const real {self.name(slot)} = {value};", *unused]
        self._places[slot] = self._allocated()
        place = self.name(slot)
        if slot not in self._read_at_home:
            return [f"{place} = {value};"]
        self._local.add(slot)
        return [f"const real {self.name(slot)} = {value};", f"{place} = {self.name(slot)};"]

    def _is_take(self, slot: int) -> bool:
        place = slot - self.program.first
        return 0 <= place < len(self.program.instructions) and self.program.instructions[place].operation is TAKE

    def _value(self, slot: int) -> tuple[list[str], str]:
        """The value of an instruction, and the statements that come before it."""
        operation, operands = self.instruction(slot)
        names = [self.name(x) for x in operands]
        if operation is DOT:
            return [], self._sum_of_products(operands, names)
        if operation is TAKE:
            return self._taken(slot, operation, operands, names)
        if not operation.is_nary:
            return [], self.library.value(operation, names)
        n, lists = len(names), lists_in(operation.value)
        statements = [f"const real xs{slot}[{n}] = {{{', '.join(names)}}};"]
        statements += [f"real scratch{slot}[{n * lists}];"] if lists else []
        return statements, self.library.value_of_many(operation, f"xs{slot}", n, f"scratch{slot}")

    def _sum_of_products(self, operands: Sequence[int], names: Sequence[str]) -> str:
        """A dot, without factors of 1 and without a bias of 0."""
        n, terms = len(names) // 2, list[str]()
        for k in range(n):
            signs = [self._constant(operands[i]) for i in (k, n + k)]
            factors = [names[i] for i, sign in zip((k, n + k), signs, strict=True) if sign not in (1.0, -1.0)]
            minus = "-" if signs.count(-1.0) == 1 else ""
            terms.append(minus + (" * ".join(factors) or self.library.number(1.0)))
        if self._constant(operands[-1]) != 0.0:
            terms.append(names[-1])
        return " + ".join(terms).replace(" + -", " - ") or self.library.number(0.0)

    def _constant(self, slot: int) -> float | None:
        return self.program.constants[~slot] if slot < 0 else None

    def _taken(
        self, slot: int, operation: Operation, operands: Sequence[int], names: Sequence[str]
    ) -> tuple[list[str], str]:
        """The value at an index, which must be checked."""
        self.may_fail = True
        statements = [self._index(slot, names[-1], len(names) - 1), f"if (k{slot} < 0) return 1;"]
        table = self.table(operation, operands)
        if table:
            array, start, step = table
            return statements, f"{array}[{start} + {step} * k{slot}]"
        statements.append(f"const real xs{slot}[{len(names) - 1}] = {{{', '.join(names[:-1])}}};")
        return statements, f"xs{slot}[k{slot}]"

    def _index(self, slot: int, name: str, count: int) -> str:
        return f"const int k{slot} = {self.library.call('place', name, count)};"

    # ---- the reverse pass

    def _reverse(self, chunk: Sequence[Item]) -> list[str]:
        events: list[Event] = []
        if self._number == len(self._chunks) - 1:
            one = self.library.number(1.0)
            events += [Contribution(x, one) for x in self.program.outputs if self._has_adjoint(x)]
        for item in reversed(chunk):
            if type(item) is Loop:
                events += self._writer.reverse(item) if item.is_reached else []
            elif type(item) is int and self._has_adjoint(item):
                events += [Adjoint(item), *self._contributions(item)]
        return self._accumulated(events)

    def _has_adjoint(self, slot: int) -> bool:
        return self.flow is not None and slot >= 0 and self.flow.has_adjoint[slot]

    def _contributions(self, slot: int) -> list[Event]:
        """What an instruction adds to the adjoints of its operands."""
        operation, operands = instruction = self.program.instructions[slot - self.program.first]
        assert self.flow
        wanted = self.flow.wanted(slot, instruction)
        names, a = self._names(slot, operands), f"a{slot}"
        if operation is DOT:
            n, found = len(operands) // 2, list[Event]()
            for k, x in enumerate(operands):
                if wanted[k]:
                    other = None if k == 2 * n else k - n if k >= n else k + n
                    found.append(Contribution(x, a if other is None else self._scaled(a, operands[other])))
            return found
        if operation is TAKE:
            return self._contributions_of_take(slot, operation, operands, wanted)
        if operation.is_nary:
            return self._contributions_of_many(slot, operation, operands, wanted)
        kept = self._kept_derivative(slot)
        if kept is not None:
            derivative = self.name(slot + self._behind)
            return [Contribution(operands[kept], self.library.propagated(operation, a, derivative))]
        return [
            Contribution(x, self.library.contribution(operation, k, a, *names))
            for k, x in enumerate(operands) if wanted[k]
        ]

    def _names(self, slot: int, operands: Sequence[int]) -> list[str]:
        """Operands and value; "" for those that this part does not know, since no derivative needs them."""
        return [self.name(x) if self._is_known(x) else "" for x in (*operands, slot)]

    def _is_known(self, slot: int) -> bool:
        return slot < self.program.first or slot in self._local or slot in self._pinned or slot in self._places

    def _scaled(self, adjoint: str, factor: int) -> str:
        constant = self._constant(factor)
        return adjoint if constant == 1.0 else f"-{adjoint}" if constant == -1.0 else f"{adjoint} * {self.name(factor)}"

    def _contributions_of_take(
        self, slot: int, operation: Operation, operands: Sequence[int], wanted: Sequence[bool]
    ) -> list[Event]:
        """To the value that was taken, and to no other."""
        a, known = f"a{slot}", self._reverse_home(slot) == self._home[slot]
        events: list[Event] = [] if known else [self._index(slot, self.name(operands[-1]), len(operands) - 1)]
        table = self.table(operation, operands)
        if table and f"g{table[0]}" in self.direct:
            array, start, step = table
            return [*events, f"g{array}[{start} + {step} * k{slot}] += {a};"]
        zero = self.library.number(0.0)
        return events + [
            Contribution(x, f"(k{slot} == {k} ? {a} : {zero})") for k, x in enumerate(operands[:-1]) if wanted[k]
        ]

    def _contributions_of_many(
        self, slot: int, operation: Operation, operands: Sequence[int], wanted: Sequence[bool]
    ) -> list[Event]:
        n, a = len(operands), f"a{slot}"
        events: list[Event] = []
        names = self._names(slot, operands)
        if self._reverse_home(slot) != self._home[slot]:
            events.append(f"const real xs{slot}[{n}] = {{{', '.join(names[:-1])}}};")
        room = n * (1 + lists_in(operation.derivatives[0]))
        events.append(f"real ds{slot}[{room}];")
        events.append(self.library.derivatives_of_many(operation, f"xs{slot}", n, names[-1], f"ds{slot}") + ";")
        for k, x in enumerate(operands):
            if wanted[k]:
                d = f"ds{slot}[{k}]"
                text = self.library.call("picked", a, d) if operation.selects else f"{a} * {d}"
                events.append(Contribution(x, text))
        return events

    def _accumulated(self, events: Sequence[Event]) -> list[str]:
        """The statements of events: sums of contributions in variables, or where they are kept for later parts."""
        counts = Counter(each.slot for each in events if type(each) is Contribution)
        left, lines = Counter(counts), list[str]()
        for each in events:
            if type(each) is str:
                lines.append(each)
            elif type(each) is Adjoint:
                if self._is_direct(each.slot) or not counts[each.slot]:
                    lines.append(f"const real a{each.slot} = {self.adjoint_place(each.slot)};")
            elif type(each) is Contribution:
                left[each.slot] -= 1
                lines += self._added(each, counts[each.slot], left[each.slot])
        return lines

    def _is_direct(self, slot: int) -> bool:
        """Whether contributions are added where an adjoint is kept, since loops add to it, too."""
        if slot < self.program.first:
            return f"g{self.place(slot)[0]}" in self.direct
        return slot in self._pinned

    def _added(self, contribution: Contribution, count: int, left: int) -> list[str]:
        slot, text = contribution
        if self._is_direct(slot):
            return [f"{self.adjoint_place(slot)} += {text};"]
        is_at_home = slot >= self.program.first and self._reverse_home(slot) == self._number
        if not is_at_home and count == 1:
            return [self._kept(slot, text)]
        if left < count - 1:
            lines = [f"a{slot} += {text};"]
        else:
            before = f"{self._stored[slot]} + " if is_at_home and slot in self._stored else ""
            lines = [f"{'const ' if count == 1 else ''}real a{slot} = {before}{text};"]
        return lines if is_at_home or left else [*lines, self._kept(slot, f"a{slot}")]

    def _kept(self, slot: int, text: str) -> str:
        """Add to an adjoint that later parts need."""
        sign = "+=" if slot in self._stored else "="
        self._stored[slot] = place = self.adjoint_place(slot)
        return f"{place} {sign} {text};"


def _slots(item: Item) -> Sequence[int]:
    return item.results if type(item) is Loop else (item,)     # type: ignore[return-value]


def _chunks(items: Sequence[Item], program: Program) -> list[list[Item]]:
    """The items of each part."""
    chunks: list[list[Item]] = [[]]
    weight = 0
    for item in items:
        size = 8 if type(item) is Loop else 1 + len(program.instructions[item - program.first].operands) // 3  # type: ignore[operator]
        if weight + size > SIZE and chunks[-1]:
            chunks.append([])
            weight = 0
        chunks[-1].append(item)
        weight += size
    return chunks
