"""Tapes that are written as modules of JavaScript."""
import random
from itertools import count as numbers_from

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from references.javascript.node import JavaScriptError
from references.operations import REFERENCES, ROWS, perform
from references.programs.random_tapes import Judge, Recorded, places, points, seeds, special_points, tame, wild
from references.selections import selections
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.calculus.javascript_rows import OF_SPECIAL_JS
from autograd_tiny.tape.export import javascript
from autograd_tiny.tape.export.javascript.module import _head, _numbers, _ranges, _straight
from autograd_tiny.tape.export.javascript.straight_line import OWN_WORDS

pytestmark = pytest.mark.doors  # make test-all runs it, once

NUMBERS = numbers_from()
HOSTILE = [
    "", "w", "*/ throw 1; /*", "// x", '"; throw 1; "', "'", "\\", "a\nthrow 1", "\r\u2028\u2029throw 1", "</script>",
    "<!--", "ü漢\U0001f600", "${x}", "`", "\ud800", "x" * 10_000, "__proto__",
]


@pytest.fixture(params=["statements", "loops"])
def module(request, tmp_path, monkeypatch):
    """Writes a tape, in either form, and gives the path of the module."""
    monkeypatch.setattr(javascript.module, "is_small", lambda source: request.param == "statements")

    def written(tape, name="f.mjs", **options):
        tape.to_javascript(tmp_path / name, **options)
        return tmp_path / name

    return written


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("modules")


def network():
    model = at.nn.MLP(3, [6, 5, 2], rng=random.Random(3))
    x = [Value(0.1 * i, f"x{i}") for i in range(3)]
    return record(model(x), x, model.parameters())


def test_all_functions(node, module):
    tape, xs = network(), batch(9, 3)
    path = module(tape)
    numbers = np.linspace(-0.5, 0.5, len(tape.parameters))
    assert node.call(path, "inputs") == [*tape.inputs]
    assert node.call(path, "parameterLabels") == [p.label or f"p{k}" for k, p in enumerate(tape.parameters)]
    assert node.call(path, "outputs").tolist() == [2]
    assert node.call(path, "parameters").tolist() == [p.data for p in tape.parameters]
    close(node.call(path, "batch", xs).reshape(9, 2), tape(xs))
    close(node.call(path, "values", xs[0]), tape(xs)[0])
    found = node.call(path, "gradient", xs[0], numbers, 1)
    value, gradient = tape.value_and_grad(xs[:1], output=1, at=numbers)
    close(found["value"][0], value)
    close(found["byParameters"], gradient)
    for parameter, number in zip(tape.parameters, numbers, strict=True):
        parameter.data = number
    close(found["byInputs"], tape.input_gradients(xs[:1], 1)[0])
    weights = np.linspace(0.0, 1.0, 9)
    found = node.call(path, "batchGradient", xs, numbers, weights, 1)
    value, gradient = tape.value_and_grad(xs, weights, 1)
    close(found["value"][0], value)
    close(found["gradient"], gradient)
    found = node.call(path, "inputGradients", xs, numbers, 1)
    close(found["values"], tape(xs)[:, 1])
    close(found["gradients"].reshape(9, 3), tape.input_gradients(xs, 1))


@pytest.mark.parametrize("name", ROWS)
def test_a_module_has_all_functions_that_an_operation_needs(node, module, name):
    """Each with its own part of the runtime."""
    point = next(point for point in REFERENCES[name].points if len(point) == len(REFERENCES[name].points[-1]))
    leaves = [Value(x) for x in point]
    tape = record(perform(name, leaves), leaves)
    found = node.call(module(tape, f"{name}.mjs"), "gradient", np.array(point))
    np.testing.assert_allclose(found["value"][0], tape([point])[0], rtol=1e-12)
    np.testing.assert_allclose(found["byInputs"], tape.input_gradients([point])[0], rtol=1e-12, atol=1e-300)


def test_hostile_labels_are_texts_and_nothing_else(node, module):
    inputs = [Value(float(k), label) for k, label in enumerate(HOSTILE)]
    parameters = [Value(float(k), label) for k, label in enumerate(HOSTILE)]
    tape = record(at.dot(inputs, parameters), inputs, parameters)
    path = module(tape)
    assert node.call(path, "parameterLabels") == ["p0", *HOSTILE[1:]]
    assert node.call(path, "inputs") == [*tape.inputs]
    assert node.call(path, "values", np.ones(len(HOSTILE))).tolist() == [sum(range(len(HOSTILE)))]
    text = path.read_bytes().decode("ascii")
    assert "</script" not in text                                   # a page may have the module in it
    assert "<!--" not in text


def test_numbers_that_are_not_finite(node, module):
    x, w = Value(1.0), [Value(np.inf), Value(-np.inf), Value(np.nan), Value(-0.0)]
    tape = record([x * 0.0 + p for p in w] + [x * np.inf, x + np.nan], [x], w)
    found = node.call(module(tape), "values", np.array([1.0]))
    np.testing.assert_array_equal(found, tape([[1.0]])[0])
    assert [x.hex() for x in node.call(module(tape), "parameters").tolist()] == [p.data.hex() for p in w]


@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_random_programs_as_statements(node, folder, programs, make, data):
    program = data.draw(programs)
    recorded = Recorded(program, places(data.draw, program))
    last = len(program.leaves) + len(program.steps) - 1
    leaf_of = {id(recorded.values[leaf]): leaf for leaf in recorded.others}
    path = folder / f"{next(NUMBERS)}.mjs"
    path.write_text("\n".join([_head(recorded.tape._source()), *_straight(recorded.tape._source())]))
    for point in make(program, data.draw(seeds), 2).tolist():
        judge = Judge(program, point)
        sample, numbers = (np.array([point[i] for i in which]) for which in (
            recorded.inputs, [leaf_of[id(parameter)] for parameter in recorded.tape.parameters]
        ))
        found = node.call(path, "gradient", sample, numbers)
        judge.value(last, node.call(path, "values", sample, numbers)[0])
        judge.value(last, found["value"][0])
        for leaf, derivative in zip(recorded.inputs, found["byInputs"], strict=True):
            judge.gradient(last, leaf, derivative)
        for parameter, derivative in zip(recorded.tape.parameters, found["byParameters"], strict=True):
            judge.gradient(last, leaf_of[id(parameter)], derivative)


@pytest.mark.parametrize("name", [
    *OF_SPECIAL_JS, *sorted(OWN_WORDS), "values", "v0", "d_v0", "d_x", "gradient", "class", "Math",
])
def test_labels_that_are_names_in_the_module(node, module, name):
    x, y = Value(0.25, name), Value(2.0, "x")
    tape = record([at.max([x, y * x, at.erfc(x)]) + at.logsumexp([x, y]), x**y], [x, y])
    for output in range(2):
        found = node.call(module(tape), "gradient", np.array([0.25, 2.0]), np.zeros(0), output)
        close(found["byInputs"], tape.input_gradients([[0.25, 2.0]], output)[0])


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_what_was_not_selected_gets_exactly_zero(node, module, value):
    """Behind an infinite derivative, which would make nan of any 0 times."""
    for k, selection in enumerate(selections(value)):
        leaves = [Value(x) for x in selection.numbers]
        tape = record(at.sqrt(selection.build(*leaves) * 0.0), leaves)
        found = node.call(module(tape, f"{k}.mjs"), "gradient", np.array(selection.numbers))["byInputs"]
        assert [found[place] for place in selection.unselected] == [0.0] * len(selection.unselected), selection.name
        np.testing.assert_array_equal(found, tape.input_gradients([selection.numbers])[0])


@pytest.mark.parametrize("count", [0, 1, 129])
def test_batches(node, module, count):
    x, index, w = Value(0.5, "x"), Value(1.0, "index"), Value(3.0, "w")
    tape = record(at.take([x, w, x * w], index) * at.relu(x), [x, index], [w])
    xs = np.column_stack([batch(count, 1), np.arange(count) % 3])
    path = module(tape)
    close(node.call(path, "batch", xs), tape(xs))
    if count:
        found = node.call(path, "batchGradient", xs)
        close(found["gradient"], tape.value_and_grad(xs)[1])
        close(node.call(path, "inputGradients", xs)["gradients"].reshape(count, 2), tape.input_gradients(xs))
        xs[-1, 1] = 3.0
        with pytest.raises(JavaScriptError, match=f"RangeError: sample {count - 1}: index 3 is out of range"):
            node.call(path, "batch", xs)


def test_small_programs_are_statements_and_large_ones_loops(tmp_path):
    x = Value(0.5, "x")
    f = x
    for size in range(1, 300):
        f = at.sin(f)
        if size in (100, 299):
            record(f, [x]).to_javascript(tmp_path / f"{size}.mjs")
    assert "const v99 = Math.sin(v98);" in (tmp_path / "100.mjs").read_text()
    assert len((tmp_path / "100.mjs").read_text()) < 25_000
    assert "class Runner" in (tmp_path / "299.mjs").read_text()
    single = record(at.sin(x), [x]).astype("float32")
    single.to_javascript(tmp_path / "single.mjs")
    assert "class Runner" in (tmp_path / "single.mjs").read_text()


def test_derivatives_and_single_precision(node, module):
    tape, xs = network(), batch(4, 3)
    close(node.call(module(tape.gradient(1), "df.mjs"), "batch", xs).reshape(4, 3), tape.input_gradients(xs, 1))
    single = tape.astype("float32")
    javascript.module.is_small = lambda source: False       # the fixture puts it back
    found = node.call(module(single, "single.mjs"), "batch", xs)
    close(found.reshape(4, 2), single(xs), 1e-6)
    assert (found == found.astype(np.float32)).all()
    assert module(tape, "demanded.mjs", dtype="float32").read_text() == (module(single, "single.mjs")).read_text()
    assert "in float64" in module(single, "double.mjs", dtype="float64").read_text()


def test_frozen_parameters_are_those_of_now(node, module):
    tape, xs = network(), batch(9, 3)
    expected, gradients = tape(xs), tape.input_gradients(xs, 1)
    path = module(tape, parameters="frozen")
    for parameter in tape.parameters:
        parameter.data = 7.0
    assert node.call(path, "parameterLabels") == [] and node.call(path, "parameters").tolist() == []
    close(node.call(path, "batch", xs).reshape(9, 2), expected)
    close(node.call(path, "values", xs[0]), expected[0])
    close(node.call(path, "inputGradients", xs, np.zeros(0), 1)["gradients"].reshape(9, 3), gradients)
    found = node.call(path, "gradient", xs[0], np.zeros(0), 1)
    close(found["byInputs"], gradients[0])
    assert found["byParameters"].tolist() == []
    found = node.call(path, "batchGradient", xs)
    close(found["value"][0], expected[:, 0].mean())
    assert "layer1" not in path.read_text()


@pytest.mark.parametrize("name", [name for name in ROWS if name != "take"])
def test_operations_with_frozen_operands(node, module, name):
    point = next(point for point in REFERENCES[name].points if len(point) == len(REFERENCES[name].points[-1]))
    leaves = [Value(x) for x in point]
    tape = record([perform(name, leaves), leaves[-1] * 1.0], leaves[-1:], leaves[:-1])
    path = module(tape, f"frozen_{name}.mjs", parameters="frozen")
    found = node.call(path, "gradient", np.array(point[-1:]))
    np.testing.assert_allclose(found["value"][0], tape([point[-1:]])[0, 0], rtol=1e-12)
    np.testing.assert_allclose(found["byInputs"], tape.input_gradients([point[-1:]])[0], rtol=1e-12, atol=1e-300)


# ---- size

def bytes_of(tape, folder, **options):
    tape.to_javascript(folder / "f.mjs", **options)
    return (folder / "f.mjs").stat().st_size


def test_a_layer_takes_few_bytes_beside_its_numbers(tmp_path):
    """A digit more or less in a label or a slot makes no difference to this; a list of operands or labels does."""
    def size(inputs):
        model = at.nn.MLP(inputs, [20, 1], "tanh", rng=random.Random(1))
        tape = record(model, [0.5] * inputs, check=False)
        for parameter in tape.parameters:
            parameter.data = 0.25
        return bytes_of(tape, tmp_path), len(tape.parameters)

    (smaller, few), (larger, many) = size(100), size(1100)
    assert (larger - smaller) / (many - few) < len("0.25,") + 0.1
    assert len("0.25,") < (larger - smaller) / (many - few)


def test_gradients_and_frozen_networks_are_compact_too(tmp_path):
    model = at.nn.MLP(300, [20, 1], "tanh", rng=random.Random(1))
    tape = record(model, [0.5] * 300, check=False)
    numbers = sum(len(repr(p.data)) + 1 for p in tape.parameters)
    for each in (tape, tape.gradient()):
        for options in ({}, {"parameters": "frozen"}):
            assert bytes_of(each, tmp_path, **options) < numbers + 60_000
    assert bytes_of(tape, tmp_path, dtype="float32") < 0.62 * numbers + 60_000


@pytest.mark.parametrize("slots", [
    [], [3], [3, 4], [3, 4, 5, 6, 7], [9, 8, 7, 6, 5], [-1, -2, -3, -4, -5, 0], [5, 5, 5, 5, 5, 6],
    [0, 784, 1568, 2352], [1, 2, 3, 10, 20, 30, 40, 41, 42, 43, 44], [7, 1, 7, 1, 7, 1],
    [*range(100), *range(0, 1000, 10), 3, *range(50)],
])
def test_ranges_are_the_slots_in_their_order(slots):
    found = [eval(text) for text in _ranges(slots)]
    assert [
        x for each in found
        for x in ([each] if isinstance(each, int) else (each[0] + k * [*each, 1][2] for k in range(each[1])))
    ] == slots
    assert len(",".join(_ranges(slots))) <= len(",".join(map(str, slots)))


@given(st.lists(st.floats(width=32) | st.floats(), max_size=20))
@settings(deadline=None, derandomize=True, database=None)
def test_numbers_keep_every_bit_that_their_precision_has(numbers):
    read = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
    with np.errstate(over="ignore"):
        for dtype in ("float64", "float32"):
            found = np.array([read.get(text) or float(text) for text in _numbers(numbers, dtype)]).astype(dtype)
            expected = np.array(numbers).astype(dtype)
            np.testing.assert_array_equal(found, expected)
            assert (np.signbit(found) == np.signbit(expected))[expected == 0].all()


def test_a_large_program(node, module):
    x = Value(0.5)
    f = x
    for k in range(5_000):
        f = at.sin(f) + 1e-3 * k * x
    tape = record(f, [x])
    close(node.call(module(tape), "gradient", np.array([0.5]))["byInputs"], tape.input_gradients([[0.5]])[0], 1e-9)


def test_errors_in_javascript(node, module):
    path = module(network())
    with pytest.raises(JavaScriptError, match="RangeError: a sample has 3 numbers, got 2"):
        node.call(path, "values", np.zeros(2))
    with pytest.raises(JavaScriptError, match="RangeError: the tape has 71 parameters, got 1 numbers"):
        node.call(path, "values", np.zeros(3), np.zeros(1))


def test_files_of_others_stay_and_folders_must_be_there(module, tmp_path):
    path = tmp_path / "f.mjs"
    path.write_text("mine\n")
    with pytest.raises(FileExistsError):
        network().to_javascript(path)
    assert path.read_text() == "mine\n"
    network().to_javascript(path, overwrite=True)
    network().to_javascript(path)
    with pytest.raises(TypeError, match="path: the name of a file is expected"):
        network().to_javascript(3)
    with pytest.raises(FileNotFoundError):
        network().to_javascript(tmp_path / "missing" / "f.mjs")
