"""fit, evaluate and predict, against loops written by hand."""
import math
import os
import random
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from autograd_tiny import (
    EarlyStopping, Value, engine_kind, evaluate, fit, greater, log, nn, optim, predict, sqrt,
)
from autograd_tiny.nn import losses

N = 40
RNG = np.random.default_rng(7)
X = RNG.uniform(-1, 1, (N, 2))
Y = np.sin(2 * X[:, 0]) + 0.5 * X[:, 1]
CLASSES = (X[:, 0] + X[:, 1] > 0).astype(int) + (X[:, 0] > 0.5)
WEIGHTS = RNG.uniform(0, 2, N)


def mlp(nouts=(4, 1), seed=1, **options):
    return nn.MLP(2, nouts, options.pop("activation", "tanh"), rng=random.Random(seed), **options)


def numbers(model):
    return np.array([p.data for p in model.parameters()])


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def by_hand(
    model, y, loss, optimizer, epochs, batch, *, seed=0, shuffle=True, reduction="mean", penalty=None,
    sample_weight=None, schedule=None, clip_norm=None, clip_value=None,
):
    """The loop that fit stands for, with Values; the loss of each update, epoch by epoch."""
    rng = np.random.default_rng(seed)
    each = np.ones(N) if sample_weight is None else sample_weight
    history = []
    for _ in range(epochs):
        order = rng.permutation(N) if shuffle and batch < N else np.arange(N)
        found = []
        for start in range(0, N, batch):
            chosen = order[start:start + batch]
            optimizer.zero_grad()
            total = sum(float(each[i]) * loss(model(X[i].tolist()), y[i]) for i in chosen)
            if reduction == "mean":
                total = total / float(each[chosen].sum())
            weight = each[chosen].sum()
            extra = penalty(model) if penalty else Value(0.0)
            (total + extra).backward()
            if clip_value is not None:
                optim.clip_grad_value_(optimizer.parameters, clip_value)
            if clip_norm is not None:
                optim.clip_grad_norm_(optimizer.parameters, clip_norm)
            optimizer.step()
            found.append((total.data, extra.data, weight))
        history.append(found)
        if schedule is not None:
            schedule.step()
    return history


def loss_of(epoch):
    """What History has for an epoch of updates under the mean: each counts as much as its samples do."""
    loss, penalty, weight = np.array(epoch).T
    return np.average(loss, weights=weight) + penalty.mean()


class Branching(nn.Module):
    """A model that can't be recorded, because it decides by its input, though it never decides otherwise."""

    def __init__(self, inside):
        self.inside = inside

    def forward(self, x):
        return self.inside(x) if x[0] < 1e9 else self.inside(x) * 2.0


class Straight(nn.Module):
    """The same without the branch."""

    def __init__(self, inside):
        self.inside = inside

    def forward(self, x):
        return self.inside(x)


# ---- the steps

OPTIONS = {
    "plain": {},
    "penalty": {"penalty": nn.L2(0.01)},
    "penalty of absolute values": {"penalty": nn.L1(0.02)},
    "weights": {"sample_weight": WEIGHTS},
    "weights and penalty": {"sample_weight": WEIGHTS, "penalty": nn.L2(0.1)},
    "norm clipped": {"clip_norm": 0.05},
    "values clipped": {"clip_value": 0.02},
    "both clipped": {"clip_norm": 0.03, "clip_value": 0.02},
    "in order": {"shuffle": False},
}


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("batch", [1, 7, 8, None])
@pytest.mark.parametrize("name", OPTIONS)
def test_fit_takes_the_steps_of_a_loop_written_by_hand(name, batch, reduction):
    options = OPTIONS[name] | {"reduction": reduction}
    ours, theirs = mlp(), mlp()
    make = lambda model: optim.SGD(model.parameters(), lr=0.01, momentum=0.9)  # noqa: E731
    history = fit(ours, X, Y, "squared_error", make(ours), 3, batch, seed=5, progress=False, **options)
    found = by_hand(theirs, Y, losses.squared_error, make(theirs), 3, batch or N, seed=5, **options)
    same(numbers(ours), numbers(theirs))
    if reduction == "mean":
        same(history["loss"], [loss_of(epoch) for epoch in found])
    assert np.abs(numbers(ours) - numbers(mlp())).max() > 1e-4


def test_gradient_descent_with_momentum_written_out():
    ours, theirs = mlp(), mlp()
    optimizer = optim.SGD(ours.parameters(), lr=0.05, momentum=0.8)
    fit(ours, X, Y, "mse", optimizer, 4, None, progress=False)
    velocity = np.zeros(len(theirs.parameters()))
    for _ in range(4):
        theirs.zero_grad()
        (sum((theirs(x) - t) ** 2 for x, t in zip(X.tolist(), Y.tolist(), strict=True)) / N).backward()
        for k, p in enumerate(theirs.parameters()):
            velocity[k] = 0.8 * velocity[k] + p.grad
            p.data -= 0.05 * velocity[k]
    same(numbers(ours), numbers(theirs))


@pytest.mark.parametrize("kind", [optim.Adagrad, optim.RMSprop, optim.Adam, optim.AdamW])
def test_other_optimizers_take_the_same_steps(kind):
    ours, theirs = mlp(), mlp()
    fit(ours, X, Y, "mse", kind(ours.parameters()), 3, 16, seed=2, progress=False)
    by_hand(theirs, Y, losses.mean_squared_error, kind(theirs.parameters()), 3, 16, seed=2)
    same(numbers(ours), numbers(theirs))


@pytest.mark.parametrize("name", ["sgd", "adagrad", "rmsprop", "adam", "adamw"])
def test_an_optimizer_by_name_has_the_defaults_of_its_class(name):
    kind = {each.__name__.lower(): each for each in vars(optim).values() if isinstance(each, type)}[name]
    ours, theirs = mlp(), mlp()
    fit(ours, X, Y, "mse", name, 3, seed=2, progress=False)
    fit(theirs, X, Y, "mse", kind(theirs.parameters()), 3, seed=2, progress=False)
    assert numbers(ours).tolist() == numbers(theirs).tolist() != numbers(mlp()).tolist()


def test_a_schedule_changes_the_rate_after_each_epoch():
    ours, theirs = mlp(), mlp()
    one, other = (optim.SGD(model.parameters(), lr=0.1) for model in (ours, theirs))
    schedule = optim.StepLR(one, 2, 0.5)
    history = fit(ours, X, Y, "mse", one, 5, 8, seed=3, schedule=schedule, progress=False)
    by_hand(theirs, Y, losses.mean_squared_error, other, 5, 8, seed=3, schedule=optim.StepLR(other, 2, 0.5))
    same(numbers(ours), numbers(theirs))
    assert history["lr"] == [0.1, 0.1, 0.05, 0.05, 0.025]
    assert one.lr == 0.025 and schedule.last_step == 5


def test_a_second_fit_goes_on_with_the_state_of_the_optimizer():
    ours, theirs = mlp(), mlp()
    one, other = (optim.Adam(model.parameters()) for model in (ours, theirs))
    for _ in range(2):
        fit(ours, X, Y, "mse", one, 3, 8, shuffle=False, progress=False)
    fit(theirs, X, Y, "mse", other, 6, 8, shuffle=False, progress=False)
    assert numbers(ours).tolist() == numbers(theirs).tolist()
    assert one.steps == other.steps == 30


@pytest.mark.parametrize("samples", [5, N])
def test_few_samples_and_many_take_the_same_steps(samples):
    """A tape is not recorded for a few; by itself that changes no number."""
    ours, theirs = mlp(), mlp()
    for _ in range(4):
        fit(ours, X[:samples], Y[:samples], "mse", epochs=1, shuffle=False, progress=False)
    fit(theirs, X[:samples], Y[:samples], "mse", epochs=4, shuffle=False, progress=False)
    same(numbers(ours), numbers(theirs))


def test_the_model_is_recorded_and_not_called_for_each_sample():
    calls = []

    class Counting(Straight):
        def forward(self, x):
            calls.append(x)
            return super().forward(x)

    fit(Counting(mlp()), X, Y, "mse", epochs=20, progress=False)
    assert len(calls) < 10


def test_a_batch_larger_than_the_samples_is_all_of_them():
    ours, theirs = mlp(), mlp()
    fit(ours, X, Y, "mse", epochs=3, batch_size=1000, seed=1, progress=False)
    fit(theirs, X, Y, "mse", epochs=3, batch_size=None, seed=2, progress=False)
    assert numbers(ours).tolist() == numbers(theirs).tolist()


def test_several_threads_find_the_same_numbers():
    results = []
    for threads in 1, 3:
        model = mlp()
        fit(model, X, Y, "mse", "adam", 3, None, threads=threads, progress=False, validation_data=(X, Y))
        results.append(numbers(model).tolist())
    assert results[0] == results[1]


def test_an_update_without_weight_is_no_update():
    weights = np.r_[np.zeros(8), np.ones(N - 8)]
    ours, theirs = mlp(), mlp()
    options = {"shuffle": False, "progress": False, "batch_size": 8, "epochs": 3}
    ours_history = fit(ours, X, Y, "mse", sample_weight=weights, **options)
    theirs_history = fit(theirs, X[8:], Y[8:], "mse", **options)
    same(numbers(ours), numbers(theirs))
    same(ours_history["loss"], theirs_history["loss"])


def test_the_sum_of_nothing_leaves_the_penalty():
    """Under the sum an update of weight 0 has the gradient of its penalty, as a loop has it."""
    weights = np.r_[np.zeros(8), np.ones(N - 8)]
    ours, theirs = mlp(), mlp()
    options = {"reduction": "sum", "penalty": nn.L2(0.5), "sample_weight": weights, "shuffle": False}
    fit(ours, X, Y, "mse", optim.SGD(ours.parameters(), lr=0.01), 3, 8, progress=False, **options)
    by_hand(theirs, Y, losses.mean_squared_error, optim.SGD(theirs.parameters(), lr=0.01), 3, 8, **options)
    same(numbers(ours), numbers(theirs))


# ---- Dropout

def dropped(wrap, seed=3):
    return wrap(nn.Sequential(
        nn.Layer(2, 6, "tanh", rng=random.Random(seed)), nn.Dropout(0.4), nn.Dropout(0.1),
        nn.Layer(6, 1, "linear", rng=random.Random(seed)),
    ))


def test_dropout_on_a_tape_leaves_out_what_it_does_without():
    straight, branching, whole = dropped(Straight), dropped(Branching), dropped(Straight)
    one = fit(straight, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    with pytest.warns(UserWarning, match="no tape could be recorded"):
        other = fit(branching, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    same(numbers(straight), numbers(branching))
    same(one["loss"], other["loss"])
    for part in whole.inside.layers[1:3]:
        part.p = 0.0
    fit(whole, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    assert np.abs(numbers(whole) - numbers(straight)).max() > 1e-4


def test_a_model_in_use_is_trained_with_dropout_all_the_same():
    ours, theirs = dropped(Straight), dropped(Straight)
    ours.eval()
    fit(ours, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    fit(theirs, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    same(numbers(ours), numbers(theirs))
    assert not any(part.training for _, part in ours.parts())


def test_a_model_in_use_is_trained_with_dropout_without_a_tape():
    ours, theirs = dropped(Branching), dropped(Branching)
    ours.eval()
    for model in ours, theirs:
        with pytest.warns(UserWarning, match="no tape"):
            fit(model, X, Y, "mse", "adam", 3, 8, seed=4, progress=False)
    same(numbers(ours), numbers(theirs))


def test_dropout_keeps_the_share_and_the_mean_that_it_promises():
    scale = nn.Layer(1, 1, "linear", bias=False, init="ones")
    model = nn.Sequential(nn.Dropout(0.25), scale)
    seen = []
    fit(
        model, np.ones((4000, 1)), np.zeros(4000), lambda o, t: o, optim.SGD(scale.parameters(), lr=0.0), 1,
        1, seed=1, callbacks=[Batches(lambda step, logs: seen.append(logs["loss"]))], progress=False,
    )
    assert {round(x, 12) for x in seen} == {0.0, round(1 / 0.75, 12)}
    assert np.mean(np.array(seen) == 0.0) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("many", [1, 5])
def test_predict_and_evaluate_leave_nothing_out(many):
    model = dropped(Straight)
    x, y = np.tile(X, (many, 1)), np.tile(Y, many)
    model.eval()
    expected = [model(row).data for row in x.tolist()]
    model.train()
    same(predict(model, x), expected)
    assert evaluate(model, x, y, "mse")["loss"] == pytest.approx(np.mean((expected - y) ** 2), rel=1e-12)
    assert model.training and all(part.training for _, part in model.parts())


def test_validation_leaves_nothing_out():
    model = dropped(Straight)
    logs = fit(model, X, Y, "mse", epochs=3, seed=1, validation_data=(X, Y), metrics=["mse"], progress=False)
    model.eval()
    expected = np.mean([(model(x).data - t) ** 2 for x, t in zip(X.tolist(), Y, strict=True)])
    for name in "val_loss", "mse", "val_mse":
        assert logs[name][-1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("wrap", [Straight, Branching])
def test_modes_are_restored_part_by_part(wrap):
    model = dropped(wrap)
    model.inside.layers[1].eval()
    model.inside.layers[3].eval()

    def modes(module):
        return [module.training] + [x for _, part in module.parts() for x in modes(part)]

    before = modes(model)
    assert {*before} == {True, False}
    with (pytest.warns(UserWarning, match="no tape") if wrap is Branching else nullcontext()):
        fit(model, X, Y, "mse", epochs=3, validation_data=(X, Y), progress=False)
    assert modes(model) == before
    predict(model, X)
    evaluate(model, X, Y, "mse")
    assert modes(model) == before

    def failing(epoch, logs):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        fit(model, X[:3], Y[:3], "mse", callbacks=[failing], progress=False)
    with pytest.raises(ValueError, match="inputs"):
        predict(model, X[:, :1])
    assert modes(model) == before


# ---- losses, metrics, validation, history

TARGETS = {
    "binary_cross_entropy": (Y > 0).astype(float), "hinge": np.where(Y > 0, 1.0, -1.0),
    "cross_entropy": CLASSES, "multiclass_hinge": CLASSES,
}


@pytest.mark.parametrize("name", losses.LOSSES)
def test_a_loss_by_name_as_a_function_and_as_one_of_your_own(name):
    function = losses.LOSSES[name].loss
    y = TARGETS.get(name, Y)
    nouts = (4, 3) if y is CLASSES else (4, 1)
    by_name, by_function, own, hand = (mlp(nouts) for _ in range(4))
    one_hot = np.eye(3)[y] if y is CLASSES else y
    histories = [
        fit(model, X, target, loss, epochs=3, batch_size=8, seed=6, progress=False)
        for model, target, loss in [
            (by_name, y, name), (by_function, y, function), (own, one_hot, lambda o, t: function(o, t)),
        ]
    ]
    by_hand(hand, y.tolist(), function, optim.SGD(hand.parameters()), 3, 8, seed=6)
    for model in by_name, by_function, own:
        same(numbers(model), numbers(hand))
    same(histories[0]["loss"], histories[1]["loss"])
    same(histories[0]["loss"], histories[2]["loss"])


def test_one_hot_targets_are_labels():
    labels, one_hot = mlp((4, 3)), mlp((4, 3))
    one = fit(labels, X, CLASSES, "cross_entropy", epochs=3, seed=1, metrics=["accuracy"], progress=False)
    other = fit(
        one_hot, X, np.eye(3)[CLASSES], "cross_entropy", epochs=3, seed=1, metrics=["accuracy"],
        progress=False,
    )
    assert numbers(labels).tolist() == numbers(one_hot).tolist()
    assert one.to_dict() == other.to_dict()


def test_several_outputs_learn_several_numbers():
    y = np.stack([Y, -Y], axis=1)
    ours, theirs = mlp((4, 2)), mlp((4, 2))
    fit(ours, X, y, "squared_error", epochs=3, batch_size=9, seed=8, progress=False)
    by_hand(theirs, y.tolist(), losses.squared_error, optim.SGD(theirs.parameters()), 3, 9, seed=8)
    same(numbers(ours), numbers(theirs))


def test_lists_frames_and_columns_are_samples_too():
    pandas = pytest.importorskip("pandas")
    expected = None
    frame = pandas.DataFrame(X, columns=["a", "b"])
    for x, y in [(X, Y), (X.tolist(), Y.tolist()), (frame, pandas.Series(Y)), (X, Y[:, None])]:
        model = mlp()
        fit(model, x, y, "mse", epochs=3, seed=1, progress=False)
        expected = expected or numbers(model).tolist()
        assert numbers(model).tolist() == expected


def test_integers_and_single_precision_are_the_numbers_that_they_are():
    whole = RNG.integers(-3, 4, (N, 2))
    found = []
    for x in whole, whole.astype(np.float32), whole.astype(float), whole.astype(np.int8):
        model = mlp()
        fit(model, x, Y, "mse", epochs=3, seed=1, progress=False)
        found.append(numbers(model).tolist())
    assert all(each == found[0] for each in found)


def largest_error(outputs, target):
    """A metric of one's own."""
    return abs(outputs - target)


class Doubled:
    """A metric that is an object."""

    def __call__(self, outputs, target):
        return 2.0 * (outputs - target)


def test_metrics_and_validation_are_those_of_the_model_after_the_epoch():
    model = mlp()
    other, other_y = X[::-2] * 0.5, Y[::-2] - 0.1
    known = []

    def look(epoch, logs):
        known.append([evaluate(model, x, y, "mse", ["mae", largest_error, Doubled()])
                      for x, y in ((X, Y), (other, other_y))])

    history = fit(
        model, X, Y, "mse", "adam", 4, 8, validation_data=(other, other_y), callbacks=[look],
        metrics=["mae", largest_error, Doubled()], penalty=nn.L2(0.3), progress=False,
    )
    assert history.names == [
        "loss", "mae", "largest_error", "Doubled", "val_loss", "val_mae", "val_largest_error", "val_Doubled",
    ]
    for name in "mae", "largest_error", "Doubled":
        same(history[name], [train[name] for train, _ in known])
        same(history[f"val_{name}"], [val[name] for _, val in known])
    same(history["val_loss"], [val["loss"] for _, val in known])
    errors = [model(x).data - t for x, t in zip(other.tolist(), other_y, strict=True)]
    same(history["val_loss"][-1], np.mean(np.square(errors)))
    same(history["val_mae"][-1], np.mean(np.abs(errors)))
    same(history["val_Doubled"][-1], 2 * np.mean(errors))


def test_a_metric_may_decide_by_its_numbers():
    model = mlp()
    near = lambda o, t: 1.0 if abs(o - t) < 0.5 else 0.0  # noqa: E731
    near.__name__ = "near"
    history = fit(model, X, Y, "mse", epochs=3, metrics=[near], progress=False)
    expected = np.mean([abs(model(x).data - t) < 0.5 for x, t in zip(X.tolist(), Y, strict=True)])
    assert history["near"][-1] == expected


def test_a_metric_may_do_what_only_floats_do():
    model = mlp()
    ratio = lambda o, t: (o - t).as_integer_ratio()[0] > 0  # noqa: E731
    ratio.__name__ = "above"
    expected = np.mean([model(x).data > t for x, t in zip(X.tolist(), Y, strict=True)])
    few = evaluate(model, X, Y, "mse", [ratio])
    many = evaluate(model, np.tile(X, (5, 1)), np.tile(Y, 5), "mse", [ratio])
    assert few["above"] == many["above"] == pytest.approx(expected)


def test_the_loss_of_an_epoch_weighs_updates_by_their_samples():
    """A rate of 0: all updates see the same model, so that the epoch has the loss over all samples."""
    model = mlp()
    still = optim.SGD(model.parameters(), lr=0.0)
    expected = np.array([(model(x).data - t) ** 2 for x, t in zip(X.tolist(), Y, strict=True)])
    history = fit(model, X, Y, "mse", still, 3, 7, penalty=nn.L2(0.1), seed=1, progress=False)
    penalty = 0.1 * np.square(numbers(model)).sum()
    same(history["loss"], [expected.mean() + penalty] * 3)
    weighted = fit(model, X, Y, "mse", still, 3, 7, sample_weight=WEIGHTS, seed=1, progress=False)
    same(weighted["loss"], [np.average(expected, weights=WEIGHTS)] * 3)


def test_the_loss_of_an_epoch_of_sums_is_the_sum_over_its_samples():
    model = mlp()
    still = optim.SGD(model.parameters(), lr=0.0)
    history = fit(
        model, X, Y, "mse", still, 3, 7, reduction="sum", validation_data=(X, Y), progress=False,
    )
    expected = sum((model(x).data - t) ** 2 for x, t in zip(X.tolist(), Y, strict=True))
    same(history["loss"], [expected] * 3)
    same(history["val_loss"], [expected] * 3)


@pytest.mark.parametrize("many", [1, 5])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_evaluate_is_the_mean_or_the_sum_over_the_samples(weights, many):
    model = mlp((4, 3))
    x, y = np.tile(X, (many, 1)), np.tile(CLASSES, many)
    weights = None if weights is None else np.tile(weights, many)
    scores = np.array([[s.data for s in model(row)] for row in x.tolist()])
    each = np.log(np.exp(scores).sum(axis=1)) - scores[range(len(y)), y]
    hits = scores.argmax(axis=1) == y
    found = evaluate(model, x, y, "cross_entropy", ["accuracy"], sample_weight=weights)
    same(found["loss"], np.average(each, weights=weights))
    same(found["accuracy"], np.average(hits, weights=weights))
    total = evaluate(model, x, y, "cross_entropy", ["accuracy"], sample_weight=weights, reduction="sum")
    same(total["loss"], each.sum() if weights is None else weights @ each)
    same(total["accuracy"], found["accuracy"])
    assert list(found) == ["loss", "accuracy"]


@pytest.mark.parametrize("samples", [1, 3, 150])
def test_the_shape_of_predictions(samples):
    x = np.resize(X, (samples, 2))
    one, three = mlp(), mlp((4, 3))
    found = predict(one, x), predict(three, x)
    assert found[0].shape == (samples,) and found[1].shape == (samples, 3)
    assert found[0].dtype == found[1].dtype == np.float64
    same(found[0], [one(row).data for row in x.tolist()])
    same(found[1], [[s.data for s in three(row)] for row in x.tolist()])


def test_predictions_of_thousands_of_samples_are_in_order():
    x = np.random.default_rng(0).uniform(-1, 1, (9001, 2))
    model = mlp()
    w = model.state_dict()
    expected = np.tanh(x @ w["layer1.w"].T + w["layer1.b"]) @ w["layer2.w"].T + w["layer2.b"]
    same(predict(model, x, threads=2), expected[:, 0])


def test_predict_and_evaluate_change_nullcontext():
    model = mlp()
    before = numbers(model).tolist()
    random.seed(3)
    state = random.getstate()
    for x, y in (X, Y), (np.tile(X, (5, 1)), np.tile(Y, 5)):
        predict(model, x)
        evaluate(model, x, y, "mse", ["mae"])
    assert numbers(model).tolist() == before
    assert all(p.grad == 0.0 for p in model.parameters())
    assert random.getstate() == state


def test_a_function_is_a_model_if_an_optimizer_has_its_parameters():
    w, b = Value(0.0), Value(0.0)
    line = lambda x: w * x[0] + b  # noqa: E731
    x = np.linspace(-1, 1, 50)[:, None]
    history = fit(line, x, 3 * x[:, 0] - 1, "mse", optim.SGD([w, b], lr=0.3), 60, None, progress=False)
    assert w.data == pytest.approx(3.0, abs=1e-4) and b.data == pytest.approx(-1.0, abs=1e-4)
    assert history["loss"][-1] < 1e-8
    same(predict(line, x), w.data * x[:, 0] + b.data)


def test_progress_writes_to_the_error_stream_only(capsys):
    fit(mlp(), X, Y, "mse", epochs=3, progress=True)
    out, err = capsys.readouterr()
    assert not out and "epoch 3/3" in err and "loss=" in err
    fit(mlp(), X, Y, "mse", epochs=3, progress=False)
    assert capsys.readouterr() == ("", "")


# ---- what does not move

@pytest.mark.parametrize("wrap", [Straight, Branching])
@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.05}, {"penalty": nn.L2(1.0)}])
def test_a_frozen_parameter_is_not_moved(wrap, options):
    ours, theirs = wrap(mlp()), mlp()
    for model in ours, theirs:
        for p in model.parameters()[:5]:
            p.requires_grad = False
    optimizer = optim.SGD(ours.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    with (pytest.warns(UserWarning, match="no tape") if wrap is Branching else nullcontext()):
        fit(ours, X, Y, "mse", optimizer, 3, 8, seed=1, progress=False, **options)
    assert numbers(ours)[:5].tolist() == numbers(mlp())[:5].tolist()
    assert (numbers(ours)[5:] != numbers(mlp())[5:]).all()
    other = optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    by_hand(theirs, Y, losses.mean_squared_error, other, 3, 8, seed=1, **options)
    same(numbers(ours), numbers(theirs))
    assert [p.requires_grad for p in ours.parameters()] == [False] * 5 + [True] * (len(numbers(ours)) - 5)


def test_parameters_may_be_frozen_and_freed_in_the_course_of_training():
    model = mlp()
    first, last = model.parameters()[0], model.parameters()[-1]
    first.requires_grad = False
    seen = []

    def turn(epoch, logs):
        seen.append((first.data, last.data))
        if epoch == 2:
            first.requires_grad, last.requires_grad = True, False

    fit(model, X, Y, "mse", "adam", 4, 8, callbacks=[turn], progress=False)
    (a1, b1), (a2, b2), (a3, b3), (a4, b4) = seen
    assert mlp().parameters()[0].data == a1 == a2 != a3 != a4
    assert len({b1, b2}) == 2 and b2 == b3 == b4


@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.05}, {"penalty": nn.L2(0.1)}])
def test_an_optimizer_over_a_part_moves_that_part_only(options):
    ours, theirs = mlp(), mlp()
    one, other = (optim.SGD(m.layers[1].parameters(), lr=0.1, momentum=0.9) for m in (ours, theirs))
    fit(ours, X, Y, "mse", one, 3, 8, seed=1, progress=False, **options)
    by_hand(theirs, Y, losses.mean_squared_error, other, 3, 8, seed=1, **options)
    hidden = len(ours.layers[0].parameters())
    assert numbers(ours)[:hidden].tolist() == numbers(mlp())[:hidden].tolist()
    assert (numbers(ours)[hidden:] != numbers(mlp())[hidden:]).all()
    same(numbers(ours), numbers(theirs))


def test_tied_parameters_move_together():
    def tied():
        model = mlp((2, 2, 1))
        model.layers[1].neurons[0].w = model.layers[0].neurons[0].w
        return model

    ours, theirs = tied(), tied()
    fit(ours, X, Y, "mse", optim.SGD(ours.parameters(), lr=0.1), 3, 8, seed=1, progress=False)
    by_hand(theirs, Y, losses.mean_squared_error, optim.SGD(theirs.parameters(), lr=0.1), 3, 8, seed=1)
    same(numbers(ours), numbers(theirs))
    assert ours.layers[1].neurons[0].w[0] is ours.layers[0].neurons[0].w[0]


# ---- callbacks

class Batches:
    """A callback that looks after each update."""

    def __init__(self, function):
        self.on_batch_end = function


class Both:
    """A callback that looks after updates and epochs."""

    def __init__(self, seen):
        self.seen = seen

    def on_epoch_end(self, epoch, logs):
        self.seen.append(("epoch", epoch, logs))

    def on_batch_end(self, update, logs):
        self.seen.append(("batch", update, logs))


def test_callbacks_are_called_in_order_with_what_was_found():
    seen, calls = [], []
    history = fit(
        mlp(), X, Y, "mse", epochs=2, batch_size=20, validation_data=(X, Y),
        callbacks=[Both(seen), lambda epoch, logs: calls.append((epoch, logs))], progress=False,
    )
    order = [(what, count) for what, count, _ in seen]
    assert order == [
        ("batch", 1), ("batch", 2), ("epoch", 1), ("batch", 3), ("batch", 4), ("epoch", 2),
    ]
    assert [epoch for epoch, _ in calls] == [1, 2]
    for k, (_, logs) in enumerate(calls):
        assert logs == {name: history[name][k] for name in ("loss", "val_loss")}
    assert [logs for what, _, logs in seen if what == "epoch"] == [logs for _, logs in calls]
    batches = [logs["loss"] for what, _, logs in seen if what == "batch"]
    same(history["loss"], [np.mean(batches[:2]), np.mean(batches[2:])])


def test_callbacks_see_the_parameters_as_they_are_now():
    ours, theirs = mlp(), mlp()
    seen, expected = [], []
    look = lambda count, logs: seen.append(numbers(ours).tolist())  # noqa: E731
    fit(ours, X, Y, "mse", optim.SGD(ours.parameters()), 3, 8, shuffle=False, progress=False,
        callbacks=[Batches(look), look])
    optimizer = optim.SGD(theirs.parameters())
    for _ in range(3):
        for start in range(0, N, 8):
            fit(theirs, X[start:start + 8], Y[start:start + 8], "mse", optimizer, progress=False)
            expected.append(numbers(theirs).tolist())
        expected.append(expected[-1])
    same(seen, expected)


@pytest.mark.parametrize("batches", [False, True])
@pytest.mark.parametrize("samples", [4, N])
def test_what_a_callback_changes_is_used(samples, batches):
    model = mlp()
    before = numbers(model).tolist()

    def back(count, logs):
        for p, number in zip(model.parameters(), before, strict=True):
            p.data = number

    history = fit(
        model, X[:samples], Y[:samples], "mse", optim.SGD(model.parameters(), lr=0.1), 3, None,
        callbacks=[Batches(back) if batches else back], progress=False,
    )
    assert numbers(model).tolist() == before
    assert history["loss"] == [history["loss"][0]] * 3


@pytest.mark.parametrize("samples", [4, N])
def test_what_a_callback_changes_is_used_beyond_what_the_optimizer_has(samples):
    """The optimizer has the last layer; the callback sets the other to 0, which leaves the last bias."""
    model = mlp()
    hidden, last = model.layers

    def clear(epoch, logs):
        for p in hidden.parameters():
            p.data = 0.0

    history = fit(
        model, X[:samples], Y[:samples], "mse", optim.SGD(last.parameters(), lr=0.0), 4, None,
        callbacks=[clear], progress=False,
    )
    same(history["loss"][1:], [np.mean((last.neurons[0].b.data - Y[:samples]) ** 2)] * 3)


def test_a_rate_that_a_callback_sets_is_used():
    model = mlp()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    seen = []

    def stop_moving(epoch, logs):
        seen.append(numbers(model).tolist())
        optimizer.lr = 0.0

    fit(model, X, Y, "mse", optimizer, 4, callbacks=[stop_moving], progress=False)
    assert seen[0] == seen[3] != numbers(mlp()).tolist()


def test_a_callback_that_returns_true_ends_training():
    calls = []

    def second(epoch, logs):
        calls.append(epoch)
        return epoch == 2

    history = fit(mlp(), X, Y, "mse", epochs=9, callbacks=[second], progress=False)
    assert calls == [1, 2] and len(history) == 2
    assert "callback" in history.stopped and "2" in history.stopped


def test_only_true_ends_training():
    history = fit(
        mlp(), X, Y, "mse", epochs=3, progress=False,
        callbacks=[lambda epoch, logs: 1, lambda epoch, logs: "yes", lambda epoch, logs: logs],
    )
    assert len(history) == 3 and history.stopped == ""


def test_what_a_callback_does_to_its_logs_stays_with_it():
    history = fit(
        mlp(), X, Y, "mse", epochs=3, progress=False, callbacks=[lambda epoch, logs: logs.clear()] * 2,
    )
    assert len(history["loss"]) == 3


@pytest.mark.parametrize("samples", [4, N])
@pytest.mark.parametrize("batches", [False, True])
def test_an_exception_in_a_callback_leaves_the_last_parameters(samples, batches):
    ours, theirs = mlp(), mlp()
    x, y = X[:samples], Y[:samples]

    def fails(count, logs):
        if count == 3:
            raise RuntimeError("the callback itself")

    with pytest.raises(RuntimeError, match="the callback itself"):
        fit(ours, x, y, "mse", epochs=30, batch_size=None, progress=False,
            callbacks=[Batches(fails) if batches else fails])
    fit(theirs, x, y, "mse", epochs=3, batch_size=None, progress=False)
    same(numbers(ours), numbers(theirs))


# ---- Ctrl-C

@pytest.mark.parametrize("samples", [4, N])
@pytest.mark.parametrize("batches", [False, True])
def test_an_interrupt_in_a_callback_ends_training(samples, batches):
    ours, theirs = mlp(), mlp()
    x, y = X[:samples], Y[:samples]

    def interrupts(count, logs):
        if count == 3:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="in epoch 3; its parameters are those of the last update"):
        history = fit(ours, x, y, "mse", epochs=30, batch_size=None, progress=False,
                      callbacks=[Batches(interrupts) if batches else interrupts])
    fit(theirs, x, y, "mse", epochs=3, batch_size=None, progress=False)
    same(numbers(ours), numbers(theirs))
    assert len(history) == (2 if batches else 3) and "interrupted in epoch 3" in history.stopped
    assert predict(ours, x).shape == (samples,)


def test_an_interrupt_in_the_first_epoch_leaves_a_history_without_epochs():
    def interrupts(count, logs):
        raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted in epoch 1"):
        history = fit(mlp(), X, Y, "mse", epochs=3, callbacks=[Batches(interrupts)], progress=False)
    assert len(history) == 0 and history["loss"] == []


def test_an_interrupt_in_the_middle_of_an_update_keeps_the_one_before():
    """Without a tape the loss itself may be interrupted."""
    ours, theirs = Branching(mlp()), Branching(mlp())
    calls = []

    def loss(output, target):
        calls.append(target)
        if len(calls) == interrupted_at:
            raise KeyboardInterrupt
        return (output - target) ** 2

    interrupted_at = 10**9
    with pytest.warns(UserWarning, match="no tape"):
        fit(theirs, X, Y, loss, "adam", 3, None, progress=False)
    before, whole = len(calls) - 3 * N, len(calls)
    calls.clear()
    interrupted_at = whole + N // 2
    with pytest.warns(UserWarning) as said:
        history = fit(ours, X, Y, loss, "adam", 9, None, progress=False)
    assert before < N and len(calls) == interrupted_at
    assert any("interrupted in epoch 4" in str(each.message) for each in said)
    assert len(history) == 3
    same(numbers(ours), numbers(theirs))


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that interrupts")
def test_an_interrupt_at_any_time_keeps_a_whole_update():
    # in a process that nobody measures: an interrupt inside of coverage leaves its lock locked for ever
    alone = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-c", "import test_fit; test_fit.interrupt_at_any_time()"]
    subprocess.run(command, cwd=Path(__file__).parent, env=alone, check=True, timeout=300)


def interrupt_at_any_time():
    model = mlp()
    updates, started = [], []

    def interrupt(*_):
        raise KeyboardInterrupt

    def count(update, logs):
        updates.append(update)
        if not started:
            started.append(signal.setitimer(signal.ITIMER_REAL, 0.05))

    signal.signal(signal.SIGALRM, interrupt)
    with pytest.warns(UserWarning, match="interrupted in epoch"):
        history = fit(model, X, Y, "mse", epochs=10**6, batch_size=None, callbacks=[Batches(count)],
                      progress=False)
    assert len(history) in (len(updates), len(updates) - 1)
    allowed = []
    for k in len(updates), len(updates) + 1:
        other = mlp()
        fit(other, X, Y, "mse", epochs=k, batch_size=None, progress=False)
        allowed.append(numbers(other).tolist())
    assert any(np.allclose(numbers(model), each, rtol=1e-12, atol=1e-12) for each in allowed)


# ---- early stopping

def validated(values, **options):
    """Train p, which a callback leads through `values`; val_loss is |p| of the epoch."""
    p = Value(float(values[0]))

    def guide(epoch, logs):
        if epoch < len(values):
            p.data = float(values[epoch])

    return p, fit(
        lambda x: p * x[0], np.ones((2, 1)), np.zeros(2), "mean_absolute_error", optim.SGD([p], lr=0.0),
        len(values), validation_data=(np.ones((2, 1)), np.zeros(2)), callbacks=[guide], progress=False,
        **options,
    )


def test_early_stopping_brings_back_the_best_parameters():
    p, history = validated([5, 3, 2, 4, 2.5, 9, 1], early_stopping=3)
    assert history["val_loss"] == [5, 3, 2, 4, 2.5, 9]
    assert history.best_epoch == 3 and p.data == 2.0
    assert "val_loss" in history.stopped and "3" in history.stopped


def test_early_stopping_brings_back_the_best_if_all_epochs_were_run():
    p, history = validated([5, 3, 2, 4], early_stopping=3)
    assert len(history) == 4 and history.best_epoch == 3 and p.data == 2.0 and history.stopped == ""


def test_without_restoring_the_last_parameters_stay():
    p, history = validated([5, 2, 4, 3, 1], early_stopping=EarlyStopping(2, restore_best=False))
    assert len(history) == 4 and history.best_epoch is None
    assert p.data == 1.0            # the callback after the last epoch has set it


def test_a_small_improvement_is_none():
    p, history = validated([5, 4.9, 4.8, 4.7], early_stopping=EarlyStopping(2, min_delta=0.5))
    assert len(history) == 3 and history.best_epoch == 1 and p.data == 5.0


def test_early_stopping_may_look_at_the_loss_or_a_metric():
    _, history = validated([5, 1, 2, 3, 4], early_stopping=EarlyStopping(1, monitor="loss"))
    assert len(history) == 3
    _, history = validated([5, 1, 2, 3, 4], early_stopping=EarlyStopping(1, "val_mse"), metrics=["mse"])
    assert len(history) == 3 and history.best_epoch == 2


def test_without_validation_early_stopping_looks_at_the_loss():
    model = mlp()
    still = optim.SGD(model.parameters(), lr=0.0)
    history = fit(model, X, Y, "mse", still, 9, None, early_stopping=2, progress=False)
    assert len(history) == 3 and history.best_epoch == 1


def test_of_an_accuracy_more_is_better():
    b = Value(-1.0)
    x, y = np.ones((4, 1)), np.array([1.0, 1.0, 1.0, 0.0])
    values = [-1.0, 1.0, -1.0, -1.0, 1.0]

    def guide(epoch, logs):
        b.data = values[epoch] if epoch < len(values) else 0.0

    history = fit(
        lambda row: b * row[0], x, y, "binary_cross_entropy", optim.SGD([b], lr=0.0), 5, metrics=["accuracy"],
        validation_data=(x, y), callbacks=[guide], early_stopping=EarlyStopping(2, "val_accuracy"),
        progress=False,
    )
    assert history["val_accuracy"] == [0.25, 0.75, 0.25, 0.25]
    assert history.best_epoch == 2 and b.data == 1.0


def test_an_interrupt_brings_back_the_best_too():
    def interrupts(epoch, logs):
        if epoch == 3:
            raise KeyboardInterrupt

    model, best = mlp(), []
    with pytest.warns(UserWarning, match="interrupted in epoch 3"):
        history = fit(
            model, X, Y, "mse", optim.SGD(model.parameters(), lr=0.1), 9, None, progress=False,
            early_stopping=5, callbacks=[lambda *_: best.append(numbers(model).tolist()), interrupts],
        )
    assert history.best_epoch in (2, 3)
    assert numbers(model).tolist() == best[history.best_epoch - 1]


# ---- randomness

def trained(**options):
    model = dropped(Straight)
    fit(model, X, Y, "mse", "adam", 3, 8, progress=False, **options)
    return numbers(model).tolist()


def test_a_seed_repeats_all_of_it():
    assert trained(seed=1) == trained(seed=1) != trained(seed=2)


def test_the_seed_of_python_repeats_all_of_it():
    found = []
    for seed in 5, 5, 6:
        random.seed(seed)
        found.append(trained())
    assert found[0] == found[1] != found[2]


def test_a_seed_leaves_the_random_numbers_of_python_alone():
    random.seed(1)
    state = random.getstate()
    trained(seed=3)
    assert random.getstate() == state


def test_without_a_seed_two_trainings_differ():
    assert trained() != trained()


def test_numpy_random_numbers_stay_as_they_are():
    np.random.seed(1)
    before = np.random.get_state()[1].tolist()
    trained()
    assert np.random.get_state()[1].tolist() == before


def test_unshuffled_training_has_no_randomness_left():
    found = []
    for seed in 1, 2, None:
        model = mlp()
        fit(model, X, Y, "mse", "adam", 3, 8, shuffle=False, seed=seed, progress=False)
        found.append(numbers(model).tolist())
    assert found[0] == found[1] == found[2]


# ---- nan and infinity

class Log(nn.Module):
    """log of what it is given."""

    def forward(self, x):
        return log(x)


class Logarithm(nn.Module):
    """w·log(x) of a single input, in a part with a name."""

    def __init__(self):
        self.w = Value(1.0)
        self.inner = Log()

    def forward(self, x):
        return self.w * self.inner(x[0])


class LogarithmOfLayer(nn.Module):
    """log(w·x) of a single input, in a part with a name."""

    def __init__(self):
        self.first = nn.Layer(1, 1, "linear", bias=False, init="ones")
        self.inner = Log()

    def forward(self, x):
        return self.inner(self.first(x))


@pytest.mark.parametrize("wrap", [Straight, Branching])
@pytest.mark.parametrize("batch", [1, 8, None])
@pytest.mark.parametrize("kind", ["of an input", "of a layer"])
def test_the_logarithm_of_a_negative_number_is_found(kind, batch, wrap):
    x = np.linspace(1, 2, N)[:, None]
    x[17] = -0.5
    make = Logarithm if kind == "of an input" else LogarithmOfLayer
    ours, theirs = wrap(make()), make()
    warned = pytest.warns(UserWarning, match="no tape") if wrap is Branching else nullcontext()
    with warned, pytest.raises(FloatingPointError) as raised:
        fit(ours, x, Y, "mse", "sgd", 9, batch, shuffle=False, progress=False)
    said = str(raised.value)
    assert "epoch 1" in said and "sample 17" in said
    if batch == 8:
        fit(theirs, x[:16], Y[:16], "mse", "sgd", 1, 8, shuffle=False, progress=False)
        same(numbers(ours), numbers(theirs))
    assert np.isfinite(numbers(ours)).all()
    assert "inside.inner: log(" in said and "= nan" in said


def test_the_sample_is_named_in_the_order_of_the_data():
    x = np.linspace(1, 2, N)[:, None]
    x[23] = -0.5
    for seed in range(3):
        with pytest.raises(FloatingPointError, match=r"epoch 1.*sample 23\b"):
            fit(Logarithm(), x, Y, "mse", "sgd", 9, 8, seed=seed, progress=False)


def test_the_epoch_is_named_in_which_it_began():
    w = Value(0.0)

    def jump(epoch, logs):
        if epoch == 4:
            w.data = -3.0

    with pytest.raises(FloatingPointError, match=r"epoch 5\b"):
        fit(lambda x: log(w + 1.0 + x[0]), np.zeros((30, 1)), np.zeros(30), "mse", optim.SGD([w]), 9,
            callbacks=[jump], progress=False)
    assert w.data == -3.0


def test_what_takes_floats_only_is_searched_all_the_same():
    """Such a model and loss run without a tape; they can't be searched with Values in the place of floats."""
    w = Value(-1.0, "w")
    model = lambda x: [log(w * math.cos(x[0])), w]  # noqa: E731
    loss = lambda outputs, target: outputs[int(target)]  # noqa: E731
    x, y = np.linspace(2, 3, 60)[:, None], np.zeros(60)
    x[4] = 0.0
    with pytest.warns(UserWarning, match="no tape"), pytest.raises(FloatingPointError) as raised:
        fit(model, x, y, loss, optim.SGD([w], lr=1e-9), 5, None, progress=False)
    assert "sample 4" in str(raised.value) and "log(-1) = nan" in str(raised.value)


def test_an_overflow_is_found():
    w = Value(800.0, "w")
    x = np.zeros((30, 1))
    x[4] = 1.0
    with pytest.raises(FloatingPointError) as raised:
        fit(lambda row: (w * row[0]).exp(), x, np.zeros(30), "mse", optim.SGD([w]), 5, None, progress=False)
    said = str(raised.value)
    assert "exp(800) = inf" in said and "sample 4" in said and "epoch 1" in said
    assert w.data == 800.0


@pytest.mark.parametrize("samples", [6, 60])
def test_an_infinite_gradient_of_a_finite_loss_is_found(samples):
    w = Value(1.0, "w")
    x = np.ones((samples, 1))
    x[2] = 0.0
    with pytest.raises(FloatingPointError) as raised:
        fit(lambda row: sqrt(w * row[0]), x, np.ones(samples), "mse", optim.SGD([w]), 4, None, progress=False)
    said = str(raised.value)
    assert "gradient is not finite" in said and "sample 2" in said and "epoch 1" in said
    assert "sqrt(" in said
    assert w.data == 1.0


def test_what_is_not_finite_in_the_penalty_is_found():
    w = Value(0.0, "w")
    x = np.ones((60, 1))
    for penalty, what in (lambda m: log(w), "log("), (lambda m: sqrt(w), "sqrt("):
        with pytest.raises(FloatingPointError) as raised:
            fit(lambda row: w * row[0], x, x[:, 0], "mse", optim.SGD([w]), 4, penalty=penalty, progress=False)
        assert "penalty" in str(raised.value) and what in str(raised.value) and "epoch 1" in str(raised.value)
    assert w.data == 0.0


def test_a_sum_that_overflows_says_so():
    w = Value(1.5e308, "w")
    with pytest.raises(FloatingPointError, match=r"epoch 1.*sum"):
        fit(lambda row: w * row[0], np.ones((60, 1)), np.zeros(60), lambda o, t: o, optim.SGD([w]), 4,
            reduction="sum", progress=False)
    assert w.data == 1.5e308


@pytest.mark.parametrize("epochs", [1, 5])
@pytest.mark.parametrize("samples", [4, 120])
def test_an_update_that_overflows_leaves_finite_parameters(samples, epochs):
    """The loss and its gradient are finite, but not the parameters that a large rate leads to."""
    w = Value(1.0, "w")
    with pytest.raises(FloatingPointError):
        fit(lambda row: w * row[0], np.full((samples, 1), 1e10), np.zeros(samples), "mse",
            optim.SGD([w], lr=1e300), epochs, None, progress=False)
    assert math.isfinite(w.data)


def test_a_training_that_diverges_leaves_finite_parameters():
    model = mlp(activation="relu")
    with pytest.raises(FloatingPointError, match="epoch"):
        fit(model, 10 * X, Y, "mse", optim.SGD(model.parameters(), lr=10.0), 1000, 8, seed=1, progress=False)
    assert np.isfinite(numbers(model)).all()


def test_parameters_that_are_not_finite_are_refused():
    model = mlp()
    model.parameters()[3].data = math.nan
    with pytest.raises(ValueError, match=r"the parameter layer1\.neuron2\.w\[0\] is nan"):
        fit(model, X, Y, "mse", progress=False)


# ---- recording

def test_without_a_tape_the_steps_are_the_same():
    straight, branching = Straight(mlp()), Branching(mlp())
    options = {"epochs": 3, "batch_size": 7, "seed": 2, "progress": False, "validation_data": (X, Y),
               "metrics": ["mae"], "penalty": nn.L2(0.1), "sample_weight": WEIGHTS, "clip_norm": 0.5}
    one = fit(straight, X, Y, "mse", "adam", **options)
    with pytest.warns(UserWarning, match=r"no tape could be recorded.*test_fit.py:\d+: `return self"):
        other = fit(branching, X, Y, "mse", "adam", **options)
    same(numbers(straight), numbers(branching))
    for name in one.names:
        same(one[name], other[name])


def test_the_warning_stands_at_the_line_that_called_fit():
    with pytest.warns(UserWarning, match="no tape") as said:
        fit(Branching(mlp()), X, Y, "mse", epochs=3, progress=False)
    assert [each.filename for each in said] == [__file__] * len(said)


def test_a_penalty_that_can_not_be_recorded_is_called_each_time():
    def penalty(model):
        return sum(p * p for p in model.parameters() if p.data > 0) * 0.1

    ours, theirs = mlp(), mlp()
    # over NumPy's rows a penalty is computed eagerly in any case, so that there is nothing to warn of
    native = engine_kind() == "native"
    with pytest.warns(UserWarning, match="no tape") if native else nullcontext():
        fit(ours, X, Y, "mse", optim.SGD(ours.parameters(), lr=0.1), 5, 8, penalty=penalty, seed=1,
            progress=False)
    other = optim.SGD(theirs.parameters(), lr=0.1)
    by_hand(theirs, Y, losses.mean_squared_error, other, 5, 8, penalty=penalty, seed=1)
    same(numbers(ours), numbers(theirs))


def test_recording_moves_no_parameter():
    model = mlp()
    still = optim.SGD(model.parameters(), lr=0.0)
    before = numbers(model).tolist()
    fit(model, X, Y, "mse", still, 3, penalty=nn.L2(1.0), progress=False)
    assert numbers(model).tolist() == before


# ---- found by users

def test_accuracy_of_one_class_alone():
    model = mlp()
    fit(model, X, np.sign(Y), "mse", progress=False)
    whole = evaluate(model, X, np.sign(Y), "hinge", ["accuracy"])["accuracy"]
    parts = [evaluate(model, X[chosen], np.sign(Y)[chosen], "hinge", ["accuracy"])["accuracy"] * chosen.sum()
             for chosen in (Y > 0, Y < 0)]
    assert sum(parts) == pytest.approx(whole * len(X))
    with pytest.raises(ValueError, match="the label 1 only"):
        evaluate(model, X[Y > 0], np.ones((Y > 0).sum()), "mse", ["accuracy"])


def test_early_stopping_on_a_metric_of_ones_own_asks_what_is_better():
    def right(o, t):
        return greater(o * t, 0.0)

    def trained(mode):
        model = mlp()
        stopping = EarlyStopping(2, "right", mode=mode)
        optimizer = optim.SGD(model.parameters(), lr=0.05)
        history = fit(
            model, X, np.sign(Y), "mse", optimizer, 40, metrics=[right], early_stopping=stopping, seed=0,
            progress=False,
        )
        return history["right"][history.best_epoch - 1], history["right"]

    with pytest.raises(ValueError, match="mode='min' or 'max'"):
        trained(None)
    best, noted = trained("max")
    assert best == max(noted)
    best, noted = trained("min")
    assert best == min(noted)
    with pytest.raises(ValueError, match="'min' or 'max' is expected, got 'best'"):
        EarlyStopping(2, mode="best")


def test_metrics_may_come_from_a_generator_and_names_must_differ():
    history = fit(mlp(), X, Y, "mse", metrics=(name for name in ["mae"]), progress=False)
    assert history.names == ["loss", "mae"]

    def lr(o, t):
        return o - t

    model = mlp()
    optimizer = optim.SGD(model.parameters())
    with pytest.raises(ValueError, match="same name: loss, lr, lr"):
        fit(
            model, X, Y, "mse", optimizer, metrics=[lr], schedule=optim.StepLR(optimizer, 1), progress=False
        )


def test_a_callback_may_answer_with_a_bool_of_numpy():
    history = fit(mlp(), X, Y, "mse", epochs=5, callbacks=[lambda e, logs: np.bool_(True)], progress=False)
    assert len(history) == 1


def test_an_interrupt_in_a_callback_keeps_the_epoch_in_the_history():
    def interrupt(epoch, logs):
        raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="those of epoch 1"):
        history = fit(
            mlp(), X, Y, "mse", epochs=5, early_stopping=3, callbacks=[interrupt], progress=False
        )
    assert len(history) == history.best_epoch == 1


def test_a_frozen_parameter_may_have_any_gradient():
    w, z = Value(1.0), Value(0.0)
    z.requires_grad = False

    def model(x):
        return w * x[0] + z**0.5

    before = w.data
    fit(model, np.tile(X, (10, 1)), np.tile(Y, 10), "mse", optim.SGD([w, z]), progress=False)
    assert w.data != before and z.data == 0.0


def test_a_model_that_is_no_module_may_hold_a_dropout():
    inner = nn.Sequential(nn.Layer(2, 8), nn.Dropout(0.5), nn.Layer(8, 1, "linear"))

    def model(x):
        return inner(x)

    model.parameters = inner.parameters
    for x in (X, np.tile(X, (10, 1))):
        assert predict(model, x).tolist() == predict(model, x).tolist()
        assert predict(model, x) == pytest.approx(predict(inner, x), rel=1e-12)


def test_what_is_refused_leaves_the_random_numbers_as_they_were():
    random.seed(3)
    before = random.getstate()
    model = mlp()
    random.setstate(before)
    with pytest.raises(ValueError, match="early_stopping"):
        fit(model, X, Y, "mse", early_stopping=EarlyStopping(1, "no"), progress=False)
    assert random.getstate() == before
    with pytest.raises(ValueError, match="not known"):
        fit(model, X, Y, "mse", optimizer="sdg", progress=False)
    assert random.getstate() == before


def test_a_loss_of_labels_in_a_function_of_ones_own():
    model = nn.MLP(2, [3], rng=random.Random(0))
    labels = np.arange(len(X)) % 3
    def own(outputs, target):
        return nn.losses.cross_entropy(outputs, target) + 0.0
    one_hot = fit(model, X, np.eye(3)[labels], own, seed=0, progress=False)["loss"]
    by_name = fit(nn.MLP(2, [3], rng=random.Random(0)), X, labels, "cross_entropy", seed=0, progress=False)
    assert one_hot == pytest.approx(by_name["loss"], rel=1e-12)


def test_the_bar_shows_the_epoch_that_runs_and_what_the_last_came_to(capsys, monkeypatch):
    from autograd_tiny.training import progress

    monkeypatch.setattr(progress, "PAUSE", 0.0)
    fit(mlp(), X, Y, "mse", epochs=3, batch_size=None, metrics=["mae"], seed=0)
    frames = capsys.readouterr().err.split("\r")
    running = [frame for frame in frames if "epoch 2/3" in frame]
    assert running and all("loss=" in frame and "mae=" in frame for frame in running)
    assert "100%" in frames[-1] and "epoch 3/3" in frames[-1]


@pytest.mark.parametrize("place", ["activation", "module", "loss"])
def test_what_others_wrote_is_run_twice_before_it_is_trusted_to_a_tape(place):
    """A number that leaves the graph by .data would be a constant on a tape."""
    class Leaking(nn.Module):
        def forward(self, x):
            return [each * (1.0 if type(each) is not Value or each.data > 0 else 2.0) for each in x]

    def leaking(x):
        return x * x.data

    def loss(output, target):
        return (output - target) ** 2 * (1.0 + output.data)

    model = nn.MLP(2, [3, 1], leaking if place == "activation" else "tanh", rng=random.Random(0))
    if place == "module":
        model = nn.Sequential(Leaking(), model)
    x, y = np.tile(X, (10, 1)), np.tile(Y, 10)
    with pytest.warns(UserWarning, match="no tape could be recorded"):
        fit(model, x, y, loss if place == "loss" else "mse", progress=False)
