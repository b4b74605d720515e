"""Lines, columns and tables of text for a terminal, and their counterparts in HTML for a notebook."""
from __future__ import annotations

import html
from collections.abc import Sequence
from textwrap import fill

from ..boundary.text import aligned
from .wording import with_commas

WIDTH = 100                             # columns of text
BLUE, RED = "#2f6fd6", "#d0453f"        # legible on light and on dark; those of theme.py suit one each


# ---- text

def wrapped(text: str) -> str:
    """A sentence in lines of text; a number or a name stays in one piece."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def truncated(line: str, width: int) -> str:
    """A line that ends in "…" if it would be longer than width."""
    return line if len(line) <= width else f"{line[:width - 1]}…"


def ellipsis(n: int) -> str:
    """The text for n parts that are left out."""
    return f"… {with_commas(n)} more …"


def elided(parts: Sequence[str], sign: str, width: int, hidden: int = 0) -> str:
    """The parts with a sign between them, within the width: those in the middle give way to "… 5 more …".

    If `hidden` is not 0, one of the parts is the ellipsis for that many already.
    """
    text, middle = sign.join(parts), parts.index(ellipsis(hidden)) if hidden else len(parts) // 2
    first, last = [*parts[:middle]], [*parts[middle + bool(hidden) :]]
    while len(text) > width and len(first) + len(last) > 2:
        if len(first) >= len(last):
            first.pop()
        else:
            del last[0]
        hidden += 1
        text = sign.join([*first, ellipsis(hidden), *last])
    return truncated(text, width)


def wrapped_parts(parts: Sequence[str], sign: str, width: int) -> list[str]:
    """The parts with a sign between them, over as many lines as they need; a part stays in one piece."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(sign) + len(part) <= width:
            lines[-1] += sign + part
        else:
            lines.append(f"{sign.lstrip()}{part}")
    return [truncated(line, width) for line in lines]


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows with their cells below one another."""
    return [f"  {line}" for line in aligned(rows, gap="   ")]


# ---- HTML

def coloured(number: str, colour: str) -> str:
    return f'<span style="color: {colour}">{html.escape(number)}</span>'


def fragment(title: str, tables: Sequence[Sequence[Sequence[str]]], remark: str) -> str:
    """A piece of HTML that takes the colour of the text around it, on any background.

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
