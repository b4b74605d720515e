"""Compiles what runs natively, where Cython and a C compiler are there; the package runs without, too.

The engine's modules need each other: all are built, or none. Where there is no compiler, or no header files of Python,
none is, and the build says so. Where there are, but a module cannot be compiled, the build fails and says why.
AUTOGRAD_TINY_PURE=1 builds without them.
"""
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

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


class BuildAllOrNone(build_ext):
    """Builds the engine as a whole."""

    def build_extensions(self) -> None:
        if not self.can_compile():
            print("NO C COMPILER, or no header files of Python: autograd_tiny is built without its native engine, and "
                  "will run in pure Python, much slower", file=sys.stderr)
            self.extensions = []
            return
        try:
            super().build_extensions()
        except Exception as error:
            raise SystemExit(
                f"autograd_tiny's native engine could not be compiled: {error}\nTo install the package without it, in "
                "pure Python, set AUTOGRAD_TINY_PURE=1 and try again"
            ) from error

    def can_compile(self) -> bool:
        """Whether there is a compiler that finds Python's header files."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "trial.c")
            source.write_text("#include <Python.h>\nint trial(void) { return 0; }\n", encoding="utf-8")
            try:
                self.compiler.compile([str(source)], output_dir=folder, include_dirs=self.include_dirs)
            except Exception:       # of the compiler, or of its absence
                return False
        return True


def is_outdated() -> bool:
    """Whether a .pxd is newer than the C code, which Cython does not always notice."""
    declared = [path.stat().st_mtime for path in Path("autograd_tiny").rglob("*.pxd")]
    written = [path.stat().st_mtime for path in BUILD.rglob("*.c")]
    return bool(written) and max(declared) > min(written)


def extensions() -> list[Extension]:
    if cythonize is None or os.environ.get("AUTOGRAD_TINY_PURE", "0") not in ("", "0"):
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
        force=is_outdated(),
        compiler_directives={
            "boundscheck": False, "cdivision": True, "infer_types": True, "language_level": 3,
        },
    )
    found[-1].optional = True       # some compilers know no vector types: tapes run on NumPy then
    return found


setup(ext_modules=extensions(), options=FOLDERS, cmdclass={"build_ext": BuildAllOrNone})
