"""Compiles what runs natively, where Cython and a C compiler are there; the package runs without, too.

The engine's modules need each other: all are built, or none. Where there is no compiler, or no header files of Python,
none is, and the build says so. Where there are, but a module cannot be compiled, the build fails and says why.
AUTOGRAD_TINY_PURE=1 builds without them. AUTOGRAD_TINY_NATIVE=1 fails unless everything is compiled, the kernels of
tapes included: wheels are built so.

Visual Studio's compiler has no vector types, so there clang-cl compiles the kernels, if it is found.

pip builds in temporary folders. So compiled modules are kept in build/modules, each with a hash of all that it was made
from; one that would be made from the same is not compiled again.
"""
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

try:
    import Cython
    from Cython.Build import cythonize
except ImportError:
    cythonize = None


def is_set(variable: str) -> bool:
    return os.environ.get(variable, "0") not in ("", "0")


PURE, NATIVE = is_set("AUTOGRAD_TINY_PURE"), is_set("AUTOGRAD_TINY_NATIVE")

ENGINE = ["state", "value", "backward", "numbering", "several_operands", "reductions", "functions"]
TAPE = ["lowering", "program"]
COMPILED = [                                # they run uncompiled, too
    *(f"autograd_tiny/engine/{name}" for name in ENGINE), "autograd_tiny/vectors",
    *(f"autograd_tiny/tape/{name}" for name in TAPE),
]
DIRECTIVES = {                              # of Cython
    "boundscheck": False, "cdivision": True, "freethreading_compatible": True, "infer_types": True, "language_level": 3,
}
# the kernels of tapes are compiled for each of these: see autograd_tiny/tape/kernels
TARGETS = {"avx512f": ["-mavx512f"], "avx2": ["-mavx2"], "default": []}
KERNELS = {                                 # their files
    "module": '#include "module.h"\n', "functions": '#include "functions.h"\n', "doubles": '#include "batches.h"\n',
    "floats": '#define SINGLE\n#include "batches.h"\n',
}
KERNEL = "autograd_tiny.tape.kernels."      # how the names of their modules begin
# no fused multiply-add: both engines are to give the same numbers
FLAGS = ["-O3", "-g0", "-ffp-contract=off", "-Wno-unused-function"]
# nobody asks for errno or for floating-point traps: loops with sqrt and with branches can be vectorised; what is marked
# as a simd loop becomes one; eliminating partial redundancies would leave branches in it, in gcc: clang does not know
# the option
OF_GCC = ["-fno-tree-pre"]
LOOPS = ["-fno-math-errno", "-fno-trapping-math", "-fopenmp-simd", *OF_GCC]
CLANG_CL = (                                # where it is if not on the PATH: of LLVM, or a part of Visual Studio
    "LLVM/bin/clang-cl.exe", "Microsoft Visual Studio/*/*/VC/Tools/Llvm/x64/bin/clang-cl.exe",
)
MACHINES = {"win-amd64": "x86_64", "win-arm64": "aarch64", "win32": "i686"}     # of Windows, as clang calls them
X86 = "x86_64", "amd64", "i686", "universal2", "intel"      # how platforms end that have them all

BUILD, FOLDERS = Path("build"), {}
if not os.access(".", os.W_OK):             # a read-only tree: whatever is made goes elsewhere
    elsewhere = tempfile.TemporaryDirectory()
    BUILD = Path(elsewhere.name)
    FOLDERS = {"build": {"build_base": elsewhere.name}, "egg_info": {"egg_base": elsewhere.name}}


def write_kernels() -> None:
    """The rows of the calculus in C; of the package nothing but these is loaded."""
    before = modules_of_the_package()               # if a test runs this file
    for name in before:
        del sys.modules[name]
    package = ModuleType("autograd_tiny")
    package.__path__ = ["autograd_tiny"]
    sys.modules["autograd_tiny"] = package
    made = import_module("autograd_tiny.calculus.c_kernels")
    texts = {"kernels.h": made.source(), "row_functions.h": made.row_functions()}
    texts["fingerprint.h"] = f'#define FINGERPRINT "{made.fingerprint()}"\n'
    for name in modules_of_the_package():
        del sys.modules[name]
    sys.modules.update(before)
    for name, text in texts.items():
        write(BUILD / name, text)
    for target in TARGETS:
        for path, text in zip(kernels_of(target), KERNELS.values(), strict=True):
            write(path, text)


def modules_of_the_package() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "autograd_tiny"}


def kernels_of(target: str) -> list[Path]:
    """Source files of its own for each target, and so object files of its own."""
    return [BUILD / "kernels" / target / f"{name}.c" for name in KERNELS]


def write(path: Path, text: str) -> None:
    """Only if it has changed: it would be compiled again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class BuildAllOrNone(build_ext):
    """Builds the engine as a whole, with all processors."""

    cython = Lock()             # Cython translates one module at a time, while compilers run

    def finalize_options(self) -> None:
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def build_extensions(self) -> None:
        if not self.can_compile():
            if NATIVE:
                raise SystemExit(
                    "AUTOGRAD_TINY_NATIVE is set, but there is no C compiler, or it finds no header files of Python. "
                    "Install them, or unset the variable"
                )
            print("NO C COMPILER, or no header files of Python: autograd_tiny is built without its native engine, and "
                  "will run in pure Python, much slower", file=sys.stderr)
            self.extensions = []
            return
        if self.compiler.compiler_type == "msvc":
            self.prepare_for_msvc()
        elif not self.can_compile(*OF_GCC):
            for ext in self.extensions:
                ext.extra_compile_args = [option for option in ext.extra_compile_args if option not in OF_GCC]
        try:
            super().build_extensions()
        except Exception as error:
            raise SystemExit(
                f"autograd_tiny's native engine could not be compiled: {error}\nTo install the package without it, in "
                f"pure Python, set AUTOGRAD_TINY_PURE=1{' and unset AUTOGRAD_TINY_NATIVE' * NATIVE} and try again"
            ) from error

    def can_compile(self, *options: str) -> bool:
        """Whether there is a compiler that finds Python's header files, and takes these options."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "trial.c")
            source.write_text("#include <Python.h>\nint trial(void) { return 0; }\n", encoding="utf-8")
            try:
                self.compiler.compile(
                    [str(source)], output_dir=folder, include_dirs=self.include_dirs, extra_postargs=[*options],
                )
            except Exception:       # of the compiler, or of its absence
                return False
        return True

    def prepare_for_msvc(self) -> None:
        """The kernels are compiled by clang-cl, or left out; the options of the others are those of Visual Studio."""
        kernels = [ext for ext in self.extensions if ext.name.startswith(KERNEL)]
        self.clang_cl = clang_cl()
        if kernels and not self.clang_cl:
            if NATIVE:
                raise SystemExit(
                    "AUTOGRAD_TINY_NATIVE is set, but clang-cl is not found, which compiles the kernels of tapes. "
                    "Install LLVM, or the C++ Clang tools of Visual Studio"
                )
            print("NO CLANG-CL, of LLVM or Visual Studio, which compiles the kernels of tapes: they will run on NumPy",
                  file=sys.stderr)
            self.extensions = [ext for ext in self.extensions if ext not in kernels]
        for ext in self.extensions:
            if ext not in kernels:
                ext.extra_compile_args = ["/O2"]

    def compile_by_clang_cl(self, ext: Extension) -> None:
        """Leaves object files to be linked."""
        folder = Path(self.build_temp, *ext.name.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        # Python's header files, and those of Visual Studio: it has been set up by now, and its class knows them
        folders = [*self.compiler.include_dirs, *type(self.compiler).include_dirs]
        environment = os.environ | {"INCLUDE": os.pathsep.join(folders)}
        for source in ext.sources:
            made = folder / f"{Path(source).stem}.obj"
            command = [self.clang_cl, *clang_cl_options(ext, self.plat_name), "/c", source, f"/Fo{made}"]
            subprocess.run(command, env=environment, check=True)
            ext.extra_objects.append(str(made))
        ext.sources = []

    def build_extension(self, ext: Extension) -> None:
        """Compiles a module, unless it is there already, made from the same."""
        if not all(source.endswith(".c") for source in ext.sources):
            with self.cython:
                ext.sources = translated(ext)
        built = Path(self.get_ext_fullpath(ext.name))
        ingredients = self.ingredients(ext)
        kept = BUILD / "modules" / f"{self.get_ext_filename(ext.name)}-{ingredients}"
        if ingredients and kept.exists() and not self.force:
            built.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, built)        # as of now, so that it also replaces one beside the sources
            return
        print(f"compiling {ext.name}", file=sys.stderr, flush=True)
        built.unlink(missing_ok=True)           # or setuptools might find it new enough
        if self.compiler.compiler_type == "msvc" and ext.name.startswith(KERNEL):
            self.compile_by_clang_cl(ext)
        super().build_extension(ext)
        if ingredients:
            keep(built, kept)

    def ingredients(self, ext: Extension) -> str:
        """A hash of all that a module is made from; "" where the compiler cannot tell.

        The sources count as the preprocessor leaves them, so with all headers, and with all macros, which say for which
        processor which compiler would work.
        """
        if self.compiler.compiler_type != "unix":
            return ""
        options = [f"-D{name}={value}" for name, value in ext.define_macros] + ext.extra_compile_args
        found = sha256(repr([self.compiler.compiler_so, options, self.compiler.linker_so]).encode())
        folders = [f"-I{folder}" for folder in ext.include_dirs + self.compiler.include_dirs]
        for source in ext.sources:
            command = [*self.compiler.compiler_so, *options, *folders, "-E", "-dD", "-P", source]
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode:
                return ""
            found.update(done.stdout)
        return found.hexdigest()[:32]


def keep(built: Path, kept: Path) -> None:
    """A copy in place of older ones; it is whole as soon as it is there."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        os.replace(shutil.copy(built, folder), kept)
    for other in kept.parent.glob(f"{built.name}-*"):
        if other != kept:
            other.unlink()


def translated(ext: Extension) -> list[str]:
    """The files in C that Cython makes, if they are not there already, made from the same.

    Cython compares times, and does not always notice declarations.
    """
    declared = [path.read_text(encoding="utf-8") for path in sorted(Path().rglob("autograd_tiny/**/*.pxd"))]
    sources = [Path(source).read_text(encoding="utf-8") for source in ext.sources]
    key = sha256(repr([Cython.__version__, DIRECTIVES, ext.name, sources, declared]).encode()).hexdigest()
    note = (BUILD / ext.name.replace(".", "/")).with_suffix(".made_from")
    made = note.with_suffix(".c")
    if not made.exists() or not note.exists() or note.read_text(encoding="utf-8") != key:
        note.unlink(missing_ok=True)
        cythonize(ext, build_dir=str(BUILD), force=True, quiet=True, compiler_directives=DIRECTIVES)
        for copy in made.parent.rglob("*.h"):       # of headers, which would hide those beside the sources
            copy.unlink()
        write(note, key)
    return [str(made)]


def targets() -> dict[str, list[str]]:
    """The targets that this platform has, with options of the compiler."""
    if not sysconfig.get_platform().endswith(X86):
        return {"default": []}
    if sys.platform != "darwin":
        return TARGETS
    # the compiler may be asked for two kinds of processors at once
    return {name: [x for each in options for x in ("-Xarch_x86_64", each)] for name, options in TARGETS.items()}


def clang_cl() -> str | None:
    """The path of clang-cl; None if it is not found."""
    folders = [os.environ[name] for name in ("ProgramFiles", "ProgramFiles(x86)") if name in os.environ]
    paths = [path for folder in folders for pattern in CLANG_CL for path in sorted(Path(folder).glob(pattern))]
    return shutil.which("clang-cl") or (str(paths[-1]) if paths else None)


def clang_cl_options(ext: Extension, platform: str) -> list[str]:
    """Those of the kernels, to use the C library as Visual Studio's compiler does by default in setuptools."""
    return [
        "/nologo", "/MD", "/DNDEBUG", f"--target={MACHINES.get(platform, 'x86_64')}-pc-windows-msvc",
        *(f"/clang:{flag}" for flag in ext.extra_compile_args if flag not in OF_GCC),
        *(f"/D{name}={value}" for name, value in ext.define_macros), *(f"/I{folder}" for folder in ext.include_dirs),
    ]


def extensions() -> list[Extension]:
    if PURE and NATIVE:
        raise SystemExit("AUTOGRAD_TINY_PURE and AUTOGRAD_TINY_NATIVE are both set: unset one of them")
    if NATIVE and cythonize is None:
        raise SystemExit("AUTOGRAD_TINY_NATIVE is set, but there is no Cython: pip install Cython")
    if cythonize is None or PURE:
        return []
    write_kernels()
    compiled = [
        Extension(
            name.replace("/", "."), [f"{name}.py"], extra_compile_args=FLAGS, include_dirs=["autograd_tiny/calculus"],
        )
        for name in COMPILED
    ]
    tape = Path("autograd_tiny/tape")
    native_executor = Extension(
        "autograd_tiny.tape.native_executor", [f"{tape}/native_executor.pyx"], extra_compile_args=FLAGS,
        include_dirs=[str(BUILD), str(tape)],
    )
    kernels = [
        Extension(
            KERNEL + target, [*map(str, kernels_of(target))], define_macros=[("TARGET", target)],
            extra_compile_args=FLAGS + LOOPS + options,
            include_dirs=[str(BUILD), f"{tape}/kernels", "autograd_tiny/calculus"],
            optional=not NATIVE,    # some compilers do not know all targets; without any, tapes run on NumPy
        )
        for target, options in targets().items()
    ]
    return [*kernels, *compiled, native_executor]       # the kernels take the most time


RELATIVE = re.compile(r'(!?\[[^\]]*\]\(|\b(?:src|srcset|href)=")(?!\w+:|#)([^)"\s]+)')


def readme() -> dict[str, str]:
    """README.md as package indexes show it: a relative link leads to the file in the repository, at this version.

    Without pyproject.toml there is no address, and no readme.
    """
    if not Path("pyproject.toml").exists():
        return {}
    package = Path("autograd_tiny/__init__.py").read_text(encoding="utf-8")
    version = re.search(r'^__version__ = "(.+)"', package, re.M)[1]
    repository = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Source"]

    def absolute(link: re.Match[str]) -> str:
        shown = "raw" if link[1].startswith(("!", "src")) else "blob"
        return f"{link[1]}{repository}/{shown}/v{version}/{link[2]}"

    parts = re.split(r"(^```.*?^```$)", Path("README.md").read_text(encoding="utf-8"), flags=re.M | re.S)
    parts[::2] = [RELATIVE.sub(absolute, prose) for prose in parts[::2]]
    return {"long_description": "".join(parts), "long_description_content_type": "text/markdown"}


setup(ext_modules=extensions(), options=FOLDERS, cmdclass={"build_ext": BuildAllOrNone}, **readme())
