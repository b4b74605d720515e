"""Worked example D: 2 inputs and a bias, 5 sigmoid units, 1 sigmoid output, trained one example at a time."""
from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from autograd_tiny import evaluate, fit, nn, optim, predict

HIDDEN = ["h1", "h2", "h3", "h4", "h5"]
EDGES = [(source, h) for h in HIDDEN for source in ("x", "y")] + [(h, "o") for h in HIDDEN]
LEARNING_RATE = 0.5


def ring_around_a_blob() -> tuple[np.ndarray, np.ndarray]:
    """Twenty points in the middle, class 1, and thirty around them, class 0, mixed."""
    rng = np.random.default_rng(3)
    radius = np.concatenate([0.9 * np.sqrt(rng.random(20)), rng.uniform(1.6, 2.4, 30)])
    angle = rng.uniform(0, 2 * np.pi, 50)
    order = rng.permutation(50)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points[order], np.repeat([1.0, 0.0], [20, 30])[order]


X, Y = ring_around_a_blob()


def layered(seed: int = 1) -> nn.MLP:
    return nn.MLP(2, [5, 1], "sigmoid", "sigmoid", bias_init="uniform", rng=random.Random(seed))


def by_edges(seed: int = 1) -> nn.Network:
    return nn.Network(EDGES, bias_init="uniform", rng=random.Random(seed))


def same_weights(model: nn.MLP) -> nn.Network:
    """The same network by its edges. The parameters of both stand in the same order: unit by unit."""
    network = by_edges()
    for ours, theirs in zip(network.parameters(), model.parameters(), strict=True):
        ours.data = theirs.data
    return network


def train(model, batch_size=1, epochs=60):
    sgd = optim.SGD(model.parameters(), lr=LEARNING_RATE)
    return fit(
        model, X, Y, "squared_error", sgd, epochs=epochs, batch_size=batch_size, shuffle=False, progress=False
    )


def train_by_hand(model, epochs):
    """One example after the other: error, derivatives, and every weight moves at once."""
    losses = []
    for _ in range(epochs):
        total = 0.0
        for point, target in zip(X.tolist(), Y.tolist(), strict=True):
            error = (model(point) - target) ** 2
            model.zero_grad()
            error.backward()
            for p in model.parameters():
                p.data -= LEARNING_RATE * p.grad
            total += error.data
        losses.append(total / len(X))
    return losses


def accuracy(model) -> float:
    return evaluate(model, X, Y, "squared_error", ["accuracy"])["accuracy"]


def numbers(model) -> list[float]:
    return [p.data for p in model.parameters()]


def test_no_line_separates_the_classes():
    best = 0.0
    for direction in np.linspace(0, 2 * np.pi, 90, endpoint=False):
        across = X @ [np.cos(direction), np.sin(direction)]
        best = max(best, *(np.mean((across > d) == (Y == 1.0)) for d in np.linspace(-2.5, 2.5, 101)))
    assert best < 0.8


def test_a_perceptron_does_not_separate_them():
    perceptron = nn.MLP(2, [1], output_activation="sigmoid", rng=random.Random(1))
    train(perceptron)
    assert accuracy(perceptron) < 0.8


@pytest.mark.parametrize("make", [layered, by_edges])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_five_hidden_units_separate_them_one_example_at_a_time(make, seed):
    model = make(seed)
    assert accuracy(model) < 0.9
    history = train(model)
    assert accuracy(model) == 1.0
    assert history["loss"][-1] < 0.02 < 0.1 < history["loss"][0]
    assert ((predict(model, X) > 0.5) == (Y == 1.0)).all()


@pytest.mark.parametrize("make", [layered, by_edges])
def test_fit_gives_the_numbers_of_a_loop_written_by_hand(make):
    by_fit, by_hand = make(), make()
    history, losses = train(by_fit, epochs=20), train_by_hand(by_hand, epochs=20)
    assert numbers(by_fit) == pytest.approx(numbers(by_hand), rel=1e-12, abs=1e-12)
    assert history["loss"] == pytest.approx(losses, rel=1e-12)


def test_a_batch_moves_the_weights_once_by_the_mean_gradient():
    model, moved = layered(), layered()
    errors = [(model(point) - target) ** 2 for point, target in zip(X.tolist(), Y.tolist(), strict=True)]
    for error in errors:
        error.backward()                        # gradients add up
    train(moved, batch_size=None, epochs=1)
    expected = [p.data - LEARNING_RATE * p.grad / len(X) for p in model.parameters()]
    assert numbers(moved) == pytest.approx(expected, rel=1e-12)


def test_a_batch_is_far_behind_after_as_many_epochs():
    one_by_one, at_once = layered(), layered()
    train(one_by_one)
    train(at_once, batch_size=None)
    losses = [evaluate(model, X, Y, "squared_error")["loss"] for model in (one_by_one, at_once)]
    assert losses[0] < 0.02 < 0.2 < losses[1]


def test_by_its_edges_the_network_has_the_same_outputs_and_gradients():
    model = layered()
    network = same_weights(model)
    assert len(network.parameters()) == len(model.parameters()) == 21
    for point, target in zip(X.tolist(), Y.tolist(), strict=True):
        outputs, gradients = [], []
        for each in (model, network):
            each.zero_grad()
            output = each(point)
            ((output - target) ** 2).backward()
            outputs.append(output.data)
            gradients.append([p.grad for p in each.parameters()])
        assert outputs[1] == outputs[0]
        assert gradients[1] == pytest.approx(gradients[0], rel=1e-13)
        assert any(gradients[0])


def test_by_its_edges_the_network_is_trained_alike():
    model = layered()
    network = same_weights(model)
    train(model, epochs=20)
    train(network, epochs=20)
    assert numbers(network) == pytest.approx(numbers(model), rel=1e-12, abs=1e-12)


def test_a_shortcut_solves_exclusive_or_with_one_hidden_unit():
    edges = [("x", "h"), ("y", "h"), ("h", "o"), ("x", "o"), ("y", "o")]
    network = nn.Network(edges, activations={"h": "tanh"}, rng=random.Random(0))
    points, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
    sgd = optim.SGD(network.parameters(), lr=LEARNING_RATE)
    fit(
        network, points, targets, "squared_error", sgd, epochs=1000, batch_size=1, shuffle=False,
        progress=False,
    )
    assert predict(network, points) == pytest.approx(targets, abs=0.1)


def test_each_unit_has_its_own_activation():
    network = nn.Network(
        [("x", "a"), ("x", "b"), ("x", "c"), ("a", "o"), ("b", "o"), ("c", "o")],
        activations={"a": "tanh", "b": "linear", "o": "linear"},
    )
    for weight, number in zip(network.w.values(), [0.5, -2.0, 1.5, 1.0, 10.0, 100.0], strict=True):
        weight.data = number
    expected = np.tanh(0.5) + 10.0 * -2.0 + 100.0 / (1.0 + np.exp(-1.5))
    assert network([1.0]).data == pytest.approx(expected, rel=1e-14)


def test_edges_in_a_cycle_are_refused_and_the_cycle_is_named():
    with pytest.raises(ValueError, match=r"cycle: (h → o → h|o → h → o)\."):
        nn.Network([("x", "h"), ("h", "o"), ("o", "h")])


def test_a_longer_cycle_is_named_with_all_its_units():
    with pytest.raises(ValueError, match="cycle") as caught:
        nn.Network([*EDGES, ("o", "m"), ("m", "h3")])
    cycle = str(caught.value).split("cycle: ")[1].split(".")[0].split(" → ")
    assert cycle[0] == cycle[-1]
    assert set(cycle) == {"h3", "o", "m"}
    for edge in pairwise(cycle):
        assert edge in [*EDGES, ("o", "m"), ("m", "h3")]


def test_a_unit_that_looks_at_itself_is_a_cycle():
    with pytest.raises(ValueError, match="cycle: h → h"):
        nn.Network([("x", "h"), ("h", "h"), ("h", "o")])
