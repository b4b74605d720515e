"""Operations that users define, with their derivatives."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import engine
from .engine import Value
from .functions import another_kind, elementwise, is_array
from .ops import Namespace, Operation


class CustomOperation(Operation):
    """A function and its derivatives as one operation of the calculus; see `operation`."""

    def __init__(self, function: Callable[..., Any], derivatives: Sequence[Callable[..., Any]]) -> None:
        names = _operands(function)
        if len(derivatives) != len(names):
            raise TypeError(
                f"{function.__name__} takes {len(names)} operands and needs a derivative for each, "
                f"got {len(derivatives)}"
            )
        for slope in derivatives:
            if not _takes(slope, len(names) + 1):
                raise TypeError(
                    f"a derivative of {function.__name__} is a function of {', '.join(names)} and its value "
                    f"f, got {engine.kind(slope)}"
                )
        super().__init__(function.__name__, function.__name__, " ".join(names), "")
        self.function = function
        self.slopes = tuple(derivatives)
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.__module__ = function.__module__
        self.__qualname__ = function.__qualname__

    def __call__(self, *operands: Any) -> Any:
        """The value at the operands: Values, numbers, dual numbers or arrays."""
        if len(operands) != len(self.operands):
            raise TypeError(f"{self.name} takes {len(self.operands)} operands, got {len(operands)}")
        if any(is_array(x) for x in operands):
            return elementwise(self, operands)
        kind_of_number = another_kind(operands)
        if kind_of_number is not None:
            return kind_of_number.apply_operation(self, operands)
        numbers = [x.data if type(x) is Value else engine.plain_float(x) for x in operands]
        data = self._number(self.function(*numbers), "its value")
        if not any(type(x) is Value for x in operands):
            return data
        slopes = [self._number(slope(*numbers, data), "a derivative") for slope in self.slopes]
        return engine.make(self, data, operands, slopes)

    @property
    def is_nary(self) -> bool:
        """No: an operand may be called xs all the same."""
        return False

    def evaluate(self, namespace: Namespace, operands: Sequence[Any]) -> Any:
        return self._number(self.function(*operands), "its value")

    def differentiate(
        self, namespace: Namespace, operands: Sequence[Any], f: Any, wanted: Sequence[bool] | None = None
    ) -> list[Any]:
        found = [slope(*operands, f) for slope in self.slopes]
        return [x if another_kind((x,)) else self._number(x, "a derivative", Value) for x in found]

    def _number(self, found: Any, what: str, besides: Any = ()) -> Any:
        try:
            return found if isinstance(found, besides) else engine.plain_float(found)
        except TypeError:
            raise TypeError(f"{self.name}: {what} must be a number, got {engine.kind(found)}") from None

    def __reduce__(self) -> str:
        return self.__qualname__                 # found again by its name in its module


def _operands(function: Any) -> list[str]:
    """The names of the operands: plain parameters, nothing else."""
    import inspect                          # here, since that takes as long as half of the package

    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise TypeError(
            "@operation(derivative, …) stands above a Python function of the operands, "
            f"got {engine.kind(function)}"
        ) from None
    for each in parameters:
        plain = each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        if not plain or each.default is not each.empty:
            raise TypeError(
                f"the operands of {function.__name__} are numbers without defaults, in a fixed number; "
                f"got {str(each)!r}"
            )
    return [each.name for each in parameters]


def _takes(slope: Any, count: int) -> bool:
    """Whether slope can be called with so many arguments, as far as one can know before."""
    import inspect

    try:
        inspect.signature(slope).bind(*range(count))
    except ValueError:
        return True                              # a built-in function that does not tell
    except TypeError:
        return False
    return True


def operation(*derivatives: Callable[..., Any]) -> Callable[[Callable[..., Any]], CustomOperation]:
    """Make an operation of your own from a function of floats and its derivatives.

    One derivative for each operand, a function of the operands and of the value f:

        @operation(lambda x, f: 3 * x**2)
        def cube(x):
            return x**3

    The result takes Values, numbers and arrays. It is one node in the graph. Where its derivatives are
    written with Python arithmetic and this package's functions, they can be differentiated again.
    TypeError if the number of derivatives is not the number of operands, if the function has parameters
    other than plain ones, or a derivative does not take the operands and f.
    """
    if not derivatives or not all(map(callable, derivatives)):
        got = ", ".join(map(engine.kind, derivatives)) or "none"
        raise TypeError(f"@operation(…) expects a derivative for each operand, a function; got {got}")

    def define(function: Callable[..., Any]) -> CustomOperation:
        return CustomOperation(function, derivatives)

    return define
