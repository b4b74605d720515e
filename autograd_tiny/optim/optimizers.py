"""Optimisers: SGD, Adagrad, RMSprop, Adam and AdamW, with the arguments, defaults and formulas of torch.optim.

A subclass of Optimizer states its options, the arrays of its state, and its update rule: `_change`, which returns the
array that is subtracted from the parameters x. In the formulas g is the gradient after weight decay, and t counts the
steps from 1. optimizer.py has what they share, schedules.py changes learning rates, clipping.py limits gradients.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..boundary.arguments import boolean, describe, nonnegative
from ..boundary.text import quoted
from ..engine.value import Value
from ..vectors import Array
from .arithmetic import add, divide, maximum, multiply, sqrt, subtract
from .groups import Option, below_1, two_below_1
from .optimizer import Optimizer, Parameters


class SGD(Optimizer):
    """Stochastic gradient descent, optionally with momentum.

    x ← x − lr·b, where b = g without momentum, and else b ← momentum·b + (1 − dampening)·g, with b = g in the first
    step. nesterov=True subtracts lr·(g + momentum·b) instead.

    B. Polyak, Some Methods of Speeding Up the Convergence of Iteration Methods (1964), for momentum;
    I. Sutskever and others, On the Importance of Initialization and Momentum in Deep Learning (2013), for nesterov.

    Args:
        parameters: Leaves to move, such as model.parameters(), or groups: see Optimizer.
        lr: Learning rate.
        momentum: Factor of the previous b, 0 or more.
        dampening: Fraction of g that is left out of b, 0 or more.
        weight_decay: Factor of x that is added to g, 0 or more.
        nesterov: Nesterov's momentum; it needs momentum > 0 and dampening = 0.

    Raises:
        TypeError: As Optimizer.
        ValueError: As Optimizer, or nesterov without momentum or with dampening.
    """

    momentum, dampening, weight_decay = Option(nonnegative), Option(nonnegative), Option(nonnegative)
    nesterov = Option(boolean)

    def __init__(
        self, parameters: Parameters, lr: float = 1e-3, momentum: float = 0.0, dampening: float = 0.0,
        weight_decay: float = 0.0, nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
        })

    @staticmethod
    def _check_options(options: Mapping[str, Any]) -> None:
        momentum, dampening = options["momentum"], options["dampening"]
        if options["nesterov"] and (momentum == 0 or dampening != 0):
            raise ValueError(
                "nesterov=True needs a momentum above 0 and dampening=0, "
                f"got momentum={quoted(momentum)}, dampening={quoted(dampening)}"
            )

    @staticmethod
    def _state_of(options: Mapping[str, Any]) -> list[str]:
        return ["momentum_buffer"] if options["momentum"] else []

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int,
        options: Mapping[str, Any],
    ) -> Array:
        a, b = scratch
        momentum = options["momentum"]
        g = decayed(x, g, options["weight_decay"], a)
        if momentum:
            buffer = state["momentum_buffer"]
            buffer *= momentum
            buffer += multiply(g, 1 - options["dampening"] * (t > 1), out=b)
            g = add(multiply(buffer, momentum, out=b), g, out=b) if options["nesterov"] else buffer
        return multiply(g, options["lr"], out=a)


class Adagrad(Optimizer):
    """Adagrad: each parameter has a learning rate of its own, which falls as its squared gradients add up.

    s ← s + g², and x ← x − lr/(1 + (t − 1)·lr_decay) · g/(√s + eps).

    J. Duchi, E. Hazan and Y. Singer, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization
    (2011).

    Args:
        parameters: Leaves to move, such as model.parameters(), or groups: see Optimizer.
        lr: Learning rate.
        lr_decay: Decay of the learning rate with t, 0 or more.
        weight_decay: Factor of x that is added to g, 0 or more.
        initial_accumulator_value: Initial s, 0 or more.
        eps: Summand that keeps the denominator above 0.

    Raises:
        TypeError, ValueError: As Optimizer.
    """

    lr_decay, weight_decay = Option(nonnegative), Option(nonnegative)
    initial_accumulator_value, eps = Option(nonnegative), Option(nonnegative)

    def __init__(
        self, parameters: Parameters, lr: float = 0.01, lr_decay: float = 0.0, weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0, eps: float = 1e-10,
    ) -> None:
        super().__init__(parameters, {
            "lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "eps": eps,
        })

    @staticmethod
    def _state_of(options: Mapping[str, Any]) -> list[str]:
        return ["sum"]

    @staticmethod
    def _initial(name: str, options: Mapping[str, Any]) -> float:
        initial: float = options["initial_accumulator_value"]
        return initial

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int,
        options: Mapping[str, Any],
    ) -> Array:
        a, b = scratch
        g = decayed(x, g, options["weight_decay"], a)
        state["sum"] += multiply(g, g, out=b)
        divide(g, shifted_root(state["sum"], options["eps"], b), out=b)
        return multiply(b, options["lr"] / (1 + (t - 1) * options["lr_decay"]), out=b)


class RMSprop(Optimizer):
    """RMSprop: the gradient divided by the root of a moving average of its square.

    v ← alpha·v + (1 − alpha)·g², and x ← x − lr·b with b = g/(√v + eps). centered=True has √(v − m²) instead of
    √v, with m ← alpha·m + (1 − alpha)·g. With momentum, b ← momentum·b + g/(√v + eps).

    T. Tieleman and G. Hinton, lecture 6.5 of Neural Networks for Machine Learning (2012); A. Graves, Generating
    Sequences With Recurrent Neural Networks (2013), for centered.

    Args:
        parameters: Leaves to move, such as model.parameters(), or groups: see Optimizer.
        lr: Learning rate.
        alpha: Rate of the moving averages, from 0 to below 1.
        eps: Summand that keeps the denominator above 0.
        weight_decay: Factor of x that is added to g, 0 or more.
        momentum: Factor of the previous b, 0 or more.
        centered: Divide by an estimate of the standard deviation of g.

    Raises:
        TypeError, ValueError: As Optimizer.
    """

    alpha = Option(below_1)
    eps, weight_decay, momentum = Option(nonnegative), Option(nonnegative), Option(nonnegative)
    centered = Option(boolean)

    def __init__(
        self, parameters: Parameters, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8,
        weight_decay: float = 0.0, momentum: float = 0.0, centered: bool = False,
    ) -> None:
        super().__init__(parameters, {
            "lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum,
            "centered": centered,
        })

    @staticmethod
    def _state_of(options: Mapping[str, Any]) -> list[str]:
        optional = {"grad_avg": options["centered"], "momentum_buffer": options["momentum"] > 0}
        return ["square_avg", *(name for name in optional if optional[name])]

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int,
        options: Mapping[str, Any],
    ) -> Array:
        a, b = scratch
        g = decayed(x, g, options["weight_decay"], a)
        v = moving_average(state["square_avg"], options["alpha"], multiply(g, g, out=b), b)
        if options["centered"]:
            m = moving_average(state["grad_avg"], options["alpha"], g, b)
            v = subtract(v, multiply(m, m, out=b), out=b)
            maximum(v, 0.0, out=v)           # rounding may bring a variance below 0
        divide(g, shifted_root(v, options["eps"], b), out=b)
        if options["momentum"]:
            buffer = state["momentum_buffer"]
            buffer *= options["momentum"]
            buffer += b
            return multiply(buffer, options["lr"], out=b)
        return multiply(b, options["lr"], out=b)


class Adam(Optimizer):
    """Adam: steps along a moving average of the gradient, divided by the root of one of its square.

    m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², and x ← x − lr·m̂/(√v̂ + eps). The averages start at 0;
    m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) correct this bias. amsgrad=True uses the largest v so far instead of v.

    D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization (2015); S. Reddi, S. Kale and S. Kumar, On the
    Convergence of Adam and Beyond (2018), for amsgrad.

    Args:
        parameters: Leaves to move, such as model.parameters(), or groups: see Optimizer.
        lr: Learning rate.
        betas: Rates (β₁, β₂) of the moving averages, from 0 to below 1.
        eps: Summand that keeps the denominator above 0.
        weight_decay: Factor of x that is added to g, 0 or more.
        amsgrad: Use the largest v so far.

    Raises:
        TypeError, ValueError: As Optimizer.
    """

    betas = Option(two_below_1)
    eps, weight_decay, amsgrad = Option(nonnegative), Option(nonnegative), Option(boolean)

    def __init__(
        self, parameters: Parameters, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.0, amsgrad: bool = False,
    ) -> None:
        super().__init__(parameters, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad,
        })

    @staticmethod
    def _state_of(options: Mapping[str, Any]) -> list[str]:
        return ["exp_avg", "exp_avg_sq", *(["max_exp_avg_sq"] if options["amsgrad"] else [])]

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int,
        options: Mapping[str, Any],
    ) -> Array:
        a, b = scratch
        return self._adam_step(decayed(x, g, options["weight_decay"], a), state, b, t, options)

    def _adam_step(
        self, g: Array, state: dict[str, Array], b: Array, t: Array | int, options: Mapping[str, Any]
    ) -> Array:
        """lr·m̂/(√v̂ + eps)"""
        beta1, beta2 = options["betas"]
        m = moving_average(state["exp_avg"], beta1, g, b)
        v = moving_average(state["exp_avg_sq"], beta2, multiply(g, g, out=b), b)
        if options["amsgrad"]:
            v = maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])
        divide(sqrt(v, out=b), (1 - beta2**t) ** 0.5, out=b)
        b += options["eps"]
        divide(m, b, out=b)
        return multiply(b, options["lr"] / (1 - beta1**t), out=b)


class AdamW(Adam):
    """Adam with decoupled weight decay: x ← x − lr·(m̂/(√v̂ + eps) + weight_decay·x), where g has no decay in it.

    I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization (2019).

    Args:
        parameters, lr, betas, eps, amsgrad: As for Adam.
        weight_decay: Factor of x that is added to the step, 0 or more.

    Raises:
        TypeError, ValueError: As Optimizer.
    """

    def __init__(
        self, parameters: Parameters, lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.01, amsgrad: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad)

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int,
        options: Mapping[str, Any],
    ) -> Array:
        a, b = scratch
        change = self._adam_step(g, state, b, t, options)
        change += multiply(x, options["lr"] * options["weight_decay"], out=a)
        return change


NAMES: dict[str, type[Any]] = {
    "sgd": SGD, "adagrad": Adagrad, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW,
}


def named(name: str, parameters: Iterable[Value]) -> Optimizer:
    """Make an optimiser by its name, with the default arguments of its class.

    Args:
        name: "sgd", "adagrad", "rmsprop", "adam" or "adamw", in any case.
        parameters: Leaves to move, such as model.parameters().

    Raises:
        TypeError: The name is not a str.
        ValueError: It is not known. Errors of the parameters are those of Optimizer.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of an optimiser is expected, got {describe(name)}")
    if name.lower() not in NAMES:
        raise ValueError(f"an optimiser {quoted(name)} is not known; there are {', '.join(NAMES)}")
    found: Optimizer = NAMES[name.lower()](parameters)
    return found


# ---- shared array arithmetic; the last argument is where the result goes

def decayed(x: Array, g: Array, weight_decay: float, out: Array) -> Array:
    """g + weight_decay·x; g itself without weight decay."""
    return add(g, multiply(x, weight_decay, out=out), out=out) if weight_decay else g


def moving_average(average: Array, rate: float, new: Array, scratch: Array) -> Array:
    """average ← rate·average + (1 − rate)·new, in place."""
    average *= rate
    average += multiply(new, 1 - rate, out=scratch)
    return average


def shifted_root(v: Array, eps: float, out: Array) -> Array:
    """√v + eps"""
    sqrt(v, out=out)
    out += eps
    return out
