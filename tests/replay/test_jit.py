"""jit: a function and its derivatives of every order are as eager code computes them, whatever changes around it."""
import copy
import gc
import math
import pickle
import random
import threading
import warnings
import weakref
from collections import namedtuple
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from references.programs.random_graphs import on_leaves
from references.programs.random_tapes import FUNCTIONS, examples, seeds, tame
from references.tapes import close

import autograd_tiny as at
from autograd_tiny import (
    Tape, Value, derivative, elementwise_grad, fit, grad, gradients, hessian, hvp, jacfwd, jacobian, jit, jvp, nn,
    no_grad, operation, optim, record, value_and_grad, vjp,
)
from autograd_tiny.replay.jit import MOST
from autograd_tiny.transforms.pytree import flatten


def rosenbrock(x):
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def same(found, expected, tolerance=1e-12):
    """The same structure, types and numbers."""
    assert isinstance(found, float) if isinstance(expected, float) else type(found) is type(expected)
    numbers, structure = flatten(found, "found", integer_arrays=True)
    other_numbers, other = flatten(expected, "expected", integer_arrays=True)
    assert structure.matches(other) and other.matches(structure)
    close(numbers, other_numbers, tolerance)


class Counted:
    """A function that counts its calls."""

    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self.f(*args, **kwargs)


# ---- the numbers are those of eager code

TRANSFORMS = {
    "itself": lambda f: f, "grad": grad, "value_and_grad": value_and_grad, "hessian": hessian, "jacobian": jacobian,
    "grad of an element of grad": lambda f: grad(lambda x: grad(f)(x)[1] * 2.0),
    "third derivatives": lambda f: jacobian(hessian(f)), "jacfwd of grad": lambda f: jacfwd(grad(f)),
    "hessian of a sum of grad": lambda f: hessian(lambda x: at.sum(grad(f)(x))),
    "hvp": lambda f: lambda x: hvp(f, x, np.arange(4.0)), "elementwise_grad": elementwise_grad,
    "jvp of grad": lambda f: lambda x: jvp(grad(f), (x,), (np.arange(4.0),)),
    "vjp of grad": lambda f: lambda x: vjp(grad(f), x)[1](np.arange(4.0)),
    "hvp of an element of grad": lambda f: lambda x: hvp(lambda x: grad(f)(x)[0], x, np.arange(4.0)),
}
ORDERS = {
    "inside": lambda transform: transform(jit(rosenbrock)), "outside": lambda transform: jit(transform(rosenbrock)),
    "both": lambda transform: jit(transform(jit(rosenbrock))),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_transforms_in_any_nesting(transform, order):
    f, eager = order(transform), transform(rosenbrock)
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=4)
        same(f(x), eager(x))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_to_one_and_to_several_numbers(name):
    f, n = FUNCTIONS[name]
    x, v = [0.3 + 0.2 * i for i in range(n)], [0.5 - 0.4 * i for i in range(n)]
    as_list = lambda x: list(found) if hasattr(found := f(x), "__len__") else found  # noqa: E731
    same(jit(as_list)(x), as_list(x))
    for transform in (jacobian, hessian, elementwise_grad):
        same(transform(jit(as_list))(x), transform(as_list)(x))
    same(jvp(jit(as_list), (x,), (v,)), jvp(as_list, (x,), (v,)))
    value, pull_back = vjp(jit(as_list), x)
    expected, eager_pull_back = vjp(as_list, x)
    same(value, expected)
    for k in range(3):
        cotangents = [0.1 + i * k for i in range(len(value))] if isinstance(value, list) else 2.0
        same(pull_back(cotangents), eager_pull_back(cotangents))


@examples
@given(tame, seeds)
def test_random_programs_at_orders_1_and_2(program, seed):
    def f(x):
        return on_leaves(program, x)[-1]

    x = list(program.leaves)
    tape = record(f, x)
    jitted = jit(f)
    assert jitted(x) == tape([x])[0]
    np.testing.assert_array_equal(grad(jitted)(x), tape.gradient()([x])[0])
    k = seed % len(x)
    element = jit(lambda x: grad(jitted)(x)[k])
    close(grad(element)(x), tape.gradient().gradient(k)([x])[0], 1e-9)


def test_derivatives_of_functions_of_one_number():
    for n in range(7):
        assert derivative(jit(at.sin), n)(0.3) == pytest.approx(derivative(at.sin, n)(0.3), abs=1e-14)
    assert derivative(jit(lambda x, y: x**y), 2)(2.0, 3.0) == pytest.approx(12.0)
    assert derivative(jit(lambda x, y: y * x**2), argnums=1)(2.0, 3.0) == 4.0
    with pytest.raises(TypeError, match=r"derivative is for functions of one number, and .* was called with a seq"):
        derivative(jit(rosenbrock))([1.0, 2.0])


Pair = namedtuple("Pair", "left right")


@dataclass
class Point:
    x: float
    y: np.ndarray
    name: str = field(default="p", metadata={"static": True})


STRUCTURES = [
    2.0, [1.0, 2.0], (1.0, [2.0, 3.0]), {"b": 1.0, "a": [2.0, {"c": 3.0}]}, np.array([[1.0, 2.0], [3.0, 4.0]]),
    Pair(1.0, np.array([2.0, 3.0])), [np.array(2.0), 1.0], Point(1.5, np.array([1.0, 2.0])), [[1.0], [], (2.0,)],
    {1: 2.0, "1": 3.0},
]


@pytest.mark.parametrize("x", STRUCTURES, ids=repr)
def test_structures_of_arguments_and_answers(x):
    def f(x):
        numbers, _ = flatten(x, "x")
        return at.sum([at.sin(each) * (k + 1.0) for k, each in enumerate(numbers)]) ** 2

    def g(x):
        return {"same": x, "array": np.array([f(x), f(x) * 2.0])}

    same(jit(f)(x), f(x))
    same(jit(g)(x)["array"], g(x)["array"].astype(float))
    for transform in (grad, jacobian, hessian):
        found, expected = transform(jit(f))(x), transform(f)(x)
        assert repr(type(found)) == repr(type(expected))
        close(flatten(found, "")[0], flatten(expected, "")[0])
    close(flatten(jacobian(jit(g))(x), "")[0], flatten(jacobian(g)(x), "")[0])
    close(flatten(hessian(jit(g))(x), "")[0], flatten(hessian(g)(x), "")[0])


def test_several_arguments_and_argnums():
    f = lambda x, y, *, scale=1.0: scale * x**2 * y[0] + y[1]  # noqa: E731
    g = jit(f)
    assert g(2.0, [3.0, 1.0]) == 13.0 and g(2.0, [3.0, 1.0], scale=2.0) == 25.0 and g(y=[3.0, 1.0], x=2.0) == 13.0
    for argnums in (0, 1, -1, [1], (0, 1), (1, 0)):
        same(grad(g, argnums)(2.0, [3.0, 1.0]), grad(f, argnums)(2.0, [3.0, 1.0]))
        both = value_and_grad(g, argnums), value_and_grad(f, argnums)
        same(*[each(2.0, [3.0, 1.0], scale=3.0) for each in both])
        same(hessian(g, argnums)(2.0, [3.0, 1.0]), hessian(f, argnums)(2.0, [3.0, 1.0]))
    same(hvp(g, (2.0, [3.0, 1.0]), (1.0, [0.0, 2.0])), hvp(f, (2.0, [3.0, 1.0]), (1.0, [0.0, 2.0])))
    same(jvp(g, (2.0, [3.0, 1.0]), (1.0, [0.0, 2.0])), jvp(f, (2.0, [3.0, 1.0]), (1.0, [0.0, 2.0])))


def test_has_aux():
    f = lambda x: (x[0] * x[1], {"sum": x[0] + x[1]})  # noqa: E731
    for transform in (grad, value_and_grad, jacobian, hessian):
        same(transform(jit(f), has_aux=True)([2.0, 3.0]), transform(f, has_aux=True)([2.0, 3.0]))
    same(jvp(jit(f), ([2.0, 3.0],), ([1.0, 0.0],), has_aux=True), jvp(f, ([2.0, 3.0],), ([1.0, 0.0],), has_aux=True))


def test_functions_without_inputs_and_constant_ones():
    w = Value(3.0)
    assert jit(lambda: w * w)() == 9.0 and jit(lambda xs: w * 2.0)([]) == 6.0
    assert jit(lambda x: 5.0)(1.0) == 5.0 and grad(jit(lambda x: 5.0))(1.0) == 0.0
    assert jit(lambda x, y: y)(1.0, 2.0) == 2.0
    assert grad(jit(lambda x, y: x * x))(3.0, np.empty((0, 2))) == 6.0


def test_custom_operations():
    @operation(lambda x, f: 3 * x**2)
    def cube(x):
        return x**3

    for own in cube, operation("cube(x) = x**3", "3 * x**2"):
        f = jit(lambda x, own=own: own(x) * x)
        assert (f(2.0), grad(f)(2.0), grad(grad(f))(2.0), derivative(f, 3)(2.0)) == (16.0, 32.0, 48.0, 48.0)


def test_answers_are_not_shared():
    f = jit(lambda x: x * 2.0)
    x = np.array([1.0, 2.0])
    first = f(x)
    first[0] = 99.0
    assert f(x).tolist() == [2.0, 4.0] and x.tolist() == [1.0, 2.0]
    same_as_input = jit(lambda x: x)
    same_as_input(x)[0] = 7.0
    assert x[0] == 1.0


# ---- recordings

def test_it_is_recorded_once_for_each_structure():
    f = Counted(rosenbrock)
    g = jit(f)
    for _ in range(3):
        g([1.0, 2.0])
        grad(g)([1.0, 2.0])
        hessian(g)([2.0, 2.0])
        value_and_grad(g)([1.0, 5.0])
    assert f.calls == 2                                     # the second one to see whether it does the same
    g([1.0, 2.0, 3.0])
    g(np.array([1.0, 2.0, 3.0]))
    assert f.calls == 6
    assert len(g._replays) == 3
    jit(f, check=False)([1.0])
    assert f.calls == 7


def test_the_key_has_everything_that_is_no_number():
    f = Counted(lambda x: x[0] if isinstance(x, list) else x["a"])
    g = jit(f)
    assert g([1.0]) == 1.0 and g({"a": 2.0}) == 2.0 and f.calls == 4
    h = jit(lambda d: next(iter(d.values())))
    assert h({"a": 1.0, "b": 2.0}) == 1.0 and h({"b": 2.0, "a": 1.0}) == 2.0
    named = jit(lambda p: p.x * (2.0 if p.name == "p" else 3.0))
    assert named(Point(1.0, np.zeros(1))) == 2.0 and named(Point(1.0, np.zeros(1), "q")) == 3.0
    assert grad(named)(Point(1.0, np.zeros(1), "q")).x == 3.0 and grad(named)(Point(1.0, np.zeros(1), "q")).name == "q"


def test_recordings_are_bounded_and_the_least_recently_used_goes_first():
    f = Counted(lambda x: at.sum(x))
    g = jit(f)
    for n in range(1, MOST + 1):
        g([1.0] * n)
    g([1.0])
    with pytest.warns(RuntimeWarning, match=f"was recorded for {MOST + 1} structures of its arguments"):
        g([1.0] * (MOST + 1))
    assert len(g._replays) == MOST
    calls = f.calls
    g([1.0])                                                # used since
    assert f.calls == calls
    g([1.0, 1.0])                                           # dropped
    assert f.calls == calls + 2
    derived = grad(g)
    for n in range(1, 3 * MOST):                            # it warned once
        derived([1.0] * n)
    assert len(derived._replays) == len(g._replays) == MOST


def test_nothing_is_left_of_a_failed_recording():
    f = Counted(lambda x: x if x > 0 else -x)
    g = jit(f)
    for _ in range(2):
        with pytest.raises(TypeError):
            g(2.0)
        with pytest.raises(TypeError):
            grad(g)(2.0)
    assert not g._replays and g._latest == (None, None) and f.calls == 4
    h = jit(lambda x: [x, x])
    with pytest.raises(TypeError, match="grad is for functions that return one number"):
        grad(h)(1.0)
    assert h(1.0) == [1.0, 1.0] and jacobian(h)(1.0) == [1.0, 1.0]


def test_an_interrupt_leaves_nothing():
    calls = []

    def f(x):
        calls.append(x)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return x * 2.0

    g = jit(f)
    with pytest.raises(KeyboardInterrupt):
        g(1.0)
    assert not g._replays and Value(1.0) > 0.5 and g(1.0) == 2.0


@pytest.mark.parametrize("block", [no_grad, at.detect_anomaly, lambda: at.scope("inside")])
def test_recordings_made_inside_a_block_are_as_others(block):
    f, x = jit(rosenbrock), [0.5, 2.0]
    with block():
        inside = f(x), grad(f)(x), hessian(f)(x)
        same(inside, (rosenbrock(x), grad(rosenbrock)(x), hessian(rosenbrock)(x)))
        with pytest.raises(TypeError, match="decides by"):
            jit(lambda x: x if x > 0 else -x)(1.0)
    assert (f(x), grad(f)(x), hessian(f)(x)) == inside
    assert Value(1.0) > 0.5 and (Value(1.0) * 2.0).operands[1] == 2.0


def test_no_reference_cycles():
    gc.collect()
    gc.disable()
    try:
        f = jit(rosenbrock)
        grad(f)([1.0, 2.0])
        hessian(f)([1.0, 2.0])
        jacobian(jacobian(grad(f)))([1.0, 2.0])
        hvp(f, [1.0, 2.0], [1.0, 2.0])
        vjp(f, [1.0, 2.0])[1](1.0)
        left = [weakref.ref(f), *(weakref.ref(replay) for replay in f._replays.values())]
        del f
        assert not any(each() for each in left)
    finally:
        gc.enable()


# ---- what the function takes from elsewhere

def test_values_from_elsewhere_are_read_anew():
    w, c = Value(2.0, "w"), Value(3.0, "c", requires_grad=False)
    f = jit(lambda x: w * x**2 + c)
    assert (f(1.0), grad(f)(1.0), derivative(f, 2)(1.0)) == (5.0, 4.0, 4.0)
    w.data, c.data = 5.0, 10.0
    assert (f(1.0), grad(f)(1.0), derivative(f, 2)(1.0)) == (15.0, 10.0, 10.0)
    assert w.grad == 0.0 and type(f(1.0)) is float
    assert jvp(f, (1.0,), (1.0,)) == (15.0, 10.0) and vjp(f, 1.0)[1](1.0) == (10.0,) and hvp(f, 1.0, 1.0) == 10.0


def test_a_model_while_it_is_trained():
    rng = random.Random(0)
    model = nn.MLP(2, [4, 1], "tanh", rng=rng)
    predict = jit(lambda x: model(x))
    slope = grad(predict)
    x = [0.3, -0.2]
    for _ in range(3):
        loss = (model(x) - 1.0) ** 2
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
        close(predict(x), model(x).data)
        leaves = [Value(each) for each in x]
        close(slope(x), gradients(model(leaves), leaves))


def test_inside_losses_of_fit():
    def squared(x, y):
        return (x - y) ** 2

    def trained(loss):
        model = nn.MLP(1, [4, 1], "tanh", rng=random.Random(1))
        xs = [[0.1 * i] for i in range(10)]
        optimizer = optim.SGD(model.parameters(), lr=0.05)
        fit(model, xs, [0.5 * i for i in range(10)], loss=loss, optimizer=optimizer, epochs=3, shuffle=False)
        return [p.data for p in model.parameters()]

    assert trained(lambda p, y: squared(p, y)) == trained(jit(squared))


# ---- inside of other differentiations and recordings

def test_values_in_values_out():
    f = jit(lambda x: x[0] ** 2 * x[1])
    x = [Value(3.0), Value(2.0)]
    y = f(x)
    y.backward()
    assert y.data == 18.0 and [v.grad for v in x] == [12.0, 9.0]
    first = grad(f)(x)
    assert [type(each) for each in first] == [Value, Value]
    assert gradients(first[0], x) == (4.0, 6.0)


def test_inside_of_other_transforms():
    f = jit(rosenbrock)
    forward = lambda g: grad(g, mode="forward"), lambda g: jacobian(grad(g), mode="forward")
    for transform in (grad, hessian, jacfwd, *forward):
        x = np.array([0.3, 0.5, -0.2])
        same(transform(lambda x: f(x) * 2.0 + x[0])(x), transform(lambda x: rosenbrock(x) * 2.0 + x[0])(x))


def test_variables_of_an_outer_differentiation_that_it_closes_over():
    """They are no constants: no gradient is lost, also where it is called with plain numbers."""
    outer = lambda w: jit(lambda x: w * x**2)(3.0) + grad(jit(lambda x: w * x**2))(2.0)  # noqa: E731
    assert grad(outer)(1.0) == 13.0
    assert grad(outer, mode="forward")(1.0) == 13.0
    w = Value(1.0)
    penalty = jit(lambda: w * w)
    assert penalty() == 1.0
    tape = record(lambda x: x * 0.0 + penalty(), 1.0)
    w.data = 3.0
    assert tape([1.0])[0] == 9.0 and penalty() == 9.0


def test_inside_no_grad():
    f = jit(lambda x: x**2)
    with no_grad():
        assert f(3.0) == 9.0 and grad(f)(3.0) == 6.0
        assert grad(jit(lambda x: x**3))(2.0) == 12.0


# ---- threads

def test_threads_record_and_replay_together():
    w = Value(1.0)
    f = jit(lambda x: at.sum([w * each**2 for each in x]))
    slope, errors = grad(f), []

    def work(seed):
        rng = random.Random(seed)
        try:
            for _ in range(200):
                x = np.array([rng.gauss(0, 1) for _ in range(rng.randint(1, 12))])
                assert abs(f(x) - (x**2).sum()) < 1e-12
                np.testing.assert_allclose(slope(x), 2 * x, rtol=1e-14)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not errors and len(f._replays) == 12


# ---- errors

@pytest.mark.parametrize(("f", "args", "error", "words"), [
    (lambda x: x if x > 0 else -x, (1.0,), TypeError, r"decides by .*where.*make x static .*jit\(f, static='x'\)"),
    (lambda x: at.sin(x) and 1.0, (1.0,), TypeError, "decides by"),
    (lambda x: x, ("abc",), TypeError, r"argument 0 of .*got str 'abc' \(jit\(f, static='x'\)"),
    (lambda x, y: x, (1.0, {"a": None}), TypeError, "argument 1 of .*got None"),
    (lambda x: "abc", (1.0,), TypeError, "the result of .*got str 'abc'"),
    (lambda x: None, (1.0,), TypeError, "the result of .*got None"),
    (lambda x: math.sin(x), (1.0,), TypeError, "makes a plain number of .*autograd_tiny.exp, sin"),
    (lambda x: x * random.random(), (1.0,), ValueError, "draws random numbers"),
    (lambda x: x * x.data, (2.0,), ValueError, "does not do the same everywhere"),
    (lambda x: {x: 1.0}[x] if x == 1.0 else x, (1.0,), TypeError, "decides by|compares"),
])
def test_functions_and_arguments_that_cannot_be_recorded(f, args, error, words):
    for transform in (lambda f: f, grad, hessian):
        with pytest.raises(error, match=words):
            transform(jit(f))(*args)


def test_a_branch_is_named_by_its_line():
    def f(x):
        if x > 1.0:
            return x
        return -x

    with pytest.raises(TypeError, match=r"test_jit\.py:\d+: `if x > 1.0:` decides by"):
        jit(f)(2.0)


@pytest.mark.parametrize(("make", "error"), [
    (lambda: jit(3.0), TypeError), (lambda: jit("f"), TypeError), (lambda: jit(rosenbrock, check="no"), TypeError),
    (lambda: jit(rosenbrock)(), TypeError),
    (lambda: grad(jit(rosenbrock))(np.arange(3)), TypeError),
    (lambda: grad(jit(rosenbrock), 1)([1.0, 2.0]), ValueError),
    (lambda: grad(jit(lambda x, y: x * y), (0, 0))(1.0, 2.0), ValueError),
    (lambda: grad(jit(lambda x, n: x, static=1), 1)(1.0, 2), ValueError),
    (lambda: hvp(jit(rosenbrock), [1.0, 2.0], [1.0]), ValueError),
    (lambda: jvp(jit(rosenbrock), [1.0], [[1.0]]), TypeError),
    (lambda: vjp(jit(rosenbrock), [1.0, 2.0])[1]([1.0]), ValueError),
    (lambda: jit(rosenbrock).tape([Value(1.0)]), TypeError),
    (lambda: hvp(jit(lambda x: [x, x]), 1.0, 1.0), TypeError),
])
def test_arguments_that_do_not_fit(make, error):
    with pytest.raises(error):
        make()


def test_generators_and_coroutines_are_refused():
    async def later(x):
        return x

    def several(x):
        yield x

    for f in (later, several):
        with pytest.raises(TypeError, match="generator or a coroutine"):
            jit(f)


# ---- as an object

def test_its_name_its_copies_and_its_tapes():
    f = jit(rosenbrock)
    assert f.__name__ == "rosenbrock" and f.__wrapped__ is rosenbrock and jit(f) is f
    assert repr(f) == "<jit of rosenbrock: 0 recordings>"
    assert "grad(rosenbrock)" in repr(grad(f))
    again = pickle.loads(pickle.dumps(grad(f)))
    assert again([1.0, 2.0]) == grad(f)([1.0, 2.0]) == copy.deepcopy(grad(f))([1.0, 2.0])
    tape = grad(f).tape([1.0, 2.0])
    assert isinstance(tape, Tape) and tape.inputs == ("x[0]", "x[1]")
    close(tape([[0.5, 0.2], [1.0, 2.0]]), [grad(rosenbrock)([0.5, 0.2]), grad(rosenbrock)([1.0, 2.0])])


def test_an_example_of_the_documentation():
    f = jit(lambda x: x[0] ** 2 * x[1])
    assert (f([3.0, 2.0]), grad(f)([3.0, 2.0])) == (18.0, [12.0, 9.0])


def test_it_plugs_into_scipy():
    scipy = pytest.importorskip("scipy.optimize")
    f = jit(rosenbrock)
    start = np.array([-1.2, 1.0, 0.5])
    both = scipy.minimize(value_and_grad(f), start, jac=True, method="BFGS")
    newton = scipy.minimize(f, start, method="trust-exact", jac=grad(f), hess=hessian(f))
    product = scipy.minimize(f, start, method="trust-ncg", jac=grad(f), hessp=lambda x, v: hvp(f, x, v))
    for found in (both, newton, product):
        close(found.x, np.ones(3), 1e-4)
    residuals = jit(lambda x: np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]]))
    close(scipy.least_squares(residuals, start[:2], jac=jacobian(residuals)).x, np.ones(2), 1e-8)


def test_it_never_warns_for_few_structures():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in range(1, MOST + 1):
            jit(rosenbrock)([1.0] * n)
