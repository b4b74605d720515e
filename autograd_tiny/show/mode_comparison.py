"""compare_modes: forward against reverse mode, measured on a function of your own.

transforms/mode_costs.py counts and times the passes, graph/mode_picture.py draws them.
"""
from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from ..boundary.text import aligned, printable
from ..engine.state import engine_kind
from ..transforms.call import Function
from ..transforms.mode_costs import ModeCosts, mode_costs
from .graph.mode_picture import draw_modes
from .names import plain
from .picture import Picture
from .wording import counted


@dataclass(frozen=True, repr=False)
class ModeComparison(ModeCosts):
    """The costs of both modes. It prints as a table; draw() shows the values that a pass of either kind reaches."""

    def draw(
        self, *, input: int = 0, output: int | None = None, max_nodes: int = 100, rankdir: str = "LR",
        digits: int = 4,
    ) -> Picture:
        """Draw one forward pass, from one of the inputs, above one reverse pass, from one of the outputs.

        Args:
            input: The index of the input that the forward pass starts from.
            output: The index of the output that the reverse pass starts from; by default the one that depends on the
                most values.
            max_nodes, rankdir, digits: As for `draw`.

        Returns:
            A picture, which Jupyter shows and `save` writes to a file.

        Raises:
            ValueError: There is no such input or output, or there are more boxes than max_nodes.
        """
        return draw_modes(
            self, input=input, output=output, max_nodes=max_nodes, rankdir=rankdir, digits=digits
        )

    def __str__(self) -> str:
        lines = aligned([("", "forward", "reverse"), *self._rows()])
        return printable("\n".join([self._head(), *lines, self._verdict()]))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(title)}</th><td>{html.escape(forward)}</td>"
            f"<td>{html.escape(reverse)}</td></tr>"
            for title, forward, reverse in self._rows()
        )
        return (
            f"<p>{html.escape(self._head())}</p><table><tr><th></th><th>forward</th><th>reverse</th></tr>"
            f"{rows}</table><p>{html.escape(self._verdict())}</p>"
        )

    def _head(self) -> str:
        return (
            f"{plain(self.name)}: {counted(len(self.inputs), 'input')}, {counted(len(self.outputs), 'output')}, "
            f"{counted(self.values, 'value')} in all"
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
    """Compare the costs of forward and reverse mode for all derivatives of fun at args.

    The products are counted in the computation graph; the time is the least of a few runs. A. Griewank and
    A. Walther, Evaluating Derivatives (2008), chapter 3.

    Args:
        fun: A function, as for `jacobian`.
        *args: Its arguments.

    Returns:
        The passes, the operations and the times of both modes, as a table.

    Raises:
        TypeError: The arguments hold no numbers.
    """
    return ModeComparison(**vars(mode_costs(fun, *args)))


def _range(counts: tuple[int, ...]) -> str:
    if not counts:
        return "0"
    return str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
