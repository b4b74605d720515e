"""The calculus in portable C99: numbers, formulas as expressions, and the functions that a file needs for them.

Unlike the kernels of native tapes (calculus/c_kernels.py), such a file is computed by the C library alone, and it has
those functions only that its instructions call.
"""
from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np

from ....calculus import operations
from ....calculus.c_kernels import ROWS, is_formula
from ....calculus.formula_printer import FormulaPrinter
from ....calculus.operations import Operation

SINGLE = {9007199254740992.0: 16777216.0, 1e-308: 1.2e-38}      # limits of double precision, for single
IN_DOUBLE = frozenset(["erfinv", "polygamma"])                  # of special.h
LONGEST = 40            # characters of a formula that is written where it is used
TRUTH = " ? {} : {})"
OF_LISTS = {
    "max": ("largest", "best = xs[0];", "if (xs[i] > best || xs[i] != xs[i]) best = xs[i];\n"
                                        "        if (best != best) return best;", "best"),
    "min": ("smallest", "best = xs[0];", "if (xs[i] < best || xs[i] != xs[i]) best = xs[i];\n"
                                         "        if (best != best) return best;", "best"),
    "sum": ("sum_of", "total = 0;", "total += xs[i];", "total"),
    "prod": ("product_of", "product = 1;", "product *= xs[i];", "product"),
}
HELPERS = {
    "picked": """\
/* What is not selected contributes exactly 0, also where the adjoint is infinite or nan. */
static real picked(real adjoint, real derivative) {
    return derivative == 0 ? 0 : adjoint * derivative;
}
""",
    "place": """\
/* The place that an index means, counted from the end if it is negative; -1 if it means none. */
static int place(real index, int count) {
    if (!(index >= -count && index < count)) return -1;
    if (index != (int)index) return -1;
    return (int)index < 0 ? (int)index + count : (int)index;
}
""",
    "dot": """\
static real dot(long n, const real *RESTRICT xs, const real *RESTRICT ys) {
    real a = 0, b = 0, c = 0, d = 0;
    const long whole = n - n % 4;
    for (long i = 0; i < whole; i += 4) {
        a += xs[i] * ys[i];
        b += xs[i + 1] * ys[i + 1];
        c += xs[i + 2] * ys[i + 2];
        d += xs[i + 3] * ys[i + 3];
    }
    for (long i = whole; i < n; i++) a += xs[i] * ys[i];
    return (a + b) + (c + d);
}
""",
    "add_scaled": """\
static void add_scaled(long n, real factor, const real *RESTRICT xs, real *RESTRICT to) {
    for (long i = 0; i < n; i++) to[i] += factor * xs[i];
}
""",
    "shares": """\
static void shares(const real *flags, int n, real *out) {
    real total = 0;
    for (int i = 0; i < n; i++) total += flags[i];
    for (int i = 0; i < n; i++) out[i] = flags[i] / (total == 0 ? 1 : total);
}
""",
    "products_of_others": """\
static void products_of_others(const real *xs, int n, real *out) {
    real product = 1;
    for (int i = 0; i < n; i++) {
        out[i] = product;
        product *= xs[i];
    }
    product = 1;
    for (int i = n - 1; i >= 0; i--) {
        out[i] *= product;
        product *= xs[i];
    }
}
""",
    **{
        name: f"static real {name}(const real *xs, int n) {{\n    real {start}\n"
              f"    for (int i = 0; i < n; i++) {{\n        {each}\n    }}\n    return {found};\n}}\n"
        for name, start, each, found in OF_LISTS.values()
    },
}

IN_OTHER_WORDS = {      # the derivative of tanh with one exponential instead of two
    "op_tanh_by_x":
        "where(abs(x) < 0.5, 1 - f * f, 4 * exp(-2 * abs(x)) / ((1 + exp(-2 * abs(x))) * (1 + exp(-2 * abs(x)))))",
}


class Library:
    """The functions of a file, in the order in which they are defined.

    Args:
        dtype: "float64" or "float32".

    Attributes:
        real: The type of its numbers in C.
        functions: Their texts, by name.
        tables: The names of arrays of indices, by their numbers: for operands that do not stand at equal distances.
    """

    def __init__(self, dtype: str) -> None:
        self.is_single = dtype == "float32"
        self.real = "float" if self.is_single else "double"
        self.functions: dict[str, str] = {}
        self.tables: dict[tuple[int, ...], str] = {}

    def number(self, x: float) -> str:
        """A number as a literal."""
        if x != x:
            return "NAN"
        if self.is_single:
            with np.errstate(over="ignore", under="ignore"):
                x = float(np.float32(x))
        if math.isinf(x):
            return "INFINITY" if x > 0 else "(-INFINITY)"
        text = f"{np.float32(x)!s}f" if self.is_single else repr(x)
        return f"({text})" if text.startswith("-") else text

    def call(self, helper: str, *arguments: object) -> str:
        """The call of one of HELPERS, which the file then has."""
        self.functions.setdefault(helper, HELPERS[helper])
        return f"{helper}({', '.join(map(str, arguments))})"

    def value(self, row: Operation, operands: Sequence[str]) -> str:
        """The value of an operation of few operands, whose texts are names or numbers."""
        operands_by_name = dict(zip(row.operands, operands, strict=True))
        return self._of_formula(_prefixed("op", "own", row), row.value, operands_by_name)

    def derivative(self, row: Operation, k: int, *names: str) -> str:
        """The local derivative of an operation of few operands by operand k. names: the operands, and the value."""
        operands = dict(zip((*row.operands, "f"), names, strict=True))
        name = f"{_prefixed('op', 'partial', row)}_by_{row.operands[k]}"
        return self._of_formula(name, row.derivatives[k], operands)

    def contribution(self, row: Operation, k: int, adjoint: str, *names: str) -> str:
        """What an operation adds to the adjoint of operand k; see `derivative`."""
        if row.derivatives[k] in ("1", "-1"):
            return adjoint if row.derivatives[k] == "1" else f"-{adjoint}"
        return self.propagated(row, adjoint, self.derivative(row, k, *names))

    def propagated(self, row: Operation, adjoint: str, derivative: str) -> str:
        """Adjoint times local derivative, as Operation.contribution."""
        return self.call("picked", adjoint, derivative) if row.selects else f"{adjoint} * {derivative}"

    def _of_formula(self, name: str, formula: str, operands: Mapping[str, str]) -> str:
        """A formula where it is used if it is short, else the call of a function."""
        if is_short(formula):
            return Printer(self, operands).printed(formula)
        used = names_in(formula)
        arguments = {x: text for x, text in operands.items() if x in used}
        if name not in self.functions:
            self._define(name, IN_OTHER_WORDS.get(name, formula), [*arguments])
        return f"{name}({', '.join(arguments.values())})"

    def of_row(self, name: str) -> str:
        """The function of a row that formulas call, which the file then has."""
        row = ROWS[name]
        function = f"op_{name}"
        if function not in self.functions:
            self._define(function, row.value, row.operands)
        return function

    def _define(self, name: str, formula: str, operands: Sequence[str]) -> None:
        """Make a function of a formula, after those that it calls."""
        lines = Printer(self, {}).returned(ast.parse(formula, mode="eval").body)
        parameters = ", ".join(f"real {x}" for x in operands) or "void"
        body = "\n".join(f"    {line}" for line in lines)
        self.functions[name] = f"static real {name}({parameters}) {{\n{body}\n}}\n"

    def of_special(self, name: str) -> str:
        """A function of special.h, which the file then has."""
        if name not in self.functions:
            self.functions[name] = _special()[name]
        return name

    # ---- operations of any number of operands

    def value_of_many(self, row: Operation, xs: str, n: int, scratch: str) -> str:
        """The value; xs and scratch: pointers, the latter to room for `lists_in` its formula times n numbers."""
        return self._of_many(f"op_{row.name}", row.value, [], xs, n, scratch)

    def derivatives_of_many(self, row: Operation, xs: str, n: int, f: str, out: str) -> str:
        """The statement that writes all derivatives to `out`, and behind it the lists in the formula."""
        return self._of_many(f"op_{row.name}_by_xs", row.derivatives[0], [f], xs, n, out)

    def _of_many(self, name: str, formula: str, f: list[str], xs: str, n: int, out: str) -> str:
        with_f, lists = f if "f" in names_in(formula) else [], lists_in(formula)
        gives_list = bool(f)
        needs_out = gives_list or lists > 0
        if name not in self.functions:
            printer = Printer(self, {}, offset=int(gives_list))
            result = printer.printed(formula)
            parameters = ["const real *xs", "int n", *["real f" for _ in with_f], *["real *out"][: needs_out]]
            lines = [*printer.statements, *([] if gives_list else [f"return {_unwrapped(result)};"])]
            body = "\n".join(f"    {line}" for text in lines for line in text.splitlines())
            kind = "void" if gives_list else "real"
            self.functions[name] = f"static {kind} {name}({', '.join(parameters)}) {{\n{body}\n}}\n"
        arguments = [xs, str(n), *with_f, *([out] if needs_out else [])]
        return f"{name}({', '.join(arguments)})"


class Printer(FormulaPrinter):
    """Prints formulas in C, with other names for their operands.

    Args:
        library: Gets the functions that formulas call.
        names: The operands in C.
        offset: How many lists stand before those of the formula.
    """

    constants: ClassVar[Mapping[str, str]] = {"inf": "INFINITY", "nan": "NAN"}

    def __init__(self, library: Library, names: Mapping[str, str], offset: int = 0) -> None:
        super().__init__()
        self.calls_made: list[str] = []
        self.library, self.names, self.offset = library, names, offset

    def returned(self, formula: ast.expr) -> list[str]:
        """Statements that return a number: branches for `where`, and one call for all that are alike in a branch."""
        if isinstance(formula, ast.Call) and isinstance(formula.func, ast.Name) and formula.func.id == "where":
            condition, x, y = formula.args
            text = self.visit(condition)
            lines = [f"if {self.tested(text)} {{", *(f"    {line}" for line in self._known(text, True, x)), "}"]
            return [*lines, *self._known(text, False, y)]
        self.calls_made = []
        text, variables = self.visit(formula), list[str]()
        repeated = [call for call in dict.fromkeys(self.calls_made) if text.count(call) > 1 and "?" not in call]
        for call in sorted(repeated, key=len, reverse=True):
            if text.count(call) > 1:
                name = f"e{len(variables)}"
                variables.append(f"const real {name} = {call};")
                text = text.replace(call, name)
        return [*variables, f"return {_unwrapped(text)};"]

    def _known(self, condition: str, value: bool, formula: ast.expr) -> list[str]:
        """`returned` where a condition is known."""
        if condition in self.known:
            return self.returned(formula) if self.known[condition] == value else []
        self.known[condition] = value
        lines = self.returned(formula)
        del self.known[condition]
        return lines

    def number(self, x: float) -> str:
        return self.library.number(SINGLE.get(x, x) if self.library.is_single else x)

    def named(self, name: str) -> str:
        return self.number(math.pi) if name == "pi" else self.names.get(name) or super().named(name)

    def truth(self, comparison: str) -> str:
        return f"({comparison}{TRUTH.format(self.number(1.0), self.number(0.0))}"

    def tested(self, condition: str) -> str:
        """A number that is 1 or 0 as a condition."""
        end = TRUTH.format(self.number(1.0), self.number(0.0))
        return condition.removesuffix(end)[1:] if condition.endswith(end) else f"({condition} != 0)"

    def chosen(self, condition: str, x: str, y: str) -> str:
        return f"({self.tested(condition)} ? {x} : {y})"

    def call(self, name: str, arguments: Sequence[str]) -> str:
        text = super().call(name, arguments)
        self.calls_made.append(text)
        return text

    def called(self, name: str) -> str:
        if is_formula(name):
            return self.library.of_row(name)
        if name in IN_DOUBLE:
            function = self.library.of_special(name)
            return f"(float){function}" if self.library.is_single else function
        return {"abs": "fabs"}.get(name, name) + ("f" if self.library.is_single else "")

    def length(self) -> str:
        return "n"

    def of_list(self, name: str, xs: str) -> str:
        return self.library.call(OF_LISTS[name][0], xs, "n")

    def list_from_list(self, name: str, xs: str) -> str:
        self.statements.append(self.library.call(name, xs, "n", "out") + ";")
        return "out"

    def variable(self, name: str, value: str) -> str:
        return f"const real {name} = {value};"

    def loop(self, name: str, x: str, element: str) -> str:
        place = self.lists - 1 + self.offset
        start = "out" if not place else f"out + {place if place > 1 else ''}{' * ' if place > 1 else ''}n"
        return (
            f"real *{name} = {start};\n"
            f"for (int i = 0; i < n; i++) {{\n    const real {x} = xs[i];\n    {name}[i] = {element};\n}}"
        )


def _prefixed(prefix: str, of_users: str, row: Operation) -> str:
    """A name that belongs to a row, with a prefix of its own for rows of users: they may call one "tanh_by_x"."""
    return f"{prefix if row.name in ROWS else of_users}_{row.name}"


@cache
def is_short(formula: str) -> bool:
    """Whether a formula may be written wherever it is used: it has no branches, and calls the C library only."""
    tree = ast.parse(formula, mode="eval")
    calls = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return len(formula) <= LONGEST and not any(name == "where" or is_formula(name) for name in calls)


@cache
def names_in(formula: str) -> frozenset[str]:
    """The names in a formula."""
    return frozenset(node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name))


@cache
def lists_in(formula: str) -> int:
    """How many lists a formula makes on the way."""
    return sum(isinstance(node, ast.ListComp) for node in ast.walk(ast.parse(formula, mode="eval")))


def _unwrapped(text: str) -> str:
    """An expression without parentheses around the whole of it."""
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and i < len(text) - 1:
            return text
    return text[1:-1] if text.startswith("(") else text


@cache
def _special() -> dict[str, str]:
    """The functions of special.h that formulas call, with what they need."""
    text = Path(operations.__file__).with_name("special.h").read_text(encoding="utf-8")
    start, middle, end = (re.search(pattern, text).start() for pattern in (     # type: ignore[union-attr]
        "static const double BERNOULLI", "static double erfinv", "#endif\n*$",
    ))
    return {"polygamma": text[start:middle].rstrip() + "\n", "erfinv": text[middle:end].rstrip() + "\n"}
