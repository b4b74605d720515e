"""Small expressions as graphs: the chosen ones, random ones, and the smallest of those that show a fault."""
from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from ...engine.graph import topological_order
from ...engine.value import Value
from .operations import Operand, Operation

LARGEST = 20.0          # number in a random graph
STEEPEST = 1e3          # gradient in a random graph


@dataclass(frozen=True)
class Step:
    """One operation: the name of its result, and the names of its operands."""

    name: str
    operation: Operation
    operands: tuple[Operand, ...]

    def compute(self, values: Mapping[str, Any]) -> Any:
        """The result, of Values by name."""
        return self.operation.apply(*(values[x] if isinstance(x, str) else x for x in self.operands))

    def __str__(self) -> str:
        written = (x if isinstance(x, str) else f"{x:g}" for x in self.operands)
        return f"{self.name} = {self.operation.form.format(*written)}"


@dataclass(frozen=True)
class Graph:
    """An expression as steps, of which the last one is the output."""

    leaves: tuple[tuple[str, float], ...]
    steps: tuple[Step, ...]

    @property
    def output(self) -> str:
        return self.steps[-1].name

    def __str__(self) -> str:
        """ "x = a + b, f = x*c with a = 2, b = 3, c = 4" """
        numbers = ", ".join(f"{name} = {number:g}" for name, number in self.leaves)
        return f"{', '.join(map(str, self.steps))} with {numbers}"

    @cached_property
    def truth(self) -> Truth:
        """The right numbers, by our engine."""
        values = {name: Value(number) for name, number in self.leaves}
        for step in self.steps:
            values[step.name] = step.compute(values)
        output = values[self.output]
        output.backward()
        names = {id(value): name for name, value in values.items()}
        return Truth(
            {name: value.data for name, value in values.items()},
            {name: value.grad for name, value in values.items()},
            {
                names[id(node)]: tuple(
                    (names[id(x)], local) for x, local in zip(node.operands, node.local_grads, strict=True)
                    if type(x) is Value
                )
                for node in topological_order(output)
            },
        )


@dataclass(frozen=True)
class Truth:
    """The right numbers of a graph, by name.

    Attributes:
        data, grads: The number, and the gradient of the output with respect to it.
        locals: For each result its operands, with the local derivatives.
    """

    data: dict[str, float]
    grads: dict[str, float]
    locals: dict[str, tuple[tuple[str, float], ...]]


def graph(steps: Sequence[tuple[str, Operation, tuple[Operand, ...]]], **numbers: float) -> Graph:
    """A graph of some steps; of the numbers for leaves those that are used count."""
    used = {x for _, _, operands in steps for x in operands}
    return Graph(
        tuple((name, number) for name, number in numbers.items() if name in used),
        tuple(Step(*step) for step in steps),
    )


def single_steps(operation: Operation) -> Iterator[Graph]:
    """f = a + b, f = a + 2 and so on: the operation alone, with all numbers to try."""
    for operands in operation.operands:
        for a, b in operation.points:
            yield graph([("f", operation, operands)], a=a, b=b)


# ---- random graphs

def random_graphs(operations: Sequence[Operation], count: int, seed: int = 0) -> Iterator[Graph]:
    """Graphs of two to ten steps, the small ones first, whose numbers and gradients are neither huge nor at a kink."""
    rng = random.Random(seed)
    for i in range(count):
        found = _random_graph(operations, 2 + i * 9 // count, rng)
        if found is not None and all(abs(x) < STEEPEST for x in found.truth.grads.values()):
            yield found


def _random_graph(operations: Sequence[Operation], size: int, rng: random.Random) -> Graph | None:
    leaves = tuple((name, rng.randrange(-12, 13) / 4 or 0.5) for name in "abcd"[: rng.randint(1, 4)])
    data = {name: Value(number) for name, number in leaves}
    steps: list[Step] = []
    for _ in range(20 * size):
        if len(steps) == size:
            break
        name = "f" if len(steps) == size - 1 else f"x{len(steps) + 1}"
        operation = rng.choice(operations)
        operands = tuple(_recent(data, rng) if isinstance(x, str) else x for x in rng.choice(operation.operands))
        if name == "f" and steps:                       # so that not only leaves are used for the output
            operands = tuple(steps[-1].name if i == 0 and isinstance(x, str) else x for i, x in enumerate(operands))
        if not operation.domain(*(data[x].data if isinstance(x, str) else x for x in operands)):
            continue
        step = Step(name, operation, operands)
        result = step.compute(data)
        if isfinite(result.data) and abs(result.data) <= LARGEST:
            data[name] = result
            steps.append(step)
    return Graph(leaves, tuple(steps)) if len(steps) == size else None


def _recent(data: Mapping[str, Any], rng: random.Random) -> str:
    """A Value that was computed lately, more often than not, so that graphs become deep."""
    names = list(data)
    return rng.choice(names[-3:] if rng.random() < 0.6 else names)


# ---- the smallest graph

def smallest(graph: Graph, fails: Callable[[Graph], bool]) -> Graph:
    """A graph that fails, too, and has no smaller one in it that does: fewer steps, or leaves instead of results."""
    while True:
        for each in _smaller(graph):
            if fails(each):
                graph = each
                break
        else:
            return graph


def _smaller(graph: Graph) -> Iterator[Graph]:
    for end in range(1, len(graph.steps)):
        yield _needed(graph.leaves, graph.steps[:end])
    needed = _needed(graph.leaves, graph.steps)
    if needed != graph:
        yield needed
    for i, step in enumerate(graph.steps[:-1]):
        leaf = (step.name, round(graph.truth.data[step.name], 3))
        yield _needed((*graph.leaves, leaf), (*graph.steps[:i], *graph.steps[i + 1:]))


def _needed(leaves: tuple[tuple[str, float], ...], steps: tuple[Step, ...]) -> Graph:
    """The graph of the last step alone, without what it isn't computed from."""
    used = {steps[-1].name}
    for step in reversed(steps):
        if step.name in used:
            used.update(x for x in step.operands if isinstance(x, str))
    return Graph(
        tuple((name, number) for name, number in leaves if name in used),
        tuple(step for step in steps if step.name in used),
    )
