"""The loss of a network over a batch, and its gradient: on a tape, and in other libraries."""
from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from .calls import Work, answers
from .derivatives import library
from .moons import moons, two_moons
from .networks import NETWORKS, Layers, flat, initial_layers, torch_model
from .timing import Answers, Phases


def network(engine: str, name: str, batch: str, how: str = "", activation: str = "relu") -> Answers:
    """One of NETWORKS. how: "live", "replay" or "replay float32" for a tape, the dtype for torch."""
    if engine == "micrograd":
        return network_of_micrograd()
    layers = initial_layers(name)
    inputs, targets = points(name, int(batch))
    if engine in ("numpy", "jax"):
        work = (moons_by_hand if engine == "numpy" else moons_of_jax)(layers, inputs, targets)
    elif engine == "torch":
        work = network_of_torch(layers, inputs, targets, how, activation)
    else:
        return network_on_tape(layers, inputs, targets, how, activation)
    return answers(work, lambda found: (found[0], flat(found[1])))


def points(name: str, batch: int) -> tuple[Any, Any]:
    """The inputs, a row for each sample, and the targets: 1.0 and -1.0 for the moons, else digits."""
    if name == "moons":
        inputs, labels = map(np.array, two_moons())
        return inputs, labels
    rng = np.random.default_rng(1337)
    return rng.random((batch, NETWORKS[name][0])), rng.integers(0, 10, batch)


def tape_of_loss(layers: Layers, inputs: Any, targets: Any, activation: str = "relu") -> tuple[Any, Any, Any]:
    """The tape of the loss of one sample, with its target among the inputs; the samples; the parameters."""
    ours = import_module("autograd_tiny")
    vectors = import_module("autograd_tiny.vectors")
    size = inputs.shape[1]
    model = ours.nn.MLP(size, [len(biases) for _, biases in layers], activation=activation)
    parameters = model.parameters()
    vectors.write(parameters, flat(layers))

    is_moons = targets.dtype == float
    samples = np.column_stack([inputs, targets if is_moons else np.eye(10)[targets]])
    leaves = list(map(ours.Value, samples[0].tolist()))
    x, target = leaves[:size], leaves[size:]
    if is_moons:
        loss = (1 + -target[0] * model(x)).relu() + 1e-4 * sum(p * p for p in parameters)
    else:
        scores = model(x)
        loss = ours.logsumexp(scores) - ours.dot(target, scores)
    return ours.record(loss, leaves, parameters), samples, parameters


def network_on_tape(layers: Layers, inputs: Any, targets: Any, how: str, activation: str) -> Answers:
    vectors = import_module("autograd_tiny.vectors")
    tape, samples, parameters = tape_of_loss(layers, inputs, targets, activation)

    def live() -> float:
        return float(tape.backward(samples, accumulate=False))

    if how == "live":
        return answers(
            live, lambda loss: (loss, vectors.read_gradients(parameters)), lambda: tape(samples),
            instructions=len(tape),
        )
    numbers = vectors.read(parameters)
    if how.endswith("float32"):
        tape, samples, numbers = tape.astype("float32"), samples.astype(np.float32), numbers.astype(np.float32)
    return answers(
        lambda: tape.value_and_grad(samples, at=numbers), lambda found: found, lambda: tape(samples),
        instructions=len(tape),
    )


def network_of_torch(layers: Layers, inputs: Any, targets: Any, dtype: str, activation: str) -> Work:
    torch, numbers, model = torch_model(layers, dtype, activation)
    x = torch.tensor(inputs, dtype=numbers)
    is_moons = targets.dtype == float
    y = torch.tensor(targets, dtype=numbers if is_moons else torch.int64)

    def hinge() -> Any:
        data_loss = (1 + -y * model(x).squeeze(1)).relu().mean()
        return data_loss + 1e-4 * sum((p * p).sum() for p in model.parameters())

    def cross_entropy() -> Any:
        return torch.nn.functional.cross_entropy(model(x), y)

    loss_of = hinge if is_moons else cross_entropy

    def step() -> tuple[Any, Any]:
        model.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss.detach(), [(linear.weight.grad, linear.bias.grad) for linear in model[::2]]

    return step


def moons_by_hand(layers: Layers, inputs: Any, labels: Any) -> Work:
    """Forward and backward in NumPy, written by hand."""
    (w1, b1), (w2, b2), (w3, b3) = layers

    def step() -> tuple[Any, Any]:
        hidden1 = np.maximum(inputs @ w1.T + b1, 0.0)
        hidden2 = np.maximum(hidden1 @ w2.T + b2, 0.0)
        margins = 1.0 - labels * (hidden2 @ w3[0] + b3)
        penalty = sum(np.vdot(p, p) for layer in layers for p in layer)
        loss = np.maximum(margins, 0.0).mean() + 1e-4 * penalty

        scores = np.where(margins > 0.0, labels, 0.0) * (-1.0 / len(labels))
        net2 = np.outer(scores, w3[0]) * (hidden2 > 0.0)
        net1 = (net2 @ w2) * (hidden1 > 0.0)
        return loss, [
            (net1.T @ inputs + 2e-4 * w1, net1.sum(axis=0) + 2e-4 * b1),
            (net2.T @ hidden1 + 2e-4 * w2, net2.sum(axis=0) + 2e-4 * b2),
            ((scores @ hidden2)[np.newaxis] + 2e-4 * w3, scores.sum(keepdims=True) + 2e-4 * b3),
        ]

    return step


def moons_of_jax(layers: Layers, inputs: Any, labels: Any) -> Work:
    """Vectorised and jitted."""
    jax, jnp = library("jax")

    def loss(layers: Layers, x: Any, y: Any) -> Any:
        *hidden, (weights, biases) = layers
        for w, b in hidden:
            x = jax.nn.relu(x @ w.T + b)
        data_loss = jax.nn.relu(1 + -y * (x @ weights.T + biases)[:, 0]).mean()
        return data_loss + 1e-4 * sum((p * p).sum() for layer in layers for p in layer)

    both = jax.jit(jax.value_and_grad(loss))
    arguments = jax.tree.map(jnp.array, (layers, inputs, labels))
    return lambda: jax.block_until_ready(both(*arguments))


def network_of_micrograd() -> Answers:
    """micrograd's demo as it is: a new graph of all samples each time."""
    demo = moons("micrograd", "micrograd")

    def times() -> list[Phases]:
        return [(forward + backward, 0.0, release) for forward, backward, release in demo["times"]()]

    return {"times": times, "result": demo["result"]}
