"""The calculus in C: the formulas of operations.py as functions, for tape/kernels/replay.h.

setup.py writes them to build/kernels.h. For an operation of few operands they are value_exp(x) and, with the value f,
the local derivatives derivative_exp_0(x, f). For one of any number of operands they are value_max(xs, n, out) and
derivatives_max(xs, n, f, out), where out has room for the n derivatives and, behind them, for lists in the formula.
SELECTS_max is 1, and 0 for an operation that does not select.
LONG_value_exp is 1 where a formula calls functions of vector_math.h. A function of rows computes it then: these are in
build/row_functions.h. Of sin, cos and tan it computes the common arguments first, all together, and then the others,
one by one.
EACH_OF_FEW(DO) expands DO(opcode, name, count) for each operation of one to three operands, EACH_OF_MANY(DO) expands
DO(opcode, name) for the others.
Dots and takes have kernels that are written by hand, in tape/kernels/; TAKES is the opcode of the latter.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from . import ieee
from .formula_printer import FormulaPrinter
from .operations import DOT, LEAF, LINKED, MEAN, OPERATIONS, SUM, TAKE, Operation

# of vector_math.h, where they are called vector_exp …; those of an angle also any_sin …, for arguments far out
VECTOR_FUNCTIONS = frozenset([
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cosh", "erf", "erfc", "exp", "exp2", "expm1",
    "hypot", "log", "log10", "log1p", "log2", "log_sigmoid", "pow", "sigmoid", "sinh", "softplus", "tanh",
])
FUNCTIONS_OF_ANGLES = frozenset(["sin", "cos", "tan"])
NAMES = {"pi": "PI", "inf": "INFINITY", "nan": "NAN"}
LISTS = {"max": "largest", "min": "smallest", "sum": "sum_of", "prod": "product_of"}
ROWS = {row.name: row for row in OPERATIONS}
EXECUTOR = (            # what tapes are compiled from, beside the rows
    *(
        f"calculus/{name}.py"
        for name in ("c_kernels", "floats", "formula_printer", "formulas", "ieee", "special", "syntax")
    ),
    "calculus/special.h", "calculus/vector_math.h", "calculus/vector_polynomials.h",
    "tape/native_executor.h", "tape/native_executor.pyx",
    *(
        f"tape/kernels/{name}.h"
        for name in ("batches", "dots", "formulas", "functions", "long", "module", "plan", "replay", "rows", "takes")
    ),
)
HEAD = "/* Written by autograd_tiny/calculus/c_kernels.py from the formulas in operations.py. */"
WITHOUT_KERNEL = (LEAF, SUM, MEAN, DOT, TAKE)   # sums are lowered to dots; dots.h and takes.h compute the last two
TAKES = OPERATIONS.index(TAKE)                  # its opcode


def numbered() -> list[tuple[int, Operation]]:
    """The operations that have kernels, each with its opcode."""
    return [(k, row) for k, row in enumerate([*OPERATIONS, LINKED]) if row not in WITHOUT_KERNEL]


class _Translator(FormulaPrinter):
    """Translates a formula to an expression in C, with the functions of vector_math.h.

    For common angles only, or for any.
    """

    constants: ClassVar[Mapping[str, str]] = NAMES

    def __init__(self, angles: str = "any") -> None:
        super().__init__()
        self.angles = angles

    def truth(self, comparison: str) -> str:
        return f"(double){comparison}"

    def chosen(self, condition: str, x: str, y: str) -> str:
        return f"choice({condition} != 0.0, {x}, {y})"

    def called(self, name: str) -> str:
        if name in VECTOR_FUNCTIONS:
            return f"vector_{name}"
        if name in FUNCTIONS_OF_ANGLES:
            return f"{self.angles}_{name}"
        return f"value_{name}" if is_formula(name) else {"abs": "fabs"}.get(name, name)

    def length(self) -> str:
        return "(double)n"

    def of_list(self, name: str, xs: str) -> str:
        return f"{LISTS[name]}({xs}, n)"

    def list_from_list(self, name: str, xs: str) -> str:
        self.statements.append(f"{name}({xs}, n, out);")
        return "out"

    def variable(self, name: str, value: str) -> str:
        return f"const double {name} = {value};"

    def loop(self, name: str, x: str, element: str) -> str:
        return (
            f"number *{name} = out + {self.lists} * n; "
            f"for (int64_t k = 0; k < n; k++) {{ const double {x} = xs[k]; {name}[k] = {element}; }}"
        )


def is_formula(name: str) -> bool:
    """Whether a function in a formula is another row, because C's library has none of that name."""
    return name in ROWS and name not in ieee.__all__ and name != "abs"


def _is_long(formula: str) -> bool:
    """Whether it calls functions of vector_math.h, itself or through another row."""
    return any(
        name in VECTOR_FUNCTIONS | FUNCTIONS_OF_ANGLES or (is_formula(name) and _is_long(ROWS[name].value))
        for name in _calls(formula)
    )


def _calls(formula: str) -> set[str]:
    """The functions that it calls."""
    translator = _Translator()
    translator.printed(formula)
    return translator.calls


def _function(head: str, formula: str, angles: str = "any") -> str:
    translator = _Translator(angles)
    result = translator.printed(formula)
    body = " ".join([*translator.statements, *([] if " void " in head else [f"return {result};"])])
    return f"{head} {{ {body} }}"


def fingerprint() -> str:
    """A hash of everything that tape/native_executor and the kernels are compiled from, to tell them from others.

    Of the rows, not of their notes, and of the files; the text in C itself would take as long as recording a tape.
    "" where some of these files are not there.
    """
    rows = [(row.name, row.operands, row.value, row.derivatives, row.selects, row.is_nary) for row in OPERATIONS]
    package = Path(__file__).parents[1]
    try:
        files = [package.joinpath(name).read_text(encoding="utf-8") for name in EXECUTOR]
    except OSError:
        return ""
    return sha256(repr([rows, files]).encode()).hexdigest()


def source() -> str:
    """The text of kernels.h."""
    lines = [HEAD, "#pragma once", f"#define TAKES {TAKES}"]
    few, many = [], []
    lines += [f"{_value_head(row)};" for _, row in numbered() if not row.is_nary]     # formulas may call other rows
    for opcode, row in numbered():
        if row.is_nary:
            many.append(f"DO({opcode}, {row.name})")
        else:
            few.append(f"DO({opcode}, {row.name}, {len(row.operands)})")
        lines.append(f"#define SELECTS_{row.name} {int(row.selects)}")
        lines += _of_many(row) if row.is_nary else _of_few(row)
    lines += [f"#define EACH_OF_FEW(DO) {' '.join(few)}", f"#define EACH_OF_MANY(DO) {' '.join(many)}"]
    return "\n".join(lines) + "\n"


def _value_head(row: Operation) -> str:
    return f"INLINE double value_{row.name}({_operands(row)})"


def _operands(row: Operation) -> str:
    return ", ".join(f"double {x}" for x in row.operands)


def _value(row: Operation) -> str:
    """The formula of the value; vector_math.h has some of these as one function."""
    return f"{row.name}({', '.join(row.operands)})" if row.name in VECTOR_FUNCTIONS else row.value


def _formulas(row: Operation) -> list[tuple[str, Sequence[str], str]]:
    """Name, operands and text of the value and of the derivatives."""
    derivatives = [
        (f"derivative_{row.name}_{k}", (*row.operands, "f"), text) for k, text in enumerate(row.derivatives)
    ]
    return [(f"value_{row.name}", row.operands, _value(row)), *derivatives]


def _of_few(row: Operation) -> list[str]:
    return [line for each in _formulas(row) for line in _of_one_formula(*each)]


def _of_one_formula(name: str, operands: Sequence[str], formula: str) -> list[str]:
    head = f"INLINE double {name}({', '.join(f'double {x}' for x in operands)})"
    lines = [_function(head, formula), f"#define LONG_{name} {int(_is_long(formula))}"]
    return [*lines, _function(_common(head), formula, "vector")] if _has_angle(formula) else lines


def _of_many(row: Operation) -> list[str]:
    value = f"ROW_FUNCTION double value_{row.name}(const number *xs, int64_t n, number *out)"
    derivatives = f"ROW_FUNCTION void derivatives_{row.name}(const number *xs, int64_t n, double f, number *out)"
    return [_function(value, row.value), _function(derivatives, row.derivatives[0])]


def row_functions() -> str:
    """The text of row_functions.h: functions of rows, and the table of them by opcode."""
    lines, table = [HEAD], []
    for opcode, row in numbered():
        if row.is_nary:
            continue
        names = []
        for name, operands, formula in _formulas(row):
            if _is_long(formula):
                lines.append(_of_rows(name, operands, formula))
            names.append(f"rows_{name}" if _is_long(formula) else "0")
        table.append(f"[{opcode}] = {{{names[0]}, {{{', '.join(names[1:])}}}}},")
    return "\n".join([*lines, "const row_functions row_functions_of[] = {", *table, "};"]) + "\n"


def _of_rows(name: str, operands: Sequence[str], formula: str) -> str:
    each, one = (", ".join(part % x for x in operands) for part in ("%s[i]", "*%s"))
    rows = ", ".join(f"*{x} = rows[{k}]" for k, x in enumerate(operands))
    start = (
        f"static void rows_{name}(const double *const *rows, double *out, int64_t n) {{ "
        f"const double {rows}; if (n == 1) {{ *out = {name}({one}); return; }}"
    )
    if not _has_angle(formula):
        return f"{start} EACH_OF_ROW out[i] = {name}({each}); }}"
    assert operands[0] == "x" and formula.count("(x)") == 1, formula        # it is x which has to be common
    return (
        f"{start} EACH_OF_ROW out[i] = {_common(name)}({each}); "
        f"if (!are_common(x, n)) for (int64_t i = 0; i < n; i++) if (!is_common(x[i])) out[i] = {name}({each}); }}"
    )


def _has_angle(formula: str) -> bool:
    return not FUNCTIONS_OF_ANGLES.isdisjoint(_calls(formula))


def _common(text: str) -> str:
    """The function for common angles only."""
    return text.replace("value_", "common_value_", 1).replace("derivative_", "common_derivative_", 1)
