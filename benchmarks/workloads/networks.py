"""Networks that start with the same weights in every engine."""
from __future__ import annotations

import random
from collections.abc import Iterable
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

Layers = list[tuple[Any, Any]]          # of each layer the weights, a row for a neuron, and the biases
NETWORKS = {"moons": (2, 16, 16, 1), "digits": (64, 32, 10), "mnist": (784, 64, 10)}
TORCH_NAMES = {"relu": "ReLU", "tanh": "Tanh", "gelu": "GELU", "silu": "SiLU", "softplus": "Softplus"}


def initial_layers(name: str) -> Layers:
    """For the moons, weights between -1 and 1, as micrograd draws them; smaller ones for networks of many inputs."""
    rng = random.Random(1337)
    layers = []
    for nin, nout in pairwise(NETWORKS[name]):
        most = 1.0 if name == "moons" else nin**-0.5
        weights = [[most * rng.uniform(-1, 1) for _ in range(nin)] for _ in range(nout)]
        layers.append((np.array(weights), np.zeros(nout)))
    return layers


def flat(layers: Iterable[tuple[Any, Any]]) -> Any:
    """All numbers, neuron by neuron, weights before the bias: the order of MLP.parameters()."""
    return np.hstack([np.column_stack(layer).ravel() for layer in layers])


def torch_model(layers: Layers, dtype: str, activation: str = "relu") -> tuple[Any, Any, Any]:
    """The module torch, the dtype, and a network with an activation between its layers."""
    torch = import_module("torch")
    torch.set_num_threads(1)
    numbers = getattr(torch, dtype)
    linears = [torch.nn.Linear(*weights.T.shape, dtype=numbers) for weights, _ in layers]
    with torch.no_grad():
        for linear, (weights, biases) in zip(linears, layers, strict=True):
            linear.weight.copy_(torch.tensor(weights))
            linear.bias.copy_(torch.tensor(biases))
    hidden = [module for linear in linears[:-1] for module in (linear, getattr(torch.nn, TORCH_NAMES[activation])())]
    return torch, numbers, torch.nn.Sequential(*hidden, linears[-1])
