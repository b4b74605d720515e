"""The functions over Values, under the names that `math` and NumPy give them.

Each takes a Value, a dual number, a plain number or a NumPy array (of any of these, element by element) and
answers in kind: a Value if a Value went in, a float for floats, an array for arrays. What each computes, and its
derivatives, are rows of calculus/operations.py. TypeError for anything else.

Those that say no more than their row are written from it, by `make written`. Those of one operand, and others where
that reads well, are methods of Value too.
"""
# An X that is a Value has the methods of one, which a type checker cannot know:
# mypy: disable-error-code="attr-defined"
from __future__ import annotations

import math
from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any, TypeVar

    X = TypeVar("X")

try:
    import cython
except ImportError:
    from . import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.engine.tuples import joined
    from cython.cimports.autograd_tiny.engine.value import Value, dispatch, required
else:
    from .pure_cython import joined
    from .value import Value, dispatch, required
from . import several_operands, reductions  # noqa: F401  (how the operations are done)
from .value import rounded
from ..boundary.arguments import describe
from ..boundary.arguments import is_other_kind
from ..boundary.arrays import is_array
from ..calculus.formulas import position
from ..calculus.ieee_float import IEEEFloat
from ..calculus.operations import OPERATIONS
# <written: imports> by `make written`
from ..calculus.operations import (
    ABS, ACOS, ACOSH, ASIN, ASINH, ATAN, ATAN2, ATANH, CBRT, CEIL, CLIP, COS, COSH, DIGAMMA, DOT, ELU, EQUAL,
    ERF, ERFC, ERFINV, EXP, EXP2, EXPM1, FLOOR, FLOOR_DIVIDE, FMOD, GELU, GREATER, GREATER_EQUAL, HYPOT,
    LEAKY_RELU, LESS, LESS_EQUAL, LGAMMA, LOG, LOG10, LOG1P, LOG2, LOGADDEXP, LOGSUMEXP, LOG_SIGMOID, MAX,
    MAXIMUM, MEAN, MIN, MINIMUM, MISH, MOD, NORM_CDF, NORM_PDF, POLYGAMMA, PROD, RELU, ROUND, SIGMOID, SIGN,
    SILU, SIN, SINH, SOFTPLUS, SQRT, SUM, TAKE, TAN, TANH, TRUNC, WHERE, XLOGY,
)
# </written: imports>

__all__ = sorted(
    {row.name for row in OPERATIONS if row.summary} | {row.numpy_name for row in OPERATIONS if row.numpy_name}
    | {"log_softmax", "softmax"}
)
pi = math.pi
INF = math.inf


# <written: functions> by `make written`, from the rows of calculus/operations.py

def abs(x: X) -> X:
    """The absolute value; derivative 0 at 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = dispatch(ABS, (x,))
    return answer


def exp(x: X) -> X:
    """e to the power x.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.exp() if type(x) is Value else dispatch(EXP, (x,))
    return answer


def expm1(x: X) -> X:
    """e to the power x, minus 1; precise near 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.expm1() if type(x) is Value else dispatch(EXPM1, (x,))
    return answer


def exp2(x: X) -> X:
    """2 to the power x.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.exp2() if type(x) is Value else dispatch(EXP2, (x,))
    return answer


def log(x: X) -> X:
    """The natural logarithm; -inf at 0, nan below.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.log() if type(x) is Value else dispatch(LOG, (x,))
    return answer


def log1p(x: X) -> X:
    """The natural logarithm of 1 + x; precise near 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.log1p() if type(x) is Value else dispatch(LOG1P, (x,))
    return answer


def log2(x: X) -> X:
    """The logarithm to base 2; -inf at 0, nan below.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.log2() if type(x) is Value else dispatch(LOG2, (x,))
    return answer


def log10(x: X) -> X:
    """The logarithm to base 10; -inf at 0, nan below.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.log10() if type(x) is Value else dispatch(LOG10, (x,))
    return answer


def sqrt(x: X) -> X:
    """The square root; nan below 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.sqrt() if type(x) is Value else dispatch(SQRT, (x,))
    return answer


def cbrt(x: X) -> X:
    """The cube root, also of negative numbers.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.cbrt() if type(x) is Value else dispatch(CBRT, (x,))
    return answer


def sin(x: X) -> X:
    """The sine of x radians.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.sin() if type(x) is Value else dispatch(SIN, (x,))
    return answer


def cos(x: X) -> X:
    """The cosine of x radians.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.cos() if type(x) is Value else dispatch(COS, (x,))
    return answer


def tan(x: X) -> X:
    """The tangent of x radians.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.tan() if type(x) is Value else dispatch(TAN, (x,))
    return answer


def asin(x: X) -> X:
    """The angle in radians whose sine is x; nan outside [-1, 1].

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.asin() if type(x) is Value else dispatch(ASIN, (x,))
    return answer


def acos(x: X) -> X:
    """The angle in radians whose cosine is x; nan outside [-1, 1].

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.acos() if type(x) is Value else dispatch(ACOS, (x,))
    return answer


def atan(x: X) -> X:
    """The angle in radians whose tangent is x.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.atan() if type(x) is Value else dispatch(ATAN, (x,))
    return answer


def sinh(x: X) -> X:
    """The hyperbolic sine.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.sinh() if type(x) is Value else dispatch(SINH, (x,))
    return answer


def cosh(x: X) -> X:
    """The hyperbolic cosine.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.cosh() if type(x) is Value else dispatch(COSH, (x,))
    return answer


def tanh(x: X) -> X:
    """The hyperbolic tangent.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.tanh() if type(x) is Value else dispatch(TANH, (x,))
    return answer


def asinh(x: X) -> X:
    """The inverse hyperbolic sine.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.asinh() if type(x) is Value else dispatch(ASINH, (x,))
    return answer


def acosh(x: X) -> X:
    """The inverse hyperbolic cosine; nan below 1.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.acosh() if type(x) is Value else dispatch(ACOSH, (x,))
    return answer


def atanh(x: X) -> X:
    """The inverse hyperbolic tangent; ±inf at ±1, nan outside.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.atanh() if type(x) is Value else dispatch(ATANH, (x,))
    return answer


def erf(x: X) -> X:
    """The error function, 2/√π ∫₀ˣ exp(-t²) dt.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.erf() if type(x) is Value else dispatch(ERF, (x,))
    return answer


def erfc(x: X) -> X:
    """1 - erf(x), precise where that is small.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.erfc() if type(x) is Value else dispatch(ERFC, (x,))
    return answer


def norm_pdf(x: X) -> X:
    """The density of the standard normal distribution, exp(-x²/2) / √(2π).

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.norm_pdf() if type(x) is Value else dispatch(NORM_PDF, (x,))
    return answer


def norm_cdf(x: X) -> X:
    """The probability that a standard normal variable is below x.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.norm_cdf() if type(x) is Value else dispatch(NORM_CDF, (x,))
    return answer


def erfinv(x: X) -> X:
    """The inverse of the error function; ±inf at ±1, nan outside.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.erfinv() if type(x) is Value else dispatch(ERFINV, (x,))
    return answer


def lgamma(x: X) -> X:
    """The logarithm of the absolute value of the gamma function.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.lgamma() if type(x) is Value else dispatch(LGAMMA, (x,))
    return answer


def digamma(x: X) -> X:
    """The derivative of lgamma, Γ′(x) / Γ(x).

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.digamma() if type(x) is Value else dispatch(DIGAMMA, (x,))
    return answer


def sigmoid(x: X) -> X:
    """The logistic function 1 / (1 + exp(-x)), for any x without overflow.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.sigmoid() if type(x) is Value else dispatch(SIGMOID, (x,))
    return answer


def log_sigmoid(x: X) -> X:
    """log(sigmoid(x)), for any x without overflow.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.log_sigmoid() if type(x) is Value else dispatch(LOG_SIGMOID, (x,))
    return answer


def relu(x: X) -> X:
    """x where it is positive, else 0; derivative 0 at 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.relu() if type(x) is Value else dispatch(RELU, (x,))
    return answer


def softplus(x: X) -> X:
    """log(1 + exp(x)), a smooth relu, for any x without overflow.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.softplus() if type(x) is Value else dispatch(SOFTPLUS, (x,))
    return answer


def silu(x: X) -> X:
    """x · sigmoid(x), also called swish.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.silu() if type(x) is Value else dispatch(SILU, (x,))
    return answer


def mish(x: X) -> X:
    """x · tanh(softplus(x)) (D. Misra, Mish: A Self Regularized Non-Monotonic Activation Function, 2019).

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.mish() if type(x) is Value else dispatch(MISH, (x,))
    return answer


def gelu(x: X) -> X:
    """x times the probability that a standard normal variable is below x (exact, by erfc).

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.gelu() if type(x) is Value else dispatch(GELU, (x,))
    return answer


def sign(x: X) -> X:
    """1, 0 or -1; derivative 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.sign() if type(x) is Value else dispatch(SIGN, (x,))
    return answer


def floor(x: X) -> X:
    """The largest integer that is not above x; derivative 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.floor() if type(x) is Value else dispatch(FLOOR, (x,))
    return answer


def ceil(x: X) -> X:
    """The smallest integer that is not below x; derivative 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.ceil() if type(x) is Value else dispatch(CEIL, (x,))
    return answer


def trunc(x: X) -> X:
    """x without its fractional part; derivative 0.

    Args:
        x: A Value, a number, a dual number or an array of these.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = x.trunc() if type(x) is Value else dispatch(TRUNC, (x,))
    return answer


def round(x: X, decimals: Any = 0) -> X:
    """The integer nearest to x, the even one of two; derivative 0.

    Args:
        x: A Value, a number, a dual number or an array of these.
        decimals: To how many decimals, as NumPy's round: by a power of ten; below 0, to tens and so on.

    Returns:
        The same kind as x.

    Raises:
        TypeError: x is something else.
    """
    answer: X = rounded(x, decimals) if decimals else dispatch(ROUND, (x,))
    return answer


def atan2(y: Any, x: Any) -> Any:
    """The angle in radians of the point (x, y), between -π and π.

    Args:
        y, x: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(ATAN2, (y, x))


def hypot(x: Any, y: Any) -> Any:
    """√(x² + y²) without overflow.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(HYPOT, (x, y))


def polygamma(n: Any, x: Any) -> Any:
    """The derivative of order n of the digamma function: 1 for the trigamma function.

    Args:
        n, x: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(POLYGAMMA, (n, x))


def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    """x where it is positive, else negative_slope · x.

    Args:
        x, negative_slope: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(LEAKY_RELU, (x, negative_slope))


def elu(x: Any, alpha: Any = 1.0) -> Any:
    """x where it is positive, else alpha · (exp(x) - 1).

    Args:
        x, alpha: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(ELU, (x, alpha))


def mod(x: Any, y: Any) -> Any:
    """x modulo y, the remainder of x // y, with the sign of y.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(MOD, (x, y))


def fmod(x: Any, y: Any) -> Any:
    """The remainder of x / y with the sign of x, as in C.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(FMOD, (x, y))


def floor_divide(x: Any, y: Any) -> Any:
    """The largest integer that is not above x / y; derivative 0.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(FLOOR_DIVIDE, (x, y))


def maximum(x: Any, y: Any) -> Any:
    """The larger of two; at a tie each gets half of the gradient.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(MAXIMUM, (x, y))


def minimum(x: Any, y: Any) -> Any:
    """The smaller of two; at a tie each gets half of the gradient.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(MINIMUM, (x, y))


def greater(x: Any, y: Any) -> Any:
    """1 where x > y, else 0: a comparison that stays in the graph; derivative 0.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(GREATER, (x, y))


def greater_equal(x: Any, y: Any) -> Any:
    """1 where x >= y, else 0; derivative 0.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(GREATER_EQUAL, (x, y))


def less(x: Any, y: Any) -> Any:
    """1 where x < y, else 0; derivative 0.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(LESS, (x, y))


def less_equal(x: Any, y: Any) -> Any:
    """1 where x <= y, else 0; derivative 0.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(LESS_EQUAL, (x, y))


def equal(x: Any, y: Any) -> Any:
    """1 where the numbers x and y are equal, else 0; derivative 0.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(EQUAL, (x, y))


def xlogy(x: Any, y: Any) -> Any:
    """x · log(y), and 0 where x is 0: a term of an entropy.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(XLOGY, (x, y))


def logaddexp(x: Any, y: Any) -> Any:
    """log(exp(x) + exp(y)), for any x and y without overflow.

    Args:
        x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(LOGADDEXP, (x, y))


def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition is non-zero, else y. The gradient goes to the one chosen.

    Args:
        condition, x, y: Values, numbers, dual numbers or arrays of these.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(WHERE, (condition, x, y))


def sum(values: Iterable[Any]) -> Any:
    """x₁ + x₂ + … as one node; 0.0 for no values.

    Args:
        values: A sequence or an array of Values, numbers or dual numbers.

    Returns:
        A Value if an element is one, otherwise a number.

    Raises:
        TypeError: values is no sequence, or an element is something else.
    """
    return dispatch(SUM, elements_of(values))


def mean(values: Iterable[Any]) -> Any:
    """The arithmetic mean as one node.

    Args:
        values: A sequence or an array of Values, numbers or dual numbers.

    Returns:
        A Value if an element is one, otherwise a number.

    Raises:
        TypeError: values is no sequence, or an element is something else.
        ValueError: There are no values.
    """
    return dispatch(MEAN, elements_of(values))


def prod(values: Iterable[Any]) -> Any:
    """x₁ · x₂ · … as one node; 1.0 for no values.

    Args:
        values: A sequence or an array of Values, numbers or dual numbers.

    Returns:
        A Value if an element is one, otherwise a number.

    Raises:
        TypeError: values is no sequence, or an element is something else.
    """
    return dispatch(PROD, elements_of(values))


def max(values: Iterable[Any]) -> Any:
    """The largest as one node, nan if any is nan; ties share the gradient.

    Args:
        values: A sequence or an array of Values, numbers or dual numbers.

    Returns:
        A Value if an element is one, otherwise a number.

    Raises:
        TypeError: values is no sequence, or an element is something else.
        ValueError: There are no values.
    """
    return dispatch(MAX, elements_of(values))


def min(values: Iterable[Any]) -> Any:
    """The smallest as one node, nan if any is nan; ties share the gradient.

    Args:
        values: A sequence or an array of Values, numbers or dual numbers.

    Returns:
        A Value if an element is one, otherwise a number.

    Raises:
        TypeError: values is no sequence, or an element is something else.
        ValueError: There are no values.
    """
    return dispatch(MIN, elements_of(values))


def logsumexp(values: Iterable[Any]) -> Any:
    """log(e^x₁ + e^x₂ + …) as one node, without overflow.

    Args:
        values: A sequence or an array of Values, numbers or dual numbers.

    Returns:
        A Value if an element is one, otherwise a number.

    Raises:
        TypeError: values is no sequence, or an element is something else.
        ValueError: There are no values.
    """
    return dispatch(LOGSUMEXP, elements_of(values))


arcsin, arccos, arctan, arcsinh, arccosh, arctanh, rint, arctan2 = asin, acos, atan, asinh, acosh, atanh, round, atan2
remainder = mod

# </written: functions>


# ---- functions that say more than their row, or have none

def clip(x: Any, low: Any = None, high: Any = None) -> Any:
    """x, limited to [low, high].

    Args:
        x: A Value, number, dual number or array.
        low, high: The bounds, of the same kinds; None is no bound on that side.

    Returns:
        A Value if an argument is one, otherwise a number or an array.

    Raises:
        TypeError: An argument is something else.
    """
    return dispatch(CLIP, (x, -INF if low is None else low, INF if high is None else high))


def dot(xs: Iterable[Any], ys: Iterable[Any], bias: Any = None) -> Any:
    """x₁y₁ + x₂y₂ + … + bias as one node: the net input of a neuron.

    Args:
        xs, ys: Sequences or arrays of n Values, numbers or dual numbers each.
        bias: A Value or number; None for no bias.

    Returns:
        A Value if an element is one, otherwise a number.

    Raises:
        TypeError: xs or ys is no sequence, or an element is something else.
        ValueError: The lengths are unequal.
    """
    first = xs if type(xs) is list else elements_of(xs)
    second = ys if type(ys) is list else elements_of(ys)
    if len(first) != len(second):
        raise ValueError(
            f"dot of two sequences of one length is expected, got {len(first)} and {len(second)}"
        )
    return dispatch(DOT, joined(first, second, bias))


def take(values: Iterable[Any], index: Any) -> Any:
    """The value at an integer index, which may be a Value, as an input of a tape: from a table, or of a class.

    As np.take(values, index, axis=0) and PyTorch's embedding: of a table of rows the row, and for several indices
    as many values. The gradient goes to the values that were taken, and none to the index. For a plain number as
    index they are the elements themselves; a Value makes a node of all elements, so that a tape can take others.

    Args:
        values: A sequence or an array of n Values, numbers or dual numbers, or of n rows of them.
        index: An integer from -n to n - 1, also 2.0 for 2: a number, a Value, a dual number, or a sequence or an
            array of these. Negative ones count from the end.

    Returns:
        A Value if an element or the index is one, otherwise a number; for rows, a list or an array of them.

    Raises:
        TypeError: values is no sequence, or an element or the index is something else.
        ValueError: The rows have different lengths.
        IndexError: An index is not an integer, such as 2.5 or nan, or is out of range.
    """
    if isinstance(index, list | tuple) or (is_array(index) and index.ndim):
        found = [take(values, k) for k in index]
        return _as_array(found) if is_array(index) or is_array(values) else found
    if is_array(index):
        index = index.item()
    elements = [*values] if is_array(values) and values.ndim > 1 else elements_of(values)
    of_rows = len(elements) > 0 and (isinstance(elements[0], list | tuple) or is_array(elements[0]))
    if of_rows:
        lengths = sorted({len(row) for row in elements})
        if len(lengths) > 1:
            raise ValueError(f"take: rows of one length are expected, got {lengths[0]} and {lengths[-1]}")
    if type(index) is Value or is_other_kind(index):
        if not of_rows:
            return dispatch(TAKE, (*elements, index))
        row = [take(column, index) for column in zip(*elements, strict=True)]
        return _as_array(row) if is_array(values) else row
    found = _as_it_is(elements[position(float(required(index)), len(elements))])
    return _as_array(found) if is_array(values) and of_rows else found


def _as_it_is(x: Any) -> Any:
    """An element of a table: a number as a float, and of a row each element."""
    if isinstance(x, list | tuple) or is_array(x):
        return [_as_it_is(each) for each in x]
    return x if type(x) is Value or type(x) is IEEEFloat or is_other_kind(x) else float(required(x))


def softmax(values: Iterable[Any]) -> Any:
    """e^xᵢ / (e^x₁ + e^x₂ + …) for each i, without overflow.

    Args:
        values: A sequence or an array of n Values, numbers or dual numbers.

    Returns:
        A list of n Values or numbers; for an array, an array of its shape.

    Raises:
        TypeError: values is no sequence, or an element is something else.
        ValueError: There are no values.
    """
    xs = elements_of(values)
    largest = max(xs)
    powers = [exp(x - largest) for x in xs]
    total = sum(powers)
    return _shaped_as(values, [power / total for power in powers])


def log_softmax(values: Iterable[Any]) -> Any:
    """The logarithms of softmax(values), precise where softmax is small.

    Arguments, result and errors are those of `softmax`.
    """
    xs = elements_of(values)
    largest = max(xs)
    shifted = [x - largest for x in xs]
    total = logsumexp(shifted)
    return _shaped_as(values, [x - total for x in shifted])


def elements_of(values: Any) -> tuple[Any, ...]:
    """The elements of a sequence, or all those of an array. TypeError for what is neither."""
    if type(values) is tuple:
        return values
    if type(values) is list:
        return tuple(values)
    if is_array(values):
        return tuple(values.ravel().tolist())
    if isinstance(values, (Value, str)) or not isinstance(values, Iterable):
        raise TypeError(f"a sequence of Values or numbers is expected, got {describe(values)}")
    return tuple(values)


def _shaped_as(values: Any, answers: list[Any]) -> Any:
    return _as_array(answers).reshape(values.shape) if is_array(values) else answers


def _as_array(answers: list[Any]) -> Any:
    import numpy as np

    return np.array(answers)
