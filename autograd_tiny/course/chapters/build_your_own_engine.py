"""Judges of chapter 3, build your own engine."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...boundary.arguments import describe
from ...textbook import Value
from ..answers import UnfitError, all_close, close, differs_at, function, numbers, result
from ..engine_check.check import check_engine

LONG = 3000             # additions in a row: more than Python's calls may be deep


def without_the_plus(answer: object) -> str | None:
    """4 where 12 is right: the gradient of b·b·b at 2."""
    wrong, right = numbers(answer, 2)
    if all_close([wrong, right], [4, 12]):
        return None
    if all_close([wrong, right], [12, 4]):
        return "These are the right numbers in the wrong order."
    if not close(right, 12):
        return "The right gradient is that of b³ at b = 2."
    if close(wrong, 2):
        return "2 is what u gets from w. What does u set in b then?"
    if close(wrong, 8):
        return "8 is the sum of two contributions; with = each overwrites the one before."
    if close(wrong, 12):
        return "With = nothing is added: only the last assignment stays."
    return "12 is right. For the other one, follow the assignments in the order of the pass: w first, then u."


def a_long_chain(answer: object) -> str | None:
    """An order of each graph in which a Value comes once, and after its operands."""
    order = function(answer, "order(node)")
    for name, node in _graphs():
        fault = _fault_of_order(result(order, node), node)
        if fault:
            return f"For {name}, {fault}"
    long = Value(0.0)
    for _ in range(LONG):
        long = long + 1.0
    fault = _fault_of_order(result(order, long), long)
    return f"For {LONG} additions in a row, {fault}" if fault else None


def _graphs() -> list[tuple[str, Value]]:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    u = a * b
    return [("a single number", a), ("u = a·b", u), ("b·b", b * b), ("u·(u + a) with u = a·b", u * (u + a))]


def _fault_of_order(order: Any, node: Value) -> str | None:
    if not isinstance(order, Sequence) or not all(isinstance(each, Value) for each in order):
        raise UnfitError(f"a list of Values is expected, got {describe(order)}.")
    expected = _reachable(node)
    place = {value: at for at, value in enumerate(order)}
    if len(place) < len(order):
        return "a Value stands in the list more than once: remember which have been met."
    if set(place) != expected:
        return f"the list has {len(place)} of the {len(expected)} Values of the graph."
    if order[0] is node and len(order) > 1:
        return "the result comes first; each Value comes after its operands, so it is the last."
    late = any(place[operand] > place[value] for value in order for operand in value._prev)
    return "a Value stands before one of its operands: it may be appended when all of them have been." if late else None


def _reachable(node: Value) -> set[Value]:
    found, waiting = {node}, [node]
    while waiting:
        new = set(waiting.pop()._prev) - found
        found |= new
        waiting += new
    return found


def with_exp(answer: object) -> str | None:
    """A right class that has exp."""
    report = check_engine(answer)
    if not report:
        return str(report)
    return None if hasattr(answer, "exp") else "The class is right as far as it goes, but it has no method exp yet."


def sigmoid_from_its_own_value(answer: object) -> str | None:
    """s(1 - s)."""
    slope: Callable[..., Any] = function(answer, "slope(s)")
    found = differs_at(slope, lambda s: s * (1 - s), [(0.9,), (0.5,), (0.1,)])
    if found is None:
        return None
    (s,), given, right = found
    at = f"For s = {s:g} it gives {given:.4g}, and {right:.4g} is right."
    if close(given, 1 - s * s, 1e-6):
        return f"{at} 1 - s² is the rule for tanh."
    if close(given, s * (s - 1), 1e-6):
        return f"{at} The sign: the sigmoid rises everywhere."
    if close(given, 1 - s, 1e-6) or close(given, s, 1e-6):
        return f"{at} That is one of two factors."
    return f"{at} s is the value of the sigmoid already; the slope is a product of two factors that are made of it."


def three_times(answer: object) -> str | None:
    """36 in one graph, 18 in three."""
    same, anew = numbers(answer, 2)
    if all_close([same, anew], [36, 18]):
        return None
    if all_close([same, anew], [18, 36]):
        return "The other way round: in which of the two does u still have the gradient of the pass before?"
    if close(same, 18) and close(anew, 18):
        return "In the old graph u.grad is not 0 when the second pass begins."
    if close(anew, 6):
        return "a is the same in all three graphs, and nothing sets its gradient to 0."
    if close(same, 54):
        return "The gradient of u grows by 3 in each pass: 3, then 6, then 9."
    return "Write down u.grad and a.grad after each of the three passes."


JUDGES = (without_the_plus, a_long_chain, with_exp, sigmoid_from_its_own_value, three_times)
