"""A ranking of the leaves of a graph by their influence on its output."""
from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

from ...boundary.text import aligned, printable
from ...engine.gradient_graph import gradients
from ...engine.value import Value
from ..names import names_of, readable
from ..paths import Count, PowerOfTen, by_size, count_paths, finite_sum
from ..text_layout import BLUE, RED, coloured, fragment, wrapped
from ..typesetting import MULTIPLIED, name
from ..wording import counted, with_commas
from .remarks import changed_data

HEADS = ("leaf", "value", "gradient", "gradient·value", "paths", "share")
LARGEST_COUNT = 10**15                  # that has all its digits in the table
MAX_NAMES = 8                           # of leaves that no path reaches
BAR = 20                                # characters


class Influence(NamedTuple):
    """The influence of a leaf on an output.

    Attributes:
        name: The leaf's name.
        leaf: The leaf.
        value: Its number.
        gradient: The derivative of the output with respect to it.
        paths: The number of paths from the output to it.
        share: Its share of the sum of all |gradients|, from 0 to 1.
    """

    name: str
    leaf: Value
    value: float
    gradient: float
    paths: Count
    share: float


class Ranking:
    """The leaves of an output by influence, the largest |∂output/∂leaf| first. It prints itself.

    Attributes:
        output: The Value that is differentiated.
        leaves: An Influence for each of the first few leaves.
        others: The number of other leaves with a gradient.
        constant: The number of leaves with requires_grad=False.
        unreached: The leaves that require a gradient but that no path reaches.
    """

    def __init__(self, order: Sequence[Value], most: int, digits: int) -> None:
        self.output, self.digits, output = order[-1], digits, order[-1]
        self._names, self._value = names_of(order), output.data
        self.name = self._names[output] or readable(output.data, digits)
        every, counts = [x for x in order if not x.operands], count_paths(order)
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
        sizes = finite_sum([*map(abs, found)])
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
        self._changes = changed_data(order, self._names, "the gradients are")

    def _title(self) -> str:
        f = name(self.name).within(MULTIPLIED).text
        return f"What {self.name} = {readable(self._value, self.digits)} depends on, by |∂{f}/∂leaf|:"

    def _rows(self) -> list[list[str]]:
        rows = []
        for each in self.leaves:
            numbers = each.value, each.gradient, each.gradient * each.value
            texts = [readable(x, self.digits) for x in numbers]
            paths = each.paths
            if isinstance(paths, int) and paths > LARGEST_COUNT:
                paths = PowerOfTen.of(paths)
            rows.append([each.name, *texts, with_commas(paths), f"{each.share:.1%}"])
        return rows

    def _remarks(self) -> str:
        """Sentences on leaves without a row, and on numbers that have changed."""
        sentences = [self._changes] if self._changes else []
        if self.others:
            largest = readable(abs(self._largest_other), self.digits)
            sentences.append(f"{counted(self.others, 'more leaf')}, with gradients up to {largest}.")
        if all(each.gradient == 0 for each in self.leaves):
            sentences.append("All gradients are 0.")
        if self.constant:
            sentences.append(f"Left out, since requires_grad=False: {counted(self.constant, 'leaf')}.")
        if self.unreached:
            names = [self._names[leaf] for leaf in self.unreached[:MAX_NAMES]]
            more = ", …" if len(self.unreached) > MAX_NAMES else ""
            sentences.append(f"No path leads to {', '.join(names)}{more}: gradient 0.")
        return " ".join(sentences)

    def __str__(self) -> str:
        bars = [f"|{'█' * round(BAR * _share(each)):<{BAR}}|" for each in self.leaves]
        rows = [HEADS, *([*row, bar] for row, bar in zip(self._rows(), bars, strict=True))]
        lines = [f"  {line}" for line in aligned(rows, range(1, len(HEADS)), gap="   ")]
        return printable("\n".join([wrapped(self._title()), *lines, *filter(None, [wrapped(self._remarks())])]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [[f"<b>{html.escape(head)}</b>" for head in (*HEADS, "")]]
        for each, (leaf, value, gradient, *others) in zip(self.leaves, self._rows(), strict=True):
            bar = (
                f'<span style="display: inline-block; height: 0.7em; width: {8 * _share(each):.3f}em; '
                f'background: {RED}"></span>'
            )
            numbers = [coloured(value, BLUE), coloured(gradient, RED), *map(html.escape, others)]
            rows.append([html.escape(leaf), *numbers, bar])
        return fragment(html.escape(self._title()), [rows], self._remarks())


def _share(influence: Influence) -> float:
    """The length of its bar, from 0 to 1; a share of nan has none."""
    return influence.share if influence.share == influence.share else 0.0
