"""Tapes of float32: within its precision of those of float64, in both executors, with sums that keep six digits."""
import pickle
import random

import numpy as np
import pytest
from references.tapes import METHODS, Wave, batch, executors

import autograd_tiny as at
from autograd_tiny import Value, nn, record, vectors
from autograd_tiny.calculus.c_kernels import numbered
from autograd_tiny.tape import arguments, batches
from autograd_tiny.tape.program import Instruction, Program
from autograd_tiny.tape.tape import Tape

EPSILON = 2.0**-24                      # half a unit in the last place of 1 in float32
SIZES = 1, 2, 15, 16, 17, 99, 300


def network(inputs=19, widths=(17, 8, 3)):
    """A tape of the sum of squares of a network's outputs."""
    model = nn.MLP(inputs, list(widths), "tanh", rng=random.Random(0))
    return record(lambda *xs: at.sum([y * y for y in model(list(xs))]), *[0.1] * inputs)


def near(found, expected, factor=64):
    """Equal but for so many rounding errors of float32, of the largest number."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape and expected.dtype == np.float64
    limit = factor * EPSILON * max(1.0, np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=limit)


# ---- against float64

@executors
@pytest.mark.parametrize("size", SIZES)
def test_a_network_in_float32_is_within_its_precision(on, size):
    double, x = network(), batch(size, 19)
    single = on(double.astype("float32"))
    near(single(x), double(x))
    found, expected = single.value_and_grad(x), double.value_and_grad(x)
    near(found[0], np.float64(expected[0]))
    near(found[1], expected[1])
    near(single.input_gradients(x), double.input_gradients(x))
    for one, other in zip(single.jvp(x, x), double.jvp(x, x), strict=True):
        near(one, other, 256)


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("method", METHODS)
def test_all_methods_are_within_its_precision_and_return_float32(method, outputs):
    wave, xs = Wave(outputs), batch(40)
    found, expected = (METHODS[method](tape, xs) for tape in (wave.tape.astype("float32"), wave.tape))
    for one, other in zip(*[each if isinstance(each, tuple) else (each,) for each in (found, expected)], strict=True):
        assert method == "backward" or one.dtype == np.float32
        near(one, np.asarray(other), 256)


@executors
@pytest.mark.parametrize("row", [row for _, row in numbered()], ids=lambda row: row.name)
def test_each_operation_is_that_of_float64_rounded(row, on):
    count = 3 if row.is_nary else len(row.operands)
    program = Program(count, 0, [], [Instruction(row, tuple(range(count)))], [count])
    double = Tape(program, [], [f"x{k}" for k in range(count)], [], False)
    single = on(double.astype("float32"))
    x = np.random.default_rng(0).uniform(0.2, 0.8, (40, count)).astype(np.float32)
    x[20:] *= 5.0
    if row.name == "polygamma":
        x[:, 0] = np.arange(40) % 4
    # of many operands, the terms are rounded before they are added up
    np.testing.assert_allclose(single(x), double(x), rtol=(4 if row.is_nary else 2) * EPSILON, atol=0)
    np.testing.assert_allclose(single.input_gradients(x), double.input_gradients(x), rtol=1e-5, atol=1e-5)


@executors
def test_the_gradient_of_backward_goes_to_the_parameters_as_floats(on):
    double, x = network(), batch(99, 19)
    single = on(double.astype(np.float32))
    single.backward(x, accumulate=False)
    first = vectors.read_gradients(double.parameters)
    single.backward(x)
    assert vectors.read_gradients(double.parameters).tolist() == (2 * first).tolist()
    assert type(double.parameters[0].grad) is float
    double.backward(x, accumulate=False)
    near(first, vectors.read_gradients(double.parameters))


# ---- sums

def means():
    """Functions of x, y and an index that have every kind of sum over samples, with the same terms or with others."""
    model = nn.MLP(2, [8, 1], "tanh", rng=random.Random(1))
    w, b, c = Value(0.3, "w"), Value(0.7, "b"), Value(-0.4, "c")
    return record(
        lambda x, y, k: (model([x, y]) - 0.1) ** 2 + w * x * y + b + 0.1 * at.take([w, c, b], k), 0.1, 0.2, 1,
    )


@executors
@pytest.mark.parametrize("terms", ["equal", "different"])
def test_a_mean_over_a_million_samples_keeps_six_digits(on, terms):
    n, rng = 10**6, np.random.default_rng(0)
    x = np.tile([0.1, 0.7, 0.0], (n, 1))
    if terms == "different":
        x = np.column_stack([rng.random((n, 2)), rng.integers(0, 3, n)])
    double = means()
    expected = double.value_and_grad(x)
    found = on(double.astype("float32")).value_and_grad(x.astype(np.float32))
    assert found[0] == pytest.approx(expected[0], rel=1e-6)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-6, atol=0)
    assert found[1].dtype == np.float32


@executors
def test_the_number_of_threads_changes_no_bit(on):
    tape, x = on(means().astype("float32")), np.tile([0.1, 0.7, 2.0], (9000, 1))
    one, four = (tape.value_and_grad(x, threads=threads) for threads in (1, 4))
    assert one[0] == four[0] and one[1].tobytes() == four[1].tobytes()


@executors
def test_the_number_of_a_wrong_index_counts_from_the_first_sample(on):
    tape, x = on(record(lambda k: at.take([Value(1.0), Value(2.0)], k), 1).astype("float32")), np.zeros((9000, 1))
    x[5000] = 2
    with pytest.raises(IndexError, match="5000"):
        tape.value_and_grad(x)


# ---- edges

@executors
@pytest.mark.parametrize("number", [0.0, -0.0, np.inf, -np.inf, np.nan])
def test_numbers_that_are_not_ordinary_are_as_in_float64(on, number):
    double = record(lambda x, y: at.relu(x) * y + at.where(at.greater(x, y), x, 1.0 / y), 1.0, 2.0)
    single = on(double.astype("float32"))
    x = [[number, 1.0], [1.0, number]] * 9
    for one, other in ((single(x), double(x)), (single.input_gradients(x), double.input_gradients(x))):
        np.testing.assert_array_equal(one, other)


@executors
def test_what_is_too_large_for_a_float32_is_infinite_without_a_warning(on):
    w = Value(1e39)
    tape = on(record(lambda x: x * 1e39 + w, 0.0).astype("float32"))
    assert tape([[1e300], [0.0]]).tolist()[0] == np.inf
    assert on(record(lambda x: x * x, 0.0, dtype="float32"))([[1e30]]).tolist() == [np.inf]
    with pytest.raises(FloatingPointError, match="check_finite"):
        record(lambda x: x * x, 0.0, dtype="float32")([[1e30]], check_finite=True)


def test_no_samples_are_no_numbers():
    found = network().astype("float32")(np.empty((0, 19)))
    assert found.shape == (0,) and found.dtype == np.float32


def test_operations_of_ones_own_run_in_float32_too():
    double_it = at.operation(lambda x, f: 2.0)(lambda x: 2.0 * x)
    tape = record(lambda x: double_it(x), 1.0, dtype="float32")
    assert tape([[1.5]]).tolist() == [3.0] and tape.input_gradients([[1.5]]).tolist() == [[2.0]]


# ---- the argument

@pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype("float32")])
def test_a_dtype_may_be_a_name_a_type_or_a_dtype(dtype):
    x = Value(2.0)
    for tape in (record(lambda x: x * x, 1.0, dtype=dtype), record(x * x, [x], dtype=dtype)):
        assert tape.dtype == np.float32 and tape([[3.0]]).dtype == np.float32
        assert repr(tape).endswith(", float32>")


def test_float64_is_the_default():
    tape = record(lambda x: x * x, 1.0)
    assert tape.dtype == np.float64 and "float" not in repr(tape)


@pytest.mark.parametrize("dtype", ["float16", np.float16, np.longdouble, int, "single precision", None, ">f4", []])
def test_another_dtype_is_an_error_that_names_both(dtype):
    x = Value(2.0)
    for attempt in (
        lambda: record(lambda x: x * x, 1.0, dtype=dtype), lambda: record(x * x, [x], dtype=dtype),
        lambda: record(lambda x: x * x, 1.0).astype(dtype),
    ):
        with pytest.raises(ValueError, match="dtype: 'float64' or 'float32' is expected, got"):
            attempt()


def test_float32_refuses_a_table_whose_indices_it_cannot_tell_apart(monkeypatch):
    assert batches.most_indices(np.dtype(np.float32)) == 2**24 == int(np.float32(2**24 + 1))
    monkeypatch.setattr(batches, "most_indices", lambda dtype: 3 if dtype == np.float32 else 2**53)
    record(lambda k: at.take([1.0, 2.0, k], k), 1, dtype="float32")
    tape = record(lambda k: at.take([1.0, 2.0, 3.0, k], k), 1)
    for attempt in (
        lambda: tape.astype("float32"), lambda: record(lambda k: at.take([1.0, 2.0, 3.0, k], k), 1, dtype="float32"),
    ):
        with pytest.raises(ValueError, match=r"take has 4 values: record it with dtype='float64'"):
            attempt()


# ---- the dtype stays

def test_tapes_of_derivatives_have_the_same_dtype():
    tape = Wave(2).tape.astype("float32")
    assert tape.gradient().dtype == tape.gradient().gradient().dtype == np.float32
    assert tape.astype("float64").dtype == np.float64


def test_files_and_pickles_keep_the_dtype(tmp_path):
    double = Wave().tape
    for tape in (double, double.astype("float32")):
        tape.save(tmp_path / "tape.json")
        for copy in (Tape.load(tmp_path / "tape.json"), pickle.loads(pickle.dumps(tape))):
            assert copy.dtype == tape.dtype
            assert copy(batch(5)).tobytes() == tape(batch(5)).tobytes()
        assert ("dtype" in (tmp_path / "tape.json").read_text()) == (tape.dtype == np.float32)


def test_arguments_are_rounded_once():
    x = arguments.samples([[0.1]], ["x"], False, np.float32)
    assert x.dtype == np.float32 and arguments.samples(x, ["x"], False, np.float32) is x


# ---- weights beyond the range of float32

@executors
@pytest.mark.parametrize("size", [1, 3, 40, 3000])
@pytest.mark.parametrize("scale", [1e-300, 1e-46, 1e-41, 1.0, 1e20, 1e39, 1e300])
def test_weights_of_any_size_count(scale, size, on):
    def gradients_of(tape, weights):
        for each in tape.parameters:
            each.grad = None
        return tape.backward(batch(size), weights), [each.grad for each in tape.parameters]

    double = Wave().tape
    single, weights = on(double.astype("float32")), np.random.default_rng(0).uniform(0.5, 1.0, size)
    for each in (weights, 0.75):
        found, gradient = gradients_of(single, each * scale)
        expected, of_doubles = gradients_of(double, each)
        near(found / scale, np.float64(expected), 64 * size)
        near(np.array(gradient) / scale, np.array(of_doubles), 64 * size)
        once, as_array = single.value_and_grad(batch(size), each * scale)
        assert once == found and as_array.dtype == np.float32
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(as_array, np.array(gradient).astype(np.float32))


@executors
def test_a_small_weight_beside_a_large_one_counts_nothing(on):
    tape = on(record(lambda x: x * Value(2.0, "w"), 1.0, check=False, dtype="float32"))
    assert tape.value_and_grad([[3.0], [4.0]], [1e-60, 1.0]) == (8.0, [4.0])
    for weights in ([0.0, 0.0], 0.0):
        assert tape.value_and_grad([[3.0], [4.0]], weights) == (0.0, [0.0])
    for weights in ([np.nan, 1.0], [np.inf, 1.0]):
        assert not np.isfinite(tape.value_and_grad([[3.0], [4.0]], weights)[0])


@executors
@pytest.mark.parametrize("size", [2, 8, 9, 200])
def test_the_sum_of_a_batch_has_the_range_of_a_double(size, on):
    tape = on(record(lambda x: x * Value(2.0, "w"), 1.0, check=False, dtype="float32"))
    assert tape.value_and_grad([[1e38]] * size, 1.0)[0] == pytest.approx(2e38 * size, rel=1e-6)
    ups_and_downs = np.array([[1e38], [-1e38]] * size)
    ups_and_downs[0] = 1.25e38
    assert tape.value_and_grad(ups_and_downs, 1.0)[0] == pytest.approx(0.5e38, rel=1e-5)


def test_training_with_tiny_weights_takes_the_steps_of_those_of_size_1():
    def trained(weight):
        model = nn.MLP(2, [4, 1], "tanh", rng=random.Random(0))
        at.fit(
            model, batch(200), batch(200, 1), "mse", at.optim.SGD(model.parameters(), 0.01 / weight), epochs=2,
            reduction="sum", sample_weight=[weight] * 200, shuffle=False, dtype="float32", progress=False,
        )
        return vectors.read(model.parameters())

    np.testing.assert_allclose(trained(2.0**-200), trained(1.0), rtol=1e-12)
