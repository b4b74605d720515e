"""diagnose(value): where the first nan or infinity of a graph appears, with its operands and its line of code.

debug/nonfinite.py finds the place; here it is described in full, as text and as HTML.
"""
from __future__ import annotations

import html
from math import isfinite

from ...boundary.text import one_line, printable
from ...debug.nonfinite import Origin, find_origin
from ...engine.graph import topological_order
from ...engine.value import Value
from ..formulas import local_derivative_formula, value_formula
from ..names import names_of, plain, readable
from ..text_layout import fragment, in_columns

DIGITS = 4
MAX_OPERANDS = 8        # in the table; those that are not finite come first
HEADS = "operand", "value", "made by", "in", "line"


class OriginReport:
    """Where the values, or else the gradients, of a graph stop being finite. A notebook shows it as a table.

    Attributes:
        origin: The place; None if all values and gradients are finite.
        values: The number of values in the graph.
        wrong: How many of them are nan or infinite.
    """

    def __init__(self, output: Value) -> None:
        nodes = topological_order(output)
        self.origin: Origin | None = find_origin(output)
        self.values = len(nodes)
        self.wrong = sum(not isfinite(node.data) for node in nodes)
        self._names = names_of(nodes)

    def lines(self) -> list[str]:
        """The report without the table of operands, line by line."""
        if self.origin is None:
            if self.values == 1:
                return ["It is finite, and so is its gradient."]
            return [f"All {self.values:,} values, and their gradients, are finite."]
        node = self.origin.node
        lines = self._value_lines(node) if self.origin.gradient is None else self._gradient_lines(self.origin)
        lines += [f"in {plain(node.scope)}" if node.scope else "outside of all modules"]
        lines += [f"at {one_line(node.made_at)}"] if node.made_at else []
        if self.origin.gradient is None and self.wrong > 1:
            lines += [f"{self.wrong - 1:,} of the {self.values - 1:,} other values are nan or infinite, too"]
        if not node.made_at:
            lines += ["(inside detect_anomaly() the line of code would stand here)"]
        return lines

    def _value_lines(self, node: Value) -> list[str]:
        leaf = "" if node.operands else ", a leaf"
        return [f"{_number(node.data)} was born here: {self._equation(node)}{leaf}"]

    def _gradient_lines(self, origin: Origin) -> list[str]:
        node, name = origin.node, self._name(origin.node)
        assert origin.gradient is not None
        arriving = _number(origin.gradient)
        if origin.operand_index is None:
            return [f"A gradient stops being finite: {name} gets {arriving} in all", self._equation(node)]
        operand = self._name(node.operands[origin.operand_index])
        formula = local_derivative_formula(node, origin.operand_index, self._name)
        local_grad = _number(node.local_grads[origin.operand_index])
        return [
            f"A gradient stops being finite at ∂{name}/∂{operand} = {formula} = {local_grad}",
            f"{arriving} arrives at {name}, and times {local_grad} goes on to {operand}",
            self._equation(node),
        ]

    def operands(self) -> list[tuple[str, ...]]:
        """The table of the operands that the number was computed from: a row for each, with the columns of HEADS."""
        if self.origin is None:
            return []
        operands = sorted(self.origin.node.operands, key=lambda x: isfinite(_float(x)))
        rows = [self._operand_row(x) for x in operands[:MAX_OPERANDS]]
        more = len(operands) - len(rows)
        return rows + ([(f"… {more:,} more", "", "", "", "")] if more > 0 else [])

    def _operand_row(self, x: Value | float) -> tuple[str, ...]:
        if not isinstance(x, Value):
            return _number(x), _number(x), "a constant", "", ""
        made_by = value_formula(x, self._name) or "a leaf"
        return self._name(x), _number(x.data), made_by, plain(x.scope), one_line(x.made_at)

    def _table(self) -> list[tuple[str, ...]]:
        """The heads and the rows, without empty columns."""
        columns = [column for column in zip(HEADS, *self.operands(), strict=True) if any(column[1:])]
        return [*zip(*columns, strict=True)]

    def _name(self, x: Value | float) -> str:
        return (self._names[x] or _number(x.data)) if isinstance(x, Value) else _number(x)

    def _equation(self, node: Value) -> str:
        formula = value_formula(node, self._name)
        return " = ".join(filter(None, (self._name(node), formula, _number(node.data))))

    def __str__(self) -> str:
        head, *rest = self.lines()
        return printable("\n".join([head, *(f"  {line}" for line in rest), *in_columns(self._table())]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rest = map(html.escape, self.lines())
        rows = [[*map(html.escape, row)] for row in self._table()]
        return fragment(head, [[[line] for line in rest], rows], "")


def _number(x: float) -> str:
    return readable(x, DIGITS)


def _float(x: Value | float) -> float:
    return x.data if isinstance(x, Value) else x
