"""The native executor refuses arrays of other sizes: it reads and writes their memory."""
import numpy as np
import pytest
from references.tapes import Wave, batch

from autograd_tiny import engine_kind

pytestmark = [
    pytest.mark.skipif(engine_kind() != "native", reason="the native executor was not built"),
    pytest.mark.usefixtures("each_simd"),
]


@pytest.fixture
def executor():
    tape = Wave().tape
    tape(batch(1))
    (runner,) = tape._runners.values()
    return runner.executor, np.zeros(runner._size)


def test_arrays_of_other_sizes_are_refused(executor):
    native, scalars = executor
    x, out = batch(5), np.empty((5, 1))
    native.values(scalars, x, out)
    for wrong in (
        lambda: native.values(scalars[:-1], x, out), lambda: native.values(scalars, x, out[:-1]),
        lambda: native.values(scalars, x[:, :1].copy(), out), lambda: native.values(scalars, x.astype(np.float32), out),
        lambda: native.adjoints(scalars, x, np.ones(4), scalars), lambda: native.input_adjoints(scalars, x, out, out),
        lambda: native.tangents(scalars, x, out, out, out), lambda: native.prepare(np.zeros(0)),
        lambda: native.finish(scalars, scalars[1:]),
    ):
        with pytest.raises(ValueError, match="numbers of 8 bytes is expected"):
            wrong()


@pytest.mark.parametrize("change", [lambda x: x[:, ::-1], lambda x: x.T])
def test_arrays_that_are_not_contiguous_are_refused(executor, change):
    native, scalars = executor
    with pytest.raises((ValueError, BufferError)):
        native.values(scalars, change(batch(2)), np.empty((2, 1)))


def test_arrays_that_cannot_be_written_to_are_refused(executor):
    native, scalars = executor
    out = np.empty((5, 1))
    out.flags.writeable = False
    with pytest.raises((ValueError, BufferError)):
        native.values(scalars, batch(5), out)
