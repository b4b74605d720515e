"""The last lines of `make docs`: how large the site is, and how to look at it."""
import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool():
    """tools/built_site.py as a module."""
    spec = importlib.util.spec_from_file_location("built_site", ROOT / "tools" / "built_site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site(tmp_path):
    """A site of 1.5 MB, with a page try/ of 0.5 MB."""
    (tmp_path / "site" / "try" / "files").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_bytes(b"x" * 1_000_000)
    (tmp_path / "site" / "try" / "files" / "a").write_bytes(b"x" * 500_000)
    return tmp_path / "site"


def test_the_sizes_are_those_of_all_files(tool, site):
    first, _ = tool.summary(site).splitlines()
    assert first == "site/ has 1.5 MB, of which site/try/, the page that runs Python, has 0.5 MB"


def test_without_npm_there_is_no_page_that_runs_python(tool, site):
    (site / "try" / "files" / "a").unlink()
    (site / "try" / "files").rmdir()
    (site / "try").rmdir()
    assert tool.summary(site).splitlines()[0] == "site/ has 1.0 MB"


def test_the_command_shows_the_site(tool, site):
    command, address = re.search("python3 (.*), and open (.*)", tool.summary(site)).groups()
    assert address.endswith(f":{tool.PORT}")
    served = subprocess.Popen(          # any free port: another server may run
        [sys.executable, "-u", *shlex.split(command), "0"], cwd=site.parent, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = re.search(r"port (\d+)", served.stdout.readline())[1]
        with urlopen(f"{address.removesuffix(str(tool.PORT))}{port}/index.html") as found:
            assert len(found.read()) == 1_000_000
    finally:
        served.kill()
        served.communicate()


def test_make_docs_ends_with_it():
    recipe = re.search(r"^docs:.*?\n\n", ROOT.joinpath("Makefile").read_text(encoding="utf-8"), re.S | re.M)[0]
    assert recipe.rstrip("\n").splitlines()[-1] == "\t@$(BIN)/python tools/built_site.py"
    for page in ("CONTRIBUTING.md", "docs/how-to/install-and-build.md"):
        assert "python3 -m http.server --bind 127.0.0.1 --directory site" in " ".join(
            ROOT.joinpath(page).read_text(encoding="utf-8").split()
        )
