"""`make release-check`: it passes what can be released, and says of each fault what to do."""
import importlib.util
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESCRIPTION = "Metadata-Version: 2.4\nName: autograd_tiny\n\n# autograd_tiny\n\n[docs](https://example.org)\n"


@pytest.fixture(scope="module")
def tool():
    """tools/release_check.py as a module."""
    spec = importlib.util.spec_from_file_location("release_check", ROOT / "tools" / "release_check.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "release_check", module)     # its dataclass looks there
        patch.syspath_prepend(ROOT / "tools")                   # as when it is run
        spec.loader.exec_module(module)
        yield module


def copy_texts(tool, names, folder):
    """Copy texts of this project, under the name autograd_tiny, whatever it has."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tool.Release().text(name).replace(tool.Release().name, "autograd_tiny"), encoding="utf-8")


@pytest.fixture
def project(tool, tmp_path):
    """A small project that can be released: texts, a commit, files in dist/."""
    names = ("autograd_tiny/__init__.py", "CHANGELOG.md", "CITATION.cff", "pyproject.toml", "README.md")
    copy_texts(tool, names, tmp_path)
    (tmp_path / ".gitignore").write_text("dist/\n")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path)
    release = tool.Release(tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / f"dist/autograd_tiny-{release.version}.tar.gz").write_bytes(b"")
    wheel(release)
    return release


def git(folder, *words):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "change")


def change(release, name, before, after):
    path = release.root / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def wheel(release, *, tags="cp311-cp311-manylinux_2_17_x86_64", without=(), more=b"", description=DESCRIPTION):
    """A wheel in dist/ that has the parts that are looked for, but for those that are left out."""
    path = release.root / f"dist/autograd_tiny-{release.version}-{tags}.whl"
    info = f"autograd_tiny-{release.version}.dist-info"
    parts = ["autograd_tiny/py.typed", f"{info}/licenses/LICENSE", "autograd_tiny/engine/value.cpython-311.so"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", description)
        archive.writestr("autograd_tiny/more", more)
        for part in parts:
            if not any(word in part for word in without):
                archive.writestr(part, "")
    return path


def fault(tool, check, release):
    """What a check says is wrong."""
    with pytest.raises(tool.UnfitError) as found:
        getattr(tool, f"check_{check}")(release)
    return str(found.value)


# ---- texts

def test_this_version_can_be_released_as_far_as_its_texts_say(tool):
    for name in ("version", "changelog", "citation", "addresses", "name"):
        assert tool.TEXTS[name](tool.Release())


def test_a_copy_with_files_passes(tool, project):
    for name in ("version", "changelog", "citation", "addresses", "name", "git", "dist"):
        assert (tool.TEXTS | tool.FILES)[name](project)


@pytest.mark.parametrize("written", ["0.1", "0.1.0.dev1", "next"])
def test_a_version_that_is_none_is_refused(tool, project, written):
    change(project, "autograd_tiny/__init__.py", f'"{project.version}"', f'"{written}"')
    assert "write the version there" in fault(tool, "version", project)


def test_the_newest_section_of_the_changelog_is_that_of_the_version(tool, project):
    change(project, "autograd_tiny/__init__.py", f'"{project.version}"', '"7.0.0"')
    assert "the package is 7.0.0: write a section for this version" in fault(tool, "changelog", project)


@pytest.mark.parametrize("title", ["(unreleased)", "", "(2026-13-01)", "- 2026-11-30"])
def test_the_changelog_has_a_date(tool, project, title):
    change(project, "CHANGELOG.md", f"({project.date})", title)
    assert f"write ## {project.version} (YYYY-MM-DD)" in fault(tool, "changelog", project)


def test_nothing_in_the_changelog_is_unreleased(tool, project):
    text = project.text("CHANGELOG.md")
    (project.root / "CHANGELOG.md").write_text(f"{text}\n## Unreleased\n\n- More.\n", encoding="utf-8")
    assert "'## Unreleased': move that into the section" in fault(tool, "changelog", project)


def test_the_changelog_says_what_is_new(tool, project):
    (project.root / "CHANGELOG.md").write_text(f"# Changelog\n\n## {project.version} (2026-11-30)\n", encoding="utf-8")
    assert "says nothing about" in fault(tool, "changelog", project)


@pytest.mark.parametrize(("key", "value"), [
    ("version", "9.9.9"), ("date-released", "2001-01-01"), ("url", "https://example.org"),
    ("repository-code", "https://example.org"),
])
def test_the_citation_agrees(tool, project, key, value):
    text = project.text("CITATION.cff")
    (project.root / "CITATION.cff").write_text(re.sub(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.M))
    assert f"\n      it says '{key}: {value}': write {key}: " in fault(tool, "citation", project)
    (project.root / "CITATION.cff").write_text(re.sub(rf"^{key}: .*$", "", text, flags=re.M))
    assert f"'no {key}': write {key}: " in fault(tool, "citation", project)


@pytest.mark.parametrize("name", ["docs/page.md", ".github/workflows/w.yml", "mkdocs.yml", "autograd_tiny/a/b.py"])
def test_an_address_of_another_place_is_found(tool, project, name):
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\nsee https://github.com/somebody/autograd_tiny/issues\n")
    assert f"\n      {name}:2 has https://github.com/somebody/autograd_tiny" in fault(tool, "addresses", project)
    path.write_text("https://somebody.github.io/autograd_tiny/")
    assert f"\n      {name}:1 has https://somebody.github.io/autograd_tiny" in fault(tool, "addresses", project)


def test_all_addresses_of_another_place_are_named_at_once(tool, project):
    change(project, "pyproject.toml", 'Source = "https://github.com/autograd-tiny/', 'Source = "https://github.com/me/')
    first, *places = fault(tool, "addresses", project).splitlines()
    assert first.endswith("change it, or what differs") and "https://github.com/me/autograd_tiny" in first
    assert len(places) == 3         # in CITATION.cff, and two in pyproject.toml
    assert all(re.fullmatch(r" {6}\S+:\d+ has https://github.com/autograd-tiny/autograd_tiny", each) for each in places)


def test_all_addresses_are_there(tool, project):
    change(project, "pyproject.toml", "Changelog = ", "Changes = ")
    assert "lacks Changelog: add the address" in fault(tool, "addresses", project)


def test_the_notes_of_a_release_have_absolute_links_and_a_line_for_each_paragraph(tool, project):
    (project.root / "CHANGELOG.md").write_text(f"""\
# Changelog

## {project.version} (2026-11-30)

The first
release.

### New

- A picture, ![of it](docs/f.svg), and
  [a page](docs/page.md#here) about
  `f`.
- Another [address](https://example.org).

```sh
pip install .
make [test](test.md)
```
""", encoding="utf-8")
    source = project.urls["Source"]
    raw, blob = f"{source}/raw/v{project.version}", f"{source}/blob/v{project.version}"
    assert project.notes == f"""\
The first release.

### New

- A picture, ![of it]({raw}/docs/f.svg), and [a page]({blob}/docs/page.md#here) about `f`.
- Another [address](https://example.org).

```sh
pip install .
make [test](test.md)
```"""


def test_the_links_in_the_notes_of_this_version_lead_to_files(tool):
    release = tool.Release()
    links = re.findall(r"\]\(([^)]+)\)", release.notes)
    assert links and all(link.startswith("https://") for link in links)
    start = f"{release.urls['Source']}/blob/v{release.version}/"
    files = [link.removeprefix(start).partition("#")[0] for link in links if link.startswith(start)]
    assert files and all((ROOT / file).exists() for file in files)


# ---- the name under which the package is published

OTHER = "Scalar-engine"             # its files are called scalar_engine-…


@pytest.fixture
def copy(tool, tmp_path):
    """All texts of the project but for the notebooks, under another name."""
    names = [path.relative_to(ROOT).as_posix() for path in tool.texts(ROOT) if path.suffix != ".ipynb"]
    copy_texts(tool, names, tmp_path)
    release = tool.Release(tmp_path)
    change(release, "pyproject.toml", 'name = "autograd_tiny"', f'name = "{OTHER}"')
    return release


def test_under_another_name_each_place_that_has_the_old_one_is_listed(tool, copy):
    places = re.findall(r"^ {6}(\S+):(\d+) has (\S+)$", fault(tool, "name", copy), re.M)
    files = {file for file, *_ in places}
    assert {"README.md", "pyproject.toml", "docs/releasing.md", "autograd_tiny/boundary/libraries.py"} < files
    for file, number, wrong in places:
        lines = copy.text(file).splitlines(keepends=True)
        right = copy.stem if wrong.endswith(copy.version) else OTHER
        lines[int(number) - 1] = re.sub(rf"{wrong}(?=[\[\s\"'`-])", right, lines[int(number) - 1])
        (copy.root / file).write_text("".join(lines), encoding="utf-8")
    assert tool.check_name(copy).startswith(f"{OTHER}, at ")
    assert tool.check_version(copy) == tool.Release().version       # what is imported has its name


def test_the_page_names_the_files_that_have_the_name(tool, copy):
    step = re.search(r"\*\*PyPI\.\*\*.*?^5\.", copy.text("docs/releasing.md"), re.S | re.M)[0]
    named = {"docs/releasing.md", *re.findall(r"`([\w./-]+)`", step)}
    for file in re.findall(r"^ {6}(\S+):\d+ has", fault(tool, "name", copy), re.M):
        assert file in named or f"{Path(file).parts[0]}/" in named, file


@pytest.mark.parametrize(("name", "line", "wrong"), [
    ("pyproject.toml", 'more = ["somebody[plot,sklearn]"]', "somebody"),
    ("docs/page.md", '`pip install "somebody[film]"`', "somebody"),
    ("docs/page.md", "add a publisher: project `somebody`", "somebody"),
    ("docs/page.md", "`somebody-0.1.0-cp313-cp313-win_amd64.whl`", "somebody-0.1.0"),
    ("docs/page.md", "`autograd_tiny-0.0.9.tar.gz`", "autograd_tiny-0.0.9"),
    ("autograd_tiny/boundary/libraries.py", 'DISTRIBUTION = "somebody"', "somebody"),
])
def test_a_name_of_another_project_or_version_is_found(tool, project, name, line, wrong):
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}\n[other]\n{line}\n", encoding="utf-8")
    assert f" has {wrong}\n" in f"{fault(tool, 'name', project)}\n"


@pytest.mark.parametrize("line", [
    '`pip install ".[film]"` in a clone', '"dask[array,dataframe]"', "`import autograd_tiny`", "autograd_tiny 0.1.0",
    "`pip install autograd`", 'names["plot"]',
])
def test_other_names_are_none_of_its_business(tool, project, line):
    (project.root / "page.md").write_text(line, encoding="utf-8")
    change(project, "pyproject.toml", '"autograd_tiny', f'"{OTHER}')
    change(project, "README.md", "pip install autograd_tiny", f"pip install {OTHER}")
    assert tool.check_name(project)


def test_files_of_the_release_have_the_name_of_pyproject(tool, project):
    change(project, "pyproject.toml", 'name = "autograd_tiny"', f'name = "{OTHER}"')
    assert f"dist/ has autograd_tiny-{project.version}" in fault(tool, "dist", project)
    for path in project.files:
        path.rename(path.with_name(path.name.replace("autograd_tiny", "scalar_engine")))
    assert "wheels: 1" in tool.check_dist(project)


# ---- git

def test_everything_is_committed_and_the_tag_to_set_is_named(tool, project):
    tag = f"v{project.version}"
    assert f"git tag -a {tag} -m {tag}" in tool.check_git(project)
    change(project, "README.md", "\n", "\n\n")
    assert "such as README.md: commit them" in fault(tool, "git", project)


def test_a_tag_is_that_of_the_version_and_of_this_commit(tool, project):
    tag = f"v{project.version}"
    asked = tool.Release(project.root, tag=tag)
    assert f"HEAD has no tag {tag}: set it" in fault(tool, "git", asked)
    git(project.root, "tag", tag)
    assert tool.check_git(project) == tool.check_git(asked) == f"HEAD is {tag}"
    assert "the tag is v7.0.0, and the package is" in fault(tool, "git", tool.Release(project.root, tag="v7.0.0"))
    (project.root / "more.txt").write_text("more")
    commit(project.root)
    assert f"{tag} is the tag of another commit" in fault(tool, "git", project)
    git(project.root, "tag", "v7.0.0")
    assert "HEAD has the tag v7.0.0, and the package is" in fault(tool, "git", project)


# ---- files

def test_the_source_and_wheels_are_there_and_nothing_else(tool, project):
    source = project.root / f"dist/autograd_tiny-{project.version}.tar.gz"
    foreign = project.root / "dist/autograd_tiny-0.0.9-py3-none-any.whl"
    foreign.write_bytes(b"")
    assert f"dist/ has {foreign.name}, no file of {project.version}: delete it" in fault(tool, "dist", project)
    foreign.unlink()
    [path] = project.wheels
    path.unlink()
    assert "no wheel of" in fault(tool, "dist", project)
    source.unlink()
    assert f"dist/{source.name} is missing: run make wheels" in fault(tool, "dist", project)
    assert "dist/ is empty: run make wheels" in fault(tool, "description", project)


@pytest.mark.parametrize("part", ["py.typed", "licenses/LICENSE", "engine/value"])
def test_a_wheel_without_one_of_its_parts_is_refused(tool, project, part):
    wheel(project, without=[part])
    said = fault(tool, "dist", project)
    assert ("one platform, and its engine is not compiled" if part == "engine/value" else f"{part}: see ") in said


def test_a_wheel_for_any_platform_has_nothing_compiled(tool, project):
    wheel(project, tags="py3-none-any")
    assert "any platform, and its engine is compiled" in fault(tool, "dist", project)
    wheel(project, tags="py3-none-any", without=["engine/value"])
    assert "wheels: 2" in tool.check_dist(project)


def test_a_wheel_for_this_linux_only_is_refused(tool, project):
    wheel(project, tags="cp311-cp311-linux_x86_64")
    assert "-linux_x86_64.whl is for this Linux only, and PyPI refuses it: repair it" in fault(tool, "dist", project)


def test_a_wheel_is_small(tool, project):
    wheel(project, more=bytes(tool.LARGEST))
    assert "more than 3,000,000: look for what should not be in it" in fault(tool, "dist", project)


@pytest.mark.parametrize("link", ["[a](docs/a.md)", "![a](a.svg)", '<img src="docs/a.svg">', '<a href="b">'])
def test_a_relative_link_in_the_description_is_found(tool, project, link, monkeypatch):
    wheel(project, description=f"{DESCRIPTION}\n{link}\n")
    done = subprocess.CompletedProcess([], 0, "", "")
    monkeypatch.setattr(tool.subprocess, "run", lambda *_, **__: done)      # twine
    assert "its description has a relative link, " in fault(tool, "description", project)
    wheel(project)
    assert tool.check_description(project)
    done.returncode, done.stdout = 1, "no\nERROR  bad"
    assert "twine check --strict: no | ERROR  bad" in fault(tool, "description", project)


# ---- a clean installation

def test_the_wheel_for_this_python_is_chosen(tool):
    pytest.importorskip("packaging")
    from packaging.tags import sys_tags

    tag = next(sys_tags())
    any_python, this, other = (
        Path(f"autograd_tiny-1.0-{tags}.whl") for tags in ("py3-none-any", tag, "cp27-cp27m-win32")
    )
    assert tool.suitable([other, any_python, this]) == this
    assert tool.suitable([any_python, other]) == any_python
    with pytest.raises(tool.UnfitError, match=r"no wheel for Python .* run make wheels"):
        tool.suitable([other])


@pytest.fixture
def installed(tool, project, monkeypatch):
    """This Python in the place of a new environment; the package from this folder, and a demo that does little."""
    (project.root / "README.md").write_text("```python\nprint(1 + 1)    # 2\n```\n")
    version = f"autograd_tiny {project.version}, native engine, kernels avx2\nPython"
    said = {"version": version, "demo": "", "script": "14"}
    monkeypatch.setattr(tool, "suitable", lambda wheels: wheels[0])
    monkeypatch.setattr(tool, "new_environment", lambda folder, wheel: Path(sys.executable))

    def succeed(command, folder):
        if command[-1] == "readme.py":
            return real(command, folder)
        if command[-1] == "doctests.py":
            return "17\n"
        return said["version" if command[-1] == "--version" else "demo" if "demo" in command[-1] else "script"]

    real = tool.succeed
    monkeypatch.setattr(tool, "succeed", succeed)
    return said


def test_an_installed_wheel_runs_what_the_readme_shows(tool, project, installed):
    assert "the demo, 1 examples of README.md and 17 of docstrings run" in tool.check_installation(project)
    change(project, "README.md", "# 2", "# 3")
    assert "examples of README.md print '2\\n', not what it says" in fault(tool, "installation", project)
    change(project, "README.md", "print(1", "print(nonsense")
    assert "NameError" in fault(tool, "installation", project)


def test_an_installed_wheel_for_one_platform_is_native(tool, project, installed):
    installed["version"] = installed["version"].replace("native", "pure")
    assert "when installed, not native: run make wheels again" in fault(tool, "installation", project)


def test_a_command_that_is_not_there_or_computes_nothing_is_found(tool, project, installed):
    installed["script"] = "0"
    assert "see [project.scripts]" in fault(tool, "installation", project)


def test_a_command_that_fails_is_quoted_with_its_last_lines(tool, tmp_path):
    with pytest.raises(tool.UnfitError, match=r"in a new environment `-c .*` fails: .*\| ValueError: no"):
        tool.succeed([sys.executable, "-c", "raise ValueError('no')"], tmp_path)


def test_a_new_environment_sees_nothing_of_the_clone(tool, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("AUTOGRAD_TINY_PURE", "1")
    code = "import os; print([name for name in os.environ if name.startswith(('PYTHONPATH', 'AUTOGRAD'))])"
    assert tool.succeed([sys.executable, "-c", code], tmp_path) == "[]\n"


# ---- all together

def test_each_check_has_a_line_and_one_that_fails_counts(tool, project, monkeypatch, capsys):
    monkeypatch.setattr(tool, "Release", lambda tag: project)
    notes = project.root / "dist/notes.md"
    assert tool.main(["--texts", "--notes", str(notes)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [["ok", name] for name in tool.TEXTS]
    assert lines[-1] == "ready to be released"
    assert notes.read_text(encoding="utf-8") == f"{project.notes}\n"
    notes.unlink()
    change(project, "CHANGELOG.md", f"({project.date})", "(soon)")
    assert tool.main(["--texts", "--notes", str(notes)]) == 1 and not notes.exists()
    printed = capsys.readouterr().out
    assert "FAIL  changelog" in printed and printed.endswith("3 checks failed\n")
