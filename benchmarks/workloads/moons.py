"""micrograd's moons demo: one loss over 100 points, and its gradients."""
from __future__ import annotations

import math
import random
from importlib import import_module
from typing import Any

from .timing import Answers, repetitions

# the module that has the Value of an engine
MODULES = {"native": "autograd_tiny", "pure": "autograd_tiny", "micrograd": "micrograd.engine"}


def two_moons() -> tuple[list[list[float]], list[float]]:
    """100 points on two half circles that interlock, with noise, and their labels 1 and -1."""
    rng = random.Random(1337)
    angles = [math.pi * i / 49 for i in range(50)]
    upper = [(math.cos(t), math.sin(t)) for t in angles]
    lower = [(1.0 - math.cos(t), 0.5 - math.sin(t)) for t in angles]
    points = [[x + rng.gauss(0.0, 0.1), y + rng.gauss(0.0, 0.1)] for x, y in upper + lower]
    return points, [1.0] * 50 + [-1.0] * 50


def moons(engine: str, network: str) -> Answers:
    """One loss over all points, and its gradients. network: the package that MLP comes from."""
    nn: Any = import_module(f"{network}.nn")
    nn.Value = import_module(MODULES[engine]).Value    # micrograd's network runs on either

    # from here on nothing depends on the engine
    points, labels = two_moons()
    random.seed(1337)
    options = {"init": "micrograd"} if network == "autograd_tiny" else {}
    model = nn.MLP(2, [16, 16, 1], **options)

    def loss() -> Any:
        inputs = [list(map(nn.Value, point)) for point in points]
        scores = list(map(model, inputs))
        losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        return data_loss + penalty

    def backward(total: Any) -> None:
        model.zero_grad()
        total.backward()

    def result() -> dict[str, Any]:
        total = loss()
        backward(total)
        return {"numbers": [total.data, *(p.grad for p in model.parameters())], **count(total)}

    return {"times": lambda: repetitions(loss, backward), "result": result}


def count(root: Any) -> dict[str, int]:
    """The nodes of a graph as micrograd counts them: each plain number is one, too."""
    seen = {root}
    stack = [root]
    while stack:
        new = stack.pop()._prev - seen
        seen |= new
        stack.extend(new)
    return {"nodes": len(seen), "operations": len([node for node in seen if node._op])}
