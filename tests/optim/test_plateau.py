"""ReduceLROnPlateau, against stored rates of torch (references/networks/optimizers.py); its state, and in fit."""
import json
import math

import numpy as np
import pytest
from references.networks.trajectories import LOSSES, PLATEAUS, parameters, two_groups

from autograd_tiny import Value, fit, nn, optim

every_case = pytest.mark.parametrize("case", PLATEAUS, ids=lambda case: str(case["given"]))


@every_case
def test_rates_follow_torch(case):
    schedule = optim.ReduceLROnPlateau(two_groups("SGD", {}), **case["given"])
    for step, (loss, rates) in enumerate(zip(LOSSES, case["rates"], strict=True), 1):
        if loss < 0.0 and "threshold_mode" not in case["given"]:
            break                               # torch takes a slightly worse negative loss for an improvement
        schedule.step(loss)
        assert schedule.get_last_lr() == pytest.approx(rates, rel=1e-14) and schedule.last_step == step


def test_the_references_reduce_the_rate():
    assert all(case["rates"][-1] != [0.1, 0.05] for case in PLATEAUS)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold", [0.0, 0.1, 1.0, 2.0])
@pytest.mark.parametrize("best", [2.0, 0.0, -2.0, 1e-300, -1e300])
def test_an_improvement_is_better_by_the_threshold_whatever_the_sign(best, threshold, mode):
    towards = -1.0 if mode == "min" else 1.0
    least = threshold * abs(best)
    for change in (-2.0 * least, -least, -0.5 * least, 0.0, 0.5 * least, 1.5 * least):
        schedule = optim.ReduceLROnPlateau(optim.SGD(parameters()), mode, threshold=threshold)
        schedule.step(best)
        assert schedule.best == best
        schedule.step(best + towards * change)
        assert (schedule.num_bad_epochs == 0) == (change > least)


@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_every_number_improves_on_none(threshold_mode):
    for mode, loss in (("min", 1e308), ("max", -1e308), ("min", -math.inf), ("max", math.inf)):
        schedule = optim.ReduceLROnPlateau(optim.SGD(parameters()), mode, threshold=3.0, threshold_mode=threshold_mode)
        schedule.step(loss)
        assert (schedule.best, schedule.num_bad_epochs) == (loss, 0)
        schedule.step(loss)
        assert schedule.num_bad_epochs == 1


@every_case
@pytest.mark.parametrize("steps", [0, 1, 20, 43, 60])
def test_saved_and_loaded_it_goes_on(case, steps):
    first, second = (optim.ReduceLROnPlateau(two_groups("SGD", {}), **case["given"]) for _ in range(2))
    for loss in LOSSES[:steps]:
        first.step(loss)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    for loss in LOSSES[steps:]:
        assert first.state_dict() == second.state_dict()
        first.step(loss)
        second.step(loss)


@pytest.mark.parametrize(("change", "message"), [
    ({"schedule": "StepLR"}, "schedule: 'ReduceLROnPlateau' here"), ({"patience": 3}, "patience: 2 here, but 3"),
    ({"best": math.nan}, "best: a number"), ({"best": None}, "state: "), ({"best": "1"}, "state: "),
    ({"lrs": [0.1]}, "lrs: one for each of 2"), ({"lrs": [0.1, -1.0]}, "lrs"), ({"last_step": -1}, "last_step"),
    ({"num_bad_epochs": 1.5}, "num_bad_epochs"), ({"cooldown_counter": -1}, "cooldown_counter"), ({"more": 1}, "more"),
])
def test_the_state_of_another_one_changes_nothing(change, message):
    schedule = optim.ReduceLROnPlateau(two_groups("SGD", {}), patience=2)
    for loss in LOSSES[:20]:
        schedule.step(loss)
    before = schedule.state_dict()
    with pytest.raises(ValueError, match=message):
        schedule.load_state_dict({**before, "lrs": [0.7, 0.7], "num_bad_epochs": 1, **change})
    assert schedule.state_dict() == before


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"mode": "auto"}, ValueError, "mode: 'min' or 'max'"), ({"factor": 1.0}, ValueError, "factor"),
    ({"patience": -1}, ValueError, "patience"), ({"threshold": -0.1}, ValueError, "threshold"),
    ({"threshold_mode": "relative"}, ValueError, "threshold_mode: 'rel' or 'abs'"),
    ({"cooldown": 1.5}, TypeError, "cooldown"), ({"min_lr": [0.1, 0.2]}, ValueError, "min_lr: one for each of 1"),
    ({"eps": -1}, ValueError, "eps"), ({"monitor": 3}, TypeError, "monitor: the name"),
])
def test_its_arguments_are_checked(options, error, message):
    with pytest.raises(error, match=message):
        optim.ReduceLROnPlateau(optim.SGD(parameters()), **options)


def test_a_loss_is_a_number():
    schedule = optim.ReduceLROnPlateau(optim.SGD(parameters(), lr=0.1))
    for bad in ("0.1", None, Value(0.1)):
        with pytest.raises(TypeError, match="a plain float is expected"):
            schedule.step(bad)
    assert schedule.last_step == 0
    schedule.step(np.float32(0.5))
    assert schedule.best == 0.5
    with pytest.raises(TypeError, match="depends on the metrics"):
        schedule.lr_at(3)
    with pytest.raises(TypeError, match="an optimiser is expected"):
        optim.ReduceLROnPlateau(None)


# ---- in fit

def trained(monitored, mode="min", *, validation=False, epochs=60, **options):
    model = nn.Layer(2, 1, "linear", init="zeros")
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    schedule = optim.ReduceLROnPlateau(optimizer, mode, 0.5, patience=1, **options)
    x, y = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]], [1.0, -1.0, 0.5, 3.0]
    history = fit(
        model, x, y, "mse", optimizer, epochs, metrics=["r2"], schedule=schedule, progress=False,
        validation_data=([[2.0, 1.0], [1.0, 2.0]], [1.5, -0.5]) if validation else None,
    )
    by_hand = optim.ReduceLROnPlateau(optim.SGD([Value(0.0)], lr=0.5), mode, 0.5, patience=1)
    for number, lr in zip(history[monitored], history["lr"], strict=True):
        assert lr == by_hand.optimizer.lr
        by_hand.step(number)
    return history


def test_fit_gives_it_the_loss_that_early_stopping_would_monitor():
    assert trained("loss")["lr"][-1] < 0.5
    assert trained("val_loss", validation=True)["lr"][-1] < 0.5


def test_fit_gives_it_the_number_it_asks_for():
    assert trained("val_r2", "max", validation=True, monitor="val_r2")["lr"][-1] < 0.5
    with pytest.raises(ValueError, match="schedule: 'val_r2' is not recorded; there are loss, r2, lr"):
        trained("val_r2", "max", monitor="val_r2")


def test_a_cycle_that_is_shorter_than_the_training_is_refused_before_it():
    model = nn.Layer(1, 1, "linear")
    optimizer = optim.SGD(model.parameters())
    before = [p.data for p in model.parameters()]
    schedule = optim.OneCycleLR(optimizer, 0.5, total_steps=4)
    fit(model, [[1.0]], [1.0], "mse", optimizer, 2, schedule=schedule, progress=False)
    assert schedule.last_step == 2 and [p.data for p in model.parameters()] != before
    before = [p.data for p in model.parameters()]
    with pytest.raises(ValueError, match="OneCycleLR has 4 steps, got 5"):
        fit(model, [[1.0]], [1.0], "mse", optimizer, 3, schedule=schedule, progress=False)
    assert schedule.last_step == 2 and [p.data for p in model.parameters()] == before
    fit(model, [[1.0]], [1.0], "mse", optimizer, 2, schedule=schedule, progress=False)
    assert schedule.last_step == 4


def test_a_cycle_of_updates_is_stepped_by_a_callback():
    class EachUpdate:
        def on_batch_end(self, update, logs):
            schedule.step()

    model = nn.Layer(1, 1, "linear")
    optimizer = optim.SGD(model.parameters())
    schedule = optim.OneCycleLR(optimizer, 0.5, epochs=3, steps_per_epoch=2)
    fit(model, [[1.0], [2.0]], [1.0, 2.0], "mse", optimizer, 3, 1, callbacks=[EachUpdate()], progress=False)
    assert schedule.last_step == 6 and optimizer.lr == pytest.approx(0.5 / 25 / 1e4)
