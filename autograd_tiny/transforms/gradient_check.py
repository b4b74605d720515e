"""check_gradients: is this derivative right? Reverse mode, forward mode and finite differences compared.

Where the slopes on both sides stay apart however small the step, the point is a kink, such as relu at 0, and
there is no derivative to be right or wrong about.
"""
from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..engine.context import no_grad
from ..engine.custom import CustomOperation
from ..engine.graph import topological_order
from ..engine.value import Value
from .call import Call, Function, name_of_result, names_of_arguments
from .dual import number
from .finite_differences import Difference, differences
from .pytree import Structure, blocks, flatten, matching, size

CLOSE = 1e-6            # how far a finite difference may be off, relatively, beyond its own estimate
EXACT = 1e-8            # how far derivatives that are no approximations may part, relatively
MOST_ROWS = 20          # that are printed
AGREE = "agree"


@dataclass(frozen=True)
class Row:
    """One derivative, as found in several ways; claimed is None where nobody claimed any.

    name: such as ∂f/∂x[0]. numeric: nan where no difference says anything. parting: the largest relative
    difference between two of the ways. verdict: "agree", or what is the matter. passed: nothing is wrong.
    """

    name: str
    reverse: float
    forward: float
    numeric: float
    claimed: float | None
    parting: float
    verdict: str
    passed: bool


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """What check_gradients found. It is true if all is well, and prints as a table, troubles first.

    rows: one for each output and input.
    """

    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong. A kink is not wrong, but has no derivative to check."""
        return all(row.passed for row in self.rows)

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        table = [self._head(), *map(self._cells, self._shown())]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = []
        for cells in table:
            name, *numbers, verdict = [cell.ljust(w) for cell, w in zip(cells, widths, strict=True)]
            right = [cell.strip().rjust(len(cell)) for cell in numbers]
            lines.append("  ".join([name, *right, verdict]).rstrip())
        return "\n".join([*lines, self._summary()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(cell)}</th>" for cell in self._head())
        rows = [
            f"<tr{'' if row.passed else ' style=color:#b91c1c'}>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in self._cells(row)) + "</tr>"
            for row in self._shown()
        ]
        return f"<table><tr>{head}</tr>{''.join(rows)}</table><p>{html.escape(self._summary())}</p>"

    def _shown(self) -> list[Row]:
        return sorted(self.rows, key=lambda row: (row.passed, row.verdict == AGREE))[:MOST_ROWS]

    def _head(self) -> list[str]:
        claimed = [] if self._nothing_claimed else ["claimed"]
        return ["derivative", "reverse", "forward", "difference", *claimed, "parting", "verdict"]

    def _cells(self, row: Row) -> list[str]:
        claimed = [] if self._nothing_claimed else [f"{row.claimed:.8g}"]
        numeric = "—" if math.isnan(row.numeric) else f"{row.numeric:.8g}"
        numbers = [f"{row.reverse:.8g}", f"{row.forward:.8g}", numeric, *claimed]
        return [row.name, *numbers, f"{row.parting:.1e}", row.verdict]

    @property
    def _nothing_claimed(self) -> bool:
        return all(row.claimed is None for row in self.rows)

    def _summary(self) -> str:
        wrong = sum(not row.passed for row in self.rows)
        unchecked = sum(row.passed and row.verdict != AGREE for row in self.rows)
        hidden = max(0, len(self.rows) - MOST_ROWS)
        said = [f"failed: {wrong} of {len(self.rows)} derivatives" if wrong else "passed"]
        said += [f"{len(self.rows) - wrong - unchecked} agree"]
        said += [f"{unchecked} could not be checked"] if unchecked else []
        said += [f"{hidden} rows not shown"] if hidden else []
        return ", ".join(said)


def check_gradients(fun: Function, *args: Any, claimed: Any = None) -> GradientCheck:
    """Compare the derivatives of fun at args, by all of its numbers, found in reverse and in forward mode
    with finite differences, and with what somebody claims.

    fun may return one number or anything made of numbers. claimed: the derivatives that are to be checked, or
    a function of args that gives them: for one argument in its structure, for several a tuple of these; for
    a fun that returns several numbers, as jacobian answers.

    The function is called about 45 times for each of its numbers.

        >>> bool(check_gradients(lambda x: x**3, 2.0, claimed=lambda x: 3 * x))
        False

    TypeError for arguments that hold no numbers; ValueError for claims of another structure, and for a
    function that gives different numbers for the same arguments.
    """
    call = Call.at_plain_numbers(fun, args)
    recorded = call.recorded()
    reverse, forward = recorded.rows(), call.pushed_forward(range(len(call.numbers))).rows()
    by_input = [differences(partial(_outputs, call, j), x) for j, x in enumerate(call.numbers)]
    claims = _claims(claimed, args, call.structure, recorded.structure)
    names = iter(_names(fun, call.structure, recorded.structure))
    blame = ", ".join(sorted({each for output in recorded.outputs for each in _wrong_operations(output)}))
    return GradientCheck(tuple(
        _row(next(names), reverse[i][j], forward[i][j], by_input[j][i], claims[i][j], blame)
        for i in range(len(recorded.outputs)) for j in range(len(call.numbers))
    ))


def _row(
    name: str, reverse: float, forward: float, found: Difference, claimed: float | None, blame: str
) -> Row:
    """Judge one derivative. blame: the operations whose own derivatives are known to be wrong."""
    ways = [reverse, forward] if claimed is None else [reverse, forward, claimed]
    if found.kind == "smooth":
        ways.append(found.slope)
    parting = max(_apart(a, b) for a in ways for b in ways)
    passed, verdict = _verdict(reverse, forward, found, claimed, blame)
    return Row(name, reverse, forward, found.slope, claimed, parting, verdict, passed)


def _verdict(
    reverse: float, forward: float, found: Difference, claimed: float | None, blame: str
) -> tuple[bool, str]:
    """Whether nothing is wrong, and what to say."""
    claim_holds = claimed is None or _apart(reverse, claimed) <= EXACT
    if found.kind == "nowhere":
        return False, "the function is not finite here"
    if found.kind == "jump":
        return False, "the function jumps here"
    if found.kind == "kink":
        low, high = sorted((found.left, found.right))
        slack = CLOSE * max(abs(low), abs(high)) + abs(high - low) * CLOSE
        ways = [reverse, forward] if claimed is None else [reverse, forward, claimed]
        between = all(low - slack <= way <= high + slack for way in ways)
        kink = f"kink: {found.left:.6g} from the left, {found.right:.6g} from the right"
        return between, kink if between else f"{kink}: not between them"
    if _apart(reverse, forward) > EXACT:
        return False, "reverse and forward mode part"
    if found.kind == "smooth" and not abs(reverse - found.slope) <= CLOSE * abs(reverse) + 10 * found.error:
        return False, f"the derivative of {blame} is wrong" if blame else "a path is missing from the graph"
    if not claim_holds:
        return False, "the claim is wrong"
    if found.kind == "edge":
        return True, "not checked: the function is not finite on both sides"
    if found.kind == "noise":
        return True, "not checked: rounding hides the difference"
    return True, AGREE


def _apart(a: float, b: float) -> float:
    """The relative difference; 0 for two numbers that are alike, nan too."""
    if a == b or (a != a and b != b):
        return 0.0
    return abs(a - b) / max(abs(a), abs(b)) if math.isfinite(a - b) else math.inf


def _outputs(call: Call, j: int, x: float) -> list[float]:
    """The outputs of a function when one of its variables is x."""
    numbers = [Value(x if k == j else y, requires_grad=False) for k, y in enumerate(call.numbers)]
    with no_grad():
        return [number(y) for y in call.run(numbers)[0]]


def _wrong_operations(output: Any) -> Iterator[str]:
    """The names of the operations in a graph, defined by users, whose derivatives are wrong there."""
    for node in topological_order(output) if type(output) is Value else ():
        if not isinstance(node.operation, CustomOperation):
            continue
        operands = [number(x) for x in node.operands]
        for k, slope in enumerate(node.local_grads):
            (found,) = differences(partial(_result, node.operation, operands, k), operands[k])
            if found.kind == "smooth" and abs(found.slope - slope) > CLOSE * abs(slope) + 10 * found.error:
                yield node.operation.name


def _result(operation: CustomOperation, operands: list[float], k: int, x: float) -> list[float]:
    return [operation(*operands[:k], x, *operands[k + 1:])]


# ---- names and claims

def _names(fun: Function, arguments: Structure, result: Structure) -> list[str]:
    inputs = names_of_arguments(fun, arguments)
    return [f"∂{output}/∂{each}" for output in result.names(name_of_result(fun)) for each in inputs]


def _claims(
    claimed: Any, args: Sequence[Any], arguments: Structure, result: Structure
) -> list[list[float | None]]:
    """The claimed derivatives: for each output one by each input."""
    width = sum(map(size, arguments.leaves))
    table: list[list[Any]] = [[None] * width for leaf in result.leaves for _ in range(size(leaf))]
    if claimed is None:
        return table
    # where each derivative stands in an answer of jacobian: an answer that holds places
    places = [[float(i * width + j) for j in range(width)] for i in range(len(table))]
    argument = arguments.children[0] if len(args) == 1 else arguments
    order, expected = flatten(blocks(places, result, argument), "the derivatives")
    answer = claimed(*args) if callable(claimed) else claimed
    for place, x in zip(order, matching(answer, expected, "claimed", "the derivatives"), strict=True):
        i, j = divmod(int(place), width)
        table[i][j] = number(x)
    return table
