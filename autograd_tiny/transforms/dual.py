"""Dual numbers: forward-mode differentiation, one direction per pass.

A dual number is p + t·ε with ε² = 0. Computing with it gives f(p) + f′(p)·t·ε: beside each value, the *primal*, its
derivative along t, the *tangent*. That is the whole method; the local derivatives f′ are those of
calculus/operations.py. call.py differentiates functions with it.

Primal and tangent may be Values or dual numbers themselves, for derivatives of derivatives. Then each
differentiation marks its ε with a tag of its own, and of two tags the younger is that of the outer number: mixing
them up is the classic mistake, perturbation confusion. W. K. Clifford, Preliminary Sketch of Biquaternions
(1873); J. M. Siskind and B. A. Pearlmutter, Perturbation Confusion and Referential Transparency (2005).
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import count
from numbers import Number
from typing import TYPE_CHECKING, Any

from ..boundary.arguments import conversion_error
from ..boundary.arrays import dtype_of_objects
from ..calculus import operations as ops
from ..calculus.floats import FLOATS
from ..calculus.operations import Operation
from ..engine import functions
from ..engine.gradient_graph import FORMULAS, contribution_as_graph
from ..engine.state import recording
from ..engine.value import Value, apply_ufunc, dispatch, is_operand, plain_float, required, rounded

# dual numbers that are nested by hand have the tags 0, 1, 2 …, or one more than that of a differentiation
FIRST_TAG, NESTED = 2**32, 2**16
_tags = count(FIRST_TAG, NESTED)
_live: set[int] = set()                     # the tags of the differentiations under way

# This very object is the tangent of a number that does not depend on the input: it is left out of products.
INDEPENDENT = float("0")


class Dual:
    """A number and its derivative along one direction: Dual(3.0, 1.0) is x = 3 with dx = 1.

    It has the operators and methods of a Value.

    Args:
        primal: The number: a plain one, a Value or a dual number.
        tangent: Its derivative, likewise.
        tag: The differentiation that it belongs to. By default all dual numbers made of plain numbers belong to the
            same one, so differentiations by hand must not be nested: jvp and derivative can be.

    Attributes:
        primal, tangent, tag: As passed.

    Raises:
        TypeError: primal or tangent is not a number.
    """

    __slots__ = ("primal", "tag", "tangent")
    primal: Any
    tag: int
    tangent: Any

    def __init__(self, primal: Any, tangent: Any = 0.0, tag: int | None = None) -> None:
        self.primal = _part(primal)
        self.tangent = structural_zero(_part(tangent))
        inside = [part.tag for part in (self.primal, self.tangent) if type(part) is Dual]
        self.tag = tag if tag is not None else max(inside, default=-1) + 1

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any:
            """exp, sin, tanh, …: see the end of this file."""

    @staticmethod
    def apply_operation(operation: Operation, operands: Sequence[Any]) -> Dual:
        """An operation on dual numbers, by the chain rule: local derivatives times tangents of the operands, summed.

        Args:
            operation: A row of the calculus, or an operation of your own.
            operands: At least one of them a dual number.
        """
        operands = [x if type(x) is Dual else required(x) for x in operands]
        tag = max([x.tag for x in operands if type(x) is Dual])
        check_live(tag)
        ours = [type(x) is Dual and x.tag == tag for x in operands]
        primals = [x.primal if our else x for x, our in zip(operands, ours, strict=True)]
        plain = {*map(type, primals)} == {float}
        f = float(operation.evaluate(FLOATS, primals)) if plain else dispatch(operation, tuple(primals))
        if not recording():                     # inside no_grad()
            return dual(f, INDEPENDENT, tag)
        derivatives = operation.differentiate(FLOATS if plain else FORMULAS, primals, f, ours)
        total: Any = INDEPENDENT
        for x, our, derivative in zip(operands, ours, derivatives, strict=True):
            if our and x.tangent is not INDEPENDENT and not (operation.selects and _is_zero(derivative)):
                product = contribution_as_graph(operation, x.tangent, derivative)
                total = product if total is INDEPENDENT else total + product
        return dual(f, total, tag)

    @property
    def data(self) -> float:
        """The primal as a float."""
        return number(self)

    def item(self) -> float:
        """The primal as a float."""
        return number(self)

    def detach(self) -> Any:
        """The primal: a float, or a Value that requires no gradient."""
        return self.primal.detach() if isinstance(self.primal, Value | Dual) else self.primal

    def __add__(self, other: object) -> Any:
        return _binary(ops.ADD, self, other)

    def __radd__(self, other: object) -> Any:
        return _binary(ops.ADD, other, self)

    def __sub__(self, other: object) -> Any:
        return _binary(ops.SUB, self, other)

    def __rsub__(self, other: object) -> Any:
        return _binary(ops.SUB, other, self)

    def __mul__(self, other: object) -> Any:
        return _binary(ops.MUL, self, other)

    def __rmul__(self, other: object) -> Any:
        return _binary(ops.MUL, other, self)

    def __truediv__(self, other: object) -> Any:
        return _binary(ops.DIV, self, other)

    def __rtruediv__(self, other: object) -> Any:
        return _binary(ops.DIV, other, self)

    def __pow__(self, other: object) -> Any:
        return _binary(ops.POW, self, other)

    def __rpow__(self, other: object) -> Any:
        return _binary(ops.POW, other, self)

    def __mod__(self, other: object) -> Any:
        return _binary(ops.MOD, self, other)

    def __rmod__(self, other: object) -> Any:
        return _binary(ops.MOD, other, self)

    def __floordiv__(self, other: object) -> Any:
        return _binary(ops.FLOOR_DIVIDE, self, other)

    def __rfloordiv__(self, other: object) -> Any:
        return _binary(ops.FLOOR_DIVIDE, other, self)

    def __divmod__(self, other: object) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: object) -> tuple[Any, Any]:
        return other // self, other % self

    def __floor__(self) -> Any:
        return dispatch(ops.FLOOR, (self,))

    def __ceil__(self) -> Any:
        return dispatch(ops.CEIL, (self,))

    def __trunc__(self) -> Any:
        return dispatch(ops.TRUNC, (self,))

    def __round__(self, ndigits: int | None = None) -> Any:
        return rounded(self, ndigits or 0)

    def __neg__(self) -> Any:
        return dispatch(ops.NEG, (self,))

    def __pos__(self) -> Dual:
        return self

    def conjugate(self) -> Dual:
        """The number itself, which is real."""
        return self

    def __abs__(self) -> Any:
        return dispatch(ops.ABS, (self,))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy's functions of numbers, called with a dual number itself: see Value."""
        return apply_ufunc(ufunc, method, inputs, kwargs)

    @property
    def dtype(self) -> Any:
        """That of an array of dual numbers, which NumPy wants to know of a sum or a norm."""
        return dtype_of_objects()

    def fabs(self) -> Any:
        """Its absolute value."""
        return abs(self)

    def square(self) -> Any:
        """Its square."""
        return self * self

    def reciprocal(self) -> Any:
        """1 / x."""
        return 1.0 / self

    def deg2rad(self) -> Any:
        """An angle in degrees, in radians."""
        return self * (math.pi / 180.0)

    def rad2deg(self) -> Any:
        """An angle in radians, in degrees."""
        return self * (180.0 / math.pi)

    def logical_xor(self, other: object) -> bool:
        """Whether one of two numbers is 0, and the other is not."""
        return bool(self) != bool(other)

    radians, degrees = deg2rad, rad2deg

    def __eq__(self, other: object) -> Any:
        if type(other) is Dual or type(other) is Value:
            if self is other:
                return number(self) == number(self)                         # nan is not equal to itself
            return (Value(number(self)) == Value(number(other)))    # False, or an error: see Value
        return _compared(self, other, "__eq__")

    def __lt__(self, other: object) -> Any:
        return _compared(self, other, "__lt__")

    def __le__(self, other: object) -> Any:
        return _compared(self, other, "__le__")

    def __gt__(self, other: object) -> Any:
        return _compared(self, other, "__gt__")

    def __ge__(self, other: object) -> Any:
        return _compared(self, other, "__ge__")

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __bool__(self) -> bool:
        return number(self) != 0.0

    def __float__(self) -> float:
        raise conversion_error(self, "float", "derivative")

    def __int__(self) -> int:
        return int(self.__float__())

    def __index__(self) -> int:
        raise conversion_error(self, "index", "derivative")

    def __format__(self, spec: str) -> str:
        return format(number(self), spec) if spec else repr(self)

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r})"


Number.register(Dual)                   # as Value


def dual(primal: Any, tangent: Any, tag: int) -> Dual:
    """The dual number of parts that are known to be numbers."""
    made = Dual.__new__(Dual)
    made.primal, made.tangent, made.tag = primal, tangent, tag
    return made


def fresh_tag() -> int:
    """A tag for a differentiation that begins now, greater than all before."""
    tag = next(_tags)
    _live.add(tag)
    return tag


def end(tag: int) -> None:
    """The differentiation with this tag has ended: dual numbers that outlive it can't be computed with."""
    _live.discard(tag)


def check_live(tag: int) -> None:
    """RuntimeError for the tag of a differentiation that has ended, as JAX for a leaked tracer."""
    if tag >= FIRST_TAG and tag - tag % NESTED not in _live:
        raise RuntimeError(
            "a dual number leaked from a differentiation in forward mode that has ended, through a global variable or "
            "an attribute perhaps: return it from the function instead, with has_aux=True, or keep x.data"
        )


def number(x: Any) -> float:
    """The float in a number of any kind."""
    while type(x) is Dual:
        x = x.primal
    return x.data if type(x) is Value else float(x)


def structural_zero(tangent: Any) -> Any:
    """The tangent itself, but INDEPENDENT for a plain 0."""
    return INDEPENDENT if _is_zero(tangent) else tangent


def _part(x: Any) -> Any:
    return x if type(x) is Value or type(x) is Dual else plain_float(x)


def _is_zero(x: Any) -> bool:
    return (type(x) is float or type(x) is int) and x == 0


def _binary(operation: Operation, x: Any, y: Any) -> Any:
    for each in (x, y):
        if type(each) is not Dual and not is_operand(each):
            return NotImplemented
    return Dual.apply_operation(operation, (x, y))


def _compared(x: Dual, other: object, comparison: str) -> Any:
    if not isinstance(other, Dual) and not is_operand(other):
        return NotImplemented
    return getattr(Value(number(x)), comparison)(number(other))


# ---- the other methods of Value, each one the function of its name

def _method(function: Callable[..., Any], of_two: bool) -> Callable[..., Any]:
    def method(self: Dual, *others: Any, **named: Any) -> Any:
        return function(self, *others, **named)

    def method_of_two(self: Dual, other: Any) -> Any:
        return function(self, other)

    chosen = method_of_two if of_two else method
    chosen.__doc__ = function.__doc__
    return chosen


for _row in ops.OPERATIONS:
    for _name in filter(None, (_row.name, _row.numpy_name)):
        if _row.summary and hasattr(Value, _name):
            setattr(Dual, _name, _method(getattr(functions, _name), _row.parameters == ("x", "y")))
