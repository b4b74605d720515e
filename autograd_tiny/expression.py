"""Expressions as text: `parse("x = a + b; y = b + c; x * y", a=-1, b=3, c=4)` returns a Value.

Python's parser turns the text into a syntax tree, and _Interpreter evaluates the kinds of nodes that it knows. No text
is ever run as code.
"""
from __future__ import annotations

import ast
import math
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import signature
from typing import Any, TypeAlias

from .boundary.arguments import describe
from .calculus import operations as ops
from .calculus.operations import Operation
from .engine import functions
from .engine.value import Value, apply

Number: TypeAlias = "Value | float"
Step: TypeAlias = tuple[Callable[..., Any], Sequence[ast.expr]]

MAX_LENGTH = 100_000        # of a text, in characters
CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(functions, name)
    for name in functions.__all__
    if name not in ("softmax", "log_softmax")       # they return a list
}
OPERATORS: dict[type[ast.AST], Operation] = {
    ast.Add: ops.ADD, ast.Sub: ops.SUB, ast.Mult: ops.MUL, ast.Div: ops.DIV, ast.Pow: ops.POW,
    ast.USub: ops.NEG, ast.Gt: ops.GREATER, ast.GtE: ops.GREATER_EQUAL, ast.Lt: ops.LESS,
    ast.LtE: ops.LESS_EQUAL, ast.Eq: ops.EQUAL,
}
GRAMMAR = "an expression has numbers, names, + - * / **, comparisons and functions"
HINTS: dict[type[object], str] = {
    ast.Assign: "one name is assigned to at a time, as x = a + b",
    ast.Attribute: "names and functions stand alone, as x or relu(x), not after a dot",
    ast.BitXor: "a power is written x**2",
    ast.Call: "a function is called by its name alone, as relu(x)",
    ast.Compare: "two numbers are compared at a time, by > >= < <= or ==",
    ast.IfExp: "a choice is written where(condition, x, y)",
    ast.List: "a list can only be an argument, as in max([x, y])",
}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class ExpressionError(ValueError):
    """The text of an expression, or the values for it, cannot be used; the message is one line."""


def parse(text: str, /, **values: Number) -> Value:
    """Compute the Value that a text describes.

    The text is in Python's notation: statements on separate lines or separated by `;`. Each is `name = expression`
    (or `+=` and the like); the last one is the output and may be an expression alone. An expression has numbers,
    names, + - * / **, comparisons (1 or 0) and the functions of this package that return a number, with lists where
    they take sequences: `max([a, b])`. The constants pi, e, inf and nan are known, unless a name of yours is the
    same. All numbers are floats, so 10**10**10 is inf.

    Names become labels. A name that is assigned again has its new value from there on, and the second x is labelled
    x₂. An output without a name is called f.

    Args:
        text: The statements.
        values: A number or a Value for each free name. A number becomes a new leaf; a Value is used itself, and gets
            the name as its label if it has none.

    Returns:
        The output.

    Raises:
        ExpressionError: The text cannot be read or computed, a name has no value, or a value is not used.
        TypeError: The text is not a str, or a value is not a number.
    """
    interpreter = _Interpreter(text, values)
    if not interpreter.statements:
        raise ExpressionError("there is no expression in the text")
    for statement in interpreter.statements:
        output = interpreter.execute(statement, is_last=statement is interpreter.statements[-1])
    for name in interpreter.unused:
        raise _not_used(name)
    return output


def constant(text: str) -> float:
    """Compute an expression without free names, such as "-1", "1/3" or "2*pi".

    Args:
        text: The expression.

    Returns:
        Its value.

    Raises:
        ExpressionError: The text is no such expression.
    """
    interpreter = _Interpreter(text, {})
    match interpreter.statements:
        case [ast.Expr(value=expression)]:
            return float(interpreter.compute(expression))
    raise ExpressionError(f"a number is expected, got {_cut(text)}")


def subscripted(name: str, index: int) -> str:
    """The label x₂ for x and 2: no name in a text can be equal to it."""
    return name + str(index).translate(SUBSCRIPTS)


class _Interpreter:
    """The statements of a text, and the values of its names so far."""

    def __init__(self, text: str, values: Mapping[str, Number]) -> None:
        if not isinstance(text, str):
            raise TypeError(f"the text of an expression is expected, got {describe(text)}")
        # indentation has no meaning here
        self.text = "\n".join(line.strip() for line in text.split("\n"))
        self.statements = _statements(self.text)
        self.names: dict[str, Value] = {}
        self.assignments = Counter[str]()           # how often each name has been assigned
        self.unused: dict[str, None] = {}           # given names that the text has not used yet
        self.lists: set[ast.expr] = set()           # the lists that are arguments of functions
        for given, number in values.items():
            name = unicodedata.normalize("NFKC", given)     # as Python's parser does: two kinds of µ are one
            self.assign(name, number)
            self.unused[name] = None

    def execute(self, statement: ast.stmt, is_last: bool) -> Value:
        """Compute the expression of a statement and assign it to its name."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=expression):
                pass
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=right):
                left = ast.copy_location(ast.Name(name), target)
                expression = ast.copy_location(ast.BinOp(left, op, right), statement)
            case ast.Expr(value=expression) if is_last:
                name = "f"
            case ast.Expr():
                raise ExpressionError(f"{self.shown(statement)} has no effect: give it a name, as x = …")
            case _:
                raise self.refused(statement)
        return self.assign(name, self.compute(expression))

    def assign(self, name: str, number: Number) -> Value:
        """Give a name its value, and the value its label if it has none."""
        if name in self.unused:
            raise _not_used(name)
        value = number if isinstance(number, Value) else Value(number)
        self.assignments[name] += 1
        if not value.label:
            count = self.assignments[name]
            value.label = name if count == 1 else subscripted(name, count)
        self.names[name] = value
        return value

    def compute(self, expression: ast.expr) -> Number:
        """The value of an expression, without recursion, so that it may be nested to any depth.

        The tree is first written in Polish notation, each function before its operands. Read from the end, each
        function finds its operands on top of a stack (J. Łukasiewicz, 1924).
        """
        polish = []
        waiting = [expression]
        while waiting:
            function, operands = self.step(waiting.pop())
            polish.append((function, len(operands)))
            waiting.extend(reversed(operands))
        results: list[Any] = []
        for function, count in reversed(polish):
            results.append(function(*[results.pop() for _ in range(count)]))
        number: Number = results.pop()
        return number

    def step(self, node: ast.expr) -> Step:
        """The function that computes a node of the tree, and the nodes of its operands."""
        match node:
            case ast.Constant(value=int() | float() as written) if not isinstance(written, bool):
                return partial(_as_float, written), []
            case ast.Name(id=name):
                number = self.value_of(name)
                return lambda: number, []
            case ast.UnaryOp(op=ast.UAdd(), operand=x):
                return lambda number: number, [x]
            case ast.UnaryOp(op=op, operand=x) if type(op) in OPERATORS:
                return partial(apply, OPERATORS[type(op)]), [x]
            case ast.BinOp(left=x, op=op, right=y) if type(op) in OPERATORS:
                return partial(apply, OPERATORS[type(op)]), [x, y]
            case ast.Compare(left=x, ops=[op], comparators=[y]) if type(op) in OPERATORS:
                return partial(apply, OPERATORS[type(op)]), [x, y]
            case ast.List(elts=elements) if node in self.lists:
                return lambda *numbers: numbers, elements
            case ast.Call(func=ast.Name(id=name)):
                arguments = self.arguments(node, name)
                return partial(self.call, node, name, list(arguments)), list(arguments.values())
        raise self.refused(node)

    def value_of(self, name: str) -> Number:
        """The value of a name, or of a constant."""
        if name in self.names:
            self.unused.pop(name, None)
            return self.names[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in FUNCTIONS:
            raise ExpressionError(f"{name} is a function: write {name}(…)")
        raise ExpressionError(f"{name} has no value: give it one, as {name}=1")

    def arguments(self, node: ast.Call, name: str) -> dict[str, ast.expr]:
        """The arguments of a call by the names of the parameters, after a check of which are lists."""
        if name not in FUNCTIONS:
            raise ExpressionError(_unknown(name))
        declared = signature(FUNCTIONS[name])
        takes_list = {key: str(x.annotation).startswith("Iterable") for key, x in declared.parameters.items()}
        usage = f"write {name}({', '.join(f'[{key}]' if takes_list[key] else key for key in takes_list)})"
        keywords = {each.arg or "**": each.value for each in node.keywords}
        try:
            if len(keywords) < len(node.keywords):
                raise TypeError("an argument is given twice")
            given: dict[str, ast.expr] = declared.bind(*node.args, **keywords).arguments
        except TypeError as error:
            raise ExpressionError(f"{self.shown(node)}: {error}; {usage}") from None
        for key, argument in given.items():
            if isinstance(argument, ast.List) != takes_list[key]:
                wanted = "a list" if takes_list[key] else "a number"
                raise ExpressionError(f"{self.shown(node)}: {key} is {wanted}; {usage}")
        self.lists.update(x for x in given.values() if isinstance(x, ast.List))
        return given

    def call(self, node: ast.Call, name: str, keys: Sequence[str], *arguments: Any) -> Number:
        """Call a function; it raises ValueError for an empty list, or for two of different lengths."""
        try:
            result: Number = FUNCTIONS[name](**dict(zip(keys, arguments, strict=True)))
        except ValueError as error:
            raise ExpressionError(f"{self.shown(node)}: {error}") from None
        return result

    def refused(self, node: ast.AST) -> ExpressionError:
        """The error for a node that an expression cannot have."""
        hint = HINTS.get(type(getattr(node, "op", node)), GRAMMAR)
        return ExpressionError(f"{self.shown(node)} is not allowed: {hint}")

    def shown(self, node: ast.AST) -> str:
        """The text of a node, as it was written."""
        return _cut(ast.get_source_segment(self.text, node) or "")


def _statements(text: str) -> list[ast.stmt]:
    """The syntax tree of each statement."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the text has {len(text)} characters, more than {MAX_LENGTH} are not read")
    try:
        with warnings.catch_warnings(action="ignore"):      # their subjects are refused later
            return ast.parse(text).body
    except SyntaxError as error:
        line = (error.text or text).rstrip()
        rest = line[max((error.offset or 0) - 1, 0) :]
        place = f"at {_cut(rest)}" if rest else f"at the end of {_cut(line)}"
        raise ExpressionError(f"{error.msg} {place}") from None
    except (RecursionError, MemoryError):
        raise ExpressionError(f"{_cut(text)} is nested too deeply: give its parts names, as x = …") from None
    except ValueError as error:                             # a null character, for example
        raise ExpressionError(f"{_cut(text)}: {error}") from None


def _as_float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:                                   # an int of more than 308 digits
        return math.inf


def _not_used(name: str) -> ExpressionError:
    return ExpressionError(f"{name} has a value, but the expression does not use it")


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, FUNCTIONS, cutoff=0.5)
    return f"there is no function {name}" + (f"; there is {', '.join(close)}" if close else "")


def _cut(text: str) -> str:
    """A text for a message: in quotes, on one line, cut if it is long."""
    shown = repr(" ".join(text.split()))
    return shown if len(shown) <= 60 else f"{shown[:56]}…{shown[-1]}"
