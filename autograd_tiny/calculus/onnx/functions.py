"""The functions of formulas on symbols: ONNX's operators, and compositions where these are missing or imprecise.

onnxruntime computes + − × ÷, powers, Exp, Log, Sqrt, Sin and Tanh of doubles on a CPU, but neither Tan, Sinh, Cosh, the
inverse functions and Erf, nor the activations LeakyRelu, Elu, Softplus, Gelu and Mish, and most versions no Cos: for
doubles these are composed, by elementary.py, error_functions.py and gamma_functions.py. Its Sigmoid loses digits below
-5 and is 0 below -40, so that is composed, too. There are more operators on floats; those that keep a float's digits
are used.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ...boundary.late_numpy import np
from .. import ieee
from ..floats import FLOATS
from ..formulas import Namespace
from ..operations import OPERATIONS, WHERE, Operation
from . import elementary, error_functions, gamma_functions
from .symbols import Number, Symbol, applied, chosen, reduced, truth_of

OPERATORS = {
    "abs": "Abs", "fabs": "Abs", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "sin": "Sin",
    "tanh": "Tanh", "floor": "Floor", "ceil": "Ceil", "rint": "Round", "relu": "Relu", "divide": "Div", "pow": "Pow",
    "maximum": "Max", "minimum": "Min",
}
ON_FLOATS = {                           # those that onnxruntime has for float32 only; Cos, in most of its versions
    "cos": "Cos", "tan": "Tan", "asin": "Asin", "acos": "Acos", "atan": "Atan", "sinh": "Sinh", "cosh": "Cosh",
    "asinh": "Asinh", "acosh": "Acosh", "atanh": "Atanh", "erf": "Erf", "softplus": "Softplus",
}
INT64 = 7                               # ONNX's TensorProto.INT64
COMPARISONS = {
    "greater": "Greater", "greater_equal": "GreaterOrEqual", "less": "Less", "less_equal": "LessOrEqual",
    "equal": "Equal",
}
COMPOSED: dict[str, Callable[..., Symbol]] = {
    name: getattr(module, name) for module, names in (
        (elementary, (
            "expm1", "log1p", "exp2", "log2", "log10", "sigmoid", "softplus", "log_sigmoid", "cbrt", "hypot", "sinh",
            "cosh", "asinh", "acosh", "atanh", "cos", "tan", "atan", "asin", "acos", "atan2",
        )),
        (error_functions, ("erf", "erfc", "erfinv")),
        (gamma_functions, ("lgamma", "polygamma")),
    ) for name in names
}


def value_of(operation: Operation, operands: Sequence[Any]) -> Any:
    """The value of an operation on symbols, and on floats for constants.

    Args:
        operation: One of the calculus.
        operands: As many as it takes; for one of any number of operands a single stack of them.

    Returns:
        A symbol, or a truth.

    Raises:
        ValueError: It is polygamma, and the order is not a constant.
    """
    if operation.is_nary or operation is WHERE or operation.name not in SYMBOLS:
        return operation.evaluate(SYMBOLS, operands)
    return SYMBOLS[operation.name](*operands)


def index_of(given: Symbol, count: int) -> Symbol:
    """Indices among so many values as integers: `count`, which runtimes refuse, where a number is no index."""
    is_index = (given >= float(-count)) * (given < float(count)) * truth_of("Equal", given, applied("Floor", given))
    from_end = chosen(given < 0.0, given + float(count), given)
    index = chosen(is_index, from_end, float(count))
    return Symbol(given.graph, given.graph.add("Cast", index.name, to=INT64), index.batched, index.width, index.depth)


def _is_constant(operands: Sequence[Any]) -> bool:
    return not any(isinstance(each, Symbol) for each in operands)


def _of_numbers(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which computes numbers instead where all operands are constant."""
    return lambda *operands: FLOATS[name](*operands) if _is_constant(operands) else function(*operands)


def _function(name: str) -> Callable[..., Any]:
    """A function of symbols by its name in formulas."""
    if name in OPERATORS:
        return partial(applied, OPERATORS[name])
    if name in COMPARISONS:
        return partial(truth_of, COMPARISONS[name])
    composed = COMPOSED[name]
    if name not in ON_FLOATS:
        return composed

    def of_precision(x: Symbol) -> Symbol:
        if x.graph.dtype != np.float32:
            return composed(x)
        found = applied(ON_FLOATS[name], x)
        return chosen(truth_of("IsNaN", x), x, found) if name == "erf" else found       # onnxruntime 1.23 gives 1

    return of_precision


def _where(condition: Any, x: Callable[[], Any], y: Callable[[], Any]) -> Any:
    if not isinstance(condition, Symbol):
        return x() if condition else y()
    return chosen(condition, x(), y())


def _not_equal(x: Number, y: Number) -> Symbol:
    return truth_of("Not", truth_of("Equal", x, y))


def _trunc(x: Symbol) -> Symbol:
    return chosen(x > 0.0, applied("Floor", x), applied("Ceil", x))


def _fmod(x: Number, y: Number) -> Symbol:
    return applied("Mod", x, y, fmod=1)


def _extreme(operator: str, xs: Sequence[Symbol]) -> Symbol:
    """The largest or smallest in a stack, nan if one is nan: onnxruntime's operator passes over some of these."""
    (stack,) = xs
    is_nan = applied("Mul", truth_of("IsNaN", stack), 1.0)
    return chosen(reduced("ReduceMax", is_nan) > 0.0, math.nan, reduced(operator, stack))


def _reduced(operator: str, xs: Sequence[Symbol]) -> Symbol:
    (stack,) = xs
    return reduced(operator, stack)


_OWN: dict[str, Callable[..., Any]] = {"not_equal": _not_equal, "trunc": _trunc, "fmod": _fmod}
SYMBOLS = Namespace(
    {name: _of_numbers(name, _OWN.get(name) or _function(name))
     for name in [*ieee.__all__, *OPERATORS, *COMPARISONS, *COMPOSED, *_OWN]},
    where=_where, pi=math.pi, inf=math.inf, nan=math.nan,
    sum=partial(_reduced, "ReduceSum"), prod=partial(_reduced, "ReduceProd"),
    max=partial(_extreme, "ReduceMax"), min=partial(_extreme, "ReduceMin"),
)
for _row in OPERATIONS[1:]:                     # formulas may call other rows
    if not _row.is_nary:
        SYMBOLS.setdefault(_row.name, lambda *operands, row=_row: row.evaluate(SYMBOLS, operands))
