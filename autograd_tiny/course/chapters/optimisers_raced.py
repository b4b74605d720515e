"""Judges of chapter 9, optimisers raced: the reader's rules are compared with the steps of autograd_tiny.optim."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from ... import optim
from ...engine.value import Value
from ..answers import UnfitError, all_close, function, numbers, result

Slope = Callable[[float], float]
Rule = Callable[..., list[float]]           # of gradient, x, steps and options: the places after each step

STEPS = 6
LAST_DIGITS = 1e-9


def slope(x: float) -> float:
    """The derivative of x⁴/4 - x."""
    return x**3 - 1


def line(x: float) -> float:
    """The derivative of a parabola around 1."""
    return 3 * (x - 1)


class Trial(NamedTuple):
    """A gradient, a start, and the options in the order of the rule's arguments."""

    gradient: Slope
    start: float
    options: dict[str, float]


def _steps_of_optim(make: Callable[..., optim.Optimizer], trial: Trial) -> list[float]:
    parameter = Value(trial.start)
    optimizer = make([parameter], *trial.options.values())
    path = []
    for _ in range(STEPS):
        parameter.grad = trial.gradient(parameter.data)
        optimizer.step()
        path.append(parameter.data)
    return path


def _compared(
    answer: object, form: str, make: Callable[..., optim.Optimizer], trials: list[Trial], mistakes: Mapping[str, Rule],
    otherwise: str,
) -> str | None:
    """None if a rule takes the steps of an optimiser, else where it leaves them and, of `mistakes`, which it made."""
    rule = function(answer, form)
    for trial in trials:
        arguments = trial.gradient, trial.start, STEPS, *trial.options.values()
        given = result(rule, *arguments)
        if hasattr(given, "__len__") and len(given) == STEPS + 1:
            return f"For {STEPS} steps it returns {STEPS + 1} places: the start is not among them."
        found = numbers(given, STEPS, f"from {rule_name(form)} {STEPS} numbers in a list, the places after each step,")
        right = _steps_of_optim(make, trial)
        if all_close(found, right, LAST_DIGITS, 0.0):
            continue
        at = next(at for at in range(STEPS) if not all_close([found[at]], [right[at]], LAST_DIGITS, 0.0))
        options = ", ".join(f"{name} = {value:g}" for name, value in trial.options.items())
        told = f"With {options}, from {trial.start:g}, it is at {found[at]:.6g} after step {at + 1}, where optim is " \
               f"at {right[at]:.6g}."
        if all_close(found, [trial.start, *right[:-1]], LAST_DIGITS, 0.0):
            return f"{told} Each place belongs in the list after its step, not before it."
        made = (text for text, mistake in mistakes.items() if all_close(found, mistake(*arguments), LAST_DIGITS, 0.0))
        return f"{told} {next(made, otherwise)}"
    return None


def rule_name(form: str) -> str:
    """The name of a function, of its form: "f(x)"."""
    return form.partition("(")[0]


def _rolled(
    gradient: Slope, x: float, steps: int, lr: float, mu: float, *, keep: float | None = None, take: float = 1.0,
    newest: bool = False, late: bool = False,
) -> list[float]:
    """Momentum, with one part of it changed."""
    path, b = [], 0.0
    for _ in range(steps):
        g, old = gradient(x), b
        b = (mu if keep is None else keep) * b + take * g
        x -= lr * (g + mu * b if newest else old if late else b)
        path.append(x)
    return path


def _averaging(gradient: Slope, x: float, steps: int, lr: float, mu: float) -> list[float]:
    return _rolled(gradient, x, steps, lr, mu, take=1 - mu)


def _uphill(gradient: Slope, x: float, steps: int, lr: float, mu: float) -> list[float]:
    return _rolled(gradient, x, steps, -lr, mu)


def _ball_of_nesterov(gradient: Slope, x: float, steps: int, lr: float, mu: float) -> list[float]:
    path, b = [], 0.0
    for _ in range(steps):
        b = mu * b + gradient(x - lr * mu * b)
        x -= lr * b
        path.append(x)
    return path


ROLLING = [
    Trial(slope, 2.0, {"lr": 0.02, "mu": 0.9}), Trial(slope, -1.0, {"lr": 0.1, "mu": 0.5}),
    Trial(line, 3.0, {"lr": 0.05, "mu": 0.8}),
]
NO_MEMORY = "These are the steps of SGD: nothing is kept from step to step, or what is kept is not used."
UPHILL = "It goes uphill: the step is subtracted."


def momentum(answer: object) -> str | None:
    """The steps of SGD with momentum."""
    return _compared(answer, "momentum(gradient, x, steps, lr, mu)", optim.SGD, ROLLING, {
        NO_MEMORY: partial(_rolled, keep=0.0),
        "This b is an average, with (1 - mu) times g. The package takes g whole, so its b is a sum.": _averaging,
        "These steps use the b of the step before: first comes the new b, then the step.": partial(_rolled, late=True),
        "This b keeps all of what it was: mu times the old b is left out.": partial(_rolled, keep=1.0),
        "These are the steps of Nesterov's variant, which is the next exercise.": partial(_rolled, newest=True),
        UPHILL: _uphill,
    }, "In each step b becomes mu·b + g, and then x becomes x - lr·b.")


def nesterov(answer: object) -> str | None:
    """The steps of SGD with Nesterov's momentum."""
    make = partial(optim.SGD, nesterov=True)
    return _compared(answer, "nesterov(gradient, x, steps, lr, mu)", make, ROLLING, {
        NO_MEMORY: partial(_rolled, keep=0.0),
        "These are the steps of plain momentum. If you added mu·b to g, it was the old b: the new one belongs there.":
            _rolled,
        "This is the way of the ball, with the gradient taken ahead of it. In the package x is the place ahead, and "
        "the gradient is taken at x.": _ball_of_nesterov,
        UPHILL: lambda gradient, x, steps, lr, mu: _rolled(gradient, x, steps, -lr, mu, newest=True),
    }, "b is that of momentum, and the step is lr·(g + mu·b), with the new b.")


def _divided(
    gradient: Slope, x: float, steps: int, lr: float, alpha: float, eps: float, *, take: float | None = None,
    keep: float | None = None, power: int = 2, under: bool = False, rooted: bool = True, corrected: bool = False,
) -> list[float]:
    """RMSProp, with one part of it changed."""
    path, v = [], 0.0
    for t in range(1, steps + 1):
        g = gradient(x)
        v = (alpha if keep is None else keep) * v + (1 - alpha if take is None else take) * abs(g) ** power
        used = v / (1 - alpha**t) if corrected else v
        x -= lr * g / ((used + eps) ** 0.5 if under else (used**0.5 if rooted else used) + eps)
        path.append(x)
    return path


def _shares_swapped(gradient: Slope, x: float, steps: int, lr: float, alpha: float, eps: float) -> list[float]:
    return _divided(gradient, x, steps, lr, 1 - alpha, eps)


SCALED = [
    Trial(slope, 2.0, {"lr": 0.05, "alpha": 0.9, "eps": 0.1}), Trial(line, 3.0, {"lr": 0.1, "alpha": 0.6, "eps": 0.01}),
]
EPS_UNDER_THE_ROOT = "eps is under the root here. It is added to the root: √v + eps."
NO_ROOT = "The root is missing: g is divided by √v + eps."


def rmsprop(answer: object) -> str | None:
    """The steps of RMSprop."""
    return _compared(answer, "rmsprop(gradient, x, steps, lr, alpha, eps)", optim.RMSprop, SCALED, {
        "This v is AdaGrad's sum. An average keeps alpha times the old v, and takes (1 - alpha) times g².":
            partial(_divided, keep=1.0, take=1.0),
        "This v keeps alpha times what it was, but takes g² whole, and not (1 - alpha) times g².":
            partial(_divided, take=1.0),
        "alpha and 1 - alpha are swapped: alpha is the share that is kept.": _shares_swapped,
        "This averages g, and not its square.": partial(_divided, power=1),
        "This corrects the bias of v, as Adam does. RMSProp doesn't.": partial(_divided, corrected=True),
        EPS_UNDER_THE_ROOT: partial(_divided, under=True),
        NO_ROOT: partial(_divided, rooted=False),
    }, "In each step v becomes alpha·v + (1 - alpha)·g², and then x becomes x - lr·g/(√v + eps).")


def the_first_step(answer: object) -> str | None:
    """The first steps of RMSprop and Adam for the gradient 0.001 and the rate 0.1: 1 and 0.1."""
    of_rmsprop, of_adam = (abs(each) for each in numbers(answer, 2, "two lengths in a list"))
    if all_close([of_rmsprop, of_adam], [1, 0.1]):
        return None
    if all_close([of_rmsprop, of_adam], [0.1, 1]):
        return "The two are in the other order: RMSProp first, then Adam."
    if all_close([of_rmsprop], [1e-4]) or all_close([of_adam], [1e-4]):
        return "0.1 · 0.001 is the step of SGD. These two divide by the size of the gradient."
    if all_close([of_adam], [0.316], 5e-3):
        return "0.316 is what Adam would do without its correction: m and v are divided by 1 - β first."
    if all_close([of_rmsprop, of_adam], [10, 1]):
        return "These are the quotients. The step is the learning rate times the quotient."
    if all_close([of_rmsprop], [0.1]):
        return "RMSProp does not correct its average: after one gradient, v is only a hundredth of g²."
    if all_close([of_rmsprop], [1]):
        return "RMSProp is right. What do Adam's two corrections make of m = 0.1·g and v = 0.001·g²?"
    if all_close([of_adam], [0.1]):
        return "Adam is right. RMSProp divides g by √v, and v is 0.01·g² after the first step."
    return "Compute v first, from 0 and g², then the root of it, then the quotient; the learning rate comes last."


def _adam(
    gradient: Slope, x: float, steps: int, lr: float, beta1: float, beta2: float, eps: float, *, m_hat: bool = True,
    v_hat: bool = True, powers: bool = True, kept: bool = False, under: bool = False, rooted: bool = True,
) -> list[float]:
    """Adam, with one part of it changed."""
    path, m, v = [], 0.0, 0.0
    for t in range(1, steps + 1):
        g, power = gradient(x), t if powers else 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        above, below = m / (1 - beta1**power) if m_hat else m, v / (1 - beta2**power) if v_hat else v
        if kept:
            m, v = above, below
        x -= lr * above / ((below + eps) ** 0.5 if under else (below**0.5 if rooted else below) + eps)
        path.append(x)
    return path


def _betas_swapped(
    gradient: Slope, x: float, steps: int, lr: float, beta1: float, beta2: float, eps: float
) -> list[float]:
    return _adam(gradient, x, steps, lr, beta2, beta1, eps)


def _adam_of_optim(parameters: list[Value], lr: float, beta1: float, beta2: float, eps: float) -> optim.Optimizer:
    return optim.Adam(parameters, lr, (beta1, beta2), eps)


MOMENTS = [
    Trial(slope, 2.0, {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 0.1}),
    Trial(line, 3.0, {"lr": 0.2, "beta1": 0.5, "beta2": 0.8, "eps": 0.01}),
]


def adam(answer: object) -> str | None:
    """The steps of Adam."""
    try:
        return _compared(answer, "adam(gradient, x, steps, lr, beta1, beta2, eps)", _adam_of_optim, MOMENTS, {
            "The correction of the bias is missing: both averages are too small at first.":
                partial(_adam, m_hat=False, v_hat=False),
            "m is not corrected: divide it by 1 - beta1**t.": partial(_adam, m_hat=False),
            "v is not corrected: divide it by 1 - beta2**t.": partial(_adam, v_hat=False),
            "This divides by 1 - β in each step. The power grows: 1 - β**t, with t = 1, 2, 3, …":
                partial(_adam, powers=False),
            "The corrected averages are kept, and corrected again in the next step. Give them names of their own.":
                partial(_adam, kept=True),
            "beta1 and beta2 are swapped: beta1 belongs to m, beta2 to v.": _betas_swapped,
            EPS_UNDER_THE_ROOT: partial(_adam, under=True),
            NO_ROOT: partial(_adam, rooted=False),
            UPHILL: lambda gradient, x, steps, lr, *others: _adam(gradient, x, steps, -lr, *others),
        }, "In each step come, in this order, g, m, v, m̂ = m/(1 - β₁ᵗ), v̂ = v/(1 - β₂ᵗ), and x - lr·m̂/(√v̂ + eps).")
    except UnfitError as unfit:
        if "ZeroDivisionError" not in str(unfit):
            raise
        return f"{unfit}. In the first step t is 1: with t = 0 the divisor 1 - β⁰ is 0."


def two_kinds_of_weight_decay(answer: object) -> str | None:
    """x = 4 after one step of Adam and AdamW with the decay 0.5, the rate 0.1 and the gradient 0: 3.9 and 3.8."""
    of_adam, of_adamw = numbers(answer, 2)
    if all_close([of_adam, of_adamw], [3.9, 3.8]):
        return None
    if all_close([of_adam, of_adamw], [3.8, 3.9]):
        return "The two are in the other order: Adam first, then AdamW."
    if all_close([of_adam, of_adamw], [3.8, 3.8]):
        return "AdamW is right. Adam divides λx by its own size, as it does with every gradient."
    if all_close([of_adam, of_adamw], [3.9, 3.9]):
        return "Adam is right. AdamW keeps λx out of its averages, so nothing divides it."
    if all_close([of_adam], [4]):
        return "Adam's gradient is not 0 here: λx was added to it."
    if all_close([of_adamw], [3.95]):
        return "AdamW subtracts η·λ·x: you left out the factor x."
    if all_close([of_adamw], [4]):
        return "AdamW's weight decay moves x where the gradient is 0, too."
    return "Adam: with g = λx, m̂/√v̂ is 1 in the first step. AdamW: its quotient is 0, and η·λ·x is subtracted."


JUDGES = (momentum, nesterov, rmsprop, the_first_step, adam, two_kinds_of_weight_decay)
