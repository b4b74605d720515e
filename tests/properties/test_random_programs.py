"""Random graphs and random batches: the tape gives the numbers and gradients of eager code.

The tolerance is 1e-12 times the same sweep with absolute values, plus the spread of a few sweeps in which each rounding
is a little different. Where a rounding decides the result (the side of a comparison, nan or not, overflow or not), the
result of eager code is accidental, and nothing is compared. references/programs/random_tapes.py has the judge. One
judgement serves all kernels of this machine: they must agree bit for bit.
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
from references.tapes import batch, close, on_all_kernels

import autograd_tiny as at
from autograd_tiny import Value, engine_kind, gradients, record
from autograd_tiny.transforms import functional

# ---- every number of a tape is that of eager code

@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@examples
@given(st.data())
def test_values_and_input_gradients(programs: Any, make: Callable[..., Any], data: st.DataObject) -> None:
    """All leaves are inputs, and all samples are in one batch."""
    program = data.draw(programs)
    samples = make(program, data.draw(seeds), 7)

    def computed() -> Any:
        tape = Recorded(program, range(len(program.leaves))).tape
        return tape(samples), tape.input_gradients(samples)

    outputs, derivatives = on_all_kernels(computed)
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
    inputs = places(data.draw, program)
    samples = make(program, data.draw(seeds), 3).tolist()
    last = len(program.leaves) + len(program.steps) - 1

    def computed() -> Any:
        recorded, found = Recorded(program, inputs), np.zeros((len(samples), 2 + len(program.leaves)))
        used = {id(v) for v in recorded.tape.parameters}
        for row, point in zip(found, samples, strict=True):
            recorded.set_parameters(point)
            x = [[point[i] for i in inputs]]
            row[:2] = recorded.tape.backward(x), recorded.tape(x)[0]
            row[2:][recorded.others] = [recorded.values[leaf].grad for leaf in recorded.others]
            row[2:][inputs] = recorded.tape.input_gradients(x)[0]
        unused = [leaf for leaf in recorded.others if id(recorded.values[leaf]) not in used]
        assert not found[:, 2:][:, unused].any()
        return found, unused

    found, unused = on_all_kernels(computed)
    for point, (by_backward, value, *derivatives) in zip(samples, found, strict=True):
        judge = Judge(program, point)
        judge.value(last, by_backward)
        judge.value(last, value)
        for leaf, derivative in enumerate(derivatives):
            if leaf not in unused:
                judge.gradient(last, leaf, derivative)


@examples
@given(st.one_of(tame, wild), st.data())
def test_every_result_as_an_output(program: Program, data: st.DataObject) -> None:
    """Leaves and results in between, in any order and some twice: several outputs that share their parts."""
    n = len(program.leaves) + len(program.steps)
    outputs = data.draw(st.permutations([*range(n), n - 1]), label="outputs")
    samples = data.draw(st.sampled_from([points, special_points]))(program, data.draw(seeds), 3)
    one = data.draw(st.integers(0, n))

    def computed() -> Any:
        tape = Recorded(program, range(len(program.leaves)), outputs).tape
        return tape(samples), tape.jacobian(samples), tape.input_gradients(samples, one)

    values, derivatives, of_one = on_all_kernels(computed)
    for i, point in enumerate(samples.tolist()):
        judge = Judge(program, point)
        for k, place in enumerate(outputs):
            judge.value(place, values[i, k])
            for leaf, derivative in enumerate(derivatives[i, k]):
                judge.gradient(place, leaf, derivative)
    np.testing.assert_allclose(of_one, derivatives[:, one], rtol=1e-13, atol=0)


@examples
@given(tame, st.data())
def test_gradients_of_weighted_batches(program: Program, data: st.DataObject) -> None:
    """Σ wᵢ·f(xᵢ), against the eager gradients added up without rounding; each call adds once more."""
    inputs = places(data.draw, program)
    rng = random.Random(data.draw(seeds))
    size = data.draw(st.sampled_from([1, 2, 3, 8, 9, 33]), label="size")
    weights = data.draw(st.none() | st.just([rng.choice((0.0, 1.0, -0.5, 3.0)) for _ in range(size)]))
    last = len(program.leaves) + len(program.steps) - 1
    judges = []
    for _ in range(size):
        point = [x + 0.01 * rng.gauss(0, 1) if i in inputs else x for i, x in enumerate(program.leaves)]
        judges.append(Judge(program, point))
    samples = [[judge.values[i].data for i in inputs] for judge in judges]

    def computed() -> Any:
        recorded = Recorded(program, inputs)
        for _ in range(2):
            recorded.tape.backward(samples, weights)
        return [[v.grad for v in recorded.values[: len(program.leaves)]]]

    (gradient,) = on_all_kernels(computed)
    shares = weights or [1 / size] * size
    for leaf in {*range(len(program.leaves))} - {*inputs}:
        limits = [judge.limit(last, leaf) for judge in judges]
        derivatives = [judge.eager(last)[leaf] for judge in judges]
        if None not in limits and all(map(math.isfinite, derivatives)):
            exact = 2 * math.fsum(map(operator.mul, shares, derivatives))
            size_of = math.fsum(abs(w) * j.sweep.gradient(last)[leaf].size
                                for w, j in zip(shares, judges, strict=True))
            limit = 2 * math.fsum(abs(w) * e for w, e in zip(shares, limits, strict=True)) + 1e-12 * size_of
            assert abs(gradient[leaf] - exact) <= limit


@examples
@given(tame, seeds)
def test_jvp_is_the_jacobian_times_the_tangents(program: Program, seed: int) -> None:
    n = len(program.leaves) + len(program.steps)
    samples = np.array([program.leaves] * 3)
    tangents = np.random.default_rng(seed).normal(size=samples.shape)

    def computed() -> Any:
        tape = Recorded(program, range(len(program.leaves)), range(n)).tape
        return tape(samples), tape.jacobian(samples), *tape.jvp(samples, tangents), *tape.jvp(samples, tangents[0])

    expected_values, jacobian, *both = on_all_kernels(computed)
    sweep = Sweep(program, program.leaves)
    for values, found, full in (*both[:2], tangents), (*both[2:], np.tile(tangents[0], (3, 1))):
        assert np.all(abs(values - expected_values) <= 1e-12 * np.array(sweep.sizes))
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
    along = [(point, direction) for point in special_points(program, seed, 2).tolist() for direction in np.eye(n)]

    def computed() -> Any:
        tape = Recorded(program, range(n)).tape
        return [np.concatenate(tape.jvp([point], direction)) for point, direction in along]

    for (point, direction), found in zip(along, on_all_kernels(computed), strict=True):
        expected = functional.jvp(lambda *xs: on_leaves(program, xs)[-1], (*point,), (*direction.tolist(),))
        for x, y in zip(found, expected, strict=True):
            assert same(x, y) or abs(x - y) <= 1e-9 * abs(y), (point, direction)


@examples
@given(st.one_of(tame, wild), seeds, st.sampled_from([1, 9, 64, 129, 300]))
def test_threads_change_no_bit(program: Program, seed: int, size: int) -> None:
    samples = special_points(program, seed, size)[:, :1]
    samples[::3] = points(program, seed, size)[1:, :1][::3]

    def computed() -> Any:
        recorded, found = Recorded(program, [0]), {}
        for threads in (1, 2, 3, 5):
            recorded.set_parameters(program.leaves)
            arrays = [
                recorded.tape(samples, threads=threads), recorded.tape.input_gradients(samples, threads=threads),
                np.array([recorded.tape.backward(samples, threads=threads), *(v.grad for v in recorded.values)]),
            ]
            found[b"".join(a.tobytes() for a in arrays)] = arrays
        assert len(found) == 1
        return arrays

    on_all_kernels(computed)


@pytest.mark.skipif(engine_kind() != "native", reason="NumPy's products of matrices add up as its library likes")
@examples
@given(st.one_of(tame, wild), seeds)
def test_the_size_of_a_batch_changes_no_bit(program: Program, seed: int) -> None:
    n = len(program.leaves)
    samples = np.concatenate([points(program, seed, 8), special_points(program, seed, 8)])

    def computed() -> Any:
        tape = Recorded(program, range(n)).tape
        methods = tape, tape.input_gradients, lambda xs: tape.jvp(xs, np.ones(n))[1]
        found = [method(samples) for method in methods]
        for method, whole in zip(methods, found, strict=True):
            for part in (slice(0, 1), slice(9, 10), slice(3, 5), slice(1, 17)):
                np.testing.assert_array_equal(method(samples[part]), whole[part])
        return found

    on_all_kernels(computed)


# ---- against the derivatives of functional.py

@pytest.mark.parametrize("name", FUNCTIONS)
def test_against_the_functional_derivatives(name: str) -> None:
    f, n = FUNCTIONS[name]
    samples, tangents = batch(20, n, seed=3), batch(20, n, seed=4)
    as_array = lambda x: np.array(f(list(x)))  # noqa: E731

    def computed() -> Any:
        tape = record(f, [0.3 + 0.2 * i for i in range(n)])
        return *tape.jvp(samples, tangents), tape.jacobian(samples)

    values, changes, jacobian = on_all_kernels(computed)
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

        def computed(leaves: Any = leaves, rows: Any = rows) -> Any:
            tape = record(perform(name, leaves), leaves)
            return tape(rows), tape.input_gradients(rows)

        values, derivatives = on_all_kernels(computed)
        for xs, value, found in zip(rows, values.tolist(), derivatives.tolist(), strict=True):
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
    def computed() -> Any:
        x, p = Value(0.4), Value(0.7)
        shared = record(perform(name, [p, x] if place == 0 else [x, p]), x) if kind == "parameter" else None
        found = []
        for y in EDGES:
            p.data = y
            tape = shared or record(perform(name, [y, x] if place == 0 else [x, y]), x)
            rows = np.column_stack([tape(EDGES), tape.input_gradients(EDGES), np.zeros(len(EDGES))])
            if kind == "parameter":
                for row, each in zip(rows, EDGES, strict=True):
                    p.grad = 0.0
                    tape.backward([each])
                    row[2] = p.grad
            found.append(rows)
        return found

    for y, rows in zip(EDGES, on_all_kernels(computed), strict=True):
        for each, (value, derivative, of_shared) in zip(EDGES, rows.tolist(), strict=True):
            xs = (y, each) if place == 0 else (each, y)
            node = perform(name, [Value(v) for v in xs])
            assert is_near(name, value, node.data, xs, VALUE_SLACK), (xs, value, node.data)
            assert is_near(name, derivative, node.local_grads[1 - place], xs, DERIVATIVE_SLACK), (xs, derivative)
            if kind == "parameter":
                assert is_near(name, of_shared, node.local_grads[place], xs, DERIVATIVE_SLACK), (xs, of_shared)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if len(row.operands) > 1 or row.is_nary])
def test_one_input_in_all_places(name: str) -> None:
    """Its derivatives add up."""
    for count in (2, 5) if ROWS[name].is_nary else (len(ROWS[name].operands),):
        def computed(count: int = count) -> Any:
            x = Value(0.41)
            tape = record(perform(name, [x] * count), x)
            return tape(EDGES), tape.input_gradients(EDGES)[:, 0]

        values, derivatives = on_all_kernels(computed)
        for each, value, derivative in zip(EDGES, values.tolist(), derivatives.tolist(), strict=True):
            leaf = Value(each)
            node = perform(name, [leaf] * count)
            if not overflows(name, [each] * count):
                assert is_near(name, value, node.data, [each] * count, VALUE_SLACK), (each, value)
            total = gradients(node, leaf)
            limit = 1e-12 * sum(map(abs, node.local_grads)) + 4e-16
            assert same(derivative, total) or abs(derivative - total) <= limit, (each, derivative, total)


def test_where_sends_nan_from_the_branch_that_is_not_taken() -> None:
    """As the note of its row says: 0 * inf, in eager code and here."""
    def computed() -> Any:
        x = Value(1.0)
        tape = record(at.where(at.greater(x, 0.0), at.sqrt(x), x), x)
        return tape([4.0, 0.0]), tape.input_gradients([4.0, 0.0])[:, 0]

    values, found = on_all_kernels(computed)
    assert values.tolist() == [2.0, 0.0]
    leaf = Value(0.0)
    expected = gradients(at.where(at.greater(leaf, 0.0), at.sqrt(leaf), leaf), leaf)
    assert found[0] == 0.25 and same(found[1], expected) and math.isnan(expected)


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0)])
def test_signs_of_zero(x: float, y: float) -> None:
    """Of products and quotients; that of a sum depends on where the sum begins."""
    def computed() -> Any:
        a, b = Value(1.0), Value(1.0)
        return record([a * b, -a, a / 3.0, a * 1.0, at.sin(a), at.maximum(a, a), a**3], [a, b])([[x, y]])

    found = on_all_kernels(computed)[0]
    expected = [x * y, -x, x / 3.0, x, x, x, x]
    assert np.signbit(found).tolist() == np.signbit(expected).tolist() and not found.any()
