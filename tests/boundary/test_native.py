"""The engine runs compiled as a whole or from its sources as a whole, and engine_kind() says which."""
import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import autograd_tiny as at
from autograd_tiny.boundary.native import compiled_modules

PACKAGE = Path(at.__file__).parent
MODULES = compiled_modules(str(PACKAGE))
WORK = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import autograd_tiny as at
from autograd_tiny import nn, optim, vectors
x = at.Value(2.0)
(at.sum([x * x, at.hypot(x, 1.0)]) * 1.0).backward()
model = nn.MLP(1, [2, 1])
at.fit(model, [[0.1], [0.2]] * 60, [0.1, 0.2] * 60, "mse", progress=False)
assert vectors.read([x]).tolist() == [2.0]
import sys
kinds = {sys.modules[f"autograd_tiny.{name}"].__file__.endswith(".py") for name in sys.argv[1:]}
print(at.engine_kind(), len(kinds), [str(each.message) for each in caught])
"""


def compiled_file(folder, name):
    stem = folder.joinpath("autograd_tiny", *name.split("."))
    found = [Path(f"{stem}{suffix}") for suffix in EXTENSION_SUFFIXES if Path(f"{stem}{suffix}").exists()]
    return found[0] if found else None


@pytest.fixture
def tree(tmp_path):
    """A copy of the package, with its compiled files."""
    shutil.copytree(PACKAGE, tmp_path / "autograd_tiny", ignore=shutil.ignore_patterns("__pycache__", "*.c"))
    if not all(compiled_file(tmp_path, name) for name in MODULES):
        pytest.skip("the engine was not compiled here")
    return tmp_path


def work(tree, **environment):
    """The engine and the warnings of a process that uses the copy; all modules are of one kind."""
    environment = {**os.environ, "AUTOGRAD_TINY_PURE": "", **environment, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-c", WORK, *MODULES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tree)
    assert done.returncode == 0, done.stderr
    kind, kinds, messages = done.stdout.split(maxsplit=2)
    assert kinds == "1"
    return kind, ast.literal_eval(messages)


def test_the_modules_that_belong_together_are_those_that_are_compiled():
    setup = PACKAGE.parent / "setup.py"
    if not setup.exists():
        pytest.skip("the package is installed, without setup.py")
    engine = ast.literal_eval(re.search(r"^ENGINE = (\[.*?\])", setup.read_text(encoding="utf-8"), re.M)[1])
    assert {*MODULES} == {*(f"engine.{name}" for name in engine), "vectors"}
    tape = ast.literal_eval(re.search(r"^TAPE = (\[.*?\])", setup.read_text(encoding="utf-8"), re.M)[1])
    assert {*tape} == {path.stem for path in (PACKAGE / "tape").glob("*.pxd")}


def test_all_compiled(tree):
    assert work(tree) == ("native", [])
    assert work(tree, AUTOGRAD_TINY_PURE="1") == ("pure", [])


@pytest.mark.parametrize("name", MODULES)
def test_one_that_is_missing_makes_the_whole_engine_pure_and_says_so(tree, name):
    compiled_file(tree, name).unlink()
    kind, (message,) = work(tree)
    assert kind == "pure" and f"{name} is not compiled" in message and "AUTOGRAD_TINY_PURE=1" in message
    assert work(tree, AUTOGRAD_TINY_PURE="1") == ("pure", [])


@pytest.mark.parametrize("name", MODULES)
def test_one_that_can_not_be_loaded_makes_the_whole_engine_pure_and_says_so(tree, name):
    compiled_file(tree, name).write_bytes(b"of another processor")
    kind, (message,) = work(tree)
    assert kind == "pure" and "ImportError" in message and "pure one runs" in message


def test_none_compiled_is_no_reason_for_a_warning(tree):
    for name in MODULES:
        compiled_file(tree, name).unlink()
    assert work(tree) == ("pure", [])


def test_what_is_compiled_of_a_tape_runs_beside_the_native_engine_only(tree):
    code = "from autograd_tiny.tape import lowering, program; print(lowering.__file__[-3:], program.__file__[-3:])"
    for wish, expected in ("", {".so", "pyd"}), ("1", {".py"}):
        environment = {**os.environ, "AUTOGRAD_TINY_PURE": wish, "PYTHONPATH": str(tree)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=tree)
        assert {*done.stdout.split()} <= expected, done.stderr


def test_a_tree_that_is_read_only(tree):
    paths = [*tree.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert work(tree) == ("native", [])
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_tape_runs_on_numpy_where_its_executor_alone_is_missing(tree):
    file = compiled_file(tree, "tape.native_executor")
    if file is not None:
        file.unlink()
    code = "import autograd_tiny as at; print(at.engine_kind(), at.record(lambda x: x * x, 1.0).backend)"
    environment = {**os.environ, "AUTOGRAD_TINY_PURE": "", "PYTHONPATH": str(tree)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=tree)
    assert done.stdout.split() == ["native", "numpy"], done.stderr


@pytest.mark.parametrize(("name", "old", "new"), [
    ("calculus/operations.py", '"relu", "x", "where(x <= 0, 0, x)"', '"relu", "x", "where(x <= 0, 0, 2 * x)"'),
    ("tape/native_executor.h", "static", "static "), ("tape/kernels/dots.h", "INLINE", "INLINE "),
    ("tape/kernels/replay.h", "ROW_FUNCTION", "ROW_FUNCTION "),
    ("tape/kernels/targets.py", "def module(", "def another("),
    ("tape/native_executor.pyx", "import", " import"), ("calculus/special.h", "static", "static "), ("", "", ""),
])
def test_an_executor_that_was_compiled_from_other_sources_does_not_run(tree, name, old, new):
    """A stale one would compute other numbers than the formulas say."""
    if compiled_file(tree, "tape.native_executor") is None:
        pytest.skip("the executor was not compiled here")
    if name:
        file = tree / "autograd_tiny" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
    code = """
import warnings
import autograd_tiny as at
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    tapes = [at.record(lambda x: at.relu(x), 1.0) for _ in range(2)]
    print(*[tape([3.0])[0] for tape in tapes], tapes[0].backend, [str(each.message) for each in caught])
"""
    environment = {**os.environ, "AUTOGRAD_TINY_PURE": "", "PYTHONPATH": str(tree)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=tree)
    assert done.returncode == 0, done.stderr
    first, second, backend, messages = done.stdout.split(maxsplit=3)
    assert first == second == ("6.0" if "operations" in name else "3.0")
    if name:
        (message,) = ast.literal_eval(messages)
        assert backend == "numpy" and "other sources" in message and "install the package again" in message
    else:
        assert (backend, ast.literal_eval(messages)) == ("native", [])
