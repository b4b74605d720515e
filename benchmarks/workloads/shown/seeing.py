"""Pictures and explanations: explain, draw, play, diagnose.

Each is made once to warm up, and then as often as a second allows. Times are by the clock on the wall, since a layout
program runs in a process of its own.
"""
from __future__ import annotations

import random
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from autograd_tiny import Value, diagnose, draw, explain, nn, play, topological_order
from autograd_tiny.nn import losses

from ..timing import Answers

Shown = Callable[[], str]


def doublings(count: int) -> tuple[Value, Value]:
    """x, doubled and halved again and again: 2**count paths lead from x to f."""
    x = f = Value(1.0, "x")
    for _ in range(count):
        f = (f + f) * 0.5
    return f, x


def expression(nodes: int) -> Value:
    """A small graph, of products and sums that share operands."""
    values = [Value(0.5 + 0.1 * i, name) for i, name in enumerate("abc")]
    while len(topological_order(values[-1])) < nodes:
        values.append(values[-1] * values[-2] if len(values) % 2 else values[-1] + values[-3])
    return values[-1]


def network() -> Value:
    """The loss of a sample in a network 64-128-10: 10,000 nodes, nearly all of them parameters."""
    random.seed(0)
    model = nn.MLP(64, [128, 10])
    loss: Value = losses.cross_entropy(model([random.uniform(-1, 1) for _ in range(64)]), 3)
    return loss


def graph(nodes: int) -> Value:
    f = expression(nodes) if nodes <= 1000 else network()
    f.backward()
    return f


def explained(count: int) -> tuple[int, Shown]:
    f, x = doublings(count)
    return len(topological_order(f)), lambda: str(explain(f, x))


def drawn(nodes: int) -> tuple[int, Shown]:
    f = graph(nodes)
    depth = None if nodes <= 1000 else 2
    return len(topological_order(f)), lambda: draw(f, depth=depth).svg


def played(nodes: int) -> tuple[int, Shown]:
    f = graph(nodes)
    depth = None if nodes <= 1000 else 2
    return len(topological_order(f)), lambda: play(f, depth=depth).html


def diagnosed(samples: int) -> tuple[int, Shown]:
    rng = np.random.default_rng(0)
    model = nn.MLP(784, [64, 10], init="he_normal", rng=rng)
    x, y = rng.random((samples, 784)), rng.integers(0, 10, samples)
    return len(model.parameters()), lambda: diagnose(model, x, y, "cross_entropy").page.html


KINDS = {"explain": explained, "draw": drawn, "play": played, "diagnose": diagnosed}


def measured(kind: str, size: int) -> dict[str, Any]:
    """The median of the seconds that one of KINDS takes, its nodes, and the bytes of the text it makes."""
    nodes, make = KINDS[kind](size)
    text = make()
    seconds: list[float] = []
    while sum(seconds) < 1.0 and len(seconds) < 20:
        start = perf_counter()
        make()
        seconds.append(perf_counter() - start)
    return {"nodes": nodes, "seconds": median(seconds), "bytes": len(text.encode())}


def seeing(engine: str, kind: str, size: str) -> Answers:
    """The engine is the one that this process was started with."""
    return {"result": lambda: measured(kind, int(size))}
