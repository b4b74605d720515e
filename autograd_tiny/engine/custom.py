"""Operations that users define, with their derivatives: by formulas, or by Python functions."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from ..boundary.arguments import describe, is_other_kind, takes
from ..boundary.text import printable, quoted, shortened
from ..calculus.floats import FLOATS
from ..calculus.formulas import Namespace, interpreted
from ..calculus.ieee_float import IEEEFloat
from ..calculus.operations import Operation
from .gradient_graph import FORMULAS, gradients
from .state import switched
from .value import Value, dispatch, make, plain_float


class OwnOperation(Operation):
    """An operation that a user has defined; see `operation`."""

    @property
    def signature(self) -> str:
        """Name and operands, as in a definition: "softsign(x)"."""
        return f"{self.name}({', '.join(self.operands)})"

    def __call__(self, *operands: Any) -> Any:
        """The value at the operands: Values, numbers, dual numbers or arrays."""
        if len(operands) != len(self.operands):
            raise TypeError(f"{self.name} takes {len(self.operands)} operands, got {len(operands)}")
        return dispatch(self, operands)


class FormulaOperation(OwnOperation):
    """An operation that a user has defined by formulas: a row of the calculus like any other.

    In the row, operands have the names that rows have. Operations of the same texts are equal.

    Attributes:
        texts: The definition, and a formula for each derivative, in the names of the user.
    """

    compiled = staticmethod(interpreted)

    def __init__(self, definition: str, *derivatives: str) -> None:
        from ..calculus.definition import row_of_texts   # here, since the syntax of Python is slow to load

        name, operands, self.texts, formulas = row_of_texts(definition, derivatives)
        super().__init__(name, name, " ".join(operands), *formulas)
        self.__name__ = self.__qualname__ = name
        self.__doc__ = self.texts[0]

    def on_values(self, *operands: Any) -> Value:
        """The value as a node, if one of the operands is a Value."""
        numbers = [x.data if type(x) is Value else plain_float(x) for x in operands]
        data = float(self.evaluate(FLOATS, numbers))
        return make(self, data, operands, [float(x) for x in self.differentiate(FLOATS, numbers, data)])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FormulaOperation) and self.texts == other.texts

    def __hash__(self) -> int:
        return hash(self.texts)

    def __repr__(self) -> str:
        return printable(f"<Operation {self.texts[0]}>")

    def __reduce__(self) -> Any:
        return FormulaOperation, self.texts


class CustomOperation(OwnOperation):
    """A function and its derivatives as one operation of the calculus; see `operation`."""

    def __init__(self, function: Callable[..., Any], derivatives: Sequence[Callable[..., Any]]) -> None:
        names, name = _operand_names(function), shortened(function.__name__)
        if len(derivatives) != len(names):
            raise TypeError(
                f"{name} takes {len(names)} operands and needs a derivative for each, "
                f"got {len(derivatives)}"
            )
        for derivative in derivatives:
            if not takes(derivative, len(names) + 1):
                raise TypeError(
                    f"a derivative of {name} is a function of {', '.join(names)} and its value "
                    f"f, got {describe(derivative)}"
                )
        super().__init__(name, name, " ".join(names), "")
        self.is_nary = False                # an operand may be called xs all the same
        self.function = function
        self.derivative_functions = tuple(derivatives)
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.__module__ = function.__module__
        self.__qualname__ = function.__qualname__

    def on_values(self, *operands: Any) -> Value:
        """The value as a node, if one of the operands is a Value."""
        numbers = [IEEEFloat(x.data if type(x) is Value else plain_float(x)) for x in operands]
        data = IEEEFloat(self._number(self.function(*numbers), "its value"))
        derivatives = [self._number(each(*numbers, data), "a derivative") for each in self.derivative_functions]
        return make(self, data, operands, derivatives)

    def evaluate(self, namespace: Namespace, operands: Sequence[Any]) -> Any:
        return self._number(self.function(*map(_ieee, operands)), "its value")

    def differentiate(
        self, namespace: Namespace, operands: Sequence[Any], f: Any, wanted: Sequence[bool] | None = None
    ) -> list[Any]:
        found = [each(*map(_ieee, (*operands, f))) for each in self.derivative_functions]
        derivatives = [x if is_other_kind(x) else self._number(x, "a derivative", Value) for x in found]
        if any(type(x) is Value or is_other_kind(x) for x in operands):     # they may be differentiated again
            self._refuse_hidden_numbers(operands, derivatives, wanted or [True] * len(operands))
        return derivatives

    def _refuse_hidden_numbers(
        self, operands: Sequence[Any], derivatives: Sequence[Any], wanted: Sequence[bool]
    ) -> None:
        """RuntimeError if a derivative changes where its graph does not say so: its own derivative would be wrong.

        Two signs of that: at the same operands it is another number after the function was called elsewhere, so it
        uses what the function saved; or it is a plain number, and another one elsewhere.
        """
        here = [IEEEFloat(x.data if type(x) is Value or is_other_kind(x) else x) for x in operands]
        elsewhere = [IEEEFloat(x + 1e-3 * max(abs(x), 1.0)) for x in here]
        try:
            f = IEEEFloat(self.function(*here))
            first = self._numbers(here, f)
            moved = self._numbers(elsewhere, IEEEFloat(self.function(*elsewhere)))
            again = self._numbers(here, f)
            self.function(*here)                # what it saves is as before
        except Exception:                       # there the function may not be defined: nothing is known
            return
        known = {id(x) for x in operands}
        for k, derivative in enumerate(derivatives):
            is_leaf = type(derivative) is Value and not derivative.operands and id(derivative) not in known
            is_plain = is_leaf or not (type(derivative) is Value or is_other_kind(derivative))
            if wanted[k] and (first[k] != again[k] or (is_plain and first[k] != moved[k])):
                raise RuntimeError(
                    f"{self.name} cannot be differentiated twice: its derivative with respect to {self.operands[k]} "
                    "uses numbers that are neither operands nor f, saved by the function or taken by .data or math. "
                    "Write it as a formula of the operands and f, with this package's functions"
                )

    def _numbers(self, operands: Sequence[float], f: float) -> list[str]:
        """The derivatives at plain numbers, as texts, so that nan equals nan."""
        return [repr(float(each(*operands, f))) for each in self.derivative_functions]

    def _number(self, found: Any, what: str, besides: Any = ()) -> Any:
        try:
            return found if isinstance(found, besides) else plain_float(found)
        except TypeError:
            raise TypeError(f"{self.name}: {what} must be a number, got {describe(found)}") from None

    def __reduce__(self) -> str:
        return self.__qualname__                 # found again by its name in its module


class LocalDerivative(CustomOperation):
    """A local derivative of a custom operation, as an operation of its own: of the operands and of the value f.

    Its own local derivatives are found by differentiating the graph of the derivative, each time anew.
    """

    def __init__(self, operation: CustomOperation, place: int) -> None:
        name = f"{operation.name}_by_{operation.operands[place]}"
        Operation.__init__(self, name, name, " ".join((*operation.operands, "value")), "")
        self.is_nary = False
        self.operation, self.place = operation, place

    def evaluate(self, namespace: Namespace, operands: Sequence[Any]) -> Any:
        *xs, f = operands
        wanted = [k == self.place for k in range(len(xs))]
        return self.operation.differentiate(namespace, xs, f, wanted)[self.place]

    def differentiate(
        self, namespace: Namespace, operands: Sequence[Any], f: Any, wanted: Sequence[bool] | None = None
    ) -> list[Any]:
        are_values = any(type(x) is Value for x in operands)
        leaves = [x if type(x) is Value and x.requires_grad else Value(plain_float(x)) for x in operands]
        with switched(recording=True):
            found = self.evaluate(FORMULAS, leaves)
        if type(found) is not Value:
            return [0.0] * len(leaves)
        return [*gradients(found, leaves, create_graph=are_values)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalDerivative) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[CustomOperation, int]:
        return self.operation, self.place

    def __reduce__(self) -> Any:
        return LocalDerivative, (self.operation, self.place)


def _ieee(x: Any) -> Any:
    """A plain float as one whose operators never raise; anything else as it is."""
    return IEEEFloat(x) if type(x) is float else x


def _operand_names(function: Any) -> list[str]:
    """The names of the operands: plain parameters, nothing else."""
    import inspect  # here, since that takes as long as half of the package

    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise TypeError(
            "@operation(derivative, …) stands above a Python function of the operands, "
            f"got {describe(function)}"
        ) from None
    for each in parameters:
        plain = each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        if not plain or each.default is not each.empty:
            raise TypeError(
                f"the operands of {shortened(function.__name__)} are numbers without defaults, in a fixed number; "
                f"got {quoted(str(each))}"
            )
    return [each.name for each in parameters]


@overload
def operation(definition: str, /, *derivatives: str) -> FormulaOperation: ...
@overload
def operation(*derivatives: Callable[..., Any]) -> Callable[[Callable[..., Any]], CustomOperation]: ...
def operation(*given: Any) -> Any:
    """Make an operation of your own, by formulas in text or by Python functions.

    The result takes Values, numbers, dual numbers and arrays, and is one node in the graph.

        softsign = operation("softsign(x) = x / (1 + abs(x))", "1 / (1 + abs(x))**2")

    Defined by formulas, it is like an operation of this package: it can be differentiated to any order, its formulas
    are in explanations, and tapes that have it can be saved, and written in other languages. A formula has numbers, the
    operands, pi, inf, nan, + - * / **, comparisons (1 or 0) and this package's functions of one to three numbers;
    `where(condition, x, y)` is a choice. A derivative may also have f, the value. Where no derivatives are given they
    follow from the formula by the chain rule; those that are given, because they keep more digits perhaps, are the ones
    that are computed, everywhere. No text is executed.

        @operation(lambda x, f: 3 * x**2)
        def cube(x):
            return x**3

    Defined by functions of floats, it stays in Python. If its derivatives are written with Python arithmetic and this
    package's functions, they can be differentiated again. If they use other numbers than the operands and f, as
    intermediate results that the function saved, differentiating twice is a RuntimeError.

    Args:
        *given: A definition, "name(operands) = formula", and as many formulas of derivatives as there are operands, or
            none. Or a function for each operand, of the operands and of the value f.

    Returns:
        The operation; given functions, a decorator for the function of the value.

    Raises:
        TypeError: The number of derivatives is not the number of operands, the function has parameters other
            than plain ones, or a derivative does not take the operands and f.
        ValueError: A text is no such definition or formula, or a name in it has another meaning; the message says what
            to write.
    """
    if given and isinstance(given[0], str):
        if not all(isinstance(each, str) for each in given):
            raise TypeError(
                "the derivatives of an operation that is defined by a text are texts, too, such as "
                f'"1 / (1 + abs(x))**2"; got {", ".join(map(describe, given[1:]))}'
            )
        return FormulaOperation(*given)
    if not given or not all(map(callable, given)):
        got = ", ".join(map(describe, given)) or "none"
        raise TypeError(f"@operation(…) expects a derivative for each operand, a function; got {got}")

    def define(function: Callable[..., Any]) -> CustomOperation:
        return CustomOperation(function, given)

    return define
