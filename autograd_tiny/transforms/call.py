"""One differentiation of one call of a function: over Values, in reverse mode, or over dual numbers, in forward mode.

Differentiations nest, in any order, and none may be confused with another. Forward inside forward: each has a tag,
see dual.py. Reverse inside reverse: each has Values of its own, see `_variable`. Forward inside reverse: dual numbers
of Values need nothing special. Reverse inside forward: see `pulled_back`. functional.py makes transforms of it.

A. G. Baydin, B. A. Pearlmutter, A. A. Radul and J. M. Siskind, Automatic Differentiation in Machine Learning: a
Survey (2018).
"""
from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from ..boundary.arguments import describe
from ..boundary.arrays import array_in, function_that_failed, way_out
from ..boundary.text import shortened
from ..engine import functions
from ..engine.gradient_graph import gradient_graph, gradients
from ..engine.graph import topological_order
from ..engine.state import noted, switched
from ..engine.value import Value
from .dual import Dual, check_live, dual, end, fresh_tag, number, structural_zero
from .pytree import Structure, flatten, map_values, opened

Argnums: TypeAlias = "int | Sequence[int]"
Function: TypeAlias = "Callable[..., Any]"

LINALG = ("det", "inv", "norm", "slogdet", "solve")     # what linalg.py has of NumPy's functions


class Call:
    """A call of a function to differentiate, with respect to the numbers in some of its arguments: the variables.

    Attributes:
        fun: The function.
        numbers: The variables, flat.
        structure: That of the argument that they are in, or of a tuple of several arguments.
        keep: Whether the answers are to be Values, because there are Values among the arguments.
    """

    def __init__(
        self, fun: Function, args: tuple[Any, ...], kwargs: dict[str, Any], argnums: Argnums, has_aux: bool,
        integer_arrays: bool = False,
    ) -> None:
        self.fun, self.args, self.kwargs, self.has_aux = fun, args, kwargs, has_aux
        self.several = isinstance(argnums, Sequence)
        wanted: Sequence[Any] = argnums if isinstance(argnums, Sequence) else [argnums]
        self.places = [place_of(each, args, fun) for each in wanted]
        if len({*self.places}) < len(self.places):
            raise ValueError(f"argnums={argnums} names an argument of {name_of(fun)} twice")
        parts = [flatten(args[i], f"argument {i} of {name_of(fun)}", integer_arrays) for i in self.places]
        self.numbers = [x for numbers, _ in parts for x in numbers]
        structures = [structure for _, structure in parts]
        self.structure = Structure(tuple, structures, self.places) if self.several else structures[0]
        self.keep = has_value(args) or has_value(kwargs)

    @classmethod
    def at_plain_numbers(cls, fun: Function, args: tuple[Any, ...]) -> Call:
        """A call to differentiate with respect to all arguments, Values and dual numbers taken as plain numbers."""
        call = cls(fun, args, {}, range(len(args)), False)
        call.numbers = [number(x) for x in call.numbers]
        call.keep = False
        return call

    def run(self, variables: Sequence[Any]) -> tuple[list[Any], Structure, Any]:
        """Call the function with these variables: the numbers of its result, their structure, the aux."""
        args = list(self.args)
        built = self.structure.unflatten(variables)
        for place, argument in zip(self.places, built if self.several else (built,), strict=True):
            args[place] = argument
        result, aux = self._called(args), None
        if self.has_aux:
            if not isinstance(result, tuple | list) or len(result) != 2:
                raise TypeError(f"has_aux, but {name_of(self.fun)} returned no (result, aux): {describe(result)}")
            result, aux = result
        return *flatten(result, f"the result of {name_of(self.fun)}", integer_arrays=True), aux

    def _called(self, args: Sequence[Any]) -> Any:
        try:
            return self.fun(*args, **self.kwargs)
        except (AttributeError, TypeError) as error:
            found = function_that_failed(error)
            if found is None:
                raise
            library, name = found
            ours = name if name in functions.__all__ else f"linalg.{name}" if name in LINALG else ""
            raise TypeError(way_out(f"{library} {name}", ours)) from error

    def over_values(self) -> ReverseRun:
        """Run the function on Values, for passes back from its outputs."""
        variables: list[Value] = []
        with _differentiating(variables):
            pairs = [_variable(x) for x in self.numbers]
            variables.extend([value for _, value in pairs])
            outputs, structure, aux = self.run([lifted for lifted, _ in pairs])
        return ReverseRun(outputs, structure, aux, variables, self.keep)

    def over_duals(self, directions: Iterable[Sequence[Any]]) -> ForwardRun:
        """Run the function on dual numbers, once for each direction: a tangent for each variable."""
        columns: list[list[Any]] = []
        for direction in directions:
            tag = fresh_tag()
            try:
                with _differentiating(()):
                    found, structure, aux = self.run([
                        dual(x, structural_zero(t), tag) for x, t in zip(self.numbers, direction, strict=True)
                    ])
            finally:
                end(tag)
            parts = [_parts(x, tag) for x in found]
            columns.append([self.settled(tangent) for _, tangent in parts])
            outputs = [primal for primal, _ in parts]
            aux = map_values(partial(_primal, tag), aux)
        if not columns:
            outputs, structure, aux = self.run([])
        return ForwardRun(outputs, structure, aux, columns)

    def over_duals_in_all_directions(self) -> ForwardRun:
        """The same, once for each variable: in the direction in which it alone changes."""
        n = len(self.numbers)
        return self.over_duals([float(i == k) for i in range(n)] for k in range(n))

    def settled(self, x: Any) -> Any:
        """A number of an answer: a Value only if it is to be one."""
        if type(x) is Dual:
            check_live(x.tag)
            return dual(self.settled(x.primal), self.settled(x.tangent), x.tag)
        if type(x) is Value:
            return x if self.keep or _outer_depend_on(x) else x.data
        return Value(x, requires_grad=False) if self.keep else x

    def settled_aux(self, aux: Any) -> Any:
        """The aux with settled numbers; anything else in it is left as it is."""
        return map_values(self.settled, aux)


class ReverseRun(NamedTuple):
    """A run over Values."""

    outputs: list[Any]
    structure: Structure
    aux: Any
    variables: Sequence[Value]
    keep: bool

    def jacobian_rows(self) -> list[list[Any]]:
        """The derivatives of each output with respect to each variable: a reverse pass for each output."""
        return [pulled_back(output, self.variables, self.keep) for output in self.outputs]


class ForwardRun(NamedTuple):
    """Runs over dual numbers; the columns are the tangents of the outputs for each direction."""

    outputs: list[Any]
    structure: Structure
    aux: Any
    columns: list[list[Any]]

    def jacobian_rows(self) -> list[list[Any]]:
        """The derivatives of each output along each direction."""
        return [[column[i] for column in self.columns] for i in range(len(self.outputs))]


def _parts(x: Any, tag: int) -> tuple[Any, Any]:
    """Primal and tangent of an output, in the differentiation with this tag."""
    return (x.primal, x.tangent) if type(x) is Dual and x.tag == tag else (x, 0.0)


def _primal(tag: int, x: Any) -> Any:
    return _parts(x, tag)[0]


def _variable(x: Any) -> tuple[Any, Value]:
    """A number to call a function with, and the new Value in it to differentiate with respect to.

    From a Value a new one is computed, so that this differentiation does not see other uses of it. In a dual number,
    which belongs to a differentiation around this one, the primal is the variable.
    """
    if type(x) is Dual:
        primal, value = _variable(x.primal)
        return dual(primal, x.tangent, x.tag), value
    made = x * 1.0 if type(x) is Value and x.requires_grad else Value(x.data if type(x) is Value else x)
    return made, made


def pulled_back(output: Any, variables: Sequence[Value], keep: bool) -> list[Any]:
    """The derivatives of one output with respect to the variables.

    Those of a dual number are dual numbers: the derivatives of its primal and of its tangent.
    """
    if type(output) is Dual:
        primals = pulled_back(output.primal, variables, keep)
        tangents = pulled_back(output.tangent, variables, keep)
        return [dual(p, t, output.tag) for p, t in zip(primals, tangents, strict=True)]
    if type(output) is not Value:
        return [Value(0.0, requires_grad=False) if keep else 0.0 for _ in variables]
    if keep or _outer_depend_on(output):
        return list(gradient_graph(output, variables, 1.0, just_computed=True))
    return list(gradients(output, variables))


def weighted_sum(weights: Sequence[Any], outputs: Sequence[Any]) -> Any:
    """Σ weightᵢ · outputᵢ: one reverse pass from it does the work of several."""
    with _differentiating(()):
        return functions.dot(weights, outputs)


# ---- the differentiations under way, one inside the other

def _differentiating(variables: Sequence[Value]) -> switched:
    """A block in which operations are recorded, variables are known, and comparisons with nan are refused."""
    return switched(recording=True, on_comparison=_refuse_comparison, variables=variables)


def _refuse_comparison(x: Any, y: Any) -> None:
    """ValueError for a comparison whose answer would not be that of the numbers alone."""
    if number(x) == number(y):
        raise ValueError(
            f"== asks whether {x!r} and {y!r} are the same node, and would say no, although the numbers are "
            "equal: write autograd_tiny.equal(x, y), or x.data == y.data"
        )
    raise ValueError(
        f"a comparison with nan decides what to compute ({x!r} and {y!r}): neither branch would be "
        "right, so look for where the nan comes from"
    )


def _outer_depend_on(x: Value) -> bool:
    """Whether a differentiation around this one needs to know how x was computed."""
    outer = {id(variable) for variables in noted("variables") for variable in variables}
    return bool(outer) and any(id(node) in outer for node in topological_order(x))


def has_value(x: Any) -> bool:
    """Whether there is a Value anywhere in a pytree."""
    if type(x) is Value:
        return True
    if type(x) is Dual:
        return has_value(x.primal) or has_value(x.tangent)
    parts = opened(x)
    if parts is not None:
        return any(map(has_value, parts.children))
    array, _ = array_in(x)
    return array is not None and array.dtype.kind == "O" and has_value(array.ravel().tolist())


# ---- names and places of arguments

def place_of(argnum: Any, args: Sequence[Any], fun: Function) -> int:
    """The index of an argument; negative argnums count from the end."""
    try:
        place = operator.index(argnum)
    except TypeError:
        raise TypeError(f"argnums is an int or a sequence of them, got {describe(argnum)}") from None
    if not -len(args) <= place < len(args):
        raise ValueError(
            f"argnums={argnum}, but {name_of(fun)} was called with {len(args)} argument(s) by position"
        )
    return place % len(args)


def name_of(fun: Any) -> str:
    """The name of a function in a message."""
    return shortened(getattr(fun, "__name__", None) or describe(fun))


def name_of_result(fun: Any) -> str:
    """The name of the result of a function: its own, or f if that is no identifier, as of a lambda."""
    return name_of(fun) if name_of(fun).isidentifier() else "f"


def names_of_arguments(fun: Any, count: int) -> list[str]:
    """Names for the arguments by position of a function that is called with so many."""
    try:
        parameters = list(inspect.signature(fun).parameters.values())
    except (TypeError, ValueError):                     # a built-in function may have no signature
        parameters = []
    names = [each.name for each in parameters if each.kind <= each.POSITIONAL_OR_KEYWORD]
    return [*names, *(f"x{i}" for i in range(len(names), count))][:count]


def names_of_numbers(names: Sequence[str], arguments: Structure) -> list[str]:
    """A name for each number in arguments of these names: x[0], params['w']."""
    pairs = zip(names, arguments.children, strict=True)
    return [each for name, structure in pairs for each in structure.names(name)]
