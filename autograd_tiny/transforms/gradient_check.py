"""check_gradients: is this derivative right? Reverse mode, forward mode and finite differences compared.

Where the one-sided derivatives differ, the point is a kink, such as relu at 0, and there is no derivative to be right
or wrong about. finite_differences.py tells kinks, jumps and rounding apart.
"""
from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..boundary.text import printable, shortened
from ..engine.context import no_grad
from ..engine.custom import CustomOperation
from ..engine.graph import topological_order
from ..engine.value import Value
from .call import Call, Function, name_of_result, names_of_arguments
from .dual import number
from .finite_differences import Difference, differences
from .pytree import Structure, flatten, flatten_like, size, unflatten_jacobian

CLOSE = 1e-6            # the largest relative error of a finite difference, beyond its own estimate
EXACT = 1e-8            # the largest relative difference of derivatives that are no approximations
MOST_ROWS = 20          # that are printed
AGREE = "agree"


@dataclass(frozen=True)
class Row:
    """One derivative, found in several ways.

    Attributes:
        name: Such as ∂f/∂x[0].
        reverse, forward: By reverse and by forward mode.
        numeric: By finite differences; nan where these have no answer.
        claimed: As claimed by the caller; None if nothing was claimed.
        parting: The largest relative difference between two of them.
        verdict: "agree", or the problem.
        passed: Whether nothing is wrong.
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
    """The result of check_gradients. It is true if it passed, and prints as a table, failures first.

    Attributes:
        rows: One for each pair of an output and an input.
        passed: Whether nothing is wrong.
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
        return printable("\n".join([*lines, self._summary()]))

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
        return [shortened(row.name), *numbers, f"{row.parting:.1e}", row.verdict]

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
    """Compare derivatives by reverse mode, by forward mode and by finite differences, and with claimed ones.

    The function is called about 45 times for each number in its arguments.

        >>> bool(check_gradients(lambda x: x**3, 2.0, claimed=lambda x: 3 * x))
        False

    Args:
        fun: The function. It may return any pytree of numbers.
        *args: Its arguments. The derivatives are those with respect to all their numbers.
        claimed: The derivatives that are to be checked, or a function of args that returns them: a pytree as
            jacobian returns; for several arguments a tuple of these.

    Returns:
        The result, which is true if nothing is wrong.

    Raises:
        TypeError: An argument is not a pytree of numbers.
        ValueError: claimed has another structure, or fun gives different results for the same arguments.
    """
    call = Call.at_plain_numbers(fun, args)
    run = call.over_values()
    reverse, forward = run.jacobian_rows(), call.over_duals_in_all_directions().jacobian_rows()
    by_input = [differences(partial(_outputs, call, j), x) for j, x in enumerate(call.numbers)]
    claims = _claims(claimed, args, call.structure, run.structure)
    names = iter(_names(fun, call.structure, run.structure))
    suspects = ", ".join(sorted({each for output in run.outputs for each in _wrong_operations(output)}))
    return GradientCheck(tuple(
        _row(next(names), reverse[i][j], forward[i][j], by_input[j][i], claims[i][j], suspects)
        for i in range(len(run.outputs)) for j in range(len(call.numbers))
    ))


def _row(
    name: str, reverse: float, forward: float, found: Difference, claimed: float | None, suspects: str
) -> Row:
    """Judge one derivative. suspects: the operations whose local derivatives are known to be wrong."""
    derivatives = [reverse, forward] if claimed is None else [reverse, forward, claimed]
    if found.kind == "smooth":
        derivatives.append(found.derivative)
    parting = max(_relative_difference(a, b) for a in derivatives for b in derivatives)
    passed, verdict = _verdict(reverse, forward, found, claimed, suspects)
    return Row(name, reverse, forward, found.derivative, claimed, parting, verdict, passed)


def _verdict(
    reverse: float, forward: float, found: Difference, claimed: float | None, suspects: str
) -> tuple[bool, str]:
    """Whether nothing is wrong, and the verdict in words."""
    if found.kind == "nowhere":
        return False, "the function is not finite here"
    if found.kind == "jump":
        return False, "the function jumps here"
    if found.kind == "kink":
        return _verdict_at_kink(reverse, forward, found, claimed)
    if _relative_difference(reverse, forward) > EXACT:
        return False, "reverse and forward mode part"
    if not _confirms(found, reverse):
        return False, f"the derivative of {suspects} is wrong" if suspects else "a path is missing from the graph"
    if claimed is not None and _relative_difference(reverse, claimed) > EXACT:
        return False, "the claim is wrong"
    if found.kind == "edge":
        return True, "not checked: the function is not finite on both sides"
    if found.kind == "noise":
        return True, "not checked: rounding hides the difference"
    return True, AGREE


def _verdict_at_kink(
    reverse: float, forward: float, found: Difference, claimed: float | None
) -> tuple[bool, str]:
    """Nothing is wrong if all derivatives lie between the one-sided ones."""
    low, high = sorted((found.left, found.right))
    slack = CLOSE * max(abs(low), abs(high)) + abs(high - low) * CLOSE
    derivatives = [reverse, forward] if claimed is None else [reverse, forward, claimed]
    between = all(low - slack <= each <= high + slack for each in derivatives)
    kink = f"kink: {found.left:.6g} from the left, {found.right:.6g} from the right"
    return between, kink if between else f"{kink}: not between them"


def _confirms(found: Difference, derivative: float) -> bool:
    """Whether a finite difference does not contradict a derivative."""
    allowed = CLOSE * abs(derivative) + 10 * found.error
    return found.kind != "smooth" or abs(derivative - found.derivative) <= allowed


def _relative_difference(a: float, b: float) -> float:
    """0 for equal numbers, and for nan and nan."""
    if a == b or (a != a and b != b):
        return 0.0
    return abs(a - b) / max(abs(a), abs(b)) if math.isfinite(a - b) else math.inf


def _outputs(call: Call, j: int, x: float) -> list[float]:
    """The outputs of a function with x for variable j."""
    numbers = [Value(x if k == j else y, requires_grad=False) for k, y in enumerate(call.numbers)]
    with no_grad():
        return [number(y) for y in call.run(numbers)[0]]


def _wrong_operations(output: Any) -> Iterator[str]:
    """The names of the user-defined operations in a graph whose local derivatives are wrong there."""
    for node in topological_order(output) if type(output) is Value else ():
        if not isinstance(node.operation, CustomOperation):
            continue
        operands = [number(x) for x in node.operands]
        for k, derivative in enumerate(node.local_grads):
            (found,) = differences(partial(_result, node.operation, operands, k), operands[k])
            if not _confirms(found, derivative):
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
    width = sum(map(size, arguments.leaf_shapes))
    table: list[list[Any]] = [[None] * width for leaf in result.leaf_shapes for _ in range(size(leaf))]
    if claimed is None:
        return table
    # a Jacobian that holds the place of each derivative in the table
    places = [[float(i * width + j) for j in range(width)] for i in range(len(table))]
    argument = arguments.children[0] if len(args) == 1 else arguments
    order, expected = flatten(unflatten_jacobian(places, result, argument), "the derivatives")
    answer = claimed(*args) if callable(claimed) else claimed
    for place, x in zip(order, flatten_like(answer, expected, "claimed", "the derivatives"), strict=True):
        i, j = divmod(int(place), width)
        table[i][j] = number(x)
    return table
