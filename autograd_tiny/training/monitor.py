"""What `fit` looks at between updates: metrics, validation, callbacks, early stopping, the learning rate."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from .. import optim
from ..boundary.arguments import describe, integer, nonnegative
from ..nn.losses import LOSSES
from .data import Array, inputs_of, targets_of
from .metrics import Examination, Metric, named_metrics
from .model import forward_of, mode
from .per_sample import Rowwise
from .update import Training


@dataclass
class EarlyStopping:
    """Training ends when `monitor` has not become better, by more than min_delta, for `patience` epochs.

    monitor: a name of the History: by default "val_loss", or "loss" without validation_data. mode: "min" if
    smaller is better, "max" if larger is; known of accuracy and of losses. restore_best: at the end the
    parameters of the best epoch are brought back.
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
            raise ValueError(f"mode: 'min' or 'max' is expected, got {self.mode!r}")


class Watch:
    """All that happens around the updates of one training. Making one checks it and changes nothing."""

    def __init__(
        self, training: Training, epochs: int, validation_data: Any, metrics: Sequence[str | Metric],
        early_stopping: int | EarlyStopping | None, schedule: optim.LRScheduler | None, callbacks: Any,
    ) -> None:
        self.training = training
        self.schedule = _checked(schedule, training)
        self.callbacks = [*callbacks] if hasattr(callbacks, "__iter__") else [callbacks]
        self.on_epoch, self.on_batch = _reactions(self.callbacks)
        known = named_metrics(metrics)
        self.names = ["loss", *known]
        self.examinations: list[tuple[str, Examination]] = []
        if known or validation_data is not None:
            self._examine(validation_data, known, epochs)
        self.names += ["lr"] if schedule is not None else []
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"metrics: two columns would have the same name: {', '.join(self.names)}")
        self.stopping = _stopping(early_stopping)
        if self.stopping is not None:
            self.monitor, self.sign = self._monitored(self.stopping)
        self.best, self.best_epoch = inf, 0
        self.best_numbers: Array | None = None

    def _monitored(self, stopping: EarlyStopping) -> tuple[str, float]:
        """What early stopping looks at, and the sign that makes less of it better."""
        name = stopping.monitor or ("val_loss" if "val_loss" in self.names else "loss")
        if name not in self.names:
            known = ", ".join(self.names)
            raise ValueError(f"early_stopping: {name!r} is not noted; there are {known}")
        metric = name.removeprefix("val_")
        usual = "max" if metric == "accuracy" else "min" if metric in ("loss", *LOSSES) else None
        wanted = stopping.mode or usual
        if wanted is None:
            raise ValueError(f"early_stopping: mode='min' or 'max' has to say what is better for {name!r}")
        return name, -1.0 if wanted == "max" else 1.0

    def _examine(self, validation_data: Any, metrics: Mapping[str, Any], epochs: int) -> None:
        """Prepare to measure the model on the training data, and on those for validation."""
        training = self.training
        x, targets, loss = training.x, training.targets, training.loss
        was_recorded = training.objective.tape is not None      # and so the model can be, without a check
        samples = training.samples * epochs if was_recorded else 0
        forward = forward_of(training.model, training.modules, x, samples, check=False)
        self.examinations.append(
            ("", Examination(forward, x, targets, loss, metrics, training.weights, with_loss=False))
        )
        if validation_data is not None:
            self.examinations.append(("val_", _validation(training, forward, validation_data, metrics)))
            self.names += [f"val_{name}" for name in self.names]
        with mode(training.modules, False):
            for _, examination in self.examinations:
                examination.check()

    def after_update(self, update: int, loss: float) -> None:
        """Tell those who want to know of each update."""
        if self.on_batch:
            self._show(self.on_batch, update, {"loss": loss})

    def measured(self, loss: float) -> dict[str, float]:
        """The numbers of an epoch."""
        training = self.training
        training.write_numbers()
        logs = {"loss": loss}
        if self.examinations:
            with mode(training.modules, False):
                for prefix, examination in self.examinations:
                    found = examination.results(training.reduction, training.threads)
                    logs |= {prefix + name: number for name, number in found.items()}
        return logs | ({} if self.schedule is None else {"lr": training.optimizer.lr})

    def after_epoch(self, epoch: int, logs: dict[str, float]) -> str:
        """Let the others look; why training is to end, or "" if it goes on."""
        if self.schedule is not None:
            self.schedule.step()
        late = self._late(epoch, logs)
        ended = self._show(self.on_epoch, epoch, logs)
        return late or (f"a callback ended it after epoch {epoch}" if ended else "")

    def bring_back_best(self) -> int | None:
        """The epoch whose parameters training goes back to, None for the last."""
        if self.stopping is None or not self.stopping.restore_best or self.best_numbers is None:
            return None
        self.training.numbers[:] = self.best_numbers
        return self.best_epoch

    def _late(self, epoch: int, logs: dict[str, float]) -> str:
        if self.stopping is None:
            return ""
        score = self.sign * logs[self.monitor]
        if score < self.best - self.stopping.min_delta:
            self.best, self.best_epoch = score, epoch
            self.best_numbers = self.training.numbers.copy()
        if epoch - self.best_epoch < self.stopping.patience:
            return ""
        return f"{self.monitor} has not become better for {self.stopping.patience} epochs"

    def _show(self, reactions: Sequence[Callable[..., Any]], count: int, logs: dict[str, float]) -> bool:
        """Call those who want to look, with the parameters in their Values; whether one returned True."""
        if not reactions:
            return False
        self.training.write_numbers()
        answers = [reaction(count, dict(logs)) for reaction in reactions]
        self.training.read_numbers()            # they may have changed some
        return any(isinstance(answer, bool | np.bool_) and bool(answer) for answer in answers)


def _stopping(given: Any) -> EarlyStopping | None:
    if given is None or isinstance(given, EarlyStopping):
        return given
    return EarlyStopping(integer("early_stopping", given))


def _checked(schedule: Any, training: Training) -> Any:
    if schedule is not None and not isinstance(schedule, optim.LRScheduler):
        raise TypeError(f"schedule: one of autograd_tiny.optim is expected, got {describe(schedule)}")
    if schedule is not None and schedule.optimizer is not training.optimizer:
        raise ValueError("schedule: it changes the rate of another optimiser than the one that is given here")
    return schedule


def _reactions(callbacks: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What to call after an epoch, and after an update."""
    on_epoch, on_batch = [], []
    for callback in callbacks:
        both = [getattr(callback, name, None) for name in ("on_epoch_end", "on_batch_end")]
        if not any(both) and not callable(callback):
            raise TypeError(f"callbacks: functions (epoch, logs) are expected, got {describe(callback)}")
        on_epoch += [both[0] or callback] if both[0] or not both[1] else []
        on_batch += [both[1]] if both[1] else []
    return on_epoch, on_batch


def _validation(
    training: Training, forward: Rowwise, data: Any, metrics: Mapping[str, Any]
) -> Examination:
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise TypeError(f"validation_data: a pair (X, y) is expected, got {describe(data)}")
    x = inputs_of(data[0], "validation X")
    if x.shape[1] != training.x.shape[1]:
        raise ValueError(f"validation X has {x.shape[1]} columns, X has {training.x.shape[1]}")
    width = training.targets.shape[1] if training.targets.ndim == 2 else None
    t = targets_of(data[1], len(x), training.loss.targets, width, "validation y")
    return Examination(forward, x, t, training.loss, metrics, None, training.targets)
