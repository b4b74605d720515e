"""The methods of a tape that take it elsewhere: what they have in common, and what they say without a library."""
import re
import subprocess
import sys

import pytest
from references.optional import needed

from autograd_tiny import nn, record, write_tape_js
from autograd_tiny.__main__ import main
from autograd_tiny.boundary.libraries import install

tape = record(lambda x: 2.0 * x, 1.0)
PACKAGE = "autograd_tiny.tape.export.arrays"


@pytest.mark.parametrize(("method", "module", "library"), [
    ("to_jax", "jax_function", "jax"), ("to_torch", "torch_module", "torch"),
])
def test_a_library_that_is_missing_is_named(monkeypatch, method, module, library):
    monkeypatch.setitem(sys.modules, f"{PACKAGE}.{module}", None)
    with pytest.raises(ImportError, match=re.escape(f"needs the library {library}: {install(library)}")):
        getattr(tape, method)()


def test_recording_and_replaying_load_none_of_them():
    code = """
import sys
from autograd_tiny import record, write_tape_js
record(lambda x: 2.0 * x, 1.0)([[1.0]])
print(*{"jax", "torch", "onnx", "dask", "array_api_compat"} & {*sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


# ---- files

def onnx_model(path, **options):
    needed("onnx", "onnx")
    tape.to_onnx(path, **options)


def onnx_network(path, **options):
    needed("onnx", "onnx")
    nn.to_onnx(nn.Neuron(1), path, **options)


def by_option(option):
    def write(path):
        if option == "--onnx":
            needed("onnx", "onnx")
        main(["2*x", "x=1", option, str(path)])

    return write


WRITERS = {
    "C": (tape.to_c, ".c"), "JavaScript": (tape.to_javascript, ".js"), "ONNX": (onnx_model, ".onnx"),
    "a network": (onnx_network, ".onnx"),
}
OPTIONS = {option: (by_option(option), ending) for option, ending in [
    ("--c", ".c"), ("--js", ".js"), ("--onnx", ".onnx"),
]}


@pytest.mark.parametrize("door", [*WRITERS, *OPTIONS])
def test_a_name_that_ends_as_no_file_of_the_format_is_an_error(tmp_path, monkeypatch, capsys, door):
    """By the same rule, in the same words, in Python and on the command line."""
    monkeypatch.chdir(tmp_path)
    write, ending = {**WRITERS, **OPTIONS}[door]
    for name in ("f", "f.txt", ending, f"f{ending}.txt", f"f{ending.upper()}", ""):
        with pytest.raises((ValueError, SystemExit)) as error:
            write(name)
        said = capsys.readouterr().err.strip() if door in OPTIONS else str(error.value)
        assert f"has a name like 'f{ending}'" in said and said.endswith(f"got '{name}'")
        assert said.startswith(f"autograd-tiny: {door}: a" if door in OPTIONS else "path: a")
    assert not [*tmp_path.iterdir()]
    good = [f"f{ending}", *(["f.mjs"] if ending == ".js" else [])]
    for name in good:
        write(name)
        assert (tmp_path / name).is_file()


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("mine", [
    "import autograd_tiny as at\nat.Value(1.0)\n", "/* My notes. Written by autograd_tiny: law.c */\n",
    "// How I load what was Written by autograd_tiny: a tape of 3 instructions\n",
])
def test_a_program_that_names_the_package_stays(tmp_path, writer, mine):
    write, ending = WRITERS[writer]
    path = tmp_path / f"mine{ending}"
    path.write_text(mine)
    with pytest.raises(FileExistsError, match="did not write"):
        write(path)
    assert path.read_text() == mine and [*tmp_path.iterdir()] == [path]
    write(path, overwrite=True)
    write(path)                                 # its own


def test_an_exporter_does_not_replace_what_another_one_wrote(tmp_path):
    path = tmp_path / "tape.js"
    tape.to_javascript(path)
    module = path.read_text()
    with pytest.raises(FileExistsError, match=r"did not write.*tape\.js"):
        write_tape_js(tmp_path)
    assert path.read_text() == module and [*tmp_path.iterdir()] == [path]
    tape.to_javascript(path)                    # its own
    write_tape_js(tmp_path, overwrite=True)
    write_tape_js(tmp_path)
    with pytest.raises(FileExistsError):
        tape.to_javascript(path)


# ---- arguments that several have

@pytest.mark.parametrize("dtype", ["float16", "double precision", int, object()])
@pytest.mark.parametrize("door", ["to_c", "to_javascript", "to_onnx", "to_jax", "to_torch"])
def test_another_dtype_is_an_error_in_the_same_words(tmp_path, door, dtype):
    names = {"to_c": ["f.c"], "to_javascript": ["f.js"], "to_onnx": ["f.onnx"]}.get(door, [])
    with pytest.raises(ValueError, match="dtype: 'float64' or 'float32' is expected, got "):
        getattr(tape, door)(*(tmp_path / name for name in names), dtype=dtype)
    with pytest.raises(ValueError, match="dtype: 'float64' or 'float32' is expected, got "):
        nn.to_onnx(nn.Neuron(1), tmp_path / "f.onnx", dtype=dtype)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("parameters", ["Frozen", "", None, ["frozen"], 1])
@pytest.mark.parametrize(("door", "name"), [("to_c", "f.c"), ("to_javascript", "f.js")])
def test_parameters_are_in_an_array_or_frozen(tmp_path, door, name, parameters):
    with pytest.raises(ValueError, match='parameters="array" or "frozen" is expected, got '):
        getattr(tape, door)(tmp_path / name, parameters=parameters)
    assert not [*tmp_path.iterdir()]
