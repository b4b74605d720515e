"""Tapes in JavaScript in a real browser, on a page that forbids code in texts."""
import json
import re
from pathlib import Path

import numpy as np
import pytest
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.tape.export.javascript.bundle import FOLDER

pytestmark = pytest.mark.doors  # make test-all runs it, once

DOCUMENTATION = Path(__file__).parents[2] / "docs/how-to/run-a-tape-in-javascript.md"
SITE = "http://tapes.test"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
SCRIPT = """
import { Builder, Tape } from "./tape.js";
import * as module from "./f.js";

const tape = Tape.load(await (await fetch("./f.json")).text());
const samples = await (await fetch("./x.json")).json();
const builder = new Builder();
const x = builder.input("x");
const built = Tape.of(builder, builder.push("mul", builder.push("tanh", x), builder.parameter(3, "w")));
let refused = false;
try { (0, eval)("1"); } catch { refused = true; }
const found = document.createElement("pre");
found.textContent = JSON.stringify({
  values: [...tape.values(samples)], ...tape.valueAndGradient(samples),
  module: [...module.batch(samples)], built: built.trace([0.5]).adjoints[0], refused,
});
document.body.append(found);
"""


@pytest.fixture
def tape():
    x, y, w = Value(0.5, "x</script>"), Value(-0.5, "y"), Value(2.0, "w")
    return record(at.gelu(x * w + y) + at.lgamma(w) * at.exp(y) ** 1.5, [x, y], [w])


def text_in(browser, folder, element, headers):
    """What page.html shows in an element, beside the files of its folder and tape.js."""
    def answer(route):
        name = route.request.url.removeprefix(f"{SITE}/")
        path = next((each / name for each in (folder, FOLDER) if (each / name).is_file()), None)
        if path is None:
            route.fulfill(status=404)
            return
        kind = "text/javascript" if path.suffix in (".js", ".mjs") else f"text/{path.suffix[1:]}"
        route.fulfill(body=path.read_bytes(), content_type=kind, headers=headers)

    page, complaints = browser.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route(f"{SITE}/**", answer)
    page.goto(f"{SITE}/page.html")
    page.wait_for_function("element => document.querySelector(element)?.innerText.trim()", arg=element, timeout=20_000)
    found = page.locator(element).inner_text()
    page.close()
    assert not complaints
    return found


def test_the_page_of_the_documentation_shows_what_node_prints(browser, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = DOCUMENTATION.read_text(encoding="utf-8")
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], {})
    Path("page.html").write_text(f"<!DOCTYPE html><body>{re.search(r'```html(.*?)```', text, re.DOTALL)[1]}")
    assert text_in(browser, tmp_path, "body", {}).strip() == re.search(r"values\(.*// (.*)", text)[1]


def test_a_strict_page_replays_and_builds_tapes(browser, tmp_path, tape):
    xs = batch(130)
    tape.save(tmp_path / "f.json")
    tape.to_javascript(tmp_path / "f.js")
    tmp_path.joinpath("x.json").write_text(json.dumps(xs.tolist()))
    tmp_path.joinpath("run.js").write_text(SCRIPT)
    tmp_path.joinpath("page.html").write_text('<!DOCTYPE html><body><script type="module" src="run.js"></script>')
    found = json.loads(text_in(browser, tmp_path, "pre", {"Content-Security-Policy": POLICY}))
    assert found["refused"]
    value, gradient = tape.value_and_grad(xs)
    close(found["values"], tape(xs))
    close(found["module"], tape(xs))
    close(found["value"], value)
    close([found["gradient"]["0"]], gradient)
    close(found["built"], 3.0 * (1.0 - np.tanh(0.5) ** 2))
