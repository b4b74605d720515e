"""Networks from tutorials, with the numbers that these print and the gradients that a pencil finds.

Where a tutorial gives only some of its numbers, the others are chosen so that its outputs come out.
"""
import random

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, check_gradients, fit, gradients, nn, optim, predict
from references.networks.network_2_2_2 import CHOSEN, EDGES, GIVEN, INPUTS, TARGETS


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


# ---- B: the 2-2-2 network


@pytest.fixture
def net222():
    """The network, and its parameters by name: a bias belongs to both units of its layer."""
    net = nn.Network(EDGES.values())
    named = {name: net.w[edge] for name, edge in EDGES.items()} | {"b1": Value(0.0), "b2": Value(0.0)}
    for name, number in (GIVEN | CHOSEN).items():
        named[name].data, named[name].label = number, name
    net.b = {"h1": named["b1"], "h2": named["b1"], "o1": named["b2"], "o2": named["b2"]}
    return net, named


def by_hand_222(p):
    """Values and gradients of the 2-2-2 network, each as it is worked out on paper."""
    net_h1 = 0.1 * p["w1"] + 0.2 * p["w3"] + p["b1"]
    net_h2 = 0.1 * p["w2"] + 0.2 * p["w4"] + p["b1"]
    h1, h2 = sigmoid(net_h1), sigmoid(net_h2)
    o1 = sigmoid(h1 * p["w5"] + h2 * p["w7"] + p["b2"])
    o2 = sigmoid(h1 * p["w6"] + h2 * p["w8"] + p["b2"])
    d_o1, d_o2 = (o1 - 0.5) * o1 * (1 - o1), (o2 - 0.5) * o2 * (1 - o2)
    d_h1 = (d_o1 * p["w5"] + d_o2 * p["w6"]) * h1 * (1 - h1)
    d_h2 = (d_o1 * p["w7"] + d_o2 * p["w8"]) * h2 * (1 - h2)
    gradients_by_hand = {
        "w1": 0.1 * d_h1, "w2": 0.1 * d_h2, "w3": 0.2 * d_h1, "w4": 0.2 * d_h2,
        "w5": h1 * d_o1, "w6": h1 * d_o2, "w7": h2 * d_o1, "w8": h2 * d_o2,
        "b1": d_h1 + d_h2, "b2": d_o1 + d_o2,
    }
    return {"net_h1": net_h1, "h1": h1, "o1": o1, "o2": o2}, gradients_by_hand


def test_b_the_numbers_that_the_tutorial_prints(net222):
    net, _ = net222
    o1, o2 = net([Value(x) for x in INPUTS])
    net_h1, h1 = (
        next(node for node in at.topological_order(o1, o2) if f"{node.data:.3f}" == shown)
        for shown in ("0.541", "0.632")
    )
    assert h1.op == "sigmoid" and h1.parents == (net_h1,)
    assert (f"{o1.data:.3f}", f"{o2.data:.3f}") == ("0.735", "0.455")
    e1, e2 = 0.5 * (o1 - 0.5) ** 2, 0.5 * (o2 - 0.5) ** 2
    assert (f"{e1.data:.4f}", f"{e2.data:.4f}", f"{(e1 + e2).data:.4f}") == ("0.0276", "0.0010", "0.0286")
    assert nn.losses.half_squared_error([o1, o2], TARGETS).data == pytest.approx((e1 + e2).data, rel=1e-15)


def test_b_w6_is_a_product_of_three_factors(net222):
    net, named = net222
    o1, o2 = net(INPUTS)
    error = nn.losses.half_squared_error([o1, o2], TARGETS)
    [net_input] = o2.parents
    places = [k for k, operand in enumerate(net_input.parents) if operand is named["w6"]]
    factors = gradients(error, o2), o2.local_grads[0], net_input.local_grads[places[0]]
    values, _ = by_hand_222(GIVEN | CHOSEN)
    assert len(places) == 1
    assert factors == pytest.approx(
        (values["o2"] - 0.5, values["o2"] * (1 - values["o2"]), values["h1"]), rel=1e-13
    )
    assert gradients(error, named["w6"]) == pytest.approx(factors[0] * factors[1] * factors[2], rel=1e-14)


def test_b_all_ten_gradients(net222):
    net, named = net222
    nn.losses.half_squared_error(net(INPUTS), TARGETS).backward()
    _, gradients_by_hand = by_hand_222(GIVEN | CHOSEN)
    assert {name: p.grad for name, p in named.items()} == pytest.approx(gradients_by_hand, rel=1e-12)


def test_b_training_goes_the_way_that_the_hand_goes(net222):
    net, named = net222
    numbers = GIVEN | CHOSEN
    for _ in range(20):
        _, gradients_by_hand = by_hand_222(numbers)
        numbers = {name: number - 0.5 * gradients_by_hand[name] for name, number in numbers.items()}
    rule = optim.SGD(named.values(), lr=0.5)
    history = fit(net, [INPUTS], [TARGETS], "half_squared_error", rule, 20, progress=False)
    assert {name: p.data for name, p in named.items()} == pytest.approx(numbers, rel=1e-12)
    assert history["loss"][0] == pytest.approx(0.0286, abs=5e-5)
    assert all(later < earlier for earlier, later in zip(history["loss"], history["loss"][1:], strict=False))


def test_b_the_best_of_a_grid_is_where_gradient_descent_ends(net222):
    net, named = net222
    pair = named["w5"], named["w6"]
    side = np.linspace(-2.0, 1.2, 65)           # steps of 0.05

    def error(w5, w6):
        pair[0].data, pair[1].data = w5, w6
        return nn.losses.half_squared_error(net(INPUTS), TARGETS).data

    best = min(((w5, w6) for w5 in side for w6 in side), key=lambda point: error(*point))
    pair[0].data, pair[1].data = CHOSEN["w5"], CHOSEN["w6"]
    fit(net, [INPUTS], [TARGETS], "half_squared_error", optim.SGD(pair, lr=5.0), 200, progress=False)
    assert [p.data for p in pair] == pytest.approx(best, abs=0.025)


# ---- B: the 2-3-1 network, 500 steps

X4, XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def net231(seed=1):
    between = nn.init.uniform(0.1, 0.9)
    hidden = ["h1", "h2", "h3"]
    edges = [(i, h) for i in ("i1", "i2") for h in hidden] + [(h, "o") for h in hidden]
    return nn.Network(edges, init=between, bias_init=between, rng=random.Random(seed))


def train(net, epochs, batch_size, lr=1.0, shuffle=True):
    rule = optim.SGD(net.parameters(), lr=lr)
    history = fit(
        net, X4, XOR, "squared_error", rule, epochs, batch_size, reduction="sum", shuffle=shuffle, seed=1,
        progress=False,
    )
    return rule, history


def test_b_the_2_3_1_network_begins_between_a_tenth_and_nine_tenths():
    numbers = [p.data for p in net231().parameters()]
    assert len(numbers) == 13
    assert all(0.1 <= number <= 0.9 for number in numbers)


def test_b_five_hundred_steps_of_the_2_3_1_network_as_numpy_does_them():
    net = net231()
    numbers = {name: p.data for name, p in net.named_parameters()}
    hidden = ["h1", "h2", "h3"]
    w1 = np.array([[numbers[f"w({i}→{h})"] for h in hidden] for i in ("i1", "i2")])
    b1 = np.array([numbers[f"b({h})"] for h in hidden])
    w2, b2 = np.array([numbers[f"w({h}→o)"] for h in hidden]), numbers["b(o)"]
    x, y = np.array(X4, dtype=float), np.array(XOR, dtype=float)
    losses = []
    for _ in range(500):
        h = sigmoid(x @ w1 + b1)
        o = sigmoid(h @ w2 + b2)
        losses.append(np.sum((y - o) ** 2))
        d_o = 2 * (o - y) * o * (1 - o)
        d_h = np.outer(d_o, w2) * h * (1 - h)
        w2, b2, w1, b1 = w2 - h.T @ d_o, b2 - d_o.sum(), w1 - x.T @ d_h, b1 - d_h.sum(axis=0)
    rule, history = train(net, 500, None)
    assert rule.steps == 500
    assert history["loss"] == pytest.approx(losses, rel=1e-9)
    assert predict(net, X4) == pytest.approx(sigmoid(sigmoid(x @ w1 + b1) @ w2 + b2), rel=1e-9)
    assert (predict(net, X4) > 0.5).tolist() == [False, True, True, False]


def test_b_with_short_steps_all_ways_of_updating_go_the_same_way():
    start = np.array([p.data for p in net231().parameters()])
    moved = {}
    for batch_size in (None, 1, 2):
        net = net231()
        rule, _ = train(net, 5, batch_size, lr=1e-4)
        moved[rule.steps] = np.array([p.data for p in net.parameters()]) - start
    assert sorted(moved) == [5, 10, 20]
    for other in (10, 20):
        assert moved[other] == pytest.approx(moved[5], rel=5e-3)
        assert not np.array_equal(moved[other], moved[5])


def test_b_per_sample_is_a_step_after_each_example():
    net, other = net231(), net231()
    for _ in range(3):
        for x, y in zip(X4, XOR, strict=True):
            derivatives = gradients((y - other(x)) ** 2, other.parameters())
            for p, derivative in zip(other.parameters(), derivatives, strict=True):
                p.data -= derivative
    train(net, 3, 1, shuffle=False)
    expected = [p.data for p in other.parameters()]
    assert [p.data for p in net.parameters()] == pytest.approx(expected, rel=1e-12)


def test_b_xavier_weights_lie_within_the_bound_of_their_unit():
    edges = [(f"i{k}", "h") for k in range(40)] + [("h", f"o{k}") for k in range(10)]
    net = nn.Network(edges, init="xavier_uniform", rng=random.Random(0))
    into_h = [abs(net.w[f"i{k}", "h"].data) for k in range(40)]
    out_of_h = [abs(net.w["h", f"o{k}"].data) for k in range(10)]
    assert 0.8 * (6 / 50) ** 0.5 < max(into_h) <= (6 / 50) ** 0.5      # h looks at 40, and 10 look at it
    assert 0.8 * 3**0.5 < max(out_of_h) <= 3**0.5                       # an output looks at 1; 1 is assumed


# ---- C: one perceptron

@pytest.fixture
def clouds():
    rng = np.random.default_rng(4)
    red, blue = rng.normal([-0.8, 0.6], 0.6, (20, 2)), rng.normal([0.9, -0.4], 0.6, (20, 2))
    points = np.column_stack([np.ones(40), np.concatenate([red, blue])])
    return points, np.repeat([0.0, 1.0], 20)


def by_formula(w, points, y):
    h = sigmoid(points @ w)
    return 2 * ((h - y) * h * (1 - h)) @ points


def test_c_the_gradient_over_all_points(clouds):
    points, y = clouds
    unit = nn.Neuron(3, "sigmoid", bias=False, rng=random.Random(4))
    at.sum([(unit(list(x)) - t) ** 2 for x, t in zip(points, y, strict=True)]).backward()
    w = np.array([p.data for p in unit.w])
    assert [p.grad for p in unit.w] == pytest.approx(by_formula(w, points, y), rel=1e-12)


def test_c_check_gradients_agrees_with_the_formula_and_not_with_one_that_lacks_the_2(clouds):
    points, y = clouds

    def error(w):
        return np.sum((np.array([at.sigmoid(z) for z in points @ w]) - y) ** 2)

    w = np.array([0.2, -0.3, 0.4])
    assert check_gradients(error, w, claimed=lambda w: by_formula(w, points, y))
    assert not check_gradients(error, w, claimed=lambda w: by_formula(w, points, y) / 2)


def test_c_batch_training_is_the_rule_with_a_tenth_of_the_gradient(clouds):
    points, y = clouds
    unit = nn.Neuron(3, "sigmoid", bias=False, rng=random.Random(4))
    w = np.array([p.data for p in unit.w])
    for _ in range(50):
        w = w - 0.1 * by_formula(w, points, y)
    rule = optim.SGD(unit.parameters(), lr=0.1)
    history = fit(
        unit, points, y, "squared_error", rule, 50, batch_size=None, reduction="sum", progress=False
    )
    assert [p.data for p in unit.w] == pytest.approx(w, rel=1e-10)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert np.mean((predict(unit, points) > 0.5) == y) > 0.9


def test_c_the_output_is_one_half_on_a_line():
    unit = nn.Neuron(3, "sigmoid", bias=False)
    for p, number in zip(unit.w, [0.5, 2.0, -4.0], strict=True):
        p.data = number
    for x in (-1.0, 0.0, 3.0):
        on_the_line = (0.5 + 2.0 * x) / 4.0
        assert unit([1.0, x, on_the_line]).data == 0.5
        assert unit([1.0, x, on_the_line + 0.1]).data < 0.5 < unit([1.0, x, on_the_line - 0.1]).data


def test_c_a_perceptron_can_not_learn_the_exclusive_or():
    points = [[1, -1, -1], [1, 1, 1], [1, -1, 1], [1, 1, -1]]
    unit = nn.Neuron(3, "sigmoid", bias=False, rng=random.Random(4))
    rule = optim.SGD(unit.parameters(), lr=0.1)
    history = fit(
        unit, points, [0, 0, 1, 1], "squared_error", rule, 500, batch_size=None, reduction="sum",
        progress=False,
    )
    assert history["loss"][-1] == pytest.approx(1.0, abs=1e-3)         # 4 · (1/2)²: it says 1/2 to all
    assert predict(unit, points) == pytest.approx(0.5, abs=0.05)


# ---- E: the 3-2-1 network

@pytest.fixture
def net321():
    edges = [(i, h) for i in ("x1", "x2", "x3") for h in ("h1", "h2")] + [("h1", "o"), ("h2", "o")]
    net = nn.Network(edges, bias=False, rng=random.Random(3))
    return net, {f"w{k}": net.w[edge] for k, edge in enumerate(edges, 1)}


X, TARGET = [0.9, -0.4, 0.6], 1.0


def test_e_w7_has_three_factors_and_the_third_of_w1_has_three_itself(net321):
    net, w = net321
    o = net(X)
    cost = 0.5 * (o - TARGET) ** 2
    n = {name: p.data for name, p in w.items()}
    h1 = sigmoid(n["w1"] * X[0] + n["w3"] * X[1] + n["w5"] * X[2])
    h2 = sigmoid(n["w2"] * X[0] + n["w4"] * X[1] + n["w6"] * X[2])
    out = sigmoid(n["w7"] * h1 + n["w8"] * h2)
    assert o.data == pytest.approx(out, rel=1e-14)
    first, second = out - TARGET, out * (1 - out)
    third_of_w1 = n["w7"] * (h1 * (1 - h1)) * X[0]
    by_w7, by_w1 = gradients(cost, [w["w7"], w["w1"]])
    assert by_w7 == pytest.approx(first * second * h1, rel=1e-12)
    assert by_w1 == pytest.approx(first * second * third_of_w1, rel=1e-12)
    [net_input] = o.parents
    assert gradients(net_input, w["w1"]) == pytest.approx(third_of_w1, rel=1e-12)


def test_e_every_weight_of_the_hidden_layer_follows_the_pattern(net321):
    net, w = net321
    o = net(X)
    cost = 0.5 * (o - TARGET) ** 2
    common = (o.data - TARGET) * o.data * (1 - o.data)
    n = {name: p.data for name, p in w.items()}
    for k in range(1, 7):
        unit = (k - 1) % 2                                              # odd weights lead to h1
        i = (k - 1) // 2
        h = sigmoid(sum(n[f"w{2 * j + unit + 1}"] * X[j] for j in range(3)))
        expected = common * n[f"w{7 + unit}"] * h * (1 - h) * X[i]
        assert gradients(cost, w[f"w{k}"]) == pytest.approx(expected, rel=1e-12)
