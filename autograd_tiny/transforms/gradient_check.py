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

from ..boundary.bars import with_bar
from ..boundary.text import printable, shortened
from ..engine.context import no_grad
from ..engine.custom import OwnOperation
from ..engine.gradient_graph import gradient_graph
from ..engine.graph import topological_order
from ..engine.value import Value
from .call import Call, Function, name_of_result, names_of_arguments, names_of_numbers
from .dual import number
from .finite_differences import Rounding, differences
from .gradient_verdict import AGREE, UNDECIDED, Case, contradicts, is_zero, same, verdict
from .pytree import Structure, flatten, flatten_like, size, unflatten_jacobian
from .rounding import EPSILON, dependences, magnitudes, rounding_error, rounding_errors

MOST_ROWS = 20          # that are printed


@dataclass(frozen=True)
class Row:
    """One derivative, found in several ways.

    Attributes:
        name: Such as ∂f/∂x[0].
        reverse, forward: By reverse and by forward mode.
        numeric: By finite differences; nan where these have no answer.
        claimed: As claimed by the caller; None if nothing was claimed.
        parting: The largest relative difference between two of them.
        verdict: "agree", "undecided: …", "kink: …", or the problem.
        passed: Whether nothing is wrong.
        error: A bound of the error of numeric.
    """

    name: str
    reverse: float
    forward: float
    numeric: float
    claimed: float | None
    parting: float
    verdict: str
    passed: bool
    error: float


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
        """Whether nothing is wrong, as far as it can be told: see the verdicts that are "undecided"."""
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
            f"<tr{'' if row.passed else ' style=color:light-dark(#b91c1c,#ff8090)'}>"
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
        right = [row.verdict for row in self.rows if row.passed]
        undecided = sum(words.startswith(UNDECIDED) for words in right)
        kinks = len(right) - undecided - right.count(AGREE)
        hidden = max(0, len(self.rows) - MOST_ROWS)
        said = [f"failed: {wrong} of {len(self.rows)} derivatives" if wrong else "passed"]
        said += [f"{right.count(AGREE)} agree"]
        said += [f"{kinks} at a kink"] if kinks else []
        said += [f"{undecided} undecided"] if undecided else []
        said += [f"{hidden} rows not shown"] if hidden else []
        return ", ".join(said)


def check_gradients(fun: Function, *args: Any, claimed: Any = None, progress: bool = True) -> GradientCheck:
    """Compare derivatives by reverse mode, by forward mode and by finite differences, and with claimed ones.

    What finite differences can't tell, because rounding hides it, is "undecided", never "agree". The function is
    called about 60 times for each number in its arguments.

        >>> bool(check_gradients(lambda x: x**3, 2.0, claimed=lambda x: 3 * x))
        False

    Args:
        fun: The function. It may return any pytree of numbers.
        *args: Its arguments. The derivatives are those with respect to all their numbers.
        claimed: The derivatives that are to be checked, or a function of args that returns them: a pytree as
            jacobian returns; for several arguments a tuple of these.
        progress: Whether to show a bar where it takes more than two seconds.

    Returns:
        The result, which is true if nothing is wrong.

    Raises:
        TypeError: An argument is not a pytree of numbers.
        ValueError: claimed has another structure, or fun gives different results for the same arguments.
    """
    call = Call.at_plain_numbers(fun, args)
    run = call.over_values()
    reverse, forward = run.jacobian_rows(), call.over_duals_in_all_directions().jacobian_rows()
    claims = _claims(claimed, args, call.structure, run.structure)
    graphs = [
        _Graph(output if type(output) is Value else Value(output, requires_grad=False), run.variables)
        for output in run.outputs
    ]
    by_input = [
        differences(partial(_outputs, call, j), call.numbers[j], [graph.rounding(j) for graph in graphs])
        for j in with_bar(range(len(call.numbers)), "check_gradients", progress)
    ]
    names = iter(_names(fun, call.structure, run.structure))
    return GradientCheck(tuple(
        _row(next(names), Case(
            reverse[i][j], forward[i][j], claims[i][j], by_input[j][i], graph.derivative_errors[j],
            graph.depends_on(j), graph.suspects(j),
        ))
        for i, graph in enumerate(graphs) for j in range(len(call.numbers))
    ))


def _row(name: str, case: Case) -> Row:
    """Judge one derivative."""
    passed, words = verdict(case)
    derivatives, found = case.exact, case.difference
    if found.kind == "smooth" and not words.startswith(UNDECIDED):
        derivatives.append(found.derivative)
    least = found.scale if words == AGREE and is_zero(case) else 0.0
    parting = max(_relative_difference(a, b, least) for a in derivatives for b in derivatives)
    return Row(name, case.reverse, case.forward, found.derivative, case.claimed, parting, words, passed, found.error)


def _relative_difference(a: float, b: float, least: float) -> float:
    """Relative to the larger of both, and to `least` at least; 0 for nan and nan."""
    if same(a, b):
        return 0.0
    return abs(a - b) / max(abs(a), abs(b), least) if math.isfinite(a - b) else math.inf


def _outputs(call: Call, j: int, x: float) -> list[float]:
    """The outputs of a function with x for variable j."""
    numbers = [Value(x if k == j else y, requires_grad=False) for k, y in enumerate(call.numbers)]
    with no_grad():
        return [number(y) for y in call.run(numbers)[0]]


class _Graph:
    """The graph of one output: its rounding errors, and its operations that the user defined."""

    def __init__(self, output: Value, variables: Sequence[Value]) -> None:
        self.output = output
        order = topological_order(output)
        self.dependences = dependences(order, variables)
        self.value_errors = rounding_errors(order, self.dependences, len(variables))
        self.derivative_errors = _derivative_errors(order, variables)
        self.wrong = [
            (node, operand) for node in order if isinstance(node.operation, OwnOperation)
            for operand in _wrong_operands(node)
        ]

    def rounding(self, j: int) -> Rounding:
        """The rounding errors that a finite difference with respect to variable j has to know."""
        return Rounding(self.value_errors[j], self.derivative_errors[j])

    def depends_on(self, j: int, node: Any = None) -> bool:
        """Whether a path leads from variable j to a node, by default to the output."""
        return bool(self.dependences.get(id(self.output if node is None else node), 0) >> j & 1)

    def suspects(self, j: int) -> str:
        """The names of the operations whose local derivatives are wrong, on the paths from variable j."""
        return ", ".join(sorted({node.op for node, operand in self.wrong if self.depends_on(j, operand)}))


def _derivative_errors(order: Sequence[Value], variables: Sequence[Value]) -> list[float]:
    """Bounds of the rounding errors of the derivatives: those made in them, and those brought along from the values.

    The second part is left out where it can't be known: operations that the user defined may have derivatives that
    take plain numbers only, and raise anything else otherwise.
    """
    made = [4.0 * EPSILON * size for size in magnitudes(order, variables)]
    try:
        graphs = gradient_graph(order[-1], variables, 1.0, just_computed=True)
    except Exception:
        return made
    return [a + rounding_error(graph) for a, graph in zip(made, graphs, strict=True)]


def _wrong_operands(node: Value) -> Iterator[Any]:
    """The operands of a user-defined operation for which its local derivative is wrong."""
    operation: Any = node.operation
    operands = [number(x) for x in node.operands]
    for k, (operand, derivative) in enumerate(zip(node.operands, node.local_grads, strict=True)):
        (found,) = differences(partial(_result, operation, operands, k), operands[k])
        if contradicts(found, derivative):
            yield operand


def _result(operation: OwnOperation, operands: list[float], k: int, x: float) -> list[float]:
    return [operation(*operands[:k], x, *operands[k + 1:])]


# ---- names and claims

def _names(fun: Function, arguments: Structure, result: Structure) -> list[str]:
    inputs = names_of_numbers(names_of_arguments(fun, len(arguments.children)), arguments)
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
