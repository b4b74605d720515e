"""PyTorch and Lightning: reports about derivatives, optimisers, schedules, and trainings, resumed or not.

Each case is written for this package. Rates are those of the documented formulas.
"""
import asyncio
import copy
import json
import math
import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import mpmath
import pytest

import autograd_tiny as at
from autograd_tiny import Value, diagnose, fit, gradients, load_checkpoint, nn, no_grad, optim, save_checkpoint


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
    with mpmath.workdps(400):
        for x in (-30.0, 30.0, 37.5, 700.0):
            exact = float(mpmath.sech(mpmath.mpf(x) / 2) ** 2 / 4)
            assert at.grad(at.sigmoid)(x) == pytest.approx(exact, rel=4e-16, abs=0)
        for x in (0.3, 15.0, 19.0, 300.0):
            assert at.grad(at.tanh)(x) == pytest.approx(float(mpmath.sech(x) ** 2), rel=6e-16, abs=0)


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


ORDERS = [
    lambda f: at.grad(at.grad(f)), lambda f: at.derivative(at.derivative(f)), lambda f: at.grad(at.derivative(f)),
]
every_order = pytest.mark.parametrize("second", ORDERS, ids=["reverse", "forward", "mixed"])


@every_order
@pytest.mark.parametrize(("function", "x", "expected"), [
    (at.log_sigmoid, 40.0, -4.248354255291589e-18), (at.log_sigmoid, -40.0, -4.248354255291589e-18),    # 195530
    (at.sigmoid, 40.0, -4.248354255291589e-18), (at.tanh, 20.0, -3.398683404233271e-17),                # 195527
    (at.silu, 40.410841513445845, -1.0820525268131133e-16),                                             # 195682
])
def test_second_derivatives_in_the_tails(second, function, x, expected):
    """195527, 195530, 195682: 0. The values are those of the reports, by mpmath."""
    assert second(function)(x) == pytest.approx(expected, rel=1e-14, abs=0.0)


@every_order
def test_a_sum_of_logaddexps_of_large_numbers(second):
    """196704: nan. By mpmath 9.6168024122413991e-174."""
    def f(t):
        rows = zip([t + 2, -2 * t], [[1, 2, -1], [3, -2, 4]], strict=True)
        columns = [t / 2 - 1, 3 - t, 2 * t + 1]
        return at.sum([w * at.logaddexp(x, y) for x, ws in rows for y, w in zip(columns, ws, strict=True)])

    assert f(-800.0) == 10003.0
    assert second(f)(-800.0) == pytest.approx(9.6168024122413991e-174, rel=1e-12, abs=0.0)


def test_powers_of_0():
    """27134, 8940: the derivative of 0**b by b, and of x**0, is 0; it was nan."""
    assert at.grad(lambda a, b: a**b, (0, 1))(0.0, 1.0) == (1.0, 0.0)
    assert at.grad(lambda b: 0.0**b)(1.0) == at.derivative(lambda b: 0.0**b)(1.0) == 0.0
    assert at.grad(lambda x: at.sum([v**0 for v in x]))([0.0, 1.0]) == [0.0, 0.0]


def test_products_with_zeros():
    """773, 194699: nan by dividing, or by 0 · inf. Each derivative is the product of the others."""
    assert at.grad(at.prod)([2.0, 0.0, 3.0]) == [0.0, 6.0, 0.0]
    large = [1e13, 0.0, 0.0, 1e13, 1e13, 0.0, 1e13, 1e13, 1e13]
    for mode in ("reverse", "forward"):
        assert at.grad(at.prod, mode=mode)(large) == [0.0] * 9
    assert at.record(at.prod, [1.0] * 9).input_gradients([large]).tolist() == [[0.0] * 9]


def test_the_angle_of_no_direction():
    """98276, 165427: nan at the origin. 45605: the signs of zeros choose among four angles, as in C."""
    assert at.grad(at.atan2, (0, 1))(0.0, 0.0) == (0.0, 0.0)
    angles = [at.atan2(at.Value(y), at.Value(x)).data for y in (0.0, -0.0) for x in (0.0, -0.0)]
    assert angles == [0.0, math.pi, 0.0, -math.pi]


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_the_angle_of_a_very_short_or_long_vector(size):
    """193040: 1 / (a² + b²) overflows where the derivative b / (a² + b²) does not."""
    assert at.grad(at.atan2, (0, 1))(size, size) == pytest.approx((0.5 / size, -0.5 / size), rel=4e-16)


@pytest.mark.parametrize(("z", "t", "loss", "slope"), [
    (0.0, 0.0, math.log(2), 0.5), (0.0, 1.0, math.log(2), -0.5),                        # 2298: 0 by the kink of abs
    (8e7, 0.0, 8e7, 1.0), (-100.0, 0.0, 3.720075976020836e-44, 3.720075976020836e-44),  # 4867, 2221
    (-50.0, 1.0, 50.0, -1.0), (36.0, 1.0, 2.319522830243569e-16, -2.319522830243569e-16),   # 103316, 24933
])
def test_binary_cross_entropy_of_certain_logits(z, t, loss, slope):
    """2298, 4867, 24933, 103316. By mpmath."""
    found = at.value_and_grad(lambda z: nn.losses.binary_cross_entropy(z, t))(z)
    assert found == pytest.approx((loss, slope), rel=4e-16, abs=0.0)


def test_a_gradient_that_is_the_same_everywhere_has_the_derivative_0():
    """73137, 44189: an error about a missing graph."""
    x = Value(1.0)
    assert gradients(gradients(2 * x, x, create_graph=True), x) == 0.0
    assert at.grad(at.grad(at.grad(lambda x: 2 * x)))(1.0) == 0.0
    assert gradients(x * x, [x, Value(2.0)]) == (2.0, 0.0)
    linear = at.jacrev(at.jacrev(lambda v: [2 * v[0] + v[1], v[0]]))        # functorch 1
    assert linear([1.0, 2.0]) == [[[0.0, 0.0], [0.0, 0.0]]] * 2


def test_the_gradient_by_a_constant_is_refused_by_name():
    """115918."""
    a, b = Value(1.0, requires_grad=False), Value(3.0)
    with pytest.raises(ValueError, match=r"a gradient with respect to Value\(1.0, requires_grad=False\) is wanted"):
        gradients(a * b, [a, b])


def test_a_copy_has_the_gradient_and_its_own_graph():
    """3307, 79788, 54580: gradients were not copied, shared parameters came apart, computed Values could not be."""
    x = Value(3.0)
    y = x * 2
    y.backward()
    leaf, result = copy.deepcopy([x, y])
    assert (leaf.grad, leaf is x, result.parents[0] is leaf) == (2.0, False, True)
    layer = nn.Layer(1, 1, "linear")
    shared = copy.deepcopy(nn.Sequential(layer, layer))
    assert len(shared.parameters()) == 2


def test_a_frozen_parameter_does_not_decay():
    """150610: weight_decay and momentum of a parameter without a gradient."""
    a, b = Value(1.0), Value(2.0)
    optimizer = optim.SGD([a, b], lr=0.1, momentum=0.9, weight_decay=0.1)
    (a * b).backward()
    optimizer.step()
    b.requires_grad, before = False, b.data
    (a * b).backward()
    optimizer.step()
    assert b.data == before


def test_a_state_may_be_saved_before_the_first_step():
    """2647: KeyError in the step after loading it."""
    adam, other = (optim.Adam([Value(1.0)]) for _ in range(2))
    other.load_state_dict(adam.state_dict())
    other.step()


@pytest.mark.parametrize(("mode", "losses"), [("min", (-1.0, -0.95)), ("max", (-1.0, -1.05))])
def test_a_worse_negative_loss_is_no_improvement(mode, losses):
    """47513: -0.95 is below -1·(1 - 0.1)."""
    optimizer = sgd(lr=0.1)
    schedule = optim.ReduceLROnPlateau(optimizer, mode, threshold=0.1, patience=0)
    for loss in losses:
        schedule.step(loss)
    assert optimizer.lr == pytest.approx(0.01) and schedule.best == -1.0


def test_patience_counts_the_steps_that_are_allowed():
    """119763: with patience=2 the rate falls after the third step without an improvement."""
    optimizer = sgd(lr=0.1)
    schedule = optim.ReduceLROnPlateau(optimizer, patience=2)
    rates = []
    for loss in (1.0, 1.0, 1.0, 1.0):
        schedule.step(loss)
        rates.append(optimizer.lr)
    assert rates == pytest.approx([0.1, 0.1, 0.1, 0.01])


def test_the_cosine_goes_up_again_and_takes_large_numbers_of_steps():
    """20086, 37916: products of earlier rates drifted away. 20405: steps of 10⁹."""
    optimizer = sgd(lr=1.0)
    schedule = optim.CosineAnnealingLR(optimizer, 3)
    rates = [optimizer.lr]
    for _ in range(6):
        schedule.step()
        rates.append(optimizer.lr)
    assert rates == pytest.approx([1.0, 0.75, 0.25, 0.0, 0.25, 0.75, 1.0], abs=1e-15)
    assert optim.CosineAnnealingLR(sgd(lr=1.0), 10**9).lr_at(10**9 // 2) == pytest.approx(0.5)


def test_clipping_does_not_hide_what_is_not_finite():
    """46849: silently. The norm that is returned says it, and nan spreads. 31367: a negative limit turned gradients."""
    p, q = Value(1.0), Value(1.0)
    p.grad, q.grad = math.inf, 1.0
    assert optim.clip_grad_norm_([p, q], 1.0) == math.inf
    assert math.isnan(p.grad)
    with pytest.raises(ValueError, match="max_norm: a number of 0 or more is expected, got -1"):
        optim.clip_grad_norm_([p, q], -1.0)


def test_results_of_threads_are_one_graph():
    """67887. Recording is switched off for the thread of no_grad alone, as in 20528."""
    xs = [Value(float(i)) for i in range(20)]
    with ThreadPoolExecutor(4) as threads:
        at.sum(list(threads.map(lambda x: 3 * x * x, xs))).backward()
        with at.no_grad():
            assert threads.submit(lambda: (xs[0] * 2).requires_grad).result()
    assert [x.grad for x in xs] == [6 * x.data for x in xs]


@pytest.mark.parametrize("p", [1.0, 1.5, -0.1])
def test_a_share_of_dropped_outputs_is_below_1(p):
    """5752: those that are kept are scaled by 1/(1 - p), which is infinite at 1."""
    with pytest.raises(ValueError, match=r"p: a number in \[0, 1\) is expected"):
        nn.Dropout(p)
    assert {x.data for x in nn.Dropout(0.5, rng=random.Random(0))([Value(1.0)] * 50)} == {0.0, 2.0}


@pytest.mark.parametrize("label", [-100, -1, 2])
def test_a_label_that_is_no_class_is_refused(label):
    """12670, 72056: read outside of the scores, or silently left out."""
    with pytest.raises(ValueError, match=f"there are the classes 0 to 1, got {label}"):
        nn.losses.cross_entropy([Value(1.0), Value(2.0)], label)


def test_smoothed_labels_are_probabilities():
    """104776, 73205: smoothing that depends on weights and on samples that are left out. Here it is in the target."""
    found = nn.losses.cross_entropy([Value(1.0), Value(2.0)], [0.05, 0.95]).data
    hard = [nn.losses.cross_entropy([Value(1.0), Value(2.0)], k).data for k in (0, 1)]
    assert found == pytest.approx(0.05 * hard[0] + 0.95 * hard[1])


def test_the_judge_finds_kinks_where_finite_differences_find_mistakes():
    """114234, 114233: relu at 0 and max at a tie, "Jacobian mismatch"; 2710: only False."""
    assert "kink" in str(at.check_gradients(at.relu, 0.0))
    assert "kink" in str(at.check_gradients(at.max, [1.0, 1.0, 0.0]))


@pytest.mark.parametrize("seed", range(5))
def test_a_tape_of_a_model_with_dropout_in_training_mode(seed):
    """71929, mlverse/torch 1211: the mask of one call, for every input, also after eval()."""
    random.seed(seed)
    model = nn.Sequential(nn.Layer(2, 2), nn.Dropout(0.1), nn.Layer(2, 1))
    with pytest.raises(ValueError, match=r"^Dropout\(0\.1\).*training mode"):
        at.record(model, [1.0, 2.0])
    tape = at.record(model.eval(), [1.0, 2.0])
    assert tape([1.0, 2.0])[0] == pytest.approx(model([1.0, 2.0]).data, rel=1e-15)


def test_random_numbers_do_not_become_constants_of_a_tape():
    """9069: the noise of the call that was traced; also a mask that is nearly always the same."""
    for noisy in (lambda x: x + random.gauss(0.0, 1.0), lambda x: x * float(random.random() > 1e-12)):
        with pytest.raises(ValueError, match=r"draws random numbers from random|same everywhere"):
            at.record(noisy, 1.0)
    with_noise = at.record(lambda x, noise: x + noise, 1.0, 0.0)
    assert with_noise([[1.0, 0.25], [1.0, -0.5]]).tolist() == [1.25, 0.5]


def test_the_gradient_of_a_norm_of_zeros():
    """2421: nan; 0 since."""
    assert at.grad(at.linalg.norm)([0.0]) == [0.0] and not at.grad(at.linalg.norm)(np.zeros((2, 2))).any()


def test_a_power_of_2_that_overflows_before_its_derivatives():
    """192407, 192408: inf. The derivatives of 2^x are log(2)·2^x and log(2)²·2^x."""
    first, second = 1.2460659279417838e308, 8.637070847446594e307
    for mode in ("reverse", "forward"):
        derivative = at.grad(at.exp2, mode=mode)
        assert derivative(1024.0) == pytest.approx(first, rel=4e-16)
        assert at.grad(derivative, mode=mode)(1024.0) == pytest.approx(second, rel=4e-16)
    assert at.record(at.exp2, 1.0).input_gradients([[1024.0]])[0, 0] == pytest.approx(first, rel=4e-16)


def test_gelu_far_below_0():
    """187293, 185770: nan at -inf. 187806: 1 + erf cancels; the value is mpmath's x·Φ(x)."""
    assert at.value_and_grad(at.gelu)(-math.inf) == (0.0, 0.0)
    assert at.value_and_grad(at.gelu)(math.inf) == (math.inf, 1.0)
    with mpmath.workdps(50):
        for x in (-5.5, -10.0, -30.0):
            assert at.gelu(Value(x)).data == pytest.approx(float(x * mpmath.ncdf(x)), rel=1e-13, abs=0.0)


def test_the_second_derivatives_of_a_product_with_zeros():
    """106789: those beside two zeros were lost. 193012: gradient / operand overflowed where the operand is small."""
    assert at.hessian(at.prod)([2.0, 3.0, 0.0, 0.0])[2] == [0.0, 0.0, 0.0, 6.0]
    assert at.hessian(lambda x: 4000.0 * at.prod(x))([1e-310, 1.0, 1.0, 1.0])[0] == [0.0, 4000.0, 4000.0, 4000.0]


def test_the_second_derivatives_of_a_determinant_at_the_identity():
    """192521: nan where singular values are equal. They are the signs of the permutations."""
    identity = np.eye(3)
    for second in (at.jacfwd(at.jacrev(at.linalg.det)), at.jacrev(at.jacrev(at.linalg.det))):
        found = np.array(second(identity))
        assert (found[0, 0, 1, 1], found[0, 1, 1, 0], found[0, 0, 0, 0]) == (1.0, -1.0, 0.0)
        assert np.isfinite(found).all()


def test_softplus_with_a_steep_argument():
    """171249: inf for beta = 1e30."""
    found = [(at.softplus(1e30 * Value(x)) / 1e30).data for x in (0.5, -1.0, 2.0)]
    assert found == [0.5, 0.0, 2.0]


def test_selections_have_second_derivatives():
    """1712: those of max, min and the like were wrong. x² or y³, and x³ or y⁴, at (2, 3)."""
    assert at.hessian(lambda v: at.max([v[0] ** 2, v[1] ** 3]) + at.min([v[0] ** 3, v[1] ** 4]))([2.0, 3.0]) == [
        [12.0, 0.0], [0.0, 18.0]
    ]


@pytest.mark.parametrize(("z", "t", "expected"), [(0.0, 0.3, 0.25), (800.0, 1.0, 0.0), (1e-10, 0.0, 0.25)])
def test_the_curvature_of_binary_cross_entropy(z, t, expected):
    """59477: no second derivative for reduction='sum'. It is σ(z)·σ(-z), whatever the target."""
    assert at.grad(at.grad(lambda z: nn.losses.binary_cross_entropy(z, t)))(z) == pytest.approx(expected, abs=0.0)


def test_parameters_that_were_used_up_are_noticed():
    """148259: clipping by an exhausted generator did nothing, silently."""
    parameters = iter(nn.MLP(2, [1]).parameters())
    assert len(list(parameters)) == 3
    for call in (lambda: optim.clip_grad_norm_(parameters, 1.0), lambda: optim.SGD(parameters)):
        with pytest.raises(ValueError, match="parameters: one Value at least is expected, got none"):
            call()


def test_weight_decay_acts_on_the_parameter_before_the_step():
    """huggingface/transformers 14539: on the one after it."""
    p = Value(2.0)
    optimizer = optim.AdamW([p], lr=0.1, weight_decay=0.5)
    p.grad = 1.0
    optimizer.step()
    assert p.data == pytest.approx(2.0 - 0.1 * 0.5 * 2.0 - 0.1, rel=1e-8)


def test_the_cosine_after_its_last_step():
    """17913: ZeroDivisionError in the second period."""
    optimizer = sgd(lr=1.0)
    schedule = optim.CosineAnnealingLR(optimizer, 10)
    rates = []
    for _ in range(25):
        schedule.step()
        rates.append(optimizer.lr)
    assert (rates[9], rates[19], rates[24]) == pytest.approx((0.0, 1.0, 0.5), abs=1e-15)


# ---- state that is switched on and off

def test_no_grad_above_a_generator_works_whenever_it_is_resumed():
    """pytorch 31497: the decorator made the generator inside, and the body ran outside."""
    w = Value(2.0)

    @no_grad()
    def products():
        for k in range(3):
            yield w * k

    for product in products():
        assert not product.requires_grad and (w * 3.0).requires_grad


def test_no_grad_above_a_coroutine_leaves_other_tasks_alone():
    """pytorch 48713: the mode of one task was that of all in the thread."""
    w = Value(2.0)

    @no_grad()
    async def validate():
        await asyncio.sleep(0)
        return (w * 1.0).requires_grad

    async def train():
        await asyncio.sleep(0)
        return (w * 1.0).requires_grad

    async def both():
        return await asyncio.gather(validate(), train(), validate())

    assert asyncio.run(both()) == [False, True, False]


def test_two_blocks_that_overlap_leave_recording_on():
    """The kind of pytorch 31497: the first block to begin is the first to end."""
    w = Value(2.0)

    def block():
        with no_grad():
            yield

    first, second = block(), block()
    next(first), next(second)
    first.close()
    assert not (w * 1.0).requires_grad
    second.close()
    assert (w * 1.0).requires_grad
