"""Networks on any acyclic graph: their order, names, inputs and outputs, and what they refuse."""
import math

import numpy as np
import pytest
from references.networks.modules import numbers, rng

from autograd_tiny import Value, fit, nn, optim, predict

X = np.random.default_rng(5).uniform(-1, 1, (30, 2))


def diamond(**options):
    return nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], rng=rng(), **options)


def test_a_network_computes_what_its_edges_say():
    net = diamond(activation="tanh", activations={"o": "linear"}, bias_init="normal")
    x, y = 0.4, -0.9
    h = math.tanh(net.w["x", "h"].data * x + net.w["y", "h"].data * y + net.b["h"].data)
    expected = net.w["h", "o"].data * h + net.w["x", "o"].data * x + net.b["o"].data
    assert net([x, y]).data == pytest.approx(expected, rel=1e-14)
    assert (net.inputs, net.outputs, net.units) == (["x", "y"], ["o"], ["h", "o"])


def test_a_network_names_its_parameters_by_their_edges():
    net = diamond()
    names = [name for name, _ in net.named_parameters()]
    assert names == ["w(x→h)", "w(y→h)", "b(h)", "w(h→o)", "w(x→o)", "b(o)"]
    assert [p.label for p in net.parameters()] == names == [*net.state_dict()]
    assert net.w["x", "h"].label == "w(x→h)" and net.b["h"].label == "b(h)"


def test_a_network_in_a_network_of_parts_keeps_its_names_apart():
    model = nn.Sequential(diamond(), nn.Network([("a", "b")]))
    assert [name for name, _ in model.named_parameters()][-2:] == ["layer2.w(a→b)", "layer2.b(b)"]
    assert len(model.parameters()) == 8 and len(model.state_dict()) == 8


def test_a_network_may_have_parameters_beside_its_weights():
    net = nn.Network([("x", "o")])
    net.gain = Value(2.0)
    assert [name for name, _ in net.named_parameters()] == ["w(x→o)", "b(o)", "gain"]


def test_inputs_and_outputs_in_a_given_order():
    net = diamond(inputs=["y", "x"], outputs=["o", "h"])
    plain = diamond()
    found = net([-0.9, 0.4])
    assert len(found) == 2 and found[0].data == plain([0.4, -0.9]).data


def test_a_network_is_a_perceptron_if_its_edges_are():
    edges = [(a, b) for a in ("x", "y") for b in ("h1", "h2")] + [("h1", "o"), ("h2", "o")]
    net = nn.Network(edges, activation="tanh", activations={"o": "linear"}, rng=rng())
    model = nn.MLP(2, [2, 1], "tanh")
    s = net.state_dict()
    model.load_state_dict({
        "layer1.w": [[s[f"w({a}→{b})"] for a in ("x", "y")] for b in ("h1", "h2")],
        "layer1.b": [s["b(h1)"], s["b(h2)"]], "layer2.w": [[s["w(h1→o)"], s["w(h2→o)"]]],
        "layer2.b": [s["b(o)"]],
    })
    np.testing.assert_allclose(predict(net, X), predict(model, X), rtol=1e-13)


def test_a_network_learns_in_fit():
    net = nn.Network([("x", "h"), ("y", "h"), ("h", "o"), ("x", "o")], activations={"o": "linear"}, rng=rng())
    before = numbers(net)
    optimizer = optim.Adam(net.parameters(), lr=0.05)
    history = fit(net, X, X[:, 0] - X[:, 1], "mse", optimizer, 150, seed=1, progress=False)
    assert history["loss"][-1] < 0.2 * history["loss"][0]
    assert all(a != b for a, b in zip(before, numbers(net), strict=True))


@pytest.mark.parametrize("edges,options,error,match", [
    ([("a", "b"), ("b", "a")], {}, ValueError, "cycle.*→"), ([("a", "a")], {}, ValueError, "cycle: a → a"),
    ([("a", "b"), ("a", "b")], {}, ValueError, "a → b is given twice"), ([], {}, ValueError, "one edge"),
    ([("a",)], {}, TypeError, "pair"), (["ab"], {}, TypeError, "pair"), ([(1, 2)], {}, TypeError, "int 1"),
    ([("a", "b")], {"inputs": ["a", "b"]}, ValueError, "an edge leads into the input 'b'"),
    ([("a", "b"), ("c", "b")], {"inputs": ["a"]}, ValueError, "no edge leads to 'c'"),
    ([("a", "b")], {"outputs": ["z"]}, ValueError, "'z'.*a, b"),
    ([("a", "b")], {"outputs": "b"}, TypeError, "outputs"),
    ([("a", "b")], {"outputs": ["b", "b"]}, ValueError, "different"),
    ([("a", "b")], {"outputs": []}, ValueError, "one at least"),
    ([("a", "b")], {"activations": {"z": "relu"}}, ValueError, "no unit 'z'"),
    ([("a", "b")], {"activations": {"a": "relu"}}, ValueError, "no unit 'a'"),
    ([("a", "b")], {"activation": "relux"}, ValueError, "'relux' is not known"),
])
def test_edges_and_names_that_make_no_network_are_refused(edges, options, error, match):
    with pytest.raises(error, match=match):
        nn.Network(edges, **options)


@pytest.mark.parametrize("x", [[1.0], [1.0, 2.0, 3.0]])
def test_another_number_of_inputs_of_a_network_is_refused(x):
    with pytest.raises(ValueError, match=rf"2 inputs \(x, y\), got {len(x)}"):
        diamond()(x)
