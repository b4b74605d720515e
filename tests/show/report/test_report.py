"""The report of a diagnosis, as text and as a page, also with names that would break it."""
import html
import json
import random
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from autograd_tiny import nn
from autograd_tiny.diagnosis.results import Finding
from autograd_tiny.show.page import Page
from autograd_tiny.show.report.report import Diagnosis, diagnose

RNG = np.random.default_rng(0)
X = RNG.normal(size=(110, 2))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
STRANGE = "<script>alert('x')</script>&\"\\`\x1b[31m\n\u202e😀" + "long" * 2500


def dying():
    model = nn.MLP(2, [16, 8, 1], init="he_normal", rng=random.Random(0))
    for neuron in model.layers[0].neurons[:11]:
        neuron.b.data = -50.0
    return model


@pytest.fixture(scope="module")
def found():
    return diagnose(dying(), X, Y, "binary_cross_entropy", "sgd", lr=0.1)


@pytest.fixture(scope="module")
def healthy():
    return diagnose(nn.MLP(2, [8, 1], "tanh", rng=random.Random(0)), X, Y, "binary_cross_entropy")


class Seen(HTMLParser):
    """The elements of a page that open and close, and its text by element."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.text = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ("meta", "rect", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def test_the_text_has_the_findings_first_and_then_the_layers(found):
    text = str(found)
    lines = text.splitlines()
    assert lines[0] == "Diagnosis of MLP(2 → 16 → 8 → 1)"
    assert lines[1] == "193 parameters, 110 samples"
    order = [
        "1 finding:", "1. severe: dead, layer1", "11 of 16 ReLU units are 0 for all 110 samples",
        "Try: lower the learning rate", "Outputs of the units", "The gradient, from the loss back",
        "saturated: outputs",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert max(map(len, lines)) <= 100


def test_the_tables_have_the_numbers_of_the_layers(found):
    text = str(found)
    first = found.layers[0]
    forward, backward = (next(re.finditer(r"^layer1 .*$", part, re.M)).group() for part in (
        text.split("Outputs of the units")[1], text.split("The gradient, from")[1],
    ))
    assert f"{first.mean:.3g}" in forward and "11 of 16" in forward and f"{first.zeros:.1%}" in forward
    for number in (first.arriving, first.gradient, first.ratio, first.update):
        assert f"{number:.3g}".replace("-", "−") in backward
    assert re.search("[▁▂▃▄▅▆▇█]{10}", forward)


def test_empty_columns_are_left_out(healthy):
    heads = str(healthy).split("Outputs of the units\n")[1].splitlines()[0].split()
    assert "dead" not in heads and "saturated" in heads
    assert "update" not in str(healthy)


def test_a_healthy_network_is_said_to_have_no_findings_in_one_line(healthy):
    line = "No findings: nothing to worry about."
    assert line in str(healthy).splitlines()
    assert line in "".join(Seen(healthy.page.html).text)
    assert repr(healthy).startswith("<Diagnosis of MLP(2 → 8 → 1): No findings")


def test_its_repr_counts_the_findings(found):
    assert repr(found) == "<Diagnosis of MLP(2 → 16 → 8 → 1): 1 finding>"


def test_the_data_are_attributes_and_plain_enough_for_json(found):
    data = json.loads(json.dumps(found.to_dict()))
    assert data["layers"][0]["dead"] == [str(k) for k in range(1, 12)] == found.layers[0].dead
    assert data["findings"][0]["kind"] == "dead" and isinstance(found.findings[0], Finding)
    assert str(found.findings[0]).startswith("layer1: 11 of 16 ReLU units")


def test_the_page_is_well_formed_and_has_the_content_of_the_text(found):
    assert isinstance(found.page, Page)
    seen = Seen(found.page.html)
    assert not seen.open
    said = " ".join("".join(seen.text).split())
    for each in (found.findings[0].text, found.findings[0].advice, "193 parameters, 110 samples"):
        assert each in said
    assert seen.tags.count("svg") == 2 * len(found.layers)
    assert seen.tags.count("script") == 1                     # that of every page: frame.js


def test_a_histogram_has_a_bar_for_each_bin_that_is_not_empty(found):
    bars = Seen(found.page.html).tags.count("rect")
    histograms = [each for layer in found.layers for each in (layer.activations, layer.log_gradients)]
    assert bars == sum(count > 0 for each in histograms for count in each.counts)


def test_it_is_saved_as_a_page_and_shown_in_a_frame(found, tmp_path):
    path = found.save(tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == found.page.html
    assert html.escape(found.page.html) in found._repr_html_() and "<iframe" in found._repr_html_()
    with pytest.raises(ValueError, match=r"ends in \.html"):
        found.save(tmp_path / "report.txt")


def test_strange_names_are_shown_and_not_run():
    model = dying()
    model.layers[0].name = STRANGE
    model.layers[1].neurons[0].name = STRANGE
    report = diagnose(model, X, Y, "binary_cross_entropy", lr=0.1)
    assert report.layers[0].name == STRANGE
    page = report.page.html
    seen = Seen(page)
    assert not seen.open and seen.tags.count("script") == page.count("<script") == 1       # that of every page
    assert "\x1b" not in page
    assert "<script>alert" in "".join(seen.text)
    text = str(report)
    assert "\x1b" not in text and max(map(len, text.splitlines())) <= 100
    assert "longlong" in text and len(text) < 5000


def test_numbers_that_are_not_finite_are_shown_as_a_dash():
    model = dying()
    model.layers[2].neurons[0].b.data = float("inf")
    report = diagnose(model, X, Y, "mse", "adam")
    said = " ".join(str(report).split())
    assert "mse: not finite" in said and "layer3.neuron1.b = inf itself" in said
    for text in (str(report), "".join(Seen(report.page.html).text)):
        assert "nan" not in text


def test_the_reason_for_no_tape_and_frozen_parameters_are_shown():
    class Branch(nn.Module):
        def __init__(self):
            self.layer, self.other = nn.Layer(2, 1, "linear"), nn.Layer(2, 2)

        def forward(self, x):
            out = self.layer(x)
            return out if out > 0 else out * 0.5

    model = Branch()
    model.layer.neurons[0].b.requires_grad = False
    text = " ".join(str(diagnose(model, X, Y, "mse")).split())
    assert "No tape could be recorded, so samples ran one by one" in text
    assert "100 of 110 samples, spread evenly" in text
    assert "frozen: layer.b" in text and "not reached by the loss: other.w (all 4), other.b (all 2)" in text


def test_a_model_without_layers_in_its_graph_has_a_report_too():
    class Cut(nn.Module):
        def __init__(self):
            self.layer = nn.Layer(2, 1, "linear")

        def forward(self, x):
            return self.layer(x).detach()

    report = diagnose(Cut(), X, Y, "mse")
    assert report.layers == [] and "unreached" in str(report)
    assert not Seen(report.page.html).open
    assert isinstance(report, Diagnosis)


def test_shapes_that_do_not_fit_are_refused_as_by_fit():
    with pytest.raises(ValueError, match="layer1 takes 2 inputs, got 3"):
        diagnose(dying(), np.ones((4, 3)), np.ones(4), "mse")
