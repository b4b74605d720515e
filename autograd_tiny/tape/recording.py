"""From a graph, or from a function, to a program: what `record` in tape.py does."""
from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from threading import RLock
from typing import Any, NamedTuple

from .. import vectors
from ..boundary.arguments import describe
from ..calculus.operations import LEAF
from ..engine.graph import topological_order
from ..engine.value import Value, plain_float
from ..transforms.call import Call, name_of, names_of_arguments
from ..transforms.dual import number
from ..transforms.pytree import Structure, flatten
from .branch_guard import no_branches
from .listing import listed
from .program import CONSTANT, Program, translated

GOLDEN = 0.6180339887498949     # its multiples are spread evenly between whole numbers


class Recording(NamedTuple):
    """A program, the Values that are its parameters, its inputs' names, the structure of its outputs."""

    program: Program
    parameters: tuple[Value, ...]
    inputs: list[str]
    outputs: Structure

    @property
    def labels(self) -> list[str]:
        """Those of the parameters."""
        return [x.label for x in self.parameters]

    def listing(self) -> str:
        """The instructions as lines to read."""
        return listed(self.program, self.inputs, self.labels)


def of_graph(output: Any, inputs: Any, parameters: Any = None) -> Recording:
    """The program that computes what eager code has just computed."""
    outputs, structure = _values(output, "output")
    leaves = _leaves(_values(inputs, "inputs")[0], "an input")
    recording = _recorded(outputs, leaves, [x.label for x in leaves], structure, _given(parameters))
    for node, slot in zip(outputs, recording.program.outputs, strict=True):
        if recording.program.kind(slot) == CONSTANT:
            raise ValueError(
                f"{node!r} depends on no input and no parameter: was it made under no_grad(), or detached?"
            )
    return recording


def of_function(
    f: Callable[..., Any], *examples: Any, parameters: Any = None, check: bool = True
) -> Recording:
    """The program that does what a function does, wherever it is called."""
    if not examples:
        raise ValueError(f"an example for each argument of {name_of(f)} is expected, got none")
    call = Call(f, examples, {}, range(len(examples)), False, integer_arrays=True)
    numbers, given = [number(x) for x in call.numbers], _given(parameters)
    first = _run(call, numbers)
    if not check:
        return _recorded(*first, given)
    elsewhere = second_point(numbers)
    leaves = given
    if leaves is None:
        leaves = _possible_parameters(first.inputs, topological_order(*first.outputs))
    with _moved(leaves):
        second = _run_again(call, elsewhere)
    if given is None:
        again = second
        if {*map(id, leaves)} - _ids(second):   # some were made in f, unless f chose others at that point
            again = _run_again(call, numbers)
        known = _ids(second) | _ids(again)
        given = [x for x in leaves if id(x) in known]
    recording, other = (_recorded(*run, given, parameters is None) for run in (first, second))
    _compare(name_of(f), elsewhere, recording, other)
    return recording


def _ids(run: _Run) -> set[int]:
    return {id(x) for x in topological_order(*run.outputs)}


def _given(parameters: Any) -> list[Value] | None:
    """The parameters that somebody chose."""
    if parameters is None:
        return None
    if isinstance(parameters, Iterator):
        parameters = list(parameters)
    return _leaves(_values(parameters, "parameters")[0], "a parameter")


class _Run(NamedTuple):
    """A call of a function that is to be recorded."""

    outputs: list[Value]
    inputs: list[Value]
    names: list[str]
    structure: Structure


def _run(call: Call, numbers: Sequence[float]) -> _Run:
    """What comes out when a function runs on new Values."""
    names = [name.strip("'") for name in names_of_arguments(call.fun, call.structure)]
    inputs = [Value(x, name) for x, name in zip(numbers, names, strict=True)]
    with no_branches(inputs):
        found, structure, _ = call.run(inputs)
    if not found:
        raise ValueError(f"{name_of(call.fun)} returned no number")
    outputs = [x if type(x) is Value else Value(plain_float(x), requires_grad=False) for x in found]
    return _Run(outputs, inputs, names, structure)


def _recorded(
    outputs: list[Value], inputs: list[Value], names: list[str], structure: Structure,
    given: list[Value] | None, in_order_of_use: bool = False,
) -> Recording:
    """The program, and its parameters: those that were given, or all possible ones in order of their use."""
    known = {id(x) for x in inputs}
    for x in given or ():
        if id(x) in known:
            raise ValueError(f"{x!r} is given as an input and as a parameter: it can only be one of them")
    collector_was_on = gc.isenabled()
    try:
        gc.disable()                            # it would look through all the new tuples again and again
        order = topological_order(*outputs)
        parameters = _possible_parameters(inputs, order) if given is None else given
        program = translated(order, inputs, parameters, outputs)
        if given is None or in_order_of_use:
            used = program.order_of_parameters()
            program, parameters = program.with_parameters(used), [parameters[k] for k in used]
        return Recording(program.once_first(), tuple(parameters), names, structure)
    finally:
        if collector_was_on:
            gc.enable()


def _possible_parameters(inputs: list[Value], order: list[Value]) -> list[Value]:
    """The leaves that require a gradient."""
    known = {id(x) for x in inputs}
    return [x for x in order if x.operation is LEAF and x.requires_grad and id(x) not in known]


def _values(given: Any, what: str) -> tuple[list[Value], Structure]:
    """The Values in any nesting of sequences, dicts and arrays: one at least, but for parameters."""
    values, structure = flatten(given, what, integer_arrays=True)
    if not values and what != "parameters":
        raise ValueError(f"{what}: one Value at least is expected, got {describe(given)}")
    for x in values:
        if type(x) is not Value:
            raise TypeError(f"{what}: Values are expected, got {describe(x)}")
    return values, structure


def _leaves(values: list[Value], what: str) -> list[Value]:
    seen: set[int] = set()
    for x in values:
        if x.operation is not LEAF:
            raise ValueError(f"{x!r} was computed: {what} of a tape is a leaf, made by Value(…)")
        if id(x) in seen:
            raise ValueError(f"{x!r} is given twice as {what}")
        seen.add(id(x))
    return values


# ---- does a function do the same everywhere?

def second_point(numbers: Sequence[float]) -> list[float]:
    """Other numbers, all different, of the other sign: what was taken from the first ones shows."""
    numbers = [x if isfinite(x) else 0.0 for x in numbers]
    signs = [-1.0 if x >= 0.0 else 1.0 for x in numbers]
    return [
        sign * (1.0 + abs(x)) * (1.0 + k * GOLDEN % 1.0)
        for k, (x, sign) in enumerate(zip(numbers, signs, strict=True), 1)
    ]


_one_at_a_time = RLock()


@contextmanager
def _moved(parameters: list[Value]) -> Iterator[None]:
    """The parameters at another point for a while, so that what was taken from them shows as well."""
    with _one_at_a_time:
        before = vectors.read(parameters)
        vectors.write(parameters, second_point(before.tolist()))
        try:
            yield
        finally:
            vectors.write(parameters, before)


def _run_again(call: Call, numbers: list[float]) -> _Run:
    try:
        return _run(call, numbers)
    except Exception as error:
        raise ValueError(
            f"{name_of(call.fun)} was recorded, and called again, at {_shown(numbers)} and with other "
            "parameters, to see whether it does the same there; but it raised "
            f"{type(error).__name__}: {error}. If it picks by a number, as x[int(y)] does, write where, or "
            "take one-hot inputs; if its steps are the same everywhere, record(…, check=False) does without "
            "that call"
        ) from error


def _compare(name: str, numbers: list[float], recording: Recording, other: Recording) -> None:
    """ValueError if something else came out at these numbers."""
    same_parameters = [*map(id, other.parameters)] == [*map(id, recording.parameters)]
    if other.program == recording.program and same_parameters and other.outputs.matches(recording.outputs):
        return
    first, second = (each.listing().splitlines() for each in (recording, other))
    lines = [(x.strip(), y.strip()) for x, y in zip(first, second, strict=False) if x != y]
    changes = [f"`{x}` became `{y}`" for x, y in lines if " = " in x and " = " in y]
    changes.append("it took other steps")
    raise ValueError(
        f"{name} does not do the same everywhere, as a tape does: called again, at {_shown(numbers)} and "
        f"with other parameters, {changes[0]}. Look for numbers taken from Values (.data, item(), detach(), "
        "no_grad()), for random numbers, and for loops whose length depends on the data"
    )


def _shown(numbers: Sequence[float]) -> str:
    return ", ".join([f"{x:g}" for x in numbers[:5]] + ["…"] * (len(numbers) > 5))
