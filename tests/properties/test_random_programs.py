"""Random graphs and random batches: the tape gives the numbers and gradients of eager code.

The tolerance is 1e-12 times the same sweep with absolute values, plus the spread of a few sweeps in which each rounding
is a little different. Where a rounding decides the result (the side of a comparison, nan or not, overflow or not), the
result of eager code is accidental, and nothing is compared. references/programs/random_tapes.py has the judge.
"""
from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from references.operations import EDGES, ROWS, DERIVATIVE_SLACK, VALUE_SLACK, comfortable, perform, same
from references.programs.random_graphs import Program, on_leaves
from references.programs.random_tapes import (
    BINARY, FUNCTIONS, Judge, Recorded, Sweep, examples, is_near, operands_of, overflows, places, points, seeds,
    special_points, tame, wild,
)
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Value, engine_kind, gradients, record
from autograd_tiny.transforms import functional

pytestmark = pytest.mark.usefixtures("each_simd")

# ---- every number of a tape is that of eager code

@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@examples
@given(st.data())
def test_values_and_input_gradients(programs: Any, make: Callable[..., Any], data: st.DataObject) -> None:
    """All leaves are inputs, and all samples are in one batch."""
    program = data.draw(programs)
    samples = make(program, data.draw(seeds), 7)
    tape = Recorded(program, range(len(program.leaves))).tape
    outputs, derivatives = tape(samples), tape.input_gradients(samples)
    last = len(program.leaves) + len(program.steps) - 1
    for point, output, row in zip(samples.tolist(), outputs, derivatives, strict=True):
        judge = Judge(program, point)
        judge.value(last, output)
        for leaf, derivative in enumerate(row):
            judge.gradient(last, leaf, derivative)


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
        for leaf, derivative in zip(recorded.inputs, recorded.tape.input_gradients(x)[0], strict=True):
            judge.gradient(last, leaf, derivative)


@examples
@given(st.one_of(tame, wild), st.data())
def test_every_result_as_an_output(program: Program, data: st.DataObject) -> None:
    """Leaves and results in between, in any order and some twice: several outputs that share their parts."""
    n = len(program.leaves) + len(program.steps)
    outputs = data.draw(st.permutations([*range(n), n - 1]), label="outputs")
    recorded = Recorded(program, range(len(program.leaves)), outputs)
    samples = data.draw(st.sampled_from([points, special_points]))(program, data.draw(seeds), 3)
    values, derivatives = recorded.tape(samples), recorded.tape.jacobian(samples)
    for i, point in enumerate(samples.tolist()):
        judge = Judge(program, point)
        for k, place in enumerate(outputs):
            judge.value(place, values[i, k])
            for leaf, derivative in enumerate(derivatives[i, k]):
                judge.gradient(place, leaf, derivative)
    k = data.draw(st.integers(0, n))
    np.testing.assert_allclose(recorded.tape.input_gradients(samples, k), derivatives[:, k], rtol=1e-13, atol=0)


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
        derivatives = [judge.eager(last)[leaf] for judge in judges]
        if None not in limits and all(map(math.isfinite, derivatives)):
            exact = 2 * math.fsum(map(operator.mul, shares, derivatives))
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
@given(wild, seeds)
def test_jvp_is_forward_mode_also_where_nothing_is_finite(program: Program, seed: int) -> None:
    """A number that does not change along a direction sends nothing on; 0 · inf is nan where a product is meant."""
    n = len(program.leaves)
    tape = Recorded(program, range(n)).tape
    for point in special_points(program, seed, 2).tolist():
        for k, direction in enumerate(np.eye(n).tolist()):
            values, changes = tape.jvp([point], direction)
            value, change = functional.jvp(lambda *leaves: on_leaves(program, leaves)[-1], (*point,), (*direction,))
            assert same(values[0], value) or abs(values[0] - value) <= 1e-9 * abs(value)
            assert same(changes[0], change) or abs(changes[0] - change) <= 1e-9 * abs(change), (point, k)


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


@pytest.mark.skipif(engine_kind() != "native", reason="NumPy's products of matrices add up as its library likes")
@examples
@given(st.one_of(tame, wild), seeds)
def test_the_size_of_a_batch_changes_no_bit(program: Program, seed: int) -> None:
    n = len(program.leaves)
    tape = Recorded(program, range(n)).tape
    samples = np.concatenate([points(program, seed, 8), special_points(program, seed, 8)])
    for method in (tape, tape.input_gradients, lambda xs: tape.jvp(xs, np.ones(n))[1]):
        whole = method(samples)
        for part in (slice(0, 1), slice(9, 10), slice(3, 5), slice(1, 17)):
            np.testing.assert_array_equal(method(samples[part]), whole[part])


# ---- against the derivatives of functional.py

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

@pytest.mark.parametrize("name", ROWS)
def test_rows_of_samples_at_the_edges(name: str) -> None:
    for count, rows in operands_of(name).items():
        leaves = [Value(x) for x in next(xs for xs in (*comfortable(name), rows[0]) if len(xs) == count)] \
            if count <= 3 else [Value(0.4 + 0.1 * i) for i in range(count)]
        tape = record(perform(name, leaves), leaves)
        values, derivatives = tape(rows).tolist(), tape.input_gradients(rows).tolist()
        for xs, value, found in zip(rows, values, derivatives, strict=True):
            node = perform(name, [Value(x) for x in xs])
            if not overflows(name, xs):
                assert is_near(name, value, node.data, xs, VALUE_SLACK), (xs, value, node.data)
            for derivative, eager in zip(found, node.local_grads, strict=True):
                assert is_near(name, derivative, eager, xs, DERIVATIVE_SLACK), (xs, derivative, eager)


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
        values, derivatives = tape(EDGES).tolist(), tape.input_gradients(EDGES).tolist()
        for each, value, (derivative,) in zip(EDGES, values, derivatives, strict=True):
            xs = (y, each) if place == 0 else (each, y)
            node = perform(name, [Value(v) for v in xs])
            assert is_near(name, value, node.data, xs, VALUE_SLACK), (xs, value, node.data)
            assert is_near(name, derivative, node.local_grads[1 - place], xs, DERIVATIVE_SLACK), (xs, derivative)
            if kind == "parameter":
                p.grad = 0.0
                tape.backward([each])
                assert is_near(name, p.grad, node.local_grads[place], xs, DERIVATIVE_SLACK), (xs, p.grad)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if len(row.operands) > 1 or row.is_nary])
def test_one_input_in_all_places(name: str) -> None:
    """Its derivatives add up."""
    for count in (2, 5) if ROWS[name].is_nary else (len(ROWS[name].operands),):
        x = Value(0.41)
        tape = record(perform(name, [x] * count), x)
        derivatives = tape.input_gradients(EDGES)[:, 0].tolist()
        for each, value, derivative in zip(EDGES, tape(EDGES).tolist(), derivatives, strict=True):
            leaf = Value(each)
            node = perform(name, [leaf] * count)
            if not overflows(name, [each] * count):
                assert is_near(name, value, node.data, [each] * count, VALUE_SLACK), (each, value)
            total = gradients(node, leaf)
            limit = 1e-12 * sum(map(abs, node.local_grads)) + 4e-16
            assert same(derivative, total) or abs(derivative - total) <= limit, (each, derivative, total)


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
