"""How good a model is over samples: its loss, the share of right answers, or any function of a sample."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..boundary.arguments import describe
from ..nn.losses import LOSSES, LossSpec
from .data import Array, check_range
from .per_sample import Rowwise

Metric = Callable[[Any, Any], Any]
Measure = Callable[[Array, Array], Array]       # outputs and targets of all samples → a number for each


class Examination:
    """The loss and the metrics of a model over samples.

    forward: the model over rows; x, targets: the samples; weights: or None; known: the targets
    that tell what the classes are called; metrics: see named_metrics. ValueError for metrics that don't fit.
    """

    def __init__(
        self, forward: Rowwise, x: Array, targets: Array, loss: LossSpec, metrics: Mapping[str, Any],
        weights: Array | None = None, known: Array | None = None, with_loss: bool = True,
    ) -> None:
        self.forward = forward
        self.x = x
        self.targets = targets
        self.weights = weights
        samples = len(x)
        self.measures: dict[str, Measure] = {"loss": _Each(loss.loss, samples)} if with_loss else {}
        for name, metric in metrics.items():
            is_accuracy = metric == "accuracy"
            known_targets = targets if known is None else known
            self.measures[name] = _Accuracy(loss, known_targets) if is_accuracy else _Each(metric, samples)
            if name in LOSSES:
                check_range(targets, LOSSES[name].targets, f"y, for the metric {name},")

    def check(self) -> None:
        """Measure one sample, so that a metric that can't be measured is known before training."""
        if self.measures:
            outputs = self.forward(self.x[:1])
            for measure in self.measures.values():
                measure(outputs, self.targets[:1])

    def results(self, reduction: str = "mean", threads: int = 1) -> dict[str, float]:
        """A number for each name: the mean over the samples, of the loss perhaps the sum."""
        if not self.measures:
            return {}
        outputs = self.forward(self.x, threads=threads)
        found = {}
        for name, measure in self.measures.items():
            each = measure(outputs, self.targets)
            summed = reduction == "sum" and name == "loss"
            weights = np.ones(len(each)) if self.weights is None else self.weights
            found[name] = float(weights @ each if summed else np.average(each, weights=weights))
        return found


def named_metrics(metrics: Sequence[str | Metric]) -> dict[str, Any]:
    """"accuracy" or functions, by name. ValueError, TypeError for what is neither."""
    if isinstance(metrics, str) or not hasattr(metrics, "__iter__"):
        raise TypeError(f"metrics: a list is expected, as ['accuracy'], got {describe(metrics)}")
    found: dict[str, Any] = {}
    for metric in metrics:
        if isinstance(metric, str):
            if metric != "accuracy" and metric not in LOSSES:
                raise ValueError(f"metric {metric!r} is not known; there are accuracy, {', '.join(LOSSES)}")
            name, meant = metric, LOSSES[metric].loss if metric in LOSSES else metric
        elif callable(metric):
            name, meant = str(getattr(metric, "__name__", type(metric).__name__)), metric
        else:
            raise TypeError(f"metrics: names and functions of a sample are expected, got {describe(metric)}")
        if name in found or name == "loss":
            raise ValueError(f"metrics: two are called {name!r}; give one another __name__")
        found[name] = meant
    return found


class _Each:
    """A function of one sample's outputs and target, over all samples."""

    def __init__(self, function: Metric, samples: int) -> None:
        self.function, self.samples = function, samples
        self.rowwise: Rowwise | None = None

    def __call__(self, outputs: Array, targets: Array) -> Array:
        if self.rowwise is None:
            widths = [None if each.ndim == 1 else each.shape[1] for each in (outputs, targets)]
            first = np.concatenate([np.ravel(outputs[0]), np.ravel(targets[0])])
            self.rowwise = Rowwise(self.function, first, widths, None, self.samples)
        found = self.rowwise(outputs, targets)
        if found.ndim != 1:
            raise ValueError(f"a metric is one number for each sample, got {found.shape[1]}")
        return found


class _Accuracy:
    """1 for each sample that is put into its class. Of several outputs the largest is the answer."""

    def __init__(self, loss: LossSpec, known: Array) -> None:
        self.loss, self.known = loss, known

    def __call__(self, outputs: Array, targets: Array) -> Array:
        hits: Array
        if outputs.ndim == 2 and self.loss.targets != "probabilities":
            right = targets.argmax(axis=1) if targets.ndim == 2 else targets
            hits = (outputs.argmax(axis=1) == right).astype(float)
            return hits
        middle = {"probabilities": 0.5, "signs": 0.0}.get(self.loss.targets)
        if middle is None:
            middle = _middle(set(np.unique(self.known).tolist()))
        threshold = middle if self.loss.threshold is None else self.loss.threshold
        hits = ((outputs > threshold) == (targets > middle)).astype(float)
        return hits if hits.ndim == 1 else np.mean(hits, axis=1)


def _middle(labels: set[float]) -> float:
    """Between the two classes. ValueError where the labels don't tell what they are."""
    if labels == {1.0}:
        raise ValueError("accuracy: y has the label 1 only, and its other class may be 0 or -1")
    if labels <= {0.0, 1.0}:
        return 0.5
    if labels <= {-1.0, 1.0}:
        return 0.0
    shown = ", ".join(f"{label:g}" for label in sorted(labels)[:5]) + (", …" if len(labels) > 5 else "")
    raise ValueError(f"accuracy counts right classes, 0 and 1 or -1 and 1, but y has {shown}")
