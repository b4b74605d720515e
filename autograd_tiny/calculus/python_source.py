"""The calculus in Python: writes the engine's code for the operations from their rows.

The files in `FILES` are committed and read like any other; a test fails when one of them differs from what the rows
give. `make written` updates them. The generated sections stand between two marks:

- in engine/value.py the methods of Value, and + − × ÷ ** as functions;
- engine/several_operands.py, the functions of two and three operands, and its declarations for Cython;
- in engine/functions.py the public functions.

Written by hand are the reductions, for speed, and the functions that take more than their row says: `clip` with open
bounds, `dot` without a bias, `take` of rows.
"""
from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from . import ieee
from .operations import ABS, ADD, CLIP, DIV, DOT, LEAF, MUL, NEG, OPERATIONS, POW, ROUND, SUB, TAKE, Operation

PACKAGE = Path(__file__).parents[1]
WIDTH = 110
ARITHMETIC = [ADD, SUB, MUL, DIV, POW]
BY_HAND = [LEAF, NEG, ABS, *ARITHMETIC]             # operators of Python, which value.py has
ROWS = {row.name: row for row in OPERATIONS}


def _of(*counts: int) -> list[Operation]:
    """The rows with that number of operands, but for those that value.py has by hand."""
    return [
        row for row in OPERATIONS
        if row not in BY_HAND and not row.is_nary and len(row.operands) in counts
    ]


def _called_by(rows: Sequence[Operation]) -> list[Operation]:
    """The rows that formulas of these rows call, such as sigmoid, unless the C library has a function of that name."""
    found: dict[str, Operation] = {}
    left = [text for row in rows for text in (row.value, *row.derivatives)]
    while left:
        nodes = ast.walk(ast.parse(left.pop()))
        names = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        for name in names & ROWS.keys() - {*ieee.__all__, *found, "abs", "where"}:
            found[name] = ROWS[name]
            left.append(ROWS[name].value)
    return [found[name] for name in sorted(found)]


def constant(row: Operation) -> str:
    """The name of the row's constant in operations.py."""
    return row.name.upper()


# ---- formulas

class _ToFloats(ast.NodeTransformer):
    """A formula over C doubles: IEEE 754's division and functions, branches as conditional expressions."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(float(node.value))      # type: ignore[arg-type]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(node.id.upper()) if node.id in ("pi", "inf", "nan") else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            return _call("ieee.pow", left, right)
        if isinstance(node.op, ast.Div):
            return _call("ieee.divide", left, right)
        return ast.BinOp(left, node.op, right)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return ast.IfExp(self.condition(node), ast.Constant(1.0), ast.Constant(0.0))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if name == "where":
            condition, x, y = node.args
            return ast.IfExp(self.condition(condition), self.visit(x), self.visit(y))
        arguments = [self.visit(each) for each in node.args]
        if name in ieee.__all__ or name == "abs":
            return _call(f"ieee.{'fabs' if name == 'abs' else name}", *arguments)
        return _call(f"{name}_of", *arguments)

    def condition(self, node: ast.expr) -> ast.expr:
        """A formula as a condition: whether it is non-zero."""
        if isinstance(node, ast.Compare):
            left, right = self.visit(node.left), self.visit(node.comparators[0])
            return ast.Compare(left, node.ops, [right])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return ast.BoolOp(ast.And(), [self.condition(node.left), self.condition(node.right)])
        return ast.Compare(self.visit(node), [ast.NotEq()], [ast.Constant(0.0)])


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.parse(name, mode="eval").body, list(arguments), [])


def over_floats(formula: str) -> str:
    """The formula in the engine's Python."""
    tree = _ToFloats().visit(ast.parse(formula, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))


# ---- functions and methods

def _assigned(name: str, formula: str, indent: str) -> str:
    """`name = formula`, on several lines where it is long."""
    expression = over_floats(formula)
    line = f"{indent}{name} = {expression}"
    if len(line) <= WIDTH:
        return line
    parts = _broken(expression)
    return "\n".join([f"{indent}{name} = (", *(f"{indent}    {part}" for part in parts), f"{indent})"])


def _broken(expression: str) -> list[str]:
    """A long expression before each `else` or at its last sum."""
    tree = ast.parse(expression, mode="eval").body
    if isinstance(tree, ast.IfExp):
        body, test = ast.unparse(tree.body), f"if {ast.unparse(tree.test)}"
        start = [f"{body} {test}"] if len(body + test) < WIDTH - 14 else [body, test]
        return [*start, *(f"else {line}" for line in _broken(ast.unparse(tree.orelse))[:1]),
                *_broken(ast.unparse(tree.orelse))[1:]]
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        right = ast.unparse(tree.right)
        last = [f"+ ({right})" if isinstance(tree.right, ast.IfExp) else f"+ {right}"]
        if len(right) > WIDTH - 14 and isinstance(tree.right, ast.BinOp) and isinstance(tree.right.op, ast.Mult):
            last = [f"+ {ast.unparse(tree.right.left)}", f"* ({ast.unparse(tree.right.right)})"]
        return [ast.unparse(tree.left), *last]
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult) and len(expression) > WIDTH - 8:
        return [_operand_of_product(tree.left), f"* {_operand_of_product(tree.right)}"]
    return [expression]


def _operand_of_product(tree: ast.expr) -> str:
    text = ast.unparse(tree)
    return f"({text})" if isinstance(tree, ast.IfExp) else text


ROUNDED = ["        if decimals:", "            answer: Value = rounded(self, decimals)", "            return answer"]


def _method_of_one(row: Operation) -> str:
    decimals = ROUNDED if row is ROUND else []
    lines = [
        f"    def {row.name}(self{', decimals: Any = 0' if decimals else ''}) -> Value:",
        f'        """{row.summary}"""',
        *decimals,
        "        x = self._number",
        _assigned("f", row.value, " " * 8),
    ]
    if row.flat[0]:
        return "\n".join([*lines, f"        return flat(unary({constant(row)}, f, self, 0.0))"])
    derivative = over_floats(row.derivatives[0])
    answer = f"        return unary({constant(row)}, f, self, {derivative})"
    if len(answer) > WIDTH:
        lines.append(_assigned("derivative", row.derivatives[0], " " * 8))
        answer = f"        return unary({constant(row)}, f, self, derivative)"
    return "\n".join([*lines, answer])


def _method_of_several(row: Operation) -> str:
    others = row.parameters[1:] if row.parameters != row.operands else ("other",)
    head = ", ".join(_annotated(each) for each in others)
    names = ", ".join(each.partition("=")[0] for each in others)
    return "\n".join([
        f"    def {row.name}(self, {head}) -> Any:",
        f'        """{row.summary}"""',
        f"        return dispatch({constant(row)}, (self, {names}))",
    ])


def _annotated(parameter: str) -> str:
    name, has_default, default = parameter.partition("=")
    return f"{name}: Any = {default}" if has_default else f"{name}: Any"


def _function_of_two(row: Operation) -> str:
    return "\n".join([
        f"def {row.name}(left: Operand, right: Operand) -> Value:",
        "    x, y = number(left), number(right)",
        _assigned("f", row.value, "    "),
        *_local_derivatives(row),
    ])


def _local_derivatives(row: Operation) -> list[str]:
    if all(row.flat):
        return [f"    return flat(binary({constant(row)}, f, left, 0.0, right, 0.0))"]
    by_x, by_y = (over_floats(each) for each in row.derivatives)
    answer = f"    return binary({constant(row)}, f, left, {by_x}, right, {by_y})"
    if len(answer) <= 90:
        return [answer]
    return [
        _assigned("by_x", row.derivatives[0], "    "), _assigned("by_y", row.derivatives[1], "    "),
        f"    return binary({constant(row)}, f, left, by_x, right, by_y)",
    ]


def _function_of_three(row: Operation) -> str:
    return "\n".join([
        f"def {row.name}(first: Operand, second: Operand, third: Operand) -> Value:",
        "    fan: Fan = fan_of((first, second, third))",
        "    x, y, z = number(first), number(second), number(third)",
        *(f"    freeze(fan, {k})" for k, is_flat in enumerate(row.flat) if is_flat),
        _assigned("f", row.value, "    "),
        *(_assigned(f"fan.local_grads[{k}]", each, "    ") for k, each in enumerate(row.derivatives)),
        f"    return nary({constant(row)}, f, fan)",
    ])


def _helper(row: Operation) -> str:
    """A formula that other formulas call, on floats."""
    operands = ", ".join(f"{x}: float" for x in row.operands)
    return f"def {row.name}_of({operands}) -> float:\n{_assigned('f: float', row.value, '    ')}\n    return f"


def _docstring(row: Operation) -> str:
    """That of a public function."""
    summary, error, case = row.summary.partition(" ValueError for ")
    names = ", ".join(parameter.partition("=")[0] for parameter in row.parameters)
    if row.is_nary:
        arguments = "values: A sequence or an array of Values, numbers or dual numbers."
        returned, wrong = "A Value if an element is one, otherwise a number.", "values is no sequence, or an element"
    elif len(row.operands) > 1:
        arguments = f"{names}: Values, numbers, dual numbers or arrays of these."
        returned, wrong = "A Value if an argument is one, otherwise a number or an array.", "An argument"
    else:
        arguments = f"{names}: A Value, a number, a dual number or an array of these."
        returned, wrong = "The same kind as x.", "x"
    lines = [] if row is not ROUND else [
        "    decimals: To how many decimals, as NumPy's round: by a power of ten; below 0, to tens and so on.",
    ]
    lines = [
        f'"""{summary.removesuffix(";").removesuffix(".")}.', "", "Args:", f"    {arguments}", *lines, "",
        "Returns:", f"    {returned}", "", "Raises:", f"    TypeError: {wrong} is something else.",
        *([f"    ValueError: There are {case}"] if error else []), '"""',
    ]
    return "\n".join(f"    {line}".rstrip() for line in lines)


def _public_function(row: Operation) -> str:
    if row is ABS:
        return f"def abs(x: X) -> X:\n{_docstring(row)}\n    answer: X = dispatch(ABS, (x,))\n    return answer"
    if row is ROUND:
        return "\n".join([
            "def round(x: X, decimals: Any = 0) -> X:", _docstring(row),
            "    answer: X = rounded(x, decimals) if decimals else dispatch(ROUND, (x,))",
            "    return answer",
        ])
    if row.is_nary:
        return "\n".join([
            f"def {row.name}(values: Iterable[Any]) -> Any:", _docstring(row),
            f"    return dispatch({constant(row)}, elements_of(values))",
        ])
    if len(row.operands) == 1:
        return "\n".join([
            f"def {row.name}(x: X) -> X:", _docstring(row),
            f"    answer: X = x.{row.name}() if type(x) is Value else dispatch({constant(row)}, (x,))",
            "    return answer",
        ])
    names = ", ".join(each.partition("=")[0] for each in row.parameters)
    return "\n".join([
        f"def {row.name}({', '.join(map(_annotated, row.parameters))}) -> Any:", _docstring(row),
        f"    return dispatch({constant(row)}, ({names}))",
    ])


def _aliases(rows: Iterable[Operation], indent: str = "") -> str:
    pairs = [(row.numpy_name, row.name) for row in rows if row.numpy_name]
    lines = [pairs[i : i + 8] for i in range(0, len(pairs), 8)]
    return "\n".join(indent + " = ".join(", ".join(names) for names in zip(*line, strict=True)) for line in lines)


# ---- the parts that are written

def _listed(items: Sequence[str], indent: str, width: int = WIDTH) -> list[str]:
    """Items with commas between them, on lines of the width."""
    lines = [indent]
    for item in items:
        if len(lines[-1]) + len(item) + 2 > width:
            lines[-1] = lines[-1].rstrip()
            lines.append(indent)
        lines[-1] += f"{item}, "
    lines[-1] = lines[-1].rstrip()
    return lines


def _imported(rows: Iterable[Operation]) -> str:
    names = sorted({constant(row) for row in rows})
    return "\n".join(["from ..calculus.operations import (", *_listed(names, "    "), ")"])


def _declared(rows: Iterable[Operation]) -> str:
    names = sorted(constant(row) for row in rows)
    return "\n".join(f"cdef object {line.rstrip(',')}" for line in _listed(names, "", WIDTH - 14))


def methods() -> str:
    """Those of Value, but for the operators of Python."""
    of_one, of_two = _of(1), [row for row in _of(2) if row.summary]
    parts = [_method_of_one(row) for row in of_one] + [_aliases(of_one, "    ")]
    parts += [_method_of_several(row) for row in of_two] + [_aliases(of_two, "    ")]
    return "\n\n".join(parts)


def arithmetic() -> str:
    """+ − × ÷ ** as functions of two operands, and the formulas that the methods call."""
    parts = [_function_of_two(row) for row in ARITHMETIC] + [_helper(row) for row in _called_by([*_of(1), ABS])]
    return "\n\n\n".join(parts)


def several_operands() -> str:
    """The functions of two and three operands."""
    parts = [_function_of_two(row) for row in _of(2)] + [_function_of_three(row) for row in _of(3)]
    return "\n\n\n".join(parts + [_helper(row) for row in _called_by(_of(2, 3))])


def several_operands_declarations() -> str:
    """Their declarations for Cython."""
    lines = [_declared(_of(2, 3)), ""]
    lines += [f"cpdef object {row.name}(object left, object right)" for row in _of(2)]
    lines += [f"cpdef object {row.name}(object first, object second, object third)" for row in _of(3)]
    return "\n".join([*lines, *_declared_helpers(_called_by(_of(2, 3)))])


def _declared_helpers(rows: Iterable[Operation]) -> list[str]:
    return [
        f"cdef double {row.name}_of({', '.join(f'double {x}' for x in row.operands)}) noexcept" for row in rows
    ]


def value_declarations() -> str:
    """The names of the operations in value.py, and the formulas that its methods call."""
    return "\n".join([_declared(_IN_VALUE), "", *_declared_helpers(_called_by([*_of(1), ABS]))])


def implementations() -> str:
    """Which function of several_operands.py does which operation."""
    return "\n".join(f"{constant(row)}.on_values = {row.name}" for row in _of(2, 3))


def public_functions() -> str:
    """Those of engine/functions.py, but for the ones that are written by hand."""
    rows = [ABS, *_of(1), *_of(2), *[row for row in _of(3) if row is not CLIP]]
    rows = [row for row in rows if row.summary]
    rows += [row for row in OPERATIONS if row.is_nary and row not in (DOT, TAKE)]
    return "\n\n\n".join([*map(_public_function, rows), _aliases(rows)])


_IN_VALUE = [*BY_HAND, *_of(1, 2), CLIP]
_EVERYTHING_PUBLIC = [row for row in OPERATIONS if row.summary]
FILES: dict[str, dict[str, Callable[[], str]]] = {
    "engine/value.py": {
        "imports": lambda: _imported(_IN_VALUE), "methods": methods, "arithmetic": arithmetic,
    },
    "engine/value.pxd": {"declarations": value_declarations},
    "engine/several_operands.py": {
        "imports": lambda: _imported(_of(2, 3)), "functions": several_operands, "implementations": implementations,
    },
    "engine/several_operands.pxd": {"declarations": several_operands_declarations},
    "engine/functions.py": {
        "imports": lambda: _imported(_EVERYTHING_PUBLIC), "functions": public_functions,
    },
    "engine/functions.pxd": {"names": lambda: _declared(_EVERYTHING_PUBLIC)},
}


def up_to_date(file: str) -> str:
    """The text that a file should have: what stands between its marks is written anew."""
    text = (PACKAGE / file).read_text(encoding="utf-8")
    for name, part in FILES[file].items():
        before, mark, rest = text.partition(f"# <written: {name}>")
        line, _, rest = rest.partition("\n")
        _, end, after = rest.partition(f"# </written: {name}>")
        if not mark or not end:
            raise LookupError(f"{file} has no marks '# <written: {name}>' and '# </written: {name}>'")
        gap = "" if name in ("imports", "names", "declarations", "implementations") else "\n"
        indent = before[before.rindex("\n") + 1 :]
        text = f"{before}{mark}{line}\n{gap}{part()}\n{gap}{indent}{end}{after}"
    return text


def main() -> None:
    """Write all of them."""
    for file in FILES:
        text = up_to_date(file)
        if file.endswith(".py"):
            compile(text, file, "exec")
        (PACKAGE / file).write_text(text, encoding="utf-8")
