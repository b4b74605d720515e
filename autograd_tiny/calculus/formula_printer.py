"""Formulas of the calculus as expressions of another language: the part that C and JavaScript share.

A subclass says how its language writes numbers, comparisons, choices, calls and loops. c_kernels.py does that for the
kernels of native tapes, tape/export for the files that tapes are exported to.
"""
from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import ClassVar

from .floats import FLOATS
from .formulas import interpreted

COMPARISONS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
OF_LISTS = frozenset(["max", "min", "sum", "prod"])                     # functions of a list that give a number
LISTS_FROM_LISTS = frozenset(["shares", "products_of_others"])          # those that give a list, the last in a formula


class FormulaPrinter(ast.NodeVisitor):
    """Prints formulas as expressions.

    Attributes:
        statements: What must come before the expression: variables, and loops that make lists.
        lists: How many lists these loops make.
        calls: The functions of numbers that are called, by their names in the formulas.
        constants: pi, inf and nan in the language.
    """

    constants: ClassVar[Mapping[str, str]] = {}

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.lists = 0
        self.calls: set[str] = set()
        self.known: dict[str, bool] = {}        # conditions, where one branch of a `where` is printed

    def printed(self, formula: str) -> str:
        """A formula as an expression."""
        return str(self.visit(ast.parse(formula, mode="eval")))

    # ---- what a language says

    def number(self, x: float) -> str:
        """A finite constant."""
        return repr(x)

    def named(self, name: str) -> str:
        """A name in a formula: an operand, a variable, or one of the constants."""
        return self.constants.get(name, name)

    def truth(self, comparison: str) -> str:
        """A comparison as 1 or 0."""
        raise NotImplementedError

    def chosen(self, condition: str, x: str, y: str) -> str:
        """One of two. condition: a number that is 1 or 0, as printed."""
        raise NotImplementedError

    def called(self, name: str) -> str:
        """The function of numbers that has this name in formulas."""
        raise NotImplementedError

    def length(self) -> str:
        """The number of operands."""
        raise NotImplementedError

    def of_list(self, name: str, xs: str) -> str:
        """The call of one of OF_LISTS."""
        raise NotImplementedError

    def list_from_list(self, name: str, xs: str) -> str:
        """The call of one of LISTS_FROM_LISTS."""
        raise NotImplementedError

    def variable(self, name: str, value: str) -> str:
        """The statement that defines a variable."""
        raise NotImplementedError

    def loop(self, name: str, x: str, element: str) -> str:
        """The statements that make a list of an element for each operand x."""
        raise NotImplementedError

    # ---- the parts of a formula

    def visit_Expression(self, node: ast.Expression) -> str:
        return str(self.visit(node.body))

    def visit_Constant(self, node: ast.Constant) -> str:
        return self.number(float(node.value))   # type: ignore[arg-type]

    def visit_Name(self, node: ast.Name) -> str:
        return self.named(node.id)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        return f"(-{self.visit(node.operand)})"

    def visit_BinOp(self, node: ast.BinOp) -> str:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            self.calls.add("pow")
            return f"{self.called('pow')}({left}, {right})"
        return f"({left} {SIGNS[type(node.op)]} {right})"

    def visit_Compare(self, node: ast.Compare) -> str:
        sign = COMPARISONS[type(node.ops[0])]
        return self.truth(f"({self.visit(node.left)} {sign} {self.visit(node.comparators[0])})")

    def visit_Call(self, node: ast.Call) -> str:
        assert isinstance(node.func, ast.Name)
        if _is_constant(node):
            return self.number(interpreted(ast.unparse(node), (), FLOATS)())
        name = node.func.id
        if name == "where":
            return self._choice(*node.args)
        if name == "len":
            return self.length()
        arguments = [self.visit(each) for each in node.args]
        if name in OF_LISTS:
            return self.of_list(name, arguments[0])
        if name in LISTS_FROM_LISTS:
            return self.list_from_list(name, arguments[0])
        return self.call(name, arguments)

    def call(self, name: str, arguments: Sequence[str]) -> str:
        """The call of a function of numbers."""
        self.calls.add(name)
        return f"{self.called(name)}({', '.join(arguments)})"

    def _choice(self, condition: ast.expr, x: ast.expr, y: ast.expr) -> str:
        """One of two; the same condition within a branch is known there, and would hide from compilers that both
        branches can be computed."""
        text = self.visit(condition)
        if text in self.known:
            return str(self.visit(x if self.known[text] else y))
        branches = []
        for branch, value in ((x, True), (y, False)):
            self.known[text] = value
            branches.append(self.visit(branch))
            del self.known[text]
        return self.chosen(text, branches[0], branches[1])

    def visit_ListComp(self, node: ast.ListComp) -> str:
        """[… for m in [max(xs)] for x in xs]: a variable for max(xs), and a loop over the operands."""
        *bindings, loop = node.generators
        for binding in bindings:
            assert isinstance(binding.iter, ast.List)
            value = self.visit(binding.iter.elts[0])
            self.statements.append(self.variable(self.visit(binding.target), value))
        self.lists += 1
        name, x = f"list{self.lists}", self.visit(loop.target)
        self.statements.append(self.loop(name, x, self.visit(node.elt)))
        return name


def _is_constant(node: ast.Call) -> bool:
    names = [x.id for argument in node.args for x in ast.walk(argument) if isinstance(x, ast.Name)]
    return bool(node.args) and not set(names) - {"pi", "sqrt"}
