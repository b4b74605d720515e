"""Where weights begin. An initialiser is a function (rng, fan_in, fan_out) → float, called for each weight.

rng is a random.Random, the module `random`, or a NumPy Generator; fan_in and fan_out count the connections
into and out of a unit's layer. The functions here make initialisers: `Layer(2, 8, init=xavier_normal())`, or
by name, `init="xavier_normal"`.
"""
from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, sqrt
from typing import Any, TypeAlias

from ..boundary.arguments import describe
from ..engine.value import plain_float

Initialiser: TypeAlias = Callable[[Any, int, int], float]


def _uniform(rng: Any, low: float, high: float) -> float:
    return float(_method(rng, "uniform")(low, high))


def _gauss(rng: Any, mean: float, std: float) -> float:
    return float(_method(rng, "normal", "gauss")(mean, std))        # NumPy's name, and Python's


def _method(rng: Any, *names: str) -> Callable[[float, float], float]:
    for name in names:
        if hasattr(rng, name):
            found: Callable[[float, float], float] = getattr(rng, name)
            return found
    raise TypeError(f"rng: random.Random(1) or a NumPy Generator is expected, got {describe(rng)}")


def _number(what: str, given: Any, least: float = -inf) -> float:
    found = plain_float(given)
    if not isfinite(found) or found < least:
        bound = "" if least == -inf else f", {least:g} or more"
        raise ValueError(f"{what}: a finite number{bound} is expected, got {given!r}")
    return found


def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """Evenly between low and high; -1 and 1, as in micrograd. ValueError unless low <= high."""
    low, high = _number("low", low), _number("high", high)
    if low > high:
        raise ValueError(f"low must not be above high, got {low} and {high}")
    return lambda rng, fan_in, fan_out: _uniform(rng, low, high)


def normal(mean: float = 0.0, std: float = 1.0) -> Initialiser:
    """From the normal distribution with that mean and standard deviation. ValueError for std < 0."""
    mean, std = _number("mean", mean), _number("std", std, least=0.0)
    return lambda rng, fan_in, fan_out: _gauss(rng, mean, std)


def constant(value: float) -> Initialiser:
    """The same number everywhere."""
    value = _number("value", value)
    return lambda rng, fan_in, fan_out: value


def xavier_uniform(gain: float = 1.0) -> Initialiser:
    """Evenly between ±gain·√(6 / (fan_in + fan_out)), so that signals keep their size both ways.

    X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010).
    """
    gain = _number("gain", gain, least=0.0)

    def draw(rng: Any, fan_in: int, fan_out: int) -> float:
        bound = gain * sqrt(6.0 / (fan_in + fan_out))
        return _uniform(rng, -bound, bound)

    return draw


def xavier_normal(gain: float = 1.0) -> Initialiser:
    """Normal with the standard deviation gain·√(2 / (fan_in + fan_out)): see xavier_uniform."""
    gain = _number("gain", gain, least=0.0)
    return lambda rng, fan_in, fan_out: _gauss(rng, 0.0, gain * sqrt(2.0 / (fan_in + fan_out)))


def he_uniform(gain: float = sqrt(2.0)) -> Initialiser:
    """Evenly between ±gain·√(3 / fan_in); the gain √2 makes up for the half that relu cuts off.

    K. He and others, Delving Deep into Rectifiers (2015); PyTorch calls it kaiming_uniform.
    """
    gain = _number("gain", gain, least=0.0)

    def draw(rng: Any, fan_in: int, fan_out: int) -> float:
        bound = gain * sqrt(3.0 / fan_in)
        return _uniform(rng, -bound, bound)

    return draw


def he_normal(gain: float = sqrt(2.0)) -> Initialiser:
    """Normal with the standard deviation gain / √fan_in: see he_uniform."""
    gain = _number("gain", gain, least=0.0)
    return lambda rng, fan_in, fan_out: _gauss(rng, 0.0, gain / sqrt(fan_in))


INITIALISERS: dict[str, Initialiser] = {
    "uniform": uniform(), "normal": normal(), "zeros": constant(0.0), "ones": constant(1.0),
    "xavier_uniform": xavier_uniform(), "glorot_uniform": xavier_uniform(),
    "xavier_normal": xavier_normal(), "glorot_normal": xavier_normal(),
    "he_uniform": he_uniform(), "kaiming_uniform": he_uniform(),
    "he_normal": he_normal(), "kaiming_normal": he_normal(),
}


def initialiser(given: str | Initialiser, what: str = "init") -> Initialiser:
    """The initialiser of a name, or the function itself. ValueError, TypeError for anything else."""
    if isinstance(given, str):
        if given not in INITIALISERS:
            raise ValueError(f"{what}: {given!r} is not known; there are {', '.join(INITIALISERS)}")
        return INITIALISERS[given]
    if not callable(given):
        raise TypeError(f"{what}: a name or a function (rng, fan_in, fan_out) is expected, got {describe(given)}")
    return given
