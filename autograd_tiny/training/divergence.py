"""Why an update of `fit` is not finite, in words: the operation with which that began, in which sample."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, isinf
from typing import Any

import numpy as np

from ..debug.nonfinite import describe_origin
from ..engine.value import Value
from .data import Array
from .per_sample import PerSample


def explain_divergence(
    objective: PerSample, penalty_of_model: Callable[[], Any] | None, rows: Array, samples: Array, *,
    loss: float, penalty: float, where: str,
) -> str:
    """The message for an update whose loss, penalty or gradient is not finite.

    Args:
        objective: The loss of a sample, whose parameters hold the numbers before the update.
        penalty_of_model: Computes the penalty; None without one.
        rows: The rows of the update's samples (samples, columns).
        samples: The numbers of these samples.
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
        origin = describe_origin(_loss_of_values(objective, rows[k]))
        if origin:
            return f"{symptom}: it began with sample {samples[k]}, {origin}{_hint(loss)}"
    return f"{symptom}: that of each sample is finite, but not their sum"


def _symptom(loss: float, penalty: float) -> str:
    if not isfinite(loss):
        return f"the loss is {loss:g}"
    if not isfinite(loss + penalty):
        return f"the penalty is {penalty:g}"
    return "a gradient is not finite"


def _hint(loss: float) -> str:
    return ". The learning rate may be too high; clip_norm=1.0 would bound the steps" if isinf(loss) else ""


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
