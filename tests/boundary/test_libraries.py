"""Where a library is missing, an error names what pip can install."""
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import autograd_tiny
from autograd_tiny.boundary.libraries import missing

SOURCES = sorted(Path(autograd_tiny.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize(("package", "message"), [
    ("matplotlib", "a plot needs the library matplotlib: pip install matplotlib"),
    ("scikit-learn>=1.6", 'a plot needs the library scikit-learn: pip install "scikit-learn>=1.6"'),
])
def test_the_error_names_the_package(package, message):
    assert str(missing(package, "a plot")) == message


def test_no_advice_is_to_install_this_package_from_an_index_that_does_not_have_it():
    for path in SOURCES:
        assert not re.search(r"pip install ['\"\\]*autograd", path.read_text(encoding="utf-8")), path


def test_a_version_that_is_named_is_that_of_the_extra():
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {each for extra in project["optional-dependencies"].values() for each in extra}
    bounds = {re.sub(r"\[.*?\]", "", each) for each in required}
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    named = re.findall(r'"([\w[\]-]+>=[\d.]+)"', code)
    assert len(named) > 4
    assert {re.sub(r"\[.*?\]", "", each) for each in named} <= bounds


@pytest.mark.parametrize(("library", "use", "package"), [
    ("matplotlib", "at.plot_confusion_matrix([0, 1], [0, 1])", "matplotlib"),
    ("safetensors", "at.nn.save(at.nn.Neuron(1), 'never.safetensors')", "safetensors"),
    ("sklearn", "import autograd_tiny.sklearn", "scikit-learn"),
    ("pandas", "from autograd_tiny.training.history import History; History().to_frame()", "pandas"),
])
def test_without_a_library_the_last_line_says_what_to_install(library, use, package):
    code = f"import sys; sys.modules[{library!r}] = None; import autograd_tiny as at; {use}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"needs the library {package}: pip install" in done.stderr.splitlines()[-1]
