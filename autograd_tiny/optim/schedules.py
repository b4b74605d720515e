"""Schedules: the learning rate of an optimiser as a function of the step.

Each is a closed form, so that a rate can be looked up without going there.
"""
from __future__ import annotations

from collections.abc import Mapping
from math import cos, pi
from typing import Any

from ..boundary.arguments import describe, integer, nonnegative
from ..calculus import ieee
from .optimizers import Optimizer, check_names


class LRScheduler:
    """What all schedules share. step() sets the rate of the optimiser for its next steps.

    base_lr: the rate of the optimiser when the schedule was made. last_step: how often step() was called.
    A new schedule sets the rate for step 0 at once. TypeError and ValueError for arguments of another kind or
    out of range; the optimiser keeps its rate then.
    """

    _arguments: tuple[str, ...] = ()

    def __init__(self, optimizer: Optimizer, base_lr: float | None = None) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"an optimiser is expected, such as optim.Adam(…), got {describe(optimizer)}")
        self.optimizer = optimizer
        self.base_lr = optimizer.lr if base_lr is None else base_lr
        self.last_step = 0
        optimizer.lr = self.lr_at(0)

    def step(self) -> None:
        """Go on by one, and set the rate of the optimiser."""
        self.optimizer.lr = self.lr_at(self.last_step + 1)
        self.last_step += 1

    def lr_at(self, step: int) -> float:
        """The rate after so many steps. TypeError unless it is a whole number, ValueError below 0."""
        return self._rate(self.base_lr, integer("step", step, least=0))

    def _rate(self, base_lr: float, step: int) -> float:
        raise NotImplementedError(f"{type(self).__name__} has to say what the rate is")

    def state_dict(self) -> dict[str, Any]:
        """Where it stands, and the arguments it was made with."""
        return {**self._described(), "base_lr": self.base_lr, "last_step": self.last_step}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where a schedule stood that was made with the same arguments; sets the rate of the optimiser.

        TypeError if it is no dict, ValueError for the state of another schedule; nothing changes then.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"the dict from state_dict() is expected, got {describe(state)}")
        here = self._described()
        check_names(state, [*here, "base_lr", "last_step"])
        for name, value in here.items():
            if state[name] != value:
                raise ValueError(f"{name}: {value!r} here, but {state[name]!r} in the state")
        try:
            base_lr = nonnegative("base_lr", state["base_lr"])
            last_step = integer("last_step", state["last_step"], least=0)
        except TypeError as error:
            raise ValueError(f"state: {error}") from None
        self.optimizer.lr = self._rate(base_lr, last_step)
        self.base_lr, self.last_step = base_lr, last_step

    def _described(self) -> dict[str, Any]:
        """Its name and arguments, in plain data."""
        return {"schedule": type(self).__name__, **{name: getattr(self, name) for name in self._arguments}}

    def __repr__(self) -> str:
        names = (*self._arguments, "base_lr", "last_step")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


class StepLR(LRScheduler):
    """The rate times gamma after every step_size steps."""

    _arguments = ("step_size", "gamma")

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = integer("step_size", step_size, least=1)
        self.gamma = nonnegative("gamma", gamma)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        return base_lr * ieee.pow(self.gamma, float(step // self.step_size))


class ExponentialLR(LRScheduler):
    """The rate times gamma after every step."""

    _arguments = ("gamma",)

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = nonnegative("gamma", gamma)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        return base_lr * ieee.pow(self.gamma, float(step))


class LinearLR(LRScheduler):
    """The rate times a factor that goes linearly from start_factor to end_factor in total_iters steps."""

    _arguments = ("start_factor", "end_factor", "total_iters")

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        self.start_factor = _start_factor(start_factor)
        self.end_factor = _factor("end_factor", end_factor)
        self.total_iters = integer("total_iters", total_iters, least=1)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        way = min(step / self.total_iters, 1.0)
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * way)


class CosineAnnealingLR(LRScheduler):
    """Half a period of a cosine, from the rate to eta_min in T_max steps; then up again, and so on.

    I. Loshchilov and F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), equation 5.
    """

    _arguments = ("T_max", "eta_min")

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:  # noqa: N803
        self.T_max = integer("T_max", T_max, least=1)
        self.eta_min = nonnegative("eta_min", eta_min)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        return self.eta_min + (base_lr - self.eta_min) * (1 + cos(pi * step / self.T_max)) / 2


class WarmupLR(LRScheduler):
    """From start_factor times the rate up to the rate in total_iters steps; then `after`, from its step 0 on.

    after: another schedule, which is not to be stepped by itself any more, or an optimiser whose rate then
    stays. P. Goyal and others, Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour (2017).
    """

    _arguments = ("total_iters", "start_factor")

    def __init__(
        self, after: LRScheduler | Optimizer, total_iters: int, start_factor: float = 1 / 3
    ) -> None:
        self.total_iters = integer("total_iters", total_iters, least=1)
        self.start_factor = _start_factor(start_factor)
        self.after = after if isinstance(after, LRScheduler) else None
        if isinstance(after, LRScheduler):
            super().__init__(after.optimizer, after.base_lr)
        else:
            super().__init__(after)

    def _rate(self, base_lr: float, step: int) -> float:
        if step < self.total_iters:
            return base_lr * (self.start_factor + (1 - self.start_factor) * step / self.total_iters)
        return base_lr if self.after is None else self.after._rate(base_lr, step - self.total_iters)

    def _described(self) -> dict[str, Any]:
        return {**super()._described(), "after": None if self.after is None else self.after._described()}


def _factor(name: str, given: Any) -> float:
    factor = nonnegative(name, given)
    if factor > 1:
        raise ValueError(f"{name}: a number up to 1 is expected, got {factor!r}")
    return factor


def _start_factor(given: Any) -> float:
    factor = _factor("start_factor", given)
    if factor == 0:
        raise ValueError("start_factor: a number above 0 is expected, got 0.0: nothing would move at first")
    return factor
