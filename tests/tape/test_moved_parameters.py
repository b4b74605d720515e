"""The second run of a recorded function: other parameters for what it reads, and no Value changed for anybody else."""
import copy
import threading

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, no_grad, record, vectors

READS = {
    ".data": lambda x, w: x * w.data,
    ".data in a loop": lambda x, w: at.sum([x * (p.data + 1.0) for p in [w, w]]),
    "item()": lambda x, w: x + w.item(),
    "detach()": lambda x, w: x * w.detach(),
    ".data of a result": lambda x, w: x * (at.exp(w) * 2.0).data,
    ".data of a deep result": lambda x, w: x + chain(w, 2000).data,
    "a result in no_grad()": lambda x, w: x * without_gradients(w),
    "a result in no_grad() that is checked, too": lambda x, w: x * checked_without_gradients(w),
    ".data of a result in no_grad()": lambda x, w: x / without_gradients(w).data,
    "the length of a loop": lambda x, w: at.sum([x] * (1 + int(abs(w.data) * 1000.0))),
    "a branch on .data": lambda x, w: x if w.data > 0.0 else -x,
    "an exponent": lambda x, w: x**w.data,
    "a text": lambda x, w: x * float(f"{w.data}"),
    "NumPy": lambda x, w: x * float(np.array([w.data, 1.0]).sum()),
    "a Value that is computed and read again": lambda x, w: x * (w * Value(2.0, requires_grad=False)).detach(),
}


def chain(w, length):
    for _ in range(length):
        w = w * 1.0001
    return w


def without_gradients(w):
    with no_grad():
        return at.sqrt(at.sum([w * w, 1.0]))


def checked_without_gradients(w):
    with at.detect_anomaly():
        return without_gradients(w)


@pytest.mark.parametrize("f", READS.values(), ids=READS)
def test_numbers_of_parameters_that_are_baked_in_are_found(f):
    w, other = Value(0.5, "w"), Value(3.0)
    for g in (lambda x: f(x, w) + w * other, lambda x: f(x, w) + x):
        for parameters in ([w, other], [w]):
            with pytest.raises(ValueError, match=r"same everywhere|called again"):
                record(g, 2.0, parameters=parameters)
    for g in (lambda x: f(x, w) + w, lambda x: f(x, w)):       # in the graph otherwise, and only read
        with pytest.raises(ValueError, match=r"same everywhere|called again"):
            record(g, 2.0)
    assert (w.data, other.data) == (0.5, 3.0)


@pytest.mark.parametrize("f", READS.values(), ids=READS)
def test_numbers_of_constants_may_be_baked_in(f):
    constant, other = Value(0.5, "constant", requires_grad=False), Value(0.5)
    expected = f(Value(3.0), constant).data
    assert record(lambda x: f(x, constant), 2.0)([3.0]) == pytest.approx([expected], rel=1e-14)
    assert record(lambda x: f(x, other), 2.0, parameters=[])([3.0]) == pytest.approx([expected], rel=1e-14)
    assert record(lambda x: f(x, other), 2.0, check=False)([3.0]) == pytest.approx([expected], rel=1e-14)


@pytest.mark.parametrize("f", [
    lambda x, w: x * w if w.data == w.data else x,
    lambda x, w: x * w + len(f"{w.data:8.3f}") * 0.0,
    lambda x, w: at.sum([x * p for p in sorted([w, w], key=lambda p: p.data)]),
])
def test_reading_a_number_that_leaves_no_trace_in_the_program_is_allowed(f):
    w = Value(0.5, "w")
    assert record(lambda x: f(x, w), 2.0)([3.0]).tolist() == [f(Value(3.0), w).data]


def test_every_other_reader_sees_the_numbers_as_they_are():
    """Another thread, and one that records something else, while a function is being recorded for the second time."""
    w, seen, arrived, go_on = Value(0.5, "w"), [], threading.Event(), threading.Event()
    runs = iter(range(2))

    def f(x):
        if next(runs) == 1:
            arrived.set()
            assert go_on.wait(60)
            seen.append(("inside", w.data != 0.5, (w * 2.0).data != 1.0))
        return x * w

    recording = threading.Thread(target=lambda: seen.append(record(f, 1.0)))
    recording.start()
    assert arrived.wait(60)
    seen.append(("outside", w.data, w.item(), w.detach().data, (w * 2.0).data, vectors.read([w]).tolist()))
    assert record(lambda x: x * w, 1.0)([2.0]).tolist() == [1.0]
    w.data = 7.0
    go_on.set()
    recording.join()
    assert seen[:2] == [("outside", 0.5, 0.5, 0.5, 1.0, [0.5]), ("inside", True, True)]
    assert w.data == 7.0 and seen[2]([2.0]).tolist() == [14.0]


def test_the_package_itself_computes_with_the_numbers_as_they_are():
    """A gradient in the function, a tape that runs in it, a copy."""
    w = Value(0.5, "w")
    inner = record(lambda y: y * w, 1.0)

    def f(x):
        assert inner([3.0]).tolist() == [1.5] and copy.copy(w * 1.0).data is not None
        y = at.sin(x * w)
        (slope,) = gradients(y, [x], create_graph=True)
        return slope * w

    tape = record(f, 2.0)
    assert tape([2.0]).tolist() == pytest.approx([0.25 * np.cos(1.0)], rel=1e-14)


def test_a_function_that_sets_a_parameter_is_refused_and_the_parameter_keeps_what_the_first_run_set():
    w = Value(0.5, "w")

    def f(x):
        w.data = w.data * 2.0
        return x * w

    with pytest.raises(ValueError, match=r"sets \.data of the parameter Value\(1\.0, label='w'\)"):
        record(f, 1.0)
    assert w.data == 1.0


def test_a_value_that_the_function_makes_and_sets_is_its_own():
    w = Value(0.5, "w")

    def f(x):
        total = Value(0.0)
        total.data = 2.0
        assert total.data == 2.0
        total.data = 3.0
        assert total.data == 3.0 and (total + w - w).data == 3.0
        return x * w + total

    assert record(f, 1.0)([2.0]).tolist() == [4.0]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_error_in_the_second_run_leaves_nothing_moved_and_a_kept_traceback_changes_nothing(error):
    model = nn.MLP(1, [2, 1])
    before, runs = vectors.read(model.parameters()).tolist(), iter(range(2))

    def f(x):
        result = model([x])
        if next(runs) == 1:
            raise error
        return result

    with pytest.raises((error, ValueError)) as caught:
        record(f, 1.0)
    assert [p.data for p in model.parameters()] == before
    vectors.write(model.parameters(), [9.0] * len(before))
    del caught
    assert [p.data for p in model.parameters()] == [9.0] * len(before)
