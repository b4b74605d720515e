"""A random graph of mixed operations, and the gradient with respect to its inputs."""
from __future__ import annotations

import math
import operator
import random
import subprocess
from collections.abc import Callable, Iterable, Sequence
from ctypes import CDLL, POINTER, c_double, c_long
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from .calls import Work, answers
from .timing import Answers

Step = tuple[Any, ...]                  # the name of an operation and the places of its operands
GRAPHS = {      # inputs, results not used yet at any time, operations, samples
    "large": (100, 500, 100_000, 1),
    "small": (8, 8, 60, 1_000),
}


class Operation(NamedTuple):
    """An operation: its share of the graph, and in C its text and its derivatives (u, v: operands, w: result)."""

    share: int
    function: Callable[..., float]
    text: str
    derivatives: tuple[str, ...]


OPERATIONS = {
    "add": Operation(24, operator.add, "{u} + {v}", ("1.0", "1.0")),
    "sub": Operation(20, operator.sub, "{u} - {v}", ("1.0", "-1.0")),
    "mul": Operation(30, operator.mul, "{u} * {v}", ("{v}", "{u}")),
    "div": Operation(6, operator.truediv, "{u} / {v}", ("(1.0 / {v})", "(-{w} / {v})")),
    "tanh": Operation(4, math.tanh, "tanh({u})", ("(1.0 - {w} * {w})",)),
    "sin": Operation(4, math.sin, "sin({u})", ("cos({u})",)),
    "cos": Operation(4, math.cos, "cos({u})", ("-sin({u})",)),
    "exp": Operation(4, math.exp, "exp({u})", ("{w}",)),
    "sqrt": Operation(4, math.sqrt, "sqrt({u})", ("(0.5 / {w})",)),
}


def one_sample(engine: str, graph: str) -> Answers:
    """One of GRAPHS: its output and its gradient, for each sample."""
    size, width, operations, batch = GRAPHS[graph]
    point = [math.sin(i + 1) for i in range(size)]
    steps = random_graph(point, width, operations)
    samples = np.array(point) * np.random.default_rng(1337).uniform(0.99, 1.01, (batch, size))
    run = {"c": graph_in_c, "casadi": graph_of_casadi}.get(engine, graph_on_tape)
    work, numbers, value = run(steps, samples)
    return answers(work, numbers, value, operations=operations, samples=batch)


def random_graph(point: Sequence[float], width: int, operations: int) -> list[Step]:
    """Operations whose operands are results that have not been used yet; the second may be an input instead.

    The last operations add up the unused results, so that the output depends on everything. At the point no number
    exceeds 1, and no derivative of a root or a division is large: otherwise the gradient of so deep a graph would
    overflow, or depend on how each engine rounds.
    """
    rng = random.Random(1337)
    shares = [operation.share for operation in OPERATIONS.values()]
    values = [*point]
    steps: list[Step] = []
    waiting = [i % len(point) for i in range(width)]
    while len(steps) < operations - (width - 1):
        (name,) = rng.choices([*OPERATIONS], shares)
        chosen = rng.randrange(width)
        places = [waiting[chosen], rng.choice(rng.choice((waiting, range(len(point)))))]
        u, v = (values[i] for i in places)
        if places[0] == places[1] or (name == "sqrt" and u < 0.25) or (name == "div" and abs(v) < 0.5):
            continue
        arity = len(OPERATIONS[name].derivatives)
        result = OPERATIONS[name].function(*(u, v)[:arity])
        if abs(result) <= 1.0:
            steps.append((name, *places[:arity]))
            waiting[chosen] = len(values)
            values.append(result)
    total, *others = waiting
    for other, place in zip(others, count(len(values))):
        steps.append(("add", total, other))
        total = place
    return steps


def evaluated(steps: list[Step], inputs: Iterable[Any], module: Any) -> Any:
    """The output. module: has tanh, sin, cos, exp and sqrt for such inputs."""
    values = [*inputs]
    for name, *places in steps:
        function = OPERATIONS[name].function if len(places) == 2 else getattr(module, name)
        values.append(function(*[values[i] for i in places]))
    return values[-1]


Run = tuple[Work, Callable[[Any], Any], Work | None]


def graph_on_tape(steps: list[Step], samples: Any) -> Run:
    ours = import_module("autograd_tiny")
    leaves = list(map(ours.Value, samples[0].tolist()))
    tape = ours.record(evaluated(steps, leaves, ours), leaves)
    return lambda: tape.values_and_input_gradients(samples), lambda found: found, lambda: tape(samples)


def graph_of_casadi(steps: list[Step], samples: Any) -> Run:
    """One sample, with buffers that are used again."""
    casadi = import_module("casadi")
    x = casadi.SX.sym("x", samples.shape[1])
    output = evaluated(steps, casadi.vertsplit(x), casadi)
    function = casadi.Function("f", [x], [output, casadi.densify(casadi.gradient(output, x))])
    sample, value, gradient = samples[0].copy(), np.empty(1), np.empty(samples.shape[1])
    buffers, trigger = function.buffer()
    buffers.set_arg(0, sample.data)
    buffers.set_res(0, value.data)
    buffers.set_res(1, gradient.data)

    def numbers(_: None, held: Any = (function, buffers, sample)) -> tuple[Any, Any]:
        """held: objects that trigger needs but does not keep alive."""
        return value, gradient

    return trigger, numbers, None


def graph_in_c(steps: list[Step], samples: Any) -> Run:
    values, gradients = np.empty(len(samples)), np.empty_like(samples)
    with TemporaryDirectory() as folder:
        source, binary = Path(folder, "graph.c"), Path(folder, "graph.so")
        source.write_text(c_source(steps, samples.shape[1]), encoding="ascii")
        subprocess.run(["cc", "-O3", "-shared", "-fPIC", source, "-o", binary, "-lm"], check=True)
        function = CDLL(str(binary)).evaluate
    pointer = POINTER(c_double)
    function.argtypes, function.restype = [c_long, pointer, pointer, pointer], None
    # data_as: a pointer that keeps its array alive
    arguments = (len(samples), *[each.ctypes.data_as(pointer) for each in (samples, values, gradients)])
    return lambda: function(*arguments), lambda _: (values, gradients), None


def c_source(steps: list[Step], inputs: int) -> str:
    """A line for each operation and for each of its derivatives: v3 is a number, a3 its adjoint."""
    lines = [f"double v{i} = x[{i}];" for i in range(inputs)]
    for w, (name, *places) in enumerate(steps, inputs):
        names = {letter: f"v{i}" for letter, i in zip("uv", places, strict=False)}
        lines.append(f"double v{w} = {OPERATIONS[name].text.format(**names)};")
    output = len(lines) - 1
    lines.append(f"double a{output} = 1.0;")
    met = {output}
    for w, (name, *places) in reversed([*enumerate(steps, inputs)]):
        names = {letter: f"v{i}" for letter, i in zip("uv", places, strict=False)} | {"w": f"v{w}"}
        for i, derivative in zip(places, OPERATIONS[name].derivatives, strict=True):
            adds = f"a{i} +=" if i in met else f"double a{i} ="
            lines.append(f"{adds} a{w} * {derivative.format(**names)};")
            met.add(i)
    lines += [f"*value = v{output};", *(f"gradient[{i}] = a{i};" for i in range(inputs))]
    body = "\n        ".join(lines)
    return f"""\
#include <math.h>
void evaluate(long samples, const double *restrict x, double *restrict value, double *restrict gradient) {{
    for (; samples--; x += {inputs}, value++, gradient += {inputs}) {{
        {body}
    }}
}}
"""
