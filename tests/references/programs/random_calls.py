"""Random calls of public names with arguments of all kinds, run as a program: whatever happens, it must not crash.

python tests/references/programs/random_calls.py SEED CALLS
"""
from __future__ import annotations

import copy
import io
import math
import os
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from typing import Any

import numpy as np

import autograd_tiny as at
from autograd_tiny import Tape, Value, record, vectors
from autograd_tiny.engine import functions, reductions, several_operands, value

LEFT_OUT = {        # they draw, train, write files or switch something for good
    "check_gradients", "compare_modes", "diagnose", "draw", "explain", "explore", "fit", "load_checkpoint",
    "network_diagram", "play", "plot_confusion_matrix", "plot_decision_regions", "plot_history", "plot_weights",
    "save_checkpoint", "set_backward_pass",
}
SPECIAL = ("__init__", "__add__", "__pow__", "__rpow__", "__copy__", "__reduce__", "__setstate__", "__lt__", "__eq__")
PARTS = "inputs", "parameters", "constants", "instructions", "outputs", "rates"
METHODS = ("__init__", "__add__", "__pow__", "__rpow__", "__copy__", "__reduce__", "__setstate__", "__lt__", "__eq__")
METHODS = (
    "__call__", "backward", "value_and_grad", "value_and_grad_unchecked", "input_gradients", "jacobian", "jvp",
    "zero_grad", "listing", "cost",
)


def tape() -> Tape:
    w = [Value(0.5), Value(2.0)]
    return record(lambda x, y: [at.relu(w[0] * x + w[1] * y), at.max([x, y, w[0]])], 1.0, 2.0)


def things() -> list[Any]:
    """Arguments, and things to put in the place of attributes."""
    v = [Value(float(i)) for i in range(3)]
    total, clipped, recorded = at.sum(v), at.clip(v[0], 0.0, 1.0), tape()
    return [
        0, -1, 1.5, 2**70, math.nan, math.inf, "a", b"x", None, True, (), [], {}, 1j, object(), Value, float,
        (1.5,) * 7, v, tuple(v), tuple(v) * 5, v[0], v[0] * v[1], total, clipped, total.left, clipped.left,
        np.zeros(3), np.zeros(0), np.zeros((2, 2)), np.zeros(3, np.float32), np.zeros(3, int), np.zeros(3)[::-1],
        np.array(v), recorded, recorded.program, recorded.program.instructions, recorded.parameters,
        recorded.program.instructions[0].operation, at.Dual(1.0, 2.0), lambda *each: 1.0, lambda *each: v[0],
        memoryview(b"abc"), iter(v), range(3), [5], [-9], [2, 1], bytearray(b"\1" * 9),
    ]


def targets() -> list[Callable[..., Any]]:
    named = [(name, getattr(at, name)) for name in dir(at)] + [(name, getattr(Value, name)) for name in dir(Value)]
    for module in (vectors, functions, reductions, several_operands, value):
        own = [(name, each) for name, each in vars(module).items() if hasattr(each, "__module__")]
        named += [(name, each) for name, each in own if each.__module__ == module.__name__]
    return [
        each for name, each in named
        if callable(each) and name not in LEFT_OUT and (not name.startswith("__") or name in SPECIAL)
    ]


def call(rng: random.Random, known: Sequence[Callable[..., Any]]) -> None:
    found = rng.choice(known)(*rng.choices(things(), k=rng.randint(0, 4)))
    if type(found) is Value:
        found.backward()
        repr((found, copy.deepcopy(found), found.operands, found.local_grads))


def changed_tape(rng: random.Random) -> None:
    recorded, others = tape(), things()
    for changed in (recorded, recorded.program):
        for name in rng.sample(PARTS, rng.randint(0, 2)):
            with suppress(Exception):
                setattr(changed, name, rng.choice(others))
    arrays = [np.ones((5, 2)), np.ones((300, 2))] * 20
    getattr(recorded, rng.choice(METHODS))(*rng.choices(others + arrays, k=rng.randint(0, 4)))


def changed_value(rng: random.Random) -> None:
    others = things()
    x = rng.choice([each for each in others if type(each) is Value])
    with suppress(Exception):
        setattr(x, rng.choice([name for name in dir(x) if not name.startswith("__")]), rng.choice(others))
    y = at.exp(x) * 2 + at.sum([x, x])
    y.backward()
    repr((y, copy.deepcopy(y)))


def main(seed: int, calls: int) -> None:
    rng, known = random.Random(seed), targets()
    for _ in range(calls):
        with redirect_stdout(io.StringIO()), suppress(Exception):
            rng.choice([lambda rng: call(rng, known)] * 3 + [changed_tape, changed_value])(rng)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        main(*map(int, sys.argv[1:]))
        print(at.engine_kind(), "did not crash")
