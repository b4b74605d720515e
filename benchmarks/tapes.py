"""What is measured of tapes, and of what others do over and over again; workloads.py runs these.

The first phase of a repetition is the value and its gradient, the second, for tapes only, the value alone.
Each takes a millisecond, so that reading the clock costs nothing beside it; the seconds are those of a call.
"""
from __future__ import annotations

import os

os.environ |= dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")

import math
import operator
import random
import subprocess
from collections.abc import Callable, Iterable, Sequence
from ctypes import CDLL, POINTER, c_double, c_long
from importlib import import_module
from itertools import count, pairwise, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from workloads import (
    Answers, Engine, Phases, chain_of, clock, library, moons, repetitions, resident, two_moons,
)

Work = Callable[[], Any]
Layers = list[tuple[Any, Any]]          # of each layer the weights, a row for a neuron, and the biases
Step = tuple[Any, ...]                  # the name of an operation and the places of its operands


def answers(work: Work, numbers: Callable[[Any], Any], value: Work | None = None, **facts: int) -> Answers:
    """work: value and gradient; numbers: what was found, from what work returns; value: that alone."""
    def result() -> dict[str, Any]:
        return {"numbers": np.hstack([np.ravel(part) for part in numbers(work())]).tolist(), **facts}

    return {"times": lambda: repeated(work, value or (lambda: None)), "result": result}


def repeated(work: Work, value: Work) -> list[Phases]:
    """Repetitions: seconds for one call of each."""
    calls, value_calls = calls_in_a_millisecond(work), calls_in_a_millisecond(value)
    found = repetitions(lambda: call(work, calls), lambda _: call(value, value_calls))
    return [(both / calls, alone / value_calls, release) for both, alone, release in found]


def call(work: Work, times: int) -> None:
    for _ in repeat(None, times):
        work()


def calls_in_a_millisecond(work: Work) -> int:
    work()                              # to warm up, or to compile
    start = clock()
    work()
    return min(1000, math.ceil(1e-3 / (clock() - start)))


# ---- the loss of a network over a batch, and its gradient

NETWORKS = {"moons": (2, 16, 16, 1), "digits": (64, 32, 10), "mnist": (784, 64, 10)}


def network(engine: str, name: str, batch: str, how: str = "") -> Answers:
    """One of NETWORKS; how: "live" or "replay" for a tape, the type of the numbers for torch."""
    if engine == "micrograd":
        return network_of_micrograd()
    layers = initial_layers(name)
    inputs, targets = points(name, int(batch))
    if engine in ("numpy", "jax"):
        work = (moons_by_hand if engine == "numpy" else moons_of_jax)(layers, inputs, targets)
    elif engine == "torch":
        work = network_of_torch(layers, inputs, targets, how)
    else:
        return network_on_tape(layers, inputs, targets, how)
    return answers(work, lambda found: (found[0], flat(found[1])))


def initial_layers(name: str) -> Layers:
    """For the moons weights between -1 and 1, as micrograd draws them; else smaller ones, for many inputs."""
    rng = random.Random(1337)
    layers = []
    for nin, nout in pairwise(NETWORKS[name]):
        most = 1.0 if name == "moons" else nin**-0.5
        weights = [[most * rng.uniform(-1, 1) for _ in range(nin)] for _ in range(nout)]
        layers.append((np.array(weights), np.zeros(nout)))
    return layers


def points(name: str, batch: int) -> tuple[Any, Any]:
    """The inputs, a row for each sample, and the targets: 1.0 and -1.0 for the moons, else digits."""
    if name == "moons":
        inputs, labels = map(np.array, two_moons())
        return inputs, labels
    rng = np.random.default_rng(1337)
    return rng.random((batch, NETWORKS[name][0])), rng.integers(0, 10, batch)


def flat(layers: Iterable[tuple[Any, Any]]) -> Any:
    """All numbers, neuron by neuron, first the weights, then the bias: as MLP.parameters() has them."""
    return np.hstack([np.column_stack(layer).ravel() for layer in layers])


def network_on_tape(layers: Layers, inputs: Any, targets: Any, how: str) -> Answers:
    """The loss of one sample is recorded, with its target among the inputs."""
    ours = import_module("autograd_tiny")
    vectors = import_module("autograd_tiny.vectors")
    size = inputs.shape[1]
    model = ours.nn.MLP(size, [len(biases) for _, biases in layers])
    parameters = model.parameters()
    vectors.write(parameters, flat(layers))

    is_moons = targets.dtype == float
    samples = np.column_stack([inputs, targets if is_moons else np.eye(10)[targets]])
    leaves = list(map(ours.Value, samples[0].tolist()))
    x, target = leaves[:size], leaves[size:]
    if is_moons:
        loss = (1 + -target[0] * model(x)).relu() + 1e-4 * sum(p * p for p in parameters)
    else:
        scores = model(x)
        loss = ours.logsumexp(scores) - ours.dot(target, scores)
    tape = ours.record(loss, leaves, parameters)

    def live() -> float:
        return float(tape.backward(samples, accumulate=False))

    if how == "live":
        return answers(
            live, lambda loss: (loss, vectors.read_gradients(parameters)), lambda: tape(samples),
            instructions=len(tape),
        )
    numbers = vectors.read(parameters)
    return answers(
        lambda: tape.value_and_grad(samples, at=numbers), lambda found: found, instructions=len(tape),
    )


def torch_model(layers: Layers, dtype: str) -> tuple[Any, Any, Any]:
    """torch, the type of its numbers, and a network with relu between its layers."""
    torch = import_module("torch")
    torch.set_num_threads(1)
    numbers = getattr(torch, dtype)
    linears = [torch.nn.Linear(*weights.T.shape, dtype=numbers) for weights, _ in layers]
    with torch.no_grad():
        for linear, (weights, biases) in zip(linears, layers, strict=True):
            linear.weight.copy_(torch.tensor(weights))
            linear.bias.copy_(torch.tensor(biases))
    hidden = [module for linear in linears[:-1] for module in (linear, torch.nn.ReLU())]
    return torch, numbers, torch.nn.Sequential(*hidden, linears[-1])


def network_of_torch(layers: Layers, inputs: Any, targets: Any, dtype: str) -> Work:
    torch, numbers, model = torch_model(layers, dtype)
    x = torch.tensor(inputs, dtype=numbers)
    is_moons = targets.dtype == float
    y = torch.tensor(targets, dtype=numbers if is_moons else torch.int64)

    def hinge() -> Any:
        data_loss = (1 + -y * model(x).squeeze(1)).relu().mean()
        return data_loss + 1e-4 * sum((p * p).sum() for p in model.parameters())

    def cross_entropy() -> Any:
        return torch.nn.functional.cross_entropy(model(x), y)

    loss_of = hinge if is_moons else cross_entropy

    def step() -> tuple[Any, Any]:
        model.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss.detach(), [(linear.weight.grad, linear.bias.grad) for linear in model[::2]]

    return step


def moons_by_hand(layers: Layers, inputs: Any, labels: Any) -> Work:
    """Forward and backward in NumPy, written by hand."""
    (w1, b1), (w2, b2), (w3, b3) = layers

    def step() -> tuple[Any, Any]:
        hidden1 = np.maximum(inputs @ w1.T + b1, 0.0)
        hidden2 = np.maximum(hidden1 @ w2.T + b2, 0.0)
        margins = 1.0 - labels * (hidden2 @ w3[0] + b3)
        penalty = sum(np.vdot(p, p) for layer in layers for p in layer)
        loss = np.maximum(margins, 0.0).mean() + 1e-4 * penalty

        scores = np.where(margins > 0.0, labels, 0.0) * (-1.0 / len(labels))
        net2 = np.outer(scores, w3[0]) * (hidden2 > 0.0)
        net1 = (net2 @ w2) * (hidden1 > 0.0)
        return loss, [
            (net1.T @ inputs + 2e-4 * w1, net1.sum(axis=0) + 2e-4 * b1),
            (net2.T @ hidden1 + 2e-4 * w2, net2.sum(axis=0) + 2e-4 * b2),
            ((scores @ hidden2)[np.newaxis] + 2e-4 * w3, scores.sum(keepdims=True) + 2e-4 * b3),
        ]

    return step


def moons_of_jax(layers: Layers, inputs: Any, labels: Any) -> Work:
    """Vectorised and jitted."""
    jax, jnp = library("jax")

    def loss(layers: Layers, x: Any, y: Any) -> Any:
        *hidden, (weights, biases) = layers
        for w, b in hidden:
            x = jax.nn.relu(x @ w.T + b)
        data_loss = jax.nn.relu(1 + -y * (x @ weights.T + biases)[:, 0]).mean()
        return data_loss + 1e-4 * sum((p * p).sum() for layer in layers for p in layer)

    both = jax.jit(jax.value_and_grad(loss))
    arguments = jax.tree.map(jnp.array, (layers, inputs, labels))
    return lambda: jax.block_until_ready(both(*arguments))


def network_of_micrograd() -> Answers:
    """micrograd's demo as it is: a graph of all samples, anew each time."""
    demo = moons("micrograd", "micrograd")

    def times() -> list[Phases]:
        return [(forward + backward, 0.0, release) for forward, backward, release in demo["times"]()]

    return {"times": times, "result": demo["result"]}


# ---- a graph of mixed operations, and the gradient with respect to its inputs

GRAPHS = {      # inputs, results that wait to be used, operations, samples
    "large": (100, 500, 100_000, 1),
    "small": (8, 8, 60, 1_000),
}


class Operation(NamedTuple):
    """share: how often it comes; in C: its text, and its derivatives; u, v: operands, w: the result."""
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
    """One of GRAPHS; its output and gradient for each sample by itself."""
    size, width, operations, batch = GRAPHS[graph]
    point = [math.sin(i + 1) for i in range(size)]
    steps = random_graph(point, width, operations)
    samples = np.array(point) * np.random.default_rng(1337).uniform(0.99, 1.01, (batch, size))
    run = {"c": graph_in_c, "casadi": graph_of_casadi}.get(engine, graph_on_tape)
    work, numbers, value = run(steps, samples)
    return answers(work, numbers, value, operations=operations, samples=batch)


def random_graph(point: Sequence[float], width: int, operations: int) -> list[Step]:
    """Each takes a result that waits to be used and, if it takes two, another such or an input.

    The last operations add up what still waits, so that the output depends on everything. At the point
    no number exceeds 1, nor is a root's or a division's derivative large: else the gradient of a graph
    so deep would overflow, or depend on how each engine rounds.
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
    """The output; module: what has tanh, sin, cos, exp and sqrt for such inputs."""
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
    """Of one sample, with buffers that are used again."""
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
        """held: what trigger needs, but does not keep alive."""
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
    """Each operation a line, and each of its derivatives one: v3 is a number, a3 its adjoint."""
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


# ---- many parameters, read and written

def many_values(engine: str, count: str) -> Answers:
    """The first phase reads the numbers of Values, the second adds an array to their gradients."""
    ours = import_module("autograd_tiny")
    values = [ours.Value(i / 7) for i in range(int(count))]
    gradients = np.linspace(-1.0, 1.0, len(values))
    numbers = np.empty(len(values))

    def read() -> Any:
        return ours.vectors.read(values, numbers)

    def add() -> None:
        ours.vectors.add_gradients(values, gradients)

    return {"times": lambda: repeated(read, add), "result": lambda: {"numbers": read().tolist()}}


# ---- recording a chain

def recording(engine: str, operations: str) -> Answers:
    """A tape of a chain that is there already."""
    record = import_module("autograd_tiny").record
    small, *leaves = chain_of(Engine(engine), 10)
    record(small, leaves)               # loads what recording needs
    output, *leaves = chain_of(Engine(engine), int(operations))

    def found_bytes() -> dict[str, float]:
        before, start = resident("VmRSS"), clock()
        tape = record(output, leaves)
        seconds = clock() - start
        after, peak = resident("VmRSS"), resident("VmHWM")
        per = int(operations)
        return {
            "tape": (after - before) / per, "peak": (peak - before) / per, "instructions": len(tape),
            "seconds": seconds,
        }

    def times() -> list[Phases]:
        return repetitions(lambda: record(output, leaves), lambda _: None)

    return {"times": times, "bytes": found_bytes, "result": lambda: None}


WORKLOADS: dict[str, Callable[..., Answers]] = {
    "tape-network": network, "tape-one-sample": one_sample, "tape-recording": recording,
    "tape-parameters": many_values,
}
