"""Derivatives as they are often written, and wrong: by the numbers that come out one can tell which it was."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from ....engine.value import Value
from ..operations import OPERATIONS, Operation

Derivatives = tuple[float, ...]


class Case(NamedTuple):
    """One use of an operation, and what the reader's class makes of it.

    Attributes:
        operands: The numbers.
        value: The result.
        right: The derivatives with respect to those operands that are Values.
        found: What the class has for them.
    """

    operands: tuple[float, ...]
    value: float
    right: Derivatives
    found: tuple[float | None, ...]


LOOPED = "functions that are made in a loop all see the last value of its variable"

# formulas of the operands and, for one operand, the result
OF_ONE: dict[str, tuple[tuple[str, Callable[..., float]], ...]] = {
    "__pow__": (
        ("forgets to lower the exponent: n*x**n instead of n*x**(n-1)", lambda x, n, y: n * y),
        ("forgets the factor n: x**(n-1) instead of n*x**(n-1)", lambda x, n, y: x ** (n - 1)),
        ("forgets the power: n instead of n*x**(n-1)", lambda x, n, y: n),
        ("forgets the exponent: n*x instead of n*x**(n-1)", lambda x, n, y: n * x),
        ("has the factor n-1: (n-1)*x**(n-1) instead of n*x**(n-1)", lambda x, n, y: (n - 1) * x ** (n - 1)),
        ("raises the exponent: n*x**(n+1) instead of n*x**(n-1)", lambda x, n, y: n * x ** (n + 1)),
        ("has the derivative by the exponent, log(x)*x**n, instead of n*x**(n-1)", lambda x, n, y: math.log(x) * y),
    ),
    "tanh": (
        ("takes its derivative from its input x, 1 - x**2, instead of its own value t, 1 - t**2",
         lambda x, t: 1 - x**2),
        ("forgets the square: 1 - t instead of 1 - t**2, where t is its value", lambda x, t: 1 - t),
        ("has the derivative of sigmoid, t*(1 - t), instead of 1 - t**2, where t is its value",
         lambda x, t: t * (1 - t)),
        ("forgets to subtract from 1: t**2 instead of 1 - t**2, where t is its value", lambda x, t: t**2),
        ("takes tanh of its value t once more instead of 1 - t**2", lambda x, t: 1 - math.tanh(t) ** 2),
    ),
    "exp": (
        ("has the derivative of a power, x*e**(x-1), where its own value is right", lambda x, y: x * math.exp(x - 1)),
        ("has its input as derivative, where its own value is right", lambda x, y: x),
        ("takes exp of its value once more, where its own value is the derivative", lambda x, y: math.exp(y)),
    ),
    "log": (
        ("has the derivative 1/log(x) instead of 1/x", lambda x, y: 1 / y),
        ("has the derivative x instead of 1/x", lambda x, y: x),
    ),
    "sigmoid": (
        ("takes its derivative from its input x, x*(1 - x), instead of its own value s, s*(1 - s)",
         lambda x, s: x * (1 - x)),
        ("has the derivative of tanh, 1 - s**2, instead of s*(1 - s), where s is its value", lambda x, s: 1 - s**2),
        ("forgets the factor s: 1 - s instead of s*(1 - s), where s is its value", lambda x, s: 1 - s),
    ),
    "relu": (
        ("lets gradients through where its input is negative, where the derivative is 0", lambda x, y: 1.0),
        ("has the derivative 1 at 0, where it is 0 by convention", lambda x, y: float(x >= 0)),
        ("has the derivative 1/2 at 0, where it is 0 by convention", lambda x, y: ((x > 0) + (x >= 0)) / 2),
        ("has its value as derivative, where 1 is right", lambda x, y: y),
    ),
    "sqrt": (
        ("forgets the 2: 1/sqrt(x) instead of 1/(2*sqrt(x))", lambda x, y: 1 / y),
        ("forgets the root: 1/(2*x) instead of 1/(2*sqrt(x))", lambda x, y: 0.5 / x),
    ),
    "__abs__": (("has its value as derivative, where 1 or -1 is right", lambda x, y: y),),
}
OF_TWO: dict[str, tuple[tuple[str, Callable[[float, float], tuple[float, float]]], ...]] = {
    "__mul__": (
        ("multiplies by the factor itself instead of the other one", lambda x, y: (x, y)),
        ("has the derivatives of a sum, 1 and 1", lambda x, y: (1, 1)),
    ),
    "__add__": (("has the derivatives of a product", lambda x, y: (y, x)),),
    "__sub__": (("has the derivatives of a sum, 1 and 1, instead of 1 and -1", lambda x, y: (1, 1)),),
    "__truediv__": (
        ("forgets the minus sign of d(x/y)/dy = -x/y**2", lambda x, y: (1 / y, x / y**2)),
        ("forgets the numerator of d(x/y)/dy = -x/y**2", lambda x, y: (1 / y, -1 / y**2)),
        ("forgets the square of d(x/y)/dy = -x/y**2", lambda x, y: (1 / y, -x / y)),
        ("has the derivatives of a product", lambda x, y: (y, x)),
    ),
}


def explanation(operation: Operation, cases: Sequence[Case]) -> str:
    """What all wrong derivatives of an operation have in common."""
    for text, formula in OF_ONE.get(operation.method, ()):
        if _all(cases, partial(_of_one, formula)):
            return text
    for text, pair in OF_TWO.get(operation.method, ()):
        if _all(cases, partial(_of_two, pair)):
            return text
    if not any(x for case in cases for x in case.found):
        return "sends no gradient back (is `out._backward` set?)"
    between_values = [case for case in cases if len(case.right) == 2]
    return (between_values and _of_operands(between_values)) or _of_any(operation, cases)


def _of_operands(cases: Sequence[Case]) -> str | None:
    """What can be wrong with any operation on two Values."""
    if _all(cases, lambda case: case.right[::-1]):
        return "gives each operand the derivative of the other one"
    for side, other, name in ((0, 1, "left"), (1, 0, "right")):
        if any(case.found[side] for case in cases):
            continue
        if all(_close(case.found[other], case.right[other]) for case in cases):
            return f"sends no gradient to its {name} operand"
        both = [(case.found[other], sum(case.right), 2 * case.right[other]) for case in cases]
        if all(_close(x, total) for x, total, _ in both) or all(_close(x, double) for x, _, double in both):
            return f"sends all gradients to one operand ({LOOPED})"
    if _all(cases, lambda case: (-case.right[0], case.right[1])):
        return "has the wrong sign in the derivative with respect to its left operand"
    if _all(cases, lambda case: (case.right[0], -case.right[1])):
        return "has the wrong sign in the derivative with respect to its right operand"
    return None


def _of_any(operation: Operation, cases: Sequence[Case]) -> str:
    """What can be wrong with any operation."""
    if _all(cases, lambda case: tuple(-x for x in case.right)):
        return "has the wrong sign in its derivative"
    if len(cases[0].operands) == 1:
        for other in OPERATIONS:
            if other.method != operation.method and not other.takes_two and not other.has_number \
                    and _all(cases, partial(_derivative, other)):
                return f"has the derivative of `{other.method}`"
    pairs = [pair for case in cases for pair in zip(case.found, case.right, strict=True)]
    ratios = {round(x / y, 6) for x, y in pairs if x and y}
    if len(ratios) == 1 and all(bool(x) == bool(y) for x, y in pairs):
        return f"has {ratios.pop():g} times its derivative"
    return "has a wrong derivative"


def _of_one(formula: Callable[..., float], case: Case) -> Derivatives:
    return (formula(*case.operands, case.value),)


def _of_two(formula: Callable[[float, float], tuple[float, float]], case: Case) -> Derivatives:
    return formula(*case.operands)[: len(case.right)]


def _derivative(operation: Operation, case: Case) -> Derivatives:
    x = Value(case.operands[0])
    operation.apply(x).backward()
    return (x.grad,)


def _all(cases: Sequence[Case], derivatives: Callable[[Case], Derivatives]) -> bool:
    """Whether the derivatives that were found are everywhere those of a formula."""
    try:
        return all(all(map(_close, case.found, derivatives(case))) for case in cases)
    except (ArithmeticError, ValueError):               # the formula has no number somewhere
        return False


def _close(found: float | None, expected: float) -> bool:
    return found is not None and math.isclose(found, expected, rel_tol=1e-6, abs_tol=1e-9)
