"""What `make demo` shows: an expression differentiated and drawn, and a network that learns.

The pictures go to out/. The network needs scikit-learn for its data and matplotlib for its picture:
pip install "autograd_tiny[demo]".
"""
from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import Value, engine_kind, logsumexp, mean, no_grad
from .__main__ import main as command_line
from .nn import MLP
from .show import draw

OUT = Path("out")
EPOCHS = 200
LEARNING_RATE = 0.3
MESH = 200, 160          # points of the plane at which the regions are computed


def main() -> None:
    """The whole demonstration."""
    try:
        import matplotlib  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError as missing:
        sys.exit(f"the demo needs {missing.name}: pip install 'autograd_tiny[demo]'")
    OUT.mkdir(exist_ok=True)
    print(f"autograd_tiny, {engine_kind()} engine\n")
    show_expression()
    train_on_iris()


def show_expression() -> None:
    """f = (a + b)(b + c): every value, every local gradient and every gradient, and the picture."""
    print("f = (a + b)(b + c) at a = -1, b = 3, c = 4\n")
    command_line(["x=a+b; y=b+c; f=x*y", "a=-1", "b=3", "c=4"])
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = a + b, b + c
    f = x * y
    x.label, y.label, f.label = "x", "y", "f"
    f.backward()
    picture = draw(f)
    for name in ("expression.svg", "expression.png"):
        print(f"drawn: {picture.save(OUT / name)}")


def train_on_iris() -> None:
    """Three kinds of iris told apart by the length and width of a petal (R. A. Fisher, 1936)."""
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    iris = load_iris()
    petals = iris.data[:, 2:]
    inputs = (petals - petals.mean(axis=0)) / petals.std(axis=0)
    x, x_test, y, y_test = train_test_split(
        inputs.tolist(), iris.target.tolist(), test_size=0.2, random_state=0, stratify=iris.target
    )
    print(f"\nIris: {len(x)} flowers to learn from, {len(x_test)} to test on, MLP(2, [8, 3])")
    model = MLP(2, [8, 3], rng=random.Random(1))
    start = time.perf_counter()
    history = train(model, x, y)
    seconds = time.perf_counter() - start
    print(f"accuracy on the test flowers {accuracy(model, x_test, y_test):.3f}, {seconds:.2f} s of training")
    print(f"drawn: {plot(model, history, inputs, iris)}")


def train(model: MLP, x: Sequence[Sequence[float]], y: Sequence[int]) -> list[tuple[float, float]]:
    """Plain gradient descent on all examples at once; loss and accuracy of every epoch."""
    history = []
    for epoch in range(EPOCHS + 1):
        scores = [model(row) for row in x]
        loss = mean([cross_entropy(row, label) for row, label in zip(scores, y, strict=True)])
        correct = sum(best(row) == label for row, label in zip(scores, y, strict=True)) / len(y)
        history.append((loss.item(), correct))
        if epoch % 25 == 0:
            print(f"epoch {epoch:3d}   loss {loss:.4f}   accuracy {correct:.3f}")
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= LEARNING_RATE * p.grad
    return history


def cross_entropy(scores: Sequence[Value], label: int) -> Value:
    """-log of the probability that softmax gives to the right label."""
    loss: Value = logsumexp(scores) - scores[label]
    return loss


def best(scores: Sequence[Any]) -> int:
    """The place of the highest score."""
    return max(range(len(scores)), key=lambda i: scores[i])


@no_grad()
def accuracy(model: MLP, x: Sequence[Sequence[float]], y: Sequence[int]) -> float:
    """The share of examples whose highest score is that of their label."""
    return sum(best(model(row)) == label for row, label in zip(x, y, strict=True)) / len(y)


@no_grad()
def plot(model: MLP, history: Sequence[tuple[float, float]], inputs: Any, iris: Any) -> Path:
    """The decision regions with the flowers, and the loss and accuracy as the network learned."""
    import numpy as np
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure

    petals = iris.data[:, 2:]
    low, high = petals.min(axis=0) - 0.4, petals.max(axis=0) + 0.4
    lengths, widths = np.linspace(low[0], high[0], MESH[0]), np.linspace(low[1], high[1], MESH[1])
    mesh = (np.stack(np.meshgrid(lengths, widths), axis=-1) - petals.mean(axis=0)) / petals.std(axis=0)
    regions = np.array([[best(model(point)) for point in row] for row in mesh.tolist()])

    figure = Figure(figsize=(11, 4.4), layout="constrained", dpi=130)
    plane, curve = figure.subplots(1, 2, width_ratios=[1.15, 1])
    pale = ListedColormap(["#f6d5d5", "#d5e3f6", "#dcefd6"])
    plane.contourf(lengths, widths, regions, levels=[-0.5, 0.5, 1.5, 2.5], cmap=pale)
    for kind, colour in enumerate(["#c0392b", "#2166ac", "#3a7d2c"]):
        plane.scatter(
            *petals[iris.target == kind].T, s=22, color=colour, edgecolor="white", linewidth=0.5,
            label=iris.target_names[kind],
        )
    plane.set(xlabel="petal length (cm)", ylabel="petal width (cm)", title="What the network learned")
    plane.legend(loc="upper left")

    losses, correct = zip(*history, strict=True)
    curve.plot(losses, color="#c0392b", label="loss")
    curve.plot(correct, color="#2166ac", label="accuracy")
    curve.set(xlabel="epoch", title="As it learned", ylim=(0, max(1.05, *losses)), xlim=(0, len(losses) - 1))
    curve.grid(alpha=0.3)
    curve.legend(loc="upper right")
    path = OUT / "iris.png"
    figure.savefig(path)
    return path


if __name__ == "__main__":
    main()
