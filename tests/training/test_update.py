"""Updates: the steps of fit against a loop written by hand, Dropout, and recording."""
from contextlib import nullcontext

import numpy as np
import pytest
from references.networks.training import (
    CLASSES, WEIGHTS, Batches, Branching, N, Straight, X, Y, by_hand, with_dropout, loss_of, mlp, numbers, same,
)

from autograd_tiny import engine_kind, fit, nn, optim, softmax
from autograd_tiny.nn import losses
from autograd_tiny.training.update import Training


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


def test_a_batch_larger_than_the_samples_is_all_of_them():
    ours, theirs = mlp(), mlp()
    fit(ours, X, Y, "mse", epochs=3, batch_size=1000, seed=1, progress=False)
    fit(theirs, X, Y, "mse", epochs=3, batch_size=None, seed=2, progress=False)
    assert numbers(ours).tolist() == numbers(theirs).tolist()


def test_an_update_without_weight_is_no_update():
    weights = np.r_[np.zeros(8), np.ones(N - 8)]
    ours, theirs = mlp(), mlp()
    options = {"shuffle": False, "progress": False, "batch_size": 8, "epochs": 3}
    ours_history = fit(ours, X, Y, "mse", sample_weight=weights, **options)
    theirs_history = fit(theirs, X[8:], Y[8:], "mse", **options)
    same(numbers(ours), numbers(theirs))
    same(ours_history["loss"], theirs_history["loss"])


def test_a_sum_without_weight_has_the_gradient_of_the_penalty():
    """Under the sum an update of weight 0 has the gradient of its penalty, as a loop has it."""
    weights = np.r_[np.zeros(8), np.ones(N - 8)]
    ours, theirs = mlp(), mlp()
    options = {"reduction": "sum", "penalty": nn.L2(0.5), "sample_weight": weights, "shuffle": False}
    fit(ours, X, Y, "mse", optim.SGD(ours.parameters(), lr=0.01), 3, 8, progress=False, **options)
    by_hand(theirs, Y, losses.mean_squared_error, optim.SGD(theirs.parameters(), lr=0.01), 3, 8, **options)
    same(numbers(ours), numbers(theirs))


# ---- Dropout

def test_dropout_drops_the_same_units_on_a_tape_and_without():
    straight, branching, whole = with_dropout(Straight), with_dropout(Branching), with_dropout(Straight)
    one = fit(straight, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    with pytest.warns(UserWarning, match="no tape could be recorded"):
        other = fit(branching, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    same(numbers(straight), numbers(branching))
    same(one["loss"], other["loss"])
    for part in whole.inside.layers[1:3]:
        part.p = 0.0
    fit(whole, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    assert np.abs(numbers(whole) - numbers(straight)).max() > 1e-4


def test_a_model_in_evaluation_mode_is_trained_with_dropout():
    ours, theirs = with_dropout(Straight), with_dropout(Straight)
    ours.eval()
    fit(ours, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    fit(theirs, X, Y, "mse", "adam", 5, 8, seed=4, progress=False)
    same(numbers(ours), numbers(theirs))
    assert not any(part.training for _, part in ours.parts())


def test_a_model_in_evaluation_mode_is_trained_with_dropout_without_a_tape():
    ours, theirs = with_dropout(Branching), with_dropout(Branching)
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


# ---- recording

def test_without_a_tape_the_steps_are_the_same():
    straight, branching = Straight(mlp()), Branching(mlp())
    options = {"epochs": 3, "batch_size": 7, "seed": 2, "progress": False, "validation_data": (X, Y),
               "metrics": ["mae"], "penalty": nn.L2(0.1), "sample_weight": WEIGHTS, "clip_norm": 0.5}
    one = fit(straight, X, Y, "mse", "adam", **options)
    with pytest.warns(UserWarning, match=r"no tape could be recorded.*training.py:\d+: `return self"):
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


# ---- Training itself

def test_a_training_is_complete_when_it_is_made_and_has_changed_nothing():
    model = mlp()
    before = numbers(model).tolist()
    training = Training(
        model, X, Y, "mse", "adam", epochs=9, batch_size=7, reduction="mean", penalty=nn.L2(0.1),
        sample_weight=WEIGHTS, seed=None, clip_norm=1.0, clip_value=1.0, threads=1,
    )
    attributes = set(vars(training))
    assert numbers(model).tolist() == before and training.optimizer.steps == 0 and model.training
    assert training.updates == 6 and training.warnings == []
    _, penalty, weight = training.update(slice(0, 7), "epoch 1, update 1")
    assert penalty == pytest.approx(0.1 * np.square(before).sum(), rel=1e-12) and weight == WEIGHTS[:7].sum()
    assert numbers(model).tolist() == before        # only the array has moved so far
    assert training.parameters.numbers.tolist() != before and set(vars(training)) == attributes


# ---- warnings before training

@pytest.mark.parametrize("samples", [3, N])
@pytest.mark.parametrize("head, loss, y", [
    ("sigmoid", "binary_cross_entropy", Y > 0), ("sigmoid", "hinge", np.sign(Y)),
    ("softmax", "cross_entropy", CLASSES), ("sigmoid", "cross_entropy", CLASSES),
    ("sigmoid", lambda o, t: losses.binary_cross_entropy(o, t), 1.0 * (Y > 0)),
])
def test_a_model_that_ends_in_what_the_loss_applies_is_warned_of(head, loss, y, samples):
    outputs = 3 if y is CLASSES else 1
    inside = mlp((4, outputs), output_activation="linear" if head == "softmax" else head)
    model = nn.Sequential(inside, nn.Dropout(0.2), *([softmax] if head == "softmax" else []))
    with pytest.warns(UserWarning, match=f"come from {head}, but the loss takes logits") as warned:
        fit(model, X[:samples], y[:samples], loss, progress=False)
    assert len(warned) == 1 and warned[0].filename == __file__


def test_a_model_that_ends_rightly_is_not():
    fit(mlp(), X, Y > 0, "binary_cross_entropy", progress=False)
    fit(mlp(output_activation="sigmoid"), X, Y > 0, "mse", progress=False)
    fit(mlp((4, 3)), X, CLASSES, "cross_entropy", progress=False)
