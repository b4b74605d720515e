"""The syntax of formulas: Python expressions in which operators and branches become calls."""
from __future__ import annotations

import ast
from typing import ClassVar


def as_expression(text: str, names: tuple[str, ...]) -> ast.Expression:
    """`lambda names: text`, ready to be compiled: / is divide(), ** is pow(), > is greater(), and so on."""
    tree = _CallsOnly().visit(ast.parse(f"lambda {', '.join(names)}: {text}", mode="eval"))
    expression: ast.Expression = ast.fix_missing_locations(tree)
    return expression


class _CallsOnly(ast.NodeTransformer):
    """Turns comparisons, / and ** into calls of functions, which a namespace implements.

    The branches of where() become functions: the one that is not taken need not be computed.
    """

    names: ClassVar[dict[type[ast.AST], str]] = {
        ast.Gt: "greater", ast.GtE: "greater_equal", ast.Lt: "less", ast.LtE: "less_equal",
        ast.Eq: "equal", ast.NotEq: "not_equal", ast.Div: "divide", ast.Pow: "pow",
    }

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return self._call(node.ops[0], node.left, node.comparators[0])

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if type(node.op) in self.names:
            return self._call(node.op, node.left, node.right)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "where":
            nothing = ast.arguments([], [], None, [], [], None, [])
            node.args[1:] = [ast.Lambda(nothing, branch) for branch in node.args[1:]]
        return node

    def _call(self, sign: ast.AST, left: ast.expr, right: ast.expr) -> ast.AST:
        name = ast.Name(self.names[type(sign)], ast.Load())
        return ast.Call(name, [self.visit(left), self.visit(right)], [])
