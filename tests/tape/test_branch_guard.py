"""Branches that depend on the numbers of a recorded function are refused, with the line that has them."""
import math
import pickle
import threading
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.tape.branch_guard import BranchError, identity_refused

HERE = Path(__file__).name
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
    "NumPy's maximum of an array": lambda v: np.maximum(np.array([v]), 0.0)[0],
    "an array": lambda v: np.array([v]) > 0.0,
}
ALTERNATIVES = ("greater", "where", "maximum", "max", "relu", "softmax")


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
def test_a_comparison_is_refused_while_recording(ask):
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


CONVERTING = {
    "an index": (lambda v: [1.0, 2.0][v], "an index or a count"), "range": (lambda v: range(v), "an index or a count"),
    "an index of an array": (lambda v: np.arange(3)[v], "an index or a count"),
    "a slice": (lambda v: "abc"[:v], "an index or a count"), "repetition": (lambda v: v * [1], "an index or a count"),
    "islice": (lambda v: islice("abc", v), "an index or a count"),
    "a shape": (lambda v: np.full(v, 1.0), "an index or a count"),
    "int": (lambda v: int(v), "a plain number"), "float": (lambda v: float(v), "a plain number"),
    "math": (lambda v: math.sin(v), "a plain number"), "%d": (lambda v: "%d" % v, "a plain number"),  # noqa: UP031
    "an array of floats": (lambda v: np.array([v], float), "a plain number"),
}


@pytest.mark.parametrize(("convert", "what"), CONVERTING.values(), ids=CONVERTING)
def test_what_python_makes_of_a_number_is_refused_while_recording(convert, what):
    def f(x):
        middle = at.sin(x) * x
        middle.label = "middle"
        convert(middle)
        return middle

    w = Value(0.5, "weight")
    for recorded, role in ((lambda: record(f, 0.5), "input"), (lambda: record(lambda x: f(w) * x, 0.5), "parameter")):
        with pytest.raises(BranchError) as caught:
            recorded()
        message = str(caught.value)
        assert message.startswith(f"{convert.__code__.co_filename}:{convert.__code__.co_firstlineno}: `"), message
        assert f"makes {what} of Value" in message and f"which depends on the {role}" in message, message
        assert "middle" in message and "autograd_tiny.take(values, index)" in message, message
        assert caught.value.input == (0 if role == "input" else None)
    with pytest.raises((TypeError, IndexError, ValueError)) as outside:
        convert(Value(0.5))                     # in eager code it is an error, too
    assert not isinstance(outside.value, BranchError)


def test_constants_are_refused_as_in_eager_code():
    constant = Value(2.0, requires_grad=False)
    with pytest.raises(TypeError, match="is no index and no count") as caught:
        record(lambda x: x * [1.0, 2.0, 3.0][constant], 0.5)
    assert not isinstance(caught.value, BranchError)


def test_another_error_in_another_line_is_not_replaced():
    def f(x):
        with suppress(TypeError):
            int(x)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        record(f, 0.5)


def test_an_error_can_be_pickled():
    error = pickle.loads(pickle.dumps(BranchError("text", 3)))
    assert str(error) == "text"


def test_comparisons_of_inputs_and_of_parameters():
    w = Value(2.0, "weight")
    for f in (lambda x: x if x > 0 else -x, lambda x: x * w if w * 2 > 0 else x):
        with pytest.raises(TypeError, match=HERE):
            record(f, 0.5)
    with pytest.raises(TypeError, match="weight"):
        record(lambda x: x * w if w > 0 else x, 0.5)


def test_the_message_names_the_input_rather_than_a_parameter():
    w = Value(2.0, "w")
    with pytest.raises(TypeError, match=r"depends on the input .*label='x'.*relu"):
        record(lambda x: w * x if w * x > 0 else -x, 1.5)


def test_a_node_without_a_label_is_named_by_its_operation():
    with pytest.raises(TypeError, match="tanh"):
        record(lambda x: x if at.tanh(x) > 0 else -x, 0.5)


def test_check_does_not_switch_the_refusal_off():
    with pytest.raises(TypeError, match=HERE):
        record(lambda x: x if x > 0 else -x, 0.5, check=False)


def test_comparisons_that_do_not_depend_on_data_are_answered():
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


# ---- == between Values, and look-ups

LOOKING = {
    "== of two": lambda x, y: x == y,
    "!= of two": lambda x, y: x != y,
    "== of results": lambda x, y: x * 2.0 == y + 1.0,
    "dict": lambda x, y: {1.0: 5.0}.get(x, 0.0),
    "set": lambda x, y: x in {1.0, 2.0},
    "list": lambda x, y: [x].count(y),
    "tuple": lambda x, y: (x, 1.0) == (y, 1.0),
    "an array": lambda x, y: np.array([x]) == np.array([y]),
}


@pytest.mark.parametrize("look", LOOKING.values(), ids=LOOKING)
def test_what_compares_inputs_as_nodes_is_refused_if_floats_are_meant(look):
    x, y = Value(3.0), Value(4.0)
    said = f"{HERE}:.*lambda.*compares Value.*autograd_tiny.equal"
    with pytest.raises(TypeError, match=said), identity_refused([x, y]):
        look(x, y)
    look(x, y)


def test_parameters_and_what_the_package_looks_up_itself_are_no_concern():
    x, w = Value(3.0), Value(2.0)
    model = at.nn.MLP(1, [3, 2])
    with identity_refused([x]):
        assert w in {w} and w != Value(1.0) and x == x and x != 1.0
        assert len(model.parameters()) == 14 and at.grad(lambda z: z**2)(x).data == 6.0
        at.gradients(sum(model([x])), [x, w])
