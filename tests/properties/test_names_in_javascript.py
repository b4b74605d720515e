"""Names in the package's modules of JavaScript: one that is nowhere defined would show at run time only, if ever."""
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from references.optional import missing

import autograd_tiny

pytestmark = pytest.mark.doors  # make test-all runs it, once

PACKAGE = Path(autograd_tiny.__file__).parent
OPTIONS = [
    "--allowJs", "--checkJs", "--noEmit", "--target", "es2022", "--module", "es2022", "--moduleResolution", "node",
    "--lib", "es2022,dom",
]
UNDEFINED = re.compile(         # by the numbers of TypeScript's messages: no such name, export, module or property
    r"^(?P<file>.+?)\((?P<line>\d+),\d+\): error TS(2304|2305|2307|2459|2460|2552|2724|18004): (?P<message>.*)$",
    re.MULTILINE,
)
OF_THE_PAGE = {"film"}          # what a page defines before its script


def undefined_names(modules, folder):
    """The complaints of TypeScript's compiler about names in code, without those about types in comments."""
    compiler = shutil.which("tsc") or missing("there is no compiler of TypeScript, tsc, on this machine")
    done = subprocess.run([compiler, *OPTIONS, *map(str, modules)], cwd=folder, capture_output=True, text=True)
    found = []
    for each in UNDEFINED.finditer(done.stdout):
        path, number = Path(folder, each["file"]), int(each["line"])
        code = path.read_text(encoding="utf-8").splitlines()[number - 1].strip()
        if not code.startswith(("*", "/*", "//")) and not OF_THE_PAGE & set(re.findall("'(.*?)'", each["message"])):
            found.append(f"{path.name}:{number}: {each['message']}")
    return found


def test_every_name_in_a_module_is_defined():
    assert undefined_names(sorted(PACKAGE.rglob("*.js")), PACKAGE) == []


def test_a_name_that_is_not_defined_is_found(tmp_path):
    tmp_path.joinpath("others.js").write_text("export const here = 1;\nconst hidden = 2;\n")
    tmp_path.joinpath("module.js").write_text(
        'import { here, hidden } from "./others.js";\n/** @param {Unknown} x */\n'
        "export const f = (x) => here + hidden + nowhere(x);\n"
    )
    found = undefined_names([tmp_path / "module.js"], tmp_path)
    assert len(found) == 2 and "'nowhere'" in found[1] and found[0].startswith("module.js:1")
