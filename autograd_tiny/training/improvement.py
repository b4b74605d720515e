"""AfterEpoch: how scikit-learn ends training, or lowers the rate, for the estimators of autograd_tiny.sklearn."""
from __future__ import annotations

from math import inf
from typing import Any

from .. import optim
from ..boundary.arguments import integer, nonnegative
from ..boundary.text import quoted

RATES = ("constant", "invscaling", "adaptive")


class AfterEpoch:
    """What scikit-learn does after an epoch: a loss or score that improves no more ends training, or lowers the rate.

    EarlyStopping compares to the last loss that counted as an improvement, but scikit-learn to the best of all: so a
    loss that falls by less than tol in each epoch ends training here.

    Args:
        estimator: Has the arguments.
        optimizer: Whose rate changes, with learning_rate="invscaling" and "adaptive".
        samples: How many there are in an epoch.
        monitor: The name of the number in the History that is to improve.
        earlier: That of the training that this one continues.
    """

    def __init__(
        self, estimator: Any, optimizer: optim.Optimizer, samples: int, monitor: str,
        earlier: AfterEpoch | None,
    ) -> None:
        if estimator.learning_rate not in RATES:
            raise ValueError(
                f"learning_rate {quoted(estimator.learning_rate)} is not known; there are {', '.join(RATES)}"
            )
        self.rate = estimator.learning_rate if estimator.solver == "sgd" else "constant"
        self.initial_rate, self.power = estimator.learning_rate_init, nonnegative("power_t", estimator.power_t)
        self.tol = nonnegative("tol", estimator.tol)
        self.patience = integer("n_iter_no_change", estimator.n_iter_no_change)
        self.monitor = monitor
        self.optimizer, self.samples = optimizer, samples
        self.best, self.waited, self.seen = inf, 0, 0
        if earlier is not None:
            self.best, self.waited, self.seen = earlier.best, earlier.waited, earlier.seen

    def __call__(self, epoch: int, logs: dict[str, float]) -> bool:
        """Whether training ends."""
        loss = logs[self.monitor] if self.monitor == "loss" else -logs[self.monitor]
        self.waited = self.waited + 1 if loss > self.best - self.tol else 0
        self.best = min(self.best, loss)
        self.seen += self.samples
        if self.rate == "invscaling":
            self._set_rate(self.initial_rate / (self.seen + 1) ** self.power)
        if self.waited <= self.patience:
            return False
        if self.rate != "adaptive" or self.optimizer.lr <= 1e-6:
            return True
        self._set_rate(self.optimizer.lr / 5)
        self.waited = 0
        return False

    def _set_rate(self, lr: float) -> None:
        """Set the rate. scikit-learn keeps momentum times the rate: that product stays the same."""
        state = self.optimizer.state_dict()
        if "momentum_buffer" in state and lr > 0.0:
            state["momentum_buffer"] *= self.optimizer.lr / lr
        for group in state["param_groups"]:
            group["lr"] = lr
        self.optimizer.load_state_dict(state)
