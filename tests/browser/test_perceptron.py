"""The page of one unit in a real browser: by mouse and by keyboard, and no line for XOR."""
import random
import re

import pytest
from references.show.accessibility import violations

from autograd_tiny import perceptron


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page; afterwards there must have been no error on any."""
    pages, complaints = [], []

    def open_page(made, width=1200, **media):
        page = browser.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(**media)
        page.goto(made.save(tmp_path / f"page{len(pages)}.html").as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []


def card(page, name):
    return page.get_by_role("region", name=name)


def weights(page, name):
    state = card(page, name).locator(".state").inner_text()
    return [float(x.replace("−", "-")) for x in re.findall(r"= (\S+?)(?:,|$)", state)]


def test_updates_are_written_out_and_can_be_taken_back(opened):
    page = opened(perceptron(data="and", lr=0.5, digits=15))
    start = weights(page, "The perceptron rule")
    assert start == weights(page, "Gradient descent") == [-0.3, 0.2, 0.1]
    for _ in range(3):
        page.get_by_role("button", name="Step").click()
    assert page.locator(".counter").inner_text() == "Update 3: point 3 of 4, round 1."
    for name in ("The perceptron rule", "Gradient descent"):
        lines = card(page, name).locator(".lines li").all_inner_texts()
        updates = [line for line in lines if "←" in line]
        for line, shown in zip(updates, weights(page, name), strict=bool(updates)):
            old, product = re.split(r" [+−] (?=0\.5)", line.split(" = ")[1])
            number = [float(x.strip("()").replace("−", "-")) for x in [old, *product.split(" · ")]]
            step = number[1] * number[2] * (number[3] if len(number) > 3 else 1.0)
            sign = 1.0 if name == "The perceptron rule" else -1.0
            assert number[0] + sign * step == pytest.approx(shown, rel=1e-12, abs=1e-15)
        assert updates or "right, so nothing changes" in lines[-1]
    for _ in range(3):
        page.get_by_role("button", name="Back").click()
    assert weights(page, "The perceptron rule") == weights(page, "Gradient descent") == start
    assert page.get_by_role("button", name="Back").get_attribute("aria-disabled") == "true"


def test_the_rule_is_done_where_a_line_parts_the_points_and_never_for_xor(opened):
    page = opened(perceptron(data="or"))
    why = card(page, "Can a line do it?")
    for _ in range(15):
        page.get_by_role("button", name="Round").click()
    assert "The perceptron rule is done" in page.locator(".counter").inner_text()
    assert "A line can separate these points" in why.inner_text()
    page.get_by_label("Points", exact=True).select_option("xor")
    assert "No line can separate these points" in why.inner_text() and "w₁ + w₂ + 2b ≤ 0" in why.inner_text()
    assert page.locator(".obstacle").count() == 4
    for _ in range(15):
        page.get_by_role("button", name="Round").click()
    assert "done" not in page.locator(".counter").inner_text()


def test_points_are_added_and_removed_by_mouse_and_by_keyboard(opened):
    page = opened(perceptron([[0.0, 0.0], [2.0, 2.0]], ["no", "yes"]))
    count = page.locator(".unit-plane").first.locator(".point")
    assert count.count() == 2 and page.get_by_role("button", name="class 1: yes").count() == 1
    plane = page.locator(".unit-plane svg[role=application]").first
    box = plane.bounding_box()
    plane.click(position={"x": 0.3 * box["width"], "y": 0.2 * box["height"]})
    assert count.count() == 3
    plane.click(position={"x": 0.3 * box["width"], "y": 0.2 * box["height"]})
    assert count.count() == 2
    page.get_by_role("button", name="class 0").click()
    plane.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert count.count() == 3 and "A point of class no" in page.locator("[aria-live]").last.inner_text()
    page.keyboard.press("Delete")
    assert count.count() == 2
    page.get_by_role("button", name="Clear").click()
    assert count.count() == 0
    assert page.get_by_role("button", name="Step").get_attribute("aria-disabled") == "true"


def test_a_point_changed_on_the_way_leaves_the_lines_and_back_restores_it(opened):
    page = opened(perceptron(data="and"))
    counter, chooser = page.locator(".counter"), page.get_by_label("Points", exact=True)
    points = page.locator(".unit-plane").first.locator(".point")
    for _ in range(5):
        page.get_by_role("button", name="Step").click()
    lines = [weights(page, name) for name in ("The perceptron rule", "Gradient descent")]
    said = counter.inner_text()
    plane = page.locator(".unit-plane svg[role=application]").first
    box = plane.bounding_box()
    plane.click(position={"x": 0.3 * box["width"], "y": 0.6 * box["height"]})
    assert points.count() == 5 and chooser.input_value() == "own"
    assert lines == [weights(page, name) for name in ("The perceptron rule", "Gradient descent")]
    assert counter.inner_text().startswith("The points were changed: the lines stay")
    page.get_by_role("button", name="Step").click()
    for _ in range(2):
        page.get_by_role("button", name="Back").click()
    assert points.count() == 4 and chooser.input_value() == "and" and counter.inner_text() == said
    assert lines == [weights(page, name) for name in ("The perceptron rule", "Gradient descent")]
    for _ in range(5):
        page.get_by_role("button", name="Back").click()
    assert counter.inner_text() == "Both begin with the same line."


def test_before_the_first_update_the_rules_stand_there_in_symbols(opened):
    page = opened(perceptron(data="xor"))
    descent = card(page, "Gradient descent").locator(".lines")
    assert "w₁ ← w₁ + η (t − y) · x₁" in card(page, "The perceptron rule").locator(".lines").inner_text()
    assert "∂loss/∂z = 2 (h − t) · h (1 − h)" in descent.inner_text()
    page.get_by_label("Loss of gradient descent").select_option("crossEntropy")
    assert "∂loss/∂z = h − t" in descent.inner_text()
    page.evaluate("document.fonts.ready")
    below = card(page, "Can a line do it?").bounding_box()["y"]
    page.get_by_role("button", name="Step").click()
    assert abs(card(page, "Can a line do it?").bounding_box()["y"] - below) < 1.0     # nothing jumps


def test_what_a_second_layer_can_do_is_said_of_the_points_at_hand(opened):
    xor, same = opened(perceptron(data="xor")), opened(perceptron([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]], [0, 1, 1]))
    assert "A second layer of units can separate the points." in card(xor, "Can a line do it?").inner_text()
    why = card(same, "Can a line do it?").inner_text()
    assert "second layer" not in why and "two points of different classes are at the same place" in why
    same.get_by_role("button", name="Clear").click()
    assert "There are no points yet." in card(same, "Can a line do it?").inner_text()


def test_the_range_of_the_rate_comes_back_with_a_rate_inside_it(opened):
    page = opened(perceptron())
    slider = page.get_by_role("slider", name="η, the learning rate")
    rate = page.get_by_role("textbox", name="η, the learning rate, exactly")
    for text, expected in (("0.02", [0.01, 1]), ("3", [-10, 10]), ("0.5", [0.01, 1])):
        rate.fill(text)
        rate.press("Enter")
        assert [float(slider.get_attribute(end)) for end in ("min", "max")] == expected


def test_what_is_refused_is_seen_until_something_else_succeeds(opened):
    rng = random.Random(0)
    page = opened(perceptron([[rng.random(), 0.5 * rng.random()] for _ in range(200)], [0, 1] * 100))
    notice, rate = page.get_by_role("status"), page.get_by_role("textbox", name="η, the learning rate, exactly")
    for text, says in (("-1", "must be above 0, not −1"), ("0", "must be above 0, not 0"), ("x", "a finite number")):
        rate.fill(text)
        rate.press("Enter")
        assert says in notice.inner_text() and notice.is_visible() and rate.input_value() == "0.1"
        rate.fill("0.1")
        assert notice.text_content() == ""
        rate.press("Enter")
    plane = page.locator(".unit-plane svg[role=application]").first
    box = plane.bounding_box()
    plane.click(position={"x": 0.5 * box["width"], "y": 0.05 * box["height"]})
    assert "200 points at most" in notice.inner_text() and notice.is_visible()
    page.get_by_role("button", name="Step").click()
    assert notice.text_content() == ""


def test_a_rate_that_diverges_is_said_and_the_last_finite_weights_stay(opened):
    page = opened(perceptron([[1e6, 0.0], [-1e6, 1.0], [1e6, 1.0]], [0, 1, 1], lr=1e305))
    for _ in range(6):
        page.get_by_role("button", name="Round").click()
    assert "a smaller rate helps" in page.locator(".counter").inner_text()
    assert "inf" not in card(page, "The perceptron rule").locator(".state").inner_text()


@pytest.mark.parametrize("width", [400, 1200])
def test_hostile_names_are_shown_and_nothing_is_too_wide(opened, width):
    name = "</script><img src=x onerror=window.pwned=1>" * 3
    page = opened(perceptron([[0.0, 0.0], [2.0, 2.0]], ["a", name]), width)
    page.get_by_role("button", name="Step").click()
    page.get_by_label("Loss of gradient descent").select_option("crossEntropy")
    page.get_by_role("button", name="Step").click()
    page.get_by_role("button", name="Step").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.pwned") is None
    assert "loss = −log h" in card(page, "Gradient descent").locator(".lines").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    page = opened(perceptron(data="xor"), color_scheme=scheme)
    page.get_by_role("button", name="Step").click()
    assert violations(page) == []
