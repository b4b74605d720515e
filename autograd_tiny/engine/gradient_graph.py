"""Derivatives that are returned: `gradients(f, [a, b])`, as numbers or as Values with a graph of their own.

As Values they can be differentiated again, and drawn. The chain rule is the same as in backward.py, with the
local derivatives computed by operations on Values instead of taken from the record: by the formulas of the rows,
with the functions of functions.py for their names.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from ..boundary.arguments import describe
from ..calculus.floats import FLOATS
from ..calculus.formulas import Namespace, position, products_of_others, sharing
from ..calculus.operations import OPERATIONS, Operation
from . import functions
from .backward import sweep
from .graph import descendants, order_beyond
from .outdated import first_outdated
from .state import switched
from .value import Value, apply, plain_float


def gradients(
    output: Value, inputs: Value | Iterable[Value], seed: float = 1.0, create_graph: bool = False
) -> Any:
    """The derivatives of output with respect to inputs, as torch.autograd.grad: no `.grad` changes.

    Args:
        output: The Value to differentiate.
        inputs: A Value, or a sequence of Values: leaves, or results in between.
        seed: The gradient to start with.
        create_graph: Whether the answers are Values, which can be differentiated again and drawn.

    Returns:
        One number for one Value, a tuple for a sequence; 0.0 for an input that output does not depend on.

    Raises:
        TypeError: output or an input is not a Value.
        ValueError: An input requires no gradient.
        RuntimeError: With create_graph, a number has changed since the forward pass.
    """
    if type(output) is not Value:
        raise TypeError(f"the gradients of a Value are expected, got {describe(output)}")
    if isinstance(inputs, Value):
        return gradients(output, (inputs,), seed, create_graph)[0]
    if not isinstance(inputs, Iterable):
        raise TypeError(f"gradients with respect to Values are expected, got {describe(inputs)}")
    wanted = tuple(inputs)
    for each in wanted:
        if type(each) is not Value:
            raise TypeError(f"gradients with respect to Values are expected, got {describe(each)}")
        if not each.requires_grad:
            raise ValueError(f"a gradient with respect to {each!r} is wanted, but it requires none")
    if create_graph:
        return gradient_graph(output, wanted, plain_float(seed))
    return sweep(output, plain_float(seed), False, wanted)


def gradient_graph(
    output: Value, inputs: Sequence[Value], seed: float, just_computed: bool = False
) -> tuple[Value, ...]:
    """The derivatives as Values with a graph of their own.

    Args:
        output, inputs, seed: See `gradients`.
        just_computed: No number can have changed since the forward pass, and no input depends on another.

    Raises:
        RuntimeError: A number in the graph has changed since the forward pass: the new graph would be one of
            other numbers than those recorded.
    """
    with switched(recording=True):
        # the inputs of a differentiation are not made of each other: nothing before them matters
        before = {id(x) for x in inputs} if just_computed else ()
        order = order_beyond(before, (output,))
        if not just_computed:
            _check_unchanged(order)
        on_the_way = descendants(inputs, order)
        adjoints: dict[int, Any] = {id(output): seed}
        for node in reversed(order):
            if id(node) not in adjoints:
                continue
            operands = node.operands
            wanted = [id(x) in on_the_way for x in operands]
            if any(node.operation.flat):
                wanted = [want and not flat for want, flat in zip(
                    wanted, node.operation.flat_operands(operands), strict=True
                )]
            if not just_computed:               # since then an operand may have been frozen, or set free
                wanted = [want and flow for want, flow in zip(wanted, node.flows, strict=True)]
            local_grads = node.operation.differentiate(FORMULAS, operands, node, wanted)
            for parent, local_grad, want in zip(operands, local_grads, wanted, strict=True):
                if want:
                    contribution = contribution_as_graph(node.operation, adjoints[id(node)], local_grad)
                    so_far = adjoints.get(id(parent))
                    adjoints[id(parent)] = contribution if so_far is None else so_far + contribution
        return tuple(_as_value(adjoints.get(id(each), 0.0)) for each in inputs)


def _check_unchanged(order: Iterable[Value]) -> None:
    node = first_outdated(order)
    if node is not None:
        operands = " or ".join(dict.fromkeys(repr(x) for x in node.operands if type(x) is Value))
        raise RuntimeError(
            f"the graph of {node!r} is out of date: .data of {operands} has changed since it was "
            "computed. Compute the output again before asking for gradients with create_graph=True"
        )


def contribution_as_graph(operation: Operation, adjoint: Any, local_grad: Any) -> Any:
    """Operation.contribution for numbers of any kind: without a node where a factor is the plain number 1."""
    is_plain = type(local_grad) is int or type(local_grad) is float
    if operation.selects and is_plain and local_grad == 0:
        return 0.0
    if type(adjoint) is float and adjoint == 1.0:
        return float(local_grad) if is_plain else local_grad
    if type(local_grad) is int and local_grad == 1:
        return adjoint
    if operation.selects and not is_plain:      # an infinite adjoint is left out before it is multiplied by 0
        adjoint = functions.where(local_grad, adjoint, 0.0)
    return adjoint * local_grad


def _as_value(gradient: Any) -> Value:
    return gradient if type(gradient) is Value else Value(gradient, requires_grad=False)


# ---- the formulas over Values and dual numbers

def _either(of_floats: Callable[[Any, Any], Any], of_others: Callable[[Any, Any], Any]) -> Any:
    """A function of two operands: the quick one, if both are plain numbers."""
    plain = {float, int}
    return lambda x, y: (of_floats if type(x) in plain and type(y) in plain else of_others)(x, y)


def _chosen(condition: Any, x: Callable[[], Any], y: Callable[[], Any]) -> Any:
    """where(), but a condition that is not a Value decides at once, and the other branch leaves no trace."""
    while hasattr(condition, "primal"):         # of a dual number: nothing depends on a condition smoothly
        condition = condition.primal
    if type(condition) is Value:
        return functions.where(condition, x(), y())
    return x() if condition else y()


def _one_hot(xs: Sequence[Any], index: Sequence[Any]) -> list[Any]:
    """1 at the index, and 0 for all others; of an index that is a Value they stay in the graph."""
    n, k = len(xs), index[0]
    while hasattr(k, "primal"):
        k = k.primal
    if type(k) is not Value:
        return [float(i == position(float(k), n)) for i in range(n)]
    place = functions.where(functions.less(k, 0.0), k + n, k)
    return [functions.equal(place, float(i)) for i in range(n)]


FORMULAS = Namespace(
    {row.name: getattr(functions, row.name, partial(apply, row)) for row in OPERATIONS},
    where=_chosen, pi=functions.pi, inf=math.inf, nan=math.nan,
    divide=_either(FLOATS["divide"], operator.truediv), pow=_either(FLOATS["pow"], operator.pow),
    greater=_either(operator.gt, functions.greater), equal=_either(operator.eq, functions.equal),
    not_equal=lambda x, y: 1.0 - functions.equal(x, y),
    products_of_others=products_of_others, shares=sharing(functions.equal),
    item=lambda xs, index: functions.take(xs, index[0]), one_hot=_one_hot,
)
