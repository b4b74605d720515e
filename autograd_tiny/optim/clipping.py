"""Gradient clipping: gradients above a limit are made smaller before a step, on Values and on arrays.

R. Pascanu, T. Mikolov and Y. Bengio, On the Difficulty of Training Recurrent Neural Networks (2013).
"""
from __future__ import annotations

from collections.abc import Iterable
from math import inf, sqrt
from numbers import Real
from typing import Any

from .. import vectors
from ..boundary.arguments import describe
from ..boundary.late_numpy import np
from ..engine.value import Value
from ..vectors import Array
from .groups import checked_parameters


def clip_grad_norm_(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale the gradients of parameters, so that their norm √(Σ grad²) is at most max_norm.

    Each is multiplied by min(1, max_norm/(norm + 1e-6)). Parameters with requires_grad=False are ignored.

    Args:
        parameters: Leaves, such as model.parameters().
        max_norm: Limit, 0 or more; math.inf only measures.

    Returns:
        The norm before clipping.

    Raises:
        TypeError: A parameter that is not a Value, or a limit that is not a number at all.
        ValueError: Parameters that an optimiser would refuse, or a limit that is negative or nan.
    """
    trainable = tuple(p for p in checked_parameters(parameters) if p.requires_grad)
    gradients = vectors.read_gradients(trainable, np.empty(len(trainable)))
    norm = clip_norm(gradients, max_norm)
    vectors.set_gradients(trainable, gradients)
    return norm


def clip_grad_value_(parameters: Iterable[Value], clip_value: float) -> None:
    """Clip the gradient of each parameter to [−clip_value, clip_value].

    Parameters with requires_grad=False are ignored.

    Args:
        parameters: Leaves, such as model.parameters().
        clip_value: Limit, 0 or more.

    Raises:
        TypeError, ValueError: As clip_grad_norm_.
    """
    trainable = tuple(p for p in checked_parameters(parameters) if p.requires_grad)
    gradients = vectors.read_gradients(trainable, np.empty(len(trainable)))
    bound = checked_limit("clip_value", clip_value)
    np.clip(gradients, -bound, bound, out=gradients)
    vectors.set_gradients(trainable, gradients)


def clip_norm(gradients: Array, max_norm: float) -> float:
    """Scale an array, so that its norm is at most max_norm, as clip_grad_norm_ does.

    Args:
        gradients: Array of float64, changed in place.
        max_norm: Limit, 0 or more; math.inf only measures.

    Returns:
        The norm before clipping.

    Raises:
        TypeError: Not an array of float64, or a limit that is not a number at all.
        ValueError: An array that is read-only, or a limit that is negative or nan.
    """
    bound = checked_limit("max_norm", max_norm)
    _check(gradients)
    with np.errstate(all="ignore"):
        norm = _norm(gradients)
        factor = bound / (norm + 1e-6)
        if not factor >= 1:                     # also for nan, so that it spreads and is noticed
            gradients *= factor
    return norm


def clip_value(gradients: Array, clip_value: float) -> None:
    """Clip each number of an array to [−clip_value, clip_value].

    Args:
        gradients: Array of float64, changed in place.
        clip_value: Limit, 0 or more.

    Raises:
        TypeError, ValueError: As clip_norm.
    """
    bound = checked_limit("clip_value", clip_value)
    _check(gradients)
    np.clip(gradients, -bound, bound, out=gradients)


def checked_limit(argument: str, given: Any) -> float:
    """A limit as a float. TypeError, ValueError unless it is a number of 0 or more; inf is one."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{argument}: a number is expected, got {describe(given)}")
    bound = float(given)
    if not bound >= 0:
        raise ValueError(f"{argument}: a number of 0 or more is expected, got {bound!r}")
    return bound


def _norm(gradients: Array) -> float:
    norm = sqrt(np.square(gradients).sum())
    if 1e-150 < norm < inf or not gradients.size:
        return norm
    largest = float(np.abs(gradients).max())    # the squares may overflow or underflow where the norm does not
    return largest * _norm(gradients / largest) if 0.0 < largest < inf else largest


def _check(gradients: Any) -> None:
    if not isinstance(gradients, np.ndarray) or gradients.dtype != np.float64:
        raise TypeError(f"gradients: an array of float64 is expected, got {describe(gradients)}")
    if not gradients.flags.writeable:
        raise ValueError("gradients: an array that may be written is expected")
