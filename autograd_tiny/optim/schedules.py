"""Learning rate schedules: the learning rate of an optimiser as a function of the step, in closed form.

In the formulas lr₀ is the rate of the optimiser when the schedule was made, and t the number of calls of step(). Where
parameter groups have rates of their own, each follows the formula from its own lr₀. plateau.py has the schedule that
depends on a loss.
"""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import cos, pi
from typing import Any

from ..boundary.arguments import boolean, describe, integer, nonnegative
from ..boundary.text import quoted
from ..calculus import ieee
from .groups import ParamGroup
from .optimizer import Optimizer, check_names


class LRScheduler:
    """Base class of the schedules. A new one sets the rate for t = 0 at once.

    A subclass states its formula in `_rate`. `fit` calls step() after each epoch.

    Args:
        optimizer: The optimiser whose rates are set.
        base_lrs: lr₀ of each parameter group, by default its rate.

    Attributes:
        optimizer: The optimiser.
        base_lrs: lr₀ of each parameter group.
        last_step: t.

    Raises:
        TypeError: No optimiser, or an argument of another type.
        ValueError: An argument out of its range. After an error the rates have not changed.
    """

    _arguments: tuple[str, ...] = ()

    def __init__(self, optimizer: Optimizer, base_lrs: Sequence[float] | None = None) -> None:
        self.optimizer = checked_optimizer(optimizer)
        self.base_lrs = [group["lr"] for group in optimizer.param_groups] if base_lrs is None else [*base_lrs]
        self.last_step = 0
        self._apply(self.base_lrs, 0)

    def step(self) -> None:
        """Set the rates of the optimiser for the next t.

        Raises:
            ValueError: A rate is not finite; nothing has changed then.
        """
        self._apply(self.base_lrs, self.last_step + 1)
        self.last_step += 1

    def lr_at(self, step: int) -> float:
        """The rate of the first parameter group at any t; the schedule stays where it is.

        Args:
            step: t, 0 or more.

        Raises:
            TypeError: Not an integer.
            ValueError: A negative one.
        """
        return self._rates(self.base_lrs, integer("step", step, least=0))[0]

    def get_last_lr(self) -> list[float]:
        """The current rate of each parameter group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def _apply(self, base_lrs: Sequence[float], step: int) -> None:
        """Set what the optimiser has at t = step. ValueError for a rate out of its range; nothing changes then."""
        set_rates(self.optimizer, self._rates(base_lrs, step))

    def _rates(self, base_lrs: Sequence[float], step: int) -> list[float]:
        """The rate of each parameter group at t = step."""
        return [self._rate(base_lr, step) for base_lr in base_lrs]

    def _rate(self, base_lr: float, step: int) -> float:
        """The formula of a subclass."""
        raise NotImplementedError(f"{type(self).__name__} has no formula: define _rate")

    def state_dict(self) -> dict[str, Any]:
        """The arguments, lr₀ and t, as plain data for load_state_dict."""
        return {**self._described(), "base_lrs": [*self.base_lrs], "last_step": self.last_step}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state_dict, and set the rates of the optimiser.

        Args:
            state: The state_dict of a schedule of the same class and arguments.

        Raises:
            TypeError: The state is not a dict.
            ValueError: It is one of another schedule, or an entry is missing, unknown or out of its range. After
                an error nothing has changed.
        """
        check_state(state, self._described(), ["base_lrs", "last_step"])
        try:
            base_lrs = per_group("base_lrs", state["base_lrs"], self.optimizer)
            last_step = integer("last_step", state["last_step"], least=0)
        except TypeError as error:
            raise ValueError(f"state: {error}") from None
        self._apply(base_lrs, last_step)
        self.base_lrs, self.last_step = base_lrs, last_step

    def _described(self) -> dict[str, Any]:
        """The class's name and the arguments, as plain data."""
        return {"schedule": type(self).__name__, **{name: getattr(self, name) for name in self._arguments}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Unpickle, also what was pickled before there were parameter groups."""
        if "base_lr" in state:
            state["base_lrs"] = [state.pop("base_lr")]
        self.__dict__.update(state)

    def __repr__(self) -> str:
        names = (*self._arguments, "base_lrs", "last_step")
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


class MultiStepLR(LRScheduler):
    """Step decay at chosen steps: lr₀ · gamma^k, where k of the milestones are at most t.

    Args:
        optimizer: The optimiser whose rate is set.
        milestones: The steps of the decays, in any order; one that is there twice counts twice.
        gamma: Factor of a decay, 0 or more.

    Raises:
        TypeError, ValueError: As LRScheduler.
    """

    _arguments = ("milestones", "gamma")

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1) -> None:
        if isinstance(milestones, str) or not isinstance(milestones, Iterable):
            raise TypeError(f"milestones: a list of steps is expected, got {describe(milestones)}")
        self.milestones = sorted(integer("milestones", each, least=0) for each in milestones)
        self.gamma = nonnegative("gamma", gamma)
        super().__init__(optimizer)

    def _rate(self, base_lr: float, step: int) -> float:
        return base_lr * ieee.pow(self.gamma, float(bisect_right(self.milestones, step)))


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


class LambdaLR(LRScheduler):
    """A formula of one's own: lr₀ · lr_lambda(t).

    Args:
        optimizer: The optimiser whose rate is set.
        lr_lambda: A function of t that returns a factor of 0 or more; or a list with one for each parameter group.
            A state_dict does not hold it.

    Raises:
        TypeError, ValueError: As LRScheduler. Errors of the function itself are not caught.
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]]
    ) -> None:
        self.lr_lambdas = per_group("lr_lambda", lr_lambda, checked_optimizer(optimizer), _function)
        super().__init__(optimizer)

    def __repr__(self) -> str:
        return super().__repr__().replace("(", f"(lr_lambda=[{', '.join(map(describe, self.lr_lambdas))}], ", 1)

    def _rates(self, base_lrs: Sequence[float], step: int) -> list[float]:
        pairs = zip(base_lrs, self.lr_lambdas, strict=True)
        return [base_lr * nonnegative(f"lr_lambda({step})", factor(step)) for base_lr, factor in pairs]


class OneCycleLR(LRScheduler):
    """The 1cycle policy: one rise from max_lr/div_factor to max_lr, and one fall to a final_div_factor-th of the start.

    The rise takes the steps to t = pct_start·total_steps − 1, and the fall those to t = total_steps − 1, each along
    half a period of a cosine or a line. three_phase=True falls back to the start in as many steps as it rose,
    and then further. Momentum, or β₁ of Adam, goes the other way, from max_momentum to base_momentum and back, also
    in an optimiser that was made without momentum.

    A step is an epoch in `fit`; for one of each update, call step() in on_batch_end of a callback.

    L. Smith and N. Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates (2018).

    Args:
        optimizer: The optimiser whose rate is set; the rate it has is not used.
        max_lr: The highest rate, or a list with one for each parameter group.
        total_steps: Steps of the cycle, 1 or more. At t = total_steps the rate is still the last one; no step follows.
        epochs, steps_per_epoch: Two numbers whose product is total_steps, instead of it.
        pct_start: The share of the steps in which the rate rises, from 0 to 1.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: Whether momentum changes too.
        base_momentum: The lowest momentum.
        max_momentum: The highest momentum.
        div_factor: max_lr over the first rate, above 0.
        final_div_factor: The first rate over the last, above 0.
        three_phase: Whether the fall has two parts.

    Raises:
        TypeError, ValueError: As LRScheduler; or no number of steps, or an optimiser without momentum.
    """

    _arguments = (
        "total_steps", "pct_start", "anneal_strategy", "cycle_momentum", "base_momentum", "max_momentum",
        "div_factor", "final_div_factor", "three_phase",
    )

    def __init__(
        self, optimizer: Optimizer, max_lr: float | Sequence[float], total_steps: int | None = None,
        epochs: int | None = None, steps_per_epoch: int | None = None, pct_start: float = 0.3,
        anneal_strategy: str = "cos", cycle_momentum: bool = True, base_momentum: float = 0.85,
        max_momentum: float = 0.95, div_factor: float = 25.0, final_div_factor: float = 1e4,
        three_phase: bool = False,
    ) -> None:
        max_lrs = per_group("max_lr", max_lr, checked_optimizer(optimizer))
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("total_steps: it is needed, or both epochs and steps_per_epoch")
            total_steps = integer("epochs", epochs) * integer("steps_per_epoch", steps_per_epoch)
        self.total_steps = integer("total_steps", total_steps)
        self.pct_start = _factor("pct_start", pct_start)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy: 'cos' or 'linear' is expected, got {describe(anneal_strategy)}")
        self.anneal_strategy = anneal_strategy
        self.base_momentum = nonnegative("base_momentum", base_momentum, below=1.0)
        self.max_momentum = nonnegative("max_momentum", max_momentum, below=1.0)
        self.div_factor = _above_0("div_factor", div_factor)
        self.final_div_factor = _above_0("final_div_factor", final_div_factor)
        self.three_phase = boolean("three_phase", three_phase)
        self.cycle_momentum = boolean("cycle_momentum", cycle_momentum)
        if self.cycle_momentum and not {"momentum", "betas"}.intersection(optimizer.param_groups[0]):
            raise ValueError(f"cycle_momentum: {type(optimizer).__name__} has no momentum: give cycle_momentum=False")
        super().__init__(optimizer, max_lrs)

    def _apply(self, base_lrs: Sequence[float], step: int) -> None:
        super()._apply(base_lrs, step)
        if self.cycle_momentum:
            high, low = self.max_momentum, self.base_momentum
            momentum = self._annealed([high, low, high, high] if self.three_phase else [high, low, high], step)
            for group in self.optimizer.param_groups:
                _set_momentum(group, momentum)

    def _rate(self, base_lr: float, step: int) -> float:
        first = base_lr / self.div_factor
        last = first / self.final_div_factor
        return self._annealed([first, base_lr, first, last] if self.three_phase else [first, base_lr, last], step)

    def _annealed(self, corners: list[float], step: int) -> float:
        """A number at a step; at the corners, at the ends of the phases, it has the numbers given."""
        if step > self.total_steps:
            raise ValueError(f"OneCycleLR has {self.total_steps} steps, got {step}: make it with more total_steps")
        rise = self.pct_start * self.total_steps
        ends = [0.0, rise - 1, *([2 * rise - 2] if self.three_phase else []), self.total_steps - 1.0]
        at = min(step, ends[-1])
        phase = next((k for k, end in enumerate(ends[1:-1], 1) if at <= end), len(ends) - 1)
        start, length = ends[phase - 1], ends[phase] - ends[phase - 1]
        share = (at - start) / length if length else 1.0
        if self.anneal_strategy == "cos":
            return corners[phase] + (corners[phase - 1] - corners[phase]) / 2 * (1 + cos(pi * share))
        return corners[phase - 1] + (corners[phase] - corners[phase - 1]) * share


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
        if isinstance(after, OneCycleLR):
            raise TypeError("after: OneCycleLR has a warm-up of its own, pct_start: use it alone")
        if isinstance(after, LRScheduler):
            after._rates(after.base_lrs, 0)     # an error for one without a formula
            super().__init__(after.optimizer, after.base_lrs)
        else:
            super().__init__(after)

    def _rates(self, base_lrs: Sequence[float], step: int) -> list[float]:
        if step >= self.total_iters:
            return [*base_lrs] if self.after is None else self.after._rates(base_lrs, step - self.total_iters)
        factor = self.start_factor + (1 - self.start_factor) * step / self.total_iters
        return [base_lr * factor for base_lr in base_lrs]

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


def _above_0(argument: str, given: Any) -> float:
    number = nonnegative(argument, given)
    if number == 0:
        raise ValueError(f"{argument}: a number above 0 is expected, got 0.0")
    return number


def _function(argument: str, given: Any) -> Any:
    if not callable(given):
        raise TypeError(f"{argument}: a function of the step is expected, got {describe(given)}")
    return given


def _set_momentum(group: ParamGroup, momentum: float) -> None:
    if "betas" in group:
        group["betas"] = momentum, group["betas"][1]
    else:
        group["momentum"] = momentum


# ---- shared with plateau.py

def checked_optimizer(optimizer: Any) -> Optimizer:
    """The optimiser. TypeError for anything else."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"an optimiser is expected, such as optim.Adam(…), got {describe(optimizer)}")
    return optimizer


def per_group(
    argument: str, given: Any, optimizer: Optimizer, check: Callable[[str, Any], Any] = nonnegative
) -> list[Any]:
    """An argument for each parameter group, checked: a list of as many, or one for all of them."""
    groups = len(optimizer.param_groups)
    each = [*given] if isinstance(given, list | tuple) else [given] * groups
    if len(each) != groups:
        raise ValueError(f"{argument}: one for each of {groups} parameter groups is expected, got {len(each)}")
    return [check(argument, x) for x in each]


def set_rates(optimizer: Optimizer, rates: Sequence[float]) -> None:
    """Set the rate of each parameter group. ValueError for a rate out of its range; nothing changes then."""
    if len(rates) != len(optimizer.param_groups):
        raise ValueError(
            f"the optimiser has {len(optimizer.param_groups)} parameter groups, but had {len(rates)} when the "
            "schedule was made: make the schedule anew"
        )
    checked = [nonnegative("lr", rate) for rate in rates]
    for group, rate in zip(optimizer.param_groups, checked, strict=True):
        group["lr"] = rate


def check_state(state: Any, described: Mapping[str, Any], more: Sequence[str]) -> None:
    """ValueError, TypeError unless a state is of a schedule with that description, and has those entries too."""
    if not isinstance(state, Mapping):
        raise TypeError(f"the dict from state_dict() is expected, got {describe(state)}")
    check_names(state, [*described, *more])
    for name, value in described.items():
        if state[name] != value:
            raise ValueError(f"{name}: {quoted(value)} here, but {quoted(state[name])} in the state")
