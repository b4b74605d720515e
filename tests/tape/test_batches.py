"""Batches: every size, divided into chunks and blocks, by one thread or several."""
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from references.tapes import Wave, batch, close, leaves, state

import autograd_tiny as at
from autograd_tiny import Value, operation, record
from autograd_tiny.tape.batches import BatchRunner

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
