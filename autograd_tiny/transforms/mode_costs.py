"""What it takes to find all derivatives of a function, in forward and in reverse mode: passes, operations, time.

A forward pass computes the function and carries the derivatives of all values by one input along. A reverse
pass brings the derivatives of one output by all values back. Either way a pass multiplies by each local
derivative on its way once, so what counts is how many there are: one for each input, or one for each output.
A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 3.
"""
from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from ..engine.graph import descendants, topological_order
from ..engine.value import Value
from .call import Call, Function, name_of_result, names_of_arguments

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


@dataclass(frozen=True)
class ModeCosts:
    """What a function costs to differentiate.

    Attributes:
        name: What it is called.
        inputs, outputs: The Values at both ends of its graph.
        values: How many Values there are in the graph, inputs included.
        forward, reverse: What it takes to find all derivatives.
    """

    name: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    values: int
    forward: Passes
    reverse: Passes

    @property
    def better(self) -> str:
        """The mode with fewer operations, or else with fewer passes: "forward" or "reverse"."""
        forward, reverse = ((each.operations, each.passes) for each in (self.forward, self.reverse))
        return "forward" if forward < reverse else "reverse"


def mode_costs(fun: Function, *args: Any) -> ModeCosts:
    """What forward and what reverse mode take to find all derivatives of fun at args; see compare_modes."""
    call = Call.at_plain_numbers(fun, args)
    run = call.recorded()
    title = name_of_result(fun)
    names = [*run.structure.names(title), *names_of_arguments(fun, call.structure)]
    for value, name in zip([*run.outputs, *run.variables], names, strict=True):
        if type(value) is Value:
            value.label = name
    outputs = tuple([x if type(x) is Value else Value(x, requires_grad=False) for x in run.outputs])
    everything = topological_order(*run.variables, *outputs)
    known = descendants(run.variables, everything)            # what else there is, is constant
    order = [node for node in everything if id(node) in known]
    forward = [_forward_pass(order, variable) for variable in run.variables]
    reverse = [_reverse_pass(known, output) for output in outputs]
    directions = range(len(call.numbers))
    computed = sum(bool(node.operands) for node in order)
    return ModeCosts(
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
    reached = descendants((variable,), order)
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
