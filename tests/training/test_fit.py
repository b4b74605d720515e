"""fit, evaluate and predict: losses and samples of all kinds, Ctrl-C, and seeds."""
import inspect
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from references.networks.training import (
    CLASSES, WEIGHTS, Batches, Branching, N, Straight, X, Y, by_hand, with_dropout, mlp, numbers, same,
)

from autograd_tiny import EarlyStopping, evaluate, fit, nn, optim, predict
from autograd_tiny.nn import losses


# ---- losses and samples

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


def test_none_is_the_default_of_every_argument_that_may_be_left_out():
    """For an argument that is nothing by default, "none of these" may be written None, as elsewhere."""
    for function, least in (fit, 8), (evaluate, 2):
        parameters = inspect.signature(function).parameters.values()
        optional = [each.name for each in parameters if each.default in ((), None, 0.0) and each.default is not False]
        assert len(optional) >= least
        nothing = dict.fromkeys(optional)
        if function is fit:
            random.seed(3)
            expected = fit(mlp(), X, Y, "mse", progress=False)
            random.seed(3)
            assert fit(mlp(), X, Y, "mse", progress=False, **nothing)["loss"] == expected["loss"]
        else:
            assert evaluate(mlp(), X, Y, "mse", **nothing) == evaluate(mlp(), X, Y, "mse")


def test_a_loss_of_labels_in_a_function_of_ones_own():
    model = nn.MLP(2, [3], rng=random.Random(0))
    labels = np.arange(len(X)) % 3
    def own(outputs, target):
        return nn.losses.cross_entropy(outputs, target) + 0.0
    one_hot = fit(model, X, np.eye(3)[labels], own, seed=0, progress=False)["loss"]
    by_name = fit(nn.MLP(2, [3], rng=random.Random(0)), X, labels, "cross_entropy", seed=0, progress=False)
    assert one_hot == pytest.approx(by_name["loss"], rel=1e-12)


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
    whole = np.random.default_rng(7).integers(-3, 4, (N, 2))
    found = []
    for x in whole, whole.astype(np.float32), whole.astype(float), whole.astype(np.int8):
        model = mlp()
        fit(model, x, Y, "mse", epochs=3, seed=1, progress=False)
        found.append(numbers(model).tolist())
    assert all(each == found[0] for each in found)


def test_refused_arguments_leave_the_random_state_as_it_was():
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


# ---- the loss of an epoch

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


# ---- evaluate and predict

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


def test_predict_and_evaluate_change_nothing():
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
    # in a process without coverage, whose lock an interrupt would leave locked for ever
    alone = {name: text for name, text in os.environ.items() if not name.startswith("COV")}
    tests = Path(__file__).parents[1]
    code = f"import sys; sys.path[:0] = {[str(tests), str(tests / 'training')]}"
    command = [sys.executable, "-c", f"{code}; import test_fit; test_fit.interrupt_at_any_time()"]
    subprocess.run(command, cwd=tests.parent, env=alone, check=True, timeout=300)


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


# ---- randomness

def trained(**options):
    model = with_dropout(Straight)
    fit(model, X, Y, "mse", "adam", 3, 8, progress=False, **options)
    return numbers(model).tolist()


def test_a_seed_repeats_all_of_it():
    assert trained(seed=1) == trained(seed=1) != trained(seed=2)


def test_a_generator_continues_from_one_training_to_the_next():
    x, y = np.tile(X, (3, 1)), np.tile(Y, 3)            # enough for a tape in each training

    def in_parts(*epochs):
        model = with_dropout(Straight)
        optimizer, generator = optim.Adam(model.parameters()), np.random.default_rng(3)
        for each in epochs:
            fit(model, x, y, "mse", optimizer, each, 8, seed=generator, progress=False)
        return numbers(model).tolist()

    assert in_parts(4) == in_parts(1, 3) == in_parts(2, 2) != in_parts(3)


def test_the_rate_of_an_optimizer_by_name_can_be_given():
    ours, theirs = mlp(), mlp()
    fit(ours, X, Y, "mse", "adam", 3, 8, lr=0.05, seed=1, progress=False)
    fit(theirs, X, Y, "mse", optim.Adam(theirs.parameters(), lr=0.05), 3, 8, seed=1, progress=False)
    assert (numbers(ours) == numbers(theirs)).all()
    for bad, error, match in ((-1.0, ValueError, "lr: a finite number"), ("1", TypeError, "lr: a number")):
        with pytest.raises(error, match=match):
            fit(ours, X, Y, "mse", "adam", lr=bad, progress=False)
    with pytest.raises(ValueError, match="lr: goes with the name of an optimizer"):
        fit(ours, X, Y, "mse", optim.SGD(ours.parameters()), lr=0.1, progress=False)
    assert (numbers(ours) == numbers(theirs)).all()


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
