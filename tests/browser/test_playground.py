"""The playground in a real browser: it learns, everything can be changed while it does, and a link repeats it."""
import json
import math
import random
import re

import pytest
from playwright.sync_api import expect
from references.show.playgrounds import FRAME, STILL, fields, notice, readout, settings, tabs, train

import autograd_tiny as at
from autograd_tiny import nn, playground

OPTIONS = "(select) => [...select.options].map((option) => option.value)"
BUTTONS = (
    "+ layer", "Add a unit in hidden layer 1", "Remove a unit in hidden layer 2", "New points", "Another seed",
    "− layer",
)
PICTURES = "() => [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())"


@pytest.fixture
def opened(browser, tmp_path):
    yield from tabs(browser, tmp_path)


def right(tab):
    return [float(readout(tab)[f"{part} accuracy"].rstrip("% ")) for part in ("train", "test")]


@pytest.mark.parametrize(("fragment", "accuracy"), [
    ("#v1&noise=0&lr=0.3&updates=1400", 97),
    ("#v1&data=moons&layers=8.tanh~8.tanh&optimizer=adam&lr=0.02&updates=1400", 98),
    ("#v1&data=spiral&noise=0.02&samples=600&layers=8.tanh~8.tanh&optimizer=adam&lr=0.02&updates=8400", 95),
])
def test_data_sets_are_learned(opened, fragment, accuracy):
    tab = opened(fragment=fragment)
    assert min(right(tab)) >= accuracy


def iris():
    from sklearn.datasets import load_iris

    data = load_iris()
    names = ["petal length", "petal width", "species"]
    species = [str(data.target_names[k]) for k in data.target]
    rows = [[str(row[2]), str(row[3]), name] for row, name in zip(data.data, species, strict=True)]
    random.Random(1).shuffle(rows)
    return "\n".join(",".join(row) for row in [names, *rows])


def paste(tab, text):
    tab.get_by_label("Data set").select_option("csv")
    tab.get_by_label("Samples as text").fill(text)
    tab.get_by_role("button", name="Use these samples").click()


def test_the_iris_measurements_are_learned_from_a_csv(opened):
    tab = opened()
    paste(tab, iris())
    expect(notice(tab)).to_contain_text("150 samples were read")
    expect(tab.locator(".legend")).to_have_text("setosa versicolor virginica")
    expect(tab.get_by_label("Loss", exact=True)).to_have_value("cross_entropy")
    train(tab, 1000)
    assert min(right(tab)) >= 93


def test_every_control_can_be_changed_while_it_trains(opened):
    tab = opened()
    tab.evaluate(STILL)
    tab.get_by_role("button", name="Play").click()

    def frames():
        for _ in range(6):                  # each third one writes the numbers, but for the one that looks for findings
            tab.evaluate(FRAME)
        assert math.isfinite(float(readout(tab)["train loss"].replace("−", "-")))
        assert int(readout(tab)["updates"]) > 0 and tab.inner_text("#play") == "Pause"
        assert notice(tab).inner_text() == ""                                        # nothing was refused

    frames()
    for name in ("Loss", "Optimiser", "Batch", "Output activation", "Initial weights", "Data set", "Speed", "Lines"):
        choice = tab.get_by_label(name, exact=True)
        for value in choice.evaluate(OPTIONS):
            if value not in ("own", "csv"):
                choice.select_option(value)
                frames()
        choice.select_option(index=0)
    for name in ("Learning rate", "L1 penalty", "L2 penalty", "Samples", "Noise", "Test share"):
        slider = tab.get_by_role("slider", name=name, exact=True)
        for key in ("ArrowRight", "End", "Home", "ArrowRight"):
            slider.press(key)
            frames()
    for name in BUTTONS:
        tab.get_by_role("button", name=name).click()
        frames()
    activation = tab.get_by_label("Activation of hidden layer 1")
    for value in activation.evaluate(OPTIONS):
        activation.select_option(value)
        frames()
    tab.get_by_role("button", name="Undo").click()
    frames()
    tab.get_by_role("button", name="Reset").click()
    frames()


def test_the_output_of_a_given_network_can_be_changed_and_chosen_again(opened):
    model = nn.MLP(2, [3, 1], "tanh", "relu", rng=random.Random(1))
    tab = opened(playground(model, [[0.0, 1.0], [1.0, 0.5]] * 20, [0.0, 1.0] * 20, "squared_error"))
    choice = tab.get_by_label("Output activation", exact=True)
    offered = choice.evaluate(OPTIONS)
    assert choice.input_value() == "relu" and "relu" in offered
    for value in [*offered, "relu"]:
        choice.select_option(value)
        assert (settings(tab)["output"], notice(tab).inner_text()) == (value, "")


def test_a_reload_of_the_link_gives_the_same_picture(opened):
    tab = opened(fragment="#v1&data=circles&layers=5.tanh~4.relu&optimizer=momentum&updates=120")
    fields(tab, "Learning rate").fill("0.03")
    fields(tab, "Learning rate").press("Enter")
    train(tab, 70)
    tab.get_by_label("Optimiser").select_option("adam")
    train(tab, 60)
    tab.get_by_role("button", name="Copy link").click()
    link = tab.evaluate("copied[0]")
    again = opened(fragment="#" + link.partition("#")[2])
    for each in (tab, again):
        expect(each.locator(".surface")).to_have_attribute("aria-label", re.compile("The loss goes from"))
    assert readout(again) == readout(tab)
    assert again.evaluate(PICTURES) == tab.evaluate(PICTURES)
    again.get_by_role("button", name="Copy link").click()
    assert again.evaluate("copied[0]").partition("#")[2] == link.partition("#")[2]


def test_the_loss_follows_the_data_unless_it_was_chosen(opened):
    tab = opened()
    loss, data = tab.get_by_label("Loss", exact=True), tab.get_by_label("Data set")
    for choice, usual in [
        ("plane", "squared_error"), ("xor", "binary_cross_entropy"), ("blobs", "cross_entropy"),
        ("moons", "binary_cross_entropy"), ("own", "binary_cross_entropy"),
    ]:
        data.select_option(choice)
        expect(loss).to_have_value(usual)
    loss.select_option("hinge")
    data.select_option("circles")
    expect(loss).to_have_value("hinge")
    data.select_option("plane")
    loss.select_option("huber")
    data.select_option("xor")
    expect(loss).to_have_value("huber")


def test_the_accuracy_is_shown_for_classes_alone(opened):
    tab = opened()
    parts = [tab.locator("#readout div").filter(has_text=f"{part} accuracy") for part in ("train", "test")]
    assert [part.is_visible() for part in parts] == [True, True]
    tab.get_by_label("Test share, exactly").fill("0")
    assert [part.is_visible() for part in parts] == [True, False]
    tab.get_by_label("Data set").select_option("plane")
    assert [part.is_visible() for part in parts] == [False, False]


def test_a_small_penalty_fits_its_field(opened):
    tab = opened(fragment="#v1&l1=0.000013")
    field = fields(tab, "L1 penalty")
    expect(field).to_have_value("1.3e-5")
    assert field.evaluate("(field) => field.scrollWidth <= field.clientWidth")
    field.press("Enter")
    assert settings(tab)["l1"] == 1.3e-5


def test_points_are_set_by_mouse_and_by_keyboard_and_undone(opened):
    tab = opened()
    tab.get_by_label("Data set").select_option("own")
    plane = tab.locator(".plane .front")
    box = plane.bounding_box()
    plane.click(position={"x": box["width"] / 4, "y": box["height"] / 4})
    tab.keyboard.press("1")
    plane.click(position={"x": 3 * box["width"] / 4, "y": box["height"] / 4})
    tab.get_by_label("x1", exact=True).fill("−0.5")
    tab.get_by_label("x2", exact=True).fill("1.5")
    tab.get_by_role("button", name="Class 2").press("Enter")
    tab.get_by_role("button", name="Add", exact=True).press("Enter")
    (a, b, first), (c, d, second), third = settings(tab)["points"]
    assert (first, second) == (0, 1) and third == [-0.5, 1.5, 2]
    assert (a, b, c, d) == pytest.approx((-1, 1, 1, 1), abs=0.05)
    tab.get_by_role("button", name="Undo").click()
    assert len(settings(tab)["points"]) == 2
    tab.get_by_label("x1", exact=True).fill("two")
    tab.get_by_role("button", name="Add", exact=True).click()
    expect(notice(tab)).to_have_text("Two numbers are expected for a point, x1 and x2.")


def test_the_plane_has_axes_that_hold_all_points(opened):
    tab = opened(fragment="#v1&data=own&test=0&points=-1_0.5_0")
    across, up = (tab.locator(f".ticks.{axis} span:not(.name)") for axis in ("across", "up"))
    assert across.all_inner_texts() == up.all_inner_texts() == ["−1", "0", "1"]
    plane = tab.locator(".plane .canvases").bounding_box()
    for k, tick in enumerate(across.all()):
        box = tick.bounding_box()
        assert box["x"] + box["width"] / 2 == pytest.approx(plane["x"] + (k + 1) * plane["width"] / 4, abs=1)
    tab.get_by_label("x1", exact=True).fill("-300")
    tab.get_by_label("x2", exact=True).fill("0")
    tab.get_by_role("button", name="Add", exact=True).click()
    assert across.all_inner_texts() == ["−400", "−200", "0", "200"]
    assert "from −500 to 500 and from −500 to 500" in tab.locator(".plane .front").get_attribute("aria-label")
    tab.get_by_label("Data set").select_option("blobs")
    assert all(abs(float(text.replace("−", "-"))) < 10 for text in across.all_inner_texts() + up.all_inner_texts())


def test_refused_numbers_are_named_as_the_controls_are(opened):
    tab = opened()
    for name, text in [("Learning rate", "1e9"), ("L2 penalty", "11"), ("Test share", "1"), ("Samples", "3")]:
        fields(tab, name).fill(text)
        fields(tab, name).press("Enter")
        expect(notice(tab)).to_contain_text(re.compile(f"^{name}: a (whole )?number from .* is expected$"))
    tab.get_by_label("Data set").select_option("own")
    tab.get_by_label("x1", exact=True).fill("1e308")
    tab.get_by_label("x2", exact=True).fill("0")
    tab.get_by_role("button", name="Add", exact=True).click()
    expect(notice(tab)).to_have_text("x1 and x2 from -1000000 to 1000000 are expected, not 1e+308 and 0.")
    assert settings(tab)["points"] == []


def test_points_and_sliders_by_touch(opened):
    tab = opened(fragment="#v1&data=own&test=0")
    touch = tab.context.new_cdp_session(tab)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def tap(place, share):
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        point = {"x": box["x"] + share * box["width"], "y": box["y"] + box["height"] / 2}
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    tap(tab.locator(".plane .front"), 0.5)
    expect(tab.locator("#data")).to_contain_text("1 sample for training")
    assert settings(tab)["points"] == [[pytest.approx(0, abs=0.05), pytest.approx(0, abs=0.05), 0]]
    slider = tab.get_by_role("slider", name="Learning rate", exact=True)
    tap(slider, 0.97)
    expect(slider).not_to_have_value("-10")
    assert settings(tab)["lr"] > 1


def test_a_weight_is_chosen_by_a_click_on_its_line_and_by_keyboard(opened):
    tab = opened(fragment="#v1&layers=3.tanh~2.tanh&updates=28")
    canvas = tab.locator("canvas.network")
    box = canvas.bounding_box()
    canvas.click(position={"x": 0.75 * box["width"], "y": box["height"] / 2 - 14})     # between layer 2 and the output
    expect(tab.get_by_label("Layer", exact=True)).to_have_value("2")
    expect(tab.locator("#weight .formula")).to_contain_text("layer3.neuron1.w[")
    tab.get_by_label("Layer", exact=True).select_option("0")
    tab.get_by_label("From", exact=True).select_option("-1")
    expect(tab.locator("#weight .formula")).to_contain_text("summed over 2 paths from the loss to the weight.")
    expect(tab.locator("#weight tbody tr")).to_have_count(3)
    tab.locator(".plane .front").click(position={"x": 3, "y": 3})                     # no sample is there
    tab.get_by_role("spinbutton", name="Sample").fill("7")
    tab.get_by_role("spinbutton", name="Sample").press("Enter")
    expect(tab.locator("#weight .formula")).to_contain_text("For sample 7,")


def test_a_weight_on_one_axis_of_the_surface_leaves_the_other(opened):
    tab = opened(fragment="#v1&layers=2.tanh")
    tab.get_by_label("From", exact=True).select_option("0")
    for button, axes in [("Weight upward", (1, 0)), ("Weight upward", (1, 0)), ("Weight across", (0, 1))]:
        tab.get_by_role("button", name=button).click()
        across, upward = (re.escape(f"layer1.neuron1.w[{k}] from ") for k in axes)
        expect(tab.locator("#surface p")).to_have_text(re.compile(f"Across {across}.*, upward {upward}.*The loss"))


def test_the_surface_stays_dimmed_with_the_path_while_it_plays(opened):
    tab = opened(fragment="#v1&lr=0.3")
    tab.evaluate(STILL)
    surface = tab.locator(".surface")
    for change in ("Play", "Reset", "Weight upward"):
        tab.get_by_role("button", name=change).click()
        seen = set()
        for _ in range(60):
            tab.evaluate(FRAME)
            if "It is dimmed while training runs" in surface.get_attribute("aria-label"):
                seen.add(surface.evaluate("(canvas) => canvas.toDataURL()"))
        assert len(seen) > 2
        box = surface.bounding_box()                                               # beside a text of any length
        assert box["width"] == pytest.approx(box["height"], abs=1)


def test_training_that_diverges_stops_and_goes_back_to_a_finite_loss(opened):
    tab = opened(fragment="#v1&data=hills&loss=squared_error&layers=4.linear")
    fields(tab, "Learning rate").fill("90")
    fields(tab, "Learning rate").press("Enter")
    train(tab, 5000)
    updates = readout(tab)["updates"]
    expect(notice(tab)).to_contain_text("Training diverged: in update ")
    expect(notice(tab)).to_contain_text(f"The page went back to update {updates}")
    assert "nan" not in tab.locator("#playground").inner_text()
    tab.get_by_role("button", name="Copy weights as JSON").click()
    state = json.loads(tab.evaluate("copied[0]"))
    assert all(math.isfinite(x) for rows in state["layer1.w"] for x in rows)
    fields(tab, "Learning rate").fill("0.01")
    fields(tab, "Learning rate").press("Enter")
    tab.get_by_role("button", name="Reset").click()
    train(tab, 100)
    assert notice(tab).inner_text() == "" and float(readout(tab)["train loss"]) < 1
    for _ in range(4):                                                               # through both, and the rate
        tab.get_by_role("button", name="Undo").click()
    assert readout(tab)["updates"] == "0"


HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_hostile_labels_are_shown_as_text(opened):
    tab = opened()
    rows = [f"{k % 5},{k % 7},{HOSTILE if k % 2 else 'b'}" for k in range(40)]
    paste(tab, "\n".join([f"{HOSTILE},javascript:alert(1),label", *rows]))
    expect(tab.locator(".legend")).to_contain_text(HOSTILE)
    expect(notice(tab)).to_contain_text(HOSTILE)
    tab.get_by_role("button", name="Copy as Python").click()
    tab.get_by_role("button", name="Copy link").click()
    text, link = tab.evaluate("copied")
    compile(text, "copied.py", "exec")
    again = opened(fragment=f"#{link.partition('#')[2]}")
    expect(again.locator(".legend")).to_contain_text(HOSTILE)
    assert again.locator("img").count() == 0


def test_data_that_is_too_large_for_a_link_is_not_replaced_by_older_data(opened):
    tab = opened()
    paste(tab, "0,1,a\n1,0,b\n" * 5)
    tab.wait_for_function("location.hash.includes('csv')")
    rows = "\n".join(f"{k % 97},{k % 89},{'ab'[k % 2]}" for k in range(3000))
    file = {"name": "data.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    tab.get_by_label("A CSV file").set_input_files(file)
    expect(notice(tab)).to_contain_text("a reload begins anew")
    expect(notice(tab)).to_contain_text("3000 samples were read")
    assert tab.evaluate("location.hash") == ""
    train(tab, 1)
    expect(notice(tab)).to_have_text("")                                             # it is said once
    tab.get_by_role("button", name="Copy link").click()
    expect(notice(tab)).to_have_text("These are too many samples for a link: share them as a file.")
    tab.reload()
    assert settings(tab)["data"] == "xor"


def test_a_link_is_refused_where_it_could_not_be_opened(opened):
    tab = opened()
    for updates, is_copied in [(10_000_000, True), (10_000_001, False)]:
        tab.evaluate("(n) => { document.getElementById('playground').session.trainer.updates = n; }", updates)
        tab.get_by_role("button", name="Copy link").click()
        expect(notice(tab)).to_contain_text("in the clipboard" if is_copied else "A link repeats 10,000,000 updates")
        assert len(tab.evaluate("copied")) == 1
    tab.evaluate("document.getElementById('playground').session.reset()")
    link = tab.evaluate("copied[0]")
    tab.evaluate(STILL)                                                              # the training is not repeated
    tab.evaluate("(hash) => { location.hash = hash; }", link.partition("#")[2])
    tab.wait_for_timeout(100)
    assert "can't be used" not in notice(tab).inner_text()


@pytest.mark.parametrize(("fragment", "message"), [
    ("#v2&data=moons", "another version of this page"), ("#v1&data=<script>alert(1)</script>", "Data set: one of xor"),
    ("#v1&data=csv&points=1_1_0&classes=a", "2 to 10 are expected"),
    ("#v1&lr=%E0%A4%A", "it is damaged"), ("#v1&data=given", "open it with that file"),
    ("#v1&points=" + "1_1_0~" * 4000, "it is too long"), ("#" + HOSTILE, "another version"),
])
def test_links_that_are_none_are_refused_with_a_sentence(opened, fragment, message):
    tab = opened(fragment=fragment)
    expect(notice(tab)).to_contain_text("The link can't be used: ")
    expect(notice(tab)).to_contain_text(message)
    assert settings(tab)["data"] == "xor"
    train(tab, 10)
    assert readout(tab)["updates"] == "10"


def test_files_that_hold_no_samples_are_refused_with_a_sentence(opened):
    tab = opened()
    tab.get_by_label("Data set").select_option("csv")
    expect(notice(tab)).to_have_text("The samples stay until others are read.")
    for text, message in [
        ("1,2,a\n" * 1_000_000, "The file has 6.0 megabytes"), ("1,2,a\n3,four,b", 'line 2, column 2 is "four"'),
        ("1,2,a\n3,,b", "line 2, column 2 is empty"), ("1,2,a\n3,4,a", "two classes at least"),
    ]:
        file = {"name": "data.csv", "mimeType": "text/csv", "buffer": text.encode()}
        tab.get_by_label("A CSV file").set_input_files(file)
        expect(notice(tab)).to_contain_text(message)
        assert settings(tab)["data"] == "xor"


def test_a_csv_can_be_given_up_and_its_text_stays_while_something_else_is_changed(opened):
    tab = opened()
    data, text = tab.get_by_label("Data set"), tab.get_by_label("Samples as text")
    train(tab, 20)
    data.select_option("csv")
    text.fill("1,2,a")
    fields(tab, "Learning rate").fill("0.3")
    fields(tab, "Learning rate").press("Enter")
    expect(text).to_have_value("1,2,a")
    expect(data).to_have_value("csv")
    data.select_option("xor")                                                        # which it has been all the time
    expect(text).to_be_hidden()
    train(tab, 5)
    tab.get_by_role("button", name="Copy link").click()
    again = opened(fragment="#" + tab.evaluate("copied[0]").partition("#")[2])
    assert readout(again) == readout(tab) and notice(again).inner_text() == ""


def test_samples_of_a_person_are_split_anew(opened):
    tab = opened()
    again = tab.get_by_role("button", name="Another split")
    session = "document.getElementById('playground').session"
    tests = f"(({{ points, trainCount }}) => String(points.slice(trainCount)))({session})"
    paste(tab, iris())
    first = tab.evaluate(tests)
    again.click()
    second = tab.evaluate(tests)
    assert len({first, second}) == 2
    tab.get_by_role("button", name="Undo").click()
    assert tab.evaluate(tests) == first
    fields(tab, "Test share").fill("0")
    expect(again).to_be_hidden()


def test_more_text_than_a_page_can_hold_is_refused_before_it_is_pasted(opened):
    tab = opened()
    tab.get_by_label("Data set").select_option("csv")
    text = tab.get_by_label("Samples as text")
    text.focus()
    tab.keyboard.insert_text("1,2,a\n" * 1_000_000)
    expect(notice(tab)).to_contain_text("the text has 6.0 million characters: 2 million fit into the page")
    expect(text).to_have_value("")
    tab.keyboard.insert_text("1,2,a\n" * 2)
    expect(text).to_have_value("1,2,a\n1,2,a\n")


def test_a_loss_of_logits_behind_a_sigmoid_and_a_rate_that_is_too_high_are_findings(opened):
    tab = opened(fragment="#v1&layers=4.linear")
    findings = tab.locator("#findings")
    expect(findings).to_contain_text("nothing was found")
    tab.get_by_label("Output activation", exact=True).select_option("sigmoid")
    expect(findings).to_contain_text("binary_cross_entropy takes logits, which have no bounds")
    fields(tab, "Learning rate").fill("90")
    fields(tab, "Learning rate").press("Enter")
    expect(findings).to_contain_text("a lower learning rate than lr=90")
    expect(tab.locator("#network .flag:visible")).to_have_text(["rate too high", "not logits"])


def test_a_network_of_ones_own_hands_its_weights_back(opened):
    rng = random.Random(3)
    points = [[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(60)]
    labels = [float(a > b) for a, b in points]
    model = nn.MLP(2, [5, 1], "tanh", rng=random.Random(1))
    tab = opened(playground(model, points, labels, "binary_cross_entropy"))
    expect(tab.get_by_label("Data set")).to_have_value("given")
    train(tab, 20)
    tab.get_by_role("button", name="Copy weights as JSON").click()
    twin = nn.MLP(2, [5, 1], "tanh", rng=random.Random(1))
    optimizer = at.optim.SGD(twin.parameters(), lr=0.1)
    at.fit(twin, points, labels, "binary_cross_entropy", optimizer, epochs=10, seed=1, progress=False)
    model.load_state_dict(json.loads(tab.evaluate("copied[0]")))
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in twin.parameters()], rel=1e-9)


@pytest.mark.parametrize("width", [681, 700, 900, 901, 928, 1100, 1280])        # 928: in the page that runs the package
def test_the_output_is_seen_beside_the_button_that_plays(opened, width):
    tab = opened(fragment="#v1&layers=8.relu~8.tanh~3.tanh", width=width)
    toolbar = tab.locator("#toolbar").bounding_box()
    data, network, output = (tab.get_by_role("region", name=name).bounding_box()
                             for name in ("Data", "Network", "Output"))
    assert output["y"] == data["y"] < toolbar["y"] + toolbar["height"] + 60
    assert max(each["x"] + each["width"] for each in (data, network)) < output["x"]
    assert tab.locator("#network canvas").bounding_box()["width"] >= 250


def test_no_curve_goes_through_the_name_of_its_axis(opened):
    plot = opened(fragment="#v1&updates=30").locator("#output svg.plot")
    name = plot.locator("text.axis").filter(has_text="loss").bounding_box()
    for curve in plot.locator("path.curve").all():
        assert name["y"] + name["height"] < curve.bounding_box()["y"]
