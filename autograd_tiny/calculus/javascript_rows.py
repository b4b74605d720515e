"""The calculus in JavaScript: the rows of operations.py as loops over rows of numbers, for tape/export/javascript.

`make written` puts them into rows.js. An operation `mul` becomes an object

    mul: {
      sign: "*", operands: ["x", "y"], value: "x * y", derivatives: ["y", "x"], selects: false, flat: [false, false],
      forward(r, p, w, n, f) {…}, reverse: [(r, a, p, w, n, f) => {…}, …],
    }

Operand k of n samples begins at p[k] * w in the array r, and the value at f; its adjoint stands at the same place in a.
One function of reverse adds the value's adjoint times the local derivative to the adjoint of one operand. An operation
of any number of operands has a single one, which adds to those of all of them. Sums become dots in programs, and
dots and takes have loops that are written by hand, so these rows have formulas only.
"""
from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from .formula_printer import FormulaPrinter
from .operations import DOT, LEAF, MEAN, OPERATIONS, SUM, TAKE, Operation

WITHOUT_LOOPS = (SUM, MEAN, DOT, TAKE)
ROWS = {row.name: row for row in OPERATIONS if row is not LEAF}
OF_MATH = frozenset([           # functions of JavaScript's Math that are those of C
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "cos", "cosh", "exp", "expm1",
    "floor", "log", "log10", "log1p", "log2", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
])
SPECIAL = frozenset(["erf", "erfc", "erfinv", "exp2", "fmod", "hypot", "lgamma", "polygamma", "pow", "rint"])
LISTS = {"max": "largest", "min": "smallest", "sum": "sum_of", "prod": "product_of"}
OF_SPECIAL_JS = sorted([*SPECIAL, *LISTS.values(), "products_of_others", "shares"])
TRUTH = " ? 1 : 0)"             # behind a comparison


class JavaScriptPrinter(FormulaPrinter):
    """Prints formulas as expressions in JavaScript."""

    constants: ClassVar[Mapping[str, str]] = {"pi": "Math.PI", "inf": "Infinity", "nan": "NaN"}

    def number(self, x: float) -> str:
        if not math.isfinite(x):
            return "NaN" if x != x else "Infinity" if x > 0 else "(-Infinity)"
        text = repr(x).removesuffix(".0")
        return f"({text})" if text.startswith("-") else text

    def truth(self, comparison: str) -> str:
        equal = re.sub(r" (==|!=) ", r" \1= ", comparison)
        return f"({equal[1:-1]}{TRUTH}"

    def chosen(self, condition: str, x: str, y: str) -> str:
        if condition.endswith(TRUTH) and _is_one_group(condition):
            return f"({condition[1:].removesuffix(TRUTH)} ? {x} : {y})"
        return f"({condition} !== 0 ? {x} : {y})"

    def call(self, name: str, arguments: Sequence[str]) -> str:
        return super().call(name, [_without_parentheses(each) for each in arguments])

    def called(self, name: str) -> str:
        return f"Math.{name}" if name in OF_MATH else name if name in SPECIAL else f"value_{name}"

    def length(self) -> str:
        return "size"

    def of_list(self, name: str, xs: str) -> str:
        return f"{LISTS[name]}({xs}, size)"

    def list_from_list(self, name: str, xs: str) -> str:
        self.statements.append(f"{name}({xs}, size, out);")
        return "out"

    def variable(self, name: str, value: str) -> str:
        return f"const {name} = {value};"

    def loop(self, name: str, x: str, element: str) -> str:
        return f"for (let k = 0; k < size; k++) {{ const {x} = xs[k]; {name}[k] = {element}; }}"


def _is_one_group(text: str) -> bool:
    """Whether the parenthesis that opens a text is closed by its last character."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def _without_parentheses(expression: str) -> str:
    return expression[1:-1] if expression.startswith("(") and _is_one_group(expression) else expression


def expression(formula: str) -> str:
    """A formula of numbers in JavaScript."""
    return _without_parentheses(JavaScriptPrinter().printed(formula))


# ---- loops

def _used(formula: str, names: Sequence[str]) -> list[str]:
    return [name for name in names if re.search(rf"\b{name}\b", formula)]


def _places(names: Sequence[str], row: Operation) -> str:
    """The statement that says where operands begin, and where the adjoint of the one that is differentiated by."""
    return f"const {', '.join(f'at_{x} = p[{row.operands.index(x)}] * w' for x in names)};"


def _read(names: Sequence[str], formula: str) -> list[str]:
    """The statement that reads operands, and the value if a derivative needs it."""
    read = [f"{x} = r[at_{x} + i]" for x in names] + ["value = r[f + i]"] * bool(_used(formula, ["f"]))
    return [f"const {', '.join(read)};"] if read else []


def _forward(row: Operation) -> list[str]:
    names = _used(row.value, row.operands)
    body = [*_read(names, row.value), f"r[f + i] = {expression(row.value)};"]
    return ["    forward(r, p, w, n, f) {", f"      {_places(names, row)}", *_loop(body), "    },"]


def _reverse(row: Operation, k: int) -> list[str]:
    if row.flat[k]:
        return ["      null,"]
    formula, operand = row.derivatives[k], row.operands[k]
    names = _used(formula, row.operands)
    read, target = _read(names, formula), f"a[at_{operand} + i]"
    derivative = JavaScriptPrinter().printed(re.sub(r"\bf\b", "value", formula))
    if row.selects:
        body = [*read, f"const local = {_without_parentheses(derivative)};",
                f"if (local !== 0) {target} += a[f + i] * local;"]
    elif derivative in ("1", "(-1)"):
        body = [f"{target} {'+=' if derivative == '1' else '-='} a[f + i];"]
    else:
        body = [*read, f"{target} += a[f + i] * {derivative};"]
    places = _places([*dict.fromkeys([*names, operand])], row)
    return ["      (r, a, p, w, n, f) => {", f"        {places}", *_loop(body, "  "), "      },"]


def _loop(body: Sequence[str], indent: str = "") -> list[str]:
    head = f"{indent}      for (let i = 0; i < n; i++)"
    if len(body) == 1:
        return [f"{head} {body[0]}"]
    return [f"{head} {{", *(f"{indent}        {line}" for line in body), f"{indent}      }}"]


def _forward_of_many(row: Operation) -> list[str]:
    printer = JavaScriptPrinter()
    value = _without_parentheses(printer.printed(row.value))
    return [
        "    forward(r, p, w, n, f) {",
        "      const size = p.length;",
        f"      const [{', '.join(['xs', *_lists(printer)])}] = room(size);",
        *_loop(["gather(xs, r, p, w, i);", *printer.statements, f"r[f + i] = {value};"]),
        "    },",
    ]


def _reverse_of_many(row: Operation) -> list[str]:
    printer = JavaScriptPrinter()
    printer.printed(re.sub(r"\bf\b", "value", row.derivatives[0]))
    send = "if (out[k] !== 0) " if row.selects else ""
    body = [
        "gather(xs, r, p, w, i);",
        *(["const value = r[f + i];"] if _used(row.derivatives[0], ["f"]) else []),
        *printer.statements,
        f"for (let k = 0; k < size; k++) {send}a[p[k] * w + i] += a[f + i] * out[k];",
    ]
    return [
        "      (r, a, p, w, n, f) => {",
        "        const size = p.length;",
        f"        const [{', '.join(['xs', *_lists(printer, 'out')])}] = room(size);",
        *_loop(body, "  "), "      },",
    ]


def _lists(printer: JavaScriptPrinter, *more: str) -> list[str]:
    return [*(f"list{k + 1}" for k in range(printer.lists)), *more]


# ---- the rows

def described(row: Operation) -> list[str]:
    """The properties of a row beside its loops."""
    texts = {
        "sign": row.sign, "operands": row.operands, "value": row.value, "derivatives": row.derivatives,
        "note": row.note,
    }
    lines = [f"    {name}: {json.dumps(text)}," for name, text in texts.items()]
    return [*lines, *properties(row)]


def properties(row: Operation) -> list[str]:
    """Those that programs are made and checked with."""
    return [
        f"    arity: {0 if row.is_nary else len(row.operands)},",
        f"    flat: {json.dumps([*row.flat])},",
        f"    selects: {json.dumps(row.selects)},",
    ]


def loops(row: Operation) -> list[str]:
    """The lines of forward and reverse."""
    if row in WITHOUT_LOOPS:
        return []
    if row.is_nary:
        return [*_forward_of_many(row), "    reverse: [", *_reverse_of_many(row), "    ],"]
    reverse = [line for k in range(len(row.operands)) for line in _reverse(row, k)]
    return [*_forward(row), "    reverse: [", *reverse, "    ],"]


def called_rows(rows: Sequence[Operation]) -> list[Operation]:
    """The rows whose values the formulas of these rows call, so that they are functions of numbers, too."""
    found: dict[str, Operation] = {}
    left = [text for row in rows if row not in WITHOUT_LOOPS for text in (row.value, *row.derivatives)]
    while left:
        printer = JavaScriptPrinter()
        printer.printed(left.pop())
        for name in printer.calls - OF_MATH - SPECIAL - found.keys():
            found[name] = ROWS[name]
            left.append(ROWS[name].value)
    return [row for row in ROWS.values() if row.name in found]


def function_of(row: Operation) -> str:
    """The value of a row as a function of numbers."""
    head = f"function value_{row.name}({', '.join(row.operands)}) {{"
    return f"{head}\n  return {expression(row.value)};\n}}"


def source(rows: Sequence[Operation] = tuple(ROWS.values()), *, with_formulas: bool = True) -> str:
    """The functions that formulas call, and ROWS, the object with all rows."""
    lines = [function_of(row) for row in called_rows(rows)]
    lines += ["", "export const ROWS = {"]
    for row in rows:
        lines += [f"  {row.name}: {{", *(described if with_formulas else properties)(row), *loops(row), "  },"]
    return "\n".join([*lines, "};"])


def polynomials() -> str:
    """The polynomials of special.js, from those in C."""
    text = Path(__file__).with_name("vector_polynomials.h").read_text(encoding="utf-8")
    parts = [part for part in text.split("\n\n") if re.search(r"^INLINE double erfc?_polynomial", part, re.MULTILINE)]
    return "\n\n".join(parts).replace("INLINE double", "function").replace("double ", "").replace("²", "^2").strip()
