"""Formulas of the calculus over arrays: the namespace of an array library, made from its functions.

The functions of numbers in ieee.py are the library's own, or composed of them here; everything else follows from the
rows. NumPy's namespace is in tape/numpy_executor.py, those of JAX and PyTorch in tape/export/.

NIST Digital Library of Mathematical Functions, 5.5 and 5.15, for the polygamma functions.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from operator import add, mul
from typing import Any

from . import ieee
from .floats import FLOATS
from .formulas import Namespace, products_of_others, sharing
from .operations import DIV, EQUAL, OPERATIONS, POW, TAKE, WHERE, Operation


def over_arrays(functions: Mapping[str, Callable[..., Any]], where: Callable[..., Any]) -> Namespace:
    """The functions of formulas for arrays, numbers and both.

    Args:
        functions: Those of ieee.py, by name, for arrays. pow may take a number beside an array.
        where: where(condition, x, y, like), for an array of booleans and two arrays or numbers. Of two numbers it makes
            an array of the dtype of `like`.
    """
    def as_number(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def compared(x: Any, y: Any) -> Any:
            found = compare(x, y)
            return float(found) if isinstance(found, bool) else where(found, 1.0, 0.0, x if is_array(x) else y)

        return compared

    def chosen(condition: Any, x: Callable[[], Any], y: Callable[[], Any]) -> Any:
        if not is_array(condition):
            return x() if condition else y()
        return where(condition != 0, x(), y(), condition)

    equal = as_number(lambda x, y: x == y)
    namespace = Namespace(
        {name: _of_both(functions[name], getattr(ieee, name)) for name in ieee.__all__ if name in functions},
        where=chosen, pi=math.pi, inf=math.inf, nan=math.nan, abs=abs,
        divide=lambda x, y: x / y if is_array(x) or is_array(y) else ieee.divide(x, y),
        greater=as_number(lambda x, y: x > y), greater_equal=as_number(lambda x, y: x >= y),
        less=as_number(lambda x, y: x < y), less_equal=as_number(lambda x, y: x <= y),
        equal=equal, not_equal=as_number(lambda x, y: x != y),
        sum=partial(reduce, add), prod=partial(reduce, mul), products_of_others=products_of_others,
        shares=sharing(equal),
    )
    for row in OPERATIONS[1:]:                      # formulas may call other rows
        if not row.is_nary:
            namespace.setdefault(row.name, lambda *operands, row=row: row.evaluate(namespace, operands))
    namespace["max"] = partial(reduce, namespace["maximum"])
    namespace["min"] = partial(reduce, namespace["minimum"])
    namespace["item"], namespace["one_hot"] = partial(_item, namespace), partial(one_hot, namespace)
    return namespace


def of_operations(apply: Callable[[Operation, Sequence[Any]], Any]) -> Namespace:
    """The functions of formulas for arrays as operations that can be differentiated, as derivatives have to be.

    Args:
        apply: Computes an operation, of which one operand is an array, so that its derivatives are those of its row.
    """
    def result(row: Operation, *operands: Any) -> Any:
        return apply(row, operands) if any(map(is_array, operands)) else row.evaluate(FLOATS, operands)

    def chosen(condition: Any, x: Callable[[], Any], y: Callable[[], Any]) -> Any:
        if not is_array(condition):
            return x() if condition else y()
        return result(WHERE, condition, x(), y())

    equal = partial(result, EQUAL)
    namespace = Namespace(
        {row.name: partial(result, row) for row in OPERATIONS[1:]},
        where=chosen, pi=math.pi, inf=math.inf, nan=math.nan, divide=partial(result, DIV), pow=partial(result, POW),
        not_equal=lambda x, y: 1.0 - equal(x, y), products_of_others=products_of_others, shares=sharing(equal),
        item=lambda xs, index: result(TAKE, *xs, *index),
    )
    for row in OPERATIONS[1:]:
        if row.is_nary:
            namespace[row.name] = lambda xs, row=row: result(row, *xs)
    namespace.update(sum=partial(reduce, add), one_hot=partial(one_hot, namespace))
    return namespace


def is_array(x: Any) -> bool:
    """Whether x is no plain number of Python."""
    return not isinstance(x, float | int)


def _of_both(of_arrays: Callable[..., Any], of_numbers: Callable[..., float]) -> Callable[..., Any]:
    def function(*operands: Any) -> Any:
        return (of_arrays if any(map(is_array, operands)) else of_numbers)(*operands)

    return function


def one_hot(namespace: Namespace, xs: Sequence[Any], index: Sequence[Any]) -> list[Any]:
    """1 at the index, and 0 for all others."""
    n, (k,) = len(xs), index
    place = namespace["where"](namespace["less"](k, 0.0), lambda: k + float(n), lambda: k)
    return [namespace["equal"](place, float(i)) for i in range(n)]


def _item(namespace: Namespace, xs: Sequence[Any], index: Sequence[Any]) -> Any:
    """The x at the index; nan where there is none."""
    found: Any = math.nan
    for x, is_it in zip(xs, one_hot(namespace, xs, index), strict=True):
        found = namespace["where"](is_it, lambda x=x: x, lambda other=found: other)
    return found


# ---- functions that a library lacks, composed of others

FACTORIALS = tuple([float(math.factorial(n)) for n in range(171)])


def polygamma_of(
    digamma: Callable[[Any], Any], zeta: Callable[[Any, Any], Any], factorial: Callable[[Any], Any],
    stack: Callable[[Sequence[Any]], Any], functions: Mapping[str, Callable[..., Any]], where: Callable[..., Any],
) -> Callable[[Any, Any], Any]:
    """polygamma(order, x) for arrays, of functions that need be right for x > 0 only.

    Args:
        digamma, zeta: zeta(s, x) is that of Hurwitz.
        factorial: Of an array of integers from 0 to 170.
        stack: Makes one array of several, along a new first axis.
        functions, where: See over_arrays.
    """
    rint, floor, power = functions["rint"], functions["floor"], functions["pow"]

    def is_odd(order: Any) -> Any:
        return order - 2.0 * floor(order / 2.0) == 1.0

    def series(order: Any, x: Any) -> tuple[Any, Any]:
        """For x > 0, and the term of the recurrence, which leads from x to x + 1, at another x."""
        def term(x: Any) -> Any:
            return where(order == 0.0, -1.0 / x, scale * power(x, -(order + 1.0)), x)

        scale = where(is_odd(order), 1.0, -1.0, x) * factorial(order)       # (-1)^(n + 1) n!
        n = where(order == 0.0, 1.0, order, x)
        far = scale * power(x, -n) * (1.0 / n + 0.5 / x)                    # where zeta may be too small for a float
        found = where(x > 1e10, far, scale * zeta(n + 1.0, where(x > 1e10, 1.0, x, x)), x)
        return where(order == 0.0, digamma(x), found, x), term

    def right(order: Any, x: Any) -> Any:
        """For x of at least -1/2, poles apart: one step of the recurrence leads to where the series are good."""
        is_small = x < 0.5
        above = where(is_small, x + 1.0, x, x)
        far, term = (digamma(above), lambda x: -1.0 / x) if order is None else series(order, above)
        return where(is_small, far + term(x), far, x)

    def polygamma(order: Any, x: Any) -> Any:
        n: Any = None                                                       # for order 0
        odd: Any = False
        if is_array(order) or order != 0:
            order = order + where(x == x, 0.0, x, x)                        # of the same shape
            x = x + where(order == order, -0.0, order, order)               # which keeps the sign of a zero
            is_order = (order >= 0.0) & (order <= 170.0) & (order == floor(order))
            n = where(is_order, order, 0.0, x)
            odd = is_odd(n)
        is_finite = x - x == 0.0
        finite = where(is_finite, x, 1.0, x)
        is_pole = (finite <= 0.0) & (finite == floor(finite))
        inside = where(is_pole, 1.0, finite, x)
        distance, reflects = inside - rint(inside), inside < -0.5
        # reflected at 1/2; π·cot(πx), which is between both sides, has the period 1
        points = stack([
            where(reflects, distance, inside, x), where(reflects, 1.0 - inside, 1.0, x),
            where(reflects, 1.0 - distance, 1.0, x),
        ])
        nearby, mirrored, other = right(None if n is None else stack([n, n, n]), points)
        difference = mirrored - other
        found = nearby + where(reflects, difference if n is None else where(odd, -difference, difference, x), 0.0, x)
        at_zero = where(x == 0.0, -1.0 / x, math.nan, x)
        found = where(is_pole, at_zero if n is None else where(odd, math.inf, at_zero, x), found, x)
        at_infinity = math.inf if n is None else where(n == 0.0, math.inf, 0.0, x)
        found = where(x == math.inf, at_infinity, found, x)
        is_known = (x == x) & (x != -math.inf)
        return where(is_known if n is None else is_known & is_order, found, math.nan, x)

    return polygamma


def cbrt_of(functions: Mapping[str, Callable[..., Any]], where: Callable[..., Any]) -> Callable[[Any], Any]:
    """The cube root of an array: a power, and a step of Newton's method for the last digits."""
    def cbrt(x: Any) -> Any:
        is_plain = (x != 0.0) & (x - x == 0.0)
        size = abs(where(is_plain, x, 1.0, x))
        root = functions["pow"](size, 1.0 / 3.0)
        root = root - (root - size / (root * root)) / 3.0
        return where(is_plain, where(x < 0.0, -root, root, x), x, x)

    return cbrt
