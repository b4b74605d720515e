"""Embedding: rows of parameters by index, eager and on tapes."""
from random import Random

import numpy as np
import pytest
from references.optional import needed

from autograd_tiny import Value, fit, nn, record
from autograd_tiny import sum as total


def test_it_returns_the_row_at_the_index():
    table = nn.Embedding(5, 3, rng=Random(0))
    assert table(2) == table.weight[2]
    assert table([0, -1]) == [table.weight[0], table.weight[4]]
    assert [x.data for x in table(Value(2.0))] == table.state_dict()["weight"][2].tolist()
    assert table.state_dict()["weight"].shape == (5, 3)
    assert repr(table).splitlines()[0] == "Embedding(5 × 3): 15 parameters"
    assert table.parameters()[3].label == "weight[1][0]"


def test_its_numbers_are_normal_as_in_pytorch():
    numbers = nn.Embedding(100, 50, rng=np.random.default_rng(0)).state_dict()["weight"]
    assert abs(numbers.mean()) < 0.05 and abs(numbers.std() - 1.0) < 0.05
    assert (nn.Embedding(2, 2, init="zeros").state_dict()["weight"] == 0.0).all()


def test_only_the_row_gets_a_gradient():
    table = nn.Embedding(4, 2, rng=Random(0))
    total(table(Value(1.0))).backward()
    assert [[x.grad for x in row] for row in table.weight] == [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]


def test_on_a_tape_the_index_is_an_input():
    table = nn.Embedding(4, 2, rng=Random(0))
    tape = record(lambda k: table(k), 0)
    assert np.array_equal(tape([0, 3, 1]), table.state_dict()["weight"][[0, 3, 1]])
    with pytest.raises(IndexError, match="sample 1: index 4 is out of range"):
        tape([0, 4, 1])


def test_wrong_arguments_and_indices():
    for wrong in ((0, 2), (2, 0), (2.5, 1)):
        with pytest.raises((TypeError, ValueError), match=r"num_embeddings|embedding_dim"):
            nn.Embedding(*wrong)
    with pytest.raises(ValueError, match="init: 'normall' is not known"):
        nn.Embedding(2, 2, init="normall")
    with pytest.raises(IndexError, match=r"^the embedding: index 7 is out of range"):
        nn.Embedding(2, 2)(7)


def test_it_is_saved_and_built_again(tmp_path):
    needed("safetensors", "save")
    table = nn.Embedding(4, 3, rng=Random(0))
    nn.save(table, tmp_path / "table.safetensors")
    again = nn.load(tmp_path / "table.safetensors")
    assert type(again) is nn.Embedding and np.array_equal(again.state_dict()["weight"], table.state_dict()["weight"])


class Words(nn.Module):
    """A class for each word, found by its number."""

    def __init__(self):
        self.table = nn.Embedding(6, 3, rng=Random(1))
        self.scores = nn.Layer(3, 2, "linear", rng=Random(2))

    def forward(self, x):
        return self.scores(self.table(x[0]))


@pytest.mark.parametrize("samples", [120, 30])
def test_fit_trains_it_on_a_tape_and_eagerly(samples):
    model = Words()
    words = np.arange(samples) % 6
    history = fit(model, words[:, None], words % 2, "cross_entropy", "adam", lr=0.1, epochs=30, seed=0, progress=False)
    assert history["loss"][-1] < 0.05
    others = np.where(words == 5, 6, words)[:, None]
    with pytest.raises(IndexError, match="index 6 is out of range"):
        fit(model, others, words % 2, "cross_entropy", "adam", epochs=1, progress=False)
