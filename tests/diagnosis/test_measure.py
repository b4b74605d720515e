"""What is measured inside of a model, against arithmetic by hand; and each illness, made on purpose."""
import random

import numpy as np
import pytest

from autograd_tiny import Value, nn, no_grad, optim, scope
from autograd_tiny.diagnosis import findings, measure, measurements as samples, summary

N = 120
RNG = np.random.default_rng(5)
X = RNG.normal(size=(N, 3))
Y = np.sin(X[:, 0]) - X[:, 1]
LABELS = (X[:, 0] * X[:, 1] > 0).astype(int)


def mlp(nouts=(5, 4, 1), activation="tanh", init="xavier_normal", seed=3, **options):
    return nn.MLP(3, nouts, activation, init=init, rng=random.Random(seed), **options)


def kinds(found):
    return [finding.kind for finding in found.findings]


def only(found, kind):
    finding, = (each for each in found.findings if each.kind == kind)
    return finding


def rms(array):
    return np.sqrt(np.mean(np.square(array)))


def by_hand(model, slope):
    """Outputs and what arrives at net inputs, layer by layer, of a tanh or sigmoid MLP with squared error."""
    state = model.state_dict()
    weights = [state[f"layer{k}.w"] for k in (1, 2, 3)]
    biases = [state[f"layer{k}.b"] for k in (1, 2, 3)]
    squash = np.tanh if slope == "tanh" else lambda z: 1 / (1 + np.exp(-z))
    outputs = [X]
    for k in range(3):
        z = outputs[-1] @ weights[k].T + biases[k]
        outputs.append(squash(z) if k < 2 else z)
    arriving = [2 * (outputs[-1] - Y[:, None])]
    for k in (1, 0):
        a = outputs[k + 1]
        local = 1 - a * a if slope == "tanh" else a * (1 - a)
        arriving.insert(0, arriving[0] @ weights[k + 1] * local)
    gradients = [
        np.concatenate([(arriving[k].T @ outputs[k] / N).ravel(), arriving[k].mean(axis=0)])
        for k in range(3)
    ]
    sizes = [np.concatenate([w.ravel(), b]) for w, b in zip(weights, biases, strict=True)]
    return outputs[1:], arriving, gradients, sizes


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_numbers_of_a_layer_are_those_of_backpropagation_by_hand(activation):
    model = mlp(activation=activation)
    found = measure(model, X, Y, "mse", "sgd", lr=0.1)
    outputs, arriving, gradients, sizes = by_hand(model, activation)
    assert [layer.name for layer in found.layers] == ["layer1", "layer2", "layer3"]
    assert [layer.activation for layer in found.layers] == [activation, activation, "linear"]
    assert [layer.parameters for layer in found.layers] == [20, 24, 5]
    for k, layer in enumerate(found.layers):
        expected = {
            "mean": outputs[k].mean(), "std": outputs[k].std(), "zeros": 0.0, "arriving": rms(arriving[k]),
            "weight": rms(sizes[k]), "gradient": rms(gradients[k]),
            "ratio": rms(gradients[k]) / rms(sizes[k]), "update": 0.1 * rms(gradients[k]) / rms(sizes[k]),
        }
        for name, number in expected.items():
            assert getattr(layer, name) == pytest.approx(number, rel=1e-9), (layer.name, name)
        assert sum(layer.activations.counts) == sum(layer.log_gradients.counts) == outputs[k].size
        counts, edges = np.histogram(outputs[k], summary.BINS)
        assert layer.activations.counts == counts.tolist()
        np.testing.assert_allclose(layer.activations.edges, edges)
    tops = {(layer.log_gradients.edges[0], layer.log_gradients.edges[-1]) for layer in found.layers}
    largest = max(np.abs(each).max() for each in arriving)
    assert len(tops) == 1 and tops.pop()[1] == pytest.approx(np.log10(largest))
    assert found.loss == pytest.approx(np.mean((outputs[-1][:, 0] - Y) ** 2), rel=1e-12)
    assert found.guessing == pytest.approx(Y.var(), rel=1e-12)
    assert found.samples == found.given == N and found.slow == ""


def test_a_healthy_network_has_no_findings():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(300, 20)), rng.integers(0, 4, 300)
    model = nn.MLP(20, [16, 16, 4], init="he_normal", rng=random.Random(0))
    found = measure(model, x, labels, "cross_entropy", "sgd", lr=0.01)
    assert found.findings == []
    shares = np.bincount(labels) / 300
    assert found.guessing == pytest.approx(-(shares * np.log(shares)).sum())


def test_without_a_tape_the_numbers_of_the_same_samples_are_the_same(monkeypatch):
    x, y = X[:samples.EAGER_SAMPLES], Y[:samples.EAGER_SAMPLES]
    on_a_tape = measure(mlp((5, 4, 1), "relu"), x, y, "mse", "adam").to_dict()

    def no_tape(*arguments, **options):
        raise ValueError("no tape today")

    monkeypatch.setattr(samples, "record", no_tape)
    eager = measure(mlp((5, 4, 1), "relu"), x, y, "mse", "adam").to_dict()
    assert eager.pop("slow") == "no tape today" and on_a_tape.pop("slow") == ""
    assert eager.pop("loss") == pytest.approx(on_a_tape.pop("loss"), rel=1e-12)
    for one, other in zip(eager.pop("layers"), on_a_tape.pop("layers"), strict=True):
        for name in ("activations", "log_gradients"):
            a, b = one.pop(name), other.pop(name)
            np.testing.assert_allclose(a["edges"], b["edges"], rtol=1e-9)
        for name, number in one.items():
            same = number == other[name] or number == pytest.approx(other[name], rel=1e-9)
            assert same, name
    assert eager == on_a_tape


# ---- illnesses

def test_dead_relus_are_counted_and_named():
    model = mlp((16, 1), "relu", "he_normal")
    for neuron in model.layers[0].neurons[:11]:
        neuron.b.data = -50.0
    found = measure(model, X, Y, "mse")
    state = model.state_dict()
    outputs = np.maximum(X @ state["layer1.w"].T + state["layer1.b"], 0)
    assert (outputs == 0).all(axis=0).tolist() == [True] * 11 + [False] * 5
    assert found.layers[0].dead == [str(k) for k in range(1, 12)]
    assert found.layers[0].zeros == pytest.approx(np.mean(outputs == 0))
    assert found.layers[0].without_gradient == 11 * 4 and found.layers[1].without_gradient == 11
    finding = only(found, "dead")
    assert (finding.severity, finding.where) == ("severe", "layer1")
    assert "11 of 16 ReLU units are 0 for all 120 samples" in finding.text
    assert "he_normal" in finding.advice
    assert kinds(found) == ["dead"]


def test_a_few_dead_relus_are_no_finding():
    model = mlp((24, 1), "relu", "he_normal", seed=1)
    model.layers[0].neurons[7].b.data = -50.0
    found = measure(model, X, Y, "mse")
    assert found.layers[0].dead == ["8"] and kinds(found) == []


def test_a_layer_that_is_dead_as_a_whole_is_not_called_alike():
    model = mlp((6, 1), "relu", "he_normal")
    for neuron in model.layers[0].neurons:
        neuron.b.data = -50.0
    finding, = measure(model, X, Y, "mse").findings
    assert finding.kind == "dead" and "6 of 6" in finding.text


def test_saturated_units_and_inputs_out_of_scale_are_found():
    x = 200.0 + 90.0 * X
    found = measure(mlp((8, 1)), x, Y, "mse")
    state = mlp((8, 1)).state_dict()
    a = np.tanh(x @ state["layer1.w"].T + state["layer1.b"])
    share = np.mean(1 - a * a < summary.SATURATED)
    assert found.layers[0].saturated == pytest.approx(share) and share > 0.9
    finding = only(found, "saturated")
    assert finding.where == "layer1" and f"{share:.0%} of tanh in layer1" in finding.text
    scaled = only(found, "inputs not scaled")
    k = int(np.abs(x.mean(axis=0)).argmax())
    assert f"column {k} has a mean of {x[:, k].mean():.3g}" in scaled.text and "3 of 3 columns" in scaled.text


def test_inputs_out_of_scale_that_do_no_harm_are_no_finding():
    assert "inputs not scaled" not in kinds(measure(mlp((4, 1), "linear"), 100.0 * X, Y, "mse"))


def test_the_share_of_saturated_sigmoids_is_that_of_small_slopes():
    model = mlp((8, 1), "sigmoid", nn.init.uniform(-6, 6))
    state = model.state_dict()
    a = 1 / (1 + np.exp(-(X @ state["layer1.w"].T + state["layer1.b"])))
    share = np.mean(a * (1 - a) < summary.SATURATED / 4)
    assert 0.2 < share < 0.9
    assert measure(model, X, Y, "mse").layers[0].saturated == pytest.approx(share)


def test_saturated_outputs_of_the_last_layer_are_no_finding():
    model = nn.MLP(3, [1], output_activation="sigmoid", init=nn.init.constant(40.0))
    found = measure(model, X, (X.sum(axis=1) > 0).astype(float), "mse")
    assert found.layers[0].saturated > 0.9 and "saturated" not in kinds(found)


def test_a_vanishing_gradient_is_found_with_its_numbers():
    model = mlp((6,) * 7 + (1,), "sigmoid", "uniform")
    found = measure(model, X, LABELS, "binary_cross_entropy")
    first, last = found.layers[0].arriving, found.layers[-1].arriving
    assert first / last < findings.VANISHING
    finding = only(found, "vanishing")
    assert (finding.severity, finding.where) == ("severe", "layer1")
    assert f"goes from {last:.2g} to {first:.2g}, {last / first:,.0f} times smaller" in finding.text
    assert "relu" in finding.advice


def test_an_exploding_gradient_is_found_with_its_numbers():
    model = mlp((12,) * 5 + (1,), "relu", nn.init.normal(0.0, 3.0))
    found = measure(model, X, Y, "mse")
    first, last = found.layers[0].arriving, found.layers[-1].arriving
    finding = only(found, "exploding")
    assert finding.where == "layer1" and f"{first / last:,.0f} times larger" in finding.text


@pytest.mark.parametrize("lr, kind", [(50.0, "learning rate too high"), (1e-7, "learning rate too low")])
def test_a_learning_rate_far_off_is_found(lr, kind):
    found = measure(mlp(), X, Y, "mse", lr=lr)
    assert found.optimizer.startswith("SGD(") and kinds(found) == [kind]
    worst = max(found.layers, key=lambda layer: layer.update)
    finding = found.findings[0]
    assert finding.where == worst.name and f"{worst.update:.2g} of their size" in finding.text
    better = float(finding.advice.split(f"lr={lr:g}: ")[1].split()[0])
    again = measure(mlp(), X, Y, "mse", "sgd", lr=better)
    assert max(layer.update for layer in again.layers) == pytest.approx(1e-3, rel=0.5)
    assert again.findings == []


def test_the_update_is_that_of_the_optimizer_in_its_state():
    model = mlp()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        (sum((model(x.tolist()) - float(t)) ** 2 for x, t in zip(X[:5], Y[:5], strict=True)) / 5).backward()
        optimizer.step()
    state = optimizer.state_dict()
    found = measure(model, X, Y, "mse", optimizer)
    after = optimizer.state_dict()
    assert after["steps"] == 3 and all(np.array_equal(state[name], after[name]) for name in state)
    before = model.state_dict()
    optimizer.zero_grad()
    (sum((model(x.tolist()) - float(t)) ** 2 for x, t in zip(X, Y, strict=True)) / N).backward()
    optimizer.step()
    for layer in found.layers:
        change, size = (
            rms(np.concatenate([part(f"{layer.name}.{name}").ravel() for name in "wb"]))
            for part in (lambda name: model.state_dict()[name] - before[name], before.__getitem__)
        )
        assert layer.update == pytest.approx(change / size, rel=1e-6)


class Unused(nn.Module):
    """fc3 is in no graph, and fc2 behind a sign, whose derivative is 0."""

    def __init__(self):
        rng = random.Random(1)
        self.fc1, self.fc2, self.fc3 = (nn.Layer(3, 3, "linear", rng=rng) for _ in range(3))
        self.out = nn.Neuron(6, "linear", rng=rng)

    def forward(self, x):
        return self.out([*self.fc1(x), *(v.sign() for v in self.fc2(x))])


def test_parameters_that_the_loss_does_not_reach_are_told_from_those_without_a_gradient():
    found = measure(Unused(), X, Y, "mse")
    assert found.unreached == ["fc3.w (all 9)", "fc3.b (all 3)"]
    assert "12 of 43 parameters" in only(found, "unreached").text
    finding = only(found, "no gradient")
    assert (finding.severity, finding.where) == ("severe", "fc2") and "all 12 parameters" in finding.text
    layers = {layer.name: layer for layer in found.layers}
    assert layers["fc2"].without_gradient == 12 and layers["fc1"].without_gradient == 0


def test_gradients_that_cancel_in_the_mean_are_not_taken_for_none():
    model = nn.Neuron(1, "linear", init="zeros")
    found = measure(model, [[1.0], [1.0]], [1.0, -1.0], "mae")
    assert found.layers[0].gradient == 0.0 and found.layers[0].without_gradient == 0
    assert found.findings == []


def test_inputs_that_are_always_0_explain_gradients_of_0():
    x = X * [1.0, 1.0, 0.0]
    found = measure(mlp(), x, Y, "mse")
    assert found.layers[0].without_gradient == 5 and found.findings == []


def test_single_parameters_without_a_gradient_are_noted():
    class Half(nn.Module):
        def __init__(self):
            self.w = [Value(0.5), Value(0.7), Value(0.2)]

        def forward(self, x):
            return self.w[0] * x[0] + self.w[1].sign() * x[1] + self.w[2] * x[2]

    finding, = measure(Half(), X, Y, "mse").findings
    assert (finding.severity, finding.kind) == ("note", "no gradient")
    assert "by 1 of 3 parameters" in finding.text


def test_a_model_whose_graph_is_cut_is_told():
    class Cut(nn.Module):
        def __init__(self):
            self.layer = nn.Layer(3, 1, "linear")

        def forward(self, x):
            return self.layer(x).detach() * x[0]

    finding = only(measure(Cut(), X, Y, "mse"), "unreached")
    assert finding.severity == "severe" and "4 of 4" in finding.text


@pytest.mark.parametrize("model", [mlp, Unused])
def test_no_grad_around_it_makes_no_difference(model, monkeypatch):
    expected = measure(model(), X[:20], Y[:20], "mse")
    with no_grad():
        assert measure(model(), X[:20], Y[:20], "mse") == expected
        monkeypatch.setattr(samples, "record", None)
        eager = measure(model(), X[:20], Y[:20], "mse")
    assert kinds(eager) == kinds(expected)
    assert eager.layers[0].gradient == pytest.approx(expected.layers[0].gradient)


def test_frozen_parameters_are_named_and_left_out_of_gradients_and_updates():
    model = mlp((5, 1))
    for parameter in [*model.layers[0].parameters(), model.layers[1].neurons[0].b]:
        parameter.requires_grad = False
    found = measure(model, X, Y, "mse", lr=0.01)
    assert found.frozen == ["layer1.w (all 15)", "layer1.b (all 5)", "layer2.b"]
    first, second = found.layers
    assert first.frozen == 20 and first.gradient is None and first.update is None
    assert second.frozen == 1 and second.weight == pytest.approx(rms(model.state_dict()["layer2.w"]))
    assert first.arriving > 0 and found.findings == []


def test_units_that_are_copies_of_one_another_are_found():
    found = measure(mlp(init=nn.init.constant(0.3)), X, Y, "mse")
    assert [finding.where for finding in found.findings if finding.kind == "alike"] == ["layer1", "layer2"]
    assert "alike" in kinds(measure(mlp((4, 1), "relu", "zeros"), X, Y, "mse"))


def test_what_is_not_finite_is_traced_to_where_it_began():
    class Log(nn.Module):
        def __init__(self):
            self.fc1, self.fc2 = mlp((4,)), nn.Layer(4, 1, "linear", rng=random.Random(1))

        def forward(self, x):
            return self.fc2([x[0].log() if type(x[0]) is Value else x[0], *self.fc1(x)[1:]])

    x = np.abs(X) + 0.1
    x[17, 0] = -1.0
    found = measure(Log(), x, Y, "mse")
    assert found.loss is None
    finding = only(found, "nonfinite")
    assert (finding.severity, finding.where) == ("severe", "sample 17")
    assert "1 of 120 samples" in finding.text and "log(x[0] = -1) = nan" in finding.text
    layers = {layer.name: layer for layer in found.layers}
    assert layers["fc1.layer1"].mean is not None and layers["fc2"].mean is None
    assert layers["fc2"].activations is None


def test_a_parameter_that_is_nan_is_named():
    model = mlp()
    model.layers[1].neurons[2].b.data = float("nan")
    assert "layer2.neuron3.b = nan itself" in only(measure(model, X, Y, "mse"), "nonfinite").text


# ---- which layers there are

def names(model, x=X, **options):
    return [
        (layer.name, len(layer.units), layer.activation, layer.parameters)
        for layer in measure(model, x, Y, "mse", **options).layers
    ]


def test_the_parts_of_a_sequential_are_layers():
    model = nn.Sequential(
        nn.Layer(3, 6, "linear"), nn.Activation("tanh"), nn.Dropout(0.5), nn.Maxout(6, 2),
        nn.Layer(2, 1, "linear"),
    )
    assert names(model) == [
        ("layer1", 6, "linear", 24), ("layer2", 6, "tanh", 0), ("layer4", 2, "max", 28),
        ("layer5", 1, "linear", 3),
    ]


def test_a_network_has_a_layer_for_each_rank_of_units():
    edges = [("x", "h"), ("y", "h"), ("z", "g"), ("h", "k"), ("g", "k"), ("k", "o"), ("x", "o")]
    found = measure(nn.Network(edges), X, Y, "mse")
    assert [(layer.name, layer.units, layer.parameters) for layer in found.layers] == [
        ("network (1)", ["h", "g"], 5), ("network (2)", ["k"], 3), ("network (3)", ["o"], 3),
    ]


class ByHand(nn.Module):
    def __init__(self):
        rng = random.Random(2)
        self.v = [[Value(rng.gauss(0, 1)) for _ in range(3)] for _ in range(4)]
        self.w = [Value(rng.gauss(0, 1)) for _ in range(4)]
        self.b = Value(0.1)

    def forward(self, x):
        hidden = [sum(a * b for a, b in zip(row, x, strict=True)).tanh() for row in self.v]
        return sum((a * h for a, h in zip(self.w, hidden, strict=True)), self.b)


class Unit(nn.Module):
    def __init__(self, nin, rng):
        self.w = [Value(rng.gauss(0, 1)) for _ in range(nin)]

    def forward(self, x):
        return sum(a * b for a, b in zip(self.w, x, strict=True)).relu()


class OwnLayer(nn.Module):
    def __init__(self):
        self.units = [Unit(3, random.Random(k)) for k in range(4)]

    def forward(self, x):
        return [unit(x) for unit in self.units]


class Activated(nn.Module):
    """In the manner of PyTorch: activations stand in forward."""

    def __init__(self):
        self.fc1, self.fc2 = nn.Layer(3, 4, "linear"), nn.Layer(4, 1, "linear")

    def forward(self, x):
        return self.fc2([h.relu() for h in self.fc1(x)])


def test_layers_of_ones_own_are_found():
    assert names(ByHand()) == [("byhand (1)", 4, "tanh", 12), ("byhand (2)", 1, "linear", 5)]
    assert names(nn.Sequential(OwnLayer(), nn.Layer(4, 1, "linear"))) == [
        ("layer1", 4, "relu", 12), ("layer2", 1, "linear", 5),
    ]
    assert names(Activated()) == [
        ("fc1", 4, "linear", 16), ("activated", 4, "relu", 0), ("fc2", 1, "linear", 5),
    ]
    assert names(nn.Neuron(3)) == [("neuron", 1, "relu", 4)]


def test_layers_are_named_alike_inside_of_a_scope():
    with scope("outer"):
        assert [name for name, *_ in names(mlp())] == ["layer1", "layer2", "layer3"]


def test_a_function_that_an_optimizer_has_parameters_of_is_a_model():
    w = Value(0.5, "w")
    found = measure(lambda x: (w * x[0]).tanh(), X, Y, "mse", optim.SGD([w], lr=0.1))
    layer, = found.layers
    expected = np.tanh(0.5 * X[:, 0])
    assert (layer.name, layer.activation, layer.parameters) == ("model", "tanh", 1)
    assert layer.mean == pytest.approx(expected.mean())
    slope = np.mean(2 * (expected - Y) * (1 - expected**2) * X[:, 0])
    assert layer.gradient == pytest.approx(abs(slope)) and layer.update == pytest.approx(0.2 * abs(slope))


def test_a_model_that_branches_runs_on_some_samples_one_by_one():
    class Branch(Activated):
        def forward(self, x):
            return self.fc2([h if h > 0 else h * 0.01 for h in self.fc1(x)])

    found = measure(Branch(), X, Y, "mse")
    assert "decides by" in found.slow
    assert (found.samples, found.given) == (samples.EAGER_SAMPLES, N)
    assert found.layers[0].mean is not None and found.layers[0].name == "fc1"


@pytest.mark.parametrize("key_of", [lambda x: x, lambda x: round(float(x.data if type(x) is Value else x))])
def test_a_model_whose_inputs_only_choose_is_looked_at_all_the_same(key_of):
    class Table(nn.Module):
        def __init__(self):
            rng = random.Random(0)
            self.rows = {key: [Value(rng.gauss(0, 1)) for _ in range(2)] for key in (0.0, 1.0)}
            self.out = nn.Neuron(2, "linear", rng=rng)

        def forward(self, x):
            return self.out([v.tanh() for v in self.rows[key_of(x[0])]])

    model, x = Table(), LABELS[:40, None].astype(float)
    found = measure(model, x, Y[:40], "mse")
    hidden, out = found.layers
    expected = np.tanh([[v.data for v in model.rows[key]] for key in x[:, 0]])
    assert found.slow and (hidden.activation, out.name, out.parameters) == ("tanh", "out", 3)
    assert hidden.mean == pytest.approx(expected.mean()) and hidden.std == pytest.approx(expected.std())


def test_a_mean_loss_near_to_overflow_is_a_number():
    found = measure(nn.Neuron(1, "linear", init="ones"), [[1e154], [1.2e154]], [0.0, 0.0], "mse")
    assert found.loss == pytest.approx(1.22e308)


def test_a_loss_that_is_a_constant_for_some_samples_is_none_of_the_gradient():
    def margin(output, target):
        return 0.0 if output.data * target > 1.0 else 1.0 - output * target

    signs = 2.0 * LABELS - 1.0
    model = mlp((4, 1), init=nn.init.uniform(-3, 3))
    model.layers[1].neurons[0].b.data = 0.1 * signs[0]
    x, signs = X[:50], signs[:50]
    outputs = np.array([model(row.tolist()).data for row in x])
    order = np.argsort(outputs * signs)             # the first is in the margin
    found = measure(model, x[order], signs[order], margin)
    assert found.slow and 0 < (outputs * signs > 1).sum() < 50
    assert found.loss == pytest.approx(np.maximum(0.0, 1.0 - outputs * signs).mean())


def test_of_very_many_samples_some_that_are_spread_evenly_are_looked_at(monkeypatch):
    model, kept = mlp((5, 4, 1)), 48
    numbers_of_a_sample = 3 + 1 + 1 + 10 + 10       # inputs, target, loss, units, net inputs
    monkeypatch.setattr(samples, "MOST_NUMBERS", kept * numbers_of_a_sample)
    found = measure(model, X, Y, "mse")
    assert (found.samples, found.given) == (kept, N)
    chosen = np.linspace(0, N - 1, kept).astype(int)
    expected = np.mean([(model(X[k].tolist()).data - Y[k]) ** 2 for k in chosen])
    assert found.loss == pytest.approx(expected)


# ---- nothing changes

def test_model_gradients_modes_and_generators_are_left_as_they_were():
    model = nn.Sequential(nn.Layer(3, 4, "relu"), nn.Dropout(0.5), nn.Layer(4, 1, "linear"))
    model.layers[1].eval()
    model(X[0].tolist()).backward()
    parameters = model.parameters()
    random.seed(3)
    np.random.seed(3)

    def state():
        modes = [model.training, *(layer.training for layer in model.layers)]
        return (
            [p.data for p in parameters], [p.grad for p in parameters], [p.label for p in parameters], modes,
            random.getstate(), np.random.get_state()[1].tolist(),
        )

    before = state()
    measure(model, X, Y, "mse", "adam")
    assert state() == before


def test_dropout_lets_everything_through():
    parts = nn.Layer(3, 4, "tanh"), nn.Layer(4, 1, "linear")
    with_it = measure(nn.Sequential(parts[0], nn.Dropout(0.9), parts[1]), X, Y, "mse")
    without = measure(nn.Sequential(*parts), X, Y, "mse")
    assert with_it.loss == without.loss


# ---- arguments

@pytest.mark.parametrize("arguments, options, error, message", [
    ((X[:, :2], Y, "mse"), {}, ValueError, "layer1 takes 3 inputs, got 2"),
    ((X[0], Y, "mse"), {}, ValueError, r"X has the shape \(samples, inputs\)"),
    ((X, Y[:-1], "mse"), {}, ValueError, "120 samples in X, but y has the shape"),
    ((X, Y, "msee"), {}, ValueError, "loss 'msee' is not known"),
    ((X, Y, 3), {}, TypeError, "loss: a name or a function"),
    ((X, LABELS, "cross_entropy"), {}, ValueError, "an output for each class"),
    ((X, Y, lambda outputs, target: 1.0), {}, TypeError, "the loss of a sample is one Value"),
    ((X, Y, "mse", "adamm"), {}, ValueError, "an optimiser 'adamm' is not known"),
    ((X, Y, "mse", 3), {}, TypeError, "optimizer: a name or one of"),
    ((X, Y, "mse", "sgd"), {"lr": -1.0}, ValueError, "lr: a finite number, 0 or more"),
    ((X, Y, "mse", optim.SGD([Value(1.0)])), {"lr": 0.1}, ValueError, "lr: goes with the name"),
])
def test_arguments_that_do_not_fit_are_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        measure(mlp(), *arguments, **options)


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match="model: a Module, or a function"):
        measure(3, X, Y, "mse")
    with pytest.raises(TypeError, match=r"model: its parameters\(\) are what is looked at"):
        measure(lambda x: Value(1.0) * x[0], X, Y, "mse")


def test_a_model_that_is_much_worse_than_guessing_is_told_so():
    model = nn.MLP(3, [1], rng=random.Random(0))
    model.layers[0].neurons[0].b.data = 50.0
    report = measure(model, X, Y, "mse")
    finding, = report.findings
    assert (finding.kind, finding.severity) == ("worse than guessing", "warning")
    assert f"it is {report.loss:.3g}, {report.loss / report.guessing:,.0f} times" in finding.text
    model.layers[0].neurons[0].b.data = 0.0
    assert not measure(model, X, Y, "mse").findings


def test_one_silent_layer_is_the_cause_of_the_next():
    model = nn.MLP(3, [8, 8, 1], rng=random.Random(0))
    for neuron in model.layers[0].neurons:
        neuron.b.data = -100.0
    first, second = measure(model, X, Y, "mse").findings
    assert (first.where, first.severity) == ("layer1", "severe")
    assert (second.where, second.severity) == ("layer2", "note")
    assert "layer1 gives only 0" in second.text and second.advice == "cure layer1 first"


def test_few_samples_do_not_tell_whether_a_unit_is_dead():
    model = nn.MLP(3, [8, 1], rng=random.Random(0))
    for neuron in model.layers[0].neurons:
        neuron.b.data = -100.0
    assert [each.kind for each in measure(model, X[:20], Y[:20], "mse").findings] == ["dead"]
    assert "dead" not in [each.kind for each in measure(model, X[:19], Y[:19], "mse").findings]


def test_an_optimizer_of_another_model_is_refused():
    model, other = (nn.MLP(3, [4, 1], rng=random.Random(k)) for k in range(2))
    with pytest.raises(ValueError, match="it has none of the model's parameters"):
        measure(model, X, Y, "mse", optim.SGD(other.parameters(), lr=0.1))


def test_a_class_is_no_model():
    with pytest.raises(TypeError, match=r"got the class MLP: write MLP\(…\)"):
        measure(nn.MLP, X, Y, "mse")
