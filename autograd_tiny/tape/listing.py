"""A program in words and numbers: its listing, and its cost. tape.py shows both."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..calculus.operations import DOT, NEG, TAKE, Operation
from .program import ONCE, PER_SAMPLE, Program, receivers

MOST_SHOWN = 8          # operands in a line, and names in a list


def names_of(program: Program, inputs: Sequence[str], parameters: Sequence[str]) -> list[str]:
    """A name for each slot: the given names where they can stand in a formula; else x0, p0, v0 and so on."""
    given = [name if _is_clear(name) else "" for name in (*inputs, *parameters)]
    substitutes = [f"{prefix}{k}" for prefix, names in (("x", inputs), ("p", parameters)) for k in range(len(names))]
    results = range(len(program.instructions))
    return labelled([*given, *("" for _ in results)], [*substitutes, *(f"v{k}" for k in results)])


def _is_clear(name: str) -> bool:
    return len(name) <= 40 and re.fullmatch(r"[^\W\d][\w.\[\]]*", name) is not None


def labelled(labels: Sequence[str], substitutes: Sequence[str]) -> list[str]:
    """Unique names: the labels, and a substitute for each that is empty. See told_apart."""
    names = [label or other for label, other in zip(labels, substitutes, strict=True)]
    return told_apart(names, [not label for label in labels])


def told_apart(names: Sequence[str], ranks: Sequence[int] | None = None, taken: Iterable[str] = ()) -> list[str]:
    """The names, made unique by numbers: w, w_2, w_3.

    Every name remains that of one of those that have it; so one that occurs once is kept. The others are numbered
    around all of these: k, k, k_2 are k, k_3, k_2.

    Args:
        names: The names.
        ranks: Of those that have the same name, the one of the lowest rank keeps it; by default the first one does.
        taken: Names that mean something else already.
    """
    found, used, left = [*names], {*taken}, []
    order = range(len(found)) if ranks is None else sorted(range(len(found)), key=ranks.__getitem__)
    for k in order:
        if found[k] in used:
            left.append(k)
        used.add(found[k])
    last: dict[str, int] = {}                   # so that many equal names don't take quadratic time
    for k in left:
        start = found[k].rstrip("_")
        while found[k] in used:
            last[start] = last.get(start, 1) + 1
            found[k] = f"{start}_{last[start]}"
        used.add(found[k])
    return found


def listed(program: Program, inputs: Sequence[str], parameters: Sequence[str]) -> str:
    """The instructions as lines to read: those computed once in a run, then those for every sample."""
    names = names_of(program, inputs, parameters)
    lines = [f"inputs: {_some(names[: program.inputs])}"]
    if program.parameters:
        lines.append(f"parameters: {_some(names[program.inputs : program.first])}")
    for rate, title in (ONCE, "once in a run:"), (PER_SAMPLE, "for every sample:"):
        slots = [slot for slot in range(program.first, len(names)) if program.rates[slot] == rate]
        if slots:
            lines += [title, *(f"    {line_of(program, slot, names)}" for slot in slots)]
    outputs = [name_of(program, slot, names) for slot in program.outputs]
    return "\n".join([*lines, f"outputs: {_some(outputs)}"])


def line_of(program: Program, slot: int, names: Sequence[str]) -> str:
    """One instruction: v2 = relu(v1)."""
    operation, operands = program.instructions[slot - program.first]
    return f"{names[slot]} = {_formula(operation, operands, program, names)}"


def name_of(program: Program, slot: int, names: Sequence[str]) -> str:
    """The name of a slot; for a constant, its number."""
    if slot >= 0:
        return names[slot]
    x = program.constants[~slot]
    short = f"{x:g}"
    return short if float(short) == x else repr(x)


def _formula(operation: Operation, operands: Sequence[int], program: Program, names: Sequence[str]) -> str:
    shown = [name_of(program, x, names) for x in operands]
    if operation is DOT:
        return _sum(shown)
    if operation is NEG:
        return f"-{shown[0]}"
    if operation is TAKE:
        return f"take([{_some(shown[:-1])}], {shown[-1]})"
    if len(shown) == 2 and not operation.sign.isidentifier():
        return f"{shown[0]} {operation.sign} {shown[1]}"
    return f"{operation.sign}({_some(shown)})"


def _sum(shown: Sequence[str]) -> str:
    n = len(shown) // 2
    terms = [_product(x, y) for x, y in zip(shown[:n], shown[n:-1], strict=True)]
    if len(terms) > MOST_SHOWN:
        terms[3:-1] = [f"… {n - 4} more …"]
    if shown[-1] not in ("0", "-0"):
        terms.append(shown[-1])
    return " + ".join(terms).replace("+ -", "- ")


def _product(x: str, y: str) -> str:
    return y if x == "1" else f"-{y}" if x == "-1" else f"{x}*{y}"


def _some(names: Sequence[str]) -> str:
    if len(names) > MOST_SHOWN:
        return f"{', '.join(names[:3])}, … {len(names) - 4} more …, {names[-1]}"
    return ", ".join(names)


# ---- cost

class Pass(NamedTuple):
    """The cost of one pass over the instructions, for a sample.

    Attributes:
        flops: Floating-point operations.
        bytes: Bytes that the instructions read and write, in whatever cache.
    """

    flops: int
    bytes: int


class Cost(NamedTuple):
    """The cost of replaying a program, for a sample.

    A call of a function such as exp counts as one operation, of a function of many operands such as max as one for
    each of them. In reverse, each contribution to an adjoint counts as two, a product and a sum.

    Attributes:
        instructions: Their number.
        once: How many of them are computed once in a run.
        forward: The pass that computes the outputs.
        reverse: The pass back from all outputs to the parameters, or to the inputs where there are no parameters.
    """

    instructions: int
    once: int
    forward: Pass
    reverse: Pass

    def __str__(self) -> str:
        head = f"{self.instructions} instructions, {self.once} of them once in a run; for a sample:"
        rows = [("", "flops", "bytes"), ("forward", *self.forward), ("reverse", *self.reverse)]
        return "\n".join([head, *(f"{name:10}{flops:>12}{size:>12}" for name, flops, size in rows)])


def _used(program: Program, operation: Operation, operands: Sequence[int]) -> list[int]:
    """The operands that count: not the factors 1 and -1 of a sum, and not a bias of 0; of a take one value."""
    if operation is TAKE:
        return [*operands[-2:]]
    if operation is not DOT:
        return [*operands]
    free = {~k for k, x in enumerate(program.constants) if abs(x) == 1.0}
    n = len(operands) // 2
    used = [x for k, x in enumerate(operands[:-1]) if k >= n or x not in free]
    is_zero = operands[-1] < 0 and program.constants[~operands[-1]] == 0.0
    return used if is_zero else [*used, operands[-1]]


def _flops(operation: Operation, used: Sequence[int]) -> int:
    """A sum of products has one less than it has operands; a take only selects."""
    if operation is TAKE:
        return 0
    return len(used) - 1 if operation is DOT else len(used) if operation.is_nary else 1


def cost_of(program: Program) -> Cost:
    """The cost of replaying a program."""
    forward, reverse = [0, 0], [0, 0]
    needs_adjoint = program.depending_on_parameters() if program.parameters else program.rates
    reached = program.reached()
    for slot, (operation, operands) in enumerate(program.instructions, program.first):
        if program.rates[slot] != PER_SAMPLE:
            continue
        used = _used(program, operation, operands)
        n = len(used)
        sent = sum([x >= 0 and needs_adjoint[x] > 0 for x in receivers(operation, used)]) if reached[slot] else 0
        forward[0] += _flops(operation, used)
        forward[1] += 8 * (n + 1)
        if sent:
            reverse[0] += 2 * sent
            reverse[1] += 8 * (1 + n + 2 * sent)
    once = sum(rate == ONCE for rate in program.rates[program.first :])
    return Cost(len(program.instructions), once, Pass(*forward), Pass(*reverse))
