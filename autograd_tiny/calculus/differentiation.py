"""The derivative of a formula as a formula again: the chain rule on syntax trees, with the derivatives of the rows.

It goes from the operands outward, as forward mode does. So of where(condition, x, y) only the branch counts that is
chosen: the other one may be infinite, or not a number.
"""
from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from functools import cache
from itertools import islice

from .operations import (
    ADD, DIV, EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, MUL, NEG, OPERATIONS, POW, SUB, Operation,
)

MAX_NODES = 5_000
ROWS = {row.name: row for row in OPERATIONS}
ROW_OF: Mapping[type[ast.AST], Operation] = {
    ast.Add: ADD, ast.Sub: SUB, ast.Mult: MUL, ast.Div: DIV, ast.Pow: POW, ast.USub: NEG, ast.Gt: GREATER,
    ast.GtE: GREATER_EQUAL, ast.Lt: LESS, ast.LtE: LESS_EQUAL, ast.Eq: EQUAL,
}
ZERO, ONE = ast.Constant(0), ast.Constant(1)


class TooLongError(ValueError):
    """A derivative that is too long to be a formula."""


def derivative(formula: ast.expr, operand: str) -> ast.expr:
    """The derivative of a formula, as definition.py makes them, with respect to one of its operands; ZERO if none.

    Raises:
        TooLongError: It has more than MAX_NODES parts.
    """
    match formula:
        case ast.Constant():
            return ZERO
        case ast.Name(id=name):
            return ONE if name == operand else ZERO
        case ast.Call(func=ast.Name(id="where"), args=[condition, x, y]):
            found = _where(condition, derivative(x, operand), derivative(y, operand))
        case _:
            found = _by_chain_rule(formula, operand)
    if len([*islice(ast.walk(found), MAX_NODES + 1)]) > MAX_NODES:
        raise TooLongError
    return found


def _by_chain_rule(formula: ast.expr, operand: str) -> ast.expr:
    row, operands = parts(formula)
    names = {**dict(zip(row.operands, operands, strict=True)), "f": formula}
    total: ast.expr = ZERO
    for text, x in zip(row.derivatives, operands, strict=True):
        inner = derivative(x, operand)
        if text != "0" and inner is not ZERO:
            total = _sum(total, _contribution(row, _written(_parsed(text), names), inner))
    return total


def parts(formula: ast.expr) -> tuple[Operation, list[ast.expr]]:
    """The row of the outermost operation of a formula, and its operands."""
    match formula:
        case ast.UnaryOp(op=op, operand=x):
            return ROW_OF[type(op)], [x]
        case ast.BinOp(left=x, op=op, right=y) | ast.Compare(left=x, ops=[op], comparators=[y]):
            return ROW_OF[type(op)], [x, y]
        case ast.Call(func=ast.Name(id=name), args=operands):
            return ROWS[name], operands
    raise AssertionError(ast.dump(formula))


def _contribution(row: Operation, local: ast.expr, inner: ast.expr) -> ast.expr:
    """Local derivative times inner derivative, as Operation.contribution: an operand that was not selected sends 0."""
    if not row.selects or inner is ONE:
        return _product(local, inner)
    match local:
        case ast.Call(func=ast.Name(id="where"), args=[condition, x, y]) if {_number(x), _number(y)} == {0.0, 1.0}:
            return _where(condition, *(ZERO if _number(each) == 0 else inner for each in (x, y)))
    if _is_truth(local):
        return _where(local, inner, ZERO)
    return _where(ast.Compare(local, [ast.Eq()], [ZERO]), ZERO, _product(local, inner))


# ---- formulas of rows, with formulas for their operands

@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _written(node: ast.expr, names: Mapping[str, ast.expr]) -> ast.expr:
    """A formula of a row with these formulas for its operands, simplified where numbers are known."""
    match node:
        case ast.Name(id=name):
            return names.get(name, node)
        case ast.UnaryOp(operand=x):
            return _negative(_written(x, names))
        case ast.BinOp(left=x, op=op, right=y):
            return _binary(_written(x, names), op, _written(y, names))
        case ast.Compare(left=x, ops=[op], comparators=[y]):
            return _comparison(_written(x, names), op, _written(y, names))
        case ast.Call(func=ast.Name(id="where"), args=[condition, x, y]):
            return _where(_written(condition, names), _written(x, names), _written(y, names))
        case ast.Call(func=function, args=operands):
            return ast.Call(function, [_written(x, names) for x in operands], [])
    return node


def _binary(x: ast.expr, op: ast.operator, y: ast.expr) -> ast.expr:
    a, b = _number(x), _number(y)
    match op:
        case ast.Mult():
            return _product(x, y)
        case ast.Add() | ast.Sub() if a is not None and b is not None:
            total = a + b if isinstance(op, ast.Add) else a - b
            return _constant(total) if math.isfinite(total) else ast.BinOp(x, op, y)
        case ast.Div() | ast.Pow() if b == 1:
            return x
        case ast.Pow() if b == 0:
            return ONE
    return ast.BinOp(x, op, y)


def _comparison(x: ast.expr, op: ast.cmpop, y: ast.expr) -> ast.expr:
    a, b = _number(x), _number(y)
    if a is None or b is None:
        return ast.Compare(x, [op], [y])
    holds = {ast.Gt: a > b, ast.GtE: a >= b, ast.Lt: a < b, ast.LtE: a <= b, ast.Eq: a == b, ast.NotEq: a != b}
    return _constant(float(holds[type(op)]))


def _sum(x: ast.expr, y: ast.expr) -> ast.expr:
    return y if x is ZERO else x if y is ZERO else ast.BinOp(x, ast.Add(), y)


def _product(x: ast.expr, y: ast.expr) -> ast.expr:
    a, b = _number(x), _number(y)
    if a is not None and b is not None and math.isfinite(a * b):
        return _constant(a * b)
    if (a == 0 and _is_truth(y)) or (b == 0 and _is_truth(x)):
        return ZERO
    if a in (1.0, -1.0) or b in (1.0, -1.0):
        factor, rest = (a, y) if a in (1.0, -1.0) else (b, x)
        return rest if factor == 1 else _negative(rest)
    return ast.BinOp(x, ast.Mult(), y)


def _negative(x: ast.expr) -> ast.expr:
    a = _number(x)
    return ast.UnaryOp(ast.USub(), x) if a is None else _constant(-a)


def _where(condition: ast.expr, x: ast.expr, y: ast.expr) -> ast.expr:
    known = _number(condition)
    if known is not None:
        return x if known else y
    if x is y:
        return x
    return ast.Call(ast.Name("where"), [condition, x, y], [])


def _is_truth(node: ast.expr) -> bool:
    """Whether a number can only be 1 or 0."""
    match node:
        case ast.BinOp(left=x, op=ast.Mult(), right=y):
            return _is_truth(x) and _is_truth(y)
    return isinstance(node, ast.Compare)


def _number(node: ast.expr) -> float | None:
    """The number that a node is; None if that is not known."""
    match node:
        case ast.Constant(value=int() | float() as x):
            return float(x)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as x)):
            return -float(x)
    return None


def _constant(x: float) -> ast.expr:
    if x == 0:
        return ZERO if math.copysign(1.0, x) > 0 else ast.UnaryOp(ast.USub(), ast.Constant(0.0))
    size = ast.Constant(int(abs(x)) if abs(x) <= 2**53 and x == int(x) else abs(x))
    return size if x > 0 else ast.UnaryOp(ast.USub(), size)
