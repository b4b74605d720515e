"""Why an update of `fit` is not finite, in words: the operation with which that began, in which sample."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, isinf
from typing import Any

import numpy as np

from ..debug.nonfinite import Origin, describe_origin, find_origin
from ..engine.value import Value
from .data import Array, all_finite
from .per_sample import QUIET, PerSample, SampleError


HINT = ". The learning rate may be too high; clip_norm=1.0 would bound the steps"


@QUIET()
def explain_divergence(
    objective: PerSample, penalty_of_model: Callable[[], Any] | None, rows: Array, samples: Array, *,
    initial: Array, loss: float, penalty: float, where: str,
) -> str:
    """The message for an update whose loss, penalty or gradient is not finite.

    Args:
        objective: The loss of a sample, whose parameters hold the numbers before the update.
        penalty_of_model: Computes the penalty; None without one.
        rows: The rows of the update's samples (samples, columns).
        samples: The numbers of these samples.
        initial: The parameters before the first update.
        loss: The loss over them.
        penalty: The penalty.
        where: The epoch and the update.
    """
    symptom = f"{_symptom(loss, penalty)} in {where}"
    if isfinite(loss) and penalty_of_model is not None:
        origin = describe_origin(penalty_of_model())
        if origin:
            return f"{symptom}: it began in the penalty, {origin}"
    for k in _suspects(objective, rows):
        found = _loss_of_values(objective, rows[k])
        cause = find_origin(found) if type(found) is Value else None
        if cause is not None:
            hint = HINT if _is_too_large(cause) and _was_finite(objective, rows[k:k + 1], initial) else ""
            return f"{symptom}: it began with sample {samples[k]}, {cause}{hint}"
    hint = HINT if _was_finite(objective, rows, initial) else ""
    return f"{symptom}: that of each sample is finite, but not their sum{hint}"


def _symptom(loss: float, penalty: float) -> str:
    if not isfinite(loss):
        return f"the loss is {loss:g}"
    if not isfinite(loss + penalty):
        return f"the penalty is {penalty:g}"
    return "a gradient is not finite"


def _is_too_large(origin: Origin) -> bool:
    return origin.gradient is None and isinf(origin.node.data)


def _was_finite(objective: PerSample, rows: Array, initial: Array) -> bool:
    """Whether the loss and its gradient were finite before training: then it is the parameters that diverged."""
    try:
        loss, gradient = objective.value_and_grad(rows, 1.0, initial)
    except SampleError:
        return False
    return isfinite(loss) and all_finite(gradient)


def _suspects(objective: PerSample, rows: Array) -> Sequence[int]:
    """The rows whose loss is not finite; all of them, where it is a gradient that is not."""
    nonfinite: list[int] = np.flatnonzero(~np.isfinite(objective(rows))).tolist()
    return nonfinite or range(len(rows))


def _loss_of_values(objective: PerSample, row: Array) -> Any:
    """The loss of a sample whose inputs, target and factors are Values, so that the graph shows them by name."""
    arguments = objective.arguments(row)
    values = [
        Value(argument, name) if isinstance(argument, float)
        else [Value(x, f"{name}[{i}]") for i, x in enumerate(argument)]
        for name, argument in zip(("x", "target", "factor"), arguments, strict=False)
    ]
    try:
        return objective.function(*values)
    except Exception:                       # the model or the loss takes floats only
        return objective.function(*arguments)
