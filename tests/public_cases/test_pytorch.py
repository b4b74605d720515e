"""PyTorch and Lightning: reports about optimisers, schedules and resumed trainings.

Each case is written for this package. Rates are those of the documented formulas.
"""
import json

import pytest

from autograd_tiny import Value, load_checkpoint, nn, optim, save_checkpoint


def sgd(lr=0.1, **options):
    return optim.SGD([Value(1.0), Value(2.0)], lr=lr, **options)


@pytest.mark.parametrize(("total_steps", "pct_start"), [(2, 0.5), (1, 1.0), (10, 0.1), (4, 0.25)])
@pytest.mark.parametrize("three_phase", [False, True])
def test_a_phase_of_a_cycle_may_have_no_steps(total_steps, pct_start, three_phase):
    """pytorch 180187: ZeroDivisionError."""
    schedule = optim.OneCycleLR(sgd(), 1.0, total_steps, pct_start=pct_start, three_phase=three_phase)
    rates = [schedule.lr_at(step) for step in range(total_steps)]
    assert all(0.0 < rate <= 1.0 for rate in rates)
    assert total_steps == 1 or rates[-1] == pytest.approx(1 / 25 / 1e4)


def test_a_cycle_may_begin_at_its_highest_rate():
    """pytorch 32898: with pct_start=0 no rate was found. By torch's formula the peak lies one step before the start."""
    schedule = optim.OneCycleLR(sgd(), 1.0, 10, pct_start=0.0)
    rates = [schedule.lr_at(step) for step in range(10)]
    assert rates == sorted(rates, reverse=True) and 0.9 < rates[0] < 1.0


def test_a_plateau_has_a_state_and_takes_a_number():
    """pytorch 2849: the schedule had no state_dict, and step() took other arguments than the documentation said."""
    first, second = (optim.ReduceLROnPlateau(sgd(), patience=1) for _ in range(2))
    for loss in (1.0, 1.0):
        first.step(loss)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    second.step(1.0)
    assert second.optimizer.lr == pytest.approx(0.01)


def test_milestones_give_the_rate_without_the_state_of_the_optimiser():
    """pytorch 29697: after loading the schedule alone, the rate was that of the start."""
    first, second = (optim.MultiStepLR(sgd(), [2, 5], gamma=0.1) for _ in range(2))
    for _ in range(6):
        first.step()
    second.load_state_dict(first.state_dict())
    assert second.optimizer.lr == pytest.approx(0.001)


@pytest.mark.parametrize("schedule_first", [False, True])
def test_the_order_of_making_and_loading_does_not_matter(schedule_first, tmp_path):
    """pytorch 119168, 156846: a schedule that was made after the state was loaded began from the loaded rate."""
    model = nn.MLP(2, [1])
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    schedule = optim.StepLR(optimizer, 1, gamma=0.5)
    for _ in range(3):
        schedule.step()
    save_checkpoint(tmp_path / "training", model, optimizer, schedule)
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    if not schedule_first:
        load_checkpoint(tmp_path / "training", model, optimizer)
    schedule = optim.StepLR(optimizer, 1, gamma=0.5)
    load_checkpoint(tmp_path / "training", model, optimizer, schedule)
    assert optimizer.lr == 0.125
    schedule.step()
    assert optimizer.lr == 0.0625


def test_the_cycle_goes_on_from_a_checkpoint(tmp_path):
    """Lightning 15462: the resumed cycle began anew."""
    def new():
        model = nn.MLP(2, [1])
        adam = optim.Adam(model.parameters())
        return model, adam, optim.OneCycleLR(adam, 0.1, 20)

    whole, first, second = new(), new(), new()
    for _ in range(12):
        whole[2].step()
    for _ in range(7):
        first[2].step()
    save_checkpoint(tmp_path / "training", *first)
    load_checkpoint(tmp_path / "training", *second)
    for _ in range(5):
        second[2].step()
    assert second[1].lr == whole[1].lr and second[1].betas == whole[1].betas


def test_a_group_is_the_same_after_loading():
    """apex 766, rat-sql 45: schedules and clipping held groups that the optimiser no longer had."""
    optimizer = sgd()
    groups = optimizer.param_groups
    optimizer.load_state_dict(sgd(lr=0.5).state_dict())
    groups[0]["lr"] = 0.25
    assert optimizer.param_groups is groups and optimizer.lr == 0.25


def test_a_state_for_other_groups_is_refused_by_their_sizes():
    """dsve-loc 16: "a parameter group that doesn't match the size of optimizer's group"."""
    with pytest.raises(ValueError, match=r"groups of \[2\] parameters are expected, got list \[1, 1\]"):
        sgd().load_state_dict(optim.SGD([{"params": [Value(1.0)]}, {"params": [Value(2.0)]}]).state_dict())
