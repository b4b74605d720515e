"""Operations of users in JavaScript: in modules, and in files, whose formulas tape.js reads itself."""
import json
import random

import numpy as np
import pytest
from references.javascript.node import JavaScriptError, text_of
from references.programs.own_operations import (
    DEFINITIONS, TAMPERED, alike, deep, defined, eager, network, points, tape_of,
)
from references.tapes import batch, close

from autograd_tiny import Tape, Value, operation, record
from autograd_tiny.calculus.definition import FUNCTIONS, MAX_DEPTH
from autograd_tiny.tape.export import javascript
from autograd_tiny.tape.serialization import _checksum

pytestmark = pytest.mark.doors  # make test-all runs it, once

every = pytest.mark.parametrize("name", DEFINITIONS)


@pytest.mark.parametrize("small", [True, False], ids=["statements", "loops"])
@every
def test_in_a_module_of_javascript(node, tmp_path, monkeypatch, name, small):
    monkeypatch.setattr(javascript.module, "is_small", lambda source: small)
    own = defined(name)
    tape_of(own).to_javascript(tmp_path / "f.mjs")
    samples = points(len(own.operands))
    values, derivatives = eager(own, samples)
    found = node.call(tmp_path / "f.mjs", "inputGradients", samples)
    alike(found["values"], values)
    alike(found["gradients"], derivatives)


@pytest.mark.parametrize("make", [network, deep])
def test_large_tapes_in_modules_and_files_of_javascript(node, tmp_path, make):
    tape = make()
    xs = batch(5, len(tape.inputs))
    tape.to_javascript(tmp_path / "f.mjs")
    found = node.call(tmp_path / "f.mjs", "batchGradient", xs)
    of_file = node("run", file=text_of(tape, tmp_path), x=xs)
    value, gradient = tape.value_and_grad(xs)
    close(found["value"], [value])
    close(found["gradient"], gradient)
    close(of_file["values"], tape(xs).ravel())
    close(of_file["by_inputs"], tape.input_gradients(xs).ravel())


@every
def test_in_a_file_that_javascript_reads_and_writes(node, tmp_path, name):
    own = defined(name)
    text = text_of(tape_of(own), tmp_path)
    samples = points(len(own.operands))
    values, derivatives = eager(own, samples)
    found = node("run", file=text, x=samples, save=True)
    alike(found["values"], values)
    alike(found["by_inputs"], derivatives)
    assert json.loads(found["file"]) == json.loads(text)


def random_formula(rng, depth):
    """A formula of x and y with every sign, nested as the dice say."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(["x", "y", "2", "0.5", "1e-3", ".25", "3.", "pi", "inf", "7E+2"])
    def part():
        text = random_formula(rng, depth - 1)
        return f"({text})" if rng.random() < 0.3 else text
    kind = rng.randrange(10)
    if kind < 6:
        return f"{part()} {rng.choice(['+', '-', '*', '/', '**', '-', '* -', '** -'])} {part()}"
    if kind == 6:
        return f"-{part()}"
    if kind == 7:
        return f"({part()} {rng.choice(['<', '>', '<=', '>=', '==', '!='])} {part()})"
    row = FUNCTIONS[rng.choice(["sin", "exp", "abs", "hypot", "maximum", "where", "clip", "tanh", "erf", "floor"])]
    return f"{row.name}({', '.join(part() for _ in row.operands)})"


def test_both_parsers_read_formulas_alike(node, tmp_path):
    """Python's, whose text the file has, and that of tape.js: what binds more tightly, and from which side."""
    rng, checked = random.Random(4), 0
    samples = np.array([[0.3, -0.7], [2.5, 0.25], [-1.5, 3.0], [0.0, 1.0]])
    for k in range(300):
        try:
            own = operation(f"g{k}(x, y) = {random_formula(rng, 4)} + x")
        except ValueError:
            continue
        text = text_of(record(own, 0.3, 0.2), tmp_path)
        alike(node("run", file=text, x=samples)["values"], eager(own, samples)[0], 1e-9)
        checked += 1
    assert checked > 250


def tampered(text, **changes):
    """The file with other contents, and the right checksum."""
    contents = {key: x for key, x in json.loads(text).items() if key not in ("format", "version", "sha256")} | changes
    return json.dumps({"format": "autograd_tiny tape", "version": 1, "sha256": _checksum(contents)} | contents)


@pytest.mark.parametrize("formula", [
    "-" * (MAX_DEPTH - 1) + "x", "x**" * (MAX_DEPTH - 1) + "x", "x" + " + x" * (MAX_DEPTH - 1),
    "sin(" * (MAX_DEPTH - 1) + "x" + ")" * (MAX_DEPTH - 1), "-(x - " * 49 + "x" + ")" * 49,
])
def test_the_longest_formulas_of_python_are_read(node, tmp_path, formula):
    tape = record(operation(f"g(x) = {formula}", "1"), 0.5)
    xs = np.array([[0.5], [-1.5]])
    close(node("run", file=text_of(tape, tmp_path), x=xs)["values"], tape(xs))


@pytest.mark.parametrize("name", TAMPERED)
def test_files_that_were_tampered_with_are_refused_in_javascript_as_in_python(node, tmp_path, name):
    good = text_of(record(operation("softsign(x) = x / (1 + abs(x))"), 0.5), tmp_path)
    path = tmp_path / "bad.json"
    path.write_text(tampered(good, operations=TAMPERED[name]), encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.json holds no valid tape"):
        Tape.load(path)
    with pytest.raises(JavaScriptError, match="TapeError"):
        node("run", file=path.read_text(encoding="utf-8"), x=np.array([0.5]))


def test_a_builder_in_javascript_takes_the_operations_of_a_tape(node, tmp_path):
    module = tmp_path / "append.mjs"
    module.write_text(f"""\
import {{ Builder, Tape }} from "{javascript.__path__[0]}/tape.js";

export function appended(text, other, x) {{
  const builder = new Builder();
  const tape = Tape.load(text);
  const {{ inputs, outputs }} = builder.append(tape);
  const last = builder.push("softsign", builder.push("add", outputs[0], builder.push("softsign", -3)));
  if (other) builder.append(Tape.load(other), inputs);
  const made = Tape.of(builder, last);
  const {{ adjoints, derivatives }} = made.trace(x);
  return {{ values: made.values([x]), adjoints, first: derivatives[0], text: made.save() }};
}}
""", encoding="utf-8")
    own = defined("softsign")
    text = text_of(record(own, 0.5), tmp_path)
    found = node.call(module, "appended", text, "", np.array([0.5]))
    x = Value(0.5)
    y = own(own(x) + own(-3.0))
    y.backward()
    alike(found["values"], [y.data])
    alike(found["adjoints"][0], x.grad)
    alike(found["first"], [own(Value(0.5)).local_grads[0]])
    path = tmp_path / "made.json"
    path.write_text(found["text"], encoding="utf-8")
    alike(Tape.load(path)([[0.5]]), [y.data])
    other = text_of(record(operation("softsign(x) = x"), 0.5), tmp_path)
    with pytest.raises(JavaScriptError, match="TypeError: there are two operations called softsign"):
        node.call(module, "appended", text, other, np.array([0.5]))
