"""Recording: which leaves are parameters, functions with examples, and constants baked in from a test point."""
import gc
import math
import random
import time
import weakref

import numpy as np
import pytest
from references.tapes import WRONG, leaves

import autograd_tiny as at
from autograd_tiny import Value, grad, nn, no_grad, record

counter = iter(range(10**6))
NOT_THE_SAME = {
    "a constant from .data": lambda x, y: x * y.data,
    "a constant from item()": lambda x, y: x + y.item(),
    "a detached Value": lambda x, y: x * y.detach(),
    "a constant deep inside": lambda x, y: at.sin(x * 2.0 + at.exp(y - y.data)),
    "an exponent": lambda x, y: x**y.data,
    "a random number": lambda x, y: x * random.random(),
    "NumPy's random number": lambda x, y: x + y * np.random.default_rng().normal(),
    "a number that changes from call to call": lambda x, y: x * float(next(counter)),
    "a length": lambda x, y: at.sum([x] * (1 + next(counter))),
    "the clock": lambda x, y: x + y * time.perf_counter_ns(),
    "one of several operations": lambda x, y: (at.sin, at.cos)[next(counter) % 2](x),
    "one of several inputs": lambda x, y: (x, y)[next(counter) % 2] * 2.0,
    "the number of results": lambda x, y: [x * y] * (1 + next(counter) % 3),
}


# ---- which leaves are parameters

def test_all_other_leaves_that_require_a_gradient_are_parameters_in_order_of_use():
    x, u, v, w = leaves("x", "u", "v", "w")
    frozen = Value(3.0, requires_grad=False)
    assert record(v * x + u * frozen + w, x).parameters == (v, u, w)


def test_a_leaf_that_requires_no_gradient_keeps_its_number():
    x = Value(1.0)
    frozen = Value(3.0, requires_grad=False)
    tape = record(frozen * x, x)
    frozen.data = 100.0
    assert tape([2.0]).tolist() == [6.0] and tape.parameters == ()


def test_given_parameters_are_read_and_all_others_are_constants():
    x, u, v = leaves("x", "u", "v")
    frozen = Value(3.0, requires_grad=False)
    tape = record(u * x + v * frozen, x, parameters=[frozen, v])
    assert tape.parameters == (frozen, v)
    u.data, v.data, frozen.data = 100.0, 10.0, 5.0
    assert tape([2.0]).tolist() == [0.75 * 2.0 + 50.0]
    tape.backward([2.0])
    assert (u.grad, v.grad, frozen.grad) == (0.0, 5.0, 0.0)
    assert (u.reached, v.reached, frozen.reached) == (False, True, False)


def test_no_parameters_at_all():
    x, w = leaves("x", "w")
    tape = record(w * x, x, parameters=[])
    w.data = 100.0
    assert tape.parameters == () and tape([2.0]).tolist() == [1.5]


def test_a_given_parameter_that_is_not_used_is_left_alone():
    x, w, spare = leaves("x", "w", "spare")
    tape = record(w * x, x, [spare, w])
    assert tape.parameters == (spare, w)
    tape.backward([2.0])
    assert (w.grad, w.reached) == (2.0, True) and (spare.grad, spare.reached) == (0.0, False)


def test_freezing_a_parameter_after_recording():
    x, u, v = leaves("x", "u", "v")
    tape = record(u * v * x, x)
    u.requires_grad = False
    tape.backward([2.0])
    assert (u.grad, u.reached) == (0.0, False) and v.grad == 2.0 * u.data
    u.data = 3.0
    assert tape([2.0]).tolist() == [2.0 * 3.0 * v.data]
    u.requires_grad = True
    tape.backward([2.0])
    assert u.grad == 2.0 * v.data


def test_parameters_in_any_form():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    forms = [lambda: w, lambda: [w], lambda: (w,), lambda: {"w": w}, lambda: iter([w]), lambda: np.array([w])]
    for make in forms:
        assert record(w * x, x, make()).parameters == (w,)
        assert record(lambda v: w * v, 1.0, parameters=make()).parameters == (w,)


def test_a_value_that_the_function_makes_is_a_constant():
    w = Value(2.0, "w")

    def f(x):
        total = Value(0.0)
        for _ in range(3):
            total += w * x
        return total * Value(0.5, "half")

    tape = record(f, 1.0)
    assert tape.parameters == (w,) and tape([2.0]).tolist() == [6.0]


# ---- record(f, …)

def test_examples_of_any_structure():
    def f(x, many, named, grid):
        total = many[0] * 10 + many[1][0] * 100 + x
        return total + named["a"] * 1000 + named["b"] * 1e4 + grid[0, 0] * 1e5 + grid[1, 0] * 1e6

    tape = record(f, 1.0, [2.0, (3.0,)], {"a": 4.0, "b": 5.0}, np.array([[6.0], [7.0]]))
    assert len(tape.inputs) == 7
    assert tape([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]).tolist() == [7654321.0]


def test_a_function_of_several_results_and_of_parameters():
    w = Value(2.0, "w")
    tape = record(lambda x, y: [w * x, x + y], 1.0, 2.0)
    assert tape.parameters == (w,)
    assert tape([[3.0, 4.0]]).tolist() == [[6.0, 7.0]]
    assert w.grad == 0.0 and not w.reached


def test_a_model_and_its_loss():
    model = nn.MLP(2, [3, 1], rng=random.Random(0))
    tape = record(lambda x, y: at.relu(1 - y * model(x)), [0.0, 0.0], 1.0)
    assert set(tape.parameters) == set(model.parameters())
    expected = max(0.0, 1 + model([0.3, -0.2]).data)
    assert tape([[0.3, -0.2, -1.0]])[0] == pytest.approx(expected, rel=1e-14)


def test_the_examples_are_not_touched():
    x, given = np.array([1.0, 2.0]), [3.0, {"k": 4.0}]
    record(lambda x, y: x[0] * x[1] + y[0] * y[1]["k"], x, given)
    assert x.tolist() == [1.0, 2.0] and given == [3.0, {"k": 4.0}]


def test_integers_among_the_examples():
    tape = record(lambda x, y: at.dot(y, x), [0.5, 2.0], np.array([0, 1]))
    assert tape([3.0, 4.0, 1, 0]).tolist() == [3.0]


def test_errors_of_the_function_come_through():
    class OwnError(Exception):
        pass

    def f(x):
        raise OwnError

    with pytest.raises(OwnError):
        record(f, 1.0)
    assert Value(1.0) > 0.0


@pytest.mark.parametrize("bad", [
    lambda: record(lambda x: "a", 1.0), lambda: record(lambda x: None, 1.0), lambda: record(lambda x: x, "a"),
    lambda: record(lambda x: [], 1.0), lambda: record(lambda x: [x, "a"], 1.0),
    lambda: record(lambda x: x, 1j),
    lambda: record(lambda x: x, None), lambda: record(lambda x: x[0], [1.0, "a"]),
])
def test_functions_and_examples_that_cannot_be_recorded(bad):
    with pytest.raises((TypeError, ValueError)) as caught:
        bad()
    assert str(caught.value)


def test_a_derivative_inside_of_the_function():
    tape = record(lambda x: grad(lambda y: y**3)(x) + x, 0.5)
    assert tape([2.0]).tolist() == [14.0] and tape.input_gradients([2.0]).tolist() == [[13.0]]


# ---- wrong arguments

def bad_recordings():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    f = w * x
    return {
        "an input that is no leaf": (f * 2.0, [f], None, "leaf"),
        "the same input twice": (f, [x, x], None, "twice"),
        "the same input twice, nested": (f, [[x], [[x]]], None, "twice"),
        "an input that is a parameter": (f, [x], [x, w], "parameter"),
        "a parameter that is no leaf": (f * 2.0, [x], [f], "leaf"),
        "inputs in a string": (f, "x", None, ""),
        "a name among the inputs": (f, ["x"], None, ""),
        "a number among the inputs": (f, [1.0], None, ""),
        "no inputs": (f, None, None, ""),
        "a number as the output": (3.0, [x], None, ""),
        "a string as the output": ("f", [x], None, ""),
        "None as the output": (None, [x], None, ""),
        "no outputs": ([], [x], None, ""),
        "a number among the outputs": ([f, 3.0], [x], None, ""),
        "a number among the parameters": (f, [x], [2.0], ""),
        "a string as the parameters": (f, [x], "w", ""),
    }


@pytest.mark.parametrize("case", bad_recordings())
def test_bad_recordings(case):
    output, inputs, parameters, message = bad_recordings()[case]
    with pytest.raises(WRONG, match=f"(?i){message}") as caught:
        record(output, inputs, parameters)
    assert str(caught.value)


def test_arguments_of_record_that_do_not_fit():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    f = w * x
    for bad in (
        lambda: record(f), lambda: record(f, x, [w], [x]), lambda: record(f, x, wrong=1),
        lambda: record(lambda v: v, 1.0, k=2), lambda: record(f, x, parameters=nn.Neuron(2)),
    ):
        with pytest.raises(TypeError) as caught:
            bad()
        assert "of_graph" not in str(caught.value) and "of_function" not in str(caught.value)
    with pytest.raises(ValueError, match="example"):
        record(lambda: w * 2.0)


@pytest.mark.parametrize("make", [lambda x: x.detach(), lambda x: Value(2.0, requires_grad=False)])
def test_an_output_that_depends_on_nothing(make):
    x = Value(1.0)
    with pytest.raises(ValueError, match="depends on no input"):
        record([x * 2.0, make(x)], x)
    with no_grad():
        unrecorded = x * 2.0
    with pytest.raises(ValueError, match="no_grad"):
        record(unrecorded, x)


# ---- the second point

@pytest.mark.parametrize("f", NOT_THE_SAME.values(), ids=NOT_THE_SAME)
def test_two_points_that_give_two_tapes_are_an_error(f):
    with pytest.raises(ValueError) as caught:
        record(f, 0.5, 0.25)
    assert str(caught.value)


@pytest.mark.parametrize("start", [0.0, 1.0, -1.0, 1e300, 5e-324])
def test_the_second_point_differs_whatever_the_first(start):
    with pytest.raises(ValueError):
        record(lambda x: x * x.data, start)


def test_check_can_be_switched_off():
    calls = []

    def f(x):
        calls.append(1)
        return x * x.data

    tape = record(f, 3.0, check=False)
    assert tape([2.0]).tolist() == [6.0] and len(calls) == 1


def test_numbers_taken_from_a_parameter_are_caught_and_its_number_stays():
    w = Value(2.0, "w")
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: w.data * x, 1.0, parameters=[w])
    v = Value(3.0, "v")
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: v * x / v.data, 1.0)
    assert (w.data, v.data) == (2.0, 3.0)


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_numbers_taken_from_an_example_that_is_not_finite(x):
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: x * 2.0 * x.data, x)


def test_parameters_that_are_chosen_by_a_number_although_theirs_are_equal():
    b1, b2, w = Value(0.0), Value(0.0), Value(2.0, "w")
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: w * x + (b1 if x.data > 0 else b2), 1.0)


# ---- memory

def test_the_graph_is_freed_and_the_parameters_live():
    x, w, b = leaves("x", "w", "b")
    middle = at.tanh(w * x + b)
    many = at.sum([middle, w, x])
    output = at.exp(many) * middle
    graph = [weakref.ref(v) for v in (x, middle, many, output)]
    parameters = [weakref.ref(v) for v in (w, b)]
    tape = record(output, x)
    expected = output.data
    del x, w, b, middle, many, output
    gc.collect()
    assert [ref() for ref in graph] == [None] * 4
    assert tape.parameters == tuple(ref() for ref in parameters)
    assert tape([0.5])[0] == pytest.approx(expected, rel=1e-14)
    tape.backward([0.5])
    assert all(p.reached for p in tape.parameters)
    del tape
    gc.collect()
    assert [ref() for ref in parameters] == [None, None]


def test_values_that_a_recorded_function_made_are_freed():
    made = []

    def f(x):
        middle = at.sin(x)
        made.extend([weakref.ref(x), weakref.ref(middle)])
        return middle * 2.0

    tape = record(f, 1.0)
    gc.collect()
    assert made and not any(ref() for ref in made)
    assert tape([0.0]).tolist() == [0.0]


def test_an_error_keeps_nothing_alive():
    made = []

    def f(x):
        made.append(weakref.ref(x))
        return x if x > 0 else -x

    with pytest.raises(TypeError):
        record(f, 1.0)
    gc.collect()
    assert made and not any(ref() is not None for ref in made)
