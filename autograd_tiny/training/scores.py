"""Scores over all samples at once: R² and F1, as scikit-learn has them. Other metrics are means over the samples.

A score is a function (outputs, targets, weights) of arrays over the samples, (samples,) or (samples, k).
"""
from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..nn.losses import LossSpec
from .data import Array


class Score:
    """A metric of all samples together.

    Args:
        name: "r2", "f1" or "f1_macro".
        decisions: Outputs and targets as classes, for F1.
    """

    def __init__(self, name: str, decisions: Decisions) -> None:
        self.function = partial(SCORES[name], decisions)

    def __call__(self, outputs: Array, targets: Array, weights: Array) -> float:
        """The score, for a weight (samples,) of each sample."""
        return float(self.function(outputs, targets, weights))


class Decisions:
    """Outputs and targets as classes.

    Of several outputs the largest predicts the class, of one output the side of a threshold. Several outputs of a
    loss of probabilities are independent labels.

    Args:
        loss: The loss, which says what outputs and targets mean.
        labels: Targets that tell the labels of the two classes.
    """

    def __init__(self, loss: LossSpec, labels: Array) -> None:
        self.loss, self.labels = loss, labels

    def __call__(self, outputs: Array, targets: Array) -> tuple[Array, Array]:
        """The predicted and the true classes.

        Returns:
            Two arrays (samples,) of the numbers of classes, or of bools, True for the second of two classes. For
            independent labels they are (samples, k).
        """
        if outputs.ndim == 2 and self.loss.targets != "probabilities":
            return outputs.argmax(axis=1), targets.argmax(axis=1) if targets.ndim == 2 else targets
        middle = {"probabilities": 0.5, "signs": 0.0}.get(self.loss.targets)
        if middle is None:
            middle = _middle(set(np.unique(self.labels).tolist()))
        threshold = middle if self.loss.threshold is None else self.loss.threshold
        return outputs > threshold, targets > middle


def _middle(labels: set[float]) -> float:
    """The number between the labels of two classes. ValueError where they are not two known ones."""
    if labels == {1.0}:
        raise ValueError("accuracy and f1: y has the label 1 only, and its other class may be 0 or -1")
    if labels <= {0.0, 1.0}:
        return 0.5
    if labels <= {-1.0, 1.0}:
        return 0.0
    shown = ", ".join(f"{label:g}" for label in sorted(labels)[:5]) + (", …" if len(labels) > 5 else "")
    raise ValueError(f"accuracy and f1 take classes, 0 and 1 or -1 and 1, but y has {shown}")


def r2(decisions: Decisions, outputs: Array, targets: Array, weights: Array) -> float:
    """The coefficient of determination, 1 − Σ w(t − o)² / Σ w(t − t̄)², the mean over the outputs.

    Where all targets are equal it is 1 if the outputs are equal to them, and else 0. It is nan for one sample.
    """
    if outputs.size != targets.size:
        raise ValueError(f"r2: outputs of shape {outputs.shape} do not fit targets of shape {targets.shape}")
    if len(outputs) < 2:
        return np.nan
    o, t = (each.reshape(len(outputs), -1) for each in (outputs, targets))
    with np.errstate(all="ignore"):             # of outputs that are not finite
        residual = weights @ (t - o) ** 2
        total = weights @ (t - np.average(t, axis=0, weights=weights)) ** 2
        each = np.where(total > 0.0, 1.0 - residual / total, np.where(residual == 0.0, 1.0, 0.0))
    return float(each.mean())


def f1(decisions: Decisions, outputs: Array, targets: Array, weights: Array) -> float:
    """The harmonic mean of precision and recall of the second of two classes; 0 where it neither is nor is predicted.

    C. van Rijsbergen, Information Retrieval (1979), chapter 7.
    """
    predicted, true = decisions(outputs, targets)
    if predicted.ndim == 2 or (outputs.ndim == 2 and outputs.shape[1] > 2):
        raise ValueError(f"f1 is for two classes, but the model has {outputs.shape[1]} outputs: take 'f1_macro'")
    return _f1_of_class(predicted == 1, true == 1, weights)


def f1_macro(decisions: Decisions, outputs: Array, targets: Array, weights: Array) -> float:
    """The mean of F1 over the classes that occur in targets or predictions, or over all independent labels."""
    predicted, true = decisions(outputs, targets)
    if predicted.ndim == 2:
        return float(np.mean([_f1_of_class(p, t, weights) for p, t in zip(predicted.T, true.T, strict=True)]))
    classes = np.union1d(predicted, true)
    return float(np.mean([_f1_of_class(predicted == k, true == k, weights) for k in classes]))


def _f1_of_class(predicted: Array, true: Array, weights: Array) -> float:
    """2·TP / (2·TP + FP + FN) of bools (samples,)."""
    counted = float(weights @ predicted + weights @ true)
    return 2.0 * float(weights @ (predicted & true)) / counted if counted else 0.0


SCORES: dict[str, Any] = {"r2": r2, "f1": f1, "f1_macro": f1_macro}
