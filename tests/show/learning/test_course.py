"""The film of a training on a data set: what is kept of each frame, and what is refused."""
import random

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import evaluate, fit, nn, optim, play, vectors
from autograd_tiny.show.learning import course
from autograd_tiny.show.learning.course import course_of

X = np.random.default_rng(0).uniform(-1.0, 1.0, (30, 2))
Y = (X[:, 0] > X[:, 1]).astype(int)
OPTIONS = {"loss": "squared_error", "optimizer": "sgd", "lr": None, "epochs": 5, "batch_size": 10, "seed": 3}


def mlp(*sizes):
    return nn.MLP(sizes[0], list(sizes[1:]), activation="tanh", rng=random.Random(1))


def trained(model=None, x=X, y=Y, **options):
    return course_of(mlp(2, 3, 1) if model is None else model, x, y, **OPTIONS | options)


def test_frames_have_the_parameters_that_fit_finds_and_the_model_stays_as_it_was():
    model, same = mlp(2, 3, 1), mlp(2, 3, 1)
    before = vectors.read(model.parameters())
    found = trained(model)
    assert found.epochs == [0, 1, 2, 3, 4, 5]
    assert vectors.read(model.parameters()).tolist() == before.tolist() == found.numbers[0].tolist()
    history = fit(same, X, Y, "squared_error", epochs=5, batch_size=10, seed=3, progress=False, validation_data=(X, Y))
    assert found.numbers[-1].tolist() == vectors.read(same.parameters()).tolist()
    np.testing.assert_allclose(found.losses[1:], history["val_loss"], rtol=1e-12)


def test_an_optimizer_of_ones_own_stays_as_it_was_too():
    model = mlp(2, 3, 1)
    momentum = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    before = str(momentum.state_dict())
    assert trained(model, optimizer=momentum).numbers[1].tolist() != vectors.read(model.parameters()).tolist()
    assert str(momentum.state_dict()) == before


def test_of_many_epochs_some_are_kept_evenly_with_the_first_and_the_last(monkeypatch):
    monkeypatch.setattr(course, "MOST_FRAMES", 4)
    assert trained(epochs=30).epochs == [0, 10, 20, 30]
    monkeypatch.setattr(course, "MOST_NUMBERS", 3 * 13)
    assert trained(epochs=30).epochs == [0, 15, 30]


def test_of_many_samples_some_are_shown_evenly_and_the_loss_is_that_of_all(monkeypatch):
    monkeypatch.setattr(course, "MOST_SAMPLES", 4)
    found = trained()
    assert found.samples == 30 and found.rows[:, 0].tolist() == X[[0, 9, 19, 29], 0].tolist()
    assert found.losses[0] == pytest.approx(trained().losses[0])


def test_a_training_that_diverges_ends_with_its_last_finite_frame():
    found = trained(mlp(2, 3, 1), y=Y * 1e3, lr=1e3, epochs=200)
    assert "finite" in found.ended or "inf" in found.ended or "nan" in found.ended
    assert 1 <= len(found.epochs) < 200 and np.isfinite(found.numbers).all()


def test_dropout_is_not_in_the_numbers_of_a_frame():
    model = nn.Sequential(mlp(2, 8, 4), nn.Dropout(0.5), nn.Layer(4, 1, rng=random.Random(2)))
    assert trained(model, epochs=1).losses[0] == pytest.approx(evaluate(model, X, Y, "squared_error")["loss"])


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"epochs": 0}, ValueError, "epochs: .* 1 or more"), ({"batch_size": 0}, ValueError, "batch_size: .* 1 or more"),
    ({"y": Y[:5]}, ValueError, "30 samples in X, but y has the shape"),
    ({"loss": "square"}, ValueError, "loss 'square'"),
    ({"x": X[:0], "y": Y[:0]}, ValueError, "X is empty"), ({"x": X * np.nan}, ValueError, "X"),
    ({"optimizer": "fast"}, ValueError, "fast"),
    ({"model": lambda x: x[0], "optimizer": "sgd"}, TypeError, "it has none|has none"),
])
def test_what_fit_refuses_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        trained(**options)


def test_a_model_that_no_tape_can_record_is_refused():
    class Branching(nn.MLP):
        def forward(self, x):
            return super().forward(x if x[0] > 0.0 else [2.0 * each for each in x])

    with pytest.raises(TypeError, match="a film needs a model that can be recorded on a tape"):
        trained(Branching(2, [1], rng=random.Random(0)))


def test_a_model_of_too_many_parameters_is_refused(monkeypatch):
    monkeypatch.setattr(course, "MOST_NUMBERS", 20)
    with pytest.raises(ValueError, match="a film keeps up to 10 parameters, got 13"):
        trained()


def test_arguments_for_another_film_are_refused():
    model = mlp(2, 3, 1)
    with pytest.raises(TypeError, match=r"steps belongs to play\(model, x, target\), of one sample"):
        play(model, X, Y, steps=3)
    with pytest.raises(TypeError, match=r"epochs and seed belong to play\(model, X, y\), of many"):
        play(model, [0.5, 0.3], [1.0], epochs=3, seed=0)
    with pytest.raises(TypeError, match=r"epochs belongs to play\(model, x, target\)"):
        play(at.Value(1.0), epochs=3)
