"""compare_modes: why do networks learn by differentiating backward? The answer for a function of your own.

A forward pass computes the function and carries the derivatives of all values by one input along. A reverse
pass brings the derivatives of one output by all values back. Either way a pass multiplies by each local
derivative on its way once, so what counts is how many there are: one for each input, or one for each output.
A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 3.
"""
from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar

from .differentiation import Call, Function, name_of_result, names_of_arguments
from .engine import Value, engine_kind
from .graph import made_from, topological_order

REPETITIONS, ENOUGH = 5, 0.2            # ENOUGH: seconds after which a time is not taken again


@dataclass(frozen=True)
class Passes:
    """What one of the modes takes. passes: how many for all derivatives.

    reached: for each pass how many values it finds the derivative of, or by; multiplications: how many times
    it multiplies by a local derivative. computations: of values, in all passes: forward each pass computes
    the function anew, backward it has been recorded once. seconds: the time for everything.
    """

    passes: int
    reached: tuple[int, ...]
    multiplications: tuple[int, ...]
    computations: int
    seconds: float

    @property
    def operations(self) -> int:
        """All that is computed: values, and products with local derivatives."""
        return self.computations + sum(self.multiplications)


@dataclass(frozen=True, repr=False)
class ModeComparison:
    """What compare_modes found. Prints as a table; draw() shows what a pass of either kind reaches.

    inputs, outputs: the Values at both ends of the graph of fun. values: how many there are in it, inputs
    included. forward, reverse: what it takes to find all derivatives.
    """

    name: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    values: int
    forward: Passes
    reverse: Passes
    draw: ClassVar[Callable[..., Any]]      # the package puts it here: pictures are floors above

    @property
    def better(self) -> str:
        """The mode with fewer operations, or else with fewer passes: "forward" or "reverse"."""
        forward, reverse = ((each.operations, each.passes) for each in (self.forward, self.reverse))
        return "forward" if forward < reverse else "reverse"

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

    fun and args: as for jacobian. The multiplications are counted in the graph of the computation, the time
    is the least of a few runs. TypeError for arguments that hold no numbers.
    """
    call = Call.at_plain_numbers(fun, args)
    run = call.recorded()
    title = name_of_result(fun)
    names = [*run.structure.names(title), *names_of_arguments(fun, call.structure)]
    for value, name in zip([*run.outputs, *run.variables], names, strict=True):
        if type(value) is Value:
            value.label = name
    outputs = tuple([x if type(x) is Value else Value(x, requires_grad=False) for x in run.outputs])
    everything = topological_order(*run.variables, *outputs)
    known = made_from(run.variables, everything)            # what else there is, is constant
    order = [node for node in everything if id(node) in known]
    forward = [_forward_pass(order, variable) for variable in run.variables]
    reverse = [_reverse_pass(known, output) for output in outputs]
    directions = range(len(call.numbers))
    computed = sum(bool(node.operands) for node in order)
    return ModeComparison(
        title, tuple(run.variables), outputs, len(order),
        Passes(
            len(forward), *_columns(forward), len(forward) * computed,
            _seconds(lambda: call.pushed_forward(directions).rows()),
        ),
        Passes(
            len(reverse), *_columns(reverse), computed, _seconds(lambda: call.recorded().rows())
        ),
    )


def _forward_pass(order: list[Value], variable: Value) -> tuple[int, int]:
    """The number of Values that depend on a variable, and of operands by which they do."""
    reached = made_from((variable,), order)
    return len(reached), sum(id(x) in reached for node in order for x in node.operands)


def _reverse_pass(known: set[int], output: Value) -> tuple[int, int]:
    """The number of Values, of those known, that an output depends on, and of operands by which it does."""
    reached = [node for node in topological_order(output) if id(node) in known]
    return len(reached), sum(id(x) in known for node in reached for x in node.operands)


def _columns(passes: list[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(reached for reached, _ in passes), tuple(count for _, count in passes)


def _seconds(work: Any) -> float:
    times: list[float] = []
    while len(times) < REPETITIONS and sum(times) < ENOUGH:
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _range(counts: tuple[int, ...]) -> str:
    if not counts:
        return "0"
    return str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
