"""Derivatives of functions: a gradient, a Hessian, a Jacobian; and a gradient beside its function."""
from __future__ import annotations

import math
import os
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise, repeat
from types import SimpleNamespace
from typing import Any

from .timing import Answers, repetitions


def rosenbrock(m: Any, x: Any) -> Any:
    """Rosenbrock's valley, one number at a time."""
    return sum(100 * (b - a**2)**2 + (1 - a)**2 for a, b in pairwise(x))


def rosenbrock_vectorised(m: Any, x: Any) -> Any:
    a, b = x[:-1], x[1:]
    return (100 * (b - a**2)**2 + (1 - a)**2).sum()


def oscillation(m: Any, x: Any) -> Any:
    """A damped oscillation at 100 points of time, one number at a time."""
    a, b, c = x
    times = [i / 100 for i in range(100)]
    return m.array([m.sin(t * a * b) * m.exp(-t * c) + a * b * c for t in times])


def oscillation_vectorised(m: Any, x: Any) -> Any:
    a, b, c = x
    t = m.arange(100) / 100
    return m.sin(t * a * b) * m.exp(-t * c) + a * b * c


PROBLEMS: dict[str, tuple[str, int, dict[str, Callable[[Any, Any], Any]]]] = {
    # the name of the transform, the number of inputs, and the function, written in two ways
    "gradient": ("grad", 100, {"scalar": rosenbrock, "vectorised": rosenbrock_vectorised}),
    "Hessian": ("hessian", 30, {"scalar": rosenbrock, "vectorised": rosenbrock_vectorised}),
    "Jacobian": ("jacobian", 3, {"scalar": oscillation, "vectorised": oscillation_vectorised}),
}


def library(engine: str) -> tuple[Any, Any]:
    """The module with grad, hessian and jacobian, and the one with array, sin and exp that goes with it."""
    if engine == "jax":
        os.environ["NPROC"] = "1"       # one thread, as for torch
        jax = import_module("jax")
        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_enable_x64", True)
    if engine in ("jax", "autograd"):
        return import_module(engine), import_module(f"{engine}.numpy")
    ours, numpy = import_module("autograd_tiny"), import_module("numpy")
    return ours, SimpleNamespace(array=numpy.array, arange=numpy.arange, sin=ours.sin, exp=ours.exp)


def point(size: int) -> list[float]:
    """Where to differentiate."""
    return [1.0 + 0.5 * math.sin(i) for i in range(size)]


def derivatives(engine: str, problem: str, writing: str, *jitted: str) -> Answers:
    """One of PROBLEMS. The function is transformed once, before the first repetition."""
    transforms, m = library(engine)
    transform, size, functions = PROBLEMS[problem]
    function = functions[writing]
    recorded = jitted and engine in ("native", "pure")
    scalar = (lambda x: function(m, x)) if not recorded else transforms.jit(lambda x: function(m, x))
    derivative = getattr(transforms, transform)(scalar)
    if jitted and not recorded:
        derivative = transforms.jit(derivative)
    x = m.array(point(size))

    def derive() -> Any:
        found = derivative(x)
        return found.block_until_ready() if engine == "jax" else found

    return {
        "times": lambda: repetitions(derive, lambda found: None),
        "result": lambda: {"numbers": derive().ravel().tolist()},
    }


def minimisation(engine: str, method: str) -> Answers:
    """SciPy's minimisation of Rosenbrock's function of ten numbers, by the jitted value and gradient."""
    transforms, m = library(engine)
    minimize = import_module("scipy.optimize").minimize
    asarray = import_module("numpy").asarray
    start = m.array([-1.2, 1.0] * 5)
    if engine == "jax":
        jitted = transforms.jit(transforms.value_and_grad(lambda x: rosenbrock(m, x)))

        def both(x: Any) -> Any:
            value, gradient = jitted(x)
            return float(value), asarray(gradient)
    else:
        both = transforms.value_and_grad(transforms.jit(lambda x: rosenbrock(m, x)))

    def minimise() -> Any:
        return minimize(both, asarray(start), jac=True, method=method)

    return {
        "times": lambda: repetitions(minimise, lambda found: None),
        "result": lambda: {"numbers": [round(x, 3) for x in minimise().x.tolist()]},
    }


def cheap_gradient(engine: str, size: str) -> Answers:
    """Plain Python's rosenbrock, and the gradient of the same function; a repetition runs both, one after the other."""
    transforms, m = library(engine)
    gradient = transforms.grad(lambda x: rosenbrock(m, x))
    numbers = point(int(size))
    x = m.array(numbers)
    calls = 1000 // int(size) or 1      # in a repetition, so that reading the clock takes no share of the time

    def evaluate() -> None:
        for _ in repeat(None, calls):
            rosenbrock(m, numbers)

    def differentiate(_: None) -> None:
        for _ in repeat(None, calls):
            gradient(x)

    return {
        "times": lambda: repetitions(evaluate, differentiate),
        "result": lambda: {"numbers": gradient(x).tolist(), "calls": calls},
    }
