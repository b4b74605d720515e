"""The cost of all derivatives of a function in forward and in reverse mode: passes, operations, time.

A forward pass computes the function and, along with each value, its derivative with respect to one input. A reverse
pass computes the derivatives of one output with respect to all values. Either way a pass multiplies by each local
derivative once, so the number of passes decides: one for each input, or one for each output.
show/mode_comparison.py prints the costs.

A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 3.
"""
from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from ..engine.graph import descendants, topological_order
from ..engine.value import Value
from .call import Call, Function, name_of_result, names_of_arguments, names_of_numbers

REPETITIONS, ENOUGH = 5, 0.2            # of a measurement; after ENOUGH seconds it is not repeated


@dataclass(frozen=True)
class Passes:
    """The cost of all derivatives in one of the modes.

    Attributes:
        passes: Their number.
        reached: For each pass, the number of values that it computes a derivative of, or with respect to.
        multiplications: For each pass, the number of multiplications by a local derivative.
        computations: Of values, in all passes: in forward mode each pass computes the function anew, in reverse
            mode it is recorded once.
        seconds: The time for everything.
    """

    passes: int
    reached: tuple[int, ...]
    multiplications: tuple[int, ...]
    computations: int
    seconds: float

    @property
    def operations(self) -> int:
        """The number of all computations of values and multiplications by local derivatives."""
        return self.computations + sum(self.multiplications)


@dataclass(frozen=True)
class ModeCosts:
    """The costs of differentiating a function.

    Attributes:
        name: Of the function.
        inputs, outputs: The Values at both ends of its graph.
        values: The number of Values in the graph, inputs included.
        forward, reverse: The costs of all derivatives in each mode.
        better: The mode with fewer operations, or else with fewer passes: "forward" or "reverse".
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
    """The costs of all derivatives of fun at args; see compare_modes."""
    call = Call.at_plain_numbers(fun, args)
    run = call.over_values()
    title = name_of_result(fun)
    inputs = names_of_numbers(names_of_arguments(fun, len(args)), call.structure)
    names = [*run.structure.names(title), *inputs]
    for value, name in zip([*run.outputs, *run.variables], names, strict=True):
        if type(value) is Value:
            value.label = name
    outputs = tuple([x if type(x) is Value else Value(x, requires_grad=False) for x in run.outputs])
    everything = topological_order(*run.variables, *outputs)
    known = descendants(run.variables, everything)            # all others are constant
    order = [node for node in everything if id(node) in known]
    forward = [_forward_pass(order, variable) for variable in run.variables]
    reverse = [_reverse_pass(known, output) for output in outputs]
    computed = sum(bool(node.operands) for node in order)
    return ModeCosts(
        title, tuple(run.variables), outputs, len(order),
        Passes(
            len(forward), *_columns(forward), len(forward) * computed,
            _seconds(lambda: call.over_duals_in_all_directions().jacobian_rows()),
        ),
        Passes(
            len(reverse), *_columns(reverse), computed, _seconds(lambda: call.over_values().jacobian_rows())
        ),
    )


def _forward_pass(order: list[Value], variable: Value) -> tuple[int, int]:
    """The number of Values that depend on a variable, and of their operands that do."""
    reached = descendants((variable,), order)
    return len(reached), sum(id(x) in reached for node in order for x in node.operands)


def _reverse_pass(known: set[int], output: Value) -> tuple[int, int]:
    """The number of known Values that an output depends on, and of their operands that are known."""
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
