"""Arguments of a tape: whatever can be a batch is taken, and a wrong one is a clear error that changes nothing."""
import math

import numpy as np
import pandas as pd
import pytest
from references.tapes import METHODS, WRONG, Wave, all_methods, batch, state

import autograd_tiny as at
from autograd_tiny import Value, record

INF, NAN = math.inf, math.nan
BAD_BATCHES = {
    "too many columns": [[1.0, 2.0, 3.0]],
    "too few columns": [[1.0]],
    "a flat list of another length": [1.0, 2.0, 3.0],
    "three dimensions": np.zeros((2, 2, 2)),
    "rows of different lengths": [[1.0, 2.0], [3.0]],
    "strings": [["a", "b"]],
    "numbers in strings": [["1", "2"]],
    "a string": "12",
    "bytes": b"12",
    "None": None,
    "None inside": [[1.0, None]],
    "complex numbers": [[1.0, 1j]],
    "dates": np.zeros((1, 2), "datetime64[s]"),
    "records": np.zeros(2, [("a", float), ("b", float)]),
    "Values": [[Value(1.0), Value(2.0)]],
    "a dict": {"x": 1.0, "y": 2.0},
    "a number": 1.0,
    "a function": print,
    "a number too large for a float": [[1.0, 10**400]],
    "masked numbers": np.ma.array([[1.0, 2.0]], mask=[[0, 1]]),
}


# ---- batches in any form

def test_a_flat_list():
    two, xs = Wave(), [0.5, -1.5]
    assert two.tape(xs).shape == (1,) and two.tape(xs).tolist() == two.tape([xs]).tolist()
    assert two.tape.input_gradients(xs).tolist() == two.tape.input_gradients([xs]).tolist()
    x = Value(0.0)
    one = record(x * x, x)
    assert one([1.0, 2.0, 3.0]).tolist() == one([[1.0], [2.0], [3.0]]).tolist() == [1.0, 4.0, 9.0]
    assert one.input_gradients([1.0, 2.0]).tolist() == [[2.0], [4.0]]


@pytest.mark.parametrize("make", [
    np.asfortranarray, lambda xs: np.repeat(xs, 2, axis=0)[::2], lambda xs: xs[::-1].copy()[::-1],
    lambda xs: np.hstack([xs, xs])[:, :2], lambda xs: xs.astype(">f8"), lambda xs: tuple(map(tuple, xs)),
    lambda xs: xs.tolist(),
], ids=["fortran", "strided", "reversed", "columns of a wider array", "big endian", "tuples", "list"])
def test_batches_in_any_memory_layout(make):
    its, xs = Wave(), batch(40)
    assert its.tape(make(xs)).tobytes() == its.tape(xs).tobytes()
    assert its.tape.input_gradients(make(xs)).tobytes() == its.tape.input_gradients(xs).tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64, np.uint8])
def test_other_numbers_are_converted(dtype):
    xs = np.array([[0, 1], [2, 3]], dtype)
    assert Wave().tape(xs).tobytes() == Wave().tape(xs.astype(float)).tobytes()


def test_batches_of_objects_that_are_numbers():
    its = Wave()
    assert its.tape(np.array([[1.0, 2], [3, 4.5]], object)).tolist() == its.tape([[1, 2], [3, 4.5]]).tolist()


def test_columns_of_a_dataframe_are_found_by_the_names_of_the_inputs():
    tape = record(lambda x, y: x - y, 1.0, 2.0)
    frame = pd.DataFrame({"y": [3.0, 4.0], "x": [1.0, 2.0]})
    assert tape(frame).tolist() == [-2.0, -2.0]
    assert tape.input_gradients(frame).tolist() == [[1.0, -1.0]] * 2
    assert tape(frame.rename(columns={"x": "z"})).tolist() == [2.0, 2.0]        # others are taken in order


def test_batches_are_not_changed_and_results_are_not_shared():
    its, xs = Wave(outputs=2), batch(30)
    xs.flags.writeable = False
    first, derivatives = its.tape(xs), its.tape.input_gradients(xs)
    kept = first.copy(), derivatives.copy()
    its.tape(xs + 1), its.tape.input_gradients(xs + 1)
    assert first.tolist() == kept[0].tolist() and derivatives.tolist() == kept[1].tolist()
    first[:] = derivatives[:] = 0.0
    assert its.tape(xs).tolist() == kept[0].tolist()


def test_tangents_in_the_form_of_the_batch():
    tape = record(lambda x: x * x, 2.0)
    assert tape.jvp([1.0, 2.0], [1.0, 10.0])[1].tolist() == [2.0, 40.0]
    assert tape.jvp([1.0, 2.0], [1.0])[1].tolist() == [2.0, 4.0]


# ---- wrong arguments

@all_methods
@pytest.mark.parametrize("xs", BAD_BATCHES.values(), ids=BAD_BATCHES)
def test_bad_batches(method, xs):
    its = Wave()
    its.tape.backward(batch(3))
    before = state(*its.parameters)
    with pytest.raises(WRONG) as caught:
        method(its.tape, xs)
    assert str(caught.value)
    assert state(*its.parameters) == before


def test_a_wrong_shape_is_named():
    with pytest.raises(ValueError, match=r"\(4, 3\)"):
        Wave().tape(np.zeros((4, 3)))


@pytest.mark.parametrize("weights", [
    [1.0], [1.0] * 4, [[1.0, 1.0, 1.0]], [[1.0], [1.0], [1.0]], ["a", "b", "c"], [1.0, None, 1.0],
    [1j, 1j, 1j], "abc", [Value(1.0)] * 3, [],
])
def test_bad_weights(weights):
    its = Wave()
    before = state(*its.parameters)
    with pytest.raises(WRONG):
        its.tape.backward(batch(3), weights)
    assert state(*its.parameters) == before


@pytest.mark.parametrize("tangents", [
    [1.0], [1.0] * 3, np.ones((2, 2)), np.ones((3, 1)), np.ones((1, 3, 2)), ["a", "b"], None, [1j, 1j],
])
def test_bad_tangents(tangents):
    with pytest.raises(WRONG):
        Wave().tape.jvp(batch(3), tangents)


@pytest.mark.parametrize("output", [2, 10**30, 0.5, "0", None, [0]])
@pytest.mark.parametrize("name", ["backward", "input_gradients"])
def test_bad_outputs(name, output):
    its = Wave(outputs=2)
    before = state(*its.parameters)
    with pytest.raises((*WRONG, IndexError)):
        METHODS[name](its.tape, batch(3), output=output)
    assert state(*its.parameters) == before


@pytest.mark.parametrize("bad", [-1, 2, True, 1.0, None, "0", [0], np.int64(2)])
def test_outputs_that_are_not_there_also_when_all_others_were_asked_for(bad):
    its, xs = Wave(outputs=2), batch(3)
    its.tape(xs)
    for output in (0, 1, np.int64(1)):
        its.tape.backward(xs, output=output)
    before = state(*its.parameters)
    for method in (its.tape.backward, its.tape.input_gradients, its.tape.value_and_grad):
        with pytest.raises(ValueError, match="output"):
            method(xs, output=bad)
    assert state(*its.parameters) == before


@all_methods
@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", None, [1]])
def test_bad_numbers_of_threads(method, threads):
    its = Wave()
    before = state(*its.parameters)
    with pytest.raises(WRONG):
        method(its.tape, batch(3), threads=threads)
    assert state(*its.parameters) == before


def test_unknown_options():
    for options in ({"thread": 2}, {"check": True}, {"dtype": float}):
        with pytest.raises(TypeError):
            Wave().tape(batch(3), **options)


# ---- check_finite

@all_methods
@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_check_finite_looks_at_the_batch(method, bad):
    its, xs = Wave(), batch(300)
    xs[211, 1] = bad
    before = state(*its.parameters)
    with pytest.raises(ValueError):
        method(its.tape, xs, check_finite=True)
    assert state(*its.parameters) == before
    method(its.tape, xs)
    method(its.tape, batch(300), check_finite=True)


@all_methods
def test_check_finite_looks_at_the_result(method):
    x, w = Value(1.0), Value(1.0)
    tape = record(at.log(x) * w, x)
    for xs in ([1.0] * 300 + [0.0], [0.0]):
        with pytest.raises(FloatingPointError):
            method(tape, xs, check_finite=True)
        assert (w.grad, w.reached) == (0.0, False)
    method(tape, [0.0])


@pytest.mark.parametrize("name", ["backward", "input_gradients", "jacobian", "jvp"])
def test_check_finite_looks_at_the_gradients(name):
    x, w = Value(1.0), Value(1.0)
    tape = record(at.sqrt(x * w), x)
    assert tape([0.0, 4.0], check_finite=True).tolist() == [0.0, 2.0]
    w.data = 0.0
    with pytest.raises(FloatingPointError):
        METHODS[name](tape, [1.0], check_finite=True)
    assert (w.grad, w.reached) == (0.0, False)


def test_check_finite_looks_at_values_too():
    x, w = Value(1.0), Value(INF)
    tape = record(x + w, x)
    for method in (tape, tape.values_and_input_gradients, lambda xs, **given: tape.jvp(xs, [1.0], **given)):
        with pytest.raises(FloatingPointError):
            method([2.0], check_finite=True)
