"""The film of a training on a data set, in a real browser: its numbers are the engine's, and each weight has them."""
import random
import re

import numpy as np
import pytest
from references.show.accessibility import violations

from autograd_tiny import nn, play

X = np.random.default_rng(0).uniform(-1.0, 1.0, (40, 2))
RING = ((X**2).sum(axis=1) < 0.5).astype(int)


def mlp(*sizes, activation="tanh"):
    return nn.MLP(sizes[0], list(sizes[1:]), activation=activation, rng=random.Random(1))


@pytest.fixture(scope="module")
def film():
    return play(mlp(2, 4, 1), X, RING, loss="binary_cross_entropy", lr=0.5, epochs=12, digits=15)


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a film; afterwards there must have been no error on any page."""
    pages, complaints = [], []

    def open_film(player, width=1200, **media):
        page = browser.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(**media)
        page.goto(player.save(tmp_path / f"film{len(pages)}.html").as_uri())
        pages.append(page)
        return page

    yield open_film
    for page in pages:
        page.close()
    assert complaints == []


def number(text):
    return float(text.replace("−", "-"))


def go(page, k):
    page.get_by_role("slider").fill(str(k))


def test_the_numbers_are_those_of_the_engine(opened, film):
    page, course = opened(film), film.course
    parameters = course.loss_tape.parameters
    names = page.locator("select[aria-label='Weight or bias'] option").all_inner_texts()[1:]
    for k, p, sample in ((0, 0, 1), (5, 7, 3), (12, len(parameters) - 1, 40), (7, 12, 8)):
        go(page, k)
        page.select_option("select[aria-label='Weight or bias']", str(p))
        page.get_by_label("Sample").fill(str(sample))
        for parameter, x in zip(parameters, course.numbers[k], strict=True):
            parameter.data = float(x)
        gradient = course.loss_tape.value_and_grad(course.rows)[1]
        of_sample = course.loss_tape.value_and_grad(course.rows[sample - 1 : sample])[1]
        facts = page.locator(".details dd").all_inner_texts()
        assert page.locator(".details dt").first.inner_text() == names[p]
        assert number(facts[0]) == pytest.approx(course.numbers[k][p], rel=1e-13)
        assert number(facts[1]) == pytest.approx(gradient[p], rel=1e-12)
        if k < 12:
            assert number(facts[2].split(" = ")[-1]) == pytest.approx(course.numbers[k + 1][p], rel=1e-12)
            update = re.split(" − | · ", facts[2].split(" = ")[0], maxsplit=2)
            old, rate, slope = (number(x.strip("()")) for x in update)
            assert old - rate * slope == pytest.approx(course.numbers[k + 1][p], rel=1e-12)
        chain = page.locator(".chain li").all_inner_texts()
        assert number(chain[0].split(" = ")[-1]) == pytest.approx(of_sample[p], rel=1e-12)
        products = [line for line in chain if line.count(" = ") > 1 and "a sum over" not in line]
        assert products
        for line in products:
            left, right = (number(x.strip("()")) for x in line.split(" = ")[-2].split(" · "))
            assert left * right == pytest.approx(number(line.split(" = ")[-1]), rel=1e-12)
        says = page.locator(".says").inner_text()
        assert number(says.split("loss ")[1].split(",")[0]) == pytest.approx(course.losses[k], rel=1e-12)
        right = ((course.output_tape(X) > 0.0) == RING).sum()
        assert f"{right} of 40 right" in says


def test_a_derivation_ends_at_the_output_and_not_inside_the_loss(opened, film):
    page, course = opened(film), film.course
    for p, _ in enumerate(course.loss_tape.parameters):
        page.select_option("select[aria-label='Weight or bias']", str(p))
        chain = page.locator(".chain li").all_inner_texts()
        for parameter, x in zip(course.loss_tape.parameters, course.numbers[0], strict=True):
            parameter.data = float(x)
        expected = 1.0 / (1.0 + np.exp(-course.output_tape(X[:1])[0])) - RING[0]
        assert chain[-1].startswith("∂loss/∂output = ") and chain[-1].endswith(", the derivative of the loss")
        assert number(chain[-1].split(" = ")[1].split(",")[0]) == pytest.approx(float(np.squeeze(expected)), rel=1e-12)
        assert sum("∂loss/∂output =" in line for line in chain) == 1


def test_a_training_that_diverged_says_why_on_demand_and_its_numbers_fit_into_the_units(opened):
    player = play(mlp(2, 4, 1, activation="relu"), X, 1e3 * RING, lr=50.0, epochs=120)
    page = opened(player)
    assert len(player.course.ended) > 0 and np.abs(player.course.numbers).max() > 1e100
    reason = page.get_by_text(player.course.ended)
    assert not reason.is_visible()
    page.get_by_text("Training ended early").click()
    assert reason.is_visible()
    page.keyboard.press("End")
    widths = page.evaluate("""[...document.querySelectorAll(".network .biased")].map((unit) => [
      unit.querySelector("text").getComputedTextLength(), 2 * unit.querySelector("circle").r.baseVal.value,
      unit.querySelector("text").textContent])""")
    assert any("e" in text for *_, text in widths)
    assert all(text < circle for text, circle, _ in widths), widths


def test_keys_buttons_a_click_on_a_weight_and_on_a_sample(opened, film):
    page = opened(film)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator(".count").inner_text() == "epoch 2 of 12"
    page.get_by_label("One epoch back").click()
    assert page.locator(".count").inner_text() == "epoch 1 of 12"
    page.keyboard.press("End")
    assert page.get_by_label("One epoch forward").get_attribute("aria-disabled") == "true"
    line = page.locator(".network .target").nth(1)
    line.dispatch_event("click")
    chosen = page.locator("select[aria-label='Weight or bias'] option:checked").inner_text()
    assert chosen == line.locator("title").text_content()
    page.locator(".marks path").nth(6).dispatch_event("click")
    assert page.get_by_label("Sample").input_value() == "7"
    assert f"x1 = {X[6, 0]:.6f}"[:8].replace("-", "−") in page.locator(".details").inner_text()
    page.get_by_role("button", name="gradients").click()
    assert page.get_by_role("button", name="gradients").get_attribute("aria-pressed") == "true"


def test_a_weight_is_as_thick_as_it_is_large_and_has_the_colour_of_its_sign(opened, film):
    page, course = opened(film), film.course
    largest = max(np.abs(numbers).max() for numbers in course.numbers)
    for k in (0, 12):
        go(page, k)
        lines = page.evaluate("""[...document.querySelectorAll(".network .weight")].map((line, i) => [
          document.querySelectorAll(".network .target title")[i].textContent,
          Number(line.getAttribute("stroke-width")), line.dataset.sign])""")
        place = {p.label: i for i, p in enumerate(course.loss_tape.parameters)}
        for name, width, sign in lines:
            x = course.numbers[k][place[name]]
            assert sign == ("+" if x > 0 else "−")
            assert width == pytest.approx(max(0.4, 7 * abs(x) / largest), abs=0.006)


def test_the_plane_is_painted_in_the_colours_of_both_themes(opened, film):
    page, painted = opened(film, color_scheme="light"), """() => document.querySelector("canvas").toDataURL()"""
    light = page.evaluate(painted)
    go(page, 12)
    assert page.evaluate(painted) != light
    go(page, 0)
    assert page.evaluate(painted) == light
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({painted})() !== light", arg=light)


@pytest.mark.parametrize("width", [400, 1200])
def test_any_model_and_data_have_a_page_that_is_not_too_wide(opened, width):
    class Product(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Layer(2, 1, rng=random.Random(0))

        def forward(self, x):
            return self.layer(x) * x[0]

    model = mlp(2, 3, 1)
    for neuron in model.layers[0].neurons:
        neuron.b.label = "</script><img src=x onerror=window.pwned=1>" * 20
    films = [
        play(mlp(2, 3, 3), X, np.arange(40) % 3, loss="cross_entropy", epochs=3),
        play(mlp(2, 3, 1), X, X.sum(axis=1), epochs=3), play(mlp(1, 3, 1), X[:, :1], X[:, 0] ** 2, epochs=3),
        play(mlp(4, 30, 3), np.hstack([X, X]), np.arange(40) % 3, loss="cross_entropy", epochs=3),
        play(Product(), X, RING, epochs=3), play(model, X, RING, epochs=3),
    ]
    for player in films:
        page = opened(player, width)
        page.get_by_label("To the end").click()
        page.select_option("select[aria-label='Weight or bias']", "1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".chain li").count() > 0
        assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, film, scheme):
    page = opened(film, color_scheme=scheme)
    go(page, 7)
    page.select_option("select[aria-label='Weight or bias']", "3")
    assert violations(page) == []
