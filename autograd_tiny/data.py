"""Samples as arrays: what people hand to fit, checked, and targets as the losses take them."""
from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from .engine import Value, is_operand, kind

Array: TypeAlias = np.ndarray[Any, Any]


def inputs_of(X: Any, name: str = "X") -> Array:
    """X as an array (samples, inputs) of finite real numbers, one sample at least; of the type it had.

    TypeError, ValueError for anything else.
    """
    x = real_array(X, name)
    if x.ndim != 2:
        hint = f": {name}.reshape(-1, 1) for one input, [{name}] for one sample" if x.ndim == 1 else ""
        raise ValueError(f"{name} has the shape (samples, inputs), got {x.shape}{hint}")
    if not x.shape[0] or not x.shape[1]:
        raise ValueError(f"{name} is empty: its shape is {x.shape}")
    check_finite(x, name)
    return x


def targets_of(y: Any, samples: int, targets: str, outputs: int | None, name: str = "y") -> Array:
    """y as floats: (samples,) or (samples, k), as the loss takes them; class labels become one-hot.

    targets: what the loss takes, see nn.losses.Kind. outputs: how many the model has, None for one that is
    not in a list. TypeError, ValueError for a y that does not fit.
    """
    _check_no_strings(y, name)
    t = real_array(y, name)
    if t.ndim == 0 or len(t) != samples:
        raise ValueError(f"{samples} samples in X, but {name} has the shape {t.shape}")
    if t.ndim > 2:
        raise ValueError(f"{name} has the shape (samples,) or (samples, outputs), got {t.shape}")
    check_finite(t, name)
    if targets == "classes":
        return _one_hot(t, outputs or 1, name)
    t = t.astype(float)
    if targets == "any":
        return t
    if t.shape[1:] == (1,) and outputs is None:
        t = t[:, 0]
    if t.shape[1:] != (() if outputs is None else (outputs,)):
        raise ValueError(f"the model has {outputs or 1} outputs, but {name} has the shape {t.shape}")
    _check_range(t, targets, name)
    return t


def weights_of(sample_weight: Any, samples: int) -> Array | None:
    """Weights (samples,), none negative and not all 0; None if there are none."""
    if sample_weight is None:
        return None
    weights = real_array(sample_weight, "sample_weight").astype(float)
    if weights.shape != (samples,):
        raise ValueError(f"sample_weight: one for each of {samples} samples, got shape {weights.shape}")
    check_finite(weights, "sample_weight")
    if (weights < 0).any() or not weights.any():
        raise ValueError("sample_weight: numbers of 0 or more are expected, and not all 0")
    return weights


def real_array(given: Any, name: str) -> Array:
    """An array of real numbers, of the type they had. TypeError, ValueError for anything else."""
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{name}: rows of equal length are expected") from None
    if array.dtype.kind == "O":
        wrong = next((v for v in array.ravel() if type(v) is Value or not is_operand(v)), None)
        if wrong is not None:
            hint = "; plain numbers are meant, such as v.data" if type(wrong) is Value else ""
            raise TypeError(f"{name}: real numbers are expected, got {kind(wrong)}{hint}")
        array = array.astype(float)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: real numbers are expected, got an array of {array.dtype}")
    return array


def check_finite(array: Array, name: str) -> None:
    """ValueError that says where, for nan and infinities."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(array))[0]))
        where = ", ".join(map(str, place))
        raise ValueError(f"{name}[{where}] is {array[place]}: finite numbers are expected")


def _check_no_strings(y: Any, name: str) -> None:
    labels = np.asarray(y).ravel()
    if labels.dtype.kind in "US" or (labels.dtype.kind == "O" and any(isinstance(x, str) for x in labels)):
        raise TypeError(
            f"{name} has strings, such as {labels[0]!r}: number the classes 0, 1, 2, …, for example by "
            "np.unique(y, return_inverse=True)[1]"
        )


def _one_hot(t: Array, classes: int, name: str) -> Array:
    if t.ndim == 2 and t.shape[1] == 1:
        t = t[:, 0]
    if t.ndim == 2:
        if t.shape[1] != classes:
            raise ValueError(f"the model has {classes} outputs, but {name} has the shape {t.shape}")
        if (t < 0).any() or not np.allclose(t.sum(axis=1), 1.0, rtol=0, atol=1e-6):
            raise ValueError(f"{name}: each row has a probability for each class, which sum to 1")
        return t.astype(float)
    labels = t.astype(int)
    if (labels != t).any() or labels.min() < 0 or labels.max() >= classes:
        wrong = t[(labels != t) | (labels < 0) | (labels >= classes)][0]
        raise ValueError(
            f"{name} has the label {wrong:g}, but the model has {classes} outputs: labels are whole numbers "
            f"from 0 to {classes - 1}"
        )
    one_hot: Array = np.eye(classes)[labels]
    return one_hot


def _check_range(t: Array, targets: str, name: str) -> None:
    if targets == "signs" and not np.isin(t, (-1.0, 1.0)).all():
        wrong = t[~np.isin(t, (-1.0, 1.0))][0]
        raise ValueError(
            f"hinge takes the labels 1 and -1, but {name} has {wrong:g}; of 0 and 1, 2*y - 1 makes them"
        )
    if targets == "probabilities" and ((t < 0.0) | (t > 1.0)).any():
        wrong = t[(t < 0.0) | (t > 1.0)][0]
        raise ValueError(f"binary_cross_entropy takes labels between 0 and 1, but {name} has {wrong:g}")
