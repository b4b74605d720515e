"""The functions of vector_math.h in the rows of a tape, against NumPy's and SciPy's, by the element."""
from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from scipy import special

import autograd_tiny as at

from .timing import Answers, clock

SAMPLES, COPIES = 4096, 32
TURNS, REPETITIONS = 15, 8
PEERS: dict[str, Any] = {
    "exp": np.exp, "log": np.log, "sigmoid": special.expit, "tanh": np.tanh, "sin": np.sin, "erf": special.erf,
    "cos": np.cos, "tan": np.tan, "softplus": lambda x, out: np.logaddexp(0.0, x, out=out), "expm1": np.expm1,
    "log1p": np.log1p, "exp2": np.exp2, "log2": np.log2, "log10": np.log10, "cbrt": np.cbrt, "erfc": special.erfc,
    "sinh": np.sinh, "cosh": np.cosh, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "atan2": lambda x, out: np.arctan2(x, 0.7, out=out),
    "hypot": lambda x, out: np.hypot(x, 0.7, out=out), "pow": lambda x, out: np.power(x, 0.7, out=out),
}
SECOND = {"atan2": at.atan2, "hypot": at.hypot, "pow": lambda x, y: x**y}       # their second operand is 0.7


def points(name: str) -> Any:
    """Ordinary numbers within the domain, also when a little is added to them."""
    x = np.random.default_rng(0).normal(size=SAMPLES)
    if name in ("log", "log2", "log10", "pow"):
        return np.abs(x) + 0.1
    if name in ("asin", "acos", "atanh"):
        return np.clip(x / 4.0, -0.9, 0.9)
    return np.abs(x) + 1.1 if name == "acosh" else x


def taped(function: Callable[[Any], Any]) -> at.Tape:
    """The sum of a function at so many places near x."""
    return at.record(lambda x: at.sum([function(x + 0.001 * k) for k in range(COPIES)]), 0.5)


def nanoseconds(run: Callable[[], object]) -> float:
    start = clock()
    for _ in range(REPETITIONS):
        run()
    return (clock() - start) / REPETITIONS / SAMPLES * 1e9


def functions(name: str) -> Answers:
    """For each function the nanoseconds an element: on a tape, less those of abs in its place, and by the peer."""
    def times() -> dict[str, list[float]]:
        return {each: measured(each) for each in PEERS}

    return {"times": times}


def measured(name: str) -> list[float]:
    x, out = points(name), np.empty(SAMPLES)
    function = (lambda v: SECOND[name](v, 0.7)) if name in SECOND else getattr(at, name)
    tape, simple = taped(function), taped(abs)
    peer = PEERS[name]
    turns = [
        [nanoseconds(run) for run in (lambda: tape(x), lambda: simple(x), lambda: peer(x, out=out))]
        for _ in range(TURNS)
    ]
    ours = median(long - short for long, short, _ in turns) / COPIES
    return [ours, median(each for _, _, each in turns)]
