"""Elementary functions composed of the operators + − × ÷, Exp, Log, Sqrt, Sin and Pow.

The formulas are from M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), chapter 4; expm1 and
log1p are W. Kahan's, in which the errors of exp and log cancel.
"""
from __future__ import annotations

import math

from .symbols import Number, Symbol, all_symbols, applied, chosen, truth_of

# π/2 in three parts, of which the first two times an integer up to 10⁶ are exact
HALF_PI = 1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21
COMMON = 1e6                            # the largest angle that is reduced by these
FAR = 2.0**28                           # from here on x² ± 1 is x²


def exp(x: Symbol) -> Symbol:
    """Exp, an operator."""
    return applied("Exp", x)


def log(x: Symbol) -> Symbol:
    """Log, an operator."""
    return applied("Log", x)


def sqrt(x: Symbol) -> Symbol:
    """Sqrt, an operator."""
    return applied("Sqrt", x)


def absolute(x: Symbol) -> Symbol:
    """Abs, an operator."""
    return applied("Abs", x)


def is_equal(x: Number, y: Number) -> Symbol:
    """Whether they are equal."""
    return truth_of("Equal", x, y)


def is_other(x: Symbol, y: float) -> Symbol:
    """Whether x is smaller or larger; not for nan. onnxruntime would take a Not apart, and lose a -0 then."""
    return truth_of("Or", x < y, x > y)


def odd(x: Symbol, y: Symbol) -> Symbol:
    """y with the sign of x; x itself where that is 0 or nan."""
    return chosen(x < 0.0, -y, chosen(x > 0.0, y, x))


def is_positive(x: Symbol) -> Symbol:
    """Whether the sign of x is plus, also that of 0; not for nan."""
    return truth_of("Or", x > 0.0, chosen(is_equal(x, 0.0), 1.0 / x, 0.0) > 0.0)


# ---- exponentials and logarithms

def expm1(x: Symbol) -> Symbol:
    """exp(x) - 1, near 0 times x / log(exp(x))."""
    u = exp(x)
    v = u - 1.0
    at_ends = chosen(is_equal(v, -1.0), -1.0, chosen(is_equal(u, math.inf), math.inf, v * (x / log(u))))
    return chosen(is_other(u, 1.0), at_ends, x)


def log1p(x: Symbol) -> Symbol:
    """log(1 + x), near 0 times x / ((1 + x) - 1)."""
    u = 1.0 + x
    return chosen(is_other(u, 1.0), chosen(is_equal(u, math.inf), math.inf, log(u) * (x / (u - 1.0))), x)


def exp2(x: Symbol) -> Symbol:
    """A power of 2."""
    return applied("Pow", 2.0, x)


def log2(x: Symbol) -> Symbol:
    """log(x) / log(2)."""
    return log(x) / math.log(2.0)


def log10(x: Symbol) -> Symbol:
    """log(x) / log(10)."""
    return log(x) / math.log(10.0)


def sigmoid(x: Symbol) -> Symbol:
    """1 / (1 + exp(-x)): 0 where exp(-x) is infinite."""
    return 1.0 / (1.0 + exp(-x))


def softplus(x: Symbol) -> Symbol:
    """log(1 + exp(x))."""
    return applied("Max", x, 0.0) + log1p(exp(-absolute(x)))


def log_sigmoid(x: Symbol) -> Symbol:
    """log(1 / (1 + exp(-x)))."""
    return -softplus(-x)


# ---- roots

def cbrt(x: Symbol) -> Symbol:
    """A power of 1/3, and a step of Newton's method."""
    y = absolute(x)
    root = applied("Pow", y, 1.0 / 3.0)
    better = root - (root - y / (root * root)) / 3.0
    return odd(x, chosen(is_equal(y, math.inf), y, better))


def hypot(x: Number, y: Number) -> Symbol:
    """√(x² + y²) without overflow; infinite where either is, also beside nan."""
    a, b = map(absolute, all_symbols(x, y))
    more, less = applied("Max", a, b), applied("Min", a, b)
    ratio = less / more
    finite = chosen(is_equal(more, 0.0), 0.0, more * sqrt(1.0 + ratio * ratio))
    return chosen(truth_of("Or", is_equal(a, math.inf), is_equal(b, math.inf)), math.inf, finite)


# ---- hyperbolic functions and their inverses

def sinh(x: Symbol) -> Symbol:
    """Of e = expm1(|x|): (e + e / (e + 1)) / 2; far out, exp(|x| / 2)² / 2."""
    y = absolute(x)
    e, half = expm1(y), exp(0.5 * y)
    return odd(x, chosen(y < 22.0, 0.5 * (e + e / (e + 1.0)), 0.5 * half * half))


def cosh(x: Symbol) -> Symbol:
    """Of h = exp(|x| / 2): (h² + 1 / h²) / 2."""
    half = exp(0.5 * absolute(x))
    return 0.5 * half * half + 0.5 / half / half


def asinh(x: Symbol) -> Symbol:
    """log(|x| + √(x² + 1))."""
    y = absolute(x)
    near = log1p(y + y * y / (1.0 + sqrt(y * y + 1.0)))
    return odd(x, chosen(y > FAR, log(y) + math.log(2.0), near))


def acosh(x: Symbol) -> Symbol:
    """log(x + √(x² - 1))."""
    t = x - 1.0
    near = log1p(t + sqrt(2.0 * t + t * t))
    return chosen(x < 1.0, math.nan, chosen(x > FAR, log(x) + math.log(2.0), near))


def atanh(x: Symbol) -> Symbol:
    """½ log((1 + x) / (1 - x))."""
    y = absolute(x)
    return odd(x, 0.5 * log1p(2.0 * y / (1.0 - y)))


# ---- cosine, tangent and inverse trigonometric functions

def sin(x: Symbol) -> Symbol:
    """Sin, an operator."""
    return applied("Sin", x)


def cos(x: Symbol) -> Symbol:
    """1 - 2 sin²(x / 2); near its zeros an absolute error."""
    half = sin(0.5 * x)
    return 1.0 - 2.0 * (half * half)


def tan(x: Symbol) -> Symbol:
    """sin / cos of the angle without its multiple of π/2: near the poles, cos(x) has few digits."""
    n = applied("Round", x * (2.0 / math.pi))
    r = x - n * HALF_PI[0] - n * HALF_PI[1] - n * HALF_PI[2]
    sine, cosine = sin(r), cos(r)
    is_odd = is_equal(n - 2.0 * applied("Floor", 0.5 * n), 1.0)
    near = chosen(is_odd, -(cosine / sine), sine / cosine)
    far = sin(x) / cos(x)
    return chosen(is_other(x, 0.0), chosen(absolute(x) < COMMON, near, far), x)


def _atan_up_to_1(y: Symbol) -> Symbol:
    """For y from 0 to 1: a rough angle a, and arctan(y) - a = arctan((y cos a - sin a) / (cos a + y sin a))."""
    rough = y * (math.pi / 4.0 + 0.273 * (1.0 - y))             # within 0.004
    sine, cosine = sin(rough), cos(rough)
    t = (y * cosine - sine) / (cosine + y * sine)
    z = t * t
    return rough + t * (1.0 - z * (1.0 / 3.0 - z * (0.2 - z / 7.0)))


def atan_of_positive(y: Symbol) -> Symbol:
    """For y from 0 to inf."""
    is_far = y > 1.0
    near = _atan_up_to_1(chosen(is_far, 1.0 / y, y))
    return chosen(is_far, math.pi / 2.0 - near, near)


def atan(x: Symbol) -> Symbol:
    """The inverse of tan."""
    return odd(x, atan_of_positive(absolute(x)))


def asin(x: Symbol) -> Symbol:
    """The angle with the tangent x / √(1 - x²)."""
    y = absolute(x)
    return odd(x, atan_of_positive(y / sqrt((1.0 - y) * (1.0 + y))))


def acos(x: Symbol) -> Symbol:
    """Twice the angle with the tangent √((1 - x) / (1 + x))."""
    return 2.0 * atan_of_positive(sqrt((1.0 - x) / (1.0 + x)))


def atan2(y: Number, x: Number) -> Symbol:
    """The angle of the point (x, y): that of (|x|, |y|), reflected."""
    x, y = all_symbols(x, y)
    a, b = absolute(x), absolute(y)
    both_infinite = truth_of("And", is_equal(a, math.inf), is_equal(b, math.inf))
    ratio = chosen(is_equal(b, 0.0), 0.0 * a, chosen(both_infinite, 1.0, b / a))
    ratio = chosen(truth_of("And", is_equal(b, 0.0), is_equal(a, math.inf)), 0.0, ratio)
    right = atan_of_positive(ratio)
    half = chosen(is_positive(x), right, math.pi - right)
    return chosen(is_positive(y), half, -half)
