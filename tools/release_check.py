"""Says whether this version can be released: `make release-check`. One line for each check; exit status 1 if one fails.

    python tools/release_check.py                   before the tag is set; files of the release are in dist/
    python tools/release_check.py --tag v1.2.3      at this tag, as the workflow of releases does
    python tools/release_check.py --texts           without files of the release
    python tools/release_check.py --notes FILE      also write what the changelog says of this version
"""
from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from wheels import LARGEST

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "autograd_tiny"           # as it is imported; the name under which it is published is in pyproject.toml
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.S | re.M)
PRINTS = re.compile(r"^print\(.*?\) +# (.*)$", re.M)
CODE = re.compile(r"(^```.*?^```$)", re.M | re.S)
RELATIVE = re.compile(r"(!?)\[([^\]]*)\]\((?!\w+:|#)([^)\s]+)\)")
WRAPPED = re.compile(r"(?<=\S)\n(?! *(?:[-*+] |\d+\. |#|\|)) *(?=\S)")
SECTION = re.compile(r"^## (.*)\n((?:(?!## ).*\n?)*)", re.M)
ADDRESS = re.compile(r"https?://(?:[\w-]+\.github\.io|github\.com/[\w-]+)/autograd_tiny\b")
WITH_EXTRAS = re.compile(r"[\"'](\w[\w.-]*)\[([\w,-]+)\]")
FILE = re.compile(r"\b([\w.]+)-(\d+[\w.]*)(?:-[\w.]+-[\w.]+-[\w.]+\.whl|\.tar\.gz)")
NAMED = (               # other places that have the name under which the package is published
    re.compile(rf"pip install (?:[^`\n]*[ \"'])?({PACKAGE})\b(?![\[-])"), re.compile(rf"/p(?:roject)?/({PACKAGE})\b"),
    re.compile(rf"\bmetadata\.\w+\([\"']({PACKAGE})\b"), re.compile(r"\bproject `([\w.-]+)`"),
    re.compile(r'^DISTRIBUTION = "(.*)"'),
)
# runs in the environment with the wheel; each module with an example in a docstring is imported
DOCTESTS = """
import doctest, importlib, pathlib, sys, autograd_tiny
package, failed, tried = pathlib.Path(autograd_tiny.__file__).parent, 0, 0
for path in sorted(package.rglob("*.py")):
    if ">>> " in path.read_text(encoding="utf-8"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        found = doctest.testmod(importlib.import_module(name))
        failed, tried = failed + found.failed, tried + found.attempted
print(tried)
sys.exit(failed > 0 or tried == 0)
"""


class UnfitError(Exception):
    """A check failed; the message says what is wrong, and what to do."""


@dataclass(frozen=True)
class Release:
    """The version that is to be released, and the folder of the project."""

    root: Path = ROOT
    tag: str | None = None              # the tag that HEAD must have; None before it is set

    def text(self, name: str) -> str:
        path = self.root / name
        if not path.is_file():
            raise UnfitError(f"{name} is missing: restore it")
        return path.read_text(encoding="utf-8")

    @property
    def version(self) -> str:
        found = re.search(r'^__version__ = "(.*)"$', self.text(f"{PACKAGE}/__init__.py"), re.M)
        if not found or not re.fullmatch(r"\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?", found[1]):
            raise UnfitError(f'{PACKAGE}/__init__.py has no line __version__ = "1.2.3": write the version there')
        return found[1]

    @property
    def project(self) -> dict[str, Any]:
        """The table [project] of pyproject.toml."""
        found: dict[str, Any] = tomllib.loads(self.text("pyproject.toml"))["project"]
        return found

    @property
    def name(self) -> str:
        """The name under which the package is published."""
        return str(self.project["name"])

    @property
    def stem(self) -> str:
        """How the names of its files begin."""
        return f"{re.sub('[-_.]+', '_', self.name).lower()}-{self.version}"

    @property
    def urls(self) -> dict[str, str]:
        return dict(self.project["urls"])

    def lines(self) -> Iterator[tuple[str, str]]:
        """Every line of its texts, after its place, such as README.md:12."""
        for path in texts(self.root):
            name = path.relative_to(self.root).as_posix()
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                yield f"{name}:{number}", line

    @property
    def section(self) -> tuple[str, str]:
        """The title and the text of the newest section of the changelog."""
        sections = SECTION.findall(self.text("CHANGELOG.md"))
        if not sections:
            raise UnfitError("CHANGELOG.md has no section: begin one with ## VERSION (YYYY-MM-DD)")
        return sections[0][0], sections[0][1].strip()

    @property
    def date(self) -> str:
        """The date of the newest section of the changelog."""
        title, _ = self.section
        found = re.fullmatch(r"\S+ \((\d{4}-\d\d-\d\d)\)", title)
        try:
            return date.fromisoformat(found[1] if found else "").isoformat()
        except ValueError:
            raise UnfitError(f"CHANGELOG.md: {title!r} has no date: write ## {self.version} (YYYY-MM-DD)") from None

    @property
    def notes(self) -> str:
        """The newest section of the changelog as a release on GitHub shows it.

        A relative link leads to the file at this version, and a paragraph is one line: GitHub breaks lines there where
        the text does.
        """
        def absolute(link: re.Match[str]) -> str:
            shown = "raw" if link[1] else "blob"
            return f"{link[1]}[{link[2]}]({self.urls['Source']}/{shown}/v{self.version}/{link[3]})"

        parts = CODE.split(self.section[1])
        parts[::2] = [RELATIVE.sub(absolute, WRAPPED.sub(" ", prose)) for prose in parts[::2]]
        return "".join(parts)

    @property
    def files(self) -> list[Path]:
        """The files in dist/."""
        return sorted(path for path in (self.root / "dist").glob("*") if path.is_file())

    @property
    def wheels(self) -> list[Path]:
        return [path for path in self.files if path.suffix == ".whl"]


# ---- texts

def check_version(release: Release) -> str:
    return release.version


def check_changelog(release: Release) -> str:
    """The newest section is that of the version, and dated."""
    title, text = release.section
    if title.split(" ")[0] != release.version:
        raise UnfitError(
            f"the newest section of CHANGELOG.md is {title!r}, and the package is {release.version}: write a section "
            f"for this version, or set __version__ in {PACKAGE}/__init__.py"
        )
    dated = release.date
    if not text:
        raise UnfitError(f"CHANGELOG.md says nothing about {release.version}: write what is new for users")
    if found := re.search(r"^#.*unreleased.*$", release.text("CHANGELOG.md"), re.M | re.I):
        raise UnfitError(f"CHANGELOG.md still has {found[0]!r}: move that into the section of {release.version}")
    return dated


def check_citation(release: Release) -> str:
    """CITATION.cff has the version, the date and the addresses."""
    text = release.text("CITATION.cff")
    expected = {
        "version": release.version, "date-released": release.date, "url": release.urls["Homepage"],
        "repository-code": release.urls["Source"],
    }
    wrong = []
    for key, value in expected.items():
        found = re.search(rf"^{key}: *['\"]?([^'\"\n]*)", text, re.M)
        if not found or found[1].strip() != value:
            wrong.append(f"it says {found[0] if found else f'no {key}'!r}: write {key}: {value}")
    refuse_all("CITATION.cff does not agree with the package", wrong)
    return f"{release.version}, {release.date}"


def check_addresses(release: Release) -> str:
    """Every address of the repository or the site is one of [project.urls]."""
    urls = release.urls
    home = {urls["Homepage"].rstrip("/"), urls["Source"].rstrip("/")}
    if missing := {"Homepage", "Documentation", "Source", "Issues", "Changelog"} - urls.keys():
        raise UnfitError(f"[project.urls] in pyproject.toml lacks {', '.join(sorted(missing))}: add the address")
    found = [(place, address) for place, line in release.lines() for address in ADDRESS.findall(line)]
    refuse_all(
        f"[project.urls] in pyproject.toml has {' and '.join(sorted(home))}: change it, or what differs",
        [f"{place} has {address}" for place, address in found if address not in home],
    )
    return f"{len(found)} agree with [project.urls]"


def check_name(release: Release) -> str:
    """Where a text says what to install, or names a file of the release, it has the name of pyproject.toml.

    The package that is imported may be called otherwise.
    """
    extras = {*release.project["optional-dependencies"]}
    names = [(place, name) for place, line in release.lines() for name in names_in(line, extras)]
    right = {release.name, release.stem}
    refuse_all(
        f"the name in pyproject.toml is {release.name}, and its files are called {release.stem}: change what differs",
        [f"{place} has {name}" for place, name in names if name not in right],
    )
    return f"{release.name}, at {len(names)} places"


def names_in(line: str, extras: set[str]) -> Iterator[str]:
    """The names in a line that should be the one under which the package is published, or how its files begin.

    Whatever has extras that all are those of this project is meant to be this project.
    """
    yield from (name for name, asked in WITH_EXTRAS.findall(line) if extras.issuperset(asked.split(",")))
    yield from (f"{name}-{version}" for name, version in FILE.findall(line))
    yield from (name for pattern in NAMED for name in pattern.findall(line))


def refuse_all(summary: str, places: list[str]) -> None:
    """End a check if something is wrong, with a line for each of the places."""
    if places:
        raise UnfitError("\n".join([summary, *(f"      {place}" for place in dict.fromkeys(places))]))


def texts(root: Path) -> Iterator[Path]:
    """Files that may name an address of the project."""
    yield from (path for name in ("*.md", "*.cff", "*.yml", "*.yaml", "*.toml") for path in sorted(root.glob(name)))
    for folder, patterns in {
        ".github": ["*.md", "*.yml"], "docs": ["*.md", "*.html", "*.js"], "notebooks": ["*.ipynb"],
        PACKAGE: ["*.py", "*.pyi", "*.js", "*.html", "*.toml"], "tools": ["*.py", "*.js", "*.html"],
    }.items():
        found = (path for pattern in patterns for path in sorted((root / folder).rglob(pattern)))
        yield from (path for path in found if "node_modules" not in path.parts)


# ---- git

def git(release: Release, *words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=release.root, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise UnfitError(f"git {words[0]} failed, {done.stderr.strip()!r}: run the check in a clone of the repository")
    return done.stdout.splitlines()


def check_git(release: Release) -> str:
    """Everything is committed, and the tag, where it is set, is here."""
    tag = f"v{release.version}"
    if release.tag not in (None, tag):
        raise UnfitError(f"the tag is {release.tag}, and the package is {release.version}: delete it, and set {tag}")
    if changed := git(release, "status", "--porcelain"):
        raise UnfitError(f"{len(changed)} files are not as they were committed, such as {changed[0][3:]}: commit them")
    here = [name for name in git(release, "tag", "--points-at", "HEAD") if re.match(r"v\d", name)]
    if here == [tag]:
        return f"HEAD is {tag}"
    if here:
        raise UnfitError(
            f"HEAD has the tag {', '.join(here)}, and the package is {release.version}: delete it with git tag -d"
        )
    if git(release, "tag", "--list", tag):
        raise UnfitError(f"{tag} is the tag of another commit: raise the version, or check that commit out")
    if release.tag:
        raise UnfitError(f"HEAD has no tag {tag}: set it with git tag -a {tag} -m {tag}")
    return f"no tag yet; when all is ok: git tag -a {tag} -m {tag}"


# ---- files of the release

def check_dist(release: Release) -> str:
    """dist/ has the source and wheels of this version, and nothing else."""
    source = f"{release.stem}.tar.gz"
    foreign = [
        path.name for path in release.files
        if path.name != source and not (path.suffix == ".whl" and path.name.startswith(f"{release.stem}-"))
    ]
    if foreign:
        raise UnfitError(f"dist/ has {foreign[0]}, no file of {release.version}: delete it, and run make wheels")
    if release.root / "dist" / source not in release.files:
        raise UnfitError(f"dist/{source} is missing: run make wheels")
    if not release.wheels:
        raise UnfitError(f"dist/ has no wheel of {release.version}: run make wheels")
    for wheel in release.wheels:
        check_wheel(wheel)
    largest = max(path.stat().st_size for path in release.wheels)
    return f"the source, wheels: {len(release.wheels)}, of up to {largest / 1e6:.2f} MB"


def check_wheel(wheel: Path) -> None:
    """Check size, type information and licence, and that a wheel is compiled if and only if it is for one platform."""
    size = wheel.stat().st_size
    if size > LARGEST:
        raise UnfitError(f"{wheel.name} has {size:,} bytes, more than {LARGEST:,}: look for what should not be in it")
    if "-linux_" in wheel.name:
        raise UnfitError(f"{wheel.name} is for this Linux only, and PyPI refuses it: repair it, as make wheels does")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for part in (f"{PACKAGE}/py.typed", "licenses/LICENSE", "dist-info/METADATA"):
        if not any(name.endswith(part) for name in names):
            raise UnfitError(f"{wheel.name} lacks {part}: see package-data and license-files in pyproject.toml")
    compiled = any(re.fullmatch(rf"{PACKAGE}/engine/value\..*(so|pyd)", name) for name in names)
    if compiled is is_pure(wheel):
        raise UnfitError(
            f"{wheel.name} is for {'any' if compiled else 'one'} platform, and its engine is "
            f"{'' if compiled else 'not '}compiled: build it again with make wheels"
        )


def is_pure(wheel: Path) -> bool:
    return wheel.stem.endswith("-none-any")


def check_description(release: Release) -> str:
    """What package indexes show of it: twine check --strict, and no link that only the repository can follow."""
    if not release.files:
        raise UnfitError("dist/ is empty: run make wheels")
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *map(str, release.files)], capture_output=True,
        encoding="utf-8", check=False, env={**os.environ, "NO_COLOR": "1"},
    )
    if done.returncode:
        raise UnfitError(f"twine check --strict: {last_lines(done.stdout + done.stderr)}: see readme() in setup.py")
    for wheel in release.wheels:
        with zipfile.ZipFile(wheel) as archive:
            [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
            description = archive.read(name).decode().partition("\n\n")[2]
        prose = re.sub(r"^```.*?^```$", "", description, flags=re.M | re.S)
        if found := re.search(r'\]\((?!https://|#)[^)]*\)|\b(?:src|srcset|href)="(?!https://|#)[^"]*"', prose):
            raise UnfitError(f"{wheel.name}: its description has a relative link, {found[0]}: see readme() in setup.py")
    return "twine check --strict passes, all links are absolute"


# ---- a clean installation

def check_installation(release: Release) -> str:
    """The wheel for this Python, in a new environment, outside of the clone: the demo, the README, the docstrings."""
    wheel = suitable(release.wheels)
    with tempfile.TemporaryDirectory() as folder:
        python = new_environment(Path(folder), wheel)

        def run(*words: str, program: Path = python) -> str:
            return succeed([str(program), *words], Path(folder))

        version = run("-I", "-m", PACKAGE, "--version").splitlines()[0]
        engine = "pure" if is_pure(wheel) else "native"
        if not version.startswith(f"{PACKAGE} {release.version}, {engine} engine"):
            raise UnfitError(f"{wheel.name} says {version!r} when installed, not {engine}: run make wheels again")
        script = python.with_name(f"autograd-tiny{python.suffix}")
        if "14" not in run("x=a+b; y=b+c; x*y", "a=-1", "b=3", "c=4", program=script):
            raise UnfitError("the command autograd-tiny does not compute f = (a+b)(b+c): see [project.scripts]")
        run("-I", "-m", f"{PACKAGE}.demo")
        examples = EXAMPLE.findall(release.text("README.md"))
        Path(folder, "readme.py").write_text("".join(code for code, _ in examples), encoding="utf-8")
        printed = run("-I", "-X", "utf8", "readme.py")
        expected = " ".join(" ".join([*PRINTS.findall(code), block]) for code, block in examples)
        if printed.split() != expected.split():
            raise UnfitError(f"the examples of README.md print {printed[:200]!r}, not what it says: change one of them")
        Path(folder, "doctests.py").write_text(DOCTESTS, encoding="utf-8")
        tried = run("-I", "doctests.py").strip()
    return f"{wheel.name}: {version}; the demo, {len(examples)} examples of README.md and {tried} of docstrings run"


def suitable(wheels: list[Path]) -> Path:
    """The wheel that pip would choose for this Python."""
    from packaging.tags import sys_tags
    from packaging.utils import parse_wheel_filename

    tags = {tag: number for number, tag in reversed([*enumerate(sys_tags())])}
    ranked = [(min((tags[tag] for tag in parse_wheel_filename(path.name)[3] if tag in tags), default=None), path)
              for path in wheels]
    fitting = [(rank, path) for rank, path in ranked if rank is not None]
    if not fitting:
        raise UnfitError(f"dist/ has no wheel for Python {sys.version.split()[0]} on this machine: run make wheels")
    return min(fitting)[1]


def new_environment(folder: Path, wheel: Path) -> Path:
    """The Python of a new environment with the wheel and the extra that the demo needs."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    succeed([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{wheel}[demo]"], folder)
    return python


def succeed(command: list[str], folder: Path) -> str:
    """The standard output of a command that must succeed, and sees nothing of the clone."""
    settings = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("PYTHONPATH", "AUTOGRAD_TINY_", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        command, cwd=folder, env=settings | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", check=False,
    )
    if done.returncode:
        said = last_lines(done.stderr or done.stdout)
        raise UnfitError(f"in a new environment `{' '.join(command[1:])[:100]}` fails: {said}")
    return done.stdout


def last_lines(text: str) -> str:
    return " | ".join(line.strip() for line in text.strip().splitlines()[-3:])


# ---- all together

TEXTS: dict[str, Callable[[Release], str]] = {
    "version": check_version, "changelog": check_changelog, "citation": check_citation, "addresses": check_addresses,
    "name": check_name, "git": check_git,
}
FILES: dict[str, Callable[[Release], str]] = {
    "dist": check_dist, "description": check_description, "installation": check_installation,
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Say whether this version can be released.")
    parser.add_argument("--tag", help="the tag that HEAD must have, such as v1.2.3")
    parser.add_argument("--texts", action="store_true", help="check texts and git only, not the files in dist/")
    parser.add_argument("--notes", type=Path, metavar="FILE", help="write what the changelog says of this version")
    options = parser.parse_args(argv)
    release, failed = Release(tag=options.tag), 0
    for name, check in (TEXTS if options.texts else TEXTS | FILES).items():
        try:
            print(f"ok    {name:13} {check(release)}", flush=True)
        except UnfitError as error:
            failed += 1
            print(f"FAIL  {name:13} {error}", flush=True)
    if options.notes and not failed:
        options.notes.write_text(f"{release.notes}\n", encoding="utf-8")
    print(f"{failed} checks failed" if failed else "ready to be released")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
