"""Modules that compute in the same scope are told apart."""
import itertools
import random

from references.show.folded import folded_models, folds, two_networks
from references.show.pictures import boxes

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.show.draw import draw
from autograd_tiny.show.graph.same_scope import separate


def test_two_models_of_one_class_are_two_boxes():
    first, second, x = two_networks()
    models = first, second
    behind, beside = second(first(x)), [a - b for a, b in zip(first(x), second(x), strict=True)]
    for roots in (behind, beside):
        assert folded_models(roots, models, depth=1) == {"mlp": ([0], 1), "mlp₂": ([1], 1)}
        assert folded_models(roots, models, depth=2) == {
            "mlp.layer1": ([0], 1), "mlp.layer2": ([0], 1), "mlp₂.layer1": ([1], 1), "mlp₂.layer2": ([1], 1)
        }
    assert [lines[0] for lines in boxes(draw(behind, depth=1))] == ["x", "y"]
    assert set(folds(draw(behind, depth=1))) == {"mlp", "mlp₂"}
    again = [*behind, *first(second(x)), *first(x)]
    assert folded_models(again, models, depth=1) == {"mlp": ([0], 3), "mlp₂": ([1], 2)}


def test_models_of_one_class_and_different_sizes_on_the_same_inputs_are_told_apart():
    rng, x = random.Random(1), [Value(1.0, "x"), Value(2.0, "y")]
    teacher, student = nn.MLP(2, [5, 2], rng=rng), nn.MLP(2, [1, 2], rng=rng)
    differences = [(b - a) ** 2 for a, b in zip(teacher(x), student(x), strict=True)]
    for order in itertools.permutations(differences):
        found = folded_models(at.sum(order), (teacher, student), depth=1)
        assert sorted(found.values()) == [([0], 1), ([1], 1)]
        for i, model in enumerate((teacher, student)):
            assert list(folded_models(at.sum(order), (teacher, student), fold=model).values()) == [([i], 1)]


def test_layers_that_are_called_by_themselves_are_told_apart():
    rng = random.Random(1)
    coder, decoder = nn.Layer(3, 2, "tanh", rng=rng), nn.Layer(2, 3, "tanh", rng=rng)
    roots = decoder(coder([Value(float(k), f"x{k}") for k in range(3)]))
    wanted = {"layer": ([0], 1), "layer₂": ([1], 1)}
    assert folded_models(roots, (coder, decoder), depth=1) == wanted
    neurons = [nn.Neuron(2, rng=random.Random(seed)) for seed in range(3)]
    outputs = [neuron([Value(1.0, "x"), Value(2.0, "y")]) for neuron in neurons]
    assert list(folded_models(outputs, neurons, depth=1)) == ["neuron", "neuron₂", "neuron₃"]


def test_a_group_has_no_two_parameters_with_one_label():
    w, other, x = Value(1.0, "w[0]"), Value(2.0, "w[0]"), Value(3.0, "x")
    first, second = w * x, other * x
    total = first + second
    values = at.topological_order(total)
    found = separate([value for value in values if value is not x], {w: "w[0]", other: "w[0]"}, [], [])
    assert [set(group) for group in found] == [{w, first, total}, {other, second}]


def test_a_module_whose_parameters_are_all_known_takes_no_others():
    w, other, x = Value(1.0, "w[0]"), Value(2.0, "w[1]"), Value(3.0, "x")
    total = w * x + other * x
    values = [value for value in at.topological_order(total) if value is not x]
    labels = {w: "w[0]", other: "w[1]"}
    assert len(separate(values, labels, [], [])) == 1
    assert len(separate(values, labels, [{w}], [{w}])) == 2
