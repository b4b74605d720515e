"""Value and backward(): the semantics that everything else is built on."""
import gc
import math
import operator
import sys
import sysconfig
import threading
import weakref
from fractions import Fraction

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, engine_kind, gradients
from references.chains import chain

NATIVE = at.engine_kind() == "native"






# ---- requires_grad, detach, no_grad


def test_only_leaves_can_be_frozen():
    f = Value(1.0) + 1
    with pytest.raises(RuntimeError, match=r"detach\(\)"):
        f.requires_grad = False
    assert f.requires_grad


def test_detach_cuts():
    a = Value(2.0)
    d = (a * 3).detach()
    (d * a).backward()
    assert (d.data, a.grad, d.parents, d.requires_grad) == (6.0, 6.0, (), False)


# ---- the record: op, parents, label

def test_a_number_beside_a_value_is_shown_as_a_constant():
    a = Value(3.0)
    f = a * 2
    assert f.parents[0] is a and f.parents[1] == 2
    assert f.operands == (a, 2)
    assert f.local_grads == (2.0, 3.0)
    assert not f.parents[1].requires_grad
    g = 2 - a
    assert g.parents[0] == 2 and g.parents[1] is a and g.local_grads == (1.0, -1.0)


def test_two_paths():
    a = Value(3.0)
    assert (a * a).parents == (a, a)
    assert (a * a)._prev == {a}


def test_micrograds_names():
    a = Value(3.0)
    f = a + 1
    assert f._op == f.op == "+" and a._op == ""
    assert a in f._prev and len(f._prev) == 2
    with pytest.raises(AttributeError):
        f._prev = set()
    with pytest.raises(AttributeError):
        f._op = "*"


def test_free_attributes():
    p = Value(1.0)
    p.momentum = 0.5
    p.momentum += 1
    assert p.momentum == 1.5
    del p.momentum
    with pytest.raises(AttributeError):
        p.momentum  # noqa: B018
    assert p.label == "" and Value(1.0, "w").label == "w"
    p.label = "renamed"
    assert p.label == "renamed"


def test_repr_helps():
    a = Value(2.0, "a")
    assert repr(a) == "Value(2.0, label='a')"
    f = a * 3
    f.backward()
    assert repr(f) == "Value(6.0, op='*', grad=1.0)" and repr(a) == "Value(2.0, label='a', grad=3.0)"
    assert f"{a:.3f}" == "2.000" and f"{a}" == str(a) == repr(a)
    assert "requires_grad=False" in repr(a.detach())


# ---- comparisons and identity

def test_comparisons_look_at_the_numbers():
    a, b = Value(1.0), Value(2.0)
    assert a < b and b > a and a <= 1 and a >= 1.0 and a < 2 and not a > b
    assert max([a, b]) is b and min([a, b]) is a and sorted([b, a]) == [a, b]
    assert not 0 > a and np.float64(3) > a  # noqa: SIM300
    assert a == 1 and a == 1.0 and a == np.float64(1) and a != 2
    assert not (Value(math.nan) < 1) and Value(math.nan) != math.nan


def test_equality_of_values_is_identity():
    a, b = Value(1.0), Value(1.0)
    assert a != b and a == a and len({a, b, a}) == 2
    assert a != "1" and a != None  # noqa: E711
    assert bool(Value(0.5)) and not Value(0.0)


# ---- numbers of other kinds

@pytest.mark.parametrize(
    "two", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.uint8(2), np.array(2.0)], ids=repr
)
@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**"])
def test_every_operator_takes_a_number_on_either_side(two, operator):
    a = Value(3.0)
    names = {"a": a, "two": two}
    for text, expected in (
        (f"a {operator} two", eval(f"3.0 {operator} 2.0")),
        (f"two {operator} a", eval(f"2.0 {operator} 3.0")),
    ):
        found = eval(text, names)
        assert type(found) is Value and found.data == pytest.approx(expected, rel=1e-15)
        assert type(found.data) is float


def test_arrays_on_either_side():
    a = Value(3.0)
    numbers = np.array([1.0, 2.0])
    for found in (a * numbers, numbers * a):
        assert found.dtype == object and [v.data for v in found] == [3.0, 6.0]
    values = np.array([a, Value(2.0)])
    dotted = values @ np.array([1.0, 10.0])
    assert dotted.data == 23.0
    dotted.backward()
    assert a.grad == 1.0
    assert (values + values)[0].data == 6.0 and (values**2)[1].data == 4.0
    assert np.dot(values, values).data == 13.0 and values.sum().data == 5.0


def test_numpy_functions_find_the_methods():
    values = np.array([Value(0.25), Value(0.5)])
    for name in ("exp", "log", "sqrt", "sin", "tanh", "arcsin", "arctanh", "log1p", "expm1", "absolute"):
        found = getattr(np, name)(values)
        assert [v.data for v in found] == pytest.approx(getattr(np, name)(np.array([0.25, 0.5])), rel=1e-15)
    assert np.exp(values[0]).op == "exp"
    assert np.arctan2(values, values)[0].data == pytest.approx(math.pi / 4)
    assert np.hypot(values[0], values[1]).op == "hypot"


def test_ieee_no_exceptions_from_arithmetic():
    zero, big = Value(0.0), Value(1e308)
    assert zero.log().data == -math.inf and (1 / zero).data == math.inf and math.isnan((zero / zero).data)
    assert (big * big).data == math.inf and big.exp().data == math.inf and (big**2).data == math.inf
    assert math.isnan((Value(-1.0) ** 0.5).data) and math.isnan(Value(-1.0).sqrt().data)
    assert (zero**-1).data == math.inf and (zero**0).data == 1.0
    assert (Value(-2.0) ** 3).data == -8.0 and (Value(-2.0) ** -1).data == -0.5
    assert math.isnan(Value(math.inf).sin().data)


def test_stable_far_out():
    assert Value(800.0).sigmoid().data == 1.0 and Value(-800.0).sigmoid().data == 0.0
    assert Value(-740.0).sigmoid().data == math.exp(-740.0)
    assert Value(800.0).softplus().data == 800.0 and Value(-800.0).softplus().data == 0.0
    assert Value(1e-300).log1p().data == 1e-300
    assert at.logsumexp([Value(1000.0), Value(1000.0)]).data == 1000.0 + math.log(2.0)
    probabilities = at.softmax([Value(1e6), Value(1e6 - 1.0), Value(-1e6)])
    assert [p.data for p in probabilities] == pytest.approx(
        [1 / (1 + math.exp(-1)), math.exp(-1) / (1 + math.exp(-1)), 0.0], rel=1e-15
    )
    shifted = at.log_softmax([Value(1e6), Value(1e6 - 1.0)])
    assert shifted[0].data == pytest.approx(-math.log1p(math.exp(-1)), rel=1e-15)


# ---- bad input

@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("3", "str '3'"), (None, "None"), (1j, "complex 1j"), ([1.0], r"list \[1.0\]"),
        (Value(2.0), r"Value Value\(2.0\)"),
    ],
)
def test_a_value_holds_a_real_number(data, said):
    with pytest.raises(TypeError, match=f"a plain float is expected, got {said}"):
        Value(data)
    v = Value(1.0)
    with pytest.raises(TypeError, match=f"a plain float is expected, got {said}"):
        v.backward(data)
    for create_graph in (False, True):
        with pytest.raises(TypeError, match=f"a plain float is expected, got {said}"):
            gradients(v, v, data, create_graph)
    assert not v.reached


@pytest.mark.parametrize(
    ("data", "said"),
    [("3", "str '3'"), (None, "None"), (1j, "complex 1j"), ([1.0], r"list \[1.0\]"), (Value(2.0), "Value")],
)
def test_a_number_that_is_set_is_real_too(data, said):
    v = Value(1.0)
    v.backward()
    with pytest.raises(TypeError, match=f"a plain float is expected, got {said}"):
        v.data = data
    if data is not None:
        with pytest.raises(TypeError, match=f"a plain float is expected, got {said}"):
            v.grad = data
    assert (v.data, v.grad) == (1.0, 1.0)


@pytest.mark.parametrize("data", [2, True, np.float32(2.0), np.int64(2), np.bool_(True), Fraction(1, 2)], ids=repr)
def test_a_number_that_is_set_becomes_a_float(data):
    v = Value(1.0)
    v.data = v.grad = data
    assert v.data == v.grad == float(data) and type(v.data) is type(v.grad) is float


def test_a_gradient_of_none_is_zero():
    v = Value(2.0)
    (v * 3).backward()
    v.grad = None
    assert (v.grad, v.reached) == (0.0, False)
    (v * 3).backward()
    assert (v.grad, v.reached) == (3.0, True)


def test_a_label_is_a_str():
    v = Value(2.0, "v")
    for label in (5, None, ()):
        with pytest.raises(TypeError, match="a label is a str, got "):
            v.label = label
    assert v.label == "v"
    v.label = ""
    assert repr(v) == "Value(2.0)"
    with pytest.raises(TypeError, match=r"a label is a str, got tuple \(\)"):
        Value(2.0, ())
    with pytest.raises(TypeError, match="positional"):
        Value(2.0, "a", False)


@pytest.mark.parametrize(
    "text",
    [
        "a + 'x'", "'x' + a", "a * None", "a ** 'x'", "a - [1]", "a / 1j", "a % 'x'", "'x' // a", "a < 'x'",
        "a >= None",
    ],
)
def test_unknown_operands_are_type_errors_of_python(text):
    with pytest.raises(TypeError, match="Value"):
        eval(text, {"a": Value(1.0)})


def test_another_class_may_answer_for_an_unknown_operand():
    class Other:
        def __radd__(self, value):
            return "radd"

        def __mul__(self, value):
            return "mul"

    assert Value(1.0) + Other() == "radd" and Other() * Value(1.0) == "mul"


def test_a_gradient_is_never_lost_silently():
    v = Value(1.0, "v")
    for attempt in (lambda: float(v), lambda: int(v), lambda: math.exp(v), lambda: math.sqrt(v),
                    lambda: np.array([v], dtype=float), lambda: complex(v)):
        with pytest.raises(TypeError, match=r"x\.data or x\.item\(\)"):
            attempt()
    assert v.item() == 1.0 and type(v.item()) is float


@pytest.mark.parametrize(
    "call",
    [
        "a.maximum('x')", "at.where(a, 'x', a)", "at.dot([a], ['x'])", "at.exp('x')", "at.sum([a, None])",
        "at.clip(a, 'x', 2)", "at.maximum(a, 'x')", "at.equal('x', a)", "at.atan2(2.0, 'x')",
    ],
)
def test_functions_name_what_they_do_not_understand(call):
    with pytest.raises(TypeError, match=r"'x'|None"):
        eval(call, {"a": Value(1.0), "at": at})


def test_functions_of_many_say_what_is_missing():
    a = Value(1.0)
    with pytest.raises(ValueError, match="2 and 1"):
        at.dot([a, a], [a])
    for function in (at.max, at.min, at.mean, at.logsumexp):
        with pytest.raises(ValueError, match="none"):
            function([])
    for given in (a, "abc", 3):
        with pytest.raises(TypeError, match="a sequence"):
            at.sum(given)
    assert at.sum([]) == 0.0 and at.prod([]) == 1.0 and at.dot([], []) == 0.0


# ---- depth, copies, memory

DEPTH = 10_000_000 if NATIVE else 1_000_000


@pytest.mark.parametrize("kind", ["plus and times", "dot", "sum"])
def test_graphs_of_any_depth(kind):
    x, y = Value(0.5), Value(0.999)
    length = DEPTH if kind == "plus and times" else DEPTH // 10
    if kind == "plus and times":
        a = chain(length, x, y)
    else:
        a = x
        step = (lambda a: at.dot([a, x], [y, 0.001])) if kind == "dot" else (lambda a: at.sum([a, x, -0.5]))
        for _ in range(length):
            a = step(a)
    a.backward()
    assert x.grad != 0.0 and math.isfinite(x.grad)
    del a


@pytest.mark.skipif(
    not NATIVE and sys.version_info[:2] == (3, 13),
    reason="CPython 3.13 itself overflows a small stack when it frees a long chain of plain Python objects",
)
def test_a_deep_graph_is_freed_in_a_thread_with_a_small_stack():
    def build_and_free():
        a = chain(400_000, Value(0.5), Value(0.999))
        del a

    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=build_and_free)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)


def test_nodes_are_freed_at_once_and_weak_references_notice():
    f = Value(1.0) * 2
    g = f + 1
    watch = weakref.ref(f)
    del f
    assert watch() is not None
    gc.disable()
    try:
        del g
        assert watch() is None
    finally:
        gc.enable()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/statm")
def test_memory_comes_back():
    def resident():
        with open("/proc/self/statm") as numbers:
            return int(numbers.read().split()[1]) * 4096

    rounds, length = (20, 1_000_000) if NATIVE else (20, 50_000)
    levels = []
    for _ in range(rounds):
        root = chain(length, Value(0.5), Value(0.999))
        root.backward()
        full = resident()
        del root
        levels.append(resident())
    assert max(levels[2:]) - min(levels[2:]) < 30e6
    if NATIVE and not sysconfig.get_config_var("Py_GIL_DISABLED"):      # there CPython's allocator keeps what was freed
        assert full - levels[-1] > 80 * length      # the memory of the graph has gone back


def test_attributes_of_deep_graphs_are_freed():
    class Counted:
        alive = 0

        def __init__(self):
            Counted.alive += 1

        def __del__(self):
            Counted.alive -= 1

    a = Value(1.0)
    for i in range(100_000):
        a = a * 1.0001
        if i % 1000 == 0:
            a.witness = Counted()
    assert Counted.alive == 100
    del a
    gc.collect()
    assert Counted.alive == 0


@pytest.mark.skipif(engine_kind() != "native", reason="the pure engine looks for attributes, not into memory")
@pytest.mark.parametrize("method", ["exp", "relu", "backward", "detach", "clip", "maximum", "__copy__", "__add__"])
def test_methods_refuse_a_self_that_is_no_value(method):
    for wrong in (1.5, "text", None, object(), [Value(1.0)]):
        with pytest.raises(TypeError):
            getattr(Value, method)(wrong, *[2.0] * (method in ("maximum", "__add__")))


@pytest.mark.parametrize("use", [
    lambda v: [1.0][v], lambda v: (1.0,)[v], lambda v: "a"[v:], lambda v: range(v), lambda v: [1] * v,
    lambda v: hex(v), lambda v: operator.index(v), lambda v: math.factorial(v), lambda v: round(1.0, v),
    lambda v: v * "a", lambda v: at.round(1.5, v),
])
def test_it_is_no_index_and_no_count(use):
    for number in (Value(2.0), at.Dual(2.0, 1.0)):
        with pytest.raises(TypeError, match=r"2\.0.* is no index and no count, .*: write autograd_tiny\.take\(values,"):
            use(number)
