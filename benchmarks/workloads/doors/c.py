"""A random graph of 10,000 operations at one sample: replayed natively, in C by to_c, and in C as CasADi writes it."""
from __future__ import annotations

import math
import subprocess
from collections.abc import Callable, Sequence
from ctypes import CDLL, POINTER, addressof, c_double, c_int, c_void_p
from importlib import import_module
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ..calls import answers
from ..mixed_graphs import Step, evaluated, random_graph
from ..timing import Answers

SIZE, WIDTH, OPERATIONS = 100, 500, 10_000          # inputs, results not used yet at any time, operations


def exported(engine: str, how: str) -> Answers:
    """Value and gradient by the inputs. engine: native or casadi; how: c, or tape for the native tape."""
    point = [math.sin(i + 1) for i in range(SIZE)]
    steps, sample = random_graph(point, WIDTH, OPERATIONS), np.array([point])
    if engine == "casadi":
        return in_c_of_casadi(steps, sample)
    ours = import_module("autograd_tiny")
    leaves = list(map(ours.Value, point))
    tape = ours.record(evaluated(steps, leaves, ours), leaves)
    if how == "tape":
        return answers(lambda: tape.values_and_input_gradients(sample), lambda found: found, lambda: tape(sample))
    return in_c(tape, sample)


def in_c(tape: Any, sample: Any) -> Answers:
    """The functions that to_c writes."""
    with TemporaryDirectory() as folder:
        tape.to_c(Path(folder, "f.c"))
        library, milliseconds = compiled(folder)
    value, gradient = np.empty(1), np.empty(SIZE)
    work = np.empty(16 * OPERATIONS)
    f, f_grad = library.f, library.f_grad
    x, out, by_x, room = map(pointer, (sample, value, gradient, work))
    f.argtypes, f_grad.argtypes = [c_void_p] * 4, [c_void_p] * 6
    held = sample, value, gradient, work
    return answers(
        lambda: f_grad(x, None, out, by_x, None, room), lambda _, held=held: (value, gradient),
        lambda: f(x, None, out, room), milliseconds=milliseconds,
    )


def in_c_of_casadi(steps: Sequence[Step], sample: Any) -> Answers:
    """The functions that CasADi's code generator writes: of value and gradient, and of the value alone."""
    casadi = import_module("casadi")
    x = casadi.SX.sym("x", SIZE)
    output = evaluated([*steps], casadi.vertsplit(x), casadi)
    both = casadi.Function("both", [x], [output, casadi.densify(casadi.gradient(output, x))])
    generator = casadi.CodeGenerator("f.c")
    generator.add(both)
    generator.add(casadi.Function("alone", [x], [output]))
    with TemporaryDirectory() as folder:
        generator.generate(f"{folder}/")
        library, milliseconds = compiled(folder)
    value, gradient = np.empty(1), np.empty(SIZE)
    numbers = POINTER(c_double)
    arguments = (numbers * 1)(sample.ctypes.data_as(numbers))
    results = (numbers * 2)(*(each.ctypes.data_as(numbers) for each in (value, gradient)))
    held = arguments, results, sample

    def call(function: Any) -> Callable[[], Any]:
        function.argtypes = [c_void_p] * 4 + [c_int]
        place, to = addressof(arguments), addressof(results)
        return lambda: function(place, to, None, None, 0)

    return answers(
        call(library.both), lambda _, held=held: (value, gradient), call(library.alone), milliseconds=milliseconds
    )


def compiled(folder: str) -> tuple[CDLL, int]:
    """The library of the file f.c, and the processor time that its compilation took, in milliseconds."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(["cc", "-O3", "-shared", "-fPIC", "f.c", "-o", "f.so", "-lm"], cwd=folder, check=True)
    after = getrusage(RUSAGE_CHILDREN)
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return CDLL(str(Path(folder, "f.so"))), round(1e3 * seconds)


def pointer(array: Any) -> int:
    return int(array.ctypes.data)
