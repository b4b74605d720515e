"""The order of the backward pass: where results are shared, each has to wait for all contributions."""
from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import product

from ..examination import Examination, at, close, wrong_gradient
from ..graphs import Graph, graph
from ..operations import Operation
from ..trial import Trial

NUMBERS = {"a": 2.0, "b": 3.0, "c": 0.5}
TOO_EARLY = "has no topological order: x passes its gradient on before all contributions have arrived"
TOO_OFTEN = "visits a shared result once for each way to it, and x passes its gradient on several times"
Locals = dict[str, tuple[tuple[str, float], ...]]


def check_order(examination: Examination) -> None:
    """Graphs in which x is used twice, and its operands depend on that."""
    if (joins := examination.plus_and_times()) is None:
        return None
    for diamond in _diamonds(*joins):
        trial = examination.trials.run(diamond)
        if trial.error:
            return examination.blame_backward(f"raises {trial.error}", f", at {diamond}.")
        if (difference := wrong_gradient(trial)) is not None:
            why = wrong_order(trial) or "is wrong where a result is used twice"
            return examination.blame_backward(why, at(diamond, difference))
    return None


def _diamonds(plus: Operation, times: Operation) -> Iterator[Graph]:
    """Two ways from f to x: of the same length, then of different lengths, on either side."""
    x, y = ("x", plus, ("a", "b")), ("y", times, ("x", "c"))
    yield graph([x, y, ("z", plus, ("x", "b")), ("f", times, ("y", "z"))], **NUMBERS)
    for last in (("x", "z"), ("z", "x")):
        yield graph([x, y, ("z", plus, ("y", "b")), ("f", times, last)], **NUMBERS)


# ---- wrong orders, by the gradients that they lead to

def wrong_order(trial: Trial) -> str | None:
    """The order that explains all gradients of a graph, if one of the usual wrong ones does."""
    locals_of = trial.graph.truth.locals
    below = {name: [operand for operand, _ in locals_of[name] if locals_of[operand]] for name in locals_of}
    forks = [name for name, operands in below.items() if len(operands) > 1]
    for turned in product((False, True), repeat=min(len(forks), 5)):
        turn = dict(zip(forks, turned, strict=False))
        ordered = {name: operands[::-1] if turn.get(name) else operands for name, operands in below.items()}
        for text, order in _orders(ordered, trial.graph.output):
            grads = _gradients(locals_of, order, trial.graph.output)
            if all(close(trial.grads[name], grads.get(name, 0.0)) for name, _ in trial.graph.leaves):
                return text
    return None


def _orders(below: dict[str, list[str]], output: str) -> Iterator[tuple[str, list[str]]]:
    yield TOO_EARLY, list(dict.fromkeys(_depth_first(below, output)))
    yield TOO_EARLY, list(dict.fromkeys(_breadth_first(below, output)))
    yield TOO_OFTEN, list(_depth_first(below, output))
    yield TOO_OFTEN, list(_breadth_first(below, output))


def _depth_first(below: dict[str, list[str]], name: str) -> Iterator[str]:
    yield name
    for operand in below[name]:
        yield from _depth_first(below, operand)


def _breadth_first(below: dict[str, list[str]], output: str) -> Iterator[str]:
    queue = deque([output])
    while queue:
        name = queue.popleft()
        yield name
        queue.extend(below[name])


def _gradients(locals_of: Locals, order: Sequence[str], output: str) -> dict[str, float]:
    """What backward() leads to if it goes through the results in this order."""
    grads = dict.fromkeys(locals_of, 0.0) | {output: 1.0}
    for name in order:
        for operand, local in locals_of[name]:
            grads[operand] += grads[name] * local
    return grads
