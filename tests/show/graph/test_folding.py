"""Folded modules: which are folded, and their contents, inputs and outputs."""
import random
import re

import pytest
from references.show.folded import folded_models, folds, frames, network, text, two_networks
from references.show.pictures import boxes, read

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph.folding import Folding
from autograd_tiny.show.theme import LIGHT


# ---- depth=

def test_depth_1_makes_one_box_of_a_network():
    loss, model = network()
    [box] = folds(draw(loss, depth=1)).values()
    assert box.lines[:3] == ["mlp", "2 → 1", f"{len(model.parameters())} parameters, 17 operations"]
    assert box.colors[-2:] == [LIGHT.value, LIGHT.gradient]


def test_depth_2_makes_a_box_of_each_layer():
    drawn = draw(network()[0], depth=2)
    assert {name: box.lines[1:3] for name, box in folds(drawn).items()} == {
        "layer1": ["2 → 4", "12 parameters, 8 operations"],
        "layer2": ["4 → 4", "20 parameters, 8 operations"],
        "layer3": ["4 → 1", "5 parameters, 1 operation"],
    }
    assert frames(drawn) == ["mlp"]
    assert text(drawn).count("4 values") == 2


def test_depth_3_makes_a_box_of_each_neuron():
    drawn = draw(network()[0], depth=3)
    names = [node.lines[0] for name, node in read(drawn).nodes.items() if name.startswith("m")]
    assert sorted(names) == ["neuron1"] * 3 + ["neuron2"] * 2 + ["neuron3"] * 2 + ["neuron4"] * 2
    assert sorted(frames(drawn)) == ["layer1", "layer2", "layer3", "mlp"]


def test_a_depth_that_nothing_reaches_folds_nothing():
    loss, _ = network()
    assert not folds(draw(loss, depth=9))
    assert draw(loss, depth=9).source == draw(loss).source


# ---- the contents, the inputs and the outputs of a fold

def test_parameters_of_a_folded_module_are_inside_and_inputs_outside():
    model = nn.Neuron(2, "tanh", rng=random.Random(1))
    drawn = draw(model([Value(1.0, "x"), Value(2.0, "y")]), depth=1)
    assert [lines[0] for lines in boxes(drawn)] == ["x", "y"]
    [box] = folds(drawn).values()
    assert box.lines[:3] == ["neuron", "2 → 1", "3 parameters, 2 operations"]


def test_plain_numbers_that_a_network_is_given_count_as_inputs():
    model = nn.MLP(3, [2], rng=random.Random(1))
    drawn = draw(model([1.0, Value(2.0, "x"), 3.0]), depth=1)
    [box] = folds(drawn).values()
    assert box.lines[1] == "3 → 2"
    assert [lines[0] for lines in boxes(drawn)] == ["x"]


def test_an_unrestricted_network_folds():
    model = nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], rng=random.Random(1))
    [box] = folds(draw(model([Value(1.0, "x"), Value(2.0, "y")]), depth=1)).values()
    assert box.lines[:3] == ["network", "2 → 1", "6 parameters, 4 operations"]


class Scaled(nn.Module):
    """A module with a parameter whose name says nothing."""

    def __init__(self):
        self.factor = Value(2.0)
        self.inside = nn.Neuron(1, "linear", rng=random.Random(1))

    def forward(self, x):
        return self.factor * self.inside(x)


def test_a_custom_module_keeps_its_parameters_if_it_is_given_itself():
    model = Scaled()
    f = model([Value(1.0, "x")])
    [box] = folds(draw(f, fold=model)).values()
    assert box.lines[:3] == ["scaled", "1 → 1", "3 parameters, 2 operations"]
    assert [lines[0] for lines in boxes(draw(f, fold=model))] == ["x"]


def test_parameters_that_a_penalty_uses_stay_in_their_module():
    model = nn.MLP(2, [2, 1], rng=random.Random(1))
    loss = model([1.0, 2.0]) ** 2 + at.sum(model.parameters())
    drawn = draw(loss, depth=1)
    [box] = folds(drawn).values()
    assert box.lines[1:3] == ["2 → 1", "9 parameters, 5 operations"]
    assert "9 values" in text(drawn)


def test_calls_of_the_same_module_share_a_box():
    loss, _ = network((3, 1), samples=20)
    [box] = folds(draw(loss, depth=1)).values()
    assert box.lines[:3] == ["mlp ×20", "2 → 1", "13 parameters, 140 operations"]
    assert "20 times each" in box.tooltip
    assert "…" in box.lines[3] and "…" in box.lines[4]


def test_a_root_inside_a_fold_is_one_of_its_outputs():
    model = nn.MLP(2, [3], rng=random.Random(1))
    outputs = model([Value(1.0, "x"), Value(2.0, "y")])
    [box] = folds(draw(outputs, depth=1)).values()
    assert box.lines[1] == "2 → 3"
    assert re.fullmatch(r"v1 = \S+, v2 = \S+, v3 = \S+", box.lines[3])
    assert box.lines[4] == "—"


def test_the_inputs_and_outputs_of_a_fold():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    with at.scope("part"):
        x = a * b
        y = x + a
        z = y * y
    values = at.topological_order(z + x)
    [fold] = Folding(values, {values[-1]}, 1).folds.values()
    assert fold.inputs == [a, b] and fold.outputs == [x, z] and fold.operations == [x, y, z]
    assert fold.shape == (2, 2) and not fold.parameters


# ---- fold=

def test_fold_by_path_and_by_module():
    loss, model = network()
    by_path = draw(loss, fold="mlp.layer1")
    assert list(folds(by_path)) == ["layer1"]
    assert set(frames(by_path)) == {"mlp", "layer2", "layer3", *(f"neuron{i}" for i in range(1, 5))}
    for same in (model.layers[0], ["mlp.layer1"], [model.layers[0]], "layer1", {"mlp.layer1"}):
        assert draw(loss, fold=same).source == by_path.source


def test_several_folds_and_a_depth():
    loss, model = network()
    assert set(folds(draw(loss, fold=[model.layers[1], "mlp.layer3.neuron1"]))) == {"neuron1", "layer2"}
    assert list(folds(draw(loss, fold="mlp.layer1.neuron1", depth=1))) == ["mlp"]


def test_fold_folds_the_model_that_is_given_and_no_other_of_its_class():
    first, second, x = two_networks()
    models, roots = (first, second), second(first(x))
    assert folded_models(roots, models, fold=first) == {"mlp": ([0], 1)}
    assert folded_models(roots, models, fold=second) == {"mlp₂": ([1], 1)}
    assert folded_models(roots, models, fold=second.layers[0]) == {"mlp₂.layer1": ([1], 1)}
    assert len(folded_models(roots, models, fold=[first, second])) == 2
    assert set(folded_models(roots, models, fold="layer1")) == {"mlp.layer1", "mlp₂.layer1"}
    assert set(frames(draw(roots, fold="layer1"))) >= {"mlp", "mlp₂"}
    assert len([name for name in frames(draw(roots, fold=second.layers[0])) if "mlp" in name]) == 2


def test_fold_names_a_module_that_is_not_there():
    loss, _ = network()
    with pytest.raises(ValueError, match=r"'mlp.layer9' computed nothing.*the modules in it are .*mlp"):
        draw(loss, fold="mlp.layer9")
    with pytest.raises(ValueError, match=r"'layer' computed nothing .*nothing in it was computed by"):
        draw(Value(1.0) + 1, fold=nn.Layer(1, 1))
    assert draw(loss, fold=None).svg == draw(loss).svg
    for wrong, named in ((3, "int 3"), ([None], "None"), (nn.MLP, "type")):
        with pytest.raises(TypeError, match=rf"fold: a path .* got {named}"):
            draw(loss, fold=wrong)
