"""The playground by keyboard and for screen readers, in a real browser."""
import re

import pytest
from playwright.sync_api import expect
from references.show.accessibility import violations
from references.show.playgrounds import FRAME, STILL, notice, settings, tabs


@pytest.fixture
def opened(browser, tmp_path):
    yield from tabs(browser, tmp_path)


def test_the_name_of_each_control_holds_its_visible_text(opened):
    tab = opened(fragment="#v1&data=own")
    named = "(each) => [each.innerText.trim(), each.getAttribute('aria-label')]"
    for button in tab.locator("button[aria-label]").all():
        text, name = button.evaluate(named)
        assert not re.search(r"\w", text) or text in name


def test_the_keys_of_the_classes_are_heard_beside_the_points_alone(opened):
    tab = opened(fragment="#v1&data=own")
    pressed = tab.locator("#data [aria-pressed=true]")
    for control, key, chosen in [
        (tab.locator("#reset"), "1", 0), (tab.locator(".plane .front"), "2", 2),
        (tab.get_by_role("slider", name="Learning rate", exact=True), "3", 2),
        (tab.get_by_role("button", name="Class 0"), "3", 3),
    ]:
        control.focus()
        tab.keyboard.press(key)
        expect(pressed).to_have_text(f"Class {chosen}")


def test_points_and_samples_are_chosen_in_the_plane_by_keys(opened):
    tab = opened(fragment="#v1&data=own&test=0&points=1_1_0~-1_1_1")
    plane, said = tab.locator(".plane .front"), tab.locator("#progress")
    plane.focus()
    for key in ["ArrowUp"] * 5 + ["ArrowLeft"] * 5:                                  # by a twentieth of four
        tab.keyboard.press(key)
    expect(said).to_have_text("−1, 1: sample 2")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("spinbutton", name="Sample")).to_have_value("2")
    tab.keyboard.press("3")
    tab.keyboard.press("ArrowDown")
    expect(said).to_have_text("−1, 0.8")
    tab.keyboard.press("Enter")
    assert settings(tab)["points"] == [[1, 1, 0], [-1, 1, 1], [-1, 0.8, 3]]
    for _ in range(30):
        tab.keyboard.press("ArrowLeft")
    expect(said).to_have_text("−2, 0.8")                                             # the edge


def test_keys_lead_from_weight_to_weight_and_a_screen_reader_hears_each(opened):
    tab = opened(fragment="#v1&layers=3.maxout~2.tanh", width=400)
    tab.locator("canvas.network").focus()
    for key, name in [
        ("ArrowDown", "layer1.piece1.neuron1.w[1]"), ("PageDown", "layer1.piece1.neuron2.w[1]"),
        ("ArrowDown", "layer1.piece1.neuron2.b"), ("ArrowRight", "layer2.neuron2.b"),
        ("ArrowUp", "layer2.neuron2.w[2]"), ("ArrowRight", "layer3.neuron1.w[1]"),
        ("ArrowRight", "layer3.neuron1.w[1]"), ("PageUp", "layer3.neuron1.w[1]"),
        ("ArrowDown", "layer3.neuron1.b"), ("ArrowDown", "layer3.neuron1.b"), ("ArrowLeft", "layer2.neuron1.b"),
    ]:
        tab.keyboard.press(key)
        expect(tab.locator("#progress")).to_contain_text(f"{name} = ")
        expect(tab.locator("#weight .formula")).to_contain_text(f"{name} = ")


def test_a_button_that_is_switched_off_keeps_the_focus(opened):
    tab = opened(fragment="#v1&layers=2.tanh")
    for name, presses in [("Remove a unit in hidden layer 1", 3), ("− layer", 3), ("+ layer", 8), ("Undo", 20)]:
        button = tab.get_by_role("button", name=name)
        button.focus()
        for _ in range(presses):
            tab.keyboard.press("Enter")
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-disabled", "true")
    assert settings(tab)["layers"] == [[2, "tanh"]] and notice(tab).inner_text() == ""


@pytest.mark.parametrize("width", [400, 1200])
def test_what_has_the_focus_is_not_hidden_behind_the_toolbar(opened, width):
    tab = opened(width=width)
    tab.set_viewport_size({"width": width, "height": 700})
    tab.get_by_role("button", name="Weight upward").focus()
    edge = "document.getElementById('toolbar').getBoundingClientRect().bottom"
    for _ in range(20):
        tab.keyboard.press("Shift+Tab")
        assert tab.evaluate(f"document.activeElement.getBoundingClientRect().top >= {edge}")


def test_a_screen_reader_hears_where_training_stands_after_each_step_by_hand(opened):
    tab = opened()
    progress = tab.locator("#progress[role=status]")
    numbers = r"train loss 0\.\d+, test loss 0\.\d+"
    expect(progress).to_have_text("")
    tab.get_by_role("button", name="1 update").click()
    expect(progress).to_have_text(re.compile(f"Epoch 0, update 1, {numbers}"))
    tab.get_by_role("button", name="1 epoch").click()
    expect(progress).to_have_text(re.compile(f"Epoch 1, update 14, {numbers}"))
    tab.evaluate(STILL)
    tab.get_by_role("button", name="Play").click()
    tab.evaluate(FRAME)
    expect(progress).to_have_text(re.compile("Epoch 1, "))
    tab.get_by_role("button", name="Pause").click()
    expect(progress).to_have_text(re.compile(f"Epoch ([2-9]|[1-9][0-9]+), update [0-9]+, {numbers}"))
    epoch, update = map(int, re.findall(r"(?:Epoch|update) (\d+)", progress.inner_text()))
    assert update == 14 * epoch                 # in how many frames it trained depends on the machine
    tab.get_by_label("Test share, exactly").fill("0")
    tab.get_by_role("button", name="1 update").click()
    expect(progress).to_have_text(re.compile(r"Epoch 0, update 1, train loss 0\.\d+$"))


@pytest.mark.parametrize("width", [400, 700, 928, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_is_accessible(opened, width, scheme):
    tab = opened(fragment="#v1&layers=8.relu~3.tanh&updates=30", width=width, color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    tab.evaluate("scrollTo(0, 1e6)")
    assert tab.locator("#play").bounding_box()["y"] < 60                             # it stays in reach
    assert violations(tab) == []
