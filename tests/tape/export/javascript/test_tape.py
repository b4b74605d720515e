"""The numbers of one sample, the arguments of runs, and the examples of the documentation, in JavaScript."""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from references.javascript.node import JavaScriptError, text_of
from references.optional import missing
from references.programs.random_tapes import Judge, Recorded, places, points, seeds, special_points, tame, wild
from references.tapes import close

import autograd_tiny as at
from autograd_tiny import Value, operation, record, write_tape_js
from autograd_tiny.tape.export import javascript

pytestmark = pytest.mark.doors  # make test-all runs it, once


def test_a_trace_has_every_number_of_the_graph(node, tmp_path):
    x, w = Value(1.5, "x"), Value(-0.5, "w")
    a = x * w
    b = at.relu(a)
    f = at.tanh(a) * at.exp(b) + x
    tape = record(f, [x], [w])
    found = node("trace", file=text_of(tape, tmp_path), x=np.array([1.5]))
    f.backward()
    slots = {"x": x, "w": w}
    assert found["values"][:2].tolist() == [1.5, -0.5]
    close(found["adjoints"][:2], [slots["x"].grad, slots["w"].grad])
    close(found["values"][tape.program.outputs[0]], f.data)
    assert found["adjoints"][tape.program.outputs[0]] == 1.0
    counts = sum(len(operands) for _, operands in tape.program.instructions)
    assert len(found["derivatives"]) == counts


@pytest.mark.parametrize("output", [0, 1])
def test_a_trace_of_each_output(node, tmp_path, output):
    x, y, w = Value(0.5, "x"), Value(2.0, "y"), Value(3.0, "w")
    tape = record([at.maximum(x, 0.5) * w * w, at.take([x, y, w], 1.0) + at.sin(x)], [x, y], [w])
    point = np.array([0.5, 2.0])
    found = node("trace", file=text_of(tape, tmp_path), x=point, output=output)
    expected = [*tape.input_gradients([point], output)[0], *tape.value_and_grad([point], output=output)[1]]
    close(found["adjoints"][:3], expected)
    close(found["values"][tape.program.outputs[output]], tape([point])[0][output])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tapes")


@pytest.mark.parametrize("make", [points, special_points])
@pytest.mark.parametrize("programs", [tame, wild], ids=["tame", "wild"])
@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_traces_of_random_programs(node, folder, programs, make, data):
    program = data.draw(programs)
    recorded = Recorded(program, places(data.draw, program))
    last = len(program.leaves) + len(program.steps) - 1
    leaf_of = {id(recorded.values[leaf]): leaf for leaf in recorded.others}
    leaves = [*recorded.inputs, *(leaf_of[id(parameter)] for parameter in recorded.tape.parameters)]
    for point in make(program, data.draw(seeds), 2).tolist():
        judge = Judge(program, point)
        recorded.set_parameters(point)
        sample = np.array([point[i] for i in recorded.inputs])
        found = node("trace", file=text_of(recorded.tape, folder), x=sample)
        slot = recorded.tape.program.outputs[0]
        if slot >= 0:
            judge.value(last, found["values"][slot])
        for leaf, adjoint in zip(leaves, found["adjoints"], strict=False):
            judge.gradient(last, leaf, adjoint)


@pytest.mark.parametrize(("operation", "operands", "value", "derivatives"), [
    ("mul", [3.0, 4.0], 12.0, [4.0, 3.0]),
    ("mul", [3.0, 3.0], 9.0, [3.0, 3.0]),
    ("relu", [0.0], 0.0, [0.0]),
    ("sum", [1.0, 2.0, 4.0], 7.0, [1.0, 1.0, 1.0]),
    ("mean", [1.0, 3.0], 2.0, [0.5, 0.5]),
    ("dot", [1.0, 2.0, 3.0, 4.0, 5.0], 16.0, [3.0, 4.0, 1.0, 2.0, 1.0]),
    ("dot", [1.0, 2.0, 3.0, 4.0], 11.0, [3.0, 4.0, 1.0, 2.0]),
    ("take", [5.0, 6.0, 7.0, -1.0], 7.0, [0.0, 0.0, 1.0, 0.0]),
    ("greater", [2.0, 1.0], 1.0, [0.0, 0.0]),
    ("max", [2.0, 2.0, 1.0], 2.0, [0.5, 0.5, 0.0]),
])
def test_one_operation_at_given_numbers(node, operation, operands, value, derivatives):
    found = node("evaluate", operation=operation, operands=np.array(operands))
    assert (found["value"][0], found["derivatives"].tolist()) == (value, derivatives)


def test_a_batch_of_another_width_is_refused(node, tmp_path):
    x, y = Value(1.0), Value(2.0)
    file = text_of(record(x * y, [x, y]), tmp_path)
    with pytest.raises(JavaScriptError, match="RangeError: X has 3 numbers, which are no samples of 2 each"):
        node("values", file=file, x=np.zeros(3))
    with pytest.raises(JavaScriptError, match="RangeError: output 1, but the tape has the outputs 0 to 0"):
        node("run", file=file, x=np.zeros(2), output=1)
    with pytest.raises(JavaScriptError, match="RangeError: there are 2 samples, but 3 weights"):
        node("run", file=file, x=np.zeros(4), weights=np.ones(3))


def test_a_tape_without_inputs_has_one_sample(node):
    file = node("build", inputs=[], parameters={"w": 3.0}, steps=[["f", "mul", "w", "w"]], outputs="f")["file"]
    found = node("run", file=file, x=np.zeros(0))
    assert found["values"].tolist() == [9.0]


# ---- the documentation

PAGE = Path(__file__).parents[4] / "docs/how-to/run-a-tape-in-javascript.md"


@pytest.mark.usefixtures("node")
def test_the_examples_of_the_page_print_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("package.json").write_text('{"type": "module"}')
    names = {}
    examples = re.findall(r"^```(python|js)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for k, (language, example) in enumerate(examples):
        if language == "python":
            exec(example, names)
            continue
        Path(f"example{k}.js").write_text(example, encoding="utf-8")
        printed = subprocess.run(
            [shutil.which("node"), f"example{k}.js"], capture_output=True, text=True, check=True, env={**os.environ}
        ).stdout
        assert printed.splitlines() == re.findall(r"^console\.log.*?  // (.*)$", example, re.MULTILINE), example


# ---- types

PROGRAM = Path(__file__).parents[3] / "references/javascript/every_name.ts"
OPTIONS = [
    "--strict", "--noUncheckedIndexedAccess", "--allowJs", "--target", "es2022", "--lib", "es2022",
    "--module", "node16",
]


def test_a_program_in_typescript_uses_every_name(tmp_path):
    """It compiles without a complaint, where wrong uses are complaints, and computes what the types promise."""
    compiler = shutil.which("tsc") or missing("there is no compiler of TypeScript, tsc, on this machine")
    write_tape_js(tmp_path)
    x, y, w = Value(0.5, "x"), Value(2.0, "y"), Value(3.0, "w")
    record(x * w + y, [x, y], [w]).to_javascript(tmp_path / "law.js")
    text = text_of(record(operation("softsign(z) = z / (1 + abs(z))", "(1 - abs(f))**2"), 0.5), tmp_path)
    tmp_path.joinpath("own.js").write_text(f"export const text = {json.dumps(text)};\n")
    tmp_path.joinpath("package.json").write_text('{"type": "module"}')
    shutil.copy(PROGRAM, tmp_path)
    command = [compiler, *OPTIONS, "--outDir", "out", PROGRAM.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    for name in "package.json", "tape.js":
        shutil.copy(tmp_path / name, tmp_path / "out")
    printed = subprocess.run(
        [shutil.which("node"), "out/every_name.js"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(printed) == {
        "texts": ["*", "x", "y", "x * y", "y", "x", ""], "flags": [False, False, False], "arity": 2,
        "one": [12, 4, 3], "same": [3, 5], "slot": 3, "operands": 2, "operation": "mul", "added": 2,
        "counts": [2, 4, 2, 2], "loaded": [2, 2], "complaint": "TapeError", "outputs": [4, 3, 7, 6], "value": 6,
        "gradient": [2], "values": [3, 6], "gradients": [3, 3], "trace": [4, 2, 2, 1, 1, 1],
        "about": [["x"], ["w"], True, "float64", 2, 2],
        "law": [5, 3, 1, 1, 1.5, 0.5, 5, 3, 1, 5, 5, 3, 1], "names": ["x", "y", "w"],
        "ownName": "softsign", "ownNumbers": [pytest.approx(-1 / 3)],
        "ownTexts": ["softsign(z) = z / (1 + abs(z))", "(1 - abs(f)) ** 2", "z"],
    }


def test_the_program_in_typescript_leaves_no_name_out():
    types = Path(javascript.__file__).with_name("tape.d.ts").read_text()
    exported = re.findall(r"^export (?:declare )?(?:class|interface|const|function|type) (\w+)", types, re.M)
    members = re.findall(r"^  (?:(?:readonly|static) )*(\w+)\??[:(]", types, re.M)
    assert len(exported) > 12 and len(members) > 40
    used = set(re.findall(r"\w+", PROGRAM.read_text())) | {"constructor"}
    assert not {*exported, *members} - used
