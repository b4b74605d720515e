"""Schedules, against stored rates of torch (references/optimizers.py); their states and arguments."""
import copy
import json
import math

import pytest
from references.trajectories import REFERENCES, parameters, title

from autograd_tiny import optim

SCHEDULES = REFERENCES["schedules"]


def make_schedule(case, optimizer):
    after = optimizer
    if case["name"] != "ConstantLR":
        after = getattr(optim, case["name"])(optimizer, **case["options"])
    return optim.WarmupLR(after, **case["warmup"]) if case["warmup"] else after


def title_of_schedule(case):
    return title(case) + (f"-after-{case['warmup']}" if case["warmup"] else "")


@pytest.mark.parametrize("case", SCHEDULES, ids=title_of_schedule)
def test_rates_follow_torch(case):
    optimizer = optim.SGD(parameters(), lr=0.1)
    schedule = make_schedule(case, optimizer)
    assert schedule.optimizer is optimizer and schedule.base_lr == 0.1
    for step, expected in enumerate(case["rates"]):
        assert schedule.last_step == step
        assert optimizer.lr == schedule.lr_at(step) == pytest.approx(expected, rel=1e-12, abs=1e-17)
        schedule.step()
    assert optimizer.lr == schedule.lr_at(len(case["rates"]))


def test_a_rate_can_be_looked_up_without_going_there():
    schedule = optim.StepLR(optim.SGD(parameters(), lr=1.0), 3, gamma=0.5)
    assert [schedule.lr_at(step) for step in (0, 2, 3, 7)] == [1.0, 1.0, 0.5, 0.25]
    assert schedule.last_step == 0 and schedule.optimizer.lr == 1.0
    for bad in (1.0, True, "1", None):
        with pytest.raises(TypeError, match="step: an integer"):
            schedule.lr_at(bad)
    with pytest.raises(ValueError, match="step: an integer of 0 or more"):
        schedule.lr_at(-1)


def test_a_rate_that_grows_too_large_stays_where_it_was():
    schedule = optim.ExponentialLR(optim.SGD(parameters(), lr=1.0), gamma=1e200)
    schedule.step()
    with pytest.raises(ValueError, match="lr: a finite number, 0 or more, is expected, got inf"):
        schedule.step()
    assert schedule.last_step == 1 and schedule.optimizer.lr == 1e200


@pytest.mark.parametrize("case", SCHEDULES, ids=title_of_schedule)
def test_a_schedule_saved_and_loaded_goes_on(case):
    first = make_schedule(case, optim.SGD(parameters(), lr=0.1))
    for _ in range(23):
        first.step()
    second = make_schedule(case, optim.SGD(parameters(), lr=7.0))
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    for _ in range(30):
        assert first.optimizer.lr == second.optimizer.lr
        assert first.state_dict() == second.state_dict()
        first.step()
        second.step()


@pytest.mark.parametrize(("change", "message"), [
    ({"schedule": "ExponentialLR"}, "schedule: 'WarmupLR' here, but 'ExponentialLR' in the state"),
    ({"total_iters": 3}, "total_iters: 2 here, but 3 in the state"), ({"after": None}, "after"),
    ({"after": {"schedule": "StepLR", "step_size": 3, "gamma": 0.5}}, "after"),
    ({"base_lr": -1.0}, "base_lr"), ({"base_lr": True}, "base_lr"), ({"last_step": -1}, "last_step"),
    ({"last_step": 1.0}, "last_step"), ({"more": 1}, "unknown .*'more'"),
    ({"last_step": 100_000}, "lr: a finite number, 0 or more, is expected, got inf"),
])
def test_the_state_of_another_schedule_changes_nothing(change, message):
    schedule = optim.WarmupLR(optim.StepLR(optim.SGD(parameters(), lr=0.1), 3, gamma=2.0), 2)
    for _ in range(4):
        schedule.step()
    before, lr = copy.deepcopy(schedule.state_dict()), schedule.optimizer.lr
    with pytest.raises(ValueError, match=message):
        schedule.load_state_dict({**before, "base_lr": 0.7, **change})
    assert schedule.state_dict() == before and schedule.optimizer.lr == lr
    for missing in before:
        with pytest.raises(ValueError, match="missing"):
            schedule.load_state_dict({name: value for name, value in before.items() if name != missing})
    assert schedule.state_dict() == before and schedule.optimizer.lr == lr


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda o: optim.StepLR(o, 0), ValueError, "step_size: an integer of 1 or more"),
    (lambda o: optim.StepLR(o, 2.0), TypeError, "step_size: an integer"),
    (lambda o: optim.StepLR(o, True), TypeError, "step_size"),
    (lambda o: optim.StepLR(o, 2, gamma=-0.1), ValueError, "gamma"),
    (lambda o: optim.ExponentialLR(o, "0.9"), TypeError, "gamma"),
    (lambda o: optim.ExponentialLR(o, math.nan), ValueError, "gamma"),
    (lambda o: optim.LinearLR(o, start_factor=0.0), ValueError, "start_factor: a number above 0"),
    (lambda o: optim.LinearLR(o, start_factor=1.5), ValueError, "start_factor: a number up to 1"),
    (lambda o: optim.LinearLR(o, end_factor=1.5), ValueError, "end_factor"),
    (lambda o: optim.LinearLR(o, end_factor=-0.5), ValueError, "end_factor"),
    (lambda o: optim.LinearLR(o, total_iters=0), ValueError, "total_iters"),
    (lambda o: optim.CosineAnnealingLR(o, 0), ValueError, "T_max"),
    (lambda o: optim.CosineAnnealingLR(o, 5, eta_min=-1.0), ValueError, "eta_min"),
    (lambda o: optim.WarmupLR(o, 0), ValueError, "total_iters"),
    (lambda o: optim.WarmupLR(o, 5, start_factor=0), ValueError, "start_factor"),
    (lambda o: optim.WarmupLR(o.parameters, 5), TypeError, "an optimiser is expected"),
    (lambda o: optim.StepLR(o.parameters, 5), TypeError, "an optimiser is expected"),
    (lambda o: optim.StepLR(optim.StepLR(optim.SGD(parameters()), 5), 5), TypeError, "an optimiser"),
    (lambda o: optim.LinearLR(optim.SGD).step(), TypeError, "an optimiser"),
])
def test_arguments_of_schedules_are_checked(make, error, message):
    optimizer = optim.SGD(parameters(), lr=0.1)
    with pytest.raises(error, match=message):
        make(optimizer)
    assert optimizer.lr == 0.1


def test_repr():
    schedule = optim.WarmupLR(optim.StepLR(optim.SGD(parameters(), lr=0.1), 3), 4, 0.5)
    assert repr(schedule) == "WarmupLR(total_iters=4, start_factor=0.5, base_lr=0.1, last_step=0)"
