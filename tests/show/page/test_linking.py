"""The modules of a page as one script."""
import subprocess
from pathlib import Path

import pytest

import autograd_tiny.show.page as page
from autograd_tiny.show.page.linking import linked, script
from autograd_tiny.tape.export.javascript.bundle import FOLDER
from references.javascript.node import program

MODULES = sorted(Path(page.__file__).parent.parent.rglob("*.js"))


def run(text, tmp_path):
    path = tmp_path / "linked.cjs"
    path.write_text(text, encoding="ascii")
    return subprocess.run([program(), path], capture_output=True, text=True, check=True).stdout


def write(folder, **modules):
    for name, text in modules.items():
        folder.joinpath(f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "main.js"


COUNTER = """\
console.log("once");
const own = 1;
export const count = own;
export function of(x) {
  return own + x;
}
"""
OTHER = """\
import { count as found } from "./counter.js";
const own = 10;
export class Other {
  sum = own + found;
}
"""
MAIN = """\
import {
  count, of,
} from "./counter.js";
import { Other } from "./other.js";
const own = 100;
function start({ x, word }) {
  console.log(new Other().sum + own + count + of(x), word);
}
export { own as mine, start };
"""


def test_each_module_keeps_its_own_names_and_runs_once(tmp_path):
    entry = write(tmp_path, counter=COUNTER, other=OTHER, main=MAIN)
    text = script(entry, {"x": float("inf"), "word": "</script> ∂"})
    assert run(text, tmp_path) == "once\nInfinity </script> ∂\n"
    assert text.isascii() and "</script" not in text
    assert run(linked(entry) + "console.log($main.mine, typeof own);", tmp_path) == "once\n100 undefined\n"


def test_letters_outside_of_ascii_are_escaped(tmp_path):
    text = '// ∂\nexport const text = "∂𝑥";\nexport const found = /^−$/.test("−");\nexport const template = `−`;\n'
    shown = linked(write(tmp_path, main=text)) + "console.log($main.text, $main.found, $main.template);"
    assert run(shown, tmp_path) == "∂𝑥 true −\n"


def test_a_page_has_only_the_operations_that_it_evaluates(tmp_path):
    some, every = linked(FOLDER / "tape.js", ["tanh", "gelu", "max"]), linked(FOLDER / "tape.js")
    assert len(some) < 0.55 * len(every)
    code = 'console.log($tape.evaluate("gelu", [0.5]).value, Object.keys($tape.OPERATIONS).length);'
    (x, n), (y, _) = (run(text + code, tmp_path).split() for text in (some, every))
    assert x == y
    assert n == "3"


@pytest.mark.parametrize(("modules", "message"), [
    ({"main": 'import { a } from "./other.js";\n', "other": 'import { b } from "./main.js";\n'}, "import each other"),
    ({"main": 'import a from "./other.js";\n'}, "main.js imports or exports in a way"),
    ({"main": "export let a = 1;\n"}, "main.js imports or exports in a way"),
])
def test_modules_that_it_cannot_link_are_refused(tmp_path, modules, message):
    with pytest.raises(ValueError, match=message):
        linked(write(tmp_path, **modules))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_modules_of_pages_write_no_html_and_run_no_text(path):
    text = path.read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "</script"):
        assert word not in text
    assert max(map(len, text.splitlines())) <= 120
