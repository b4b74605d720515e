"""Tapes replayed natively, and as functions of JAX, compiled by jax.jit: value and gradient by the parameters."""
from __future__ import annotations

import math
from importlib import import_module
from time import perf_counter
from typing import Any

import numpy as np

from ..calls import answers
from ..mixed_graphs import evaluated, random_graph
from ..network_losses import tape_of_loss
from ..networks import initial_layers
from ..timing import Answers

DEPTH = 10_000          # steps of the recurrence, of four instructions each
WIDTH, OPERATIONS = 500, 5_000          # of the mixed graph


def jax_function(engine: str, job: str, batch: str) -> Answers:
    """The mean of "moons", 2-16-16-1, of "recurrence" or of "mixed". engine: native or jax."""
    rng = np.random.default_rng(1337)
    if job == "moons":
        labels = np.where(rng.random(int(batch)) < 0.5, 1.0, -1.0)
        tape, samples, _ = tape_of_loss(initial_layers("moons"), rng.normal(size=(int(batch), 2)), labels)
    elif job == "recurrence":
        tape, samples = recurrence(), rng.normal(size=(int(batch), 1))
    else:
        tape, samples = mixed(), math.sin(1) * rng.uniform(0.99, 1.01, (int(batch), 1))
    numbers = np.array([p.data for p in tape.parameters])
    if engine == "jax":
        return of_jax(tape, samples, numbers)
    return answers(
        lambda: tape.value_and_grad(samples, at=numbers), lambda found: found, lambda: tape(samples), compiling=0,
        instructions=len(tape),
    )


def recurrence() -> Any:
    """A deep program: each instruction needs the one before it."""
    ours = import_module("autograd_tiny")
    a, b, x = ours.Value(0.9), ours.Value(0.3), ours.Value(0.1)
    y = x
    for _ in range(DEPTH):
        y = ours.tanh(ours.sin(y) * a) * ours.sigmoid(y) + b
    return ours.record(y, x)


def mixed() -> Any:
    """A random graph of nine operations, wide and deep, of one input and seven parameters."""
    ours = import_module("autograd_tiny")
    leaves = [ours.Value(math.sin(i + 1)) for i in range(8)]
    point = [x.data for x in leaves]
    return ours.record(evaluated(random_graph(point, WIDTH, OPERATIONS), leaves, ours), leaves[0])


def of_jax(tape: Any, samples: Any, numbers: Any) -> Answers:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    f = tape.to_jax()
    samples, numbers = jax.numpy.asarray(samples), jax.numpy.asarray(numbers)
    both = jax.jit(jax.value_and_grad(lambda p, x: f(p, x).mean()))
    alone = jax.jit(f)
    start = perf_counter()
    both = both.lower(numbers, samples).compile()
    seconds = perf_counter() - start
    return answers(
        lambda: jax.block_until_ready(both(numbers, samples)), lambda found: found,
        lambda: jax.block_until_ready(alone(numbers, samples)), compiling=round(1000 * seconds), instructions=len(tape),
    )
