"""Tables in Markdown, with numbers of three digits."""
from __future__ import annotations

from collections.abc import Sequence

Row = list[object]


def table(head: Sequence[str], rows: Sequence[Row]) -> str:
    """A table in Markdown. A row that is too short is filled up."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    lines += [[*map(shown, row), *[""] * (len(head) - len(row))] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(x: object) -> str:
    """A float with three digits, an int with commas between the thousands, anything else as it is."""
    if isinstance(x, float):
        return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.2f}" if abs(x) < 10 else f"{x:.1f}"
    return f"{x:,}" if isinstance(x, int) else str(x)


def at_least(target: float, measured: float) -> str:
    return f"{shown(measured)} (≥ {target:g}: {'yes' if measured >= target else 'NO'})"


def at_most(target: float, measured: float) -> str:
    return f"{shown(measured)} (≤ {target:g}: {'yes' if measured <= target else 'NO'})"
