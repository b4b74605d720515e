"""The players in a real browser: what a person sees at each step, by mouse, by keyboard and on a phone."""
import random

import pytest

import autograd_tiny as at
from autograd_tiny import Value, gradients, nn, topological_order
from autograd_tiny.show.film.player import play
from autograd_tiny.show.names import plain, readable
from autograd_tiny.show.theme import LIGHT
from references.show.accessibility import violations
from references.worked_examples import example_a

READ = """([value, gradient]) => {
  const texts = {}, both = (text) => [text.textContent, text.dataset.exact ?? null];
  for (const group of document.querySelectorAll("#stage g.node")) {
    const lines = [...group.querySelectorAll("text")];
    if (/^[nm]/.test(group.id)) {
      for (const [name, colour] of [["value", value], ["gradient", gradient]]) {
        const line = lines.find((text) => text.getAttribute("fill") === colour);
        if (line) texts[`${group.id} ${name}`] = both(line);
      }
    } else if (/^d/.test(group.id)) texts[`${group.id} local derivative`] = both(lines[0]);
    else if (/^c/.test(group.id)) texts[`${group.id} constant`] = both(lines[0]);
  }
  const table = {};
  for (const row of document.querySelectorAll("tbody tr")) {
    const [value, gradient] = row.querySelectorAll("td");
    table[`${row.id.replace("row-", "")} value`] = value.textContent;
    table[`${row.id.replace("row-", "")} gradient`] = gradient.textContent;
  }
  return {
    texts, table, says: document.getElementById("says").textContent,
    total: document.querySelector("#says .total").textContent,
    count: document.getElementById("count").textContent, loss: document.getElementById("loss")?.dataset.exact,
  };
}"""                 # by the colours of the lines in a box, and not by the marks that the player goes by

WIDER = """[...document.querySelectorAll("#stage g.node[id^=n]")].filter((group) => {
  const frame = group.querySelector("path").getBBox();
  return [...group.querySelectorAll("text")].some((text) => text.getBBox().width > frame.width);
}).map((group) => group.textContent)"""         # the boxes that are too narrow for a line


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a player; afterwards there must have been no error on any page."""
    pages, complaints = [], []

    def open_player(player, width=1200, stopped_clock=False, **media):
        page = browser.new_page()
        page.set_default_timeout(10_000)
        if stopped_clock:                               # the test moves it on: nothing depends on how busy a machine is
            page.clock.install(time=0)
            page.clock.pause_at(1000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if "http" in request.url else None)
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(**{"reduced_motion": "reduce", **media})
        page.goto(player.save(tmp_path / f"film{len(pages)}.html").as_uri())
        pages.append(page)
        return page

    yield open_player
    browser.clock.resume()                  # the clock is that of all pages, also of those that later tests open
    for page in pages:
        page.close()
    assert complaints == []


def network():
    random.seed(1)
    return nn.MLP(2, [3, 1], activation="tanh")


def sample_loss(model):
    return (model([Value(0.5, "x1"), Value(-0.3, "x2")]) - 1.0) ** 2


def read(page):
    return page.evaluate(READ, [LIGHT.value, LIGHT.gradient])


def states(player):
    """The contents of the slots after each step, by the names that READ gives them."""
    known, found = {}, []
    for step in player.film.steps:
        known = known | {" ".join(shown.slot): shown for shown in step.shows}
        found.append(known)
    return found


def check(page, player, k):
    """The page is at step k, with its sentence and with all its numbers."""
    seen, known, step = read(page), states(player)[k], player.film.steps[k]
    assert seen["says"] == step.says
    assert step.says.endswith(step.total) and seen["total"] == step.total
    assert seen["count"] == f"{k} / {len(player.film.steps) - 1}"
    for slot, (text, exact) in seen["texts"].items():
        shown = known.get(slot)
        if shown is None or shown.text is None:
            empty = "∂" if slot.endswith("local derivative") else ""
            assert (text, exact) == (empty, None) or (slot.endswith("constant") and shown is None), slot
        elif shown.number is None:
            assert text == shown.text
        else:
            assert text == shown.text == readable(shown.number, 4)
            assert float(exact) == shown.number
    for slot, text in seen["table"].items():
        assert text == (known[slot].text if slot in known and known[slot].text else "")
    if step.losses:
        assert float(seen["loss"]) == player.film.losses[step.losses - 1]
    return seen


def jump(page, k):
    page.evaluate(
        "k => { const s = document.getElementById('slider'); s.value = k;"
        "s.dispatchEvent(new Event('input')) }",
        k,
    )


def inert(page):
    """The buttons that have nothing to do where the film stands."""
    return page.evaluate("""[...document.querySelectorAll("button[aria-disabled=true]")].map((e) => e.id)""")


def test_buttons_lead_to_the_end_and_back_with_the_numbers_of_the_engine(opened):
    f = example_a()["f"]
    player = play(f)
    page = opened(player)
    last = len(player.film.steps) - 1
    for k in range(last):
        check(page, player, k)
        page.click("#forth")
    seen = check(page, player, last)
    for place, value in enumerate(topological_order(f)):
        assert seen["texts"][f"n{place} value"][0] == readable(value.data, 4)
        assert float(seen["texts"][f"n{place} gradient"][1]) == gradients(f, value)
    assert inert(page) == ["forth", "last"]
    for k in reversed(range(last)):
        page.click("#back")
        check(page, player, k)
    assert inert(page) == ["first", "back"]
    page.click("#last")
    check(page, player, last)
    page.click("#first")
    check(page, player, 0)


def test_keys_lead_to_the_end_and_back(opened):
    loss = sample_loss(network())
    player = play(loss)
    page = opened(player)
    last = len(player.film.steps) - 1
    for k in range(1, last + 1):
        page.keyboard.press("ArrowRight")
        check(page, player, k)
    seen = read(page)
    for place, value in enumerate(topological_order(loss)):
        assert float(seen["texts"][f"n{place} gradient"][1]) == gradients(loss, value)
    page.keyboard.press("ArrowLeft")
    check(page, player, last - 1)
    page.keyboard.press("Home")
    check(page, player, 0)
    page.keyboard.press("End")
    check(page, player, last)


@pytest.mark.parametrize("button, far", [("forth", 11), ("last", 11), ("back", 0), ("first", 0)])
def test_a_button_keeps_the_focus_at_the_ends(opened, button, far):
    page = opened(play(example_a()["f"]))
    jump(page, abs(far - 1))
    page.focus(f"#{button}")
    for key in ("Enter", "Enter", " "):                     # the last two have nothing left to do
        page.keyboard.press(key)
        assert page.inner_text("#count") == f"{far} / 11"
        assert page.evaluate("document.activeElement.id") == button
    assert button in inert(page)
    faded, usual = (
        float(page.evaluate(f"getComputedStyle(document.getElementById('{name}')).opacity"))
        for name in (button, "play")
    )
    assert faded < usual == 1.0


@pytest.mark.parametrize("is_wide, by, scrolls", [(1, "key", True), (1, "mouse", False), (0, "key", False)])
def test_arrows_scroll_a_wide_graph_that_the_keyboard_reached_and_else_lead_on(opened, is_wide, by, scrolls):
    player = play(sample_loss(network()) if is_wide else example_a()["f"])
    page = opened(player, width=600 if is_wide else 1200)
    if by == "mouse":
        page.click("#stage")
    while page.evaluate("document.activeElement.id") != "stage":
        page.keyboard.press("Tab")
    before = page.evaluate("document.getElementById('stage').scrollLeft")
    page.keyboard.press("ArrowRight")
    if scrolls:
        page.wait_for_function("x => document.getElementById('stage').scrollLeft > x", arg=before)
    check(page, player, 0 if scrolls else 1)


def test_the_slider_jumps_to_any_step(opened):
    player = play(sample_loss(network()), depth=2)
    page = opened(player)
    order = list(range(len(player.film.steps))) * 2
    random.Random(1).shuffle(order)
    for k in order:
        jump(page, k)
        check(page, player, k)
        assert page.get_attribute("#slider", "aria-valuetext").startswith(f"step {k} of ")
    page.focus("#slider")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    check(page, player, 1)


def test_it_plays_to_the_end_and_pauses(opened):
    player = play(example_a()["f"])
    page = opened(player, stopped_clock=True, reduced_motion="no-preference")
    assert page.inner_text("#play").strip() == "Play"
    page.clock.run_for(60_000)
    check(page, player, 0)                          # it doesn't begin by itself
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert page.input_value("#speed") == "4"
    page.keyboard.press("-")
    assert page.input_value("#speed") == "2"
    page.keyboard.press("+")
    page.keyboard.press(" ")
    assert page.inner_text("#play").strip() == "Pause"
    page.clock.run_for(130)                         # the first step after 0.5 s / 4
    check(page, player, 1)
    page.clock.run_for(390)                         # the others after 1.6 s / 4 each
    check(page, player, 1)
    page.clock.run_for(20)
    check(page, player, 2)
    page.click("#play")
    page.clock.run_for(60_000)
    check(page, player, 2)
    assert page.inner_text("#play").strip() == "Play"
    jump(page, 9)
    page.keyboard.press(" ")
    page.clock.run_for(60_000)
    assert page.inner_text("#play").strip() == "Play"
    check(page, player, 11)


def test_a_training_film_has_the_losses_of_the_loop_written_by_hand(opened):
    model = network()
    player = play(model, [0.5, -0.3], [1.0], steps=3, lr=0.1)
    losses = []
    for _ in range(4):
        model.zero_grad()
        loss = nn.losses.squared_error(model([0.5, -0.3]), [1.0])
        loss.backward()
        losses.append(loss.data)
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    assert losses == player.film.losses
    page = opened(player)
    for k in [*range(len(player.film.steps)), 3, 7, 0]:
        jump(page, k)
        check(page, player, k)
        moves = [step.lines for step in player.film.steps[: k + 1] if step.lines]
        assert page.locator("#moves li").all_inner_texts() == (moves[-1] if moves else [])
    jump(page, len(player.film.steps) - 1)
    assert page.inner_text("#loss") == f"loss after 3 updates: {readable(losses[-1], 4)}"
    assert len(page.get_attribute("#line", "points").split()) == 4


def test_the_lit_parts_are_those_of_the_step_and_in_view(opened):
    loss = sample_loss(network())
    player = play(loss)
    page = opened(player, width=400)
    for k in range(0, len(player.film.steps) - 1, 3):
        jump(page, k)
        step = player.film.steps[k]
        lit = page.evaluate("[...document.querySelectorAll('#stage .lit')].map(e => e.id)")
        assert set(lit) == set(step.lit)
        if step.lit:
            inside = page.evaluate("""id => {
              const frame = (id) => document.getElementById(id).getBoundingClientRect();
              const box = frame(id), stage = frame("stage");
              return box.left >= stage.left - 1 && box.right <= stage.right + 1
                && box.top >= stage.top - 1 && box.bottom <= stage.bottom + 1;
            }""", step.lit[0])
            assert inside, step.says


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1200])
def test_nothing_is_wider_than_the_page_and_text_can_be_read(opened, scheme, width):
    players = [
        play(sample_loss(network())), play(network(), [0.5, -0.3], [1.0], steps=2),
        play(Value(1.0, "a" * 10_000) * Value(123456789.123, "w" * 31)),
    ]
    for player in players:
        page = opened(player, width, color_scheme=scheme)
        page.evaluate("document.getElementById('table').open = true")
        for k in (0, len(player.film.steps) // 2, len(player.film.steps) - 1):
            jump(page, k)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 24, 29)")
        box = page.evaluate("getComputedStyle(document.querySelector('#n0 path')).fill")
        assert box in (ground, "rgb(34, 41, 50)", "rgb(243, 244, 246)")
        assert page.evaluate(WIDER) == []


SIZE = """() => {
  const stage = document.getElementById("stage"), picture = stage.querySelector("svg");
  return [
    (picture.getBoundingClientRect().width * 0.75) / Number(picture.getAttribute("viewBox").split(" ")[2]),
    stage.scrollWidth <= stage.clientWidth && stage.scrollHeight <= stage.clientHeight,
  ];
}"""                                # the scale of the picture, and whether all of it can be seen


def test_a_film_opens_with_the_whole_graph_if_its_type_can_be_read(opened):
    random.seed(1)
    model = nn.MLP(2, [3, 2, 1], activation="tanh")
    row, training = play(sample_loss(model), depth=2), play(network(), [0.5, -0.3], [1.0], steps=2)
    for player in (row, training):
        page = opened(player)
        scale, is_whole = page.evaluate(SIZE)
        assert is_whole and 0.5 <= scale < 0.65
        page.click("#whole")
        assert page.evaluate(SIZE) == [pytest.approx(1.0, abs=0.001), False]
        page.click("#whole")
        assert page.evaluate(SIZE) == [pytest.approx(scale), True]
        page = opened(player, 400)
        assert page.evaluate(SIZE) == [pytest.approx(1.0, abs=0.001), False]
        page.click("#whole")
        assert page.evaluate(SIZE)[1]
    assert opened(play(example_a()["f"])).is_hidden("#whole")


def test_a_training_scrolls_nothing_and_a_pass_no_further_than_it_must(opened):
    training, one_pass = play(network(), [0.5, -0.3], [1.0], steps=2), play(sample_loss(network()))
    page = opened(training, 400)
    page.evaluate("document.getElementById('stage').scrollTo(123, 45)")
    where = "(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop])(document.getElementById('stage'))"
    for k in range(len(training.film.steps)):
        jump(page, k)
        assert page.evaluate(where) == [123, 45]
    page, moved = opened(one_pass, 400), 0
    for k, step in enumerate(one_pass.film.steps):
        before = page.evaluate(where)[0]
        jump(page, k)
        way = page.evaluate(where)[0] - before
        moved += way != 0
        rooms = page.evaluate("""([ids, side]) => {
          const at = (id) => document.getElementById(id).getBoundingClientRect()[side];
          return [...ids.map((id) => Math.abs(at(id) - at("stage"))), 999];
        }""", [step.lit[:1] + step.near, "right" if way > 0 else "left"])
        assert way == 0 or min(rooms) < 35, "what comes into view stops near the edge that it came from"
    assert moved > 5


@pytest.mark.parametrize("width", [400, 1200])
def test_names_and_numbers_in_the_table_stand_on_one_line(opened, width):
    page = opened(play(network(), [0.5, -0.3], [1.0], steps=2), width)
    page.evaluate("document.getElementById('table').open = true")
    jump(page, 2)
    heights = page.evaluate("""[...document.querySelectorAll("th, td:not(.f)")].map((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return text.getBoundingClientRect().height;
    })""")
    assert max(heights) < 30
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ends = page.evaluate("""[...document.querySelectorAll(".scroll, tbody td:not(.f)")].map(
      (box) => box.getBoundingClientRect().right
    )""")
    assert max(ends) == ends[0], "the numbers need no scrolling"


def test_the_axis_has_room_for_a_loss_of_any_size(opened):
    neuron = nn.Neuron(1, activation="linear")
    neuron.w[0].data, neuron.b.data = 1.0, 0.0
    player = play(neuron, [5.0], -1.0, steps=60, lr=9.87)
    assert any(1e100 < loss < float("inf") for loss in player.film.losses)
    page = opened(player, 400)
    assert page.evaluate("""["high", "low"].every((id) => {
      const text = document.getElementById(id).getBBox();
      return text.width > 0 && text.x >= 0;
    })""")
    assert len(page.text_content("#high")) > 9


def test_numbers_that_become_longer_stay_inside_of_their_boxes(opened):
    neuron = nn.Neuron(1, activation="linear")
    neuron.w[0].data, neuron.b.data = 1.0, 0.0
    player = play(neuron, [1.0], 0.0, steps=3, lr=0.0123)
    page = opened(player)
    for k in range(len(player.film.steps)):
        jump(page, k)
        assert page.evaluate(WIDER) == []
        check(page, player, k)


def test_the_theme_can_be_chosen(opened):
    page = opened(play(example_a()["f"]), color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    white, dark = "rgb(255, 255, 255)", "rgb(20, 24, 29)"
    for said, colour in (("light", white), ("dark", dark), ("auto", white)):
        page.click("#theme")
        assert page.inner_text("#theme") == f"Theme: {said}"
        assert page.evaluate(ground) == colour


def test_reduced_motion_moves_nothing(opened):
    for wish, moving in (("reduce", 0), ("no-preference", 1)):
        page = opened(play(example_a()["f"]), reduced_motion=wish)
        jump(page, 6)
        page.keyboard.press("ArrowRight")
        assert (page.evaluate("document.getAnimations().length") > 0) == moving


def test_everything_that_can_be_used_has_a_name_and_is_reached_by_the_keyboard(opened):
    page = opened(play(network(), [0.5, -0.3], [1.0], steps=2))
    names = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate("""() => {
          const e = document.activeElement;
          const outlined = getComputedStyle(e).outlineStyle !== "none";
          const label = e.getAttribute("aria-label") || e.closest("label")?.textContent || e.textContent;
          return e === document.body ? null : [e.id || e.tagName, Boolean(label.trim()) && outlined];
        }""")
        if name is None:
            break
        names.append(name)
    assert all(is_fine for _, is_fine in names)
    reached = {name for name, _ in names}
    page.keyboard.press("Home")
    assert {"theme", "stage", "play", "forth", "last", "slider", "speed", "SUMMARY"} <= reached
    assert page.get_attribute("#says", "aria-live") == "polite"
    assert page.get_attribute("#stage svg", "role") == "img"


def test_labels_are_shown_and_not_run(opened):
    labels = [
        "<script>window.pwned=1</script>", "</script><script>window.pwned=1</script>",
        "\\\"'`${window.pwned=1}",
        '"><img src=x onerror=window.pwned=1>', "🐍👩‍🔬", "x" * 10_000, "</title><svg onload=window.pwned=1>",
    ]
    values = [Value(float(i), label) for i, label in enumerate(labels)]
    total = at.sum([value * value for value in values])
    player = play(total)
    page = opened(player)
    for k in range(len(player.film.steps)):
        jump(page, k)
        check(page, player, k)
    assert page.evaluate("typeof window.pwned") == "undefined"
    shown = page.locator("tbody th").all_text_contents()
    assert set(map(plain, labels)) <= set(shown)
    assert page.locator("#stage img, #stage script, tbody img, tbody script").count() == 0


def test_a_player_works_inside_of_a_notebooks_frame(browser, tmp_path):
    player = play(example_a()["f"])
    path = tmp_path / "notebook.html"
    path.write_text(f'<!DOCTYPE html><meta charset="utf-8"><body>{player._repr_html_()}', encoding="utf-8")
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("#last").click()
    assert frame.locator("#says").inner_text() == player.film.steps[-1].says
    page.close()
    assert errors == []


def test_a_frame_is_as_high_as_its_page_and_as_dark_as_the_notebook_around_it(browser):
    page = browser.new_page()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 900, "height": 700})
    films = play(example_a()["f"]), play(sample_loss(network()), depth=2)
    frames = "".join(film._repr_html_().replace('loading="lazy"', "") for film in films)
    page.set_content(f'<!DOCTYPE html><body data-jp-theme-light="false">{frames}</body>')
    fits = "() => Math.abs(innerHeight - document.body.getBoundingClientRect().height) < 1.5"
    for film, element in zip(films, page.query_selector_all("iframe"), strict=True):
        inside = element.content_frame()
        element.scroll_into_view_if_needed()            # what cannot be seen is not measured
        inside.wait_for_function("() => document.documentElement.dataset.around === 'dark'")
        assert inside.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
        inside.evaluate("document.getElementById('table').open = true")
        inside.wait_for_function(fits)
        inside.evaluate("document.getElementById('table').open = false")
        inside.wait_for_function(fits)
        content = inside.evaluate("document.body.getBoundingClientRect().height")
        assert content == pytest.approx(film.height, abs=40)            # at first, before any script runs
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    inside.wait_for_function("() => document.documentElement.dataset.around === 'light'")
    inside.evaluate("document.getElementById('theme').click(); document.getElementById('theme').click()")
    assert inside.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    page.close()


def test_a_frame_says_no_height_before_it_has_a_width(browser):
    """Out of sight a frame may be loaded before it is laid out; each letter then has a line of its own."""
    page = browser.new_page()
    page.set_content(
        '<!DOCTYPE html><script>told = []; '
        'addEventListener("message", ({data}) => told.push(data.autograd_tiny_height))</script>'
        f'<div id="around" style="width: 0">{play(example_a()["f"])._repr_html_()}</div>'
    )
    inside = page.query_selector("iframe").content_frame()
    inside.wait_for_load_state("load")
    inside.evaluate("() => new Promise((done) => setTimeout(done))")
    page.evaluate("document.getElementById('around').style.width = '900px'")
    inside.wait_for_function("() => Math.abs(innerHeight - document.body.getBoundingClientRect().height) < 1.5")
    content = inside.evaluate("document.body.getBoundingClientRect().height")
    told = page.evaluate("told.filter((height) => height)")
    assert told and max(told) < 1.5 * content
    page.close()


def test_hundreds_of_steps_are_quick_to_jump_through(opened):
    rng = random.Random(3)
    values = [Value(rng.uniform(-1, 1), f"p{i}") for i in range(8)]
    while len(values) < 150:
        p, q = rng.choices(values[-12:], k=2)
        values.append(rng.choice([p + q, p * q, p.tanh(), p.maximum(q)]))
    used = {x for value in values for x in value.operands}
    player = play(at.sum([value for value in values if value not in used]))
    page = opened(player)
    last = len(player.film.steps) - 1
    assert last > 300
    for k in (last, 0, last // 2, last - 1, 7):
        jump(page, k)
        check(page, player, k)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    for player in (play(example_a()["f"]), play(network(), [0.5, -0.3], [1.0], steps=2)):
        page = opened(player, color_scheme=scheme)
        page.click("#last")
        page.evaluate("document.getElementById('table').open = true")
        assert violations(page) == []
