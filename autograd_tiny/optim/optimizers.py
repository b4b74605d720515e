"""Optimisers: how far each parameter moves, given its gradient.

All parameters are one array, x, and their gradients another, g. Each optimiser is a few lines of array
arithmetic: `_change` finds what is to be subtracted from x, and `Optimizer` does the rest. In the formulas t
counts the steps, from 1. The arrays that an optimiser keeps from step to step bear the names of torch.optim.
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

SIGNED = {"momentum_buffer", "grad_avg", "exp_avg"}         # all other state is squares, or counts


class Optimizer:
    """What all optimisers share: parameters that move, and a state that is kept between steps.

    parameters: the leaves to move, such as model.parameters(). lr: the learning rate, which can be set at any
    time; the other arguments stay as they are. steps: how many were taken. state: for a subclass, names of
    the arrays that it keeps, which start at 0.
    A Value with requires_grad=False is passed over: it does not move and its state waits, as if these steps
    had not been. One that no backward pass came by has the gradient 0.

    TypeError for parameters that are no Values, ValueError for a Value that was computed, for one given twice
    and for none at all. TypeError for an argument that is no number, ValueError for one out of its range.
    """

    _arguments: tuple[str, ...] = ()            # beside lr

    def __init__(self, parameters: Iterable[Value], lr: float, state: Sequence[str] = ()) -> None:
        self.parameters = checked_parameters(parameters)
        self.lr = lr
        self.steps = 0
        n = len(self.parameters)
        self._state = {name: np.zeros(n) for name in state}
        self._missed: Array | None = None       # how many steps each was frozen in, once one was
        self._numbers, self._gradients, *self._scratch = np.empty((4, n))

    @property
    def lr(self) -> float:
        """The learning rate, 0 or more."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = nonnegative("lr", lr)

    def step(self) -> None:
        """Move the parameters, along the gradients that they have now."""
        vectors.read(self.parameters, self._numbers)
        vectors.read_gradients(self.parameters, self._gradients)
        self.update(self._numbers, self._gradients, vectors.read_trainable(self.parameters))
        vectors.write(self.parameters, self._numbers)

    def zero_grad(self) -> None:
        """Set the `.grad` of the parameters to 0, before the next backward pass adds its own."""
        vectors.zero_gradients(self.parameters)

    def update(self, numbers: Array, gradients: Array, trainable: Array | None = None) -> None:
        """One step on arrays (parameters,) of float64, in the order of `parameters`; no Value changes.

        numbers: changed in place, in one last operation. trainable: bools, False where a parameter is frozen;
        None for all. TypeError for anything but such arrays, ValueError for another shape; nothing changes.
        """
        self._check("numbers", numbers, np.float64)
        self._check("gradients", gradients, np.float64)
        if not numbers.flags.writeable:
            raise ValueError("numbers: an array that may be written is expected")
        with np.errstate(all="ignore"):         # a training that diverges ends in inf and nan, without noise
            if trainable is None:
                self._move_all(numbers, gradients)
            else:
                self._check("trainable", trainable, np.bool_)
                self._move_some(numbers, gradients, trainable)

    def _move_all(self, x: Array, g: Array) -> None:
        change = self._change(x, g, self._state, self._scratch, self._turn())
        self.steps += 1
        x -= change

    def _move_some(self, x: Array, g: Array, trainable: Array) -> None:
        chosen = np.flatnonzero(trainable)
        state = {name: array[chosen] for name, array in self._state.items()}
        scratch = [array[:len(chosen)] for array in self._scratch]
        change = self._change(x[chosen], g[chosen], state, scratch, self._turn(chosen))
        for name, array in state.items():
            self._state[name][chosen] = array
        if len(chosen) < len(x):
            self._missed = (0.0 if self._missed is None else self._missed) + ~trainable
        self.steps += 1
        x[chosen] -= change

    def _turn(self, chosen: Any = ...) -> Array | int:
        """Which step the next one is: a number, or one for each where some parameters missed steps."""
        t = self.steps + 1
        return t if self._missed is None else t - self._missed[chosen]

    def _change(
        self, x: Array, g: Array, state: dict[str, Array], scratch: Sequence[Array], t: Array | int
    ) -> Array:
        """What is to be subtracted from x. The state moves on; x and g are only read.

        scratch: two arrays to compute in. t: see _turn.
        """
        raise NotImplementedError(f"{type(self).__name__} has to say how parameters change")

    def state_dict(self) -> dict[str, Any]:
        """All that a later load_state_dict needs: the arguments, the steps, copies of the arrays."""
        missed = np.zeros(len(self.parameters)) if self._missed is None else self._missed
        arrays = {"missed": missed, **self._state}
        return {
            "optimizer": type(self).__name__,
            **{name: getattr(self, name) for name in ("lr", *self._arguments, "steps")},
            **{name: array.copy() for name, array in arrays.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where the optimiser stood that gave this state; its arguments replace those given here.

        TypeError if it is no dict. ValueError for the state of another kind of optimiser or of another number
        of parameters, and for entries that are missing, unknown or out of range; nothing changes then.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"the dict from state_dict() is expected, got {describe(state)}")
        try:
            its = self._restored(state)
        except TypeError as error:
            raise ValueError(f"state: {error}") from None
        self.__dict__.update(its.__dict__)

    def _restored(self, state: Mapping[str, Any]) -> Optimizer:
        """An optimiser like this one, in that state."""
        name = type(self).__name__
        if state.get("optimizer") != name:
            raise ValueError(f"the state of {name} is expected, got one of {state.get('optimizer')!r}")
        arguments = ("lr", *self._arguments)
        try:
            its = type(self)(self.parameters, **{name: state[name] for name in arguments})
        except KeyError as error:
            raise ValueError(f"state: the entry {error} is missing") from None
        check_names(state, ["optimizer", *arguments, "steps", "missed", *its._state])
        its.steps = integer("steps", state["steps"], least=0)
        for name in its._state:
            its._state[name] = its._array(name, state[name])
        missed = its._array("missed", state["missed"])
        if (missed > its.steps).any() or (missed % 1 != 0).any():
            raise ValueError(f"missed: whole numbers up to {its.steps}, the number of steps, are expected")
        its._missed = missed if missed.any() else None
        return its

    def _array(self, name: str, given: Any) -> Array:
        """A copy of an array of the state."""
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

    def _check(self, what: str, given: Any, dtype: type) -> None:
        if not isinstance(given, np.ndarray) or given.dtype != dtype:
            raise TypeError(f"{what}: an array of {np.dtype(dtype)} is expected, got {describe(given)}")
        if given.shape != (len(self.parameters),):
            raise ValueError(f"{what}: shape ({len(self.parameters)},) is expected, got {given.shape}")

    def __repr__(self) -> str:
        given = {name: getattr(self, name) for name in ("lr", *self._arguments)}
        shown = [f"{name}={value!r}" for name, value in given.items() if value is not False]
        return f"{type(self).__name__}({len(self.parameters)} parameters, {', '.join(shown)})"


class SGD(Optimizer):
    """Gradient descent, x ← x − lr·b with b = g, or with momentum b ← momentum·b + (1 − dampening)·g.

    At its first step b is g. nesterov: g + momentum·b in the place of b, which needs a momentum and no
    dampening. weight_decay: added times x to g. B. Polyak, Some Methods of Speeding Up the Convergence of
    Iteration Methods (1964); I. Sutskever and others, On the Importance of Initialization and Momentum in
    Deep Learning (2013), for nesterov.
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
    """x ← x − lr/(1 + (t − 1)·lr_decay) · g/(√s + eps), where s sums up g².

    s starts at initial_accumulator_value. weight_decay: added times x to g. J. Duchi, E. Hazan and Y. Singer,
    Adaptive Subgradient Methods for Online Learning and Stochastic Optimization (2011).
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
    """x ← x − lr·g/(√v + eps), where v ← alpha·v + (1 − alpha)·g² is a moving average of g².

    centered: √(v − m²) in the place of √v, with m such an average of g. momentum: what is multiplied by lr
    goes into a sum, as b of SGD. weight_decay: added times x to g. T. Tieleman and G. Hinton, lecture 6.5 of
    Neural Networks for Machine Learning (2012); A. Graves, Generating Sequences With Recurrent Neural
    Networks (2013), for centered.
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
        v = average(state["square_avg"], self.alpha, np.multiply(g, g, out=b), b)
        if self.centered:
            m = average(state["grad_avg"], self.alpha, g, b)
            v = np.subtract(v, np.multiply(m, m, out=b), out=b)
            np.maximum(v, 0.0, out=v)           # a variance below 0 is a rounding error
        np.divide(g, shifted_root(v, self.eps, b), out=b)
        if self.momentum:
            buffer = state["momentum_buffer"]
            buffer *= self.momentum
            buffer += b
            return np.multiply(buffer, self.lr, out=b)
        return np.multiply(b, self.lr, out=b)


class Adam(Optimizer):
    """x ← x − lr·m̂/(√v̂ + eps), where m and v are moving averages of g and g², betas their rates.

    The averages start at 0: m̂ = m/(1 − betas[0]ᵗ) and v̂ = v/(1 − betas[1]ᵗ) make up for that. weight_decay:
    added times x to g. amsgrad: the largest v so far in the place of v. D. Kingma and J. Ba, Adam: A Method
    for Stochastic Optimization (2015); S. Reddi, S. Kale and S. Kumar, On the Convergence of Adam and Beyond
    (2018), for amsgrad.
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
        return self._adapted(decayed(x, g, self.weight_decay, a), state, b, t)

    def _adapted(self, g: Array, state: dict[str, Array], b: Array, t: Array | int) -> Array:
        """lr·m̂/(√v̂ + eps)"""
        beta1, beta2 = self.betas
        m = average(state["exp_avg"], beta1, g, b)
        v = average(state["exp_avg_sq"], beta2, np.multiply(g, g, out=b), b)
        if self.amsgrad:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])
        np.divide(np.sqrt(v, out=b), (1 - beta2**t) ** 0.5, out=b)
        b += self.eps
        np.divide(m, b, out=b)
        return np.multiply(b, self.lr / (1 - beta1**t), out=b)


class AdamW(Adam):
    """Adam, with a weight decay of its own: x ← x − lr·weight_decay·x beside the step, which has g alone.

    I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization (2019).
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
        change = self._adapted(g, state, b, t)
        change += np.multiply(x, self.lr * self.weight_decay, out=a)
        return change


NAMES: dict[str, type[Any]] = {
    "sgd": SGD, "adagrad": Adagrad, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW,
}


def named(name: str, parameters: Iterable[Value]) -> Optimizer:
    """The optimiser of that name, as "adam", with its default arguments.

    TypeError for a name that is no str, ValueError for an unknown one.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of an optimiser is expected, got {describe(name)}")
    if name.lower() not in NAMES:
        raise ValueError(f"an optimiser {name!r} is not known; there are {', '.join(NAMES)}")
    found: Optimizer = NAMES[name.lower()](parameters)
    return found


# ---- array arithmetic that they share; where to put the result comes last

def decayed(x: Array, g: Array, weight_decay: float, out: Array) -> Array:
    """g + weight_decay·x; g itself where there is no decay."""
    return np.add(g, np.multiply(x, weight_decay, out=out), out=out) if weight_decay else g


def average(so_far: Array, rate: float, new: Array, scratch: Array) -> Array:
    """The moving average rate·so_far + (1 − rate)·new, in the place of so_far."""
    so_far *= rate
    so_far += np.multiply(new, 1 - rate, out=scratch)
    return so_far


def shifted_root(v: Array, eps: float, out: Array) -> Array:
    """√v + eps"""
    np.sqrt(v, out=out)
    out += eps
    return out


# ---- what was given

def checked_parameters(parameters: Iterable[Value]) -> tuple[Value, ...]:
    """The parameters, each a leaf and there once."""
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
    """ValueError unless the entries of a state are just the expected ones."""
    missing = [name for name in expected if name not in state]
    unknown = [name for name in state if name not in expected]
    if missing or unknown:
        raise ValueError(
            f"state: the entries {', '.join(expected)} are expected; missing {missing}, unknown {unknown}"
        )
