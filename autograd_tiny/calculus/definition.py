"""Definitions of operations in text: "softsign(x) = x / (1 + abs(x))", as users write them and files hold them.

A definition is made of numbers, names, operators, commas and parentheses, and of nothing else; that is looked at before
Python's parser makes a syntax tree of it. Names are the operands, pi, inf, nan and the functions of this package. So
formulas can be printed in other languages like those of the rows; and where they are computed, by formulas.interpreted,
no text becomes code.
"""
from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from ..boundary.text import quoted, shortened
from .differentiation import TooLongError, derivative
from .floats import FLOATS
from .operations import OPERATIONS

MAX_LENGTH, MAX_DEPTH, MAX_OPERANDS, LONGEST_NAME = 10_000, 100, 16, 40
EXACT = 2**53                   # up to here every integer is a float
CONSTANTS = frozenset(["pi", "inf", "nan"])
FUNCTIONS = {row.name: row for row in OPERATIONS if row.summary and not row.is_nary}
TAKEN = frozenset(["input", "parameter", "constant", *FLOATS, *(row.name for row in OPERATIONS)])
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = (ast.Gt, ast.GtE, ast.Lt, ast.LtE, ast.Eq, ast.NotEq)
HEAD = re.compile(r"\s*(\w+)\s*\(([^()=]*)\)\s*=(?!=)(.*)", re.DOTALL)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
TOKENS = re.compile(rf"(?:\s|{NUMBER}(?![\w.])|[A-Za-z_]\w*|==|!=|<=|>=|[-+*/(),<>])*+", re.ASCII)
EXAMPLE = '"softsign(x) = x / (1 + abs(x))"'
GRAMMAR = "a formula has numbers, names, + - * / **, comparisons and functions"
HINTS: dict[str | type[ast.AST], str] = {
    "^": "a power is written x**2", "%": "a remainder is written mod(x, y)", "=": "two numbers are compared by ==",
    "if": "a choice is written where(condition, x, y)", "and": "both conditions are a product, (x > 0) * (x < 1)",
    "or": "one of two conditions is maximum(x > 1, x < 0)", "not": "what does not hold is 1 - (x > 0)",
    "|": "an absolute value is written abs(x)",
    ast.FloorDiv: "a quotient without fraction is written floor_divide(x, y)",
    ast.Call: "a product is written 2*(x + 1)", ast.Compare: "two numbers are compared at a time",
    ast.Tuple: "a number has a point and no commas",
}
OTHER_FUNCTIONS = {
    "ln": "log(x)", "lg": "log10(x)", "ld": "log2(x)", "lb": "log2(x)", "tg": "tan(x)", "arctg": "atan(x)",
    "cot": "1/tan(x)", "ctg": "1/tan(x)", "sec": "1/cos(x)", "csc": "1/sin(x)", "cosec": "1/sin(x)", "sh": "sinh(x)",
    "ch": "cosh(x)", "th": "tanh(x)", "arsinh": "asinh(x)", "arcosh": "acosh(x)", "artanh": "atanh(x)",
    "sgn": "sign(x)", "root": "sqrt(x)", "pow": "x**y", "power": "x**y", "square": "x**2", "fabs": "abs(x)",
    "expit": "sigmoid(x)", "logistic": "sigmoid(x)",
}


class Definition(NamedTuple):
    """The left and the right side of a definition.

    Attributes:
        name: Of the operation.
        operands: The names of its operands.
        formula: The syntax tree of its value.
    """

    name: str
    operands: tuple[str, ...]
    formula: ast.expr

    @property
    def text(self) -> str:
        """The definition, as it is read."""
        return f"{self.name}({', '.join(self.operands)}) = {ast.unparse(self.formula)}"


def defined(text: str) -> Definition:
    """Read a definition.

    Raises:
        ValueError: It is no such definition; the message is one sentence.
    """
    found = HEAD.fullmatch(text)
    if not found:
        raise ValueError(f"an operation is defined as in {EXAMPLE}, got {quoted(text)}")
    name, operands = found[1], [each.strip() for each in found[2].split(",")]
    _check_name(name)
    for k, operand in enumerate(operands):
        _check_operand(operand, name, operands[:k])
    if len(operands) > MAX_OPERANDS:
        raise ValueError(f"{name} has {len(operands)} operands, more than {MAX_OPERANDS} are not read")
    formula = formula_of(found[3], operands, name)
    if names_in(formula).isdisjoint(operands):
        raise ValueError(f"{name} is a constant: a formula of {', '.join(operands)} is expected")
    return Definition(name, tuple(operands), formula)


def formula_of(text: str, names: Sequence[str], owner: str) -> ast.expr:
    """The syntax tree of a formula in these names, with nothing in it that formulas of the calculus don't have.

    Args:
        text: The formula.
        names: Those of the operands; and f, of a derivative.
        owner: The name of the operation, for messages.

    Raises:
        ValueError: It is no such formula; the message is one sentence.
    """
    if len(text) > MAX_LENGTH:
        raise _too_deep(owner)
    text = " ".join(text.split())
    if not text:
        raise ValueError(f"{owner} lacks a formula: an operation is defined as in {EXAMPLE}")
    for word in NAME.findall(text):
        if keyword.iskeyword(word):
            raise _refused(owner, word, HINTS.get(word, GRAMMAR))
    rest = text[TOKENS.match(text).end() :]             # type: ignore[union-attr]
    if rest:
        number = re.match(rf"({NUMBER})([A-Za-z]\w*)", rest, re.ASCII)
        hint = f"a product is written {number[1]}*{number[2]}" if number else HINTS.get(rest[0], GRAMMAR)
        raise _refused(owner, rest, hint)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        rest = text[max((getattr(error, "offset", None) or 1) - 1, 0) :]
        raise _refused(owner, rest or text, shortened(getattr(error, "msg", error))) from None
    except (MemoryError, RecursionError):
        raise _too_deep(owner) from None
    if depth_of(tree) > MAX_DEPTH:
        raise _too_deep(owner)
    found = _Reader(text, names, owner).visit(tree)
    if not _is_bounded(found):              # as it is written in a file
        raise _too_deep(owner)
    return found


def row_of_texts(definition: str, derivatives: Sequence[str]) -> tuple[str, Sequence[str], tuple[str, ...], list[str]]:
    """The parts of the row of an operation that is defined by texts.

    Args:
        definition: "softsign(x) = x / (1 + abs(x))".
        derivatives: A formula in the operands and f for each operand; none, for those that follow from the definition.

    Returns:
        The name, the names of the operands in the row, the texts as they are read, which say all derivatives, and the
        formulas of the row: that of the value, and those of the derivatives.

    Raises:
        TypeError: There are derivatives, but not as many as operands.
        ValueError: A text is no such definition, or no such formula, or the derivatives are too long.
    """
    name, operands, formula = found = defined(definition)
    if derivatives and len(derivatives) != len(operands):
        raise TypeError(
            f"{name} takes {len(operands)} operands and needs a derivative for each, or none, got {len(derivatives)}"
        )
    if derivatives:
        trees = [formula_of(text, [*operands, "f"], name) for text in derivatives]
    else:
        trees = [_derived(found, operand) for operand in operands]
    few = ("x", "y", "z")[: len(operands)]
    in_row = few if len(operands) <= len(few) else tuple([f"x{k}" for k in range(len(operands))])
    names = dict(zip(operands, in_row, strict=True))
    formulas = [ast.unparse(tree) for tree in (formula, *trees)]
    return name, in_row, (found.text, *formulas[1:]), [_renamed(text, names) for text in formulas]


def _derived(definition: Definition, operand: str) -> ast.expr:
    try:
        found = derivative(definition.formula, operand)
        if _is_bounded(found):
            return found
    except TooLongError:
        pass
    raise ValueError(f"the derivative of {definition.name} by {operand} would be very long: give it as a formula, too")


def _is_bounded(formula: ast.expr) -> bool:
    return depth_of(formula) <= MAX_DEPTH and len(ast.unparse(formula)) <= MAX_LENGTH


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A formula with other names in it."""
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return ast.unparse(tree)


class _Reader:
    """Makes a new tree of the kinds of nodes that formulas have."""

    def __init__(self, text: str, names: Sequence[str], owner: str) -> None:
        self.text, self.names, self.owner = text, names, owner

    def visit(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Constant(value=int() | float() as x) if type(x) is not bool:
                return self.number(node, x)
            case ast.Name(id=name) if name in self.names or name in CONSTANTS:
                return ast.Name(name)
            case ast.Name(id=name):
                raise self.unknown(name)
            case ast.UnaryOp(op=ast.USub(), operand=x):
                return ast.UnaryOp(ast.USub(), self.visit(x))
            case ast.UnaryOp(op=ast.UAdd(), operand=x):
                return self.visit(x)
            case ast.BinOp(left=x, op=op, right=y) if isinstance(op, OPERATORS):
                return ast.BinOp(self.visit(x), op, self.visit(y))
            case ast.Compare(left=x, ops=[ast.NotEq()], comparators=[y]):       # no row of the calculus
                return ast.BinOp(ast.Constant(1), ast.Sub(), ast.Compare(self.visit(x), [ast.Eq()], [self.visit(y)]))
            case ast.Compare(left=x, ops=[op], comparators=[y]) if isinstance(op, COMPARISONS):
                return ast.Compare(self.visit(x), [op], [self.visit(y)])
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return ast.Call(ast.Name(name), self.arguments(node, name, arguments), [])
        kind = type(node.op) if isinstance(node, ast.BinOp) else type(node)
        raise self.refused(node, HINTS.get(kind, GRAMMAR))

    def number(self, node: ast.expr, x: float) -> ast.expr:
        if abs(x) > sys.float_info.max:
            raise self.refused(node, "it is beyond the largest float, write inf")
        return ast.Constant(x if abs(x) <= EXACT else float(x))

    def arguments(self, node: ast.expr, name: str, given: Sequence[ast.expr]) -> list[ast.expr]:
        """Those of a call, with the defaults of those that are left out."""
        if name not in FUNCTIONS:
            raise self.unknown(name, is_called=True)
        row = FUNCTIONS[name]
        defaults = [each.partition("=")[2] for each in row.parameters[len(given) :]]
        if len(given) > len(row.operands) or not all(each not in ("", "None") for each in defaults):
            usage = f"{name}({', '.join(each.partition('=')[0] for each in row.parameters)})"
            raise self.refused(node, f"write {usage}")
        return [*map(self.visit, given), *(ast.Constant(float(each)) for each in defaults)]

    def refused(self, node: ast.expr, hint: str) -> ValueError:
        return _refused(self.owner, ast.get_source_segment(self.text, node) or "", hint)

    def unknown(self, name: str, is_called: bool = False) -> ValueError:
        if is_called and (name in self.names or name in CONSTANTS):
            return _refused(self.owner, f"{name}(", f"{name} is a number, and a product is written {name}*(…)")
        if is_called:
            return ValueError(f"a formula of {self.owner}: {unknown_function(name, FUNCTIONS)}")
        if name in FUNCTIONS:
            return _refused(self.owner, name, f"it is a function, write {name}(…)")
        known = ", ".join(self.names)
        return ValueError(f"a formula of {self.owner} has the name {shortened(name)}, and its names are {known}")


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise ValueError(
            f"{shortened(name)} can't be the name of an operation: write at most {LONGEST_NAME} letters from a to z, "
            "digits and _, a letter first"
        )
    if keyword.iskeyword(name):
        raise ValueError(f"{name} can't be the name of an operation, since it is a keyword of Python")
    if name in TAKEN:
        raise ValueError(f"{name} is a name of this package's calculus already: give the operation another one")


def _check_operand(operand: str, owner: str, before: Sequence[str]) -> None:
    if not operand:
        raise ValueError(f"{owner} lacks the name of an operand: an operation is defined as in {EXAMPLE}")
    if not NAME.fullmatch(operand) or len(operand) > LONGEST_NAME or keyword.iskeyword(operand):
        raise ValueError(f"{quoted(operand)} can't be the name of an operand of {owner}: write x, or x1")
    if operand == "f":
        raise ValueError(f"{owner} has an operand f, which is the value's name in derivatives: give it another name")
    if operand in TAKEN:
        raise ValueError(f"{owner} has an operand {operand}, a name of this package's calculus: give it another name")
    if operand in before:
        raise ValueError(f"{owner} has two operands {operand}: give one of them another name")


def _refused(owner: str, text: str, hint: str) -> ValueError:
    return ValueError(f"a formula of {owner} can't have {quoted(text)}: {hint}")


def _too_deep(owner: str) -> ValueError:
    return ValueError(
        f"a formula of {owner} is too long or nested too deeply: {MAX_LENGTH:,} characters and {MAX_DEPTH} levels are "
        "read"
    )


def unknown_function(name: str, known: Iterable[str]) -> str:
    """What to do about a function that is not known."""
    said = f"there is no function {shortened(name)}"
    if name in OTHER_FUNCTIONS:
        return f"{said}: write {OTHER_FUNCTIONS[name]}"
    if len(name) == 1:
        return f"{said}: a product is written {name}*(…)"
    close = get_close_matches(name, known, cutoff=0.5)
    return f"{said}; there is {', '.join(close)}" if close else said


def names_in(formula: ast.expr) -> set[str]:
    """The names in a formula, those of functions among them."""
    return {node.id for node in ast.walk(formula) if isinstance(node, ast.Name)}


def depth_of(formula: ast.expr) -> int:
    """How many operations and functions are nested in it."""
    deepest, left = 0, [(formula, 1)]
    while left:
        node, depth = left.pop()
        deepest = max(deepest, depth)
        left += [(each, depth + 1) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
    return deepest
