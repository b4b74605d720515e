"""Schedules, against stored rates of torch (references/networks/optimizers.py); their states and arguments."""
import copy
import json
import math

import pytest
from references.networks.trajectories import ONE_CYCLES, REFERENCES, parameters, title, two_groups

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
    assert schedule.optimizer is optimizer and schedule.base_lrs == [0.1]
    for step, expected in enumerate(case["rates"]):
        assert schedule.last_step == step
        assert optimizer.lr == schedule.lr_at(step) == pytest.approx(expected, rel=1e-12, abs=1e-17)
        schedule.step()
    assert optimizer.lr == schedule.lr_at(len(case["rates"]))


def momenta(optimizer):
    return [group["betas"][0] if "betas" in group else group.get("momentum") for group in optimizer.param_groups]


@pytest.mark.parametrize("case", ONE_CYCLES, ids=lambda case: f"{case['name']}({case['given']})")
def test_one_cycle_follows_torch(case):
    optimizer = two_groups(case["name"], case["options"])
    schedule = optim.OneCycleLR(optimizer, **case["given"])
    assert len(case["rates"]) == schedule.total_steps
    for rates, momentum in zip(case["rates"], case["momenta"], strict=True):
        assert schedule.get_last_lr() == pytest.approx(rates, rel=1e-12, abs=1e-17)
        assert momenta(optimizer) == (momentum if momentum[0] is None else pytest.approx(momentum, rel=1e-12))
        schedule.step()
    assert schedule.get_last_lr() == pytest.approx(case["rates"][-1], rel=1e-12)
    before = schedule.state_dict(), repr(optimizer)
    with pytest.raises(ValueError, match=f"has {schedule.total_steps} steps, got {schedule.total_steps + 1}"):
        schedule.step()
    assert (schedule.state_dict(), repr(optimizer)) == before


def test_a_phase_without_a_step_ends_at_once():
    """torch divides 0 by 0 there."""
    schedule = optim.OneCycleLR(optim.SGD(parameters()), max_lr=0.5, total_steps=10, pct_start=0.1)
    assert schedule.get_last_lr() == [0.5]


@pytest.mark.parametrize("case", ONE_CYCLES[:5], ids=lambda case: f"{case['name']}({case['given']})")
def test_a_cycle_saved_and_loaded_goes_on(case):
    first, second = (
        optim.OneCycleLR(two_groups(case["name"], case["options"]), **case["given"]) for _ in range(2)
    )
    for _ in range(9):
        first.step()
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    for _ in range(9):
        assert repr(first.optimizer) == repr(second.optimizer) and first.state_dict() == second.state_dict()
        first.step()
        second.step()


def test_each_group_follows_the_formula_from_its_own_rate():
    optimizer = two_groups("SGD", {})
    schedule = optim.StepLR(optimizer, 2, gamma=0.5)
    assert schedule.base_lrs == [0.1, 0.05]
    for expected in ([0.1, 0.05], [0.1, 0.05], [0.05, 0.025]):
        assert schedule.get_last_lr() == expected
        schedule.step()
    optimizer.add_param_group({"params": parameters()})
    with pytest.raises(ValueError, match="has 3 parameter groups, but had 2 when the schedule was made"):
        schedule.step()


def test_a_formula_of_ones_own():
    optimizer = two_groups("SGD", {})
    schedule = optim.LambdaLR(optimizer, [lambda t: 0.95**t, lambda t: 1 / (1 + t)])
    for t in range(5):
        assert schedule.get_last_lr() == pytest.approx([0.1 * 0.95**t, 0.05 / (1 + t)], rel=1e-15)
        assert schedule.lr_at(t) == schedule.get_last_lr()[0]
        schedule.step()
    again = optim.LambdaLR(two_groups("SGD", {}), [lambda t: 0.95**t, lambda t: 1 / (1 + t)])
    again.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    assert again.get_last_lr() == schedule.get_last_lr() and again.state_dict() == schedule.state_dict()
    both = optim.LambdaLR(two_groups("SGD", {}), lambda t: 2)
    assert both.get_last_lr() == [0.2, 0.1]


class Halving:
    def __call__(self, step):
        return 0.5**step


def test_a_formula_of_ones_own_is_displayed_by_its_name_and_without_an_address():
    shown = repr(optim.LambdaLR(two_groups("SGD", {}), [abs, Halving()]))
    assert shown == (
        "LambdaLR(lr_lambda=[builtin_function_or_method abs, Halving], base_lrs=[0.1, 0.05], last_step=0)"
    )


def test_a_warm_up_before_a_formula_of_ones_own():
    optimizer = optim.SGD(parameters(), lr=1.0)
    schedule = optim.WarmupLR(optim.LambdaLR(optimizer, lambda t: 1 / (1 + t)), 2, start_factor=0.5)
    assert [schedule.lr_at(t) for t in range(5)] == [0.5, 0.75, 1.0, 0.5, 1 / 3]


@pytest.mark.parametrize("factor", [-1.0, math.nan, math.inf, "1", None, True])
def test_a_factor_that_is_no_rate_leaves_the_rate_as_it_was(factor):
    optimizer = optim.SGD(parameters(), lr=0.1)
    schedule = optim.LambdaLR(optimizer, lambda t: factor if t == 1 else 0.5)
    with pytest.raises((TypeError, ValueError), match=r"lr_lambda\(1\): a "):
        schedule.step()
    assert optimizer.lr == 0.05 and schedule.last_step == 0


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
    ({"base_lrs": -1.0}, "base_lrs"), ({"base_lrs": [True]}, "base_lrs"), ({"base_lrs": [0.1, 0.1]}, "base_lrs"),
    ({"last_step": -1}, "last_step"),
    ({"last_step": 1.0}, "last_step"), ({"more": 1}, "unknown .*'more'"),
    ({"last_step": 100_000}, "lr: a finite number, 0 or more, is expected, got inf"),
])
def test_the_state_of_another_schedule_changes_nothing(change, message):
    schedule = optim.WarmupLR(optim.StepLR(optim.SGD(parameters(), lr=0.1), 3, gamma=2.0), 2)
    for _ in range(4):
        schedule.step()
    before, lr = copy.deepcopy(schedule.state_dict()), schedule.optimizer.lr
    with pytest.raises(ValueError, match=message):
        schedule.load_state_dict({**before, "base_lrs": [0.7], **change})
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
    (lambda o: optim.MultiStepLR(o, 3), TypeError, "milestones: a list of steps"),
    (lambda o: optim.MultiStepLR(o, "3"), TypeError, "milestones: a list of steps"),
    (lambda o: optim.MultiStepLR(o, [3, 1.5]), TypeError, "milestones: an integer"),
    (lambda o: optim.MultiStepLR(o, [-1]), ValueError, "milestones: an integer of 0 or more"),
    (lambda o: optim.MultiStepLR(o, [3], gamma=-1), ValueError, "gamma"),
    (lambda o: optim.LambdaLR(o, 0.5), TypeError, "lr_lambda: a function of the step"),
    (lambda o: optim.LambdaLR(o, [lambda t: 1.0] * 2), ValueError, "lr_lambda: one for each of 1 parameter groups"),
    (lambda o: optim.LambdaLR(None, lambda t: 1.0), TypeError, "an optimiser is expected"),
    (lambda o: optim.OneCycleLR(o, 0.1), ValueError, "total_steps: it is needed, or both epochs"),
    (lambda o: optim.OneCycleLR(o, 0.1, epochs=3), ValueError, "total_steps: it is needed, or both epochs"),
    (lambda o: optim.OneCycleLR(o, 0.1, epochs=0, steps_per_epoch=3), ValueError, "epochs: an integer of 1"),
    (lambda o: optim.OneCycleLR(o, 0.1, 0), ValueError, "total_steps: an integer of 1"),
    (lambda o: optim.OneCycleLR(o, [0.1, 0.2], 9), ValueError, "max_lr: one for each of 1 parameter groups"),
    (lambda o: optim.OneCycleLR(o, "0.1", 9), TypeError, "max_lr: a number"),
    (lambda o: optim.OneCycleLR(o, 0.1, 9, pct_start=1.5), ValueError, "pct_start: a number up to 1"),
    (lambda o: optim.OneCycleLR(o, 0.1, 9, anneal_strategy="cosine"), ValueError, "anneal_strategy: 'cos' or"),
    (lambda o: optim.OneCycleLR(o, 0.1, 9, max_momentum=1.0), ValueError, "max_momentum"),
    (lambda o: optim.OneCycleLR(o, 0.1, 9, div_factor=0), ValueError, "div_factor: a number above 0"),
    (lambda o: optim.OneCycleLR(o, 0.1, 9, final_div_factor=0), ValueError, "final_div_factor: a number above 0"),
    (lambda o: optim.OneCycleLR(o, 0.1, 9, three_phase=1), TypeError, "three_phase: True or False"),
    (lambda o: optim.OneCycleLR(optim.Adagrad(parameters()), 0.1, 9), ValueError, "Adagrad has no momentum"),
    (lambda o: optim.WarmupLR(optim.OneCycleLR(optim.SGD(parameters()), 0.1, 9), 3), TypeError, "of its own"),
    (lambda o: optim.WarmupLR(optim.ReduceLROnPlateau(optim.SGD(parameters())), 3), TypeError, "the metrics"),
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
    assert repr(schedule) == "WarmupLR(total_iters=4, start_factor=0.5, base_lrs=[0.1], last_step=0)"
