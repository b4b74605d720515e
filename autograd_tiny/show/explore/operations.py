"""Which operations the page of a graph has to know."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ...calculus.javascript_rows import ROWS
from ...engine.custom import FormulaOperation
from ...engine.value import Value


def operations_of(values: Iterable[Value]) -> set[str]:
    """The names of the operations in a graph, but for those of users, and of those that formulas in it call."""
    found: set[str] = set()
    operations = {value.operation for value in values if value.operands}
    own = {operation for operation in operations if isinstance(operation, FormulaOperation)}
    left = {operation.name for operation in operations - own}.union(*(_called(*each.texts) for each in own))
    while left:
        found |= left
        left = {each for name in left for each in _called(*ROWS[name].derivatives)} - found
    return found | {"pow"}              # which row_formulas.js evaluates


def _called(*formulas: str) -> set[str]:
    """The operations that formulas call."""
    return {word for text in formulas for word in re.findall(r"\w+", text)} & ROWS.keys()
