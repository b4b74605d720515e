"""compare_modes: why do networks learn by differentiating backward? The answer for a function of your own."""
from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from ..engine.value import engine_kind
from ..transforms.call import Function
from ..transforms.mode_costs import ModeCosts, mode_costs
from .graph.mode_picture import draw_modes
from .picture import Picture


@dataclass(frozen=True, repr=False)
class ModeComparison(ModeCosts):
    """What compare_modes found. Prints as a table; draw() shows what a pass of either kind reaches."""

    def draw(
        self, *, input: int = 0, output: int | None = None, max_nodes: int = 100, rankdir: str = "LR",
        digits: int = 4,
    ) -> Picture:
        """One forward pass, from one of the inputs, above one reverse pass, from one of the outputs.

        Args:
            input: Which input the forward pass starts from.
            output: Which output the reverse pass starts from; by default the one that depends on the most.
            max_nodes, rankdir, digits: As for `draw`.

        Raises:
            ValueError: There is no such input or output, or there are more boxes than max_nodes.
        """
        return draw_modes(
            self, input=input, output=output, max_nodes=max_nodes, rankdir=rankdir, digits=digits
        )

    def __str__(self) -> str:
        rows = [("", "forward", "reverse"), *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
        lines = ["  ".join(cells).rstrip() for cells in padded]
        return "\n".join([self._head(), *lines, self._verdict()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(what)}</th><td>{html.escape(forward)}</td>"
            f"<td>{html.escape(reverse)}</td></tr>"
            for what, forward, reverse in self._rows()
        )
        return (
            f"<p>{html.escape(self._head())}</p><table><tr><th></th><th>forward</th><th>reverse</th></tr>"
            f"{rows}</table><p>{html.escape(self._verdict())}</p>"
        )

    def _head(self) -> str:
        return (
            f"{self.name}: {_counted(len(self.inputs), 'input')}, {_counted(len(self.outputs), 'output')}, "
            f"{self.values} values in all"
        )

    def _rows(self) -> list[tuple[str, str, str]]:
        forward, reverse = self.forward, self.reverse
        return [
            ("one pass finds", "∂(every value)/∂(one input)", "∂(one output)/∂(every value)"),
            ("values that it reaches", _range(forward.reached), _range(reverse.reached)),
            ("passes for all derivatives", str(forward.passes), str(reverse.passes)),
            ("values computed", str(forward.computations), str(reverse.computations)),
            (
                "products with local derivatives",
                str(sum(forward.multiplications)), str(sum(reverse.multiplications)),
            ),
            ("operations in all", str(forward.operations), str(reverse.operations)),
            ("time", f"{forward.seconds * 1e3:.3g} ms", f"{reverse.seconds * 1e3:.3g} ms"),
        ]

    def _verdict(self) -> str:
        note = "(dual numbers run in Python, the reverse passes in native code)"
        tie = self.forward.operations == self.reverse.operations
        has = "fewer passes" if tie else "less to do"
        return f"{self.better} mode has {has} {note if engine_kind() == 'native' else ''}".rstrip()


def compare_modes(fun: Function, *args: Any) -> ModeComparison:
    """What forward and what reverse mode take to find all derivatives of fun at args.

    The multiplications are counted in the graph of the computation; the time is the least of a few runs.

    Args:
        fun: A function, as for `jacobian`.
        *args: Its arguments.

    Raises:
        TypeError: The arguments hold no numbers.
    """
    return ModeComparison(**vars(mode_costs(fun, *args)))


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _range(counts: tuple[int, ...]) -> str:
    if not counts:
        return "0"
    return str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
