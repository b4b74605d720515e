"""The modules of JavaScript in one file."""
import re
from pathlib import Path

import numpy as np
import pytest
from references.javascript.node import Node, text_of
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Value, record, write_tape_js
from autograd_tiny.tape.export.javascript.bundle import FOLDER, MODULES, runtime

SOURCES = sorted(FOLDER.glob("*.js"))


def wave():
    x, w = Value(0.5, "x"), Value(2.0, "w")
    return record(at.tanh(x * w) + at.erfc(w), [x], [w])


def test_the_runtime_is_one_module_with_all_that_tape_js_exports(tmp_path):
    write_tape_js(tmp_path)
    assert not re.search("</script|<!--", runtime(), re.IGNORECASE)         # a page may have it inside
    assert not re.search(r"^import|\bimport\(", tmp_path.joinpath("tape.js").read_text(), re.MULTILINE)
    tmp_path.joinpath("package.json").write_text('{"type": "module"}')
    node = Node(tmp_path / "tape.js")
    try:
        found = node("run", file=text_of(wave(), tmp_path), x=batch(5, 1))
        close(found["gradient"], wave().value_and_grad(batch(5, 1))[1])
        assert node("evaluate", operation="lgamma", operands=np.array([4.0]))["value"][0] == pytest.approx(np.log(6.0))
    finally:
        node.close()


def test_a_runtime_for_some_operations_is_shorter(tmp_path):
    write_tape_js(tmp_path, ["tanh", "add", "erfc", "mul", "dot"])
    assert len((tmp_path / "tape.js").read_text()) < 0.55 * len(runtime())
    tmp_path.joinpath("package.json").write_text('{"type": "module"}')
    node = Node(tmp_path / "tape.js")
    try:
        close(node("values", file=text_of(wave(), tmp_path), x=batch(5, 1))["values"], wave()(batch(5, 1)))
    finally:
        node.close()


@pytest.mark.parametrize(("operations", "error", "message"), [
    (["tanh", "tanhh"], ValueError, "operations: there is none called 'tanhh'"),
    ("tanh", TypeError, "names are expected"), (3, TypeError, "names are expected, such as"),
    ([3], ValueError, "none called 3"),
])
def test_operations_that_are_none_are_named(tmp_path, operations, error, message):
    with pytest.raises(error, match=message):
        write_tape_js(tmp_path, operations)
    with pytest.raises(TypeError, match="path: the name of a file"):
        write_tape_js(None)
    assert not [*tmp_path.iterdir()]


def test_the_types_lie_beside_it_and_a_file_of_the_user_stays(tmp_path):
    write_tape_js(tmp_path)
    assert "export class Tape" in tmp_path.joinpath("tape.d.ts").read_text()
    write_tape_js(tmp_path)                     # over its own files
    tmp_path.joinpath("tape.js").write_text("mine\n")
    with pytest.raises(FileExistsError):
        write_tape_js(tmp_path)
    assert tmp_path.joinpath("tape.js").read_text() == "mine\n"
    write_tape_js(tmp_path, overwrite=True)
    with pytest.raises(FileNotFoundError):
        write_tape_js(tmp_path / "missing")


def test_every_module_is_in_the_bundle():
    assert {path.stem for path in SOURCES} == {*MODULES, "special", "rows"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_sources_are_ascii_and_evaluate_no_text(path):
    text = path.read_text(encoding="ascii")
    assert not re.search(r"\beval\(|new Function|setTimeout|innerHTML|document\.", text)
    assert max(map(len, _without_written(text).splitlines())) <= 120


def _without_written(text):
    return re.sub(r"// <written.*?// </written", "", text, flags=re.DOTALL)


def test_types_name_everything_that_is_exported():
    exported = re.search(r"^export \{(.*?)\};", Path(FOLDER, "tape.js").read_text(), re.MULTILINE | re.DOTALL)[1]
    types = Path(FOLDER, "tape.d.ts").read_text()
    for name in [part.split()[-1] for part in exported.split(",")]:
        assert re.search(rf"export (class|const|function) {name}\b", types), name
