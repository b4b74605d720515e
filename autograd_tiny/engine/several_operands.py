"""Functions of two and three operands, each a Value or a number, with every local derivative written out.

This file is written from the rows of calculus/operations.py, by `make written`, and is read like any other; the
functions of one operand stand in value.py, as methods. Names of operations hide Python's own in this file.
"""
from __future__ import annotations

try:
    import cython
except ImportError:
    from . import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.calculus import ieee
    from cython.cimports.autograd_tiny.engine.value import Fan, Value, binary, fan_of, flat, freeze, nary, number
else:
    from ..calculus import ieee
    from .value import Fan, Value, binary, fan_of, flat, freeze, nary, number
# <written: imports> by `make written`
from ..calculus.operations import (
    ATAN2, CLIP, ELU, EQUAL, FLOOR_DIVIDE, FMOD, GREATER, GREATER_EQUAL, HYPOT, LEAKY_RELU, LESS, LESS_EQUAL,
    LOGADDEXP, MAXIMUM, MINIMUM, MOD, POLYGAMMA, WHERE, XLOGY,
)
# </written: imports>
from .value import Operand

PI, INF, NAN = 3.141592653589793, 1e999, 1e999 - 1e999

# <written: functions> by `make written`

def atan2(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.atan2(x, y)
    by_x = 0.0 if ieee.hypot(x, y) == 0.0 else ieee.divide(ieee.divide(y, ieee.hypot(x, y)), ieee.hypot(x, y))
    by_y = (
        0.0 if ieee.hypot(x, y) == 0.0
        else ieee.divide(ieee.divide(-x, ieee.hypot(x, y)), ieee.hypot(x, y))
    )
    return binary(ATAN2, f, left, by_x, right, by_y)


def hypot(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.hypot(x, y)
    by_x = (
        sign_of(x) * ieee.sqrt(maximum_of(1.0 - ieee.divide(y, f) * ieee.divide(y, f), 0.25))
        if ieee.fabs(x) > ieee.fabs(y)
        else ieee.divide(x, f)
    )
    by_y = (
        sign_of(y) * ieee.sqrt(maximum_of(1.0 - ieee.divide(x, f) * ieee.divide(x, f), 0.25))
        if ieee.fabs(y) > ieee.fabs(x)
        else ieee.divide(y, f)
    )
    return binary(HYPOT, f, left, by_x, right, by_y)


def polygamma(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.polygamma(x, y)
    return binary(POLYGAMMA, f, left, NAN, right, ieee.polygamma(x + 1.0, y))


def leaky_relu(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x if x > 0.0 else y * x
    by_x = 1.0 if x > 0.0 else y
    by_y = 0.0 if x > 0.0 else x
    return binary(LEAKY_RELU, f, left, by_x, right, by_y)


def elu(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x if x > 0.0 else y * ieee.expm1(x)
    by_x = 1.0 if x > 0.0 else y * ieee.exp(0.0 if x > 0.0 else x)
    by_y = 0.0 if x > 0.0 else ieee.expm1(0.0 if x > 0.0 else x)
    return binary(ELU, f, left, by_x, right, by_y)


def mod(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.fmod(x, y) + (y if ieee.fmod(x, y) * sign_of(y) < 0.0 else 0.0)
    return binary(MOD, f, left, 1.0, right, -round_of(ieee.divide(x - f, y)))


def fmod(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = ieee.fmod(x, y)
    return binary(FMOD, f, left, 1.0, right, -round_of(ieee.divide(x - f, y)))


def floor_divide(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = (
        ieee.divide(x, y) if y == 0.0
        else 0.0 * x - (1.0 if x * y < 0.0 else 0.0) if ieee.fabs(y) == INF
        else ieee.rint(ieee.divide(x - mod_of(x, y), y))
    )
    return flat(binary(FLOOR_DIVIDE, f, left, 0.0, right, 0.0))


def maximum(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x if x >= y else y if y > x else x + y
    by_x = 0.5 if x == y else 0.0 if x < y else 1.0
    by_y = 0.5 if x == y else 0.0 if x > y else 1.0
    return binary(MAXIMUM, f, left, by_x, right, by_y)


def minimum(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x if x <= y else y if y < x else x + y
    by_x = 0.5 if x == y else 0.0 if x > y else 1.0
    by_y = 0.5 if x == y else 0.0 if x < y else 1.0
    return binary(MINIMUM, f, left, by_x, right, by_y)


def greater(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = 1.0 if x > y else 0.0
    return flat(binary(GREATER, f, left, 0.0, right, 0.0))


def greater_equal(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = 1.0 if x >= y else 0.0
    return flat(binary(GREATER_EQUAL, f, left, 0.0, right, 0.0))


def less(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = 1.0 if x < y else 0.0
    return flat(binary(LESS, f, left, 0.0, right, 0.0))


def less_equal(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = 1.0 if x <= y else 0.0
    return flat(binary(LESS_EQUAL, f, left, 0.0, right, 0.0))


def equal(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = 1.0 if x == y else 0.0
    return flat(binary(EQUAL, f, left, 0.0, right, 0.0))


def xlogy(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = (y if y != y else 0.0) if x == 0.0 else x * ieee.log(y)
    by_x = ieee.log(1.0 if x == 0.0 and y <= 0.0 else y)
    by_y = ieee.divide(x, 1.0 if x == 0.0 and y == 0.0 else y)
    return binary(XLOGY, f, left, by_x, right, by_y)


def logaddexp(left: Operand, right: Operand) -> Value:
    x, y = number(left), number(right)
    f = x + ieee.log(2.0) if x == y else maximum_of(x, y) + ieee.log1p(ieee.exp(-ieee.fabs(x - y)))
    by_x = 0.0 if f == -INF else sigmoid_of(x - y)
    by_y = 0.0 if f == -INF else sigmoid_of(y - x)
    return binary(LOGADDEXP, f, left, by_x, right, by_y)


def where(first: Operand, second: Operand, third: Operand) -> Value:
    fan: Fan = fan_of((first, second, third))
    x, y, z = number(first), number(second), number(third)
    freeze(fan, 0)
    f = y if x != 0.0 else z
    fan.local_grads[0] = 0.0
    fan.local_grads[1] = 1.0 if x != 0.0 else 0.0
    fan.local_grads[2] = 0.0 if x != 0.0 else 1.0
    return nary(WHERE, f, fan)


def clip(first: Operand, second: Operand, third: Operand) -> Value:
    fan: Fan = fan_of((first, second, third))
    x, y, z = number(first), number(second), number(third)
    f = minimum_of(maximum_of(x, y), z)
    fan.local_grads[0] = (1.0 if x >= y else 0.0) * (1.0 if x <= z else 0.0)
    fan.local_grads[1] = (1.0 if x < y else 0.0) * (1.0 if y < z else 0.0)
    fan.local_grads[2] = (1.0 if x > z else 0.0) + (1.0 if x <= z else 0.0) * (1.0 if z < y else 0.0)
    return nary(CLIP, f, fan)


def maximum_of(x: float, y: float) -> float:
    f: float = x if x >= y else y if y > x else x + y
    return f


def minimum_of(x: float, y: float) -> float:
    f: float = x if x <= y else y if y < x else x + y
    return f


def mod_of(x: float, y: float) -> float:
    f: float = ieee.fmod(x, y) + (y if ieee.fmod(x, y) * sign_of(y) < 0.0 else 0.0)
    return f


def round_of(x: float) -> float:
    f: float = ieee.rint(x)
    return f


def sigmoid_of(x: float) -> float:
    f: float = (
        ieee.divide(1.0, 1.0 + ieee.exp(-x)) if x >= 0.0
        else ieee.divide(ieee.exp(x), 1.0 + ieee.exp(x))
    )
    return f


def sign_of(x: float) -> float:
    f: float = 1.0 if x > 0.0 else -1.0 if x < 0.0 else x
    return f

# </written: functions>


# <written: implementations> by `make written`
ATAN2.on_values = atan2
HYPOT.on_values = hypot
POLYGAMMA.on_values = polygamma
LEAKY_RELU.on_values = leaky_relu
ELU.on_values = elu
MOD.on_values = mod
FMOD.on_values = fmod
FLOOR_DIVIDE.on_values = floor_divide
MAXIMUM.on_values = maximum
MINIMUM.on_values = minimum
GREATER.on_values = greater
GREATER_EQUAL.on_values = greater_equal
LESS.on_values = less
LESS_EQUAL.on_values = less_equal
EQUAL.on_values = equal
WHERE.on_values = where
CLIP.on_values = clip
XLOGY.on_values = xlogy
LOGADDEXP.on_values = logaddexp
# </written: implementations>
