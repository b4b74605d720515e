"""How far rounding can have taken a number from its exact value: an error bound that a graph knows about itself.

Each operation rounds its result in the last digits. The adjoint of the result says how much of that arrives in the
output. So the output is wrong by at most Σ |adjoint| · |value| · ε over the graph, to first order. Applied to the
graph of a derivative, the same sum bounds the error of the derivative.

J. H. Wilkinson, Rounding Errors in Algebraic Processes (1963); S. Linnainmaa, Taylor expansion of the accumulated
rounding error (1976); A. Griewank and A. Walther, Evaluating Derivatives (2008), section 3.4.
"""
from __future__ import annotations

import math
from collections.abc import Sequence

from ..calculus.operations import ABS, ADD, DIV, MUL, NEG, SQRT, SUB, Operation
from ..engine.gradient_graph import gradients
from ..engine.graph import topological_order
from ..engine.value import Value
from .dual import number

EPSILON = 2.0**-52                  # of double precision: the distance from 1 to the next number
SMALLEST = math.ulp(0.0)
UNITS = {ADD: 0.5, SUB: 0.5, MUL: 0.5, DIV: 0.5, SQRT: 0.5, NEG: 0.0, ABS: 0.0}     # as IEEE 754 demands


def rounding_error(output: Value) -> float:
    """A bound of the rounding error of a Value."""
    return sum(_contributions(topological_order(output)).values())


def rounding_errors(order: Sequence[Value], dependences: dict[int, int], count: int) -> list[float]:
    """For each variable, a bound of those rounding errors of an output that change as the variable changes.

    They are made in the operations that depend on it. All others round as before.

    Args:
        order: The graph of the output in topological order.
        dependences: On which variables its Values depend.
        count: The number of variables.
    """
    by_dependence: dict[int, float] = {}
    for key, error in _contributions(order).items():
        by_dependence[dependences[key]] = by_dependence.get(dependences[key], 0.0) + error
    return [sum([error for bits, error in by_dependence.items() if bits >> j & 1]) for j in range(count)]


def dependences(order: Sequence[Value], variables: Sequence[Value]) -> dict[int, int]:
    """By the id() of each Value, a number whose bit j tells whether the Value depends on variable j."""
    found = {id(x): 1 << j for j, x in enumerate(variables)}
    for node in order:
        bits = found.get(id(node), 0)
        for x in node.operands:
            bits |= found.get(id(x), 0)
        found[id(node)] = bits
    return found


def magnitudes(order: Sequence[Value], variables: Sequence[Value]) -> list[float]:
    """The derivatives of an output with respect to the variables, had all local derivatives been positive.

    Nothing cancels out in them. The order in which a derivative is summed changes it by ε times as much.
    """
    sums = {id(order[-1]): 1.0}
    for node in reversed(order):
        flow = sums.get(id(node), 0.0)
        for x, derivative in zip(node.operands, node.local_grads, strict=True):
            if type(x) is Value and derivative:
                sums[id(x)] = sums.get(id(x), 0.0) + flow * abs(derivative)
    return [sums.get(id(x), 0.0) for x in variables]


def _contributions(order: Sequence[Value]) -> dict[int, float]:
    """By the id() of each computed Value, what its rounding contributes to the error of the last one."""
    nodes = [node for node in order if node.operands and node.requires_grad]
    contributions = {}
    for node, adjoint in zip(nodes, gradients(order[-1], nodes), strict=True):
        error = abs(adjoint) * (_units(node.operation) * EPSILON * _magnitude(node) + SMALLEST)
        if math.isfinite(error):        # to first order, an infinite one says nothing
            contributions[id(node)] = error
    return contributions


def _units(operation: Operation) -> float:
    """How far an operation rounds, in units in the last place. What it only selects it doesn't round."""
    return 0.0 if operation.selects else UNITS.get(operation, 1.0)


def _magnitude(node: Value) -> float:
    """The size of what was rounded: of the value, and of the terms if there are many, which a sum may exceed."""
    if not node.operation.is_nary:
        return abs(node.data)
    terms = zip(node.operands, node.local_grads, strict=True)
    return abs(node.data) + sum([abs(number(x) * derivative) for x, derivative in terms])
