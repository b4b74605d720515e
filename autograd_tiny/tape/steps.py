"""Operations of users as steps, for executors, whose kernels are those of the operations of this package.

The formulas of the value and of the derivatives become instructions, and LINKED puts them together: it passes the value
on, and in reverse the adjoint to an operand, times the derivative. No gradient flows through the value's own steps, so
derivatives are those of the formulas that were given. Unlike in lowering.py nothing is rearranged: a formula keeps the
order of its sums.

Only executors get such a program. Second derivatives are made from the operation itself: see derivatives/.
"""
from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from functools import cache

from ..calculus.differentiation import parts
from ..calculus.floats import FLOATS
from ..calculus.operations import ADD, LINKED, WHERE, Operation
from ..engine.custom import FormulaOperation
from .lowering import Draft, in_order
from .program import CONSTANT, Program

CONSTANTS = {"pi": math.pi, "inf": math.inf, "nan": math.nan}


def in_steps(program: Program) -> Program:
    """The program without operations that users defined by formulas; the same one if there are none."""
    if not any(type(operation) is FormulaOperation for operation, _ in program.instructions):
        return program
    draft = Draft(program.inputs, program.parameters)
    slots = [*range(program.first)]

    def slot_of(x: int) -> int:
        return slots[x] if x >= 0 else draft.constant(program.constants[~x])

    for operation, operands in program.instructions:
        moved = tuple([slot_of(x) for x in operands])
        if type(operation) is FormulaOperation:
            slots.append(_steps(draft, operation, moved))
        else:
            slots.append(draft.result(operation, moved))
    return in_order(draft, [slot_of(x) for x in program.outputs]).once_first()


def _steps(draft: Draft, operation: FormulaOperation, operands: tuple[int, ...]) -> int:
    """The slot of the value, through which gradients flow to the operands."""
    names = dict(zip(operation.operands, operands, strict=True))
    value = names["f"] = _formula(draft, _parsed(operation.value), names)
    latest = max(operands, key=draft.rates.__getitem__)
    if draft.rates[value] < draft.rates[latest]:                # the value does not depend on that operand
        value = draft.result(WHERE, (latest, value, value))
    links = [
        draft.result(LINKED, (value, x, _formula(draft, _parsed(text), names)))
        for x, text, is_flat in zip(operands, operation.derivatives, operation.flat, strict=True)
        if not is_flat and draft.rates[x] != CONSTANT
    ]
    if not links:
        zero = draft.constant(0.0)
        return draft.result(LINKED, (value, zero, zero))
    total = links[0]
    for link in links[1:]:
        total = draft.result(ADD, (total, link))
    return total if len(links) == 1 else draft.result(LINKED, (value, total, draft.constant(1.0)))


def _formula(draft: Draft, node: ast.expr, names: Mapping[str, int]) -> int:
    """The slot of a formula's result."""
    match node:
        case ast.Constant(value=int() | float() as x):
            return draft.constant(float(x))
        case ast.Name(id=name):
            return names[name] if name in names else draft.constant(CONSTANTS[name])
    operation, operands = parts(node)
    return _result(draft, operation, tuple([_formula(draft, x, names) for x in operands]))


def _result(draft: Draft, operation: Operation, operands: tuple[int, ...]) -> int:
    """The slot of a result; of constants it is computed at once."""
    if all(draft.rates[x] == CONSTANT for x in operands):
        return draft.constant(float(operation.evaluate(FLOATS, [draft.constants[x] for x in operands])))
    return draft.result(operation, operands)


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
