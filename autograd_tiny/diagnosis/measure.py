"""A model in use, looked at as a whole: what `measure` gives."""
from __future__ import annotations

from contextlib import ExitStack
from math import isfinite
from typing import Any

import numpy as np

from ..boundary.arguments import describe
from ..engine.state import switched
from ..nn.losses import LOSSES, LossSpec
from ..nn.module import Module
from ..optim import Optimizer
from ..training.data import Array
from ..training.model import mode
from .arguments import Subject
from .findings import findings_of
from .measurements import numbers_of
from .results import Measured
from .summary import reports


@np.errstate(all="ignore")                      # what is not finite is a finding, not a noise
def measure(
    model: Any, X: Any, y: Any, loss: Any, optimizer: str | Optimizer | None = None, *,
    lr: float | None = None,
) -> Measured:
    """Look at a model in use; see show.report.diagnose, which has the arguments and the errors."""
    subject = Subject(model, X, y, loss, optimizer, lr)
    with mode(subject.modules, False), ExitStack() as stack:
        stack.enter_context(switched(recording=True))           # also inside of no_grad()
        numbers = numbers_of(subject)
        layers = reports(subject, numbers)
        mean = float((numbers.losses / len(subject.x)).sum())   # the sum of all would overflow sooner
        guessing = _guessing(subject.loss, subject.targets)
        findings = findings_of(subject, numbers, layers, mean, guessing)
    return Measured(
        model=model.describe() if isinstance(model, Module) else describe(model),
        loss_name=subject.loss_name, loss=mean if isfinite(mean) else None,
        guessing=guessing, samples=len(subject.x), given=subject.given,
        parameters=len(subject.parameters), frozen=subject.names(~subject.trainable),
        unreached=subject.names(~numbers.reached),
        optimizer=repr(subject.optimizer) if subject.optimizer else "", slow=numbers.slow,
        layers=layers, findings=findings,
    )


def _guessing(loss: LossSpec, targets: Array) -> float | None:
    """The loss of one answer for all samples, the best such: what a model is to do better than."""
    means = targets.mean(axis=0)
    if loss == LOSSES["cross_entropy"]:
        return _entropy(means)
    if loss == LOSSES["binary_cross_entropy"]:
        return _entropy(np.stack([means, 1.0 - means])) / np.size(means)
    variances = np.atleast_1d(targets.var(axis=0))
    factors = {"mse": 1 / len(variances), "squared_error": 1.0, "half_squared_error": 0.5}
    return next((float(factors[name] * variances.sum()) for name in factors if loss == LOSSES[name]), None)


def _entropy(shares: Array) -> float:
    """−Σp·log p, which is 0 for shares of 0 and 1."""
    return abs(float((shares * np.log(np.where(shares > 0.0, shares, 1.0))).sum()))
