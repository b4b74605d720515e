"""The calculus in C: the formulas of ops.py as functions, for native tapes. setup.py writes them to a file.

For an operation of few operands: value_exp(x), and the derivatives slope_exp_0(x, f). For one of many:
value_max(xs, n), and slopes_max(xs, n, f, out), which has room for lists behind the n numbers of out.
EACH_1(DO), EACH_2(DO), EACH_3(DO), EACH_MANY(DO) do something for each, with its number and its name.
"""
from __future__ import annotations

import ast

from .operations import DOT, LEAF, MEAN, OPERATIONS, SUM, Operation

COMPARISONS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
NAMES = {"pi": "PI", "inf": "INFINITY", "nan": "NAN"}
LISTS = {"max": "largest", "min": "smallest", "sum": "sum_of", "prod": "product_of"}
ROWS = {row.name: row for row in OPERATIONS}
AS_SUMS = (LEAF, SUM, MEAN, DOT)        # what a program says as sums of products


def numbered() -> list[tuple[int, Operation]]:
    """The operations that have kernels, each with its number."""
    return [(k, row) for k, row in enumerate(OPERATIONS) if row not in AS_SUMS]


class _Translator(ast.NodeVisitor):
    """A formula as an expression in C. Lists become loops that stand before it: `statements`."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.lists = 0

    def visit_Expression(self, node: ast.Expression) -> str:
        return str(self.visit(node.body))

    def visit_Constant(self, node: ast.Constant) -> str:
        return repr(float(node.value))      # type: ignore[arg-type]

    def visit_Name(self, node: ast.Name) -> str:
        return NAMES.get(node.id, node.id)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        return f"(-{self.visit(node.operand)})"

    def visit_BinOp(self, node: ast.BinOp) -> str:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            return f"pow({left}, {right})"
        return f"({left} {SIGNS[type(node.op)]} {right})"

    def visit_Compare(self, node: ast.Compare) -> str:
        sign = COMPARISONS[type(node.ops[0])]
        return f"(double)({self.visit(node.left)} {sign} {self.visit(node.comparators[0])})"

    def visit_Call(self, node: ast.Call) -> str:
        assert isinstance(node.func, ast.Name)
        name, arguments = node.func.id, [self.visit(each) for each in node.args]
        if name == "where":
            condition, x, y = arguments
            return f"({condition} != 0.0 ? {x} : {y})"
        if name == "len":
            return "(double)n"
        if name in LISTS:
            return f"{LISTS[name]}({arguments[0]}, n)"
        if name in ("shares", "products_of_others"):
            self.statements.append(f"{name}({arguments[0]}, n, out);")
            return "out"
        called = {"abs": "fabs"}.get(name) or (f"value_{name}" if _is_formula(name) else name)
        return f"{called}({', '.join(arguments)})"

    def visit_ListComp(self, node: ast.ListComp) -> str:
        """[… for m in [max(xs)] for x in xs]: a name for a number, and a loop over the operands."""
        *bindings, loop = node.generators
        for binding in bindings:
            assert isinstance(binding.iter, ast.List)
            value = self.visit(binding.iter.elts[0])
            self.statements.append(f"const double {self.visit(binding.target)} = {value};")
        self.lists += 1
        name, x = f"list{self.lists}", self.visit(loop.target)
        element = self.visit(node.elt)
        self.statements.append(f"double *{name} = out + {self.lists} * n;")
        self.statements.append(
            f"for (int64_t k = 0; k < n; k++) {{ const double {x} = xs[k]; {name}[k] = {element}; }}"
        )
        return name


def _is_formula(name: str) -> bool:
    """Whether C's library has no such function, so that our own formula is meant."""
    return name in ("sigmoid", "sign", "maximum", "minimum")


def _function(head: str, formula: str) -> str:
    translator = _Translator()
    result = translator.visit(ast.parse(formula, mode="eval"))
    body = " ".join([*translator.statements, *([] if head.startswith("void") else [f"return {result};"])])
    return f"static inline {head} {{ {body} }}"


def source() -> str:
    """The text of kernels.h."""
    lines = ["/* Written by autograd_tiny/kernels.py from the formulas in ops.py. */"]
    kinds: dict[str, list[str]] = {"1": [], "2": [], "3": [], "MANY": []}
    ordered = sorted(numbered(), key=lambda pair: not _is_formula(pair[1].name))    # used by the others
    for number, row in ordered:
        name = row.name
        if row.is_nary:
            kinds["MANY"].append(f"DO({number}, {name})")
            head = f"double value_{name}(const double *xs, int64_t n, double *out)"
            lines.append(_function(head, row.value))
            head = f"void slopes_{name}(const double *xs, int64_t n, double f, double *out)"
            lines.append(_function(head, row.derivatives[0]))
            continue
        kinds[str(len(row.operands))].append(f"DO({number}, {name})")
        operands = ", ".join(f"double {x}" for x in row.operands)
        lines.append(_function(f"double value_{name}({operands})", row.value))
        for k, formula in enumerate(row.derivatives):
            lines.append(_function(f"double slope_{name}_{k}({operands}, double f)", formula))
    lines += [f"#define EACH_{kind}(DO) {' '.join(uses)}" for kind, uses in kinds.items()]
    return "\n".join(lines) + "\n"
