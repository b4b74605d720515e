"""Each problem, made on purpose, is found with its numbers; healthy models have no findings."""
import random

import numpy as np
import pytest

from references.networks.diagnosed import LABELS, N, X, Y, Unused, kinds, mlp, only

from autograd_tiny import Value, exp, nn, no_grad, optim, softmax
from autograd_tiny.diagnosis import findings, summary
from autograd_tiny.diagnosis.measure import measure


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


def test_a_layer_whose_outputs_are_all_0_is_the_cause_of_the_next():
    model = nn.MLP(3, [8, 8, 1], rng=random.Random(0))
    for neuron in model.layers[0].neurons:
        neuron.b.data = -100.0
    first, second = measure(model, X, Y, "mse").findings
    assert (first.where, first.severity) == ("layer1", "severe")
    assert (second.where, second.severity) == ("layer2", "note")
    assert "layer1 outputs only 0" in second.text and second.advice == "fix layer1 first"


def test_few_samples_do_not_tell_whether_a_unit_is_dead():
    model = nn.MLP(3, [8, 1], rng=random.Random(0))
    for neuron in model.layers[0].neurons:
        neuron.b.data = -100.0
    assert [each.kind for each in measure(model, X[:20], Y[:20], "mse").findings] == ["dead"]
    assert "dead" not in [each.kind for each in measure(model, X[:19], Y[:19], "mse").findings]


def test_units_that_are_copies_of_one_another_are_found():
    found = measure(mlp(init=nn.init.constant(0.3)), X, Y, "mse")
    assert [finding.where for finding in found.findings if finding.kind == "alike"] == ["layer1", "layer2"]
    assert "alike" in kinds(measure(mlp((4, 1), "relu", "zeros"), X, Y, "mse"))


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


def test_parameters_that_the_loss_does_not_reach_are_told_from_those_without_a_gradient():
    found = measure(Unused(), X, Y, "mse")
    assert found.unreached == ["fc3.w (all 9)", "fc3.b (all 3)"]
    assert "12 of 43 parameters" in only(found, "unreached").text
    finding = only(found, "no gradient")
    assert (finding.severity, finding.where) == ("severe", "fc2") and "all 12 parameters" in finding.text
    layers = {layer.name: layer for layer in found.layers}
    assert layers["fc2"].without_gradient == 12 and layers["fc1"].without_gradient == 0


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
    assert "with respect to 1 of 3 parameters" in finding.text


def test_a_graph_that_is_cut_is_found():
    class Cut(nn.Module):
        def __init__(self):
            self.layer = nn.Layer(3, 1, "linear")

        def forward(self, x):
            return self.layer(x).detach() * x[0]

    finding = only(measure(Cut(), X, Y, "mse"), "unreached")
    assert finding.severity == "severe" and "4 of 4" in finding.text


def test_a_nan_is_traced_to_its_operation():
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


def test_a_model_that_is_much_worse_than_a_constant_prediction_is_found():
    model = nn.MLP(3, [1], rng=random.Random(0))
    model.layers[0].neurons[0].b.data = 50.0
    report = measure(model, X, Y, "mse")
    finding, = report.findings
    assert (finding.kind, finding.severity) == ("worse than guessing", "warning")
    assert f"it is {report.loss:.3g}, {report.loss / report.guessing:,.0f} times" in finding.text
    model.layers[0].neurons[0].b.data = 0.0
    assert not measure(model, X, Y, "mse").findings


# ---- logits

W = Value(0.5, "w")


@pytest.mark.parametrize("samples", [3, N])
@pytest.mark.parametrize("model, loss, where", [
    (mlp(output_activation="sigmoid"), "binary_cross_entropy", "layer3"),
    (nn.Sequential(mlp((4, 2)), softmax), "cross_entropy", "layer2"),
    (lambda x: 1.0 / (1.0 + exp(-W * x[0])), "binary_cross_entropy", "model"),
])
def test_probabilities_where_the_loss_takes_logits_are_found(model, loss, where, samples):
    optimizer = optim.SGD([W]) if where == "model" else None
    found = only(measure(model, X[:samples], LABELS[:samples], loss, optimizer), "probabilities as logits")
    assert found.severity == "severe" and found.where == where and loss in found.text and "linear" in found.advice


def test_probabilities_where_the_loss_takes_them_are_no_finding():
    assert "probabilities as logits" not in kinds(measure(mlp(output_activation="sigmoid"), X, LABELS, "mse"))
    with no_grad():
        assert "probabilities as logits" in kinds(
            measure(mlp(output_activation="sigmoid"), X, LABELS, "binary_cross_entropy")
        )


# ---- nothing left to learn

@pytest.mark.parametrize("loss, y", [("hinge", np.sign(X[:, 0])), ("mse", 9.0 * X[:, 0])])
def test_a_loss_of_exactly_0_is_no_illness(loss, y):
    """All margins are kept, or all targets met: there the gradient is 0, as it should be."""
    model = nn.MLP(3, [1], init="zeros")
    model.load_state_dict({"layer1.w": [[9.0, 0.0, 0.0]], "layer1.b": [0.0]})
    kept = np.abs(X[:, 0]) > 0.2
    assert measure(model, X[kept], y[kept], loss).findings == []
    model.parameters()[0].data = 0.01
    assert measure(model, X[kept], y[kept], loss).loss > 0.0
