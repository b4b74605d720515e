"""The functions over Values, under the names that `math` and NumPy give them.

Each takes a Value, a dual number, a plain number or a NumPy array (of any of these, element by element) and
answers in kind: a Value if a Value went in, a float for floats, an array for arrays. What each computes
and its derivatives stand in ops.py. TypeError for anything else.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from . import engine, ops
from .engine import Value
from .ops import FLOATS, Operation

__all__ = [   # sum, max, min and abs stay out: a star import is not to hide Python's own
    "acos",
    "acosh",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "clip",
    "cos",
    "cosh",
    "dot",
    "elu",
    "equal",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "gelu",
    "greater",
    "greater_equal",
    "hypot",
    "leaky_relu",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "prod",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "where",
]

X = TypeVar("X")
pi = math.pi
_SCALARS = {Value, float, int}


def apply(operation: Operation, *operands: Any) -> Any:
    """An operation on Values, numbers or arrays, as the operands are."""
    if not _SCALARS.issuperset(map(type, operands)):
        if any(map(is_array, operands)):
            return elementwise(partial(apply, operation), operands)
        kind = another_kind(operands)
        if kind is not None:
            return kind.apply_operation(operation, operands)
        operands = tuple(map(engine.required, operands))
    if operation.is_nary:
        return _ON_VALUES[operation](operands)
    if Value in map(type, operands):
        return _ON_VALUES.get(operation, operation)(*operands)
    return _on_floats(operation, operands)


def another_kind(operands: Iterable[Any]) -> Any:
    """The type of an operand that is a number of another kind, such as a dual number; else None.

    Such a type says itself how to do an operation: apply_operation(operation, operands).
    """
    return next((type(x) for x in operands if hasattr(type(x), "apply_operation")), None)


def _of_many(operation: Operation, values: Any) -> Any:
    operands = _flat(values)
    try:
        return _ON_VALUES[operation](operands)
    except TypeError:
        if another_kind(operands) is None:
            raise
    return apply(operation, *operands)


def _of_one(operation: Operation, x: X) -> X:
    answer: X = _ON_VALUES[operation](x) if type(x) is Value else apply(operation, x)
    return answer


def _on_floats(operation: Operation, operands: Sequence[Any]) -> float:
    return float(operation.evaluate(FLOATS, [engine.plain_float(x) for x in operands]))


def is_array(x: Any) -> bool:
    """Whether x is a NumPy array, without importing NumPy to find out."""
    return hasattr(x, "__array_function__") and not isinstance(x, float)


def _flat(values: Any) -> Any:
    """All elements of an array, or a sequence as it is."""
    if type(values) is list or type(values) is tuple:
        return values
    if is_array(values):
        return values.ravel().tolist()
    if isinstance(values, (Value, str)) or not isinstance(values, Iterable):
        raise TypeError(f"a sequence of Values or numbers is expected, got {engine.kind(values)}")
    return list(values)


def elementwise(function: Callable[..., Any], operands: Sequence[Any]) -> Any:
    """A function of scalars on arrays, broadcast: an array of Values if a Value went in, else of floats."""
    import numpy as np

    found = np.frompyfunc(function, len(operands), 1)(*operands)
    values = any(
        type(x) is Value or hasattr(type(x), "apply_operation") or getattr(x, "dtype", None) == "object"
        for x in operands
    )
    return found if values or not is_array(found) else found.astype(float)


# ---- one operand

def exp(x: X) -> X:
    """e to the power x."""
    return _of_one(ops.EXP, x)


def expm1(x: X) -> X:
    """e to the power x, minus 1; precise near 0."""
    return _of_one(ops.EXPM1, x)


def log(x: X) -> X:
    """The natural logarithm; -inf at 0, nan below."""
    return _of_one(ops.LOG, x)


def log1p(x: X) -> X:
    """The natural logarithm of 1 + x; precise near 0."""
    return _of_one(ops.LOG1P, x)


def log2(x: X) -> X:
    """The logarithm to base 2; -inf at 0, nan below."""
    return _of_one(ops.LOG2, x)


def log10(x: X) -> X:
    """The logarithm to base 10; -inf at 0, nan below."""
    return _of_one(ops.LOG10, x)


def sqrt(x: X) -> X:
    """The square root; nan below 0."""
    return _of_one(ops.SQRT, x)


def sin(x: X) -> X:
    """The sine of x radians."""
    return _of_one(ops.SIN, x)


def cos(x: X) -> X:
    """The cosine of x radians."""
    return _of_one(ops.COS, x)


def tan(x: X) -> X:
    """The tangent of x radians."""
    return _of_one(ops.TAN, x)


def asin(x: X) -> X:
    """The angle in radians whose sine is x; nan outside [-1, 1]."""
    return _of_one(ops.ASIN, x)


def acos(x: X) -> X:
    """The angle in radians whose cosine is x; nan outside [-1, 1]."""
    return _of_one(ops.ACOS, x)


def atan(x: X) -> X:
    """The angle in radians whose tangent is x."""
    return _of_one(ops.ATAN, x)


def sinh(x: X) -> X:
    """The hyperbolic sine."""
    return _of_one(ops.SINH, x)


def cosh(x: X) -> X:
    """The hyperbolic cosine."""
    return _of_one(ops.COSH, x)


def tanh(x: X) -> X:
    """The hyperbolic tangent."""
    return _of_one(ops.TANH, x)


def asinh(x: X) -> X:
    """The inverse hyperbolic sine."""
    return _of_one(ops.ASINH, x)


def acosh(x: X) -> X:
    """The inverse hyperbolic cosine; nan below 1."""
    return _of_one(ops.ACOSH, x)


def atanh(x: X) -> X:
    """The inverse hyperbolic tangent; ±inf at ±1, nan outside."""
    return _of_one(ops.ATANH, x)


def erf(x: X) -> X:
    """The error function, 2/√π ∫₀ˣ exp(-t²) dt."""
    return _of_one(ops.ERF, x)


def erfc(x: X) -> X:
    """1 - erf(x), precise where that is small."""
    return _of_one(ops.ERFC, x)


def abs(x: X) -> X:
    """The absolute value; derivative 0 at 0."""
    return _of_one(ops.ABS, x)


def sign(x: X) -> X:
    """1, 0 or -1; derivative 0."""
    return _of_one(ops.SIGN, x)


def sigmoid(x: X) -> X:
    """The logistic function 1 / (1 + exp(-x)), for any x without overflow."""
    return _of_one(ops.SIGMOID, x)


def relu(x: X) -> X:
    """x where it is positive, else 0; derivative 0 at 0."""
    return _of_one(ops.RELU, x)


def softplus(x: X) -> X:
    """log(1 + exp(x)), a smooth relu, for any x without overflow."""
    return _of_one(ops.SOFTPLUS, x)


def silu(x: X) -> X:
    """x · sigmoid(x), also called swish."""
    return _of_one(ops.SILU, x)


def gelu(x: X) -> X:
    """x times the share of a normal distribution below x (exact, by erf)."""
    return _of_one(ops.GELU, x)


arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh


# ---- several operands, each a Value, a number or an array

def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    """x where it is positive, else negative_slope · x."""
    return apply(ops.LEAKY_RELU, x, negative_slope)


def elu(x: Any, alpha: Any = 1.0) -> Any:
    """x where it is positive, else alpha · (exp(x) - 1)."""
    return apply(ops.ELU, x, alpha)


def atan2(y: Any, x: Any) -> Any:
    """The angle in radians of the point (x, y), between -π and π."""
    return apply(ops.ATAN2, y, x)


arctan2 = atan2


def hypot(x: Any, y: Any) -> Any:
    """√(x² + y²) without overflow."""
    return apply(ops.HYPOT, x, y)


def maximum(x: Any, y: Any) -> Any:
    """The larger of two; at a tie each gets half of the gradient."""
    return apply(ops.MAXIMUM, x, y)


def minimum(x: Any, y: Any) -> Any:
    """The smaller of two; at a tie each gets half of the gradient."""
    return apply(ops.MINIMUM, x, y)


def clip(x: Any, low: Any = None, high: Any = None) -> Any:
    """x, but no less than low and no more than high (None: no bound on that side)."""
    return apply(ops.CLIP, x, -math.inf if low is None else low, math.inf if high is None else high)


def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition is true or not 0, else y. The gradient goes to the one chosen."""
    return apply(ops.WHERE, condition, x, y)


def greater(x: Any, y: Any) -> Any:
    """1 where x > y, else 0: a comparison that stays in the graph; derivative 0."""
    return apply(ops.GREATER, x, y)


def greater_equal(x: Any, y: Any) -> Any:
    """1 where x >= y, else 0; derivative 0."""
    return apply(ops.GREATER_EQUAL, x, y)


def less(x: Any, y: Any) -> Any:
    """1 where x < y, else 0; derivative 0."""
    return apply(ops.LESS, x, y)


def less_equal(x: Any, y: Any) -> Any:
    """1 where x <= y, else 0; derivative 0."""
    return apply(ops.LESS_EQUAL, x, y)


def equal(x: Any, y: Any) -> Any:
    """1 where the numbers x and y are equal, else 0; derivative 0."""
    return apply(ops.EQUAL, x, y)


# ---- many operands, one node: a sequence, or all elements of an array

def sum(values: Iterable[Any]) -> Any:
    """x₁ + x₂ + … as one node; 0.0 for no values."""
    return _of_many(ops.SUM, values)


def prod(values: Iterable[Any]) -> Any:
    """x₁ · x₂ · … as one node; 1.0 for no values."""
    return _of_many(ops.PROD, values)


def mean(values: Iterable[Any]) -> Any:
    """The arithmetic mean as one node; ValueError for no values."""
    return _of_many(ops.MEAN, values)


def max(values: Iterable[Any]) -> Any:
    """The largest as one node, nan if any is nan; ties share the gradient. ValueError for no values."""
    return _of_many(ops.MAX, values)


def min(values: Iterable[Any]) -> Any:
    """The smallest as one node, nan if any is nan; ties share the gradient. ValueError for no values."""
    return _of_many(ops.MIN, values)


def dot(xs: Iterable[Any], ys: Iterable[Any], bias: Any = None) -> Any:
    """x₁y₁ + x₂y₂ + … + bias as one node: the net input of a neuron. ValueError for unequal lengths."""
    first, second = _flat(xs), _flat(ys)
    try:
        return engine.dot(first, second, bias)
    except TypeError:
        if another_kind([*first, *second, bias]) is None:
            raise
    return apply(ops.DOT, *first, *second, *([] if bias is None else [bias]))


def logsumexp(values: Iterable[Any]) -> Any:
    """log(e^x₁ + e^x₂ + …) as one node, without overflow. ValueError for no values."""
    return _of_many(ops.LOGSUMEXP, values)


def softmax(values: Iterable[Any]) -> Any:
    """e^xᵢ / (e^x₁ + e^x₂ + …) for each i, without overflow: a list (an array for an array)."""
    xs = list(_flat(values))
    largest = max(xs)
    powers = [exp(x - largest) for x in xs]
    total = sum(powers)
    return _as_given(values, [power / total for power in powers])


def log_softmax(values: Iterable[Any]) -> Any:
    """The logarithms of softmax(values), precise where softmax is small."""
    xs = list(_flat(values))
    largest = max(xs)
    shifted = [x - largest for x in xs]
    total = logsumexp(shifted)
    return _as_given(values, [x - total for x in shifted])


def _as_given(values: Any, answers: list[Any]) -> Any:
    if not is_array(values):
        return answers
    import numpy as np

    return np.array(answers).reshape(values.shape)


def redo(node: Value) -> Value:
    """The operation that made a node, done again on its operands as they are now."""
    again: Any = _ON_VALUES.get(node.operation, node.operation)
    redone: Value = again(node.operands) if node.operation.is_nary else again(*node.operands)
    return redone


def _dot_of_operands(operands: Sequence[Any]) -> Value:
    xs, ys, bias = ops.DOT.grouped(operands)
    result: Value = engine.dot(xs, ys, *bias)
    return result


# how each operation is done when one of its operands is a Value
_ON_VALUES: dict[Operation, Any] = {
    row: getattr(engine, row.name, None) or getattr(Value, row.name, None) for row in ops.OPERATIONS
}
_ON_VALUES |= {
    ops.ADD: operator.add, ops.SUB: operator.sub, ops.MUL: operator.mul, ops.DIV: operator.truediv,
    ops.POW: operator.pow, ops.NEG: operator.neg, ops.ABS: operator.abs, ops.DOT: _dot_of_operands,
}
