"""What is measured. Each engine runs a workload in its own process: `python workloads.py chain xad 40000`.

run.py starts it and asks, a line on standard input for each question: "times" for a few repetitions, "result"
for what was computed, "bytes" for the memory of a graph. The answer is a line of JSON. Between the questions
the process waits, so that engines can take turns. The garbage collector stays as Python leaves it.
"""
from __future__ import annotations

import json
import math
import os
import random
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise, repeat
from time import get_clock_info, perf_counter, process_time
from types import SimpleNamespace
from typing import Any

Answers = dict[str, Callable[[], Any]]      # for each question, what finds the answer
Phases = tuple[float, float, float]         # seconds for forward, backward, release

# Processor time, where it is precise enough. A wall clock counts what other programs take as well, and
# does so unfairly: a long step shares its time with them, a short one ends before its turn is over.
clock = process_time if get_clock_info("process_time").resolution < 1e-6 else perf_counter

PACKAGES = {"native": "autograd_tiny", "pure": "autograd_tiny", "micrograd": "micrograd"}


def repetitions(
    forward: Callable[[], Any], backward: Callable[[Any], None], release: Callable[[], None] = lambda: None
) -> list[Phases]:
    """Build a graph, differentiate it and let it go: to warm up, once more at least, and for 0.1 seconds."""
    found: list[Phases] = []
    until = clock() + 0.1
    while len(found) < 2 or clock() < until:
        start = clock()
        made = forward()
        built = clock()
        backward(made)
        differentiated = clock()
        del made
        release()
        found.append((built - start, differentiated - built, clock() - differentiated))
    return found


# ---- micrograd's moons demo

def two_moons() -> tuple[list[list[float]], list[float]]:
    """100 points on two half circles that interlock, with noise, and their labels 1 and -1."""
    rng = random.Random(1337)
    angles = [math.pi * i / 49 for i in range(50)]
    upper = [(math.cos(t), math.sin(t)) for t in angles]
    lower = [(1.0 - math.cos(t), 0.5 - math.sin(t)) for t in angles]
    points = [[x + rng.gauss(0.0, 0.1), y + rng.gauss(0.0, 0.1)] for x, y in upper + lower]
    return points, [1.0] * 50 + [-1.0] * 50


def moons(engine: str, network: str) -> Answers:
    """One loss over all points and its gradients; network: the package that MLP comes from."""
    nn: Any = import_module(f"{network}.nn")
    nn.Value = import_module(f"{PACKAGES[engine]}.engine").Value    # micrograd's network runs on either

    # from here on nothing depends on the engine
    points, labels = two_moons()
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])

    def loss() -> Any:
        inputs = [list(map(nn.Value, point)) for point in points]
        scores = list(map(model, inputs))
        losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        return data_loss + penalty

    def backward(total: Any) -> None:
        model.zero_grad()
        total.backward()

    def result() -> dict[str, Any]:
        total = loss()
        backward(total)
        return {"numbers": [total.data, *(p.grad for p in model.parameters())], **count(total)}

    return {"times": lambda: repetitions(loss, backward), "result": result}


def count(root: Any) -> dict[str, int]:
    """The nodes of a graph as micrograd counts them, each number in the code a node, too."""
    seen = {root}
    stack = [root]
    while stack:
        new = stack.pop()._prev - seen
        seen |= new
        stack.extend(new)
    return {"nodes": len(seen), "operations": len([node for node in seen if node._op])}


# ---- a chain of operations: a = a*y + x, again and again

class Engine:
    """How an engine makes a leaf, differentiates, and lets a graph go. This one: micrograd and ours."""

    def __init__(self, name: str) -> None:
        self.leaf: Callable[[float], Any] = import_module(f"{PACKAGES[name]}.engine").Value

    def record(self, *inputs: Any) -> None:
        """Called when the leaves are there, before the first operation."""

    def backward(self, output: Any) -> None:
        output.backward()

    def gradient(self, leaf: Any) -> float:
        return float(leaf.grad)

    def release(self) -> None:
        """Called when nobody holds the graph any more."""


class Torch(Engine):
    """Tensors that hold one number, in double precision."""

    def __init__(self) -> None:
        torch = import_module("torch")
        torch.set_num_threads(1)
        self.leaf = lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True)


class Xad(Engine):
    """The adjoint mode of XAD, on one tape that is used again: faster than a new one each time."""

    def __init__(self) -> None:
        xad = import_module("xad.adj_1st")
        self.leaf = xad.Real
        self.tape = xad.Tape()
        self.tape.activate()

    def record(self, *inputs: Any) -> None:
        self.tape.registerInputs(inputs)
        self.tape.newRecording()

    def backward(self, output: Any) -> None:
        self.tape.registerOutput(output)
        output.derivative = 1.0
        self.tape.computeAdjoints()

    def gradient(self, leaf: Any) -> float:
        return float(leaf.derivative)

    def release(self) -> None:
        self.tape.clearAll()


def open_engine(name: str) -> Engine:
    return Torch() if name == "torch" else Xad() if name == "xad" else Engine(name)


def chain_of(engine: Engine, operations: int) -> tuple[Any, Any, Any]:
    """The output and the two leaves of a chain."""
    x, y = engine.leaf(0.5), engine.leaf(0.999)
    engine.record(x, y)
    a = x
    # as timeit does: range would make an integer each turn, a tenth of the fastest engine's time
    for _ in repeat(None, operations // 2):
        a = a * y + x
    return a, x, y


def chain(name: str, operations: str) -> Answers:
    """A chain, differentiated with respect to both leaves."""
    engine = open_engine(name)

    def forward() -> tuple[Any, Any, Any]:
        return chain_of(engine, int(operations))

    def backward(made: tuple[Any, Any, Any]) -> None:
        engine.backward(made[0])

    def result() -> dict[str, Any]:
        made = forward()
        backward(made)
        return {"numbers": [engine.gradient(leaf) for leaf in made[1:]]}

    def bytes_per_operation() -> dict[str, float]:
        before = resident("VmRSS")
        made = forward()
        built = resident("VmRSS")
        backward(made)
        peak = resident("VmHWM")
        per = int(operations)
        return {"built": (built - before) / per, "peak": (peak - before) / per, "one": sys.getsizeof(made[0])}

    return {
        "times": lambda: repetitions(forward, backward, engine.release),
        "result": result,
        "bytes": bytes_per_operation,
    }


def resident(field: str) -> int:
    """The resident memory of this process in bytes: VmRSS now, VmHWM the most that it ever was (Linux)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith(field))


# ---- derivatives of functions: a gradient, a Hessian, a Jacobian

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
    # what turns a function into its derivative, how many numbers it takes, and the function, written twice
    "gradient": ("grad", 100, {"scalar": rosenbrock, "vectorised": rosenbrock_vectorised}),
    "Hessian": ("hessian", 30, {"scalar": rosenbrock, "vectorised": rosenbrock_vectorised}),
    "Jacobian": ("jacobian", 3, {"scalar": oscillation, "vectorised": oscillation_vectorised}),
}


def library(engine: str) -> tuple[Any, Any]:
    """What has grad, hessian and jacobian, and what has array, sin and exp to go with them."""
    if engine == "jax":
        os.environ["NPROC"] = "1"       # one thread, as for torch
        jax = import_module("jax")
        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_enable_x64", True)
    if engine in ("jax", "autograd"):
        return import_module(engine), import_module(f"{engine}.numpy")
    ours, numpy = import_module(PACKAGES[engine]), import_module("numpy")
    return ours, SimpleNamespace(array=numpy.array, arange=numpy.arange, sin=ours.sin, exp=ours.exp)


def point(size: int) -> list[float]:
    """Where to differentiate."""
    return [1.0 + 0.5 * math.sin(i) for i in range(size)]


def derivatives(engine: str, problem: str, writing: str, *jitted: str) -> Answers:
    """One of PROBLEMS; what turns functions into others does so once, before the first repetition."""
    transforms, m = library(engine)
    transform, size, functions = PROBLEMS[problem]
    function = functions[writing]
    derivative = getattr(transforms, transform)(lambda x: function(m, x))
    if jitted:
        derivative = transforms.jit(derivative)
    x = m.array(point(size))

    def derive() -> Any:
        found = derivative(x)
        return found.block_until_ready() if engine == "jax" else found

    return {
        "times": lambda: repetitions(derive, lambda found: None),
        "result": lambda: {"numbers": derive().ravel().tolist()},
    }


def cheap_gradient(engine: str, size: str) -> Answers:
    """Plain Python's rosenbrock, and the gradient of the same function; a repetition has both, in turn."""
    transforms, m = library(engine)
    gradient = transforms.grad(lambda x: rosenbrock(m, x))
    numbers = point(int(size))
    x = m.array(numbers)
    calls = 1000 // int(size) or 1      # in a repetition, so that reading the clock costs nothing beside them

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


def main() -> None:
    workload, *options = sys.argv[1:]
    workloads: dict[str, Callable[..., Answers]] = {
        "moons": moons, "chain": chain, "derivatives": derivatives, "cheap-gradient": cheap_gradient,
    }
    if workload not in workloads:
        workloads = import_module("tapes").WORKLOADS    # only now: it loads NumPy, which others do without
    answers = workloads[workload](*options)
    for question in sys.stdin:
        print(json.dumps(answers[question.strip()]()), flush=True)


if __name__ == "__main__":
    if sys.argv[2] == "micrograd":  # its backward calls itself once for each node along the longest path
        sys.setrecursionlimit(10**6)
        threading.stack_size(512 * 2**20)
        thread = threading.Thread(target=main)
        thread.start()
        thread.join()
    else:                           # a stack of that size makes everything on it slower, our backward twice
        main()
