"""Changes, undo and links of an experiment; and what is refused."""
import math
import random

import numpy as np
import pytest
from references.javascript.node import JavaScriptError
from references.javascript.playground import GIVEN, MODULE, SETTINGS

from autograd_tiny import nn
from autograd_tiny.show.playground.playground import page_data


def experiment(node, settings, updates=0, changes=(), given=GIVEN):
    return node.call(MODULE, "experiment", given, settings, updates, list(changes))


CHANGES = [
    [10, {"lr": 0.2}], [10, {"l2": 0.01}], [25, {"optimizer": "adam"}], [31, {"batch": 0}], [40, {"batch": 5}],
    [44, {"loss": "hinge"}],
]


def same(found, expected):
    for key in ("numbers", "gradient"):
        np.testing.assert_array_equal(found[key], expected[key])
    for key in ("epoch", "updates", "train", "test", "settings", "points"):
        assert str(found[key]) == str(expected[key]), key      # nan is equal to itself as a text


@pytest.mark.parametrize(("settings", "changes"), [
    ({}, []), (SETTINGS, []), (SETTINGS, CHANGES),
    *(
        (SETTINGS, [[33, {name: first}], [33, {"lr": 0.1}], [33, {name: SETTINGS[name]}]])
        for name, first in [("batch", 5), ("loss", "hinge"), ("optimizer", "adam")]
    ),
    ({"data": "blobs", "layers": []}, [[5, {"loss": "multiclass_hinge"}]]),
    ({"data": "own", "points": [[0.5, 1, 0], [-1, 0.25, 1], [1, 1, 2]], "test": 0}, [[4, {"add": [-0.5, -1, 2]}]]),
    ({"data": "csv", "points": [[0.5, 1, 0], [-1, 0.25, 1]], "classes": ["a~b!", "<b>&=_.é"], "test": 0}, []),
    ({"data": "hills", "layers": [[2, "maxout"], [3, "leaky_relu"]], "noise": 0, "lr": 1e-4, "seed": 2**32 - 1}, []),
])
def test_a_link_repeats_everything(node, settings, changes):
    found = experiment(node, settings, 60, changes)
    again = node.call(MODULE, "linked", GIVEN, found["texts"][0])
    same(again, found)
    assert again["texts"] == found["texts"]


@pytest.mark.parametrize("patch", [
    {"data": "circles"}, {"noise": 0.3}, {"layers": [[2, "tanh"]]}, {"seed": 9}, {"init": "zeros"}, {"output": "tanh"},
    {"loss": "cross_entropy"},
])
def test_a_change_of_data_or_network_begins_a_new_training(node, patch):
    assert experiment(node, SETTINGS, 11, [[12, patch]])["updates"] == 11


@pytest.mark.parametrize("patch", [{"lr": 1}, {"batch": 1}, {"l1": 0.1}, {"optimizer": "rmsprop"}, {"loss": "hinge"}])
def test_a_change_of_how_it_learns_goes_on(node, patch):
    assert experiment(node, SETTINGS, 11, [[12, patch]])["updates"] == 12


def test_a_choice_that_was_there_already_is_no_change(node):
    changes = [[11, {name: SETTINGS[name] for name in names}] for names in (["data"], ["lr", "batch"], ["loss"])]
    found = experiment(node, SETTINGS, 20, changes)
    assert found["texts"] == experiment(node, SETTINGS, 20)["texts"] and "changes" not in found["texts"][0]
    assert node.call(MODULE, "slid", GIVEN, SETTINGS, 20, changes)["undone"] == 0


@pytest.mark.parametrize(("before", "after", "loss"), [
    ("moons", "hills", "squared_error"), ("moons", "blobs", "cross_entropy"), ("moons", "xor", "binary_cross_entropy"),
    ("hills", "moons", "binary_cross_entropy"), ("hills", "blobs", "cross_entropy"),
    ("blobs", "plane", "squared_error"),
])
def test_the_usual_loss_follows_the_data(node, before, after, loss):
    assert experiment(node, {"data": before}, 0, [[0, {"data": after}]])["settings"][0]["loss"] == loss


def test_undo_goes_back_through_changes_and_training(node):
    for patch in [{"lr": 1}, {"data": "circles"}, {"layers": [[3, "relu"]]}, {"optimizer": "adam"}, {"batch": 1}]:
        found = node.call(MODULE, "undone", GIVEN, SETTINGS | {"optimizer": "momentum"}, 13, patch)
        same(found["back"], found["before"])
        same(found["after"], experiment(node, SETTINGS | {"optimizer": "momentum"}, 33))


@pytest.mark.parametrize("settings", [
    {"loss": "squared_error", "data": "hills", "lr": 90.0, "layers": [[4, "linear"]]},
    {"loss": "squared_error", "data": "hills", "lr": 90.0, "layers": [[4, "relu"], [4, "relu"]], "batch": 0},
    {"l2": 10.0, "lr": 100.0},
    {"loss": "squared_error", "data": "plane", "lr": 100.0, "optimizer": "momentum", "layers": []},
])
def test_where_training_diverges_it_goes_back_to_a_finite_loss(node, settings):
    found = experiment(node, settings, 5000)
    assert found["updates"] < 5000
    assert np.isfinite(found["numbers"]).all()
    assert "not finite" in found["diverged"][0] or "the loss is" in found["diverged"][0]
    assert math.isfinite(found["train"][0]["loss"])
    same(experiment(node, settings, found["updates"]), found)
    same(node.call(MODULE, "linked", GIVEN, found["texts"][0]), found)
    lower = experiment(node, settings, found["updates"] + 1, [[5000, {"lr": 1e-300}]])
    assert lower["updates"] == found["updates"] + 1 and not lower["diverged"][0]
    same(node.call(MODULE, "linked", GIVEN, lower["texts"][0]), lower)


@pytest.mark.parametrize(("texts", "message"), [
    ({"data": "iris"}, "Data set: one of xor"), ({"lr": "-1"}, "Learning rate: a number from 0 to 100 is expected"),
    ({"lr": "1e999"}, "Learning rate: a number"), ({"lr": "0x10"}, "Learning rate: a number"),
    ({"samples": "1e3"}, "Samples: a whole number from 4"),
    ({"samples": "1000000"}, "Samples: a whole number"),
    ({"layers": "4.tangent"}, "Hidden layers: a list of 6 layers at most"),
    ({"layers": "~".join(["4.tanh"] * 7)}, "6 layers at most"), ({"layers": "4.constructor"}, "Hidden layers: "),
    ({"layers": "1e9.tanh"}, "Hidden layers: "), ({"points": "1_2"}, "Points: "), ({"points": "1_2_NaN"}, "Points: "),
    ({"points": "1_1e7_0"}, "x1 and x2 from -1000000 to 1000000"),
    ({"classes": "%"}, "Classes: a list of names is expected"), ({"__proto__": "1"}, "there is no setting"),
    ({"constructor": "1"}, "there is no setting"), ({"<script>": "1"}, "there is no setting"),
    ({"updates": "99999999"}, "updates: a whole number"), ({"updates": "-1"}, "updates: "),
    ({"changes": "5!lr"}, "changes: "), ({"changes": "5!data!moons"}, "changes: "),
    ({"changes": "x!lr!1"}, "changes: "),
    ({"changes": "5!lr!1!2"}, "changes: "), ({"data": "given"}, "open it with that file"),
    ({"init": "given"}, "open it with that file"),
    *(
        ({"data": "csv", "points": "1_1_0", "classes": "~".join(names)}, "2 to 10 are expected")
        for names in ("a", "abcdefghijk")
    ),
    ({"output": "relu"}, "Output activation: one of linear, tanh, sigmoid is expected"),
    ({"data": "own", "points": "1_1_0.5~2_2_1"}, "Points: "), ({"data": "own", "points": "1_1_9000000"}, "Points: "),
    ({"data": "csv", "points": "1_1_2~2_2_1", "classes": "a~b"}, "Points: "),
])
def test_links_that_are_none_are_refused(node, texts, message):
    with pytest.raises(JavaScriptError, match=f"^SettingError: .*{message}"):
        node.call(MODULE, "linked", GIVEN, texts)


@pytest.mark.parametrize("data", ["csv", "own", "given"])
def test_samples_that_are_sorted_by_class_are_shuffled_before_some_are_kept_for_the_test(node, data):
    points = [[k / 30, k % 5, k // 50] for k in range(150)]
    names = ["a", "b", "c"]
    settings = {"data": data, "points": points, "classes": names, "test": 0.3, "dataSeed": 4}
    given = GIVEN | {"points": points, "classes": names}
    expected = points.copy()
    random.Random(4).shuffle(expected)
    found = experiment(node, settings, given=given)["points"][0]
    assert found == expected and {point[2] for point in found[105:]} == {0, 1, 2}
    assert experiment(node, settings | {"test": 0}, given=given)["points"][0] == points


def test_a_point_that_is_added_leaves_the_order_of_the_others(node):
    settings = {"data": "own", "points": [[k, 1, k % 2] for k in range(10)], "test": 0.3}
    before = experiment(node, settings, 5)["points"][0]
    assert experiment(node, settings, 5, [[5, {"add": [0.5, 1, 1]}]])["points"][0] == [*before, [0.5, 1, 1]]


def test_data_without_samples_trains_nothing(node):
    found = experiment(node, {"data": "own", "points": []}, 10)
    assert found["updates"] == 0
    assert math.isnan(float(found["train"][0]["loss"] or "nan"))


def test_the_state_of_a_given_network_has_the_names_of_its_module(node):
    first = nn.Sequential(nn.Layer(2, 3, "linear"), nn.Activation("tanh"))
    model = nn.Sequential(first, nn.Neuron(3, "linear", bias=False))
    given = page_data(model, [[0.0, 1.0], [1.0, 0.5]] * 20, [0, 1] * 20, None)
    assert experiment(node, {}, given=given)["numbers"].tolist() == [p.data for p in model.parameters()]
    found = experiment(node, {}, 25, given=given)
    expected = model.state_dict()
    assert found["state"][0].keys() == expected.keys()
    model.load_state_dict(found["state"][0])
    assert [p.data for p in model.parameters()] == found["numbers"].tolist()
    other = experiment(node, {}, 0, [[0, {"layers": [[4, "tanh"]]}]], given)
    assert other["settings"][0]["init"] == "by_activation"
    assert other["state"][0].keys() == {"layer1.w", "layer1.b", "layer2.w", "layer2.b"}


def test_the_steps_of_a_slider_are_one_change(node):
    steps = [[12, {"lr": 0.01 * k}] for k in range(1, 30)]
    found = experiment(node, SETTINGS, 20, [*steps, [12, {"l2": 0.1}], [12, {"lr": 0.5}]])
    assert found["texts"][0]["changes"] == "12!l2!0.1~12!lr!0.5"
    same(found, experiment(node, SETTINGS, 20, [[12, {"l2": 0.1}], [12, {"lr": 0.5}]]))
    assert node.call(MODULE, "slid", GIVEN, SETTINGS, 12, steps)["undone"].tolist() == [1.0]


def test_the_samples_of_the_last_update_are_known(node):
    first, second = (node.call(MODULE, "last_samples", GIVEN, SETTINGS, updates) for updates in (1, 6))
    order = np.random.default_rng(SETTINGS["seed"]).permutation(48).tolist()
    assert first == order[:8] and second == order[40:]
    assert node.call(MODULE, "last_samples", GIVEN, SETTINGS | {"batch": 0}, 3) == [*range(48)]
    assert node.call(MODULE, "last_samples", GIVEN, SETTINGS, 0) == []
