"""The statistics of a layer, compared with backpropagation by hand."""
import numpy as np
import pytest

from references.networks.diagnosed import N, X, Y, mlp, rms

from autograd_tiny import nn
from autograd_tiny.diagnosis import summary
from autograd_tiny.diagnosis.measure import measure


def by_hand(model, activation):
    """Outputs, arriving gradients, parameter gradients and parameters of each layer, with the squared error."""
    state = model.state_dict()
    weights = [state[f"layer{k}.w"] for k in (1, 2, 3)]
    biases = [state[f"layer{k}.b"] for k in (1, 2, 3)]
    squash = np.tanh if activation == "tanh" else lambda z: 1 / (1 + np.exp(-z))
    outputs = [X]
    for k in range(3):
        z = outputs[-1] @ weights[k].T + biases[k]
        outputs.append(squash(z) if k < 2 else z)
    arriving = [2 * (outputs[-1] - Y[:, None])]
    for k in (1, 0):
        a = outputs[k + 1]
        local = 1 - a * a if activation == "tanh" else a * (1 - a)
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


def test_the_share_of_saturated_sigmoids_is_that_of_small_derivatives():
    model = mlp((8, 1), "sigmoid", nn.init.uniform(-6, 6))
    state = model.state_dict()
    a = 1 / (1 + np.exp(-(X @ state["layer1.w"].T + state["layer1.b"])))
    share = np.mean(a * (1 - a) < summary.SATURATED / 4)
    assert 0.2 < share < 0.9
    assert measure(model, X, Y, "mse").layers[0].saturated == pytest.approx(share)
