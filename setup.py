"""Compiles what runs natively, where Cython and a C compiler are there; the package runs without, too.

The engine's modules need each other: all are built, or none. Where there is no compiler, or no header files of Python,
none is, and the build says so. Where there are, but a module cannot be compiled, the build fails and says why.
AUTOGRAD_TINY_PURE=1 builds without them.
"""
import os
import sys
import sysconfig
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

ENGINE = ["state", "value", "backward", "numbering", "several_operands", "reductions", "functions"]
TAPE = ["lowering", "program"]
COMPILED = [                                # they run uncompiled, too
    *(f"autograd_tiny/engine/{name}" for name in ENGINE), "autograd_tiny/vectors",
    *(f"autograd_tiny/tape/{name}" for name in TAPE),
]
# the kernels of tapes are compiled for each of these, in double and single precision: see autograd_tiny/tape/kernels
TARGETS = {"avx512f": ["-mavx512f"], "avx2": ["-mavx2"], "default": []}
X86 = "x86_64", "amd64", "i686", "universal2", "intel"      # how platforms end that have them all

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
    made = import_module("autograd_tiny.calculus.c_kernels")
    source, fingerprint = made.source(), made.fingerprint()
    for name in [name for name in sys.modules if name.startswith("autograd_tiny")]:
        del sys.modules[name]
    write(BUILD / "kernels.h", source)
    write(BUILD / "fingerprint.h", f'#define FINGERPRINT "{fingerprint}"\n')
    for target in TARGETS:
        write(kernels_of(target), '#include "module.h"\n')
        write(kernels_of(f"{target}_single"), '#define SINGLE\n#include "module.h"\n')


def kernels_of(target: str) -> Path:
    """A source file of its own for each target, and so an object file of its own."""
    return BUILD / "kernels" / f"{target}.c"


def write(path: Path, text: str) -> None:
    """Only if it has changed: it would be compiled again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class BuildAllOrNone(build_ext):
    """Builds the engine as a whole, with all processors."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

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


def targets() -> dict[str, list[str]]:
    """The targets that this platform has, with options of the compiler."""
    if not sysconfig.get_platform().endswith(X86):
        return {"default": []}
    if sys.platform != "darwin":
        return TARGETS
    # the compiler may be asked for two kinds of processors at once
    return {name: [x for each in options for x in ("-Xarch_x86_64", each)] for name, options in TARGETS.items()}


def extensions() -> list[Extension]:
    if cythonize is None or os.environ.get("AUTOGRAD_TINY_PURE", "0") not in ("", "0"):
        return []
    write_kernels()
    windows = sys.platform == "win32"
    # no fused multiply-add: both engines are to give the same numbers
    flags = ["/O2"] if windows else ["-O3", "-g0", "-ffp-contract=off"]
    # nobody asks for errno or for floating-point traps: loops with sqrt and with branches can be vectorised
    quiet = [] if windows else ["-fno-math-errno", "-fno-trapping-math"]
    # what is marked as a simd loop becomes one; eliminating partial redundancies would leave branches in it
    simd = [] if windows else ["-fopenmp-simd", "-fno-tree-pre"]
    compiled = [
        Extension(
            name.replace("/", "."), [f"{name}.py"], extra_compile_args=flags, include_dirs=["autograd_tiny/calculus"],
            depends=["autograd_tiny/calculus/special.h"],
        )
        for name in COMPILED
    ]
    tape = Path("autograd_tiny/tape")
    native_executor = Extension(
        "autograd_tiny.tape.native_executor", [f"{tape}/native_executor.pyx"],
        extra_compile_args=flags, include_dirs=[str(BUILD), str(tape)],
        depends=[f"{tape}/native_executor.h", f"{tape}/kernels/plan.h", str(BUILD / "fingerprint.h")],
    )
    kernels = [
        Extension(
            f"autograd_tiny.tape.kernels.{name}", [str(kernels_of(name))], define_macros=[("TARGET", name)],
            extra_compile_args=flags + quiet + simd + options,
            include_dirs=[str(BUILD), f"{tape}/kernels", "autograd_tiny/calculus"],
            depends=[str(BUILD / "fingerprint.h")],     # of all of its sources
            optional=True,          # some compilers know no vector types: tapes run on NumPy then
        )
        for target, options in targets().items() for name in (target, f"{target}_single")
    ]
    return kernels + cythonize(
        [*compiled, native_executor],
        build_dir=str(BUILD),
        force=is_outdated(),
        compiler_directives={
            "boundscheck": False, "cdivision": True, "infer_types": True, "language_level": 3,
        },
    )


setup(ext_modules=extensions(), options=FOLDERS, cmdclass={"build_ext": BuildAllOrNone})
