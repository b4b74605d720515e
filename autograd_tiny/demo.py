"""`make demo`: an expression is differentiated, drawn and filmed, and a network is trained.

The pictures are written to out/. scikit-learn provides the data and Matplotlib draws the curves: the extra `demo`
installs both.
"""
from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

from . import History, Value, draw, engine_kind, explain, optim, play, plot_history
from .__main__ import main as command_line
from .boundary.libraries import missing
from .nn import MLP
from .nn.losses import cross_entropy

OUT = Path("out")
EPOCHS = 200


def main() -> None:
    """Run the demonstration."""
    try:
        import matplotlib  # noqa: F401
        import numpy  # noqa: F401
        import sklearn  # noqa: F401
    except ImportError:
        sys.exit(str(missing(["matplotlib", "scikit-learn"], "the demo", "demo")))
    OUT.mkdir(exist_ok=True)
    print(f"autograd_tiny, {engine_kind()} engine\n")
    try:
        show_expression()
    except RuntimeError as error:           # no program lays out the picture
        sys.exit(f"the demo ends here: {error}")
    train_on_iris()


def show_expression() -> None:
    """f = (a + b)(b + c): the table, the explanation of a gradient, the graph and the film."""
    print("f = (a + b)(b + c) at a = -1, b = 3, c = 4\n")
    command_line(["x=a+b; y=b+c; f=x*y", "a=-1", "b=3", "c=4"])
    a, b, c = Value(-1.0, "a"), Value(3.0, "b"), Value(4.0, "c")
    x, y = a + b, b + c
    f = x * y
    x.label, y.label, f.label = "x", "y", "f"
    f.backward()
    print(f"\n{explain(f, b)}\n")
    picture = draw(f)
    for name in ("expression.svg", "expression.png"):
        print(f"drawn: {picture.save(OUT / name)}")
    print(f"film for a browser: {play(f).save(OUT / 'expression.html')}")


def train_on_iris() -> None:
    """Train a classifier of three species of iris, by length and width of a petal (R. A. Fisher, 1936)."""
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    from . import diagnose, evaluate, fit       # here, since they need NumPy, which main looks for with the others

    iris = load_iris()
    petals, petals_test, y, y_test = train_test_split(
        iris.data[:, 2:], iris.target, test_size=0.2, random_state=0, stratify=iris.target
    )
    mean, deviation = petals.mean(axis=0), petals.std(axis=0)       # the test flowers have no part in these
    x, x_test = ((each - mean) / deviation for each in (petals, petals_test))
    model = MLP(2, [8, 3], rng=random.Random(1))
    print(f"\nIris: {len(x)} flowers for training, {len(x_test)} for testing\n{model}")
    start = time.perf_counter()
    history = fit(
        model, x, y, "cross_entropy", optim.SGD(model.parameters(), lr=0.3), epochs=EPOCHS, batch_size=None,
        metrics=["accuracy"],
    )
    seconds = time.perf_counter() - start
    found = evaluate(model, x_test, y_test, "cross_entropy", ["accuracy"])
    print(f"{history}\naccuracy on the test flowers {found['accuracy']:.3f}, {seconds:.2f} s of training")
    print(f"drawn: {plot(model, history, (iris.data[:, 2:] - mean) / deviation, iris)}")
    loss = cross_entropy(model(x[0].tolist()), int(y[0]))
    loss.backward()
    print(f"drawn: {draw(loss, depth=2).save(OUT / 'layers.svg')}, {draw(model).save(OUT / 'network.svg')}")
    report = diagnose(model, x, y, "cross_entropy")
    print(f"diagnosis for a browser: {report.save(OUT / 'diagnosis.html')}")


def plot(model: MLP, history: History, inputs: Any, iris: Any) -> Path:
    """Draw the decision regions with the flowers, and the learning curves."""
    from matplotlib.figure import Figure

    from . import plot_decision_regions

    figure = Figure(figsize=(11, 4.4), layout="constrained", dpi=130)
    plane, curves = figure.subplots(1, 2, width_ratios=[1.15, 1])
    plot_decision_regions(model, inputs, iris.target, ax=plane)
    plane.set(
        xlabel="petal length, standardised", ylabel="petal width, standardised",
        title=", ".join(f"{k} {name}" for k, name in enumerate(iris.target_names)),
    )
    plot_history(history, ax=curves)
    path = OUT / "iris.png"
    figure.savefig(path)
    return path


if __name__ == "__main__":
    main()
