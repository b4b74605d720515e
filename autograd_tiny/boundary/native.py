"""Which files of the engine run: the compiled ones, if all of them are there and can be loaded, or else their sources.

They call each other in C, so that some of them alone would be of no use, and different builds must not be mixed. The
compiled files of tape/ stand for themselves: each may be missing. But beside the pure engine, none of them runs.
"""
from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, FileFinder, SourceFileLoader

from .warning import warn

FOLDERS = "", "engine"
WITH_SOURCES = *FOLDERS, "tape"


def load_engine(package: str, path: str) -> None:
    """Import the engine: compiled or, if the environment says so or a part is missing, from its sources.

    Args:
        package: The name of the package.
        path: Its folder.
    """
    problem = ""
    if os.environ.get("AUTOGRAD_TINY_PURE", "0") in ("", "0"):
        names = compiled_modules(path)
        missing = [name for name in names if not _is_compiled(path, name)]
        if len(missing) == len(names):
            problem = ""
        elif missing:
            problem = f"{', '.join(missing)} is not compiled"
        else:
            try:
                for name in names:
                    import_module(f"{package}.{name}")
                return
            except Exception as error:          # of another build, say, or for another processor
                problem = f"{type(error).__name__}: {error}"
    _use_sources(package, path)
    if problem:
        warn(
            f"the native engine is incomplete, so the pure one runs, which is much slower: {problem}. Install the "
            "package again, or choose the pure engine by setting AUTOGRAD_TINY_PURE=1",
            RuntimeWarning, stacklevel=3,
        )
    import_module(f"{package}.engine")


def compiled_modules(path: str) -> list[str]:
    """The modules that belong together, as "engine.value": those with a .pxd beside them, which has their C types."""
    found = []
    for folder in FOLDERS:
        try:
            files = {*os.listdir(os.path.join(path, folder))}
        except OSError:                         # in a zip file, from which nothing compiled can be loaded
            return []
        declared = sorted(file[:-4] for file in files if file.endswith(".pxd") and f"{file[:-4]}.py" in files)
        found += [f"{folder}.{name}".lstrip(".") for name in declared]
    return found


def _is_compiled(path: str, name: str) -> bool:
    file = os.path.join(path, *name.split("."))
    return any(os.path.exists(file + suffix) for suffix in EXTENSION_SUFFIXES)


def _use_sources(package: str, path: str) -> None:
    """Look for source files only, also where compiled ones lie beside them, and forget what was loaded of these."""
    for folder in WITH_SOURCES:
        place = os.path.join(path, folder).rstrip(os.sep)
        sys.path_importer_cache[place] = FileFinder(place, (SourceFileLoader, SOURCE_SUFFIXES))
    for name in [name for name in sys.modules if name.startswith((f"{package}.engine", f"{package}.vectors"))]:
        del sys.modules[name]
