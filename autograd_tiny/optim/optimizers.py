"""Optimisers: SGD, Adagrad, RMSprop, Adam and AdamW, with the arguments, defaults and formulas of torch.optim.

All parameters are one array x, their gradients another, g, both of shape (parameters,). A subclass of Optimizer
states its update rule in `_change`, which returns the array that is subtracted from x. In the formulas g is the
gradient after weight decay, and t counts the steps from 1. The arrays of the state have the names of torch.optim.
schedules.py changes learning rates, clipping.py limits gradients before a step.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import vectors
from ..boundary.arguments import boolean, describe, integer, nonnegative
from ..engine.value import Value
from ..vectors import Array

SIGNED = {"momentum_buffer", "grad_avg", "exp_avg"}         # all other arrays are sums of squares, or counts


class Optimizer:
    """Base class of the optimisers: parameters, a learning rate, and a state that is kept between steps.

    A parameter with requires_grad=False is frozen: it does not move, and its state and its step count stay as
    they are. A parameter that no backward pass has reached has the gradient 0.

    Args:
        parameters: Leaves to move, such as model.parameters().
        lr: Learning rate, 0 or more.
        state: Names of the arrays (parameters,) that a subclass keeps; they start at 0.

    Attributes:
        parameters: The leaves, as a tuple.
        lr: The learning rate, which may be set at any time; the other arguments may not.
        steps: Number of steps taken.

    Raises:
        TypeError: A parameter that is not a Value, or an argument of another type.
        ValueError: A Value that was computed, or is there twice; no parameters; an argument out of its range.
    """

    _arguments: tuple[str, ...] = ()            # besides lr

    def __init__(self, parameters: Iterable[Value], lr: float, state: Sequence[str] = ()) -> None:
        self.parameters = checked_parameters(parameters)
        self.lr = lr
        self.steps = 0
        n = len(self.parameters)
        self._state = {name: np.zeros(n) for name in state}
        self._missed: Array | None = None       # for each, the steps in which it was frozen; None: no steps
        self._numbers, self._gradients, *self._scratch = np.empty((4, n))

    @property
    def lr(self) -> float:
        """The learning rate, 0 or more."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = nonnegative("lr", lr)

    def step(self) -> None:
        """Move the parameters by one step, along their current gradients."""
        vectors.read(self.parameters, self._numbers)
        vectors.read_gradients(self.parameters, self._gradients)
        self.update(self._numbers, self._gradients, vectors.read_trainable(self.parameters))
        vectors.write(self.parameters, self._numbers)

    def zero_grad(self) -> None:
        """Set the gradients of the parameters to 0: backward passes add to them."""
        vectors.zero_gradients(self.parameters)

    def update(self, numbers: Array, gradients: Array, trainable: Array | None = None) -> None:
        """One step on arrays (parameters,), in the order of `parameters`; no Value changes.

        Args:
            numbers: The parameters in float64, changed in place by a last operation: an interrupted update leaves
                them as they were.
            gradients: Their gradients in float64, which stay as they are.
            trainable: Bools, False for a frozen parameter; None if all are trainable.

        Raises:
            TypeError: Not an array, or one of another dtype.
            ValueError: Another shape, or numbers that are read-only. After an error nothing has changed.
        """
        self._check("numbers", numbers, np.float64)
        self._check("gradients", gradients, np.float64)
        if not numbers.flags.writeable:
            raise ValueError("numbers: an array that may be written is expected")
        with np.errstate(all="ignore"):         # overflow is for the caller to find, without NumPy's warnings
            if trainable is None:
                self._move_all(numbers, gradients)
            else:
                self._check("trainable", trainable, np.bool_)
                self._move_some(numbers, gradients, trainable)

    def _move_all(self, x: Array, g: Array) -> None:
        change = self._change(x, g, self._state, self._scratch, self._step_number())
        self.steps += 1
        x -= change

    def _move_some(self, x: Array, g: Array, trainable: Array) -> None:
        moving = np.flatnonzero(trainable)
        state = {name: array[moving] for name, array in self._state.items()}
        scratch = [array[:len(moving)] for array in self._scratch]
        change = self._change(x[moving], g[moving], state, scratch, self._step_number(moving))
        for name, array in state.items():
            self._state[name][moving] = array
        if len(moving) < len(x):
            self._missed = (0.0 if self._missed is None else self._missed) + ~trainable
        self.steps += 1
        x[moving] -= change

    def _step_number(self, moving: Any = ...) -> Array | int:
        """The t of the next step; an array where some parameters were frozen in earlier steps."""
        t = self.steps + 1
        return t if self._missed is None else t - self._missed[moving]

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int
    ) -> Array:
        """The update rule: the array to subtract from x. It updates the state, but neither x nor g.

        scratch: two arrays for intermediate results. t: see _step_number.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update rule: define _change")

    def state_dict(self) -> dict[str, Any]:
        """The arguments, the number of steps and the arrays of the state, all copied.

        Returns:
            A dict of plain data and of arrays (parameters,), for load_state_dict.
        """
        missed = np.zeros(len(self.parameters)) if self._missed is None else self._missed
        arrays = {"missed": missed, **self._state}
        return {
            "optimizer": type(self).__name__,
            **{name: getattr(self, name) for name in ("lr", *self._arguments, "steps")},
            **{name: array.copy() for name, array in arrays.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a state_dict. Its arguments replace those of this optimiser.

        Args:
            state: A state_dict of the same class, for as many parameters. Lists may stand for arrays.

        Raises:
            TypeError: The state is not a dict.
            ValueError: It is one of another optimiser, or an entry is missing, unknown or out of its range. After
                an error nothing has changed.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"the dict from state_dict() is expected, got {describe(state)}")
        try:
            restored = self._restored(state)
        except TypeError as error:
            raise ValueError(f"state: {error}") from None
        self.__dict__.update(restored.__dict__)

    def _restored(self, state: Mapping[str, Any]) -> Optimizer:
        """A new optimiser of the same class and parameters, in that state."""
        name = type(self).__name__
        if state.get("optimizer") != name:
            raise ValueError(f"the state of {name} is expected, got one of {state.get('optimizer')!r}")
        arguments = ("lr", *self._arguments)
        try:
            restored = type(self)(self.parameters, **{name: state[name] for name in arguments})
        except KeyError as error:
            raise ValueError(f"state: the entry {error} is missing") from None
        check_names(state, ["optimizer", *arguments, "steps", "missed", *restored._state])
        restored.steps = integer("steps", state["steps"], least=0)
        for name in restored._state:
            restored._state[name] = restored._array(name, state[name])
        missed = restored._array("missed", state["missed"])
        if (missed > restored.steps).any() or (missed % 1 != 0).any():
            raise ValueError(f"missed: whole numbers up to {restored.steps}, the number of steps, are expected")
        restored._missed = missed if missed.any() else None
        return restored

    def _array(self, name: str, given: Any) -> Array:
        """An entry of a state as a new array of floats. ValueError for anything else."""
        n = len(self.parameters)
        try:
            array = np.array(given)
        except ValueError:                      # rows of different lengths
            array = np.empty(0, object)
        if array.dtype.kind not in "fiu" or array.shape != (n,):
            raise ValueError(f"{name}: {n} numbers are expected, one for each parameter, got {describe(given)}")
        if not np.isfinite(array).all() or (name not in SIGNED and (array < 0).any()):
            sort = "finite numbers" if name in SIGNED else "finite numbers, 0 or more,"
            raise ValueError(f"{name}: {sort} are expected, got {describe(given)}")
        return array.astype(float, copy=False)

    def _check(self, argument: str, given: Any, dtype: type) -> None:
        if not isinstance(given, np.ndarray) or given.dtype != dtype:
            raise TypeError(f"{argument}: an array of {np.dtype(dtype)} is expected, got {describe(given)}")
        if given.shape != (len(self.parameters),):
            raise ValueError(f"{argument}: shape ({len(self.parameters)},) is expected, got {given.shape}")

    def __repr__(self) -> str:
        given = {name: getattr(self, name) for name in ("lr", *self._arguments)}
        shown = [f"{name}={value!r}" for name, value in given.items() if value is not False]
        return f"{type(self).__name__}({len(self.parameters)} parameters, {', '.join(shown)})"


class SGD(Optimizer):
    """Stochastic gradient descent, optionally with momentum.

    x ← x − lr·b, where b = g without momentum, and else b ← momentum·b + (1 − dampening)·g, with b = g in the first
    step. nesterov=True subtracts lr·(g + momentum·b) instead.

    B. Polyak, Some Methods of Speeding Up the Convergence of Iteration Methods (1964), for momentum;
    I. Sutskever and others, On the Importance of Initialization and Momentum in Deep Learning (2013), for nesterov.

    Args:
        parameters: Leaves to move, such as model.parameters().
        lr: Learning rate.
        momentum: Factor of the previous b, 0 or more.
        dampening: Fraction of g that is left out of b, 0 or more.
        weight_decay: Factor of x that is added to g, 0 or more.
        nesterov: Nesterov's momentum; it needs momentum > 0 and dampening = 0.

    Raises:
        TypeError: As Optimizer.
        ValueError: As Optimizer, or nesterov without momentum or with dampening.
    """

    _arguments = ("momentum", "dampening", "weight_decay", "nesterov")

    def __init__(
        self, parameters: Iterable[Value], lr: float = 1e-3, momentum: float = 0.0, dampening: float = 0.0,
        weight_decay: float = 0.0, nesterov: bool = False,
    ) -> None:
        self.momentum = nonnegative("momentum", momentum)
        self.dampening = nonnegative("dampening", dampening)
        self.weight_decay = nonnegative("weight_decay", weight_decay)
        self.nesterov = boolean("nesterov", nesterov)
        if nesterov and (self.momentum == 0 or self.dampening != 0):
            raise ValueError(
                "nesterov=True needs a momentum above 0 and dampening=0, "
                f"got momentum={momentum!r}, dampening={dampening!r}"
            )
        super().__init__(parameters, lr, ["momentum_buffer"] if self.momentum else [])

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int
    ) -> Array:
        a, b = scratch
        g = decayed(x, g, self.weight_decay, a)
        if self.momentum:
            buffer = state["momentum_buffer"]
            buffer *= self.momentum
            buffer += np.multiply(g, 1 - self.dampening * (t > 1), out=b)
            g = np.add(np.multiply(buffer, self.momentum, out=b), g, out=b) if self.nesterov else buffer
        return np.multiply(g, self.lr, out=a)


class Adagrad(Optimizer):
    """Adagrad: each parameter has a learning rate of its own, which falls as its squared gradients add up.

    s ← s + g², and x ← x − lr/(1 + (t − 1)·lr_decay) · g/(√s + eps).

    J. Duchi, E. Hazan and Y. Singer, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization
    (2011).

    Args:
        parameters: Leaves to move, such as model.parameters().
        lr: Learning rate.
        lr_decay: Decay of the learning rate with t, 0 or more.
        weight_decay: Factor of x that is added to g, 0 or more.
        initial_accumulator_value: Initial s, 0 or more.
        eps: Summand that keeps the denominator above 0.

    Raises:
        TypeError, ValueError: As Optimizer.
    """

    _arguments = ("lr_decay", "weight_decay", "initial_accumulator_value", "eps")

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.01, lr_decay: float = 0.0, weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0, eps: float = 1e-10,
    ) -> None:
        self.lr_decay = nonnegative("lr_decay", lr_decay)
        self.weight_decay = nonnegative("weight_decay", weight_decay)
        self.initial_accumulator_value = nonnegative("initial_accumulator_value", initial_accumulator_value)
        self.eps = nonnegative("eps", eps)
        super().__init__(parameters, lr, ["sum"])
        self._state["sum"] += self.initial_accumulator_value

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int
    ) -> Array:
        a, b = scratch
        g = decayed(x, g, self.weight_decay, a)
        state["sum"] += np.multiply(g, g, out=b)
        np.divide(g, shifted_root(state["sum"], self.eps, b), out=b)
        return np.multiply(b, self.lr / (1 + (t - 1) * self.lr_decay), out=b)


class RMSprop(Optimizer):
    """RMSprop: the gradient divided by the root of a moving average of its square.

    v ← alpha·v + (1 − alpha)·g², and x ← x − lr·b with b = g/(√v + eps). centered=True has √(v − m²) in the place of
    √v, with m ← alpha·m + (1 − alpha)·g. With momentum, b ← momentum·b + g/(√v + eps).

    T. Tieleman and G. Hinton, lecture 6.5 of Neural Networks for Machine Learning (2012); A. Graves, Generating
    Sequences With Recurrent Neural Networks (2013), for centered.

    Args:
        parameters: Leaves to move, such as model.parameters().
        lr: Learning rate.
        alpha: Rate of the moving averages, from 0 to below 1.
        eps: Summand that keeps the denominator above 0.
        weight_decay: Factor of x that is added to g, 0 or more.
        momentum: Factor of the previous b, 0 or more.
        centered: Divide by an estimate of the standard deviation of g.

    Raises:
        TypeError, ValueError: As Optimizer.
    """

    _arguments = ("alpha", "eps", "weight_decay", "momentum", "centered")

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8,
        weight_decay: float = 0.0, momentum: float = 0.0, centered: bool = False,
    ) -> None:
        self.alpha = nonnegative("alpha", alpha, below=1.0)
        self.eps = nonnegative("eps", eps)
        self.weight_decay = nonnegative("weight_decay", weight_decay)
        self.momentum = nonnegative("momentum", momentum)
        self.centered = boolean("centered", centered)
        optional = {"grad_avg": self.centered, "momentum_buffer": self.momentum > 0}
        super().__init__(parameters, lr, ["square_avg", *(name for name in optional if optional[name])])

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int
    ) -> Array:
        a, b = scratch
        g = decayed(x, g, self.weight_decay, a)
        v = moving_average(state["square_avg"], self.alpha, np.multiply(g, g, out=b), b)
        if self.centered:
            m = moving_average(state["grad_avg"], self.alpha, g, b)
            v = np.subtract(v, np.multiply(m, m, out=b), out=b)
            np.maximum(v, 0.0, out=v)           # rounding may bring a variance below 0
        np.divide(g, shifted_root(v, self.eps, b), out=b)
        if self.momentum:
            buffer = state["momentum_buffer"]
            buffer *= self.momentum
            buffer += b
            return np.multiply(buffer, self.lr, out=b)
        return np.multiply(b, self.lr, out=b)


class Adam(Optimizer):
    """Adam: steps along a moving average of the gradient, divided by the root of one of its square.

    m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², and x ← x − lr·m̂/(√v̂ + eps). The averages start at 0;
    m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) correct this bias. amsgrad=True has the largest v so far in the place of v.

    D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization (2015); S. Reddi, S. Kale and S. Kumar, On the
    Convergence of Adam and Beyond (2018), for amsgrad.

    Args:
        parameters: Leaves to move, such as model.parameters().
        lr: Learning rate.
        betas: Rates (β₁, β₂) of the moving averages, from 0 to below 1.
        eps: Summand that keeps the denominator above 0.
        weight_decay: Factor of x that is added to g, 0 or more.
        amsgrad: Use the largest v so far.

    Raises:
        TypeError, ValueError: As Optimizer.
    """

    _arguments = ("betas", "eps", "weight_decay", "amsgrad")

    def __init__(
        self, parameters: Iterable[Value], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.0, amsgrad: bool = False,
    ) -> None:
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise TypeError(f"betas: a pair of numbers is expected, as (0.9, 0.999), got {describe(betas)}")
        self.betas = nonnegative("betas[0]", betas[0], below=1.0), nonnegative("betas[1]", betas[1], below=1.0)
        self.eps = nonnegative("eps", eps)
        self.weight_decay = nonnegative("weight_decay", weight_decay)
        self.amsgrad = boolean("amsgrad", amsgrad)
        super().__init__(
            parameters, lr, ["exp_avg", "exp_avg_sq", *(["max_exp_avg_sq"] if self.amsgrad else [])]
        )

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int
    ) -> Array:
        a, b = scratch
        return self._adam_step(decayed(x, g, self.weight_decay, a), state, b, t)

    def _adam_step(self, g: Array, state: dict[str, Array], b: Array, t: Array | int) -> Array:
        """lr·m̂/(√v̂ + eps)"""
        beta1, beta2 = self.betas
        m = moving_average(state["exp_avg"], beta1, g, b)
        v = moving_average(state["exp_avg_sq"], beta2, np.multiply(g, g, out=b), b)
        if self.amsgrad:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])
        np.divide(np.sqrt(v, out=b), (1 - beta2**t) ** 0.5, out=b)
        b += self.eps
        np.divide(m, b, out=b)
        return np.multiply(b, self.lr / (1 - beta1**t), out=b)


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
        self, parameters: Iterable[Value], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.01, amsgrad: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad)

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int
    ) -> Array:
        a, b = scratch
        change = self._adam_step(g, state, b, t)
        change += np.multiply(x, self.lr * self.weight_decay, out=a)
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
        raise ValueError(f"an optimiser {name!r} is not known; there are {', '.join(NAMES)}")
    found: Optimizer = NAMES[name.lower()](parameters)
    return found


# ---- shared array arithmetic; the last argument is where the result goes

def decayed(x: Array, g: Array, weight_decay: float, out: Array) -> Array:
    """g + weight_decay·x; g itself without weight decay."""
    return np.add(g, np.multiply(x, weight_decay, out=out), out=out) if weight_decay else g


def moving_average(average: Array, rate: float, new: Array, scratch: Array) -> Array:
    """average ← rate·average + (1 − rate)·new, in place."""
    average *= rate
    average += np.multiply(new, 1 - rate, out=scratch)
    return average


def shifted_root(v: Array, eps: float, out: Array) -> Array:
    """√v + eps"""
    np.sqrt(v, out=out)
    out += eps
    return out


# ---- checks

def checked_parameters(parameters: Iterable[Value]) -> tuple[Value, ...]:
    """The parameters as a tuple. TypeError, ValueError unless each is a leaf and there once."""
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"parameters: Values are expected, as in model.parameters() or [w, b], got {describe(parameters)}"
        )
    each = tuple(parameters)
    for p in each:
        if type(p) is not Value:
            raise TypeError(f"parameters: Values are expected, got {describe(p)} among them")
        if p.op:
            raise ValueError(f"parameters: {p!r} was computed; leaves are expected, made by Value(…)")
    if not each:
        raise ValueError("parameters: one Value at least is expected, got none")
    if len(set(map(id, each))) < len(each):
        places = Counter(map(id, each))
        twice = next(p for p in each if places[id(p)] > 1)
        raise ValueError(f"parameters: {twice!r} is there twice; give each once")
    return each


def check_names(state: Mapping[str, Any], expected: Sequence[str]) -> None:
    """ValueError unless a state has exactly the expected entries."""
    missing = [name for name in expected if name not in state]
    unknown = [name for name in state if name not in expected]
    if missing or unknown:
        raise ValueError(
            f"state: the entries {', '.join(expected)} are expected; missing {missing}, unknown {unknown}"
        )
