"""Keras: reports about validation, early stopping, weights, numbers that are not finite, and callbacks.

Each case is written for this package.
"""
import io
import sys

import numpy as np
import pytest

from autograd_tiny import (
    EarlyStopping, Value, evaluate, fit, load_checkpoint, nn, optim, predict, save_checkpoint, value_and_grad,
)

X = np.arange(20.0)[:, None]
Y = np.r_[np.zeros(15), np.ones(5)]


def line():
    return nn.Layer(1, 1, "linear", init="zeros")


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_last_samples_validate_whether_the_others_are_shuffled_or_not(shuffle):
    """keras 597, 6422, 20946: is the split before or after shuffling? Before: here it has the class 1 alone."""
    history = fit(line(), X, Y, "mse", lr=0.0, validation_split=0.25, shuffle=shuffle, progress=False)
    assert (history["loss"], history["val_loss"]) == ([0.0], [1.0])


def test_weights_count_in_validation_too():
    """keras 496: samples of weight 0 spoilt the loss of validation."""
    weights = np.r_[np.ones(10), np.zeros(10)]
    history = fit(line(), X, Y, "mse", lr=0.0, validation_data=(X, Y, weights), progress=False)
    assert history["val_loss"] == [0.0]
    assert evaluate(line(), X, Y, "mse", sample_weight=weights)["loss"] == 0.0
    split = fit(line(), X, Y, "mse", lr=0.0, validation_split=0.5, progress=False,
                sample_weight=np.r_[np.ones(15), np.zeros(5)])
    assert split["val_loss"] == [0.0]


# ---- early stopping

def swinging(**options):
    """The weight of a line, which swings around 0 in growing steps, and the History."""
    w = Value(1.0)
    history = fit(
        lambda x: w * x[0], np.ones((4, 1)), np.zeros(4), "mse", optim.SGD([w], lr=1.2), 9, None, progress=False,
        **options,
    )
    return w.data, history


def test_the_weights_that_come_back_have_the_best_loss():
    """keras 20323: they had that of the next epoch. w is 1, then -1.4, 1.96, …: the best after an epoch is -1.4."""
    w, history = swinging(early_stopping=EarlyStopping(3, "loss"))
    assert history.best_epoch == 1 and w == pytest.approx(-1.4)


def test_they_come_back_when_something_else_ends_training():
    """keras 12511, tensorflow 35634: only early stopping itself brought them back."""
    for options in {"early_stopping": EarlyStopping(99, "loss")}, {
        "early_stopping": EarlyStopping(99, "loss"), "callbacks": [lambda epoch, logs: epoch == 5]
    }:
        assert swinging(**options)[0] == pytest.approx(-1.4)


def test_the_loss_of_an_epoch_is_that_before_its_updates():
    """keras 503, 6977: fit and evaluate tell other numbers. With a rate of 0 they agree."""
    _, history = swinging()
    assert history["loss"][0] == 1.0 and history["loss"][1] == pytest.approx(1.96)
    model = line()
    history = fit(model, X, Y, "mse", lr=0.0, progress=False)
    assert history["loss"][0] == evaluate(model, X, Y, "mse")["loss"]


# ---- numbers that are not finite

@pytest.mark.parametrize("samples", [20, 200])
def test_a_metric_that_divides_by_0_is_infinite_for_the_training_data_alone(samples):
    """keras 5078, 2908: nan in training, a number in validation. It does not end training, and harms no parameter."""
    x, y = np.ones((samples, 1)), np.ones(samples)
    y[3] = 0.0

    def relative(output, target):
        return abs(output - target) / target

    model = nn.Layer(1, 1, "linear", init="ones")
    history = fit(model, x, y, "mse", metrics=[relative], validation_data=(x, x[:, 0]), progress=False)
    assert history["relative"] == [np.inf] and np.isfinite(history["val_relative"][0])
    assert np.isfinite([p.data for p in model.parameters()]).all()


def test_the_logistic_loss_stays_finite_where_every_sample_is_right():
    """keras 198: log(0) as soon as the accuracy was 1."""
    model = nn.Layer(1, 1, "linear", init="zeros")
    model.load_state_dict({"w": [[1e4]], "b": [0.0]})
    x, y = np.array([[-1.0], [1.0]]), np.array([0.0, 1.0])
    history = fit(model, x, y, "binary_cross_entropy", epochs=3, metrics=["accuracy"], progress=False)
    assert history["loss"] == [0.0, 0.0, 0.0] and history["accuracy"][-1] == 1.0
    assert fit(model, x, 1.0 - y, "binary_cross_entropy", progress=False)["loss"] == [1e4]


# ---- callbacks

def test_callbacks_are_checked_before_training():
    """keras 23263: an object that is no callback was taken, and failed later."""
    class Other:
        name = "no callback"

    model = line()
    with pytest.raises(TypeError, match=r"callbacks: a function .* is expected, got Other"):
        fit(model, X, Y, "mse", callbacks=[Other()], progress=False)
    assert [p.data for p in model.parameters()] == [0.0, 0.0]


def test_the_loss_of_an_epoch_is_the_mean_over_its_samples():
    """tensorflow 38596, 27993: a smaller last batch counted as much as the others, 9.5 in the report."""
    x, y = np.ones((3, 1)), [10**0.5, 10**0.5, 3.0]
    history = fit(line(), x, y, "mse", lr=0.0, batch_size=2, shuffle=False, progress=False)
    assert history["loss"] == [pytest.approx(29 / 3)]
    assert evaluate(line(), x, y, "mse")["loss"] == pytest.approx(29 / 3)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 4])
def test_a_weighted_loss_does_not_depend_on_the_batches(batch_size):
    """keras 13641: divided by the samples of each batch. Here by their weights: (0.1 + 0.1 + 0.1) / 1."""
    weights = [0.1, 0.1, 0.7, 0.1]
    history = fit(
        line(), np.ones((4, 1)), [1.0, 1.0, 0.0, 1.0], "mse", lr=0.0, batch_size=batch_size, shuffle=False,
        sample_weight=weights, progress=False,
    )
    assert history["loss"] == [pytest.approx(0.3)]


@pytest.mark.parametrize(("x", "options", "message"), [
    (np.ones((1, 1)), {"validation_split": 0.3}, "0.3 of 1 samples leaves no sample in one of the parts"),
    (np.ones((0, 1)), {}, "X is empty"),
    (np.ones((2, 1)), {"validation_data": (np.ones((0, 1)), np.ones(0))}, "validation X is empty"),
    (np.ones((2, 1)), {"validation_split": 1.0}, r"a number in \[0, 1\)"),
])
def test_a_part_without_samples_is_an_error_before_training(x, options, message):
    """keras 3657, 10255: 'ProgbarLogger' object has no attribute 'log_values'."""
    with pytest.raises(ValueError, match=message):
        fit(line(), x, np.ones(len(x)), "mse", progress=False, **options)


def test_a_loss_that_overflows_is_an_error_with_its_sample():
    """keras 13658, 6747, 21771: restored None for the parameters of the best epoch, or went on with nan."""
    with pytest.raises(FloatingPointError, match="the loss is inf in epoch 2, update 1: it began with sample 0"):
        fit(line(), X, X[:, 0], "mse", lr=1e300, epochs=5, early_stopping=2, shuffle=False, progress=False)


def test_a_number_that_is_not_recorded_can_not_be_monitored():
    """keras 12511 and others: a warning at each epoch, and training never ended early."""
    with pytest.raises(ValueError, match="'val_loss' is not recorded; there are loss"):
        fit(line(), X, X[:, 0], "mse", early_stopping=EarlyStopping(2, "val_loss"), progress=False)


def test_the_threshold_of_accuracy_is_that_of_the_loss():
    """tensorflow 41413: 0.5 for outputs that are logits."""
    found = evaluate(lambda x: x[0] * 1.0, [[0.3], [-0.3]], [1.0, 0.0], "binary_cross_entropy", metrics=["accuracy"])
    assert found["accuracy"] == 1.0


def test_trained_twice_is_trained_once_for_longer():
    """keras 1872, 6697: the optimiser goes on where it stopped."""
    models = [nn.Layer(1, 1, "linear", init="zeros") for _ in range(2)]
    for model, parts in zip(models, ([4], [2, 2]), strict=True):
        adam = optim.Adam(model.parameters())
        for epochs in parts:
            fit(model, X / 20, X[:, 0] / 20, "mse", adam, epochs=epochs, shuffle=False, progress=False)
    assert [p.data for p in models[0].parameters()] == [p.data for p in models[1].parameters()]


def test_callbacks_count_from_1_and_end_training():
    """keras 251, 6703: which arguments the hooks take, and whether they are called in a second training."""
    class Stop:
        def __init__(self):
            self.seen = []

        def on_train_begin(self, logs):
            self.seen.append("begin")

        def on_epoch_end(self, epoch, logs):
            self.seen.append((epoch, *logs))
            return epoch == 2

    stop = Stop()
    for _ in range(2):
        assert len(fit(line(), X / 20, X[:, 0], "mse", epochs=9, callbacks=[stop], progress=False)) == 2
    assert stop.seen == ["begin", (1, "loss"), (2, "loss")] * 2


def test_a_console_of_few_letters_stops_no_prediction(monkeypatch):
    """19386: under cp1252, predict and summary end in UnicodeEncodeError, by the blocks of the bar and the table."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="cp1252", errors="strict"))
    model = nn.MLP(1, [2, 1], "tanh")
    history = fit(model, [[0.0], [1.0]], [0.0, 1.0], "mse", epochs=2, progress=True)
    print(model, history, predict(model, [[0.5]]), flush=True)
    assert b"MLP(1 -> 2 -> 1)" in stream.buffer.getvalue()


def test_samples_for_validation_do_not_train():
    """2305: all samples were trained on. The last fifth has other targets."""
    model, targets = line(), np.r_[np.zeros(8), np.full(2, 1e6)]
    history = fit(model, np.ones((10, 1)), targets, "mse", validation_split=0.2, epochs=3, progress=False)
    assert history["loss"] == [0.0] * 3 and history["val_loss"] == [1e12] * 3
    assert [p.data for p in model.parameters()] == [0.0, 0.0]


def test_metrics_are_weighted_as_the_loss_is():
    """5549: they were not. Three quarters of the weight is right."""
    data = [[1.0], [-1.0]], [1.0, 1.0], "binary_cross_entropy"
    weighted = {"metrics": ["accuracy"], "sample_weight": [3.0, 1.0]}
    assert evaluate(lambda x: x[0] * 1.0, *data, **weighted)["accuracy"] == 0.75
    model = nn.Layer(1, 1, "linear", init="ones")
    assert fit(model, *data, lr=0.0, progress=False, **weighted)["accuracy"] == [0.75]


def test_a_function_of_ones_own_in_a_saved_model(tmp_path):
    """13574: the loaded model had another function, silently. 4875: saved and loaded, it predicted otherwise."""
    def new():
        return nn.Sequential(nn.Layer(2, 2), lambda x: [2.0 * x[0], x[1]], nn.Layer(2, 1))

    model = new()
    nn.save(model, tmp_path / "model")
    with pytest.raises(ValueError, match=r"not how the model is built: load\(path, into=model\)"):
        nn.load(tmp_path / "model")
    assert nn.load(tmp_path / "model", into=new())([1.0, 2.0]).data == model([1.0, 2.0]).data


def test_a_training_goes_on_with_the_state_of_its_optimiser(tmp_path):
    """tf-keras 70: load_model began with a fresh one. 20128: another one was skipped with a warning."""
    def trained(model, adam):
        fit(model, X / 20, X[:, 0], "mse", adam, 2, shuffle=False, progress=False)
        return [p.data for p in model.parameters()]

    model, other = line(), line()
    adam, other_adam = optim.Adam(model.parameters()), optim.Adam(other.parameters())
    trained(model, adam)
    save_checkpoint(tmp_path / "training", model, adam)
    with pytest.raises(ValueError, match="the state of SGD is expected, got one of 'Adam'"):
        load_checkpoint(tmp_path / "training", line(), optim.SGD(other.parameters()))
    load_checkpoint(tmp_path / "training", other, other_adam)
    assert trained(model, adam) == trained(other, other_adam)


def test_labels_of_another_form_than_the_outputs():
    """1429, 6983 and many: scores and labels that do not fit train on something else, or end in nan."""
    model, y = nn.MLP(1, [3]), np.arange(len(X)) % 2
    for labels, message in ((np.eye(2)[y], "the model has 3 outputs, but y has the shape"), (y + 2, "the label 3")):
        with pytest.raises(ValueError, match=message):
            fit(model, X, labels, "cross_entropy", progress=False)


def test_soft_labels_with_very_large_logits():
    """tensorflow 21271: inf. log(e^a + e^b) - 0.2·a - 0.8·b is 0.2·(b - a) for b far above a."""
    found, slopes = value_and_grad(lambda z: nn.losses.cross_entropy(z, [0.2, 0.8]))([-4885.4614, 4878.027])
    assert found == pytest.approx(0.2 * (4878.027 + 4885.4614)) and slopes == pytest.approx([-0.2, 0.2])
