"""Learning rate schedules: the learning rate of an optimiser as a function of the step, in closed form.

In the formulas lr₀ is the rate of the optimiser when the schedule was made, and t the number of calls of step().
"""
from __future__ import annotations

from collections.abc import Mapping
from math import cos, pi
from typing import Any

from ..boundary.arguments import describe, integer, nonnegative
from ..calculus import ieee
from .optimizers import Optimizer, check_names


class LRScheduler:
    """Base class of the schedules. A new one sets the rate for t = 0 at once.

    A subclass states its formula in `_rate`. `fit` calls step() after each epoch.

    Args:
        optimizer: The optimiser whose rate is set.
        base_lr: lr₀, by default the rate of the optimiser.

    Attributes:
        optimizer: The optimiser.
        base_lr: lr₀.
        last_step: t.

    Raises:
        TypeError: No optimiser, or an argument of another type.
        ValueError: An argument out of its range. After an error the rate has not changed.
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
        """Set the rate of the optimiser for the next t.

        Raises:
            ValueError: The rate is not finite; nothing has changed then.
        """
        self.optimizer.lr = self.lr_at(self.last_step + 1)
        self.last_step += 1

    def lr_at(self, step: int) -> float:
        """The rate at any t; the schedule stays where it is.

        Args:
            step: t, 0 or more.

        Raises:
            TypeError: Not an integer.
            ValueError: A negative one.
        """
        return self._rate(self.base_lr, integer("step", step, least=0))

    def _rate(self, base_lr: float, step: int) -> float:
        """The formula of a subclass."""
        raise NotImplementedError(f"{type(self).__name__} has no formula: define _rate")

    def state_dict(self) -> dict[str, Any]:
        """The arguments, lr₀ and t, as plain data for load_state_dict."""
        return {**self._described(), "base_lr": self.base_lr, "last_step": self.last_step}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state_dict, and set the rate of the optimiser.

        Args:
            state: The state_dict of a schedule of the same class and arguments.

        Raises:
            TypeError: The state is not a dict.
            ValueError: It is one of another schedule, or an entry is missing, unknown or out of its range. After
                an error nothing has changed.
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
        """The class's name and the arguments, as plain data."""
        return {"schedule": type(self).__name__, **{name: getattr(self, name) for name in self._arguments}}

    def __repr__(self) -> str:
        names = (*self._arguments, "base_lr", "last_step")
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"


class StepLR(LRScheduler):
    """Step decay: lr₀ · gamma^⌊t / step_size⌋.

    Args:
        optimizer: The optimiser whose rate is set.
        step_size: Steps from one decay to the next, 1 or more.
        gamma: Factor of a decay, 0 or more.

    Raises:
        TypeError, ValueError: As LRScheduler.
    """

    _arguments = ("step_size", "gamma")

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = integer("step_size", step_size, least=1)
        self.gamma = nonnegative("gamma", gamma)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        return base_lr * ieee.pow(self.gamma, float(step // self.step_size))


class ExponentialLR(LRScheduler):
    """Exponential decay: lr₀ · gamma^t.

    Args:
        optimizer: The optimiser whose rate is set.
        gamma: Factor of each step, 0 or more.

    Raises:
        TypeError, ValueError: As LRScheduler.
    """

    _arguments = ("gamma",)

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = nonnegative("gamma", gamma)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        return base_lr * ieee.pow(self.gamma, float(step))


class LinearLR(LRScheduler):
    """Linear interpolation: lr₀ · (start_factor + (end_factor − start_factor)·min(t / total_iters, 1)).

    Args:
        optimizer: The optimiser whose rate is set.
        start_factor: Factor at t = 0, above 0 and up to 1.
        end_factor: Factor from t = total_iters on, from 0 to 1.
        total_iters: Steps from the one to the other, 1 or more.

    Raises:
        TypeError, ValueError: As LRScheduler.
    """

    _arguments = ("start_factor", "end_factor", "total_iters")

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        self.start_factor = _start_factor(start_factor)
        self.end_factor = _factor("end_factor", end_factor)
        self.total_iters = integer("total_iters", total_iters, least=1)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        share = min(step / self.total_iters, 1.0)
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * share)


class CosineAnnealingLR(LRScheduler):
    """Cosine annealing: eta_min + (lr₀ − eta_min)·(1 + cos(π·t / T_max)) / 2.

    The rate falls to eta_min in T_max steps, rises again to lr₀ in as many, and so on.

    I. Loshchilov and F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), equation 5.

    Args:
        optimizer: The optimiser whose rate is set.
        T_max: Steps of half a period, 1 or more.
        eta_min: Lowest rate, 0 or more.

    Raises:
        TypeError, ValueError: As LRScheduler.
    """

    _arguments = ("T_max", "eta_min")

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:  # noqa: N803
        self.T_max = integer("T_max", T_max, least=1)
        self.eta_min = nonnegative("eta_min", eta_min)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        return self.eta_min + (base_lr - self.eta_min) * (1 + cos(pi * step / self.T_max)) / 2


class WarmupLR(LRScheduler):
    """Linear warm-up: lr₀ · (start_factor + (1 − start_factor)·t / total_iters) for t < total_iters.

    From t = total_iters on, the schedule `after` continues from its own step 0.

    P. Goyal and others, Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour (2017), section 2.2.

    Args:
        after: The schedule that follows, which must no longer be stepped by itself; or an optimiser, whose rate is
            then lr₀.
        total_iters: Steps of the warm-up, 1 or more.
        start_factor: Factor at t = 0, above 0 and up to 1.

    Raises:
        TypeError, ValueError: As LRScheduler.
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


def _factor(argument: str, given: Any) -> float:
    factor = nonnegative(argument, given)
    if factor > 1:
        raise ValueError(f"{argument}: a number up to 1 is expected, got {factor!r}")
    return factor


def _start_factor(given: Any) -> float:
    factor = _factor("start_factor", given)
    if factor == 0:
        raise ValueError("start_factor: a number above 0 is expected, got 0.0: the first steps would move nothing")
    return factor
