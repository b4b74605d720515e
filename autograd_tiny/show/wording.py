"""Words and numbers of explanations: counts, lines and columns of text, HTML for notebooks."""
from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import zip_longest
from math import fsum, isfinite, nan
from textwrap import fill
from typing import TypeAlias

from .paths import PowerOfTen

WIDTH = 100                             # columns of text
BLUE, RED = "#2f6fd6", "#d0453f"        # a notebook's ground is unknown, and those of theme.py suit one each
Count: TypeAlias = "int | PowerOfTen"


def counted(n: Count, what: str) -> str:
    """1 path, 2 paths, 1,000 paths."""
    if n == 1:
        return f"1 {what}"
    return f"{grouped(n)} {what[:-1] + 'ves' if what.endswith('leaf') else what + 's'}"


def grouped(n: Count) -> str:
    """A number of paths, its digits in threes."""
    return f"{n:,}" if isinstance(n, int) and n < 10**60 else str(n)


def total(numbers: Sequence[float]) -> float:
    """Their sum; nan if it isn't a finite number."""
    try:
        found = fsum(numbers)
    except (OverflowError, ValueError):         # ValueError: ∞ − ∞
        return nan
    return found if isfinite(found) else nan


# ---- text

def wrapped(text: str) -> str:
    """A sentence in lines of text; a number or a name stays in one piece."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def left_out(n: int) -> str:
    """What stands for n parts that are not shown."""
    return f"… {grouped(n)} more …"


def cut(parts: Sequence[str], sign: str, width: int, hidden: int = 0) -> str:
    """The parts with a sign between them, in the width: those in the middle give way to "… 5 more …".

    hidden: for how many one of the parts stands already.
    """
    text, middle = sign.join(parts), parts.index(left_out(hidden)) if hidden else len(parts) // 2
    first, last = [*parts[:middle]], [*parts[middle + bool(hidden) :]]
    while len(text) > width and len(first) + len(last) > 2:
        if len(first) >= len(last):
            first.pop()
        else:
            del last[0]
        hidden += 1
        text = sign.join([*first, left_out(hidden), *last])
    return text if len(text) <= width else f"{text[:width - 1]}…"


def in_lines(parts: Sequence[str], sign: str, width: int) -> list[str]:
    """The parts with a sign between them, over as many lines as they need; a part stays in one piece."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(sign) + len(part) <= width:
            lines[-1] += sign + part
        else:
            lines.append(f"{sign.lstrip()}{part}")
    return [line if len(line) <= width else f"{line[:width - 1]}…" for line in lines]


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows with their cells below one another."""
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    return [
        "  " + "   ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]


# ---- HTML

def coloured(number: str, colour: str) -> str:
    return f'<span style="color: {colour}">{html.escape(number)}</span>'


def fragment(title: str, tables: Sequence[Sequence[Sequence[str]]], remark: str) -> str:
    """A piece of HTML that takes the colour of the text around it, on whatever ground.

    title and tables are HTML already, the remark is text.
    """
    cell = 'style="text-align: left; padding: 0.1em 0.8em 0.1em 0; border: 0; white-space: nowrap"'
    parts = [f'<p style="margin: 0 0 0.5em"><b>{title}</b></p>']
    for rows in filter(None, tables):
        lines = "\n".join(
            '<tr style="background: transparent">' + "".join(f"<td {cell}>{x}</td>" for x in row) + "</tr>"
            for row in rows
        )
        style = 'style="border-collapse: collapse; margin: 0 0 0.7em; color: inherit"'
        parts.append(f"<table {style}>\n{lines}\n</table>")
    if remark:
        parts.append(f'<p style="margin: 0">{html.escape(remark)}</p>')
    style = 'style="color: inherit; line-height: 1.5; overflow-x: auto"'
    return "\n".join([f"<div {style}>", *parts, "</div>"])
