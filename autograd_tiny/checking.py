"""check_gradients: is this derivative right? Reverse mode, forward mode and a finite difference compared.

The finite difference is a central one, for steps that shrink, extrapolated to step 0; the extrapolation
also says how far off it can be: C. J. F. Ridders, Accurate computation of F′(x) and F′(x)F″(x), Advances in
Engineering Software 4 (1982). Where the slopes on the two sides stay apart however small the step, the
point is a kink, such as relu at 0, and there is no derivative to be right or wrong about.
"""
from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from .context import no_grad
from .custom import CustomOperation
from .differentiation import Call, Function, name_of, names_of_arguments
from .engine import Value
from .forward import number
from .graph import topological_order
from .trees import Structure, blocks, flatten, matching, size

SHRINK, STEPS = 1.6, 9          # each step over the next, and how many
WIDEST = (1e-1, 1e-3, 1e-5)     # the first of the steps, relative to x: the best of three attempts counts
CLOSE = 1e-6                    # how far a finite difference may be from the truth, beyond its own estimate
EXACT = 1e-9                    # how far derivatives that are not approximations may part, relatively
MOST_ROWS = 20                  # that are printed

Outputs = list[float]
Curve = Callable[[float], Outputs]      # the outputs, when one input has changed by so much


@dataclass(frozen=True)
class Difference:
    """A derivative from values of the function. error: an estimate; left, right: the one-sided slopes."""

    slope: float
    error: float
    left: float
    right: float

    @property
    def is_kink(self) -> bool:
        return math.isfinite(self.left) and math.isfinite(self.right) and self.left != self.right


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
        return sorted(self.rows, key=lambda row: (row.passed, row.verdict == "agree"))[:MOST_ROWS]

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
        unchecked = sum(row.passed and row.verdict != "agree" for row in self.rows)
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

        >>> bool(check_gradients(lambda x: x**3, 2.0, claimed=lambda x: 3 * x))
        False

    TypeError for arguments that hold no numbers, ValueError for claims of another structure.
    """
    call = Call.at_plain_numbers(fun, args)
    recorded = call.recorded()
    reverse, forward = recorded.rows(), call.pushed_forward(range(len(call.numbers))).rows()
    by_input = [_differences(_curve(call, j), x) for j, x in enumerate(call.numbers)]
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
    passed, verdict = False, ""
    if found.is_kink:
        low, high = sorted((found.left, found.right))
        slack = CLOSE * max(1.0, abs(low), abs(high))
        passed = all(low - slack <= way <= high + slack for way in ways)
        verdict = f"kink: {found.left:.6g} from the left, {found.right:.6g} from the right"
    elif _apart(reverse, forward) > EXACT:
        verdict = "reverse and forward mode part"
    elif not math.isfinite(found.slope):
        passed = claimed is None or _apart(reverse, claimed) <= EXACT
        verdict = "not checked: the function is not finite on both sides"
    elif not abs(reverse - found.slope) <= CLOSE * max(abs(reverse), abs(found.slope)) + 10 * found.error:
        verdict = f"the derivative of {blame} is wrong" if blame else "a path is missing from the graph"
    elif claimed is not None and not abs(reverse - claimed) <= CLOSE * max(abs(reverse), abs(claimed)):
        verdict = "the claim is wrong"
    else:
        passed, verdict = True, "agree"
    if not passed and found.is_kink:
        verdict += ": not between them"
    numeric = math.nan if found.is_kink else found.slope
    finite = ways if math.isnan(numeric) else [*ways, numeric]
    parting = max(_apart(a, b) for a in finite for b in finite)
    return Row(name, reverse, forward, numeric, claimed, parting, verdict, passed)


def _apart(a: float, b: float) -> float:
    """The relative difference; 0 for two numbers that are alike, nan too."""
    if a == b or (a != a and b != b):
        return 0.0
    return abs(a - b) / max(abs(a), abs(b)) if math.isfinite(a - b) else math.inf


def _wrong_operations(output: Any) -> Iterator[str]:
    """The names of the operations in a graph, defined by users, whose derivatives are wrong there."""
    for node in topological_order(output) if type(output) is Value else ():
        if not isinstance(node.operation, CustomOperation):
            continue
        operands = [number(x) for x in node.operands]
        for k, (x, slope) in enumerate(zip(operands, node.local_grads, strict=True)):
            (found,) = _differences(_curve_of_operation(node.operation, operands, k), x)
            if not (found.is_kink or abs(found.slope - slope) <= CLOSE * abs(slope) + 10 * found.error):
                yield node.operation.name


# ---- finite differences

def _curve_of_operation(operation: CustomOperation, operands: list[float], k: int) -> Curve:
    return lambda step: [operation(*operands[:k], operands[k] + step, *operands[k + 1:])]


def _curve(call: Call, j: int) -> Curve:
    @cache
    def at(step: float) -> Outputs:
        numbers = [Value(x + step if k == j else x) for k, x in enumerate(call.numbers)]
        with no_grad():
            return [number(x) for x in call.run(numbers)[0]]

    return at


def _differences(at: Curve, x: float) -> list[Difference]:
    """The derivative of each output along a curve."""
    scale = abs(x) or 1.0
    attempts = [_attempt(at, widest * scale) for widest in WIDEST]
    sides = _one_sided(at, scale)
    found = []
    for i in range(len(at(0.0))):
        slope, error = min((attempt[i] for attempt in attempts), key=lambda pair: _last_if_nan(pair[1]))
        found.append(Difference(slope, error, *sides[i]))
    return found


def _last_if_nan(x: float) -> float:
    return math.inf if x != x else x


def _attempt(at: Curve, widest: float) -> list[tuple[float, float]]:
    steps = [widest / SHRINK**k for k in range(STEPS)]
    quotients = [
        [(after - before) / (2 * step) for before, after in zip(at(-step), at(step), strict=True)]
        for step in steps
    ]
    found = [_extrapolated([row[i] for row in quotients]) for i in range(len(at(0.0)))]
    rounding = 1e-15 / steps[-1]
    return [(slope, error + rounding * abs(y)) for (slope, error), y in zip(found, at(0.0), strict=True)]


def _extrapolated(quotients: Sequence[float]) -> tuple[float, float]:
    """The limit of quotients at steps that shrink, and an estimate of its error (Neville's scheme)."""
    best, error = math.nan, math.inf
    row: list[float] = []
    for quotient in quotients:
        before, row = row, [quotient]
        for k, coarser in enumerate(before):
            factor = SHRINK ** (2 * k + 2)
            row.append((row[k] * factor - coarser) / (factor - 1.0))
            change = max(abs(row[k + 1] - row[k]), abs(row[k + 1] - coarser))
            if change < error:
                best, error = row[k + 1], change
    return best, error


def _one_sided(at: Curve, scale: float) -> list[tuple[float, float]]:
    """The slopes from the left and from the right: the same number twice, unless they stay apart."""

    def slopes(step: float) -> Iterator[tuple[float, float]]:
        for before, here, after in zip(at(-step), at(0.0), at(step), strict=True):
            yield (here - before) / step, (after - here) / step

    found = []
    pairs = zip(slopes(1e-3 * scale), slopes(1e-6 * scale), map(abs, at(0.0)), strict=True)
    for (left, right), (left_near, right_near), y in pairs:
        gap, gap_near = abs(right - left), abs(right_near - left_near)
        stays = gap_near > 0.3 * gap and gap_near > 1e-4 * max(abs(left_near), abs(right_near), 1e-4 * y)
        found.append((left_near, right_near) if stays else (right_near, right_near))
    return found


# ---- names and claims

def _names(fun: Function, arguments: Structure, result: Structure) -> list[str]:
    name = name_of(fun) if name_of(fun).isidentifier() else "f"
    inputs = names_of_arguments(fun, arguments)
    return [f"∂{output}/∂{each}" for output in result.names(name) for each in inputs]


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
