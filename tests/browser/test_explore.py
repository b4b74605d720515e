"""explore in a real browser: by mouse, keyboard and touch, with the numbers of the engine."""
import re

import pytest
from playwright.sync_api import expect
from references.show.accessibility import violations

import autograd_tiny as at
from autograd_tiny import Value, explain, explore, gradients, nn, parse, topological_order

TEXT, START = "x=a+b; y=b+c; x*y", {"a": -1, "b": 3, "c": 4}
NUMBERS = """() => Object.fromEntries([...document.querySelectorAll("#stage g[id^=n] > title")].map((title) => {
  const [, name, value, gradient] = /^(.*): value (.*), gradient (.*)$/.exec(title.textContent);
  return [name, [value, gradient]];
}))"""


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page; afterwards there must have been no error on any."""
    pages, complaints = [], []

    def open_page(page, fragment="", width=1200, **media):
        tab = browser.new_page()
        tab.set_default_timeout(10_000)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("request", lambda request: complaints.append(request.url) if "http" in request.url else None)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(**{"reduced_motion": "reduce", **media})
        tab.goto(page.save(tmp_path / f"page{len(pages)}.html").as_uri() + fragment)
        pages.append(tab)
        return tab

    yield open_page
    for tab in pages:
        tab.close()
    assert complaints == []


def example():
    return explore(TEXT, **START)


def check(tab, text, **values):
    """All numbers in the picture are those of the engine."""
    f = parse(text, **values)
    seen = tab.evaluate(NUMBERS)
    for node in topological_order(f):
        value, gradient = map(float, seen[node.label or "v1"])
        expected = gradients(f, node) if node.requires_grad else 0.0
        assert value == pytest.approx(node.data, rel=1e-13) and gradient == pytest.approx(expected, rel=1e-13)


def field(tab, name):
    return tab.get_by_role("textbox", name=f"{name}, exactly")


def slider(tab, name):
    return tab.get_by_role("slider", name=name, exact=True)


def box(tab, name):
    return tab.get_by_role("button", name=re.compile(f"^{re.escape(name)}(,| =)"))


def message(tab):
    return tab.locator("#message")


def test_all_numbers_follow_a_slider_by_keyboard_and_by_mouse(opened):
    tab = opened(example())
    check(tab, TEXT, **START)
    slider(tab, "b").focus()
    for _ in range(10):
        tab.keyboard.press("ArrowRight")
    expect(field(tab, "b")).to_have_value("4")
    check(tab, TEXT, a=-1, b=4, c=4)
    expect(tab.locator("#now")).to_have_text("f = 24")
    place = slider(tab, "c").bounding_box()
    tab.mouse.move(place["x"] + place["width"] * 0.7, place["y"] + place["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(place["x"] + 2, place["y"] + place["height"] / 2)
    tab.mouse.up()
    assert float(field(tab, "c").input_value()) < -8
    check(tab, TEXT, a=-1, b=4, c=float(field(tab, "c").input_value()))


def test_a_slider_by_touch(opened):
    tab = opened(example(), width=400)
    place = slider(tab, "a").bounding_box()
    x, y = place["x"] + place["width"] - 4, place["y"] + place["height"] / 2
    touch = tab.context.new_cdp_session(tab)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(field(tab, "a")).not_to_have_value("-1")
    assert float(field(tab, "a").input_value()) > 1.5
    check(tab, TEXT, a=float(field(tab, "a").input_value()), b=3, c=4)


def test_the_field_takes_any_finite_number_and_says_what_it_does_not_take(opened):
    tab = opened(example())
    for typed, number in (("−2.5", -2.5), ("1e-7", 1e-7), ("123456", 123456.0), (".5", 0.5)):
        field(tab, "a").fill(typed)
        check(tab, TEXT, a=number, b=3, c=4)
    field(tab, "a").fill("1e999")
    expect(field(tab, "a")).to_have_attribute("aria-invalid", "true")
    field(tab, "a").press("Enter")
    expect(message(tab)).to_have_text('a: a finite number is expected, not "1e999"')
    expect(field(tab, "a")).to_have_value("0.5")
    check(tab, TEXT, a=0.5, b=3, c=4)
    field(tab, "a").press("ArrowUp")
    field(tab, "a").press("Shift+ArrowDown")
    expect(message(tab)).to_have_text("")
    assert float(field(tab, "a").input_value()) < 0.5
    tab.get_by_role("button", name="Reset").click()
    check(tab, TEXT, **START)


def test_the_range_of_a_slider_fits_the_number_when_it_is_set_and_not_at_each_key(opened):
    tab = opened(example())

    def ends():
        return [float(slider(tab, "a").get_attribute(end)) for end in ("min", "max")]

    first = ends()
    for typed in ("5", "50", "500", "5000"):
        field(tab, "a").fill(typed)
        assert ends() == first
        check(tab, TEXT, a=float(typed), b=3, c=4)
    field(tab, "a").press("Enter")
    assert ends() == [-10000, 10000] and slider(tab, "a").input_value() == "5000"
    for typed, expected in (("1e308", [-5e307, 5e307]), ("2", [-5, 5]), ("0.2", [-0.5, 0.5]), ("0", first)):
        field(tab, "a").fill(typed)
        field(tab, "a").press("Enter")
        assert ends() == expected


def test_it_begins_where_gradients_meet_and_the_plot_stays_when_the_output_is_chosen(opened):
    tab = opened(example())
    expect(tab.locator("#chosen-title")).to_have_text("b")                                  # by x and by y
    box(tab, "f").click()
    expect(tab.locator("#chosen-title")).to_have_text("f")
    expect(tab.locator("#figure")).to_be_visible()
    expect(tab.locator("#figure")).to_contain_text("f along b")
    field(tab, "b").fill("1")
    expect(tab.locator("#figure")).to_contain_text("slope 5")
    expect(opened(explore("a*b", a=1, b=2)).locator("#chosen-title")).to_have_text("a")


def test_the_chosen_value_stays_chosen_and_is_explained_as_in_python(opened):
    tab = opened(example())
    box(tab, "b").click()
    field(tab, "a").fill("2")
    expect(box(tab, "b")).to_have_attribute("aria-pressed", "true")
    f = parse(TEXT, a=2, b=3, c=4)
    f.backward()
    for title in ("∂f/∂b = 12: 2 paths lead from f to b, and gradients add at branches", "f → x → b", "= y · 1"):
        assert title in str(explain(f, topological_order(f)[1]))
        expect(tab.locator("#panel")).to_contain_text(title)
    expect(tab.locator("#panel dd.gradient").first).to_have_text("12")
    difference = tab.locator("#panel dd.gradient").last.text_content()
    assert float(difference) == pytest.approx(12, rel=1e-8)
    expect(tab.locator("#figure")).to_contain_text("f along b, with its tangent: slope 12")


def test_the_keyboard_leads_through_the_graph(opened):
    tab = opened(example())
    box(tab, "a").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    name = tab.locator("#chosen-title").text_content()
    assert name != "a" and box(tab, name).get_attribute("aria-pressed") == "true"
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press(" ")
    assert tab.locator("#chosen-title").text_content() not in ("a", name)


def test_edges_are_as_thick_as_what_flows_and_have_its_sign(opened):
    tab = opened(explore("a*b - 100*c", a=2, b=3, c=1))
    width = "(id) => parseFloat(document.getElementById(id).querySelector('path').style.strokeWidth)"
    signs = "(name) => document.querySelectorAll(`#stage .edge.${name}`).length"
    order = [node.label for node in topological_order(parse("a*b - 100*c", a=2, b=3, c=1))]
    thin, thick = (next(
        edge for edge in tab.evaluate("[...document.querySelectorAll('.edge')].map((edge) => edge.id)")
        if edge.startswith("e") and edge.endswith("a") and tab.evaluate(
            "([edge, name]) => document.getElementById(`d${edge.slice(1, -1)}`).querySelector('title').textContent"
            ".includes(`∂${name} =`)", [edge, name])
    ) for name in ("a", "c"))
    assert tab.evaluate(width, thin) < tab.evaluate(width, thick) == 6
    assert tab.evaluate(signs, "negative") > 0 and tab.evaluate(signs, "positive") > 0
    assert order[-1] == "f"


def test_a_link_gives_the_same_page(opened):
    page = example()
    tab = opened(page)
    box(tab, "c").click()
    field(tab, "b").fill("-7.25")
    field(tab, "b").press("Enter")
    fragment = tab.evaluate("location.hash")
    assert "b=-7.25" in fragment
    again = opened(page, fragment)
    check(again, TEXT, a=-1, b=-7.25, c=4)
    assert again.evaluate(NUMBERS) == tab.evaluate(NUMBERS)
    expect(again.locator("#chosen-title")).to_have_text("c")
    again.evaluate("location.hash = '#explore1&a=5'")               # another link: what it does not name is as at first
    expect(field(again, "a")).to_have_value("5")
    check(again, TEXT, a=5, b=3, c=4)


@pytest.mark.parametrize(("fragment", "says"), [
    ("#explore0&a=1", "another version"), ("#explore1&q=1", 'there is no leaf "q" here'),
    ("#explore1&a=alert(1)", 'a: "alert(1)" is not a number'), ("#explore1&a=%ff", "it is damaged"),
    ("#explore1&__proto__=1", "there is no leaf"), ("#explore1&a=1e999", "is not a number"),
    ("#explore1&=<img src=x onerror=alert(1)>", ""), ("#" + "x" * 30_000, "it is too long"),
])
def test_a_link_that_is_wrong_is_refused(opened, fragment, says):
    tab = opened(example(), fragment)
    check(tab, TEXT, **START)
    expect(message(tab)).to_contain_text(says)
    assert tab.locator("img").count() == 0
    if says:
        expect(message(tab)).to_have_text(re.compile(r"^The link can't be used: .*\. The numbers stay as they are\.$"))


def test_a_link_that_is_refused_later_leaves_the_numbers(opened):
    tab = opened(example())
    field(tab, "a").fill("2")
    tab.evaluate("location.hash = '#explore1&b=7&q=1'")
    expect(message(tab)).to_have_text(
        'The link can\'t be used: there is no leaf "q" here. The numbers stay as they are.'
    )
    check(tab, TEXT, a=2, b=3, c=4)


def test_an_index_that_is_out_of_range_changes_nothing(opened):
    text, values = "take([a, b, a*b], i)*2", {"a": 2, "b": 3, "i": 0}
    tab = opened(explore(text, **values))
    slider(tab, "i").focus()
    tab.keyboard.press("End")
    expect(field(tab, "i")).to_have_value("2")
    field(tab, "i").fill("7")
    field(tab, "i").press("Enter")
    expect(field(tab, "i")).to_have_value("2")
    field(tab, "i").fill("7")
    expect(message(tab)).to_contain_text("i: ")
    assert float(tab.evaluate(NUMBERS)["f"][0]) == 12.0


def test_infinite_and_undefined_numbers_are_shown(opened):
    tab = opened(explore("log(x)/y", x=1, y=float("nan")))
    expect(field(tab, "y")).to_have_value("nan")
    field(tab, "y").fill("2")
    field(tab, "x").fill("0")
    expect(tab.locator("#now")).to_have_text("f = −inf")
    field(tab, "x").fill("-1")
    expect(tab.locator("#now")).to_have_text("f = nan")
    expect(tab.locator("#panel")).to_contain_text("f is nan: diagnose(f) says where that began.")


def test_a_graph_with_folded_modules(opened):
    model = nn.MLP(2, [3, 1], activation="tanh", init="micrograd")
    x = [Value(0.5, "x1"), Value(-0.3, "x2")]
    tab = opened(explore((model(x) - 1.0) ** 2, depth=1))
    field(tab, "x1").fill("0.75")
    x[0].data = 0.75
    loss = (model(x) - 1.0) ** 2
    assert float(tab.evaluate(NUMBERS)["x1"][1]) == pytest.approx(gradients(loss, x[0]), rel=1e-12)
    name = tab.locator("#now").text_content().split(" = ")[0]
    assert float(tab.evaluate(NUMBERS)[name][0]) == pytest.approx(loss.data, rel=1e-12)
    expect(tab.locator("#m0")).to_contain_text("2 → 1")


def test_leaves_of_a_folded_module_have_sliders_too(opened):
    model = nn.MLP(2, [2, 1], activation="tanh", init="micrograd")
    x = [Value(0.5, "x1"), Value(-0.3, "x2")]
    page = explore((model(x) - 1.0) ** 2, depth=1)
    tab = opened(page)
    tab.get_by_text("9 leaves of mlp").click()
    weight = model.layers[0].neurons[1].w[0]
    tab.get_by_role("button", name=f"{weight.label}: its gradient").click()
    expect(tab.locator("#chosen-title")).to_have_text(weight.label)
    field(tab, weight.label).fill("0.7")
    field(tab, weight.label).press("Enter")
    weight.data = 0.7
    loss = (model(x) - 1.0) ** 2
    name = tab.locator("#now").text_content().split(" = ")[0]
    assert float(tab.evaluate(NUMBERS)[name][0]) == pytest.approx(loss.data, rel=1e-12)
    shown = tab.locator("#panel dd.gradient").first.text_content().replace("−", "-")
    assert float(shown) == pytest.approx(gradients(loss, weight), rel=1e-12)
    again = opened(page, tab.evaluate("location.hash"))
    expect(again.locator("#chosen-title")).to_have_text(weight.label)
    assert again.evaluate(NUMBERS) == tab.evaluate(NUMBERS)
    tab.get_by_role("button", name="Reset").click()
    assert page.values[weight.label] == float(field(tab, weight.label).input_value())


def test_texts_of_a_folded_module_stay_in_its_box(opened):
    tab = opened(explore(nn.MLP(2, [3, 1])([Value(0.5, "x1"), Value(-0.3, "x2")]) ** 2, depth=1))
    assert tab.evaluate("""() => {
      const box = document.querySelector("#m0 path").getBoundingClientRect();
      return [...document.querySelectorAll("#m0 text")].every((text) => {
        const { left, right } = text.getBoundingClientRect();
        return left >= box.left && right <= box.right;
      });
    }""")


def test_numbers_along_an_axis_differ_also_where_the_output_hardly_does(opened):
    tab = opened(explore("s=w1*x1+w2*x2+b; o=sigmoid(s); (o-y)**2/2", w1=1, x1=2, w2=3, x2=4, b=5, y=6))
    *heights, name = tab.locator("#figure text[text-anchor=end]").all_text_contents()
    assert name == "w1" and heights[0] == "12.5" and len({*heights}) == len(heights) > 2
    assert all(text.startswith("+") for text in heights[1:])


def test_the_page_fits_a_phone(opened):
    tab = opened(explore("s=w1*x1+w2*x2+b; o=sigmoid(s); (o-y)**2/2", w1=1, x1=2, w2=3, x2=4, b=5, y=6), width=400)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400
    assert tab.evaluate("document.getElementById('stage').scrollWidth > 400")           # the graph scrolls in its frame


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    tab = opened(explore("x=a+b; max([x*c, relu(-a)]) - 1e-7*b", **START), color_scheme=scheme)
    field(tab, "a").fill("x")
    field(tab, "a").press("Enter")
    assert violations(tab) == []


def test_hostile_labels_are_texts(opened):
    name = '<img src=x onerror="alert(1)">\u202e</script>'
    a = Value(2.0, name)
    tab = opened(explore(at.sin(a) * a))
    assert tab.locator("img").count() == 0
    expect(tab.locator("#chosen-title")).to_contain_text("<img src=x")
