"""Parameter groups, against trajectories of torch (references/networks/optimizers.py); how they are read and set."""
import copy
import json
import pickle

import numpy as np
import pytest
from references.networks.trajectories import GROUPED, START, loss, parameters

from autograd_tiny import Value, diagnose, fit, nn, optim

KINDS = [optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adam, optim.AdamW]


def grouped(case, numbers=START):
    values = parameters(numbers)
    groups = [{"params": values[:6], **case["of_first"]}, {"params": values[6:]}]
    return getattr(optim, case["name"])(groups, **case["options"])


def title(case):
    return f"{case['name']}({case['options']}), {case['of_first']}"


def data(optimizer):
    return [p.data for p in optimizer.parameters]


def train(optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        loss(optimizer.parameters).backward()
        optimizer.step()


def two(lr=0.5, **options):
    a, b, c = (Value(x) for x in (1.0, 2.0, 3.0))
    return optim.SGD([{"params": [a, b], **options}, {"params": [c]}], lr=lr)


# ---- trajectories

@pytest.mark.parametrize("case", GROUPED, ids=title)
def test_steps_of_groups_follow_torch(case):
    optimizer = grouped(case)
    for expected in case["every_10th"][1:]:
        train(optimizer, 10)
        np.testing.assert_allclose(data(optimizer), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("case", GROUPED, ids=title)
def test_saved_and_loaded_in_the_middle_groups_go_on_bit_for_bit(case):
    first = grouped(case)
    train(first, 50)
    second = grouped({**case, "options": {}, "of_first": {}}, data(first))
    second.load_state_dict(json.loads(json.dumps(first.state_dict(), default=np.ndarray.tolist)))
    train(first, 20)
    train(second, 20)
    assert data(first) == data(second) and repr(first) == repr(second)


@pytest.mark.parametrize("kind", KINDS)
def test_groups_with_equal_options_are_one(kind):
    together, apart = kind(parameters()), kind([{"params": parameters()[:4]}, {"params": parameters()[4:]}])
    for _ in range(5):
        train(together, 1)
        for p, q in zip(together.parameters, apart.parameters, strict=True):
            q.grad = p.grad
        apart.step()
    assert data(together) == data(apart)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_has_groups_of_its_own_parameters(copied):
    optimizer = two(momentum=0.9)
    again = copied(optimizer)
    again.param_groups[0]["lr"] = 0.25
    assert again.param_groups[0]["params"] == again.parameters[:2] and again.lr == 0.25
    assert optimizer.lr == 0.5 and not set(again.parameters) & set(optimizer.parameters)
    again.parameters[0].grad = 2.0
    again.step()
    assert (again.parameters[0].data, optimizer.parameters[0].data) == (0.5, 1.0)


def test_fit_trains_each_group_at_its_own_rate():
    model = nn.MLP(2, [2, 1], "tanh")
    hidden, last = model.layers
    optimizer = optim.SGD([{"params": hidden.parameters(), "lr": 0.0}, {"params": last.parameters()}], lr=0.1)
    before = [[p.data for p in layer.parameters()] for layer in model.layers]
    history = fit(
        model, [[0.5, 1.0], [1.0, -1.0]], [1.0, 2.0], "mse", optimizer, 3, progress=False,
        schedule=optim.StepLR(optimizer, 1, gamma=0.5),
    )
    assert [p.data for p in hidden.parameters()] == before[0]
    assert all(p.data != x for p, x in zip(last.parameters(), before[1], strict=True))
    assert [group["lr"] for group in optimizer.param_groups] == [0.0, 0.0125] and history["lr"] == [0.0] * 3


def test_a_network_with_groups_can_be_diagnosed():
    model = nn.MLP(2, [3, 1])
    groups = [{"params": layer.parameters()} for layer in model.layers]
    assert diagnose(model, [[0.5, 1.0], [1.0, -1.0]], [1.0, 2.0], "mse", optim.Adam(groups))


def test_a_group_that_somebody_holds_is_still_that_of_the_optimiser_after_loading():
    optimizer, other = two(momentum=0.9), two(lr=0.25, momentum=0.5)
    group = optimizer.param_groups[0]
    optimizer.load_state_dict(other.state_dict())
    assert optimizer.param_groups[0] is group and (group["lr"], group["momentum"]) == (0.25, 0.5)
    group["lr"] = 0.125
    assert optimizer.lr == 0.125 and other.lr == 0.25
    assert group["params"] == optimizer.parameters[:2] != other.parameters[:2]


# ---- options

def test_a_group_is_a_dict_of_its_options():
    optimizer = two(lr=0.5, momentum=0.9)
    first, second = optimizer.param_groups
    assert dict(second) == {
        "params": optimizer.parameters[2:], "lr": 0.5, "momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0,
        "nesterov": False,
    }
    assert first["momentum"] == optimizer.momentum == 0.9 and len(first) == 6 and "lr" in first
    for group in optimizer.param_groups:
        group["lr"] *= 0.5
    assert optimizer.lr == second["lr"] == 0.25
    first.update(lr=1, momentum=0.0)
    assert first["lr"] == 1.0 and type(first["lr"]) is float


def test_an_option_that_is_set_on_the_optimiser_is_set_in_all_groups():
    optimizer = two(momentum=0.9)
    optimizer.lr, optimizer.momentum = 0.125, 0.5
    assert [(group["lr"], group["momentum"]) for group in optimizer.param_groups] == [(0.125, 0.5)] * 2


def test_momentum_that_is_switched_on_starts_from_nothing():
    p = Value(1.0)
    optimizer = optim.SGD([p], lr=0.5)
    optimizer.momentum = 0.5
    for expected in (0.5, -0.25):
        p.grad = 1.0
        optimizer.step()
        assert p.data == expected
    optimizer.momentum = 0.0
    assert "momentum_buffer" not in optimizer.state_dict()
    optimizer.load_state_dict(optimizer.state_dict())


@pytest.mark.parametrize(("name", "bad", "error", "message"), [
    ("lr", -1.0, ValueError, "lr: a finite number, 0 or more, is expected"), ("lr", "1", TypeError, "lr: a number"),
    ("nesterov", True, ValueError, "nesterov=True needs a momentum"), ("nesterov", 1, TypeError, "nesterov: True"),
    ("params", [], ValueError, "'params' is no option of SGD; there are lr, momentum"),
    ("initial_lr", 0.1, ValueError, "'initial_lr' is no option of SGD"),
])
def test_an_option_that_is_refused_changes_nothing(name, bad, error, message):
    optimizer = two()
    before = repr(optimizer)
    with pytest.raises(error, match=message):
        optimizer.param_groups[1][name] = bad
    with pytest.raises(TypeError, match="can be set, but not removed"):
        del optimizer.param_groups[1]["lr"]
    if name == "nesterov":
        optimizer.param_groups[0]["momentum"] = 0.5
        with pytest.raises(error, match=message):
            optimizer.nesterov = bad                # the first group could have it
        optimizer.param_groups[0]["momentum"] = 0.0
    assert repr(optimizer) == before


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda a, b: {"params": [a]}, TypeError, r"got one group: write \[\{…\}\]"),
    (lambda a, b: [{"params": [a]}, b], TypeError, "a list of dicts, or of Values, is expected, got Value"),
    (lambda a, b: [{"lr": 0.1}], ValueError, 'a group needs "params"'),
    (lambda a, b: [{"params": a}], TypeError, r"as in model.parameters\(\) or \[w, b\], got Value"),
    (lambda a, b: [{"params": []}], ValueError, "one Value at least"),
    (lambda a, b: [{"params": [a, 1.0]}], TypeError, "got float 1.0 among them"),
    (lambda a, b: [{"params": [a]}, {"params": [b, a]}], ValueError, "is there twice"),
    (lambda a, b: [{"params": [a], "momentun": 0.9}], ValueError, "'momentun' is no option of SGD"),
    (lambda a, b: [{"params": [a], "lr": -1}], ValueError, "lr: a finite number"),
])
def test_groups_that_do_not_fit_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        optim.SGD(make(Value(1.0), Value(2.0)))


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_that_are_added_later_begin_their_own_count(kind):
    p, q, r = Value(1.0), Value(1.0), Value(1.0)
    optimizer = kind([p], lr=0.1)
    for _ in range(3):
        p.grad = 1.0
        optimizer.step()
    optimizer.add_param_group({"params": [q]})
    alone = kind([r], lr=0.1)
    for _ in range(3):
        p.grad = q.grad = r.grad = 1.0
        optimizer.step()
        alone.step()
    assert q.data == r.data and optimizer.parameters == (p, q)
    before = repr(optimizer)
    for bad, error, match in (({"params": [p]}, ValueError, "there twice"), ([r], TypeError, "group: a dict is expect"),
                              ({"lr": 0.1}, ValueError, "got none"), ({"params": [r], "a": 1}, ValueError, "'a' is")):
        with pytest.raises(error, match=match):
            optimizer.add_param_group(bad)
    assert repr(optimizer) == before


def test_repr_has_a_part_for_each_group():
    assert repr(two(momentum=0.9)) == (
        "SGD(2 parameters, lr=0.5, momentum=0.9, dampening=0.0, weight_decay=0.0; "
        "1 parameters, lr=0.5, momentum=0.0, dampening=0.0, weight_decay=0.0)"
    )
