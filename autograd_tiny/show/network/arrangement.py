"""The places in a diagram: of the units, and of the lines that skip columns. Lengths are in inches."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from ..dot_language import points
from .units import Column, Line, Numbers, Place

NAME, NUMBER, HEADING = 10.0, 8.0, 10.0                         # sizes of type, in points
UNIT = 0.52                             # a unit's diameter
PITCH, WIDE_PITCH = 0.62, 0.9           # from a unit to the next below; if lines pass between units
GAP = 1.5                               # the least distance between two columns
ROOM = 0.12                             # beside a number in a unit
LANE = 0.07                             # between lines that pass above or below a column

Point: TypeAlias = tuple[float, float]


def inches(text: str, size: float) -> float:
    """The width of a text."""
    return points(text, size) / 72


class Arrangement:
    """The places of the units that are shown, and of the lines between them, in inches.

    Args:
        columns: The columns of units.
        lines: The weights between them.
        most: The largest number of units that are shown of a column; of more, those in the middle are left out.
        numbers: The numbers shown in the units.

    Attributes:
        rows: For each column its shown units, with None in the place of those left out.
        ys: The heights of these.
        at: The position (x, y) of each shown unit.
        gap: The distance between columns.
        width: That of a unit, which has room for its numbers.
        lanes: The corners of the lines that skip columns.
        top, bottom: The edges of the whole.
    """

    def __init__(self, columns: Sequence[Column], lines: Sequence[Line], most: int, numbers: Numbers) -> None:
        self.columns = columns
        self.rows = [_shown(len(column.units), most) for column in columns]
        shown = {(c, k) for c, row in enumerate(self.rows) for k in row if k is not None}
        self.lines = [line for line in lines if line.tail in shown and line.head in shown]
        self.skipping = [line for line in self.lines if line.head[0] - line.tail[0] > 1]
        self.width = self._width(shown, numbers)
        pitch = WIDE_PITCH if self.skipping else PITCH
        self.gap = self._gap(pitch)
        self.ys = [[pitch * ((len(row) - 1) / 2 - k) for k in range(len(row))] for row in self.rows]
        self.at: dict[Place, Point] = {
            (c, k): (c * self.gap, y)
            for c, row in enumerate(self.rows) for k, y in zip(row, self.ys[c], strict=True) if k is not None
        }
        self.lanes = self._lanes()
        rims = [y + half for row in self.ys for y in row for half in (UNIT / 2, -UNIT / 2)]
        passed = [y for lane in self.lanes.values() for _, y in lane]
        self.top, self.bottom = max(rims + passed) + 0.1, min(rims + passed) - 0.1

    def _width(self, shown: set[Place], numbers: Numbers) -> float:
        """Enough for the name and the bias of each unit; below a name, the circle is narrower."""
        widths = [UNIT]
        for c, k in shown:
            unit = self.columns[c].units[k]
            below = 1.3 if unit.caption else 1.0
            bias = inches(numbers.text(unit.bias), NUMBER) + ROOM if unit.bias is not None else 0.0
            widths += [1.2 * inches(unit.caption, NAME), below * bias]
        return max(widths)

    def _gap(self, pitch: float) -> float:
        """Between columns: wide enough for the headings, and for lines that aren't too steep."""
        tallest = pitch * max(map(len, self.rows))
        widest = max(inches(text, HEADING) for c in range(len(self.columns)) for text in self.heading(c))
        return max(GAP, self.width + 0.9, 0.24 * tallest, widest + 0.2)

    def heading(self, c: int) -> list[str]:
        """The lines of a column's heading, with the number of units that are shown if that is not all."""
        column, shown = self.columns[c], sum(k is not None for k in self.rows[c])
        return column.heading + ([f"{shown} of them shown"] if shown < len(column.units) else [])

    def _lanes(self) -> dict[Line, list[Point]]:
        """For each line that skips columns, the corners where it passes them.

        Within a gap the lines keep the order in which straight ones would pass, so that few cross.
        """
        corners: dict[Line, list[Point]] = {line: [] for line in self.skipping}
        for (c, k), passing in sorted(self._passing().items()):
            for y, (_, number) in zip(self._spread(c, k, len(passing)), sorted(passing), strict=True):
                x, reach = c * self.gap, self.width / 2
                corners[self.skipping[number]] += [(x - reach, y), (x + reach, y)]
        return corners

    def _passing(self) -> dict[Place, list[tuple[float, int]]]:
        """The lines in each gap of each column, with the heights at which straight ones would pass.

        A line takes the nearest gap, and of several the one with the fewest lines.
        """
        gaps: dict[Place, list[tuple[float, int]]] = defaultdict(list)
        for number, line in enumerate(self.skipping):
            (x0, y0), (x1, y1) = self.at[line.tail], self.at[line.head]
            for c in range(line.tail[0] + 1, line.head[0]):
                straight = y0 + (y1 - y0) * (c * self.gap - x0) / (x1 - x0)
                away = [round(abs(middle - straight), 6) for middle in self._middles(c)]
                nearest = min((distance, len(gaps[c, k]), k) for k, distance in enumerate(away))
                gaps[c, nearest[-1]].append((straight, number))
        return gaps

    def _middles(self, c: int) -> list[float]:
        """The middles of the gaps of a column: above it, between its units from the top, below it."""
        ys = self.ys[c]
        away = UNIT / 2 + 2 * LANE
        return [ys[0] + away, *((a + b) / 2 for a, b in pairwise(ys)), ys[-1] - away]

    def _spread(self, c: int, k: int, count: int) -> list[float]:
        """The heights of the lanes in one gap, from the lowest."""
        ys, edge = self.ys[c], UNIT / 2 + LANE
        if k == 0:
            return [ys[0] + edge + LANE * i for i in range(count)]
        if k == len(ys):
            return [ys[-1] - edge - LANE * (count - 1 - i) for i in range(count)]
        low, high = ys[k] + UNIT / 2, ys[k - 1] - UNIT / 2
        return [low + (high - low) * (i + 1) / (count + 1) for i in range(count)]


def _shown(count: int, most: int) -> list[int | None]:
    """The units of a column that are shown, from the top; None stands for the others."""
    if count <= most:
        return list(range(count))
    first, last = max(1, most // 4), most // 4
    return [*range(first), None, *range(count - last, count)]
