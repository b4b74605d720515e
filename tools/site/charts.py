"""Pictures of measurements, from the tables that stand in the pages: how many times as fast, on a logarithmic scale.

A chart is a list whose bars are SVG, in percent of its width: the text keeps its size on a phone.
"""
from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from itertools import groupby

from repository import ROOT

TABLE = re.compile(r"^\| what \| [^\n|]* \| peer \| times as fast \|\n\|[-:| ]+\|\n((?:\|.*\n?)+)", re.M)
FEW = 3                                                 # ticks of an axis that are not too few
LONG = 1e4                                              # the last tick of an axis that is long


@dataclass(frozen=True)
class Row:
    """A comparison with a peer."""

    what: str
    ours: str
    peer: str
    times: float


def rows_of(table: str) -> list[Row]:
    """The rows of a table that have a ratio."""
    found: list[Row] = []
    what = ""
    for line in table.strip().splitlines():
        first, ours, peer, times = (cell.strip() for cell in line.strip().strip("|").split("|"))
        what = what if first == "…" else first
        if times:
            found.append(Row(what, ours, peer, float(times.replace(",", ""))))
    return found


class Scale:
    """A logarithmic axis for these ratios: 1 is on it, and there is room for a label behind the longest bar."""

    def __init__(self, ratios: list[float]) -> None:
        low, high = math.log10(min(1.0, *ratios)), math.log10(max(1.0, *ratios))
        width = max(high - low, 0.5)
        self.low, self.high = low - (0.08 * width if low < 0 else 0), high + 0.25 * width

    def __call__(self, ratio: float) -> float:
        """The place of a ratio in percent."""
        return 100 * (math.log10(ratio) - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[float]:
        """Powers of ten, and numbers between them where there would be few."""
        powers = [10.0**k for k in range(math.floor(self.low), math.ceil(self.high) + 1)]
        for steps in ((1,), (1, 3), (1, 2, 5)):
            ticks = [step * power for power in powers for step in steps if 0 <= self(step * power) <= 96]
            if len(ticks) > FEW:
                break
        return ticks

    @property
    def labels(self) -> list[float]:
        """The ticks that have a label: every second one of a long axis, whose numbers would meet on a phone."""
        ticks = self.ticks
        return [tick for tick in ticks if max(ticks) < LONG or round(math.log10(tick)) % 2 == 0]


def number(ratio: float) -> str:
    """A ratio as the tables have it."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"


def chart(rows: list[Row], caption: str) -> str:
    """A chart as HTML, without line breaks: Markdown leaves it alone."""
    scale = Scale([row.times for row in rows])
    items = "".join(
        f'<li><p class="what">{_code(what)}</p><ul>{"".join(_bar(row, scale) for row in group)}</ul></li>'
        for what, group in groupby(rows, lambda row: row.what)
    )
    ticks = "".join(
        f'<text x="{scale(tick):.2f}%" y="12">{number(tick)}</text>' for tick in scale.labels
    )
    axis = f'<div class="axis" aria-hidden="true"><span></span><svg width="100%" height="16">{ticks}</svg></div>'
    return (
        f'<figure class="chart"><figcaption>{caption}</figcaption><ul class="groups">{items}</ul>{axis}</figure>'
    )


def _bar(row: Row, scale: Scale) -> str:
    one, end = scale(1), scale(row.times)
    left, width = min(one, end), abs(end - one)
    kind = "faster" if row.times >= 1 else "slower"
    lines = "".join(f'<line class="grid" x1="{scale(tick):.2f}%" x2="{scale(tick):.2f}%" y1="0" y2="100%"/>'
                    for tick in scale.ticks if tick != 1)
    label = f'<text x="{max(one, end):.2f}%" dx="6" y="16">{number(row.times)}×</text>'
    bar = f'<rect class="{kind}" x="{left:.2f}%" width="{max(width, 0.3):.2f}%" y="3" height="16" rx="2"/>'
    unit = f'<line class="one" x1="{one:.2f}%" x2="{one:.2f}%" y1="0" y2="100%"/>'
    peer, time = _split(row.peer)
    said = f"{row.ours}, against {peer} {time}: {number(row.times)} times as fast"
    return (
        f'<li><span class="peer">{html.escape(peer)}</span>'
        f'<svg width="100%" height="22" role="img" aria-label="{html.escape(said)}"><title>{html.escape(said)}</title>'
        f"{lines}{bar}{unit}{label}</svg></li>"
    )


def _split(peer: str) -> tuple[str, str]:
    """The name of a peer and its time: "JAX, compiled", "29.7 µs"."""
    found = re.fullmatch(r"(.*?) ([\d.,]+ \w+)", peer)
    return (found[1], found[2]) if found else (peer, "")


def _code(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))


CAPTION = "Times as fast as …, on a logarithmic scale: bars to the right of 1 are faster than the peer."


def with_charts(markdown: str) -> str:
    """A page with a chart before each table of comparisons that has at least two ratios."""
    def add(found: re.Match[str]) -> str:
        rows = rows_of(found[1])
        return f"{chart(rows, CAPTION)}\n\n{found[0]}" if len(rows) > 1 else found[0]

    return TABLE.sub(add, markdown)


def summary() -> str:
    """The chart of the README's table."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = TABLE.search(readme)
    assert found, "README.md has no table of speed"
    return chart(rows_of(found[1]), CAPTION)
