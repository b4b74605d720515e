"""PyTorch and Lightning: reports about derivatives, optimisers, schedules, and trainings, resumed or not.

Each case is written for this package. Rates are those of the documented formulas.
"""
import json
import math
import random

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, diagnose, fit, gradients, load_checkpoint, nn, optim, save_checkpoint


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


# ---- derivatives: the right values are from the formulas, by hand or by mpmath

def test_the_second_derivative_of_a_square_with_a_frozen_exponent():
    """95180: nan at 0 for 2."""
    x, c = Value(0.0), Value(2.0, requires_grad=False)
    first = gradients(x**c, x, create_graph=True)
    assert gradients(first, x) == 2.0


def test_the_derivative_of_sigmoid_keeps_its_digits():
    """195681: 1 - f loses all digits far above 0."""
    assert at.grad(at.sigmoid)(30.0) == pytest.approx(9.357622968839299e-14, rel=4e-16)
    assert at.grad(at.sigmoid)(700.0) == pytest.approx(9.859676543759770e-305, rel=4e-16)
    assert at.grad(at.tanh)(19.0) == pytest.approx(1.2556531168192118e-16, rel=4e-16)


def test_where_with_an_operand_that_is_not_finite():
    """4132, 16317, 17455: x / 0 where it is not chosen. Its local derivative by x is infinite: 0 · inf."""
    x = Value(1.0)
    at.where(1.0, 0.0, x / 0.0).backward()
    assert math.isnan(x.grad)
    x = Value(1.0)
    divisor = at.where(1.0, 1.0, 0.0)           # the remedy of the report: the divisor is chosen first
    at.where(1.0, 0.0, x / divisor).backward()
    assert x.grad == 0.0


def test_the_operand_of_where_that_is_not_chosen():
    """36923, 68425, 108618: the operand itself gets exactly 0, whatever arrives."""
    a, b = Value(0.0), Value(-5.0)
    at.log(at.where(1.0, a, b)).backward()
    assert (a.grad, b.grad) == (math.inf, 0.0)


def test_logsigmoid_at_minus_infinity():
    """20972: nan; -inf with the derivative 1 is right."""
    assert at.value_and_grad(at.log_sigmoid)(-math.inf) == (-math.inf, 1.0)
    assert at.value_and_grad(at.log_sigmoid)(-300.0) == (-300.0, 1.0)


def test_logsumexp_at_minus_infinity():
    """31829: nan for 0 where all operands are -inf."""
    assert at.grad(at.logsumexp)([-math.inf, -math.inf]) == [0.0, 0.0]
    assert at.grad(at.logsumexp)([-math.inf, 1.0]) == [0.0, 1.0]


def test_the_gradient_of_a_masked_loss():
    """89543: a target that is nan is left out by where, inside of the square and outside."""
    for masked in (lambda r: at.where(0.0, r, 0.0) ** 2, lambda r: at.where(0.0, r**2, 0.0)):
        assert at.grad(lambda x, masked=masked: masked(x - 1.0))(3.0) == 0.0


# ---- training

MOONS = np.array([
    *((math.cos(t), math.sin(t)) for t in np.linspace(0.0, math.pi, 50)),
    *((1.0 - math.cos(t), 0.5 - math.sin(t)) for t in np.linspace(0.0, math.pi, 50)),
])
LABELS = np.r_[np.ones(50), np.zeros(50)].astype(int)


def moons(outputs, head):
    inside = nn.MLP(2, [8, outputs], "tanh", "sigmoid" if head is at.sigmoid else "linear", rng=random.Random(0))
    return nn.Sequential(inside, at.softmax) if head is at.softmax else inside


@pytest.mark.parametrize("outputs, head, loss", [
    (1, at.sigmoid, "binary_cross_entropy"), (2, at.softmax, "cross_entropy"), (2, at.sigmoid, "cross_entropy"),
])
def test_probabilities_where_the_loss_takes_logits_are_told(outputs, head, loss):
    """Lightning 18272, pytorch 55902: training goes on, badly, and nothing says why."""
    model = moons(outputs, head)
    with pytest.warns(UserWarning, match=f"come from {head.__name__}, but the loss takes logits"):
        fit(model, MOONS, LABELS, loss, "adam", progress=False)
    assert diagnose(model, MOONS, LABELS, loss).findings[0].kind == "probabilities as logits"
    model = moons(outputs, None)
    history = fit(model, MOONS, LABELS, loss, "adam", 60, lr=0.02, seed=0, metrics=["accuracy"], progress=False)
    assert history["accuracy"][-1] > 0.8


@pytest.mark.parametrize("samples", [12, 200])
def test_a_batch_without_weight_moves_nothing(samples):
    """75181, 116349: where all of a batch was left out, the mean was 0/0 and every parameter nan."""
    weights = np.zeros(samples)
    weights[-1] = 1.0
    x, y = np.ones((samples, 1)), np.zeros(samples)
    w = Value(1.0)
    history = fit(
        lambda row: w * row[0], x, y, "mse", optim.SGD([w], lr=0.25), 1, 4, shuffle=False, sample_weight=weights,
        progress=False,
    )
    assert w.data == 0.5 and history["loss"] == [1.0]


def test_with_everything_frozen_there_is_an_error():
    """8582 and many more: "element 0 of tensors does not require grad". Here the message says what to set."""
    model = nn.MLP(2, [3, 1])
    for p in model.parameters():
        p.requires_grad = False
    with pytest.raises(ValueError, match=r"frozen.*requires_grad=True"):
        fit(model, MOONS, LABELS, "mse", progress=False)
