"""The executor with NumPy, against the native one where that was built, and against eager code."""
import random

import numpy as np
import pytest
from references.custom import cube, wave
from references.programs.random_graphs import SMOOTH, random_program
from references.programs.random_tapes import Recorded, points
from references.tapes import METHODS, batch, close, on_numpy

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, record
from autograd_tiny.tape import numpy_executor

pytestmark = pytest.mark.usefixtures("each_simd")


def networks():
    """Layers with weights that stand regularly and that don't, dots with factors, scalars computed once."""
    rng = random.Random(0)
    x = [Value(0.3), Value(-0.7), Value(0.2)]
    model = nn.MLP(3, [9, 8, 2], rng=rng)
    scores = model(x)
    shuffled = rng.sample(model.parameters(), 9)
    yield at.logsumexp(scores) - scores[0], x
    yield [*scores, at.sum([p * p for p in shuffled])], x
    yield [at.dot(shuffled[k : k + 3], x, at.exp(shuffled[k])) * x[0] for k in (0, 3, 6)], x
    yield at.maximum(x[0] * x[1] + x[1] * x[2], shuffled[0]) - at.prod([*x, shuffled[1]]), x


@pytest.mark.parametrize("network", range(4))
@pytest.mark.parametrize("size", [1, 5, 2000])
def test_networks_give_the_same_numbers_on_both_executors(network, size):
    tapes = [record(*list(networks())[network]) for _ in range(2)]
    xs = batch(size, 3)
    native, other = tapes[0], on_numpy(tapes[1])
    for method in METHODS.values():
        for found, expected in zip(np.atleast_1d(method(other, xs)), np.atleast_1d(method(native, xs)), strict=True):
            close(found, expected)
    for k in range(len(native.program.outputs)):
        weights = batch(size, 1, seed=k)[:, 0]
        value, gradient = native.value_and_grad(xs, weights, output=k)
        other_value, other_gradient = other.value_and_grad(xs, weights, output=k)
        close(other_value, value)
        close(other_gradient, gradient)


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_random_programs_give_the_same_numbers_on_both_executors(seed):
    program = random_program(seed, 20, SMOOTH)
    native, other = (Recorded(program, [0]).tape for _ in range(2))
    xs = points(program, seed, 8)[:, :1]
    on_numpy(other)
    close(other(xs), native(xs), 1e-10)
    close(other.input_gradients(xs), native.input_gradients(xs), 1e-10)
    close(other.value_and_grad(xs)[1], native.value_and_grad(xs)[1], 1e-10)


def test_operations_of_users_run_here():
    x, w = Value(0.5), Value(2.0)
    tape = record(at.sum([cube(x * w), wave(x, w)]), x)
    assert tape.backend == "numpy"
    xs = [0.1, -0.4, 0.9]
    for k, t in enumerate(xs):
        leaves = Value(t), Value(2.0)
        f = cube(leaves[0] * leaves[1]) + wave(*leaves)
        assert tape(xs)[k] == pytest.approx(f.data, rel=1e-15)
        assert tape.input_gradients(xs)[k, 0] == pytest.approx(gradients(f, leaves[0]), rel=1e-14)


def test_blocks_take_a_limited_number_of_samples(monkeypatch):
    monkeypatch.setattr(numpy_executor, "ROOM", 60)
    x, w = Value(0.5), Value(2.0)
    few, whole = (record(at.tanh(x * w) + x, x) for _ in range(2))
    on_numpy(few)
    (runner,) = few._runners.values()
    assert 1 < runner.executor.width < 60
    xs = batch(200, 1)
    close(few(xs), whole(xs))
    close(few.value_and_grad(xs)[1], whole.value_and_grad(xs)[1])
