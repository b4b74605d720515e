"""The forward pass: what each operation returns, and what it leaves alone."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isfinite

from ....engine.value import Value
from ..examination import Examination, at, close, codes_of, shown, wrong_value
from ..graphs import Graph, single_steps
from ..operations import OPERATIONS, Operation
from ..trial import Trial

LOOPED = " (functions that are made in a loop all see the last value of its variable)"

def check_values(examination: Examination) -> None:
    """Each operation alone, without backward()."""
    made = examination.trials.made
    codes, _ = examination.trials.ask("its methods", codes_of, made, examination.operations)
    trials: dict[Operation, list[Trial]] = {}
    for operation in examination.operations:
        trials[operation] = [examination.trials.run(graph, backward=False) for graph in single_steps(operation)]
        for trial in trials[operation]:
            examination.note_calls(operation, trial, codes or {})
    for operation in examination.each():
        fault = _fault(operation, trials[operation], examination)
        if fault is not None:
            examination.blame(operation, *fault)


def _fault(operation: Operation, trials: list[Trial], examination: Examination) -> tuple[str, str] | None:
    for trial in trials:
        if trial.error and _is_wish(operation, trial):
            examination.without_numbers(operation, trial.graph, trial.error)
            continue
        if trial.error:
            return f"raises {trial.error}", f", at {trial.graph}."
        if trial.kinds:
            return _other_kind(trial)
        if (difference := wrong_value(trial)) is not None:
            return _why(operation, trials), at(trial.graph, difference)
        if (fault := _side_effect(trial)) is not None:
            return fault
    return None


def _is_wish(operation: Operation, trial: Trial) -> bool:
    """Whether a plain number stands on the right, where a class that is being written may want a Value."""
    return operation.takes_two and not isinstance(trial.graph.steps[0].operands[1], str)


def _other_kind(trial: Trial) -> tuple[str, str]:
    kind = trial.kinds["f"]
    if kind == "None":
        why = "is `return out` missing?"
    elif "inherits" in kind:
        why = "write type(self)(…) there, so that results have the methods of this class."
    else:
        why = "the graph ends there, and no gradient comes back."
    return f"returns {kind} where a Value is expected", f", at {trial.graph}: {why}"


def _side_effect(trial: Trial) -> tuple[str, str] | None:
    """What an operation changed that is not its own."""
    for name, number in trial.graph.leaves:
        if not close(trial.data[name], number):
            found, right = shown(trial.data[name], number)
            return "changes its operand", f": at {trial.graph}, {name}.data = {found} afterwards, {right} is right."
    for name, gradient in trial.early_grads.items():
        if gradient:
            return (
                "sends gradients before backward() is called, where `_backward` is only to be stored",
                f": right after {trial.graph}, {name}.grad = {gradient:g}, 0 is right.",
            )
    return None


def _why(operation: Operation, trials: list[Trial]) -> str:
    """What the wrong numbers of an operation have in common."""
    if operation.takes_two or operation.has_number:
        if _all(trials, lambda graph: _swapped(operation, graph)):
            return "takes its operands in the wrong order"
        return "computes a wrong number"
    for other in OPERATIONS:
        if not (other.takes_two or other.has_number) and _all(trials, partial(_by, other)):
            looped = "" if "_" in operation.method + other.method else LOOPED
            return f"computes what `{other.method}` should{looped}"
    return "computes a wrong number"


def _all(trials: list[Trial], value: Callable[[Graph], float]) -> bool:
    """Whether all numbers found are those of another formula, as far as it is defined."""
    pairs = [(trial.data["f"], value(trial.graph)) for trial in trials if not trial.error]
    defined = [close(found, right) for found, right in pairs if isfinite(right)]
    return len(defined) > 1 and all(defined)


def _swapped(operation: Operation, graph: Graph) -> float:
    numbers = dict(graph.leaves)
    x, y = (numbers[each] if isinstance(each, str) else each for each in graph.steps[0].operands)
    result: float = operation.apply(Value(y), Value(x)).data
    return result


def _by(other: Operation, graph: Graph) -> float:
    """What another function makes of the operand."""
    result: float = other.apply(Value(graph.leaves[0][1])).data
    return result
