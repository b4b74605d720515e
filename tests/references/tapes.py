"""Helpers of tests of tapes: batches, how close is close, and a small tape with its numbers by eager code."""
import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, gradients, record
from autograd_tiny.tape import batches
from autograd_tiny.tape.kernels.targets import available
from autograd_tiny.tape.numpy_executor import NumpyExecutor
from autograd_tiny.tape.tape import ALL

WRONG = (TypeError, ValueError)
METHODS = {
    "call": lambda tape, xs, **options: tape(xs, **options),
    "backward": lambda tape, xs, **options: tape.backward(xs, **options),
    "input_gradients": lambda tape, xs, **options: tape.input_gradients(xs, **options),
    "jacobian": lambda tape, xs, **options: tape.jacobian(xs, **options),
    "jvp": lambda tape, xs, **options: tape.jvp(xs, [1.0] * len(tape.inputs), **options),
    "vjp": lambda tape, xs, **options: tape.vjp(xs, np.ones_like(tape(xs)), **options)[1],
    "hessian": lambda tape, xs, **options: tape.hessian(xs, **options),
    "hvp": lambda tape, xs, **options: tape.hvp(xs, [1.0] * len(tape.inputs), **options),
}
KERNELS = available() if at.simd() else ["numpy"]
all_methods = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def on_numpy(tape):
    """Let a tape that was not run before run on NumPy's executor."""
    assert not tape._runners
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(batches, "executor_for", lambda program: NumpyExecutor)
        for output in (ALL, *range(len(tape.program.outputs))):
            assert tape._runner(output).executor.name == "numpy"
    return tape


EXECUTORS = {"NumPy's": on_numpy} | ({"the native one": lambda tape: tape} if at.simd() else {})
executors = pytest.mark.parametrize("on", EXECUTORS.values(), ids=EXECUTORS)


def on_all_kernels(compute):
    """What it returns: several arrays of numbers, which have the same bits with all kernels that this machine has."""
    if not at.simd():
        return compute()
    from autograd_tiny.tape.native_executor import use

    chosen, found = at.simd(), {}
    try:
        for kernel in KERNELS:
            use(kernel)
            found[kernel] = compute()
    finally:
        use(chosen)
    first, *others = found
    for kernel in others:
        assert bits(*found[kernel]) == bits(*found[first]), (first, kernel)
    return found[first]


def bits(*arrays):
    """All numbers, with their signs; one nan is like another."""
    numbers = np.concatenate([np.ravel(each) for each in arrays]).astype(float)
    return np.where(np.isnan(numbers), np.nan, numbers).view(np.int64).tolist()


def close(found, expected, tolerance=1e-12):
    """Equal to 1e-12 of the largest number in the array."""
    expected = np.asarray(expected, float)
    assert np.shape(found) == expected.shape
    limit = tolerance * max(1.0, np.max(np.abs(expected), initial=0.0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=limit)


def batch(size, n=2, seed=0):
    return np.random.default_rng(seed).normal(size=(size, n))


def leaves(*names):
    return [Value(0.5 + 0.25 * i, name) for i, name in enumerate(names)]


def state(*values):
    """All fields that a backward pass changes, and others; as text, in which nan equals nan and 0 differs from -0."""
    return repr([(v.data, v.grad, v.reached, v.requires_grad) for v in values])


def wave(x, y, w, b):
    """A function of two inputs and two parameters, with a shared middle."""
    h = at.tanh(w * x + b)
    return h * y + at.exp(h * 0.5) - w * w


class Wave:
    """The tape of `wave`, and its numbers by eager code."""

    def __init__(self, outputs=1):
        self.w, self.b = Value(0.7, "w"), Value(-0.2, "b")
        self.x, self.y = Value(0.3, "x"), Value(1.1, "y")
        f = wave(self.x, self.y, self.w, self.b)
        self.tape = record(f if outputs == 1 else [f, self.x * self.w], [self.x, self.y])

    @property
    def parameters(self):
        return self.w, self.b

    def eager(self, xs):
        """For each sample its value, and its derivatives with respect to x, y, w and b."""
        rows = []
        for x, y in np.asarray(xs, float).tolist():
            leaves = Value(x), Value(y), *self.parameters
            f = wave(*leaves)
            rows.append([f.data, *gradients(f, leaves)])
        return np.array(rows).reshape(-1, 5)
