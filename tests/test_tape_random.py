"""Random graphs and random batches: the tape gives the numbers and gradients of eager code.

The tolerance is 1e-12 times the same sweep with absolute values, and what a few sweeps show in which each
rounding was a little different. Where a rounding decides what comes out (which side of a comparison, nan or
not, overflow or not), eager code itself says nothing certain, and neither do we.
"""
from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from test_ops import (
    EDGES, REFERENCES, ROWS, SLOPE_SLACK, VALUE_SLACK, comfortable, edges, no_slack, perform, same,
)
from test_random_graphs import Program, Step, number, random_program, run
from test_tape import batch, close

import autograd_tiny as at
from autograd_tiny import Value, gradients, record
from autograd_tiny.calculus.floats import FLOATS
from autograd_tiny.transforms import functional

examples = settings(max_examples=100, deadline=None, derandomize=True, database=None)
INF, NAN = math.inf, math.nan
SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 5e-324, -1e-310, 1e-200, -1e-8, 40.0, -800.0, 1e8, -1e150,
           1e200, 1.7e308, INF, -INF, NAN)
DENORMAL = 5e-324


# ---- the judge: one sweep forward and one backward, in floats, with absolute values beside the numbers

class Number(NamedTuple):
    """What a sweep found, and what it is when everything is taken absolutely."""

    found: float
    size: float
    known: bool = True      # False where finite terms overflow or cancel, so that their order decides


SUMS = {"add", "sub", "sum", "mean", "dot"}
EXACT = {"neg", "abs", "sign", "relu", "maximum", "minimum", "max", "min", "clip", "where", "greater",
         "greater_equal", "less", "less_equal", "equal"}


def terms(name: str, xs: Sequence[Any], times: Callable[[Any, Any], Any] = operator.mul) -> list[Any]:
    """What a sum adds up."""
    if name == "dot":
        n = len(xs) // 2
        return [*map(times, xs[:n], xs[n : 2 * n]), *xs[2 * n :]]
    return list(xs)


def overflows(name: str, xs: Sequence[float]) -> bool:
    """Whether finite numbers add up, or multiply in a sum, to more than a float: then the order decides."""
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
    """Whether a few of such numbers can be added in any order without a rounding."""
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
    """The size of a result: sums of products with all their terms positive, |f| for all the rest."""
    if name in SUMS:
        total = sum(terms(name, sizes))
        return total / len(sizes) if name == "mean" else total
    return sizes[0] * sizes[1] if name == "mul" else abs(f)


class Sweep:
    """A program at one point: the number and the size of each result, and its local derivatives."""

    def __init__(self, program: Program, point: Sequence[float], rng: random.Random | None = None) -> None:
        self.program = program
        self.data = list(point)
        self.sizes = [abs(x) for x in point]
        self.slopes: list[Sequence[float]] = []
        for name, operands in program.steps:
            xs = [self.data[x] if type(x) is int else x for x in operands]
            f = ROWS[name].evaluate(FLOATS, xs)
            sizes = [self.sizes[x] if type(x) is int else abs(x) for x in operands]
            self.sizes.append(weighed(name, xs, f, sizes))
            self.data.append(f if rng is None else nudged(name, f, xs, self.sizes[-1], rng))
            self.slopes.append(ROWS[name].differentiate(FLOATS, xs, self.data[-1]))

    def value(self, place: int) -> Number:
        return Number(self.data[place], self.sizes[place])

    @cache                                          # noqa: B019  # a Sweep lives as long as one example
    def gradient(self, place: int) -> list[Number]:
        """The derivatives by the leaves of the result at a place."""
        n = len(self.program.leaves)
        sums, sizes, known = ([zero] * len(self.data) for zero in (0.0, 0.0, True))
        sums[place] = sizes[place] = 1.0
        below = {place}
        for i in range(place, n - 1, -1):
            if i not in below:
                continue
            cancelled = abs(sums[i]) < 1e-9 * sizes[i]
            for x, slope in zip(self.program.steps[i - n][1], self.slopes[i - n], strict=True):
                if type(x) is int:
                    below.add(x)
                    sent = sizes[i] * abs(slope)
                    sums[x] += sums[i] * slope
                    sizes[x] += sent
                    overflows = math.isfinite(sizes[i]) and math.isfinite(slope) and not sizes[x] < 1e300
                    unsure = not known[i] or overflows or (cancelled and not math.isfinite(slope))
                    known[x] = known[x] and not unsure
        return [Number(*each) for each in zip(sums[:n], sizes[:n], known[:n], strict=True)]


class Judge:
    """A program at one point, by the engine, and swept again with its roundings changed."""

    def __init__(self, program: Program, point: Sequence[float]) -> None:
        self.values = run(Program(tuple(point), program.steps))
        self.sweep = Sweep(program, point)
        self.others = [Sweep(program, point, random.Random(i)) for i in range(8)]

    def value(self, place: int, found: float) -> None:
        """AssertionError unless a value is right."""
        others = [each.value(place) for each in self.others]
        check(found, self.values[place].data, self.sweep.value(place), others)

    def gradient(self, place: int, leaf: int, found: float) -> None:
        """AssertionError unless a derivative by a leaf is right."""
        others = [each.gradient(place)[leaf] for each in self.others]
        check(found, self.eager(place)[leaf], self.sweep.gradient(place)[leaf], others)

    @cache                                          # noqa: B019
    def eager(self, place: int) -> Sequence[float]:
        found: Sequence[float] = gradients(self.values[place], self.values[: len(self.sweep.program.leaves)])
        return found

    def limit(self, place: int, leaf: int) -> float | None:
        """How far a derivative may be off; None if anything goes."""
        others = [each.gradient(place)[leaf] for each in self.others]
        return tolerance(self.eager(place)[leaf], self.sweep.gradient(place)[leaf], others)


def tolerance(eager: float, swept: Number, others: Sequence[Number]) -> float | None:
    """How far a number may be from that of eager code; None if a rounding decides what it is at all."""
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


# ---- programs and batches

def wild_program(seed: int, size: int) -> Program:
    """Any operation on anything: constants are special numbers, and nobody keeps to a domain."""
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

    Where a slope is infinite the difference shows: 1 * inf + 0 * inf is nan, (1 + 0) * inf is inf.
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
        """The parameters as at this point, their gradients forgotten."""
        for i in self.others:
            self.values[i].data, self.values[i].grad = point[i], 0.0


def places(draw: Callable[..., Any], program: Program) -> list[int]:
    """Which leaves are inputs: one at least."""
    n = len(program.leaves)
    return sorted(draw(st.sets(st.integers(0, n - 1), min_size=1), label="inputs"))


# ---- every number that a tape gives is that of eager code

@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@examples
@given(st.data())
def test_values_and_input_gradients(programs: Any, make: Callable[..., Any], data: st.DataObject) -> None:
    """All leaves are inputs, and all samples are in one batch."""
    program = data.draw(programs)
    samples = make(program, data.draw(seeds), 7)
    tape = Recorded(program, range(len(program.leaves))).tape
    outputs, slopes = tape(samples), tape.input_gradients(samples)
    last = len(program.leaves) + len(program.steps) - 1
    for point, output, row in zip(samples.tolist(), outputs, slopes, strict=True):
        judge = Judge(program, point)
        judge.value(last, output)
        for leaf, slope in enumerate(row):
            judge.gradient(last, leaf, slope)


@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@examples
@given(st.data())
def test_parameter_gradients(programs: Any, make: Callable[..., Any], data: st.DataObject) -> None:
    """One sample after the other, with the parameters changing too: a sum would hide nan behind nan."""
    program = data.draw(programs)
    recorded = Recorded(program, places(data.draw, program))
    last = len(program.leaves) + len(program.steps) - 1
    for point in make(program, data.draw(seeds), 3).tolist():
        judge = Judge(program, point)
        recorded.set_parameters(point)
        x = [[point[i] for i in recorded.inputs]]
        judge.value(last, recorded.tape.backward(x))
        judge.value(last, recorded.tape(x)[0])
        used = {id(v) for v in recorded.tape.parameters}
        for leaf in recorded.others:
            if id(recorded.values[leaf]) in used:
                judge.gradient(last, leaf, recorded.values[leaf].grad)
            else:
                assert recorded.values[leaf].grad == 0.0
        for leaf, slope in zip(recorded.inputs, recorded.tape.input_gradients(x)[0], strict=True):
            judge.gradient(last, leaf, slope)


@examples
@given(st.one_of(tame, wild), st.data())
def test_every_result_as_an_output(program: Program, data: st.DataObject) -> None:
    """Leaves and results in between, in any order and some twice: several outputs that share their parts."""
    n = len(program.leaves) + len(program.steps)
    outputs = data.draw(st.permutations([*range(n), n - 1]), label="outputs")
    recorded = Recorded(program, range(len(program.leaves)), outputs)
    samples = data.draw(st.sampled_from([points, special_points]))(program, data.draw(seeds), 3)
    values, slopes = recorded.tape(samples), recorded.tape.jacobian(samples)
    for i, point in enumerate(samples.tolist()):
        judge = Judge(program, point)
        for k, place in enumerate(outputs):
            judge.value(place, values[i, k])
            for leaf, slope in enumerate(slopes[i, k]):
                judge.gradient(place, leaf, slope)
    k = data.draw(st.integers(0, n))
    np.testing.assert_allclose(recorded.tape.input_gradients(samples, k), slopes[:, k], rtol=1e-13, atol=0)


@examples
@given(tame, st.data())
def test_gradients_of_weighted_batches(program: Program, data: st.DataObject) -> None:
    """Σ wᵢ·f(xᵢ), against the eager gradients added up without rounding; each call adds once more."""
    inputs = places(data.draw, program)
    recorded = Recorded(program, inputs)
    rng = random.Random(data.draw(seeds))
    size = data.draw(st.sampled_from([1, 2, 3, 8, 9, 33]), label="size")
    weights = data.draw(st.none() | st.just([rng.choice((0.0, 1.0, -0.5, 3.0)) for _ in range(size)]))
    last = len(program.leaves) + len(program.steps) - 1
    judges = []
    for _ in range(size):
        point = [x + 0.01 * rng.gauss(0, 1) if i in inputs else x for i, x in enumerate(program.leaves)]
        judges.append(Judge(program, point))
    samples = [[judge.values[i].data for i in inputs] for judge in judges]
    for _ in range(2):
        recorded.tape.backward(samples, weights)
    shares = weights or [1 / size] * size
    for leaf in recorded.others:
        limits = [judge.limit(last, leaf) for judge in judges]
        slopes = [judge.eager(last)[leaf] for judge in judges]
        if None not in limits and all(map(math.isfinite, slopes)):
            exact = 2 * math.fsum(map(operator.mul, shares, slopes))
            size_of = math.fsum(abs(w) * j.sweep.gradient(last)[leaf].size
                                for w, j in zip(shares, judges, strict=True))
            limit = 2 * math.fsum(abs(w) * e for w, e in zip(shares, limits, strict=True)) + 1e-12 * size_of
            assert abs(recorded.values[leaf].grad - exact) <= limit


@examples
@given(tame, seeds)
def test_jvp_is_the_jacobian_times_the_tangents(program: Program, seed: int) -> None:
    n = len(program.leaves) + len(program.steps)
    tape = Recorded(program, range(len(program.leaves)), range(n)).tape
    samples = np.array([program.leaves] * 3)
    tangents = np.random.default_rng(seed).normal(size=samples.shape)
    jacobian = tape.jacobian(samples)
    for given_tangents, full in ((tangents, tangents), (tangents[0], np.tile(tangents[0], (3, 1)))):
        values, found = tape.jvp(samples, given_tangents)
        sweep = Sweep(program, program.leaves)
        assert np.all(abs(values - tape(samples)) <= 1e-12 * np.array(sweep.sizes))
        for place in range(n):
            sizes = [each.size for each in sweep.gradient(place)]
            limit = 1e-12 * max(1.0, *sizes) * len(program.steps) * np.max(np.abs(full))
            expected = (jacobian[:, place] * full).sum(axis=1)
            assert not np.all(np.isfinite(expected)) or np.all(abs(found[:, place] - expected) <= limit)


@examples
@given(st.one_of(tame, wild), seeds, st.sampled_from([1, 9, 64, 129, 300]))
def test_threads_change_no_bit(program: Program, seed: int, size: int) -> None:
    recorded = Recorded(program, [0])
    samples = special_points(program, seed, size)[:, :1]
    samples[::3] = points(program, seed, size)[1:, :1][::3]
    found = set()
    for threads in (1, 2, 3, 5):
        recorded.set_parameters(program.leaves)
        arrays = [
            recorded.tape(samples, threads=threads), recorded.tape.input_gradients(samples, threads=threads),
            np.array([recorded.tape.backward(samples, threads=threads), *(v.grad for v in recorded.values)]),
        ]
        found.add(b"".join(a.tobytes() for a in arrays))
    assert len(found) == 1


# ---- against the derivatives of functional.py

FUNCTIONS = {
    "one to one": (lambda x: at.sin(x[0]) * at.exp(x[1] * 0.3) / (1 + x[2] ** 2), 3),
    "to several": (lambda x: [x[0] * at.tanh(x[1]), at.logsumexp(x), at.hypot(x[0], x[1]) ** 1.5], 2),
    "softmax": (lambda x: at.softmax(x), 4),
    "log_softmax": (lambda x: at.log_softmax(x), 3),
    "powers": (lambda x: [at.exp(x[0]) ** x[1], at.exp(x[1]) ** 3, 2.0 ** x[0], x[0] ** 3, x[1] ** -2], 2),
    "branches": (lambda x: at.where(at.greater(x[0], x[1]), x[0] * x[1], at.clip(x[1] * 3, -1.0, 1.0)), 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_the_functional_derivatives(name: str) -> None:
    f, n = FUNCTIONS[name]
    samples, tangents = batch(20, n, seed=3), batch(20, n, seed=4)
    tape = record(f, [0.3 + 0.2 * i for i in range(n)])
    as_array = lambda x: np.array(f(list(x)))  # noqa: E731
    values, changes = tape.jvp(samples, tangents)
    jacobian = tape.jacobian(samples)
    for i, x in enumerate(samples):
        value, change = functional.jvp(as_array, (x,), (tangents[i],))
        close(values[i], value)
        close(changes[i], change)
        close(jacobian[i], functional.jacobian(as_array)(x))


# ---- every row of the calculus, at its edges

def is_near(name: str, found: float, eager: float, xs: Sequence[float], slacks: dict[str, Any]) -> bool:
    if same(found, eager):
        return True
    slack = slacks.get(name, no_slack)(eager, *xs) if all(map(math.isfinite, (eager, *xs))) else 0.0
    return abs(found - eager) <= 1e-12 * abs(eager) + 8 * slack + 4 * DENORMAL


def operands_of(name: str) -> dict[int, list[tuple[float, ...]]]:
    """Edges and the points of test_ops.py, by their number of operands."""
    found: dict[int, list[tuple[float, ...]]] = {}
    for xs in [*edges(name), *REFERENCES[name].points[::3]]:
        found.setdefault(len(xs), []).append(xs)
    return found


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_samples_at_the_edges(name: str) -> None:
    for count, rows in operands_of(name).items():
        leaves = [Value(x) for x in next(xs for xs in (*comfortable(name), rows[0]) if len(xs) == count)] \
            if count <= 3 else [Value(0.4 + 0.1 * i) for i in range(count)]
        tape = record(perform(name, leaves), leaves)
        values, slopes = tape(rows).tolist(), tape.input_gradients(rows).tolist()
        for xs, value, found in zip(rows, values, slopes, strict=True):
            node = perform(name, [Value(x) for x in xs])
            if not overflows(name, xs):
                assert is_near(name, value, node.data, xs, VALUE_SLACK), (xs, value, node.data)
            for slope, eager in zip(found, node.local_grads, strict=True):
                assert is_near(name, slope, eager, xs, SLOPE_SLACK), (xs, slope, eager)


BINARY = [name for name, row in ROWS.items() if len(row.operands) == 2]


@pytest.mark.parametrize("kind", ["parameter", "constant"])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("name", BINARY)
def test_rows_with_one_number_for_all_samples(name: str, place: int, kind: str) -> None:
    """A parameter, or a constant such as an exponent, for which there may be a shorter way."""
    x, p = Value(0.4), Value(0.7)
    shared = record(perform(name, [p, x] if place == 0 else [x, p]), x) if kind == "parameter" else None
    for y in EDGES:
        p.data = y
        tape = shared or record(perform(name, [y, x] if place == 0 else [x, y]), x)
        values, slopes = tape(EDGES).tolist(), tape.input_gradients(EDGES).tolist()
        for each, value, (slope,) in zip(EDGES, values, slopes, strict=True):
            xs = (y, each) if place == 0 else (each, y)
            node = perform(name, [Value(v) for v in xs])
            assert is_near(name, value, node.data, xs, VALUE_SLACK), (xs, value, node.data)
            assert is_near(name, slope, node.local_grads[1 - place], xs, SLOPE_SLACK), (xs, slope)
            if kind == "parameter":
                p.grad = 0.0
                tape.backward([each])
                assert is_near(name, p.grad, node.local_grads[place], xs, SLOPE_SLACK), (xs, p.grad)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if len(row.operands) > 1 or row.is_nary])
def test_one_input_in_all_places(name: str) -> None:
    """Its derivatives add up."""
    for count in (2, 5) if ROWS[name].is_nary else (len(ROWS[name].operands),):
        x = Value(0.41)
        tape = record(perform(name, [x] * count), x)
        slopes = tape.input_gradients(EDGES)[:, 0].tolist()
        for each, value, slope in zip(EDGES, tape(EDGES).tolist(), slopes, strict=True):
            leaf = Value(each)
            node = perform(name, [leaf] * count)
            if not overflows(name, [each] * count):
                assert is_near(name, value, node.data, [each] * count, VALUE_SLACK), (each, value)
            total = gradients(node, leaf)
            limit = 1e-12 * sum(map(abs, node.local_grads)) + 4e-16
            assert same(slope, total) or abs(slope - total) <= limit, (each, slope, total)


def test_where_sends_nan_from_the_branch_that_is_not_taken() -> None:
    """As the note of its row says: 0 * inf, in eager code and here."""
    x = Value(1.0)
    tape = record(at.where(at.greater(x, 0.0), at.sqrt(x), x), x)
    assert tape([4.0, 0.0]).tolist() == [2.0, 0.0]
    found = tape.input_gradients([4.0, 0.0])[:, 0]
    leaf = Value(0.0)
    expected = gradients(at.where(at.greater(leaf, 0.0), at.sqrt(leaf), leaf), leaf)
    assert found[0] == 0.25 and same(found[1], expected) and math.isnan(expected)


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0)])
def test_signs_of_zero(x: float, y: float) -> None:
    """Of products and quotients; that of a sum depends on where the sum begins."""
    a, b = Value(1.0), Value(1.0)
    tape = record([a * b, -a, a / 3.0, a * 1.0, at.sin(a), at.maximum(a, a), a**3], [a, b])
    found = tape([[x, y]])[0]
    expected = [x * y, -x, x / 3.0, x, x, x, x]
    assert np.signbit(found).tolist() == np.signbit(expected).tolist() and not found.any()
