"""Where a nan or an infinity was born in a graph: the number, what it was made from, the line of code."""
from __future__ import annotations

import html
from math import isfinite

from ...debug.nonfinite import Origin, origin_of
from ...engine.graph import topological_order
from ...engine.value import Value
from ..formulas import slope_formula, value_formula
from ..names import names_of, on_one_line, plain, readable
from ..wording import fragment, in_columns

DIGITS = 4
MOST = 8                # operands that are shown: the ones to blame come first
HEADS = "operand", "value", "made by", "in", "line"


class OriginReport:
    """Where the numbers of a graph stop being finite. It prints itself; in a notebook it is a table.

    origin: the place, None if all values and gradients are finite. values: how many there are, and wrong: how
    many of them are nan or infinite.
    """

    def __init__(self, output: Value) -> None:
        nodes = topological_order(output)
        self.origin: Origin | None = origin_of(output)
        self.values = len(nodes)
        self.wrong = sum(not isfinite(node.data) for node in nodes)
        self._output = output
        self._names = names_of(nodes)

    def _said(self, x: Value | float) -> str:
        return (self._names[x] or _number(x.data)) if isinstance(x, Value) else _number(x)

    def lines(self) -> list[str]:
        """What there is to say, beside the operands."""
        origin = self.origin
        if origin is None:
            if self.values == 1:
                return ["It is finite, and so is its gradient."]
            return [f"All {self.values:,} values, and their gradients, are finite."]
        node = origin.node
        name, formula = self._said(node), value_formula(node, self._said)
        made = f"{name} = {formula} = {_number(node.data)}" if formula else f"{name} = {_number(node.data)}"
        if origin.gradient is None:
            said = [f"{_number(node.data)} was born here: {made}" + ("" if formula else ", a leaf")]
        elif origin.place is None:
            said = [f"A gradient stops being finite: {name} gets {_number(origin.gradient)} in all", made]
        else:
            operand, slope = node.operands[origin.place], node.local_grads[origin.place]
            factor = f"∂{name}/∂{self._said(operand)}"
            said = [
                f"A gradient stops being finite at {factor} = "
                f"{slope_formula(node, origin.place, self._said)} = {_number(slope)}",
                f"{_number(origin.gradient)} arrives at {name}, and times {_number(slope)} goes on to "
                f"{self._said(operand)}",
                made,
            ]
        said += [f"in {plain(node.scope)}" if node.scope else "outside of all modules"]
        said += [f"at {on_one_line(node.made_at)}"] if node.made_at else []
        if origin.gradient is None and self.wrong > 1:
            said += [f"{self.wrong - 1:,} of the {self.values - 1:,} other values are nan or infinite, too"]
        if not node.made_at:
            said += ["(inside detect_anomaly() the line of code would stand here)"]
        return said

    def operands(self) -> list[tuple[str, ...]]:
        """A row for each operand of the place: see HEADS."""
        if self.origin is None:
            return []
        blamed = sorted(self.origin.node.operands, key=lambda x: isfinite(_float(x)))
        rows: list[tuple[str, ...]] = []
        for x in blamed[:MOST]:
            if isinstance(x, Value):
                made = value_formula(x, self._said) or "a leaf"
                rows.append((self._said(x), _number(x.data), made, plain(x.scope), on_one_line(x.made_at)))
            else:
                rows.append((_number(x), _number(x), "a constant", "", ""))
        more = len(blamed) - len(rows)
        return rows + ([(f"… {more:,} more", "", "", "", "")] if more > 0 else [])

    def _table(self) -> list[tuple[str, ...]]:
        """The operands below their heads, without columns that say nothing."""
        rows = self.operands()
        columns = [column for column in zip(HEADS, *rows, strict=True) if any(column[1:])]
        return [*zip(*columns, strict=True)]

    def __str__(self) -> str:
        head, *rest = self.lines()
        return "\n".join([head, *(f"  {line}" for line in rest), *in_columns(self._table())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rest = map(html.escape, self.lines())
        rows = [[*map(html.escape, row)] for row in self._table()]
        return fragment(head, [[[line] for line in rest], rows], "")


def _number(x: float) -> str:
    return readable(x, DIGITS)


def _float(x: Value | float) -> float:
    return x.data if isinstance(x, Value) else x
