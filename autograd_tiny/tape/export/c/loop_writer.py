"""Loops in C: runs of instructions, see loops.py, forward and in the reverse pass."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ....calculus.operations import DOT
from .language import Library
from .loops import CONSTANT, Loop, Section


class Places(Protocol):
    """What a loop must know of the function that it belongs to."""

    library: Library
    shift: int

    def name(self, slot: int) -> str: ...
    def place(self, slot: int) -> tuple[str, int]: ...


class LoopWriter:
    """Writes loops.

    Args:
        places: Says where numbers are. The adjoints of w are in w, too, `shift` places behind.
    """

    def __init__(self, places: Places) -> None:
        self.places, self.library = places, places.library

    # ---- where operands are: i counts the operands of an instruction, k the instructions

    def _operand(self, section: Section, adjoint: bool = False) -> str:
        """An operand, or its adjoint."""
        if section.kind == CONSTANT:
            return self.places.name(section.slots[0])
        base, step = self._start(section, adjoint)
        return f"{self._array(section, adjoint)}[{_sum(base, step, ('k', section.step))}]"

    def _start(self, section: Section, adjoint: bool) -> tuple[int | str, tuple[str, int]]:
        """The index of operand i of the first instruction: a number, or an element of a table, and a multiple of i."""
        indices = [self.places.place(x)[1] + (self.places.shift if adjoint and section.kind == "w" else 0)
                   for x in section.slots]
        step = indices[1] - indices[0] if len(indices) > 1 else 0
        if indices == [indices[0] + k * step for k in range(len(indices))]:
            return indices[0], ("i", step)
        return f"{self._table(tuple(indices))}[i]", ("i", 0)

    def _table(self, indices: tuple[int, ...]) -> str:
        tables = self.library.tables
        return tables.setdefault(indices, f"places_{len(tables) + 1}")

    def _array(self, section: Section, adjoint: bool) -> str:
        return f"g{section.kind}" if adjoint and section.kind != "w" else section.kind

    def _pointer(self, section: Section, adjoint: bool = False) -> str | None:
        """The operands of instruction k as an array; None if they do not lie side by side."""
        if section.kind == CONSTANT:
            return None
        base, (_, step) = self._start(section, adjoint)
        if type(base) is str or (step != 1 and len(section.slots) > 1):
            return None
        return _sum(self._array(section, adjoint), ("k", section.step), offset=int(base))

    def _result(self, loop: Loop, adjoint: bool = False) -> str:
        start = self.places.place(loop.results[0])[1] + (self.places.shift if adjoint else 0)
        return f"w[{_sum(start, ('k', 1))}]"

    # ---- statements

    def forward(self, loop: Loop) -> list[str]:
        if loop.operation is not DOT:
            value = self.library.value(loop.operation, [self._operand(each) for each in loop.sections])
            return [f"{_for('k', len(loop.results))} {self._result(loop)} = {value};"]
        xs, ys, bias = loop.sections
        n = len(xs.slots)
        one, other = self._pointer(xs), self._pointer(ys)
        added = "" if self._is_zero(bias) else f" + {self._operand(bias)}"
        if one and other:
            dot = self.library.call("dot", n, one, other)
            return [f"{_for('k', len(loop.results))} {self._result(loop)} = {dot}{added};"]
        return [
            f"{_for('k', len(loop.results))} {{", "    real total = 0;",
            f"    {_for('i', n)} total += {self._operand(xs)} * {self._operand(ys)};",
            f"    {self._result(loop)} = total{added};", "}",
        ]

    def _is_zero(self, section: Section) -> bool:
        return section.kind == CONSTANT and self.places.name(section.slots[0]).strip("()-f") == "0.0"

    def reverse(self, loop: Loop) -> list[str]:
        lines = [f"const real a = {self._result(loop, adjoint=True)};"]
        if loop.operation is DOT:
            lines += self._reverse_of_dot(loop.sections)
        else:
            names, f = [self._operand(each) for each in loop.sections], self._result(loop)
            lines += [
                f"{self._operand(each, adjoint=True)} += "
                f"{self.library.contribution(loop.operation, k, 'a', *names, f)};"
                for k, each in enumerate(loop.sections) if each.is_wanted
            ]
        return [f"{_for('k', len(loop.results))} {{", *(f"    {line}" for line in lines), "}"]

    def _reverse_of_dot(self, sections: Sequence[Section]) -> list[str]:
        xs, ys, bias = sections
        lines = []
        for section, factors in ((xs, ys), (ys, xs)):
            if section.is_wanted:
                to, scaled = self._pointer(section, adjoint=True), self._pointer(factors)
                if to and scaled:
                    lines.append(self.library.call("add_scaled", len(xs.slots), "a", scaled, to) + ";")
                else:
                    adjoint = self._operand(section, adjoint=True)
                    lines.append(f"{_for('i', len(xs.slots))} {adjoint} += a * {self._operand(factors)};")
        if bias.is_wanted:
            lines.append(f"{self._operand(bias, adjoint=True)} += a;")
        return lines


def _for(name: str, count: int) -> str:
    return f"for (long {name} = 0; {name} < {count}; {name}++)"


def _sum(first: int | str, *multiples: tuple[str, int], offset: int = 0) -> str:
    """first + offset + the multiples of variables, as short as possible."""
    terms = [] if first == 0 else [str(first)]
    terms += [str(offset)] if offset else []
    terms += [name if factor == 1 else f"{factor} * {name}" for name, factor in multiples if factor]
    return " + ".join(terms) or "0"
