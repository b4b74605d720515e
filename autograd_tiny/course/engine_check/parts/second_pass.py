"""A second backward pass: what the first one must not leave behind, and what it may."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..examination import Difference, Examination, at, close
from ..graphs import Graph, graph
from ..operations import Operation
from ..trial import number_of, numbers_of

NUMBERS = {"a": 2.0, "b": 3.0, "c": 4.0}
AGAIN = (
    "A second f.backward() on the same graph sends the gradients of results on once more, as the lecture's own class "
    "does: at {graph}, {name}.grad = {found:g} then. Set all gradients to 0 before, or compute f anew."
)
ANEW = (
    "backward() forgets what was in .grad before, where the lecture's class and PyTorch add: gradients of two outputs "
    "don't add up."
)


def check_second_pass(examination: Examination) -> None:
    """Two graphs over the same leaves, one graph twice, and zero_grad."""
    if (joins := examination.plus_and_times()) is None:
        return
    for check in (_check_other_graph, _check_shared_result, _check_same_graph, _check_zero_grad):
        if not examination.faults:
            check(examination, *joins)


class _Session:
    """Values of the reader's class that stay from one pass to the next."""

    def __init__(self, examination: Examination) -> None:
        self._trials = examination.trials
        self.values: dict[str, Any] = {}

    def run(self, graph: Graph) -> tuple[dict[str, float | None], str]:
        """The gradients after a pass, and the error; Values that are there already are used again."""
        def steps() -> dict[str, float | None]:
            for name, number in graph.leaves:
                if name not in self.values:
                    self.values[name] = self._trials.made(number)
            for step in graph.steps:
                if step.name not in self.values:
                    self.values[step.name] = step.compute(self.values)
            self.values[graph.output].backward()
            return numbers_of(self.values, "grad")

        self._trials.count += 1
        found, error = self._trials.ask(f"a second pass, {graph}", steps)
        return found or {}, error

    def clear(self, names: Iterable[str]) -> bool:
        """Set gradients to 0, if they can be set."""
        def steps() -> bool:
            for name in names:
                self.values[name].grad = 0.0
            return all(number_of(self.values[name].grad) == 0 for name in names)

        return bool(self._trials.ask("setting .grad to 0", steps)[0])

    def zero_grad(self) -> tuple[dict[str, float | None], str]:
        """The gradients after zero_grad() of all Values, the output first."""
        def steps() -> dict[str, float | None]:
            for value in reversed(self.values.values()):
                value.zero_grad()
            return numbers_of(self.values, "grad")

        found, error = self._trials.ask("zero_grad()", steps)
        return found or {}, error


def _first(plus: Operation, times: Operation) -> Graph:
    return graph([("x", times, ("a", "b")), ("f", times, ("x", "c"))], **NUMBERS)


def _difference(found: Mapping[str, float | None], right: Mapping[str, float], graph: Graph) -> Difference | None:
    for name, _ in graph.leaves:
        if not close(found.get(name), right[name]):
            return Difference(name, "grad", found.get(name), right[name])
    return None


def _check_other_graph(examination: Examination, plus: Operation, times: Operation) -> None:
    """A second output of the same leaves, with their gradients at 0, and without."""
    first, second = _first(plus, times), graph([("y", plus, ("a", "b")), ("g", times, ("y", "a"))], **NUMBERS)
    session = _Session(examination)
    session.run(first)
    if session.clear("abc"):
        found, error = session.run(second)
        if error:
            return examination.blame_backward(f"raises {error} in a second pass", f", at {second}.")
        if (difference := _difference(found, second.truth.grads, second)) is not None:
            return examination.blame_backward(
                "sends on gradients of an earlier graph, too (a list or a set that outlives a call?)",
                f": after backward() of {first}, with leaves at 0 again,{at(second, difference)[1:]}",
            )
    session = _Session(examination)
    before, _ = session.run(first)
    found, _ = session.run(second)
    right = {name: (before.get(name) or 0.0) + second.truth.grads[name] for name, _ in second.leaves}
    if (difference := _difference(found, right, second)) is None:
        return None
    if _difference(found, second.truth.grads, second) is None:
        examination.notes.append(ANEW)
        return None
    return examination.blame_backward(
        "doesn't add to the gradients of leaves",
        f": after backward() of {first},{at(second, difference)[1:]}",
    )


def _check_shared_result(examination: Examination, plus: Operation, times: Operation) -> None:
    """A second output of a result that the first pass went through, with all gradients at 0."""
    first, second = _first(plus, times), graph([("x", times, ("a", "b")), ("g", times, ("x", "a"))], **NUMBERS)
    session = _Session(examination)
    session.run(first)
    if not session.clear(list(session.values)):
        return
    found, error = session.run(second)
    difference = None if error else _difference(found, second.truth.grads, second)
    if error or difference is not None:
        example = f" at {second}: {error}." if difference is None else at(second, difference)[1:]
        examination.blame_backward(
            "goes through a result in the first pass only",
            f": after backward() of {first}, then all gradients at 0,{example}",
        )


def _check_same_graph(examination: Examination, plus: Operation, times: Operation) -> None:
    """backward() twice: leaves have once or twice the gradient, or what the lecture's class leads to."""
    chain = graph([("x", plus, ("a", "b")), ("y", plus, ("x", "c")), ("f", times, ("y", "c"))], **NUMBERS)
    session = _Session(examination)
    session.run(chain)
    found, error = session.run(chain)
    if error:
        return examination.blame_backward(f"raises {error} when it is called a second time", f", at {chain}.")
    truth = chain.truth
    once, twice = truth.grads, {name: 2 * gradient for name, gradient in truth.grads.items()}
    if _difference(found, once, chain) is None or _difference(found, twice, chain) is None:
        return None
    difference = _difference(found, twice, chain)
    assert difference is not None
    if close(found.get("f"), 2.0):
        return examination.blame_backward(
            "adds 1 to the gradient of the output, which it should set to 1: when it is called a second time",
            f", at {chain}, f.grad = 2.",
        )
    if _difference(found, _as_in_the_lecture(chain), chain) is None and difference.found is not None:
        examination.notes.append(AGAIN.format(graph=chain, name=difference.name, found=difference.found))
        return None
    return examination.blame_backward("is wrong when it is called a second time", at(chain, difference))


def _as_in_the_lecture(graph: Graph) -> dict[str, float]:
    """The gradients after two passes in which results keep what they had."""
    grads = dict.fromkeys(graph.truth.data, 0.0)
    for _ in range(2):
        grads[graph.output] = 1.0
        for step in reversed(graph.steps):
            for operand, local in graph.truth.locals[step.name]:
                grads[operand] += grads[step.name] * local
    return grads


def _check_zero_grad(examination: Examination, plus: Operation, times: Operation) -> None:
    """zero_grad(), where the class has one."""
    made = examination.trials.made
    if not examination.trials.ask("its zero_grad", lambda: callable(getattr(made, "zero_grad", None)))[0]:
        return
    chain = _first(plus, times)
    session = _Session(examination)
    session.run(chain)
    found, error = session.zero_grad()
    if error:
        examination.blame_method("zero_grad", f"raises {error}", f", after f.backward() at {chain}.")
        return
    for name, gradient in found.items():
        if gradient:
            examination.blame_method(
                "zero_grad", "leaves gradients", f": at {chain}, {name}.grad = {gradient:g} after it, 0 is right."
            )
            return
    found, error = session.run(chain)
    difference = None if error else _difference(found, chain.truth.grads, chain)
    if error or difference is not None:
        examination.blame_method(
            "zero_grad", "leaves something behind, so that a second f.backward() is wrong",
            f", at {chain}: {error}." if difference is None else at(chain, difference),
        )
