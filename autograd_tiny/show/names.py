"""The names of Values in pictures and explanations, and the notation of numbers."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count

from ..boundary.text import shortened
from ..engine.value import Value
from ..expression import subscripted

LONGEST_LABEL = 32                                                      # characters


def names_of(values: Iterable[Value]) -> dict[Value, str]:
    """The name of each Value: its label; v1, v2, … for results without one; "" for leaves without one.

    The values are in topological order. The second of two with the label w is called w₂.
    """
    names: dict[Value, str] = {}
    taken: dict[str, int] = {}
    for value in values:
        label = plain(value.label)
        taken[label] = taken.get(label, 0) + 1
        names[value] = subscripted(label, taken[label]) if label and taken[label] > 1 else label
    taken |= dict.fromkeys(names.values(), 1)
    fresh = (name for i in count(1) if (name := f"v{i}") not in taken)
    return {value: name or (next(fresh) if value.operands else "") for value, name in names.items()}


def partials(result: Value) -> list[str]:
    """The symbol of each local derivative: "∂", or "∂₁", "∂₂", … where an operand is used more than once."""
    places = Counter(map(id, result.operands))
    return [subscripted("∂", k) if places[id(x)] > 1 else "∂" for k, x in enumerate(result.operands, 1)]


def readable(x: float, digits: int) -> str:
    """A number with so many significant digits, but all before the decimal point: 14, 24704, 1.2e−05, −inf."""
    before_the_point = len(f"{abs(x):.0f}") if abs(x) < 1e6 else 0
    return f"{x + 0.0:.{max(digits, before_the_point)}g}".replace("-", "−")       # + 0.0 makes 0 of -0.0


def plain(label: object) -> str:
    """A label on one line, cut in the middle if it is long."""
    return shortened(label, LONGEST_LABEL)
