"""The quality of a model over samples: its loss, its accuracy, a score, or any function of a sample."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..boundary.arguments import callable_with, describe
from ..boundary.text import quoted
from ..nn.losses import LOSSES, LossSpec
from .data import Array, check_range
from .per_sample import QUIET, PerSample
from .scores import SCORES, Decisions, Score

Metric = Callable[[Any, Any], Any]
BatchMetric = Callable[[Array, Array], Array]   # outputs and targets of all samples → a number for each
HIGHER_IS_BETTER = ("accuracy", *SCORES)        # of all other metrics by name, lower is


class Evaluator:
    """The loss and the metrics of a model over samples.

    Args:
        forward: The model over rows of inputs.
        x: Inputs (samples, inputs).
        targets: Targets (samples,) or (samples, k), as the loss takes them.
        loss: The loss.
        metrics: Metrics by name, as named_metrics returns them.
        weights: A weight for each sample, or None.
        training_targets: For validation, the targets of training: they tell the labels of the two classes.
        with_loss: Whether the loss is evaluated.

    Raises:
        ValueError: Targets that a metric does not take.
    """

    def __init__(
        self, forward: PerSample, x: Array, targets: Array, loss: LossSpec, metrics: Mapping[str, Any],
        weights: Array | None = None, training_targets: Array | None = None, with_loss: bool = True,
    ) -> None:
        self.forward = forward
        self.x = x
        self.targets = targets
        self.weights = weights
        samples = len(x)
        self.metrics: dict[str, BatchMetric | Score] = {}
        if with_loss:
            self.metrics["loss"] = _SampleMetric(loss.loss, samples)
        decisions = Decisions(loss, targets if training_targets is None else training_targets)
        for name, metric in metrics.items():
            if isinstance(metric, str):
                self.metrics[name] = Score(name, decisions) if name in SCORES else _Accuracy(decisions)
            else:
                self.metrics[name] = _SampleMetric(metric, samples)
            if name in LOSSES:
                check_range(targets, LOSSES[name].targets, f"y, for the metric {name},")

    def check(self) -> None:
        """Evaluate one sample, so that a metric that fails does so before training."""
        if self.metrics:
            self._numbers(self.forward(self.x[:1]), self.targets[:1], np.ones(1))

    def results(self, reduction: str = "mean", threads: int = 1) -> dict[str, float]:
        """The metrics by name: means over the samples, or scores; of the loss the sum, if that is the reduction."""
        if not self.metrics:
            return {}
        weights = np.ones(len(self.x)) if self.weights is None else self.weights
        return self._numbers(self.forward(self.x, threads=threads), self.targets, weights, reduction)

    @QUIET()
    def _numbers(
        self, outputs: Array, targets: Array, weights: Array, reduction: str = "mean"
    ) -> dict[str, float]:
        found = {}
        for name, metric in self.metrics.items():
            if isinstance(metric, Score):
                found[name] = metric(outputs, targets, weights)
                continue
            each = metric(outputs, targets)
            summed = reduction == "sum" and name == "loss"
            found[name] = float(weights @ each if summed else np.average(each, weights=weights))
        return found


def named_metrics(metrics: Sequence[str | Metric] | None) -> dict[str, Any]:
    """Metrics by name: a name in HIGHER_IS_BETTER, or a function of a sample. ValueError, TypeError for others."""
    if metrics is None:
        return {}
    if isinstance(metrics, str) or not hasattr(metrics, "__iter__"):
        raise TypeError(f"metrics: a list is expected, as ['accuracy'], got {describe(metrics)}")
    found: dict[str, Any] = {}
    for metric in metrics:
        name, function = _named_metric(metric)
        if name in found or name == "loss":
            raise ValueError(f"metrics: two are called {quoted(name)}; give one another __name__")
        found[name] = function
    return found


def _named_metric(metric: str | Metric) -> tuple[str, Any]:
    if isinstance(metric, str):
        if metric not in (*HIGHER_IS_BETTER, *LOSSES):
            known = ", ".join((*HIGHER_IS_BETTER, *LOSSES))
            raise ValueError(f"metric {quoted(metric)} is not known; there are {known}")
        return metric, LOSSES[metric].loss if metric in LOSSES else metric
    if not callable(metric):
        raise TypeError(f"metrics: names and functions of a sample are expected, got {describe(metric)}")
    callable_with("metrics", metric, "outputs", "target")
    return str(getattr(metric, "__name__", type(metric).__name__)), metric


class _SampleMetric:
    """A function of the outputs and the target of one sample, over all samples.

    It is recorded at its first call: until then the shape of the outputs is not known.
    """

    def __init__(self, function: Metric, samples: int) -> None:
        self.function, self.samples = function, samples
        self.per_sample: PerSample | None = None

    def __call__(self, outputs: Array, targets: Array) -> Array:
        if self.per_sample is None:
            widths = [None if each.ndim == 1 else each.shape[1] for each in (outputs, targets)]
            first = np.concatenate([np.ravel(outputs[0]), np.ravel(targets[0])])
            self.per_sample = PerSample(self.function, first, widths, None, self.samples)
        found = self.per_sample(outputs, targets)
        if found.ndim != 1:
            raise ValueError(f"a metric is one number for each sample, got {found.shape[1]}")
        return found


class _Accuracy:
    """1 for each sample whose class is predicted, else 0; of independent labels the share of those that are right."""

    def __init__(self, decisions: Decisions) -> None:
        self.decisions = decisions

    def __call__(self, outputs: Array, targets: Array) -> Array:
        predicted, true = self.decisions(outputs, targets)
        hits: Array = (predicted == true).astype(float)
        return hits if hits.ndim == 1 else np.mean(hits, axis=1)
