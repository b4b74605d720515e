"""setup.py: modules are compiled when anything that they are made from has changed, and only then."""
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from references.optional import needed

pytestmark = pytest.mark.long        # make test-all runs it, once

ROOT = Path(__file__).parents[1]
HEADER, DECLARED = "#define NUMBER 1\n", "cdef inline int number():\n    return 1\n"
SOURCE = """
#include <Python.h>
#include "number.h"
#ifndef MORE
  #define MORE 0
#endif

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "in_c", .m_size = -1};

PyMODINIT_FUNC PyInit_in_c(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module) PyModule_AddIntConstant(module, "found", NUMBER + MORE);
    return module;
}
"""
# builds two modules as pip does, in folders that are new each time; prints which were compiled and what they say
BUILD = """
import os, runpy, sys, tempfile
import setuptools
setup, setuptools.setup = setuptools.setup, lambda **arguments: None
made = runpy.run_path("setup.py")
compile = made["build_ext"].build_extension
made["build_ext"].build_extension = lambda self, ext: (print(ext.name[14:]), compile(self, ext))
flags = sys.argv[1:]
setup(
    name="trial", packages=["autograd_tiny"], cmdclass={"build_ext": made["BuildAllOrNone"]}, ext_modules=[
        setuptools.Extension("autograd_tiny.in_c", ["in_c.c"], include_dirs=["include"], extra_compile_args=flags),
        setuptools.Extension("autograd_tiny.in_python", ["autograd_tiny/in_python.py"], extra_compile_args=flags),
    ],
    script_args=["-q", "build_ext", "-i", "-t", tempfile.mkdtemp(dir=".."), "-b", tempfile.mkdtemp(dir="..")],
)
sys.path.insert(0, "")
from autograd_tiny import in_c, in_python
assert in_python.__file__.endswith((".so", ".pyd"))
print(in_c.found, in_python.found)
"""


@pytest.fixture
def project(tmp_path):
    """A folder with setup.py and the sources of two modules."""
    needed("Cython", "test")
    needed("setuptools", "test")
    if not shutil.which("cc"):
        pytest.skip("there is no C compiler")
    folder = tmp_path / "project"
    for name, text in {
        "setup.py": (ROOT / "setup.py").read_text(encoding="utf-8"), "in_c.c": SOURCE, "include/number.h": HEADER,
        "autograd_tiny/__init__.py": "", "autograd_tiny/in_python.pxd": DECLARED,
        "autograd_tiny/in_python.py": "found = number()\n",
    }.items():
        folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return folder


def build(project, *flags, **environment):
    """Which modules were compiled, and the numbers that they have."""
    settings = {"AUTOGRAD_TINY_PURE": "1", "CC": "cc", **environment}      # of setup.py only the commands are wanted
    done = subprocess.run(
        [sys.executable, "-c", BUILD, *flags], cwd=project, env=os.environ | settings, capture_output=True, text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *compiled, numbers = [line for line in done.stdout.splitlines() if "ythoniz" not in line and line.strip()]
    return sorted(compiled), numbers


def change(path, text):
    """As old as it was: a clock says nothing."""
    before = path.stat()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_second_build_compiles_nothing_and_replaces_modules_from_elsewhere(project):
    assert build(project) == (["in_c", "in_python"], "1 1")
    for path in project.rglob("*.[ch]"):
        path.touch()
    right, wrong = (next(project.glob(f"autograd_tiny/{name}.*[od]")) for name in ("in_c", "in_python"))
    text = right.read_bytes()
    shutil.copyfile(wrong, right)
    assert build(project) == ([], "1 1")
    assert right.read_bytes() == text


def test_other_sources_headers_and_declarations_are_compiled_whatever_their_times(project):
    build(project)
    change(project / "include/number.h", HEADER.replace("1", "2"))
    change(project / "autograd_tiny/in_python.pxd", DECLARED.replace("1", "3"))
    assert build(project) == (["in_c", "in_python"], "2 3")
    change(project / "autograd_tiny/in_python.py", "found = number() + 1\n")
    assert build(project) == (["in_python"], "2 4")
    change(project / "in_c.c", SOURCE + "nonsense")
    with pytest.raises(AssertionError, match="native engine could not be compiled"):
        build(project)
    change(project / "in_c.c", SOURCE)
    change(project / "include/number.h", HEADER)
    assert build(project) == (["in_c"], "1 4")
    kept = [path for path in project.joinpath("build/modules").rglob("*") if path.is_file()]
    assert len(kept) == 2, "only the newest are"


def test_other_flags_compilers_and_processors_are_compiled_for(project):
    assert build(project) == (["in_c", "in_python"], "1 1")
    assert build(project, "-DMORE=5") == (["in_c", "in_python"], "6 1")
    assert build(project, CFLAGS="-DMORE=7") == (["in_c", "in_python"], "8 1")
    compiler = project / "compiler"             # it has the same name, and another version or target
    for macro in "-DTARGET=1", "-DTARGET=2":
        compiler.write_text(f'#!/bin/sh\nexec cc {macro} "$@"\n', encoding="utf-8")
        compiler.chmod(0o755)
        assert build(project, CC=str(compiler)) == (["in_c", "in_python"], "1 1")


def test_an_option_of_gcc_is_left_out_where_the_compiler_does_not_know_it(project):
    compiler = project / "compiler"
    compiler.write_text('#!/bin/sh\ncase "$*" in *-fno-tree-pre*) exit 1;; esac\nexec cc "$@"\n', encoding="utf-8")
    compiler.chmod(0o755)
    assert build(project, "-fno-tree-pre", "-DMORE=5", CC=str(compiler)) == (["in_c", "in_python"], "6 1")


# ---- native or not at all

@pytest.fixture
def definitions(monkeypatch):
    """A function that loads setup.py, with other settings, and returns what it defines."""
    setuptools = needed("setuptools", "test")

    def load(**settings):
        for name in "PURE", "NATIVE":
            monkeypatch.setenv(f"AUTOGRAD_TINY_{name}", settings.get(name, "0"))
        return runpy.run_path(str(ROOT / "setup.py"))

    monkeypatch.setattr(setuptools, "setup", lambda **arguments: None)
    return load


def test_a_build_that_must_be_native_fails_without_a_compiler(project):
    calculus = project / "autograd_tiny/calculus"
    calculus.mkdir()
    calculus.joinpath("c_kernels.py").write_text("source = row_functions = fingerprint = str\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="AUTOGRAD_TINY_NATIVE is set, but there is no C compiler"):
        build(project, AUTOGRAD_TINY_PURE="0", AUTOGRAD_TINY_NATIVE="1", CC="false")


def test_without_a_compiler_a_build_succeeds_otherwise(project):
    """As a module that is not compiled lacks what its declarations say, it fails after that."""
    with pytest.raises(AssertionError, match=r"NO C COMPILER(.|\n)*NameError: name 'number' is not defined"):
        build(project, CC="false")


def test_the_package_that_is_loaded_stays_loaded(definitions):
    before = {name: module for name, module in sys.modules.items() if name.startswith("autograd_tiny")}
    definitions()
    assert {name: sys.modules.get(name) for name in before} == before


def test_a_build_cannot_be_both_native_and_pure(definitions):
    with pytest.raises(SystemExit, match="are both set: unset one"):
        definitions(PURE="1", NATIVE="1")


def test_a_build_that_must_be_native_fails_without_cython(definitions, monkeypatch):
    monkeypatch.setitem(sys.modules, "Cython", None)
    with pytest.raises(SystemExit, match="there is no Cython: pip install Cython"):
        definitions(NATIVE="1")


def test_a_kernel_may_be_left_out_unless_the_build_must_be_native(definitions, monkeypatch, tmp_path):
    needed("Cython", "test")
    shutil.copytree(ROOT / "autograd_tiny", tmp_path / "autograd_tiny", ignore=shutil.ignore_patterns("*.so", "*.pyd"))
    monkeypatch.chdir(tmp_path)
    for native in "0", "1":
        made = definitions(NATIVE=native)["extensions"]()
        kernels = [ext for ext in made if ext.name.startswith("autograd_tiny.tape.kernels.")]
        assert {ext.optional for ext in kernels} == {native == "0"}
        assert not any(ext.optional for ext in made if ext not in kernels)


# ---- Windows

class VisualStudio:
    """What setup.py asks of setuptools' compiler of that name."""

    compiler_type = "msvc"
    include_dirs = ("of Visual Studio",)

    def __init__(self):
        self.include_dirs = ["of Python"]


@pytest.fixture
def command(definitions):
    """A function that makes the command that builds, on Windows, a kernel and a module of the engine."""
    def load(**settings):
        from setuptools import Distribution, Extension
        made = definitions(**settings)
        found = made["BuildAllOrNone"](Distribution())
        found.compiler, found.plat_name = VisualStudio(), "win-amd64"
        found.extensions = [
            Extension(
                "autograd_tiny.tape.kernels.avx2", ["build/kernels/avx2/doubles.c"], include_dirs=["build"],
                define_macros=[("TARGET", "avx2")], extra_compile_args=["-O3", "-fno-tree-pre", "-mavx2"],
            ),
            Extension("autograd_tiny.engine.value", ["value.c"], extra_compile_args=["-O3"]),
        ]
        return found
    return load


@pytest.fixture
def windows(tmp_path, monkeypatch):
    """A folder in the place of Program Files; clang-cl is not on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    monkeypatch.delenv("ProgramFiles(x86)", raising=False)
    return tmp_path


def program(path, text="#!/bin/sh\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_clang_cl_is_found_on_the_path_in_llvm_and_in_visual_studio(definitions, windows, monkeypatch):
    clang_cl = definitions()["clang_cl"]
    assert clang_cl() is None
    part = program(windows / "Microsoft Visual Studio/2022/Community/VC/Tools/Llvm/x64/bin/clang-cl.exe")
    assert clang_cl() == part
    program(windows / "LLVM/bin/clang-cl.exe")
    monkeypatch.setenv("PATH", str(windows / "path"))
    assert clang_cl() in (part, str(windows / "LLVM/bin/clang-cl.exe"))
    assert clang_cl() != program(windows / "path/clang-cl") == clang_cl()


def test_with_visual_studio_clang_cl_compiles_the_kernels(command, windows, monkeypatch):
    program(
        windows / "LLVM/bin/clang-cl.exe", f'#!{sys.executable}\nimport os, sys\nfrom pathlib import Path\n'
        "made = Path(next(x[3:] for x in sys.argv if x.startswith('/Fo')))\n"
        "made.write_text(repr([os.environ['INCLUDE'], sys.argv[1:]]))\n",
    )
    monkeypatch.chdir(windows)
    found = command()
    found.build_temp = "temporary"
    found.prepare_for_msvc()
    kernel, engine = found.extensions
    assert engine.extra_compile_args == ["/O2"]
    found.compile_by_clang_cl(kernel)
    assert kernel.sources == [], "only to be linked"
    folders, options = eval(Path(*kernel.extra_objects).read_text(encoding="utf-8"))
    assert folders.split(os.pathsep) == ["of Python", "of Visual Studio"]
    assert {"--target=x86_64-pc-windows-msvc", "/clang:-O3", "/clang:-mavx2", "/DTARGET=avx2", "/Ibuild"} < {*options}
    assert "/clang:-fno-tree-pre" not in options
    assert options[-3:-1] == ["/c", "build/kernels/avx2/doubles.c"]


def test_without_clang_cl_tapes_run_on_numpy_unless_the_build_must_be_native(command, windows, capsys):
    found = command()
    found.prepare_for_msvc()
    assert [ext.name for ext in found.extensions] == ["autograd_tiny.engine.value"]
    assert "NO CLANG-CL" in capsys.readouterr().err


def test_a_build_that_must_be_native_fails_without_clang_cl(definitions, command, windows):
    found = command()
    found.prepare_for_msvc.__globals__["NATIVE"] = True
    with pytest.raises(SystemExit, match=r"clang-cl is not found(.|\n)*Install LLVM"):
        found.prepare_for_msvc()


# ---- a tree that nobody may write to

def test_from_a_read_only_tree_the_package_is_built_elsewhere(tmp_path):
    """As root may write everywhere, setup.py is told that it may not; without Cython it is done in a second.

    Without pyproject.toml, since setuptools runs here outside the environment that this asks for.
    """
    package = tmp_path / "autograd_tiny"
    package.mkdir()
    for name in ("setup.py", "autograd_tiny/__init__.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    code = """
import os, runpy, sys
sys.modules["Cython"] = sys.modules["Cython.Build"] = None
os.access = lambda path, mode: mode != os.W_OK
sys.argv = ["setup.py", "-q", "egg_info"]
runpy.run_path("setup.py", run_name="__main__")
"""
    alone = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=alone, capture_output=True, check=True)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
