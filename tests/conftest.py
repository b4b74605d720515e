"""What tests in several files need: a real browser, and tapes on each of the kernels that this machine can run."""
import gc
import re
import shutil

import pytest
from references.optional import missing
from references.tapes import KERNELS

import autograd_tiny as at
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


def pytest_ignore_collect(collection_path, config):
    """Leave out files of which no test is to run: the libraries that they import would slow down all the others."""
    chosen = config.option.markexpr
    if collection_path.suffix != ".py":
        return None
    text = collection_path.read_text(encoding="utf-8")
    has_none = chosen.isidentifier() and f"pytest.mark.{chosen}" not in text
    unwanted = ["doors"] if chosen == "long" else re.findall(r"\bnot (\w+)", chosen)
    mark = re.search(r"^pytestmark = (?:\[\s*)?pytest\.mark\.(\w+)", text, re.M)
    return True if has_none or (mark and mark[1] in unwanted) else None


def pytest_collection_finish():
    """Thousands of tests, and the libraries: Python's collector of garbage need not look through them each time."""
    gc.freeze()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium. Not for the session: while it runs, tests in this thread can't start an event loop of their own."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: pip install playwright")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        missing("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), headless=True, executable_path=program, args=OPTIONS
        )
        yield context
        context.close()


@pytest.fixture(scope="module", params=KERNELS)
def each_simd(request):
    """The name of the kernels that run; as `usefixtures` it repeats the tests of a file with all that there are."""
    if not at.simd():
        yield request.param
        return
    from autograd_tiny.tape.native_executor import use

    chosen = at.simd()
    use(request.param)
    yield request.param
    use(chosen)
