"""Losses of one sample, penalties on parameters, and both by name.

A loss is a function of the outputs o for one sample (k Values or numbers in a list, or one without a list) and of
its target t. It returns a Value, or a float where no Value is involved. `fit` takes the mean or the sum over the
samples; LOSSES says how targets look in its `y`.

I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), sections 5.5, 6.2 and 7.1.
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from ..boundary.arguments import callable_with, describe, is_other_kind, nonnegative
from ..boundary.text import quoted
from ..calculus.operations import POW
from ..engine import functions
from ..engine.functions import clip, dot, equal, greater_equal, logsumexp, maximum, mean, relu, softplus, take, where
from ..engine.value import Value, dispatch, plain_float, required
from .layers import as_list
from .module import Module

Loss: TypeAlias = Callable[[Any, Any], Any]
EPSILON = 2.0**-52          # between 1 and the next float
LARGEST = sys.float_info.max


# ---- regression: a number as target for each output

def squared_error(outputs: Any, targets: Any) -> Any:
    """Squared error, Σ (o − t)² over the outputs.

    Args:
        outputs: k outputs.
        targets: k numbers.

    Returns:
        The loss, a Value.

    Raises:
        ValueError: The numbers of outputs and targets differ, or there are none.
    """
    return _sum([_square(o - t) for o, t in _pairs(outputs, targets)])


def half_squared_error(outputs: Any, targets: Any) -> Any:
    """Half the squared error, ½ Σ (o − t)² over the outputs, whose derivative with respect to o is o − t.

    Arguments and errors are those of `squared_error`.
    """
    return 0.5 * squared_error(outputs, targets)


def mean_squared_error(outputs: Any, targets: Any) -> Any:
    """Mean squared error, (1/k) Σ (o − t)² over the k outputs.

    Arguments and errors are those of `squared_error`.
    """
    return _mean([_square(o - t) for o, t in _pairs(outputs, targets)])


def absolute_error(outputs: Any, targets: Any) -> Any:
    """Absolute error, Σ |o − t| over the outputs; at o = t its derivative is 0.

    Arguments and errors are those of `squared_error`.
    """
    return _sum([abs(o - t) for o, t in _pairs(outputs, targets)])


def mean_absolute_error(outputs: Any, targets: Any) -> Any:
    """Mean absolute error, (1/k) Σ |o − t| over the k outputs; at o = t its derivative is 0.

    Arguments and errors are those of `squared_error`.
    """
    return _mean([abs(o - t) for o, t in _pairs(outputs, targets)])


def huber(outputs: Any, targets: Any, delta: float = 1.0) -> Any:
    """Huber loss: ½e² for an error e = o − t of at most delta, and delta·(|e| − ½·delta) for a larger one.

    The mean over the outputs, with the default of PyTorch and Keras. For another delta, `fit` takes
    lambda o, t: nn.losses.huber(o, t, delta=0.5).

    P. Huber, Robust Estimation of a Location Parameter (1964).

    Args:
        outputs: k outputs.
        targets: k numbers.
        delta: The error at which the parabola becomes a line, above 0.

    Returns:
        The loss, a Value.

    Raises:
        TypeError: delta is not a number.
        ValueError: delta is not above 0, the numbers of outputs and targets differ, or there are none.
    """
    if not nonnegative("delta", delta):
        raise ValueError("delta: a number above 0 is expected, got 0.0")
    return _mean([_huber_of_error(o - t, delta) for o, t in _pairs(outputs, targets)])


def _huber_of_error(error: Any, delta: float) -> Any:
    """c·(e − ½c) with c = clip(e): ½e² inside; outside, c is a constant, and this is the line. It needs no branch."""
    clipped = clip(error, -delta, delta)
    return clipped * (error - 0.5 * clipped)


def mean_absolute_percentage_error(outputs: Any, targets: Any) -> Any:
    """Mean absolute percentage error, (1/k) Σ |o − t| / max(|t|, ε) over the k outputs; ε is 2⁻⁵².

    It is a fraction, as in scikit-learn: 0.1 is 10 percent. Keras has 100 times that, with 1e-7 as ε.

    Arguments and errors are those of `squared_error`.
    """
    return _mean([abs(o - t) / maximum(abs(t), EPSILON) for o, t in _pairs(outputs, targets)])


# ---- classification

def binary_cross_entropy(logits: Any, targets: Any) -> Any:
    """Binary cross-entropy, −t·log p − (1 − t)·log(1 − p) with p = sigmoid(z), the mean over the logits z.

    It is computed as softplus(z) − t·z, and for t of ½ or more as softplus(−z) + (1 − t)·z: no digits cancel, however
    certain the logits are. An infinite logit gives nan, as in PyTorch.

    Args:
        logits: k logits, the outputs of a linear last layer.
        targets: k probabilities from 0 to 1.

    Returns:
        The loss, a Value.

    Raises:
        ValueError: A target out of its range, or another number of targets than of logits.
    """
    pairs = _pairs(logits, targets)
    for _, t in pairs:
        if not _is_value(t) and not 0.0 <= t <= 1.0:
            raise ValueError(f"binary_cross_entropy takes targets between 0 and 1, got {t}")
    return _mean([_binary_cross_entropy(z, t) for z, t in pairs])


def _binary_cross_entropy(z: Any, t: Any) -> Any:
    label = greater_equal(t, 0.5) if _is_value(t) else float(t >= 0.5)      # the nearer one
    return softplus((1.0 - 2.0 * label) * z) + (label - t) * z


def cross_entropy(logits: Any, target: Any) -> Any:
    """Cross-entropy, −Σ t_j·log softmax(z)_j over the classes j; for the label y, −log softmax(z)_y.

    It is computed as logsumexp(z) − Σ t_j·z_j, which is stable for every z. Where t_j is 0, z_j may be infinite.

    Args:
        logits: A logit z_j for each of k classes, the outputs of a linear last layer; k is 2 or more.
        target: A label from 0 to k − 1, or k probabilities that sum to 1, such as a one-hot vector. The label may be
            a Value, as an input of a tape.

    Returns:
        The loss, a Value.

    Raises:
        TypeError: A label that is not an integer.
        ValueError: A label out of its range, other numbers than probabilities, or a wrong number of them.
        IndexError: A label that is a Value and is not an integer, or is out of its range.
    """
    scores, wanted = _scores_and_target("cross_entropy", logits, target)
    if _is_value(wanted):
        return logsumexp(scores) - take(scores, _index(wanted, len(scores)))
    if isinstance(wanted, int):
        return logsumexp(scores) - scores[wanted]
    are_probabilities = any(map(_is_value, wanted)) or (
        all(0.0 <= t <= 1.0 for t in wanted) and abs(sum(wanted) - 1.0) < 1e-6
    )
    if not are_probabilities:
        raise ValueError(f"cross_entropy takes probabilities that sum to 1, got {_shown(wanted)}")
    return logsumexp(scores) - _weighted_sum(wanted, scores)


def hinge(output: Any, target: Any) -> Any:
    """Hinge loss, max(0, 1 − t·o): that of a support vector machine.

    C. Cortes and V. Vapnik, Support-Vector Networks (1995).

    Args:
        output: One output.
        target: 1 or −1.

    Returns:
        The loss, a Value.

    Raises:
        ValueError: Another target, or more than one output or target.
    """
    outputs, targets = as_list(output), as_list(target)
    if len(outputs) != 1 or len(targets) != 1:
        raise ValueError(f"hinge takes one output and one target, got {len(outputs)} and {len(targets)}")
    o, t = outputs[0], targets[0]
    if not _is_value(t) and plain_float(t) not in (-1.0, 1.0):
        raise ValueError(f"hinge takes the targets 1 and -1, got {t}; convert labels 0 and 1 by 2*y - 1")
    return relu(1.0 - t * o)


def multiclass_hinge(scores: Any, target: Any) -> Any:
    """Multiclass hinge loss, Σ max(0, 1 + s_j − s_y) over the classes j other than the label y.

    J. Weston and C. Watkins, Support Vector Machines for Multi-Class Pattern Recognition (1999).

    Args:
        scores: A score s_j for each of k classes; k is 2 or more.
        target: A label y from 0 to k − 1, which may be a Value, or a one-hot vector of k numbers.

    Returns:
        The loss, a Value.

    Raises:
        TypeError: A label that is not an integer.
        ValueError: A label out of its range, or a vector that is not one-hot.
        IndexError: A label that is a Value and is not an integer, or is out of its range.
    """
    outputs, wanted = _scores_and_target("multiclass_hinge", scores, target)
    if _is_value(wanted):
        right = take(outputs, _index(wanted, len(outputs)))
        margins = [relu(s - right + 1.0) for s in outputs]
        return dot([1.0 - equal(wanted, float(j)) for j in range(len(outputs))], margins)
    if isinstance(wanted, int):
        right, others = outputs[wanted], [s for j, s in enumerate(outputs) if j != wanted]
        return functions.sum([relu(s - right + 1.0) for s in others])
    if not any(map(_is_value, wanted)) and sorted(wanted) != [0.0] * (len(wanted) - 1) + [1.0]:
        raise ValueError(f"multiclass_hinge takes the number of a class, or one-hot, got {_shown(wanted)}")
    right = _weighted_sum(wanted, outputs)
    return dot([1.0 - t for t in wanted], [relu(s - right + 1.0) for s in outputs])


# ---- penalties

def l1(parameters: Iterable[Any]) -> Any:
    """L1 penalty, Σ |p|; at p = 0 its derivative is 0.

    Args:
        parameters: One Value or more, such as model.parameters().

    Returns:
        The penalty, a Value.
    """
    return functions.sum([abs(p) for p in parameters])


def l2(parameters: Iterable[Any]) -> Any:
    """L2 penalty, Σ p².

    Args:
        parameters: One Value or more, such as model.parameters().

    Returns:
        The penalty, a Value.
    """
    values = list(parameters)
    return dot(values, values)


class _Penalty:
    """A penalty on all parameters of a model, times its strength."""

    of_parameters: Callable[[Iterable[Any]], Any]

    def __init__(self, strength: float) -> None:
        self.strength = nonnegative("strength", strength)

    def __call__(self, model: Module) -> Any:
        """The penalty of a model, a Value."""
        return self.strength * self.of_parameters(model.parameters())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strength:g})"


class L1(_Penalty):
    """strength · Σ |p| over all parameters of a model, as `penalty` of fit: it drives many of them to 0.

    R. Tibshirani, Regression Shrinkage and Selection via the Lasso (1996).

    Args:
        strength: Factor of the penalty, 0 or more.

    Raises:
        TypeError: The strength is not a number.
        ValueError: It is negative or not finite.
    """

    of_parameters = staticmethod(l1)


class L2(_Penalty):
    """strength · Σ p² over all parameters of a model, as `penalty` of fit: it keeps them small.

    A. Hoerl and R. Kennard, Ridge Regression: Biased Estimation for Nonorthogonal Problems (1970).

    Args:
        strength: Factor of the penalty, 0 or more.

    Raises:
        TypeError: The strength is not a number.
        ValueError: It is negative or not finite.
    """

    of_parameters = staticmethod(l2)


# ---- by name

class LossSpec(NamedTuple):
    """A loss and the form of its targets.

    Attributes:
        loss: The function.
        targets: "numbers", "probabilities", "signs" (1 and −1), "classes" (labels or probabilities), or "any".
        threshold: An output above it predicts the second of two classes; None where that depends on the labels.
        takes_logits: Whether its outputs are logits or scores, those of a linear last layer.
    """

    loss: Loss
    targets: str = "numbers"
    threshold: float | None = None
    takes_logits: bool = False


LOSSES = {
    "squared_error": LossSpec(squared_error),
    "half_squared_error": LossSpec(half_squared_error),
    "mean_squared_error": LossSpec(mean_squared_error),
    "mse": LossSpec(mean_squared_error),
    "absolute_error": LossSpec(absolute_error),
    "mean_absolute_error": LossSpec(mean_absolute_error),
    "mae": LossSpec(mean_absolute_error),
    "huber": LossSpec(huber),
    "mean_absolute_percentage_error": LossSpec(mean_absolute_percentage_error),
    "mape": LossSpec(mean_absolute_percentage_error),
    "binary_cross_entropy": LossSpec(binary_cross_entropy, "probabilities", 0.0, takes_logits=True),
    "cross_entropy": LossSpec(cross_entropy, "classes", takes_logits=True),
    "hinge": LossSpec(hinge, "signs", 0.0, takes_logits=True),
    "multiclass_hinge": LossSpec(multiclass_hinge, "classes", takes_logits=True),
}


def loss_spec(loss: str | Loss) -> LossSpec:
    """The LossSpec of a name or a function. ValueError, TypeError for anything else."""
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise ValueError(f"loss {quoted(loss)} is not known; there are {', '.join(LOSSES)}")
        return LOSSES[loss]
    if not callable(loss):
        raise TypeError(f"loss: a name or a function (outputs, target) is expected, got {describe(loss)}")
    known = next((spec for spec in LOSSES.values() if spec.loss is loss), None)
    return known or LossSpec(callable_with("loss", loss, "outputs", "target"), "any")


# ---- checks and reductions

def _sum(terms: list[Any]) -> Any:
    """The sum of the terms; of a single term, the term itself, so that no node is made."""
    return terms[0] if len(terms) == 1 else functions.sum(terms)


def _mean(terms: list[Any]) -> Any:
    """The mean of the terms; of a single term, the term itself."""
    return terms[0] if len(terms) == 1 else mean(terms)


def _weighted_sum(weights: list[Any], scores: list[Any]) -> Any:
    """Σ weight · score, to which a weight of 0 contributes 0 also where the score is infinite.

    A weight that is a Value may be 0 on a tape for some samples only. The score is replaced by the nearest float then,
    so that the derivative by the weight stays the score where that is finite.
    """
    terms = [
        (t, where(t, z, clip(z, -LARGEST, LARGEST)) if _is_value(t) else z)
        for t, z in zip(weights, scores, strict=True) if _is_value(t) or t != 0.0
    ]
    return dot(*zip(*terms, strict=True))


def _square(error: Any) -> Any:
    """error**2; but Python's ** raises for a float that is too large, and this is infinite, as for a Value."""
    return dispatch(POW, (error, 2))


def _pairs(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    output_list, target_list = (list(map(_operand, as_list(each))) for each in (outputs, targets))
    if len(output_list) != len(target_list) or not len(output_list):
        raise ValueError(f"a target for each of {len(output_list)} outputs is expected, got {len(target_list)}")
    return list(zip(output_list, target_list, strict=True))


def _index(label: Value, classes: int) -> Any:
    """The index of a class: a negative label is none, though a negative index counts from the end."""
    return where(greater_equal(label, 0.0), label, label - float(classes))


def _scores_and_target(name: str, outputs: Any, target: Any) -> tuple[list[Any], Any]:
    """The score of each class, and the target: a label, or a list as long as the scores."""
    scores = list(as_list(outputs))
    if len(scores) < 2:
        raise ValueError(f"{name} takes an output for each class, two at least, got {len(scores)}")
    if hasattr(target, "__len__") and not isinstance(target, str):
        if len(target) != len(scores):
            raise ValueError(f"{name}: {len(scores)} outputs, but a target of {len(target)} numbers")
        return scores, list(map(_operand, target))
    if _is_value(target):
        return scores, target
    if isinstance(target, float) and target.is_integer():
        target = int(target)
    if isinstance(target, bool) or not hasattr(target, "__index__"):
        raise TypeError(f"{name}: a class is an integer, or one-hot, got {describe(target)}")
    if not 0 <= target < len(scores):
        raise ValueError(f"{name}: there are the classes 0 to {len(scores) - 1}, got {target}")
    return scores, int(target)


def _operand(x: Any) -> Any:
    return x if _is_value(x) else required(x)


def _is_value(x: Any) -> bool:
    return type(x) is Value or is_other_kind(x)


def _shown(numbers: list[Any]) -> str:
    return ", ".join(f"{x:g}" for x in numbers[:6]) + (", …" if len(numbers) > 6 else "")
