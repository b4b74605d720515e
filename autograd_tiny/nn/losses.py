"""What training makes small: the error of one sample, and penalties on the parameters.

A loss takes the outputs for one sample (a Value, or a list of them) and its target. `fit` averages it, or
sums it, over the samples. I. Goodfellow and others, Deep Learning (2016), sections 5.5 and 6.2.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from ..boundary.arguments import describe, nonnegative
from ..engine import functions
from ..engine.functions import dot, logsumexp, mean, relu, softplus
from ..engine.value import Value, plain_float, required
from .layers import as_list
from .module import Module

Loss: TypeAlias = Callable[[Any, Any], Any]


# ---- numbers for targets: a number, or as many as there are outputs

def squared_error(outputs: Any, targets: Any) -> Any:
    """Σ (o − t)² over the outputs."""
    return _total([(o - t) ** 2 for o, t in _pairs(outputs, targets)])


def half_squared_error(outputs: Any, targets: Any) -> Any:
    """½ Σ (o − t)² over the outputs: its derivative is o − t."""
    return 0.5 * squared_error(outputs, targets)


def mean_squared_error(outputs: Any, targets: Any) -> Any:
    """The mean of (o − t)² over the outputs."""
    return _mean([(o - t) ** 2 for o, t in _pairs(outputs, targets)])


def absolute_error(outputs: Any, targets: Any) -> Any:
    """Σ |o − t| over the outputs."""
    return _total([abs(o - t) for o, t in _pairs(outputs, targets)])


def mean_absolute_error(outputs: Any, targets: Any) -> Any:
    """The mean of |o − t| over the outputs."""
    return _mean([abs(o - t) for o, t in _pairs(outputs, targets)])


# ---- classes

def binary_cross_entropy(logits: Any, targets: Any) -> Any:
    """−t·log p − (1 − t)·log(1 − p) with p = sigmoid(logit), as softplus(logit) − t·logit.

    The mean over the outputs. targets: between 0 and 1. logits: net inputs, so that the last layer is linear;
    stable for any number.
    """
    pairs = _pairs(logits, targets)
    for _, t in pairs:
        if not _is_value(t) and not 0.0 <= t <= 1.0:
            raise ValueError(f"binary_cross_entropy takes targets between 0 and 1, got {t}")
    return _mean([softplus(z) - t * z for z, t in pairs])


def cross_entropy(logits: Any, target: Any) -> Any:
    """−log of the probability that softmax(logits) gives to the target, as logsumexp(logits) − logit.

    target: the number of a class, or a probability for each class: they sum to 1, as one-hot targets do.
    """
    scores, wanted = _classes("cross_entropy", logits, target)
    if isinstance(wanted, int):
        return logsumexp(scores) - scores[wanted]
    are_probabilities = any(map(_is_value, wanted)) or (
        all(0.0 <= t <= 1.0 for t in wanted) and abs(sum(wanted) - 1.0) < 1e-6
    )
    if not are_probabilities:
        raise ValueError(f"cross_entropy takes probabilities that sum to 1, got {_shown(wanted)}")
    return logsumexp(scores) - dot(wanted, scores)


def hinge(output: Any, target: Any) -> Any:
    """max(0, 1 − t·o), for one output and a target t of 1 or −1: the loss of a support vector machine."""
    outputs, targets = as_list(output), as_list(target)
    if len(outputs) != 1 or len(targets) != 1:
        raise ValueError(f"hinge takes one output and one target, got {len(outputs)} and {len(targets)}")
    o, t = outputs[0], targets[0]
    if not _is_value(t) and plain_float(t) not in (-1.0, 1.0):
        raise ValueError(f"hinge takes the targets 1 and -1, got {t}; of 0 and 1, 2*y - 1 makes them")
    return relu(1.0 - t * o)


def multiclass_hinge(scores: Any, target: Any) -> Any:
    """Σ max(0, 1 + s_j − s_y) over the classes j other than the target y.

    target: the number of a class, or one-hot. J. Weston and C. Watkins, Support Vector Machines for
    Multi-Class Pattern Recognition (1999).
    """
    outputs, wanted = _classes("multiclass_hinge", scores, target)
    if isinstance(wanted, int):
        right, others = outputs[wanted], [s for j, s in enumerate(outputs) if j != wanted]
        return functions.sum([relu(s - right + 1.0) for s in others])
    if not any(map(_is_value, wanted)) and sorted(wanted) != [0.0] * (len(wanted) - 1) + [1.0]:
        raise ValueError(f"multiclass_hinge takes the number of a class, or one-hot, got {_shown(wanted)}")
    right = dot(wanted, outputs)
    return dot([1.0 - t for t in wanted], [relu(s - right + 1.0) for s in outputs])


# ---- penalties

def l1(parameters: Iterable[Any]) -> Any:
    """Σ |p|."""
    return functions.sum([abs(p) for p in parameters])


def l2(parameters: Iterable[Any]) -> Any:
    """Σ p²."""
    values = list(parameters)
    return dot(values, values)


class L1:
    """strength · Σ |p| over all parameters of a model, as a penalty for `fit`: many become 0."""

    def __init__(self, strength: float) -> None:
        self.strength = nonnegative("strength", strength)

    def __call__(self, model: Module) -> Any:
        return self.strength * l1(model.parameters())


class L2:
    """strength · Σ p² over all parameters of a model, as a penalty for `fit`: they stay small."""

    def __init__(self, strength: float) -> None:
        self.strength = nonnegative("strength", strength)

    def __call__(self, model: Module) -> Any:
        return self.strength * l2(model.parameters())


# ---- by name

class LossSpec(NamedTuple):
    """A loss, and what its targets are: "numbers", "probabilities", "signs", "classes", or "any".

    threshold: an output above it means the second of two classes; None where the targets tell.
    """

    loss: Loss
    targets: str = "numbers"
    threshold: float | None = None


LOSSES = {
    "squared_error": LossSpec(squared_error),
    "half_squared_error": LossSpec(half_squared_error),
    "mean_squared_error": LossSpec(mean_squared_error),
    "mse": LossSpec(mean_squared_error),
    "absolute_error": LossSpec(absolute_error),
    "mean_absolute_error": LossSpec(mean_absolute_error),
    "mae": LossSpec(mean_absolute_error),
    "binary_cross_entropy": LossSpec(binary_cross_entropy, "probabilities", 0.0),
    "cross_entropy": LossSpec(cross_entropy, "classes"),
    "hinge": LossSpec(hinge, "signs", 0.0),
    "multiclass_hinge": LossSpec(multiclass_hinge, "classes"),
}


def spec_of(loss: str | Loss) -> LossSpec:
    """What is known of a loss, by its name or the function. ValueError, TypeError for anything else."""
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise ValueError(f"loss {loss!r} is not known; there are {', '.join(LOSSES)}")
        return LOSSES[loss]
    if not callable(loss):
        raise TypeError(f"loss: a name or a function (outputs, target) is expected, got {describe(loss)}")
    return next((known for known in LOSSES.values() if known.loss is loss), LossSpec(loss, "any"))


# ---- inside

def _total(terms: list[Any]) -> Any:
    """Their sum; of one term, itself."""
    return terms[0] if len(terms) == 1 else functions.sum(terms)


def _mean(terms: list[Any]) -> Any:
    """Their mean; of one term, itself."""
    return terms[0] if len(terms) == 1 else mean(terms)


def _pairs(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    these, those = (list(map(_operand, as_list(each))) for each in (outputs, targets))
    if len(these) != len(those) or not len(these):
        raise ValueError(f"a target for each of {len(these)} outputs is expected, got {len(those)}")
    return list(zip(these, those, strict=True))


def _classes(name: str, outputs: Any, target: Any) -> tuple[list[Any], Any]:
    """The scores of the classes, and the target: a class's number, or a list as long as the scores."""
    scores = list(as_list(outputs))
    if len(scores) < 2:
        raise ValueError(f"{name} takes an output for each class, two at least, got {len(scores)}")
    if hasattr(target, "__len__") and not isinstance(target, str):
        if len(target) != len(scores):
            raise ValueError(f"{name}: {len(scores)} outputs, but a target of {len(target)} numbers")
        return scores, list(map(_operand, target))
    if isinstance(target, float) and target.is_integer():
        target = int(target)
    if _is_value(target) or isinstance(target, bool) or not hasattr(target, "__index__"):
        hint = "; for a loss of your own, give y one-hot: np.eye(K)[y]" if _is_value(target) else ""
        raise TypeError(f"{name}: a class is a whole number, or one-hot, got {describe(target)}{hint}")
    if not 0 <= target < len(scores):
        raise ValueError(f"{name}: there are the classes 0 to {len(scores) - 1}, got {target}")
    return scores, int(target)


def _operand(x: Any) -> Any:
    return x if _is_value(x) else required(x)


def _is_value(x: Any) -> bool:
    return type(x) is Value or hasattr(type(x), "apply_operation")


def _shown(numbers: list[Any]) -> str:
    return ", ".join(f"{x:g}" for x in numbers[:6]) + (", …" if len(numbers) > 6 else "")
