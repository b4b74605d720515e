"""Why an update of `fit` is not finite, in words: the operation with which that began, in which sample."""
from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isinf
from typing import TYPE_CHECKING, Any

import numpy as np

from ..debug.nonfinite import describe_origin
from ..engine.value import Value
from .data import Array

if TYPE_CHECKING:
    from .update import Part, Training


def explain_divergence(
    training: Training, part: Part, rows: Array, loss: float, penalty: float, where: str
) -> str:
    """The message for an update whose loss, penalty or gradient is not finite.

    Args:
        training: The training, with the parameters before the update.
        part: The samples of the update.
        rows: Their rows, as Training.rows returns them.
        loss: The loss over them.
        penalty: The penalty.
        where: The epoch and the update.
    """
    training.parameters.write()
    symptom = f"{_symptom(loss, penalty)} in {where}"
    if isfinite(loss):
        origin = _origin_in_penalty(training)
        if origin:
            return f"{symptom}: it began in the penalty, {origin}"
    for k in _suspects(training, rows):
        origin = describe_origin(_loss_of_values(training, rows[k]))
        if origin:
            sample = np.arange(training.samples)[part][k]
            return f"{symptom}: it began with sample {sample}, {origin}{_hint(loss)}"
    return f"{symptom}: that of each sample is finite, but not their sum"


def _symptom(loss: float, penalty: float) -> str:
    if not isfinite(loss):
        return f"the loss is {loss:g}"
    if not isfinite(loss + penalty):
        return f"the penalty is {penalty:g}"
    return "a gradient is not finite"


def _hint(loss: float) -> str:
    return ". The learning rate may be too high; clip_norm=1.0 would bound the steps" if isinf(loss) else ""


def _origin_in_penalty(training: Training) -> str:
    return "" if training.penalty is None else describe_origin(training.penalty(training.model))


def _suspects(training: Training, rows: Array) -> Sequence[int]:
    """The samples whose loss is not finite; all of them, where it is a gradient that is not."""
    nonfinite: list[int] = np.flatnonzero(~np.isfinite(training.objective(rows))).tolist()
    return nonfinite or range(len(rows))


def _loss_of_values(training: Training, row: Array) -> Any:
    """The loss of a sample whose inputs, target and factors are Values, so that the graph shows them by name."""
    arguments = training.objective.arguments(row)
    values = [
        Value(argument, name) if isinstance(argument, float)
        else [Value(x, f"{name}[{i}]") for i, x in enumerate(argument)]
        for name, argument in zip(("x", "target", "factor"), arguments, strict=False)
    ]
    try:
        return training.loss_of_sample(*values)
    except Exception:                       # the model or the loss takes floats only
        return training.loss_of_sample(*arguments)
