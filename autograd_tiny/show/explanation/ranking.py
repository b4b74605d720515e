"""The leaves of a graph by what they do to its output."""
from __future__ import annotations

import html
from typing import NamedTuple

from ...engine.gradients import gradients
from ...engine.graph import leaves, topological_order
from ...engine.value import Value
from ..formulas import MULTIPLIED, name
from ..names import names_of, readable
from ..paths import PowerOfTen, by_size, count_paths
from ..wording import BLUE, RED, Count, coloured, counted, fragment, grouped, total, wrapped
from .telling import said_of_changes

HEADS = ("leaf", "value", "gradient", "gradient·value", "paths", "share")
LARGEST_COUNT = 10**15                  # that has all its digits in the table
MOST_NAMES = 8                          # of leaves to which no path leads
BAR = 20                                # characters


class Influence(NamedTuple):
    """What a leaf does to an output: its gradient, the number of paths, its share of all |gradients|."""

    name: str
    leaf: Value
    value: float
    gradient: float
    paths: Count
    share: float


class Ranking:
    """The leaves of an output by influence, the largest |∂output/∂leaf| first. It prints itself.

    output: the Value. leaves: an Influence for each of the first few. others: how many there are beside them;
    constant: how many have requires_grad=False; unreached: those to which no path leads.
    """

    def __init__(self, output: Value, most: int, digits: int) -> None:
        self.output, self.digits = output, digits
        order = topological_order(output)
        self._names, self._value = names_of(order), output.data
        self.name = self._names[output] or readable(output.data, digits)
        every, counts = leaves(output), count_paths(output)
        self._names |= {x: self._names[x] or f"leaf {i}" for i, x in enumerate(every, 1)}
        wanted = [leaf for leaf in every if leaf.requires_grad]
        self.constant = len(every) - len(wanted)
        self.unreached = [leaf for leaf in wanted if leaf not in counts]
        reached = [leaf for leaf in wanted if leaf in counts]
        if not output.requires_grad or not reached:
            raise ValueError(
                f"{self.name} depends on no leaf that requires a gradient: it was computed under no_grad(), "
                "or from constants only"
            )
        found: tuple[float, ...] = gradients(output, reached)
        sizes = total([*map(abs, found)])
        ranked = sorted(zip(reached, found, strict=True), key=lambda pair: by_size(pair[1]))
        self.leaves = [
            Influence(
                self._names[leaf], leaf, leaf.data, gradient, counts[leaf],
                abs(gradient) / sizes if sizes else 0.0,
            )
            for leaf, gradient in ranked[:most]
        ]
        self.others = len(ranked) - len(self.leaves)
        self._largest_other = ranked[most][1] if self.others else 0.0
        self._changes = said_of_changes(order, self._names, "the gradients are")

    def _title(self) -> str:
        f = name(self.name).within(MULTIPLIED).text
        return f"What {self.name} = {readable(self._value, self.digits)} depends on, by |∂{f}/∂leaf|:"

    def _rows(self) -> list[list[str]]:
        rows = []
        for each in self.leaves:
            numbers = each.value, each.gradient, each.gradient * each.value
            said = [readable(x, self.digits) for x in numbers]
            paths = each.paths
            if isinstance(paths, int) and paths > LARGEST_COUNT:
                paths = PowerOfTen.of(paths)
            rows.append([each.name, *said, grouped(paths), f"{each.share:.1%}"])
        return rows

    def _remarks(self) -> str:
        """What the table leaves out, and which of its numbers are old."""
        said = [self._changes] if self._changes else []
        if self.others:
            largest = readable(abs(self._largest_other), self.digits)
            said.append(f"{counted(self.others, 'more leaf')}, with gradients up to {largest}.")
        if all(each.gradient == 0 for each in self.leaves):
            said.append("All gradients are 0.")
        if self.constant:
            said.append(f"Left out, since requires_grad=False: {counted(self.constant, 'leaf')}.")
        if self.unreached:
            names = [self._names[leaf] for leaf in self.unreached[:MOST_NAMES]]
            more = ", …" if len(self.unreached) > MOST_NAMES else ""
            said.append(f"No path leads to {', '.join(names)}{more}: gradient 0.")
        return " ".join(said)

    def __str__(self) -> str:
        rows = [list(HEADS), *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        bars = ["", *[f"|{'█' * round(BAR * _part(each)):<{BAR}}|" for each in self.leaves]]
        lines = [
            "  " + "   ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]), bar]).rstrip()
            for row, bar in zip(rows, bars, strict=True)
        ]
        return "\n".join([wrapped(self._title()), *lines, *filter(None, [wrapped(self._remarks())])])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [[f"<b>{html.escape(head)}</b>" for head in (*HEADS, "")]]
        for each, (leaf, value, gradient, *others) in zip(self.leaves, self._rows(), strict=True):
            bar = (
                f'<span style="display: inline-block; height: 0.7em; width: {8 * _part(each):.3f}em; '
                f'background: {RED}"></span>'
            )
            numbers = [coloured(value, BLUE), coloured(gradient, RED), *map(html.escape, others)]
            rows.append([html.escape(leaf), *numbers, bar])
        return fragment(html.escape(self._title()), [rows], self._remarks())


def _part(influence: Influence) -> float:
    """How long its bar is, from 0 to 1; a share that is nan has none."""
    return influence.share if influence.share == influence.share else 0.0
