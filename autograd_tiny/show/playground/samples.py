"""X and y as the points that the playground shows: two inputs, and a class or a number."""
from __future__ import annotations

from typing import Any, NamedTuple

from ...boundary.arguments import describe
from ...boundary.late_numpy import np
from ...boundary.text import quoted
from ...nn.losses import LOSSES, loss_spec
from ...training.data import inputs_of, targets_of

MOST_SAMPLES, MOST_CLASSES = 10_000, 10
PAGE_LOSSES = (                         # computation/losses.js has them
    "binary_cross_entropy", "hinge", "cross_entropy", "multiclass_hinge", "squared_error", "half_squared_error",
    "absolute_error", "huber",
)
SAME_FOR_ONE_OUTPUT = {
    "mse": "squared_error", "mean_squared_error": "squared_error", "mae": "absolute_error",
    "mean_absolute_error": "absolute_error",
}


class Samples(NamedTuple):
    """The samples of a page.

    Attributes:
        points: [x1, x2, target]: the number of a class, or a number to predict.
        classes: The names of the classes; none for numbers.
        loss: The name of the loss in the page.
    """

    points: list[list[float]]
    classes: list[str]
    loss: str


def page_samples(X: Any, y: Any, loss: Any, outputs: int, output_activation: str) -> Samples:
    """The samples of a page for a model with so many outputs.

    Raises:
        TypeError: X, y or the loss is of another type.
        ValueError: They do not fit each other, the model or the page.
    """
    x = inputs_of(X)
    if x.shape[1] != 2:
        raise ValueError(f"X: the page shows a plane, so samples have 2 inputs, got {x.shape[1]}")
    if len(x) > MOST_SAMPLES:
        raise ValueError(f"X: the page takes {MOST_SAMPLES:,} samples at most, got {len(x):,}; choose some of them")
    name = _loss_name(loss, y, outputs)
    spec = LOSSES[name]
    targets = targets_of(y, len(x), spec.targets, outputs if outputs > 1 else None)
    if spec.targets == "classes":
        if outputs > MOST_CLASSES:
            raise ValueError(f"model: the page tells {MOST_CLASSES} classes apart, and the model has {outputs} outputs")
        labels, names = targets.argmax(axis=1), [str(k) for k in range(outputs)]
    else:
        if outputs > 1:
            raise ValueError(f"model: {name} goes with one output in the page, and the model has {outputs}")
        labels, names = _of_one_output(targets, name, output_activation)
    points = np.column_stack([x.astype(float), labels.astype(float)]).tolist()
    return Samples(points, names, name)


def _loss_name(loss: Any, y: Any, outputs: int) -> str:
    """The name of a loss in the page; without one, by the outputs and the targets."""
    if loss is None:
        found = {float(t) for t in np.unique(np.asarray(y)).tolist()} if np.asarray(y).dtype.kind in "fiub" else set()
        two = {frozenset({0.0, 1.0}): "binary_cross_entropy", frozenset({-1.0, 1.0}): "hinge"}
        return "cross_entropy" if outputs > 1 else two.get(frozenset(found), "squared_error")
    spec = None if isinstance(loss, str) and loss not in LOSSES else loss_spec(loss)
    name = next((name for name, known in LOSSES.items() if known == spec), "")
    name = SAME_FOR_ONE_OUTPUT.get(name, name)
    if name not in PAGE_LOSSES:
        given = quoted(loss) if isinstance(loss, str) else describe(loss)
        raise ValueError(f"loss: {given} is not in the page, which has {', '.join(PAGE_LOSSES)}")
    return name


def _of_one_output(targets: Any, loss: str, output_activation: str) -> tuple[Any, list[str]]:
    """The classes 0 and 1 where there are two, else the numbers themselves."""
    low, high = (0.0, 1.0) if loss == "binary_cross_entropy" or output_activation == "sigmoid" else (-1.0, 1.0)
    if loss == "hinge":
        low = -1.0
    if set(np.unique(targets).tolist()) <= {low, high}:
        return targets == high, [f"{low:g}", f"{high:g}"]
    if loss == "binary_cross_entropy":
        raise ValueError("y: the page shows classes for binary_cross_entropy, so the labels 0 and 1 are expected")
    return targets, []
