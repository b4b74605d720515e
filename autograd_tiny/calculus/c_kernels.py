"""The calculus in C: the formulas of operations.py as functions, for tape/kernels/replay.h.

setup.py writes them to build/kernels.h. For an operation of few operands they are value_exp(x) and, with the value f,
the local derivatives derivative_exp_0(x, f). For one of any number of operands they are value_max(xs, n, out) and
derivatives_max(xs, n, f, out), where out has room for the n derivatives and, behind them, for lists in the formula.
SELECTS_max is 1, and 0 for an operation that does not select.
LONG_value_exp is 1 where a formula calls functions of vector_math.h: rows_value_exp(x, out, n) computes it for a row of
n numbers, 1 or a multiple of PARTS. Of sin, cos and tan it computes the common arguments first, all together, and
then the others, one by one.
EACH_1(DO), EACH_2(DO), EACH_3(DO) and EACH_MANY(DO) expand DO(opcode, name) for each operation of so many operands.
Dots and takes have kernels that are written by hand, in tape/kernels/; TAKES is the opcode of the latter.
"""
from __future__ import annotations

import ast
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from . import ieee
from .floats import FLOATS
from .formulas import compiled
from .operations import DOT, LEAF, MEAN, OPERATIONS, SUM, TAKE, Operation

COMPARISONS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
# of vector_math.h, where they are called vector_exp …; those of an angle also any_sin …, for arguments far out
VECTOR_FUNCTIONS = frozenset([
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cosh", "erf", "erfc", "exp", "exp2", "expm1",
    "hypot", "log", "log10", "log1p", "log2", "log_sigmoid", "pow", "sigmoid", "sinh", "softplus", "tanh",
])
FUNCTIONS_OF_ANGLES = frozenset(["sin", "cos", "tan"])
NAMES = {"pi": "PI", "inf": "INFINITY", "nan": "NAN"}
LISTS = {"max": "largest", "min": "smallest", "sum": "sum_of", "prod": "product_of"}
ROWS = {row.name: row for row in OPERATIONS}
EXECUTOR = (            # what tapes are compiled from, beside the formulas
    "calculus/special.h", "calculus/vector_math.h", "calculus/vector_polynomials.h",
    "tape/native_executor.h", "tape/native_executor.pyx",
    *(f"tape/kernels/{name}.h" for name in ("batches", "dots", "module", "plan", "replay", "rows", "takes")),
)
WITHOUT_KERNEL = (LEAF, SUM, MEAN, DOT, TAKE)   # sums are lowered to dots; dots.h and takes.h compute the last two
TAKES = OPERATIONS.index(TAKE)                  # its opcode


def numbered() -> list[tuple[int, Operation]]:
    """The operations that have kernels, each with its opcode."""
    return [(k, row) for k, row in enumerate(OPERATIONS) if row not in WITHOUT_KERNEL]


class _Translator(ast.NodeVisitor):
    """Translates a formula to an expression in C; lists become loops in `statements`, which come before it.

    For common angles only, or for any.
    """

    def __init__(self, angles: str = "any") -> None:
        self.statements: list[str] = []
        self.lists = 0
        self.angles = angles
        self.calls: set[str] = set()
        self.known: dict[str, bool] = {}        # conditions, where one branch of a `where` is translated

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
            self.calls.add("pow")
            return f"vector_pow({left}, {right})"
        return f"({left} {SIGNS[type(node.op)]} {right})"

    def visit_Compare(self, node: ast.Compare) -> str:
        sign = COMPARISONS[type(node.ops[0])]
        return f"(double)({self.visit(node.left)} {sign} {self.visit(node.comparators[0])})"

    def visit_Call(self, node: ast.Call) -> str:
        assert isinstance(node.func, ast.Name)
        if _is_constant(node):
            return repr(compiled(ast.unparse(node), (), FLOATS)())
        name = node.func.id
        if name == "where":
            return self.choice(*node.args)
        arguments = [self.visit(each) for each in node.args]
        if name == "len":
            return "(double)n"
        if name in LISTS:
            return f"{LISTS[name]}({arguments[0]}, n)"
        if name in ("shares", "products_of_others"):
            self.statements.append(f"{name}({arguments[0]}, n, out);")
            return "out"
        self.calls.add(name)
        return f"{self.called(name)}({', '.join(arguments)})"

    def choice(self, condition: ast.expr, x: ast.expr, y: ast.expr) -> str:
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
        return f"choice({text} != 0.0, {branches[0]}, {branches[1]})"

    def called(self, name: str) -> str:
        """The function in C."""
        if name in VECTOR_FUNCTIONS:
            return f"vector_{name}"
        if name in FUNCTIONS_OF_ANGLES:
            return f"{self.angles}_{name}"
        return f"value_{name}" if _is_formula(name) else {"abs": "fabs"}.get(name, name)

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
    return name in ROWS and name not in ieee.__all__ and name != "abs"


def _is_constant(node: ast.Call) -> bool:
    names = [x.id for argument in node.args for x in ast.walk(argument) if isinstance(x, ast.Name)]
    return bool(node.args) and not set(names) - {"pi", "sqrt"}


def _is_long(formula: str) -> bool:
    """Whether it calls functions of vector_math.h, itself or through another row."""
    translator = _Translator()
    translator.visit(ast.parse(formula, mode="eval"))
    return any(
        name in VECTOR_FUNCTIONS | FUNCTIONS_OF_ANGLES or (_is_formula(name) and _is_long(ROWS[name].value))
        for name in translator.calls
    )


def _function(head: str, formula: str, angles: str = "any") -> str:
    translator = _Translator(angles)
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
    return f"INLINE double value_{row.name}({_operands(row)})"


def _operands(row: Operation) -> str:
    return ", ".join(f"double {x}" for x in row.operands)


def _value(row: Operation) -> str:
    """The formula of the value; vector_math.h has some of these as one function."""
    return f"{row.name}({', '.join(row.operands)})" if row.name in VECTOR_FUNCTIONS else row.value


def _of_few(row: Operation) -> list[str]:
    lines = _of_one_formula(f"value_{row.name}", row.operands, _value(row))
    for k, text in enumerate(row.derivatives):
        lines += _of_one_formula(f"derivative_{row.name}_{k}", (*row.operands, "f"), text)
    return lines


def _of_one_formula(name: str, operands: Sequence[str], formula: str) -> list[str]:
    """A function of numbers, and one of rows where it is long."""
    numbers, each = (", ".join(part % x for x in operands) for part in ("double %s", "%s[i]"))
    head = f"INLINE double {name}({numbers})"
    lines = [_function(head, formula), f"#define LONG_{name} {int(_is_long(formula))}"]
    if not _is_long(formula):
        return lines
    rows = ", ".join(f"const double *{x}" for x in operands)
    one = f"*out = {name}({', '.join(f'*{x}' for x in operands)});"
    start = f"ROW_FUNCTION void rows_{name}({rows}, double *out, int64_t n) {{ if (n == 1) {{ {one} return; }}"
    if not any(f"{function}(" in formula for function in FUNCTIONS_OF_ANGLES):
        return [*lines, f"{start} EACH_OF_ROW out[i] = {name}({each}); }}"]
    assert operands[0] == "x" and formula.count("(x)") == 1, formula        # it is x which has to be common
    return [
        *lines, _function(head.replace(name, f"common_{name}"), formula, "vector"),
        f"{start} EACH_OF_ROW out[i] = common_{name}({each}); "
        f"if (!are_common(x, n)) for (int64_t i = 0; i < n; i++) if (!is_common(x[i])) out[i] = {name}({each}); }}",
    ]


def _of_many(row: Operation) -> list[str]:
    value = f"ROW_FUNCTION double value_{row.name}(const number *xs, int64_t n, number *out)"
    derivatives = f"ROW_FUNCTION void derivatives_{row.name}(const number *xs, int64_t n, double f, number *out)"
    return [_function(value, row.value), _function(derivatives, row.derivatives[0])]
