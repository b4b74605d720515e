"""Initialisers: how weights and biases are drawn before training.

An initialiser is a function (rng, fan_in, fan_out) → float, called once for each weight. rng is a random.Random,
the module `random` or a numpy.random.Generator; fan_in and fan_out count the inputs and the outputs of the layer.
The functions below make initialisers: `Layer(2, 8, init=xavier_normal())`. By name, `init="xavier_normal"`, they
have their default arguments; the names are those of INITIALISERS. For weights there are two more: "by_activation", the
default, and "micrograd".
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf, isfinite, sqrt
from typing import Any, TypeAlias

from ..boundary.arguments import describe
from ..boundary.text import quoted
from ..engine.value import plain_float
from .activations import ACTIVATIONS, ActivationFunction, activation_function

Initialiser: TypeAlias = Callable[[Any, int, int], float]

# On one side of 0 they grow like |x|, on the other they hardly grow. So they pass on about half the second moment of
# large net inputs, as relu does, for which He derived the factor of 2 (section 2.2 of the paper).
RELU_LIKE: tuple[ActivationFunction, ...] = tuple(
    ACTIVATIONS[name]
    for name in ("relu", "leaky_relu", "elu", "softplus", "log_sigmoid", "silu", "mish", "gelu")
)


def _draw_uniform(rng: Any, low: float, high: float) -> float:
    return float(_method(rng, "uniform")(low, high))


def _draw_normal(rng: Any, mean: float, std: float) -> float:
    return float(_method(rng, "normal", "gauss")(mean, std))        # NumPy's name, and Python's


def _method(rng: Any, *names: str) -> Callable[[float, float], float]:
    for name in names:
        if hasattr(rng, name):
            found: Callable[[float, float], float] = getattr(rng, name)
            return found
    raise TypeError(f"rng: random.Random(1) or a NumPy Generator is expected, got {describe(rng)}")


def _finite(argument: str, given: Any, least: float = -inf) -> float:
    found = plain_float(given)
    if not isfinite(found) or found < least:
        bound = "" if least == -inf else f", {least:g} or more"
        raise ValueError(f"{argument}: a finite number{bound} is expected, got {quoted(given)}")
    return found


def _uniform_within(bound: Callable[[int, int], float]) -> Initialiser:
    """U(−a, a), with a bound a that depends on fan_in and fan_out."""
    def draw(rng: Any, fan_in: int, fan_out: int) -> float:
        a = bound(fan_in, fan_out)
        return _draw_uniform(rng, -a, a)

    return draw


def _normal_around_zero(std: Callable[[int, int], float]) -> Initialiser:
    """N(0, std²), with a standard deviation that depends on fan_in and fan_out."""
    return lambda rng, fan_in, fan_out: _draw_normal(rng, 0.0, std(fan_in, fan_out))


def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """U(low, high), the uniform distribution. The default bounds are those of micrograd.

    Args:
        low: Lower bound, finite.
        high: Upper bound, finite.

    Returns:
        The initialiser.

    Raises:
        ValueError: A bound is not finite, or low > high.
    """
    low, high = _finite("low", low), _finite("high", high)
    if low > high:
        raise ValueError(f"low must not be above high, got {low} and {high}")
    return lambda rng, fan_in, fan_out: _draw_uniform(rng, low, high)


def normal(mean: float = 0.0, std: float = 1.0) -> Initialiser:
    """N(mean, std²), the normal distribution.

    Args:
        mean: Mean, finite.
        std: Standard deviation, 0 or more.

    Returns:
        The initialiser.

    Raises:
        ValueError: The mean or the deviation is not finite, or std < 0.
    """
    mean, std = _finite("mean", mean), _finite("std", std, least=0.0)
    return lambda rng, fan_in, fan_out: _draw_normal(rng, mean, std)


def constant(value: float) -> Initialiser:
    """The same number for every weight; rng is not used.

    Args:
        value: The number, finite.

    Returns:
        The initialiser.

    Raises:
        ValueError: The number is not finite.
    """
    value = _finite("value", value)
    return lambda rng, fan_in, fan_out: value


def xavier_uniform(gain: float = 1.0) -> Initialiser:
    """U(−a, a) with a = gain·√(6 / (fan_in + fan_out)): Glorot's uniform initialisation.

    The variance is a compromise between 1/fan_in, which keeps the variance of activations in the forward pass,
    and 1/fan_out, which keeps that of gradients in the backward pass.

    X. Glorot and Y. Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks (2010).

    Args:
        gain: Factor for the activation, 0 or more; 1 is for those whose derivative at 0 is 1, such as tanh.

    Returns:
        The initialiser.

    Raises:
        ValueError: The gain is negative or not finite.
    """
    gain = _finite("gain", gain, least=0.0)
    return _uniform_within(lambda fan_in, fan_out: gain * sqrt(6.0 / (fan_in + fan_out)))


def xavier_normal(gain: float = 1.0) -> Initialiser:
    """N(0, std²) with std = gain·√(2 / (fan_in + fan_out)): Glorot's normal initialisation.

    The source, the argument and the errors are those of `xavier_uniform`.
    """
    gain = _finite("gain", gain, least=0.0)
    return _normal_around_zero(lambda fan_in, fan_out: gain * sqrt(2.0 / (fan_in + fan_out)))


def he_uniform(gain: float = sqrt(2.0)) -> Initialiser:
    """U(−a, a) with a = gain·√(3 / fan_in): He's uniform initialisation; PyTorch calls it kaiming_uniform.

    It keeps the variance of activations in the forward pass.

    K. He and others, Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet
    Classification (2015).

    Args:
        gain: Factor for the activation, 0 or more. √2 is for relu, which halves the second moment.

    Returns:
        The initialiser.

    Raises:
        ValueError: The gain is negative or not finite.
    """
    gain = _finite("gain", gain, least=0.0)
    return _uniform_within(lambda fan_in, fan_out: gain * sqrt(3.0 / fan_in))


def he_normal(gain: float = sqrt(2.0)) -> Initialiser:
    """N(0, std²) with std = gain / √fan_in: He's normal initialisation; PyTorch calls it kaiming_normal.

    The source, the argument and the errors are those of `he_uniform`.
    """
    gain = _finite("gain", gain, least=0.0)
    return _normal_around_zero(lambda fan_in, fan_out: gain / sqrt(fan_in))


def by_activation(activation: str | ActivationFunction) -> Initialiser:
    """`he_uniform()` before relu and functions like it, `xavier_uniform()` before all others.

    The functions like relu are leaky_relu, elu, softplus, log_sigmoid, silu, mish and gelu. The others are linear,
    tanh, sigmoid and functions of your own. Whatever the width, the mean square of the net inputs stays the same
    from layer to layer for relu, leaky_relu and linear; for the others it changes, within ten layers, by a factor of 50
    at most (silu).

    The name "by_activation" stands for this initialiser with the activation of the layer itself. Where a module
    follows the layer, or where a function of your own is like relu, name the activation:
    Sequential(Layer(2, 8, "linear", init=by_activation("relu")), relu).

    K. He and others (2015), see `he_uniform`; X. Glorot and Y. Bengio (2010), see `xavier_uniform`.

    Args:
        activation: A name in nn.ACTIVATIONS, or a function of one Value.

    Returns:
        The initialiser.

    Raises:
        TypeError: Neither a name nor a function.
        ValueError: A name that is not known.
    """
    function = activation_function(activation)
    return he_uniform() if any(function is each for each in RELU_LIKE) else xavier_uniform()


INITIALISERS: dict[str, Initialiser] = {
    "uniform": uniform(), "normal": normal(), "zeros": constant(0.0), "ones": constant(1.0),
    "xavier_uniform": xavier_uniform(), "glorot_uniform": xavier_uniform(),
    "xavier_normal": xavier_normal(), "glorot_normal": xavier_normal(),
    "he_uniform": he_uniform(), "kaiming_uniform": he_uniform(),
    "he_normal": he_normal(), "kaiming_normal": he_normal(),
}


def weight_initialiser(given: str | Initialiser, activation: ActivationFunction) -> Initialiser:
    """The initialiser of the weights of units with an activation. ValueError, TypeError for anything else."""
    for_weights = INITIALISERS | {"by_activation": by_activation(activation), "micrograd": uniform(-1.0, 1.0)}
    return _found(given, "init", for_weights)


def bias_initialiser(given: str | Initialiser) -> Initialiser:
    """The initialiser of biases. ValueError, TypeError for anything else."""
    return _found(given, "bias_init", INITIALISERS)


def _found(given: str | Initialiser, argument: str, known: Mapping[str, Initialiser]) -> Initialiser:
    if isinstance(given, str):
        if given not in known:
            raise ValueError(f"{argument}: {quoted(given)} is not known; there are {', '.join(known)}")
        return known[given]
    if not callable(given):
        raise TypeError(
            f"{argument}: a name or a function (rng, fan_in, fan_out) is expected, got {describe(given)}"
        )
    return given
