"""Jacobians in both ways, by a program of derivatives and by tangents, on both executors."""
import random
from itertools import pairwise

import numpy as np
import pytest
from references.tapes import batch, close, leaves

import autograd_tiny as at
from autograd_tiny import nn, record
from autograd_tiny.tape import batches
from autograd_tiny.tape.derivatives import jacobians
from autograd_tiny.tape.derivatives.jacobians import JacobianRunner
from autograd_tiny.tape.numpy_executor import NumpyExecutor


def sparse(x):
    return [at.sin(a) * b for a, b in pairwise(x)]


def dense(x):
    middle = [at.tanh(at.dot([0.1 * (i + k) for k in range(len(x))], x)) for i in range(40)]
    return [at.dot([(-1.0) ** k * 0.3 for k in range(40)], middle), at.logsumexp(middle)]


@pytest.mark.parametrize("f", [sparse, dense])
@pytest.mark.parametrize("on_numpy", [False, True])
def test_both_ways_give_the_jacobian(f, on_numpy, monkeypatch):
    if on_numpy:
        monkeypatch.setattr(batches, "executor_for", lambda program: NumpyExecutor)
    tape = record(f, [0.1, 0.5, -0.3, 0.7])
    xs = batch(9, 4)
    for most in (0, 10**6):
        monkeypatch.setattr(jacobians, "ALWAYS", most)
        monkeypatch.setattr(jacobians, "VECTORISED", 10**6 if most == 0 else 4)
        runner = JacobianRunner(tape.program)
        assert (runner.program is not None) == (most > 0)
        close(runner.run((), xs, 1), tape.jacobian(xs))


def test_the_way_follows_from_the_structure():
    assert JacobianRunner(record(sparse, [0.1 * i for i in range(40)]).program).program
    for activation, is_program in (("tanh", False), ("relu", True)):        # that of relu has no second derivatives
        model = nn.MLP(20, [32, 32, 1], activation, rng=random.Random(0))
        gradient = record(lambda x, model=model: model(x), [0.1 * i for i in range(20)]).gradient()
        assert (JacobianRunner(gradient.program).program is not None) == is_program


def test_the_hessian_of_a_network_against_hvp():
    model = nn.MLP(12, [16, 16, 1], "tanh", rng=random.Random(0))
    tape = record(lambda x: model(x), [0.1 * i for i in range(12)])
    xs = batch(5, 12)
    hessian = tape.hessian(xs)
    for k, direction in enumerate(np.eye(12)):
        close(tape.hvp(xs, direction), hessian[:, :, k])
    close(hessian, hessian.transpose(0, 2, 1))


def test_batches_of_tangents_are_divided(monkeypatch):
    monkeypatch.setattr(jacobians, "ALWAYS", 0)
    monkeypatch.setattr(jacobians, "VECTORISED", 10**6)
    monkeypatch.setattr(jacobians, "ROWS", 8)
    tape = record(dense, [0.1, 0.5, -0.3, 0.7])
    close(JacobianRunner(tape.program).run((), batch(7, 4), 1), tape.jacobian(batch(7, 4)))


def test_threads_change_no_bit():
    x, y = leaves("x", "y")
    tape = record(at.sin(x * y) * at.exp(x), [x, y])
    xs = batch(1000, 2)
    assert tape.hessian(xs).tobytes() == tape.hessian(xs, threads=3).tobytes()


def test_a_wrong_index_names_its_sample_in_both_ways(monkeypatch):
    tape = record(lambda x, k: at.take(sparse(x), k) * at.prod(x), [0.1, 0.5, -0.3, 0.7], 0)
    xs = np.hstack([batch(9, 4), np.zeros((9, 1))])
    xs[5, 4] = 3.0
    for most in (0, 10**6):
        monkeypatch.setattr(jacobians, "ALWAYS", most)
        monkeypatch.setattr(jacobians, "VECTORISED", 10**6 if most == 0 else 4)
        monkeypatch.setattr(jacobians, "ROWS", 12)              # some samples at a time
        runner = JacobianRunner(tape.gradient().program)
        assert (runner.program is not None) == (most > 0)
        with pytest.raises(IndexError, match=r"^sample 5: index 3 is out of range"):
            runner.run((), xs, 1)
