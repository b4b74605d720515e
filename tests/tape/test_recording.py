"""What recording keeps, what it leaves out, and what it refuses."""
import gc
import math
import random
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, grad, nn, no_grad, operation, record

HERE = Path(__file__).name


def leaves(*names):
    return [Value(0.5 + 0.25 * i, name) for i, name in enumerate(names)]


# ---- what isn't needed isn't there

def test_dead_code_is_not_on_the_tape():
    def lean(x):
        return at.sin(x) * x

    def fat(x):
        unused = at.gelu(x * 7.0)
        at.atan2(unused, x)
        return at.sin(x) * x

    tapes = record(lean, 0.5), record(fat, 0.5)
    assert len(tapes[0]) == len(tapes[1])
    assert "gelu" not in tapes[1].listing() and "atan2" not in tapes[1].listing()


def test_constants_are_folded():
    x = Value(0.5, "x")
    constant = Value(3.0, requires_grad=False)
    by_hand = record(x * (2.0 * math.exp(3.0)), x)
    folded = record(x * (at.exp(constant) * 2.0), x)
    assert len(folded) == len(by_hand) and "exp" not in folded.listing()
    assert folded([1.5]).tolist() == by_hand([1.5]).tolist()
    assert folded.parameters == ()


def test_common_subexpressions_are_shared():
    x, w = leaves("x", "w")
    middle = at.tanh(x * w)
    shared = record(at.exp(middle) + at.sin(middle), x)
    repeated = record(at.exp(at.tanh(x * w)) + at.sin(at.tanh(x * w)), x)
    assert len(shared) == len(repeated)
    assert repeated.listing().count("tanh") == shared.listing().count("tanh")
    assert shared([0.1, 2.0]).tolist() == repeated([0.1, 2.0]).tolist()


def test_equal_numbers_with_different_signs_are_not_shared():
    x = Value(1.0)
    tape = record([x / Value(0.0, requires_grad=False), x / Value(-0.0, requires_grad=False)], x)
    assert tape([1.0]).tolist() == [[math.inf, -math.inf]]


def test_operations_that_differ_are_not_shared():
    x = Value(0.5)
    tape = record([at.leaky_relu(x, 0.1), at.leaky_relu(x, 0.2), x / 3.0, 3.0 / x, x - 1.0, 1.0 - x], x)
    found = tape([-2.0])[0]
    assert found.tolist() == pytest.approx([-0.2, -0.4, -2.0 / 3.0, -1.5, -3.0, 3.0], rel=1e-15)


SUMS_OF_PRODUCTS = {
    "dot": lambda w, x, b: at.dot(w, x, b),
    "a chain": lambda w, x, b: w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3] + b,
    "a chain from the right": lambda w, x, b: b + (w[0] * x[0] + (w[1] * x[1] + (w[2] * x[2] + x[3] * w[3]))),
    "pairs": lambda w, x, b: (w[0] * x[0] + w[1] * x[1]) + (w[2] * x[2] + w[3] * x[3]) + b,
    "sum": lambda w, x, b: at.sum([*(u * v for u, v in zip(w, x, strict=True)), b]),
    "Python's sum": lambda w, x, b: sum(u * v for u, v in zip(w, x, strict=True)) + b,
    "Python's sum from the bias": lambda w, x, b: sum((u * v for u, v in zip(w, x, strict=True)), b),
    "inputs first": lambda w, x, b: x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + x[3] * w[3] + b,
    "+=": lambda w, x, b: in_a_loop(w, x, b),
    "nn.Neuron": lambda w, x, b: neuron(w, b)(x),
    "NumPy's @": lambda w, x, b: np.array(w) @ np.array(x) + b,
}


def in_a_loop(w, x, b):
    total = b
    for u, v in zip(w, x, strict=True):
        total += u * v
    return total


def neuron(w, b):
    made = nn.Neuron(len(w), nonlin=False)
    made.w, made.b = w, b
    return made


@pytest.mark.parametrize("written", SUMS_OF_PRODUCTS.values(), ids=SUMS_OF_PRODUCTS)
def test_a_sum_of_products_is_one_instruction_however_it_is_written(written):
    w, x, (b,) = leaves(*"stuv"), leaves(*"abcd"), leaves("bias")
    tape = record(written(w, x, b), x)
    assert len(tape) == len(record(at.dot(w, x, b), x)) == 1
    assert set(tape.parameters) == {*w, b}
    sample = [1.0, -2.0, 3.0, 0.5]
    assert tape([sample])[0] == pytest.approx(at.dot(w, sample, b).data, rel=1e-15)
    assert tape.input_gradients([sample]).tolist() == [[v.data for v in w]]
    tape.backward([sample])
    assert [v.grad for v in (*w, b)] == [*sample, 1.0]


@pytest.mark.parametrize("n", [2, 3, 10, 200])
def test_the_length_of_a_sum_does_not_count(n):
    w, x = [Value(0.1) for _ in range(n)], [Value(1.0) for _ in range(n)]
    chain = w[0] * x[0]
    for u, v in zip(w[1:], x[1:], strict=True):
        chain = chain + u * v
    assert len(record(chain, x)) == 1
    assert len(record(at.relu(chain), x)) == 2


def test_a_part_of_a_sum_that_is_used_elsewhere_too():
    x, y, w = leaves("x", "y", "w")
    part = x * w + y
    tape = record(at.sin(part) + (part + x * y), [x, y])
    xs = [[0.3, 2.0], [-1.0, 0.7]]
    expected = [math.sin(a * w.data + b) + a * w.data + b + a * b for a, b in xs]
    assert tape(xs).tolist() == pytest.approx(expected, rel=1e-14)
    s = [math.cos(a * w.data + b) + 1 for a, b in xs]
    slopes = [[w.data * k + b, k + a] for k, (a, b) in zip(s, xs, strict=True)]
    np.testing.assert_allclose(tape.input_gradients(xs), slopes, rtol=1e-14)


def test_subtractions_and_signs_in_a_sum():
    x, y, w = leaves("x", "y", "w")
    tape = record(w * x - y * x - (x - 3.0 * y) + -y * 2.0, [x, y])
    assert tape([[2.0, 5.0]])[0] == pytest.approx(w.data * 2 - 10 - (2 - 15) - 10, rel=1e-15)
    np.testing.assert_allclose(tape.input_gradients([[2.0, 5.0]]), [[w.data - 5 - 1, -2 + 3 - 2]], rtol=1e-15)


def test_an_operation_of_one_operand_is_one_instruction():
    x = Value(0.5)
    assert [len(record(f(x), x)) for f in (at.tanh, at.exp, at.relu)] == [1, 1, 1]
    assert len(record(at.sin(at.cos(x)), x)) == 2


# ---- what depends on parameters alone

def counted():
    """An operation that counts how often it is asked for its value, and for its derivative."""
    calls = {"value": 0, "slope": 0}

    def slope(x, f):
        calls["slope"] += 1
        return 2 * x

    @operation(slope)
    def square(x):
        calls["value"] += 1
        return x * x

    return square, calls


@pytest.mark.parametrize("size", [1, 10, 1000])
def test_nodes_of_parameters_alone_run_once_per_call(size):
    square, calls = counted()
    x, w = leaves("x", "w")
    tape = record(square(w) * x, x)
    xs = np.linspace(-1.0, 1.0, size)
    for method in (tape, tape.backward):
        calls.update(value=0, slope=0)
        method(xs)
        assert calls["value"] == 1 and calls["slope"] <= 1
    w.data = 3.0
    assert tape([2.0]).tolist() == [18.0]
    w.grad = 0.0
    tape.backward([2.0, 4.0], [1.0, 1.0])
    assert w.grad == 36.0


def test_nodes_of_parameters_alone_may_be_outputs_and_operands():
    x, w = leaves("x", "w")
    square = at.exp(w) + w * w
    tape = record([square, square * x], x)
    w.data = 2.0
    value = math.exp(2.0) + 4.0
    assert tape([1.0, 3.0]).tolist() == [pytest.approx([value, value]), pytest.approx([value, 3 * value])]
    tape.backward([1.0, 3.0], [1.0, 1.0], output=0)
    assert w.grad == pytest.approx(2 * (math.exp(2.0) + 4.0))


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


# ---- control flow that depends on data

ASKING = {
    "less": lambda v: v < 0.0,
    "less or equal": lambda v: v <= 0.0,
    "greater": lambda v: v > 0.0,
    "greater or equal": lambda v: v >= 0.0,
    "equal to a number": lambda v: v == 1.0,
    "unequal to a number": lambda v: v != 1.0,
    "a number first": lambda v: 0.0 < v,  # noqa: SIM300
    "equal, a number first": lambda v: 1.0 == v,  # noqa: SIM300
    "two Values": lambda v: v * 2.0 > v,
    "bool": lambda v: bool(v),
    "if": lambda v: 1.0 if v else 0.0,
    "not": lambda v: not v,
    "and": lambda v: v and 1.0,
    "or": lambda v: v or 1.0,
    "max of Python": lambda v: max(v, 0.0),
    "min of Python": lambda v: min(0.0, v),
    "sorted": lambda v: sorted([v, v * 2.0]),
    "in": lambda v: v in [0.0, 1.0],
    "any": lambda v: any([v]),
    "NumPy's maximum": lambda v: np.maximum(v, 0.0),
    "an array": lambda v: np.array([v]) > 0.0,
}
ALTERNATIVES = ("greater", "where", "maximum", "max", "relu", "softmax")


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
def test_a_question_about_a_number_is_refused_while_recording(ask):
    def f(x):
        middle = at.sin(x) * x
        middle.label = "middle"
        ask(middle)
        return middle

    with pytest.raises(TypeError) as caught:
        record(f, 0.5)
    message = str(caught.value)
    line = ask.__code__.co_firstlineno
    assert f"{HERE}:{line}" in message, message
    assert "middle" in message or ask in (ASKING["two Values"], ASKING["sorted"]), message
    assert all(word in message for word in ALTERNATIVES), message
    ask(Value(0.5))                     # afterwards all is as before


def test_a_question_about_an_input_and_about_a_parameter():
    w = Value(2.0, "weight")
    for f in (lambda x: x if x > 0 else -x, lambda x: x * w if w * 2 > 0 else x):
        with pytest.raises(TypeError, match=HERE):
            record(f, 0.5)
    with pytest.raises(TypeError, match="weight"):
        record(lambda x: x * w if w > 0 else x, 0.5)


def test_a_node_without_a_label_is_named_by_its_operation():
    with pytest.raises(TypeError, match="tanh"):
        record(lambda x: x if at.tanh(x) > 0 else -x, 0.5)


def test_check_does_not_switch_the_refusal_off():
    with pytest.raises(TypeError, match=HERE):
        record(lambda x: x if x > 0 else -x, 0.5, check=False)


def test_questions_that_do_not_depend_on_data_are_answered():
    constant = Value(3.0, requires_grad=False)

    def f(x, y):
        assert constant > 1.0 and constant * 2 == 6.0 and constant
        assert x != y and x is not y and x in [y, x]
        assert (x == y) is False and len([x, y]) == 2
        return x * y if 2 > 1 else x

    assert record(f, 2.0, 3.0)([[2.0, 5.0]]).tolist() == [10.0]


def test_the_alternatives_can_be_recorded():
    def f(x, y):
        larger = at.where(at.greater(x, y), x, y) + at.maximum(x, 0.0) + at.max([x, y]) + at.relu(y)
        return larger + at.softmax([x, y])[0] + at.clip(x, -1.0, 1.0) + abs(y)

    tape = record(f, 0.5, 0.25)
    for sample in ([1.0, 2.0], [2.0, 1.0], [-3.0, -0.5]):
        assert tape([sample])[0] == pytest.approx(f(*map(Value, sample)).data, rel=1e-14)


def test_other_threads_may_compare_while_one_records():
    asked = []

    def ask():
        asked.append(Value(1.0) * 2.0 > 1.0)

    def f(x):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        return x * 2.0

    record(f, 1.0)
    assert asked and all(asked)


def test_a_derivative_inside_of_the_function():
    tape = record(lambda x: grad(lambda y: y**3)(x) + x, 0.5)
    assert tape([2.0]).tolist() == [14.0] and tape.input_gradients([2.0]).tolist() == [[13.0]]


# ---- what the second point finds

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


# ---- the graph is not kept

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


def test_what_a_recorded_function_made_is_freed():
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


# ---- what a tape must not be silent about

def test_numbers_taken_from_a_parameter_are_caught_and_its_number_stays():
    w = Value(2.0, "w")
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: w.data * x, 1.0, parameters=[w])
    v = Value(3.0, "v")
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: v * x / v.data, 1.0)
    assert (w.data, v.data) == (2.0, 3.0)


def test_the_remedy_for_a_node_of_an_input_and_a_parameter_is_that_for_the_input():
    w = Value(2.0, "w")
    with pytest.raises(TypeError, match=r"depends on the input .*label='x'.*relu"):
        record(lambda x: w * x if w * x > 0 else -x, 1.5)


@pytest.mark.parametrize("make", [lambda x: x.detach(), lambda x: Value(2.0, requires_grad=False)])
def test_an_output_that_depends_on_nothing(make):
    x = Value(1.0)
    with pytest.raises(ValueError, match="depends on no input"):
        record([x * 2.0, make(x)], x)
    with no_grad():
        unrecorded = x * 2.0
    with pytest.raises(ValueError, match="no_grad"):
        record(unrecorded, x)


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


def test_parameters_in_any_form():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    forms = [lambda: w, lambda: [w], lambda: (w,), lambda: {"w": w}, lambda: iter([w]), lambda: np.array([w])]
    for make in forms:
        assert record(w * x, x, make()).parameters == (w,)
        assert record(lambda v: w * v, 1.0, parameters=make()).parameters == (w,)


def test_integers_among_the_examples():
    tape = record(lambda x, y: at.dot(y, x), [0.5, 2.0], np.array([0, 1]))
    assert tape([3.0, 4.0, 1, 0]).tolist() == [3.0]


def test_what_runs_once_comes_first_in_the_listing():
    x, w = Value(1.0, "x"), Value(2.0, "1")
    lines = record(at.sin(w * x) + at.exp(w), x).listing().splitlines()
    assert lines == [
        "inputs: x", "parameters: p0", "once in a run:", "    v0 = exp(p0)", "for every sample:",
        "    v1 = p0*x", "    v2 = sin(v1)", "    v3 = v2 + v0", "outputs: v3",
    ]


def test_a_value_that_the_function_makes_is_a_constant():
    w = Value(2.0, "w")

    def f(x):
        total = Value(0.0)
        for _ in range(3):
            total += w * x
        return total * Value(0.5, "half")

    tape = record(f, 1.0)
    assert tape.parameters == (w,) and tape([2.0]).tolist() == [6.0]


@pytest.mark.parametrize("f", [
    lambda x, w: 1.0 / (-(x - w)), lambda x, w: at.atan2(-(x - w), -1.0), lambda x, w: 1.0 / (x - (w - 1.0)),
    lambda x, w: 1.0 / (-(x * w - w)), lambda x, w: 1.0 / (0.0 * x - (w - w * x)),
])
def test_a_zero_keeps_its_sign_under_a_minus(f):
    x, w = Value(1.0), Value(1.0)
    tape = record(f(x, w), x)
    assert repr(tape([1.0]).tolist()) == repr([f(Value(1.0), w).data])


def test_names_that_come_again_are_told_apart_at_once():
    xs = [Value(float(i), "x") for i in range(20_000)]
    tape = record(at.sum(xs), xs)
    assert len({*tape.inputs}) == len(xs) and tape.inputs[:3] == ("x", "x_2", "x_3")


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_what_is_taken_from_an_example_that_is_not_finite(x):
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: x * 2.0 * x.data, x)


def test_parameters_that_are_chosen_by_a_number_although_theirs_are_equal():
    b1, b2, w = Value(0.0), Value(0.0), Value(2.0, "w")
    with pytest.raises(ValueError, match="the same everywhere"):
        record(lambda x: w * x + (b1 if x.data > 0 else b2), 1.0)


def test_two_threads_that_record_with_the_same_parameter():
    p = Value(1.0, "p")

    def slow(x):
        time.sleep(0.02)
        return x * p

    threads = [threading.Thread(target=record, args=(slow, 1.0)) for _ in range(3)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert p.data == 1.0


def test_constants_are_taken_as_they_are_now():
    x, c = Value(1.0, "x"), Value(2.0, requires_grad=False)
    f = x * c + c * c
    c.data = 5.0
    assert record(f, x)([1.0]).tolist() == [30.0]
