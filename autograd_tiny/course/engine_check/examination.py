"""What all parts of the check share: the class, its operations, and what was found so far."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import isclose
from types import CodeType
from typing import Any, NamedTuple

from .graphs import Graph
from .operations import ADD, MUL, OPERATIONS, Operation
from .trial import Trial, Trials


class Difference(NamedTuple):
    """A number that is not right: f.data or a.grad, say."""

    name: str
    attribute: str
    found: float | None
    right: float


@dataclass
class Fault:
    """One fault: what is wrong, an example, and where else it is so."""

    subject: str
    why: str
    example: str
    others: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        also = f" The same in {listed(self.others)}." if self.others else ""
        return f"`{self.subject}` {self.why}{self.example}{also}"


class Examination:
    """A class under examination.

    Attributes:
        trials: Runs graphs on it.
        operations: What it has.
        right: Those of its operations that have passed everything so far.
        with_right_values: Those that have passed the forward pass.
        composed: Whether those operations are tested that are made of others. They are graphs, and come later: in them
            any fault of backward() would look like one of theirs. None means all.
        faults, notes: The sentences so far.
    """

    def __init__(self, trials: Trials, operations: list[Operation]) -> None:
        self.trials = trials
        self.operations = operations
        self.right = list(operations)
        self.with_right_values: list[Operation] = []
        self.composed: bool | None = None
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.refused: dict[str, str] = {}           # what is not written with a plain number yet, and the error
        self._uses: dict[str, set[str]] = {}

    def blame(self, operation: Operation, why: str, example: str) -> None:
        """A fault of an operation. This one, and others that are made of it, are no longer tested.

        Args:
            operation: The operation.
            why: What is wrong; the same for several operations becomes one fault.
            example: The smallest example, from the colon or the comma on.
        """
        method = operation.method
        same = next((fault for fault in self.faults if fault.why == why), None)
        if same is None:
            self.faults.append(Fault(method, why, example))
        else:
            same.others.append(f"`{method}`")
        self.right = [each for each in self.right if method != each.method and method not in self.made_of(each)]

    def blame_backward(self, why: str, example: str) -> None:
        """A fault of backward(), after which no gradient can be trusted."""
        self.blame_method("backward", why, example)
        self.right = []

    def blame_method(self, method: str, why: str, example: str) -> None:
        """A fault of another method."""
        self.faults.append(Fault(method, why, example))

    def without_numbers(self, operation: Operation, graph: Graph, error: str) -> None:
        """Test an operation between Values only."""
        self.refused.setdefault(str(graph.steps[0]).partition(" = ")[2], error)
        only_values = replace(operation, operands=operation.operands[:1])
        self.right = [only_values if each.method == operation.method else each for each in self.right]

    def plus_and_times(self) -> tuple[Operation, Operation] | None:
        """Two operations to join Values: + and *, or whatever there is of that kind."""
        two = [operation for operation in self.right if operation.takes_two]
        if not two:
            return None
        plus = next((each for each in two if each.method == ADD.method), two[0])
        return plus, next((each for each in two if each.method == MUL.method), two[-1])

    def each(self) -> Iterator[Operation]:
        """The operations that are right so far; one that is blamed meanwhile takes those made of it along."""
        ordered = sorted(self.right, key=lambda operation: len(self.made_of(operation)))
        tested = [each for each in ordered if self.composed in (None, bool(self.made_of(each)))]
        return (each for each in tested if each in self.right)

    def made_of(self, operation: Operation) -> set[str]:
        """The methods of the other operations that it calls."""
        return self._uses.get(operation.method, set())

    def note_calls(self, operation: Operation, trial: Trial, codes: dict[CodeType, str]) -> None:
        """Remember which operations were called while this one was computed."""
        called = {codes[code] for code in trial.calls if code in codes}
        self._uses.setdefault(operation.method, set()).update(called - {operation.method})


def codes_of(made: Any, operations: list[Operation]) -> dict[CodeType, str]:
    """The method that each code belongs to; none for a code that several functions share, as those of a loop do."""
    functions: dict[CodeType, set[int]] = {}
    found: dict[CodeType, str] = {}
    for operation in operations:
        function = getattr(made, operation.method)
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType):
            functions.setdefault(code, set()).add(id(function))
            found.setdefault(code, operation.method)
    return {code: method for code, method in found.items() if len(functions[code]) == 1}


def operations_of(made: Any) -> list[Operation]:
    """The operations that a class has."""
    return [operation for operation in OPERATIONS if callable(getattr(made, operation.method, None))]


# ---- comparing

def close(found: float | None, right: float) -> bool:
    """Whether a number is right, however it was computed."""
    return found is not None and isclose(found, right, rel_tol=1e-6, abs_tol=1e-9)


def wrong_value(trial: Trial) -> Difference | None:
    """The first result whose number is wrong."""
    for step in trial.graph.steps:
        right = trial.graph.truth.data[step.name]
        if not close(trial.data[step.name], right):
            return Difference(step.name, "data", trial.data[step.name], right)
    return None


def wrong_gradient(trial: Trial) -> Difference | None:
    """The first leaf whose gradient is wrong. (A class may forget those of results.)"""
    for name, _ in trial.graph.leaves:
        right = trial.graph.truth.grads[name]
        found = trial.grads.get(name)
        if not close(found, right) and not (found is None and right == 0):
            return Difference(name, "grad", found, right)
    return None


def listed(names: Sequence[str]) -> str:
    """ "+, * and tanh" """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def at(graph: Graph, difference: Difference) -> str:
    """ ": at f = b*b with b = 3, b.grad = 3, 6 is right." """
    found, right = shown(difference.found, difference.right)
    return f": at {graph}, {difference.name}.{difference.attribute} = {found}, {right} is right."


def shown(found: float | None, right: float) -> tuple[str, str]:
    """Two numbers in as many digits as tell them apart."""
    if found is None:
        return "no number", f"{right:g}"
    for digits in range(6, 18):
        if (texts := (f"{found + 0.0:.{digits}g}", f"{right + 0.0:.{digits}g}"))[0] != texts[1]:
            break
    return texts
