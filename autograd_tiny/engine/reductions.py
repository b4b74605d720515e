"""Operations of any number of operands, each as one node: sum, mean, prod, max, min, dot, logsumexp, take.

They are written by hand, unlike the other operations: their rows are formulas over lists, and share nothing between the
value and the derivatives. Here a Fan has the numbers of the operands where each function puts its local derivatives,
so that no list is made; logsumexp computes each exponential once, and prod all products of others in two passes. Tests
compare them with the rows. (The names are those of the operations; sum, max and min hide Python's own in this file.)
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

try:
    import cython
except ImportError:
    from . import pure_cython as cython
if cython.compiled:
    from cython.cimports.autograd_tiny.calculus import ieee
    from cython.cimports.autograd_tiny.engine.value import Fan, Value, freeze, nary, number
else:
    from ..calculus import ieee
    from .value import Fan, Value, freeze, nary, number
from ..calculus.formulas import index_error
from ..calculus.operations import DOT, LOGSUMEXP, MAX, MEAN, MIN, PROD, SUM, TAKE, Operation
from .state import noted

INF = 1e999


def sum(fan: Fan) -> Any:
    total = 0.0
    for i in range(fan.size):
        total += fan.local_grads[i]
        fan.local_grads[i] = 1.0
    return nary(SUM, total, fan)


def mean(fan: Fan) -> Any:
    check_not_empty(fan)
    total = 0.0
    for i in range(fan.size):
        total += fan.local_grads[i]
        fan.local_grads[i] = 1.0 / fan.size
    return nary(MEAN, total / fan.size, fan)


def prod(fan: Fan) -> Any:
    """The product; each local derivative is the product of all the others, found without dividing."""
    before = after = 1.0
    for i in range(fan.size):
        x = fan.local_grads[i]
        fan.local_grads[i] = before
        before *= x
    for i in range(fan.size - 1, -1, -1):
        fan.local_grads[i] *= after
        after *= number(fan.operands[i])
    return nary(PROD, before, fan)


def max(fan: Fan) -> Any:
    return extreme(MAX, 1.0, fan)


def min(fan: Fan) -> Any:
    return extreme(MIN, -1.0, fan)


def extreme(operation: Operation, sign: float, fan: Fan) -> Any:
    """The largest (sign = 1) or smallest (sign = -1) operand; nan if one is nan. Ties share the derivative."""
    check_not_empty(fan)
    best = fan.local_grads[0]
    for i in range(fan.size):
        x = fan.local_grads[i]
        if x != x or sign * x > sign * best:
            best = x
    ties = 0.0
    for i in range(fan.size):
        x = fan.local_grads[i]
        fan.local_grads[i] = 1.0 if x == best or x != x else 0.0
        ties += fan.local_grads[i]
    for i in range(fan.size):
        fan.local_grads[i] /= ties
    return nary(operation, best, fan)


def dot(fan: Fan) -> Any:
    """x₁y₁ + x₂y₂ + … + bias; the operands are x₁…xₙ y₁…yₙ, and the bias if their number is odd."""
    n = fan.size // 2
    total = 0.0
    for i in range(n):
        x, y = fan.local_grads[i], fan.local_grads[n + i]
        total += x * y
        fan.local_grads[i] = y
        fan.local_grads[n + i] = x
    if fan.size > 2 * n:
        total += fan.local_grads[2 * n]
        fan.local_grads[2 * n] = 1.0
    return nary(DOT, total, fan)


def logsumexp(fan: Fan) -> Any:
    """log(e^x₁ + e^x₂ + …), shifted by the largest so that nothing overflows."""
    check_not_empty(fan)
    largest = fan.local_grads[0]
    for i in range(fan.size):
        x = fan.local_grads[i]
        if x > largest or x != x:
            largest = x
    total = 0.0
    shift = 0.0 if ieee.fabs(largest) == INF else largest
    for i in range(fan.size):
        fan.local_grads[i] = ieee.exp(fan.local_grads[i] - shift)
        total += fan.local_grads[i]
    f = largest if ieee.fabs(largest) == INF else largest + ieee.log(total)
    for i in range(fan.size):
        fan.local_grads[i] = ieee.divide(fan.local_grads[i], total) if total != 0.0 else 0.0
    return nary(LOGSUMEXP, f, fan)


def take(fan: Fan) -> Any:
    """The x at an index; the operands are x₁…xₙ and the index."""
    check_not_empty(fan)
    place = place_of(fan)
    f = fan.local_grads[place]
    for i in range(fan.size):
        fan.local_grads[i] = 0.0
    fan.local_grads[place] = 1.0
    if type(fan.operands[fan.size - 1]) is Value:
        freeze(fan, fan.size - 1)
    return nary(TAKE, f, fan)


def place_of(fan: Fan) -> Any:
    """The place, from 0, of the element that the index means; see calculus/formulas.py."""
    n = fan.size - 1
    index = fan.local_grads[n]
    if -n <= index < n and index == ieee.floor(index):
        place = int(index)
        return place + n if place < 0 else place
    if noted("any_index") and n:            # a tape is recorded, at a point that does not matter
        return int(ieee.fmod(index, n)) % n if index - index == 0.0 else 0
    given = fan.operands[n]
    raise index_error(index, n, given.label if type(given) is Value else "")


def check_not_empty(fan: Fan) -> None:
    if fan.size == 0:
        raise ValueError("at least one Value or number is expected, got none")


SUM.on_values, MEAN.on_values, PROD.on_values, DOT.on_values = sum, mean, prod, dot
MAX.on_values, MIN.on_values, LOGSUMEXP.on_values, TAKE.on_values = max, min, logsumexp, take
