"""What an explanation calls the Values of a graph, and which of them it writes out instead."""
from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import count
from math import isclose

from ...calculus.operations import ADD, DIV, MEAN, MUL, NEG, POW, PROD, SUB, SUM
from ...engine.outdated import first_outdated
from ...engine.value import Value
from ..formulas import DIGITS, MULTIPLIED, Formula, Formulas, name
from ..names import names_of, readable

LONGEST_STEP, DEEPEST_STEP = 28, 3      # characters and levels of a result that is written out
MOST_CHANGED = 3                        # that are named, of those that may have changed
ARITHMETIC = {ADD, SUB, MUL, DIV, POW, NEG, SUM, MEAN, PROD}


def is_step(value: Value) -> bool:
    """Whether it is a result without a name, of no more than a step of arithmetic."""
    return not value.label and value.operation in ARITHMETIC


def names_with(order: Sequence[Value], leaf: Value) -> dict[Value, str]:
    """The names of all, and of a leaf in any case: x, x1, x2, … if it has no label."""
    names = names_of(order)
    if not names[leaf]:
        taken = set(names.values())
        names[leaf] = next(x for i in count() if (x := f"x{i or ''}") not in taken)
    return names


def said_of_changes(order: Sequence[Value], names: Mapping[Value, str], old: str) -> str:
    """That a number has changed since the forward pass, and which numbers are still of that; or ""."""
    node = first_outdated(order)
    if node is None:
        return ""
    return (
        f"{_changed(node, names)} has changed since {names[node]} was computed: {old} those of the forward "
        f"pass; compute {names[order[-1]]} again."
    )


def _changed(node: Value, names: Mapping[Value, str]) -> str:
    """The numbers that may have changed, of the first node that doesn't fit its operands."""
    at_hand = dict.fromkeys(x for x in node.operands if type(x) is Value and not x.operands)
    if len(at_hand) > MOST_CHANGED:
        return f".data of an operand of {names[node]}"
    suspects = [*at_hand] or [node]             # results among the operands fit theirs
    return " or ".join(f"{names[x]}.data" if names[x] else "a leaf without a label" for x in suspects)


class Telling:
    """The names and the numbers of all Values, as they are now, and what is said with them.

    order: the Values of a graph. leaf: one that has a name in any case. shown: those that have a place on a
    path. formulas: in which the other steps of arithmetic are written out, if they are short.
    """

    def __init__(self, order: Sequence[Value], leaf: Value, shown: Set[Value], digits: int) -> None:
        self.digits = digits
        self.shown = shown
        self.numbers = {value: value.data for value in order}
        self.names = names_with(order, leaf)
        self.formulas = _WithSteps(self)

    def said(self, x: Value | float) -> str:
        """What a formula calls an operand."""
        return self.names[x] or self.number(self.numbers[x]) if isinstance(x, Value) else self.number(x)

    def number(self, x: float) -> str:
        return readable(x, self.digits)

    def named(self, value: Value) -> Formula:
        """Its name, in brackets if that looks like a formula."""
        return name(self.said(value)).within(MULTIPLIED)

    def symbol(self, result: Value, operand: Value, sign: str = "∂") -> Formula:
        """∂f/∂x."""
        f, x = self.named(result), self.named(operand)
        index = f"_{{{sign[1:].translate(DIGITS)}}}" if sign[1:] else ""
        latex = rf"\frac{{\partial{index} {f.latex}}}{{\partial {x.latex}}}"
        return Formula(f"{sign}{f.text}/∂{x.text}", latex)

    def definition(self, value: Value) -> str:
        """x = a + b = 2. It is "≈ 1" of tanh(9): with "= 1" the 1 − f² in a formula would be 0."""
        x = self.numbers[value]
        number = self.number(x)
        short = number.lstrip("−").isdigit() and len(number.lstrip("−")) < self.digits
        equals = "=" if not short or isclose(x, round(x), rel_tol=1e-14) else "≈"
        return f"{self.said(value)} = {self.formulas.value(value).text} {equals} {number}"


class _WithSteps(Formulas):
    """Formulas in which short steps of arithmetic that have no name of their own are written out.

    written: what stands for each step that was met, its formula or its name.
    """

    def __init__(self, telling: Telling) -> None:
        super().__init__(telling.said)
        self.telling = telling
        self.written: dict[Value, Formula] = {}
        self.depth = 0

    def operand(self, x: Value | float) -> Formula:
        if type(x) is not Value:
            return super().operand(x)
        if not self.telling.names[x]:
            return self.number(self.telling.numbers[x])
        if not is_step(x) or x in self.telling.shown:
            return super().operand(x)
        if x not in self.written:
            self.written[x] = self.step(x)
        return self.written[x]

    def step(self, x: Value) -> Formula:
        if self.depth < DEEPEST_STEP:
            self.depth += 1
            formula = self.value(x)
            self.depth -= 1
            if len(formula.text) <= LONGEST_STEP:
                return formula
        return super().operand(x)
