"""Random programs on tapes, and a judge of their numbers: sweeps in floats, with absolute values beside the numbers."""
from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from hypothesis import settings, strategies as st
from references.operations import REFERENCES, ROWS, edges, no_slack, same
from references.programs.random_graphs import Program, Step, number, random_program, run

import autograd_tiny as at
from autograd_tiny import gradients, record
from autograd_tiny.calculus.floats import FLOATS

examples = settings(max_examples=100, deadline=None, derandomize=True, database=None)
INF, NAN = math.inf, math.nan
SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 5e-324, -1e-310, 1e-200, -1e-8, 40.0, -800.0, 1e8, -1e150,
           1e200, 1.7e308, INF, -INF, NAN)
DENORMAL = 5e-324


class Number(NamedTuple):
    """A number by a sweep, and the same with the absolute values of everything.

    known: False where finite terms overflow or cancel, so that their order decides.
    """

    found: float
    size: float
    known: bool = True


SUMS = {"add", "sub", "sum", "mean", "dot"}
EXACT = {"neg", "abs", "sign", "relu", "maximum", "minimum", "max", "min", "clip", "where", "greater",
         "greater_equal", "less", "less_equal", "equal"}


def terms(name: str, xs: Sequence[Any], times: Callable[[Any, Any], Any] = operator.mul) -> list[Any]:
    """The addends of a sum."""
    if name == "dot":
        n = len(xs) // 2
        return [*map(times, xs[:n], xs[n : 2 * n]), *xs[2 * n :]]
    return list(xs)


def overflows(name: str, xs: Sequence[float]) -> bool:
    """Whether finite addends, or products in a sum, overflow: then their order decides the result."""
    if name not in {"sum", "mean", "dot"}:
        return False
    products = terms(name, xs)
    finite = [abs(x) for x in products if math.isfinite(x)]
    n = len(xs) // 2
    return sum(finite) == INF or (name == "dot" and any(
        math.isinf(x * y) and math.isfinite(x) and math.isfinite(y)
        for x, y in zip(xs[:n], xs[n : 2 * n], strict=True)
    ))


def is_short(x: float) -> bool:
    """Whether a few such numbers can be added in any order without rounding."""
    return abs(x) < 1e6 and x * 1024 == int(x * 1024)


def nudged(name: str, f: float, xs: Sequence[float], size: float, rng: random.Random) -> float:
    """f as another order of the sum, or another library, might have rounded it."""
    if overflows(name, xs):
        others = [x for x in (1.7e308, -1.7e308, INF, -INF, NAN) if not same(x, f)]
        return f if any(x != x for x in xs) else rng.choice(others)
    if name in EXACT or f != f:
        return f
    summed = name in SUMS or name == "mul"
    if summed and all(map(is_short, (f, *xs))):
        return -f if f == 0 and name in SUMS and rng.random() < 0.7 else f
    if math.isinf(f):
        overflowed = summed and all(map(math.isfinite, xs))
        return math.copysign(1.7e308, f) if overflowed else f
    nudge = rng.uniform(-1, 1) * 4 * 2.0**-53 * min(size if summed else abs(f), 1.7e308)
    if abs(f) < 1e-290 and all(xs) and name not in {"add", "sub", "sum"}:
        nudge += rng.choice((-2, 0, 2)) * DENORMAL
    return f + nudge


def weighed(name: str, xs: Sequence[float], f: float, sizes: Sequence[float]) -> float:
    """The size of a result: for sums of products, that with the sizes of the operands; |f| for all others."""
    if name in SUMS:
        total = sum(terms(name, sizes))
        return total / len(sizes) if name == "mean" else total
    return sizes[0] * sizes[1] if name == "mul" else abs(f)


class Sweep:
    """A program at one point: the number, the size and the local derivatives of each result."""

    def __init__(self, program: Program, point: Sequence[float], rng: random.Random | None = None) -> None:
        self.program = program
        self.data = list(point)
        self.sizes = [abs(x) for x in point]
        self.derivatives: list[Sequence[float]] = []
        for name, operands in program.steps:
            xs = [self.data[x] if type(x) is int else x for x in operands]
            f = ROWS[name].evaluate(FLOATS, xs)
            sizes = [self.sizes[x] if type(x) is int else abs(x) for x in operands]
            self.sizes.append(weighed(name, xs, f, sizes))
            self.data.append(f if rng is None else nudged(name, f, xs, self.sizes[-1], rng))
            self.derivatives.append(ROWS[name].differentiate(FLOATS, xs, self.data[-1]))

    def value(self, place: int) -> Number:
        return Number(self.data[place], self.sizes[place])

    @cache                                          # noqa: B019  # a Sweep lives as long as one example
    def gradient(self, place: int) -> list[Number]:
        """The derivatives of the result at a place with respect to the leaves."""
        n = len(self.program.leaves)
        sums, sizes, known = ([zero] * len(self.data) for zero in (0.0, 0.0, True))
        sums[place] = sizes[place] = 1.0
        below = {place}
        for i in range(place, n - 1, -1):
            if i not in below:
                continue
            cancelled = abs(sums[i]) < 1e-9 * sizes[i]
            name, operands = self.program.steps[i - n]
            row = ROWS[name]
            for k, (x, derivative) in enumerate(zip(operands, self.derivatives[i - n], strict=True)):
                is_flat = not row.is_nary and row.derivatives[k] == "0"
                if type(x) is int and not is_flat:
                    below.add(x)
                    is_cut = derivative == 0.0 and row.selects
                    sent = 0.0 if is_cut else sizes[i] * abs(derivative)
                    sums[x] += 0.0 if is_cut else sums[i] * derivative
                    sizes[x] += sent
                    overflows = math.isfinite(sizes[i]) and math.isfinite(derivative) and not sizes[x] < 1e300
                    unsure = not known[i] or overflows or (cancelled and not math.isfinite(derivative))
                    known[x] = known[x] and not unsure
        return [Number(*each) for each in zip(sums[:n], sizes[:n], known[:n], strict=True)]


class Judge:
    """A program at one point: by the engine, and by sweeps whose roundings were changed."""

    def __init__(self, program: Program, point: Sequence[float]) -> None:
        self.values = run(Program(tuple(point), program.steps))
        self.sweep = Sweep(program, point)
        self.others = [Sweep(program, point, random.Random(i)) for i in range(8)]

    def value(self, place: int, found: float) -> None:
        """AssertionError unless a value is right."""
        others = [each.value(place) for each in self.others]
        check(found, self.values[place].data, self.sweep.value(place), others)

    def gradient(self, place: int, leaf: int, found: float) -> None:
        """AssertionError unless a derivative with respect to a leaf is right."""
        others = [each.gradient(place)[leaf] for each in self.others]
        check(found, self.eager(place)[leaf], self.sweep.gradient(place)[leaf], others)

    def limit_of_value(self, place: int) -> float | None:
        """How far a value may be off; None if anything goes."""
        return tolerance(self.values[place].data, self.sweep.value(place), [each.value(place) for each in self.others])

    @cache                                          # noqa: B019
    def eager(self, place: int) -> Sequence[float]:
        found: Sequence[float] = gradients(self.values[place], self.values[: len(self.sweep.program.leaves)])
        return found

    def limit(self, place: int, leaf: int) -> float | None:
        """How far a derivative may be off; None if anything goes."""
        others = [each.gradient(place)[leaf] for each in self.others]
        return tolerance(self.eager(place)[leaf], self.sweep.gradient(place)[leaf], others)


def tolerance(eager: float, swept: Number, others: Sequence[Number]) -> float | None:
    """How far a number may be from that of eager code; None if roundings decide it altogether."""
    if not all(each.known for each in (swept, *others)):
        return None
    if not math.isfinite(eager):
        return 0.0 if all(same(each.found, eager) for each in others) else None
    if not all(math.isfinite(each.found) and math.isfinite(each.size) for each in others):
        return None
    spread = max(abs(each.found - eager) for each in others)
    return 1e-12 * max(each.size for each in (swept, *others)) + 100 * spread + 4 * DENORMAL


def check(found: float, eager: float, swept: Number, others: Sequence[Number]) -> None:
    limit = tolerance(eager, swept, others)
    if limit is not None:
        assert same(found, eager) or abs(found - eager) <= limit, (found, eager, limit)


def wild_program(seed: int, size: int) -> Program:
    """Any operations, also outside of their domains, with special numbers for constants."""
    rng = random.Random(seed)
    leaves = tuple(number(rng) for _ in range(rng.randint(1, 4)))
    steps: list[Step] = []
    for known in range(len(leaves), len(leaves) + size):
        name = rng.choice(list(ROWS))
        count = rng.randint(1, 6) if ROWS[name].is_nary else len(ROWS[name].operands)
        operands: list[int | float] = [
            rng.randrange(known) if rng.random() < 0.75 else rng.choice(SPECIAL) for _ in range(count)
        ]
        operands[rng.randrange(count)] = rng.randrange(known)
        steps.append((name, tuple(operands)))
    return Program(leaves, tuple(steps))


COMMUTATIVE = {"add", "mul", "sum", "mean", "prod", "max", "min", "maximum", "minimum", "equal", "hypot"}


def without_repetitions(program: Program) -> Program:
    """The program with each step done once, as the tape does it.

    Where a derivative is infinite the results differ: 1 * inf + 0 * inf is nan, (1 + 0) * inf is inf.
    """
    places = list(range(len(program.leaves)))
    steps: dict[tuple[str, str], tuple[int, Step]] = {}
    for name, operands in program.steps:
        moved = tuple(places[x] if type(x) is int else x for x in operands)
        key = name, repr(sorted(map(repr, moved)) if name in COMMUTATIVE else moved)
        place, _ = steps.setdefault(key, (len(program.leaves) + len(steps), (name, moved)))
        places.append(place)
    return Program(program.leaves, tuple(step for _, step in steps.values()))


seeds = st.integers(0, 2**32)
tame = st.builds(random_program, seeds, st.integers(1, 40), st.just(tuple(ROWS))).map(without_repetitions)
wild = st.builds(wild_program, seeds, st.integers(1, 10)).map(without_repetitions)


def points(program: Program, seed: int, size: int) -> np.ndarray:
    """The point of the program first, points near it, and farther away."""
    rng = random.Random(seed)
    rows = [[x + rng.choice((0.0, 1e-3, 1.0)) * rng.gauss(0, 1) for x in program.leaves] for _ in range(size)]
    return np.array([program.leaves, *rows])


def special_points(program: Program, seed: int, size: int) -> np.ndarray:
    rng = random.Random(seed)
    return np.array([[rng.choice(SPECIAL) for _ in program.leaves] for _ in range(size)])


class Recorded:
    """The tape of a program: some of its leaves are inputs, the others parameters."""

    def __init__(self, program: Program, inputs: Sequence[int], outputs: Sequence[int] | None = None) -> None:
        self.values = run(program)
        self.inputs = list(inputs)
        self.others = [i for i in range(len(program.leaves)) if i not in self.inputs]
        output = self.values[-1] if outputs is None else [self.values[i] for i in outputs]
        self.tape = record(output, [self.values[i] for i in self.inputs])

    def set_parameters(self, point: Sequence[float]) -> None:
        """Set the parameters to this point, and their gradients to 0."""
        for i in self.others:
            self.values[i].data, self.values[i].grad = point[i], 0.0


def places(draw: Callable[..., Any], program: Program) -> list[int]:
    """The leaves that are inputs: one at least."""
    n = len(program.leaves)
    return sorted(draw(st.sets(st.integers(0, n - 1), min_size=1), label="inputs"))


FUNCTIONS = {
    "one to one": (lambda x: at.sin(x[0]) * at.exp(x[1] * 0.3) / (1 + x[2] ** 2), 3),
    "to several": (lambda x: [x[0] * at.tanh(x[1]), at.logsumexp(x), at.hypot(x[0], x[1]) ** 1.5], 2),
    "softmax": (lambda x: at.softmax(x), 4),
    "log_softmax": (lambda x: at.log_softmax(x), 3),
    "powers": (lambda x: [at.exp(x[0]) ** x[1], at.exp(x[1]) ** 3, 2.0 ** x[0], x[0] ** 3, x[1] ** -2], 2),
    "branches": (lambda x: at.where(at.greater(x[0], x[1]), x[0] * x[1], at.clip(x[1] * 3, -1.0, 1.0)), 2),
}


def is_near(name: str, found: float, eager: float, xs: Sequence[float], slacks: dict[str, Any]) -> bool:
    if same(found, eager):
        return True
    slack = slacks.get(name, no_slack)(eager, *xs) if all(map(math.isfinite, (eager, *xs))) else 0.0
    return abs(found - eager) <= 1e-12 * abs(eager) + 8 * slack + 4 * DENORMAL


def operands_of(name: str) -> dict[int, list[tuple[float, ...]]]:
    """Edges and the reference points of an operation, by their number of operands."""
    found: dict[int, list[tuple[float, ...]]] = {}
    for xs in [*edges(name), *REFERENCES[name].points[::3]]:
        found.setdefault(len(xs), []).append(xs)
    return found


BINARY = [name for name, row in ROWS.items() if len(row.operands) == 2]
