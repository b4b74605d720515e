"""Compiles what runs natively, where Cython and a C compiler are there; the package runs without, too."""
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from setuptools import Extension, setup

try:
    from Cython.Build import cythonize
except ImportError:
    cythonize = None


def write_kernels() -> None:
    """The formulas of ops.py in C; of the package nothing but these is loaded."""
    package = ModuleType("autograd_tiny")
    package.__path__ = ["autograd_tiny"]
    sys.modules["autograd_tiny"] = package
    text = import_module("autograd_tiny.kernels").source()
    for name in [name for name in sys.modules if name.startswith("autograd_tiny")]:
        del sys.modules[name]
    build = Path("build")
    build.mkdir(exist_ok=True)
    build.joinpath("kernels.h").write_text(text, encoding="utf-8")


def extensions() -> list[Extension]:
    if cythonize is None:
        return []
    write_kernels()
    windows = sys.platform == "win32"
    # no fused multiply-add: both engines are to give the same numbers
    flags = ["/O2"] if windows else ["-O3", "-ffp-contract=off"]
    # nobody asks for errno or for floating-point traps: loops with sqrt and with branches can be vectorised
    quiet = [] if windows else ["-fno-math-errno", "-fno-trapping-math"]
    found = cythonize(
        [
            Extension("autograd_tiny.engine", ["autograd_tiny/engine.py"], extra_compile_args=flags),
            Extension("autograd_tiny.vectors", ["autograd_tiny/vectors.py"], extra_compile_args=flags),
            Extension(
                "autograd_tiny.replay", ["autograd_tiny/replay.pyx"], extra_compile_args=flags + quiet,
                include_dirs=["build", "autograd_tiny"],
                depends=["autograd_tiny/replay.h", "build/kernels.h"],
            ),
        ],
        build_dir="build",
        compiler_directives={
            "boundscheck": False, "cdivision": True, "infer_types": True, "language_level": 3,
        },
    )
    for extension in found:
        extension.optional = True  # to be said after cythonize, which forgets it
    return found


setup(ext_modules=extensions())
