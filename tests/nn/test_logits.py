"""Sigmoid or softmax at the end of a model whose loss takes logits: recognised, and nothing else taken for it."""
import math

import numpy as np
import pytest

import autograd_tiny as at
from autograd_tiny import Value, nn
from autograd_tiny.nn import losses
from autograd_tiny.nn.logits import squashed_by, squashed_twice
from autograd_tiny.nn.losses import loss_spec

Z = Value(0.3), Value(-1.2)


def own_softmax(zs):
    powers = [at.exp(z) for z in zs]
    return [power / sum(powers) for power in powers]


def shifted_softmax(zs):
    return [at.exp(z - at.logsumexp(zs)) for z in zs]


def as_array(zs):
    powers = np.exp(np.array(zs))
    return powers / powers.sum()


@at.operation(lambda z, f: f * (1.0 - f))
def own_sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


SIGMOIDS = {
    "sigmoid": at.sigmoid,
    "1/(1 + e^-z)": lambda z: 1.0 / (1.0 + at.exp(-z)),
    "e^z/(1 + e^z)": lambda z: at.exp(z) / (at.exp(z) + 1),
    "by cases": lambda z: at.where(z > 0.0, 1.0 / (1.0 + at.exp(-z)), at.exp(z) / (1.0 + at.exp(z))),
    "a power of e": lambda z: 1.0 / (1.0 + math.e ** -z),
    "an operation": own_sigmoid,
    "clipped": lambda z: at.clip(at.sigmoid(z), 1e-7, 1.0 - 1e-7),
    "from below": lambda z: at.maximum(at.sigmoid(z), 1e-7),
}
SOFTMAXES = {
    "softmax": at.softmax, "by hand": own_softmax, "shifted": shifted_softmax, "an array": as_array,
    "clipped": lambda zs: [at.clip(p, 1e-7, 1.0) for p in at.softmax(zs)],
    "p and 1 - p": lambda zs: [1.0 - at.sigmoid(zs[0]), at.sigmoid(zs[0])],
    "shares": lambda zs: [at.softplus(z) / at.sum([at.softplus(z) for z in zs]) for z in zs],
}
OTHERS = {
    "linear": lambda zs: zs, "tanh": lambda zs: [at.tanh(z) for z in zs], "silu": lambda zs: [at.silu(z) for z in zs],
    "log_softmax": at.log_softmax, "log of sigmoid": lambda zs: [at.log(at.sigmoid(z)) for z in zs],
    "scaled": lambda zs: [4.0 * at.sigmoid(z) for z in zs], "shifted": lambda zs: [at.sigmoid(z) - 0.5 for z in zs],
    "linear, with a sum of 1": lambda zs: [at.dot([Value(0.5)], [1.0]), at.dot([Value(0.25)], [2.0])],
    "products with a sum of 1": lambda zs: [Value(0.5) * 1.0, Value(1.0) / 2.0],
    "exp": lambda zs: [at.exp(z) for z in zs], "1/(2 + e^-z)": lambda zs: [1.0 / (2.0 + at.exp(-z)) for z in zs],
    "1/(1 + z²)": lambda zs: [1.0 / (1.0 + z**2) for z in zs], "leaves": lambda zs: [Value(0.5), Value(0.5)],
    "numbers": lambda zs: [0.5, 0.5],
}
OF_LOGITS = {
    "binary_cross_entropy": [1.0], "cross_entropy": [1.0, 0.0], "hinge": [1.0], "multiclass_hinge": [1.0, 0.0],
}


@pytest.mark.parametrize("head", SIGMOIDS.values(), ids=SIGMOIDS)
def test_sigmoids_are_recognised(head):
    outputs = [head(z) for z in Z]
    assert squashed_by(outputs) == squashed_by(outputs[:1]) == "sigmoid"


@pytest.mark.parametrize("head", SOFTMAXES.values(), ids=SOFTMAXES)
def test_softmaxes_are_recognised(head):
    assert squashed_by(list(head([*Z]))) == "softmax"


@pytest.mark.parametrize("head", OTHERS.values(), ids=OTHERS)
def test_nothing_else_is(head):
    outputs = [x for x in head([*Z]) if type(x) is Value]
    assert squashed_by(outputs) == squashed_by(outputs[:1]) == ""


@pytest.mark.parametrize("name", losses.LOSSES)
def test_the_losses_of_logits_are_those_of_classes(name):
    outputs = [at.sigmoid(z) for z in Z][: len(OF_LOGITS.get(name, [1.0]))]
    spec = loss_spec(name)
    loss = spec.loss(outputs, OF_LOGITS.get(name, [1.0] * len(outputs)))
    assert squashed_twice(spec, outputs, loss) == ("sigmoid" if name in OF_LOGITS else "")


@pytest.mark.parametrize("head, loss, expected", [
    (at.sigmoid, lambda p: losses.binary_cross_entropy(p, 1.0), "sigmoid"),
    (at.sigmoid, lambda p: losses.binary_cross_entropy(p, Value(1.0)), "sigmoid"),
    (at.sigmoid, lambda p: at.softplus(-p), "sigmoid"),
    (at.sigmoid, lambda p: at.softplus(-2.0 * p), "sigmoid"),
    (at.sigmoid, lambda p: at.softplus(p * Value(-1.0)), "sigmoid"),
    (at.sigmoid, lambda p: at.exp(2.0 * p), ""),
    (at.sigmoid, lambda p: at.softplus(2.0 * (p - 1.0)), ""),
    (at.sigmoid, lambda p: -at.log(at.sigmoid(p)), "sigmoid"),
    (at.sigmoid, lambda p: -at.log(p), ""),
    (at.sigmoid, lambda p: at.softplus(p - 1.0), ""),
    (at.sigmoid, lambda p: at.exp(p), ""),
    (at.sigmoid, lambda p: (p - 1.0) ** 2, ""),
    (at.tanh, lambda p: at.softplus(-p), ""),
    (lambda z: at.softmax([z, 0.0]), lambda p: losses.cross_entropy(p, 0), "softmax"),
    (lambda z: at.softmax([z, Z[1]]), lambda p: losses.cross_entropy(p, 0), "softmax"),
    (lambda z: at.softmax([z, Z[1]]), lambda p: -at.log_softmax(p)[0], "softmax"),
    (lambda z: at.softmax([z, Z[1]]), lambda p: -at.log(at.softmax(p)[0]), "softmax"),
    (lambda z: at.softmax([z, Z[1]]), lambda p: -at.log(p[0]), ""),
    (lambda z: at.softmax([z, Z[1]]), lambda p: (p[0] - 1.0) ** 2 + p[1] ** 2, ""),
])
def test_a_loss_of_the_users_own_is_known_by_what_it_does(head, loss, expected):
    outputs = head(Z[0])
    assert squashed_twice(loss_spec(lambda o, t: None), outputs, loss(outputs)) == expected


def test_a_model_without_values_has_none():
    assert squashed_twice(loss_spec("cross_entropy"), [0.5, 0.5], Value(1.0)) == ""
    assert nn.losses.LossSpec(losses.squared_error).takes_logits is False
