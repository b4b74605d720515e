"""The calculus, stated once: every primitive operation, its value and its local derivatives.

A row gives its formulas as text. `x`, `y`, `z` are the operands and `f` is the value just computed. An
operation of many operands calls them `xs` (dot: `xs`, `ys`, `bias`) and gives a list of derivatives for
each such group. One text serves everybody: with functions on floats it gives numbers, with functions on
`Value`s it gives a derivative that can be differentiated again, and printed it is the reference table.

Where a derivative is a convention, the row follows PyTorch and its note says so. The formulas are from
M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions (1964), chapters 4 and 7, arranged so
that no digits are lost: sigmoid never overflows, the derivative of asin stays precise near 1.
"""
from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

from . import ieee


class Namespace(dict[str, Any]):
    """What the function names in a formula mean: their versions for floats, or for Values."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # two namespaces are never the same one
    __eq__ = object.__eq__


class Operation:
    """One primitive operation: a row of the calculus.

    name: what Python code calls it, "mul". sign: what a picture shows, "*".
    operands: their names, ("x", "y"); the plural ("xs",) stands for any number of them.
    value, derivatives: the formulas as text, one derivative for each name in operands.
    note: the domain, or the convention where the derivative is one.
    """

    __slots__ = ("derivatives", "name", "note", "operands", "sign", "value")

    def __init__(
        self, name: str, sign: str, operands: str, value: str, *derivatives: str, note: str = ""
    ) -> None:
        self.name = name
        self.sign = sign
        self.operands = tuple(operands.split())
        self.value = value
        self.derivatives = derivatives
        self.note = note

    @property
    def is_nary(self) -> bool:
        """Whether it takes any number of operands."""
        return "xs" in self.operands

    def evaluate(self, namespace: Namespace, operands: Sequence[Any]) -> Any:
        """The value at the operands."""
        return value_of(self, namespace)(*self.grouped(operands))

    def differentiate(
        self, namespace: Namespace, operands: Sequence[Any], f: Any, wanted: Sequence[bool] | None = None
    ) -> list[Any]:
        """The local derivatives at the operands, one for each; f is the value there.

        wanted: for which operands; an operation of a few of them answers 0 for the others.
        """
        functions = derivatives_of(self, namespace)
        if self.is_nary:
            arguments = (*self.grouped(operands), f)
            return [slope for function in functions for slope in function(*arguments)]
        if wanted is None:
            return [function(*operands, f) for function in functions]
        pairs = zip(functions, wanted, strict=True)
        return [function(*operands, f) if want else 0 for function, want in pairs]

    def grouped(self, operands: Sequence[Any]) -> Sequence[Any]:
        """The operands, one item for each of the names: dot's x₁…xₙ y₁…yₙ b as three lists."""
        if self.operands == ("xs", "ys", "bias"):
            n = len(operands) // 2
            return operands[:n], operands[n : 2 * n], operands[2 * n :]
        return (operands,) if self.is_nary else operands

    def __repr__(self) -> str:
        return f"<Operation {self.name}: {self.value}>"

    def __reduce__(self) -> Any:
        return operation_named, (self.name,)


def operation_named(name: str) -> Operation:
    """The operation with this name: a pickled graph finds its operations so. LookupError if none has it."""
    for operation in OPERATIONS:
        if operation.name == name:
            return operation
    raise LookupError(f"no operation is named {name!r}")


LEAF = Operation("leaf", "", "", "")

ADD = Operation("add", "+", "x y", "x + y", "1", "1")
SUB = Operation("sub", "-", "x y", "x - y", "1", "-1")
MUL = Operation("mul", "*", "x y", "x * y", "y", "x")
DIV = Operation("div", "/", "x y", "x / y", "1 / y", "-f / y")
POW = Operation(
    "pow", "**", "x y", "x ** y",
    "where(y == 0, 0, where(y > 0, y * x ** (y - 1), y * f / x))",
    "where((x == 0) * (y >= 0), 0, f * log(x))",
    note="nan for x < 0 and fractional y; d/dy is 0 at x = 0, y ≥ 0",
)
NEG = Operation("neg", "neg", "x", "-x", "-1")
ABS = Operation("abs", "abs", "x", "abs(x)", "sign(x)", note="derivative 0 at 0")

EXP = Operation("exp", "exp", "x", "exp(x)", "f")
EXPM1 = Operation("expm1", "expm1", "x", "expm1(x)", "exp(x)")
LOG = Operation("log", "log", "x", "log(x)", "1 / x", note="-inf at 0, nan below")
LOG1P = Operation("log1p", "log1p", "x", "log1p(x)", "1 / (1 + x)", note="-inf at -1, nan below")
LOG2 = Operation("log2", "log2", "x", "log2(x)", "1 / log(2) / x", note="-inf at 0, nan below")
LOG10 = Operation("log10", "log10", "x", "log10(x)", "1 / log(10) / x", note="-inf at 0, nan below")
SQRT = Operation("sqrt", "sqrt", "x", "sqrt(x)", "0.5 / f", note="derivative inf at 0, nan below")

SIN = Operation("sin", "sin", "x", "sin(x)", "cos(x)")
COS = Operation("cos", "cos", "x", "cos(x)", "-sin(x)")
TAN = Operation("tan", "tan", "x", "tan(x)", "1 + f * f")
ASIN = Operation(
    "asin", "asin", "x", "asin(x)", "1 / sqrt((1 - x) * (1 + x))", note="nan outside [-1, 1]"
)
ACOS = Operation(
    "acos", "acos", "x", "acos(x)", "-1 / sqrt((1 - x) * (1 + x))", note="nan outside [-1, 1]"
)
ATAN = Operation("atan", "atan", "x", "atan(x)", "1 / (1 + x * x)")
ATAN2 = Operation(
    "atan2", "atan2", "x y", "atan2(x, y)",
    "where(hypot(x, y) == 0, 0, y / hypot(x, y) / hypot(x, y))",
    "where(hypot(x, y) == 0, 0, -x / hypot(x, y) / hypot(x, y))",
    note="the angle of the point (y, x); derivatives 0 at the origin",
)
SINH = Operation("sinh", "sinh", "x", "sinh(x)", "cosh(x)")
COSH = Operation("cosh", "cosh", "x", "cosh(x)", "sinh(x)")
TANH = Operation("tanh", "tanh", "x", "tanh(x)", "1 - f * f")
ASINH = Operation("asinh", "asinh", "x", "asinh(x)", "1 / hypot(x, 1)")
ACOSH = Operation(
    "acosh", "acosh", "x", "acosh(x)", "1 / (sqrt(x - 1) * sqrt(x + 1))", note="nan below 1"
)
ATANH = Operation(
    "atanh", "atanh", "x", "atanh(x)", "1 / ((1 - x) * (1 + x))",
    note="±inf at ±1, nan outside",
)
HYPOT = Operation(
    "hypot", "hypot", "x y", "hypot(x, y)", "x / f", "y / f", note="derivatives nan at the origin"
)
ERF = Operation("erf", "erf", "x", "erf(x)", "2 / sqrt(pi) * exp(-x * x)")
ERFC = Operation("erfc", "erfc", "x", "erfc(x)", "-2 / sqrt(pi) * exp(-x * x)")

SIGMOID = Operation(
    "sigmoid", "sigmoid", "x", "where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))", "f * (1 - f)"
)
RELU = Operation(
    "relu", "relu", "x", "where(x <= 0, 0, x)", "where(x <= 0, 0, 1)", note="derivative 0 at 0"
)
LEAKY_RELU = Operation(
    "leaky_relu", "leaky_relu", "x y", "where(x > 0, x, y * x)",
    "where(x > 0, 1, y)", "where(x > 0, 0, x)",
    note="y: the slope below 0, by default 0.01; derivative y at 0",
)
ELU = Operation(
    "elu", "elu", "x y", "where(x > 0, x, y * expm1(x))",
    "where(x > 0, 1, y * exp(x))", "where(x > 0, 0, expm1(x))",
    note="y: minus the limit at -inf, by default 1; derivative y at 0",
)
SOFTPLUS = Operation(
    "softplus", "softplus", "x", "where(x > 0, x + log1p(exp(-x)), log1p(exp(x)))", "sigmoid(x)"
)
SILU = Operation(
    "silu", "silu", "x", "x * sigmoid(x)", "sigmoid(x) * (1 + x * sigmoid(-x))"
)
GELU = Operation(
    "gelu", "gelu", "x", "x * (0.5 * erfc(-x * sqrt(0.5)))",
    "0.5 * erfc(-x * sqrt(0.5)) + x * (exp(-0.5 * x * x) / sqrt(2 * pi))",
    note="exact, not the tanh approximation; far below 0 relatively less precise, as x²",
)

SIGN = Operation("sign", "sign", "x", "where(x > 0, 1, where(x < 0, -1, x))", "0")
MAXIMUM = Operation(
    "maximum", "max", "x y", "where(x >= y, x, where(y > x, y, x + y))",
    "where(x == y, 0.5, where(x < y, 0, 1))", "where(x == y, 0.5, where(x > y, 0, 1))",
    note="half each at a tie; nan if either is nan",
)
MINIMUM = Operation(
    "minimum", "min", "x y", "where(x <= y, x, where(y < x, y, x + y))",
    "where(x == y, 0.5, where(x > y, 0, 1))", "where(x == y, 0.5, where(x < y, 0, 1))",
    note="half each at a tie; nan if either is nan",
)
GREATER = Operation("greater", ">", "x y", "x > y", "0", "0", note="1 or 0")
GREATER_EQUAL = Operation("greater_equal", ">=", "x y", "x >= y", "0", "0", note="1 or 0")
LESS = Operation("less", "<", "x y", "x < y", "0", "0", note="1 or 0")
LESS_EQUAL = Operation("less_equal", "<=", "x y", "x <= y", "0", "0", note="1 or 0")
EQUAL = Operation("equal", "==", "x y", "x == y", "0", "0", note="1 or 0")
WHERE = Operation(
    "where", "where", "x y z", "where(x, y, z)", "0", "where(x, 1, 0)", "where(x, 0, 1)",
    note="y where x is not 0, else z; a nan slope in the other branch still gives nan (0 * nan)",
)
CLIP = Operation(
    "clip", "clip", "x y z", "minimum(maximum(x, y), z)",
    "(x >= y) * (x <= z)", "(x < y) * (y < z)", "(x > z) + (x <= z) * (z < y)",
    note="x between y and z; derivative 1 at the bounds",
)

SUM = Operation("sum", "sum", "xs", "sum(xs)", "[1 for x in xs]")
MEAN = Operation("mean", "mean", "xs", "sum(xs) / len(xs)", "[1 / len(xs) for x in xs]")
PROD = Operation("prod", "prod", "xs", "prod(xs)", "products_of_others(xs)")
MAX = Operation(
    "max", "max", "xs", "max(xs)", "shares([(x == f) + (x != x) for x in xs])",
    note="shared equally at a tie; nan if any is nan",
)
MIN = Operation(
    "min", "min", "xs", "min(xs)", "shares([(x == f) + (x != x) for x in xs])",
    note="shared equally at a tie; nan if any is nan",
)
DOT = Operation(
    "dot", "dot", "xs ys bias",
    "sum([x * y for x, y in zip(xs, ys)]) + sum(bias)", "ys", "xs", "[1 for b in bias]",
    note="the bias may be left out",
)
LOGSUMEXP = Operation(
    "logsumexp", "logsumexp", "xs",
    "where(abs(max(xs)) == inf, max(xs), max(xs) + log(sum([exp(x - m) for m in [max(xs)] for x in xs])))",
    "shares([exp(x - m) for m in [max(xs)] for x in xs])",
    note="derivatives nan where the largest x is infinite",
)


OPERATIONS: list[Operation] = [row for row in globals().values() if isinstance(row, Operation)]


def reference_table() -> str:
    """All operations as a Markdown table: name, value, local derivatives, conventions."""
    lines = ["| operation | value f | local derivatives | |", "|---|---|---|---|"]
    for row in OPERATIONS[1:]:
        derivatives = "<br>".join(f"`{text}`" for text in row.derivatives)
        lines.append(f"| {row.name} | `{row.value}` | {derivatives} | {row.note} |")
    return "\n".join(lines)


# ---- from text to numbers

class _Functional(ast.NodeTransformer):
    """Comparisons, / and ** become calls, so that a namespace can say what they mean.

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


@cache
def compiled(text: str, names: tuple[str, ...], namespace: Namespace) -> Callable[..., Any]:
    """A formula of ours as a Python function of the names, in a namespace."""
    tree = _Functional().visit(ast.parse(f"lambda {', '.join(names)}: {text}", mode="eval"))
    code = compile(ast.fix_missing_locations(tree), f"<formula {text}>", "eval")
    function: Callable[..., Any] = eval(code, namespace)
    return function


@cache
def value_of(operation: Operation, namespace: Namespace) -> Callable[..., Any]:
    """The formula for the value of an operation, as a Python function of its operands."""
    return compiled(operation.value, operation.operands, namespace)


@cache
def derivatives_of(operation: Operation, namespace: Namespace) -> list[Callable[..., Any]]:
    """The formulas for the derivatives of an operation, as Python functions of its operands and f."""
    return [compiled(text, (*operation.operands, "f"), namespace) for text in operation.derivatives]


def products_of_others(xs: Sequence[Any]) -> list[Any]:
    """For each x the product of all the others, without dividing (one of them may be 0)."""
    before = [1.0]
    for x in xs[:-1]:
        before.append(before[-1] * x)
    after = 1.0
    others = []
    for x, product in zip(reversed(xs), reversed(before), strict=True):
        others.append(product * after)
        after = after * x
    return others[::-1]


def _sum(xs: Sequence[Any]) -> Any:
    """One by one, as the engine adds: Python's own sum keeps more digits from 3.12 on."""
    total = 0.0
    for x in xs:
        total += x
    return total


def shares(flags: Sequence[Any]) -> list[Any]:
    """One unit shared equally among those whose flag is 1."""
    total = _sum(flags)
    return [flag / total for flag in flags]


def _largest(xs: Sequence[float]) -> float:
    return math.nan if any(x != x for x in xs) else max(xs)


def _smallest(xs: Sequence[float]) -> float:
    return math.nan if any(x != x for x in xs) else min(xs)


FLOATS = Namespace(
    {name: getattr(ieee, name) for name in ieee.__all__},
    where=lambda condition, x, y: x() if condition else y(),
    greater=lambda x, y: float(x > y), greater_equal=lambda x, y: float(x >= y),
    less=lambda x, y: float(x < y), less_equal=lambda x, y: float(x <= y),
    equal=lambda x, y: float(x == y), not_equal=lambda x, y: float(x != y),
    abs=math.fabs, pi=math.pi, inf=math.inf, sum=_sum, prod=math.prod, max=_largest, min=_smallest,
    products_of_others=products_of_others, shares=shares,
)
for _row in (SIGMOID, SIGN, MAXIMUM, MINIMUM):  # formulas that other formulas call
    FLOATS.setdefault(_row.name, lambda *operands, row=_row: row.evaluate(FLOATS, operands))
