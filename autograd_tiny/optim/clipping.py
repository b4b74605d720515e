"""Clipping: gradients that are too large are made smaller before a step.

R. Pascanu, T. Mikolov and Y. Bengio, On the Difficulty of Training Recurrent Neural Networks (2013).
"""
from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite, sqrt
from numbers import Real
from typing import Any

import numpy as np

from .. import vectors
from ..boundary.arguments import describe
from ..engine.value import Value
from ..vectors import Array
from .optimizers import checked_parameters


def clip_grad_norm_(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale the `.grad` of the parameters so that their norm √(Σ grad²) is max_norm at most.

    Returns the norm before. Values with requires_grad=False are passed over. TypeError and ValueError for
    parameters as an optimiser has them, and for a max_norm that is no number, nan or negative.
    """
    each = tuple(p for p in checked_parameters(parameters) if p.requires_grad)
    gradients = vectors.read_gradients(each)
    norm = clip_norm(gradients, max_norm)
    vectors.set_gradients(each, gradients)
    return norm


def clip_grad_value_(parameters: Iterable[Value], clip_value: float) -> None:
    """Bring the `.grad` of each parameter into [−clip_value, clip_value]; errors as of clip_grad_norm_."""
    each = tuple(p for p in checked_parameters(parameters) if p.requires_grad)
    gradients = vectors.read_gradients(each)
    bound = limit("clip_value", clip_value)
    np.clip(gradients, -bound, bound, out=gradients)
    vectors.set_gradients(each, gradients)


def clip_norm(gradients: Array, max_norm: float) -> float:
    """The same on an array of float64, in place."""
    bound = limit("max_norm", max_norm)
    _check(gradients)
    with np.errstate(all="ignore"):
        norm = _norm(gradients)
        factor = bound / (norm + 1e-6)
        if not factor >= 1:                     # nan, too: it is not to be overlooked
            gradients *= factor
    return norm


def clip_value(gradients: Array, clip_value: float) -> None:
    """The same on an array of float64, in place."""
    bound = limit("clip_value", clip_value)
    _check(gradients)
    np.clip(gradients, -bound, bound, out=gradients)


def _norm(gradients: Array) -> float:
    norm = sqrt(np.square(gradients).sum())
    if norm == inf:                             # the squares may be too large where the norm is not
        largest = float(np.abs(gradients).max())
        return largest * _norm(gradients / largest) if isfinite(largest) else largest
    return norm


def limit(name: str, given: Any) -> float:
    """A bound on gradients. TypeError, ValueError unless it is a number of 0 or more."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name}: a number is expected, got {describe(given)}")
    bound = float(given)
    if not bound >= 0:
        raise ValueError(f"{name}: a number of 0 or more is expected, got {bound!r}")
    return bound


def _check(gradients: Any) -> None:
    if not isinstance(gradients, np.ndarray) or gradients.dtype != np.float64:
        raise TypeError(f"gradients: an array of float64 is expected, got {describe(gradients)}")
    if not gradients.flags.writeable:
        raise ValueError("gradients: an array that may be written is expected")
