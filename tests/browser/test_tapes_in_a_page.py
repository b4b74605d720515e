"""Tapes in JavaScript in a real browser, on a page that forbids code in texts."""
import json

import numpy as np
import pytest
from references.tapes import batch, close

import autograd_tiny as at
from autograd_tiny import Value, record
from autograd_tiny.tape.export.javascript.bundle import FOLDER

pytestmark = pytest.mark.doors  # make test-all runs it, once

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


def test_a_strict_page_replays_and_builds_tapes(browser, tmp_path, tape):
    xs = batch(130)
    tape.save(tmp_path / "f.json")
    tape.to_javascript(tmp_path / "f.js")
    tmp_path.joinpath("x.json").write_text(json.dumps(xs.tolist()))
    tmp_path.joinpath("run.js").write_text(SCRIPT)
    tmp_path.joinpath("page.html").write_text('<!DOCTYPE html><body><script type="module" src="run.js"></script>')

    def answer(route):
        name = route.request.url.removeprefix(f"{SITE}/")
        path = next((folder / name for folder in (tmp_path, FOLDER) if (folder / name).is_file()), None)
        if path is None:
            route.fulfill(status=404)
            return
        kind = {".js": "text/javascript", ".json": "application/json", ".html": "text/html"}[path.suffix]
        route.fulfill(body=path.read_bytes(), content_type=kind, headers={"Content-Security-Policy": POLICY})

    page, complaints = browser.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route(f"{SITE}/**", answer)
    page.goto(f"{SITE}/page.html")
    found = json.loads(page.locator("pre").inner_text(timeout=20_000))
    page.close()
    assert not complaints
    assert found["refused"]
    value, gradient = tape.value_and_grad(xs)
    close(found["values"], tape(xs))
    close(found["module"], tape(xs))
    close(found["value"], value)
    close([found["gradient"]["0"]], gradient)
    close(found["built"], 3.0 * (1.0 - np.tanh(0.5) ** 2))
