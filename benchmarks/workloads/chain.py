"""A chain of operations: a = a*y + x, again and again."""
from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from itertools import repeat
from typing import Any

from .moons import MODULES
from .timing import Answers, repetitions, resident


class Engine:
    """How an engine makes a leaf, differentiates, and releases a graph: here micrograd and ours."""

    def __init__(self, name: str) -> None:
        self.leaf: Callable[[float], Any] = import_module(MODULES[name]).Value

    def record(self, *inputs: Any) -> None:
        """Called when the leaves are there, before the first operation."""

    def backward(self, output: Any) -> None:
        output.backward()

    def gradient(self, leaf: Any) -> float:
        return float(leaf.grad)

    def release(self) -> None:
        """Called when nothing refers to the graph any more."""


class Torch(Engine):
    """Tensors that hold one number, in double precision."""

    def __init__(self) -> None:
        torch = import_module("torch")
        torch.set_num_threads(1)
        self.leaf = lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True)


class Xad(Engine):
    """The adjoint mode of XAD, on one tape that is used again: faster than a new one each time."""

    def __init__(self) -> None:
        xad = import_module("xad.adj_1st")
        self.leaf = xad.Real
        self.tape = xad.Tape()
        self.tape.activate()

    def record(self, *inputs: Any) -> None:
        self.tape.registerInputs(inputs)
        self.tape.newRecording()

    def backward(self, output: Any) -> None:
        self.tape.registerOutput(output)
        output.derivative = 1.0
        self.tape.computeAdjoints()

    def gradient(self, leaf: Any) -> float:
        return float(leaf.derivative)

    def release(self) -> None:
        self.tape.clearAll()


def open_engine(name: str) -> Engine:
    return Torch() if name == "torch" else Xad() if name == "xad" else Engine(name)


def chain_of(engine: Engine, operations: int) -> tuple[Any, Any, Any]:
    """The output and the two leaves of a chain."""
    x, y = engine.leaf(0.5), engine.leaf(0.999)
    engine.record(x, y)
    a = x
    # repeat, as timeit does: range would make an integer each time, a tenth of the fastest engine's time
    for _ in repeat(None, operations // 2):
        a = a * y + x
    return a, x, y


def chain(name: str, operations: str) -> Answers:
    """A chain, differentiated with respect to both leaves."""
    engine = open_engine(name)

    def forward() -> tuple[Any, Any, Any]:
        return chain_of(engine, int(operations))

    def backward(made: tuple[Any, Any, Any]) -> None:
        engine.backward(made[0])

    def result() -> dict[str, Any]:
        made = forward()
        backward(made)
        return {"numbers": [engine.gradient(leaf) for leaf in made[1:]]}

    def bytes_per_operation() -> dict[str, float]:
        before = resident("VmRSS")
        made = forward()
        built = resident("VmRSS")
        backward(made)
        peak = resident("VmHWM")
        per = int(operations)
        return {"built": (built - before) / per, "peak": (peak - before) / per, "one": sys.getsizeof(made[0])}

    return {
        "times": lambda: repetitions(forward, backward, engine.release),
        "result": result,
        "bytes": bytes_per_operation,
    }
