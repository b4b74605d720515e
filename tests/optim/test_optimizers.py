"""Optimisers, against stored trajectories of torch (references/networks/optimizers.py); their states and arguments."""
import json
import math

import numpy as np
import pytest
from references.networks.trajectories import OPTIMIZERS, START, loss, parameters, title

from autograd_tiny import Value, nn, optim, record

W, V = slice(0, 4), slice(6, 8)                     # the places of W and v among the parameters
KINDS = [optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adam, optim.AdamW]
FULL = [
    (optim.SGD, {"momentum": 0.9, "dampening": 0.2, "weight_decay": 0.01}),
    (optim.SGD, {"momentum": 0.9, "nesterov": True}),
    (optim.Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.2, "weight_decay": 0.01}),
    (optim.RMSprop, {"momentum": 0.9, "centered": True, "weight_decay": 0.01}),
    (optim.Adam, {"betas": (0.8, 0.9), "amsgrad": True, "weight_decay": 0.01}),
    (optim.AdamW, {"betas": (0.8, 0.9), "amsgrad": True}),
]


def frozen_at(step):
    """The parameters that are frozen at a step of the trajectories that freeze."""
    frozen = np.zeros(len(START), bool)
    frozen[W] = step < 30
    frozen[V] = 40 <= step < 70
    return frozen


def train(optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        loss(optimizer.parameters).backward()
        optimizer.step()


def data(optimizer):
    return [p.data for p in optimizer.parameters]


def gradient_function():
    values = parameters()
    tape = record(lambda _: loss(values), 0.0, parameters=values)
    return lambda numbers: tape.value_and_grad([0.0], at=numbers)[1]


def snapshot(optimizer):
    """Everything that a refused call must leave as it was, bit for bit."""
    values = [(p.data.hex(), p.grad.hex(), p.requires_grad) for p in optimizer.parameters]
    state = {k: v.tobytes() if isinstance(v, np.ndarray) else v for k, v in optimizer.state_dict().items()}
    return values, state


# ---- trajectories

@pytest.mark.parametrize("case", OPTIMIZERS, ids=title)
def test_steps_on_values_follow_torch(case):
    optimizer = getattr(optim, case["name"])(parameters(), **case["options"])
    for step in range(100):
        if step % 10 == 0:
            np.testing.assert_allclose(data(optimizer), case["every_10th"][step // 10], rtol=1e-12, atol=0)
        if case["freezes"]:
            for p, frozen in zip(optimizer.parameters, frozen_at(step), strict=True):
                p.requires_grad = not frozen
        train(optimizer, 1)
    np.testing.assert_allclose(data(optimizer), case["every_10th"][-1], rtol=1e-12, atol=0)


@pytest.mark.parametrize("case", OPTIMIZERS, ids=title)
def test_updates_of_arrays_follow_torch(case):
    optimizer = getattr(optim, case["name"])(parameters(), **case["options"])
    gradients_at, numbers = gradient_function(), np.array(START)
    for step in range(100):
        if step % 10 == 0:
            np.testing.assert_allclose(numbers, case["every_10th"][step // 10], rtol=1e-12, atol=0)
        gradients = gradients_at(numbers)
        before = gradients.copy()
        optimizer.update(numbers, gradients, ~frozen_at(step) if case["freezes"] else None)
        assert gradients.tobytes() == before.tobytes()
    np.testing.assert_allclose(numbers, case["every_10th"][-1], rtol=1e-12, atol=0)
    assert data(optimizer) == START


def test_every_option_is_in_the_trajectories():
    for kind in KINDS:
        cases = [case for case in OPTIMIZERS if case["name"] == kind.__name__]
        options = {name for case in cases for name in case["options"]}
        assert options == set(kind.__init__.__annotations__) - {"parameters", "return"}
        assert {} in [case["options"] for case in cases]


@pytest.mark.parametrize(("kind", "options"), FULL)
def test_a_mask_of_all_is_no_mask(kind, options):
    one, other = (kind(parameters(), **options) for _ in range(2))
    x, y = np.array(START), np.array(START)
    rng = np.random.default_rng(0)
    for _ in range(5):
        g = rng.normal(size=len(x))
        one.update(x, g)
        other.update(y, g, np.ones(len(x), bool))
    assert x.tobytes() == y.tobytes()
    assert snapshot(one) == snapshot(other)


@pytest.mark.parametrize(("kind", "options"), FULL)
def test_a_frozen_parameter_is_not_moved_and_its_state_waits(kind, options):
    optimizer = kind(parameters(), **options)
    train(optimizer, 3)
    frozen = optimizer.parameters[4]
    frozen.requires_grad = False
    frozen.grad = 5.0
    before, state = frozen.data, optimizer.state_dict()
    others = data(optimizer)
    optimizer.step()
    assert frozen.data == before
    moved = [now != then for now, then in zip(data(optimizer), others, strict=True)]
    assert moved == [i != 4 for i in range(9)]
    after = optimizer.state_dict()
    arrays = [name for name, array in after.items() if isinstance(array, np.ndarray) and name != "missed"]
    assert arrays
    for name in arrays:
        assert after[name][4] == state[name][4]
    assert after["missed"].tolist() == [0.0] * 4 + [1.0] + [0.0] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_all_frozen(kind):
    optimizer = kind(parameters())
    for p in optimizer.parameters:
        p.requires_grad = False
    optimizer.step()
    assert data(optimizer) == START


def test_the_learning_rate_can_be_set():
    p = Value(1.0)
    optimizer = optim.SGD([p], lr=0.5)
    p.grad = 1.0
    optimizer.step()
    optimizer.lr = 0.125
    optimizer.step()
    assert p.data == 1.0 - 0.5 - 0.125
    optimizer.lr = 0
    optimizer.step()
    assert p.data == 0.375 and type(optimizer.lr) is float


def test_zero_grad():
    optimizer = optim.SGD(parameters())
    loss(optimizer.parameters).backward()
    assert all(p.grad != 0 for p in optimizer.parameters)
    optimizer.zero_grad()
    assert all(p.grad == 0 for p in optimizer.parameters)


def test_parameters_may_come_from_a_generator_and_a_model():
    model = nn.MLP(2, [3, 1])
    assert optim.Adam(p for p in model.parameters()).parameters == tuple(model.parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_that_diverges_ends_without_warnings(kind):
    optimizer = kind([Value(1.0), Value(1.0), Value(1.0)])
    numbers = np.ones(3)
    for _ in range(2):
        optimizer.update(numbers, np.array([1e200, math.inf, math.nan]))
    assert np.isnan(numbers[2])


def test_a_centered_average_of_equal_gradients_is_no_nan():
    optimizer = optim.RMSprop([Value(0.0)], alpha=0.5, centered=True)
    numbers = np.zeros(1)
    for _ in range(200):
        optimizer.update(numbers, np.array([0.1983050847457627]))      # for which v − m² is rounded below 0
    assert np.isfinite(numbers).all()


def test_repr():
    optimizer = optim.Adam(nn.MLP(2, [16, 16, 1]).parameters())
    assert repr(optimizer) == (
        "Adam(337 parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.0)"
    )
    assert repr(optim.SGD([Value(1.0)], 0.1, 0.9, nesterov=True)) == (
        "SGD(1 parameters, lr=0.1, momentum=0.9, dampening=0.0, weight_decay=0.0, nesterov=True)"
    )


# ---- names

@pytest.mark.parametrize(("name", "kind"), [
    ("sgd", optim.SGD), ("adagrad", optim.Adagrad), ("rmsprop", optim.RMSprop), ("adam", optim.Adam),
    ("adamw", optim.AdamW),
])
def test_an_optimiser_by_its_name_has_the_defaults(name, kind):
    values = parameters()
    assert type(optim.named(name, values)) is kind
    assert snapshot(optim.named(name, values)) == snapshot(kind(values))


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="'sdg' is not known; there are sgd, adagrad, rmsprop, adam, adamw"):
        optim.named("sdg", parameters())
    with pytest.raises(TypeError, match="name of an optimiser"):
        optim.named(None, parameters())


# ---- states

@pytest.mark.parametrize("via_json", [False, True])
@pytest.mark.parametrize("thaw", [False, True])
@pytest.mark.parametrize(("kind", "options"), [(kind, {}) for kind in KINDS] + FULL)
def test_saved_and_loaded_in_the_middle_nothing_is_different(kind, options, thaw, via_json):
    first = kind(parameters(), lr=0.02, **options)
    if thaw:
        first.parameters[0].requires_grad = False
        train(first, 10)
        first.parameters[0].requires_grad = True
    train(first, 50)
    state = first.state_dict()
    if via_json:
        state = json.loads(json.dumps(state, default=np.ndarray.tolist))
    second = kind(parameters(data(first)))
    second.load_state_dict(state)
    train(first, 50)                                # the state is a copy: this does not change it
    train(second, 50)
    assert snapshot(first) == snapshot(second)


def test_loading_copies_the_arrays():
    optimizer = optim.Adam(parameters())
    state = {name: np.zeros(9) if name == "exp_avg" else x for name, x in optimizer.state_dict().items()}
    optimizer.load_state_dict(state)
    train(optimizer, 1)
    assert state["exp_avg"].tolist() == [0.0] * 9


def test_a_state_is_plain():
    optimizer = optim.Adam(parameters(), amsgrad=True)
    train(optimizer, 2)
    state = optimizer.state_dict()
    assert list(state) == [
        "optimizer", "param_groups", "steps", "missed", "exp_avg", "exp_avg_sq", "max_exp_avg_sq",
    ]
    assert (state["optimizer"], state["steps"]) == ("Adam", 2)
    assert state["param_groups"] == [
        {"params": 9, "lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": True},
    ]
    assert {array.shape for array in state.values() if isinstance(array, np.ndarray)} == {(9,)}
    before = snapshot(optimizer)
    for name in ("missed", "exp_avg"):
        state[name][:] = 7.0
    assert snapshot(optimizer) == before


def with_change(state, change):
    """A state with other entries, those of its group among them, and another learning rate."""
    [group] = state["param_groups"]
    of_group = {name: entry for name, entry in change.items() if name in group}
    rest = {name: entry for name, entry in change.items() if name not in group}
    return {**state, "param_groups": [{**group, "lr": 0.5, **of_group}], **rest}


@pytest.mark.parametrize(("change", "message"), [
    ({"optimizer": "AdamW"}, "the state of Adam is expected, got one of 'AdamW'"),
    ({"optimizer": None}, "got one of None"),
    ({"lr": None}, "lr: a number"), ({"lr": -1.0}, "lr: a finite number"), ({"lr": True}, "lr"),
    ({"betas": [0.9]}, "betas: a pair"), ({"betas": [0.9, 1.0]}, r"betas\[1\]"), ({"eps": math.nan}, "eps"),
    ({"amsgrad": 1}, "amsgrad: True or False"), ({"amsgrad": True}, "missing.*max_exp_avg_sq"),
    ({"steps": 1.5}, "steps"), ({"steps": -1}, "steps"), ({"steps": True}, "steps"),
    ({"exp_avg": np.zeros(8)}, "exp_avg: 9 numbers"), ({"exp_avg": np.zeros((9, 1))}, "exp_avg"),
    ({"exp_avg": ["1"] * 9}, "exp_avg"), ({"exp_avg": None}, "exp_avg"),
    ({"exp_avg": [[1.0], []]}, "exp_avg"),
    ({"exp_avg": np.full(9, np.inf)}, "exp_avg: finite"), ({"exp_avg": np.zeros(9, bool)}, "exp_avg"),
    ({"exp_avg_sq": np.full(9, np.nan)}, "exp_avg_sq: finite"),
    ({"exp_avg_sq": np.full(9, -1.0)}, "exp_avg_sq: finite numbers, 0 or more"),
    ({"missed": np.full(9, 4.0)}, "missed: whole numbers up to 3"),
    ({"missed": np.full(9, 0.5)}, "missed"), ({"missed": np.full(9, -1.0)}, "missed"),
    ({"sum": np.zeros(9)}, "unknown .*'sum'"),
    ({"param_groups": None}, "param_groups: a list of dicts"), ({"param_groups": [1]}, "param_groups: a list of"),
    ({"param_groups": []}, r"param_groups: groups of \[9\] parameters are expected, got list \[\]"),
    ({"param_groups": [{"params": 8}]}, r"groups of \[9\] parameters"), ({"params": 8}, r"groups of \[9\] par"),
    ({"param_groups": [{"params": 9, "lr": 0.1}]}, "missing .*'betas'"),
])
def test_a_state_that_does_not_fit_changes_nothing(change, message):
    optimizer = optim.Adam(parameters())
    train(optimizer, 3)
    state = with_change(optimizer.state_dict(), change)
    before = snapshot(optimizer)
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert snapshot(optimizer) == before


@pytest.mark.parametrize("missing", [
    "optimizer", "lr", "betas", "eps", "weight_decay", "amsgrad", "steps", "missed", "exp_avg", "exp_avg_sq",
])
def test_a_state_with_a_missing_entry_names_it(missing):
    optimizer = optim.Adam(parameters())
    train(optimizer, 3)
    state = with_change(optimizer.state_dict(), {})
    del (state if missing in state else state["param_groups"][0])[missing]
    before = snapshot(optimizer)
    message = "got one of None" if missing == "optimizer" else f"missing .'{missing}'"
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(state)
    assert snapshot(optimizer) == before


@pytest.mark.parametrize("state", [None, [], "state", 3])
def test_a_state_is_a_dict(state):
    for each in (optim.Adam(parameters()), optim.StepLR(optim.Adam(parameters()), 3)):
        with pytest.raises(TypeError, match="the dict from state_dict"):
            each.load_state_dict(state)


# ---- bad arguments

NOT_NUMBERS = [True, "0.1", None, [0.1], Value(0.1), 1j]
NOT_IN_RANGE = [-0.1, -1, math.nan, math.inf, -math.inf, np.float64(-0.5), 10**400]


@pytest.mark.parametrize(("kind", "name"), [
    *[(kind, "lr") for kind in KINDS], *[(kind, "weight_decay") for kind in KINDS],
    *[(kind, "eps") for kind in KINDS if kind is not optim.SGD],
    (optim.SGD, "momentum"), (optim.SGD, "dampening"), (optim.Adagrad, "lr_decay"),
    (optim.Adagrad, "initial_accumulator_value"), (optim.RMSprop, "alpha"), (optim.RMSprop, "momentum"),
])
def test_numbers_are_checked(kind, name):
    for bad in NOT_NUMBERS:
        with pytest.raises(TypeError, match=f"^{name}: a number is expected, got "):
            kind(parameters(), **{name: bad})
    for bad in NOT_IN_RANGE:
        with pytest.raises(ValueError, match=f"^{name}: a .*is expected, got "):
            kind(parameters(), **{name: bad})
    assert getattr(kind(parameters(), **{name: np.float32(0.5)}), name) == 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_learning_rate_changes_nothing(kind):
    optimizer = kind(parameters(), lr=0.25)
    for bad in NOT_NUMBERS:
        with pytest.raises(TypeError, match="lr: a number is expected"):
            optimizer.lr = bad
    for bad in NOT_IN_RANGE:
        with pytest.raises(ValueError, match="lr: a finite number, 0 or more, is expected"):
            optimizer.lr = bad
    assert optimizer.lr == 0.25


def with_bad(i, bad):
    return (bad, 0.5) if i == 0 else (0.5, bad)


@pytest.mark.parametrize("kind", [optim.Adam, optim.AdamW])
def test_betas_are_a_pair_below_1(kind):
    for bad in (0.9, (0.9,), (0.9, 0.9, 0.9), "ab", None, {0.9, 0.5}):
        with pytest.raises(TypeError, match="betas: a pair of numbers"):
            kind(parameters(), betas=bad)
    for i in (0, 1):
        for bad in (1.0, -0.1, math.nan, 2):
            with pytest.raises(ValueError, match=rf"betas\[{i}\]: a number in \[0, 1\) is expected"):
                kind(parameters(), betas=with_bad(i, bad))
        for bad in (True, "0.9", None):
            with pytest.raises(TypeError, match=rf"betas\[{i}\]: a number"):
                kind(parameters(), betas=with_bad(i, bad))
    with pytest.raises(ValueError, match=r"alpha: a number in \[0, 1\)"):
        optim.RMSprop(parameters(), alpha=1.0)


@pytest.mark.parametrize("options", [{}, {"momentum": 0.0}, {"momentum": 0.9, "dampening": 0.1}])
def test_nesterov_needs_momentum_and_no_dampening(options):
    with pytest.raises(ValueError, match="needs a momentum above 0 and dampening=0, got momentum="):
        optim.SGD(parameters(), nesterov=True, **options)


@pytest.mark.parametrize(("kind", "name"), [
    (optim.SGD, "nesterov"), (optim.RMSprop, "centered"), (optim.Adam, "amsgrad"), (optim.AdamW, "amsgrad"),
])
def test_flags_are_true_or_false(kind, name):
    for bad in (1, 0, "yes", None):
        with pytest.raises(TypeError, match=f"{name}: True or False is expected"):
            kind(parameters(), **{name: bad})


@pytest.mark.parametrize("use", [
    *KINDS, lambda p: optim.clip_grad_norm_(p, 1.0), lambda p: optim.clip_grad_value_(p, 1.0),
])
def test_parameters_are_leaves_each_given_once(use):
    a, b = Value(1.0, "a"), Value(2.0, "b")
    a.grad = b.grad = 100.0
    for bad in (a, 1.0, None, nn.MLP(1, [1])):
        with pytest.raises(TypeError, match=r"parameters: Values are expected, as in model.parameters\(\)"):
            use(bad)
    for bad in ([a, 1.0], "ab", [a, "b"], {"a": a}, [[a, b]], np.ones(2)):
        with pytest.raises(TypeError, match=r"parameters: Values are expected, got .* among them"):
            use(bad)
    with pytest.raises(ValueError, match=r"parameters: Value\(3.0, op='\+'\) was computed; leaves"):
        use([a, a + b])
    with pytest.raises(ValueError, match=r"parameters: Value\(2.0, label='b'\) is there twice"):
        use([a, b, b])
    for bad in ([], (p for p in ())):
        with pytest.raises(ValueError, match="one Value at least is expected, got none"):
            use(bad)
    assert (a.data, b.data, a.grad, b.grad) == (1.0, 2.0, 100.0, 100.0)


@pytest.mark.parametrize(("change", "error"), [
    ({"numbers": [0.0] * 9}, TypeError), ({"numbers": np.zeros(9, np.float32)}, TypeError),
    ({"numbers": np.zeros(8)}, ValueError), ({"numbers": np.zeros((9, 1))}, ValueError),
    ({"gradients": [0.0] * 9}, TypeError), ({"gradients": np.zeros(9, int)}, TypeError),
    ({"gradients": np.zeros(1)}, ValueError), ({"gradients": np.float64(1.0)}, TypeError),
    ({"trainable": [True] * 9}, TypeError), ({"trainable": np.ones(9)}, TypeError),
    ({"trainable": np.ones(8, bool)}, ValueError), ({"trainable": True}, TypeError),
])
def test_an_update_with_other_arrays_changes_nothing(change, error):
    optimizer = optim.Adam(parameters())
    arrays = {"numbers": np.array(START), "gradients": np.ones(9), **change}
    before, numbers = snapshot(optimizer), np.array(arrays["numbers"])
    with pytest.raises(error, match=f"^{next(iter(change))}: "):
        optimizer.update(**arrays)
    assert snapshot(optimizer) == before
    np.testing.assert_array_equal(arrays["numbers"], numbers)


def test_an_array_that_is_read_only_is_no_place_for_an_update():
    optimizer, numbers = optim.Adam(parameters()), np.array(START)
    numbers.flags.writeable = False
    before = snapshot(optimizer)
    with pytest.raises(ValueError, match="numbers: an array that may be written"):
        optimizer.update(numbers, np.ones(9))
    assert snapshot(optimizer) == before
