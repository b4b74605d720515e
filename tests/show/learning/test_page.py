"""The page of a film of a training: classes, diagrams and rates as the page gets them."""
import random

import numpy as np
import pytest

from autograd_tiny import nn, optim, play
from autograd_tiny.show.learning.course import course_of
from autograd_tiny.show.learning.page import _data

X = np.random.default_rng(0).uniform(-1.0, 1.0, (12, 2))
SIDE = (X[:, 0] > 0.0).astype(int)


def data(model, y, x=X, **options):
    usual = {"loss": "squared_error", "optimizer": "sgd", "lr": 0.1, "epochs": 2, "batch_size": None, "seed": 0}
    return _data(course_of(model, x, y, **usual | options), "title", 4)


def mlp(*sizes):
    return nn.MLP(sizes[0], list(sizes[1:]), activation="tanh", rng=random.Random(1))


@pytest.mark.parametrize(("loss", "y", "threshold"), [
    ("squared_error", SIDE, 0.5), ("binary_cross_entropy", SIDE, 0.0), ("hinge", 2 * SIDE - 1, 0.0),
    ("squared_error", 2 * SIDE - 1, 0.0),
])
def test_one_output_parts_two_classes_at_the_threshold_of_its_loss(loss, y, threshold):
    found = data(mlp(2, 3, 1), y, loss=loss)["classes"]
    assert found["of"] == SIDE.tolist() and found["threshold"] == threshold
    assert found["names"] == (["0", "1"] if y is SIDE else ["−1", "1"])


def test_of_several_outputs_the_classes_are_those_of_the_labels():
    labels = np.arange(12) % 3
    found = data(mlp(2, 3, 3), labels, loss="cross_entropy")["classes"]
    assert found == {"of": labels.tolist(), "names": ["0", "1", "2"]}


def test_other_targets_are_numbers():
    assert data(mlp(2, 3, 1), X[:, 0] + X[:, 1])["classes"] is None
    assert data(mlp(2, 3, 2), X)["classes"] is None


def test_only_a_plain_update_of_all_samples_is_written_out():
    assert data(mlp(2, 3, 1), SIDE)["rate"] == 0.1
    model = mlp(2, 3, 1)
    momentum = optim.SGD(model.parameters(), 0.1, momentum=0.9)
    for options in ({"batch_size": 4}, {"optimizer": "adam"}, {"optimizer": momentum, "lr": None}, {"epochs": 500}):
        assert data(model, SIDE, **options)["rate"] is None


def test_the_diagram_has_the_parameters_of_the_tape():
    model = mlp(2, 3, 1)
    found = data(model, SIDE)
    names = found["names"]
    assert names[found["diagram"]["lines"][0]["weight"]] == "layer1.neuron1.w[0]"
    assert [names[unit["bias"]] for unit in found["diagram"]["units"] if unit["bias"] is not None] == [
        "layer1.neuron1.b", "layer1.neuron2.b", "layer1.neuron3.b", "layer2.neuron1.b",
    ]


def test_a_model_without_a_diagram_and_more_inputs_than_a_plane_has():
    class Product(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Layer(3, 1, rng=random.Random(0))

        def forward(self, x):
            return self.layer(x) * x[0]

    found = data(Product(), SIDE, x=np.column_stack([X, X[:, 0]]))
    assert found["diagram"] is None and found["plane"] is None and len(found["names"]) == 4


def test_the_inputs_have_the_names_of_the_columns():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["<b>wide</b>", "high"])
    found = data(mlp(2, 3, 1), SIDE, x=frame)
    assert found["outputs"]["inputs"] == ["<b>wide</b>", "high"]
    assert found["loss"]["inputs"] == ["<b>wide</b>", "high", "target"]


def test_the_page_is_small_and_names_what_it_shows():
    player = play(mlp(2, 8, 8, 1), X, SIDE, epochs=100)
    assert player.title == "Training MLP(2 → 8 → 8 → 1) on 12 samples"
    assert len(player.html) < 250_000
