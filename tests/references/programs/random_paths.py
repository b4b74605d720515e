"""Random graphs in which several paths lead from the output to each leaf."""
from __future__ import annotations

import math
import random

from autograd_tiny import Value, mean

INF, NAN = math.inf, math.nan
DERIVATIVES = [0.0, -0.0, 1.0, -2.0, 1e200, 1e-200, 1e-300, INF, -INF, NAN]


def random_graph(seed: int, size: int) -> list[Value]:
    """A graph in which operands are used again and again; the first two are leaves, the last the output."""
    rng = random.Random(seed)
    values = [Value(rng.uniform(-2, 2)), Value(rng.uniform(-2, 2)), Value(0.5, requires_grad=False)]
    for _ in range(size):
        x, y, z = (rng.choice(values[-5:]) for _ in range(3))
        values.append(rng.choice([
            lambda x, y, z: x + y, lambda x, y, z: x * y, lambda x, y, z: mean([x, y, z, 1.0]),
            lambda x, y, z: x.sin(), lambda x, y, z: x * x, lambda x, y, z: 2.0 - x,
            lambda x, y, z: x.maximum(y), lambda x, y, z: x.relu(),
        ])(x, y, z))
    values.append(sum(values[3:], values[0]))
    return values
