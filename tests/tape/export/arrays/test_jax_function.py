"""Tape.to_jax: values and derivatives of every order are the tape's, inside of JAX's transformations.

Where XLA computes on CPUs, numbers below 2.3e-308 are 0, and quotients are rearranged: numbers near the limits of
floats are left out here, as the documentation says.
"""
import pickle
import random
from contextlib import contextmanager
from functools import cache

import numpy as np
import pytest
from references.programs.exported_tapes import (
    CONVENTIONS, COUNTS, TIES, Rows, is_moderate, is_near_one, near, numbers, smooth,
)
from references.optional import needed

import autograd_tiny as at
from autograd_tiny import Value, nn, record

pytestmark = pytest.mark.doors  # make test-all runs it, once

jax = needed("jax", "jax")
jnp = jax.numpy


@pytest.fixture(autouse=True)
def double():
    """In float64; compiled in half the time, without optimisations."""
    jax.config.update("jax_disable_most_optimizations", True)
    with in_float64(True):
        yield
    jax.config.update("jax_disable_most_optimizations", False)


@contextmanager
def in_float64(wanted):
    """Whether JAX has float64; as jax.enable_x64, which the oldest versions lack."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", wanted)
    yield
    jax.config.update("jax_enable_x64", before)


@cache
def network():
    model = nn.MLP(2, [5, 4, 1], rng=random.Random(1))
    return record(model, [0.1, 0.2]), np.random.default_rng(0).normal(size=(129, 2))


def values_and_pullback(f, xs):
    """The outputs, and the derivatives of their sum by the rows."""
    def both(x):
        outputs, pullback = jax.vjp(f, x)
        return outputs, pullback(jnp.ones_like(outputs))[0]

    return jax.jit(both)(xs)


# ---- numbers

@pytest.mark.parametrize("count", COUNTS)
def test_every_row_at_its_edges(count):
    rows = Rows(count, is_moderate)
    function = rows.tape.to_jax()
    rows.check(*map(np.asarray, values_and_pullback(lambda x: function({}, x), rows.X)), smallest=1e-304)


@pytest.mark.parametrize("count", COUNTS[:-1])
def test_every_row_in_single_precision(count):
    rows = Rows(count, is_near_one)
    function = rows.tape.to_jax(dtype="float32")
    found = values_and_pullback(lambda x: function({}, x), rows.X.astype(np.float32))
    rows.check_single(*map(np.asarray, found))


@pytest.mark.parametrize(("seed", "size"), [*((seed, 1 + 4 * seed) for seed in range(8)), (21, 300), (21, 5000)])
def test_random_programs(seed, size):
    tape, xs = smooth(seed, size)
    function, p = tape.to_jax(), numbers(tape)
    outputs, gradients = values_and_pullback(lambda x: function(p, x), xs)
    near(outputs, tape(xs))
    near(gradients, tape.input_gradients(xs))
    if len(p):
        near(jax.jit(jax.grad(lambda p: function(p, xs).mean()))(p), tape.value_and_grad(xs)[1])


def test_a_random_program_of_several_loops():
    tape, xs = smooth(7, 1200)
    function, p = tape.to_jax(), numbers(tape)
    assert [type(step).__name__ for step in function._program.per_sample].count("DeepRun") > 3
    outputs, gradients = values_and_pullback(lambda x: function(p, x), xs)
    near(outputs, tape(xs))
    near(gradients, tape.input_gradients(xs))


@pytest.mark.parametrize("size", [1, 129])
def test_networks_with_parameters_by_name_and_in_an_array(size):
    tape, xs = network()
    function = tape.to_jax()
    loss = jax.jit(jax.value_and_grad(lambda p: function(p, xs[:size]).mean()))
    expected = tape.value_and_grad(xs[:size])
    for parameters in (numbers(tape), function.parameters):
        total, gradient = loss(parameters)
        near(total, expected[0])
        near([gradient[name] for name in function.names] if type(gradient) is dict else gradient, expected[1])


@pytest.mark.parametrize("f", CONVENTIONS)
def test_conventions(f):
    """Ties, the bounds of a clip, and what was not selected, also inside functions with an infinite derivative."""
    tape = record(f, 1.0, 2.0)
    function = tape.to_jax()
    gradients = values_and_pullback(lambda x: function({}, x), np.array(TIES))[1]
    np.testing.assert_allclose(gradients, tape.input_gradients(TIES), rtol=1e-15)


def test_one_sample_no_sample_and_several_outputs():
    w = Value(2.0, "w")
    tape = record(lambda x, y: [w * x, x * y, at.maximum(x, 1.0)], 1.0, 2.0)
    function = tape.to_jax()
    assert function([2.0], jnp.array([1.0, 3.0])).tolist() == [2.0, 3.0, 1.0]
    assert function({"w": 3.0}, np.zeros((0, 2))).shape == (0, 3)
    assert record(lambda x: w * x, 1.0).to_jax()([2.0], [3.0]).shape == ()


# ---- transformations

def test_vmap_jacobian_hessian_and_jvp():
    tape, xs = network()
    function, p = tape.to_jax(), numbers(tape)
    near(jax.jit(jax.vmap(jax.hessian(lambda x: function(p, x))))(xs), tape.hessian(xs))
    tangents = np.ones(2)
    moved = jax.jit(lambda x, t: jax.jvp(lambda x: function(p, x), (x,), (t,))[1])
    near(moved(xs, np.tile(tangents, (129, 1))), tape.jvp(xs, tangents)[1])
    many = np.stack([p, 2.0 * p])
    near(jax.jit(jax.vmap(function, (0, None)))(many, xs)[0], tape(xs))
    two = record(lambda x, y: [at.sin(x) * y, x**3 / y], 0.3, 0.4).to_jax()
    expected = [[np.cos(0.3) * 0.4, np.sin(0.3)], [0.27 / 0.4, -0.027 / 0.16]]
    near(jax.jacobian(two, 1)({}, np.array([0.3, 0.4])), expected)


def deep(depth):
    """A recurrence, in which each number needs the one before it."""
    a, b = Value(0.9, "a"), Value(0.3, "b")

    def f(x, y):
        for _ in range(depth):
            x, y = at.sin(a * x + y), at.where(at.greater(x, y), at.sigmoid(x * b), at.maximum(x, y * 0.5))
        return x * y

    return record(f, 0.3, 0.2)


def test_a_deep_program_is_a_loop_with_derivatives_of_every_order():
    tape, xs = deep(60), np.random.default_rng(0).normal(size=(7, 2))
    function, p = tape.to_jax(), numbers(tape)
    assert [type(step).__name__ for step in function._program.per_sample].count("DeepRun") == 1
    outputs, gradients = values_and_pullback(lambda x: function(p, x), xs)
    near(outputs, tape(xs))
    near(gradients, tape.input_gradients(xs))
    near(jax.jit(jax.grad(lambda p: function(p, xs).mean()))(p), tape.value_and_grad(xs)[1])
    moved = jax.jit(lambda x, t: jax.jvp(lambda x: function(p, x), (x,), (t,))[1])
    near(moved(xs, np.ones((7, 2))), tape.jvp(xs, np.ones(2))[1])
    for twice in (jax.hessian, lambda f: jax.jacrev(jax.jacrev(f))):
        near(jax.jit(jax.vmap(twice(lambda x: function(p, x))))(xs), tape.hessian(xs))


def test_selection_inside_a_loop():
    def f(x, y):
        for _ in range(40):
            inside = at.log(at.relu(x) + at.greater(y, 5.0))
            x = inside * at.greater(y, 0.0) + at.where(at.greater(x, 0.0), y, at.sqrt(at.abs(y)))
        return at.where(at.greater(y, 1.0), at.sqrt(at.relu(-y)), y)

    tape, xs = record(f, 1.0, 2.0), np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 0.0], [2.0, -1.0]])
    function = tape.to_jax()
    np.testing.assert_array_equal(values_and_pullback(lambda x: function({}, x), xs)[1], tape.input_gradients(xs))


def test_a_take_out_of_range_is_nan():
    w = [Value(1.0), Value(2.0), Value(3.0)]
    tape = record(lambda x, i: at.take(w, i) * x + at.take([x, 2 * x], at.less(i, 1.0)), 1.0, 1.0, parameters=w)
    function, xs, p = tape.to_jax(), np.array([[1.0, 0.0], [2.0, -1.0], [1.0, 2.0]]), np.array([1.0, 2.0, 3.0])
    near(jax.jit(jax.grad(lambda p: function(p, xs).mean()))(p), tape.value_and_grad(xs)[1])
    assert np.isnan(jax.jit(function)(p, np.array([[1.0, 3.0], [1.0, 0.5], [1.0, np.nan]]))).all()


# ---- names, precision, errors

def test_names_are_labels_told_apart():
    w = [Value(float(k), label) for k, label in enumerate(["a", "", "a", "</script>", "p1", "import"])]
    function = record(lambda x: at.sum([each * x for each in w]), 1.0, parameters=w).to_jax()
    assert function.names == ("a", "p1_2", "a_2", "</script>", "p1", "import")
    assert function.parameters == dict(zip(function.names, range(6), strict=True))
    assert pickle.loads(pickle.dumps(function))(function.parameters, [2.0]) == 30.0


def test_the_name_of_a_label_that_occurs_once_is_that_label():
    """Not one that a parameter without a label, or one of two that are labelled alike, would be called by its place."""
    u0, u, w = Value(0.0), Value(1.0), Value(10.0, "p1")
    function = record(lambda x: u0 * x + u * x + w * at.sin(x), 1.0).to_jax()
    assert function.names == ("p0", "p1_2", "p1")
    assert float(function({**function.parameters, "p1": 0.0}, [1.0])) == 1.0


def test_single_precision_is_said():
    w = Value(0.7, "w")
    tape, xs = record(lambda x, y: at.sin(w * x) + y, 1.0, 2.0), np.array([[0.1, 0.2], [0.3, 0.4]])
    with in_float64(False):
        with pytest.warns(UserWarning, match="jax_enable_x64"):
            function = tape.to_jax()
        found = jax.jit(function)(function.parameters, xs)
        assert found.dtype == jnp.float32
        near(found, tape(xs), 1e-6)
        assert tape.to_jax(dtype="float32")(numbers(tape), xs).dtype == jnp.float32         # meant: no warning
    assert function(function.parameters, xs).dtype == jnp.float64
    for single in tape.to_jax(dtype="float32"), tape.astype("float32").to_jax():
        assert single(single.parameters, xs).dtype == jnp.float32
    assert tape.astype("float32").to_jax(dtype="float64").dtype == np.float64


def test_numbers_beyond_single_precision_are_infinite():
    """As on a tape, and without a warning."""
    x, w = Value(1.0, "x"), Value(1e300, "w")
    tape, xs = record([x * w, at.minimum(x, 1e200), 1e200 * x], [x]), np.array([[1.0], [-1e300]])
    function = tape.to_jax(dtype="float32")
    expected = tape.astype("float32")(xs)
    assert expected.tolist() == [[np.inf, 1.0, np.inf], [-np.inf, -np.inf, -np.inf]]
    for parameters in (function.parameters, [1e300], {"w": 1e300}):
        np.testing.assert_array_equal(jax.jit(function)(parameters, xs), expected)
        np.testing.assert_array_equal(function(parameters, xs), expected)


def test_errors_name_what_is_wrong():
    w = Value(1.0, "w")
    function = record(lambda x, y: w * x + y, 1.0, 2.0).to_jax()
    for parameters, message in [
        ({}, "'w' is missing"), ({"w": 1.0, "v": 2.0}, "'v' is unknown"), ([1.0, 2.0], "1 numbers are expected"),
        ({"w": [1.0]}, "'w' is one number"),
    ]:
        with pytest.raises(ValueError, match=message):
            function(parameters, [1.0, 2.0])
    with pytest.raises(TypeError, match="a dict by name or an array"):
        function("w", [1.0, 2.0])
    with pytest.raises(ValueError, match="2 numbers for each sample"):
        function([1.0], [1.0, 2.0, 3.0])
