"""The documentation: its examples run, its links lead somewhere, its figures are those of the benchmarks.

The README and the pages in docs/ are covered, and the notebooks. An example is a block ```python. Its lines
`print(…)  # 7.0` tell what they print; what an example prints beside that stands in a block ```text after it. All
examples of a page run in order, with one set of names. Every line of a block ```sh is run; where it is one line
`autograd-tiny …`, it prints what stands in a block ```text after it.
"""
import contextlib
import doctest
import importlib.util
import io
import linecache
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name, parse_wheel_filename

import autograd_tiny as at
from autograd_tiny import nn, optim
from autograd_tiny.__main__ import main

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
README = ROOT / "README.md"
WITH_LINKS = [*sorted(ROOT.glob("*.md")), *PAGES]


def text_of(page):
    return page.read_text(encoding="utf-8")


def name_of(page):
    return str(page.relative_to(ROOT))


# ---- examples

OPTIONAL = re.compile(r"^(?:import|from) (dask|jax|onnxruntime|torch)\b", re.M)
FILM_FILES = re.compile(r"\.save\([^\n]*\.(?:gif|webp|mp4)\"")
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.S | re.M)
COMMAND = re.compile(r"^```sh\n(autograd-tiny [^\n]*)\n```\n\n```text\n(.*?)^```\n", re.S | re.M)
WITH_EXAMPLES = [page for page in [README, *PAGES] if EXAMPLE.search(text_of(page))]
WITH_COMMANDS = [page for page in PAGES if COMMAND.search(text_of(page))]


def is_installed(library):
    """Whether an example can be run that imports an optional library; in CI all of them must be there."""
    return bool(os.environ.get("CI")) or importlib.util.find_spec(library) is not None


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name_of)
def test_the_examples_print_what_the_page_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for example, block in EXAMPLE.findall(text_of(page)):
        optional = [*OPTIONAL.findall(example), *(["av", "resvg_py"] if FILM_FILES.search(example) else [])]
        if not all(map(is_installed, optional)):
            continue
        expected = [*re.findall(r"^print\(.*?\) +# (.*)$", example, re.M), block]
        printed = io.StringIO()
        linecache.cache["example.py"] = len(example), None, example.splitlines(), "example.py"
        with contextlib.redirect_stdout(printed):
            exec(compile(example, "example.py", "exec"), names)
        assert words(printed.getvalue()) == words(" ".join(expected)), example


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_the_commands_print_what_the_page_says(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for command, block in COMMAND.findall(text_of(page)):
        assert main(shlex.split(command)[1:]) == 0
        assert words(capsys.readouterr().out) == words(block), command


IN_DOCSTRINGS = [path for path in sorted(Path(at.__path__[0]).rglob("*.py")) if ">>> " in text_of(path)]


@pytest.mark.parametrize("path", IN_DOCSTRINGS, ids=name_of)
def test_the_examples_in_docstrings_print_what_they_say(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
    done = doctest.testmod(module)
    assert done.attempted and not done.failed


# ---- pictures

def test_the_pictures_are_those_that_the_script_makes(tmp_path):
    """But for places and sizes, which are up to the layout program."""
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "tools" / "pictures.py")
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    paths = pictures.write(tmp_path)
    assert {path.name for path in paths} == {path.name for path in DOCS.glob("*.svg")}
    for path in paths:
        made, kept = (re.sub(r"-?\d+\.\d+", "", text_of(each)) for each in (path, DOCS / path.name))
        assert re.findall(r">([^<]*\S[^<]*)<", made) == re.findall(r">([^<]*\S[^<]*)<", kept)
        assert path.stat().st_size < 60_000


# ---- shell

SHELL = re.compile(r"^```sh\n(.*?)^```\n", re.S | re.M)
WITH_SHELL = [page for page in [README, *PAGES] if SHELL.search(text_of(page))]
TARGETS = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.M))
TRAIN = """\
import os
import autograd_tiny as at
assert at.engine_kind() == "pure" or "AUTOGRAD_TINY_PURE" not in os.environ
assert at.simd() in (os.environ.get("AUTOGRAD_TINY_SIMD", at.simd()), None)
"""


@pytest.mark.parametrize("page", WITH_SHELL, ids=name_of)
def test_every_line_of_shell_can_be_run(page, tmp_path):
    """As it stands, but for `pip install` and `make`, whose targets must be there."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    (tmp_path / "train.py").write_text(TRAIN, "utf-8")
    for line in "".join(SHELL.findall(text_of(page))).splitlines():
        command, _, comment = line.partition("    # ")
        if "--onnx" in command and not is_installed("onnx"):
            continue
        if command.startswith("make "):
            assert command.removeprefix("make ") in TARGETS, line
        elif not command.startswith("pip install "):
            parts = re.fullmatch(r"(?:([A-Z_]+)=(\w+) )?(\S*python3?|autograd-tiny) (.*)", command)
            variable, value, program, arguments = parts.groups()
            setting = {variable: value} if variable else {}
            module = ["-m", "autograd_tiny"] if program == "autograd-tiny" else []
            done = subprocess.run(
                [sys.executable, *module, *shlex.split(arguments)], cwd=tmp_path, env=environment | setting,
                capture_output=True, encoding="utf-8",
            )
            assert done.returncode == 0 and not done.stderr, line
            assert not comment or done.stdout.strip() in comment.split(" or "), line
            assert all((tmp_path / file).exists() for file in re.findall(r"--svg (\S+)", command)), line


IN_A_CLONE = DOCS / "how-to" / "install-and-build.md"           # the page that says what differs there
SETTINGS = tomllib.loads(text_of(ROOT / "pyproject.toml"))
NAME, EXTRAS = SETTINGS["project"]["name"], SETTINGS["project"]["optional-dependencies"].keys()
PIP = re.compile(r"(?:^|`)(?:[A-Z_]+=1 )?pip install ([^`\n]+)", re.M)
OTHERS = {"pre-commit"}             # programs of others


@pytest.mark.parametrize("page", [page for page in WITH_LINKS if PIP.search(text_of(page))], ids=name_of)
def test_what_pip_is_told_to_install_is_this_package(page):
    """Nothing is installed: it would be what an index has under the name."""
    for given in PIP.findall(text_of(page)):
        assert "'" not in given and ("[" in given) == ('"' in given), f"cmd and zsh read this in another way: {given}"
        for wanted in shlex.split(given):
            name, _, extras = wanted.removesuffix("]").partition("[")
            assert not extras or {*extras.split(",")} <= EXTRAS, given
            if name.endswith(".whl"):
                assert is_a_wheel_of_this_version(name.removeprefix("./")), given
            else:
                assert name in {NAME, *OTHERS, *(["."] if page == IN_A_CLONE else [])}, given


def is_a_wheel_of_this_version(name):
    project, version, _, tags = parse_wheel_filename(name)
    built = {each.removesuffix("-*") for each in SETTINGS["tool"]["cibuildwheel"]["build"]}
    return (
        project == canonicalize_name(NAME) and str(version) == at.__version__
        and {tag.interpreter for tag in tags} <= built
    )


def test_the_page_about_installing_says_what_differs_in_a_clone():
    given = PIP.findall(text_of(IN_A_CLONE))
    assert {f'"{NAME}[plot,save]"', '".[plot,save]"'} <= {*given}


def test_the_page_about_building_lists_all_targets_of_make():
    page = text_of(DOCS / "how-to" / "install-and-build.md")
    assert {*re.findall(r"^\| `make ([a-z-]+)` \|", page, re.M)} == TARGETS - {"help"}


SIZES = DOCS / "how-to" / "see-the-chain-rule.md"


def test_the_sizes_of_films_are_those_of_the_command(tmp_path, monkeypatch, capsys):
    """Roughly: fonts, codecs and the layout program differ."""
    monkeypatch.chdir(tmp_path)
    command = re.search(r"`autograd-tiny ([^`]* --play film\.svg)`", text_of(SIZES))[1]
    for ending, size in re.findall(r"^\| `(\.\w+)` \|.*\| (\d+) kB \|$", text_of(SIZES), re.M):
        if ending == ".svg" or is_installed("av"):
            assert main(shlex.split(command.replace(".svg", ending))) == 0
            assert Path(f"film{ending}").stat().st_size / 1000 == pytest.approx(int(size), rel=0.05), ending


# ---- links

def without_code(text):
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.S | re.M)


def links_of(page):
    """The relative links of a page, each as (file, anchor)."""
    targets = re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(page)))
    inside = [target for target in targets if "://" not in target]
    return [((page.parent / path).resolve() if path else page, anchor)
            for path, _, anchor in (target.partition("#") for target in inside)]


def anchors_of(page):
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", text_of(page), flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", WITH_LINKS, ids=name_of)
def test_every_link_leads_somewhere(page):
    for target, anchor in links_of(page):
        assert target.exists(), f"{name_of(page)} links to {target}, which is not there"
        assert not anchor or anchor in anchors_of(target), f"{name_of(page)}: no heading #{anchor} in {target.name}"


def test_every_page_can_be_reached_from_the_readme():
    reached, new = set(), [README]
    while new:
        page = new.pop()
        reached.add(page)
        new += [target for target, _ in links_of(page) if target.suffix == ".md" and target not in reached]
    assert not [name_of(page) for page in PAGES if page not in reached]
    assert DOCS / "index.md" in {target for target, _ in links_of(README)}


# ---- form

def test_the_readme_fits_on_a_few_screens():
    assert len(text_of(README).splitlines()) <= 160


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_starts_with_a_sentence_that_says_what_it_is_for(page):
    title, sentence = text_of(page).split("\n\n")[:2]
    assert re.fullmatch("# .+", title)
    assert re.fullmatch(r"[A-Z][^.]*\.", words(re.sub(r"`[^`]*`", "code", sentence))), sentence


# ---- what is written from elsewhere, and what must be complete

def test_the_figures_are_those_of_the_benchmarks(monkeypatch):
    """Otherwise run `python benchmarks/published.py`."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    published = importlib.import_module("published")
    results = published.Results(text_of(published.RESULTS))
    for file in published.TABLES:
        assert text_of(ROOT / file) == published.up_to_date(file, results), file


def test_every_public_name_is_in_the_reference():
    page = text_of(DOCS / "reference" / "public-names.md")
    written = set(re.findall(r"`([\w.]+)`", page))
    public = {*at.__all__, "abs", "max", "min", "sum"}
    public |= {f"nn.{name}" for name in nn.__all__} | {f"optim.{name}" for name in optim.__all__}
    assert not public - written
