"""Compiles what runs natively, where Cython and a C compiler are there; the package runs without, too."""
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

from setuptools import Extension, setup

try:
    from Cython.Build import cythonize
except ImportError:
    cythonize = None

ENGINE = ["state", "value", "backward", "several_operands", "reductions", "functions"]
COMPILED = [*(f"autograd_tiny/engine/{name}" for name in ENGINE), "autograd_tiny/vectors"]   # run uncompiled, too

BUILD, FOLDERS = Path("build"), {}
if not os.access(".", os.W_OK):             # a read-only tree: whatever is made goes elsewhere
    elsewhere = tempfile.TemporaryDirectory()
    BUILD = Path(elsewhere.name)
    FOLDERS = {"build": {"build_base": elsewhere.name}, "egg_info": {"egg_base": elsewhere.name}}


def write_kernels() -> None:
    """The rows of the calculus in C; of the package nothing but these is loaded."""
    package = ModuleType("autograd_tiny")
    package.__path__ = ["autograd_tiny"]
    sys.modules["autograd_tiny"] = package
    text = import_module("autograd_tiny.calculus.c_kernels").source()
    for name in [name for name in sys.modules if name.startswith("autograd_tiny")]:
        del sys.modules[name]
    BUILD.mkdir(exist_ok=True)
    BUILD.joinpath("kernels.h").write_text(text, encoding="utf-8")


def extensions() -> list[Extension]:
    if cythonize is None:
        return []
    write_kernels()
    windows = sys.platform == "win32"
    # no fused multiply-add: both engines are to give the same numbers
    flags = ["/O2"] if windows else ["-O3", "-g0", "-ffp-contract=off"]
    # nobody asks for errno or for floating-point traps: loops with sqrt and with branches can be vectorised
    quiet = [] if windows else ["-fno-math-errno", "-fno-trapping-math"]
    compiled = [
        Extension(
            name.replace("/", "."), [f"{name}.py"], extra_compile_args=flags, include_dirs=["autograd_tiny/calculus"],
            depends=["autograd_tiny/calculus/special.h"],
        )
        for name in COMPILED
    ]
    native_executor = Extension(
        "autograd_tiny.tape.native_executor", ["autograd_tiny/tape/native_executor.pyx"],
        extra_compile_args=flags + quiet, include_dirs=[str(BUILD), "autograd_tiny/calculus", "autograd_tiny/tape"],
        depends=["autograd_tiny/tape/native_executor.h", str(BUILD / "kernels.h")],
    )
    found = cythonize(
        [*compiled, native_executor],
        build_dir=str(BUILD),
        compiler_directives={
            "boundscheck": False, "cdivision": True, "infer_types": True, "language_level": 3,
        },
    )
    for extension in found:
        extension.optional = True  # to be said after cythonize, which forgets it
    return found


setup(ext_modules=extensions(), options=FOLDERS)
