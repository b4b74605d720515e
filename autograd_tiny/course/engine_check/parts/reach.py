"""How far backward() gets: from the output through the last operation to all those before it."""
from __future__ import annotations

from ..examination import Examination, at, wrong_gradient
from ..graphs import Graph, Step, graph
from ..operations import Operand, Operation
from ..trial import Trial

SAME_NUMBER = "takes Values with the same number for one (`in` compares them by ==)"


def check_reach(examination: Examination) -> None:
    """Chains of two operations whatever they are, and graphs with equal numbers."""
    ends = [trial for each in examination.right for trial in trials_behind(each, examination)]
    if ends and all(map(is_lost, ends)):
        examination.blame_backward(*_fault(_telling(ends, examination)))
    elif (joins := examination.plus_and_times()) is not None:
        _check_equal_numbers(examination, *joins)


def trials_behind(operation: Operation, examination: Examination) -> list[Trial]:
    """x = a + b, f = operation(x), with x in each place; none if no operation gives an x that will do."""
    places = (("x", "c"), ("c", "x")) if operation.takes_two else (with_x(operation),)
    for inner in examination.right:
        for a, b in ((0.5, 0.25), *inner.points):
            first = ("x", inner, inner.operands[0])
            graphs = [graph([first, ("f", operation, place)], a=a, b=b, c=4.0) for place in places]
            if inner.domain(*_numbers(graphs[0], 0)) and all(operation.domain(*_numbers(each, 1)) for each in graphs):
                return [examination.trials.run(each) for each in graphs]
    return []


def with_x(operation: Operation) -> tuple[Operand, ...]:
    """The operands of an operation, with x in the place of a."""
    return tuple("x" if each == "a" else each for each in operation.operands[0])


def _numbers(graph: Graph, step: int) -> list[float]:
    return [graph.truth.data[x] if isinstance(x, str) else x for x in graph.steps[step].operands]


def _telling(trials: list[Trial], examination: Examination) -> Trial:
    """A chain of which both operations can be told apart and the first one was called, as far as there are such."""
    different = [each for each in trials if not _are_one(each.graph.steps, examination)] or trials
    return next((each for each in different if _was_called(each.graph.steps[0].operation, each)), different[0])


def _are_one(steps: tuple[Step, ...], examination: Examination) -> bool:
    """Whether the last operation is made of the first."""
    first, last = steps
    return first.operation.method in {last.operation.method, *examination.made_of(last.operation)}


def is_lost(trial: Trial) -> bool:
    """Whether nothing arrived at the operands of the first operation, though it should have."""
    operands = [x for x in trial.graph.steps[0].operands if isinstance(x, str)]
    arrived = any(trial.grads.get(name) for name in operands)
    return not trial.error and wrong_gradient(trial) is not None and not arrived


def _fault(trial: Trial) -> tuple[str, str]:
    difference = wrong_gradient(trial)
    assert difference is not None
    first, last = (_was_called(step.operation, trial) for step in trial.graph.steps)
    if first:
        why = "goes through the operations in the order in which they were computed; it has to be reversed"
    elif last:
        why = "stops after the last operation; it has to go on to all those before it"
    else:
        why = "sends no gradient past the last operation"
    return why, at(trial.graph, difference)


def _was_called(operation: Operation, trial: Trial) -> bool:
    """Whether a function that the operation has defined was called."""
    return any(f"{operation.method}.<locals>." in code.co_qualname for code in trial.calls)


def _check_equal_numbers(examination: Examination, plus: Operation, times: Operation) -> None:
    """Two results with the same number, where with different ones everything is right."""
    steps = [("x", times, ("a", "b")), ("y", times, ("c", "d")), ("f", plus, ("x", "y"))]
    different = examination.trials.run(graph(steps, a=2.0, b=3.0, c=5.0, d=4.0))
    equal = examination.trials.run(graph(steps, a=2.0, b=3.0, c=2.0, d=3.0))
    if not different.error and wrong_gradient(different) is None and not equal.error:
        difference = wrong_gradient(equal)
        if difference is not None:
            examination.blame_backward(SAME_NUMBER, at(equal.graph, difference))
