"""Tapes that were exported to C, compiled and called from Python."""
import ctypes
import shutil
import subprocess

import numpy as np
import pytest
from references.optional import missing

STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
LANGUAGES = {"c99": ["gcc", "-std=c99"], "c++": ["g++", "-x", "c++"], "clang": ["clang", "-std=c99"]}


def compiler(language):
    """The command of a compiler; the test is skipped without it, but, except for clang, not where CI is set."""
    command = LANGUAGES[language]
    if shutil.which(command[0]) is None:
        (pytest.skip if language == "clang" else missing)(f"there is no {command[0]}")
    return command


def build(folder, language="c99", optimisation="-O0"):
    """Compile all files of a folder, without a warning, to one library."""
    files = sorted(path.name for path in folder.glob("*.c"))
    library = folder / f"{language}.so"
    command = [*compiler(language), *STRICT, optimisation, "-shared", "-fPIC", *files, "-o", str(library), "-lm"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0 and not ran.stderr, ran.stderr[:3000]
    return ctypes.CDLL(str(library))


class Exported:
    """The functions of one tape in a library.

    Args:
        library: The library.
        name: Of the function.
        tape: The tape.
        frozen: Whether the parameters are in the code.
    """

    def __init__(self, library, name, tape, frozen=False):
        self.library, self.name, self.tape, self.frozen = library, name, tape, frozen
        self.work = np.full(2_000_000, np.nan, tape.dtype)      # whatever is read must have been written

    def _call(self, suffix, *arguments):
        """Call with arrays, numbers, and None for no pointer."""
        function = getattr(self.library, self.name + suffix)
        function.restype = ctypes.c_int
        return function(*(
            ctypes.c_long(x) if isinstance(x, int) else None if x is None else ctypes.c_void_p(x.ctypes.data)
            for x in arguments
        ))

    def _parameters(self, at):
        if self.frozen:
            return ()
        numbers = [p.data for p in self.tape.parameters] if at is None else at
        return (np.array(numbers, self.tape.dtype),)

    def value(self, x, at=None):
        """The return code and the outputs of one sample."""
        out = np.full(len(self.tape.program.outputs), np.nan, self.tape.dtype)
        x = np.array(x, self.tape.dtype)
        return self._call("", x, *self._parameters(at), out, self.work), out

    def batch(self, xs, at=None):
        """The return code and the outputs of many samples."""
        xs = np.ascontiguousarray(xs, self.tape.dtype)
        out = np.full((len(xs), len(self.tape.program.outputs)), np.nan, self.tape.dtype)
        return self._call("_batch", xs, len(xs), *self._parameters(at), out, self.work), out

    def gradient(self, x, at=None, suffix="_grad"):
        """The return code, the value, and the derivatives with respect to inputs and parameters."""
        x, parameters = np.array(x, self.tape.dtype), self._parameters(at)
        value, by_x, by_p = (np.full(n, np.nan, self.tape.dtype) for n in (1, len(x), len(self.tape.parameters)))
        results = (value, by_x) if self.frozen else (value, by_x, by_p)
        code = self._call(suffix, x, *parameters, *results, self.work)
        return code, float(value[0]), by_x, by_p


def exported(folder, tapes, language="c99", **options):
    """Write tapes, by name, into a folder, and compile all of them at once."""
    for name, tape in tapes.items():
        tape.to_c(folder / f"{name}.c", **options)
    library = build(folder, language)
    return {name: Exported(library, name, tape, options.get("parameters") == "frozen") for name, tape in tapes.items()}
