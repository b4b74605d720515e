"""The syntax of formulas: Python expressions in which operators and branches become calls."""
from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from operator import add, itemgetter, mul, sub
from typing import Any

CALLED: dict[type[ast.AST], str] = {
    ast.Gt: "greater", ast.GtE: "greater_equal", ast.Lt: "less", ast.LtE: "less_equal",
    ast.Eq: "equal", ast.NotEq: "not_equal", ast.Div: "divide", ast.Pow: "pow",
}
PYTHONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {ast.Add: add, ast.Sub: sub, ast.Mult: mul}


def as_expression(text: str, names: tuple[str, ...]) -> ast.Expression:
    """`lambda names: text`, ready to be compiled: / is divide(), ** is pow(), > is greater(), and so on."""
    tree = _CallsOnly().visit(ast.parse(f"lambda {', '.join(names)}: {text}", mode="eval"))
    expression: ast.Expression = ast.fix_missing_locations(tree)
    return expression


class _CallsOnly(ast.NodeTransformer):
    """Turns comparisons, / and ** into calls of functions, which a namespace implements.

    The branches of where() become functions: the one that is not taken need not be computed.
    """

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return self._call(node.ops[0], node.left, node.comparators[0])

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if type(node.op) in CALLED:
            return self._call(node.op, node.left, node.right)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "where":
            nothing = ast.arguments([], [], None, [], [], None, [])
            node.args[1:] = [ast.Lambda(nothing, branch) for branch in node.args[1:]]
        return node

    def _call(self, sign: ast.AST, left: ast.expr, right: ast.expr) -> ast.AST:
        name = ast.Name(CALLED[type(sign)], ast.Load())
        return ast.Call(name, [self.visit(left), self.visit(right)], [])


def closure(node: ast.expr, places: Mapping[str, int], namespace: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A formula of numbers as a function of a sequence of them, put together from functions: nothing is compiled.

    Args:
        node: The formula.
        places: Those of its names in the sequence.
        namespace: What all other names mean.
    """
    def part(each: ast.expr) -> Callable[[Any], Any]:
        return closure(each, places, namespace)

    match node:
        case ast.Constant(value=int() | float() as x):
            number = float(x)
            return lambda xs: number
        case ast.Name(id=name) if name in places:
            return itemgetter(places[name])
        case ast.Name(id=name):
            constant = namespace[name]
            return lambda xs: constant
        case ast.UnaryOp(op=ast.USub(), operand=x):
            inner = part(x)
            return lambda xs: -inner(xs)
        case ast.BinOp(left=x, op=op, right=y) | ast.Compare(left=x, ops=[op], comparators=[y]):
            of_two, left, right = PYTHONS.get(type(op)) or namespace[CALLED[type(op)]], part(x), part(y)
            return lambda xs: of_two(left(xs), right(xs))
        case ast.Call(func=ast.Name(id="where"), args=[c, x, y]):
            where, condition, yes, no = namespace["where"], part(c), part(x), part(y)
            return lambda xs: where(condition(xs), lambda: yes(xs), lambda: no(xs))
        case ast.Call(func=ast.Name(id=name), args=operands):
            function, parts = namespace[name], [*map(part, operands)]
            return lambda xs: function(*[each(xs) for each in parts])
    raise ValueError(f"{ast.dump(node)} is no formula of numbers")
