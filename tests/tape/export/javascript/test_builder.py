"""Programs that are built in JavaScript are tapes in Python, too, with the same numbers."""
import math

import numpy as np
import pytest
from references.javascript.node import JavaScriptError, text_of
from references.operations import REFERENCES, ROWS
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Tape, Value, record

pytestmark = pytest.mark.doors  # make test-all runs it, once


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tapes")


def built(node, folder, steps, outputs, inputs=("x", "y"), parameters=None, dtype="float64"):
    """The text that JavaScript saves, and the tape that Python reads."""
    text = node(
        "build", inputs=list(inputs), parameters=parameters or {}, steps=steps, outputs=outputs, dtype=dtype,
    )["file"]
    path = folder / "built.json"
    path.write_text(text, encoding="utf-8")
    return text, Tape.load(path)


@pytest.mark.parametrize("name", ROWS)
def test_every_operation(node, folder, name):
    points = REFERENCES[name].points
    count = len(points[len(points) // 2])
    names = [f"x{k}" for k in range(count)]
    text, tape = built(node, folder, [["f", name, *names]], "f", names)
    xs = np.array([point for point in points if len(point) == count][:40])
    found = node("run", file=text, x=xs)
    values, gradients = tape.values_and_input_gradients(xs)
    np.testing.assert_allclose(found["values"], values, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found["by_inputs"].reshape(xs.shape), gradients, rtol=1e-11, atol=1e-14)


def test_operations_of_constants_are_computed_at_once(node, folder):
    steps = [["a", "pow", 2, 10], ["b", "dot", 1, 2, 3, 4, 5], ["c", "mul", "a", "x"]]
    _, tape = built(node, folder, steps, ["b", "c"])
    assert len(tape) == 1
    assert tape([[3.0, 0.0]]).tolist() == [[16.0, 3072.0]]


@pytest.mark.parametrize("steps", [
    [["f", "dot", "x", "w", "y", "x"]],                             # x y + w x: factors, and a weight on the right
    [["f", "dot", "x", "w", 2, "w", "y", 3, "x"]],                  # a bias for each sample; 2 · 3 is known
    [["f", "dot", "w", "v", "v", 3, "w"]],                          # known before the samples
    [["f", "dot", "w", "x", "v", "y", 0.5]],
    [["f", "dot", "w", "x", "v", "y", "v"]],
    [["g", "mul", "w", "v"], ["f", "dot", "w", 1, "x", "v", "w", "y", "g"]],
    [["f", "sum", "x", "w", 1.5, "y", "x"]],
    [["f", "mean", "x", "w", 1.5, "y"]],
    [["f", "take", "w", "v", 2.5, -2]],
    [["i", "greater", "x", "y"], ["f", "take", "x", "v", "i"]],
])
def test_sums_of_products_take_their_operands_in_any_order(node, folder, steps):
    steps = [*steps, ["out", "mul", "f", "x"]]
    numbers = {"w": 1.25, "v": -0.75}
    text, tape = built(node, folder, steps, "out", parameters=numbers)
    xs = batch(5)
    found = node("run", file=text, x=xs)
    value, gradient = tape.value_and_grad(xs)
    close(found["values"], [by_engine(steps, numbers, x, y) for x, y in xs.tolist()])
    close(found["value"][0], value)
    close(found["gradient"], gradient)
    close(found["by_inputs"].reshape(xs.shape), tape.input_gradients(xs))


def by_engine(steps, numbers, x, y):
    known = {**numbers, "x": x, "y": y}
    for name, operation, *operands in steps:
        xs = [known.get(each, each) for each in operands]
        if operation == "take":
            known[name] = xs[:-1][int(xs[-1])]
        else:
            row = ROWS[operation]
            known[name] = row.evaluate(at.calculus.floats.FLOATS, xs)
    return known["out"]


def test_a_network_is_built_trained_and_read_by_python(node, folder):
    steps = []
    parameters = {f"w{k}": math.sin(k + 1.0) for k in range(9)}
    for k in range(2):
        steps += [[f"z{k}", "dot", f"w{3 * k}", f"w{3 * k + 1}", "x", "y", f"w{3 * k + 2}"], [f"h{k}", "tanh", f"z{k}"]]
    steps += [["f", "dot", "w6", "w7", "h0", "h1", "w8"]]
    text, tape = built(node, folder, steps, "f", parameters=parameters)
    assert [p.label for p in tape.parameters] == [*parameters]
    assert tape.inputs == ("x", "y")
    xs = batch(20)
    w = [*parameters.values()]
    hidden = [np.tanh(xs @ w[3 * k : 3 * k + 2] + w[3 * k + 2]) for k in range(2)]
    close(node("run", file=text, x=xs)["values"], w[6] * hidden[0] + w[7] * hidden[1] + w[8])
    close(node("run", file=text, x=xs)["gradient"], tape.value_and_grad(xs)[1])


@pytest.mark.parametrize("doubled", [False, True])
def test_a_tape_can_be_continued(node, folder, doubled):
    """Of a network with all kinds of instructions: takes, constants, numbers that are computed before the samples."""
    x, y, w, v = Value(0.5, "x"), Value(-1.0, "y"), Value(2.0, "w"), Value(-0.5, "v")
    f = at.tanh(x * w + y * v + w * v) + at.take([x, w, 2.0], 1.0) - at.relu(y) / 3.0 + x * y + at.exp(w)
    tape = record([f, x, at.sin(w)], [x, y], [w, v])
    text = node("append", file=text_of(tape, folder), doubled=doubled)["file"]
    path = folder / "continued.json"
    path.write_text(text, encoding="utf-8")
    longer = Tape.load(path)
    assert longer.inputs == ("x", "y", "target")
    assert [(p.label, p.data) for p in longer.parameters] == [("w", 2.0), ("v", -0.5)]
    xs, targets = batch(6), np.linspace(-1.0, 1.0, 6)
    outputs = tape(2.0 * xs if doubled else xs)
    found = node("run", file=text, x=np.column_stack([xs, targets]))
    close(found["values"].reshape(6, 4), np.column_stack([np.logaddexp(0.0, -targets * outputs[:, 0]), outputs]))
    close(found["gradient"], longer.value_and_grad(np.column_stack([xs, targets]))[1])


def test_a_tape_is_continued_on_as_many_nodes_as_it_has_inputs(node, folder):
    x = Value(0.5, "x")
    with pytest.raises(JavaScriptError, match="TypeError: the tape has 1 inputs, got 2 nodes"):
        node("append", file=text_of(record(x * x, [x]), folder), given=[1.0, 2.0])


def test_only_what_the_outputs_need_is_in_the_program(node, folder):
    _, tape = built(node, folder, [["a", "exp", "x"], ["b", "log", "y"], ["c", "add", "a", 1]], "c")
    assert len(tape) == 2
    assert len(tape.inputs) == 2


def test_single_precision(node, folder):
    text, tape = built(node, folder, [["a", "exp", "x"]], "a", dtype="float32")
    assert tape.dtype == np.float32
    assert node("run", file=text, x=batch(3))["values"].tolist() == np.float32(tape(batch(3))).tolist()


def test_constants_tell_the_zeros_apart(node, folder):
    _, tape = built(node, folder, [["a", "atan2", 0, "x"], ["b", "atan2", -0.0, "x"]], ["a", "b"])
    assert tape([[-1.0, 0.0]]).tolist() == [[math.pi, -math.pi]]


@pytest.mark.parametrize(("step", "message"), [
    (["f", "tangent", "x"], 'TypeError: there is no operation "tangent"'),
    (["f", "constructor", "x"], "TypeError: there is no operation"),
    (["f", "__proto__", "x"], "TypeError: there is no operation"),
    (["f", "add", "x"], "TypeError: add does not take 1 operands"),
    (["f", "exp", "x", "y"], "TypeError: exp does not take 2 operands"),
    (["f", "max"], "TypeError: max does not take 0 operands"),
    (["f", "dot", "x"], "TypeError: dot does not take 1 operands"),
    (["f", "take", "x"], "TypeError: take does not take 1 operands"),
    (["f", "exp", "unknown"], "TypeError: a number or a node of this builder is expected, got undefined"),
    (["f", "exp", None], "TypeError: a number or a node of this builder is expected, got null"),
    (["f", "take", 1, 2, 5], "RangeError: index 5 is out of range: the indices of 2 values are -2 to 1"),
])
def test_errors_name_what_was_pushed(node, folder, step, message):
    with pytest.raises(JavaScriptError, match=f"^{message}"):
        built(node, folder, [step], "f")
