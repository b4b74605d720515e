"""Branches: a Value that is used twice gets the sum of two contributions."""
from __future__ import annotations

from collections.abc import Iterator

from ..examination import Difference, Examination, at, close, wrong_gradient
from ..graphs import Graph, graph
from ..operations import ADD, MUL, Operation
from ..trial import Trial

NUMBERS = {"a": 2.0, "b": 3.0}


def check_accumulation(examination: Examination) -> None:
    """Each operation with an operand that is used once more: in the operation itself, or behind it."""
    joins = [each for each in examination.right if each.method in (ADD.method, MUL.method)]
    for operation in examination.each():            # also if the join overwrites: it is the first in the backward pass
        for branched in _branched(operation, joins[:1]):
            trial = examination.trials.run(branched)
            fault = _fault(trial)
            if fault is not None:
                examination.blame(operation, *fault)
                break


def _branched(operation: Operation, joins: list[Operation]) -> Iterator[Graph]:
    numbers = NUMBERS if operation.takes_two else dict(zip("ab", operation.points[0], strict=True))
    if operation.takes_two:
        yield graph([("f", operation, ("b", "b"))], **numbers)
    for join in joins:
        for name in "ab" if operation.takes_two else "a":
            yield graph([("x", operation, operation.operands[0]), ("f", join, ("x", name))], **numbers)


def _fault(trial: Trial) -> tuple[str, str] | None:
    if trial.error:
        return f"makes `backward` raise {trial.error}", f", at {trial.graph}."
    difference = wrong_gradient(trial)
    if difference is None:
        return None
    why = "overwrites where it should add" if _is_one_contribution(trial, difference) else "is wrong at a branch"
    return why, at(trial.graph, difference)


def _is_one_contribution(trial: Trial, difference: Difference) -> bool:
    """Whether the gradient that was found is what came along one of the edges."""
    truth = trial.graph.truth
    return any(
        close(difference.found, truth.grads[name] * local)
        for name, operands in truth.locals.items() for operand, local in operands if operand == difference.name
    )
