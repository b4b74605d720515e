"""tools/check_wheel.py passes a whole installation, and says what one lacks."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_tiny as at

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long        # make test-all runs it, once


@pytest.fixture
def installed(tmp_path):
    """A copy of the package, compiled as it is."""
    if not at.simd():
        pytest.skip("the engine or the kernels were not compiled here")
    folder = tmp_path / "autograd_tiny"
    shutil.copytree(ROOT / "autograd_tiny", folder, ignore=shutil.ignore_patterns("__pycache__", "*.c"))
    return folder


def check(package, **settings):
    """Its exit code, and what it prints."""
    alone = {"PYTHONPATH": str(package.parent), "AUTOGRAD_TINY_PURE": "", "AUTOGRAD_TINY_SIMD": "", **settings}
    done = subprocess.run(
        [sys.executable, "-W", "error", ROOT / "tools/check_wheel.py"], env=os.environ | alone, cwd=package.parent,
        capture_output=True, text=True, check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_whole_installation_passes(installed):
    code, said = check(installed)
    assert code == 0, said
    assert f"{at.__version__}, Python" in said and "native; kernels for" in said and "default ran" in said


def test_the_pure_engine_is_refused(installed):
    assert check(installed, AUTOGRAD_TINY_PURE="1") == (1, "check_wheel: the engine is native, not pure\n")


def test_the_sources_are_refused():
    code, said = check(ROOT / "autograd_tiny")
    assert (code, said) == (1, "check_wheel: the package is that of the wheel, not that of the sources\n")


def test_kernels_that_are_missing_are_named(installed):
    widest = next(installed.glob("tape/kernels/avx512f.*"), None)
    if widest is None:
        pytest.skip("only x86-64 has several")
    widest.unlink()
    assert check(installed) == (
        1, "check_wheel: there are kernels for avx512f, avx2, default, not only avx2, default\n"
    )


@pytest.mark.parametrize("missing", ["calculus/special.h", "show/page/page.css"])
def test_a_file_that_is_missing_is_named(installed, missing):
    installed.joinpath(missing).unlink()
    code, said = check(installed)
    assert code == 1 and Path(missing).name in said
