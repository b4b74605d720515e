"""Batches: every size, divided into chunks and blocks, by one thread or several."""
import math
import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from references.tapes import Wave, batch, close, leaves, state

import autograd_tiny as at
from autograd_tiny import Value, engine_kind, gradients, nn, operation, record
from autograd_tiny.tape.batches import BatchRunner

pytestmark = pytest.mark.usefixtures("each_simd")

SIZES = [1, 2, 7, 8, 9, 31, 33, 64, 100, 129, 257, 1000]


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_a_batch(size):
    its, xs = Wave(), batch(size)
    expected = its.eager(xs)
    close(its.tape(xs), expected[:, 0])
    close(its.tape.input_gradients(xs), expected[:, 1:3])
    close(its.tape.jacobian(xs), expected[:, 1:3])
    assert its.tape.backward(xs) == pytest.approx(expected[:, 0].mean(), rel=1e-12)
    close([its.w.grad, its.b.grad], expected[:, 3:].mean(axis=0))


@pytest.mark.parametrize("size", SIZES)
def test_threads_change_no_bit(size):
    xs, weights = batch(size), batch(size, 1)[:, 0]
    found = set()
    for threads in (1, 2, 3, 5):
        its = Wave(outputs=2)
        loss = its.tape.backward(xs, weights, threads=threads)
        arrays = [
            its.tape(xs, threads=threads), its.tape.input_gradients(xs, 1, threads=threads),
            its.tape.jacobian(xs, threads=threads), *its.tape.jvp(xs, [0.3, -2.0], threads=threads),
            np.array([loss, its.w.grad, its.b.grad]),
        ]
        found.add(b"".join(a.tobytes() for a in arrays))
    assert len(found) == 1


def test_the_same_call_gives_the_same_bits():
    its, xs = Wave(), batch(1000)
    assert len({its.tape(xs).tobytes() for _ in range(5)}) == 1


def test_several_python_threads_on_one_tape():
    its = Wave()
    batches = [batch(size, seed=size) for size in (1, 10, 300, 1000)] * 4
    expected = [its.tape(xs).tobytes() + its.tape.input_gradients(xs).tobytes() for xs in batches]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda xs: its.tape(xs).tobytes() + its.tape.input_gradients(xs).tobytes(), batches)
        assert list(found) == expected


def test_an_empty_batch():
    for tape in (Wave().tape, Wave(outputs=2).tape):
        xs = np.empty((0, 2))
        shape = (0, *tape([[1.0, 1.0]]).shape[1:])
        assert tape(xs).shape == shape and tape(xs).dtype == np.float64
        assert tape.input_gradients(xs).shape == (0, 2)
        assert tape.jacobian(xs).shape == (*shape, 2)
        for tangents in (xs, [1.0, 2.0]):
            assert [a.shape for a in tape.jvp(xs, tangents)] == [shape] * 2


def test_backward_over_no_samples_is_an_error():
    its = Wave()
    before = state(*its.parameters)
    for weights in (None, []):
        with pytest.raises(ValueError):
            its.tape.backward(np.empty((0, 2)), weights)
    assert state(*its.parameters) == before


def counted():
    """An operation that counts how often it is asked for its value, and for its derivative."""
    calls = {"value": 0, "derivative": 0}

    def derivative(x, f):
        calls["derivative"] += 1
        return 2 * x

    @operation(derivative)
    def square(x):
        calls["value"] += 1
        return x * x

    return square, calls


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_nodes_of_parameters_alone_run_once_per_call(size):
    square, calls = counted()
    x, w = leaves("x", "w")
    tape = record(square(w) * x, x)
    xs = np.linspace(-1.0, 1.0, size)
    for method in (tape, tape.backward):
        calls.update(value=0, derivative=0)
        method(xs)
        assert calls["value"] == 1 and calls["derivative"] <= 1
    w.data = 3.0
    assert tape([2.0]).tolist() == [18.0]
    w.grad = 0.0
    tape.backward([2.0, 4.0], [1.0, 1.0])
    assert w.grad == 36.0


def test_nodes_of_parameters_alone_may_be_outputs_and_operands():
    x, w = leaves("x", "w")
    square = at.exp(w) + w * w
    tape = record([square, square * x], x)
    w.data = 2.0
    value = math.exp(2.0) + 4.0
    assert tape([1.0, 3.0]).tolist() == [pytest.approx([value, value]), pytest.approx([value, 3 * value])]
    tape.backward([1.0, 3.0], [1.0, 1.0], output=0)
    assert w.grad == pytest.approx(2 * (math.exp(2.0) + 4.0))


@pytest.mark.parametrize("size", [1, 8, 100, 5000, 10**6])
def test_chunks_cover_a_batch_in_order(size):
    runner = BatchRunner(record(at.tanh(Value(1.0, "w") * (x := Value(1.0))), x).program)
    chunks = runner._chunks(size)
    assert [*range(size)] == [i for chunk in chunks for i in range(chunk.start, chunk.stop)]
    assert len(chunks) <= 16 and all(chunk.start % runner.executor.width == 0 for chunk in chunks)


def test_arrays_are_used_again():
    its, xs = Wave(), batch(10)
    for _ in range(5):
        its.tape.backward(xs)
        its.tape(xs)
        its.tape.value_and_grad(xs)
    (runner,) = its.tape._runners.values()
    assert len(runner.spare) == 2


# ---- a sample gives the same numbers in a batch of any size

AT_THE_EDGE = {
    "1 / 0": (lambda x, w: w / x, [0.0, -0.0, 2.0]),
    "log 0": (lambda x, w: at.log(x) * w, [0.0, -1.0, 3.0]),
    "0 ** -1": (lambda x, w: x**-1 + w, [0.0, -0.0, 4.0]),
    "(-1) ** 0.5": (lambda x, w: w * x**0.5, [-1.0, 0.0, 4.0]),
    "1e200 ** 2": (lambda x, w: (x * w) ** 2, [1e200, -1e200, 1.0]),
    "exp 1000": (lambda x, w: at.exp(x * w), [1000.0, -1000.0, 1.0]),
    "inf - inf": (lambda x, w: x - x * w, [math.inf, 1.0, -math.inf]),
    "0 · inf": (lambda x, w: x * at.log(w - w), [0.0, 1.0, -1.0]),
    "a loss": (lambda x, w: nn.losses.binary_cross_entropy(x * w, 1.0), [-1e308, 800.0, math.nan]),
}


@pytest.mark.parametrize("size", [1, 2, 99, 100, 4097])
@pytest.mark.parametrize("name", AT_THE_EDGE)
def test_numbers_at_the_edge_are_those_of_eager_code(name, size):
    f, numbers = AT_THE_EDGE[name]
    w = Value(1.5, "w")
    tape = record(lambda x: f(x, w), 1.0)
    xs = (numbers * 1400)[:size]
    expected = []
    for x in numbers:
        leaf = Value(x)
        y = f(leaf, w)
        expected.append([y.data, *gradients(y, [leaf, w])])
    expected = np.array((expected * 1400)[:size])
    found = np.column_stack([tape(xs), tape.input_gradients(xs)])
    np.testing.assert_allclose(found, expected[:, :2], rtol=4e-16)
    of_parameters = [tape.value_and_grad([x])[1][0] for x in xs[:3]]
    np.testing.assert_allclose(of_parameters, expected[:3, 2], rtol=4e-16)


@pytest.mark.skipif(engine_kind() != "native", reason="NumPy's products of matrices add up as its library likes")
@pytest.mark.parametrize("size", [1, 2, 7, 99, 100, 129, 4097])
def test_a_sample_gives_the_same_bits_in_a_batch_of_any_size(size):
    model = nn.MLP(3, [20, 17, 2], activation="tanh", rng=random.Random(0))
    x = [Value(0.1 * i) for i in range(3)]
    tape = record([*model(x), at.logsumexp(model(x)), x[0] * x[1] + x[1] * x[2] - x[0] ** 3], x)
    xs, direction = batch(4097, 3), [1.0, -0.5, 2.0]
    for method in (tape, tape.jacobian, lambda xs: tape.jvp(xs, direction)[1]):
        assert method(xs[:size]).tobytes() == method(xs)[:size].tobytes()
        assert method(xs[-size:]).tobytes() == method(xs)[-size:].tobytes()
    eager = [[y.data for y in model(row)] for row in xs[:size].tolist()]
    np.testing.assert_allclose(tape(xs[:size])[:, :2], eager, rtol=1e-13, atol=1e-14)
