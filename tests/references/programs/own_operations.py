"""Operations that users define by formulas, the same ones as Python functions, and their numbers at special points."""
from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, operation, record

EDGES = [0.0, -0.0, 1.0, -1.0, 0.3, -0.7, 2.5, 40.0, -800.0, 1e-310, 1e160, math.inf, -math.inf, math.nan]
MODERATE = [0.0, -0.0, 1.0, -1.0, 0.3, -0.7, 2.5, 40.0, -80.0, math.inf, -math.inf, math.nan]

# texts, and the same as functions: the value, and each derivative
DEFINITIONS: dict[str, tuple[tuple[str, ...], tuple[Callable[..., Any], ...]]] = {
    "softsign": (
        ("softsign(x) = x / (1 + abs(x))", "1 / (1 + abs(x))**2"),
        (lambda x: x / (1 + abs(x)), lambda x, f: 1 / (1 + at.abs(x)) ** 2),
    ),
    "of the value": (
        ("logistic(z) = 1 / (1 + exp(-z))", "f * (1 - f)"),
        (lambda z: 1 / (1 + at.exp(-z)), lambda z, f: f * (1 - f)),
    ),
    "with branches": (
        ("smooth(t) = where(t > 0, -log1p(exp(-t)), t - log1p(exp(t)))", "sigmoid(-t)"),
        (lambda t: -at.log1p(at.exp(-t)) if t > 0 else t - at.log1p(at.exp(t)), lambda t, f: at.sigmoid(-t)),
    ),
    "straight through": (
        ("through(x) = round(x)", "1"), (lambda x: at.round(x), lambda x, f: 1.0),
    ),
    "with another derivative": (
        ("other(x) = x * 2 - -log(0.5) + pi", "7 + f"),
        (lambda x: x * 2 - -math.log(0.5) + math.pi, lambda x, f: 7 + f),
    ),
    "the identity": (
        ("same(x) = x", "-1"), (lambda x: x, lambda x, f: -1.0),
    ),
    "of two": (
        ("bump(b, a) = exp(-a**2) * (b > 0) + hypot(a, b)", "-1e-05 * a", "where(b == 0, inf, b / f)"),
        (
            lambda b, a: at.exp(-(a**2)) * at.greater(b, 0) + at.hypot(a, b), lambda b, a, f: -1e-05 * a,
            lambda b, a, f: at.where(at.equal(b, 0), math.inf, b / f),
        ),
    ),
    "of one among two": (
        ("first(x, y) = sin(x)", "cos(x)", "0"),
        (lambda x, y: at.sin(x), lambda x, y, f: at.cos(x), lambda x, y, f: 0.0),
    ),
    "of four": (
        ("blend(p, q, r, s) = p*q + where(r > s, tanh(p), q) - where(r != r, nan, .25)", "q + f", "p", "r/2", "s - p"),
        (
            lambda p, q, r, s: (
                p * q + at.where(at.greater(r, s), at.tanh(p), q) - at.where(at.equal(r, r), 0.25, math.nan)
            ),
            lambda p, q, r, s, f: q + f, lambda p, q, r, s, f: p, lambda p, q, r, s, f: r / 2,
            lambda p, q, r, s, f: s - p,
        ),
    ),
    "flat": (
        ("stairs(x) = floor(x) + greater(x, 0.5)", "0"),
        (lambda x: at.floor(x) + at.greater(x, 0.5), lambda x, f: 0.0),
    ),
}


# texts in the place of those of softsign, in a file
TAMPERED: dict[str, list[Any]] = {
    "of no text": [[1, "1"]], "of no list": ["softsign(x) = x"], "empty": [[]],
    "without derivatives": [["softsign(x) = x"]],
    "with too many": [["softsign(x) = x", "1", "1"]], "twice": [["softsign(x) = x", "1"], ["softsign(x) = 2*x", "2"]],
    "of another name": [["other(x) = x", "1"]], "a name of the calculus": [["tanh(x) = x", "1"]],
    "of the prototype": [["__proto__(x) = x", "1"]], "no definition": [["alert(1)", "1"]],
    "an attribute": [["softsign(x) = x.constructor", "1"]], "a call of code": [["softsign(x) = eval(x)", "1"]],
    "a text": [["softsign(x) = 'x'", "1"]], "a template": [["softsign(x) = `x`", "1"]],
    "an index": [["softsign(x) = x[0]", "1"]],
    "a function of none": [["softsign(x) = sin()", "1"]], "an operand of none": [["softsign(x) = y", "1"]],
    "a prototype's name": [["softsign(x) = toString(x)", "1"]], "infinite": [["softsign(x) = 1e999 * x", "1"]],
    "deep": [["softsign(x) = " + "-" * 5000 + "x", "1"]], "long": [["softsign(x) = x" + " + x" * 5000, "1"]],
    "of many operands": [["softsign(" + ", ".join(f"x{k}" for k in range(40)) + ") = x0", *["1"] * 40]],
    "two statements": [["softsign(x) = x; x", "1"]], "a list": [["softsign(x) = sum([x])", "1"]],
    "code in a derivative": [["softsign(x) = x", "x.constructor"]], "f in the value": [["softsign(x) = f", "1"]],
}


def defined(name: str) -> Any:
    """The operation by formulas."""
    return operation(*DEFINITIONS[name][0])


def of_functions(name: str) -> Any:
    """The operation by Python functions."""
    value, *derivatives = DEFINITIONS[name][1]
    return operation(*derivatives)(value)


def points(count: int, numbers: list[float] = EDGES) -> np.ndarray:
    """Samples of these numbers: all of them, or a few hundred."""
    if count <= 2:
        return np.array([*product(numbers, repeat=count)])
    return np.random.default_rng(1).choice(numbers, size=(300, count))


def tape_of(own: Any) -> Any:
    """A tape of the operation, whose operands are the inputs."""
    return record(own, *[0.3 + 0.1 * k for k in range(len(own.operands))])


def eager(own: Any, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values (B,) and derivatives (B, operands) by the engine."""
    nodes = [own(*map(Value, sample.tolist())) for sample in samples]
    return np.array([node.data for node in nodes]), np.array([[*node.local_grads] for node in nodes])


def eager_hessian(own: Any, sample: np.ndarray) -> np.ndarray:
    """The second derivatives (operands, operands) by the engine."""
    xs = [Value(x) for x in sample.tolist()]
    firsts = gradients(own(*xs), xs, create_graph=True)
    return np.array([gradients(first, xs) if first.requires_grad else [0.0] * len(xs) for first in firsts])


def alike(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """Equal to the tolerance, relatively; not a number, the infinities and exact zeros included."""
    np.testing.assert_allclose(np.asarray(found, float).reshape(np.shape(expected)), expected, rtol=tolerance, atol=0)


# ---- larger tapes

SAME = operation("tanh_by_x(x) = where(x > 0, x, 3 * x)")     # a name that a file in C has for a derivative
HOSTILE = operation("constructor(int, NaN, arguments) = int - NaN * arguments")


def network() -> Any:
    """A tape with many of them, in loops, and derivatives of tanh."""
    own, rng = defined("softsign"), random.Random(1)
    model = nn.Sequential(nn.Layer(3, 64, own), nn.Layer(64, 8, SAME), nn.Layer(8, 2, "tanh"))
    for parameter in model.parameters():
        parameter.data = rng.uniform(-0.3, 0.3)
    return record(lambda x: [HOSTILE(*model(x), y) for y in x], [0.1, 0.2, 0.3])


def deep() -> Any:
    """Several hundred, one after the other."""
    own = operation("step(x, y) = y + sin(x) / 2", "cos(x) / 2", "1")

    def f(x):
        state = x
        for _ in range(300):
            state = own(state, x)
        return state

    return record(f, 0.3)
