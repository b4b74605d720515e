"""Random graphs: what no chosen one shows."""
from __future__ import annotations

from ..examination import Examination, at, wrong_gradient, wrong_value
from ..graphs import random_graphs, smallest
from ..trial import Trial
from .order import wrong_order

GRAPHS = 200


def check_random_graphs(examination: Examination) -> None:
    """Graphs of two to ten operations. They take at most half of the time that is left."""
    trials = examination.trials
    enough = trials.time_left / 2
    for graph in random_graphs(examination.right, GRAPHS):
        if _is_wrong(trials.run(graph)):
            found = trials.run(smallest(graph, lambda each: _is_wrong(trials.run(each))))
            return examination.blame_backward(*_fault(found))
        if trials.time_left < enough:
            return None
    return None


def _is_wrong(trial: Trial) -> bool:
    return bool(trial.error or trial.kinds or wrong_value(trial) or wrong_gradient(trial))


def _fault(trial: Trial) -> tuple[str, str]:
    if trial.error:
        return f"fails: {trial.step or 'f.backward()'} raises {trial.error}", f", at {trial.graph}."
    difference = wrong_value(trial) or wrong_gradient(trial)
    assert difference is not None
    return wrong_order(trial) or "leads to a wrong number", at(trial.graph, difference)
