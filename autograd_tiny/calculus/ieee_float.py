"""IEEEFloat: a float whose operators never raise, for functions of floats that somebody else wrote.

Python's own operators on floats raise where IEEE 754 has an answer, and so NumPy, PyTorch and the engine:
`1 / x` at 0, `x**2` at 1e200. And `x**0.5` at -1 is complex. Here these are inf, inf and nan, by the functions of
ieee.py.
"""
from __future__ import annotations

import math
from collections.abc import Callable

from . import ieee

TYPE_CHECKING = False
if TYPE_CHECKING:       # `typing` takes longer to load than the engine does
    from typing import Any

    Operator = Callable[["IEEEFloat", Any], Any]


def _operators(compute: Callable[[float, float], float]) -> tuple[Operator, Operator]:
    """The operator between an IEEEFloat and a Python number, and the one with the IEEEFloat on the right."""
    def left(x: IEEEFloat, y: Any) -> Any:
        return IEEEFloat(compute(float(x), float(y))) if isinstance(y, float | int) else NotImplemented

    def right(x: IEEEFloat, y: Any) -> Any:
        return IEEEFloat(compute(float(y), float(x))) if isinstance(y, float | int) else NotImplemented

    return left, right


class IEEEFloat(float):
    """A float whose operators follow IEEE 754, and return such floats again. In all else it is a float."""

    __slots__ = ()
    __add__, __radd__ = _operators(lambda x, y: x + y)
    __sub__, __rsub__ = _operators(lambda x, y: x - y)
    __mul__, __rmul__ = _operators(lambda x, y: x * y)
    __truediv__, __rtruediv__ = _operators(ieee.divide)
    __floordiv__, __rfloordiv__ = _operators(lambda x, y: x // y if y else ieee.divide(x, y))
    __mod__, __rmod__ = _operators(lambda x, y: x % y if y else math.nan)
    __pow__, __rpow__ = _operators(ieee.pow)        # type: ignore[assignment]    # whose overloads tell ints apart

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __neg__(self) -> IEEEFloat:
        return IEEEFloat(-float(self))

    def __pos__(self) -> IEEEFloat:
        return self

    def __abs__(self) -> IEEEFloat:
        return IEEEFloat(math.fabs(self))

    def __round__(self, digits: Any = None) -> Any:
        return round(float(self)) if digits is None else IEEEFloat(round(float(self), digits))
