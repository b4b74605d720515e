"""Random programs and batches in JavaScript: the numbers and gradients of eager code, and of the tape."""
import random

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from references.javascript.node import JavaScriptError, text_of
from references.operations import ROWS
from references.programs.random_graphs import random_program, run
from references.programs.random_tapes import Judge, Recorded, places, points, seeds, special_points, tame, wild
from references.selections import selections
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Value, record

pytestmark = pytest.mark.doors  # make test-all runs it, once

fewer = settings(max_examples=30, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tapes")


@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@fewer
@given(st.data())
def test_random_programs(node, folder, programs, make, data):
    """Inputs and parameters at several points: a sum over samples would hide nan behind nan."""
    program = data.draw(programs)
    recorded = Recorded(program, places(data.draw, program))
    last = len(program.leaves) + len(program.steps) - 1
    leaf_of = {id(recorded.values[leaf]): leaf for leaf in recorded.others}
    for point in make(program, data.draw(seeds), 2).tolist():
        judge = Judge(program, point)
        recorded.set_parameters(point)
        found = node("run", file=text_of(recorded.tape, folder), x=np.array([point[i] for i in recorded.inputs]))
        judge.value(last, found["values"][0])
        judge.value(last, found["value"][0])
        for leaf, derivative in zip(recorded.inputs, found["by_inputs"], strict=True):
            judge.gradient(last, leaf, derivative)
        for parameter, derivative in zip(recorded.tape.parameters, found["gradient"], strict=True):
            judge.gradient(last, leaf_of[id(parameter)], derivative)


@pytest.mark.parametrize("size", [1, 2, 30, 500, 5000])
def test_programs_of_every_size(node, tmp_path, size):
    names = [name for name in ROWS if name not in ("mod", "fmod", "floor_divide", "polygamma")]
    program = random_program(size, size, tuple(names))
    values = run(program)
    leaves = values[: len(program.leaves)]
    tape = record(at.sum(values[-20:]), leaves[:1], leaves[1:])
    xs = program.leaves[0] + 1e-3 * batch(5, 1)
    found = node("run", file=text_of(tape, tmp_path), x=xs)
    value, gradient = tape.value_and_grad(xs)
    close(found["values"], tape(xs))
    close(found["value"][0], value)
    close(found["gradient"], gradient)
    close(found["by_inputs"].reshape(xs.shape), tape.input_gradients(xs))


def network(rng=None):
    """A network with a target among the inputs, so that some inputs get no gradient by the parameters."""
    model = at.nn.MLP(3, [5, 4, 2], rng=rng or random.Random(0))
    x = [Value(0.1 * i) for i in range(5)]
    outputs = model(x[:3])
    penalty = 1e-3 * sum(p * p for p in model.parameters())
    loss = at.logsumexp(outputs) - at.dot(x[3:], outputs) + penalty
    return record([loss, at.relu(outputs[0]), penalty], x, model.parameters())


@pytest.mark.parametrize("samples", [0, 1, 2, 127, 128, 129, 300])
def test_batches_of_every_size(node, tmp_path, samples):
    tape, xs = network(), batch(samples, 5)
    file = text_of(tape, tmp_path)
    weights = np.linspace(-1.0, 2.0, samples)
    for output in range(3):
        found = node("run", file=file, x=xs, weights=weights, output=output)
        close(found["values"].reshape(samples, 3), tape(xs))
        if samples:
            values, gradients = tape.values_and_input_gradients(xs, output)
            value, gradient = tape.value_and_grad(xs, weights, output)
            close(found["of_output"], values)
            close(found["by_inputs"].reshape(xs.shape), gradients)
            close(found["value"][0], value)
            close(found["gradient"], gradient)


def test_the_mean_is_over_the_samples_unless_weights_are_given(node, tmp_path):
    tape, xs = network(), batch(7, 5)
    found = node("run", file=text_of(tape, tmp_path), x=xs)
    close(found["value"][0], tape(xs)[:, 0].mean())
    close(found["gradient"], tape.value_and_grad(xs)[1])


def test_parameters_may_be_changed(node, tmp_path):
    tape, xs = network(), batch(4, 5)
    file, numbers = text_of(tape, tmp_path), np.linspace(-1.0, 1.0, len(tape.parameters))
    found = node("run", file=file, x=xs, at=numbers)
    value, gradient = tape.value_and_grad(xs, at=numbers)
    close(found["value"][0], value)
    close(found["gradient"], gradient)


def test_single_precision(node, tmp_path):
    tape, xs = network().astype("float32"), batch(200, 5)
    found = node("run", file=text_of(tape, tmp_path), x=xs)
    value, gradient = tape.value_and_grad(xs)
    assert (found["values"] == found["values"].astype(np.float32)).all()
    close(found["values"].reshape(200, 3), tape(xs), 3e-6)
    close(found["value"][0], value, 3e-6)
    close(found["gradient"], gradient, 3e-6)
    close(found["by_inputs"].reshape(xs.shape), tape.input_gradients(xs), 3e-6)


def test_tapes_of_derivatives(node, tmp_path):
    tape = network().gradient()
    xs = batch(6, 5)
    found = node("run", file=text_of(tape, tmp_path), x=xs, output=1)
    close(found["values"].reshape(6, 5), tape(xs))
    close(found["by_inputs"].reshape(6, 5), tape.input_gradients(xs, 1))


# ---- selections

@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, float("inf"), float("nan")])
def test_what_was_not_selected_gets_exactly_zero(node, tmp_path, value):
    """Behind an infinite derivative, which would make nan of any 0 times."""
    for selection in selections(value):
        leaves = [Value(x) for x in selection.numbers]
        tape = record(at.sqrt(selection.build(*leaves) * 0.0) + selection.build(*leaves), leaves)
        found = node("run", file=text_of(tape, tmp_path), x=np.array(selection.numbers))
        expected = tape.input_gradients([selection.numbers])[0]
        for place in selection.unselected:
            assert found["by_inputs"][place] == expected[place] == 0.0, (selection.name, place)


def test_ties_share_the_gradient(node, tmp_path):
    x, y, z = (Value(2.0) for _ in range(3))
    tape = record([at.maximum(x, y), at.max([x, y, z]), at.minimum(x, z)], [x, y, z])
    file = text_of(tape, tmp_path)
    shares = [node("run", file=file, x=np.array([2.0, 2.0, 2.0]), output=k)["by_inputs"].tolist() for k in range(3)]
    assert shares == [[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.0, 0.5]]


# ---- takes

def taken(of_parameters):
    values = [Value(1.0), Value(2.0), Value(4.0)]
    index = Value(0.0)
    return record(at.take(values, index), [index] if of_parameters else [*values, index])


def test_takes_of_rows_and_of_scalars(node, tmp_path):
    indices = np.array([0.0, 2.0, -1.0, -3.0, 1.0])
    of_scalars = taken(True)
    found = node("run", file=text_of(of_scalars, tmp_path), x=indices)
    assert found["values"].tolist() == [1.0, 4.0, 4.0, 1.0, 2.0]
    close(found["gradient"], of_scalars.value_and_grad(indices)[1])
    rows = np.column_stack([batch(5, 3), indices])
    found = node("run", file=text_of(taken(False), tmp_path), x=rows)
    close(found["by_inputs"].reshape(5, 4), taken(False).input_gradients(rows))


@pytest.mark.parametrize(("index", "message"), [
    (3.0, "sample 130: index 3 is out of range: the indices of 3 values are -3 to 2"),
    (-4.0, "sample 130: index -4 is out of range: the indices of 3 values are -3 to 2"),
    (0.5, "sample 130: an index is an integer, such as 2 or 2.0, got 0.5"),
    (float("nan"), "sample 130: an index is an integer, such as 2 or 2.0, got nan"),
    (float("-inf"), "sample 130: an index is an integer, such as 2 or 2.0, got -inf"),
])
def test_a_wrong_index_is_an_error_that_names_the_sample(node, tmp_path, index, message):
    indices = np.zeros(200)
    indices[130] = index
    with pytest.raises(JavaScriptError, match=f"RangeError: {message}"):
        node("values", file=text_of(taken(True), tmp_path), x=indices)


# ---- outputs of every kind

def test_outputs_that_are_leaves_constants_or_known_before_the_samples(node, tmp_path):
    x, w = Value(0.5, "x"), Value(3.0, "w")
    y = w * w
    tape = record([x, w, y, x * y], [x], [w])
    xs = batch(3, 1)
    for output in range(4):
        found = node("run", file=text_of(tape, tmp_path), x=xs, output=output)
        close(found["values"].reshape(3, 4), tape(xs))
        close(found["gradient"], tape.value_and_grad(xs, output=output)[1])
        close(found["by_inputs"].reshape(3, 1), tape.input_gradients(xs, output))
