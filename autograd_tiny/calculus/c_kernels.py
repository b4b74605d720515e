"""The calculus in C: the formulas of operations.py as functions, for tape/kernels/replay.h.

setup.py writes them to build/kernels.h. For an operation of few operands they are value_exp(x) and, with the value f,
the local derivatives derivative_exp_0(x, f). For one of any number of operands they are value_max(xs, n, out) and
derivatives_max(xs, n, f, out), where out has room for the n derivatives and, behind them, for lists in the formula.
SELECTS_max is 1, and 0 for an operation that does not select.
EACH_1(DO), EACH_2(DO), EACH_3(DO) and EACH_MANY(DO) expand DO(opcode, name) for each operation of so many operands.
Dots and takes have kernels that are written by hand, in tape/kernels/; TAKES is the opcode of the latter.
"""
from __future__ import annotations

import ast
from hashlib import sha256
from pathlib import Path

from . import ieee
from .operations import DOT, LEAF, MEAN, OPERATIONS, SUM, TAKE, Operation

COMPARISONS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
NAMES = {"pi": "PI", "inf": "INFINITY", "nan": "NAN"}
LISTS = {"max": "largest", "min": "smallest", "sum": "sum_of", "prod": "product_of"}
ROWS = {row.name: row for row in OPERATIONS}
EXECUTOR = (            # what tapes are compiled from, beside the formulas
    "calculus/special.h", "tape/native_executor.h", "tape/native_executor.pyx",
    *(f"tape/kernels/{name}.h" for name in ("batches", "dots", "module", "plan", "replay", "rows", "takes")),
)
WITHOUT_KERNEL = (LEAF, SUM, MEAN, DOT, TAKE)   # sums are lowered to dots; dots.h and takes.h compute the last two
TAKES = OPERATIONS.index(TAKE)                  # its opcode


def numbered() -> list[tuple[int, Operation]]:
    """The operations that have kernels, each with its opcode."""
    return [(k, row) for k, row in enumerate(OPERATIONS) if row not in WITHOUT_KERNEL]


class _Translator(ast.NodeVisitor):
    """Translates a formula to an expression in C; lists become loops in `statements`, which come before it."""

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
        """[… for m in [max(xs)] for x in xs]: a variable for max(xs), and a loop over the operands."""
        *bindings, loop = node.generators
        for binding in bindings:
            assert isinstance(binding.iter, ast.List)
            value = self.visit(binding.iter.elts[0])
            self.statements.append(f"const double {self.visit(binding.target)} = {value};")
        self.lists += 1
        name, x = f"list{self.lists}", self.visit(loop.target)
        element = self.visit(node.elt)
        self.statements.append(f"number *{name} = out + {self.lists} * n;")
        self.statements.append(
            f"for (int64_t k = 0; k < n; k++) {{ const double {x} = xs[k]; {name}[k] = {element}; }}"
        )
        return name


def _is_formula(name: str) -> bool:
    """Whether a function in a formula is another row, because C's library has none of that name."""
    return name in ROWS and name not in ieee.__all__


def _function(head: str, formula: str) -> str:
    translator = _Translator()
    result = translator.visit(ast.parse(formula, mode="eval"))
    body = " ".join([*translator.statements, *([] if " void " in head else [f"return {result};"])])
    return f"{head} {{ {body} }}"


def fingerprint() -> str:
    """A hash of everything that tape/native_executor and the kernels are compiled from, to tell them from others.

    "" where some of these files are not there.
    """
    package = Path(__file__).parents[1]
    try:
        files = [package.joinpath(name).read_text(encoding="utf-8") for name in EXECUTOR]
    except OSError:
        return ""
    return sha256("".join([source(), *files]).encode()).hexdigest()


def source() -> str:
    """The text of kernels.h."""
    lines = ["/* Written by autograd_tiny/calculus/c_kernels.py from the formulas in operations.py. */"]
    lines += [f"#define TAKES {TAKES}"]
    uses: dict[str, list[str]] = {"1": [], "2": [], "3": [], "MANY": []}
    lines += [f"{_value_head(row)};" for _, row in numbered() if not row.is_nary]     # formulas may call other rows
    for opcode, row in numbered():
        uses["MANY" if row.is_nary else str(len(row.operands))].append(f"DO({opcode}, {row.name})")
        lines.append(f"#define SELECTS_{row.name} {int(row.selects)}")
        lines += _of_many(row) if row.is_nary else _of_few(row)
    lines += [f"#define EACH_{count}(DO) {' '.join(each)}" for count, each in uses.items()]
    return "\n".join(lines) + "\n"


def _value_head(row: Operation) -> str:
    return f"static inline double value_{row.name}({_operands(row)})"


def _operands(row: Operation) -> str:
    return ", ".join(f"double {x}" for x in row.operands)


def _of_few(row: Operation) -> list[str]:
    head = f"static inline double derivative_{row.name}_%d({_operands(row)}, double f)"
    derivatives = [_function(head % k, text) for k, text in enumerate(row.derivatives)]
    return [_function(_value_head(row), row.value), *derivatives]


def _of_many(row: Operation) -> list[str]:
    value = f"static inline double value_{row.name}(const number *xs, int64_t n, number *out)"
    derivatives = f"static inline void derivatives_{row.name}(const number *xs, int64_t n, double f, number *out)"
    return [_function(value, row.value), _function(derivatives, row.derivatives[0])]
