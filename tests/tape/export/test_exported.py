"""The methods of a tape that need an optional library: what they say without it, and that nothing loads it before."""
import subprocess
import sys

import pytest
from references.optional import needed

from autograd_tiny import record
from autograd_tiny.tape.export.javascript.bundle import write_runtime

tape = record(lambda x: 2.0 * x, 1.0)
PACKAGE = "autograd_tiny.tape.export.arrays"


@pytest.mark.parametrize(("method", "module", "command"), [
    ("to_jax", "jax_function", 'needs the library jax: pip install "jax>=0.6"'),
    ("to_torch", "torch_module", 'needs the library torch: pip install "torch>=2.4"'),
])
def test_a_library_that_is_missing_is_named(monkeypatch, method, module, command):
    monkeypatch.setitem(sys.modules, f"{PACKAGE}.{module}", None)
    with pytest.raises(ImportError, match=command):
        getattr(tape, method)()


def test_recording_and_replaying_load_none_of_them():
    code = """
import sys
from autograd_tiny import record
from autograd_tiny.tape.export.javascript.bundle import write_runtime
record(lambda x: 2.0 * x, 1.0)([[1.0]])
print(*{"jax", "torch", "onnx", "dask", "array_api_compat"} & {*sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


# ---- files that are in the way

WRITERS = {
    "C": lambda path: tape.to_c(path.with_suffix(".c")),
    "JavaScript": lambda path: tape.to_javascript(path),
    "ONNX": lambda path: (needed("onnx", "onnx"), tape.to_onnx(path)),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("mine", [
    "import autograd_tiny as at\nat.Value(1.0)\n", "/* My notes. Written by autograd_tiny: law.c */\n",
    "// How I load what was Written by autograd_tiny: a tape of 3 instructions\n",
])
def test_a_program_that_names_the_package_stays(tmp_path, writer, mine):
    path = tmp_path / "mine.c"
    path.write_text(mine)
    with pytest.raises(FileExistsError, match="did not write"):
        WRITERS[writer](path)
    assert path.read_text() == mine and [*tmp_path.iterdir()] == [path]


def test_an_exporter_does_not_replace_what_another_one_wrote(tmp_path):
    path = tmp_path / "tape.js"
    tape.to_javascript(path)
    module = path.read_text()
    for write in (lambda: write_runtime(tmp_path), lambda: WRITERS["ONNX"](path)):
        with pytest.raises(FileExistsError, match=r"did not write.*tape\.js"):
            write()
    assert path.read_text() == module and [*tmp_path.iterdir()] == [path]
    tape.to_javascript(path)                    # its own
    write_runtime(tmp_path, overwrite=True)
    write_runtime(tmp_path)
    with pytest.raises(FileExistsError):
        tape.to_javascript(path)


def test_a_model_is_replaced_by_another_model(tmp_path):
    needed("onnx", "onnx")
    for _ in range(2):
        tape.to_onnx(tmp_path / "f.onnx")
