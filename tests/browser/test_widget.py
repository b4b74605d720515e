"""Widgets in a real browser: the modules that anywidget loads, with a model that is no more than its interface."""
import json

import pytest
from playwright.sync_api import expect
from references.optional import needed

from autograd_tiny import explore, playground

HOST = """async ({ esm, shared }) => {
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const heard = [], saved = [];
  window.model = {
    get: (name) => shared[name],
    set: (name, value) => {
      const isNew = shared[name] !== value;
      shared[name] = value;
      if (isNew) heard.forEach((each) => each());
    },
    save_changes: () => saved.push(shared.state),
    on: (event, heardHere) => heard.push(heardHere),
    off: (event, heardHere) => heard.splice(heard.indexOf(heardHere), 1),
  };
  window.saved = saved;
  window.show = (id) => {
    const el = document.createElement("div");
    el.id = id;
    document.body.append(el);
    return widget.render({ model: window.model, el });
  };
  window.close_first = window.show("first");
}"""


@pytest.fixture
def shown(browser):
    """A widget in a page that stands for a notebook."""
    needed("anywidget", "widget")
    widget = explore("x=a+b; x*b", a=2, b=3).widget
    page, complaints = browser.new_page(), []
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    shared = {"html": widget.html, "title": widget.title, "height": widget.height, "state": ""}
    page.evaluate(HOST, {"esm": widget._esm, "shared": shared})
    yield page
    page.close()
    assert complaints == []


def field(page, frame, name):
    return page.frame_locator(f"#{frame} iframe").get_by_role("textbox", name=f"{name}, exactly")


def state(page):
    return json.loads(page.evaluate("window.model.get('state')") or "{}")


def test_the_model_hears_of_each_number_and_the_page_follows_the_model(shown):
    field(shown, "first", "a").fill("-1.5")
    shown.wait_for_function("window.saved.at(-1)?.includes('-1.5')")
    assert state(shown)["values"] == {"a": "-1.5", "b": "3"}
    shown.evaluate("window.model.set('state', JSON.stringify({ values: { a: '7', b: 'Infinity' }, chosen: 'x' }))")
    expect(field(shown, "first", "a")).to_have_value("7")
    expect(field(shown, "first", "b")).to_have_value("inf")
    expect(shown.frame_locator("#first iframe").locator("#chosen-title")).to_have_text("x")


def test_a_second_view_begins_where_the_first_one_is_and_both_move_together(shown):
    field(shown, "first", "b").fill("9")
    shown.wait_for_function("window.saved.at(-1)?.includes('\"9\"')")
    shown.evaluate("() => void window.show('second')")
    expect(field(shown, "second", "b")).to_have_value("9")
    field(shown, "second", "a").fill("4")
    expect(field(shown, "first", "a")).to_have_value("4")
    shown.evaluate("window.close_first()")
    field(shown, "second", "a").fill("5")
    shown.wait_for_function("window.saved.at(-1)?.includes('\"5\"')")
    expect(field(shown, "first", "a")).to_have_value("4")


def test_a_state_that_is_none_is_refused_and_the_model_hears_so(shown):
    field(shown, "first", "a").fill("6")
    shown.wait_for_function("window.saved.at(-1)?.includes('\"6\"')")
    shown.evaluate("window.model.set('state', '{\"values\": {\"a\": \"alert(1)\"}}')")
    shown.wait_for_function("window.model.get('state').includes('\"6\"')")
    expect(field(shown, "first", "a")).to_have_value("6")
    assert state(shown)["values"]["a"] == "6"


def test_the_frame_is_as_high_as_the_page(shown):
    height = "document.querySelector('#first iframe').getBoundingClientRect().height"
    inside = shown.frame_locator("#first iframe").locator("body")
    inside.wait_for()
    shown.wait_for_function(f"{height} !== 900")
    assert abs(shown.evaluate(height) - inside.bounding_box()["height"]) <= 2


def opened_file(browser, path):
    tab = browser.new_page()
    tab.set_default_timeout(10_000)
    tab.goto(path.as_uri())
    return tab


def test_a_page_that_is_saved_begins_as_it_was_in_the_notebook(browser, tmp_path):
    needed("anywidget", "widget")
    page = explore("x=a+b; x*b", a=2, b=3)
    page.values = {"b": 7}
    tab = opened_file(browser, page.save(tmp_path / "f.html"))
    exact = tab.get_by_role("textbox", name="b, exactly")
    expect(exact).to_have_value("7")
    tab.get_by_role("button", name="Reset").click()
    expect(exact).to_have_value("3")
    tab.close()
    trained = playground()
    trained.widget.state = json.dumps({"texts": {"data": "moons", "changes": "40!lr!0.3", "updates": "50"}})
    tab = opened_file(browser, trained.save(tmp_path / "playground.html"))
    expect(tab.get_by_label("Data set")).to_have_value("moons")
    expect(tab.locator("#readout")).to_contain_text("50")
    expect(tab.get_by_role("textbox", name="Learning rate, exactly")).to_have_value("0.3")
    tab.close()


@pytest.mark.parametrize(("page", "state", "says"), [
    (lambda: explore("a*b", a=2, b=3), '{"values": {"a": "alert(1)"}}', 'a: "alert(1)" is not a number'),
    (lambda: explore("a*b", a=2, b=3), '"><script>alert(1)</script>', "JSON"),
    (playground, '{"texts": {"data": "<img src=x>"}}', "The state can't be used: Data set: one of xor"),
    (playground, '"><script>alert(1)</script>', "The state can't be used: "),
])
def test_a_saved_state_that_is_none_is_refused(browser, tmp_path, page, state, says):
    needed("anywidget", "widget")
    shown = page()
    shown.widget.state = state
    tab = opened_file(browser, shown.save(tmp_path / "f.html"))
    expect(tab.locator("#message, #notice")).to_contain_text(says)
    assert tab.locator("script").count() == 2 and tab.locator("img").count() == 0
    tab.close()


def test_a_playground_tells_its_network_and_a_second_view_repeats_its_training(browser):
    needed("anywidget", "widget")
    page = playground()
    tab = browser.new_page()
    tab.set_default_timeout(10_000)
    shared = {"html": page.html, "title": page.title, "height": page.height, "state": ""}
    tab.evaluate(HOST, {"esm": page.widget._esm, "shared": shared})
    first = tab.frame_locator("#first iframe")
    first.get_by_label("Optimiser").select_option("adam")
    first.get_by_role("button", name="1 epoch").click()
    tab.wait_for_function("JSON.parse(window.model.get('state') || '{}').texts?.updates === '14'")
    page.widget.state = tab.evaluate("window.model.get('state')")
    tab.evaluate("() => void window.show('second')")
    readout = [tab.frame_locator(f"#{name} iframe").locator("#readout") for name in ("first", "second")]
    expect(readout[1]).to_contain_text("14")
    assert readout[1].inner_text() == readout[0].inner_text()
    assert tab.evaluate("window.model.get('state')") == page.widget.state
    tab.close()
    assert [type(layer).__name__ for layer in page.model.layers] == ["Layer", "Layer"]
