"""Which operations the page of a graph has to know."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ...calculus.javascript_rows import ROWS
from ...engine.value import Value


def operations_of(values: Iterable[Value]) -> set[str]:
    """The names of the operations in a graph, and of those that the formulas of their derivatives call."""
    found: set[str] = set()
    left = {value.operation.name for value in values if value.operands}
    while left:
        found |= left
        called = {word for name in left for text in ROWS[name].derivatives for word in re.findall(r"\w+", text)}
        left = (called & ROWS.keys()) - found
    return found | {"pow"}              # which row_formulas.js evaluates
