"""Monitor: everything that `fit` does between updates, that is metrics, validation, callbacks and early stopping."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from numbers import Integral
from typing import Any

import numpy as np

from .. import optim
from ..boundary.arguments import callable_with, describe, instance, integer, nonnegative
from ..boundary.text import quoted, some_of
from ..nn.losses import LOSSES
from ..tape.program import SampleIndexError
from .data import Array, inputs_of, targets_of, weights_of
from .history import History
from .metrics import HIGHER_IS_BETTER, Evaluator, Metric, named_metrics
from .model import evaluation_mode
from .per_sample import PerSample, SampleError, predictor
from .update import Training

HOOKS = {       # with the arguments of each
    "on_train_begin": ("logs",), "on_epoch_begin": ("epoch", "logs"), "on_batch_end": ("update", "logs"),
    "on_epoch_end": ("epoch", "logs"), "on_train_end": ("logs",),
}


@dataclass
class EarlyStopping:
    """When to end training early: once a number of the History has not improved for some epochs.

    The number belongs to the parameters at the end of an epoch, those that restore_best brings back. That of the
    History under "loss" does not: each update measures it before it moves the parameters. So where "loss" is monitored,
    the loss of all samples, with the penalty, is evaluated once more after each epoch, in evaluation mode.

    L. Prechelt, Early Stopping - But When? (1998).

    Args:
        patience: Epochs without an improvement after which training ends, 1 or more.
        monitor: The name of the number; by default "val_loss", or "loss" without validation_data.
        min_delta: How much better an improvement must be than the last one, 0 or more.
        restore_best: Whether the model gets the parameters of the best epoch back at the end.
        mode: "min" if smaller is better, "max" if larger is; by default known for all metrics by name.

    Raises:
        TypeError: An argument of another type.
        ValueError: An argument out of its range.
    """

    patience: int
    monitor: str | None = None
    min_delta: float = 0.0
    restore_best: bool = True
    mode: str | None = None

    def __post_init__(self) -> None:
        self.patience = integer("patience", self.patience)
        self.min_delta = nonnegative("min_delta", self.min_delta)
        if self.mode not in (None, "min", "max"):
            raise ValueError(f"mode: 'min' or 'max' is expected, got {quoted(self.mode)}")


class Monitor:
    """Metrics, validation, callbacks, early stopping and the schedule of one training.

    Making one checks these arguments of `fit` and changes nothing.

    Args:
        training: The training, complete.
        validation_data, metrics, early_stopping, schedule, callbacks: As for `fit`.

    Attributes:
        names: The names of the numbers of an epoch, for the History.
    """

    def __init__(
        self, training: Training, validation_data: Any, metrics: Sequence[str | Metric] | None,
        early_stopping: int | EarlyStopping | None, schedule: optim.LRScheduler | None, callbacks: Any,
    ) -> None:
        self.training = training
        self.schedule = _checked_schedule(schedule, training)
        self.hooks = _hooks(callbacks)
        known = named_metrics(metrics)
        self.names = ["loss", *known]
        self.evaluators: list[tuple[str, Evaluator]] = []
        if known or validation_data is not None:
            self._add_evaluators(validation_data, known)
        self.names += ["lr"] if schedule is not None else []
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"metrics: two columns would have the same name: {', '.join(self.names)}")
        self.best = _best_epoch(early_stopping, self.names)
        self.training_loss = self._training_loss() if self.best and self.best.monitored == "loss" else None
        self.scheduled = _scheduled_by(schedule, self.names)

    def _add_evaluators(self, validation_data: Any, metrics: Mapping[str, Any]) -> None:
        """For the training data, and for those for validation; each is tried on one sample."""
        training = self.training
        x, targets, loss = training.x, training.targets, training.loss
        self.evaluators.append(
            ("", Evaluator(self.forward, x, targets, loss, metrics, training.weights, with_loss=False))
        )
        if validation_data is not None:
            self.evaluators.append(("val_", _validation(training, self.forward, validation_data, metrics)))
            self.names += [f"val_{name}" for name in self.names]
        with evaluation_mode(training.modules):
            for _, evaluator in self.evaluators:
                evaluator.check()

    def before_training(self) -> None:
        """Call the callbacks that precede the first epoch."""
        self._call("on_train_begin", logs={})

    def before_epoch(self, epoch: int) -> None:
        """Call the callbacks that precede each epoch, counted from 1."""
        self._call("on_epoch_begin", epoch, logs={})

    @cached_property
    def forward(self) -> PerSample:
        """The model in evaluation mode."""
        training = self.training
        was_recorded = training.objective.tape is not None      # then the model can be, without a check
        samples = training.samples * training.epochs if was_recorded else 0
        return predictor(training.model, training.modules, training.x, samples, check=False, dtype=training.dtype)

    def _training_loss(self) -> Evaluator:
        training = self.training
        return Evaluator(self.forward, training.x, training.targets, training.loss, {}, training.weights)

    def after_update(self, update: int, loss: float) -> None:
        """Call the callbacks that follow each update, counted from 1."""
        self._call("on_batch_end", update, logs={"loss": loss})

    def evaluate(self, loss: float) -> dict[str, float]:
        """The numbers of an epoch whose loss this is."""
        training = self.training
        training.parameters.write()
        logs = {"loss": loss}
        if self.evaluators:
            with evaluation_mode(training.modules):
                for prefix, evaluator in self.evaluators:
                    try:
                        found = evaluator.results(training.reduction, training.threads)
                    except (SampleError, SampleIndexError) as error:
                        error.add_note(f"It is a sample of {'validation_data' if prefix else 'X'}.")
                        raise
                    logs |= {prefix + name: number for name, number in found.items()}
        return logs | ({} if self.schedule is None else {"lr": training.optimizer.lr})

    def after_epoch(self, epoch: int, logs: dict[str, float]) -> str:
        """Step the schedule and call the callbacks. Returns why training ends here; "" if it goes on."""
        if self.scheduled:
            self.schedule.step(logs[self.scheduled])
        elif self.schedule is not None:
            self.schedule.step()
        reason = ""
        if self.best is not None:
            reason = self.best.after_epoch(epoch, self._monitored(self.best, logs), self.training.parameters.numbers)
        ended = self._call("on_epoch_end", epoch, logs=logs)
        return reason or (f"a callback ended training after epoch {epoch}" if ended else "")

    def after_training(self, history: History) -> None:
        """Call the callbacks that follow the last epoch, with its numbers."""
        self._call("on_train_end", logs={name: history[name][-1] for name in history if len(history)})

    def _monitored(self, best: _BestEpoch, logs: Mapping[str, float]) -> float:
        """The number that early stopping monitors, of the parameters at the end of the epoch."""
        if self.training_loss is None:
            return logs[best.monitored]
        training = self.training
        with evaluation_mode(training.modules):
            loss = self.training_loss.results(training.reduction, training.threads)["loss"]
        penalty = training.penalty_of_model
        return loss + (0.0 if penalty is None else float(penalty(np.zeros(1))[0]))

    def restore_best(self) -> int | None:
        """Bring back the parameters of the best epoch. Returns that epoch; None if the last ones stay."""
        if self.best is None or not self.best.stopping.restore_best or self.best.numbers is None:
            return None
        self.training.parameters.numbers[:] = self.best.numbers
        return self.best.epoch

    def _call(self, hook: str, *count: int, logs: dict[str, float]) -> bool:
        """Call the callbacks with the parameters in their Values. Returns whether one returned True."""
        if not self.hooks[hook]:
            return False
        self.training.parameters.write()
        answers = [callback(*count, dict(logs)) for callback in self.hooks[hook]]
        self.training.parameters.read()         # a callback may have changed some
        return any(isinstance(answer, bool | np.bool_) and bool(answer) for answer in answers)


class _BestEpoch:
    """The best epoch so far, by the number that early stopping monitors."""

    def __init__(self, stopping: EarlyStopping, names: Sequence[str]) -> None:
        self.stopping = stopping
        self.monitored = stopping.monitor or _default_monitored(names)
        if self.monitored not in names:
            raise ValueError(f"early_stopping: {quoted(self.monitored)} is not recorded; there are {some_of(names)}")
        self.sign = -1.0 if _mode(stopping, self.monitored) == "max" else 1.0
        self.score, self.epoch = inf, 0
        self.numbers: Array | None = None       # its parameters

    def after_epoch(self, epoch: int, monitored: float, numbers: Array) -> str:
        """Returns why training ends here; "" if it goes on."""
        score, patience = self.sign * monitored, self.stopping.patience
        if score < self.score - self.stopping.min_delta:
            self.score, self.epoch, self.numbers = score, epoch, numbers.copy()
        return f"{self.monitored} has not improved for {patience} epochs" if epoch - self.epoch >= patience else ""


# ---- arguments

def _best_epoch(early_stopping: Any, names: Sequence[str]) -> _BestEpoch | None:
    if early_stopping is None:
        return None
    if isinstance(instance("early_stopping", early_stopping), EarlyStopping):
        return _BestEpoch(early_stopping, names)
    if isinstance(early_stopping, bool) or not isinstance(early_stopping, Integral):
        raise TypeError(
            f"early_stopping: a number of epochs, or EarlyStopping(…), is expected, got {describe(early_stopping)}"
        )
    return _BestEpoch(EarlyStopping(integer("early_stopping", early_stopping)), names)


def _mode(stopping: EarlyStopping, monitored: str) -> str:
    metric = monitored.removeprefix("val_")
    default = "max" if metric in HIGHER_IS_BETTER else "min" if metric in ("loss", *LOSSES) else None
    mode = stopping.mode or default
    if mode is None:
        raise ValueError(f"early_stopping: mode='min' or 'max' is needed for {quoted(monitored)}")
    return mode


def _checked_schedule(schedule: Any, training: Training) -> Any:
    if schedule is not None and not isinstance(instance("schedule", schedule), optim.LRScheduler):
        raise TypeError(f"schedule: one of autograd_tiny.optim is expected, got {describe(schedule)}")
    if schedule is not None and schedule.optimizer is not training.optimizer:
        raise ValueError("schedule: it belongs to another optimiser; make one for the optimiser of this training")
    if schedule is not None and not isinstance(schedule, optim.ReduceLROnPlateau):
        schedule.lr_at(schedule.last_step + training.epochs)        # an error if it ends earlier
    return schedule


def _scheduled_by(schedule: Any, names: Sequence[str]) -> str:
    """The number that the schedule depends on; "" if it depends on the step alone."""
    if not isinstance(schedule, optim.ReduceLROnPlateau):
        return ""
    name = schedule.monitor or _default_monitored(names)
    if name not in names:
        raise ValueError(f"schedule: {quoted(name)} is not recorded; there are {some_of(names)}")
    return name


def _default_monitored(names: Sequence[str]) -> str:
    return "val_loss" if "val_loss" in names else "loss"


def _hooks(callbacks: Any) -> dict[str, list[Callable[..., Any]]]:
    """The functions to call at each hook. A callback that has no method of such a name is called after an epoch."""
    hooks: dict[str, list[Callable[..., Any]]] = {name: [] for name in HOOKS}
    callbacks = () if callbacks is None else callbacks
    for callback in callbacks if hasattr(callbacks, "__iter__") else [callbacks]:
        for kind, argument in (EarlyStopping, "early_stopping"), (optim.LRScheduler, "schedule"):
            if isinstance(instance("callbacks", callback), kind):
                raise TypeError(f"callbacks: {type(callback).__name__} goes into another argument, {argument}=…")
        methods = {name: getattr(callback, name) for name in HOOKS if hasattr(callback, name)}
        for name, method in (methods or {"on_epoch_end": callback}).items():
            hooks[name].append(callable_with("callbacks", method, *HOOKS[name]))
    return hooks


def _validation(
    training: Training, forward: PerSample, data: Any, metrics: Mapping[str, Any]
) -> Evaluator:
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        raise TypeError(f"validation_data: (X, y) or (X, y, weights) is expected, got {describe(data)}")
    x = inputs_of(data[0], "validation X")
    if x.shape[1] != training.x.shape[1]:
        raise ValueError(f"validation X has {x.shape[1]} columns, X has {training.x.shape[1]}")
    outputs = training.targets.shape[1] if training.targets.ndim == 2 else None
    targets = targets_of(data[1], len(x), training.loss.targets, outputs, "validation y")
    weights = weights_of(data[2], len(x), "validation weights") if len(data) == 3 else None
    return Evaluator(forward, x, targets, training.loss, metrics, weights, training.targets)
