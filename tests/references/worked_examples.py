"""Worked examples from tutorials as graphs, their Values by name."""
from __future__ import annotations

from autograd_tiny import Value, nn, sigmoid
from references.networks.network_2_2_2 import CHOSEN, EDGES, GIVEN, INPUTS, TARGETS


def labelled(value: Value, label: str) -> Value:
    value.label = label
    return value


def example_a() -> dict[str, Value]:
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = labelled(a + b, "x"), labelled(b + c, "y")
    return {"a": a, "b": b, "c": c, "x": x, "y": y, "f": labelled(x * y, "f")}


def example_b() -> dict[str, Value]:
    net = nn.Network(EDGES.values())
    named = {name: net.w[edge] for name, edge in EDGES.items()} | {"b1": Value(0.0), "b2": Value(0.0)}
    for name, number in (GIVEN | CHOSEN).items():
        named[name].data, named[name].label = number, name
    net.b = {"h1": named["b1"], "h2": named["b1"], "o1": named["b2"], "o2": named["b2"]}
    return named | {"E": labelled(nn.losses.half_squared_error(net(INPUTS), TARGETS), "E")}


def example_e() -> dict[str, Value]:
    """The 3-2-1 network, with the net inputs named."""
    w = [Value(x, f"w{i}") for i, x in enumerate((0.1, 0.2, 0.3, -0.4, 0.5, 0.6, 0.7, -0.8), 1)]
    xs = [Value(x, f"x{i}", requires_grad=False) for i, x in enumerate((1.0, 0.5, -1.5), 1)]
    z1 = labelled(xs[0] * w[0] + xs[1] * w[1] + xs[2] * w[2], "z1")
    z2 = labelled(xs[0] * w[3] + xs[1] * w[4] + xs[2] * w[5], "z2")
    h1, h2 = labelled(sigmoid(z1), "h1"), labelled(sigmoid(z2), "h2")
    z = labelled(h1 * w[6] + h2 * w[7], "z")
    o = labelled(sigmoid(z), "o")
    return {each.label: each for each in w} | {"C": labelled((o - 1.0) ** 2, "C")}


def example_f() -> dict[str, Value]:
    x1, y = Value(0.5, "x1", requires_grad=False), Value(1.0, "y", requires_grad=False)
    w11, w12, w21, w22 = Value(0.3, "w11"), Value(-0.2, "w12"), Value(0.7, "w21"), Value(0.4, "w22")
    h1, h2 = labelled(sigmoid(x1 * w11), "h1"), labelled(sigmoid(x1 * w12), "h2")
    o1 = labelled(sigmoid(h1 * w21 + h2 * w22), "o1")
    return {"w11": w11, "w21": w21, "error": labelled(0.5 * (y - o1) ** 2, "error")}
