"""A small program as JavaScript without loops: a statement for each instruction, and for each of its derivatives.

    const v0 = a + b;                   d_v0 += d_f * v1;
    const v1 = b + c;                   d_v1 += d_f * v0;
    const f = v0 * v1;                  d_a += d_v0; …

Engines compile such functions well while they are small; module.py says how small. Formulas are those of rows.js.
"""
from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

from ....calculus.javascript_rows import ROWS, JavaScriptPrinter, expression
from ....calculus.operations import DOT, TAKE, Operation
from ...program import Instruction, Program
from ..names import JAVASCRIPT_KEYWORDS, identifiers
from ..source import Source

# other variables of these functions
OWN_WORDS = frozenset(["sample", "numbers", "seed", "xs", "size", "value", "out", "list1", "m", "local", "place"])


class StraightLine:
    """The functions of a program.

    Args:
        source: What is exported.
        taken: The names that other parts of the module have.
    """

    def __init__(self, source: Source, taken: Collection[str]) -> None:
        program = self.program = source.program
        taken = {*taken, *OWN_WORDS, *(f"v{k}" for k in range(len(program.instructions)))}
        labels = [*source.inputs, *source.names()]
        leaves = identifiers(labels, JAVASCRIPT_KEYWORDS, "x", taken)
        self.names = [*leaves, *(f"v{k}" for k in range(len(program.instructions)))]
        self.adjoints = identifiers(
            [f"d_{name}" for name in self.names], JAVASCRIPT_KEYWORDS, "d", {*taken, *self.names}
        )

    def values(self) -> str:
        """valuesAt(sample, numbers): all outputs."""
        program = self.program
        needed = program.needed()
        outputs = ", ".join(self._operand(slot) for slot in program.outputs)
        lines = [*self._leaves(needed), *self._forward(needed), f"return Float64Array.of({outputs});"]
        return _function("valuesAt(sample, numbers)", lines)

    def gradients(self) -> str:
        """gradientsAt: for each output a function of sample, numbers and the seed."""
        functions = [self._gradient(slot) for slot in self.program.outputs]
        return "const gradientsAt = [\n" + "".join(f"{function},\n" for function in functions) + "];"

    def _gradient(self, output: int) -> str:
        program = self.program
        part = Program(program.inputs, program.parameters, program.constants, program.instructions, [output])
        needed, reached = part.needed(), part.reached()
        adjoints = [self.adjoints[slot] for slot in range(len(reached)) if reached[slot] and slot != output]
        seeded = [f"let {self.adjoints[output]} = seed;"] if output >= 0 else []
        zeros = _wrapped([f"{name} = 0" for name in adjoints], "let ")
        backward = [
            line for k in reversed(range(len(program.instructions))) if reached[program.first + k]
            for line in self._backward(program.instructions[k], program.first + k)
        ]
        by_inputs, by_parameters = (
            ", ".join(self.adjoints[slot] if reached[slot] else "0" for slot in slots)
            for slots in (range(program.inputs), range(program.inputs, program.first))
        )
        lines = [
            *self._leaves(needed), *self._forward(needed), *seeded, *zeros, *backward,
            f"return {{ value: {self._operand(output)}, byInputs: Float64Array.of({by_inputs}), "
            f"byParameters: Float64Array.of({by_parameters}) }};",
        ]
        return "\n".join(["  (sample, numbers, seed) => {", *(f"    {line}" for line in lines), "  }"])

    # ---- statements

    def _leaves(self, needed: Sequence[int]) -> list[str]:
        """The variables of the inputs and parameters."""
        program = self.program
        places = [f"sample[{k}]" for k in range(program.inputs)] + [f"numbers[{k}]" for k in range(program.parameters)]
        leaves = zip(self.names[: program.first], places, needed[: program.first], strict=True)
        return _wrapped([f"{name} = {place}" for name, place, is_needed in leaves if is_needed], "const ")

    def _forward(self, needed: Sequence[int]) -> list[str]:
        program = self.program
        return [
            line for slot, instruction in enumerate(program.instructions, program.first) if needed[slot]
            for line in self._computed(instruction, slot)
        ]

    def _computed(self, instruction: Instruction, slot: int) -> list[str]:
        row, operands = instruction.operation, [self._operand(x) for x in instruction.operands]
        name = self.names[slot]
        if row is DOT:
            return [f"const {name} = {_dot(operands)};"]
        if row is TAKE:
            *values, index = operands
            return [f"const {name} = [{', '.join(values)}][takenPlace({index}, {len(values)})];"]
        if not row.is_nary:
            return [f"const {name} = {_expression(row.value, row, operands)};"]
        printer = JavaScriptPrinter()
        value = printer.printed(row.value)
        body = " ".join([_lists(operands, printer), *printer.statements, f"{name} = {value};"])
        return [f"let {name};", f"{{ {body} }}"]

    def _backward(self, instruction: Instruction, slot: int) -> list[str]:
        """Add to the adjoints of the operands."""
        row, operands = instruction.operation, [self._operand(x) for x in instruction.operands]
        adjoint = self.adjoints[slot]
        flat = row.flat_operands(instruction.operands)
        pairs = zip(instruction.operands, flat, strict=True)
        targets = [self.adjoints[x] if x >= 0 and not is_flat else "" for x, is_flat in pairs]
        if row is DOT:
            count = len(operands) // 2
            factors = [*operands[count : 2 * count], *operands[:count], "1"]
            return [_added(target, adjoint, factor) for target, factor in zip(targets, factors, strict=True) if target]
        if row is TAKE:
            place = f"const place = takenPlace({operands[-1]}, {len(operands) - 1});"
            cases = [f"if (place === {k}) {target} += {adjoint};" for k, target in enumerate(targets) if target]
            return [f"{{ {' '.join([place, *cases])} }}"] if cases else []
        if row.is_nary:
            return [self._backward_of_many(row, operands, targets, slot)] if any(targets) else []
        found = []
        for target, formula in zip(targets, row.derivatives, strict=True):
            if target:
                derivative = _expression(formula, row, operands, self.names[slot])
                found.append((_selected if row.selects else _added)(target, adjoint, derivative))
        return found

    def _backward_of_many(self, row: Operation, operands: list[str], targets: list[str], slot: int) -> str:
        printer = JavaScriptPrinter()
        printer.printed(re.sub(r"\bf\b", "value", row.derivatives[0]))
        adjoint, value = self.adjoints[slot], f"const value = {self.names[slot]};"
        sent = [
            f"if (out[{k}] !== 0) {target} += {adjoint} * out[{k}];" if row.selects
            else f"{target} += {adjoint} * out[{k}];"
            for k, target in enumerate(targets) if target
        ]
        return f"{{ {' '.join([_lists(operands, printer, 'out'), value, *printer.statements, *sent])} }}"

    def _operand(self, slot: int) -> str:
        return self.names[slot] if slot >= 0 else number(self.program.constants[~slot])


def number(x: float) -> str:
    """A number, also one that is not finite."""
    if math.isfinite(x):
        text = repr(x).removesuffix(".0")
        return f"({text})" if text.startswith("-") else text
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "(-Infinity)"


def _expression(formula: str, row: Operation, operands: Sequence[str], value: str = "") -> str:
    """A formula, with these texts for its operands and its value."""
    names = dict(zip(row.operands, operands, strict=True)) | ({"f": value} if value else {})
    return re.sub(r"(?<![\w.])[a-z]\w*\b(?!\()", lambda found: names.get(found[0], found[0]), expression(formula))


def _dot(operands: Sequence[str]) -> str:
    count = len(operands) // 2
    products = [f"{x} * {y}" for x, y in zip(operands[:count], operands[count : 2 * count], strict=True)]
    return " + ".join([*products, operands[-1]])


def _added(target: str, adjoint: str, derivative: str) -> str:
    if derivative in ("1", "-1"):
        return f"{target} {'+=' if derivative == '1' else '-='} {adjoint};"
    is_simple = re.fullmatch(r"[\w.]+(\(\w+\))?", derivative)
    return f"{target} += {adjoint} * {derivative if is_simple else f'({derivative})'};"


def _selected(target: str, adjoint: str, derivative: str) -> str:
    return f"{{ const local = {derivative}; if (local !== 0) {target} += {adjoint} * local; }}"


def _lists(operands: Sequence[str], printer: JavaScriptPrinter, *more: str) -> str:
    lists = [f"list{k + 1}" for k in range(printer.lists)]
    rest = "".join(f", {name} = []" for name in [*lists, *more])
    return f"const xs = [{', '.join(operands)}], size = {len(operands)}{rest};"


def _function(head: str, lines: Sequence[str]) -> str:
    return "\n".join([f"function {head} {{", *(f"  {line}" for line in lines), "}"])


def _wrapped(items: Sequence[str], start: str) -> list[str]:
    """A statement that declares several variables; one for each few of them."""
    return [f"{start}{', '.join(items[k : k + 6])};" for k in range(0, len(items), 6)]


def rows_of(program: Program) -> list[Operation]:
    """The rows that the program needs: those of the calculus in their order, then those of users."""
    found = {operation.name: operation for operation, _ in program.instructions}
    return [found.pop(name) for name in ROWS if name in found] + [*found.values()]
