"""`make wheels`: wheels and the source distribution hold the files that they should, and nothing else."""
import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from references.optional import needed

from autograd_tiny.tape.kernels import targets

ROOT = Path(__file__).parents[2]
NAME = "autograd_tiny-0.1.0-cp313-cp313-manylinux_2_17_x86_64.whl"
INFORMATION = "autograd_tiny-0.1.0.dist-info"


@pytest.fixture(scope="module")
def tool():
    """tools/wheels.py as a module."""
    spec = importlib.util.spec_from_file_location("wheels", ROOT / "tools" / "wheels.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def wheel(tool, tmp_path):
    """A function that writes a wheel with what it should have, but for some files, and with others."""
    def write(name=NAME, without="nothing", beside=()):
        modules = {f"{module}.cpython-313-x86_64-linux-gnu.so" for module in tool.compiled(name)}
        information = {f"{INFORMATION}/licenses/LICENSE", f"{INFORMATION}/entry_points.txt"}
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for each in sorted(tool.package_files() | modules | information | {*beside}):
                if without not in each:
                    archive.writestr(each, "")
        return tmp_path / name
    return write


def test_a_whole_wheel_has_no_problems(tool, wheel):
    assert tool.problems_of_wheel(wheel()) == []


@pytest.mark.parametrize("without", [
    "engine/value.cpython", "kernels/avx2.cpython", "playground.js", "special.h", "value.pxd", "licenses/LICENSE",
])
def test_a_file_that_is_missing_is_named(tool, wheel, without):
    problem, = tool.problems_of_wheel(wheel(without=without))
    assert without.partition(".cpython")[0] in problem and problem.endswith(" is missing")


@pytest.mark.parametrize("beside", [
    "autograd_tiny/engine/value.c", "tests/test_package.py", "autograd_tiny/left_over.py",
    "autograd_tiny/ieee.cpython-313-x86_64-linux-gnu.so",
])
def test_a_file_that_should_not_be_there_is_named(tool, wheel, beside):
    problem, = tool.problems_of_wheel(wheel(beside=[beside]))
    assert problem == f"{beside.removesuffix('.cpython-313-x86_64-linux-gnu.so')} should not be there"


def test_only_x86_64_has_kernels_for_several_vector_widths(tool):
    def kernels(platform):
        found = tool.compiled(f"autograd_tiny-0.1.0-cp313-cp313-{platform}.whl")
        return {Path(module).name for module in found if "/kernels/" in module}

    for platform in "musllinux_1_2_x86_64", "macosx_10_13_x86_64", "win_amd64":
        assert kernels(platform) == {"avx512f", "avx2", "default"}
    for platform in "manylinux_2_28_aarch64", "macosx_11_0_arm64":
        assert kernels(platform) == {"default"}


def test_the_kernels_of_a_wheel_are_those_that_setup_py_compiles(tool):
    setup = ROOT.joinpath("setup.py").read_text(encoding="utf-8")
    options = ast.literal_eval(re.search(r"^TARGETS = (\{.*\})$", setup, re.M)[1])
    assert [*options] == [*targets.TARGETS]


def test_hidden_files_are_not_expected_in_a_wheel(tool, tmp_path, monkeypatch):
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "PACKAGE", tmp_path / "autograd_tiny")
    tmp_path.joinpath("autograd_tiny").mkdir()
    for name in "value.py", ".DS_Store", "value.c":
        tmp_path.joinpath("autograd_tiny", name).touch()
    assert tool.package_files() == {"autograd_tiny/value.py"}


def test_a_wheel_may_not_be_large(tool, wheel, monkeypatch):
    path = wheel()
    monkeypatch.setattr(tool, "LARGEST", path.stat().st_size - 1)
    problem, = tool.problems_of_wheel(path)
    assert problem.startswith("it has ")


def test_wheels_are_built_natively_for_every_python_that_the_package_supports():
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    settings = project["tool"]["cibuildwheel"]
    assert settings["environment"] == {"AUTOGRAD_TINY_NATIVE": "1"}
    minors = [int(minor) for minor in re.findall(r"cp3(\d+)-", " ".join(settings["build"]))]
    assert project["project"]["requires-python"] == f">=3.{minors[0]}"
    assert minors == [*range(minors[0], minors[-1] + 1)]
    script = settings["test-command"].partition("{project}/")[2]
    assert ROOT.joinpath(script).exists()


@pytest.mark.long
def test_what_setuptools_builds_has_the_files_of_the_package(tool, tmp_path):
    """Of this folder, a source distribution, and of that a wheel: a pure one, since it is done in seconds."""
    needed("setuptools", "test")
    source = tmp_path / "source"
    shutil.copytree(ROOT / "autograd_tiny", source / "autograd_tiny", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests", source / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    for name in tool.SDIST_FILES:
        shutil.copy(ROOT / name, source)
    source.joinpath("autograd_tiny/engine/value.c").touch()         # as a build leaves it

    def build(kind, folder):
        code = f"from setuptools import build_meta; build_meta.build_{kind}({str(tmp_path)!r})"
        alone = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
        subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=alone | {"AUTOGRAD_TINY_PURE": "1"}, check=True,
            capture_output=True,
        )

    build("sdist", source)
    sdist, = tmp_path.glob("*.tar.gz")
    assert tool.problems_of_sdist(sdist) == []
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    build("wheel", next(tmp_path.glob("unpacked/*")))
    wheel, = tmp_path.glob("*.whl")
    assert tool.problems_of_wheel(wheel) == []
