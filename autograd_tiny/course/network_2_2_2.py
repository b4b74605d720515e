"""The first network of chapters 4 and 5: as a Network, and as the judges of their exercises compute it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.functions import sigmoid
from ..engine.gradient_graph import gradients
from ..engine.value import Value
from ..nn.network import Network

NAMES = ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "b1", "b2")
EDGES = [
    ("i1", "h1"), ("i1", "h2"), ("i2", "h1"), ("i2", "h2"), ("h1", "o1"), ("h1", "o2"), ("h2", "o1"), ("h2", "o2"),
]
START = (0.27, 0.37, 0.57, 0.47, 0.60, -0.75, 0.70, 0.15, 0.4, 0.2)


def network() -> tuple[Network, list[Value]]:
    """The network, and its ten parameters in the order of NAMES. Each bias belongs to both units of a layer."""
    net = Network(EDGES, activation="sigmoid")
    parameters = [*(net.w[edge] for edge in EDGES), Value(0.0), Value(0.0)]
    for parameter, name, number in zip(parameters, NAMES, START, strict=True):
        parameter.label, parameter.data = name, number
    net.b["h1"] = net.b["h2"] = parameters[8]
    net.b["o1"] = net.b["o2"] = parameters[9]
    return net, parameters


def outputs_of(parameters: Sequence[Any], inputs: Sequence[float]) -> tuple[Any, Any, Any, Any]:
    """The outputs of h1, h2, o1 and o2. parameters: ten numbers or Values, in the order of NAMES."""
    w1, w2, w3, w4, w5, w6, w7, w8, b1, b2 = parameters
    i1, i2 = inputs
    h1, h2 = sigmoid(i1 * w1 + i2 * w3 + b1), sigmoid(i1 * w2 + i2 * w4 + b1)
    return h1, h2, sigmoid(h1 * w5 + h2 * w7 + b2), sigmoid(h1 * w6 + h2 * w8 + b2)


def error_of(parameters: Sequence[Any], inputs: Sequence[float], targets: Sequence[float]) -> Any:
    """Half the squared error."""
    *_, o1, o2 = outputs_of(parameters, inputs)
    return 0.5 * ((o1 - targets[0]) ** 2 + (o2 - targets[1]) ** 2)


def gradient_of(inputs: Sequence[float], targets: Sequence[float]) -> dict[str, float]:
    """The derivative of the error with respect to each parameter, at START."""
    parameters = [Value(number) for number in START]
    found = gradients(error_of(parameters, inputs, targets), parameters)
    return dict(zip(NAMES, found, strict=True))
