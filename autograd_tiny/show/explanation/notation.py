"""The names and the numbers of the Values in an explanation, and the formulas that are written with them."""
from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import count
from math import isclose

from ...engine.value import Value
from ..formulas import Formulas
from ..names import names_of, readable
from ..typesetting import DIGITS, MULTIPLIED, Formula, name
from .inlining import is_inlinable

MAX_INLINED_LENGTH, MAX_INLINED_DEPTH = 28, 3       # characters and levels of a result that is written out


def names_with(order: Sequence[Value], leaf: Value) -> dict[Value, str]:
    """The names of all Values; the leaf has one in any case: x, x1, x2, … without a label."""
    names = names_of(order)
    if not names[leaf]:
        taken = set(names.values())
        names[leaf] = next(x for i in count() if (x := f"x{i or ''}") not in taken)
    return names


class Notation:
    """The names and the current numbers of all Values, and symbols and formulas with them.

    Attributes:
        digits: The significant digits of numbers.
        on_paths: The Values that are stations of a path; other unnamed arithmetic is inlined, if it is short.
        numbers: The number of each Value.
        names: The name of each Value; "" for a leaf without a label.
        formulas: Formulas in these names.
    """

    def __init__(self, order: Sequence[Value], leaf: Value, on_paths: Set[Value], digits: int) -> None:
        self.digits = digits
        self.on_paths = on_paths
        self.numbers = {value: value.data for value in order}
        self.names = names_with(order, leaf)
        self.formulas = _InliningFormulas(self)

    def name_or_number(self, x: Value | float) -> str:
        """The name of an operand, or the number of one without a name."""
        return self.names[x] or self.number(self.numbers[x]) if isinstance(x, Value) else self.number(x)

    def number(self, x: float) -> str:
        return readable(x, self.digits)

    def named(self, value: Value) -> Formula:
        """Its name, in brackets if that looks like a formula."""
        return name(self.name_or_number(value)).within(MULTIPLIED)

    def derivative(self, result: Value, operand: Value, sign: str = "∂") -> Formula:
        """The symbol ∂f/∂x."""
        f, x = self.named(result), self.named(operand)
        index = f"_{{{sign[1:].translate(DIGITS)}}}" if sign[1:] else ""
        latex = rf"\frac{{\partial{index} {f.latex}}}{{\partial {x.latex}}}"
        return Formula(f"{sign}{f.text}/∂{x.text}", latex)

    def definition(self, value: Value) -> str:
        """x = a + b = 2. It is "≈ 1" of tanh(9): with "= 1" the 1 − f² in a formula would be 0."""
        x = self.numbers[value]
        number = self.number(x)
        is_short_integer = number.lstrip("−").isdigit() and len(number.lstrip("−")) < self.digits
        equals = "=" if not is_short_integer or isclose(x, round(x), rel_tol=1e-14) else "≈"
        return f"{self.name_or_number(value)} = {self.formulas.value(value).text} {equals} {number}"


class _InliningFormulas(Formulas):
    """Formulas in which short arithmetic without a name of its own is written out.

    Attributes:
        inlined: The formula of each unnamed result met so far, or its name if that formula is long.
    """

    def __init__(self, notation: Notation) -> None:
        super().__init__(notation.name_or_number)
        self.notation = notation
        self.inlined: dict[Value, Formula] = {}
        self.depth = 0

    def data_of(self, x: Value) -> float:
        return self.notation.numbers[x]

    def operand(self, x: Value | float) -> Formula:
        if type(x) is not Value:
            return super().operand(x)
        if not self.notation.names[x]:
            return self.number(self.notation.numbers[x])
        if not is_inlinable(x) or x in self.notation.on_paths:
            return super().operand(x)
        if x not in self.inlined:
            self.inlined[x] = self.written_out(x)
        return self.inlined[x]

    def written_out(self, x: Value) -> Formula:
        if self.depth < MAX_INLINED_DEPTH:
            self.depth += 1
            formula = self.value(x)
            self.depth -= 1
            if len(formula.text) <= MAX_INLINED_LENGTH:
                return formula
        return super().operand(x)
