"""ReduceLROnPlateau: a learning rate that falls when a loss no longer does."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isinf, isnan
from typing import Any

from ..boundary.arguments import describe, integer, nonnegative
from ..engine.value import plain_float
from .optimizer import Optimizer
from .schedules import LRScheduler, check_state, checked_optimizer, per_group, set_rates


class ReduceLROnPlateau(LRScheduler):
    """Multiplies the rates by factor once a loss has not improved for more than `patience` steps.

    An improvement is below best − threshold·|best|, or below best − threshold with threshold_mode="abs"; with
    mode="max" it is above best + threshold·|best| or best + threshold. A loss that is not a number is none. (PyTorch
    has best, not |best|, and so takes a negative loss that is slightly worse for an improvement.)

    `fit` calls step() after each epoch with the validation loss, or with the loss if there is none.

    Args:
        optimizer: The optimiser whose rates are set.
        mode: "min" where smaller is better, "max" where larger is.
        factor: Factor of the rates, from 0 to below 1.
        patience: Steps without an improvement that are allowed, 0 or more.
        threshold: How much better an improvement must be, 0 or more.
        threshold_mode: Whether that is relative, "rel", or absolute, "abs".
        cooldown: Steps after a reduction that are not counted, 0 or more.
        min_lr: The lowest rate, 0 or more, or a list with one for each parameter group.
        eps: A rate that would fall by no more than eps stays.
        monitor: The number of the History that `fit` gives to step(), such as "val_accuracy" with mode="max".

    Attributes:
        best: The best loss so far.
        num_bad_epochs: Steps since then, or since the last reduction.
        cooldown_counter: Steps of the cooldown that remain.
        last_step: The number of steps.

    Raises:
        TypeError, ValueError: As LRScheduler.
    """

    _arguments = ("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lrs", "eps", "monitor")

    def __init__(
        self, optimizer: Optimizer, mode: str = "min", factor: float = 0.1, patience: int = 10,
        threshold: float = 1e-4, threshold_mode: str = "rel", cooldown: int = 0,
        min_lr: float | Sequence[float] = 0.0, eps: float = 1e-8, *, monitor: str | None = None,
    ) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode: 'min' or 'max' is expected, got {describe(mode)}")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold_mode: 'rel' or 'abs' is expected, got {describe(threshold_mode)}")
        if monitor is not None and not isinstance(monitor, str):
            raise TypeError(f"monitor: the name of a number of the History is expected, got {describe(monitor)}")
        self.mode, self.threshold_mode, self.monitor = mode, threshold_mode, monitor
        self.factor = nonnegative("factor", factor, below=1.0)
        self.patience = integer("patience", patience, least=0)
        self.threshold = nonnegative("threshold", threshold)
        self.cooldown = integer("cooldown", cooldown, least=0)
        self.eps = nonnegative("eps", eps)
        self.min_lrs = per_group("min_lr", min_lr, checked_optimizer(optimizer))
        self.best = inf if mode == "min" else -inf
        self.num_bad_epochs = self.cooldown_counter = 0
        super().__init__(optimizer)

    def step(self, metrics: float) -> None:  # type: ignore[override]
        """Count a step, and reduce the rates if it is time.

        Args:
            metrics: The loss, or another number that is monitored.

        Raises:
            TypeError: Not a number.
        """
        current = plain_float(metrics)
        is_better = self._is_better(current)
        if is_better:
            self.best = current
        self.num_bad_epochs = 0 if is_better else self.num_bad_epochs + 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            set_rates(self.optimizer, self._reduced())
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self.last_step += 1

    def _is_better(self, current: float) -> bool:
        if isinf(self.best):
            return current < self.best if self.mode == "min" else current > self.best
        least = self.threshold * (abs(self.best) if self.threshold_mode == "rel" else 1.0)
        return current < self.best - least if self.mode == "min" else current > self.best + least

    def _reduced(self) -> list[float]:
        pairs = zip(self.get_last_lr(), self.min_lrs, strict=True)
        lower = [(lr, max(lr * self.factor, min_lr)) for lr, min_lr in pairs]
        return [new if lr - new > self.eps else lr for lr, new in lower]

    def _apply(self, base_lrs: Sequence[float], step: int) -> None:
        """The rates stay until a step says otherwise."""

    def _rates(self, base_lrs: Sequence[float], step: int) -> list[float]:
        raise TypeError("the rate of ReduceLROnPlateau depends on the metrics, not on the step alone")

    def state_dict(self) -> dict[str, Any]:
        """The arguments, the rates and what was counted, as plain data for load_state_dict."""
        counted = {name: getattr(self, name) for name in ("best", "num_bad_epochs", "cooldown_counter", "last_step")}
        return {**self._described(), "lrs": self.get_last_lr(), **counted}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state_dict, and set the rates of the optimiser.

        Args:
            state: The state_dict of a schedule of the same arguments.

        Raises:
            TypeError: The state is not a dict.
            ValueError: It is one of another schedule, or an entry is missing, unknown or out of its range. After
                an error nothing has changed.
        """
        check_state(state, self._described(), ["lrs", "best", "num_bad_epochs", "cooldown_counter", "last_step"])
        try:
            lrs, best = per_group("lrs", state["lrs"], self.optimizer), plain_float(state["best"])
            names = ("num_bad_epochs", "cooldown_counter", "last_step")
            counts = {name: integer(name, state[name], least=0) for name in names}
        except TypeError as error:
            raise ValueError(f"state: {error}") from None
        if isnan(best):
            raise ValueError("best: a number is expected, got nan")
        set_rates(self.optimizer, lrs)
        self.__dict__.update(counts, best=best)
