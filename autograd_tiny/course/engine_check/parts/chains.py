"""Chains of two operations: the operands that a result knows, and the factor out.grad."""
from __future__ import annotations

from collections.abc import Callable

from ..examination import Difference, Examination, at, close, wrong_gradient
from ..graphs import Graph, graph
from ..operations import ADD, MUL, Operand, Operation
from ..trial import Trial
from .reach import is_lost, trials_behind, with_x

Why = Callable[[Trial, Difference], str | None]


def check_chains(examination: Examination) -> None:
    """Each operation behind another one, then before another one."""
    behind = {operation.method: trials_behind(operation, examination) for operation in examination.right}
    for operation in examination.each():
        _blame(examination, operation, behind[operation.method], _forgets_operands)
    for operation in examination.each():
        _blame(examination, operation, _before(operation, examination), _forgets_factor)
    for operation in examination.each():
        _blame(examination, operation, behind[operation.method], lambda *_: "is wrong behind another operation")


def _blame(examination: Examination, operation: Operation, trials: list[Trial], why: Why) -> None:
    for trial in trials:
        if trial.error:
            return examination.blame(operation, f"makes `backward` raise {trial.error}", f", at {trial.graph}.")
        difference = wrong_gradient(trial)
        if difference is not None and (text := why(trial, difference)) is not None:
            return examination.blame(operation, text, at(trial.graph, difference))
    return None


def _before(operation: Operation, examination: Examination) -> list[Trial]:
    """x = operation(a, b), f = x*c, or another operation whose derivative is not 1."""
    outer = next((each for each in examination.right if each.method == MUL.method), None) or examination.right[-1]
    places: tuple[Operand, ...] = ("x", "c") if outer.takes_two else with_x(outer)
    if outer.method == ADD.method:                      # there is nothing else
        places = ("x", "x")
    graphs = [
        graph([("x", operation, operands), ("f", outer, places)], a=a, b=b, c=4.0)
        for operands in operation.operands for a, b in operation.points[:1]
    ]
    return [examination.trials.run(each) for each in graphs]


def _forgets_operands(trial: Trial, difference: Difference) -> str | None:
    return "forgets what it was computed from (its operands in `_prev`)" if is_lost(trial) else None


def _forgets_factor(trial: Trial, difference: Difference) -> str:
    if _is_local(trial.graph, difference):
        return "forgets the factor out.grad of the chain rule"
    return "is wrong before another operation"


def _is_local(graph: Graph, difference: Difference) -> bool:
    """Whether the gradient is the local derivative alone."""
    return any(name == difference.name and close(difference.found, local) for name, local in graph.truth.locals["x"])
