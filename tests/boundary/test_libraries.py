"""Where a library is missing, an error names what pip can install."""
import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import autograd_tiny
from autograd_tiny.boundary import libraries
from autograd_tiny.boundary.libraries import DISTRIBUTION, install, missing

SOURCES = sorted(Path(autograd_tiny.__file__).parent.rglob("*.py"))
PROJECT = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize(("names", "extra", "message"), [
    ("pandas", None, "a plot needs the library pandas: pip install pandas"),
    ("matplotlib", "plot", 'a plot needs the library matplotlib: pip install "autograd_tiny[plot]"'),
    (["pillow", "av"], "film", 'a plot needs the libraries pillow and av: pip install "autograd_tiny[film]"'),
    (["pillow", "resvg-py", "av"], "film",
     'a plot needs the libraries pillow, resvg-py and av: pip install "autograd_tiny[film]"'),
    (["numpy", "pandas"], None, "a plot needs the libraries numpy and pandas: pip install numpy pandas"),
])
def test_the_error_names_what_is_missing_and_how_all_of_it_is_installed(names, extra, message, monkeypatch):
    monkeypatch.setattr(libraries, "DISTRIBUTION", "autograd_tiny")
    assert str(missing(names, "a plot", extra)) == message


@pytest.mark.parametrize(("names", "how"), [
    ("matplotlib", "loadPackage('matplotlib')"), (["pillow", "matplotlib"], "loadPackage(['pillow', 'matplotlib'])"),
])
def test_in_a_browser_it_is_pyodide_that_loads_it(names, how, monkeypatch):
    monkeypatch.setattr(libraries.sys, "platform", "emscripten")
    assert str(missing(names, "a plot", "plot")).endswith(f": await pyodide_js.{how}")


def requirements(extra):
    """What an extra installs, without versions."""
    found = set()
    for each in PROJECT["optional-dependencies"][extra]:
        name, asked = re.match(r"([\w.-]+)(?:\[(.*?)\])?", each).groups()
        found |= {name}.union(*(requirements(part) for part in asked.split(",")) if name == DISTRIBUTION else [])
    return found


def calls():
    """The arguments of each call of `missing` in the package, where they are written out."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "missing":
                yield [ast.unparse(each) for each in node.args]


def test_a_library_that_an_extra_has_is_installed_by_an_extra_that_has_it():
    of_extras = requirements("course") | requirements("doors") - {"pandas"}         # which is for tests
    found = [*calls()]
    assert len(found) > 10
    for names, _, *extra in found:
        named = set(re.findall(r"'([\w-]+)'", names))
        if extra:
            assert named <= requirements(extra[0].strip("'"))
        else:
            assert not named & of_extras, "the extra is left out"


def test_the_name_for_pip_is_that_of_the_project():
    assert PROJECT["name"] == DISTRIBUTION


@pytest.mark.parametrize(("library", "use", "how"), [
    ("matplotlib", "at.plot_confusion_matrix([0, 1], [0, 1])", f"matplotlib: {install('plot')}"),
    ("safetensors", "at.nn.save(at.nn.Neuron(1), 'no.safetensors')", f"safetensors: {install('save')}"),
    ("sklearn", "import autograd_tiny.sklearn", f"scikit-learn: {install('sklearn')}"),
    ("dask", "import autograd_tiny.dask", f"dask: {install('dask')}"),
    ("onnx", "at.record(lambda x: x * x, 1.0).to_onnx('no.onnx')", f"onnx: {install('onnx')}"),
    ("pandas", "from autograd_tiny import History; History().to_frame()", "pandas: pip install pandas"),
])
def test_without_a_library_the_last_line_says_what_to_install(library, use, how):
    code = f"import sys; sys.modules[{library!r}] = None; import autograd_tiny as at; {use}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].endswith(f"needs the library {how}")
