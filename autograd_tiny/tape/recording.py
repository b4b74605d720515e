"""Recording: from a computation graph, or from a function, to a program with its parameters.

A function is traced: run on new Values, whose graph is the recording. To expose numbers that were baked in from
the first test point, it is traced again at a second one, and both programs must be the same. lowering.py makes
the program of a graph; `record` in tape.py makes the tape of a program.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import Any, NamedTuple

from ..boundary.arguments import boolean, describe
from ..boundary.collector import without_collector
from ..calculus.formulas import position
from ..calculus.operations import LEAF, TAKE
from ..engine.numbering import NumberedGraph, numbered
from ..engine.state import switched
from ..engine.value import Value, plain_float
from ..transforms.call import Call, name_of, names_of_arguments, names_of_numbers
from ..transforms.dual import number
from ..transforms.pytree import Structure, flatten
from .branch_guard import branches_refused
from .listing import listed
from .lowering import lowered
from .moved_parameters import Readings, parameters_moved
from .program import CONSTANT, Program
from .randomness import Generators, refuse_draw

GOLDEN = 0.6180339887498949     # its multiples are spread evenly between integers


class Recording(NamedTuple):
    """A program with its parameters, the names of its inputs, and the structure of its outputs."""

    program: Program
    parameters: tuple[Value, ...]
    inputs: list[str]
    outputs: Structure

    @property
    def labels(self) -> list[str]:
        """The labels of the parameters."""
        return [x.label for x in self.parameters]

    def listing(self) -> str:
        """The instructions as lines to read."""
        return listed(self.program, self.inputs, self.labels)


class _Trace(NamedTuple):
    """The graph of one run of a function, with its inputs; the roots of the graph are the outputs."""

    graph: NumberedGraph
    leaves: list[Value]         # of the graph, inputs among them
    inputs: list[Value]
    input_names: list[str]
    structure: Structure        # of the outputs

    @classmethod
    def of(cls, outputs: list[Value], inputs: list[Value], input_names: list[str], structure: Structure) -> _Trace:
        """The graph of these outputs."""
        graph = numbered(outputs)
        return cls(graph, [graph.nodes[place] for place in graph.leaves], inputs, input_names, structure)

    def possible_parameters(self, frozen: bool = False) -> list[Value]:
        """The leaves that require a gradient and are no inputs; with frozen, the others too."""
        known = {id(x) for x in self.inputs}
        return [x for x in self.leaves if (x.requires_grad or frozen) and id(x) not in known]

    def is_like(self, other: _Trace, parameters: Sequence[Value]) -> bool:
        """Whether the graphs are the same, constant by constant, so that they have the same program."""
        if not self.graph.is_like(other.graph) or not other.structure.matches(self.structure):
            return False
        same_input = {id(x): y for x, y in zip(self.inputs, other.inputs, strict=True)}
        no_constants = {*map(id, self.inputs), *map(id, other.inputs), *map(id, parameters)}
        for x, y in zip(self.leaves, other.leaves, strict=True):
            if x is y or same_input.get(id(x)) is y:
                continue
            if id(x) in no_constants or id(y) in no_constants or x.data.hex() != y.data.hex():
                return False
        return True


def of_graph(output: Any, inputs: Any, parameters: Any = None) -> Recording:
    """The program of a graph that eager code has just computed."""
    outputs, structure = _values(output, "output")
    leaves = _leaves(_values(inputs, "inputs")[0], "an input")
    trace = _Trace.of(outputs, leaves, [x.label for x in leaves], structure)
    recording = _recorded(trace, _given(parameters))
    for node, slot in zip(outputs, recording.program.outputs, strict=True):
        if recording.program.rate(slot) == CONSTANT:
            raise ValueError(
                f"{node!r} depends on no input and no parameter: was it made under no_grad(), or detached?"
            )
    return recording


def of_function(
    f: Callable[..., Any], *examples: Any, parameters: Any = None, check: bool = True, frozen: bool = False,
    arguments: Sequence[str] | None = None,
) -> Recording:
    """The program of a function, the same wherever it is called.

    frozen: Whether Values that require no gradient may be parameters, too; otherwise they are constants.
    arguments: Their names; by default those in the signature of the function.
    """
    if not examples:
        raise ValueError(f"an example for each argument of {name_of(f)} is expected, got none")
    check = boolean("check", check)
    call = Call(f, examples, {}, range(len(examples)), False, integer_arrays=True)
    numbers, given = [number(x) for x in call.numbers], _given(parameters)
    arguments = names_of_arguments(f, len(examples)) if arguments is None else arguments
    names = [name.strip("'") for name in names_of_numbers(arguments, call.structure)]
    if not check:
        trace = _traced(call, numbers, names)
        leaves = trace.possible_parameters(frozen) if given is None else given
        return _recorded(trace, leaves, given is None)
    readings = Readings()
    with readings.noted():
        first = _traced(call, numbers, names)
    elsewhere = _with_indices(second_point(numbers), first)
    leaves = first.possible_parameters(frozen) if given is None else given
    moved = leaves if given is not None else [*dict.fromkeys([*leaves, *readings.leaves(first.inputs, frozen)])]
    drawn_from = ""
    for _ in range(2):                  # twice, if another thread may have drawn meanwhile
        generators = Generators(f)      # not before the first run, which may have made parameters from random numbers
        with parameters_moved(moved, second_point([x.data for x in moved])):
            second = _traced_again(call, elsewhere, names)
        drawn_from = generators.drawn_from()
        if not drawn_from:
            break
    if drawn_from:
        raise ValueError(
            f"{name_of(f)} draws random numbers from {drawn_from}, and a tape would repeat those of one call for every "
            "sample: pass them as an argument"
        )
    if given is None:
        leaves = _not_made_by(call, numbers, names, leaves, second)
    recording = _recorded(first, leaves, given is None)
    if not first.is_like(second, leaves):
        _compare(name_of(f), elsewhere, recording, _recorded(second, leaves, given is None))
    return recording


def _not_made_by(
    call: Call, numbers: list[float], names: list[str], leaves: list[Value], second: _Trace
) -> list[Value]:
    """The leaves that were there before the function ran, and so are in several traces."""
    known = {*map(id, second.leaves)}
    if {*map(id, leaves)} - known:              # made by the function, unless it chose others at the second point
        known.update(map(id, _traced_again(call, numbers, names).leaves))
    return [x for x in leaves if id(x) in known]


def _given(parameters: Any) -> list[Value] | None:
    """The parameters that were chosen by the caller."""
    if parameters is None:
        return None
    if isinstance(parameters, Iterator):
        parameters = list(parameters)
    return _leaves(_values(parameters, "parameters")[0], "a parameter")


def _traced(call: Call, numbers: Sequence[float], names: list[str]) -> _Trace:
    """Run a function on new Values."""
    inputs = [Value(x, name) for x, name in zip(numbers, names, strict=True)]
    with branches_refused(inputs), switched(on_draw=refuse_draw):
        found, structure, _ = call.run(inputs)
    if not found:
        raise ValueError(f"{name_of(call.fun)} returned nothing: a number, or a pytree of numbers, is expected")
    outputs = [x if type(x) is Value else Value(plain_float(x), requires_grad=False) for x in found]
    return _Trace.of(outputs, inputs, names, structure)


def _recorded(trace: _Trace, given: list[Value] | None, in_order_of_use: bool = False) -> Recording:
    """The program, with the given parameters, or all possible ones in the order in which they are used."""
    known = {id(x) for x in trace.inputs}
    for x in given or ():
        if id(x) in known:
            raise ValueError(f"{x!r} is given as an input and as a parameter: it can only be one of them")
    # the collector would look through all the new tuples again and again
    return without_collector(_lowered, trace, given, in_order_of_use)


def _lowered(trace: _Trace, given: list[Value] | None, in_order_of_use: bool) -> Recording:
    parameters = trace.possible_parameters() if given is None else given
    program = lowered(trace.graph, trace.inputs, parameters)
    used = [*range(len(parameters))]
    if given is None or in_order_of_use:
        used = program.parameters_by_first_use()
    chosen = tuple([parameters[k] for k in used])
    return Recording(program.once_first(used), chosen, trace.input_names, trace.structure)


def _values(given: Any, name: str) -> tuple[list[Value], Structure]:
    """The Values in a pytree: one at least, but for parameters."""
    values, structure = flatten(given, name, integer_arrays=True)
    if not values and name != "parameters":
        raise ValueError(f"{name}: one Value at least is expected, got {describe(given)}")
    for x in values:
        if type(x) is not Value:
            raise TypeError(f"{name}: Values are expected, got {describe(x)}")
    return values, structure


def _leaves(values: list[Value], role: str) -> list[Value]:
    """The Values; ValueError unless they are different leaves."""
    seen: set[int] = set()
    for x in values:
        if x.operation is not LEAF:
            raise ValueError(f"{x!r} was computed: {role} of a tape is a leaf, made by Value(…)")
        if id(x) in seen:
            raise ValueError(f"{x!r} is given twice as {role}")
        seen.add(id(x))
    return values


# ---- does a function compute the same everywhere?

def second_point(numbers: Sequence[float]) -> list[float]:
    """A second test point, to expose constants baked in from the first: all different, of the other sign."""
    numbers = [x if isfinite(x) else 0.0 for x in numbers]
    signs = [-1.0 if x >= 0.0 else 1.0 for x in numbers]
    return [
        sign * (1.0 + abs(x)) * (1.0 + k * GOLDEN % 1.0)
        for k, (x, sign) in enumerate(zip(numbers, signs, strict=True), 1)
    ]


def _with_indices(numbers: list[float], trace: _Trace) -> list[float]:
    """A second test point, at which inputs that were indices are others, in the range of all values to take."""
    counts: dict[int, int] = {}
    for k, operation in enumerate(trace.graph.operations):
        if operation is TAKE:
            operands = trace.graph.nodes[k].operands
            index, count = id(operands[-1]), len(operands) - 1
            counts[index] = min(count, counts.get(index, count))
    return [
        _another_index(x.data, counts[id(x)]) if id(x) in counts else number
        for number, x in zip(numbers, trace.inputs, strict=True)
    ]


def _another_index(index: float, count: int) -> float:
    """The next one; of a single value the other way to write it."""
    return -1.0 - index if count == 1 else float((position(index, count) + 1) % count)


def _traced_again(call: Call, numbers: list[float], names: list[str]) -> _Trace:
    try:
        with switched(any_index=True):          # one that is computed need not be in range here
            return _traced(call, numbers, names)
    except Exception as error:
        raise ValueError(
            f"{name_of(call.fun)} was called again, at {_shown(numbers)} and with other parameters, to see whether it "
            f"does the same there, and raised {type(error).__name__}: {error}. If it picks by a number, as x[int(y)] "
            "does, write autograd_tiny.take(x, y), or where; if its steps are the same everywhere, "
            "check=False skips that call"
        ) from error


def _compare(name: str, numbers: list[float], recording: Recording, other: Recording) -> None:
    """ValueError if the other program, that of these numbers, is not the same."""
    same_parameters = [*map(id, other.parameters)] == [*map(id, recording.parameters)]
    if other.program == recording.program and same_parameters and other.outputs.matches(recording.outputs):
        return
    raise ValueError(
        f"{name} does not do the same everywhere, as a tape does: called again, at {_shown(numbers)} and "
        f"with other parameters, {_difference(recording, other)}. Look for numbers taken from Values (.data, "
        "item(), detach(), no_grad(), text), for random numbers, and for loops whose length depends on the data"
    )


def _difference(recording: Recording, other: Recording) -> str:
    """The first instruction that differs, in words."""
    listings = [each.listing().splitlines() for each in (recording, other)]
    for x, y in zip(*listings, strict=False):
        if x != y and " = " in x and " = " in y:
            return f"`{x.strip()}` became `{y.strip()}`"
    return "it took other steps"


def _shown(numbers: Sequence[float]) -> str:
    return ", ".join([f"{x:g}" for x in numbers[:5]] + ["…"] * (len(numbers) > 5))
