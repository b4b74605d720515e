"""Before a tape is replayed: recording it, of a chain or of functions, and reading its parameters into an array."""
from __future__ import annotations

import math
import random
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from typing import Any

from .calls import repeated
from .chain import Engine, chain_of
from .timing import Answers, Phases, clock, repetitions, resident


def recording(engine: str, operations: str) -> Answers:
    """A tape of a chain that has been computed already."""
    record = import_module("autograd_tiny").record
    small, *leaves = chain_of(Engine(engine), 10)
    record(small, leaves)               # loads what recording needs
    output, *leaves = chain_of(Engine(engine), int(operations))

    def bytes_per_operation() -> dict[str, float]:
        before, start = resident("VmRSS"), clock()
        tape = record(output, leaves)
        seconds = clock() - start
        after, peak = resident("VmRSS"), resident("VmHWM")
        per = int(operations)
        return {
            "tape": (after - before) / per, "peak": (peak - before) / per, "instructions": len(tape),
            "seconds": seconds,
        }

    def times() -> list[Phases]:
        return repetitions(lambda: record(output, leaves), lambda _: None)

    return {"times": times, "bytes": bytes_per_operation, "result": lambda: None}


# ---- functions, each with the arguments of one call

Case = tuple[Callable[..., Any], tuple[Any, ...]]


def mixed_chain(at: Any) -> Case:
    """100,000 operations, one after the other."""
    def f(x: Any, y: Any) -> Any:
        a = x
        for _ in range(12_500):
            a = (a * y + x).tanh() - y
            a = a * x + a.exp() * y
        return a

    return f, (0.5, 0.999)


def network(*sizes: int) -> Callable[[Any], Case]:
    """A network whose sums are written out, as in micrograd."""
    def case(at: Any) -> Case:
        rng = random.Random(1337)
        layers = [
            [[at.Value(rng.uniform(-1.0, 1.0) / math.sqrt(n)) for _ in range(n + 1)] for _ in range(m)]
            for n, m in pairwise(sizes)
        ]

        def f(x: Any) -> Any:
            for layer in layers:
                x = [sum((w * v for w, v in zip(ws, x, strict=False)), ws[-1]).relu() for ws in layer]
            return sum(x)

        return f, ([0.1 * (i % 7) for i in range(sizes[0])],)

    return case


def rosenbrock(at: Any) -> Case:
    def f(x: Any) -> Any:
        return sum(100.0 * (y - x**2) ** 2 + (1.0 - x) ** 2 for x, y in pairwise(x))

    return f, ([0.01 * i for i in range(100)],)


def black_scholes(at: Any) -> Case:
    def f(spot: Any, strike: Any, time: Any, rate: Any, volatility: Any) -> Any:
        spread = volatility * at.sqrt(time)
        d = (at.log(spot / strike) + (rate + volatility * volatility / 2.0) * time) / spread
        return spot * at.norm_cdf(d) - strike * at.exp(-rate * time) * at.norm_cdf(d - spread)

    return f, (100.0, 95.0, 0.5, 0.02, 0.3)


CASES: dict[str, Callable[[Any], Case]] = {
    "mixed chain": mixed_chain, "network 2-16-16-1": network(2, 16, 16, 1),
    "network 784-64-10": network(784, 64, 10), "Rosenbrock, 100 inputs": rosenbrock, "Black-Scholes": black_scholes,
}


def functions(engine: str, name: str) -> Answers:
    """A tape of one of CASES, and what it takes to run it: of its graph, and by calling it."""
    at = import_module("autograd_tiny")
    runner = import_module("autograd_tiny.tape.batches").BatchRunner
    f, arguments = CASES[name](at)
    values = [[at.Value(x) for x in each] if isinstance(each, list) else at.Value(each) for each in arguments]
    output = f(*values)

    def of_graph() -> None:
        runner(at.record(output, values).program)

    def of_function() -> None:
        runner(at.record(f, *arguments).program)

    nodes = len(at.topological_order(output))
    return {
        "times": lambda: repeated(of_graph, of_function),
        "result": lambda: {"numbers": [nodes], "forward": best(lambda: f(*values)) / nodes},
    }


def best(work: Callable[[], Any]) -> float:
    """The shortest time of a call, in seconds."""
    return min(both for both, _, _ in repeated(work, lambda: None))


def many_values(engine: str, count: str) -> Answers:
    """Many parameters: the first phase reads their numbers, the second adds an array to their gradients."""
    ours, np = import_module("autograd_tiny"), import_module("numpy")
    values = [ours.Value(i / 7) for i in range(int(count))]
    gradients, numbers = np.linspace(-1.0, 1.0, len(values)), np.empty(len(values))

    def read() -> Any:
        return ours.vectors.read(values, numbers)

    def add() -> None:
        ours.vectors.add_gradients(values, gradients)

    return {"times": lambda: repeated(read, add), "result": lambda: {"numbers": read().tolist()}}
