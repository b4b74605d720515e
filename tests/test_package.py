"""The package as its users meet it: names, loading, and the switch between the engines."""
import importlib.machinery
import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_tiny as at
from autograd_tiny.calculus import operations as ops


def python(code, **environment):
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, env={**os.environ, **environment}, check=True,
    )
    return result.stdout.strip()


def test_the_table_in_the_readme_is_the_calculus():
    readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- operations -->")[1].split("<!-- /operations -->")[0]
    assert table.strip() == ops.reference_table()
    assert python("from autograd_tiny.__main__ import main; main(['--operations'])") == ops.reference_table()


def test_every_public_name_is_there():
    for name in at.__all__:
        assert getattr(at, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        at.nonsense  # noqa: B018


def test_a_star_import_hides_no_builtin():
    names = {}
    exec("from autograd_tiny import *", names)
    assert "exp" in names and "draw" in names
    assert not {"sum", "max", "min", "abs", "pow"} & set(names)
    assert at.sum is not sum and at.abs(at.Value(-1.0)).data == 1.0


def test_the_import_leaves_heavy_packages_alone():
    heavy = {"numpy", "graphviz", "matplotlib", "sklearn"}
    code = f"import sys, autograd_tiny; print({heavy} & set(sys.modules))"
    assert python(code) == "set()"


@pytest.mark.parametrize("wish", ["1", "yes"])
def test_the_pure_engine_on_request(wish):
    code = "import autograd_tiny as at; v = at.Value(2.0); (v*v).backward(); print(at.engine_kind(), v.grad)"
    assert python(code, AUTOGRAD_TINY_PURE=wish) == "pure 4.0"


@pytest.mark.parametrize("wish", ["", "0"])
def test_the_default_engine(wish):
    loaded = python("import autograd_tiny as at; print(at.engine_kind())", AUTOGRAD_TINY_PURE=wish)
    folder = Path(at.__file__).parent
    compiled = any((folder / "engine" / f"value{suffix}").exists() for suffix in importlib.machinery.EXTENSION_SUFFIXES)
    assert loaded == ("native" if compiled else "pure")
