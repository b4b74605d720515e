"""Workflows and what is pinned beside them, as far as actionlint and zizmor do not look: `make lint` runs these."""
import json
import os
import re
import runpy
import shutil
import subprocess
import textwrap
import tomllib
from pathlib import Path

import pytest
from references.optional import missing

import autograd_tiny as at

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
JOB = re.compile(r"^  ([a-z]+):\n((?:    .*\n|\n)+)", re.M)
ACTION = re.compile(r"^ +(?:- )?uses: +(?!\./)(\S+?)@(\S+)(.*)$", re.M)


def jobs(path):
    return JOB.findall(path.read_text(encoding="utf-8").partition("\njobs:\n")[2])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_job_ends_in_time_and_has_only_the_permissions_that_it_names(path):
    assert "\npermissions: {}\n" in path.read_text(encoding="utf-8")
    assert jobs(path)
    for name, text in jobs(path):
        assert "    permissions:\n" in text, name
        assert "    uses: " in text or "    timeout-minutes: " in text, name


def test_only_the_jobs_that_publish_may_write():
    writing = {(path.stem, name) for path in WORKFLOWS for name, text in jobs(path) if ": write" in text}
    assert writing == {("docs", "publish"), ("release", "publish"), ("release", "announce")}


def test_an_action_is_pinned_to_one_commit_everywhere_with_its_version_beside_it():
    pinned = {}
    for path in WORKFLOWS:
        for name, commit, comment in ACTION.findall(path.read_text(encoding="utf-8")):
            assert re.fullmatch("[0-9a-f]{40}", commit) and re.fullmatch(r" # v\d+\.\d+\.\d+", comment), name
            assert pinned.setdefault(name, (commit, comment)) == (commit, comment), name
    assert len(pinned) >= 8


def test_workflows_call_targets_of_make_and_files_that_are_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets, path.stem
        assert all((ROOT / file).exists() for file in re.findall(r"(?<![\w/])(?:tools/|\./|\.ci/)\w[\w./]*", text))


def test_each_version_of_a_tool_is_the_same_everywhere():
    extras = " ".join(PROJECT["optional-dependencies"]["lint"] + PROJECT["optional-dependencies"]["wheels"])
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    texts = [hooks, *(path.read_text(encoding="utf-8") for path in WORKFLOWS)]
    pins = [pin for text in texts for pin in re.findall(r"\b\w[\w-]*==[\d.]+", text)]
    assert any(pin.startswith("ruff==") for pin in pins) and any(pin.startswith("build==") for pin in pins)
    assert all(pin in extras for pin in pins), pins


def test_npm_packages_have_versions_that_are_the_same_everywhere():
    pinned = json.loads((ROOT / "tools/try/package.json").read_text(encoding="utf-8"))["dependencies"]
    installed = set()
    for path in [ROOT / ".ci/run", *WORKFLOWS]:
        for command in re.findall(r"\bnpm install (.*)", path.read_text(encoding="utf-8")):
            words = [word for word in command.split() if not word.startswith(("-", '"'))]
            assert words, command
            for word in words:
                name, _, version = word.rpartition("@")
                assert name and re.fullmatch(r"\d+\.\d+\.\d+", version), word
                assert pinned.setdefault(name, version) == version, word
                installed.add(name)
    assert installed == {"axe-core", "pyodide"}


@pytest.mark.parametrize(("tag", "is_early"), [
    ("v1.2.3", False), ("v1.2.3a1", True), ("v1.2.3b2", True), ("v1.2.3rc1", True),
])
def test_versions_before_a_release_are_announced_as_such(tag, is_early, tmp_path):
    bash = shutil.which("bash") or missing("there is no bash")
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    script = textwrap.dedent(re.search(r"- run: \|\n((?: {10}.*\n)+)", text.partition("  announce:\n")[2])[1])
    done = subprocess.run(
        [bash, "-e"], input=f'gh() {{ echo "$@"; }}\n{script}', env=os.environ | {"GITHUB_REF_NAME": tag},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )
    assert done.stdout.startswith(f"release create {tag} {'--prerelease ' * is_early}--verify-tag ")


def test_the_description_of_the_package_is_the_readme_with_absolute_links(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AUTOGRAD_TINY_PURE", "1")
    asked = {}
    setuptools = pytest.importorskip("setuptools")
    monkeypatch.setattr(setuptools, "setup", lambda **arguments: asked.update(arguments))
    runpy.run_path("setup.py")
    described, readme = asked["long_description"], (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.compile(r"^```.*?^```$", re.M | re.S)
    assert code.findall(described) == code.findall(readme)
    links = re.findall(r'\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"', code.sub("", described))
    assert len(links) > 30
    source = PROJECT["urls"]["Source"]
    for link in map("".join, links):
        assert link.startswith(("https://", "#"))
        kind, _, file = link.removeprefix(f"{source}/").partition(f"/v{at.__version__}/")
        if file:            # else it is an address in the README itself
            assert (ROOT / file.partition("#")[0]).exists()
            assert kind == ("raw" if file.endswith((".svg", ".png", ".webp", ".gif")) else "blob")
