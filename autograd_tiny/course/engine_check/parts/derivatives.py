"""The backward pass through one operation: the seed, and the local derivatives."""
from __future__ import annotations

from ..examination import Examination, at, close, shown, wrong_gradient
from ..graphs import single_steps
from ..trial import Trial
from .wrong_formulas import Case, explanation

NONE, ONE = {0.0, None}, {1.0}          # gradients of leaves
ONES = "gives every Value the gradient 1, where only the output begins with it"


def check_derivatives(examination: Examination) -> None:
    """Each operation alone, differentiated."""
    trials = {
        operation: [examination.trials.run(graph) for graph in single_steps(operation)]
        for operation in examination.right
    }
    fault = _fault_of_backward([trial for each in trials.values() for trial in each])
    if fault is not None:
        examination.blame_backward(*fault)
    for operation in examination.each():
        fault = _fault(trials[operation])
        if fault is not None:
            examination.blame(operation, *fault)


def _fault_of_backward(trials: list[Trial]) -> tuple[str, str] | None:
    """What is wrong with every operation alike, and so with backward()."""
    first = trials[0]
    if first.error and len({trial.error for trial in trials}) == 1:
        return f"raises {first.error}", f", at {first.graph}."
    done = [trial for trial in trials if not trial.error]
    changed = [trial for trial in done if _changed(trial)]
    if len(_methods(changed)) > 1 and _methods(changed) == _methods(done):
        return "changes numbers", _changed(changed[0])
    wrong = [(trial, difference) for trial in done if (difference := wrong_gradient(trial)) is not None]
    if not wrong:
        return None
    trial, difference = wrong[0]
    other_seeds = [trial for trial in done if trial.grads["f"] not in (1, None)]
    if _methods(other_seeds) == _methods(done):
        trial = other_seeds[0]
        found, _ = shown(trial.grads["f"], 1.0)
        return (
            "doesn't begin with 1, the derivative of the output with respect to itself",
            f": at {trial.graph}, f.grad = {found} after f.backward(), 1 is right.",
        )
    for numbers, why in ((NONE, "sends no gradient to the operands (does it call `_backward`?)"), (ONE, ONES)):
        alike = [each for each, _ in wrong if {each.grads[name] for name, _ in each.graph.leaves} <= numbers]
        if len(_methods(alike)) > max(1, len(_methods(trials)) / 2):
            return why, at(trial.graph, difference)
    return None


def _methods(trials: list[Trial]) -> set[str]:
    return {trial.graph.steps[0].operation.method for trial in trials}


def _fault(trials: list[Trial]) -> tuple[str, str] | None:
    for trial in trials:
        if trial.error:
            return f"makes `backward` raise {trial.error}", f", at {trial.graph}."
        if example := _changed(trial):
            return "changes numbers in `backward`", example
    for trial in trials:
        if (difference := wrong_gradient(trial)) is not None:
            why = explanation(trial.graph.steps[0].operation, [*map(_case, trials)])
            return why, at(trial.graph, difference)
    return None


def _changed(trial: Trial) -> str:
    """The first number that is another one after backward(); "" if there is none."""
    for name, number in trial.data.items():
        if number is not None and not close(trial.late_data[name], number):
            found, right = shown(trial.late_data[name], number)
            return f": at {trial.graph}, {name}.data = {found}, {right} is right."
    return ""


def _case(trial: Trial) -> Case:
    step, numbers, truth = trial.graph.steps[0], dict(trial.graph.leaves), trial.graph.truth
    names = [x for x in step.operands if isinstance(x, str)]
    return Case(
        tuple(numbers[x] if isinstance(x, str) else float(x) for x in step.operands), truth.data["f"],
        tuple(truth.grads[name] for name in names), tuple(trial.grads[name] for name in names),
    )
