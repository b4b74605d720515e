"""The tape: a scalar computation graph, recorded once, replayed natively over whole batches.

It is a compiler's pipeline. How f = relu(w₁x₁ + w₂x₂ + b) − y becomes instructions on rows of numbers:

1. Recording (recording.py). Ordinary eager code computes f for one sample; its computation graph is the recording.
   Where a function is recorded, it is called to make one, and branch_guard.py refuses branches in it.
2. Lowering (lowering.py) turns the graph into a program (program.py): instructions on numbered slots. Two products
   and two sums become one instruction, the `dot` of the calculus, and three are left. `Tape.listing()` shows them
   (listing.py):
       v0 = w1*x1 + w2*x2 + b        v1 = relu(v0)        v2 = v1 - y
   The tape does not need the graph any more. serialization.py writes the program to a file.
3. Grouping (grouping.py) plans how it is run: instructions that are alike and don't depend on each other form a
   group. 16 such neurons are one group of 16 dots and one group of 16 relus.
4. Batches (batches.py). A batch is divided into chunks for the threads, and each chunk into blocks of up to 128
   samples.
5. An executor runs the groups on a block: x1 is no longer a number but a row, with one number for each sample. So
   the inner loops are over samples, where a processor computes eight at once, and finding the next instruction
   costs next to nothing. The folder kernels does that in C, with functions that calculus/c_kernels.py makes from the
   formulas of the calculus; numpy_executor.py does it with NumPy where that was not built.
   In reverse mode the same groups run from the last to the first. Each adds its own adjoint times the local
   derivative to the adjoint rows of its operands: the chain rule of engine/backward.py, for a block of samples at a
   time. The adjoints of a parameter are summed over the samples.

derivatives/ writes the reverse pass as a program instead, which is a tape again: so it has derivatives of every order.
export/ writes programs in other languages, and makes functions of other libraries of them.

This file has the public interface; arguments.py checks its arguments.

R. E. Wengert, A Simple Automatic Derivative Evaluation Program (1964), recorded such lists first; A. Griewank
and A. Walther, Evaluating Derivatives (2008), chapters 4 and 6, are about tapes.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import index
from os import PathLike
from typing import Any, overload

import numpy as np

from .. import vectors
from ..boundary.arguments import describe
from ..boundary.text import printable, quoted
from ..engine.value import Value
from . import arguments, recording, serialization
from .batches import BatchRunner, check_precision, executable, executor_for
from .derivatives.jacobians import JacobianRunner
from .derivatives.reverse_program import jacobian_program, vjp_program
from .export.exported import Exported
from .export.source import Source
from .listing import Cost, cost_of, labelled, listed
from .numpy_executor import Array
from .program import Program

ALL = "all outputs"


@overload
def record(
    output: Value | Sequence[Any], inputs: Any, parameters: Iterable[Value] | None = None, *, dtype: Any = "float64",
) -> Tape: ...
@overload
def record(
    f: Callable[..., Any], *examples: Any, parameters: Iterable[Value] | None = None, check: bool = True,
    dtype: Any = "float64",
) -> Tape: ...
def record(output: Any, *rest: Any, dtype: Any = "float64", **options: Any) -> Tape:  # type: ignore[misc]
    """A tape of a computation graph, or of a function.

    record(output, inputs, parameters=None) records the graph of Values that have just been computed. Constants are
    taken as they are now, and every branch that was taken is taken for ever.

    record(f, *examples, parameters=None, check=True) calls f with Values in the places of the numbers in the
    examples. A comparison that depends on them is an error, and so is Dropout in training mode. f is called at a
    second point too, and both programs must be the same. There, parameters seem to hold other numbers to f, while the
    Values stay as they are; and f may not draw random numbers.

    Args:
        output: A Value, or several in a list, tuple or array.
        inputs: The leaves that change from sample to sample: a pytree of Values.
        f: A function of one sample, which returns one number or a pytree of numbers.
        examples: The arguments of one call of f.
        parameters: The leaves that are read from their Values at each run. By default all others that require a
            gradient; but those that f makes anew at each call are constants.
        check: False skips the second call. Values that f makes are parameters then.
        dtype: "float64" or "float32": the precision in which the tape computes, see Tape. Recording itself computes
            in float64.

    Returns:
        The tape. Its inputs are those of the graph, or the numbers of the examples, in order.

    Raises:
        TypeError: An output, input or parameter is not a Value, or f has a branch that depends on its numbers or on
            a parameter, or Python makes an index, a count or a float of one.
        ValueError: An input or parameter is not a leaf or is given twice, an output depends on no input and no
            parameter, f draws random numbers, or its program at the second point is another one. The dtype is
            another one, or is float32 and a `take` has more than 2^24 values, whose indices it does not tell apart.
    """
    precision = arguments.precision(dtype)
    if callable(output):
        if options.keys() - {"parameters", "check"}:
            raise TypeError(
                f"record(f, …) takes examples by position, parameters=, check= and dtype=, got {sorted(options)}: "
                "wrap f in a lambda to call it in another way"
            )
        recorded = recording.of_function(output, *rest, **options)
    else:
        if len(rest) + len(options) not in (1, 2) or options.keys() - {"inputs", "parameters"}:
            raise TypeError(f"record(output, inputs, parameters=None) is expected, got {describe(output)} first")
        recorded = recording.of_graph(output, *rest, **options)
    several = not recorded.outputs.is_number
    return Tape(recorded.program, recorded.parameters, recorded.inputs, recorded.labels, several, precision)


class Tape(Exported):
    """A recorded computation graph; `record` makes it.

    Everything is computed in float64, or in float32: rows, parameters and adjoints. Then sums over many samples are
    added up in float64, and each function of a number is evaluated in float64 and rounded. X, weights and other
    arguments are rounded to float32, and results are arrays of it; `.data` and `.grad` of the parameters stay floats of
    double precision. These arguments are shared by the methods:

    - X: A batch: an array (B, inputs) of real numbers, or a list of lists. One list of `inputs` numbers is a batch
      of one; for a tape of one input, a list of B numbers is a batch of B.
    - output: The index of one of the outputs, from 0.
    - threads: The largest number of threads for a batch; the results are the same, bit for bit. Each thread needs
      memory for a block of samples: 0.5 MiB, or as much as eight samples need, up to 256 MiB; beyond that it takes
      one sample at a time. The sums of the chunks of a batch take 64 MiB at most.
    - check_finite: Whether nan and infinity are errors, in X and in the results.

    All methods raise TypeError for an X that is not numeric, ValueError for one of another shape and for an output
    or threads that can't be; with check_finite, ValueError if X is not finite, FloatingPointError if a result isn't.
    An error leaves everything as it was.
    """

    def __init__(
        self, program: Program, parameters: Sequence[Value], inputs: Sequence[str], labels: Sequence[str],
        several: bool, dtype: Any = "float64",
    ) -> None:
        self._dtype = arguments.precision(dtype)
        check_precision(program, self._dtype)
        self._program = program
        self._parameters = tuple(parameters)
        self._inputs = tuple(labelled(inputs, [f"x{k}" for k in range(len(inputs))]))
        self._labels = tuple(labels)
        self._several = several
        self._runners: dict[Any, BatchRunner] = {}      # by output; each is made when it is first needed
        self._derivatives: dict[Any, Any] = {}          # and those of higher derivatives

    @property
    def program(self) -> Program:
        """The instructions."""
        return self._program

    @property
    def parameters(self) -> tuple[Value, ...]:
        """The Values that are read at each run: those that were given, or all, in the order of their first use."""
        return self._parameters

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the columns of X."""
        return self._inputs

    @property
    def dtype(self) -> np.dtype[Any]:
        """The precision of rows, parameters, adjoints and results: float64 or float32."""
        return self._dtype

    def astype(self, dtype: Any) -> Tape:
        """The tape in another precision.

        Args:
            dtype: "float64" or "float32".

        Returns:
            A tape of the same instructions, with the same Values for parameters.

        Raises:
            ValueError: Another dtype, or one that can't tell the indices of a `take` apart.
        """
        return Tape(self.program, self.parameters, self.inputs, self._labels, self._several, dtype)

    def __call__(self, X: Any, *, threads: int = 1, check_finite: bool = False) -> Array:
        """The outputs.

        Args:
            X, threads, check_finite: See Tape.

        Returns:
            An array (B,), or (B, outputs) if several were recorded.
        """
        x = arguments.samples(X, self.inputs, check_finite, self.dtype)
        out = np.empty((len(x), len(self.program.outputs)), self.dtype)
        self._run("values", ALL, threads, x, out)
        if check_finite:
            arguments.finite(out, "an output")
        return out if self._several else out.reshape(-1)

    # ---- derivatives with respect to the parameters

    def backward(
        self, X: Any, weights: Any = None, output: int = 0, *, accumulate: bool = True, threads: int = 1,
        check_finite: bool = False,
    ) -> float:
        """Add the derivatives of Σ weights[i] · output(X[i]) to the `.grad` of the parameters.

        Parameters that require no gradient get none.

        Args:
            X, output, threads, check_finite: See Tape.
            weights: An array (B,), or one number for all samples; by default 1/B: the mean.
            accumulate: False overwrites `.grad` instead of adding to it. That is quicker than zero_grad() first.

        Returns:
            The weighted sum.

        Raises:
            ValueError: X is a batch of no samples.
        """
        total, runner, adjoints = self._adjoints(X, weights, output, None, threads, check_finite)
        parameters, gradients = self.parameters, adjoints[runner.parameters].astype(np.float64, copy=False)
        if not accumulate:
            vectors.replace_gradients(parameters, gradients)
        elif runner.reached is None:
            vectors.accumulate(parameters, gradients)
        else:                                   # the output depends on some of them only
            vectors.accumulate(tuple([parameters[k] for k in runner.reached]), gradients[runner.reached])
        runner.give_back(adjoints)
        return total

    def zero_grad(self) -> None:
        """Set the `.grad` of the parameters to 0."""
        vectors.clear_gradients(self.parameters)

    def value_and_grad(
        self, X: Any, weights: Any = None, output: int = 0, *, at: Any = None, threads: int = 1,
        check_finite: bool = False,
    ) -> tuple[float, Array]:
        """The number that backward returns, and the derivatives that it would add. No Value changes.

        Args:
            X, output, threads, check_finite: See Tape.
            weights: See backward.
            at: An array (parameters,), to be used instead of the data of the parameters.

        Returns:
            The weighted sum, and its gradient (parameters,).

        Raises:
            ValueError: X is a batch of no samples, or `at` has another shape.
        """
        at = arguments.parameter_values(at, len(self.parameters))
        total, runner, adjoints = self._adjoints(X, weights, output, at, threads, check_finite)
        return total, _gradient(runner, adjoints, self.dtype)

    def value_and_grad_unchecked(
        self, x: Array, weights: Array | float, at: Array | None, threads: int = 1
    ) -> tuple[float, Array]:
        """value_and_grad of the first output, for internal use: no argument is checked or converted.

        The caller vouches for them.

        Args:
            x: A C-contiguous array (B, inputs) of the tape's dtype, with B ≥ 1.
            weights: A C-contiguous array (B,) of float64, or a float.
            at: An array (parameters,), or None for the data of the parameters.
            threads: An int ≥ 1.

        Returns:
            The weighted sum, and its gradient (parameters,) in float64.
        """
        runner = self._runner(0)
        total, adjoints = runner.adjoints(self.parameters, at, x, weights, threads)
        return total, _gradient(runner, adjoints, np.float64)

    # ---- first derivatives with respect to the inputs

    def input_gradients(
        self, X: Any, output: int = 0, *, threads: int = 1, check_finite: bool = False
    ) -> Array:
        """The derivatives of an output with respect to the inputs, for each sample.

        Args:
            X, output, threads, check_finite: See Tape.

        Returns:
            An array (B, inputs).
        """
        return self.values_and_input_gradients(X, output, threads=threads, check_finite=check_finite)[1]

    def values_and_input_gradients(
        self, X: Any, output: int = 0, *, threads: int = 1, check_finite: bool = False
    ) -> tuple[Array, Array]:
        """An output and its derivatives with respect to the inputs, for each sample.

        Args:
            X, output, threads, check_finite: See Tape.

        Returns:
            Arrays (B,) and (B, inputs).
        """
        x = arguments.samples(X, self.inputs, check_finite, self.dtype)
        values, gradients = np.empty(len(x), self.dtype), np.empty(x.shape, self.dtype)
        self._run("input_adjoints", output, threads, x, values, gradients)
        if check_finite:
            arguments.finite(values, "a value")
            arguments.finite(gradients, "a gradient")
        return values, gradients

    def jacobian(
        self, X: Any, output: int | str = "all", *, threads: int = 1, check_finite: bool = False
    ) -> Array:
        """The derivatives of all outputs, or of one, with respect to all inputs, for each sample.

        Args:
            X, threads, check_finite: See Tape.
            output: See Tape; or "all".

        Returns:
            An array (B, inputs), or (B, outputs, inputs) for all outputs if several were recorded.
        """
        of_outputs = [
            self.input_gradients(X, k, threads=threads, check_finite=check_finite) for k in self._outputs(output)
        ]
        return np.stack(of_outputs, axis=1) if self._several and _is_all(output) else of_outputs[0]

    def jvp(
        self, X: Any, tangents: Any, *, threads: int = 1, check_finite: bool = False
    ) -> tuple[Array, Array]:
        """Jacobian-vector products for each sample, in one forward pass.

        Args:
            X, threads, check_finite: See Tape.
            tangents: The vectors: an array of the shape of X, or (inputs,) for the same one everywhere.

        Returns:
            The outputs and the products, both of the shape of tape(X).

        Raises:
            ValueError: The tangents have another shape.
        """
        x = arguments.samples(X, self.inputs, check_finite, self.dtype)
        directions = arguments.vectors(tangents, "tangents", "X", np.shape(X), x.shape, dtype=self.dtype)
        shape = len(x), len(self.program.outputs)
        out, changes = np.empty(shape, self.dtype), np.empty(shape, self.dtype)
        self._run("tangents", ALL, threads, x, out, changes, directions)
        if check_finite:
            arguments.finite(out, "an output")
            arguments.finite(changes, "a derivative")
        return (out, changes) if self._several else (out.reshape(-1), changes.reshape(-1))

    def vjp(
        self, X: Any, cotangents: Any, *, threads: int = 1, check_finite: bool = False
    ) -> tuple[Array, Array]:
        """Vector-Jacobian products for each sample, in one reverse pass for all outputs.

        Args:
            X, threads, check_finite: See Tape.
            cotangents: The vectors: an array of the shape of tape(X), or (outputs,) for the same one everywhere.

        Returns:
            The outputs, of the shape of tape(X), and the products (B, inputs).

        Raises:
            ValueError: The cotangents have another shape.
        """
        x, outputs = arguments.samples(X, self.inputs, check_finite, self.dtype), len(self.program.outputs)
        shape = (len(x), outputs) if self._several else (len(x),)
        weights = arguments.vectors(
            cotangents, "cotangents", "tape(X)", shape, (len(x), outputs), dtype=self.dtype
        )
        runner = self._derived("vjp", lambda: BatchRunner(vjp_program(self.program, values=True), self.dtype))
        found = self._products(runner, x, weights, threads, check_finite)
        return found[:, :outputs].reshape(shape), found[:, outputs:].copy()

    # ---- higher derivatives: see derivatives/reverse_program.py

    def gradient(self, output: int | str = 0) -> Tape:
        """A tape of the gradient of an output with respect to the inputs: the reverse pass as a program.

        It is a tape as any other: it has a gradient, too, and so on to any order. `tape.gradient().gradient("all")` is
        a tape of the Hessian.

        Args:
            output: See Tape; or "all".

        Returns:
            A tape with the same inputs, parameters and dtype. Its outputs are the derivatives, one for each input; of
            all outputs, those of the first one come first.

        Raises:
            ValueError: There is no such output.
        """
        return Tape(self._gradient_program(output), self.parameters, self.inputs, self._labels, True, self.dtype)

    def hessian(self, X: Any, output: int | str = "all", *, threads: int = 1, check_finite: bool = False) -> Array:
        """The second derivatives of all outputs, or of one, with respect to the inputs, for each sample.

        Args:
            X, threads, check_finite: See Tape.
            output: See Tape; or "all".

        Returns:
            An array (B, inputs, inputs), or (B, outputs, inputs, inputs) for all outputs if several were recorded.
        """
        x = arguments.samples(X, self.inputs, check_finite, self.dtype)
        count, found = arguments.number_of_threads(threads), []
        for k in self._outputs(output):
            runner = self._derived(("hessian", k), partial(self._hessian_runner, k))
            found.append(runner.run(self.parameters, x, count))
        hessian = np.stack(found, axis=1) if self._several and _is_all(output) else found[0]
        if check_finite:
            arguments.finite(hessian, "a derivative")
        return hessian

    def hvp(
        self, X: Any, tangents: Any, output: int = 0, *, threads: int = 1, check_finite: bool = False
    ) -> Array:
        """Hessian-vector products for each sample, at the cost of a few gradients.

        Args:
            X, output, threads, check_finite: See Tape.
            tangents: The vectors: an array of the shape of X, or (inputs,) for the same one everywhere.

        Returns:
            An array (B, inputs): the derivatives of gradient · vector.

        Raises:
            ValueError: The tangents have another shape.
        """
        x = arguments.samples(X, self.inputs, check_finite, self.dtype)
        directions = arguments.vectors(tangents, "tangents", "X", np.shape(X), x.shape, dtype=self.dtype)
        key = "hvp", self._checked_output(output)
        runner = self._derived(key, lambda: BatchRunner(vjp_program(self._gradient_program(output)), self.dtype))
        return self._products(runner, x, directions, threads, check_finite)

    # ---- descriptions

    def __len__(self) -> int:
        """The number of instructions."""
        return len(self.program.instructions)

    def __bool__(self) -> bool:
        """True, also for a tape without instructions."""
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        return Tape, (self.program, self.parameters, self.inputs, self._labels, self._several, self.dtype)

    def __repr__(self) -> str:
        counts = (self.inputs, "inputs"), (self.parameters, "parameters"), (self.program.outputs, "outputs")
        parts = ", ".join(f"{len(each)} {name}" for each, name in counts)
        precision = "" if self.dtype == np.float64 else f", {self.dtype}"
        return f"<Tape of {len(self)} instructions: {parts}, {self.backend}{precision}>"

    def listing(self) -> str:
        """The instructions as lines to read."""
        return printable(listed(self.program, self.inputs, self._labels))

    def cost(self) -> Cost:
        """The number of instructions, and for a sample the operations and the bytes moved, forward and reverse."""
        return cost_of(self.program)

    @property
    def backend(self) -> str:
        """"native", or "numpy" where that was not built, and for operations of your own: all that are Python functions,
        and in float32 those that are formulas, too.
        """
        return str(executor_for(executable(self.program, self.dtype)).name)

    # ---- files: see serialization.py

    def save(self, path: str | PathLike[str]) -> None:
        """Write the instructions and the present data of the parameters to a file of JSON.

        Args:
            path: Of the file.

        Raises:
            TypeError: An operation is one of Python functions, which a file can't hold.
            ValueError: Two operations of your own have the same name.
        """
        serialization.save(
            path, self.program, self.parameters, self.inputs, self._labels, self._several, self.dtype.name
        )

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Tape:
        """Read a tape from a file. Nothing in the file is executed.

        Args:
            path: Of the file.

        Returns:
            The tape, with new Values for its parameters.

        Raises:
            ValueError: The file holds no tape, was changed since it was saved, or is of another version.
        """
        program, numbers, inputs, labels, several, dtype = serialization.load(path)
        parameters = [Value(x, label) for x, label in zip(numbers, labels, strict=True)]
        return cls(program, parameters, inputs, labels, several, dtype)

    # ---- inside

    def _source(self, dtype: Any = None) -> Source:
        precision = self.dtype if dtype is None else self.astype(dtype).dtype
        return Source(self.program, self.parameters, self.inputs, self._labels, self._several, precision.name)

    def _runner(self, output: int | str) -> BatchRunner:
        """That of one output, which exists, or of ALL."""
        key = ALL if len(self.program.outputs) == 1 else output
        if key not in self._runners:
            part = self.program if key is ALL else self.program.of_output(int(key))
            self._runners[key] = BatchRunner(part, self.dtype)
        return self._runners[key]

    def _checked_output(self, output: Any) -> int:
        """The number of an output; ValueError if there is no such output."""
        count = len(self.program.outputs)
        is_integer = hasattr(output, "__index__") and not isinstance(output, bool)
        if not is_integer or not 0 <= index(output) < count:
            known = "one output, number 0" if count == 1 else f"the outputs 0 to {count - 1}"
            raise ValueError(f"output={quoted(output)}, but the tape has {known}")
        return index(output)

    def _outputs(self, output: Any) -> Sequence[int]:
        """The number of an output, or those of "all"; ValueError if there is no such output."""
        return range(len(self.program.outputs)) if _is_all(output) else [self._checked_output(output)]

    def _gradient_program(self, output: Any) -> Program:
        """That of one output, or of "all"; ValueError if there is no such output."""
        chosen = self.program if _is_all(output) else self.program.of_output(self._checked_output(output))
        program = jacobian_program(chosen)
        assert program is not None
        return program

    def _hessian_runner(self, output: int) -> JacobianRunner:
        return JacobianRunner(self._gradient_program(output), dtype=self.dtype)

    def _derived(self, key: Any, make: Callable[[], Any]) -> Any:
        """What runs a program of derivatives; it is made when it is first needed."""
        if key not in self._derivatives:
            self._derivatives[key] = make()
        return self._derivatives[key]

    def _products(self, runner: BatchRunner, x: Array, behind: Array, threads: int, check_finite: bool) -> Array:
        """The outputs of a program that has more inputs than this tape, behind the others."""
        inputs = np.concatenate([x, behind], axis=1)
        found = np.empty((len(x), runner.outputs), self.dtype)
        runner.run("values", self.parameters, arguments.number_of_threads(threads), inputs, found)
        if check_finite:
            arguments.finite(found, "a result")
        return found

    def _run(self, method: str, output: Any, threads: int, *arrays: Array) -> None:
        """Let the executor for an output fill arrays, of which the first is the batch."""
        runner = self._runner(ALL) if output is ALL else self._runner(self._checked_output(output))
        runner.run(method, self.parameters, arguments.number_of_threads(threads), *arrays)

    def _adjoints(
        self, X: Any, weights: Any, output: int, at: Array | None, threads: int, check_finite: bool
    ) -> tuple[float, BatchRunner, Array]:
        """The weighted sum, and the adjoints of all scalars of the runner."""
        x = arguments.samples(X, self.inputs, check_finite, self.dtype)
        if not len(x):
            raise ValueError("a batch of one sample at least is expected, got 0 samples")
        weights = arguments.sample_weights(weights, len(x))
        runner = self._runner(self._checked_output(output))
        total, adjoints = runner.adjoints(self.parameters, at, x, weights, arguments.number_of_threads(threads))
        if check_finite:
            arguments.finite(total, "the value")
            arguments.finite(adjoints[runner.parameters], "a gradient")
        return total, runner, adjoints


def _is_all(output: Any) -> bool:
    return isinstance(output, str) and output == "all"


def _gradient(runner: BatchRunner, adjoints: Array, dtype: Any) -> Array:
    """The adjoints of the parameters, in an array of their own."""
    with np.errstate(over="ignore"):            # of sums in float64
        gradient = adjoints[runner.parameters].astype(dtype)
    runner.give_back(adjoints)
    return gradient
