"""Sentences below an explanation or a ranking: numbers that have changed, nan, and a `.grad` of another pass."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, nan

from ...engine.outdated import first_outdated
from ...engine.value import Value
from ..foreign_values import Measured
from ..names import readable
from .notation import Notation, names_with

MAX_CHANGED = 3                         # names, of the leaves that may have changed


def changed_data(order: Sequence[Value], names: Mapping[Value, str], old: str) -> str:
    """A remark if a number has changed since the forward pass; otherwise "".

    Args:
        order: The graph, in topological order.
        names: The names of its Values.
        old: Subject and verb for the numbers that are still those of that pass: "the numbers are".
    """
    node = first_outdated(order)
    if node is None:
        return ""
    if isinstance(node.operation, Measured):
        return f"{names[node]}: {node.operation.problem}; {old} those that it has recorded."
    return (
        f"{_suspects(node, names)} has changed since {names[node]} was computed: {old} those of the forward "
        f"pass; compute {names[order[-1]]} again."
    )


def _suspects(node: Value, names: Mapping[Value, str]) -> str:
    """The numbers that may have changed, where a node is the first that doesn't follow from its operands."""
    leaves = dict.fromkeys(x for x in node.operands if type(x) is Value and not x.operands)
    if len(leaves) > MAX_CHANGED:
        return f".data of an operand of {names[node]}"
    suspects = [*leaves] or [node]              # results among the operands still follow from theirs
    return " or ".join(f"{names[x]}.data" if names[x] else "a leaf without a label" for x in suspects)


def nan_output(output: Value, notation: Notation) -> str:
    """A remark if the output is not a number."""
    f, number = notation.name_or_number(output), output.data
    return f"{f} is nan: diagnose({f}) says where that began." if number != number else ""


def other_grad(
    output: Value, leaf: Value, gradient: float, notation: Notation, is_of_another_class: bool = False
) -> str:
    """A remark if .grad of the leaf does not hold the gradient, on where it can come from."""
    grad, x = leaf.grad, notation.name_or_number(leaf)
    if not leaf.reached:
        return f"backward() has not run: {x}.grad is not set yet."
    if _agree(grad, gradient, 1e-9 if is_of_another_class else 1e-12):      # which may add in another order
        return ""
    head = f"{x}.grad holds {notation.number(grad)}, not {notation.derivative(output, leaf).text}"
    if is_of_another_class and grad:            # as micrograd's
        return (
            f"{head}: it is of another output, or backward() ran more than once (there results in between add up, "
            f"too), or the class is wrong. Set .grad of all to 0, or compute {notation.name_or_number(output)} again."
        )
    if leaf.operands and not is_of_another_class:       # results do not sum: each backward() sets their .grad anew
        return f"{head}: it is from another output, or backward() had another seed."
    if grad == 0:
        return (
            f"{x}.grad is 0, as zero_grad() leaves it: backward() has not run since, or only from "
            "another output."
        )
    n = _multiple(grad, gradient) if leaf is not output else 0
    if n:
        head += (
            f" but exactly {n} times as much: backward() ran {n} times, or with seed {n}, or it is from "
            "another output."
        )
    else:
        head += ": it was summed over several calls of backward(), or is of another output."
    return f"{head} .grad adds up until zero_grad(), or {x}.grad = 0; gradients(…) leaves it alone."


def _agree(x: float, y: float, tolerance: float) -> bool:
    return x == y or (x != x and y != y) or abs(x - y) <= tolerance * abs(y)


def _multiple(grad: float, gradient: float) -> int:
    """2, 3, … if that is how many times as much it is; else 0."""
    times = grad / gradient if gradient else nan
    is_integer = isfinite(times) and round(times) > 1 and abs(times - round(times)) < 1e-12 * times
    return round(times) if is_integer else 0


def no_path(order: Sequence[Value], leaf: Value, digits: int) -> str:
    """Why ∂output/∂leaf is 0."""
    output, is_inside = order[-1], leaf in set(order)
    names = names_with(order if is_inside else [*order, leaf], leaf)
    f, x = names[output] or readable(output.data, digits), names[leaf]
    found = f"∂{f}/∂{x} = 0: no path leads from {f} to {x}"
    if not output.operands and leaf is not output:
        return f"{found}, since {f} is a leaf, or was computed under no_grad()"
    if not is_inside:
        return found
    if not leaf.requires_grad:
        return f"{found} on which a gradient flows, since {x} has requires_grad=False"
    return f"{found} on which a gradient flows: requires_grad was False when {f} was computed"
