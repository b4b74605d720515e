"""The tape: a scalar graph, recorded once, replayed natively over whole batches.

How a scalar program becomes row instructions, with f = relu(w₁x₁ + w₂x₂ + b) − y for an example:

1. Ordinary eager code computes f for one sample. Its graph is the recording (recording.py; a function
   is called to make one).
2. program.py writes the graph down as instructions on numbered slots. Two products and two sums become
   one instruction, the `dot` of the calculus; three are left, which `Tape.listing()` shows:
       v0 = w1·x1 + w2·x2 + b        v1 = relu(v0)        v2 = v1 - y
   The tape does not need the graph any more.
3. schedule.py puts instructions that are alike and don't depend on each other in groups. Of 16 such neurons
   it makes one group of 16 dots, and one group of 16 relus.
4. An executor runs the groups over rows: x1 is no longer a number but up to 128 of them, one for each
   sample of a block. So the loops inside are over samples, where a processor computes eight at once, and
   finding out which instruction comes next costs next to nothing. replay.h does that in C, with kernels made
   from the formulas of ops.py (kernels.py); rows.py does it with NumPy where that was not built.
5. Backwards the same groups run from the last to the first. Each adds to the adjoint rows of its operands
   its own adjoint times the local derivative: the chain rule of engine.py, for a block of samples at a
   time. What belongs to a parameter is summed over the samples.

runner.py divides a batch among threads; this file is about what goes in and what comes out.

R. E. Wengert, A Simple Automatic Derivative Evaluation Program (1964), recorded such lists first; A. Griewank
and A. Walther, Evaluating Derivatives (2008), chapters 4 and 6, are about tapes.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import index
from os import PathLike
from typing import Any, overload

import numpy as np

from .. import vectors
from ..boundary.arguments import describe
from ..engine.value import Value, is_operand
from . import recording, serialization as tape_file
from .batches import Runner, executor_for
from .listing import Cost, cost_of, listed, told_apart
from .numpy_executor import Array
from .program import Program

ALL = "all outputs"


@overload
def record(output: Value | Sequence[Any], inputs: Any, parameters: Iterable[Value] | None = None) -> Tape: ...
@overload
def record(
    f: Callable[..., Any], *examples: Any, parameters: Iterable[Value] | None = None, check: bool = True
) -> Tape: ...
def record(output: Any, *arguments: Any, **options: Any) -> Tape:  # type: ignore[misc]
    """A tape of a graph, or of a function.

    record(output, inputs, parameters=None): output is a Value that has just been computed, or several in a
    list, tuple or array. inputs are the leaves that change from sample to sample: a Value, or Values in
    lists, tuples, dicts and arrays. All other leaves that require a gradient are parameters, read from their
    Values at each run, unless `parameters` says which are. What is left counts as constant, and every branch
    that was taken is taken for ever.

    record(f, *examples, parameters=None, check=True): calls f with Values in the places of the numbers in
    the examples. A comparison that depends on them is an error, and f is called at a second point: the two
    programs must be the same. For that call the parameters hold other numbers, too; they are put back. Values
    that f makes anew each time are constants. check=False does without the second call; Values that f makes
    are parameters then.

    TypeError for what is no Value and for a branch in f. ValueError for an input or parameter that is no leaf
    or is named twice, and for a function that does something else at the second point.
    """
    if callable(output):
        if options.keys() - {"parameters", "check"}:
            raise TypeError(
                f"record(f, …) takes examples by position, parameters= and check=, got {sorted(options)}: "
                "wrap f in a lambda to call it in another way"
            )
        its = recording.of_function(output, *arguments, **options)
    else:
        if len(arguments) + len(options) not in (1, 2) or options.keys() - {"inputs", "parameters"}:
            raise TypeError(f"record(output, inputs, parameters=None) is expected, got {describe(output)} first")
        its = recording.of_graph(output, *arguments, **options)
    return Tape(its.program, its.parameters, its.inputs, its.labels, not its.outputs.is_number)


class Tape:
    """A recorded graph. See `record`, which makes tapes.

    parameters: the Values that are read at each run: those that were given, or all, in the order in which the
    instructions use them. inputs: the names of the columns of X. output: which one, counted from 0, where
    several were recorded; ValueError if there is none of that number.
    X is a batch: an array (B, inputs) of real numbers, or a list of lists. One list of `inputs` numbers is a
    batch of one; for one input, a list of numbers as so many samples. Everything is float64.

    threads: how many may work on a batch; the results are the same, bit for bit. Each needs memory for a
    block of samples: 0.5 MiB, or, where eight samples need more than that, so much, up to 256 MiB; beyond
    that one sample at a time. What chunks of a batch sum up by themselves takes 64 MiB at most.
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
        self._runners: dict[Any, Runner] = {}       # for outputs; each is made when it is first needed

    def __call__(self, X: Any, *, threads: int = 1, check_finite: bool = False) -> Array:
        """The outputs: (B,), or (B, outputs) if several were recorded."""
        x = self._samples(X, check_finite)
        out = np.empty((len(x), len(self.program.outputs)))
        self._runner().run(self.parameters, x, threads, "values", out)
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
        if not accumulate:
            vectors.replace_gradients(parameters, gradients)
        elif runner.reached is None:
            vectors.accumulate(parameters, gradients)
        else:                                   # the output depends on some of them only
            vectors.accumulate(tuple([parameters[k] for k in runner.reached]), gradients[runner.reached])
        runner.spare.append(found)
        return total

    def zero_grad(self) -> None:
        """Set the `.grad` of the parameters to 0, before the next backward pass adds its own."""
        vectors.clear_gradients(self.parameters)

    def value_and_grad(
        self, X: Any, weights: Any = None, output: int = 0, *, at: Any = None, threads: int = 1,
        check_finite: bool = False,
    ) -> tuple[float, Array]:
        """What backward finds, but returned: the number, and an array (parameters,). No Value changes.

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
        self._runner(output).run(self.parameters, x, threads, "input_adjoints", values, gradients)
        if check_finite:
            _check_results(values, "a value")
            _check_results(gradients, "a gradient")
        return values, gradients

    def jacobian(self, X: Any, *, threads: int = 1, check_finite: bool = False) -> Array:
        """The derivatives of all outputs by all inputs: shaped as tape(X), with the inputs as last axis."""
        columns = [
            self.input_gradients(X, k, threads=threads, check_finite=check_finite)
            for k in range(len(self.program.outputs))
        ]
        return np.stack(columns, axis=1) if self._several else columns[0]

    def jvp(
        self, X: Any, tangents: Any, *, threads: int = 1, check_finite: bool = False
    ) -> tuple[Array, Array]:
        """The outputs, and their derivatives along a direction for each sample, in one forward pass.

        tangents: the directions, of the shape of X, or (inputs,) for the same one everywhere. Both answers
        have the shape of tape(X).
        """
        x = self._samples(X, check_finite)
        directions = _numeric(tangents, "tangents")
        if directions.shape not in (np.shape(X), x.shape, x.shape[1:]):
            raise ValueError(f"tangents of the shape of X are expected, {x.shape}, got {directions.shape}")
        if directions.size == x.size:
            directions = directions.reshape(x.shape)
        directions = np.ascontiguousarray(np.broadcast_to(directions, x.shape))
        out, changes = (np.empty((len(x), len(self.program.outputs))) for _ in range(2))
        self._runner().run(self.parameters, x, threads, "tangents", out, changes, directions)
        if check_finite:
            _check_results(out, "an output")
            _check_results(changes, "a derivative")
        return (out, changes) if self._several else (out.reshape(-1), changes.reshape(-1))

    # ---- what is on it

    def __len__(self) -> int:
        """How many instructions it has."""
        return len(self.program.instructions)

    def __bool__(self) -> bool:
        """True, also for a tape without instructions."""
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        return Tape, (self.program, self.parameters, self.inputs, self._labels, self._several)

    def __repr__(self) -> str:
        counts = (self.inputs, "inputs"), (self.parameters, "parameters"), (self.program.outputs, "outputs")
        parts = ", ".join(f"{len(each)} {name}" for each, name in counts)
        return f"<Tape of {len(self)} instructions: {parts}, {self.backend}>"

    def listing(self) -> str:
        """The instructions as lines to read."""
        return listed(self.program, self.inputs, self._labels)

    def cost(self) -> Cost:
        """Instructions, and for a sample the operations and the bytes moved, forward and reverse."""
        return cost_of(self.program)

    @property
    def backend(self) -> str:
        """"native", or "numpy" where that was not built or an operation is one of your own."""
        return str(executor_for(self.program).name)

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

    def _runner(self, output: Any = ALL) -> Runner:
        """For one of the outputs, or for all of them together."""
        count = len(self.program.outputs)
        if output is not ALL:
            is_number = hasattr(output, "__index__") and not isinstance(output, bool)
            if not is_number or not 0 <= (output := index(output)) < count:
                known = "one output, number 0" if count == 1 else f"the outputs 0 to {count - 1}"
                raise ValueError(f"output={output!r}, but the tape has {known}")
        key = ALL if count == 1 else output
        if key not in self._runners:
            self._runners[key] = Runner(self.program if key is ALL else self.program.of_output(output))
        return self._runners[key]

    def _adjoints(
        self, X: Any, weights: Any, output: int, at: Array | None, threads: int, check_finite: bool
    ) -> tuple[float, Runner, Array]:
        """The weighted sum, and its derivatives by all scalars of the runner."""
        x = self._samples(X, check_finite)
        if not len(x):
            raise ValueError("a batch of one sample at least is expected, got 0 samples")
        each = _weights(weights, len(x))
        runner = self._runner(output)
        total, found = runner.adjoints(self.parameters, at, x, each, threads)
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
            names = ", ".join(self.inputs[:5]) + (", …" if n > 5 else "")
            raise ValueError(
                f"X has {n} numbers for each sample ({names}), got an array of shape {np.shape(X)}"
            )
        if check_finite and not np.isfinite(x).all():
            i, k = np.argwhere(~np.isfinite(x))[0]
            raise ValueError(f"X[{i}, {k}] is {x[i, k]}, and check_finite=True")
        return x


def _numeric(given: Any, what: str) -> Array:
    """An array of float64, one number after the other in memory."""
    try:
        array = np.asarray(given)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: rows of equal length are expected: {error}") from None
    if array.dtype.kind not in "fiub":
        inside = [x for x in array.ravel().tolist() if type(x) is Value or not is_operand(x)]
        if inside or array.dtype.kind != "O":
            hint = "; a tape takes plain numbers, such as v.data" if type((inside or [0])[0]) is Value else ""
            raise TypeError(f"{what}: real numbers are expected, got {describe((inside or [given])[0])}{hint}")
    try:
        return np.asarray(array, np.float64, order="C")
    except OverflowError:
        raise ValueError(f"{what}: a number in it is too large for a float: {describe(given)}") from None


def _weights(given: Any, samples: int) -> Array | float:
    if given is None:
        return 1.0 / samples
    weights = _numeric(given, "weights")
    if weights.shape not in ((), (samples,)):
        raise ValueError(f"weights: one for each of {samples} samples is expected, got shape {weights.shape}")
    return float(weights) if weights.shape == () else weights


def _check_results(results: Array, what: str) -> None:
    if not np.isfinite(results).all():
        raise FloatingPointError(f"{what} is {results[~np.isfinite(results)][0]}, and check_finite=True")
