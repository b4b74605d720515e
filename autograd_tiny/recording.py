"""From a graph, or from a function, to a program: what `record` in tape.py does."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .branches import no_branches
from .differentiation import Call, name_of, names_of_arguments
from .engine import Value, kind, plain_float
from .forward import number
from .graph import topological_order
from .listing import listed
from .ops import LEAF
from .program import Program, translated
from .trees import Structure, flatten
from .uncompiled import pause_collector, resume_collector

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


def of_graph(output: Any, inputs: Any, parameters: Iterable[Value] | None = None) -> Recording:
    """The program that computes what eager code has just computed."""
    outputs, structure = _values(output, "output")
    leaves = _leaves(_values(inputs, "inputs")[0], "an input")
    return _recorded(outputs, leaves, parameters, [x.label for x in leaves], structure)


def of_function(
    f: Callable[..., Any], *examples: Any, parameters: Iterable[Value] | None = None, check: bool = True
) -> Recording:
    """The program that does what a function does, wherever it is called."""
    call = Call(f, examples, {}, range(len(examples)), False)
    numbers = [number(x) for x in call.numbers]
    given = None if parameters is None else list(parameters)
    recording = _traced(call, numbers, given)
    if check:
        _check(call, second_point(numbers), given, recording)
    return recording


def _traced(call: Call, numbers: Sequence[float], parameters: list[Value] | None) -> Recording:
    """What comes out when a function runs on new Values."""
    names = [name.strip("'") for name in names_of_arguments(call.fun, call.structure)]
    inputs = [Value(x, name) for x, name in zip(numbers, names, strict=True)]
    with no_branches(inputs):
        found, structure, _ = call.run(inputs)
    if not found:
        raise ValueError(f"{name_of(call.fun)} returned no number")
    outputs = [x if type(x) is Value else Value(plain_float(x), requires_grad=False) for x in found]
    return _recorded(outputs, inputs, parameters, names, structure)


def _recorded(
    outputs: list[Value], inputs: list[Value], parameters: Iterable[Value] | None, names: list[str],
    structure: Structure,
) -> Recording:
    given = None if parameters is None else _leaves(_values(list(parameters), "parameters")[0], "a parameter")
    known = {id(x) for x in inputs}
    for x in given or ():
        if id(x) in known:
            raise ValueError(f"{x!r} is given as an input and as a parameter: it can only be one of them")
    collector_was_on = pause_collector()        # it would look through all the new tuples again and again
    try:
        order = topological_order(*outputs)
        if given is not None:
            return Recording(translated(order, inputs, given, outputs), tuple(given), names, structure)
        found = [x for x in order if x.operation is LEAF and x.requires_grad and id(x) not in known]
        program = translated(order, inputs, found, outputs)
        used = program.order_of_parameters()
        return Recording(program.with_parameters(used), tuple([found[k] for k in used]), names, structure)
    finally:
        if collector_was_on:
            resume_collector()


def _values(given: Any, what: str) -> tuple[list[Value], Structure]:
    """The Values in any nesting of sequences, dicts and arrays: one at least, but for parameters."""
    values, structure = flatten(given, what, integer_arrays=True)
    if not values and what != "parameters":
        raise ValueError(f"{what}: one Value at least is expected, got {kind(given)}")
    for x in values:
        if type(x) is not Value:
            raise TypeError(f"{what}: Values are expected, got {kind(x)}")
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
    signs = [-1.0 if x >= 0.0 else 1.0 for x in numbers]
    return [
        sign * (1.0 + abs(x)) * (1.0 + k * GOLDEN % 1.0)
        for k, (x, sign) in enumerate(zip(numbers, signs, strict=True), 1)
    ]


def _check(call: Call, numbers: list[float], parameters: list[Value] | None, recording: Recording) -> None:
    """Compare with what comes out at other numbers."""
    name, at = name_of(call.fun), ", ".join([f"{x:g}" for x in numbers[:5]] + ["…"] * (len(numbers) > 5))
    try:
        again = _traced(call, numbers, parameters)
    except Exception as error:
        raise ValueError(
            f"{name} was recorded, and called once more, at {at}, to see whether it does the same there; but "
            f"it raised {type(error).__name__}: {error}. record(…, check=False) does without that call"
        ) from error
    same_parameters = [*map(id, again.parameters)] == [*map(id, recording.parameters)]
    if again.program == recording.program and same_parameters and again.outputs.matches(recording.outputs):
        return
    lines = zip(recording.listing().splitlines(), again.listing().splitlines(), strict=False)
    change = next(
        (f"`{x.strip()}` became `{y.strip()}`" for x, y in lines if x != y), "something else came out"
    )
    raise ValueError(
        f"{name} does not do the same everywhere, as a tape does: called again, at {at}, {change}. Look for "
        "numbers taken from Values (.data, item(), detach(), no_grad()), for random numbers, and for loops "
        "whose length depends on the data"
    )
