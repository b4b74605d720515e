"""The tape: a scalar graph, recorded once, replayed natively over whole batches.

How a scalar program becomes row instructions, with f = relu(w₁x₁ + w₂x₂ + b) − y as the example:

1. Ordinary eager code computes f for one sample. Its graph is the recording: the engine keeps nothing else.
2. program.py writes the graph down as a list of instructions on numbered slots. Two products and two sums
   become one instruction, the `dot` of the calculus, and three are left (see `Tape.listing`):
       v1 = w1·x1 + w2·x2 + b        v2 = relu(v1)        v3 = v2 - y
   The tape does not need the graph any more.
3. schedule.py puts instructions that are alike and don't depend on each other in groups. A network with 16 such
   neurons has one group of 16 dots, one group of 16 relus.
4. An executor runs the groups over rows: x1 is no longer a number but 128 numbers, one for each sample of a
   block. So the loops inside are over samples, where a processor computes eight at once, and what it takes to
   find out which instruction comes next is paid once for all of them. replay.h does so in C, with kernels made from
   the formulas of ops.py; rows.py does it with NumPy where that was not built.
5. Backwards the same groups run from the last to the first. Each adds to the adjoint rows of its operands its own
   adjoint times the local derivative: the chain rule of engine.py, for a block at a time. What belongs to a
   parameter is summed over the samples.

R. E. Wengert, A Simple Automatic Derivative Evaluation Program (1964), recorded such lists first; A. Griewank and
A. Walther, Evaluating Derivatives (2008), chapters 4 and 6, are about tapes.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import PathLike
from typing import Any, TypeAlias, overload

import numpy as np

from . import tape_file, vectors
from .custom import CustomOperation
from .differentiation import Call, name_of, names_of_arguments
from .engine import Value, engine_kind, kind, plain_float
from .forward import number
from .graph import topological_order
from .listing import Cost, cost_of, listed, told_apart
from .ops import LEAF
from .program import Program, translated
from .recording import no_branches, second_point
from .rows import NumpyRows
from .schedule import Schedule
from .trees import Structure, flatten
from .uncompiled import pause_collector, resume_collector

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"

BLOCKS_IN_A_CHUNK = 4       # at least: what one thread takes at a time, with sums of its own
MOST_CHUNKS = 16
BUDGET = 2**23              # numbers in the sums of all chunks together: 64 MiB


# ---- recording

@overload
def record(output: Value | Sequence[Any], inputs: Any, parameters: Iterable[Value] | None = None) -> Tape: ...
@overload
def record(
    f: Callable[..., Any], *examples: Any, parameters: Iterable[Value] | None = None, check: bool = True
) -> Tape: ...
def record(output: Any, *arguments: Any, **options: Any) -> Tape:
    """A tape of a graph, or of a function.

    record(output, inputs, parameters=None): output is a Value that has just been computed, or several in a list,
    tuple or array. inputs are the leaves that change from sample to sample: a Value, or Values in lists, tuples,
    dicts and arrays. All other leaves that require a gradient are parameters, read from their Values at each run,
    unless `parameters` says which are. What is left counts as constant, as does every branch that was taken.

    record(f, *examples, parameters=None, check=True): calls f with Values in the places of the numbers in
    the examples. A comparison that depends on them is an error, and f is called at a second point: the two tapes
    must be the same. check=False saves the second call.

    TypeError for what is no Value; ValueError for an input or parameter that is no leaf or is named twice, and for
    a function that does something else at the second point.
    """
    return (_of_function if callable(output) else _of_graph)(output, *arguments, **options)


def _of_graph(output: Any, inputs: Any, parameters: Iterable[Value] | None = None) -> Tape:
    several = not isinstance(output, Value)
    outputs = _values(output, "output")
    leaves = _leaves(_values(inputs, "inputs"), "an input")
    labels = [x.label for x in leaves]
    program, found = _translated(outputs, leaves, parameters)
    return Tape(program, found, labels, [x.label for x in found], several)


def _of_function(
    f: Callable[..., Any], *examples: Any, parameters: Iterable[Value] | None = None, check: bool = True
) -> Tape:
    call = Call(f, examples, {}, range(len(examples)), False)
    numbers = [number(x) for x in call.numbers]
    names = [name[1:-1] if name.startswith("'") else name for name in names_of_arguments(f, call.structure)]
    program, found, structure = _traced(call, numbers, names, parameters)
    tape = Tape(program, found, names, [x.label for x in found], not structure.is_number)
    if check:
        _check(call, second_point(numbers), names, parameters, tape, structure)
    return tape


def _traced(
    call: Call, numbers: Sequence[float], names: Sequence[str], parameters: Iterable[Value] | None
) -> tuple[Program, tuple[Value, ...], Structure]:
    """What comes out when a function runs on new Values."""
    inputs = [Value(x, name) for x, name in zip(numbers, names, strict=True)]
    with no_branches(inputs):
        found, structure, _ = call.run(inputs)
    if not found:
        raise ValueError(f"{name_of(call.fun)} returned no number")
    outputs = [x if type(x) is Value else Value(plain_float(x), requires_grad=False) for x in found]
    return *_translated(outputs, inputs, parameters), structure


def _translated(
    outputs: Sequence[Value], inputs: Sequence[Value], parameters: Iterable[Value] | None
) -> tuple[Program, tuple[Value, ...]]:
    collector_was_on = pause_collector()        # it would look through all the new tuples again and again
    try:
        return _of_order(topological_order(*outputs), outputs, inputs, parameters)
    finally:
        if collector_was_on:
            resume_collector()


def _of_order(
    order: Sequence[Value], outputs: Sequence[Value], inputs: Sequence[Value],
    parameters: Iterable[Value] | None,
) -> tuple[Program, tuple[Value, ...]]:
    known = {id(x) for x in inputs}
    if parameters is None:
        found = [x for x in order if x.operation is LEAF and x.requires_grad and id(x) not in known]
        program = translated(order, inputs, found, outputs)
        used = program.order_of_parameters()
        return program.with_parameters(used), tuple([found[k] for k in used])
    found = _leaves(_values(list(parameters), "parameters"), "a parameter")
    for x in found:
        if id(x) in known:
            raise ValueError(f"{x!r} is given as an input and as a parameter: it can only be one of them")
    return translated(order, inputs, found, outputs), tuple(found)


def _values(given: Any, what: str) -> list[Value]:
    """The Values in any nesting of sequences, dicts and arrays; one at least, but for parameters."""
    values, _ = flatten(given, what, integer_arrays=True)
    if not values and what != "parameters":
        raise ValueError(f"{what}: one Value at least is expected, got {kind(given)}")
    for x in values:
        if type(x) is not Value:
            raise TypeError(f"{what}: Values are expected, got {kind(x)}")
    return values


def _leaves(values: list[Value], what: str) -> list[Value]:
    seen: set[int] = set()
    for x in values:
        if x.operation is not LEAF:
            raise ValueError(f"{x!r} was computed: {what} of a tape is a leaf, made by Value(…)")
        if id(x) in seen:
            raise ValueError(f"{x!r} is given twice as {what}")
        seen.add(id(x))
    return values


def _check(
    call: Call, numbers: Sequence[float], names: Sequence[str], parameters: Iterable[Value] | None, tape: Tape,
    structure: Structure,
) -> None:
    """Compare with what comes out at other numbers."""
    f = name_of(call.fun)
    try:
        program, found, other = _traced(call, numbers, names, parameters)
    except TypeError:
        raise
    except Exception as error:
        raise ValueError(
            f"{f} was recorded, and called once more at {_shown(numbers)} to see whether it does the same "
            f"there; but it raised {type(error).__name__}: {error}. If that is as it should be, record(…, check=False)"
        ) from error
    if program == tape.program and list(map(id, found)) == list(map(id, tape.parameters)) and (
        structure.matches(other)
    ):
        return
    first, second = tape.listing().splitlines(), Tape(program, found, names, [x.label for x in found], True).listing()
    differing = next(
        (f"{x.strip()!r} became {y.strip()!r}" for x, y in zip(first, second.splitlines(), strict=False) if x != y),
        "one is longer than the other",
    )
    raise ValueError(
        f"{f} does not do the same at every point, so that no tape can: called again at {_shown(numbers)}, {differing}. "
        "Look for numbers taken from a Value (.data, item(), detach(), no_grad()), for random numbers, and for "
        "loops whose length depends on the data"
    )


def _shown(numbers: Sequence[float]) -> str:
    return ", ".join(f"{x:g}" for x in numbers[:5]) + (", …" if len(numbers) > 5 else "")


# ---- replaying

class Tape:
    """A recorded graph. See `record`, which makes tapes.

    parameters: the Values that are read at each run. inputs: the names of the columns of X.
    X is a batch: an array (B, inputs) of real numbers, or a list of lists; one list of `inputs` numbers counts as a
    batch of one, and for one input a list of numbers as so many samples. Everything is float64.

    threads: how many may work on a batch; the results are the same, bit for bit. A thread takes memory for a
    block of samples: 0.5 MiB, more only if the tape has more instructions than that is room for.
    check_finite: ValueError if X holds nan or infinities, FloatingPointError if the results do.
    TypeError for an X that is not numeric, ValueError for one of another shape. Nothing changes then.
    """

    def __init__(
        self, program: Program, parameters: Sequence[Value], inputs: Sequence[str], labels: Sequence[str],
        several: bool,
    ) -> None:
        self.program = program
        self.parameters = tuple(parameters)
        self.inputs = tuple(told_apart([name or f"x{k}" for k, name in enumerate(inputs)]))
        self._labels = tuple(labels)
        self._several = several
        self._runners: dict[int, Runner] = {}

    def __call__(self, X: Any, *, threads: int = 1, check_finite: bool = False) -> Array:
        """The outputs: (B,), or (B, outputs) if several were recorded."""
        x = self._samples(X, check_finite)
        out = np.empty((len(x), len(self.program.outputs)))
        runner = self._runner(-1)
        scalars = runner.scalars(self.parameters)
        runner.run(x, threads, lambda part: runner.rows.values(scalars, x[part], out[part]))
        runner.spare.append(scalars)
        if check_finite:
            _check_results(out, "an output")
        return out if self._several else out.reshape(-1)

    def backward(
        self, X: Any, weights: Any = None, output: int = 0, *, accumulate: bool = True, threads: int = 1,
        check_finite: bool = False,
    ) -> float:
        """Σ weights[i] · output(X[i]); its derivatives are added to the `.grad` of the parameters.

        weights: 1/B each, unless given as one number or an array (B,). A term of parameters alone counts
        once under the mean. Parameters that require no gradient get none. accumulate=False puts the
        derivatives in the place of what `.grad` held: quicker than zero_grad() before it. ValueError for a
        batch of 0.
        """
        total, runner, found = self._adjoints(X, weights, output, None, threads, check_finite)
        parameters, gradients = self.parameters, found[runner.parameters]
        if runner.reached is not None:          # the output depends on some of them only
            if not accumulate:
                self.zero_grad()
            parameters = tuple([parameters[k] for k in runner.reached])
            gradients = gradients[runner.reached]
        (vectors.accumulate if accumulate else vectors.replace_gradients)(parameters, gradients)
        runner.spare.append(found)
        return total

    def zero_grad(self) -> None:
        """Set the `.grad` of the parameters to 0, before the next backward pass adds its own."""
        vectors.clear_gradients(self.parameters)

    def value_and_grad(
        self, X: Any, weights: Any = None, output: int = 0, *, at: Any = None, threads: int = 1,
        check_finite: bool = False,
    ) -> tuple[float, Array]:
        """The same as backward, but the derivatives are returned, in the order of `parameters`: no Value changes.

        at: numbers for the parameters, to be used instead of those in their Values.
        """
        if at is not None:
            at = _numeric(at, "at")
            if at.shape != (len(self.parameters),):
                raise ValueError(f"at: {len(self.parameters)} numbers are expected, got shape {at.shape}")
        total, runner, found = self._adjoints(X, weights, output, at, threads, check_finite)
        gradients = found[runner.parameters].copy()
        runner.spare.append(found)
        return total, gradients

    def input_gradients(
        self, X: Any, output: int = 0, *, threads: int = 1, check_finite: bool = False
    ) -> Array:
        """The derivatives (B, inputs) of the output for each sample by its inputs."""
        return self.values_and_input_gradients(X, output, threads=threads, check_finite=check_finite)[1]

    def values_and_input_gradients(
        self, X: Any, output: int = 0, *, threads: int = 1, check_finite: bool = False
    ) -> tuple[Array, Array]:
        """The output (B,) for each sample, and its derivatives (B, inputs) by the inputs."""
        x = self._samples(X, check_finite)
        values, gradients = np.empty(len(x)), np.empty(x.shape)
        runner = self._runner(output)
        scalars = runner.scalars(self.parameters)
        runner.run(
            x, threads, lambda part: runner.rows.input_adjoints(scalars, x[part], values[part], gradients[part])
        )
        runner.spare.append(scalars)
        if check_finite:
            _check_results(gradients, "a gradient")
        return values, gradients

    def jacobian(self, X: Any, *, threads: int = 1, check_finite: bool = False) -> Array:
        """The derivatives of all outputs by all inputs: the shape of tape(X), and the inputs as the last axis."""
        columns = [
            self.input_gradients(X, k, threads=threads, check_finite=check_finite)
            for k in range(len(self.program.outputs))
        ]
        return np.stack(columns, axis=1) if self._several else columns[0]

    def jvp(
        self, X: Any, tangents: Any, *, threads: int = 1, check_finite: bool = False
    ) -> tuple[Array, Array]:
        """The outputs, and their derivatives along a direction for each sample, in one forward pass.

        tangents: the directions, (B, inputs) like X, or one (inputs,) for all samples.
        """
        x = self._samples(X, check_finite)
        directions = _numeric(tangents, "tangents")
        if directions.shape not in (x.shape, x.shape[1:]):
            raise ValueError(f"tangents of the shape of X are expected, {x.shape}, got {directions.shape}")
        directions = np.ascontiguousarray(np.broadcast_to(directions, x.shape))
        out, changes = (np.empty((len(x), len(self.program.outputs))) for _ in range(2))
        runner = self._runner(-1)
        scalars = runner.scalars(self.parameters)
        runner.run(
            x, threads,
            lambda part: runner.rows.tangents(scalars, x[part], directions[part], out[part], changes[part]),
        )
        runner.spare.append(scalars)
        if check_finite:
            _check_results(changes, "a derivative")
        return (out, changes) if self._several else (out.reshape(-1), changes.reshape(-1))

    # ---- what is on it

    def __len__(self) -> int:
        """How many instructions it has."""
        return len(self.program.instructions)

    def __bool__(self) -> bool:
        """True, also for a tape without instructions."""
        return True

    def __repr__(self) -> str:
        return (
            f"<Tape of {len(self)} instructions: {len(self.inputs)} inputs, {len(self.parameters)} parameters, "
            f"{len(self.program.outputs)} outputs, {self.backend}>"
        )

    def listing(self) -> str:
        """The instructions as lines to read."""
        return listed(self.program, self.inputs, self._labels)

    def cost(self) -> Cost:
        """Instructions, and for a sample the operations and the bytes moved, forward and reverse."""
        return cost_of(self.program)

    @property
    def backend(self) -> str:
        """"native", or "numpy" where that was not built or an operation is one of your own."""
        return self._runner(-1).rows.name

    # ---- files: see tape_file.py

    def save(self, path: str | PathLike[str]) -> None:
        """Write the instructions and the present numbers of the parameters to a file of JSON.

        TypeError if an operation is one of your own, which a file can't hold.
        """
        tape_file.save(path, self.program, self.parameters, self.inputs, self._labels, self._several)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Tape:
        """The tape in a file, with new Values for its parameters. Nothing in the file is executed.

        ValueError if it is no tape, was changed since it was saved, or is of another version.
        """
        program, numbers, inputs, labels, several = tape_file.load(path)
        parameters = [Value(x, label) for x, label in zip(numbers, labels, strict=True)]
        return cls(program, parameters, inputs, labels, several)

    # ---- inside

    def _runner(self, output: int) -> Runner:
        """For one of the outputs; -1 for all of them together."""
        if output not in self._runners:
            count = len(self.program.outputs)
            if type(output) is not int or not -1 <= output < count:
                raise ValueError(f"output={output!r}, but the tape has the outputs 0 to {count - 1}")
            part = self.program if output < 0 or count == 1 else self.program.of_output(output)
            self._runners[output] = self._runners.get(-1 if count == 1 else output) or Runner(part)
        return self._runners[output]

    def _adjoints(
        self, X: Any, weights: Any, output: int, at: Array | None, threads: int, check_finite: bool
    ) -> tuple[float, Runner, Array]:
        """The weighted sum, and its derivatives by all scalars of the runner."""
        x = self._samples(X, check_finite)
        if not len(x):
            raise ValueError("a batch of one sample at least is expected, got 0 samples")
        each = _weights(weights, len(x))
        runner = self._runner(output)
        scalars = runner.scalars(self.parameters, at)
        total, found = runner.adjoints(scalars, x, each, threads)
        runner.spare.append(scalars)
        if check_finite:
            _check_results(np.array([total]), "the value")
            _check_results(found[runner.parameters], "a gradient")
        return total, runner, found

    def _samples(self, X: Any, check_finite: bool) -> Array:
        """X as an array (B, inputs)."""
        n = len(self.inputs)
        x = _numeric(X, "X")
        if x.ndim == 1:
            x = x.reshape(-1, 1) if n == 1 else x.reshape(1, -1)
        if x.ndim != 2 or x.shape[1] != n:
            raise ValueError(
                f"X has a row of {n} numbers for each sample ({', '.join(self.inputs[:5])}{', …' if n > 5 else ''}), "
                f"got an array of shape {np.shape(X)}"
            )
        if check_finite and not np.isfinite(x).all():
            i, k = np.argwhere(~np.isfinite(x))[0]
            raise ValueError(f"X[{i}, {k}] is {x[i, k]}, and check_finite=True")
        return x


class Runner:
    """A program with the executor that runs it. parameters: where they are among the scalars.

    reached: the parameters that the output depends on; None for all of them. spare: arrays for the next run.
    """

    def __init__(self, program: Program) -> None:
        schedule = Schedule(program)
        self.rows = _executor(program)(schedule)
        first = len(schedule.constants)
        self.parameters = slice(first, first + program.parameters)
        self.spare: list[Array] = []
        self._constants, self._size = schedule.constants, schedule.scalars
        needed = program.needed()[program.inputs : program.first]
        self.reached = None if all(needed) else np.flatnonzero(np.frombuffer(needed, np.uint8))

    def scalars(self, values: tuple[Value, ...], numbers: Array | None = None) -> Array:
        """All that is computed once in a run, from the parameters or from numbers in their place."""
        scalars = self._array()
        scalars[: len(self._constants)] = self._constants
        if numbers is None:
            vectors.copy_numbers(values, scalars[self.parameters])
        else:
            scalars[self.parameters] = numbers
        self.rows.prepare(scalars)
        return scalars

    def adjoints(self, scalars: Array, x: Array, weights: Array | float, threads: int) -> tuple[float, Array]:
        """The weighted sum of the outputs, and its derivatives by the scalars."""
        parts = self._chunks(len(x))
        sums = [self._array() for _ in parts]

        def add(k: int) -> float:
            each = weights if isinstance(weights, float) else weights[parts[k]]
            sums[k].fill(0.0)
            return self.rows.adjoints(scalars, x[parts[k]], each, sums[k])

        total = 0.0
        for found in _each(add, range(len(parts)), threads):
            total += found
        for more in sums[1:]:
            with np.errstate(all="ignore"):
                sums[0] += more
            self.spare.append(more)
        self.rows.finish(scalars, sums[0])
        return total, sums[0]

    def _array(self) -> Array:
        """For all scalars, with anything in it."""
        try:
            return self.spare.pop()
        except IndexError:
            return np.empty(self._size)

    def run(self, x: Array, threads: int, work: Callable[[slice], None]) -> None:
        """Do some work on all samples, a chunk at a time."""
        for _ in _each(work, self._chunks(len(x)), threads):
            pass

    def _chunks(self, samples: int) -> list[slice]:
        """How a batch is divided: by its size and the program alone, so that sums come out the same."""
        width = self.rows.width
        blocks = -(-samples // width)
        count = max(1, min(blocks // BLOCKS_IN_A_CHUNK, MOST_CHUNKS, BUDGET // (self._size + 1)))
        ends = [width * (blocks * k // count) for k in range(count)]
        return [slice(a, b) for a, b in zip(ends, [*ends[1:], samples], strict=True)]


def _each(function: Callable[[Any], Any], items: Sequence[Any], threads: int) -> Iterable[Any]:
    """The results in order, found by so many threads."""
    if type(threads) is not int or threads < 1:
        raise ValueError(f"threads is a number from 1 on, got {threads!r}")
    if threads == 1 or len(items) == 1:
        return map(function, items)
    with ThreadPoolExecutor(min(threads, len(items))) as pool:
        return list(pool.map(function, items))


def _executor(program: Program) -> Any:
    """Native, where it was built and knows all the operations."""
    if engine_kind() == "native" and not any(isinstance(op, CustomOperation) for op, _ in program.instructions):
        try:
            from .replay import NativeRows
        except ImportError:
            return NumpyRows
        return NativeRows
    return NumpyRows


def _numeric(given: Any, what: str) -> Array:
    """An array of float64, one number after the other in memory."""
    try:
        array = np.asarray(given)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: rows of equal length are expected: {error}") from None
    if array.dtype.kind not in "fiub":
        inside = next((x for x in array.ravel() if type(x) is Value), None)
        hint = "; a tape takes plain numbers, such as v.data" if inside is not None else ""
        raise TypeError(f"{what}: real numbers are expected, got {kind(given)}{hint}")
    return np.ascontiguousarray(array, np.float64)


def _weights(given: Any, samples: int) -> Array | float:
    if given is None:
        return 1.0 / samples
    weights = _numeric(given, "weights")
    if weights.shape not in ((), (samples,)):
        raise ValueError(f"weights: one for each of the {samples} samples is expected, got shape {weights.shape}")
    return float(weights) if weights.shape == () else weights


def _check_results(results: Array, what: str) -> None:
    if not np.isfinite(results).all():
        raise FloatingPointError(f"{what} is {results[~np.isfinite(results)][0]}, and check_finite=True")
