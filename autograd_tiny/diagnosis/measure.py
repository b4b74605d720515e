"""`measure`: a model in evaluation mode, measured over many samples. __init__.py lists the steps."""
from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from ..boundary.arguments import describe
from ..engine.state import switched
from ..nn.losses import LOSSES, LossSpec
from ..nn.module import Module
from ..optim import Optimizer
from ..training.data import Array
from ..training.model import evaluation_mode
from .arguments import Arguments
from .findings import findings_of
from .measurements import measurements_of
from .results import Measured
from .summary import layer_reports


@np.errstate(all="ignore")                      # a number that is not finite is a finding, not a warning
def measure(
    model: Any, X: Any, y: Any, loss: Any, optimizer: str | Optimizer | None = None, *,
    lr: float | None = None,
) -> Measured:
    """Measure a model in evaluation mode. For the arguments and the errors see show.report.report.diagnose."""
    arguments = Arguments(model, X, y, loss, optimizer, lr)
    with evaluation_mode(arguments.modules), switched(recording=True):      # record inside no_grad(), too
        measurements = measurements_of(arguments)
        layers = layer_reports(arguments, measurements)
        mean_loss = float((measurements.losses / len(arguments.x)).sum())   # the sum would overflow sooner
        guessing = _best_constant_loss(arguments.loss, arguments.targets)
        findings = findings_of(arguments, measurements, layers, mean_loss, guessing)
    return Measured(
        model=model.describe() if isinstance(model, Module) else describe(model),
        loss_name=arguments.loss_name, loss=mean_loss if isfinite(mean_loss) else None, guessing=guessing,
        samples=len(arguments.x), given=arguments.samples_given, parameters=len(arguments.parameters),
        frozen=arguments.tensor_names(~arguments.trainable),
        unreached=arguments.tensor_names(~measurements.reached),
        optimizer=repr(arguments.optimizer) if arguments.optimizer else "", slow=measurements.no_tape,
        layers=layers, findings=findings,
    )


def _best_constant_loss(loss: LossSpec, targets: Array) -> float | None:
    """The least mean loss of outputs that are the same for all samples; None where it is not known."""
    means = targets.mean(axis=0)
    if loss == LOSSES["cross_entropy"]:
        return _entropy(means)
    if loss == LOSSES["binary_cross_entropy"]:
        return _entropy(np.stack([means, 1.0 - means])) / np.size(means)
    variances = np.atleast_1d(targets.var(axis=0))
    factors = {"mse": 1 / len(variances), "squared_error": 1.0, "half_squared_error": 0.5}
    return next((float(factors[name] * variances.sum()) for name in factors if loss == LOSSES[name]), None)


def _entropy(probabilities: Array) -> float:
    """−Σp·log p, with 0·log 0 = 0."""
    return abs(float((probabilities * np.log(np.where(probabilities > 0.0, probabilities, 1.0))).sum()))
