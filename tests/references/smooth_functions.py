"""Random smooth functions at random points, which check_gradients is tried on; mistakes.py plants mistakes in them.

Each passes its intermediate results, and the operands that it uses, through a `Plant`, which returns them unchanged.
"""
from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from references.operations import ROWS, perform

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn

class Sample(NamedTuple):
    """A function, the point to check it at, and what it is."""

    kind: str
    function: Callable[..., Any]
    point: tuple[float, ...]


class Plant:
    """Returns everything unchanged, and counts."""

    def __init__(self) -> None:
        self.results = self.uses = 0

    def result(self, y: Any) -> Any:
        """An intermediate result."""
        self.results += 1
        return y

    def use(self, x: Any) -> Any:
        """One use of an earlier result, as an operand."""
        self.uses += 1
        return x


Planted = Callable[[Plant, Sequence[Any]], Any]         # a function of its plant and its variables


# ---- functions, each with the point that it is tried at

PRIMITIVES = (
    "add", "sub", "mul", "div", "pow", "neg", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt",
    "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    "hypot", "erf", "erfc", "erfinv", "norm_pdf", "norm_cdf", "lgamma", "digamma", "sigmoid", "log_sigmoid",
    "softplus", "silu", "mish", "gelu", "elu", "xlogy", "logaddexp", "sum", "mean", "prod", "dot", "logsumexp",
)
SINGULAR = {
    "div": lambda x, y: y != 0, "pow": lambda x, y: x > 0, "log": lambda x: x > 0, "log2": lambda x: x > 0,
    "log10": lambda x: x > 0, "log1p": lambda x: x > -1, "sqrt": lambda x: x > 0, "cbrt": lambda x: x != 0,
    "asin": lambda x: abs(x) < 1, "acos": lambda x: abs(x) < 1, "atanh": lambda x: abs(x) < 1,
    "acosh": lambda x: x > 1, "hypot": lambda x, y: x or y, "atan2": lambda y, x: y != 0 or x > 0,
    "erfinv": lambda x: abs(x) < 1, "lgamma": lambda x: x > 0, "digamma": lambda x: x > 0,
    "xlogy": lambda x, y: y > 0, "elu": lambda x, alpha: abs(x) > 0.01,       # its second derivative jumps at 0
}


def random_number(rng: random.Random) -> float:
    """Mostly of ordinary size, at times huge or tiny, with all digits or with few."""
    size = rng.choice([1, 1, 1, 1, 1, 1, 10.0 ** rng.uniform(-6, 4)])
    x = rng.uniform(-3, 3) * size
    return round(x, 2) or 0.5 if rng.random() < 0.3 else x


def program(rng: random.Random) -> tuple[Planted, tuple[float, ...]]:
    """Primitive operations on the variables, on earlier results and on constants; then a sum of what is left."""
    point = tuple(random_number(rng) for _ in range(rng.randint(1, 5)))
    known: list[float] = list(point)
    steps: list[tuple[str, list[int | float]]] = []
    for _ in range(rng.randint(1, 12)):
        steps.append(step(rng, known))
        known.append(perform(steps[-1][0], numbers(known, steps[-1][1])))
    used = {x for _, operands in steps for x in operands if type(x) is int}
    rest = [i for i in range(len(known)) if i not in used]

    def run(plant: Plant, variables: Sequence[Any]) -> Any:
        known = [*variables]
        for name, operands in steps:
            known.append(plant.result(perform(name, [plant.use(x) for x in numbers(known, operands)])))
        return at.sum([plant.use(known[i]) for i in rest])

    return run, point


def numbers(known: Sequence[Any], operands: Sequence[int | float]) -> list[Any]:
    return [known[x] if type(x) is int else x for x in operands]


def step(rng: random.Random, known: Sequence[float]) -> tuple[str, list[int | float]]:
    """An operation and operands where it is smooth and not absurdly steep."""
    while True:
        name = rng.choice(PRIMITIVES)
        count = rng.randint(1, 6) if ROWS[name].is_nary else len(ROWS[name].operands)
        operands: list[int | float] = [
            rng.randrange(len(known)) if rng.random() < 0.8 else random_number(rng) for _ in range(count)
        ]
        if name == "elu":
            operands[1] = 1.0
        at_point = numbers(known, operands)
        if any(type(x) is int for x in operands) and SINGULAR.get(name, lambda *xs: True)(*at_point):
            node = perform(name, [Value(x) for x in at_point])
            if all(abs(x) < 1e6 for x in (node.data, *node.local_grads)):
                return name, operands


def near(rng: random.Random) -> float:
    """A number that may be small: of any size from 1e-9 to 1."""
    return rng.choice((-1, 1)) * 10.0 ** rng.uniform(-9, 0)


CANCELLING: list[Callable[[Plant, Any], Any]] = [
    lambda plant, x: at.log(plant.result(1 + x)),
    lambda plant, x: plant.result(100 / plant.result(1 + x) ** 5) - 80,
    lambda plant, x: at.sqrt(plant.result(1 + x * plant.use(x))) - 1,
    lambda plant, x: 1 - plant.result(at.cos(x)),
    lambda plant, x: plant.result(at.exp(x)) - 1,
    lambda plant, x: plant.result(at.sin(x)) - plant.use(x),
    lambda plant, x: plant.result(at.sqrt(1 + x)) - plant.result(at.sqrt(1 - 0.5 * x)),
    lambda plant, x: (plant.result(at.sigmoid(x)) - 0.5) ** 2,
    lambda plant, x: plant.result(1 / plant.result(1 - 0.7 * x)) - plant.use(1 + 0.7 * x),
    lambda plant, x: (1 + x) ** 3 - 3 * plant.result(x * plant.use(x)) - 1,
    lambda plant, x: plant.result(1e6 + x * plant.use(x)) - 1e6,
    lambda plant, x: (plant.result(at.exp(x)) - plant.result(at.exp(-x))) / 2,
]


def cancelling(rng: random.Random) -> tuple[Planted, tuple[float, ...]]:
    """Differences of nearly equal numbers: much of the value is rounding."""
    chosen = [rng.choice(CANCELLING) for _ in range(rng.randint(1, 3))]
    point = tuple(near(rng) for _ in chosen)

    def run(plant: Plant, variables: Sequence[Any]) -> Any:
        terms = [plant.result(f(plant, plant.use(x))) for f, x in zip(chosen, variables, strict=True)]
        return plant.result(at.sum(terms))

    return run, point


def loss(rng: random.Random) -> tuple[Planted, tuple[float, ...]]:
    """One of the package's losses, of a small network or of its outputs, as a function of up to five numbers."""
    kind = rng.choice((
        "mean_squared_error", "squared_error", "binary_cross_entropy", "cross_entropy", "probabilities"
    ))
    activation = rng.choice((at.tanh, at.sigmoid, at.softplus, at.silu, at.gelu, at.sin))
    x, scale = [rng.uniform(-2, 2) for _ in range(2)], rng.choice((1.0, 1.0, 3.0, 10.0))
    fixed = [rng.gauss(0, 1) for _ in range(9)]
    point = tuple(rng.gauss(0, scale) for _ in range(rng.randint(2, 5)))
    target = {"cross_entropy": rng.randrange(2), "probabilities": [0.25, 0.75]}.get(
        kind, [float(rng.random() < 0.5), float(rng.random() < 0.5)]
    )
    function = nn.losses.LOSSES["cross_entropy" if kind == "probabilities" else kind].loss

    def run(plant: Plant, variables: Sequence[Any]) -> Any:
        w = [*variables, *fixed]
        hidden = [
            plant.result(activation(plant.use(w[i]) * x[0] + plant.use(w[i + 1]) * x[1] + w[i + 2])) for i in (0, 2)
        ]
        outputs = [plant.result(at.dot([w[i], w[i + 1]], [*map(plant.use, hidden)], w[i + 2])) for i in (4, 1)]
        return plant.result(function(outputs, target))

    return run, point


def converged(rng: random.Random) -> tuple[Planted, tuple[float, ...]]:
    """A sum of squares at its minimum: the derivatives are zero but for rounding. The data may fit exactly."""
    width, count = rng.randint(1, 4), rng.randint(5, 12)
    features = np.array([[rng.gauss(0, 1) for _ in range(width)] for _ in range(count)])
    noise = rng.choice((0.0, 0.3))
    targets = features @ [rng.gauss(0, 2) for _ in range(width)] + [rng.gauss(0, noise) for _ in range(count)]
    solution = tuple(np.linalg.lstsq(features, targets, rcond=None)[0].tolist())
    rows = list(zip(features.tolist(), targets.tolist(), strict=True))

    def run(plant: Plant, variables: Sequence[Any]) -> Any:
        residuals = [plant.result(at.dot([*map(plant.use, variables)], row) - y) for row, y in rows]
        return plant.result(at.sum([r * plant.use(r) for r in residuals]))

    return run, solution


def scaled(rng: random.Random) -> tuple[Planted, tuple[float, ...]]:
    """Variables, values or both huge or tiny."""
    size = 10.0 ** rng.uniform(-12, 12)
    x, a, b = (rng.uniform(0.3, 3) for _ in range(3))
    functions: list[tuple[Planted, float]] = [
        (lambda plant, v: at.sin(plant.result(v[0] * b)), 1e10 * x),
        (lambda plant, v: plant.result(at.sin(b * plant.result(v[0] / size))), size * x),
        (lambda plant, v: plant.result(at.exp(-plant.result(v[0] / size))) * plant.use(v[0]), size * x),
        (lambda plant, v: plant.result(a * v[0]) * 1e200, 1e-200 * x),
        (lambda plant, v: plant.result(at.log(plant.result(v[0] * a))), size * x),
        (lambda plant, v: plant.result(a + plant.use(v[0]) * b), 5e-324),
        (lambda plant, v: plant.result(at.exp(plant.result(v[0] * a))), 5e-324),
        (lambda plant, v: size * plant.result(at.tanh(plant.result(v[0] * a)) + plant.use(v[0])), x),
        (lambda plant, v: at.hypot(plant.result(v[0] * a), size * b), size * x),
        (lambda plant, v: at.sigmoid((plant.result(v[0]) - 1.7e9) / 3600), 1.7e9 + 3600 * x),
        (lambda plant, v: at.sin(2 * math.pi * 365 * plant.result(v[0])), 2026 + x),
    ]
    function, point = rng.choice(functions)
    return (lambda plant, variables: plant.result(function(plant, variables))), (point,)


def saturated(rng: random.Random) -> tuple[Planted, tuple[float, ...]]:
    """Far in the tails of a sigmoid, where the value hardly changes."""
    f = rng.choice((at.sigmoid, at.tanh, at.erf, at.erfc, at.softplus, at.atan, at.gelu, at.silu, at.exp))
    point = tuple(rng.choice((-1, 1)) * rng.uniform(2, 12) for _ in range(rng.randint(1, 3)))
    w = [rng.gauss(0, 1) for _ in point]

    def run(plant: Plant, variables: Sequence[Any]) -> Any:
        return at.dot(w, [plant.result(f(plant.use(x))) for x in variables])

    return run, point


FAMILIES = {program: 50, cancelling: 15, loss: 15, converged: 5, scaled: 10, saturated: 5}


def smooth(seed: int) -> Sample:
    """A right function of 1 to 5 variables."""
    family, run, point = right(seed)
    return Sample(family, in_the_clear(run), point)


def right(seed: int) -> tuple[str, Planted, tuple[float, ...]]:
    rng = random.Random(seed)
    while True:
        family = rng.choices([*FAMILIES], [*FAMILIES.values()])[0]
        run, point = family(rng)
        if all(map(math.isfinite, value_and_derivatives(in_the_clear(run), point))):
            return family.__name__, run, point


def in_the_clear(run: Planted) -> Callable[..., Any]:
    return lambda *variables: run(Plant(), variables)


def value_and_derivatives(f: Callable[..., Any], point: Sequence[float]) -> list[float]:
    variables = [*map(Value, point)]
    y = f(*variables)
    return [y.data, *gradients(y, variables)] if type(y) is Value else [y] + [0.0] * len(point)
