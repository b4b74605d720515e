"""take on tapes: an index that is an input, on both executors, against eager code."""
import json
import math
import random

import numpy as np
import pytest
from references.tapes import all_methods, close, executors

import autograd_tiny as at
from autograd_tiny import Tape, Value, gradients, record
from autograd_tiny.tape.program import SampleIndexError

SIZES = (1, 2, 7, 8, 9, 130, 1100)


def table(n, d=None, seed=0):
    rng = random.Random(seed)
    return [rng.gauss(0, 1) if d is None else [Value(rng.gauss(0, 1), f"t{k}{j}") for j in range(d)] for k in range(n)]


def of_parameters(weights):
    """A table of parameters, and one of numbers."""
    rows = [weights[2 * k : 2 * k + 2] for k in range(len(weights) // 2)]

    def f(k, x):
        left, right = at.take(rows, k)
        return at.tanh(left * x + right) + x * at.take([2.0, -3.0, 0.5, 7.0], k)

    return f


def of_rows(weights):
    """Tables of numbers of each sample, of scalars that are computed once, and of both."""
    def f(k, x):
        rows = [w * x for w in weights[:4]]
        once = [at.exp(w) for w in weights[4:8]]
        return at.take(rows, k) * at.take(once, k) + at.take([rows[0], once[1], 3.0, weights[0]], k)

    return f


def of_a_computed_index(weights):
    def f(k, x):
        return at.take(weights[:3], at.mod(k * 5.0, 3.0)) * x + at.take([x, x * x], at.greater(x, 0.0))

    return f


FUNCTIONS = of_parameters, of_rows, of_a_computed_index
each_function = pytest.mark.parametrize("make", FUNCTIONS)


def samples(size, seed=1):
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.integers(-4, 4, size), rng.normal(size=size)]).astype(float)


@executors
@each_function
def test_values_and_all_derivatives_are_those_of_eager_code(make, on):
    weights = [Value(0.1 * k - 0.3, f"w{k}") for k in range(8)]
    f = make(weights)
    tape = on(record(f, 1, 0.5, parameters=weights))
    for size in SIZES:
        xs = samples(size)
        values, by_inputs, by_parameters = [], [], np.zeros(8)
        for k, x in xs.tolist():
            leaves = Value(k), Value(x)
            y = f(*leaves)
            found = gradients(y, [*leaves, *weights])
            values.append(y.data)
            by_inputs.append(found[:2])
            by_parameters += found[2:]
        close(tape(xs), values)
        close(tape.input_gradients(xs), by_inputs)
        assert (tape.input_gradients(xs)[:, 0] == 0.0).all()
        close(tape.jvp(xs, [1.0, 1.0])[1], np.sum(by_inputs, axis=1))
        total, gradient = tape.value_and_grad(xs, 1.0)
        close(total, sum(values), 1e-11)
        close(gradient, by_parameters, 1e-11)


@executors
@each_function
def test_gradients_that_are_tapes_and_second_derivatives(make, on):
    weights = [Value(0.1 * k - 0.3, f"w{k}") for k in range(8)]
    tape = record(make(weights), 1, 0.5, parameters=weights)
    gradient, xs = on(tape.gradient()), samples(20)
    close(gradient(xs), tape.input_gradients(xs))
    second = tape.hessian(xs)
    assert (second[:, 0] == 0.0).all() and (second[:, :, 0] == 0.0).all()
    for row, (k, x) in zip(second, xs.tolist(), strict=True):
        leaf = Value(x)
        first = gradients(make(weights)(Value(k), leaf), leaf, create_graph=True)
        close(row[1, 1], gradients(first, leaf))
    total = tape.vjp(xs, [1.0])[1]
    close(total, tape.input_gradients(xs))


@each_function
def test_threads_change_no_bit(make):
    tape = record(make([Value(0.1 * k - 0.3) for k in range(8)]), 1, 0.5)
    xs = samples(5000)
    one, four = (tape.value_and_grad(xs, threads=threads) for threads in (1, 4))
    assert one[0] == four[0] and np.array_equal(one[1], four[1])


@executors
def test_adjoints_of_repeated_indices_are_summed_in_the_order_of_the_samples(on):
    weights = [Value(1.0), Value(2.0)]
    tape = on(record(lambda k: at.take(weights, k), 0))
    rng = np.random.default_rng(0)
    xs, factors = rng.integers(0, 2, (700, 1)), rng.normal(size=700)
    expected = [0.0, 0.0]
    for k, factor in zip(xs.ravel().tolist(), factors.tolist(), strict=True):
        expected[k] += factor
    found = tape.value_and_grad(xs, factors)[1]
    close(found, expected, 1e-13)


@executors
@pytest.mark.parametrize("adjoint", [math.inf, math.nan])
def test_elements_that_are_not_taken_get_exactly_nothing(adjoint, on):
    weights = [Value(1.0), Value(2.0), Value(3.0)]
    tape = on(record(lambda k: at.take(weights, k), 0))
    for size in (1, 20):
        gradient = tape.value_and_grad([[1.0]] * size, adjoint)[1]
        assert gradient[0] == gradient[2] == 0.0 and not math.isfinite(gradient[1])


@executors
@all_methods
@pytest.mark.parametrize(("index", "message"), [
    (4.0, "index 4 is out of range: the indices of 4 values are -4 to 3"), (-5.0, "index -5 is out of range"),
    (1e300, "out of range"), (2.5, "an index is an integer"), (math.nan, "got nan"), (math.inf, "got inf"),
    (2.0000000001, r"an index is an integer, such as 2 or 2\.0, got 2\.0000000001$"), (1234567.0, "index 1234567 is"),
])
@pytest.mark.parametrize(("size", "sample"), [(1, 0), (9, 8), (3000, 0), (3000, 2999)])
def test_a_wrong_index_names_its_sample_and_leaves_everything_as_it_was(method, index, message, size, sample, on):
    weights = [Value(0.1 * k) for k in range(8)]
    tape = on(record(of_parameters(weights), 1, 0.5))
    xs = samples(size)
    xs[sample, 0] = index
    before = [w.grad for w in weights]
    for threads in (1, 3):
        with pytest.raises(SampleIndexError, match=f"^sample {sample}: .*{message}") as caught:
            method(tape, xs, threads=threads)
        assert caught.value.sample == sample and isinstance(caught.value, IndexError)
    assert [w.grad for w in weights] == before
    assert np.isfinite(method(tape, samples(size))).all() if method(tape, samples(size)) is not None else True


@executors
@pytest.mark.parametrize("index", [4.0, -5.0, 2.5, math.nan])
def test_derivatives_look_at_indices_of_values_that_they_do_not_need(index, on):
    """As those of a sum, in which the derivative knows no table and no value."""
    weights = [Value(0.1 * k) for k in range(4)]
    tape = record(lambda k, x: at.take(weights, k) + x * x, 1.0, 0.5)
    derived = [tape.gradient(), tape.gradient().gradient(1), tape.gradient("all")]
    for each in map(on, derived):
        assert np.isfinite(each([[3.0, 0.5], [-4.0, 0.5]])).all()
        with pytest.raises(SampleIndexError, match=r"^sample 1: "):
            each([[3.0, 0.5], [index, 0.5]])
    for method in (tape.hessian, lambda xs: tape.hvp(xs, [0.0, 1.0])):
        with pytest.raises(SampleIndexError, match=r"^sample 1: "):
            method([[3.0, 0.5], [index, 0.5]])


@executors
def test_an_index_that_is_a_parameter(on):
    weights, k = [Value(1.0), Value(2.0)], Value(1.0, "k")
    tape = on(record(at.take(weights, k) * (x := Value(3.0)), x, [*weights, k]))
    assert tape([3.0]).tolist() == [6.0]
    assert tape.value_and_grad([3.0])[1].tolist() == [0.0, 3.0, 0.0]
    k.data = 2.0
    with pytest.raises(IndexError, match=r"^index 2 is out of range"):
        tape([3.0])


@executors
def test_an_index_that_is_computed_once_for_rows(on):
    k = Value(1.0, "k")
    tape = on(record(lambda x, y: at.take([x, y], k + 0.0) + at.take([x, y, 1.0], 2.0 * k), 3.0, 4.0))
    assert tape([[3.0, 4.0], [5.0, 6.0]]).tolist() == [5.0, 7.0]
    k.data = -1.0
    assert tape.input_gradients([[3.0, 4.0], [5.0, 6.0]]).tolist() == [[0.0, 2.0], [0.0, 2.0]]


def test_a_known_index_needs_no_instruction():
    w = [Value(1.0), Value(2.0)]
    k = Value(1.0, requires_grad=False)
    assert len(record(lambda x: at.take(w, k) * x, 3.0)) == 1
    assert record(lambda x: at.take([x, 2.0], Value(1.0)) + x, 3.0).listing().endswith("outputs: v0")


def test_the_second_call_of_a_recording_is_at_another_index():
    seen = []

    def f(k, x):
        seen.append((k.data, x.data))
        return at.take([x, 2.0, 3.0], k) + at.take([1.0, x], k)

    record(f, 1, 0.5)
    assert seen[0] == (1.0, 0.5) and seen[1][0] == 0.0
    record(lambda k: at.take([3.0], k), 0)
    record(lambda k, x: at.take([x, 2.0], k - 3.0), 4, 1.0)         # any place is taken there
    with pytest.raises(ValueError, match=r"does not do the same everywhere|autograd_tiny\.take"):
        record(lambda k, x: [x, 2.0][int(k.data)] + k, 1, 0.5)
    with pytest.raises(IndexError, match="index k = 2 is out of range"):
        record(lambda k: at.take([3.0, 4.0], k), 2)


@pytest.mark.parametrize("make", FUNCTIONS)
def test_it_survives_a_file(make, tmp_path):
    tape = record(make([Value(0.1 * k) for k in range(8)]), 1, 0.5)
    tape.save(tmp_path / "tape.json")
    again = Tape.load(tmp_path / "tape.json")
    xs = samples(20)
    assert np.array_equal(again(xs), tape(xs)) and again.listing() == tape.listing()


def test_a_file_with_a_take_of_nothing_is_refused(tmp_path):
    from autograd_tiny.tape import serialization

    record(lambda k: at.take([1.0, 2.0], k), 0).save(tmp_path / "tape.json")
    contents = json.loads((tmp_path / "tape.json").read_text())
    contents["instructions"] = [["take", 0]]
    body = {key: value for key, value in contents.items() if key not in ("format", "version", "sha256")}
    contents["sha256"] = serialization._checksum(body)
    (tmp_path / "tape.json").write_text(json.dumps(contents))
    with pytest.raises(ValueError, match="take does not take 1 operands"):
        Tape.load(tmp_path / "tape.json")


def test_the_listing_and_the_cost():
    rows = table(12, 2)
    tape = record(lambda k: at.sum(at.take(rows, k)), 3)
    assert "v0 = take([t00, t10, t20, … 8 more …, t110], k)" in tape.listing()
    assert tape.cost().forward.flops == 1


@pytest.mark.parametrize("seed", range(40))
@executors
def test_random_functions_with_takes_in_them(seed, on):
    """Takes of parameters, numbers, rows and mixtures, by inputs and computed indices, beside sums of products."""
    rng = random.Random(seed)
    weights = [Value(rng.gauss(0, 1)) for _ in range(6)]
    plan = [(rng.choice(["take", "dot", "tanh", "mul", "nested"]), rng.randint(1, 5), rng.random()) for _ in range(12)]

    def f(i, j, x, y):
        pick, known = random.Random(seed), [x, y, *weights, 0.5]
        for kind, n, share in plan:
            xs = pick.sample(known, n) if share < 0.6 else (weights[:n] if share < 0.8 else known[-n:])
            n = len(xs)
            index = at.mod(i if share < 0.5 else j, float(n)) if n < 5 else i
            if kind == "take":
                known.append(at.take(xs, index))
            elif kind == "nested":
                known.append(at.take(xs, at.take([at.mod(j, float(n)), 0.0, -1.0], at.mod(i, 3.0))))
            elif kind == "dot":
                known.append(at.dot(xs, xs[::-1]))
            else:
                known.append(at.tanh(known[-1]) if kind == "tanh" else known[-1] * xs[0])
        return at.sum(known)

    tape = on(record(f, 1, 2, 0.3, -0.7, parameters=weights))
    np_rng = np.random.default_rng(seed)
    xs = np.column_stack([np_rng.integers(-5, 5, (33, 2)), np_rng.normal(size=(33, 2))])
    eager = []
    for row in xs.tolist():
        leaves = [Value(x) for x in row]
        out = f(*leaves)
        eager.append([out.data, *gradients(out, [*leaves, *weights])])
    eager = np.array(eager)
    close(tape(xs), eager[:, 0])
    close(tape.input_gradients(xs), eager[:, 1:5])
    close(tape.value_and_grad(xs, 1.0)[1], eager[:, 5:].sum(axis=0), 1e-11)
    close(tape.jvp(xs, [1.0, 1.0, 1.0, -2.0])[1], eager[:, 1:5] @ [1.0, 1.0, 1.0, -2.0], 1e-11)
